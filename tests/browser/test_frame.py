"""Every page in both languages: it fits screens of any width, speaks one language, is light, and asks nobody else."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from babel.dates import get_month_names
from playwright.sync_api import Browser, Page, Response

from support.pages import KINDS, MAIN
from support.server_process import ROOT, Server
from support.visiting import Visit

pytestmark = pytest.mark.browser

WIDTHS = {"fr": (360, 2560), "en": (768, 1280)}
"""The screens that every page is laid out for. What French has room for, English has: its words are shorter."""
LANGUAGES = ("fr", "en")
MONTHS = {code: "|".join(get_month_names("wide", locale=code).values()) for code in LANGUAGES}
OTHER = {"fr": "en", "en": "fr"}
HEAVIEST = 150 * 1024
"""Bytes of script, as they are written, that a page may load."""
WITH_EDITOR = ("/sparql", "/results", "/editor")
"""Pages that load the editor, which is heavier, and may be so."""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

CLIPPED = """() => {
  const cut = [];
  for (const element of document.querySelectorAll("body *")) {
    // What is for screen readers alone is made small on purpose; what scrolls shows the rest.
    if (element.clientWidth <= 1 || element.scrollWidth <= element.clientWidth + 1) continue;
    const { overflowX, clipPath } = getComputedStyle(element);
    if (clipPath !== "none" || !["hidden", "clip"].includes(overflowX)) continue;
    if (element.textContent.trim()) cut.push(element.textContent.trim().slice(0, 60));
  }
  for (const text of document.querySelectorAll("main svg text")) {
    const box = text.getBoundingClientRect();
    if (box.width && (box.left < 0 || box.right > innerWidth)) cut.push(`chart: ${text.textContent.slice(0, 60)}`);
  }
  return cut;
}"""
"""Texts that are cut off, by a box that hides what does not fit or by the edge of the screen."""

SPOKEN = """() => {
  const own = document.documentElement.lang;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("[lang]").lang !== own || parent.closest("code, pre, script, style, textarea")) continue;
    const text = walker.currentNode.textContent.replace(/\\s+/g, " ").trim();
    if (text) found.push(text);
  }
  for (const element of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (element.closest("[lang]").lang !== own) continue;
    for (const name of ["aria-label", "placeholder", "title", "alt"]) {
      if (element.hasAttribute(name)) found.push(element.getAttribute(name).replace(/\\s+/g, " ").trim());
    }
  }
  return found.join("\\n");
}"""
"""What a page says in its own language, to those who see it and to those who hear it."""


@dataclass
class Seen:
    """What was seen of a page: ``wider`` and ``cut`` by the width of the screen, ``scripts`` in bytes by address."""

    status: int
    lang: str
    spoken: str
    wider: dict[int, int] = field(default_factory=dict)
    cut: dict[int, list[str]] = field(default_factory=dict)
    scripts: dict[str, int] = field(default_factory=dict)
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(browser: Browser, site: Server) -> Mapping[tuple[str, str], Seen]:
    """Every page in each language, visited once."""
    found = {}
    for language in LANGUAGES:
        visit = Visit(browser, f"http://127.0.0.1:{site.port}")
        page = visit.open("/about", locale=language)
        page.set_default_navigation_timeout(60_000)
        scripts: dict[str, int] = {}
        page.on("response", lambda response, scripts=scripts: weigh(response, scripts))
        for path in (*MAIN, *KINDS):
            visit.complaints.clear()
            visit.requested.clear()
            scripts.clear()
            found[path, language] = look(page, visit, path, scripts, WIDTHS[language])
        visit.contexts[0].close()
    return found


def weigh(response: Response, scripts: dict[str, int]) -> None:
    if response.request.resource_type == "script" and response.status == 200:
        scripts[response.url] = len(response.body())


def look(page: Page, visit: Visit, path: str, scripts: Mapping[str, int], widths: Iterable[int]) -> Seen:
    response = page.goto(visit.address + path)
    assert response
    seen = Seen(response.status, page.evaluate("document.documentElement.lang"), page.evaluate(SPOKEN))
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        seen.wider[width] = page.evaluate(OVERFLOW)
        seen.cut[width] = page.evaluate(CLIPPED)
    seen.scripts, seen.requested, seen.complaints = dict(scripts), [*visit.requested], [*visit.complaints]
    return seen


def test_every_page_is_there_in_the_language_of_the_reader(seen: Mapping[tuple[str, str], Seen]) -> None:
    assert {where: found.lang for where, found in seen.items() if found.lang != where[1]} == {}
    assert {where: found.status for where, found in seen.items() if found.status >= 500} == {}
    assert {where: found.status for where, found in seen.items() if where[0] in MAIN and found.status != 200} == {}


@pytest.mark.parametrize("width", sum(WIDTHS.values(), ()))
def test_nothing_is_wider_than_the_screen(seen: Mapping[tuple[str, str], Seen], width: int) -> None:
    assert {where: by for where, found in seen.items() if (by := found.wider.get(width, 0)) > 0} == {}


@pytest.mark.parametrize("width", sum(WIDTHS.values(), ()))
def test_no_text_is_cut_off(seen: Mapping[tuple[str, str], Seen], width: int) -> None:
    assert {where: texts[:5] for where, found in seen.items() if (texts := found.cut.get(width))} == {}


def test_scripts_are_light(seen: Mapping[tuple[str, str], Seen]) -> None:
    weights = {
        where: sum(found.scripts.values())
        for where, found in seen.items()
        if where[0].partition("?")[0] not in WITH_EDITOR
    }
    assert any(weights.values())
    assert {where: weight for where, weight in weights.items() if weight > HEAVIEST} == {}


def test_nobody_else_is_asked(seen: Mapping[tuple[str, str], Seen], site: Server) -> None:
    assert all(found.requested for found in seen.values())
    here = f"http://127.0.0.1:{site.port}/"
    others = {where: [url for url in found.requested if not url.startswith(here)] for where, found in seen.items()}
    assert {where: urls for where, urls in others.items() if urls} == {}


def test_the_browser_has_nothing_to_complain_of(seen: Mapping[tuple[str, str], Seen]) -> None:
    """Neither the content security policy nor a script: a page that tells an error is told of by its status alone."""
    told = {
        where: [text for text in found.complaints if not (found.status >= 400 and text.startswith("Failed to load"))]
        for where, found in seen.items()
    }
    assert {where: texts for where, texts in told.items() if texts} == {}


@cache
def sentences(language: str) -> frozenset[str]:
    """The pieces of the texts of a language, between what is filled in, that have three words and are not the same in
    the other language."""
    texts = {code: flat(tomllib.loads((ROOT / f"web/locale/{code}.toml").read_text("utf-8"))) for code in LANGUAGES}
    pieces = {code: {piece for text in texts[code] for piece in between(text)} for code in LANGUAGES}
    other = pieces[OTHER[language]]
    return frozenset(piece for piece in pieces[language] - other if len(piece.split()) >= 3)


def flat(table: Mapping[str, Any]) -> Iterator[str]:
    for value in table.values():
        yield from flat(value) if isinstance(value, dict) else (str(value),)


def between(text: str) -> Iterator[str]:
    while text:
        piece, _, rest = text.partition("{")
        yield plain(piece)
        text = rest.partition("}")[2]


def plain(text: str) -> str:
    """A text as it can be compared: thin and unbroken spaces are spaces, and an apostrophe is straight."""
    for space in "\u00a0\u202f\u2009":
        text = text.replace(space, " ")
    return " ".join(text.replace("’", "'").split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_says_a_sentence_of_the_other_language(seen: Mapping[tuple[str, str], Seen], language: str) -> None:
    foreign, own = sentences(OTHER[language]), sentences(language)
    assert min(len(foreign), len(own)) > 300
    said, spoken = {}, set()
    for where, found in seen.items():
        if where[1] == language:
            text = plain(found.spoken)
            said[where] = [sentence for sentence in foreign if sentence in text]
            spoken |= {sentence for sentence in own if sentence in text}
    assert {where: texts for where, texts in said.items() if texts} == {}
    # What cannot find its own sentences would not find those of others.
    assert len(spoken) > len(own) / 3


WRITTEN = {
    "fr": (r"\d{1,3}( \d{3})+", rf"(1er|\d{{1,2}}) ({MONTHS['fr']}) \d{{4}}"),
    "en": (r"\d{1,3}(,\d{3})+", rf"\d{{1,2}} ({MONTHS['en']}) \d{{4}}"),
}
"""How each language writes large whole numbers, and dates."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_and_dates_are_written_as_the_language_writes_them(
    seen: Mapping[tuple[str, str], Seen], language: str
) -> None:
    """Those of the first page, which tells how much there is and how fresh it is."""
    lines = {plain(line) for line in seen["/", language].spoken.splitlines()}
    number, date = WRITTEN[language]
    assert sum(bool(re.fullmatch(number, line)) for line in lines) >= 3
    assert sum(bool(re.search(date, line)) for line in lines) >= 1
    other = WRITTEN[OTHER[language]]
    assert [line for line in lines if re.fullmatch(other[0], line) or re.search(other[1], line)] == []
