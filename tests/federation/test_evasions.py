"""No reach-out: whatever a query says, only endpoints on the list are asked. A listener beside them hears nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from flask.testing import FlaskClient

from kg.ground.errors import InputError, ServiceError
from kg.ground.release import Release
from kg.serve.federation import FederatedEngine
from kg.serve.federation.addresses import is_public, resolve
from kg.serve.federation.endpoints import read_endpoints
from kg.serve.web import sparql
from kg.serve.web.app import create_app
from support.federated import WIKIDATA, settings_for
from support.stand_in import Answering, StandIn


class Listener:
    """A port on every address of this machine that counts who comes."""

    def __init__(self) -> None:
        self.heard = 0
        self._stack = ExitStack()
        first = self._stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        self.port: int = first.getsockname()[1]
        sockets = [first]
        if socket.has_ipv6:
            try:
                six = socket.create_server(("::1", self.port), family=socket.AF_INET6)
                sockets.append(self._stack.enter_context(closing(six)))
            except OSError:  # a machine without IPv6
                pass
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._accept, args=(each,)) for each in sockets]
        for thread in self._threads:
            thread.start()

    def _accept(self, listening: socket.socket) -> None:
        listening.settimeout(0.02)
        while not self._stop.is_set():
            try:
                connected, _ = listening.accept()
            except TimeoutError:
                continue
            self.heard += 1
            connected.close()

    def close(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._stack.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with closing(Listener()) as listening:
        yield listening


P = "{ ?a ?b ?c }"
L = "<http://127.0.0.1:PORT/>"
W = f"<{WIKIDATA}>"

REFUSED = {
    "plain": f"SELECT * {{ SERVICE {L} {P} }}",
    "small letters": f"select * {{ service {L} {P} }}",
    "mixed case": f"SELECT * {{ SeRvIcE {L} {P} }}",
    "silent": f"SELECT * {{ SERVICE SILENT {L} {P} }}",
    "silent in small letters": f"SELECT * {{ service silent {L} {P} }}",
    "no spaces": f"SELECT*{{SERVICE{L}{P}}}",
    "silent stuck to its target": f"SELECT * {{ SERVICE SILENT{L} {P} }}",
    "silent stuck to service": f"SELECT * {{ SERVICESILENT {L} {P} }}",
    "stuck to a number": f"SELECT * {{ ?s ?p 5SERVICE{L} {P} }}",
    "stuck to a truth value": f"SELECT * {{ ?s ?p trueSERVICE{L} {P} }}",
    "stuck to a string": f"SELECT * {{ ?s ?p 'x'SERVICE{L} {P} }}",
    "stuck to a language": f"SELECT * {{ ?s ?p 'x'@en SERVICE{L} {P} }}",
    "comment between": f"SELECT * {{ SERVICE # to {W}\n {L} {P} }}",
    "comment before": f"SELECT * {{ # x\nSERVICE {L} {P} }}",
    "carriage return ends a comment": f"SELECT * {{ # x\rSERVICE {L} {P} }}",
    "behind a hash in an IRI": f"SELECT * {{ ?s <http://a/#> ?o . SERVICE {L} {P} }}",
    "behind a hash in a string": f"SELECT * {{ ?s ?p '#' . SERVICE {L} {P} }}",
    "behind an escaped hash in a name": f"PREFIX e: <http://e/> SELECT * {{ ?s e:a\\# ?o . SERVICE {L} {P} }}",
    "behind an escaped quote": f"SELECT * {{ ?s ?p '\\'' . SERVICE {L} {P} # ' }}\n }}",
    "behind a long string": f"SELECT * {{ ?s ?p '''it's''' . SERVICE {L} {P} }}",
    "escaped letter": f"SELECT * {{ S\\u0045RVICE {L} {P} }}",
    "long escape": f"SELECT * {{ \\U00000053ERVICE {L} {P} }}",
    "escape in the target": "SELECT * { SERVICE <http://127.0.0.1:PORT\\u002F> { ?a ?b ?c } }",
    "escaped host in the target": "SELECT * { SERVICE <http://127\\u002E0.0.1:PORT/> { ?a ?b ?c } }",
    "prefix": f"PREFIX x: {L} SELECT * {{ SERVICE x: {P} }}",
    "prefix with a local part": f"PREFIX x: {L} SELECT * {{ SERVICE x:sparql {P} }}",
    "empty prefix": f"PREFIX : {L} SELECT * {{ SERVICE : {P} }}",
    "empty prefix stuck to service": f"PREFIX : {L} SELECT * {{ SERVICE:x {P} }}",
    "prefix stuck to service": f"PREFIX a: {L} SELECT * {{ SERVICEa:x {P} }}",
    "prefix named service": f"PREFIX service: {L} SELECT * {{ SERVICE service:x {P} }}",
    "prefix declared twice": f"PREFIX w: {W} PREFIX w: {L} SELECT * {{ SERVICE w: {P} }}",
    "prefix with an escape": "PREFIX w: <http://127.0.0.1:PORT\\u002F> SELECT * { SERVICE w:x { ?a ?b ?c } }",
    "name with an escape": f"PREFIX w: {L} SELECT * {{ SERVICE w:a\\-b {P} }}",
    "base": f"BASE {L} SELECT * {{ SERVICE <sparql> {P} }}",
    "empty target on a base": f"BASE {L} SELECT * {{ SERVICE <> {P} }}",
    "base, then prefix": f"BASE {L} PREFIX x: <y> SELECT * {{ SERVICE x:z {P} }}",
    "no scheme": f"BASE <https://query.wikidata.org/> SELECT * {{ SERVICE <//127.0.0.1:PORT/> {P} }}",
    "within an allowed one": f"SELECT * {{ SERVICE {W} {{ ?s ?p ?o SERVICE {L} {P} }} }}",
    "within an allowed one, hidden": f"SELECT * {{ SERVICE {W} {{ ?s ?p ?o S\\u0045RVICE {L} {P} }} }}",
    "allowed within itself": f"SELECT * {{ SERVICE {W} {{ SERVICE {W} {P} }} }}",
    "behind an allowed one": f"SELECT * {{ SERVICE {W} {P} SERVICE {L} {P} }}",
    "behind an allowed one that closes early": f"SELECT * {{ SERVICE {W} {{ }} }} SERVICE {L} {P}",
    "variable": f"SELECT * {{ BIND({L} AS ?x) SERVICE ?x {P} }}",
    "variable with a dollar": f"SELECT * {{ BIND({L} AS ?x) SERVICE $x {P} }}",
    "variable of values": f"SELECT * {{ VALUES ?x {{ {L} }} SERVICE ?x {P} }}",
    "variable of an allowed one": f"SELECT * {{ VALUES ?x {{ {W} {L} }} SERVICE SILENT ?x {P} }}",
    "values behind the query": f"SELECT * {{ SERVICE ?x {P} }} VALUES ?x {{ {L} }}",
    "sub-select": f"SELECT * {{ {{ SELECT ?a {{ SERVICE {L} {P} }} }} }}",
    "optional": f"SELECT * {{ OPTIONAL {{ SERVICE {L} {P} }} }}",
    "union": f"SELECT * {{ {{ ?s ?p ?o }} UNION {{ SERVICE {L} {P} }} }}",
    "minus": f"SELECT * {{ ?a ?b ?c MINUS {{ SERVICE {L} {P} }} }}",
    "graph": f"SELECT * {{ GRAPH ?g {{ SERVICE {L} {P} }} }}",
    "exists": f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {L} {P} }} }}",
    "not exists": f"SELECT * {{ ?s ?p ?o FILTER NOT EXISTS {{ SERVICE {L} {P} }} }}",
    "exists in a projection": f"SELECT (EXISTS {{ SERVICE {L} {P} }} AS ?x) {{}}",
    "exists in having": f"SELECT ?s {{ ?s ?p ?o }} GROUP BY ?s HAVING (EXISTS {{ SERVICE {L} {P} }})",
    "exists in an order": f"SELECT ?s {{ ?s ?p ?o }} ORDER BY (EXISTS {{ SERVICE {L} {P} }})",
    "exists in bind": f"SELECT * {{ BIND(EXISTS {{ SERVICE {L} {P} }} AS ?x) }}",
    "ask": f"ASK {{ SERVICE {L} {P} }}",
    "construct": f"CONSTRUCT {P} WHERE {{ SERVICE {L} {P} }}",
    "describe": f"DESCRIBE ?a {{ SERVICE {L} {P} }}",
    "allowed address with a fragment": f"SELECT * {{ SERVICE <{WIKIDATA}#x> {P} }}",
    "allowed address with a user": f"SELECT * {{ SERVICE <https://query.wikidata.org@127.0.0.1:PORT/sparql> {P} }}",
    "allowed address as a beginning": f"SELECT * {{ SERVICE <{WIKIDATA}.127.0.0.1.nip.io/> {P} }}",
    "allowed address with dots": f"SELECT * {{ SERVICE <https://query.wikidata.org/../sparql> {P} }}",
    "the alias itself": "SELECT * { SERVICE <http://127.0.0.1:MIRROR/sparql> { ?a ?b ?c } }",
    "decimal": f"SELECT * {{ SERVICE <http://2130706433:PORT/> {P} }}",
    "hexadecimal": f"SELECT * {{ SERVICE <http://0x7f000001:PORT/> {P} }}",
    "octal": f"SELECT * {{ SERVICE <http://0177.0.0.1:PORT/> {P} }}",
    "short form": f"SELECT * {{ SERVICE <http://127.1:PORT/> {P} }}",
    "this host": f"SELECT * {{ SERVICE <http://0.0.0.0:PORT/> {P} }}",
    "IPv6": f"SELECT * {{ SERVICE <http://[::1]:PORT/> {P} }}",
    "IPv4 in IPv6": f"SELECT * {{ SERVICE <http://[::ffff:127.0.0.1]:PORT/> {P} }}",
    "a name": f"SELECT * {{ SERVICE <http://localhost:PORT/> {P} }}",
    "another scheme": f"SELECT * {{ SERVICE <file:///etc/passwd> {P} }}",
    "a long text": f"SELECT * {{ SERVICE {L} {P} }} #{'x' * 70_000}",
    "a long text with an allowed one": f"SELECT * {{ SERVICE {W} {P} SERVICE {L} {P} }} #{'x' * 70_000}",
    "a byte order mark": f"\ufeffSELECT * {{ SERVICE {L} {P} }}",
    "an annotation": f"SELECT * {{ ?s ?p ?o {{| ?q ?r |}} SERVICE {L} {P} }}",
    "a triple term": f"SELECT * {{ <<( ?s ?p ?o )>> ?q ?r SERVICE {L} {P} }}",
    "update": f"INSERT {{ ?a ?b ?c }} WHERE {{ SERVICE {L} {P} }}",
    "load": f"LOAD {L}",
}
"""Ways around the guard. None may reach the listener."""

ANSWERED = {
    "string": "SELECT ('SERVICE <http://127.0.0.1:PORT/> {}' AS ?x) {}",
    "long string": 'SELECT ("""a "quoted" SERVICE <http://127.0.0.1:PORT/> {}""" AS ?x) {}',
    "escaped string": "SELECT ('\\u0053ERVICE <http://127.0.0.1:PORT/> {}' AS ?x) {}",
    "comment": "SELECT (1 AS ?x) {} # SERVICE <http://127.0.0.1:PORT/> {}",
    "IRI": "SELECT (<http://127.0.0.1:PORT/SERVICE> AS ?x) {}",
    "variable": "SELECT ?service { BIND(1 AS ?service) }",
    "prefix": "PREFIX service: <http://127.0.0.1:PORT/> SELECT (service:x AS ?x) {}",
    "local name": "PREFIX a: <http://127.0.0.1:PORT/> SELECT (a:SERVICE AS ?x) {}",
    "language": "SELECT ('x'@service AS ?x) {}",
    "blank node": "SELECT (COUNT(*) AS ?x) { ?s ?p _:SERVICE }",
    "from": "SELECT (COUNT(*) AS ?x) FROM <http://127.0.0.1:PORT/> { ?s ?p ?o }",
    "graph": "SELECT (COUNT(*) AS ?x) { GRAPH <http://127.0.0.1:PORT/> { ?s ?p ?o } }",
}
"""Queries that merely have the word, or the address. They are answered, and reach nobody either."""


