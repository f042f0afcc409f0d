"""The pictures of the documents: what each shows, how it is taken, and how one finds that it shows what is no more.

A picture is not compared pixel by pixel: each version of a browser, and each set of fonts, draws letters otherwise.
Beside it stands its outline instead: the headings, buttons, labels, heads of tables and charts, in the order of the
page, down to the last that the picture shows, numbers left out. When the page has another outline, it is stale.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, expect

from support.server_process import ROOT

FOLDER = ROOT / "docs" / "pictures"
OUTLINES = FOLDER / "outlines.json"
LARGEST = 200 * 1024
QUALITY = 88
"""Of WebP, as Chromium itself writes it: a fifth of the bytes of a PNG, and letters that stay clear."""

OUTLINE = """([width, height]) => {
  const kinds = "h1, h2, h3, summary, button, label, th, figcaption, main svg[aria-label], dt, .lede";
  const found = [];
  for (const element of document.querySelectorAll(kinds)) {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility() || box.width <= 1) continue;
    const text = element.getAttribute("aria-label") || element.textContent;
    const shown = box.top < height && box.bottom > 0 && box.left < width && box.right > 0;
    const words = text.replace(/[0-9][0-9.,\\u202f\\u00a0]*/g, "#").replace(/\\s+/g, " ").trim();
    found.push([`${element.localName} ${words}`, shown]);
  }
  return found;
}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: the address of a page, how it is looked at, and what is done before."""

    name: str
    path: str
    language: str = "en"
    scheme: str = "light"
    width: int = 1280
    height: int = 860
    prepare: Callable[[Page], None] = lambda page: None
    """Brings the page to what is to be seen."""

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.webp"

    def show(self, page: Page, address: str) -> None:
        """Open the page and bring it to what is to be seen."""
        page.goto(address + self.path)
        self.prepare(page)

    def outline(self, page: Page) -> list[tuple[str, bool]]:
        """What the page has, in its order, and whether each is in the picture."""
        return [(text, shown) for text, shown in page.evaluate(OUTLINE, [self.width, self.height])]

    def take(self, page: Page) -> list[str]:
        """Write the picture; the outline of what it shows."""
        session = page.context.new_cdp_session(page)
        told = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_bytes(base64.b64decode(told["data"]))
        outline = self.outline(page)
        last = max(at for at, (_, shown) in enumerate(outline) if shown)
        return [text for text, _ in outline[: last + 1]]


def kept_outlines() -> dict[str, list[str]]:
    """The outlines of the pictures that are kept, by their names."""
    found: dict[str, list[str]] = json.loads(OUTLINES.read_text("utf-8"))
    return found


def keep_outline(name: str, outline: list[str]) -> None:
    """Keep the outline of a picture beside those of the others."""
    outlines = kept_outlines() if OUTLINES.exists() else {}
    outlines[name] = outline
    kept = {name: outlines[name] for name in sorted(outlines) if name in {picture.name for picture in PICTURES}}
    OUTLINES.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _to(selector: str) -> Callable[[Page], None]:
    def scroll(page: Page) -> None:
        page.locator(selector).first.evaluate("found => scrollTo(0, found.getBoundingClientRect().top + scrollY - 24)")

    return scroll


QUERY = """PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sides: <https://w3id.org/sides/ontology#>

# Which kinds of measures were taken, and how many of each?
SELECT ?kind (COUNT(?measure) AS ?measures)
WHERE {
  ?measure a sides:MeasureAssertion ;
    sides:action/rdfs:label ?kind .
  FILTER (LANG(?kind) = "en")
}
GROUP BY ?kind
ORDER BY DESC(?measures)"""
"""What the picture of the editor asks."""


def _run(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("[data-running]")).to_be_hidden()
    expect(page.get_by_role("main").get_by_role("application").or_(page.get_by_role("img"))).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def _read(page: Page) -> None:
    page.get_by_role("button", name="Read", exact=True).click()
    _to("[role=status]")(page)


PICTURES = (
    Picture("home", "/"),
    Picture("map", "/map?measure=votes-on-a-resolution", height=1120),
    Picture("query", "/queries/donors-ranked", height=1000),
    Picture("state", "/page/state/POL", height=1100),
    Picture("why", "/explain?s=state:HUN&p=a&o=sides:EUMember"),
    Picture("compare", "/compare/states?state=state:HUN&state=state:POL&state=state:DEU", prepare=_to("h2")),
    Picture("editor", f"/editor?query={quote(QUERY)}", height=1180, prepare=_run),
    Picture("try", "/try", prepare=_read),
    Picture("ontology", "/ontology/modules/coalitions", scheme="dark"),
    Picture("telephone", "/queries/approval-series", language="fr", width=390, height=780, prepare=_to(".answer")),
)
