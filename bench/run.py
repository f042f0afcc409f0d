"""How fast queries are answered, as a ratio to others that are asked the same in turn: see README.md here."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from peers import PEERS, ROOT, Ask, HttpClient, sides
from scaled import scale

from kg.ground.release import Release
from kg.ground.settings import Settings

QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("queries/*.rq"))}
BUDGET = 20.0
"""Seconds that one query may take over all its rounds, about; there are three rounds at least."""


def main() -> int:
    """Measure, and print tables in Markdown; the exit status is 1 if two did not give equally many rows."""
    parser = argparse.ArgumentParser(description="Measure query latency and throughput against other engines.")
    parser.add_argument("--releases", type=Path, default=ROOT / "var", help="folder of the releases (default: var)")
    parser.add_argument("--triples", type=int, default=300_000, help="size of the scaled release; 0: leave it out")
    parser.add_argument("--rounds", type=int, default=30, help="rounds for each query at most (default: 30)")
    parser.add_argument("--clients", type=int, default=8, help="clients at one time, for throughput (default: 8)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of each burst (default: 2)")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=[*PEERS], help="whom to compare with")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}")
    release = Release.current(Settings(home=ROOT, releases=given.releases.resolve()))
    with tempfile.TemporaryDirectory() as folder:
        releases = {"The release as it is": release}
        if given.triples:
            releases["Scaled"] = scale(release, Path(folder), given.triples)
        equal = [_measure(title, each, given) for title, each in releases.items()]
    return int(not all(equal))


def _measure(title: str, release: Release, given: argparse.Namespace) -> bool:
    """Measure on one release: whether all gave equally many rows."""
    print(f"\n## {title}: {release.counts['default']:,} triples\n")
    with ExitStack() as stack:
        askers = {"sides": stack.enter_context(sides(release))}
        askers |= {name: stack.enter_context(PEERS[name](release)) for name in given.peers}
        equal = _latency(askers, given.rounds)
        if "oxigraph" in askers:
            _throughput(askers, given.clients, given.seconds)
    return equal


def _latency(askers: Mapping[str, Ask], limit: int) -> bool:
    others = [name for name in askers if name != "sides"]
    print("\n| query | rows | sides, ms | " + " | ".join(f"{name}, ms | ratio" for name in others) + " |")
    print("| --- " * (3 + 2 * len(others)) + "|")
    equal = True
    for query, text in QUERIES.items():
        started = time.perf_counter()
        rows = {name: ask(text).count(b"\n") - 1 for name, ask in askers.items()}
        rounds = max(3, min(limit, int(BUDGET / (time.perf_counter() - started))))
        times = _rounds(askers, text, rounds)
        cells = [query, str(rows["sides"]), f"{statistics.median(times['sides']) * 1000:.1f}"]
        for name in others:
            ratios = [other / ours for ours, other in zip(times["sides"], times[name], strict=True)]
            cells += [f"{statistics.median(times[name]) * 1000:.1f}", _spread(ratios)]
        print("| " + " | ".join(cells) + " |", flush=True)
        if len(set(rows.values())) > 1:
            equal = False
            print(f"the answers to {query} differ: {rows}", file=sys.stderr)
    return equal


def _rounds(askers: Mapping[str, Ask], text: str, rounds: int) -> dict[str, list[float]]:
    """Ask all in turn, again and again: what slows the machine down slows all of them."""
    times: dict[str, list[float]] = {name: [] for name in askers}
    for number in range(rounds):
        for name, ask in askers.items():
            started = time.perf_counter()
            ask(f"{text}\n# {number}")  # a text that no cache has seen
            times[name].append(time.perf_counter() - started)
    return times


def _spread(ratios: list[float]) -> str:
    low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 3 else sorted(ratios)
    return f"{middle:.2g} ({low:.2g}–{high:.2g})"


def _throughput(askers: Mapping[str, Ask], clients: int, seconds: float) -> None:
    """Queries a second by many clients at one time, in bursts by turns."""
    names = ("sides", "oxigraph")
    addresses = {name: ask.address for name in names if isinstance(ask := askers[name], HttpClient)}
    print(f"\n| {clients} clients | sides, queries/s | oxigraph, queries/s | ratio |\n| --- | --- | --- | --- |")
    for query in ("lookup", "join"):
        rates: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(3):
            for name in names:
                rates[name].append(_burst(addresses[name], QUERIES[query], clients, seconds))
        ratios = [ours / other for ours, other in zip(rates["sides"], rates["oxigraph"], strict=True)]
        medians = " | ".join(f"{statistics.median(rates[name]):.0f}" for name in names)
        print(f"| {query} | {medians} | {_spread(ratios)} |", flush=True)


def _burst(address: str, query: str, clients: int, seconds: float) -> float:
    with multiprocessing.get_context("spawn").Pool(clients) as pool:
        pool.map(time.sleep, [0.2] * clients)  # every client is there before the burst
        return sum(pool.starmap(_client, [(address, query, number, seconds) for number in range(clients)])) / seconds


def _client(address: str, query: str, number: int, seconds: float) -> int:
    """Ask one query after another: how many were answered in time."""
    answered = 0
    with closing(HttpClient(address)) as ask:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            ask(f"{query}\n# {number}-{answered}")
            answered += 1
    return answered


if __name__ == "__main__":
    sys.exit(main())