@pytest.fixture
def client(engine: FederatedEngine) -> FlaskClient:
    return create_app(engine.settings, engine, [sparql.blueprint]).test_client()


def asked(text: str, listener: Listener, mirror: StandIn) -> str:
    return text.replace("PORT", str(listener.port)).replace("MIRROR", str(mirror.port))


def test_there_are_forty_ways_and_more() -> None:
    assert len(REFUSED) >= 40


@pytest.mark.parametrize("way", REFUSED)
def test_nobody_hears_of_what_is_refused(way: str, client: FlaskClient, listener: Listener, wikidata: StandIn) -> None:
    reply = client.post("/sparql", data={"query": asked(REFUSED[way], listener, wikidata)})
    assert (reply.status_code, reply.json["code"]) == (403, "query-refused")  # type: ignore[index]
    assert "is not offered" not in reply.json["detail"]  # type: ignore[index]
    assert listener.heard == 0
    assert wikidata.heard == []


@pytest.mark.parametrize("way", sorted(ANSWERED))
def test_the_word_alone_is_no_call(way: str, client: FlaskClient, listener: Listener, wikidata: StandIn) -> None:
    reply = client.get("/sparql", query_string={"query": asked(ANSWERED[way], listener, wikidata)})
    assert reply.status_code == 200
    assert len(reply.json["results"]["bindings"]) == 1  # type: ignore[index]
    assert listener.heard == 0
    assert wikidata.heard == []


