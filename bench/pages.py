"""What the pages of things cost when nobody has asked for them yet.

``.venv/bin/python bench/pages.py`` starts an engine with the current release, asks for the pages of a sample of each
kind of thing, each once, and prints for each kind the processor time of the middle one and of the slowest, which it
names; it keeps that in ``bench/results/pages.txt``. Times are those of the web process and of the workers together. A
page of another thing of each kind is asked for first, so that the workers are warm. All is done twice, with engines
that know nothing, and the better counts.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from flask import Flask
from machine import Processor, described

from kg.ground.settings import Settings
from kg.ground.terms import IDENTIFIERS
from kg.serve.engine import Engine
from kg.serve.web.app import create_app
from kg.serve.web.warming import warm

RESULT = Path(__file__).parent / "results" / "pages.txt"
NAMED_MOST, SPREAD = 10, 10
"""Things of each kind whose pages are asked for: those that are named most, and some of the others."""

ROUNDS = 2
"""New engines that are asked: of what a page takes the first time, the least counts, since other work disturbs."""

OTHERS = ("/", "/search?q=france", "/explain?s=state:HUN&p=a&o=sides:EUMember")
"""Pages that are asked for beside those of things."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page took: milliseconds of a processor in the web process and in the workers, milliseconds to wait."""

    address: str
    web: float
    workers: float
    waited: float
    size: int

    @property
    def processor(self) -> float:
        """The milliseconds of a processor altogether."""
        return self.web + self.workers


def things(engine: Engine) -> Mapping[str, list[str]]:
    """The things that have pages, by kind, those that most triples name first."""
    rows = engine.select(
        "SELECT ?thing (COUNT(?subject) AS ?count) { ?subject ?property ?thing "
        f'FILTER (isIRI(?thing) && STRSTARTS(STR(?thing), "{IDENTIFIERS}")) }} GROUP BY ?thing'
    )
    rows += engine.select(
        f'SELECT DISTINCT ?thing {{ ?thing a ?class FILTER STRSTARTS(STR(?thing), "{IDENTIFIERS}assertion/") }}'
    )
    named: dict[str, int] = {}
    for row in rows:
        named.setdefault(row["thing"].value, int(row["count"].value) if "count" in row else 0)
    found: dict[str, list[str]] = {}
    for thing in sorted(named, key=lambda name: (-named[name], name)):
        found.setdefault(thing.removeprefix(IDENTIFIERS).partition("/")[0], []).append(thing)
    return found


def sample(named: Sequence[str]) -> list[str]:
    """Those that are named most, and some of the others at equal distances."""
    rest = named[NAMED_MOST:]
    step = max(1, len(rest) // SPREAD)
    return [*named[:NAMED_MOST], *rest[::step][:SPREAD]]


def cost(app: Flask, engine: Engine, address: str) -> Cost:
    """Ask for a page, once."""
    workers = engine.pids()["workers"]
    before, web, began = Processor.of(workers), time.process_time(), time.perf_counter()
    response = app.test_client().get(address)
    waited, web = time.perf_counter() - began, time.process_time() - web
    size = len(response.data)
    if response.status_code != 200:
        raise SystemExit(f"{address}: {response.status}")
    return Cost(address, web * 1000, Processor.of(workers).since(before), waited * 1000, size)


def measured(app: Flask, engine: Engine, kinds: Sequence[str]) -> Iterator[tuple[str, list[Cost]]]:
    """The costs of the pages of each kind."""
    found = {kind: named for kind, named in things(engine).items() if not kinds or kind in kinds}
    for named in found.values():
        app.test_client().get(f"/page/{named[-1].removeprefix(IDENTIFIERS)}")
    for kind, named in sorted(found.items()):
        chosen = [thing for thing in sample(named) if thing != named[-1]] or named
        yield kind, [cost(app, engine, f"/page/{thing.removeprefix(IDENTIFIERS)}") for thing in chosen]
    for address in OTHERS if not kinds else ():
        yield address.partition("?")[0], [cost(app, engine, address)]


def table(results: Sequence[tuple[str, list[Cost]]]) -> Iterator[str]:
    """The lines that are printed: a row for each kind, and the slowest pages of all."""
    yield "Milliseconds of a processor for the first answer: the middle, the slowest (web process + workers)"
    yield f"{'kind':14}{'pages':>6}{'middle':>8}{'slowest':>9}{'':3}{'web':>5}{'workers':>9}{'KiB':>6}  the slowest"
    for kind, costs in results:
        worst = max(costs, key=lambda one: one.processor)
        middle = statistics.median(one.processor for one in costs)
        yield (
            f"{kind:14}{len(costs):>6}{middle:>8.0f}{worst.processor:>9.0f}{'':3}{worst.web:>5.0f}{worst.workers:>9.0f}"
            f"{worst.size / 1024:>6.0f}  {worst.address}"
        )
    slowest = sorted((one for _, costs in results for one in costs), key=lambda one: -one.processor)[:15]
    yield ""
    yield "The slowest pages: milliseconds of a processor, milliseconds until the answer was there"
    for one in slowest:
        yield f"{one.processor:>6.0f}{one.waited:>7.0f}  {one.address}"


def one_round(settings: Settings, kinds: Sequence[str]) -> tuple[list[tuple[str, list[Cost]]], float, str]:
    """What a new engine and a new application need: the costs by kind, the seconds to make ready, the release."""
    with Engine.start(settings) as engine:
        app = create_app(settings, engine)
        began = time.process_time()
        warm(app, Event())
        made_ready = time.process_time() - began
        return [*measured(app, engine, kinds)], made_ready, engine.release.hash


def best(rounds: Sequence[list[tuple[str, list[Cost]]]]) -> Iterator[tuple[str, list[Cost]]]:
    """The least that each page took in some rounds."""
    for several in zip(*rounds, strict=True):
        costs = zip(*(found for _, found in several), strict=True)
        yield several[0][0], [min(page, key=lambda one: one.processor) for page in costs]


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description="What the pages of things cost.")
    parser.add_argument("kinds", nargs="*", help="kinds such as state, org; all by default, which is kept")
    options = parser.parse_args()
    settings = Settings.from_environment()
    rounds = [one_round(settings, options.kinds) for _ in range(ROUNDS)]
    made_ready = min(seconds for _, seconds, _ in rounds)
    machine = described()
    lines = [
        f"{machine['processors']}, {machine['system']}, release {rounds[0][2]}",
        f"To make ready what all readers want: {made_ready * 1000:.0f} ms of the web process, before anybody asks",
        "",
        *table([*best([costs for costs, _, _ in rounds])]),
    ]
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if not options.kinds:
        RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
