"""Permanent addresses of answers: computed from their content, the same bytes for ever, within bounds."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.errors import PermalinkLimitError, PermalinkStorageError
from kg.ground.settings import Settings
from kg.serve.engine import Answer, Engine
from kg.serve.formats import formats_of
from kg.serve.permalinks import LONGEST_QUERY, Permalink, Permalinks, Quota
from kg.serve.permalinks.quota import SHARE
from kg.serve.web.app import create_app
from support.serving import EX, SMALL, engine_on, make_release, many

ROOT = Path(__file__).parents[2]
QUERIES = {
    "select": f"PREFIX ex: <{EX}> SELECT ?who ?name ?none {{ ?who ex:name ?name OPTIONAL {{ ?who ex:x ?none }} }}",
    "star": "SELECT * { ?z ?y ?x }",
    "blank": "SELECT ?b (1.50 AS ?n) ('a\\tb' AS ?t) { ?s ?p ?o BIND(BNODE(STR(?s)) AS ?b) } LIMIT 1",
    "nothing": "SELECT ?s { ?s ?p 'nothing such as this' }",
    "ask": "ASK { ?s ?p ?o }",
    "construct": f"PREFIX ex: <{EX}> CONSTRUCT {{ ?s ex:named ?o }} WHERE {{ ?s ex:name ?o }}",
    "describe": f"DESCRIBE <{EX}anna>",
    "triple": f"PREFIX ex: <{EX}> SELECT (TRIPLE(?s, ex:name, ?o) AS ?t) {{ ?s ex:name ?o }}",
}

RANDOM = "SELECT (STRUUID() AS ?x) { ?s ?p ?o } LIMIT 3000"
"""Its answer can be compressed by a half only."""


def permalink(answer: bytes, number: int = 0, release: str = "r1") -> Permalink:
    return Permalink(f"ASK {{}} # {number}", "ASK", release, sha256(answer).hexdigest(), created="2026-11-27")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_release(tmp_path, SMALL)
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    from kg.ground.release import Release

    with engine_on(Release.current(Settings(home=ROOT, releases=folder))) as engine:
        yield engine


@pytest.fixture
def app(folder: Path, engine: Engine) -> Flask:
    return create_app(Settings(home=ROOT, releases=folder, permalinks=1), engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def make(client: FlaskClient, query: str, **more: str) -> dict[str, str]:
    reply = client.post("/q", data={"query": query, **more})
    assert reply.status_code in (200, 201), reply.text
    found: dict[str, str] = json.loads(reply.text)
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_the_bytes_are_those_of_the_endpoint_in_every_format(client: FlaskClient, name: str) -> None:
    query = QUERIES[name]
    address = make(client, query)["address"]
    form = "CONSTRUCT" if name in ("construct", "describe") else "SELECT"
    for fmt in formats_of(form):
        asked = client.get("/sparql", query_string={"query": query}, headers={"Accept": fmt.media_type})
        kept = client.get(f"{address}.{fmt.suffix}")
        assert (kept.status_code, kept.content_type) == (200, asked.content_type)
        if name != "blank" or fmt.suffix != "json":  # each run names its blank nodes anew
            assert re.sub(r"_:\w+|>\w{32}<", "", kept.text) == re.sub(r"_:\w+|>\w{32}<", "", asked.text)
        negotiated = client.get(address, headers={"Accept": fmt.media_type})
        assert (negotiated.data, negotiated.content_type) == (kept.data, kept.content_type)
    assert client.get(f"{address}.rq").text == query


def test_the_same_answer_has_the_same_address(client: FlaskClient) -> None:
    first = client.post("/q", data={"query": QUERIES["select"]})
    again = client.post("/q", data=QUERIES["select"], content_type="application/sparql-query")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["Location"] == again.headers["Location"] == json.loads(first.text)["address"]
    other = make(client, QUERIES["select"], **{"default-graph-uri": f"{EX}graph/one"})
    assert other["address"] != first.headers["Location"]
    assert "Béla" not in client.get(other["address"] + ".csv").text
    assert re.fullmatch(r"http://localhost/q/[a-z2-7]{16}", other["address"])


def test_an_answer_stays_when_another_release_is_served_and_when_its_own_is_gone(
    client: FlaskClient, engine: Engine, folder: Path
) -> None:
    first = engine.release
    made = make(client, QUERIES["select"])
    before = {suffix: client.get(f"{made['address']}.{suffix}").data for suffix in ("csv", "json", "xml", "tsv")}
    engine.publish(make_release(folder, SMALL.replace("Anna", "Anne")))
    assert "Anne" in client.get("/sparql", query_string={"query": QUERIES["select"], "format": "csv"}).text
    assert {suffix: client.get(f"{made['address']}.{suffix}").data for suffix in before} == before
    page = client.get(made["address"], headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "which a newer one has replaced" in page.text
    assert f"/release/{first.hash}" in page.text
    assert ">Anna<" in page.text
    second = make(client, QUERIES["select"])
    assert (second["release"], second["address"] == made["address"]) == (engine.release.hash, False)
    shutil.rmtree(first.path)
    assert {suffix: client.get(f"{made['address']}.{suffix}").data for suffix in before} == before


def test_answers_of_releases_that_are_gone_give_way_and_tell_so(
    client: FlaskClient, engine: Engine, folder: Path
) -> None:
    small = engine.release
    engine.publish(make_release(folder, many(3000)))
    made = make(client, RANDOM)
    first = engine.release
    engine.publish(make_release(folder, many(3001)))
    for release in (small, first):
        shutil.rmtree(release.path)
    for number in range(40):
        if client.post("/q", data={"query": f"{RANDOM} # {number}"}).status_code != 201:
            break
    told = client.get(f"{made['address']}.csv")
    assert (told.status_code, told.json["code"]) == (410, "permalink-gone")  # type: ignore[index]
    assert first.hash in told.json["detail"]  # type: ignore[index]
    page = client.get(made["address"], headers={"Accept": "text/html"})
    assert page.status_code == 410
    assert first.hash in page.text
    assert client.get(f"{made['address']}.rq").text == RANDOM
    assert client.get(f"{made['address']}.bib").status_code == 200


def test_the_page_tells_what_the_address_stands_for(client: FlaskClient, engine: Engine) -> None:
    made = make(client, QUERIES["select"])
    page = client.get(f"{made['address']}?lang=fr", headers={"Accept": "text/html"}).text
    for part in (made["sha256"], engine.release.hash, "Béla", made["address"], "[Réponse à une requête sur la version"):
        assert part in page
    assert "@misc{sides-" + made["id"] in client.get(made["address"] + ".bib").text
    assert f"version: {engine.release.hash}" in client.get(made["address"] + ".cff").text
    assert f'<{made["address"]}>; rel="cite-as"' == client.get(made["address"] + ".csv").headers["Link"]


def test_a_browser_is_led_to_the_page(client: FlaskClient) -> None:
    reply = client.post("/q", data={"query": QUERIES["ask"]}, headers={"Accept": "text/html"})
    assert reply.status_code == 303
    assert re.fullmatch(r"/q/[a-z2-7]{16}", reply.headers["Location"])


def test_results_offer_an_address_and_its_form_makes_one(client: FlaskClient) -> None:
    page = client.get("/results", query_string={"query": QUERIES["select"]}, headers={"Accept": "text/html"}).text
    form = re.search(r'<form action="/q".*?</form>', page, re.DOTALL)
    assert form
    assert 'name="query"' in form[0]
    assert "Cite this answer" in form[0]


def test_a_kept_answer_is_not_sent_twice(client: FlaskClient) -> None:
    address = make(client, QUERIES["ask"])["address"] + ".json"
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert "immutable" in client.get(address).headers["Cache-Control"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"query": "SELEC"}, 400, "query-syntax"),
        ({"query": "INSERT DATA { <a:b> <a:b> <a:b> }"}, 403, "query-refused"),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"}, 403, "query-refused"),
        ({"query": "ASK {}" + " " * LONGEST_QUERY}, 413, "permalink-size"),
        ({"query": "ASK {}", "default-graph-uri": EX + "g" * LONGEST_QUERY}, 413, "permalink-size"),
        ({"query": "ASK {}", "named-graph-uri": EX + "g" * LONGEST_QUERY}, 413, "permalink-size"),
        ({"other": "ASK {}"}, 400, "request"),
        ({"query": "ASK {}", "saved": "relations"}, 400, "request"),
        ({"saved": "no-such-query"}, 404, "not-found"),
        ({"query": "ASK {}", "default-graph-uri": "no iri"}, 400, "request"),
    ],
)
def test_what_cannot_have_an_address_is_told(client: FlaskClient, data: dict[str, str], status: int, code: str) -> None:
    reply = client.post("/q", data=data)
    assert (reply.status_code, reply.json["code"]) == (status, code)  # type: ignore[index]
    assert Permalinks(Path("/nowhere"), 1).get("a") is None


def test_an_answer_that_lacks_a_part_gets_no_address(
    client: FlaskClient, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cites it would cite an endpoint that happened to be away."""
    query = engine.query

    def partly(*arguments: Any, **named: Any) -> Answer:
        answer = query(*arguments, **named)
        answer.federated, answer.failed_services = True, ("https://example.org/sparql: it does not answer",)
        return answer

    monkeypatch.setattr(engine, "query", partly)
    reply = client.post("/q", data={"query": QUERIES["ask"]})
    assert (reply.status_code, reply.json["code"]) == (502, "service-failed")  # type: ignore[index]
    assert "https://example.org/sparql: it does not answer" in reply.json["detail"]  # type: ignore[index]
    assert not (folder / "permalinks.sqlite").exists()


