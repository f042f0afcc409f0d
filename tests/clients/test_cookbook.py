"""Every recipe of the cookbook prints what the page shows, in both languages of the page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from support.chromium import FLAGS, find_chromium
from support.clients import MODULES, need, need_node, need_program, need_python, run, run_node
from support.recipes import Recipe, read_recipes
from support.server_process import ROOT, Server

DOCUMENTED = "http://127.0.0.1:8000/"
RECIPES = [*read_recipes(ROOT / "docs" / "cookbook.md")]
PRINTING = [recipe for recipe in RECIPES if recipe.language not in {"sparql", "html"}]
(QUESTION,) = (recipe for recipe in RECIPES if recipe.language == "sparql")
(PAGE,) = (recipe for recipe in RECIPES if recipe.language == "html")


def bash(code: str, folder: Path) -> str:
    need_program("curl", "curl")
    return run(["bash", "-euc", code.replace("curl -s ", "curl -sS ")], folder)


def python(code: str, folder: Path) -> str:
    return run([need_python("SPARQLWrapper"), "-W", "error", "-c", code], folder)


def javascript(code: str, folder: Path) -> str:
    return run_node("sparql-http-client", code, folder)


def r(code: str, folder: Path) -> str:
    program = need_program("Rscript", "r-base-core")
    need(
        "R's package SPARQL",
        Path("/usr/lib/R/site-library/SPARQL").exists(),
        "Debian's package r-cran-sparql brings it",
    )
    return run([program, "--no-init-file", "-e", f"suppressPackageStartupMessages({{\n{code}\n}})"], folder)


RUNNERS: Mapping[str, Callable[[str, Path], str]] = {"bash": bash, "python": python, "javascript": javascript, "r": r}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the page asks for: a folder with the question."""
    (tmp_path / "question.rq").write_text(QUESTION.code, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("recipe", PRINTING, ids=lambda recipe: recipe.name)
def test_a_recipe_prints_what_the_page_shows(recipe: Recipe, folder: Path, sides: Server) -> None:
    address = f"http://127.0.0.1:{sides.port}/"
    printed = RUNNERS[recipe.language](recipe.code.replace(DOCUMENTED, address), folder).replace(address, DOCUMENTED)
    assert recipe.printed is not None
    assert printed.rstrip("\n").split("\n") == recipe.printed.rstrip("\n").split("\n")


def test_the_page_in_french_has_the_same_recipes() -> None:
    french = [*read_recipes(ROOT / "docs" / "cookbook.fr.md")]
    assert [(recipe.code, recipe.printed) for recipe in french] == [(recipe.code, recipe.printed) for recipe in RECIPES]


def test_the_editor_of_another_site_shows_the_answer(folder: Path, sides: Server) -> None:
    need_node("@zazuko/yasgui")
    need("Chromium", find_chromium(), "Debian's package chromium brings it")
    for name in ("yasgui.min.js", "yasgui.min.css"):
        (folder / name).symlink_to(MODULES / "@zazuko" / "yasgui" / "build" / name)
    (folder / "index.html").write_text(PAGE.code.replace(DOCUMENTED, f"http://127.0.0.1:{sides.port}/"))
    with other_site(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(address)
        page.click(".yasqe .CodeMirror-lines")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(QUESTION.code)
        page.click(".yasqe_queryButton")
        page.wait_for_selector(".yasr table td", timeout=20_000)
        text = page.inner_text(".yasr")
        browser.close()
    assert "Hungary" in text
    assert "United States" in text


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """The files of a folder, served from another origin."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()
