"""Namespaces, prefixes, and the minting of every IRI that Sides owns."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from kg.ground.records import Assertion, Span, Statement

BASE = "https://w3id.org/sides/"
ONTOLOGY = BASE + "ontology#"
IDENTIFIERS = BASE + "id/"
GRAPHS = BASE + "graph/"
DATASET = BASE + "dataset"
"""The IRI of the dataset as a whole."""

ENTITY_KINDS = (
    "state", "org", "person", "equipment", "resolution", "meeting", "survey", "series", "question", "population",
)  # fmt: skip
"""The prefixes of entities, each a folder below ``/id/`` and a table; texts name those of the first four."""

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "sides": ONTOLOGY,
        "id": IDENTIFIERS,
        **{kind: f"{IDENTIFIERS}{kind}/" for kind in ENTITY_KINDS},
        **{
            scheme: f"{IDENTIFIERS}{scheme}/"
            for scheme in ("category", "instrument", "status", "role", "measure", "stance", "degree", "event", "action",
                           "office", "casualty", "approximation", "mode", "position", "list", "reliability")
        },
        "source": f"{IDENTIFIERS}source/",
        "statement": f"{IDENTIFIERS}statement/",
        "assertion": f"{IDENTIFIERS}assertion/",
        **{
            kind: f"{IDENTIFIERS}{kind}/"
            for kind in ("agent", "amount", "dimension", "fact", "measurement", "metric", "query", "rate", "span",
                         "unlinked")
        },
        "graph": GRAPHS,
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "dqv": "http://www.w3.org/ns/dqv#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "geo": "http://www.opengis.net/ont/geosparql#",
        "oa": "http://www.w3.org/ns/oa#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "time": "http://www.w3.org/2006/time#",
        "vann": "http://purl.org/vocab/vann/",
        "void": "http://rdfs.org/ns/void#",
        "w3org": "http://www.w3.org/ns/org#",
        "wd": "http://www.wikidata.org/entity/",
        "wdt": "http://www.wikidata.org/prop/direct/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)  # fmt: skip
"""Every prefix that Sides writes or offers. ``org:`` is an entity of Sides; the W3C's ORG vocabulary is ``w3org:``."""

_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}


def release_iri(digest: str) -> str:
    """The IRI of a version of the dataset, by the hash of its release.

    >>> release_iri("8234922f9c3ac4419827")
    'https://w3id.org/sides/release/8234922f9c3ac4419827'
    """
    return f"{BASE}release/{digest}"


def expand(curie: str) -> str:
    """The IRI of a prefixed name.

    >>> expand("state:FRA")
    'https://w3id.org/sides/id/state/FRA'
    """
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def shorten(iri: str) -> str:
    """The prefixed name of an IRI in a known namespace, or the IRI itself.

    >>> shorten("https://w3id.org/sides/id/state/FRA")
    'state:FRA'
    """
    start = max(iri.rfind("/"), iri.rfind("#")) + 1  # where every namespace ends
    prefix, local = _BY_NAMESPACE.get(iri[:start]), iri[start:]
    return f"{prefix}:{local}" if prefix is not None and re.fullmatch(r"[\w-]*", local) else iri


def slug(text: str) -> str:
    """A text as the last part of an IRI: folded to ASCII letters, digits and hyphens.

    >>> slug("Extrêmes droites d'Europe")
    'extremes-droites-d-europe'
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or digest(text)


def digest(*parts: str) -> str:
    """Twenty hexadecimal digits (80 bits of SHA-256) that name some content."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


def is_entity(value: str) -> bool:
    """Whether a slot value names an entity of the tables (``state:FRA``) rather than quoting the text."""
    prefix, colon, local = value.partition(":")
    return bool(colon) and prefix in ENTITY_KINDS and re.fullmatch(r"[A-Za-z0-9-]+", local) is not None


def source_iri(name: str) -> str:
    """The IRI of a source."""
    return PREFIXES["source"] + name


def statement_key(statement: Statement) -> str:
    """The statement's key as a part of an IRI: what no IRI may hold is percent-encoded.

    >>> statement_key(Statement("notes", "a 1", "en", "Hungary borders Ukraine."))
    'notes-a%201'
    """
    return quote(statement.key, safe="")


def statement_iri(statement: Statement) -> str:
    """The IRI of a statement, by source and position."""
    return PREFIXES["statement"] + statement_key(statement)


def span_iri(statement: Statement, span: Span) -> str:
    """The IRI of a range of characters of a statement's text."""
    return f"{PREFIXES['span']}{statement_key(statement)}-{span.start}-{span.end}"


def assertion_iri(statement: Statement, assertion: Assertion) -> str:
    """The IRI of an assertion, by the content of the assertion and the place of its statement."""
    return PREFIXES["assertion"] + digest(statement.key, assertion.canonical())


def unlinked_iri(statement: Statement, phrase: str) -> str:
    """The IRI of something that a statement names by a phrase and no table holds.

    It is minted for each statement, since two statements that use one phrase need not mean one thing.
    """
    return f"{PREFIXES['unlinked']}{statement_key(statement)}-{slug(phrase)}"


def amount_iri(money: str) -> str:
    """The IRI of an amount of money as the contract writes it; zeros that say nothing are left out.

    >>> amount_iri("1500000.50 CAD") == amount_iri("1500000.5 CAD")
    True
    """
    number, currency = money.split()
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return f"{PREFIXES['amount']}{currency}-{number}"


def fact_iri(subject: str, predicate: str, object_: str) -> str:
    """The IRI of the reified plain triple (``rdf:Statement``) of three IRIs.

    The rules under ``ontology/rules/`` compute the same name, hence the space: SPARQL has no control characters.
    """
    return PREFIXES["fact"] + digest(f"{subject} {predicate} {object_}")


def graph_iri(name: str) -> str:
    """The IRI of a named graph: ``ontology``, ``entities``, ``inferred``, ``metadata`` or ``source/NAME``."""
    return GRAPHS + name