def test_the_refusal_names_what_is_allowed(client: FlaskClient) -> None:
    reply = client.get("/sparql", query_string={"query": f"SELECT *\n{{ SERVICE <http://a/> {P} }}"})
    assert reply.status_code == 403
    assert reply.json["expected"] == f"SERVICE with one of <{WIKIDATA}>"  # type: ignore[index]
    assert reply.json["detail"] == (  # type: ignore[index]
        "line 2, column 11: the query asks <http://a/>, which this server does not"
    )


def test_a_query_has_twenty_clauses_at_most(client: FlaskClient, wikidata: StandIn) -> None:
    clause = f"SERVICE <{WIKIDATA}> {{ ?a <http://nothing/> ?b }} "
    reply = client.get("/sparql", query_string={"query": f"SELECT * {{ {clause * 21} }}"})
    assert (reply.status_code, wikidata.heard) == (403, [])
    assert "more than 20 SERVICE clauses" in reply.json["detail"]  # type: ignore[index]
    assert client.get("/sparql", query_string={"query": f"SELECT * {{ {clause * 20} }}"}).status_code == 200


def test_the_label_service_of_wikidata_is_not_needed(client: FlaskClient) -> None:
    labels = "SERVICE <http://wikiba.se/ontology#label> { ?x ?y 'en' }"
    query = f"SELECT ?itemLabel {{ SERVICE <{WIKIDATA}> {{ ?item ?p ?o {labels} }} }}"
    reply = client.get("/sparql", query_string={"query": query})
    assert reply.status_code == 403
    assert "label> ?itemLabel" in reply.json["hint"]  # type: ignore[index]


