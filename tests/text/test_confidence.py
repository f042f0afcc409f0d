"""The confidence of assertions: its signs, its weights, and whether assertions are right as often as it says."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from kg.build.text.confidence import Calibration, load_calibration
from kg.ground.kinds import KINDS
from support.calibration import EDGES, Judged, held_out, reliability, reliability_lines, right_share
from support.mapped import mapper

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mapper.md").read_text(encoding="utf-8")
TOLD = re.findall(r"^\| ([\d.]+) to ([\d.]+) \| (\d+) \| ([\d.]+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)


@cache
def unseen() -> tuple[Judged, ...]:
    """The assertions of the held-out statements, mapped once."""
    return tuple(held_out())


def signs(text: str, lang: str = "en") -> dict[str, float]:
    """The signs of the only assertion of a text."""
    ((_, found),) = mapper().judged(text, lang)
    return dict(found)


def confidence(text: str, lang: str = "en") -> Decimal:
    """The confidence of the only assertion of a text."""
    (assertion,) = mapper().map(text, lang)
    assert assertion.evidence is not None
    assert assertion.evidence.confidence is not None
    return assertion.evidence.confidence


def test_assertions_are_right_as_often_as_their_confidence_says() -> None:
    for row in reliability(unseen()):
        chance = 2 * math.sqrt(row.mean * (1 - row.mean) / row.number)  # of a share seen in so few
        assert abs(row.right - row.mean) <= 0.03 + chance, row


def test_confidence_as_a_whole_is_neither_too_high_nor_too_low() -> None:
    expected = sum(item.confidence for item in unseen()) / len(unseen())
    assert len(unseen()) > 200
    assert expected == pytest.approx(right_share(unseen()), abs=0.05)


def test_what_is_trusted_less_is_right_less_often() -> None:
    doubtful = [item for item in unseen() if item.confidence < 0.8]
    trusted = [item for item in unseen() if item.confidence >= 0.9]
    assert min(len(doubtful), len(trusted)) > 20
    assert right_share(trusted) > right_share(doubtful) + 0.15


def test_the_page_tells_the_reliability_that_is_measured() -> None:
    measured = {(f"{row.low:.2f}", f"{row.high:.2f}"): row for row in reliability(unseen())}
    assert {(low, high) for low, high, *_ in TOLD} == measured.keys()
    for low, high, number, mean, right in TOLD:
        row = measured[low, high]
        assert int(number) == pytest.approx(row.number, abs=max(4, row.number / 4))
        assert float(mean) == pytest.approx(row.mean, abs=0.05)
        assert float(right) == pytest.approx(row.right, abs=0.02 + 2 / row.number)


def test_the_table_of_reliability_holds_everything_once() -> None:
    items = [Judged("w", at / 100, at % 2 == 0, {}) for at in range(1, 100)]
    rows = reliability(items)
    assert [row.number for row in rows] == [59, 20, 10, 5, 5]
    assert [rows[0].low, *(row.high for row in rows)] == [*EDGES]
    assert (round(rows[0].mean, 2), round(rows[0].right, 2)) == (0.30, 0.49)
    assert list(reliability_lines(items))[-1] == "| 0.95 to 1.00 | 5 | 0.97 | 0.40 |"


def test_every_weight_belongs_to_a_sign_and_to_a_kind_or_rule() -> None:
    given = {name for item in unseen() for name in item.signs}
    kinds = {f"kind {name}" for name in KINDS}
    for name in load_calibration().weights:
        of_rule = name.startswith("rule ") and name.removeprefix("rule ").split("/")[0] in KINDS
        assert name in given | kinds or of_rule, name


def test_a_state_that_nothing_rests_on_lowers_the_confidence() -> None:
    plain, other = "Sweden joined NATO in 2024.", "Sweden joined NATO in 2024, Portugal in mind."
    assert signs(plain)["a state left unread"] == 0
    assert signs(other)["a state left unread"] == 1
    assert confidence(other) < confidence(plain)


def test_signs_are_those_of_the_sentence_and_of_the_assertion() -> None:
    found = signs("Germany may have delivered 18 Leopard 2 tanks to Ukraine in March 2023.")
    assert found["kind aid"] == found["language en"] == found["always"] == found["hedged"] == 1
    assert found["anaphor"] == found["not linked"] == 0
    assert found["many entities"] == 1  # the donor, the recipient, the item
    assert found["slots"] > 1
    assert 0 < found["width"] < 2
    assert 0 <= found["unknown words"] < 1


def test_phrases_that_no_table_holds_and_what_takes_up_a_name_are_signs() -> None:
    assert signs("Germany delivered 20 generators to Ukraine.")["not linked"] == 1
    taken_up = mapper().judged("La Suède borde la Norvège. Elle est membre de l'OTAN.", "fr")
    assert [its["anaphor"] for made, its in taken_up if made.kind == "membership"] == [1]


def test_a_confidence_has_two_digits_and_is_never_certain() -> None:
    calibration = Calibration({"always": 50.0, "never": -50.0})
    assert calibration.confidence({"always": 1.0}) == Decimal("0.99")
    assert calibration.confidence({"never": 1.0}) == Decimal("0.01")
    assert calibration.confidence({"a sign without a weight": 1.0}) == Decimal("0.50")


def test_map_gives_what_is_judged() -> None:
    text = "L'Allemagne a livré 18 chars Leopard 2 à l'Ukraine. La Suède est membre de l'OTAN."
    assert mapper().map(text, "fr") == tuple(assertion for assertion, _ in mapper().judged(text, "fr"))
    assert len(mapper().map(text, "fr")) == 2
