"""Graphs of any size, shaped like a release: its own statements, and copies of them that say other things.

What never grows with the number of statements (ontology, states, organisations, sources) is taken as it is. The rest
falls into blocks: a statement with its assertions, facts, amounts, spans and unlinked entities. The first round of
blocks is the release itself, or a part of it; each further round repeats the blocks under other names, with other
days, other amounts and other words in the texts. So classes, predicates and degrees keep the proportions they have.
Every triple stands in the default graph and in one named graph, so that their union without duplicates is the default
graph for a store that knows none.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from kg.build.columns import columns
from kg.build.publication import exclusive, publish
from kg.ground.columns import COLUMNS
from kg.ground.release import DATA, STATISTICS, Release

_QUAD = re.compile(r'(\S+) (\S+) (.*?)(?: (<[^<>"\s]*>))? \.\n?')
_GROWS = re.compile(r"<https://w3id\.org/sides/id/(?:amount|assertion|fact|span|statement|unlinked)/[^>]+>")
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_DERIVED = "<http://www.w3.org/ns/prov#wasDerivedFrom>"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DAY = re.compile(rf'"(\d{{4}}-\d\d-\d\d)"\^\^<{_XSD}date>')
_COARSE = re.compile(rf"\^\^<(?:{_XSD}(?:gYear|gYearMonth)|https://w3id\.org/sides/ontology#interval)>")
_DECIMAL = re.compile(rf'"(\d+)(?:\.(\d+))?"\^\^<{_XSD}decimal>')
_TEXT = "<https://w3id.org/sides/ontology#text>"
_WORD = re.compile(r"(?<= )[^\W\d_]{4,}(?= )")
_COPY = "\0"
"""Stands, in a block, where the number of the copy goes."""

Counts = Counter[tuple[str, str]]
"""How many triples there are, by kind (``triples``, ``predicates``, ``classes``, ``graphs``) and term."""

Draw = Callable[[random.Random, int, float], str]
"""Gives one value of a copy, by its random numbers, the days it is shifted by and the factor of its amounts."""


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple as the file has it, and the named graph it stands in (empty: in none)."""

    subject: str
    predicate: str
    object: str
    graph: str


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines with places for the values that differ from copy to copy: ``order`` tells which draw goes where."""

    lines: str
    draws: tuple[Draw, ...]
    order: tuple[int, ...]

    def copy(self, number: int, chance: random.Random) -> str:
        shift, factor = chance.randrange(-183, 184), chance.uniform(0.6, 1)
        values = [draw(chance, shift, factor) for draw in self.draws]
        return (self.lines % tuple([values[place] for place in self.order])).replace(_COPY, f"-copy-{number}")


@dataclass(frozen=True, slots=True)
class Shape:
    """A release taken apart: what stays, the blocks that are repeated, and the block that each name belongs to."""

    fixed: Sequence[Triple]
    blocks: Sequence[Sequence[Triple]]
    owners: Mapping[str, int]

    @classmethod
    def of(cls, release: Release) -> Shape:
        """Read a release; a triple that stands in several named graphs is counted for the first."""
        triples = [*_read(release.data)]
        parents = _parents(triples)
        roots: dict[str, int] = {}
        owners = {name: roots.setdefault(_root(name, parents), len(roots)) for name in parents}
        fixed: list[Triple] = []
        blocks: list[list[Triple]] = [[] for _ in roots]
        for triple in triples:
            (blocks[owners[triple.subject]] if triple.subject in owners else fixed).append(triple)
        return cls(fixed, blocks, owners)


def generate(release: Release, folder: Path, triples: int, seed: int = 0) -> Release:
    """Publish below ``folder`` a release of about ``triples`` in the default graph; same input, same bytes.

    A release of that size, seed and origin that is there already is not made again.
    """
    name = f"{triples:,} triples shaped like {release.hash}, seed {seed}"
    for manifest in folder.glob("releases/*/manifest.json"):
        if (found := Release.open(manifest.parent)).name == name and (found.path / COLUMNS).exists():
            return found
    counts: dict[str, int] = {}

    def fill(aside: Path) -> None:
        with (aside / DATA).open("w", encoding="utf-8") as file:
            counted = write(Shape.of(release), file, triples, seed)
        counts.update({graph.strip("<>"): count for graph, count in _of_kind(counted, "graphs").items()})
        counts["default"] = counted["triples", ""]
        statistics = _statistics(counted)
        text = json.dumps(statistics, indent=2, ensure_ascii=False)
        (aside / STATISTICS).write_text(f"{text}\n", encoding="utf-8")
        with (aside / DATA).open("rb") as data:
            (aside / COLUMNS).write_bytes(columns(_of_default(data), statistics["quads"]))

    with exclusive(folder):
        return publish(folder, fill, name=name, counts=counts, versions=release.versions)[0]


def _of_default(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The triples of the default graph: each line that does not repeat the one before with a graph."""
    triple = b"\0"
    for line in lines:
        if not line.startswith(triple + b" <"):
            triple = line.removesuffix(b" .\n")
            yield triple


