"""What a person decides on proposed assertions, written down answer by answer so that nothing is lost.

A reviewed file is a ``.jsonl`` file of statements with their ``assertions``, ``reviewed_by`` and ``reviewed_on``. A
statement is added to it when all that was proposed for it is decided. Until then the answers stand in a journal beside
it, from which an interrupted review goes on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from kg.build.mapping.given import Reviewer, assertion_of
from kg.build.sources import read_lines, read_object
from kg.ground.errors import ContractError, StatementFileError
from kg.ground.kinds import KINDS, Slot, ValueType
from kg.ground.records import Assertion, Evidence, Statement

JOURNAL = ".unfinished"
"""What is added to the name of a reviewed file to name its journal."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One decision: what was proposed (None: a person has added it), and what shall stand (None: nothing)."""

    proposed: str | None
    kept: Assertion | None


@dataclass(slots=True)
class ReviewFile:
    """A reviewed file that is being written."""

    path: Path
    reviewer: Reviewer
    done: dict[str, str] = field(default_factory=dict)
    """The texts of the statements that are in the file, by their position."""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    """What is decided on statements that are not in the file yet, by their position."""

    @classmethod
    def open(cls, path: Path, reviewer: Reviewer) -> ReviewFile:
        """Begin a review, or go on with an interrupted one.

        Raises `StatementFileError` for a file that is no reviewed file.
        """
        made = cls(path, reviewer)
        for where, row in _rows(path):
            if "reviewed_by" not in row:
                raise StatementFileError("reviewed_by is missing", where=where, expected="a reviewed file")
            made.done[str(row.get("id"))] = str(row.get("text"))
        for where, row in _rows(made.journal):
            position, proposed, kept = str(row.get("id")), row.get("proposed"), row.get("kept")
            answer = Answer(
                None if proposed is None else str(proposed), None if kept is None else assertion_of(kept, where)
            )
            if position not in made.done:
                made.answers.setdefault(position, []).append(answer)
        return made

    @property
    def journal(self) -> Path:
        """The file of the answers that belong to no finished statement yet."""
        return self.path.with_name(self.path.name + JOURNAL)

    def holds(self, statement: Statement) -> bool:
        """Whether a statement is reviewed; raises `StatementFileError` if it was, with another text."""
        text = self.done.get(statement.position)
        if text is not None and text != statement.text:
            raise StatementFileError(
                f"statement {statement.position} was reviewed with another text",
                where=str(self.path),
                expected=text,
                remedy="write to another file by --output",
            )
        return text is not None

    def undecided(self, statement: Statement, proposed: Sequence[Assertion]) -> list[Assertion]:
        """Those of the assertions proposed for a statement on which nothing is decided yet."""
        decided = {answer.proposed for answer in self.answers.get(statement.position, [])}
        return [assertion for assertion in proposed if assertion.canonical() not in decided]

    def decide(self, statement: Statement, proposed: Assertion | None, kept: Assertion | None) -> None:
        """Write down one more answer: what was proposed, if anything was, and what shall stand, if anything shall."""
        answer = Answer(None if proposed is None else proposed.canonical(), kept)
        self.answers.setdefault(statement.position, []).append(answer)
        told = None if kept is None else kept.as_json(evidence=True)
        _append(self.journal, {"id": statement.position, "proposed": answer.proposed, "kept": told})

    def finish(self, statement: Statement) -> None:
        """Write a statement with all that shall stand into the file."""
        kept = [answer.kept for answer in self.answers.pop(statement.position, []) if answer.kept is not None]
        line = {
            "id": statement.position,
            "lang": statement.lang,
            "text": statement.text,
            "assertions": [assertion.as_json(evidence=True) for assertion in kept],
            "reviewed_by": self.reviewer.by,
            "reviewed_on": self.reviewer.on,
        }
        _append(self.path, line)
        self.done[statement.position] = statement.text
        if not self.answers:
            self.journal.unlink(missing_ok=True)


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The JSON objects of a file, none if it is not there; a last line that was cut off while it was written is not."""
    lines = list(read_lines(path)) if path.exists() else []
    whole = not lines or path.read_bytes().endswith(b"\n")
    if not whole:
        _mend(path, lines[-1][2])
        lines = list(read_lines(path))
    return ((where, read_object(line, where)) for _, where, line in lines)


def _mend(path: Path, last: str) -> None:
    """End the last line of a file, or take it away if it was cut off."""
    try:
        json.loads(last)
    except ValueError:
        os.truncate(path, path.stat().st_size - len(last.encode()))
    else:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")


def _append(path: Path, line: Mapping[str, object]) -> None:
    """Add a line and put it on the disk before going on."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def corrected(assertion: Assertion, changes: str) -> Assertion:
    """An assertion with some slots changed: ``status=pledged; date=``; lists are written with commas.

    >>> made = Assertion.create("border", {"a": "state:HUN", "b": "x"})
    >>> corrected(made, "b = state:UKR").as_json()
    {'kind': 'border', 'a': 'state:HUN', 'b': 'state:UKR'}

    Raises `ContractError` for what the assertion cannot be.
    """
    slots: dict[str, object] = dict(assertion.slots)
    for change in filter(str.strip, changes.split(";")):
        name, equals, value = (part.strip() for part in change.partition("="))
        table = KINDS[assertion.kind].slots
        if name not in table or not equals:
            raise ContractError(f"cannot read {change.strip()!r}", expected=f"slot=value; slots: {', '.join(table)}")
        slots[name] = _read(table[name], value)
    evidence = replace(assertion.evidence or Evidence(""), rule=f"{assertion.kind}/reviewed", confidence=None)
    return Assertion.create(assertion.kind, slots, evidence=evidence)


def added(text: str) -> Assertion:
    """An assertion that a person writes down: ``border a=state:HUN; b=state:UKR``; raises `ContractError`.

    >>> added("border a=state:HUN; b=state:UKR").as_json()
    {'kind': 'border', 'a': 'state:HUN', 'b': 'state:UKR'}
    """
    kind, _, slots = text.strip().partition(" ")
    if kind not in KINDS:
        raise ContractError(f"unknown kind {kind!r}", expected="one of " + ", ".join(KINDS))
    return corrected(Assertion(kind, {}), slots)


def _read(slot: Slot, value: str) -> object:
    """What is written for a slot, as its type; what does not fit is left for the table of kinds to refuse."""
    if slot.many:
        return [item.strip() for item in value.split(",") if item.strip()]
    if slot.value is ValueType.FLAG:
        return value == "true" or value
    if slot.value in (ValueType.NUMBER, ValueType.COUNT):
        try:
            number = Decimal(value)
        except InvalidOperation:
            return value
        return int(number) if number == number.to_integral_value() else number
    return value
