"""The template process: it holds one release in memory and forks query workers that share it, copy on write.

`kg.serve.engine.processes.TemplateProcess` starts it as ``python -m kg.serve.engine.template DATA MEMORY``, with its
control socket as standard input. It has one thread, so that forking is safe, and ends when the control socket closes.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys

from kg.serve.engine import frames, worker
from kg.serve.engine.evaluation import Evaluator, read_store


def main(data: str, memory: int) -> None:
    """Load the release, say so, and obey until the server closes the control socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the server ends its children itself
    control = socket.socket(fileno=os.dup(0))
    os.dup2(1, 0)
    try:
        store = read_store(data)
    except (OSError, SyntaxError, ValueError) as error:
        frames.send_json(control, frames.ERROR, {"message": str(error)})
        return
    frames.send_json(control, frames.HEAD, {"quads": len(store)})
    evaluator = Evaluator(store)
    gc.collect()
    gc.freeze()  # keeps the collector of the workers from touching, and so copying, the shared pages
    with contextlib.suppress(ConnectionError):  # the server was killed in the middle of an order
        while _obey(control, evaluator, memory):
            pass


def _obey(control: socket.socket, evaluator: Evaluator, memory: int) -> bool:
    message, descriptors, _, _ = socket.recv_fds(control, frames.COMMAND.size, 2)
    if not message:
        return False
    command, pid = frames.COMMAND.unpack(message)
    reply = _fork(evaluator, descriptors, memory) if command == frames.FORK else _reap(pid)
    control.sendall(frames.REPLY.pack(reply))
    return True


def _fork(evaluator: Evaluator, descriptors: list[int], memory: int) -> int:
    connection, errors = descriptors
    pid = os.fork()
    if pid == 0:
        try:
            worker.run(evaluator, connection, errors, memory)
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
    main(sys.argv[1], int(sys.argv[2]))
