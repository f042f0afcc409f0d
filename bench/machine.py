"""What processes take of the machine: processor time and memory, as Linux counts them."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from peers.base import family

_INTERVAL = 0.05
"""Seconds between two looks at the memory while an answer streams."""


@dataclass(frozen=True, slots=True)
class Processor:
    """What processes have taken of the processors: the nanoseconds of each of their threads, and all in seconds."""

    threads: Mapping[str, int]
    whole: float
    """With what threads and children have taken that ended, by hundredths of a second."""

    @classmethod
    def of(cls, pids: Iterable[int]) -> Processor:
        """Read what these processes have taken."""
        found, whole = {}, [*pids]
        for pid in whole:
            with suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found[task.name] = int((task / "schedstat").read_text(encoding="ascii").split()[0])
        return cls(found, used(whole))

    def since(self, before: Processor) -> float:
        """The milliseconds since another reading; by tens of them if a thread has ended in between."""
        if before.threads.keys() - self.threads.keys():
            return (self.whole - before.whole) * 1000
        return sum(now - before.threads.get(task, 0) for task, now in self.threads.items()) / 1e6


def used(pids: Iterable[int]) -> float:
    """The seconds of a processor that processes have taken, with all threads and children that ended."""
    ticks = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def proportional_size(pid: int) -> float:
    """The memory of a process in MiB, with what it shares counted in equal parts (0: it has ended)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory of a family of processes in MiB, each counted for its part of what it shares."""

    whole: float
    processes: int
    leaf: float
    """The mean of those that have no processes below them: the workers, where there are any."""

    @classmethod
    def of(cls, pids: list[int]) -> Memory:
        """Measure the processes of a peer."""
        sizes = {pid: proportional_size(pid) for pid in pids}
        leaves = [size for pid, size in sizes.items() if family(pid) == [pid]]
        return cls(sum(sizes.values()), len(sizes), sum(leaves) / (len(leaves) or 1))


class Peak:
    """The most memory that was seen."""

    whole = 0.0


@contextmanager
def peak_memory(pids: list[int]) -> Iterator[Peak]:
    """Look again and again how much memory these processes take together."""
    peak, end = Peak(), threading.Event()

    def look() -> None:
        while not end.wait(_INTERVAL):
            peak.whole = max(peak.whole, sum(map(proportional_size, pids)))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        end.set()
        thread.join()


def described() -> dict[str, str]:
    """The machine, and how busy it is now."""
    model = platform.processor() or platform.machine()
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processors": f"{os.cpu_count()} of {model}",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load": load(),
        "date": time.strftime("%Y-%m-%d"),
    }


def load() -> str:
    """The load average over one, five and fifteen minutes."""
    return " ".join(f"{average:.1f}" for average in os.getloadavg())