def _statistics(counted: Counts) -> dict[str, Any]:
    """What a build writes down of a release (`kg.build.counting`)."""
    graphs = _of_kind(counted, "graphs")
    triples = counted["triples", ""]
    kinds = {kind: _of_kind(counted, kind) for kind in ("predicates", "classes")}
    return {"quads": triples + sum(graphs.values()), "triples": triples, **kinds, "graphs": graphs}


def _of_kind(counted: Counts, kind: str) -> dict[str, int]:
    return {name: count for (of, name), count in sorted(counted.items()) if of == kind}


def write(shape: Shape, file: TextIO, triples: int, seed: int) -> Counts:
    """Write the lines to a file, block by block: how many triples there are, by predicate, class and graph."""
    chance = random.Random(f"bench {seed}")
    order = list(range(len(shape.blocks)))
    chance.shuffle(order)
    rounds, rest = divmod(max(0, triples - len(shape.fixed)), sum(map(len, shape.blocks)) or 1)
    part = [*_prefix(order, shape.blocks, rest)]
    words = [word for block in shape.blocks for triple in block for word in _words(triple)]
    choices = [order] * rounds + [part] * bool(part)
    counts = _write_plainly(shape, choices[0] if choices else [], file)
    compiled: dict[int, tuple[_Block, Counts]] = {}
    for number, chosen in enumerate(choices[1:], 1):
        if chosen is part:
            compiled.clear()
        within = frozenset(chosen)
        for index in chosen:
            if index not in compiled:
                present = _present(shape.blocks[index], shape.owners, within)
                compiled[index] = (_compile(present, words), _counted(present))
            block, counted = compiled[index]
            counts.update(counted)
            file.write(block.copy(number, chance))
    return counts


def _write_plainly(shape: Shape, chosen: Sequence[int], file: TextIO) -> Counts:
    """Write what stays and the blocks chosen as they are."""
    within = frozenset(chosen)
    counts: Counts = Counter()
    for triples in (shape.fixed, *(shape.blocks[index] for index in chosen)):
        present = _present(triples, shape.owners, within)
        counts.update(_counted(present))
        file.writelines(_quads(f"{t.subject} {t.predicate} {t.object}", t.graph) for t in present)
    return counts


def _read(path: Path) -> Iterator[Triple]:
    """The triples of a release in the order of the file, each once."""
    graphs: dict[tuple[str, str, str], str] = {}  # most strings stand in many triples: each is kept once
    with path.open(encoding="utf-8") as file:
        for line in file:
            match = _QUAD.fullmatch(line)
            assert match, line
            subject, predicate, value, graph = match.groups(default="")
            spo = (sys.intern(subject), sys.intern(predicate), sys.intern(value))
            graphs[spo] = graphs.get(spo) or sys.intern(graph)
    return (Triple(*spo, graph) for spo, graph in graphs.items())


def _parents(triples: Iterable[Triple]) -> dict[str, str]:
    """For each name that grows, the one it belongs to: what it is derived from, else the first that speaks of it."""
    derived: dict[str, str] = {}
    named: dict[str, str] = {}
    for triple in triples:
        if not _GROWS.fullmatch(triple.subject):
            continue
        named.setdefault(triple.subject, triple.subject)
        if not _GROWS.fullmatch(triple.object):
            continue
        if triple.predicate == _DERIVED:
            derived.setdefault(triple.subject, triple.object)
        elif re.search("/id/(?:amount|span|unlinked)/", triple.object):
            derived.setdefault(triple.object, triple.subject)
    return {name: derived.get(name, name) for name in named}


