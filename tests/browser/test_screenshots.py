"""The pictures of the documents show the pages as they are. `make pictures` takes them anew."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page

from support.pictures import FOLDER, LARGEST, PICTURES, Picture, keep_outline, kept_outlines
from support.server_process import ROOT
from support.visiting import Visit

pytestmark = pytest.mark.browser

TAKE = os.environ.get("SIDES_PICTURES") == "take"
NAMES = [picture.name for picture in PICTURES]


def shown(reader: Visit, picture: Picture) -> Page:
    size = {"width": picture.width, "height": picture.height}
    page = reader.open("/about", locale=picture.language, viewport=size, color_scheme=picture.scheme)
    picture.show(page, reader.address)
    return page


@pytest.mark.parametrize("picture", PICTURES, ids=NAMES)
def test_the_picture_shows_what_the_page_has(reader: Visit, picture: Picture) -> None:
    page = shown(reader, picture)
    if TAKE:
        keep_outline(picture.name, picture.take(page))
    kept = kept_outlines()[picture.name]
    assert len(kept) > 3
    now = [text for text, _ in picture.outline(page)]
    assert now[: len(kept)] == kept, "the page has changed: take its picture anew with `make pictures`"


def test_a_page_that_has_changed_is_noticed(reader: Visit) -> None:
    picture = PICTURES[0]
    page = shown(reader, picture)
    page.evaluate("document.querySelector('main h2').textContent = 'Another title'")
    kept = kept_outlines()[picture.name]
    assert [text for text, _ in picture.outline(page)][: len(kept)] != kept


def test_pictures_are_small_and_no_more_than_are_taken() -> None:
    files = {path.stem: path.stat().st_size for path in FOLDER.glob("*.webp")}
    assert sorted(files) == sorted(NAMES) == sorted(kept_outlines())
    assert {name: size for name, size in files.items() if size > LARGEST} == {}


def test_every_picture_is_shown_and_told_in_words() -> None:
    """Where it is shown a text stands for it, for those who do not see it."""
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    links = [
        link
        for page in pages
        for link in re.findall(r"!\[([^\]]*)\]\((?:docs/)?pictures/(\w+)\.webp\)", page.read_text("utf-8"))
    ]
    assert {name for _, name in links} == set(NAMES)
    assert [name for told, name in links if len(told) < 30] == []
