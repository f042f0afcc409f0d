"""A soak: clients that ask everything of a server while its workers are killed and its releases change."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph

from kg.ground.catalogue import Catalogue
from kg.ground.release import CURRENT, Release
from kg.ground.terms import BASE, PREFIXES
from support.server_process import ROOT, Server, target
from support.serving import COUNT, EX, PAIRS, many

CLIENTS = 16
SAVED = ("coalition-members", "relations")
HONEST = {
    (429, "too-many-queries"),
    (500, "worker-lost"),
    (503, "busy"),
    (503, "query-timeout"),
    (503, "query-memory"),
}
"""What a client may be told in place of an answer."""

QUERIES: Mapping[str, str] = {
    "point": f"SELECT ?n {{ <{EX}n7> <{EX}number> ?n }}",
    "list": f"SELECT ?a ?n {{ ?a <{EX}number> ?n }} ORDER BY ?a",
    "join": f"SELECT ?a ?c {{ ?a <{EX}next> ?b . ?b <{EX}next> ?c }} ORDER BY ?a LIMIT 50",
    "count": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "group": "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p",
    "ask": f"ASK {{ <{EX}only> ?p ?o }}",
    "regex": f"SELECT ?n {{ ?a <{EX}number> ?n FILTER(REGEX(?n, '7$')) }} ORDER BY ?n",
    "union": f"SELECT ?x {{ {{ <{EX}n1> ?p ?x }} UNION {{ <{EX}n2> ?p ?x }} }} ORDER BY STR(?x)",
    "absent": f"SELECT ?a {{ ?a <{EX}number> ?n FILTER NOT EXISTS {{ ?a <{EX}mark> ?m }} }} ORDER BY ?a",
    "minus": f"SELECT ?a {{ ?a <{EX}number> ?n MINUS {{ ?a <{EX}mark> ?m }} }} ORDER BY ?a",
    "path": f"SELECT ?b {{ <{EX}n0> <{EX}next>/<{EX}next>/<{EX}next> ?b }}",
    "volatile": f"SELECT ?n {{ <{EX}n7> <{EX}number> ?n FILTER(RAND() < 2) }}",
    "graph": f"CONSTRUCT {{ ?b <{EX}before> ?a }} WHERE {{ ?a <{EX}next> ?b }}",
    "thing": f"DESCRIBE <{EX}n7>",
}
BAD: Sequence[tuple[str, int, str]] = (
    ("SELECT * { ?s ?p }", 400, "query-syntax"),
    ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "query-refused"),
    ("INSERT DATA { <a:a> <a:b> 1 }", 403, "query-refused"),
)
LARGE = (
    f"SELECT ?a ?n ?b ?m ?c ?k {{ ?a <{EX}number> ?n . ?b <{EX}number> ?m . ?c <{EX}mark> ?k "
    f"FILTER(?c IN (<{EX}n1>, <{EX}n2>)) }}"
)
"""An answer that is streamed: some megabytes."""


def release_quads(number: int) -> str:
    """The triples of one of two releases, no answer of which is as that of the other."""
    state = "EST" if number else "ALB"
    facts = [
        f"<{PREFIXES['state']}{state}> <{PREFIXES['rdf']}type> <{PREFIXES['sides']}State> .",
        f"<{PREFIXES['state']}{state}> <{PREFIXES['sides']}memberOf> <{PREFIXES['org']}coalition-of-the-willing> .",
        *(f"<{EX}n{each}> <{EX}mark> <{EX}m{number}> ." for each in range(20 + number)),
        *([f"<{EX}only> <{EX}mark> <{EX}here> ."] if number else []),
    ]
    return many(100 + number).replace('"number', f'"release {number} number') + "\n".join(facts) + "\n"


def fingerprint(body: bytes) -> str:
    """What an answer is known by: its lines, in whatever order (a graph has none)."""
    return sha256(b"\n".join(sorted(body.splitlines()))).hexdigest()


def right_answers(release: Release) -> dict[str, str]:
    """The fingerprint of the answer to everything that is asked, evaluated in this process, by its name."""
    store = pyoxigraph.Store()
    store.bulk_load(path=str(release.data), format=pyoxigraph.RdfFormat.N_QUADS)
    catalogue = Catalogue.read(ROOT / "queries")
    texts = {**QUERIES, **{f"saved {name}": query.text for name in SAVED if (query := catalogue.get(name))}}
    texts["default graph"] = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    texts["large"] = LARGE
    found = {}
    for name, text in texts.items():
        answer = store.query(text, base_iri=BASE)
        if isinstance(answer, pyoxigraph.QueryTriples):
            content = answer.serialize(format=pyoxigraph.RdfFormat.N_TRIPLES)
        else:
            content = answer.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
        assert content is not None
        found[name] = fingerprint(content)
    return found


@dataclass(slots=True)
class Tally:
    """What came of the requests, and what the server held each second."""

    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1

    def complain(self, what: str) -> None:
        with self.lock:
            self.wrong.append(what)


class Client:
    """One client: it asks at random, by a seed, and holds each answer against what is right."""

    def __init__(self, server: Server, answers: Mapping[str, Mapping[str, str]], tally: Tally, number: int) -> None:
        self._port = server.port
        self._answers = answers
        self._tally = tally
        self._random = random.Random(number)
        self._host = f"127.0.0.{2 + number % 8}"
        self._tags: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._kinds: dict[Callable[[], None], int] = {
            self._query: 40, self._post: 12, self._again: 12, self._saved: 8, self._graph: 5, self._page: 4,
            self._bad: 6, self._slow: 2, self._leave: 4, self._large: 2, self._cut: 2, self._health: 3,
        }  # fmt: skip

    def run(self, requests: int) -> None:
        """Ask so many times."""
        kinds = self._random.choices([*self._kinds], weights=[*self._kinds.values()], k=requests)
        for kind in kinds:
            kind()
        self._close()

    def _ask(
        self, method: str, path: str, body: str | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes] | None:
        """The whole answer, None if the connection broke."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._port, timeout=60, source_address=(self._host, 0)
            )
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            return response, response.read()
        except (http.client.HTTPException, ConnectionError) as error:
            self._close()
            self._tally.count(f"broken: {type(error).__name__}")
            return None

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _hold(self, name: str, found: tuple[http.client.HTTPResponse, bytes] | None, *, streamed: bool = False) -> None:
        """Hold an answer against the right ones, that of the release in its tag if it has one."""
        if found is None:
            if not streamed:
                self._tally.complain(f"{name}: the connection broke")
            return
        response, body = found
        tag = response.headers.get("ETag", "")
        release = re.match(r'W/"([0-9a-f]+)-', tag)
        if response.status == 200:
            right = [self._answers[release[1]][name]] if release else [known[name] for known in self._answers.values()]
            if fingerprint(body) not in right:
                self._tally.complain(f"{name} {tag}: {body[:200]!r}")
            if tag:
                self._tags[name] = tag
            self._tally.count("right")
        else:
            self._refused(name, response, body)

    def _refused(self, name: str, response: http.client.HTTPResponse, body: bytes) -> None:
        try:
            code = json.loads(body)["code"]
        except ValueError:
            code = "?"
        if (response.status, code) in HONEST:
            self._tally.count(code)
        else:
            self._tally.complain(f"{name}: {response.status} {body[:300]!r}")

    def _named(self) -> tuple[str, str]:
        name = self._random.choice([*QUERIES])
        return name, "nt" if name in {"graph", "thing"} else "csv"

    def _query(self) -> None:
        name, format_ = self._named()
        self._hold(name, self._ask("GET", target(QUERIES[name], format=format_)))

    def _post(self) -> None:
        name, format_ = self._named()
        if self._random.random() < 0.5:
            body, kind = urlencode({"query": QUERIES[name]}), "application/x-www-form-urlencoded"
        else:
            body, kind = QUERIES[name], "application/sparql-query"
        self._hold(name, self._ask("POST", f"/sparql?format={format_}", body, **{"Content-Type": kind}))

    def _again(self) -> None:
        """Ask for what the client has already: 304, or the answer of another release."""
        name, format_ = self._named()
        tag = self._tags.get(name, '"none"')
        found = self._ask("GET", target(QUERIES[name], format=format_), **{"If-None-Match": tag})
        if found and found[0].status == 304:
            if found[0].headers["ETag"] != tag or found[1]:
                self._tally.complain(f"{name}: 304 for {tag} with {found[0].headers['ETag']}")
            self._tally.count("304")
        else:
            self._hold(name, found)

    def _saved(self) -> None:
        name = self._random.choice(SAVED)
        self._hold(f"saved {name}", self._ask("GET", f"/queries/{name}.csv"))

    def _graph(self) -> None:
        self._hold("default graph", self._ask("GET", "/graphs?default&format=nt"))

    def _page(self) -> None:
        path = self._random.choice(["/", "/queries", f"/queries/{SAVED[0]}", "/dumps/", "/openapi.json", "/nothing"])
        found = self._ask("GET", path, Accept="text/html")
        if found is None:
            self._tally.complain(f"{path}: the connection broke")
            return
        response, body = found
        known = any(release.encode() in body for release in self._answers)
        if response.status == (404 if path == "/nothing" else 200) and (known or path == "/openapi.json"):
            self._tally.count("page")
        elif response.status in {429, 500, 503} and re.search(
            rb"busy|too-many-queries|worker-lost|query-timeout", body
        ):
            self._tally.count("page with an error")
        else:
            self._tally.complain(f"{path}: {response.status} {body[:300]!r}")

    def _bad(self) -> None:
        query, status, code = self._random.choice(BAD)
        found = self._ask("GET", target(query))
        if found and (found[0].status, json.loads(found[1])["code"]) == (status, code):
            self._tally.count(code)
        elif found:
            self._refused(query, *found)
        else:
            self._tally.complain(f"{query}: the connection broke")

    def _slow(self) -> None:
        """A query that cannot be done in its time."""
        found = self._ask("GET", target(COUNT, timeout="0.1"))
        if found and found[0].status != 200:
            self._refused("slow", *found)
        else:
            self._tally.complain("slow: it was answered")

    def _leave(self) -> None:
        """Ask and hang up."""
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", self._port), 30) as connection:
            connection.sendall(f"GET {target(COUNT)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(self._random.random() * 0.05)
        self._tally.count("left")

    def _large(self) -> None:
        self._hold("large", self._ask("GET", target(LARGE, format="csv")), streamed=True)

    def _cut(self) -> None:
        """Begin to read a long answer and hang up."""
        broken = suppress(http.client.HTTPException, ConnectionError)
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection, broken:
            connection.request("GET", target(f"{PAIRS} LIMIT 1000000", format="csv"))
            connection.getresponse().read(1000)
        self._tally.count("cut")

    def _health(self) -> None:
        found = self._ask("GET", "/healthz")
        if found is None or found[0].status != 200:
            if found and found[0].status == 500:
                self._refused("/healthz", *found)
            else:
                self._tally.complain(f"/healthz: {found}")
        elif json.loads(found[1])["release"] not in self._answers:
            self._tally.complain(f"/healthz: {found[1]!r}")
        else:
            self._tally.count("healthy")


@contextmanager
def faults(server: Server, releases: Sequence[Release], tally: Tally) -> Iterator[None]:
    """Kill a worker every half second and now and then the template; publish another release every second."""
    stop = threading.Event()
    chance = random.Random(0)

    def harm() -> None:
        turn = 0
        while not stop.wait(0.5):
            turn += 1
            pids = server.templates() if turn % 20 == 0 else server.worker_pids()
            if pids:
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(pids), signal.SIGKILL)
                tally.count("killed")

    def publish() -> None:
        turn = 0
        while not stop.wait(1.0):
            turn += 1
            publish_release(releases[turn % len(releases)])
            tally.count("published")
            tally.held.append(held(server))

    threads = [threading.Thread(target=harm), threading.Thread(target=publish)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def publish_release(release: Release) -> None:
    """Make a release the current one, as a build does: by renaming a link."""
    folder = release.path.parent.parent
    link = folder / "soaking"
    link.symlink_to(release.path)
    link.rename(folder / CURRENT)


def soak(server: Server, releases: Sequence[Release], requests: int) -> Tally:
    """So many requests by `CLIENTS` clients, with faults; what came of them."""
    answers = {release.hash: right_answers(release) for release in releases}
    tally = Tally()
    clients = [Client(server, answers, tally, number) for number in range(CLIENTS)]
    threads = [threading.Thread(target=client.run, args=(requests // CLIENTS,)) for client in clients]
    with faults(server, releases, tally):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return tally


def held(server: Server) -> tuple[int, int]:
    """The resident memory of the server's own process in bytes, and how many descriptors it has."""
    process = Path(f"/proc/{server.process.pid}")
    found = re.search(r"VmRSS:\s+(\d+) kB", (process / "status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) * 1024, len([*(process / "fd").iterdir()])
