"""Jobs in processes of their own: results in order, errors as they were raised, a process that dies told of."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.build.parallel import beside, run
from kg.ground.errors import BuildError, TableError


@dataclass(frozen=True)
class Double:
    """Doubles a number, and tells in which process."""

    number: int

    def __call__(self) -> tuple[int, int]:
        if self.number < 0:
            raise TableError(f"{self.number} is below zero", where="a table")
        return 2 * self.number, os.getpid()


@dataclass(frozen=True)
class Die:
    """Ends its process, or writes much where errors go and ends it then."""

    words: int = 0

    def __call__(self) -> None:
        sys.stderr.write("word " * self.words + "\nthe last line\n")
        sys.stderr.flush()
        os._exit(7)


@dataclass(frozen=True)
class Print:
    """Writes to the standard output, which must not come between the results."""

    def __call__(self) -> str:
        sys.stdout.write("x" * 100_000 + "\n")
        return "printed"


@dataclass(frozen=True)
class Touch:
    """Waits, then makes a file."""

    path: Path
    seconds: float

    def __call__(self) -> None:
        time.sleep(self.seconds)
        self.path.touch()


def test_results_come_in_order_from_few_processes() -> None:
    found = run([Double(number) for number in range(12)])
    assert [number for number, _ in found] == [*range(0, 24, 2)]
    processes = {process for _, process in found}
    assert len(processes) <= (os.cpu_count() or 1)
    assert (os.getpid() in processes) == ((os.cpu_count() or 1) == 1)


def test_an_error_is_raised_as_it_was() -> None:
    with pytest.raises(TableError, match="-1 is below zero"):
        run([Double(1), Double(-1), Double(2)])


@pytest.mark.parametrize("words", [0, 200_000])
def test_a_process_that_dies_is_told_of_with_its_last_line(words: int) -> None:
    with (
        pytest.raises(BuildError, match="ended with 7: the last line"),
        beside(Die(words)) as result,
    ):
        result()


def test_what_a_job_prints_is_no_result() -> None:
    assert run([Print(), Print(), Print()]) == ["printed"] * 3


def test_a_job_runs_beside_its_caller() -> None:
    with beside(Double(21)) as result:
        number, process = result()
    assert (number, process != os.getpid()) == (42, True)


def test_a_job_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(KeyError), beside(Touch(tmp_path / "made", 60)):
        raise KeyError
    assert time.monotonic() - begun < 30
    assert not (tmp_path / "made").exists()


def test_where_no_process_can_be_started_jobs_run_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    assert {process for _, process in run([Double(1), Double(2)])} == {os.getpid()}
    with beside(Double(3)) as result:
        assert result() == (6, os.getpid())
