"""Jobs on all processors: each in a Python of its own, which imports what the job needs and nothing of its caller.

A pool of `multiprocessing` would import the caller's main module again, or fork it with the threads of the engine.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kg.ground.errors import BuildError, SidesError

Result = TypeVar("Result")


def run(jobs: Sequence[Callable[[], Result]]) -> list[Result]:
    """The results of jobs, in their order; a job is an object of some module that can be pickled, and so is its result.

    A single job runs here, and so does each one for which no process can be started. Raises what the first job that
    failed has raised, or `BuildError` if a process died.
    """
    workers = min(len(jobs), os.cpu_count() or 1)
    if workers <= 1:
        return [job() for job in jobs]
    with ThreadPoolExecutor(workers) as pool:
        waiting = [pool.submit(_elsewhere, job) for job in jobs]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _elsewhere(job: Callable[[], Result]) -> Result:
    command = [sys.executable, "-m", __name__]
    try:
        done = subprocess.run(command, input=pickle.dumps(job), capture_output=True, check=False)
    except OSError:  # a user who may not start this Python again, or no room for another process
        return job()
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise BuildError(f"a process of the build ended with {done.returncode}: {told}", where=repr(job))
    error, result = pickle.loads(done.stdout)
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]  # what the job has returned


def _main() -> None:
    """Run the job that stands on the standard input."""
    content = sys.stdin.buffer.read()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but the result goes to the caller
    answer: tuple[SidesError | None, object]
    job = pickle.loads(content)
    try:
        answer = (None, job())
    except SidesError as error:
        answer = (error, None)
    with out:
        pickle.dump(answer, out)


if __name__ == "__main__":
    _main()
