"""What a reconciliation client sends, read and checked: what cannot be meant is told, with its place in the batch."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge

from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES
from kg.serve.naming import identifiers
from kg.serve.web.problems import RequestError

BATCH = 100
"""How many queries, or things to extend, one request may bring."""

VALUES = 1000
"""How many values, identifiers and types the queries of one request may have together: each meets all candidates."""

USUAL, MOST = 10, 100
"""How many candidates a query gets where it does not say, and at most."""

LONGEST = 200
"""Characters of a name or a value; a longer one is a text, and means nothing that has a name."""

STRICT = ("any", "all", "should")
"""What ``type_strict`` can be (0.2, section 4.1)."""

QUANTIFIERS = ("any", "all", "none")
"""What ``matchQuantifier`` can be (1.0-draft)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Values that a property of a candidate should have; ``required``: candidates without are left out."""

    property: str
    values: tuple[str, ...]
    quantifier: str = "any"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a batch: a name, identifiers, types, conditions; not all of them are empty."""

    name: str = ""
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = USUAL
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """One property that is asked for, with its settings: how many values, in which language, or only their number."""

    property: str
    limit: int = 0
    language: str = ""
    count: bool = False


@dataclass(frozen=True, slots=True)
class Extension:
    """The things whose properties are asked for, by the identifiers that the client uses."""

    ids: tuple[str, ...]
    wishes: tuple[Wish, ...]


