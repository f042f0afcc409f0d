"""The checks under ``ontology/checks/``: each a problem, a solution, and a query that returns the offenders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pyoxigraph as ox

from kg.build.files import list_files, read_text
from kg.ground.errors import HygieneError
from kg.ground.terms import shorten


class Scope(StrEnum):
    """What a check looks at: the ontology with its concepts, or the whole graph of a release."""

    ONTOLOGY = "ontology"
    GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it looks at, what is wrong when it finds something, how to mend it, the query."""

    name: str
    scopes: frozenset[Scope]
    problem: str
    solution: str
    query: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One offender of one check, with a detail where the query gives one."""

    check: str
    offender: str
    detail: str
    problem: str
    solution: str

    def __str__(self) -> str:
        """The finding in one line."""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.check}: {self.offender}{detail}. {self.problem} {self.solution}"


_HEAD = re.compile(r"# Problem: (?P<problem>.+)\n# Solution: (?P<solution>.+)\n# Scope: (?P<scopes>.+)\n")


def read_checks(folder: Path) -> tuple[Check, ...]:
    """Read every ``*.rq`` file of a folder; raises `HygieneError` for one without its head or outside a known scope."""
    return tuple(_read_check(path) for path in list_files(folder, "*.rq", error=HygieneError))


def _read_check(path: Path) -> Check:
    text = read_text(path, error=HygieneError)
    head = _HEAD.match(text)
    if head is None:
        raise HygieneError(
            "a check lacks its head", where=str(path), expected="comment lines Problem:, Solution: and Scope:"
        )
    names = [name.strip() for name in head["scopes"].split(",")]
    unknown = [name for name in names if name not in list(Scope)]
    if unknown:
        raise HygieneError(f"unknown scope {', '.join(unknown)}", where=str(path), expected=" or ".join(Scope))
    return Check(path.stem, frozenset(map(Scope, names)), head["problem"], head["solution"], text)


def run_checks(
    checks: Iterable[Check], quads: Iterable[ox.Quad | ox.Triple] | bytes, scope: Scope = Scope.ONTOLOGY
) -> tuple[Finding, ...]:
    """Run the checks of one scope and return what they find, sorted.

    For the scope ``graph``, ``quads`` are those of a release, or its N-Quads: the default graph is the merge
    of the named ones. Raises `HygieneError` for a query that the engine does not understand or that does not select
    ``?offender``.
    """
    store = ox.Store()
    if isinstance(quads, bytes):
        store.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
    else:
        store.bulk_extend(quad if isinstance(quad, ox.Quad) else ox.Quad(*quad) for quad in quads)
    looked_at = [check for check in checks if scope in check.scopes]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # the engine lets other threads run meanwhile
        return tuple(
            sorted(finding for found in pool.map(lambda check: [*_run(check, store)], looked_at) for finding in found)
        )


def _run(check: Check, store: ox.Store) -> Iterable[Finding]:
    try:
        solutions = store.query(check.query)
    except SyntaxError as error:
        raise HygieneError(str(error), where=f"{check.name}.rq", expected="a SPARQL query") from error
    variables = [variable.value for variable in solutions.variables] if isinstance(solutions, ox.QuerySolutions) else []
    if "offender" not in variables or not isinstance(solutions, ox.QuerySolutions):
        del solutions  # it must not leave this thread, which the error would take it out of
        raise HygieneError("the query does not return offenders", where=f"{check.name}.rq", expected="SELECT ?offender")
    for solution in solutions:
        detail = solution["detail"] if "detail" in variables else None
        if solution["offender"] is not None:
            yield Finding(check.name, _shown(solution["offender"]), _shown(detail), check.problem, check.solution)


def _shown(term: object) -> str:
    match term:
        case ox.NamedNode():
            return shorten(term.value)
        case ox.Literal():
            return term.value
        case None:
            return ""
        case _:
            return str(term)


def require_clean(findings: Sequence[Finding], *, shown: int = 20) -> None:
    """Raise `HygieneError` with the first ``shown`` findings, if there is any."""
    if findings:
        lines = [str(finding) for finding in findings[:shown]]
        rest = len(findings) - len(lines)
        raise HygieneError(
            f"{len(findings)} findings:\n" + "\n".join((*lines, *([f"and {rest} more"] if rest else []))),
            where="ontology/checks",
        )
