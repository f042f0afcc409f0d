"""The letters of charts, as a browser sets them, stay within the chart: in both layouts, in both languages."""

from __future__ import annotations

import pytest

from kg.ground.catalogue import Catalogue, Mark
from support.server_process import ROOT
from support.visiting import Visit

pytestmark = pytest.mark.browser

CATALOGUE = Catalogue.read(ROOT / "queries")
BARS = [
    query.name
    for query in CATALOGUE
    if query.chart and query.chart.mark in {Mark.BARS, Mark.STACKED, Mark.DOTS} and "SERVICE" not in query.text
]
"""Saved queries with bars; one that calls another endpoint has no answer here."""

OUTSIDE = """() => [...document.querySelectorAll("main svg.chart")].flatMap((svg) => {
  svg.style.display = "block"; // the layout for the other width, too
  const { width, height } = svg.viewBox.baseVal;
  return [...svg.querySelectorAll("text")].flatMap((text) => {
    const box = text.getBBox();
    if (!box.width) throw new Error(`${text.textContent} is not laid out`);
    const within = box.x > -1 && box.y > -1 && box.x + box.width < width + 1 && box.y + box.height < height + 1;
    return within ? [] : [`${svg.classList}: ${text.textContent}, ${box.x} to ${box.x + box.width} of ${width}`];
  });
})"""
"""The labels that leave their chart. Less than a pixel is the hook of a letter that begins or ends a word."""


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_label_of_bars_leaves_its_chart(reader: Visit, language: str) -> None:
    assert "donors-ranked" in BARS
    page = reader.open("/about", locale=language)
    left = {}
    for name in BARS:
        page.goto(f"{reader.address}/queries/{name}")
        assert page.locator("main svg.chart.broad text").count() > 3, name
        left[name] = page.evaluate(OUTSIDE)
    assert {name: found for name, found in left.items() if found} == {}


def test_a_label_that_leaves_is_found(reader: Visit) -> None:
    page = reader.open("/queries/donors-ranked")
    page.evaluate("document.querySelector('main svg.broad text').textContent = 'W'.repeat(60)")
    assert len(page.evaluate(OUTSIDE)) == 1
