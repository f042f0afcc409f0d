"""How long each saved query takes on the current release, asked in this process with the graph in memory."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.ground.catalogue import Catalogue, SavedQuery
from kg.ground.catalogue.records import Parameter, ParameterType
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import IDENTIFIERS, PREFIXES, shorten

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 300.0
"""The milliseconds that a saved query may take."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one query, in milliseconds, how many rows (or triples) it gave, and with which ``name=value``."""

    query: SavedQuery
    rows: int
    times: tuple[float, ...]
    given: str = ""

    @property
    def name(self) -> str:
        """The query, with the parameter that was given."""
        return f"{self.query.name} {self.given}".rstrip()

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
    parser.add_argument(
        "--parameters", type=int, default=0, metavar="N", help="ask with N other values of each parameter as well"
    )
    given = parser.parse_args()
    release = Release.current(Settings(home=ROOT, releases=given.releases.resolve()))
    store = ox.Store()
    started = time.perf_counter()
    store.bulk_load(path=str(release.data), format=ox.RdfFormat.N_QUADS)
    loaded = time.perf_counter() - started
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}")
    print(f"{release.counts['default']:,} triples, in memory after {loaded:.1f} s; each query {given.rounds} times\n")
    asked = [query for query in Catalogue.read(ROOT / "queries") if "SERVICE" not in query.text]
    chosen = [query for query in asked if not given.names or query.name in set(given.names)]
    timings = [measure(store, query, given.rounds) for query in chosen]
    if given.parameters:
        values = Values(store)
        timings += [
            measure(store, query, given.rounds, {parameter.name: [value]})
            for query in chosen
            for parameter in query.parameters
            for value in values.of(parameter, given.parameters)
        ]
    print("| query | rows | best, ms | median, ms |\n| --- | --- | --- | --- |")
    for timing in sorted(timings, key=lambda timing: -timing.best):
        print(f"| {timing.name} | {timing.rows} | {timing.best:.1f} | {timing.median:.1f} |")
    slow = [timing.name for timing in timings if timing.best > LIMIT]
    print(f"\n{len(timings)} queries, {len(slow)} of them slower than {LIMIT:.0f} ms", *slow)
    return int(bool(slow) or not timings)


def measure(
    store: ox.Store, query: SavedQuery, rounds: int, values: Mapping[str, Sequence[str]] | None = None
) -> Timing:
    """Ask a query with its own defaults or the values given, and fetch every row of the answer."""
    text = query.bind(values) if values else query.source
    times = []
    rows = 0
    for _ in range(rounds):
        started = time.perf_counter()
        answer = store.query(text)
        rows = 1 if isinstance(answer, ox.QueryBoolean) else sum(1 for _ in answer)
        times.append((time.perf_counter() - started) * 1000)
    return Timing(
        query, rows, tuple(times), " ".join(f"{name}={', '.join(said)}" for name, said in (values or {}).items())
    )


class Values:
    """The values that a parameter may take: those that the graph names most often come first, as they cost most."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        counted = "SELECT ?thing (COUNT(*) AS ?times) WHERE { ?any ?property ?thing } GROUP BY ?thing"
        self._named = {row["thing"]: int(row["times"].value) for row in self._rows(counted) if _is_ours(row["thing"])}

    def of(self, parameter: Parameter, most: int) -> list[str]:
        """At most so many values other than the default; none for a text, which stands in no list."""
        known = [*parameter.choices, *self._listed(parameter)]
        if parameter.type is ParameterType.YEAR and not known:
            years = f"SELECT DISTINCT (YEAR(?day) AS ?year) WHERE {{ ?any <{PREFIXES['sides']}earliest> ?day }}"
            known = sorted((row["year"].value for row in self._rows(years)), reverse=True)
        return [value for value in known if value not in parameter.default][:most]

    def _listed(self, parameter: Parameter) -> list[str]:
        listing = parameter.listing("en")
        things = {row["value"] for row in self._rows(listing)} if listing else set()
        return [
            shorten(thing.value)
            for thing in sorted(things, key=lambda thing: (-self._named.get(thing, 0), thing.value))
        ]

    def _rows(self, text: str) -> ox.QuerySolutions:
        answer = self._store.query(text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer


def _is_ours(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(IDENTIFIERS)


if __name__ == "__main__":
    sys.exit(main())
