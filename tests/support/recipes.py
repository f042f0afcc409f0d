"""The recipes of a document: pieces of code, and what each prints by the document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PARTS = re.compile(r"^#+ (?P<heading>[^\n]+)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A piece of code below a heading, ``number`` among those in its language; ``printed`` is None if none is shown."""

    heading: str
    language: str
    number: int
    code: str
    printed: str | None

    @property
    def name(self) -> str:
        return f"{self.language} {self.number}: {self.heading}"


def read_recipes(document: Path) -> Iterator[Recipe]:
    """The recipes of a Markdown document; a block of ``text`` is what the piece before it prints."""
    heading = ""
    numbers: dict[str, int] = {}
    parts = [*_PARTS.finditer(document.read_text(encoding="utf-8"))]
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        language = part["language"]
        if language is None:
            heading = part["heading"]
        elif language != "text":
            numbers[language] = numbers.get(language, 0) + 1
            printed = following["code"] if following and following["language"] == "text" else None
            yield Recipe(heading, language, numbers[language], part["code"], printed)
