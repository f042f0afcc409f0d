"""A reader with a purpose: she finds what she looks for by what it is called, in her language, on her screen."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from support.visiting import Visit, follow

NARROW, WIDE = 360, 1280

Name = tuple[str, str]
"""What something is called, in English and in French; a name that is the same in both stands twice."""

NAMED = """() => {
  const here = document.activeElement;
  const label = here.getAttribute("aria-label") || here.labels?.[0]?.textContent || here.textContent;
  return label.replace(/\\s+/g, " ").trim();
}"""
"""What a screen reader says of what the keyboard is at, as far as the pages of this site need it."""

PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


class Walk:
    """A walk through the site. What is looked for is found by its role and its name, as it is seen or heard."""

    def __init__(self, visit: Visit, language: str, width: int, **context: object) -> None:
        self.visit, self.language, self.narrow = visit, language, width == NARROW
        self.page: Page = visit.open("/", locale=language, viewport={"width": width, "height": 800}, **context)

    def said(self, name: Name) -> str:
        """What it is called in the language of the reader."""
        return name[self.language == "fr"]

    @property
    def content(self) -> Locator:
        """The page between its bars."""
        return self.page.get_by_role("main")

    def go(self, english: str, french: str) -> None:
        """To a main page, by the bar at the top or, on a narrow screen, by its menu."""
        if self.narrow:
            self.page.get_by_role("banner").get_by_text("Menu", exact=True).click()
        bar = self.page.get_by_role("navigation", name=self.said(("Main", "Principale")), exact=True)
        follow(bar.get_by_role("link", name=self.said((english, french)), exact=True))

    def follow(self, english: str, french: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """The first link of a name that can be seen."""
        links = (within or self.content).get_by_role("link", name=self.said((english, french)), exact=exact)
        follow(links.filter(visible=True).first)

    def press(self, english: str, french: str, *, within: Locator | None = None, leads: bool = True) -> None:
        """A button, which leads to another page if nothing else is said."""
        button = (within or self.content).get_by_role("button", name=self.said((english, french)), exact=True).first
        if leads:
            follow(button)
        else:
            button.click()

    def unfold(self, english: str, french: str, *, within: Locator | None = None) -> None:
        """What is folded below some words."""
        self.sees(english, french, within=within).click()

    def search(self, words: str) -> None:
        """For some words, in the field of every page: at its top or, on a narrow screen, on the first page itself."""
        name = self.said(("Search the graph", "Chercher dans le graphe"))
        field = self.page.get_by_role("searchbox", name=name).filter(visible=True).first
        field.fill(words)
        with self.page.expect_navigation(wait_until="domcontentloaded"):
            field.press("Enter")

    def field(self, english: str, french: str) -> Locator:
        """What a label belongs to."""
        return self.content.get_by_label(self.said((english, french))).first

    def choose(self, label: Name, option: Name) -> None:
        """An option of a list, or of those that a field suggests."""
        field = self.field(*label)
        if field.evaluate("field => field.localName") == "select":
            field.select_option(label=self.said(option))
        else:
            field.fill(self.said(option))
            self.page.get_by_role("listbox").get_by_role("option").filter(has_text=self.said(option)).first.click()

    def download(self, name: str, *, within: Locator | None = None) -> str:
        """The text of the file that a link gives."""
        link = (within or self.content).get_by_role("link", name=name, exact=True).first
        with self.page.expect_download() as given:
            link.click()
        return Path(given.value.path()).read_text("utf-8")

    def taken(self, english: str, french: str) -> str:
        """The text of the file that a button gives."""
        with self.page.expect_download() as given:
            self.press(english, french, leads=False)
        return Path(given.value.path()).read_text("utf-8")

    def rows(self, *, within: Locator | None = None) -> list[dict[str, str]]:
        """The rows of an answer that is downloaded as CSV."""
        return [*csv.DictReader(self.download("CSV", within=within).splitlines())]

    def is_at(self, english: str, french: str) -> None:
        """See that the page has a heading with these words."""
        title = self.page.get_by_role("heading", level=1)
        expect(title).to_contain_text(re.compile(re.escape(self.said((english, french))), re.IGNORECASE))

    def sees(self, english: str, french: str, *, within: Locator | None = None) -> Locator:
        """A text that can be seen."""
        found = (within or self.content).get_by_text(self.said((english, french))).filter(visible=True).first
        expect(found).to_be_visible()
        return found

    def chart(self, within: Locator | None = None) -> Locator:
        """The chart that can be seen; where scripts run, it is read value by value with the arrow keys."""
        place = within or self.content
        return place.get_by_role("img").or_(place.get_by_role("application")).filter(visible=True)

    def paste(self, text: str) -> Locator:
        """A text into the editor of queries, in the place of what stands there: the field."""
        field = self.page.get_by_role("textbox", name=self.said(("Query", "Requête")), exact=True)
        field.click()
        self.page.keyboard.press("Control+a")
        field.evaluate(PASTE, text)
        return field

    def tab_to(self, english: str, french: str, *, most: int = 60) -> None:
        """With the key of the tabulator alone, to what has a name; no more often than ``most`` times."""
        name = self.said((english, french))
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.focused() == name:
                return
        raise AssertionError(f"{most} times Tab lead to no {name!r}")

    def focused(self) -> str:
        """The name of what the keyboard is at."""
        return str(self.page.evaluate(NAMED))

    def part(self, english: str, french: str) -> Locator:
        """The part of the page below a heading."""
        heading = self.page.get_by_role("heading", name=self.said((english, french)))
        return self.content.locator("section, article").filter(has=heading).last
