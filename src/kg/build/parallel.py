"""Jobs on all processors: in Pythons of their own, which import what the jobs need and nothing of their caller.

A pool of `multiprocessing` would import the caller's main module again, or fork it with the threads of the engine.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from queue import SimpleQueue
from typing import IO, TypeVar

from kg.ground.errors import BuildError, SidesError

Result = TypeVar("Result")
Job = Callable[[], Result]
"""An object of some module that can be pickled, and so can its result."""


def run(jobs: Sequence[Job[Result]]) -> list[Result]:
    """The results of jobs, in their order; a process does one after the other, so that they can share what it keeps.

    A single job runs here, and so does each one for which no process can be started. Raises what the first job that
    failed has raised, or `BuildError` if a process died.
    """
    workers = min(len(jobs), os.cpu_count() or 1)
    if workers <= 1:
        return [job() for job in jobs]
    idle: SimpleQueue[_Worker] = SimpleQueue()

    def done(job: Job[Result]) -> Result:
        worker = idle.get()
        try:
            return worker.do(job)
        finally:
            idle.put(worker)

    with ExitStack() as ending, ThreadPoolExecutor(workers) as pool:
        for _ in range(workers):
            idle.put(ending.enter_context(_worker()))
        waiting = [pool.submit(done, job) for job in jobs]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def beside(job: Job[Result]) -> Iterator[Callable[[], Result]]:
    """Begin a job; what is given waits for its result, and raises as `run` does.

    At the end a job that still runs is killed.
    """
    with _worker() as worker, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(worker.do, job)
        try:
            yield waiting.result
        finally:
            if not waiting.done():
                worker.kill()


class _Worker:
    """A process that does jobs, or this one where none could be started; ``errors`` holds what it tells of its end."""

    def __init__(self, process: subprocess.Popen[bytes] | None, errors: IO[bytes]) -> None:
        self._process, self._errors = process, errors

    def do(self, job: Job[Result]) -> Result:
        if self._process is None:
            return job()
        assert self._process.stdin
        assert self._process.stdout
        try:
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()
            error, result = pickle.load(self._process.stdout)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):
            code = self._process.wait()
            self._errors.seek(0)
            told = self._errors.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise BuildError(f"a process of the build ended with {code}: {told}", where=type(job).__name__) from None
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]  # what the job has returned

    def kill(self) -> None:
        if self._process:
            self._process.kill()


@contextmanager
def _worker() -> Iterator[_Worker]:
    with tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
            )
        except OSError:  # a user who may not start this Python again, or no room for another process
            yield _Worker(None, errors)
            return
        try:
            yield _Worker(process, errors)
        finally:
            with suppress(BrokenPipeError):
                process.communicate()  # nothing more to do: it ends


def _main() -> None:
    """Do the jobs that come on the standard input, until there are no more."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but the results goes to the caller
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer: tuple[SidesError | None, object]
        try:
            answer = (None, job())
        except SidesError as error:
            answer = (error, None)
        pickle.dump(answer, out)
        out.flush()


if __name__ == "__main__":
    _main()