def test_other_methods_and_bodies_are_refused(client: FlaskClient) -> None:
    assert client.get("/q").status_code == 405
    refused = client.post("/q", data="{}", content_type="application/json")
    assert (refused.status_code, "Accept-Post" in refused.headers) == (415, True)
    assert client.get("/q/aaaaaaaaaaaaaaaa").status_code == 404
    assert client.get(f"/q/{make(client, 'ASK {}')['id']}.ttl").status_code == 404


def test_a_long_answer_gets_no_address_and_leaves_nothing(folder: Path, engine: Engine) -> None:
    engine.publish(make_release(folder, many(3000)))
    client = create_app(Settings(home=ROOT, releases=folder, permalinks=1), engine).test_client()
    long = "SELECT * { ?a ?p ?b . ?c ?q ?d } LIMIT 50000"
    reply = client.post("/q", data={"query": long})
    assert (reply.status_code, reply.json["code"]) == (413, "permalink-size")  # type: ignore[index]
    assert not (folder / "permalinks.sqlite").exists()


def test_with_no_room_at_all_there_is_no_way_to_cite(folder: Path, engine: Engine) -> None:
    client = create_app(Settings(home=ROOT, releases=folder, permalinks=0), engine).test_client()
    reply = client.post("/q", data={"query": "ASK {}"})
    assert (reply.status_code, reply.json["code"]) == (507, "permalink-storage")  # type: ignore[index]
    assert 'action="/q"' not in client.get("/results?query=ASK{}", headers={"Accept": "text/html"}).text
    assert not (folder / "permalinks.sqlite").exists()


