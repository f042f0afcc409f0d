"""The list of deviations names tests that there are, each once and with a reason."""

from __future__ import annotations

from contract.conftest import DEVIATIONS, ENGINES


def test_each_is_told_once_and_with_its_reason() -> None:
    keys = [(entry["engine"], entry["test"]) for entry in DEVIATIONS]
    assert len(keys) == len({*keys})
    assert {engine for engine, _ in keys} <= {*ENGINES} - {"embedded"}
    assert all(len(entry["reason"]) > 30 for entry in DEVIATIONS)
