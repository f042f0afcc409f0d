"""The style sheets: nothing in them that no page uses, nothing used that they lack, no value beside the tokens."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
SHEETS = {
    path.name: re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for path in sorted((WEB / "static").glob("*.css"))
}
ALL = "".join(SHEETS.values())


def _scripts() -> list[Path]:
    """Our own: those that are served as they are, and those that the editor is bundled from."""
    served = (path for path in (WEB / "static").glob("*.js") if not path.name.endswith(".min.js"))
    return sorted((*served, *(WEB / "editor").glob("*.js")))


SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in _scripts())
TEMPLATES = "".join(path.read_text(encoding="utf-8") for path in sorted((WEB / "templates").glob("*.html")))
CHARTS = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src/kg/serve/web/charts").glob("*.py")))

TOKENS = {"word", "variable", "string", "number", "comment"}
"""The classes of the words of a query, which `highlight` and the script give by the kind of the token."""

SHADES = {f"{scale}{step}" for scale, steps in (("c", 7), ("s", 6), ("d", 7)) for step in range(1, steps + 1)}
SHADES.add("blank")
"""The classes of colours: categories, a sequence, a scale with a middle, no value."""


def styled() -> set[str]:
    selectors = re.findall(r"[^{}]+(?=\{)", ALL)
    return {name for selector in selectors for name in re.findall(r"\.([a-z][a-z0-9-]*)", selector)}


def given() -> set[str]:
    """The classes that the templates, the scripts and the charts give to elements."""
    attributes = re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", TEMPLATES))
    drawn = re.findall(r"(?:class_=|shade = )([^,\n]*)", re.sub(r"\{.*?\}", " ", CHARTS))
    attributes += [words for expression in drawn for words in re.findall(r'"([^"]*)"', expression)]
    script = re.findall(r"""classList\.add\("([a-z-]+)"\)|span\("([a-z-]+)\"""", SCRIPTS)
    return {*" ".join(attributes).split(), *(name for pair in script for name in pair if name), *TOKENS, *SHADES}


def test_every_class_of_the_sheets_is_given_to_something() -> None:
    assert styled()
    assert styled() - given() == set()


def test_every_class_that_is_given_stands_in_a_sheet() -> None:
    assert given() - styled() == set()


def test_every_property_is_used_and_known() -> None:
    known = set(re.findall(r"(--[a-z0-9-]+):", ALL))
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", ALL + SCRIPTS))
    assert known
    assert known == used


def test_colours_and_sizes_of_letters_stand_among_the_tokens_alone() -> None:
    others = "".join(sheet for name, sheet in SHEETS.items() if name != "tokens.css")
    assert len(others) > 1000
    assert re.findall(r"#[0-9a-f]{3,8}\b", others) == []
    assert re.findall(r"font(?:-size)?: [^;]*?[0-9.]+rem", others) == []


def test_every_handle_of_the_scripts_is_in_a_template() -> None:
    handles = set(re.findall(r"\[(data-[a-z]+)", SCRIPTS))
    assert handles
    assert {handle for handle in handles if f"{handle}" not in TEMPLATES} == set()