def test_one_client_makes_so_many_in_an_hour() -> None:
    now = [7200.0]
    quota = Quota(2, clock=lambda: now[0])
    for _ in range(2):
        quota.check("a")
        quota.count("a", 1000)
    with pytest.raises(PermalinkLimitError, match="within the hour: 2") as refused:
        quota.check("a")
    assert refused.value.retry_after == 3600
    quota.check("b")
    now[0] += 3600
    quota.check("a")


def test_a_long_answer_counts_for_several() -> None:
    quota = Quota(10, clock=lambda: 7200.0)
    quota.count("a", 9 * SHARE)
    with pytest.raises(PermalinkLimitError):
        quota.check("a")
    quota.count("b", 9 * SHARE - 1)
    quota.check("b")


def test_the_limit_is_told_with_when_to_come_back(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Quota, client: str | None) -> None:
        raise PermalinkLimitError("too many", retry_after=12)

    monkeypatch.setattr(Quota, "check", refuse)
    reply = client.post("/q", data={"query": "ASK {}"})
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "12")


def test_an_id_depends_on_all_that_it_names_and_on_nothing_else() -> None:
    one = permalink(b"x")
    changes: list[dict[str, object]] = [
        {"query": "ASK { }"}, {"form": "SELECT"}, {"release": "r2"}, {"sha256": "0"}, {"default_graphs": ()},
        {"named_graphs": ("a",)}, {"saved": "a"}, {"parameters": (("a", "b"),)}, {"federated": True},
    ]  # fmt: skip
    assert len({one.id, *(replace(one, **change).id for change in changes)}) == len(changes) + 1  # type: ignore[arg-type]
    assert replace(one, created="2027-01-01", titles={"en": "Title"}).id == one.id
    assert Permalink.from_json(one.to_json()) == one


