"""What a build read, mapped and left unmapped: printed by the command line, kept in the release as ``report.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.build.mapping.documents import MappedStatement
from kg.ground.kinds import KINDS, ValueType
from kg.ground.terms import is_entity, shorten

_SHOWN = 10  # statements or phrases of a source that are printed; all of them stand in report.json


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source: its name, how many statements were read, which say nothing that was mapped, what the others say.

    ``unmapped`` holds texts by position, ``assertions`` counts by kind; ``unlinked`` holds each phrase that names
    something no table holds, with the positions of the statements that use it. The statements of a table are its
    rows: each gives one assertion or is ``listed``, by reason, with its position.
    """

    name: str
    read: int
    unmapped: Mapping[str, str]
    assertions: Mapping[str, int]
    unlinked: Mapping[str, Sequence[str]]
    listed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_table: bool = False

    @classmethod
    def of(cls, name: str, mapped: Iterable[MappedStatement], *, is_table: bool = False) -> SourceReport:
        """Count what was mapped from one source."""
        mapped = tuple(mapped)
        kinds = Counter(assertion.kind for item in mapped for assertion in item.assertions)
        listed: dict[str, list[str]] = {}
        for item in mapped:
            if item.reason is not None:
                listed.setdefault(item.reason, []).append(item.statement.position)
        return cls(
            name=name,
            read=len(mapped),
            unmapped={
                item.statement.position: item.statement.text
                for item in mapped
                if not item.assertions and item.reason is None
            },
            assertions={kind: kinds[kind] for kind in KINDS if kind in kinds},
            unlinked=_unlinked(mapped),
            listed=listed,
            is_table=is_table,
        )

    @property
    def said(self) -> int:
        """The number of assertions."""
        return sum(self.assertions.values())

    @property
    def left_out(self) -> int:
        """The number of rows that are listed."""
        return sum(map(len, self.listed.values()))

    def as_json(self) -> dict[str, object]:
        """The report as a JSON object."""
        unlinked = {phrase: list(positions) for phrase, positions in self.unlinked.items()}
        if self.is_table:
            return {
                "source": self.name,
                "rows": {"read": self.read, "asserted": self.said, "listed": self.left_out},
                "assertions": dict(self.assertions),
                "listed": {reason: list(positions) for reason, positions in self.listed.items()},
                "unlinked": unlinked,
            }
        return {
            "source": self.name,
            "statements": {"read": self.read, "mapped": self.read - len(self.unmapped), "unmapped": len(self.unmapped)},
            "assertions": dict(self.assertions),
            "unmapped": [{"position": position, "text": text} for position, text in self.unmapped.items()],
            "unlinked": unlinked,
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> SourceReport:
        """The report that `as_json` has written."""
        is_table = "rows" in content
        return cls(
            name=content["source"],
            read=content["rows" if is_table else "statements"]["read"],
            unmapped={item["position"]: item["text"] for item in content.get("unmapped", ())},
            assertions=content["assertions"],
            unlinked=content["unlinked"],
            listed=content.get("listed", {}),
            is_table=is_table,
        )

    def lines(self) -> Iterator[str]:
        """The report for people to read, line by line."""
        if self.is_table:
            yield f"{self.name}: {self.read:,} rows read = {self.said:,} assertions + {self.left_out:,} listed"
        else:
            mapped = self.read - len(self.unmapped)
            yield f"{self.name}: {self.read:,} statements read, {mapped:,} mapped to {self.said:,} assertions"
        yield from (f"{count:>9,} {kind}" for kind, count in self.assertions.items())
        for reason, positions in self.listed.items():
            yield f"  listed {len(positions):,}: {reason}"
        yield from _some([f"unmapped {position}: {_short(text)}" for position, text in self.unmapped.items()])
        if self.is_table and self.unlinked:
            yield f"  {len(self.unlinked):,} phrases name what no table of entities holds"
        elif self.unlinked:
            yield from _some([f"unlinked {name!r} in {', '.join(found)}" for name, found in self.unlinked.items()])


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
            yield from source.lines()
        for graph, count in self.quads.items():
            yield f"{count:>9,} quads in {'the default graph, the merge' if graph == 'default' else shorten(graph)}"
        if self.release:
            yield f"release {self.release}" + ("" if self.new else ", unchanged")


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN:,} more, in report.json of the release"


def _short(text: str, length: int = 80) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _unlinked(mapped: tuple[MappedStatement, ...]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for item in mapped:
        for phrase in _phrases(item):
            found.setdefault(phrase, {})[item.statement.position] = None
    return {phrase: list(positions) for phrase, positions in sorted(found.items())}


def _phrases(item: MappedStatement) -> Iterator[str]:
    for assertion in item.assertions:
        slots = KINDS[assertion.kind].slots
        for name, value in assertion.slots.items():
            if slots[name].value is ValueType.ENTITY:
                values = value if isinstance(value, tuple) else (str(value),)
                yield from (phrase for phrase in values if not is_entity(phrase))
