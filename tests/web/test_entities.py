"""The pages of entities: the figures that saved queries draw of a thing, what machines and search engines read."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kg.ground.catalogue import Catalogue
from kg.serve.web.entities.figures import MOST_ROWS, QUESTIONS
from kg.serve.web.texts import read_texts
from support.server_process import ROOT

CLASSES = {
    "state": "State",
    "org": "Organisation",
    "person": "Person",
    "equipment": "Equipment",
    "resolution": "Resolution",
    "series": "SurveySeries",
}
"""The class of things of each kind that has figures, which a parameter may ask for."""


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_question_is_a_saved_query_with_its_parameter_and_a_heading(kind: str) -> None:
    catalogue = Catalogue.read(ROOT / "queries")
    languages = read_texts(ROOT / "web" / "locale")
    for question in QUESTIONS[kind]:
        saved = catalogue.get(question.query)
        assert saved is not None, question.query
        taken = {found.name: found.class_name for found in saved.parameters}
        assert taken[question.parameter] in {None, CLASSES[kind]}, question.query
        assert all(question.query in texts.table("page_figure") for texts in languages.values()), question.query


def _figures(client: FlaskClient, address: str) -> dict[str, str]:
    """The figures of a page by the name of their query."""
    page = client.get(address).text.partition('<h2 id="figures">')[2].partition("</section>")[0]
    pieces = re.split(r'<h3 id="([a-z0-9-]+)">', page)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_state_has_the_figures_that_have_an_answer(client: FlaskClient, lang: str) -> None:
    figures = _figures(client, f"/page/state/FRA?lang={lang}")
    assert {"friend-enemy-trend", "membership-history"} <= set(figures) <= {q.query for q in QUESTIONS["state"]}
    assert "<svg" in figures["friend-enemy-trend"]
    for name, figure in figures.items():
        parameter = next(question.parameter for question in QUESTIONS["state"] if question.query == name)
        asked = f"{parameter}=state%3AFRA"
        assert f'href="/queries/{name}?{asked}"' in figure
        assert f'href="/queries/{name}.csv?{asked}"' in figure
        assert 0 < figure.count("<tr>") - 1 <= MOST_ROWS


def test_a_figure_leads_to_its_query(client: FlaskClient) -> None:
    for address in ("/page/state/FRA", "/page/org/coalition-of-the-willing"):
        links = re.findall(r'<p><a href="(/queries/[^"]+)">', client.get(f"{address}?lang=en").text)
        assert links, address
        assert [client.get(link).status_code for link in links] == [200] * len(links)


def test_what_no_assertion_names_has_no_figures(client: FlaskClient) -> None:
    assert _figures(client, "/page/category/military") == {}
    assert _figures(client, "/page/source/first-series") == {}
    assert "published-totals-by-year" not in _figures(client, "/page/state/RUS")
