"""The guard: SERVICE and updates are refused however they are written, and nothing else is."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pyoxigraph
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ground.errors import QueryRefusedError
from kg.ground.tokens import tokens, unescape
from kg.serve.guard import FORMS, check, outline


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p 'SERVICE <http://a/> {}' }",
        'SELECT * { ?s ?p """a "quoted" SERVICE """ }',
        "SELECT * { ?s ?p ?o } # SERVICE <http://a/> {}",
        "SELECT * { ?s <http://a/SERVICE> ?o }",
        "SELECT * { ?service ?p $SERVICE }",
        "PREFIX service: <http://a/> SELECT * { GRAPH service:x { ?s service:y ?o } }",
        "PREFIX a: <http://a/> SELECT * { ?s a:SERVICE ?o . ?o a:x\\'y ?s }",
        "SELECT * { ?s ?p 'x'@service }",
        "SELECT * { ?s ?p _:SERVICE }",
        r"SELECT * { ?s ?p '\u0053ERVICE' }",
        "SELECT * { ?s ?p ?o FILTER(?s<?o&&?o>?s) }",
    ],
)
def test_a_word_in_a_string_a_comment_or_a_name_passes(query: str) -> None:
    check(query)


CALL = "<http://127.0.0.1:9/> { ?a ?b ?c }"


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * {{ SERVICE {CALL} }}",
        f"SELECT * {{ service silent {CALL} }}",
        f"SELECT * {{ SERVICE# a comment\n{CALL} }}",
        "SELECT * { BIND(<http://a/> AS ?x) SERVICE ?x { ?a ?b ?c } }",
        f"SELECT * {{ ?s ?p 5SERVICE{CALL} }}",
        f"SELECT * {{ ?s ?p trueSERVICE{CALL} }}",
        f"SELECT * {{ ?s ?p 1e5SERVICESILENT{CALL} }}",
        "PREFIX : <http://a/> SELECT * { SERVICE:x { ?a ?b ?c } }",
        "PREFIX a: <http://a/> SELECT * { SERVICEa:x { ?a ?b ?c } }",
        f"SELECT * {{ S\\u0045RVICE {CALL} }}",
        f"SELECT * {{ ?s ?p '''it's''' . SERVICE {CALL} }}",
        f"SELECT * {{ ?s ?p '\\'' . SERVICE {CALL} # ' }}\n }}",
        f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE {CALL} }} }}",
        f"PREFIX e: <http://e/> SELECT * {{ ?s e:a\\# ?o . SERVICE {CALL} }}",
        "PREFIX : <http://a/> SELECT * { SERVICE:x\ufeff{ ?a ?b ?c } }",
        f"PREFIX e: <http://e/> SELECT * {{ ?s e:a\ufeff\\# ?o . SERVICE {CALL} }}",
        f"PREFIX e: <http://e/> SELECT * {{ ?s e:a\U000e0100\\' ?o . SERVICE {CALL} }}",
    ],
)
def test_a_call_is_refused(query: str) -> None:
    with pytest.raises(QueryRefusedError, match="federation is not offered at this address"):
        check(query)


def test_the_refusal_says_where() -> None:
    with pytest.raises(QueryRefusedError) as caught:
        check(f"SELECT *\n{{ ?s ?p 'é' SERVICE {CALL} }}")
    assert caught.value.where == "line 2, column 13"


@pytest.mark.parametrize(
    "update", ["INSERT DATA { <a:a> <a:a> 1 }", "# c\nPREFIX a: <http://a/> delete where { ?s ?p ?o }", "CLEAR ALL"]
)
def test_an_update_is_refused(update: str) -> None:
    with pytest.raises(QueryRefusedError, match="is an update"):
        check(update)


@pytest.mark.parametrize(
    ("query", "volatile"),
    [("SELECT (NOW() AS ?n) {}", True), ("SELECT (rand # x\n () AS ?n) {}", True), ("ASK { ?now ?rand ?uuid }", False)],
)
def test_what_may_change_between_two_runs_is_noticed(query: str, volatile: bool) -> None:
    assert outline(query).volatile is volatile


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An address where nobody answers, and nobody else can begin to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"


PIECES = [
    " ", "\n", ".", "{", "}", "?s ?p ?o", "?s?p 5", "1e5", "true", "SERVICE", "service", "SILENT", "SERVICE:x",
    "SERVICEa:x",
    "a:SERVICE", "a:b", "S\\u0045RVICE", "HERE", "HERE", "{?a ?b ?c}", "{?a ?b ?c}", "'SERVICE'", "'", '"', "'''", "#",
    "# SERVICE\n", "<", ">", "\\'", "FILTER(?s<?p)", "OPTIONAL", "GRAPH", "FILTER EXISTS", "UNION", "@en", "?x",
    "BIND(HERE AS ?x)",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=9))
def test_what_passes_never_calls(address: str, pieces: list[str]) -> None:
    """Whatever the engine itself would take for a call is refused before it gets there."""
    text = "".join(pieces).replace("HERE", f"<{address}>")
    query = f"PREFIX : <{address}> PREFIX a: <{address}> SELECT * {{ {text} }}"
    store = pyoxigraph.Store()
    store.load(b"<a:s> <a:p> 5, 1e5, true, 'SERVICE' .", pyoxigraph.RdfFormat.TURTLE)
    try:
        check(query)
    except QueryRefusedError:
        return
    try:
        list(store.query(query))  # type: ignore[arg-type]
    except ConnectionError:
        pytest.fail(f"called: {query}")
    except (SyntaxError, RuntimeError, ValueError, OSError):
        pass


@given(st.text(alphabet="SERVICE<>'\"#\\u0045 ?a:{}.\n", max_size=60))
def test_tokens_are_pieces_of_the_text_in_their_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.start >= end
        assert text[token.start : token.end] == token.text
        end = token.end


@pytest.mark.parametrize(
    "text",
    ["a." * 200_000, "<" * 400_000, "'''" + "a" * 400_000, '"' * 399_999, "ex:" + "." * 400_000, "ex:a\\." * 60_000],
)
def test_no_text_takes_long(text: str) -> None:
    started = time.monotonic()
    check(f"SELECT * {{ {text} \\u }}")
    assert time.monotonic() - started < 10


PIECES = (
    "PREFIX ex: <http://e/> ", "prefix : <http://e/#x>", "PREFIX a:<b>", "# PREFIX c: <http://c/>\n", "PREFIX", " ",
    "BASE <http://b/> ", "\n", "PREFIX é: <http://é/>", "PREFIX x-y: <http://e/\\u0041>", "PREFIX a.b: <http://e/>",
    "#>\r", "PREFIX ex : <http://e/>", "'PREFIX q: <http://q/>'", "PREFIX ex: <http://f/", ">", "SELECT * {}", "ASK",
    "<http://e/>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_declarations_that_are_read_at_once_are_those_that_the_tokens_tell(text: str) -> None:
    declared: dict[str, str] = {}
    stream = tokens(text)
    for token in stream:
        if token.keyword in FORMS:
            break
        if token.keyword == "PREFIX":
            name, iri = next(stream, token), next(stream, token)
            if (name.kind, iri.kind) == ("name", "iri"):
                declared[name.text.removesuffix(":")] = unescape(iri.text[1:-1])
    assert outline(text).prefixes == declared
