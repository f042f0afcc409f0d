"""What becomes of a query when another endpoint fails: a problem that names it, or with SILENT an answer without it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import HTTPServer
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families as read

from kg.ground.errors import BusyError, QueryCancelledError, ServiceError, ServiceTimeoutError
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.federation import FederatedEngine
from kg.serve.federation.transport import Transport
from kg.serve.metrics import Metrics
from kg.serve.request_log import RequestLog
from kg.serve.web import cors
from support.federated import WD, WIKIDATA, settings_for
from support.stand_in import RESULTS, Answering, StandIn, stand_in

pytestmark = pytest.mark.alone

CLAUSE = f"SERVICE <{WIKIDATA}> {{ <{WD}Q1> ?p ?o }}"
QUERY = f"SELECT * {{ VALUES ?x {{ 1 2 }} {CLAUSE} }}"
SILENT = QUERY.replace("SERVICE", "SERVICE SILENT")

Fails = Callable[[Answering, int], None]


def body(text: str, status: int = 200, **headers: str) -> Fails:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answering, _: answering.reply(status, text.encode(), {"Content-Type": RESULTS, **named})


def term(text: str) -> Fails:
    return body(f'{{"head":{{"vars":["p","o"]}},"results":{{"bindings":[{{"o":{text}}}]}}}}')


def slow(answering: Answering, _number: int) -> None:
    time.sleep(2)
    answering.from_store()


def begin(answering: Answering) -> None:
    answering.send_response(200)
    answering.send_header("Content-Type", RESULTS)
    answering.send_header("Connection", "close")
    answering.end_headers()
    answering.close_connection = True


def drip(answering: Answering, _number: int) -> None:
    begin(answering)
    for _ in range(100):
        answering.wfile.write(b" ")
        time.sleep(0.05)


def dripping_head(answering: Answering, _number: int) -> None:
    answering.close_connection = True
    answering.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        answering.wfile.write(b"x")
        time.sleep(0.05)


def endless(answering: Answering, _number: int) -> None:
    begin(answering)
    answering.wfile.write(b'{"head":{"vars":["p","o"]},"results":{"bindings":[')
    while True:
        answering.wfile.write(b'{"o":{"type":"literal","value":"more"}},' * 1000)


def cut(answering: Answering, _number: int) -> None:
    answering.reply(200, b'{"head"', {"Content-Length": "1000"})
    answering.close_connection = True


def hung_up(answering: Answering, _number: int) -> None:
    answering.close_connection = True


def nonsense(answering: Answering, _number: int) -> None:
    answering.wfile.write(b"220 mail.example ESMTP\r\n")
    answering.close_connection = True


def many_rows(answering: Answering, _number: int) -> None:
    row = '{"o":{"type":"literal","value":"x"}}'
    body(f'{{"head":{{"vars":["p","o"]}},"results":{{"bindings":[{",".join([row] * 600)}]}}}}')(answering, 0)


FAILURES: dict[str, tuple[Fails, int, str]] = {
    "slow": (slow, 504, "it did not answer in time"),
    "body drop by drop": (drip, 504, "it did not answer in time"),
    "head drop by drop": (dripping_head, 504, "it did not answer in time"),
    "endless": (endless, 502, "its answer is larger than 1048576 bytes"),
    "too many rows": (many_rows, 502, "it sends more rows than one query may take"),
    "cut": (cut, 502, "it cannot be asked"),
    "hung up": (hung_up, 502, "it cannot be asked"),
    "no HTTP": (nonsense, 502, "it cannot be asked"),
    "500": (
        body("java.util.concurrent.TimeoutException\n\tat", 500),
        502,
        "it answers 500: java.util.concurrent.Timeo",
    ),
    "400": (body("parse error", 400), 502, "it answers 400: parse error"),
    "404": (body("", 404), 502, "it answers 404"),
    "204": (body("", 204), 502, "it answers 204"),
    "413": (body("", 413), 502, "it takes no query as long as this"),
    "429 without a time": (body("", 429), 502, "it answers 429"),
    "429 for too long": (body("", 429, Retry_After="3600"), 502, "it answers 429"),
    "503 until tomorrow": (
        body("", 503, Retry_After=formatdate(time.time() + 86400, usegmt=True)),
        502,
        "it answers 503",
    ),
    "503 with nonsense": (body("", 503, Retry_After="soon"), 502, "it answers 503"),
    "empty": (body(""), 502, "its answer is no SPARQL JSON"),
    "HTML": (body("<!doctype html><p>Hello"), 502, "its answer is no SPARQL JSON"),
    "broken JSON": (body('{"head":{"vars":["o"]},"results":{"bindings":[{"o":'), 502, "its answer is no SPARQL JSON"),
    "no UTF-8": (lambda answering, _: answering.reply(200, b'{"\xff'), 502, "its answer is no SPARQL JSON"),
    "a truth value": (body('{"head":{},"boolean":true}'), 502, "its answer is no SPARQL JSON"),
    "a list": (body("[]"), 502, "its answer is no SPARQL JSON"),
    "a number": (body("1"), 502, "its answer is no SPARQL JSON"),
    "very deep": (body("[" * 100_000), 502, "its answer is no SPARQL JSON"),
    "compressed": (body("x", Content_Encoding="gzip"), 502, "its answer is in the coding 'gzip'"),
    "a term without a value": (term('{"type":"uri"}'), 502, "its answer is no SPARQL JSON"),
    "a term of numbers": (
        term('{"type":"literal","value":"x","datatype":5}'),
        502,
        "terms that are no text",
    ),
    "an unknown kind": (term('{"type":"thing","value":"x"}'), 502, "its answer holds a term of the kind thing"),
    "a relative IRI": (term('{"type":"uri","value":"x"}'), 502, "its answer holds the IRI 'x'"),
    "half a character": (
        term('{"type":"literal","value":"\\ud800"}'),
        502,
        "'utf-8' codec can't encode",
    ),
    "a broken language": (
        term('{"type":"literal","value":"x","xml:lang":"e n"}'),
        502,
        "holds the language",
    ),
    "an IRI that is none": (term('{"type":"uri","value":"http://[x/"}'), 502, "its answer does not fit into the query"),
    "a way out of the table": (
        term('{"type":"uri","value":"http://a/> ) } SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } #"}'),
        200,
        "",
    ),
    "a redirect without end": (
        lambda answering, _: answering.reply(302, headers={"Location": answering.path}),
        502,
        "it redirects more than 2 times",
    ),
}
"""How an endpoint fails, with the status of our answer and what it says."""


@pytest.fixture(scope="module")
def running_engine(release: Release, endpoint: StandIn) -> object:
    small = settings_for(endpoint.address, service_deadline=0.6, service_size=1, service_rows=500)
    with FederatedEngine.start(small, release) as running:
        yield running


def ask(client: FlaskClient, query: str) -> tuple[int, dict[str, object], list[str]]:
    reply = client.get("/sparql", query_string={"query": query})
    assert isinstance(reply.json, dict)
    return reply.status_code, reply.json, reply.headers.getlist("Sides-Service-Failed")


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_names_the_endpoint(failure: str, client: FlaskClient, wikidata: StandIn) -> None:
    wikidata.fails, expected, words = FAILURES[failure]
    began = time.monotonic()
    status, problem, failed = ask(client, QUERY)
    assert status == expected
    assert time.monotonic() - began < 5
    assert failed == []
    if status != 200:
        assert problem["code"] == ("service-timeout" if status == 504 else "service-failed")
        assert str(problem["detail"]).startswith(f"<{WIKIDATA}>: ")
        assert words in str(problem["detail"])
        assert "127.0.0.1" not in str(problem["detail"])  # the mirror is nobody's business


@pytest.mark.parametrize("failure", [name for name, (_, status, _) in FAILURES.items() if status != 200])
def test_a_silent_failure_is_told_in_a_header(failure: str, client: FlaskClient, wikidata: StandIn) -> None:
    wikidata.fails, _, words = FAILURES[failure]
    status, answer, failed = ask(client, SILENT)
    assert status == 200
    assert answer["head"] == {"vars": ["x", "p", "o"]}
    assert [sorted(row) for row in answer["results"]["bindings"]] == [["x"], ["x"]]  # type: ignore[index]
    assert len(failed) == 1
    endpoint, _, reason = failed[0].partition("; ")
    assert (endpoint, words in reason) == (WIKIDATA, True)


def test_web_pages_may_read_the_header() -> None:
    assert "Sides-Service-Failed" in cors.EXPOSED


def test_nothing_of_a_silent_clause_stays_if_a_part_of_it_fails(
    client: FlaskClient, wikidata: StandIn, release: Release
) -> None:
    def later(answering: Answering, number: int) -> None:
        if number > 2:
            answering.reply(500)
        else:
            answering.from_store()

    wikidata.fails = later
    pattern = "?item <http://www.wikidata.org/prop/direct/P1082> ?n"
    group = f"{{ ?e ?same ?item SERVICE SILENT <{WIKIDATA}> {{ {pattern} }} }}"
    query = f"SELECT (COUNT(*) AS ?all) (COUNT(?n) AS ?with) {group}"
    status, answer, failed = ask(client, query)
    assert status == 200
    (row,) = answer["results"]["bindings"]  # type: ignore[index]
    assert (row["all"]["value"], row["with"]["value"]) == ("1000", "0")
    assert failed == [f"{WIKIDATA}; it answers 500"]


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_is_busy_is_asked_once_more(status: int, release: Release) -> None:
    with stand_in("<http://e/s> <http://e/p> 1 .") as other:

        def busy(answering: Answering, number: int) -> None:
            if number == 1:
                answering.reply(status, headers={"Retry-After": "1"})
            else:
                answering.from_store()

        other.fails = busy
        with FederatedEngine.start(settings_for(other.address), release) as engine:
            began = time.monotonic()
            assert len(engine.select(f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s ?p ?o }} }}")) == 1
            assert 1 <= time.monotonic() - began < 4
            other.fails = lambda answering, _: answering.reply(status, headers={"Retry-After": "1"})
            with pytest.raises(ServiceError, match=f"it answers {status}"):
                engine.query(f"SELECT * {{ SERVICE <{WIKIDATA}> {{ ?s ?p 2 }} }}")
    assert len(other.heard) == 4


def test_the_deadline_of_the_query_is_that_of_the_endpoint_too(release: Release) -> None:
    with stand_in() as other:
        other.fails = slow
        with FederatedEngine.start(settings_for(other.address), release) as engine:
            began = time.monotonic()
            with pytest.raises(ServiceTimeoutError):
                engine.query(QUERY, deadline=0.5)
            assert time.monotonic() - began < 1.5
            answer = engine.query(SILENT, deadline=0.5)  # a fifth of the time is left for what is local
            assert answer.failed_services == (f"{WIKIDATA}; it did not answer in time",)


def test_who_leaves_is_not_asked_for(engine: FederatedEngine, wikidata: StandIn) -> None:
    wikidata.fails = slow
    began = time.monotonic()
    with pytest.raises(QueryCancelledError):
        engine.query(QUERY, cancelled=lambda: time.monotonic() > began + 0.1)
    assert time.monotonic() - began < 0.6


def test_a_server_that_is_told_to_stop_waits_for_nobody(release: Release) -> None:
    with stand_in() as other:
        other.fails = slow
        engine = FederatedEngine.start(settings_for(other.address), release)
        stop = threading.Timer(0.3, engine.close)
        stop.start()
        began = time.monotonic()
        with pytest.raises(QueryCancelledError):
            engine.query(QUERY)
        assert time.monotonic() - began < 1.5
        stop.join()


def test_failures_are_not_kept(engine: FederatedEngine, wikidata: StandIn) -> None:
    wikidata.fails = body("{")
    with pytest.raises(ServiceError):
        engine.query(QUERY)
    wikidata.fails = None
    assert len(engine.select(QUERY)) == 12


def test_nobody_is_there(release: Release) -> None:
    with stand_in() as gone:
        address = gone.address
    with FederatedEngine.start(settings_for(address), release) as engine:
        with pytest.raises(ServiceError, match="it cannot be asked: Connection refused"):
            engine.query(QUERY)
        assert engine.query(SILENT).failed_services == (f"{WIKIDATA}; it cannot be asked: Connection refused",)


def test_limits_hold_for_all_clauses_together(engine: FederatedEngine, wikidata: StandIn) -> None:
    pattern = f"SERVICE <{WIKIDATA}> {{ ?x <http://www.wikidata.org/prop/direct/P1082> ?n FILTER(?n < LESS) }}"
    query = f"SELECT (COUNT(*) AS ?c) {{ {{ {pattern} }} UNION {{ {pattern} }} }}"
    engine.query(query.replace("LESS", "200000"))
    with pytest.raises(ServiceError, match="it sends more rows than one query may take"):
        engine.query(query.replace("LESS", "300000"))
    assert "LIMIT 501" in wikidata.heard[0].query


def test_so_many_at_one_time_and_no_more(release: Release) -> None:
    release_all = threading.Event()
    with stand_in() as other:
        other.fails = lambda answering, _: release_all.wait(10) and answering.from_store()
        with FederatedEngine.start(settings_for(other.address, queue=4), release) as engine:
            threads = [threading.Thread(target=engine.query, args=(QUERY.replace("?p", f"?p{i}"),)) for i in range(3)]
            for thread in threads:
                thread.start()
            try:
                deadline = time.monotonic() + 5
                while len(other.heard) < 2 and time.monotonic() < deadline:
                    time.sleep(0.02)
                time.sleep(0.2)
                with pytest.raises(BusyError) as caught:
                    engine.query(QUERY)
                assert caught.value.retry_after > 0
                assert len(engine.select("SELECT (1 AS ?one) {}")) == 1
            finally:
                release_all.set()
                for thread in threads:
                    thread.join()
            engine.query(QUERY).close()


def test_certificates_are_verified(release: Release, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert Transport().context.verify_mode is ssl.CERT_REQUIRED
    assert Transport().context.check_hostname
    if not openssl:
        pytest.skip("openssl makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([openssl, *made, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    other = StandIn()
    with HTTPServer(("127.0.0.1", 0), type("Handler", (Answering,), {"stand_in": other})) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # the client hangs up
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        address = f"https://localhost:{server.server_port}/sparql"
        try:
            with FederatedEngine.start(settings_for(address), release) as engine:
                with pytest.raises(ServiceError, match="no secure connection"):
                    engine.query(QUERY)
                assert other.heard == []
                engine._transport.context.load_verify_locations(certificate)
                assert engine.select(QUERY) == []
                assert len(other.heard) == 1
        finally:
            server.shutdown()
            thread.join()


def test_a_failure_that_is_told_comes_before_one_in_silence(engine: FederatedEngine, wikidata: StandIn) -> None:
    wikidata.fails = term('{"type":"uri","value":"http://[x/"}')
    with pytest.raises(ServiceError, match="its answer does not fit into the query"):
        engine.query(f"SELECT * {{ {CLAUSE} {CLAUSE.replace('SERVICE', 'SERVICE SILENT')} }}")


def test_requests_are_counted_by_what_came_of_them(engine: FederatedEngine, wikidata: StandIn) -> None:
    def counts() -> dict[str, float]:
        with RequestLog.start(Settings(log="off")) as log:
            families = read(Metrics(engine, log).exposition("")[0].decode())
            samples = [sample for family in families for sample in family.samples]
        named = [sample for sample in samples if sample.name == "sides_service_requests_total"]
        assert {sample.labels["endpoint"] for sample in named} <= {WIKIDATA}
        return {sample.labels["outcome"]: sample.value for sample in named}

    before = counts()
    for _ in range(2):  # the second time, the answer is kept
        engine.query(QUERY, fresh=True).close()
    wikidata.fails = body("busy", 500)
    with pytest.raises(ServiceError):
        engine.query(QUERY.replace("Q1", "Q2"), fresh=True)
    after = counts()
    assert {name: count - before.get(name, 0) for name, count in after.items() if count != before.get(name, 0)} == {
        "ok": 1,
        "service-failed": 1,
    }
