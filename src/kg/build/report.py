"""What a build read, mapped and left unmapped: printed by the command line, kept in the release as ``report.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.build.mapping.documents import MappedStatement
from kg.ground.kinds import KINDS, ValueType
from kg.ground.records import Statement
from kg.ground.terms import is_entity, shorten


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source: its name, how many statements were read, which say nothing that was mapped, what the others say.

    ``assertions`` counts by kind; ``unlinked`` holds each phrase that names something no table holds, with the
    positions of the statements that use it.
    """

    name: str
    read: int
    unmapped: tuple[Statement, ...]
    assertions: Mapping[str, int]
    unlinked: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, name: str, mapped: Iterable[MappedStatement]) -> SourceReport:
        """Count what was mapped from one source."""
        mapped = tuple(mapped)
        kinds = Counter(assertion.kind for item in mapped for assertion in item.assertions)
        return cls(
            name=name,
            read=len(mapped),
            unmapped=tuple(item.statement for item in mapped if not item.assertions),
            assertions={kind: kinds[kind] for kind in KINDS if kind in kinds},
            unlinked=_unlinked(mapped),
        )

    def as_json(self) -> dict[str, object]:
        """The report as a JSON object."""
        return {
            "source": self.name,
            "statements": {"read": self.read, "mapped": self.read - len(self.unmapped), "unmapped": len(self.unmapped)},
            "assertions": dict(self.assertions),
            "unmapped": [{"position": item.position, "text": item.text} for item in self.unmapped],
            "unlinked": {phrase: list(positions) for phrase, positions in self.unlinked.items()},
        }


@dataclass(frozen=True, slots=True)
class BuildReport:
    """One build: its sources, the quads of each graph by IRI, and the release that came of it."""

    sources: tuple[SourceReport, ...]
    quads: Mapping[str, int]
    release: str = ""
    new: bool = False

    def as_json(self) -> dict[str, object]:
        """The report as it is kept in the release, whose name it cannot hold: the name is computed from it."""
        return {"sources": [source.as_json() for source in self.sources], "quads": dict(self.quads)}

    def lines(self) -> Iterator[str]:
        """The report for people to read, line by line."""
        for source in self.sources:
            yield from _source_lines(source)
        for graph, count in self.quads.items():
            yield f"{count:>9,} quads in {'the default graph, the merge' if graph == 'default' else shorten(graph)}"
        if self.release:
            yield f"release {self.release}" + ("" if self.new else ", unchanged")


def _source_lines(source: SourceReport) -> Iterator[str]:
    mapped = source.read - len(source.unmapped)
    total = sum(source.assertions.values())
    yield f"{source.name}: {source.read} statements read, {mapped} mapped to {total} assertions"
    yield from (f"{count:>9,} {kind}" for kind, count in source.assertions.items())
    for statement in source.unmapped:
        yield f"  unmapped {statement.position}: {_short(statement.text)}"
    for phrase, positions in source.unlinked.items():
        yield f"  unlinked {phrase!r} in {', '.join(positions)}"


def _short(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _unlinked(mapped: tuple[MappedStatement, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for item in mapped:
        for phrase in _phrases(item):
            found.setdefault(phrase, {})[item.statement.position] = None
    return {phrase: tuple(positions) for phrase, positions in sorted(found.items())}


def _phrases(item: MappedStatement) -> Iterator[str]:
    for assertion in item.assertions:
        slots = KINDS[assertion.kind].slots
        for name, value in assertion.slots.items():
            if slots[name].value is ValueType.ENTITY:
                values = value if isinstance(value, tuple) else (str(value),)
                yield from (phrase for phrase in values if not is_entity(phrase))
