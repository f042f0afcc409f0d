"""What people type finds what they mean, in both languages, from the first letters on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.ground.terms import shorten
from kg.serve.naming import NameIndex, search
from kg.serve.naming.searching import nearest


def first(index: NameIndex, text: str, **more: object) -> str:
    hits = search(index, text, **more)  # type: ignore[arg-type]
    return shorten(hits[0].entry.iri) if hits else ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fran", "state:FRA"),
        ("etats un", "state:USA"),
        ("united st", "state:USA"),
        ("otan", "org:nato"),
        ("north atl", "org:nato"),
        ("zelen", "person:volodymyr-zelensky"),
        ("macron", "person:emmanuel-macron"),
        ("himars", "equipment:m142-himars"),
        ("leopard 2a4", "equipment:leopard-2"),
        ("UKR", "state:UKR"),
        ("Ukrainne", "state:UKR"),
        ("tchequ", "state:CZE"),
        ("birm", "state:MMR"),
        ("Burma", "state:MMR"),
        ("memberOf", "sides:memberOf"),
        ("ES-11/1", "resolution:a-res-es-11-1"),
        ("sides:memberOf", "sides:memberOf"),
        ("friends of russia", "query:friends-of-russia"),
        ("votes at the UN", "query:votes-on-a-resolution"),
        ("OTAN membres", "sides:NATOMember"),
    ],
)
def test_the_beginning_of_a_name_finds_it(index: NameIndex, text: str, found: str) -> None:
    assert first(index, text) == found


def test_every_group_of_things_is_found(index: NameIndex) -> None:
    groups = {hit.entry.group for hit in search(index, "aid", limit=200)}
    assert {"term", "query", "source"} <= groups
    assert {hit.entry.group for hit in search(index, "military", keep=lambda entry: entry.group == "concept")} == {
        "concept"
    }


def test_each_thing_is_told_once_and_the_best_first(index: NameIndex) -> None:
    hits = search(index, "Guin", limit=50)
    assert len({hit.entry.iri for hit in hits}) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [shorten(hit.entry.iri) for hit in hits[:2]] == ["state:GIN", "state:GNB"]


def test_nothing_is_found_of_nothing(index: NameIndex) -> None:
    assert search(index, "") == search(index, "  …  ") == search(index, "xyzzyxyzzy") == nearest(index, "zzqq") == []


def test_who_finds_nothing_is_told_what_is_near(index: NameIndex) -> None:
    assert "state:AZE" in [shorten(hit.entry.iri) for hit in nearest(index, "Azrbdjan")]


def test_it_is_fast_enough_for_every_letter_typed(index: NameIndex) -> None:
    search(index, "warm")
    began = time.process_time()
    for text in ("F", "Fr", "Fra", "Fran", "république", "a", "de la", "Ukrainne", "aid to Ukraine", "e"):
        search(index, text, limit=10)
    assert (time.process_time() - began) / 10 < 0.05  # 3 ms on a quiet machine


@given(st.text(max_size=40))
def test_any_text_can_be_looked_for(index: NameIndex, text: str) -> None:
    assert len(search(index, text, limit=5)) <= 5