def test_the_file_never_grows_beyond_its_bound(tmp_path: Path) -> None:
    store = Permalinks(tmp_path, 1)

    def fill() -> None:
        for number in range(100):
            answer = os.urandom(50_000)
            store.put(permalink(answer, number), answer, {"r1"})

    with pytest.raises(PermalinkStorageError, match="the 1 MiB for answers that are cited are full"):
        fill()
    assert 10 < store.census()["answers"] < 30
    assert store.path.stat().st_size <= 1024 * 1024


def test_the_oldest_answers_of_gone_releases_give_way_first(tmp_path: Path) -> None:
    store = Permalinks(tmp_path, 1)
    answers = [os.urandom(100_000) for _ in range(14)]
    links = [permalink(answer, number, "old" if number in (1, 2) else "new") for number, answer in enumerate(answers)]
    for link, answer in list(zip(links, answers, strict=True))[:10]:
        store.put(link, answer, {"old", "new"})
    assert store.put(links[10], answers[10], {"new"})
    kept = [found[1] is not None for link in links[:11] if (found := store.get(link.id))]
    assert kept == [True, False, *[True] * 9]
    assert store.get(links[1].id) == (links[1], None)


def test_what_is_not_what_was_written_is_told(tmp_path: Path) -> None:
    store = Permalinks(tmp_path, 1)
    store.put(permalink(b"answer"), b"answer", set())
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE permalink SET answer = ?", (b"not compressed",))
    connection.close()
    with pytest.raises(PermalinkStorageError, match="is not what was written"):
        store.get(permalink(b"answer").id)
    store.path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(PermalinkStorageError, match="cannot be reached"):
        store.get("a")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(PermalinkStorageError, match="cannot be kept"):
        Permalinks(tmp_path / "file", 1).put(permalink(b"a"), b"a", set())
    (tmp_path / "permalinks.sqlite").mkdir()
    with pytest.raises(PermalinkStorageError, match="cannot be reached"):
        Permalinks(tmp_path, 1).put(permalink(b"a"), b"a", set())


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    store = Permalinks(tmp_path / "new" / "folder", 1)
    assert store.put(permalink(b"a"), b"a", set())
    assert store.get(permalink(b"a").id) == (permalink(b"a"), b"a")


def test_an_answer_in_which_other_endpoints_had_a_part_says_so(
    client: FlaskClient, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = make(client, QUERIES["ask"])

    def asked_others(*given: object, **more: object) -> object:
        answer = Engine.query(engine, *given, **more)  # type: ignore[arg-type]
        answer.federated = True
        return answer

    monkeypatch.setattr(engine, "query", asked_others)
    together = make(client, QUERIES["ask"])
    assert together["address"] != alone["address"]
    told = [
        client.get(f"{made['address']}?lang=en", headers={"Accept": "text/html"}).text for made in (alone, together)
    ]
    assert ["Other endpoints had a part" in page for page in told] == [False, True]


CRASHER = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = [sys.argv[3]]
from hashlib import sha256
from kg.serve.permalinks import Permalink, Permalinks
store = Permalinks(Path(sys.argv[1]), 1)
print("ready", flush=True)
for number in range(10_000):
    answer = os.urandom(int(sys.argv[2]))
    store.put(Permalink(str(number), "ASK", "r", sha256(answer).hexdigest()), answer, set())
    print(number, flush=True)
"""


def test_a_server_that_is_killed_while_it_writes_leaves_whole_addresses(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", CRASHER, str(tmp_path), "20000", str(ROOT / "src")]
    for _ in range(3):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout
            for _ in range(12):
                last = writer.stdout.readline()
            writer.send_signal(signal.SIGKILL)
        assert int(last) > 5
        store = Permalinks(tmp_path, 1)
        with sqlite3.connect(store.path) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            names = [name for (name,) in connection.execute("SELECT id FROM permalink")]
        connection.close()
        assert names
        assert all(store.get(name) for name in names)
