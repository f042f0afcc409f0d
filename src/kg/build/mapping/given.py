"""Statements whose assertions are given beside them, by a file of the contract or by a person who has reviewed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kg.build.sources import read_lines, read_object
from kg.ground.errors import InputError, StatementFileError
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
class Reviewer:
    """Who reviews, and on which day (``YYYY-MM-DD``); both are given, never guessed."""

    by: str
    on: str

    def __post_init__(self) -> None:
        """Refuse what names nobody or no day; raises `InputError`."""
        if not self.by.strip():
            raise InputError("the name of the reviewer is empty", expected="a name")
        try:
            day = date.fromisoformat(self.on)
        except ValueError as error:
            raise InputError(f"the day of the review is {self.on!r}", expected="a day as YYYY-MM-DD") from error
        if day.isoformat() != self.on:
            raise InputError(f"the day of the review is {self.on!r}", expected="a day as YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class Review:
    """What a person has accepted of a text, and who that was; ``where`` is its file and line."""

    text: str
    assertions: tuple[Assertion, ...]
    reviewer: Reviewer
    where: str


def read_reviews(path: Path, *, every: bool) -> dict[str, Review]:
    """The reviews in a ``.jsonl`` file, by the position of the statement.

    What a person has let stand has no confidence any more. A line without ``reviewed_by`` is none, and with ``every``
    an error. Raises `StatementFileError` for a review
    without position, text, assertions, name or day, and for two of one statement; `ContractError` for an assertion
    outside the contract.
    """
    found: dict[str, Review] = {}
    for _, where, line in read_lines(path):
        row = read_object(line, where)
        if not every and "reviewed_by" not in row:
            continue
        position, review = row.get("id"), _review(row, line, where)
        if not isinstance(position, str):
            raise StatementFileError("id is missing or no string", where=where, expected="the position of a statement")
        if position in found:
            raise StatementFileError(f"a second review of statement {position}", where=where, expected="one line an id")
        found[position] = review
    return found


def _review(row: Mapping[str, object], line: str, where: str) -> Review:
    text, assertions = _read_line(line, where)
    by, on = row.get("reviewed_by"), row.get("reviewed_on")
    if not isinstance(by, str) or not isinstance(on, str):
        raise StatementFileError("a review without name or day", where=where, expected="reviewed_by and reviewed_on")
    try:
        reviewer = Reviewer(by, on)
    except InputError as error:
        raise StatementFileError(error.message, where=where, expected=error.expected) from error
    return Review(text, tuple(map(_without_confidence, assertions)), reviewer, where)


def _without_confidence(assertion: Assertion) -> Assertion:
    if assertion.evidence is None:
        return assertion
    return replace(assertion, evidence=replace(assertion.evidence, confidence=None))


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
