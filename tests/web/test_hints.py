"""Hints of errors are shown in the language of the page, each that the server may give."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.ground.errors import BusyError, QueryFailedError
from kg.serve.web.hints import FILE, read_hints
from kg.serve.web.problems import from_error

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "web" / "locale"
HINTS = tomllib.loads((LOCALE / FILE).read_text(encoding="utf-8"))["fr"]
ELSEWHERE = re.compile(r"SIDES_(?!PERMALINKS|RELEASES)|~/\.netrc|kg publish|Debian|^name it|^\{\}$")
"""Hints for whoever starts the server or publishes to one: no page shows them."""
FROM_OTHERS = {
    "leave it out, or look at the list of its parameters",
    "run the federated query at your own endpoint, with a SERVICE clause that calls this address",
    "leave the clause out: labels are triples here; in its place write {}",
    "use {}",
}
"""Hints that are made in another way, or outside of the server."""


def template(node: ast.expr) -> str | None:
    """The text of a literal, with {} for what it fills in; None for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join("{}" if isinstance(part, ast.FormattedValue) else str(template(part)) for part in parts)
    return None


def remedies() -> Iterator[str]:
    """The hints that stand in the program of the server."""
    names = ["engine/engine.py", "engine/evaluation.py", "engine/pool.py", "guard.py", "annotation.py"]
    names += [f"remote/{name}.py" for name in ("engine", "exchange", "places", "replicas")]
    files = [ROOT / "src/kg/serve" / name for name in names]
    for folder in ("federation", "web", "permalinks"):
        files += (ROOT / "src/kg/serve" / folder).rglob("*.py")
    for file in files:
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                yield from filter(None, (template(word.value) for word in call.keywords if word.arg == "remedy"))


def test_every_hint_is_in_french_too() -> None:
    given = {hint for hint in remedies() if not ELSEWHERE.search(hint)}
    assert len(given) > 40
    assert sorted(given - HINTS.keys()) == []


def test_every_hint_in_french_is_given() -> None:
    assert sorted(HINTS.keys() - {*remedies()} - FROM_OTHERS) == []


@pytest.mark.parametrize(("english", "french"), HINTS.items())
def test_a_hint_has_the_same_places_in_both_languages(english: str, french: str) -> None:
    assert english.count("{}") == french.count("{}")
    assert not re.search(r"[^\s«][:;!?](\s|$)|«\S|\S»|\.$", french.replace("=…", "")), french


def test_what_is_filled_in_is_kept() -> None:
    hints = read_hints(LOCALE)
    busy = from_error(BusyError("full", retry_after=7, remedy="send fewer at one time; try again in 7 seconds"))
    assert hints.translate(busy, "fr").hint == "envoyez-en moins à la fois ; réessayez dans 7 secondes"
    assert hints.translate(busy, "en") is busy
    other = from_error(QueryFailedError("no", remedy="do something else {}"))
    assert hints.translate(other, "fr") is other


def test_pages_in_french_give_hints_in_french_and_programs_none(client: FlaskClient) -> None:
    hint = "name a graph by its whole IRI"
    asked = {"query": "ASK {}", "default-graph-uri": "one"}
    pages = {
        code: client.get("/sparql", query_string={**asked, "lang": code}, headers={"Accept": "text/html"}).text
        for code in ("fr", "en")
    }
    assert HINTS[hint] in pages["fr"]
    assert hint not in pages["fr"]
    assert hint in pages["en"]
    told = client.get("/sparql", query_string={**asked, "lang": "fr"}, headers={"Accept": "application/json"})
    assert json.loads(told.text)["hint"] == hint
