"""The one style sheet: nothing in it that no page uses, nothing used that it does not have."""

from __future__ import annotations

import re
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
SHEET = re.sub(r"/\*.*?\*/", "", (WEB / "static" / "sides.css").read_text(encoding="utf-8"), flags=re.DOTALL)
SCRIPT = (WEB / "static" / "editor.js").read_text(encoding="utf-8")
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in sorted((WEB / "templates").glob("*.html")))

TOKENS = {"word", "variable", "string", "number", "comment"}
"""The classes of the words of a query, which `highlight` and the script give by the kind of the token."""


def styled() -> set[str]:
    selectors = re.findall(r"[^{}]+(?=\{)", SHEET)
    return {name for selector in selectors for name in re.findall(r"\.([a-z][a-z-]*)", selector)}


def given() -> set[str]:
    """The classes that the templates and the script give to elements."""
    attributes = re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", TEMPLATES))
    script = re.findall(r"""classList\.add\("([a-z-]+)"\)|span\("([a-z-]+)\"""", SCRIPT)
    return {*" ".join(attributes).split(), *(name for pair in script for name in pair if name), *TOKENS}


def test_every_class_of_the_sheet_is_given_to_something() -> None:
    assert styled()
    assert styled() - given() == set()


def test_every_class_that_is_given_stands_in_the_sheet() -> None:
    assert given() - styled() == set()


def test_every_property_is_used_and_known() -> None:
    known = set(re.findall(r"(--[a-z-]+):", SHEET))
    used = set(re.findall(r"var\((--[a-z-]+)\)", SHEET))
    assert known
    assert known == used


def test_every_handle_of_the_script_is_in_a_template() -> None:
    handles = set(re.findall(r"\[(data-[a-z]+)", SCRIPT))
    assert handles
    assert {handle for handle in handles if f"{handle}" not in TEMPLATES} == set()
