"""Every saved query whose head declares a chart or a map draws one from all sources, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kg.ground.catalogue import Catalogue, Mark, SavedQuery
from kg.ground.terms import PREFIXES
from kg.serve.results import Row, read_rows
from kg.serve.web.charts.svg import NARROW, WIDE
from kg.serve.web.charts.world import read_outlines, world_in_page
from kg.serve.web.maps import atlas_of
from kg.serve.web.reading import Reading
from kg.serve.web.table import stored_table
from kg.serve.web.texts import Texts, read_texts
from kg.serve.web.views import MOST_DRAWN, figure_of

ROOT = Path(__file__).parents[2]
CATALOGUE = Catalogue.read(ROOT / "queries")
TEXTS = read_texts(ROOT / "web" / "locale")
OUTLINES = read_outlines((ROOT / "web" / "static" / "world.svg").read_text(encoding="utf-8"))

# A query that calls another endpoint has no answer here: test_federated.py asks those.
DRAWN = [query.name for query in CATALOGUE if query.chart and "SERVICE" not in query.text]
NUMBER = re.compile(r"-?[0-9.]+(?:e-?[0-9]+)?")


def rows_of(store: ox.Store, text: str) -> list[Row]:
    found = store.query(text)
    if isinstance(found, ox.QueryTriples):
        triples = found.serialize(format=ox.RdfFormat.N_TRIPLES)
        assert triples
        return list(stored_table(triples, "CONSTRUCT", most=MOST_DRAWN).rows)
    assert isinstance(found, ox.QuerySolutions)
    answer = found.serialize(format=ox.QueryResultsFormat.JSON)
    assert answer
    return read_rows(answer)


@pytest.fixture(scope="module")
def names(full: ox.Store) -> Mapping[str, Mapping[str, str]]:
    """The names of everything, by language and IRI."""
    rows = rows_of(full, f"SELECT ?thing ?name {{ ?thing <{PREFIXES['rdfs']}label> ?name }}")
    return {
        language: {row["thing"].value: row["name"].value for row in rows if row["name"].language == language}
        for language in TEXTS
    }


def drawings(query: SavedQuery, rows: list[Row], t: Texts, labels: Mapping[str, str]) -> Iterable[str]:
    """The chart of an answer for narrow and for wide pages, or its map, as SVG."""
    reading = Reading(query, rows, labels, t)
    if query.chart and query.chart.mark is Mark.STATES:
        states = {name.removeprefix(PREFIXES["state"]): label for name, label in labels.items()}
        atlas = atlas_of(reading, {code: label for code, label in states.items() if code in OUTLINES.shapes})
        assert atlas, "the answer names no state"
        assert any(state.shade != "blank" for state in atlas.world.states)
        return [str(world_in_page(atlas.world, OUTLINES, "/static/world.svg"))]
    figure = figure_of(reading)
    assert figure, "nothing is drawn"
    return [str(figure.draw(width).content) for width in (NARROW, WIDE)]


def test_there_are_queries_that_are_drawn() -> None:
    assert {"aid-by-quarter", "coalition-members", "measures-timeline"} <= {*DRAWN}
    assert len(DRAWN) > 30


@pytest.mark.parametrize("name", DRAWN)
def test_the_marks_that_are_declared_are_drawn(
    name: str, full: ox.Store, names: Mapping[str, Mapping[str, str]]
) -> None:
    """Each mark is told by a title; no place is without a number; the words are those of the language."""
    query = CATALOGUE.get(name)
    assert query
    rows, told = rows_of(full, query.text), {}
    for language, t in TEXTS.items():
        for drawn in drawings(query, rows, t, names[language]):
            root = ElementTree.fromstring(f"<svg>{drawn}</svg>")
            titles = [element.text or "" for element in root.iter("title")]
            assert titles
            assert all(titles)
            for element in root.iter("rect"):
                assert all(NUMBER.fullmatch(element.get(side, "0")) for side in ("x", "y", "width", "height"))
            for element in root.iter("path"):
                assert "nan" not in element.get("d", "")
            told[language] = "\n".join(
                element.text or "" for element in root.iter() if element.tag in {"text", "title"}
            )
    assert told["fr"] != told["en"]