def test_other_ways_to_write_an_allowed_endpoint_work(client: FlaskClient, wikidata: StandIn) -> None:
    for head in (
        f"PREFIX w: <{WIKIDATA}> SELECT * {{ SERVICE w: ",
        "PREFIX w: <https://query.wikidata.org/> SELECT * { service silent w:sparql # here\n",
        "SELECT * { SERVICE <https://query.wikidata.org\\u002Fsparql> ",
    ):
        text = f"{head} {{ <http://www.wikidata.org/entity/Q1> ?p ?o FILTER(LANG(?o) = 'en') }} }}"
        reply = client.get("/sparql", query_string={"query": text})
        assert reply.status_code == 200
        assert len(reply.json["results"]["bindings"]) == 1  # type: ignore[index]
    assert len({each.query for each in wikidata.heard}) == 1


# Endpoints that are listed, but lie in a private network


@contextmanager
def asking(services: str, release: Release) -> Iterator[FederatedEngine]:
    with FederatedEngine.start(settings_for("", services=services), release) as engine:
        yield engine


PRIVATE = (
    "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/", "http://0x7f.1:PORT/",
    "http://0177.0.0.1:PORT/", "http://0.0.0.0:PORT/", "http://[::1]:PORT/", "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/", "http://[0:0:0:0:0:0:0:1]:PORT/", "http://[::]:PORT/", "http://localhost:PORT/",
    "http://LOCALHOST:PORT/", "http://localhost.:PORT/", "http://internal.example:PORT/", "http://both.example:PORT/",
)  # fmt: skip


