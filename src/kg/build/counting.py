"""The statistics of a release, by which the server answers questions for counts and chooses how to run others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from kg.build.lines import Lines, object_, predicate, subject
from kg.ground.terms import expand

_TYPE = f"<{expand('rdf:type')}>".encode()


def statistics(graphs: Mapping[str, Lines], default: Lines) -> dict[str, Any]:
    """Count what a release of these graphs holds; ``default`` is their merge.

    ``quads`` are those of all graphs and of the default graph, their merge; ``triples`` those of the default graph, in
    it by ``predicates`` and by ``classes`` (the objects of ``rdf:type``); ``graphs`` are quads by named graph;
    ``types`` the classes that every subject of a predicate has. Terms are written as in N-Triples.
    """
    predicates: Counter[bytes] = Counter()
    classes: Counter[bytes] = Counter()
    implied: dict[bytes, set[bytes]] = {}
    for _, lines in groupby(default, key=subject):
        said = [*lines]
        verbs = Counter(map(predicate, said))
        types = {object_(line) for line in said if predicate(line) == _TYPE} if _TYPE in verbs else set()
        predicates.update(verbs)
        classes.update(types)
        for verb in verbs:
            implied.setdefault(verb, set(types)).intersection_update(types)
    sizes = {f"<{name}>": len(lines) for name, lines in sorted(graphs.items())}
    return {
        "quads": predicates.total() + sum(sizes.values()),
        "triples": predicates.total(),
        "predicates": _named(predicates),
        "classes": _named(classes),
        "graphs": sizes,
        "types": {verb.decode(): sorted(map(bytes.decode, types)) for verb, types in sorted(implied.items()) if types},
    }


def _named(counts: Mapping[bytes, int]) -> dict[str, int]:
    return {term.decode(): count for term, count in sorted(counts.items())}
