"""The ground floor: the table of kinds, the records, the settings, the tree of errors."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from kg.ground import errors
from kg.ground.errors import ContractError, InputError, SidesError
from kg.ground.kinds import CONCEPT_SCHEMES, KINDS, ValueType
from kg.ground.records import Assertion, Statement
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES, assertion_iri, expand, is_entity, shorten, slug


def test_texts_have_fifteen_kinds_and_tables_four_more() -> None:
    assert [kind.tabular for kind in KINDS.values()] == [False] * 15 + [True] * 4
    assert [name for name, kind in KINDS.items() if not any(s.required for s in kind.slots.values())] == ["poll"]


def test_no_text_has_to_fill_a_slot_that_only_tables_fill() -> None:
    tabular = [slot for kind in KINDS.values() if not kind.tabular for slot in kind.slots.values() if slot.tabular]
    assert {slot.name for slot in tabular} >= {"part_of", "survey", "question"}
    assert not any(slot.required for slot in tabular)


def test_every_concept_scheme_is_used_and_every_concept_slot_has_its_scheme() -> None:
    used = {slot.scheme for kind in KINDS.values() for slot in kind.slots.values() if slot.value is ValueType.CONCEPT}
    assert used | {"reliability"} == set(CONCEPT_SCHEMES)


@pytest.mark.parametrize(
    ("kind", "slots", "message"),
    [
        ("treaty", {}, "unknown kind 'treaty'"),
        ("border", {"a": "state:HUN", "b": "state:UKR", "length": 5}, "border has no slot length"),
        ("aid", {"recipient": ["state:UKR"]}, "aid lacks the slot donor"),
        ("aid", {"donor": []}, "aid lacks the slot donor"),
        ("aid", {"donor": ["state:FRA"], "amount": "1e9 EUR"}, "aid.amount cannot be '1e9 EUR'"),
        ("aid", {"donor": ["state:FRA"], "date": "mars 2022"}, "aid.date cannot be 'mars 2022'"),
        ("aid", {"donor": ["state:FRA"], "status": "promised"}, "aid.status cannot be 'promised'"),
        ("aid", {"donor": ["state:FRA"], "quantity": True}, "aid.quantity cannot be True"),
        ("border", {"a": ["state:HUN", "state:POL"], "b": "state:UKR"}, "border.a holds one value, came 2"),
    ],
)
def test_an_assertion_outside_the_table_is_refused(kind: str, slots: dict[str, object], message: str) -> None:
    with pytest.raises(ContractError, match=message) as caught:
        Assertion.create(kind, slots, where="line 7")
    assert str(caught.value).startswith("line 7: ")


@pytest.mark.parametrize(
    "date", ["2023", "2023-09", "2025-03-02", "--05-04", "--04", "2022/2024", "2022-02/..", "../2021"]
)
def test_dates_keep_their_precision(date: str) -> None:
    assert Assertion.create("aid", {"donor": ["state:FRA"], "date": date}).as_json()["date"] == date


def test_numbers_are_written_plain() -> None:
    share = Assertion.create("aid-share", {"donor": "state:FRA", "share": Decimal("1.4"), "rank": 3})
    assert share.as_json() == {"kind": "aid-share", "donor": "state:FRA", "share": 1.4, "rank": 3}
    assert Assertion.create("aid-share", {"donor": "state:FRA", "share": Decimal("2E+1")}).as_json()["share"] == 20


@pytest.mark.parametrize("nothing", [0, Decimal("0.0")])
def test_zero_is_a_value(nothing: int | Decimal) -> None:
    finding = Assertion.create("finding", {"measure": "trust", "target": "state:UKR", "change": nothing})
    assert finding.as_json()["change"] == 0
    assert Assertion.create("casualties", {"count": 0}).as_json()["count"] == 0


def test_an_assertion_is_named_by_content_and_place() -> None:
    here, there = Statement("s", "1", "fr", "…"), Statement("s", "2", "fr", "…")
    one = Assertion.create("measure", {"actor": ["state:EST", "state:LVA"], "action": "sanctions"})
    same = Assertion.create("measure", {"action": "sanctions", "actor": ["state:LVA", "state:EST"]})
    assert assertion_iri(here, one) == assertion_iri(here, same)
    assert assertion_iri(here, one) != assertion_iri(there, one)


def test_names_are_expanded_and_shortened() -> None:
    assert shorten(expand("org:nato")) == "org:nato"
    assert shorten("https://example.org/x") == "https://example.org/x"
    assert shorten(expand("state:") + "a/b") == expand("state:") + "a/b"
    assert slug("…") == slug("…")
    assert is_entity("state:FRA")
    assert not is_entity("selon lui : rien")
    assert not is_entity("wd:Q142")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_namespace_ends_where_a_name_is_cut(prefix: str) -> None:
    assert shorten(expand(f"{prefix}:a-name_1")) == f"{prefix}:a-name_1"
    assert shorten(expand(f"{prefix}:a.b")) == expand(f"{prefix}:a.b")


def test_settings_come_from_the_environment_and_the_command_line() -> None:
    settings = Settings.from_environment({"PORT": "8123", "SIDES_DEADLINE": "2.5"}, host="0.0.0.0")
    assert (settings.port, settings.deadline, settings.host) == (8123, 2.5, "0.0.0.0")
    assert Settings.from_environment({"PORT": "8123"}, port=9000).port == 9000
    assert Settings(home=Path("/srv/sides")).releases_path == Path("/srv/sides/var")


def test_a_wrong_setting_says_which() -> None:
    with pytest.raises(InputError, match=r"PORT is 'eighty'; expected int from 0 to 65535\. What to do: change PORT"):
        Settings.from_environment({"PORT": "eighty"})


@pytest.mark.parametrize(
    ("variable", "came", "told"),
    [
        ("PORT", "99999", "int from 0 to 65535"),
        ("SIDES_DEADLINE", "nan", "float from 0.01 to 86400"),
        ("SIDES_DEADLINE", "inf", "float from 0.01 to 86400"),
        ("SIDES_DEADLINE", "-5", "float from 0.01 to 86400"),
        ("SIDES_HELD_BACK", "-1", "int from 1 to 1024"),
        ("SIDES_HELD_BACK", "0", "int from 1 to 1024"),
        ("SIDES_QUEUE", "-1", "int from 0 to 10000"),
        ("SIDES_QUERY_MEMORY", "0", "int from 16 to 1048576"),
        ("SIDES_THREADS", "0", "int from 1 to 1024"),
        ("SIDES_WORKERS", "-2", "int from 0 to 1024"),
        ("SIDES_REQUEST_SIZE", "0", "int from 1 to 1024"),
        ("SIDES_LOG_CLIENTS", "all", "none, network, hash or full"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused(variable: str, came: str, told: str) -> None:
    with pytest.raises(InputError) as raised:
        Settings.from_environment({variable: came})
    assert str(raised.value) == f"{variable} is {came!r}; expected {told}. What to do: change {variable}"


def test_every_number_has_bounds_and_its_default_is_within() -> None:
    numbers = [item for item in fields(Settings) if isinstance(item.default, int | float)]
    assert len(numbers) > 5
    for item in numbers:
        assert item.metadata["least"] <= item.default <= item.metadata["most"]
    with pytest.raises(InputError, match="PORT is '70000'"):
        Settings.from_environment({}, port=70000)


def test_every_error_has_a_code_of_its_own_and_stands_in_the_drawing() -> None:
    tree = [item for item in vars(errors).values() if isinstance(item, type) and issubclass(item, SidesError)]
    assert len({item.code for item in tree}) == len(tree)
    assert errors.__doc__
    assert [item.__name__ for item in tree if item.__name__ not in errors.__doc__] == []
