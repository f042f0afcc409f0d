"""What the errors mean, at the addresses that problem documents give: ``docs/errors.md``, and its French, as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, abort
from markupsafe import Markup, escape

from kg.serve.web.documents import Typeset
from kg.serve.web.site import site
from kg.serve.web.state import state

blueprint = Blueprint("errors", __name__)

_HEADING = re.compile(r"(?P<level>#{1,3}) (?P<title>.+)")
_INLINE = re.compile(r"`(?P<code>[^`]+)`|\[(?P<label>[^\]]+)\]\([^)]+\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the text: its kind is ``title``, ``group``, ``code`` (the name of an error), ``row`` or ``text``."""

    kind: str
    content: tuple[Markup, ...]
    anchor: str = ""


@blueprint.get("/errors")
def errors() -> Response:
    """What each code means, with an anchor for each, in the language of the reader."""
    texts = site().texts
    name = "errors.md" if texts.language == "en" else f"errors.{texts.language}.md"
    path = state().settings.home.resolve() / "docs" / name
    if not path.is_file():
        abort(404, description=f"{path.name} is not installed here")
    blocks = [*read_blocks(path.read_text(encoding="utf-8"), texts.typeset)]
    return site().render("errors.html", {"blocks": blocks})


def read_blocks(text: str, typeset: Typeset = str) -> Iterator[Block]:
    """The blocks of the Markdown that ``docs/errors.md`` is written in: headings, paragraphs and tables.

    What is not code is ``typeset``.

    >>> [(block.kind, block.anchor) for block in read_blocks("# Errors\\n\\n### `busy`\\n\\nTry\\nagain.\\n")]
    [('title', ''), ('code', 'busy'), ('text', '')]
    """
    for part in re.split(r"\n{2,}", text.strip()):
        heading = _HEADING.fullmatch(part)
        if heading:
            kind = ("title", "group", "code")[len(heading["level"]) - 1]
            yield Block(
                kind, (_inline(heading["title"], typeset),), heading["title"].strip("`") if kind == "code" else ""
            )
        elif part.startswith("|"):
            for line in part.splitlines()[2:]:  # the first is the head, the second a rule
                yield Block("row", tuple(_inline(cell.strip(), typeset) for cell in line.strip("|").split("|")))
        else:
            yield Block("text", (_inline(part, typeset),))


def _inline(text: str, typeset: Typeset) -> Markup:
    """A text as HTML: code is marked, and links to other documents are their words."""
    pieces: list[Markup] = []
    end = 0
    for found in _INLINE.finditer(text):
        pieces.append(escape(typeset(text[end : found.start()])))
        pieces.append(
            Markup("<code>{}</code>").format(found["code"]) if found["code"] else escape(typeset(found["label"]))
        )
        end = found.end()
    return Markup().join([*pieces, escape(typeset(text[end:]))])
