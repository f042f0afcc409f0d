"""How the graph is cited: the texts say what is true of the release, and each release keeps an address."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from kg.ground.citation import Work, bibtex, cff, read_work
from kg.ground.errors import InputError
from kg.ground.release import HISTORY, Release
from kg.ground.settings import Settings
from kg.ground.terms import DATASET, release_iri
from kg.serve.engine import Engine
from kg.serve.formats import GRAPH_FORMATS
from kg.serve.permalinks import LARGEST_ANSWER, LONGEST_QUERY
from kg.serve.permalinks.quota import HOURLY
from kg.serve.web.app import create_app
from kg.serve.web.texts import read_texts

ROOT = Path(__file__).parents[2]
PEOPLE = (
    {"given-names": "Ada", "family-names": "Example"},
    {"name": "R&D group"},
)
WORK = Work("50 % of $ & {sets}", PEOPLE, "About.", ("one", "two"), "CC0-1.0", "ab", "2026-11-02", "http://e.org/q/ab")


@pytest.fixture(scope="module")
def app(built_settings: Settings, built_engine: Engine) -> Flask:
    return create_app(built_settings, built_engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
    return client


def dataset(page: str) -> dict[str, object]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    found: dict[str, object] = json.loads(text)
    return found


def test_bibtex_takes_any_text_and_any_name() -> None:
    entry = bibtex(WORK)
    assert "author = {Example, Ada and {R\\&D group}}" in entry
    assert r"title = {{50 \% of \$ \& \{sets\}}}" in entry
    assert "month = nov," in entry
    assert entry.startswith("@misc{sides-ab,\n")
    assert entry.replace(r"\{", "").replace(r"\}", "").count("{") == entry.replace(r"\{", "").replace(r"\}", "").count(
        "}"
    )


def test_a_date_that_is_not_known_is_left_out() -> None:
    unknown = Work("Title", PEOPLE, "", (), "CC0-1.0", "ab")
    assert not re.search("year|month|url", bibtex(unknown))
    assert set(yaml.safe_load(cff(unknown))) == {
        "cff-version",
        "message",
        "type",
        "title",
        "authors",
        "license",
        "version",
    }


def test_the_citation_file_is_one_that_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text(cff(WORK), encoding="utf-8")
    again = read_work(tmp_path)
    assert (again.title, again.authors, again.keywords, again.licence) == (WORK.title, PEOPLE, WORK.keywords, "CC0-1.0")
    assert again.names == ("Ada Example", "R&D group")


@pytest.mark.parametrize(
    "text", ["", "title: [", "title: Sides\nlicense: CC0-1.0\n", "authors: [1]\ntitle: a\nlicense: b\n"]
)
def test_a_citation_file_that_cannot_be_used_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "CITATION.cff").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"CITATION\.cff: .*expected a Citation File Format 1\.2\.0 file"):
        read_work(tmp_path)


def test_the_english_title_is_that_of_the_citation_file() -> None:
    assert read_texts(ROOT / "web" / "locale")["en"]("cite.work") == read_work(ROOT).title


def test_the_page_has_every_text(client: FlaskClient, built_release: Release) -> None:
    page = client.get("/cite?lang=en").text
    shown = Markup(page).unescape()
    assert f"(release {built_release.hash}) [Data set]" in shown
    assert f"(version {built_release.hash}) [Jeu de données]" in shown
    assert client.get("/cite.bib").text in shown
    assert client.get("/cite.cff").text.strip() in shown
    assert f"http://localhost/release/{built_release.hash}" in shown


def test_the_files_name_the_release(client: FlaskClient, built_release: Release) -> None:
    told = yaml.safe_load(client.get("/cite.cff").text)
    assert told["version"] == built_release.hash
    assert told["date-released"] == built_release.published[:10]
    assert told["identifiers"][0]["value"] == release_iri(built_release.hash)
    reply = client.get("/cite.bib")
    assert reply.content_type == "application/x-bibtex; charset=utf-8"
    assert client.get("/cite.bib", headers={"If-None-Match": reply.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("address", ["/cite", "/dumps/", "/release/{hash}"])
def test_the_pages_tell_search_engines_of_the_dataset(
    client: FlaskClient, built_release: Release, address: str
) -> None:
    told = dataset(client.get(address.format(hash=built_release.hash) + "?lang=en").text)
    assert (told["@type"], told["@id"], told["version"]) == ("Dataset", DATASET, built_release.hash)
    assert told["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert 50 <= len(str(told["description"])) <= 5000
    assert told["creator"] == [{"@type": "Organization", "name": name} for name in read_work(ROOT).names]
    assert re.fullmatch(r"-?\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", str(told["temporalCoverage"]))
    files = told["distribution"]
    assert isinstance(files, list)
    assert [file["contentUrl"].partition(".")[2] for file in files] == ["nq", "nq.gz", "nq.zst", "trig.gz", "trig.zst"]
    for file in files:
        sent = client.head(file["contentUrl"].removeprefix("http://localhost"))
        assert file["contentSize"] == f"{sent.content_length} B"


def test_a_release_is_told_of_in_every_format(client: FlaskClient, built_release: Release) -> None:
    address = f"/release/{built_release.hash}"
    told = client.get(address, headers={"Accept": "application/json"}).json
    assert told is not None
    assert (told["release"], told["served"], told["kept"]) == (built_release.hash, True, True)
    for fmt in GRAPH_FORMATS:
        reply = client.get(address, headers={"Accept": fmt.media_type})
        if fmt.suffix == "jsonld":
            assert reply.json
            continue
        rdf = ox.RdfFormat.from_media_type(fmt.media_type)
        assert rdf is not None
        versions = [q.object for q in ox.parse(reply.data, rdf) if q.predicate.value.endswith("dcat#version")]
        assert versions == [ox.Literal(built_release.hash)]


def test_the_dataset_names_its_version_and_every_file(client: FlaskClient, built_release: Release) -> None:
    reply = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    lines = reply.text.splitlines()
    version = f"<{release_iri(built_release.hash)}>"
    assert f"<{DATASET}> <http://www.w3.org/2002/07/owl#versionIRI> {version} ." in lines
    assert f"<{DATASET}> <http://www.w3.org/ns/dcat#hasCurrentVersion> {version} ." in lines
    compressed = [line for line in lines if "dcat#compressFormat" in line]
    assert len(compressed) == 4
    assert len([line for line in lines if line.startswith(f"<{DATASET}> ") and "void#dataDump" in line]) == 5


def test_a_release_that_is_gone_is_told_of(built_settings: Settings, client: FlaskClient) -> None:
    history = built_settings.releases_path / HISTORY
    before = history.read_bytes()
    gone = {
        "hash": "0" * 20,
        "published": "2026-01-31T10:00:00+00:00",
        "versions": {"program": "0.1.0"},
        "quads": 12345,
    }
    try:
        with history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(gone) + "\n")
        page = client.get(f"/release/{gone['hash']}?lang=en")
        told = client.get(f"/release/{gone['hash']}", headers={"Accept": "application/json"}).json
        graph = client.get(f"/release/{gone['hash']}", headers={"Accept": "text/turtle"})
    finally:
        history.write_bytes(before)
    assert page.status_code == 200
    assert "no longer kept" in page.text
    assert "31 January 2026" in page.text
    assert "12,345" in page.text
    assert told is not None
    assert (told["kept"], told["files"], told["quads"]) == (False, [], 12345)
    assert graph.status_code == 406


def test_a_release_that_lies_in_another_engine_is_cited_without_files(
    built_settings: Settings, built_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = Release(tmp_path / "x", "a" * 20, "a" * 20, {"default": 5}, {}, ())
    monkeypatch.setattr(Engine, "release", elsewhere)
    client = create_app(built_settings, built_engine).test_client()
    page = client.get("/cite", headers={"Accept": "text/html"})
    assert (page.status_code, "a" * 20 in page.text) == (200, True)
    assert "distribution" not in dataset(page.text)
    assert client.get("/release/" + "a" * 20, headers={"Accept": "application/json"}).json["files"] == []  # type: ignore[index]
    assert client.get("/dumps/", headers={"Accept": "application/json"}).status_code == 503


@pytest.mark.parametrize("name", ["1" * 20, "current", "..%2F..%2Fetc"])
def test_a_release_that_never_was_is_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/release/{name}").status_code == 404


def test_the_commands_of_the_page_work_and_its_limits_are_those_of_the_program(client: FlaskClient) -> None:
    page = (ROOT / "docs" / "citing.md").read_text(encoding="utf-8")
    commands = [shlex.split(line) for line in page.splitlines() if line.startswith("curl ")]
    assert len(commands) == 2
    for command in commands:
        given = [after for option, after in pairwise(command) if option in {"-d", "--data-urlencode"}]
        reply = client.post("/q", data=dict(pair.split("=", 1) for pair in given), headers={"Accept": "*/*"})
        assert reply.status_code in (200, 201), reply.text
    assert f"at most {LONGEST_QUERY // 1024} KiB, with answers of at most {LARGEST_ANSWER // 1024**2} MiB" in page
    assert HOURLY == 60
    assert "sixty in an hour for one client" in page
    assert f"`SIDES_PERMALINKS` ({Settings().permalinks} MiB;" in page
