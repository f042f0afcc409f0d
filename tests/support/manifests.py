"""Manifests of protocol tests in the form of the W3C (``mf:``, ``ht:``, ``cnt:``), and how their requests are run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pyoxigraph as ox
from flask.testing import FlaskClient
from werkzeug.http import parse_options_header
from werkzeug.test import TestResponse

from kg.ground.terms import GRAPHS

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
OWN = "urn:x-sides:protocol-test#"
"""What the manifests of this project say beside the words of the W3C: ``holds``, ``code``."""

STATUSES = {re.sub(r"\W", "", status.phrase.title()): status.value for status in HTTPStatus} | {
    "OK": 200,
    "RequestEntityTooLarge": 413,
}
RDF_TYPES = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json", "application/trig"}
"""What a graph may come as, where a test says only that it be RDF."""
TABLES = {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"}


@dataclass(frozen=True)
class Content:
    """A body, and the header fields that stand above it."""

    headers: dict[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Exchange:
    """One request, and what its answer must be; what is None is free."""

    method: str
    path: str
    sent: Content
    statuses: tuple[str, ...]
    answer: Content
    boolean: bool | None = None
    form: str | None = None
    location: str | None = None
    holds: str | None = None
    code: str | None = None

    def allows(self, status: int) -> bool:
        """Whether a status is among the expected: one of its own, or its class (``StatusCode2xx``)."""
        classes = {f"StatusCode{status // 100}xx"}
        return any(name in classes or STATUSES.get(name) == status for name in self.statuses)

    @property
    def writes(self) -> bool:
        """Whether it is meant to change the graph store, and expected to."""
        return self.method in {"PUT", "POST", "DELETE", "PATCH"} and any(map(self.allows, (200, 201, 204)))


@dataclass(frozen=True)
class Case:
    """A test: its IRI, its type (``ProtocolTest``, …), the data it runs on, its requests in their order."""

    iri: str
    kind: str
    data: tuple[tuple[str | None, Path], ...]
    exchanges: tuple[Exchange, ...]

    @property
    def name(self) -> str:
        """The last part of the IRI."""
        return self.iri.rpartition("#")[2]

    def store(self) -> ox.Store:
        """The graph store as the test expects it at first."""
        store = ox.Store()
        for graph, path in self.data:
            place = ox.NamedNode(graph) if graph else None
            store.load(path=str(path), base_iri=path.as_uri(), to_graph=place) if place else store.load(path=str(path))
        return store


class _Reader:
    """A manifest as nodes with properties."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self.base = path.as_uri()
        self.store = ox.Store()
        self.store.load(path=str(path), base_iri=self.base)

    def values(self, node: ox.NamedNode | ox.BlankNode, name: str) -> list[ox.NamedNode | ox.BlankNode | ox.Literal]:
        return [quad.object for quad in self.store.quads_for_pattern(node, ox.NamedNode(name), None, None)]  # type: ignore[misc]

    def value(self, node: ox.NamedNode | ox.BlankNode, name: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
        return next(iter(self.values(node, name)), None)

    def text(self, node: ox.NamedNode | ox.BlankNode, name: str) -> str | None:
        found = self.value(node, name)
        return None if found is None else found.value

    def list(self, node: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> Iterator[ox.NamedNode | ox.BlankNode]:
        while node is not None and node.value != RDF + "nil":
            assert not isinstance(node, ox.Literal)
            (first,) = self.values(node, RDF + "first")
            assert not isinstance(first, ox.Literal)
            yield first
            node = self.value(node, RDF + "rest")

    def file(self, node: ox.NamedNode | ox.BlankNode | ox.Literal) -> Path:
        return Path(unquote(urlsplit(node.value).path))


def read_manifest(path: Path) -> Iterator[Case]:
    """The tests of a manifest and of those that it includes, in their order."""
    reader = _Reader(path)
    manifest = ox.NamedNode(reader.base)
    for included in reader.list(reader.value(manifest, MF + "include")):
        yield from read_manifest(reader.file(included))
    for entry in reader.list(reader.value(manifest, MF + "entries")):
        assert isinstance(entry, ox.NamedNode)
        kind = (reader.text(entry, RDF + "type") or "").removeprefix(MF)
        action = reader.value(entry, MF + "action")
        requests = [] if action is None else reader.list(reader.value(action, HT + "requests"))  # type: ignore[arg-type]
        yield Case(entry.value, kind, tuple(_data(reader, entry)), tuple(_exchange(reader, each) for each in requests))


def _data(reader: _Reader, entry: ox.NamedNode) -> Iterator[tuple[str | None, Path]]:
    for file in reader.values(entry, UT + "data"):
        yield None, reader.file(file)
    for node in reader.values(entry, UT + "graphData"):
        assert isinstance(node, ox.BlankNode)
        (file,) = reader.values(node, UT + "graph")
        yield reader.text(node, LABEL), reader.file(file)


def _exchange(reader: _Reader, node: ox.NamedNode | ox.BlankNode) -> Exchange:
    response = reader.value(node, HT + "resp")
    assert isinstance(response, ox.BlankNode)
    boolean = reader.text(response, MF + "expectedBoolean")
    return Exchange(
        method=reader.text(node, HT + "methodName") or "GET",
        path=reader.text(node, HT + "absolutePath") or "",
        sent=_content(reader, node),
        statuses=tuple(status.value.rpartition("#")[2] for status in reader.values(response, MF + "expectedStatus")),
        answer=_content(reader, response),
        boolean=None if boolean is None else boolean == "true",
        form=reader.text(response, MF + "expectedFormat"),
        location=reader.text(response, MF + "expectedLocation"),
        holds=reader.text(response, OWN + "holds"),
        code=reader.text(response, OWN + "code"),
    )


def _content(reader: _Reader, node: ox.NamedNode | ox.BlankNode) -> Content:
    headers = {
        (reader.text(field, HT + "fieldName") or "").lower(): reader.text(field, HT + "fieldValue") or ""
        for field in reader.list(reader.value(node, HT + "headers"))
    }
    body = reader.value(node, HT + "body")
    if body is None:
        return Content(headers, None)
    assert isinstance(body, ox.BlankNode)
    encoding = reader.text(body, CNT + "characterEncoding") or "UTF-8"
    return Content(headers, (reader.text(body, CNT + "chars") or "").encode(encoding))


class GraphStore:
    """The graph store of a test of the Graph Store Protocol, which the runner changes in the server's stead."""

    def __init__(self, store: ox.Store) -> None:
        self.store = store
        self._minted = 0

    def write(self, exchange: Exchange, path: str) -> str | None:
        """Do what a request would have done: the IRI of the graph, if it is a new one that the server names."""
        target, minted = self._target(path)
        if exchange.method in {"PUT", "DELETE"}:
            self.store.clear_graph(target)
        for content_type, body in _parts(exchange.sent):
            rdf = ox.RdfFormat.from_media_type(parse_options_header(content_type)[0])
            base = target.value if isinstance(target, ox.NamedNode) else None
            self.store.load(body, format=rdf, base_iri=base, to_graph=target)
        return minted

    def _target(self, path: str) -> tuple[ox.NamedNode | ox.DefaultGraph, str | None]:
        address = urlsplit(path)
        given = dict(parse_qsl(address.query, keep_blank_values=True))
        below = address.path.removeprefix("/graphs").strip("/")
        if "default" in given:
            return ox.DefaultGraph(), None
        if "graph" in given:
            return ox.NamedNode(given["graph"]), None
        if below:
            return ox.NamedNode(GRAPHS + below), None
        self._minted += 1
        name = f"{GRAPHS}minted/{self._minted}"
        return ox.NamedNode(name), name

    def quads(self) -> str:
        """All that it holds, as N-Quads."""
        written = ox.serialize(self.store, format=ox.RdfFormat.N_QUADS)
        assert written is not None
        return written.decode()


def _parts(content: Content) -> Iterator[tuple[str, bytes]]:
    """The documents in a body: several in a form with files, else one."""
    kind = content.headers.get("content-type", "")
    if content.body is None:
        return
    if not kind.startswith("multipart/"):
        yield kind, content.body
        return
    for part in message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + content.body).walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield part["Content-Type"], payload


def send(client: FlaskClient, exchange: Exchange, path: str) -> TestResponse:
    """The answer to a request, with the header fields that it names and no other."""
    return client.open(path, method=exchange.method, data=exchange.sent.body, headers={**exchange.sent.headers})


def here(path: str, known: dict[str, str]) -> str:
    """A path of a manifest as it stands at this server, with what earlier answers told filled in."""
    for name, value in known.items():
        path = path.replace(name, quote(value, safe=""))
    return re.sub(r"^/gsp(?=[/?]|$)", "/graphs", path)


def complaints(exchange: Exchange, response: TestResponse) -> Iterator[str]:
    """What is wrong with an answer."""
    if not exchange.allows(response.status_code):
        yield f"the status is {response.status_code}, not {' or '.join(exchange.statuses)}: {response.text[:300]}"
        return
    for name, wanted in exchange.answer.headers.items():
        if not _carries(response.headers.get(name), wanted, whole=name == "content-type"):
            yield f"{name} is {response.headers.get(name)!r}, not {wanted!r}"
    if exchange.code is not None and json.loads(response.text)["code"] != exchange.code:
        yield f"the problem is {response.text}"
    if exchange.boolean is not None and _boolean(response) != exchange.boolean:
        yield f"the answer is {response.text}"
    if exchange.form is not None and response.mimetype not in _types(exchange.form):
        yield f"{response.mimetype} is not {exchange.form}"
    if exchange.holds is not None and not _holds(response, exchange.holds):
        yield f"it does not hold that {exchange.holds} in {response.text}"
    if exchange.answer.body is not None and not _same(response, exchange.answer.body):
        yield f"the answer is {response.text}"


def _carries(value: str | None, wanted: str, *, whole: bool) -> bool:
    """Whether a header field has each member that is wanted; an empty wish is that it be not there."""
    if not wanted or value is None:
        return not wanted and value is None
    if whole:
        return parse_options_header(value) == parse_options_header(wanted)
    members = {member.strip().lower() for member in value.split(",")}
    return {member.strip().lower() for member in wanted.split(",")} <= members


def _types(form: str) -> set[str]:
    return {"boolean": TABLES, "tabular": TABLES, "RDF": RDF_TYPES}[form]


def _boolean(response: TestResponse) -> bool | None:
    answer = ox.parse_query_results(response.data, format=ox.QueryResultsFormat.from_media_type(response.mimetype))
    return bool(answer) if isinstance(answer, ox.QueryBoolean) else None


def store_of(quads: Iterable[ox.Quad]) -> ox.Store:
    """A store that holds some quads."""
    store = ox.Store()
    store.extend(quads)
    return store


def _triples(content: bytes, media_type: str) -> ox.Dataset:
    rdf = ox.RdfFormat.from_media_type(media_type)
    dataset = ox.Dataset(ox.parse(content, rdf))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return dataset


def _holds(response: TestResponse, query: str) -> bool:
    return bool(store_of(_triples(response.data, response.mimetype)).query(query))


def _same(response: TestResponse, wanted: bytes) -> bool:
    """Whether two bodies of one type say the same."""
    kind = response.mimetype
    if not wanted:
        return not response.data
    if kind in RDF_TYPES:
        return bool(_triples(response.data, kind) == _triples(wanted, kind))
    if kind.endswith("json"):
        return bool(json.loads(response.data) == json.loads(wanted))
    if kind == "text/csv":
        found, expected = (list(csv.reader(io.StringIO(text.decode()))) for text in (response.data, wanted))
        return found == expected
    return response.data.split() == wanted.split()
