"""A statement as a person reads it: its text with the marked words, below it each assertion with its reasons."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from kg.ground.records import Assertion, Statement

_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"

# What would move the cursor or turn the direction of a terminal's text, and is no part of what a text says.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def explained(statement: Statement, assertions: Sequence[Assertion], *, colour: bool = False) -> str:
    """The text with the numbers of the assertions that rest on its words; each assertion with rule and words.

    ``colour``: with the escape sequences of a terminal.

    >>> from kg.ground.records import Evidence, Span
    >>> said = Assertion.create("border", {"a": "state:HUN", "b": "state:UKR"}, evidence=Evidence("r", (Span(0, 2),)))
    >>> print(explained(Statement("s", "7", "fr", "Là-bas."), [said]))
    7 (fr)  [Là]¹-bas.
      1  border: a = state:HUN; b = state:UKR
         by the rule r, from «Là»
    <BLANKLINE>
    """
    bold, faint, plain = (_BOLD, _FAINT, _PLAIN) if colour else ("", "", "")
    marked = "".join(
        f"{bold}[{text}]{plain}{_raised(numbers)}" if numbers else text
        for text, numbers in _parts(statement.text, assertions)
    )
    lines = [f"{faint}{_shown(statement.position)} ({statement.lang}){plain}  {marked}"]
    for number, assertion in enumerate(assertions, start=1):
        slots = "; ".join(f"{name} = {_value(value)}" for name, value in assertion.slots.items())
        lines.append(f"  {number}  {bold}{assertion.kind}{plain}: {slots}")
        if assertion.evidence:
            lines.append(f"     {faint}{_reason(statement.text, assertion)}{plain}")
    if not assertions:
        lines.append(f"  {faint}no assertion{plain}")
    return "\n".join([*lines, ""])


def _parts(text: str, assertions: Sequence[Assertion]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The text in pieces, each with the numbers of the assertions that rest on it."""
    begin: dict[int, list[int]] = defaultdict(list)
    close: dict[int, list[int]] = defaultdict(list)
    for number, assertion in enumerate(assertions, start=1):
        for span in assertion.evidence.spans if assertion.evidence else ():
            begin[span.start].append(number)
            close[span.end].append(number)
    current: Counter[int] = Counter()
    for start, end in pairwise(sorted({0, len(text), *begin, *close})):
        current.update(begin.get(start, ()))
        current.subtract(close.get(start, ()))
        current = +current
        yield _shown(text[start:end]), tuple(sorted(current))


def _raised(numbers: Sequence[int]) -> str:
    """Numbers as they stand above a line: ``¹˒²``.

    >>> _raised([1, 12])
    '¹˒¹²'
    """
    return "˒".join(map(str, numbers)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _value(value: object) -> str:
    return _shown(", ".join(map(str, value)) if isinstance(value, tuple) else str(value))


def _reason(text: str, assertion: Assertion) -> str:
    evidence = assertion.evidence
    assert evidence is not None  # asked for only where there is one
    words = " ".join(f"«{_shown(text[span.start : span.end])}»" for span in evidence.spans)
    trusted = f", confidence {evidence.confidence:f}" if evidence.confidence is not None else ""
    return f"by the rule {evidence.rule}{trusted}" + (f", from {words}" if words else "")


def _shown(text: str) -> str:
    r"""A text whose control characters are written out.

    >>> _shown("a\tb\x1b[2J")
    'a\\x09b\\x1b[2J'
    """
    return _UNPRINTABLE.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
