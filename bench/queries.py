"""How long each saved query takes on the current release, asked in this process with the graph in memory."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.catalogue import Catalogue, SavedQuery

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 300.0
"""The milliseconds that a saved query may take."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one query, in milliseconds, and how many rows (or triples) it gave."""

    query: SavedQuery
    rows: int
    times: tuple[float, ...]

    @property
    def best(self) -> float:
        """The time of the round that the machine disturbed least."""
        return min(self.times)

    @property
    def median(self) -> float:
        """The time of the round in the middle."""
        return statistics.median(self.times)


def main() -> int:
    """Measure, and print a table in Markdown; the exit status is 1 if a query was never within the limit."""
    parser = argparse.ArgumentParser(description="Measure every saved query on the current release.")
    parser.add_argument("names", nargs="*", help="only these queries (default: all but those that call elsewhere)")
    parser.add_argument("--releases", type=Path, default=ROOT / "var", help="folder of the releases (default: var)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each query is asked (default: 7)")
    given = parser.parse_args()
    release = Release.current(Settings(home=ROOT, releases=given.releases.resolve()))
    store = ox.Store()
    started = time.perf_counter()
    store.bulk_load(path=str(release.data), format=ox.RdfFormat.N_QUADS)
    loaded = time.perf_counter() - started
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}")
    print(f"{release.counts['default']:,} triples, in memory after {loaded:.1f} s; each query {given.rounds} times\n")
    asked = [query for query in Catalogue.read(ROOT / "queries") if "SERVICE" not in query.text]
    timings = [
        measure(store, query, given.rounds) for query in asked if not given.names or query.name in set(given.names)
    ]
    print("| query | rows | best, ms | median, ms |\n| --- | --- | --- | --- |")
    for timing in sorted(timings, key=lambda timing: -timing.best):
        print(f"| {timing.query.name} | {timing.rows} | {timing.best:.1f} | {timing.median:.1f} |")
    slow = [timing.query.name for timing in timings if timing.best > LIMIT]
    print(f"\n{len(timings)} queries, {len(slow)} of them slower than {LIMIT:.0f} ms", *slow)
    return int(bool(slow) or not timings)


def measure(store: ox.Store, query: SavedQuery, rounds: int) -> Timing:
    """Ask a query with its own defaults, and fetch every row of the answer."""
    times = []
    rows = 0
    for _ in range(rounds):
        started = time.perf_counter()
        answer = store.query(query.source)
        rows = 1 if isinstance(answer, ox.QueryBoolean) else sum(1 for _ in answer)
        times.append((time.perf_counter() - started) * 1000)
    return Timing(query, rows, tuple(times))


if __name__ == "__main__":
    sys.exit(main())
