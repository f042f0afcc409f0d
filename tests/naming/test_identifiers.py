"""Identifiers of all sorts lead to our own, and what is none leads nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ground.terms import shorten
from kg.serve.naming import NameIndex
from kg.serve.naming.identifiers import resolve

FRANCE = """
FR
fr
FRA
fra
250
M49:250
UN M49 250
m49 250
Q142
q142
wd:Q142
http://www.wikidata.org/entity/Q142
https://www.wikidata.org/entity/Q142
http://wikidata.org/entity/Q142
https://www.wikidata.org/wiki/Q142
www.wikidata.org/wiki/Q142
https://m.wikidata.org/wiki/Q142#P31
https://www.wikidata.org/wiki/Special:EntityData/Q142.ttl
https://www.wikidata.org/wiki/Special:EntityData/Q142
https://www.wikidata.org/data/Q142.json
<http://www.wikidata.org/entity/Q142>
state:FRA
state/FRA
/id/state/FRA
id/state/FRA
https://w3id.org/sides/id/state/FRA
http://w3id.org/sides/id/state/FRA
https://www.w3id.org/sides/id/state/FRA
<https://w3id.org/sides/id/state/FRA>
http://127.0.0.1:8000/page/state/FRA
http://127.0.0.1:8000/id/state/FRA
http://127.0.0.1:8000/data/state/FRA.ttl
https://sides.example.org/id/state%2FFRA
"""
FORMS = [" Q142 ", *(form for form in FRANCE.splitlines() if form)]


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_lead_to_france(index: NameIndex, form: str) -> None:
    assert [shorten(entry.iri) for entry in resolve(index, form)] == ["state:FRA"]


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ("4", "state:AFG"),
        ("004", "state:AFG"),
        ("XK", "state:XKX"),
        ("Q7184", "org:nato"),
        ("sides:State", "sides:State"),
        ("https://w3id.org/sides/ontology#memberOf", "sides:memberOf"),
        ("category:military", "category:military"),
        ("A/RES/ES-11/1", "resolution:a-res-es-11-1"),
        ("equipment:t-72", "equipment:t-72"),
    ],
)
def test_other_things_have_identifiers_too(index: NameIndex, form: str, found: str) -> None:
    assert [shorten(entry.iri) for entry in resolve(index, form)] == [found]


@pytest.mark.parametrize(
    "form",
    ["", " ", "Q", "Q0", "Q1000000000", "France", "999", "ZZ", "state:ZZZ", "nothing:FRA", "http://", "https://example.org/x",
     "http://wikidata.org.example.com/entity/Q142", "https://www.wikidata.org/wiki/Property:P31", "x" * 1000, "http://[::1"],
)  # fmt: skip
def test_what_is_no_identifier_leads_nowhere(index: NameIndex, form: str) -> None:
    assert resolve(index, form) == []


def test_every_item_and_code_leads_back(index: NameIndex) -> None:
    linked = [entry for entry in index.entries if entry.items]
    assert len(linked) > 300
    for entry in linked:
        for item in entry.items:
            assert resolve(index, item) == [entry]


@given(st.text(max_size=80))
def test_any_text_can_be_asked(index: NameIndex, text: str) -> None:
    assert all(entry in index.entries for entry in resolve(index, text))