def _root(name: str, parents: Mapping[str, str]) -> str:
    seen = {name}
    while (parent := parents.get(name, name)) not in seen:
        seen.add(parent)
        name = parent
    return name


def _prefix(order: Sequence[int], blocks: Sequence[Sequence[Triple]], triples: int) -> Iterator[int]:
    for index in order:
        if triples <= 0:
            return
        triples -= len(blocks[index])
        yield index


def _present(triples: Sequence[Triple], owners: Mapping[str, int], chosen: frozenset[int]) -> Sequence[Triple]:
    """The triples without those that speak of something in a block that is left out."""
    return [triple for triple in triples if triple.object not in owners or owners[triple.object] in chosen]


def _counted(block: Iterable[Triple]) -> Counts:
    counts: Counts = Counter()
    for triple in block:
        counts["triples", ""] += 1
        counts["predicates", triple.predicate] += 1
        if triple.predicate == _TYPE:
            counts["classes", triple.object] += 1
        if triple.graph:
            counts["graphs", triple.graph] += 1
    return counts


def _quads(triple: str, graph: str) -> str:
    return f"{triple} .\n{triple} {graph} .\n" if graph else f"{triple} .\n"


def _compile(block: Sequence[Triple], words: Sequence[str]) -> _Block:
    coarse = any(_COARSE.search(triple.object) for triple in block)
    draws: list[Draw] = []
    order: list[int] = []
    lines: list[str] = []
    for triple in block:
        value, own = _opened(triple, coarse=coarse, words=words)
        places = range(len(draws), len(draws) + len(own))
        draws += own
        order += [*places] * (2 if triple.graph else 1)
        names = [name.replace("%", "%%") for name in (_numbered(triple.subject), triple.predicate, triple.graph)]
        lines.append(_quads(f"{names[0]} {names[1]} {value}", names[2]))
    return _Block("".join(lines), tuple(draws), tuple(order))


def _opened(triple: Triple, *, coarse: bool, words: Sequence[str]) -> tuple[str, list[Draw]]:
    """The object with a place for each value that differs from copy to copy, and what gives these values."""
    if match := _DAY.fullmatch(triple.object):
        if not coarse:  # a month or a year cannot be shifted by days, nor what goes with it
            return f'"%s"^^<{_XSD}date>', [_day(date.fromisoformat(match[1]).toordinal())]
    elif match := _DECIMAL.fullmatch(triple.object):
        return f'"%s"^^<{_XSD}decimal>', [_decimal(float(f"{match[1]}.{match[2] or 0}"), len(match[2] or ""))]
    elif triple.predicate == _TEXT and (places := [*_WORD.finditer(triple.object)]):
        chosen = [places[at] for at in sorted({len(places) // 3, len(places) - 1})]
        ends = [0, *(match.end() for match in chosen)]
        kept = zip(ends, [*(match.start() for match in chosen), None], strict=True)
        fixed = [triple.object[start:end].replace("%", "%%") for start, end in kept]
        return "%s".join(fixed), [_word(words)] * len(chosen)
    return _numbered(triple.object).replace("%", "%%"), []


def _numbered(term: str) -> str:
    return f"{term[:-1]}{_COPY}>" if _GROWS.fullmatch(term) else term


def _words(triple: Triple) -> list[str]:
    return _WORD.findall(triple.object) if triple.predicate == _TEXT else []


@cache
def _iso(ordinal: int) -> str:
    return date.fromordinal(ordinal).isoformat()


def _day(ordinal: int) -> Draw:
    return lambda _chance, shift, _factor: _iso(ordinal + shift)


def _decimal(value: float, places: int) -> Draw:
    def draw(_chance: random.Random, _shift: int, factor: float) -> str:
        written = f"{value * factor:.{places}f}"
        return written.rstrip("0").rstrip(".") if places else written

    return draw


def _word(words: Sequence[str]) -> Draw:
    return lambda chance, _shift, _factor: chance.choice(words)
