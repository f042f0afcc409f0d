"""What the editor completes a query with, at ``/completion.json``: terms by name or label, fitting the place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, jsonify, request

from kg.ground.terms import PREFIXES, digest, expand
from kg.serve.web.answering import cacheable
from kg.serve.web.completion_terms import CLASS, OWN, PROPERTY, Suggestion, Vocabulary, read_vocabulary
from kg.serve.web.naming import names, once
from kg.serve.web.problems import RequestError
from kg.serve.web.site import site

Json = dict[str, Any]

KINDS = (CLASS, PROPERTY, "entity", "graph", "term")
"""What can be asked for: suggestions of these kinds, or (``term``) what is known of the terms that ``q`` names."""

LONGEST = 200
"""Characters of what is typed, and of an IRI."""

MOST_TERMS = 100
"""How many terms can be asked about at once."""

MOST = 100
USUAL = 20
"""How many suggestions can be asked for, and how many there are where nothing else is asked for."""

_MOST_NEAR = 10  # unknown terms of one query that are told what they may mean
_MOST_KEPT = 2000
_MOST_VALUES = 500
_IRI = re.compile(r"[^\x00-\x20<>\"{}|^`\\]+")

blueprint = Blueprint("completion", __name__)


def vocabulary() -> Vocabulary:
    """The vocabulary of the release that is served now. Raises `QueryError` where the graph cannot be asked."""
    return once("vocabulary", _read)


def _read() -> Vocabulary:
    standard = {code: texts.table("standard") for code, texts in site().languages.items()}
    engine = site().engine
    return read_vocabulary(engine.select, names(), standard, engine.release.counts)


@blueprint.get("/completion.json")
def completion() -> Response:
    """Suggestions for what is being typed, or what is known of some terms; kept by caches as long as the release stays.

    Raises `RequestError`, and `QueryError` where the graph cannot be asked.
    """
    kind = request.args.get("kind", "entity")
    if kind not in KINDS:
        raise RequestError(f"kind is {kind[:20]!r}", where="parameter kind", expected=f"one of {', '.join(KINDS)}")
    asked = [_short("q", text) for text in request.args.getlist("q")]
    if len(asked) > MOST_TERMS:
        raise RequestError(f"{len(asked)} terms are named", where="parameter q", expected=f"at most {MOST_TERMS}")
    within, of = (_iri(_short(name, request.args.get(name, ""))) for name in ("class", "property"))
    limit, language = _limit(), site().texts.language
    parts = (kind, *asked, within, of, str(limit), language)
    tag = f"{site().engine.release.hash}-{digest(*parts)}"
    if request.if_none_match.contains_weak(tag):
        return _kept(Response(status=304), tag)
    if kind == "term":
        results = _known(asked, language)
    else:
        text = asked[0] if asked else ""
        results = _memory(parts, lambda: _suggested(kind, text, within, of, language, limit))
    response = jsonify(kind=kind, results=results)
    response.headers["Content-Language"] = language
    return _kept(response, tag)


def _kept(response: Response, tag: str) -> Response:
    cacheable(response, tag).vary.update(["Accept-Language", "Cookie"])
    return response


def _memory(parts: tuple[str, ...], make: Callable[[], list[Json]]) -> list[Json]:
    """What was found before for the same words; the first few letters of names are typed again and again."""
    known: dict[tuple[str, ...], list[Json]] = once("completions", dict)
    found = known.get(parts)
    if found is None:
        if len(known) >= _MOST_KEPT:
            known.clear()
        found = known[parts] = make()
    return found


def _suggested(kind: str, text: str, within: str, of: str, language: str, limit: int) -> list[Json]:
    known = vocabulary()
    if kind == "entity":
        values = known.values(_values(of), text, language=language, limit=limit) if of in known.counts[PROPERTY] else []
        found = [*values, *known.entities(text, language=language, limit=limit)] if text else values
        found = list({each.iri: each for each in reversed(found)}.values())[::-1][:limit]
    elif kind == "graph":
        found = known.named_graphs(text, language=language, limit=limit)
    else:
        found = known.terms(kind, text, within=within, language=language, limit=limit)
    return [_as_json(each) for each in found]


def _values(of: str) -> Mapping[str, int]:
    """The things that a property has most often, with how often each; they are asked for once in a release."""
    kept: dict[str, dict[str, int]] = once("values", dict)
    if of not in kept:
        query = f"SELECT ?o (COUNT(*) AS ?n) {{ ?s <{of}> ?o FILTER isIRI(?o) }} GROUP BY ?o ORDER BY DESC(?n) ?o"
        rows = site().select(f"{query} LIMIT {_MOST_VALUES}")
        kept[of] = {row["o"].value: int(row["n"].value) for row in rows}
    return kept[of]


def _as_json(found: Suggestion) -> Json:
    return {name: value for name, value in asdict(found).items() if value not in ("", None)}


def _known(asked: Iterable[str], language: str) -> list[Json]:
    """What is known of each term: ``known`` is false for one that this graph would have if it were any."""
    vocabulary_ = vocabulary()
    named = {text: _iri(text) for text in asked}
    told = {name: vocabulary_.told(name, language) for name in named.values()}
    strangers = [name for name in told if told[name] is None and name.startswith(OWN)]
    absent = {*strangers} - _in_graph(strangers)
    corrected = [name for name in strangers if name in absent][:_MOST_NEAR]
    results = []
    for text, name in named.items():
        found = told[name]
        entry: Json = {"q": text, "iri": name, "known": name not in absent, **(_as_json(found) if found else {})}
        if name in corrected:
            entry["near"] = [_as_json(each) for each in vocabulary_.near(name, language)]
        results.append(entry)
    return results


def _in_graph(found: list[str]) -> set[str]:
    """Those of some IRIs that some triple has, or that name a graph."""
    written = [f"<{name}>" for name in found if _IRI.fullmatch(name)]
    if not written:
        return set()
    rows = site().select(
        f"SELECT ?t {{ VALUES ?t {{ {' '.join(written)} }} "
        "FILTER (EXISTS { ?t ?p ?o } || EXISTS { ?s ?p ?t } || EXISTS { ?s ?t ?o }) }"
    )
    return {row["t"].value for row in rows}


def _iri(text: str) -> str:
    """The IRI that is written in brackets, by a prefix of this graph, or plainly."""
    text = text.removeprefix("<").removesuffix(">")
    return expand(text) if text.partition(":")[0] in PREFIXES else text


def _short(name: str, text: str) -> str:
    if len(text) > LONGEST:
        raise RequestError(
            f"{name} has {len(text)} characters", where=f"parameter {name}", expected=f"at most {LONGEST}"
        )
    return text.strip()


def _limit() -> int:
    given = request.args.get("limit", str(USUAL))
    if not given.isascii() or not given.isdecimal() or len(given) > 4 or not 1 <= int(given) <= MOST:
        raise RequestError(f"limit is {given[:20]!r}", where="parameter limit", expected=f"a number from 1 to {MOST}")
    return int(given)