def names(host: str, *given: object, **more: object) -> list[tuple[object, ...]]:
    """The names of these tests: one of a private address, and one that has a public address too."""
    found = {"internal.example": ["10.1.2.3"], "both.example": ["93.184.216.34", "127.0.0.1"]}
    if host not in found:
        return REAL(host, *given, **more)  # type: ignore[arg-type, return-value]
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in found[host]]


REAL = socket.getaddrinfo


def test_a_listed_endpoint_in_a_private_network_is_not_asked(
    release: Release, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", names)
    listed = [each.replace("PORT", str(listener.port)) for each in PRIVATE]
    with asking(",".join(listed), release) as engine:
        for address in listed:
            with pytest.raises(ServiceError, match="it cannot be asked"):
                engine.query(f"SELECT * {{ SERVICE <{address}> {P} }}")
            assert listener.heard == 0, address


def test_an_alias_may_be_private_and_then_the_listener_hears(release: Release) -> None:
    with closing(Listener()) as listening:
        address = f"http://127.0.0.1:{listening.port}/"
        with asking(f"{address}={address}", release) as engine, pytest.raises(ServiceError, match="cannot be asked"):
            engine.query(f"SELECT * {{ SERVICE <{address}> {P} }}")
        assert listening.heard == 1


def test_the_connection_goes_to_the_address_that_was_checked(
    release: Release, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is checked and private when it is used: it is looked up once."""
    answers = iter(["93.184.216.34", "127.0.0.1", "127.0.0.1"])
    connected = []

    def rebinding(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 80))]

    def connect(address: tuple[str, int], **_: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", connect)
    with asking(f"http://rebinding.example:{listener.port}/", release) as engine, pytest.raises(ServiceError):
        engine.query(f"SELECT * {{ SERVICE <http://rebinding.example:{listener.port}/> {P} }}")
    assert connected == [("93.184.216.34", listener.port)]
    assert listener.heard == 0


def test_an_address_that_cannot_be_reached_gives_way_to_the_next(
    engine: FederatedEngine, wikidata: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def both(_host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    connect = socket.create_connection
    tried = []

    def watched(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address[0])
        with monkeypatch.context() as plain:
            plain.setattr(socket, "getaddrinfo", REAL)
            return connect(address, timeout=timeout)

    monkeypatch.setattr(socket, "create_connection", watched)
    assert (
        len(engine.select(f"SELECT * {{ SERVICE <{WIKIDATA}> {{ <http://www.wikidata.org/entity/Q9> ?p ?o }} }}")) == 6
    )
    assert tried == ["127.0.0.2", "127.0.0.1"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:PORT/", "//127.0.0.1:PORT/", "http://localhost:PORT/", "http://[::1]:PORT/",
        "http://2130706433:PORT/", "http://user@127.0.0.1:PORT/", "ftp://127.0.0.1:PORT/", "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/", "https://127.0.0.1:PORT/", "javascript:alert(1)", "http://127.0.0.1:99999/",
    ],
)  # fmt: skip
def test_no_redirect_leads_to_a_private_address(
    status: int, target: str, engine: FederatedEngine, wikidata: StandIn, listener: Listener
) -> None:
    target = target.replace("PORT", str(listener.port))
    wikidata.fails = lambda answering, _: answering.reply(status, headers={"Location": target})
    with pytest.raises(ServiceError, match=r"redirects to|private network"):
        engine.query(f"SELECT * {{ SERVICE <{WIKIDATA}> {P} }}")
    assert listener.heard == 0
    assert len(wikidata.heard) == 1


def test_two_redirects_are_followed_and_no_third(engine: FederatedEngine, wikidata: StandIn) -> None:
    def moved(answering: Answering, number: int) -> None:
        if number <= redirects:
            answering.reply(302, headers={"Location": f"/moved{number}?{answering.path.partition('?')[2]}"})
        else:
            answering.from_store()

    wikidata.fails = moved
    query = f"SELECT * {{ SERVICE <{WIKIDATA}> {{ <http://www.wikidata.org/entity/Q1> ?p ?o }} }}"
    redirects = 2
    assert len(engine.select(query)) == 6
    assert [each.path for each in wikidata.heard] == ["/sparql", "/moved1", "/moved2"]
    wikidata.heard.clear()
    redirects = 3
    with pytest.raises(ServiceError, match="it redirects more than 2 times"):
        engine.query(query.replace("?o }", "?other }"))
    assert len(wikidata.heard) == 3


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.0.0.1", False), ("172.16.0.1", False),
        ("192.168.1.1", False), ("100.64.0.1", False), ("169.254.169.254", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("0.0.0.0", False), ("192.0.2.1", False), ("::", False), ("::1", False),
        ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False),
        ("::127.0.0.1", False), ("2002:7f00:1::", False), ("64:ff9b::7f00:1", False), ("64:ff9b::5db8:d822", False),
        ("2001:db8::1", False), ("not an address", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        go.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(TimeoutError, match="was not found in time"):
        resolve("slow.example", 80, private=False, seconds=0.05)
    go.set()


@pytest.mark.parametrize(
    "setting",
    [
        "wikidata",
        "ftp://a/",
        "https://",
        "https://a/=http://",
        "http://u:p@a/",
        "http://a/#x",
        "http://a b/",
        "http://a:0/",
        "http://[x/",
    ],
)
def test_settings_that_are_no_endpoints(setting: str) -> None:
    with pytest.raises(InputError, match="SIDES_SERVICES has"):
        read_endpoints(f"https://good.example/sparql,{setting}")


def test_without_the_setting_nothing_is_asked(release: Release, listener: Listener) -> None:
    with asking("", release) as engine:
        client = create_app(engine.settings, engine, [sparql.blueprint]).test_client()
        reply = client.get("/sparql", query_string={"query": f"SELECT * {{ SERVICE <{WIKIDATA}> {P} }}"})
    assert (reply.status_code, reply.json["code"]) == (403, "query-refused")  # type: ignore[index]
    assert "federation is not offered" in reply.json["detail"]  # type: ignore[index]
