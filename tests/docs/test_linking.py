"""What docs/linking.md shows is what comes out, and what it tells of forms is what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.build.linking.endpoint import AT_ONCE
from kg.build.linking.extract import FORMATS
from kg.cli import main
from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.web.app import create_app
from kg.serve.web.lookup_pages import MOST

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/linking.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def client(built_settings: Settings, built_engine: Engine) -> FlaskClient:
    return create_app(built_settings, built_engine).test_client()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_query_gives_what_is_shown(client: FlaskClient) -> None:
    reply = client.get("/sparql", query_string={"query": block("sparql"), "format": "csv"})
    assert reply.text.replace("\r\n", "\n") == block("csv")


def test_the_command_prints_what_is_shown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    main(["links", "--home", str(ROOT), "--kind", "state"])
    assert capsys.readouterr().out in PAGE
    path = tmp_path / "items.csv"
    path.write_text("item,lang,label,types\nQ142,en,France,Q5\n")
    main(["links", "--home", str(ROOT), "--kind", "state", "--items", str(path)])
    assert capsys.readouterr().out.splitlines()[-1] in PAGE


def test_every_form_of_an_identifier_that_is_told_is_known(client: FlaskClient) -> None:
    table = PAGE[PAGE.index("| identifier | forms |") :].split("\n\n")[0].splitlines()[2:]
    forms = [form for row in table for form in re.findall(r"`([^`]+)`", row)]
    whole = [form for form in forms if form not in {"https", "www", "http", "004"}]
    assert len(whole) > 15
    for form in whole:
        asked = f"https://www.wikidata.org{form}" if form.startswith(("/wiki", "/data")) else form
        assert client.get("/lookup", query_string={"id": asked, "format": "json"}).status_code == 200, form


def test_the_numbers_and_endings_are_those_of_the_program() -> None:
    assert f"asked for {AT_ONCE} names at a time" in PAGE
    assert f"at most {MOST:,}" in PAGE
    assert {f"`{ending}`" for ending in FORMATS} <= set(re.findall(r"`\.\w+`", PAGE))
