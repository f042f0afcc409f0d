"""A reader of the site, in a browser."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext, Locator, Page


class Visit:
    """One reader with a window of her own; whatever the browser complains about is kept."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.complaints: list[str] = []
        self.requested: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, path: str, **context: object) -> Page:
        settings = {"viewport": {"width": 1280, "height": 900}, "locale": "en", **context}
        self.contexts.append(self.browser.new_context(**settings))  # type: ignore[arg-type]
        page = self.contexts[-1].new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.requested.append(request.url))
        page.goto(self.address + path)
        return page


def follow(place: Locator) -> None:
    """Press what leads to another page, and wait until all of that has been read: a click alone waits for nothing."""
    with place.page.expect_navigation(wait_until="domcontentloaded"):
        place.click()
