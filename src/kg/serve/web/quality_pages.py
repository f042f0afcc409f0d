"""How good the graph is: the report of the build that made the served release, as a page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kg.ground.errors import ReleaseError
from kg.ground.release import Release
from kg.ground.terms import PREFIXES, expand
from kg.serve.web.answers import PROLOGUE
from kg.serve.web.site import site

MOST_PHRASES = 40
"""Unlinked names that the page shows; the JSON holds all."""

RECENT_YEARS = 15
"""Years that the page shows at once; the earlier ones are folded away."""

QUERIES = ("contradictions", "missing-slots", "reliability-by-kind", "statements-of-weak-reliability", "restated-facts")
"""The saved queries that look further; the page names those that there are."""

MEASUREMENTS = (
    f"{PROLOGUE}SELECT ?dimension ?metric ?of ?value WHERE {{\n"
    "  ?measurement a dqv:QualityMeasurement ; dqv:isMeasurementOf ?metric ; dqv:computedOn ?of ; dqv:value ?value .\n"
    "  ?metric dqv:inDimension ?dimension .\n"
    "}\nORDER BY ?dimension ?metric ?of"
)
"""The query for everything that was measured, in the Data Quality Vocabulary."""

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
def page() -> ResponseReturnValue:
    """The report for people to read."""
    found = report()
    properties = {slot["property"] for kind in found["kinds"] for slot in kind["slots"]}
    levels = {*found["reliability"]["assertions"], *found["reliability"]["references"]}
    names = {name: expand(name) for name in properties}
    names |= {level: PREFIXES["reliability"] + level for level in levels}
    sources = {source["source"]: PREFIXES["source"] + source["source"] for source in found["sources"]}
    labels = site().labels([*names.values(), *sources.values()])
    saved = [query for name in QUERIES if (query := site().catalogue.get(name))]
    values = {
        "report": found,
        "names": {name: labels.get(iri, name) for name, iri in names.items()},
        "titles": {name: labels.get(iri, name) for name, iri in sources.items()},
        "largest": {
            "kind": max((kind["assertions"] for kind in found["kinds"]), default=1),
            "year": max(found["years"].values(), default=1),
        },
        "years": sorted(found["years"].items(), reverse=True),
        "recent": RECENT_YEARS,
        "differing": sum(found["links"]["differsFrom"].values()),
        "phrases": found["unlinked"][:MOST_PHRASES],
        "classes": {kind["kind"]: kind["class"] for kind in found["kinds"]},
        "saved": saved,
        "measured": f"/editor?query={quote(MEASUREMENTS, safe='')}",
        "percent": percent,
    }
    return site().render("quality.html", values)


@blueprint.get("/quality.json")
def as_json() -> Response:
    """The report as the release holds it."""
    release = site().engine.release
    response = Response(json.dumps(report(), ensure_ascii=False), mimetype="application/json")
    response.set_etag(release.hash)
    response.make_conditional(request.environ)
    return response


def percent(part: int, whole: int) -> int:
    """A part in hundredths of the whole: 100 only for all of it, 0 only for nothing.

    >>> percent(999, 1000), percent(1, 1000), percent(0, 3), percent(3, 3), percent(0, 0)
    (99, 1, 0, 100, 0)
    """
    if not whole or not part:
        return 0
    return 100 if part == whole else min(99, max(1, round(100 * part / whole)))


def report() -> Mapping[str, Any]:
    """The report of the served release. Raises `ReleaseError` where it has none."""
    return site().kept("quality", lambda: _read(site().engine.release))


def _read(release: Release) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(release.quality.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ReleaseError("it has no quality report", where=release.hash, remedy="run `kg build`") from error
    return found
