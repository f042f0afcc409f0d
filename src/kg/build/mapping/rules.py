"""The rules under ``ontology/rules/``: SPARQL CONSTRUCT queries that add the plain layer to what a source asserts."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from kg.build.files import list_files, read_text
from kg.ground.errors import OntologyError

_MOST_ROUNDS = 20  # a rule set that still finds something then feeds itself without end


@dataclass(frozen=True, slots=True)
class Rule:
    """One CONSTRUCT query and the name of its file."""

    name: str
    text: str


def read_rules(folder: Path) -> tuple[Rule, ...]:
    """The rules of a folder (``*.rq``), by name; raises `OntologyError` if there is none or one cannot be read."""
    files = list_files(folder, "*.rq", error=OntologyError)
    return tuple(Rule(path.stem, read_text(path, error=OntologyError)) for path in files)


def apply_rules(
    rules: Iterable[Rule], triples: Iterable[ox.Triple], *, context: Iterable[ox.Triple] = ()
) -> set[ox.Triple]:
    """What the rules add to ``triples``, until they find nothing new; they read ``context`` as well.

    Raises `OntologyError` for a rule that is not a CONSTRUCT query or that makes a blank node.
    """
    given = set(triples)
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for source in (given, context) for triple in source)
    return saturate(store, rules, given)


def saturate(store: ox.Store, rules: Iterable[Rule], given: Collection[ox.Triple] = frozenset()) -> set[ox.Triple]:
    """What the rules find in a store, until they find nothing new, without what was ``given``; the store gets it.

    Raises `OntologyError` as `apply_rules` does.
    """
    rules = tuple(rules)
    found: set[ox.Triple] = set()
    for _ in range(_MOST_ROUNDS):
        # What the context holds is found as well: a source that says it is a source of it.
        with ThreadPoolExecutor(os.cpu_count()) as pool:  # the engine lets other threads run meanwhile
            new = {triple for made in pool.map(partial(_run, store), rules) for triple in made} - found
        new.difference_update(given)
        if not new:
            return found
        store.extend(ox.Quad(*triple) for triple in new)
        found |= new
    raise OntologyError(
        f"the rules still find something new after {_MOST_ROUNDS} rounds",
        where="ontology/rules",
        remedy="look for a rule whose head feeds its own body",
    )


def _run(store: ox.Store, rule: Rule) -> list[ox.Triple]:
    where = f"ontology/rules/{rule.name}.rq"
    try:
        answer = store.query(rule.text)
    except SyntaxError as error:
        raise OntologyError(str(error), where=where, expected="a SPARQL CONSTRUCT query") from error
    made = list(answer) if isinstance(answer, ox.QueryTriples) else None
    del answer  # it must not leave this thread, which an error would take it out of
    if made is None:
        raise OntologyError("the rule adds no triples", where=where, expected="a SPARQL CONSTRUCT query")
    if any(isinstance(term, ox.BlankNode) for triple in made for term in triple):
        raise OntologyError("the rule makes a blank node", where=where, remedy="compute an IRI with BIND(IRI(…))")
    return made
