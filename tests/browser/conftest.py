"""A real Chromium on a real server. The browser is one that is found on the machine; nothing is downloaded.

Without one the tests are skipped, unless SIDES_REQUIRE_BROWSER=1: then they fail.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.web.app import create_app
from support.chromium import FLAGS, NAMES, find_chromium
from support.server_process import Server, serving
from support.visiting import Visit

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

READ = ("current", "releases", "dumps", "releases.jsonl")
"""What a server reads in the folder of the releases; what it writes there stays in a folder of its own."""

PATIENCE = 20_000
"""Milliseconds for what is expected to come: a machine may have other work."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        reason = f"no Chromium: set CHROMIUM, or put one of {', '.join(NAMES)} on PATH"
        if os.environ.get("SIDES_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def app(built_settings: Settings, built_engine: Engine) -> Flask:
    return create_app(built_settings, built_engine)


@pytest.fixture(scope="module")
def address(browser: Browser, app: Flask) -> Iterator[str]:
    """Where the site is served. The browser comes first: without one nothing is built."""
    server = make_server("127.0.0.1", 0, _reading_files(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _reading_files(app: Flask) -> WSGIApplication:
    """The site with files read at once: this server does not close the one that it sends when a browser leaves."""

    def read(file: IO[bytes], _: int = 0) -> list[bytes]:
        with file:
            return [file.read()]

    return lambda environ, start_response: app({**environ, "wsgi.file_wrapper": read}, start_response)


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    yield from _visiting(browser, address)


@pytest.fixture(scope="session")
def releases(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of all sources, in a folder into which a server may write the addresses of answers."""
    folder = tmp_path_factory.mktemp("served")
    for name in READ:
        (folder / name).symlink_to(published / name)
    return folder


@pytest.fixture(scope="module")
def site(browser: Browser, releases: Path) -> Iterator[Server]:
    """``server.py`` on all sources. The browser comes first: without one nothing is built."""
    with serving(releases, SIDES_LOG="off") as server:
        yield server


@pytest.fixture
def reader(browser: Browser, site: Server) -> Iterator[Visit]:
    """One who visits the site with all sources."""
    yield from _visiting(browser, f"http://127.0.0.1:{site.port}")


def _visiting(browser: Browser, address: str) -> Iterator[Visit]:
    visit = Visit(browser, address)
    yield visit
    for context in visit.contexts:
        context.close()
