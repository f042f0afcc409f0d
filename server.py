"""The server of Sides: ``python server.py [--host HOST] [--port PORT] [--engine URL]``."""

from __future__ import annotations

import argparse
import gc
import logging
import math
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING

from kg.ground.errors import QueryCancelledError, QueryError, SidesError
from kg.ground.settings import Settings
from kg.serve.clients import Proxies
from kg.serve.engine import Engine
from kg.serve.engine.watching import watch
from kg.serve.federation import FederatedEngine
from kg.serve.remote.engine import RemoteEngine
from kg.serve.request_log import Record, RequestLog

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from kg.serve.http import Server
    from kg.serve.web.observation import Tell

logger = logging.getLogger("kg.server")

_MEBIBYTE = 1024 * 1024
_ANNOTATE = (sys.executable, "-m", "kg.build.annotation")
"""The command that reads texts; the home folder goes behind it."""
_OTHER_DESCRIPTORS = 256
"""What files, workers and the rest of the process may need of them."""
_WAITING = 4 * _MEBIBYTE
"""Bytes of an answer that may wait at least for a client that reads slowly, so that its worker is free meanwhile."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the current release until a signal ends it: the exit status."""
    parser = argparse.ArgumentParser(description="Serve the graph and its pages.")
    parser.add_argument("--host", help="address to listen on (SIDES_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for any that is free (PORT)")
    parser.add_argument("--engine", metavar="URL", help="SPARQL services to ask, with commas (SIDES_ENGINE)")
    options = parser.parse_args(arguments)
    logging.getLogger("waitress").addFilter(_tell_cut_answers)
    try:
        settings = Settings.from_environment(host=options.host, port=options.port, engine=options.engine)
        proxies = Proxies.read(settings.trusted_proxies)
        with ExitStack() as started:
            log = started.enter_context(RequestLog.start(settings))
            logging.basicConfig(level=logging.WARNING, handlers=[log.handler()])
            listener = started.enter_context(_listen(settings))
            engine = started.enter_context(_start_engine(settings))
            # Not at the head: the release is to begin to load before these are read.
            from kg.serve.annotation import Annotator
            from kg.serve.metrics import Metrics
            from kg.serve.web import metrics_page
            from kg.serve.web.app import blueprints, create_app
            from kg.serve.web.observation import Observer
            from kg.serve.web.warming import keep_warm

            metrics = Metrics(engine, log)
            page = metrics_page.blueprint(metrics, settings.metrics)
            annotator = started.enter_context(closing(Annotator([*_ANNOTATE, str(settings.home)])))
            application = create_app(settings, engine, [*blueprints(), page], annotator)

            def tell(record: Record) -> None:
                metrics.count(record)
                log.put(record)

            threads = _threads(settings, engine)
            Observer.install(application, proxies, tell, most=max(8, math.ceil(threads * settings.client_share)))
            server = _make_server(settings, threads, listener, application, tell)
            metrics.watch_connections(server.census)
            running = started.pop_all()
    except (SidesError, OSError) as error:
        sys.stderr.write(f"Sides cannot start: {error}\n")
        return 1
    with running:
        warmer = partial(keep_warm, application, made=_settle) if settings.warm == "on" else None
        return _serve(settings, engine, listener, server, warmer)


def _start_engine(settings: Settings) -> Engine:
    """Start the engine and, while it loads the release, import what makes the pages: that takes most of a second."""
    kind = RemoteEngine if settings.engine else FederatedEngine
    start = kind.resume if kind is FederatedEngine and settings.quick_start == "on" else kind.start
    with ThreadPoolExecutor(1, "starting") as aside:
        starting = aside.submit(start, settings)
        for name in ("kg.serve.web.app", "kg.serve.web.metrics_page", "kg.serve.http"):
            import_module(name)
        return starting.result()


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.create_server((settings.host, settings.port), family=family)
    if sys.platform == "linux":
        # A client that has stopped reading would block its thread for ever. Accepted sockets inherit the option.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(settings.deadline * 1000))
    return listener


def _serve(
    settings: Settings,
    engine: Engine,
    listener: socket.socket,
    server: Server,
    warmer: Callable[[threading.Event], None] | None,
) -> int:
    """Serve until a signal comes: the exit status, not 0 if the server has ended by itself."""
    _settle()
    stop, broken = threading.Event(), threading.Event()
    look = engine.watch if isinstance(engine, RemoteEngine) else partial(watch, settings, engine)
    watcher = threading.Thread(target=look, args=(stop,), name="release watcher", daemon=True)
    wait, wake = _prepare_for_signals()
    watcher.start()

    def tell_broken() -> None:
        broken.set()
        wake()

    server.start(ended=tell_broken)
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Sides is at http://{shown}:{port}/ (release {engine.release.hash})\n")
    sys.stdout.flush()
    if warmer:
        threading.Thread(target=warmer, args=(stop,), name="warmer", daemon=True).start()
    wait()
    stop.set()
    if not broken.is_set() and not server.drain(settings.drain):
        logger.warning("answers were cut that did not end within %g s", settings.drain)
    # The threads that wait for queries end with them, those that wait for clients end with the connections.
    engine.close()
    server.stop()
    watcher.join()
    return int(broken.is_set())


def _settle() -> None:
    """What is there now stays for long: the collector need not look at it again and again, 50 ms each time."""
    gc.unfreeze()  # but for what was there for long, and may have been replaced meanwhile
    gc.collect()
    gc.freeze()


def _prepare_for_signals() -> tuple[Callable[[], object], Callable[[], object]]:
    """Begin to listen for the signals that end the server: what waits for the first, and what does as if it had come.

    A second signal ends the process at once. The handler raises nothing: an exception in the midst of waitress could
    leave one of its locks taken for ever.
    """
    reader, writer = os.pipe()

    def wake() -> None:
        os.write(writer, b"!")

    def tell(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        wake()

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    return lambda: os.read(reader, 1), wake


def _tell_cut_answers(record: logging.LogRecord) -> bool:
    """Make one line of the traceback of an answer that failed while it was sent; nothing, if the client had left."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, QueryError):
        record.msg, record.args, record.exc_info = f"an answer was cut: {error.message}", (), None
    return not isinstance(error, QueryCancelledError)


def _threads(settings: Settings, engine: Engine) -> int:
    # Every query that may wait needs a thread to wait in, and pages must not stand behind them.
    return max(settings.threads, engine.size + settings.queue + 8)


def _make_server(
    settings: Settings, threads: int, listener: socket.socket, application: WSGIApplication, tell: Tell
) -> Server:
    from kg.serve.http import Limits, Server
    from kg.serve.web.refusals import Refusals

    return Server(
        application,
        listener,
        limits=replace(Limits.of(settings), connections=_connections(settings)),
        refuse=Refusals(tell),
        threads=threads,
        held=max(_WAITING, settings.held_back * _MEBIBYTE),
    )


def _connections(settings: Settings) -> int:
    """How many connections there may be: each may take three descriptors, with the files of what it holds.

    Raises the bound on descriptors as far as may be, and tells if that is not far enough.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 3 * settings.connections + _OTHER_DESCRIPTORS
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return settings.connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    connections = max(16, (allowed - _OTHER_DESCRIPTORS) // 3)
    if connections < settings.connections:
        logger.warning("%d descriptors allow %d connections at one time (SIDES_CONNECTIONS)", allowed, connections)
    return connections


if __name__ == "__main__":
    sys.exit(main())