def parsed(text: str | bytes, where: str) -> Any:
    """The content of a JSON text; raises `RequestError`."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"not JSON: {error}", where=where, expected="a JSON object") from error


def batch(content: Any, where: str) -> dict[str, Query]:
    """The queries of version 0.2 by their keys; raises `RequestError`, or tells that there are too many."""
    entries = _object(content, where)
    check_size(len(entries), "queries")
    queries = [_query(_object(entry, f"{where}, {key}"), f"{where}, {key}") for key, entry in entries.items()]
    return dict(zip(entries, _bounded(queries), strict=True))


def single(text: str) -> Query:
    """The query of the oldest clients: a text, or one object."""
    if text.lstrip().startswith("{"):
        return _bounded([_query(_object(parsed(text, "parameter query"), "parameter query"), "parameter query")])[0]
    return Query(name=text.strip())


def match_batch(content: Any) -> list[Query]:
    """The queries of version 1.0-draft, in their order; raises `RequestError`, or tells that there are too many."""
    entries = _object(content, "body").get("queries")
    if not isinstance(entries, list):
        raise RequestError("there is no list of queries", where="body", expected='{"queries": [...]}')
    check_size(len(entries), "queries")
    return _bounded([_conditional(_object(entry, f"query {n}"), f"query {n}") for n, entry in enumerate(entries, 1)])


def extension(content: Any, where: str) -> Extension:
    """What is asked to be fetched; raises `RequestError`, or tells that there is too much."""
    told = _object(content, where)
    ids, properties = told.get("ids"), told.get("properties")
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise RequestError("ids are no list of texts", where=where, expected='{"ids": ["state/FRA"], "properties": []}')
    if not isinstance(properties, list):
        raise RequestError("properties are no list", where=where, expected='[{"id": "capital"}]')
    check_size(len(ids), "ids")
    check_size(len(properties), "properties")
    return Extension(tuple(ids), tuple(_wish(_object(item, where), where) for item in properties))


def check_size(count: int, what: str, most: int = BATCH) -> None:
    """Tell (413) that more was sent than is taken at once."""
    if count > most:
        raise RequestEntityTooLarge(f"{count} {what} in one request; at most {most} are taken")


def _bounded(queries: list[Query]) -> list[Query]:
    """The queries, unless there is too much to be compared."""
    conditions = [condition for query in queries for condition in query.conditions]
    count = sum(len(query.ids) + len(query.types) for query in queries)
    check_size(count + sum(max(1, len(each.values)) for each in conditions), "values", VALUES)
    return queries


def type_iri(name: str) -> str:
    """The class that a client names: by its name in the ontology, a prefixed name or an IRI.

    >>> type_iri("State") == type_iri("sides:State") == "https://w3id.org/sides/ontology#State"
    True
    """
    return _iri(name, ONTOLOGY)


def thing_iri(name: str) -> str:
    """The thing that a client names by what follows the space of identifiers, a prefixed name or an IRI.

    >>> thing_iri("state/FRA") == thing_iri("state:FRA") == "https://w3id.org/sides/id/state/FRA"
    True
    """
    return _iri(name, IDENTIFIERS)


def _iri(name: str, space: str) -> str:
    name = name.strip()
    if name.startswith(("http://", "https://")):
        return name
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else space + name


def _query(told: Mapping[str, Any], where: str) -> Query:
    """A query of version 0.2 (section 4.1)."""
    name = _text(told.get("query", ""), f"{where}, query")
    strict = told.get("type_strict", "any")
    if strict not in STRICT:
        raise RequestError(f"type_strict is {strict!r}", where=where, expected=", ".join(STRICT))
    listed = told.get("properties") or []
    if not isinstance(listed, list):
        raise RequestError("properties are no list", where=where, expected='[{"pid": "capital", "v": "Paris"}]')
    conditions = [_condition(_object(item, where), "pid", "v", where) for item in listed]
    if not name and not conditions:
        raise RequestError("there is neither a name nor a property", where=where, expected="query, or properties")
    return Query(name, (), _types(told, where), strict, _limit(told, where), tuple(conditions))


def _conditional(told: Mapping[str, Any], where: str) -> Query:
    """A query of version 1.0-draft."""
    listed = told.get("conditions")
    if not isinstance(listed, list) or not listed:
        raise RequestError("there are no conditions", where=where, expected='[{"matchType": "name", …}]')
    names: list[str] = []
    ids: list[str] = []
    conditions: list[Condition] = []
    for item in (_object(entry, where) for entry in listed):
        kind = item.get("matchType")
        if kind == "property":
            conditions.append(_condition(item, "propertyId", "propertyValue", where))
        elif kind in ("name", "id"):
            (names if kind == "name" else ids).extend(_values(item.get("propertyValue"), where))
        else:
            raise RequestError(f"matchType is {kind!r}", where=where, expected="name, id or property")
    if len(names) > 1:
        raise RequestError("there are several names", where=where, expected="one name; other spellings ask for a query")
    name = names[0].strip() if names else ""
    return Query(name, tuple(ids), _types(told, where), "any", _limit(told, where), tuple(conditions))


def _condition(item: Mapping[str, Any], name: str, value: str, where: str) -> Condition:
    property_ = item.get(name)
    if not isinstance(property_, str) or not property_.strip():
        raise RequestError(f"a property has no {name}", where=where, expected=f'{{"{name}": "capital", "{value}": …}}')
    quantifier, qualifier = item.get("matchQuantifier", "any"), item.get("matchQualifier")
    if quantifier not in QUANTIFIERS:
        raise RequestError(f"matchQuantifier is {quantifier!r}", where=where, expected=", ".join(QUANTIFIERS))
    if qualifier not in (None, "ExactMatch"):
        raise RequestError(f"matchQualifier is {qualifier!r}", where=where, expected="ExactMatch, or none")
    required = item.get("required", False)
    return Condition(property_.strip(), tuple(_values(item.get(value), where)), quantifier, required is True)


def _values(value: Any, where: str) -> Iterable[str]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            yield item["id"][: identifiers.LONGEST + 1]
        elif isinstance(item, bool):
            yield str(item).lower()
        elif isinstance(item, str | int | float):
            yield str(item)[: LONGEST + 1]  # a text is cut, and equals nothing
        else:
            raise RequestError("a value cannot be used", where=where, expected='a text, a number, or {"id": …}')


def _types(told: Mapping[str, Any], where: str) -> tuple[str, ...]:
    given = told.get("type")
    listed = given if isinstance(given, list) else [given] if given else []
    names = [item.get("id") if isinstance(item, dict) else item for item in listed]
    if not all(isinstance(item, str) for item in names):
        raise RequestError("type is no text", where=where, expected="State, or a list of such names")
    return tuple(type_iri(item) for item in names if item)


def _limit(told: Mapping[str, Any], where: str) -> int:
    given = told.get("limit", USUAL)
    if isinstance(given, str) and given.isdecimal() and len(given) <= len(str(MOST)) + 2:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int | float) or not given >= 1:  # NaN is neither
        raise RequestError(f"limit is {given!r}", where=where, expected=f"a number from 1 to {MOST}")
    return int(min(given, MOST))


def _wish(told: Mapping[str, Any], where: str) -> Wish:
    name, settings = told.get("id"), told.get("settings") or {}
    if not isinstance(name, str) or not name.strip() or not isinstance(settings, dict):
        raise RequestError("a property has no id", where=where, expected='{"id": "capital", "settings": {"limit": 1}}')
    limit = str(settings.get("limit") or 0)
    if not limit.isdecimal() or len(limit) > 6:
        raise RequestError(f"limit is {limit[:20]!r}", where=where, expected="a whole number, 0 for all")
    language = str(settings.get("lang") or "any")
    counted = settings.get("count") in (True, "on", "true")
    return Wish(name.strip(), int(limit), "" if language == "any" else language, counted)


def _object(content: Any, where: str) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise RequestError(f"this is {type(content).__name__}, no object", where=where, expected="a JSON object")
    return content


def _text(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RequestError(f"the name is {type(value).__name__}", where=where, expected="a text")
    return str(value).strip()
