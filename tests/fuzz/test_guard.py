"""Queries made from the grammar and then damaged: what the guard passes calls nobody, however the engine reads it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ground.errors import QueryRefusedError
from kg.serve.federation.clauses import find_clauses, stood_in
from kg.serve.federation.endpoints import read_endpoints
from kg.serve.guard import check

TIMES = int(os.environ.get("SIDES_FUZZ", "1"))


class Listener:
    """A place that must hear nothing. Who calls is noted, and then sent away."""

    def __init__(self, listening: socket.socket) -> None:
        self._socket = listening
        self._calls = 0
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}/"

    def listen(self) -> None:
        """Listen until the socket is shut."""
        with suppress(OSError):
            while True:
                caller, _ = self._socket.accept()
                self._calls += 1
                caller.close()

    def heard(self) -> bool:
        """Whether somebody has called since the last time."""
        calls, self._calls = self._calls, 0
        return calls > 0


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listener = Listener(taken)
        thread = Thread(target=listener.listen)
        thread.start()
        yield listener
        taken.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.fixture(scope="module")
def store() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.load(b"<a:s> <a:p> 5, 1e5, true, 'SERVICE', <a:s> . <a:s> <a:SERVICE> <a:o> .", pyoxigraph.RdfFormat.TURTLE)
    return store


keyword = st.sampled_from(["SERVICE", "service", "Service", "S\\u0045RVICE", "\\U00000053ERVICE", "SERVICE SILENT"])
gap = st.sampled_from(["", " ", "\n", "\t", "#c\n", "# SERVICE\n", "\r", " # '\n", "\u00a0", "\ufeff", "\f"])
target = st.sampled_from(["<HERE>", ":x", "h:", "h:x", "?e", "$e", "HERE", "<HERE/\\u0041>", "<#x>", "h:%41"])
term = st.sampled_from(
    [
        "?s",
        "?p",
        "?o",
        "<a:s>",
        "<a:p>",
        "a",
        "5",
        "1e5",
        "-1",
        "true",
        "'SERVICE'",
        "'''it's'''",
        '"\\""',
        "_:b",
        "h:x",
        ":SERVICE",
        "h:a\\#b",
        "h:a\ufeff\\#b",
        "h:\u200d\\'",
        "h:x\U000e0100\\#",
        "'x'@en",
        "'x'@SERVICE",
        "'1'^^<a:t>",
        "[]",
        "()",
        "<< <a:s> <a:p> 5 >>",
    ]
)
triple = st.lists(term, min_size=2, max_size=4).map(" ".join)
call = st.builds("{}{}{}{}{{ {} }}".format, keyword, gap, target, gap, triple)


def groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Patterns around patterns."""
    wrapped = st.sampled_from(
        [
            "{{ {} }}",
            "OPTIONAL {{ {} }}",
            "GRAPH ?g {{ {} }}",
            "FILTER EXISTS {{ {} }}",
            "FILTER NOT EXISTS {{ {} }}",
            "MINUS {{ {} }}",
            "{{ SELECT * {{ {} }} }}",
            "{{ {} }} UNION {{ }}",
            "BIND(EXISTS {{ {} }} AS ?b)",
            "VALUES ?e {{ <HERE> }} {}",
            "BIND(<HERE> AS ?e) {}",
            "GRAPH <SERVICE> {{ {} }}",
            "{{ SELECT ?s {{ {} }} LIMIT 1 }}",
        ]
    )
    return st.builds(lambda frame, inside: frame.format(inside), wrapped, inner) | st.lists(
        inner, min_size=1, max_size=3
    ).map(" . ".join)


pattern = st.recursive(triple | call, groups, max_leaves=4)
prologue = st.sampled_from(
    ["", "BASE <HERE>", "PREFIX : <HERE> PREFIX h: <HERE>", "PREFIX h:<HERE>#x\nPREFIX :<HERE>", "VERSION '1.2' "]
)
form = st.sampled_from(
    ["SELECT * {{ {} }}", "ASK {{ {} }}", "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {} }}", "DESCRIBE ?s {{ {} }}"]
)
query = st.builds(lambda head, frame, inside: f"{head} {frame.format(inside)}", prologue, form, pattern)
damage = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 3),
        st.sampled_from(
            ["", " ", "#", "'", '"', "'''", "\\", "<", ">", "{", "}", "SERVICE", ".", "\n", ":", "_", "5", "\0", "é"]
        ),
    ),
    max_size=3,
)


def damaged(text: str, places: list[tuple[float, int, str]]) -> str:
    """The text with something else in the place of a few characters, here and there."""
    for place, length, other in places:
        start = int(place * len(text))
        text = text[:start] + other + text[start + length :]
    return text


def ask(store: pyoxigraph.Store, text: str) -> None:
    """Have the engine answer, up to some rows; that it may not be a query does not matter."""
    with suppress(SyntaxError, RuntimeError, ValueError, OSError):
        answer = store.query(text)
        if not isinstance(answer, pyoxigraph.QueryBoolean):
            for _ in zip(answer, range(50), strict=False):
                pass


@settings(max_examples=1500 * TIMES, deadline=None)
@given(query, damage)
def test_what_passes_is_heard_by_nobody(
    listener: Listener, store: pyoxigraph.Store, text: str, places: list[tuple[float, int, str]]
) -> None:
    text = damaged(text.replace("HERE", listener.address), places)
    try:
        check(text)
    except QueryRefusedError:
        return
    ask(store, text)
    assert not listener.heard(), text


@settings(max_examples=700 * TIMES, deadline=None)
@given(query, st.booleans(), damage)
def test_what_stands_in_for_a_clause_is_heard_by_nobody(
    listener: Listener, store: pyoxigraph.Store, text: str, plain: bool, places: list[tuple[float, int, str]]
) -> None:
    """Where an endpoint may be asked, it is not asked by the engine: what is left of the query has no clause."""
    allowed = f"{listener.address}ok"
    text = text.replace("<HERE>", f"<{allowed}>" if plain else "<HERE>").replace("HERE", listener.address)
    text = damaged(text, places)
    try:
        readable = stood_in(text, find_clauses(text, read_endpoints(allowed)))
        check(readable)
    except QueryRefusedError:
        return
    ask(store, readable)
    assert not listener.heard(), text


def test_the_listener_would_hear(listener: Listener, store: pyoxigraph.Store) -> None:
    """What the guard refuses does call: the test above cannot pass on deafness."""
    text = f"SELECT * {{ SERVICE <{listener.address}> {{ ?s ?p ?o }} }}"
    with pytest.raises(QueryRefusedError):
        check(text)
    with suppress(OSError, RuntimeError):
        list(store.query(text))  # type: ignore[arg-type]
    assert listener.heard()
