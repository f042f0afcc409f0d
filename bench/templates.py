"""The query mix: templates from files, with parameters drawn from the data."""

from __future__ import annotations

import random
import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

FOLDER = Path(__file__).parent / "queries"

_DRAW = re.compile(r"#\? ([a-z]+(?: [a-z]+)*)(?: \* (\d+))?: (.+)")
_PREFIX = re.compile(r"PREFIX \S+ <[^>]*>")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What stands for ``$name`` in a text: ``query`` gives the rows to choose from, a column for each name.

    With ``count``, that many terms stand there, for an inline block of data. Where the data has not enough of them,
    names that are not in it make up for the rest.
    """

    names: tuple[str, ...]
    count: int
    query: str

    def draw(self, store: ox.Store, chance: random.Random, times: int) -> list[dict[str, str]]:
        """Choose ``times`` times, never the same row twice in a row if there is another."""
        rows = sorted(self._rows(store))
        absent = [tuple(f"<urn:absent:{number}>" for _ in self.names) for number in range(self.count)]
        if self.count > 1:
            chosen = [chance.sample(rows, min(len(rows), self.count)) for _ in range(times)]
            return [{self.names[0]: " ".join(row[0] for row in (each + absent)[: self.count])} for each in chosen]
        shuffled = chance.sample(rows, len(rows)) or absent
        return [dict(zip(self.names, shuffled[number % len(shuffled)], strict=True)) for number in range(times)]

    def _rows(self, store: ox.Store) -> list[tuple[str, ...]]:
        solutions = store.query(self.query)
        assert isinstance(solutions, ox.QuerySolutions)
        return [tuple(str(row[at]) for at in range(len(self.names))) for row in solutions]


@dataclass(frozen=True, slots=True)
class Template:
    """A query with parameters. What it says of itself in the first line tells what it is for."""

    name: str
    purpose: str
    text: str
    parameters: tuple[Parameters, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Template:
        """Read a file: a comment, lines ``#? name ...: query`` for its parameters, the query."""
        lines = path.read_text(encoding="utf-8").splitlines()
        prologue = " ".join(line for line in lines if _PREFIX.fullmatch(line))
        known = "\n".join(line for line in lines if not line.startswith("#"))
        parameters = []
        for line in lines[1:]:
            if match := _DRAW.fullmatch(line):
                names, count, query = match.groups()
                parameters.append(Parameters(tuple(names.split()), int(count or 1), f"{prologue} {query}"))
        return cls(path.stem, lines[0].removeprefix("# "), known, tuple(parameters))

    @property
    def is_cut(self) -> bool:
        """Whether a LIMIT without an order decides which rows are in the answer: only their number can be compared."""
        return "LIMIT" in self.text and "ORDER BY" not in self.text

    def texts(self, store: ox.Store, seed: int, times: int) -> list[str]:
        """The query with ``times`` choices of parameters, or once where it has none."""
        chance = random.Random(f"{self.name} {seed}")
        drawn = [parameters.draw(store, chance, times) for parameters in self.parameters]
        if not drawn:
            return [self.text]
        return [self._filled(ChainMap(*choices)) for choices in zip(*drawn, strict=True)]

    def _filled(self, terms: Mapping[str, str]) -> str:
        return re.sub(r"\$([a-z]+)", lambda match: terms[match[1]], self.text)


def read_templates(folder: Path = FOLDER, names: Sequence[str] = ()) -> list[Template]:
    """The templates of a folder, all or those of these names."""
    found = [Template.read(path) for path in sorted(folder.glob("*.rq"))]
    return [template for template in found if not names or template.name in names]
