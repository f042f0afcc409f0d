"""What rewriting gains: queries as they are and as they are rewritten, in this process, with the graph in memory."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
from templates import FOLDER, read_templates

from kg.ground.columns import COLUMNS, open_columns
from kg.ground.release import STATISTICS, Release
from kg.ground.settings import Settings
from kg.serve.rewriting import Rewriter, Statistics, read_counts

ROOT = Path(__file__).resolve().parents[1]
OWN = Path(__file__).parent / "rewriting"
ENOUGH = 2.0
"""Seconds of one query beyond which it is not asked again."""


@dataclass(frozen=True, slots=True)
class Case:
    """A query of which something is rewritten."""

    name: str
    text: str
    cut: bool = False


def main() -> int:
    """Measure, and print a table in Markdown; the exit status is 1 if a rewritten query had another answer."""
    parser = argparse.ArgumentParser(description="Measure queries as they are and as they are rewritten.")
    parser.add_argument("names", nargs="*", help="only these queries (default: all)")
    parser.add_argument("--data", type=Path, help="N-Quads to ask (default: those of the current release)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, of which the best counts (default: 5)")
    given = parser.parse_args()
    data = given.data or Release.current(Settings(home=ROOT)).data
    store = ox.Store()
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_QUADS)
    counts = read_counts(data.with_name(STATISTICS), len(store))
    columns = open_columns(data.with_name(COLUMNS), len(store))
    rewriter = Rewriter(Statistics(_asking(store), counts, columns))
    gc.freeze()
    print(f"{len(store):,} quads. Milliseconds of processor time, the best of {given.rounds} rounds.\n")
    print("| query | rules | rows | to rewrite | as it is | rewritten | gain |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    cases = [case for case in _cases(store) if not given.names or case.name in given.names]
    equal = [_measure(store, rewriter, case, given.rounds) for case in cases]
    return int(not all(equal))


def _asking(store: ox.Store):  # type: ignore[no-untyped-def]
    return lambda text: [[None if term is None else str(term) for term in row] for row in store.query(text)]


def _cases(store: ox.Store) -> Iterator[Case]:
    for folder in (OWN, FOLDER):
        for template in read_templates(folder):
            yield Case(template.name, template.texts(store, 1, 1)[0], template.is_cut)
    for file in sorted((ROOT / "queries").glob("*/*.rq")):
        yield Case(file.stem, file.read_text(encoding="utf-8"))


def _measure(store: ox.Store, rewriter: Rewriter, case: Case, rounds: int) -> bool:
    rewriter.rewrite(f"{case.text}\n# first")  # what it asks of the store is asked
    started = time.process_time()
    rewriting = rewriter.rewrite(case.text)
    spent = time.process_time() - started  # what an expression gives for a term is known now
    if not rewriting.applied:
        return True
    before, expected = _best(lambda: _asked(store, case.text), rounds)
    told = rewriting.answer and (lambda: _told(rewriter, case.text))  # all of it: to rewrite is to answer
    after, found = _best(told or (lambda: _asked(store, rewriting.text)), rounds)
    equal = (sum(expected.values()) == sum(found.values())) if case.cut else expected == found
    rules = ", ".join(dict.fromkeys(str(each["rule"]) for each in rewriting.applied))
    rules += " (whole)" * bool(rewriting.answer)
    cells = (case.name, rules, sum(expected.values()), *(f"{1000 * each:.2f}" for each in (spent, before, after)))
    print("|", *(f"{cell} |" for cell in cells), f"{before / after:.1f} |", flush=True)
    if not equal:
        print(f"the answers to {case.name} differ", file=sys.stderr)
    return equal


def _best(answer: Callable[[], list[bytes]], rounds: int) -> tuple[float, Counter[bytes]]:
    best = float("inf")
    lines: list[bytes] = []
    for _ in range(rounds):
        started = time.process_time()
        lines = answer()
        best = min(best, time.process_time() - started)
        if best > ENOUGH:
            break
    return best, Counter(lines)


def _asked(store: ox.Store, text: str) -> list[bytes]:
    """The rows or triples of the engine's answer."""
    results = store.query(text)
    if isinstance(results, ox.QueryBoolean):
        return [str(bool(results)).encode()]
    if isinstance(results, ox.QueryTriples):
        written = ox.serialize(results, format=ox.RdfFormat.N_TRIPLES)
        return (written or b"").splitlines()
    return (results.serialize(format=ox.QueryResultsFormat.TSV) or b"").splitlines()[1:]


def _told(rewriter: Rewriter, text: str) -> list[bytes]:
    """The rows of the whole answer, written as the engine writes them."""
    answer = rewriter.rewrite(text).answer
    assert answer
    if answer.variables is None:
        return b"".join(answer.written("application/n-triples", {})).splitlines()
    return b"".join(answer.written("text/tab-separated-values", {})).splitlines()[1:]


if __name__ == "__main__":
    sys.exit(main())
