"""The server of Sides: ``python server.py [--host HOST] [--port PORT]``."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from types import FrameType
from typing import TYPE_CHECKING, Any

import waitress

from kg.ground.errors import QueryCancelledError, QueryError, SidesError
from kg.ground.release import CURRENT, Release
from kg.ground.settings import Settings
from kg.serve.clients import Proxies
from kg.serve.engine import Engine
from kg.serve.metrics import Metrics
from kg.serve.request_log import Record, RequestLog
from kg.serve.web import metrics_page
from kg.serve.web.app import blueprints, create_app
from kg.serve.web.observation import Observer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger("kg.server")

_MEBIBYTE = 1024 * 1024
_LOOK = 1.0
"""Seconds between two looks at which release is the current one."""
_PAUSE = 10.0
"""Seconds until a release that could not be loaded is tried again."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve the current release until a signal ends it: the exit status."""
    parser = argparse.ArgumentParser(description="Serve the graph and its pages.")
    parser.add_argument("--host", help="address to listen on (SIDES_HOST)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for any that is free (PORT)")
    options = parser.parse_args(arguments)
    logging.getLogger("waitress").addFilter(_tell_cut_answers)
    try:
        settings = Settings.from_environment(host=options.host, port=options.port)
        proxies = Proxies.read(settings.trusted_proxies)
        with ExitStack() as started:
            log = started.enter_context(RequestLog.start(settings))
            logging.basicConfig(level=logging.WARNING, handlers=[log.handler()])
            listener = started.enter_context(_listen(settings))
            engine = started.enter_context(Engine.start(settings))
            metrics = Metrics(engine, log)
            page = metrics_page.blueprint(metrics, settings.metrics)
            application = create_app(settings, engine, [*blueprints(), page])

            def tell(record: Record) -> None:
                metrics.count(record)
                log.put(record)

            Observer.install(application, proxies, tell)
            running = started.pop_all()
    except (SidesError, OSError) as error:
        sys.stderr.write(f"Sides cannot start: {error}\n")
        return 1
    with running:
        _serve(settings, engine, listener, application)
    return 0


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.create_server((settings.host, settings.port), family=family)
    if sys.platform == "linux":
        # A client that has stopped reading would block its thread for ever. Accepted sockets inherit the option.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(settings.deadline * 1000))
    return listener


def _serve(settings: Settings, engine: Engine, listener: socket.socket, application: WSGIApplication) -> None:
    server = waitress.create_server(application, sockets=[listener], **_options(settings, engine))
    stop = threading.Event()
    watcher = threading.Thread(target=watch, args=(settings, engine, stop), name="release watcher", daemon=True)
    wait = _prepare_for_signals()
    watcher.start()
    threading.Thread(target=server.run, name="server", daemon=True).start()
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Sides is at http://{shown}:{port}/ (release {engine.release.hash})\n")
    sys.stdout.flush()
    wait()
    stop.set()
    # The threads that wait for queries end with them, those that wait for clients end with the connections.
    engine.close()
    server.trigger.pull_trigger(lambda: [channel.handle_close() for channel in [*server.active_channels.values()]])
    server.task_dispatcher.shutdown(timeout=2)
    watcher.join()


def _prepare_for_signals() -> Callable[[], object]:
    """Begin to listen for the signals that end the server: what waits for the first. The second ends it at once.

    The handler raises nothing: an exception in the midst of waitress could leave one of its locks taken for ever.
    """
    reader, writer = os.pipe()

    def tell(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        os.write(writer, b"!")

    signal.signal(signal.SIGTERM, tell)
    signal.signal(signal.SIGINT, tell)
    return lambda: os.read(reader, 1)


def _tell_cut_answers(record: logging.LogRecord) -> bool:
    """Make one line of the traceback of an answer that failed while it was sent; nothing, if the client had left."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, QueryError):
        record.msg, record.args, record.exc_info = f"an answer was cut: {error.message}", (), None
    return not isinstance(error, QueryCancelledError)


def _options(settings: Settings, engine: Engine) -> dict[str, Any]:
    """What waitress is told."""
    return {
        # Every query that may wait needs a thread to wait in, and pages must not stand behind them.
        "threads": max(settings.threads, engine.size + settings.queue + 8),
        "connection_limit": 1000,
        # Lets waitress see that a client has left while its query runs.
        "channel_request_lookahead": 1,
        "asyncore_use_poll": True,
        # The application refuses earlier, and with a problem document.
        "max_request_body_size": 4 * settings.request_size * _MEBIBYTE,
        "outbuf_high_watermark": settings.held_back * _MEBIBYTE,
        "ident": "Sides",
        # The observer takes them out, or believes them, as the settings say.
        "clear_untrusted_proxy_headers": False,
    }


def watch(settings: Settings, engine: Engine, stop: threading.Event) -> None:
    """Publish each new release to the engine, until ``stop`` is set; one that cannot be loaded is tried again."""
    link = settings.releases_path / CURRENT
    pause = _LOOK
    while not stop.wait(pause):
        pause = _LOOK
        if link.parent / os.path.realpath(link) == engine.release.path:
            continue
        try:
            engine.publish(Release.current(settings))
        except (SidesError, OSError, RuntimeError) as error:  # RuntimeError: no thread could be started
            if not stop.is_set():
                logger.warning("the new release is not served, next try in %d s: %s", _PAUSE, error)
            pause = _PAUSE


if __name__ == "__main__":
    sys.exit(main())
