"""Asking a SPARQL endpoint that has the statements of Wikidata for the items that bear a name."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import kg
from kg.build.linking.extract import ITEM, Extract
from kg.build.linking.items import INSTANCE_OF, SUBCLASS_OF, Item, merge
from kg.ground.errors import InputError
from kg.ground.records import LANGUAGES
from kg.ground.terms import BASE, PREFIXES

AT_ONCE = 40
"""Names in one query."""

AGENT = f"Sides/{kg.__version__} (kg links; {BASE})"
"""Who asks: the query service of Wikidata refuses clients that do not say."""

_RESULTS = "application/sparql-results+json"
_PATIENCE = 60.0  # seconds for an answer, and at most between two tries
_TRIES = 3
_PAUSE = 5.0
_LATER = frozenset({429, 502, 503, 504})


def items_of_endpoint(
    address: str, names: Iterable[str], *, wait: Callable[[float], None] = time.sleep, patience: float = _PATIENCE
) -> Extract:
    """The items that bear one of some names in French or English, with descriptions and classes.

    Asks for `AT_ONCE` names at a time, waits as the header ``Retry-After`` says where the endpoint wants that, and
    raises `InputError` where it gives no answer that can be used.
    """
    if urlsplit(address).scheme not in ("http", "https"):
        raise InputError(f"{address!r} is no address of an endpoint", expected="http://… or https://…")
    asked = sorted(set(names))
    groups = [asked[first : first + AT_ONCE] for first in range(0, len(asked), AT_ONCE)]
    return Extract(merge(item for group in groups for item in _items(_answer(address, _query(group), wait, patience))))


def _query(names: Sequence[str]) -> str:
    values = " ".join(f"{json.dumps(name, ensure_ascii=False)}@{language}" for name in names for language in LANGUAGES)
    languages = ", ".join(f'"{language}"' for language in LANGUAGES)
    return f"""PREFIX rdfs: <{PREFIXES["rdfs"]}>
PREFIX skos: <{PREFIXES["skos"]}>
PREFIX wdt: <{PREFIXES["wdt"]}>
SELECT ?item ?name ?by ?description ?type ?above WHERE {{
  VALUES ?name {{ {values} }}
  VALUES ?by {{ rdfs:label skos:altLabel }}
  ?item ?by ?name .
  OPTIONAL {{
    ?item <http://schema.org/description> ?description
    FILTER (LANG(?description) IN ({languages}))
  }}
  OPTIONAL {{ ?item wdt:{INSTANCE_OF} ?type OPTIONAL {{ ?type wdt:{SUBCLASS_OF} ?above }} }}
}}"""


def _answer(
    address: str, query: str, wait: Callable[[float], None], patience: float
) -> Sequence[Mapping[str, Mapping[str, str]]]:
    """The rows that the endpoint gives."""
    form = urlencode({"query": query}).encode()
    headers = {"Accept": _RESULTS, "User-Agent": AGENT, "Content-Type": "application/x-www-form-urlencoded"}
    for attempt in range(1, _TRIES + 1):
        try:
            with urlopen(Request(address, form, headers), timeout=patience) as answer:
                return _rows(answer.read(), address)
        except HTTPError as error:
            with error:
                if error.code not in _LATER or attempt == _TRIES:
                    raise InputError(
                        f"the endpoint answers {error.code} {error.reason}", where=address, expected="rows as JSON"
                    ) from error
                wait(min(_seconds(error.headers.get("Retry-After")), _PATIENCE))
        except (URLError, TimeoutError, OSError) as error:
            raise InputError(f"the endpoint cannot be asked: {error}", where=address, remedy="try later") from error
    raise AssertionError("the last try returns or raises")


def _seconds(told: str | None) -> float:
    return float(told) if told and told.isdecimal() else _PAUSE


def _rows(body: bytes, address: str) -> list[dict[str, dict[str, str]]]:
    try:
        rows: Any = json.loads(body)["results"]["bindings"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("the answer holds no rows", where=address, expected=_RESULTS) from error
    return list(rows)


def _items(rows: Iterable[Mapping[str, Mapping[str, str]]]) -> Iterator[Item]:
    for row in rows:
        told = {name: term["value"].removeprefix(PREFIXES["wd"]) for name, term in row.items()}
        name = (row["name"].get("xml:lang", ""), told["name"])
        if not ITEM.fullmatch(told["item"]):
            continue
        is_label = told["by"] == PREFIXES["rdfs"] + "label"
        described = {row["description"].get("xml:lang", ""): told["description"]} if "description" in told else {}
        kind = told.get("type", "")
        yield Item(
            told["item"],
            labels=(name,) if is_label else (),
            aliases=() if is_label else (name,),
            descriptions=described,
            types=frozenset({kind} if ITEM.fullmatch(kind) else ()),
        )
        if "above" in told and ITEM.fullmatch(kind) and ITEM.fullmatch(told["above"]):
            yield Item(kind, above=frozenset({told["above"]}))
