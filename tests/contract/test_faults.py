"""What becomes of a query when the engines behind the server are busy, gone, broken, or hold something else."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.errors import (
    BusyError,
    EngineError,
    InputError,
    QueryCancelledError,
    QueryFailedError,
    QueryRefusedError,
    QuerySyntaxError,
    QueryTimeoutError,
    ReleaseError,
)
from kg.ground.settings import Settings
from kg.serve.remote.engine import RemoteEngine
from kg.serve.remote.published import MERGED, OWN, Published
from kg.serve.web.app import create_app
from support.serving import EX, eventually
from support.stand_in import RESULTS, Answering, StandIn, stand_in

OLD, NEW = "a" * 20, "b" * 20
DATA = f'<{EX}anna> <{EX}name> "Anna" .'
ALL = "SELECT * { ?s ?p ?o }"
ROW = b'{"s":{"type":"uri","value":"http://example.org/anna"}}'


def tell(engine: StandIn, name: str, *, whole: bool = True, default: str = OWN) -> None:
    """Have an engine tell of a release."""
    graph = ox.NamedNode("https://w3id.org/sides/graph/published")
    engine.store.remove_graph(graph)
    lines = Published(name, whole, default, {default: 1, f"{EX}graph/one": 1}).lines()
    engine.store.load(lines, ox.RdfFormat.N_TRIPLES, to_graph=graph)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[StandIn, StandIn]]:
    with stand_in(DATA) as first, stand_in(DATA) as second:
        tell(first, OLD)
        tell(second, OLD)
        yield first, second


@pytest.fixture(scope="module")
def running(pair: tuple[StandIn, StandIn]) -> Iterator[RemoteEngine]:
    addresses = f"{pair[0].address}?timeout={{milliseconds}},{pair[1].address}"
    settings = Settings(
        engine=addresses, engine_auth="reader:a secret", engine_look=3600, workers=2, deadline=10, held_back=1
    )
    with RemoteEngine.start(settings) as engine:
        yield engine


@pytest.fixture
def engines(pair: tuple[StandIn, StandIn]) -> Iterator[tuple[StandIn, StandIn]]:
    for engine in pair:
        tell(engine, OLD)
        engine.heard.clear()
        engine.fails = None
    yield pair
    for engine in pair:
        engine.fails = None
        tell(engine, OLD)


@pytest.fixture
def engine(running: RemoteEngine, engines: tuple[StandIn, StandIn]) -> RemoteEngine:
    running.look()
    for each in engines:
        each.heard.clear()
    return running


def ask(engine: RemoteEngine, query: str = ALL, **given: object) -> bytes:
    return b"".join(engine.query(query, "text/csv", fresh=True, **given))  # type: ignore[arg-type]


def status(number: int, body: bytes = b"", **headers: str) -> Callable[[Answering, int], None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answering, _: answering.reply(number, body, named)


def chunks(*pieces: bytes, media_type: str = RESULTS, end: bool = False) -> Callable[[Answering, int], None]:
    """An answer in chunks, of which the last is missing if it has no ``end``."""

    def answer(answering: Answering, _: int) -> None:
        answering.send_response(200)
        answering.send_header("Content-Type", media_type)
        answering.send_header("Transfer-Encoding", "chunked")
        answering.end_headers()
        for piece in pieces:
            answering.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            answering.wfile.write(b"0\r\n\r\n")
        answering.wfile.flush()
        answering.close_connection = True

    return answer


def table(rows: int) -> bytes:
    return b'{"head":{"vars":["s"]},"results":{"bindings":[' + b",".join([ROW] * rows)


def heard(engines: tuple[StandIn, StandIn]) -> list[int]:
    return [len(engine.heard) for engine in engines]


def test_one_is_asked_and_told_what_it_may_take(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[1].fails = status(503, Retry_After="1")
    assert ask(engine, deadline=2).splitlines()[0] == b"s,p,o"
    (request,) = engines[0].heard
    assert request.method == "POST"
    assert request.query.endswith("SELECT  ?s ?p ?o  { ?s ?p ?o }")
    assert 1000 < int(request.target.partition("?timeout=")[2]) <= 2000
    assert request.headers["Authorization"] == "Basic cmVhZGVyOmEgc2VjcmV0"
    assert list(request.form) == ["query"]


def test_the_password_is_shown_nowhere(running: RemoteEngine) -> None:
    assert "secret" not in repr(running.settings)
    assert "secret" not in repr([vars(replica.connections) for replica in running._replicas.all]).replace(
        "Basic cmVhZGVyOmEgc2VjcmV0", ""
    )


def test_the_one_that_is_idle_is_asked(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    go_on = threading.Event()

    def wait(answering: Answering, _: int) -> None:
        assert go_on.wait(10)
        answering.from_store()

    engines[0].fails = engines[1].fails = wait
    threads = [threading.Thread(target=ask, args=(engine, f"{ALL} # {number}")) for number in range(2)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: heard(engines) == [1, 1])
    assert engine.census() == {"idle": 0, "busy": 2, "waiting": 0}
    go_on.set()
    for thread in threads:
        thread.join()
    assert eventually(lambda: engine.census()["busy"] == 0)


def test_when_one_is_busy_the_other_is_asked(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = lambda answering, number: (
        answering.from_store() if sum(heard(engines)) > 1 else answering.reply(503)
    )
    assert b"Anna" in ask(engine)
    assert heard(engines) == [1, 1]


def test_when_all_are_busy_they_are_asked_again(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = lambda answering, number: (
        answering.from_store() if sum(heard(engines)) > 2 else answering.reply(429, b"", {"Retry-After": "1"})
    )
    began = time.monotonic()
    assert b"Anna" in ask(engine)
    assert time.monotonic() - began > 0.9


def test_when_all_stay_busy_the_client_is_told_when_to_come_again(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn]
) -> None:
    engines[0].fails = engines[1].fails = status(503, Retry_After="7")
    with pytest.raises(BusyError) as caught:
        ask(engine, deadline=1)
    assert caught.value.retry_after == 7


def test_one_that_is_gone_is_left_out_until_it_is_back(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = lambda answering, _: setattr(answering, "close_connection", True)
    for number in range(4):
        assert b"Anna" in ask(engine, f"{ALL} # {number}")
    assert heard(engines)[1] == 4
    assert [told["status"] for told in engine.health()["engines"]] == ["down", "ok"]  # type: ignore[index, attr-defined]
    engines[0].fails = None
    engine.look()
    assert [told["status"] for told in engine.health()["engines"]] == ["ok", "ok"]  # type: ignore[index, attr-defined]


def test_when_all_are_gone_that_is_told_and_not_where_they_are(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn], caplog: pytest.LogCaptureFixture
) -> None:
    engines[0].fails = engines[1].fails = lambda answering, _: setattr(answering, "close_connection", True)
    with caplog.at_level(logging.WARNING), pytest.raises(EngineError, match="gave no whole answer") as caught:
        ask(engine)
    assert "127.0.0.1" not in str(caught.value)
    assert engines[0].address in caplog.text
    assert eventually(lambda: engine.census()["busy"] == 0)


def test_a_query_that_breaks_engines_does_not_break_all_of_them(pair: tuple[StandIn, StandIn]) -> None:
    with ExitStack() as stack:
        three = [*pair, stack.enter_context(stand_in(DATA))]
        tell(three[2], OLD)
        settings = Settings(engine=",".join(each.address for each in three), engine_look=3600, workers=2)
        engine = stack.enter_context(RemoteEngine.start(settings))
        for each in three:
            each.heard.clear()
            each.fails = lambda answering, _: (
                setattr(answering, "close_connection", True) if "death" in answering.query else answering.from_store()
            )
        with pytest.raises(EngineError):
            ask(engine, f"{ALL} # death")
        assert sum(len(each.heard) for each in three) == 2
        assert b"Anna" in ask(engine)


def test_an_answer_that_breaks_off_is_no_reason_to_leave_an_engine_out(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn]
) -> None:
    engines[0].fails = engines[1].fails = chunks(table(1))
    with pytest.raises(EngineError):
        ask(engine)
    assert [told["status"] for told in engine.health()["engines"]] == ["ok", "ok"]  # type: ignore[index, attr-defined]


BROKEN = {
    "cut at once": chunks(table(1)),
    "a table without its end": chunks(table(2), end=True),
    "no table": chunks(b"<html>", end=True),
    "something behind the table": chunks(table(1) + b"]}} and more", end=True),
    "another status": status(502),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_what_breaks_before_we_answer_is_asked_elsewhere_or_told(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn], broken: Callable[[Answering, int], None]
) -> None:
    engines[0].fails = engines[1].fails = broken
    with pytest.raises(EngineError):
        ask(engine)


def test_a_break_in_the_first_bytes_is_not_seen_where_another_answers(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn]
) -> None:
    broken = chunks(table(1000))
    engines[0].fails = engines[1].fails = lambda answering, number: (
        answering.from_store() if sum(heard(engines)) > 1 else broken(answering, number)
    )
    assert ask(engine).splitlines()[1:] == [f"{EX}anna,{EX}name,Anna".encode()]


def test_a_break_after_we_have_begun_breaks_our_answer(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = chunks(*[table(1), *[b"," + b",".join([ROW] * 1000)] * 120])
    answer = engine.query(ALL, "text/csv", fresh=True)
    assert answer.size is None
    with pytest.raises(EngineError):
        list(answer)
    assert sum(heard(engines)) == 1


def test_triples_whose_end_cannot_be_seen_are_not_taken(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    def until_closed(answering: Answering, _: int) -> None:
        answering.send_response(200)
        answering.end_headers()
        answering.wfile.write(f"{DATA}\n".encode())
        answering.close_connection = True

    engines[0].fails = engines[1].fails = until_closed
    with pytest.raises(EngineError, match="neither a length nor chunks"):
        list(engine.query("CONSTRUCT WHERE { ?s ?p ?o }", fresh=True))


def test_what_an_engine_refuses_is_told_in_its_words(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = status(400, b"no such\nfunction\x00")
    with pytest.raises(QueryFailedError, match="no such function"):
        ask(engine)
    assert sum(heard(engines)) == 1


def test_an_error_of_an_engine_is_not_asked_for_twice(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = status(500, b"out of sorts")
    with pytest.raises(EngineError, match="500: out of sorts"):
        ask(engine)
    assert sum(heard(engines)) == 1


def test_a_part_of_an_answer_is_none(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    """So Virtuoso tells that its time was over."""
    engines[0].fails = engines[1].fails = status(200, table(1) + b"]}}", X_SQL_State="S1TAT")
    with pytest.raises(QueryTimeoutError):
        ask(engine)


def test_time_ends_a_query_that_an_engine_does_not_end(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    engines[0].fails = engines[1].fails = lambda answering, _: time.sleep(2)
    began = time.monotonic()
    with pytest.raises(QueryTimeoutError, match=r"stopped after 0\.5 s"):
        ask(engine, deadline=0.5)
    assert time.monotonic() - began < 1.8
    assert eventually(lambda: engine.census()["busy"] == 0)


def test_a_client_that_leaves_ends_the_connection(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    ended = threading.Event()

    def until_left(answering: Answering, _: int) -> None:
        if not answering.connection.recv(1):
            ended.set()
        answering.close_connection = True

    engines[0].fails = engines[1].fails = until_left
    with pytest.raises(QueryCancelledError):
        ask(engine, cancelled=lambda: sum(heard(engines)) > 0)
    assert ended.wait(5)


def test_what_is_wrong_or_not_allowed_is_sent_to_nobody(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    wrong: list[tuple[str, type[Exception]]] = [
        ("SELEC * {}", QuerySyntaxError),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> {} }", QueryRefusedError),
        ("DELETE WHERE { ?s ?p ?o }", QueryRefusedError),
        ("SELECT (<bif:user_name>() AS ?x) {}", QueryFailedError),
        ('SELECT * { ?s ?p ?o . ?o <bif:contains> "x" }', QueryRefusedError),
        ('PREFIX b: <\\u0062if:> SELECT * { ?s ?p ?o . ?o b:contains "x" }', QueryRefusedError),
        ('SELECT * { ?s ?p ?o . ?o <b\\u0069f:contains> "x" }', QueryRefusedError),
        ('PREFIX b: <SQ\\U0000004C:> SELECT * { ?s ?p ?o . ?o b:contains "x" }', QueryRefusedError),
    ]
    for query, error in wrong:
        with pytest.raises(error):
            ask(engine, query)
    assert heard(engines) == [0, 0]


def test_a_truth_value_in_a_table_is_one(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    """So Virtuoso answers ASK."""
    cell = b'{"x":{"type":"typed-literal","datatype":"http://www.w3.org/2001/XMLSchema#integer","value":"1"}}'
    for rows, truth in ((cell, True), (b"", False)):
        engines[0].fails = engines[1].fails = status(200, b'{"head":{"vars":["x"]},"results":{"bindings":[%s]}}' % rows)
        answer = b"".join(engine.query("ASK { ?s ?p ?o }", fresh=True))
        assert json.loads(answer) == {"head": {}, "boolean": truth}


def test_a_new_release_is_served_as_soon_as_half_of_them_hold_it(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn]
) -> None:
    kept = f"{ALL} # kept"
    assert list(engine.query(kept, "text/csv"))
    assert engine.query(kept, "text/csv").cached
    tell(engines[1], NEW)
    engine.look()
    assert engine.release.hash == NEW
    for each in engines:
        each.heard.clear()
    assert not engine.query(kept, "text/csv").cached
    assert heard(engines) == [0, 1]


def test_one_that_is_loading_is_left_out(engine: RemoteEngine, engines: tuple[StandIn, StandIn]) -> None:
    tell(engines[0], NEW, whole=False)
    engine.look()
    assert engine.release.hash == OLD
    for each in engines:
        each.heard.clear()
    assert b"Anna" in ask(engine)
    assert heard(engines) == [0, 1]
    tell(engines[1], NEW, whole=False)
    engine.look()
    with pytest.raises(EngineError, match="no engine can be asked for release"):
        ask(engine)


def test_graphs_are_named_to_an_engine_that_would_merge_all(
    engine: RemoteEngine, engines: tuple[StandIn, StandIn]
) -> None:
    for each in engines:
        tell(each, NEW, default=MERGED)
    engine.look()
    for each in engines:
        each.heard.clear()
    asked = {
        "nothing named": (ALL, {}),
        "FROM": (f"SELECT * FROM <{EX}graph/one> {{ ?s ?p ?o }}", {}),
        "the protocol": (ALL, {"default_graphs": [f"{EX}graph/two"]}),
    }
    sent = {}
    for name, (query, given) in asked.items():
        for each in engines:
            each.heard.clear()
        ask(engine, query, **given)
        (request,) = engines[0].heard + engines[1].heard
        sent[name] = {key: value for key, value in request.form.items() if key != "query"}
    assert sent == {
        "nothing named": {"default-graph-uri": [MERGED], "named-graph-uri": [f"{EX}graph/one"]},
        "FROM": {},
        "the protocol": {"default-graph-uri": [f"{EX}graph/two"]},
    }


def test_a_service_clause_is_asked_here_and_its_answer_sent_along(engines: tuple[StandIn, StandIn]) -> None:
    with stand_in(f"<{EX}anna> <{EX}age> 31 .") as other:
        settings = Settings(engine=engines[0].address, services=f"{EX}other={other.address}", workers=2)
        with RemoteEngine.start(settings) as engine:
            query = f"SELECT ?age {{ ?s <{EX}name> ?name . SERVICE <{EX}other> {{ ?s <{EX}age> ?age }} }}"
            answer = engine.query(query, "text/csv")
            assert (b"".join(answer), answer.federated) == (b"age\r\n31\r\n", True)
    assert other.heard
    assert all("SERVICE" not in request.query for request in engines[0].heard)


def test_a_release_that_does_not_lie_here_is_served_too(engine: RemoteEngine) -> None:
    """What its files would show is not there."""
    client = create_app(replace(engine.settings, home=Path(__file__).parents[2]), engine).test_client()
    assert engine.release.counts == {"default": 1, f"{EX}graph/one": 1}
    assert client.get("/graphs", headers={"Accept": "application/json"}).json["default"]["triples"] == 1  # type: ignore[index]
    for path in ("/quality", "/dumps/"):
        response = client.get(path, headers={"Accept": "application/json"})
        assert (response.status_code, response.json["code"]) == (503, "release"), path  # type: ignore[index]


def test_without_a_release_the_server_does_not_start() -> None:
    with ExitStack() as stack:
        empty = stack.enter_context(stand_in(DATA))
        with pytest.raises(ReleaseError, match=r"no engine holds a release: .*it tells of no release"):
            RemoteEngine.start(Settings(engine=f"{empty.address},http://127.0.0.1:1/"))


@pytest.mark.parametrize("address", ["ftp://a/", "http://user:word@a/", "http://a/?t={minutes}", "http://a/ b", ","])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(InputError, match="SIDES_ENGINE") as caught:
        RemoteEngine.start(Settings(engine=address))
    assert "word" not in str(caught.value).replace("password", "")
