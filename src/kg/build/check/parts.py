"""The shapes held against a large graph part by part: on all processors, and only where a part is not as it was.

Each node is looked at once, with all that any graph says of it. A source is a part, without the nodes of which other
graphs speak as well; those, and all other graphs, are another. Beside its own nodes a part holds the classes of the
things that they name. That is all a shape looks at whose paths are of one property; where a shape follows a property
from object to subject, all triples with that property are in the last part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path

from kg.build.cache import Cache, key_of, program_digest
from kg.build.check.screening import in_doubt, inverse_paths
from kg.build.check.violations import Violation
from kg.build.lines import Lines, document, node, object_, predicate, subject
from kg.build.parallel import run
from kg.ground.terms import PREFIXES

REST = "rest"
"""The name of the part that no source is."""

_TYPE = b"<" + PREFIXES["rdf"].encode() + b"type>"
_BELOW = b"<" + PREFIXES["rdfs"].encode() + b"subClassOf>"


@dataclass(frozen=True, slots=True)
class Part:
    """Some nodes with all that is said of them, and what stands beside them for them to name."""

    name: str
    data: bytes
    beside: frozenset[str]


@dataclass(frozen=True, slots=True)
class PartJob:
    """Holds a part against the shapes of a folder, in whatever process."""

    part: Part
    shapes: Path

    def __call__(self) -> tuple[Violation, ...]:
        """What does not fit; raises `ShapeError` for shapes that cannot be used."""
        if in_doubt(self.part.data, self.shapes, beside=self.part.beside) == frozenset():
            return ()
        from kg.build.check.shapes import judge  # a second, and where all is well nobody needs it

        return judge(self.part.data, self.shapes, beside=self.part.beside)


def validate_parts(
    sources: Mapping[str, Lines], others: Iterable[Lines], shapes: Path, cache: Cache
) -> tuple[Violation, ...]:
    """What in the graphs of the sources, by name, and in the other graphs does not fit the shapes of a folder, sorted.

    A verdict that was reached before on the same part by the same shapes is taken from the cache. Raises `ShapeError`
    for shapes that cannot be read or used.
    """
    law = [path.read_bytes() for path in sorted(shapes.glob("*.ttl"))]
    program = program_digest("build/check/shapes.py", "build/check/screening.py", "build/check/parts.py")
    found: list[Violation] = []
    jobs: list[tuple[str, PartJob]] = []
    for part in parts(sources, others, inverse_paths(shapes)):
        key = key_of(program, *law, part.data, *sorted(part.beside))
        kept = cache.get(f"shapes-{part.name}", key)
        if kept is None:
            jobs.append((key, PartJob(part, shapes)))
        else:
            found += (Violation(**item) for item in json.loads(kept))
    jobs.sort(key=lambda job: -len(job[1].part.data))
    for (key, job), verdict in zip(jobs, run([job for _, job in jobs]), strict=True):
        found += verdict
        cache.put(f"shapes-{job.part.name}", key, json.dumps([asdict(item) for item in verdict]).encode())
    return tuple(sorted(found))


def parts(sources: Mapping[str, Lines], others: Iterable[Lines], inverse: Iterable[str] = ()) -> Iterator[Part]:
    """The parts of some graphs: one for each source, one for the rest; ``inverse`` are followed backwards."""
    others = tuple(others)
    types = _types((*sources.values(), *others))
    shared = _shared((*sources.values(), *others), len(sources))
    followed = {node(iri) for iri in inverse}
    hierarchy = [line for lines in others for line in lines if predicate(line) == _BELOW]
    rest = {line for lines in others for line in lines}
    for name, lines in sources.items():
        own = [line for line in lines if subject(line) not in shared]
        yield _part(name, own, hierarchy, types)
        rest.update(line for line in lines if subject(line) in shared or predicate(line) in followed)
    backwards = {subject(line) for line in rest if predicate(line) in followed} - shared
    yield _part(REST, sorted(rest), (), types, beside=backwards)


def _part(
    name: str,
    own: list[bytes],
    hierarchy: Iterable[bytes],
    types: Mapping[bytes, list[bytes]],
    beside: Iterable[bytes] = (),
) -> Part:
    nodes = {subject(line) for line in own}.difference(beside)
    named = {object_(line) for line in own if object_(line).startswith(b"<")} - nodes
    classes = {line for item in named for line in types.get(item, ())}
    passed_over = frozenset(item.decode()[1:-1] for item in named.union(beside) if item in types)
    return Part(name, document(sorted({*own, *hierarchy, *classes})), passed_over)


def _types(graphs: Iterable[Lines]) -> dict[bytes, list[bytes]]:
    """What each node is said to be, in any graph."""
    found: dict[bytes, list[bytes]] = {}
    for lines in graphs:
        for line in lines:
            if predicate(line) == _TYPE:
                found.setdefault(subject(line), []).append(line)
    return found


def _shared(graphs: Iterable[Lines], sources: int) -> set[bytes]:
    """The nodes of which not one source alone speaks; of ``graphs`` the first ``sources`` are those of sources."""
    first: dict[bytes, int] = {}
    found: set[bytes] = set()
    for number, lines in enumerate(graphs):
        for item, _ in groupby(lines, key=subject):
            if first.setdefault(item, number) != number or number >= sources:
                found.add(item)
    return found
