"""How terms and queries are shown on a page: texts, links, marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

from markupsafe import Markup, escape

from kg.ground.explaining.names import written
from kg.ground.terms import BASE, GRAPHS, IDENTIFIERS, ONTOLOGY, PREFIXES, shorten
from kg.ground.tokens import Token, tokens
from kg.serve.engine.description import graph_path
from kg.serve.results import Row, Term
from kg.serve.web.texts import DEFAULT_LANGUAGE, group_digits

NUMERIC = frozenset(PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A term on the page: its text, a smaller second text, an address, what a pointer over it tells, its language."""

    text: str
    note: str = ""
    href: str = ""
    title: str = ""
    lang: str = ""
    number: bool = False

    @property
    def outside(self) -> bool:
        """Whether the address leads away from this server."""
        return bool(self.href) and not self.href.startswith("/")


@lru_cache(maxsize=8192)  # a page names the same few hundred IRIs again and again
def local_href(iri: str) -> str:
    """Where an IRI leads: the page on this server for those that Sides owns, the IRI itself for other web addresses.

    >>> local_href("https://w3id.org/sides/id/state/FRA")
    '/id/state/FRA'
    >>> local_href("https://w3id.org/sides/ontology#State")
    '/ontology#State'
    >>> local_href("https://w3id.org/sides/graph/source/polls")
    '/graphs/source/polls'
    >>> local_href("https://w3id.org/sides/dataset")
    '/sparql?query=DESCRIBE%20%3Chttps%3A%2F%2Fw3id.org%2Fsides%2Fdataset%3E'
    >>> local_href("urn:example:1")
    ''
    """
    if iri.startswith(IDENTIFIERS):
        return "/id/" + quote(iri.removeprefix(IDENTIFIERS), safe="/%")
    if iri.startswith(ONTOLOGY):
        return "/ontology#" + quote(iri.removeprefix(ONTOLOGY))
    if iri.startswith(GRAPHS):
        return "/" + graph_path(iri)
    if iri.startswith(BASE):
        return _asking(f"DESCRIBE <{iri}>")
    return iri if iri.startswith(("http://", "https://")) else ""


def _asking(query: str) -> str:
    """The address of the answer to a query, for what has no page of its own."""
    return f"/sparql?query={quote(query, safe='')}"


def explain_href(subject: str, predicate: str, object_: str | Term) -> str:
    """The address of the explanation of a triple, by the prefixed names of its IRIs.

    >>> explain_href(IDENTIFIERS + "state/FRA", ONTOLOGY + "memberOf", IDENTIFIERS + "org/nato")
    '/explain?s=state:FRA&p=sides:memberOf&o=org:nato'
    >>> explain_href(IDENTIFIERS + "state/FRA", ONTOLOGY + "capital", Term("literal", "Paris", None, "fr"))
    '/explain?s=state:FRA&p=sides:capital&o=%22Paris%22%40fr'
    """
    term = Term("uri", object_) if isinstance(object_, str) else object_
    parts = shorten(subject), shorten(predicate), shorten(term.value) if term.kind == "uri" else written(term)
    return "/explain?" + "&".join(f"{name}={quote(part, safe=':/')}" for name, part in zip("spo", parts, strict=True))


def show(term: Term | None, labels: Mapping[str, str], language: str = DEFAULT_LANGUAGE) -> Shown | None:
    """A term as it stands in a table: an IRI by its label if it has one, by its prefixed name beside it or alone."""
    if term is None:
        return None
    if term.kind == "uri":
        label = labels.get(term.value, "") or _money(term.value, language)
        name = _brief(term.value)
        return Shown(label or name, name if label else "", local_href(term.value), term.value)
    if term.kind == "bnode":
        return Shown(f"_:{term.value}")
    number = term.datatype in NUMERIC
    return Shown(
        group_digits(term.value, language) if number else term.value,
        title=shorten(term.datatype) if term.datatype else "",
        lang=term.language or "",
        number=number,
    )


def _money(iri: str, language: str) -> str:
    """The amount that an IRI of `amount_iri` is made of; empty for another.

    >>> _money(PREFIXES["amount"] + "CAD-1460000000", "en")
    '1,460,000,000 CAD'
    """
    if not iri.startswith(PREFIXES["amount"]):
        return ""
    currency, _, number = iri.removeprefix(PREFIXES["amount"]).partition("-")
    return f"{group_digits(number, language)} {currency}"


def _brief(iri: str) -> str:
    """The prefixed name of an IRI, without most of the digits of a hash; the IRI itself is the title of the link.

    >>> _brief("https://w3id.org/sides/id/fact/03874b8b7a335eeb0295"), _brief("https://w3id.org/sides/id/point/FRA")
    ('fact:03874b8b…', 'point/FRA')
    """
    name = shorten(iri)
    if name == iri:
        return iri.removeprefix(IDENTIFIERS)
    return re.sub(r":([0-9a-f]{8})[0-9a-f]{12}$", r":\1…", name)


def iris(rows: Iterable[Row]) -> tuple[str, ...]:
    """The IRIs of Sides that stand in some rows, each once."""
    found = (term.value for row in rows for term in row.values() if term.kind == "uri" and term.value.startswith(BASE))
    return tuple(dict.fromkeys(found))


def entity_iri(name: str) -> str:
    """The IRI of what an address below ``/id/`` names; characters that no IRI may hold are encoded again."""
    return IDENTIFIERS + quote(unquote(name), safe="/")


def highlight(query: str) -> Markup:
    """A query as HTML, its words marked by kind.

    >>> highlight('ASK { ?s ?p "<b>" }')
    Markup('<span class="word">ASK</span> { <span class="variable">?s</span> <span class="variable">?p</span> \
<span class="string">&#34;&lt;b&gt;&#34;</span> }')
    """
    return Markup().join(_pieces(query))


def _pieces(query: str) -> Iterator[Markup]:
    end = 0
    for token in tokens(query):
        yield _gap(query[end : token.start])
        yield _marked(token)
        end = token.end
    yield _gap(query[end:])


def _marked(token: Token) -> Markup:
    if token.kind in {"sign", "blank"}:
        return escape(token.text)
    return Markup('<span class="{}">{}</span>').format(token.kind, token.text)


def _gap(text: str) -> Markup:
    """What stands between two tokens: white space, and comments to the end of their line."""
    lines = text.split("\n")
    return Markup("\n").join(
        Markup('{}<span class="comment">{}</span>').format(space, hash_ + words) if hash_ else escape(line)
        for line in lines
        for space, hash_, words in [line.partition("#")]
    )


def mark_spans(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """A text as HTML, with some ranges of its characters marked; ranges that overlap become one.

    >>> mark_spans("a <b> c", [(2, 5), (4, 7)])
    Markup('a <mark>&lt;b&gt; c</mark>')
    """
    pieces: list[Markup] = []
    end = 0
    for start, stop in _joined(spans, len(text)):
        pieces += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        end = stop
    return Markup().join([*pieces, escape(text[end:])])


def _joined(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, stop in sorted((max(start, 0), min(stop, length)) for start, stop in spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        elif start < stop:
            joined.append((start, stop))
    return joined
