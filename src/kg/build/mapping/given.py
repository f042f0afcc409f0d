"""Statements whose assertions are given beside them, in a file of the contract (``.jsonl`` with ``assertions``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol

from kg.build.sources import read_lines, read_object
from kg.ground.errors import StatementFileError
from kg.ground.records import Assertion, Evidence, Span


@dataclass(frozen=True, slots=True)
class GivenAssertions:
    """A mapper that answers with the assertions that people have written down for each text."""

    by_text: Mapping[str, tuple[Assertion, ...]]

    @classmethod
    def read(cls, path: Path) -> GivenAssertions:
        """Read the texts and assertions of a file.

        Raises `StatementFileError` for a line without them, `ContractError` for an assertion outside the contract.
        """
        return cls(dict(_read_line(line, where) for _, where, line in read_lines(path)))

    def map(self, text: str, lang: str, *, where: str | None = None) -> tuple[Assertion, ...]:
        """The assertions given for a text; raises `StatementFileError` for a text that the file does not have."""
        if text not in self.by_text:
            raise StatementFileError(
                "no assertions are given for this text", where=where, expected=f"{lang} text in file"
            )
        return self.by_text[text]


@dataclass(frozen=True, slots=True)
class Review:
    """What a person has accepted of a statement, who that was, and on which day."""

    assertions: tuple[Assertion, ...]
    by: str
    on: str


class Rules(Protocol):
    """A mapper that reads texts by rules."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        """The assertions of one statement; ``where`` is named in errors."""


@dataclass(frozen=True, slots=True)
class ReviewedMapper:
    """A mapper that answers with what a person has accepted, and for any other text with what the rules read."""

    rules: Rules
    reviews: Mapping[str, Review]
    """By the text that was reviewed."""

    @classmethod
    def read(cls, path: Path, rules: Rules) -> ReviewedMapper:
        """Take the reviews of a file that `kg review` has written; lines without ``reviewed_by`` are none.

        Raises `StatementFileError` for a line without assertions or day, `ContractError` for an assertion outside the
        contract.
        """
        rows = ((where, line, read_object(line, where)) for _, where, line in read_lines(path))
        return cls(rules, dict(_review(row, line, where) for where, line, row in rows if "reviewed_by" in row))

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        """The assertions of a text."""
        review = self.reviews.get(text)
        return self.rules.map(text, lang, where=where) if review is None else review.assertions


def _review(row: Mapping[str, object], line: str, where: str) -> tuple[str, Review]:
    text, assertions = _read_line(line, where)
    by, on = row.get("reviewed_by"), row.get("reviewed_on")
    if not isinstance(by, str) or not by.strip() or not isinstance(on, str) or not on.strip():
        raise StatementFileError("a review without name or day", where=where, expected="reviewed_by and reviewed_on")
    return text, Review(assertions, by, on)


def _read_line(line: str, where: str) -> tuple[str, tuple[Assertion, ...]]:
    row = read_object(line, where)
    text, given = row.get("text"), row.get("assertions")
    if not isinstance(text, str) or not isinstance(given, Sequence) or isinstance(given, str):
        raise StatementFileError(
            "text or assertions are missing", where=where, expected="text and a list of assertions"
        )
    return text, tuple(assertion_of(item, where) for item in given)


def assertion_of(item: object, where: str) -> Assertion:
    """The assertion that a JSON object of the contract holds.

    Raises `StatementFileError` for another object, `ContractError` for an assertion outside the contract.
    """
    if not isinstance(item, Mapping) or not isinstance(item.get("kind"), str):
        raise StatementFileError("an assertion without kind", where=where, expected="an object with kind and slots")
    slots = {name: _exact(value) for name, value in item.items() if name != "kind" and not name.startswith("_")}
    return Assertion.create(item["kind"], slots, evidence=_evidence(item, where), where=where)


def _evidence(item: Mapping[str, object], where: str) -> Evidence | None:
    """What the keys ``_rule``, ``_spans`` and ``_confidence`` tell, if `kg map` has printed them."""
    if "_rule" not in item:
        return None
    confidence = item.get("_confidence")
    try:
        spans = tuple(Span(int(start), int(end)) for start, end in _pairs(item.get("_spans", ())))
        return Evidence(str(item["_rule"]), spans, None if confidence is None else Decimal(str(confidence)))
    except (TypeError, ValueError, InvalidOperation) as error:
        raise StatementFileError(
            "evidence that cannot be read", where=where, expected="_spans: [[start, end], …], _confidence: 0 to 1"
        ) from error


def _pairs(spans: object) -> Sequence[Sequence[int]]:
    if not isinstance(spans, Sequence):
        raise TypeError(spans)
    return spans


def _exact(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value
