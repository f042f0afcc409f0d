"""The template process: it holds the store of one release and forks query workers that share it, copy on write.

`kg.serve.engine.processes.TemplateProcess` starts it as ``python -m kg.serve.engine.template DATA MEMORY [PLACE]``,
with its control socket as standard input, and with the place of the store if that is to lie on disk. Once it is loaded,
no thread of it runs Python code beside the first, so that forking is safe; it ends when the control socket closes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kg.ground.release import STATISTICS
from kg.serve.engine import frames
from kg.serve.engine.store import read_store

if TYPE_CHECKING:
    from kg.serve.engine.evaluation import Evaluator


def main(data: str, memory: int, place: str | None = None) -> None:
    """Load the release, say so, and obey until the server closes the control socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server ends its children itself
    os.dup2(1, frames.CONNECTION)  # a number that workers need, and that the store must not take
    control = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    before = _descriptors()
    try:
        with ThreadPoolExecutor(1) as aside:  # while the engine loads, what runs on it is imported
            importing = aside.submit(import_module, "kg.serve.engine.worker")
            store = read_store(Path(data), Path(place) if place else None)
            importing.result()
    except (OSError, SyntaxError, ValueError) as error:
        frames.send_json(control, frames.ERROR, {"message": str(error)})
        return
    from kg.ground.columns import COLUMNS, open_columns
    from kg.serve.engine.evaluation import Evaluator
    from kg.serve.rewriting import read_counts

    quads = len(store)
    frames.send_json(control, frames.HEAD, {"quads": quads})
    statistics, columns = (Path(data).with_name(name) for name in (STATISTICS, COLUMNS))
    evaluator = Evaluator(store, read_counts(statistics, quads), open_columns(columns, quads))
    files = _descriptors() - before
    gc.collect()
    gc.freeze()  # keeps the collector of the workers from touching, and so copying, the shared pages
    with contextlib.suppress(ConnectionError):  # the server was killed in the middle of an order
        while _obey(control, evaluator, files, memory):
            pass


def _descriptors() -> frozenset[int]:
    """The numbers of the open descriptors."""
    listed = [*Path("/dev/fd").iterdir()]  # with that of the listing itself, which is closed now
    return frozenset(int(link.name) for link in listed if link.exists())


def _obey(control: socket.socket, evaluator: Evaluator, files: frozenset[int], memory: int) -> bool:
    message, descriptors, _, _ = socket.recv_fds(control, frames.COMMAND.size, 2)
    if not message:
        return False
    command, pid = frames.COMMAND.unpack(message)
    reply = _fork(evaluator, descriptors, files, memory) if command == frames.FORK else _reap(pid)
    control.sendall(frames.REPLY.pack(reply))
    return True


def _fork(evaluator: Evaluator, descriptors: list[int], files: frozenset[int], memory: int) -> int:
    from kg.serve.engine import worker  # imported by now

    connection, errors = descriptors
    pid = os.fork()
    if pid == 0:
        try:
            worker.run(evaluator, connection, errors, files, memory)
        finally:
            os._exit(0)  # the server sees the connection close
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _reap(pid: int) -> int:
    """Wait for a worker that is dead or dying; until then its number cannot be given to another process."""
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return frames.GONE


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
