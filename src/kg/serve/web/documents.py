"""Documents of ``docs/`` as parts of a page: the blocks of the Markdown that they are written in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

_HEADING = re.compile(r"(?P<level>#{1,3}) (?P<title>.+)")
_FENCE = re.compile(r"```(?P<language>\w*)\n(?P<code>.*?)\n?```", re.DOTALL)
_PART = re.compile(rf"{_FENCE.pattern}|(?P<other>[^\n].*?)(?=\n\n|\n```|\n*\Z)", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)|\*\*(?P<bold>[^*]+)\*\*|(?P<plain>https?://[^\s)>`]+)"
)


Typeset = Callable[[str], str]
"""What gives a text the spaces of its language."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a document.

    ``kind`` is ``title``, ``heading``, ``subheading``, ``text``, ``list``, ``table`` (whose first row is its head) or
    ``code``. ``rows`` are the rows of a table or the points of a list; anything else is one row with one cell. ``name``
    is the anchor of a heading and the language of code.
    """

    kind: str
    rows: tuple[tuple[Markup, ...], ...]
    name: str = ""

    @property
    def content(self) -> Markup:
        """The first cell, which is all of a block that is neither table nor list."""
        return self.rows[0][0]


def read_blocks(text: str, links: Mapping[str, str], typeset: Typeset = str) -> Iterator[Block]:
    """The blocks of a document; ``links`` tells where on the site the targets of its links are.

    A link that leads to another document that the site does not show is its words. What is not code is ``typeset``.

    >>> [(block.kind, block.name) for block in read_blocks("# A\\n\\n## À vous\\n\\n```python\\nx\\n```\\n", {})]
    [('title', ''), ('heading', 'a-vous'), ('code', 'python')]
    """
    inline = _Inline(links, typeset)
    for found in _PART.finditer(text):
        part = found["other"]
        heading = _HEADING.fullmatch(part or "")
        if part is None:
            yield Block("code", ((escape(found["code"]),),), found["language"])
        elif heading:
            level = len(heading["level"]) - 1
            name = _anchor(heading["title"]) if level else ""
            yield Block(("title", "heading", "subheading")[level], ((inline(heading["title"]),),), name)
        elif part.startswith("- "):
            points = part.removeprefix("- ").split("\n- ")
            yield Block("list", tuple((inline(point),) for point in points))
        elif part.startswith("|"):
            head, _rule, *rows = part.splitlines()
            yield Block("table", tuple(tuple(map(inline, _cells(line))) for line in (head, *rows)))
        else:
            yield Block("text", ((inline(part),),))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def _anchor(title: str) -> str:
    """A name for a heading: its letters and digits without accents.

    >>> _anchor("R, and `curl`"), _anchor("Requêtes déjà écrites")
    ('r-and-curl', 'requetes-deja-ecrites')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))


@dataclass(frozen=True, slots=True)
class _Inline:
    """Makes HTML of a text with its marks."""

    links: Mapping[str, str]
    typeset: Typeset

    def __call__(self, text: str) -> Markup:
        pieces: list[Markup] = []
        end = 0
        for found in _INLINE.finditer(text):
            pieces += [escape(self.typeset(text[end : found.start()])), self._marked(found)]
            end = found.end()
        return Markup().join([*pieces, escape(self.typeset(text[end:]))])

    def _marked(self, found: re.Match[str]) -> Markup:
        if found["code"]:
            return Markup("<code>{}</code>").format(found["code"])
        if found["bold"]:
            return Markup("<strong>{}</strong>").format(self(found["bold"]))
        if found["plain"]:
            return Markup('<a href="{0}">{0}</a>').format(found["plain"])
        target = self.links.get(found["target"], found["target"])
        label = self(found["label"])
        if target.startswith(("/", "#", "http://", "https://")):
            return Markup('<a href="{}">{}</a>').format(target, label)
        return label
