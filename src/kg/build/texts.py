"""The mapper of the project for the texts of a home folder, made when the first text has to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.build.cache import program_digest
from kg.build.stream import Mapper
from kg.ground.records import Assertion


@dataclass
class TextMapper:
    """Maps as `kg.build.text.mapper.Mapper` does; ``version`` names all of the program that it depends on."""

    tables: Path
    version: str = field(default_factory=lambda: program_digest("build/text"))
    _made: Mapper | None = None

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        """The assertions of one statement; ``where`` is named in errors."""
        if self._made is None:
            from kg.build.text.mapper import Mapper  # a second, and for an unchanged text nobody needs it

            self._made = Mapper.from_tables(self.tables)
        return self._made.map(text, lang, where=where)
