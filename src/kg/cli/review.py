"""``kg review``: a person decides on what the mapper proposes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.common import FOUND, Commands, add_home, load_mapper, settings_of
from kg.cli.explained import explained
from kg.ground.errors import ContractError, StatementFileError
from kg.ground.records import LANGUAGES, REVIEWED, Assertion, Statement

if TYPE_CHECKING:
    from kg.build.review import ReviewFile
    from kg.build.stream import Mapper

_ASSERTION = "accept, correct, reject, quit? [a/c/r/q] "
_STATEMENT = "add an assertion, next statement, quit? [a/n/q] "
_SLOTS = "slot=value; slot=value … (empty: leave it): "
_WHOLE = "kind slot=value; slot=value … (empty: leave it): "


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "review",
        help="walk through what the mapper proposes and write what a person accepts",
        description="Ask of each assertion that the mapper proposes whether it is right, and write the statements with "
        "the assertions that stand to a file for sources/. What is answered is kept: an interrupted review goes on "
        "where it stopped. Exit code 1 if it was left before the end.",
        epilog="docs/mapper.md tells what the answers mean. The name and the day are written as they are given.",
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, help=".txt: one statement a line; .jsonl: id, lang, text (not -)"
    )
    parser.add_argument("--by", required=True, metavar="NAME", help="who reviews")
    parser.add_argument("--on", required=True, metavar="DAY", help="the day of the review, YYYY-MM-DD")
    parser.add_argument("--output", type=Path, metavar="FILE", help=f"default: the name of FILE with {REVIEWED}")
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="language of lines of text (default: found statement by statement)"
    )
    add_home(parser)
    parser.set_defaults(command=run)


class _LeftError(Exception):
    """The reviewer has left."""


def run(given: argparse.Namespace) -> int:
    """Review the statements that are not reviewed yet."""
    from kg.build.mapping.given import Reviewer
    from kg.build.review import ReviewFile
    from kg.build.sources import read_statements

    settings = settings_of(given)
    if given.file.suffix not in (".txt", ".jsonl"):
        raise StatementFileError("cannot be reviewed", where=str(given.file), expected="a .txt or .jsonl file")
    file = ReviewFile.open(given.output or given.file.with_suffix(REVIEWED), Reviewer(given.by, given.on))
    statements = read_statements(given.file, lang=given.lang)
    open_ = [statement for statement in statements if not file.holds(statement)]
    mapper = load_mapper(settings.home / "sources" / "entities")
    print(f"{len(statements) - len(open_)} of {len(statements)} statements are reviewed, in {file.path}")
    try:
        for statement in open_:
            _review(file, statement, mapper)
    except _LeftError:
        print(f"\n{len(file.done)} of {len(statements)} statements are reviewed; the same command goes on from here")
        return FOUND
    print(f"all {len(statements)} statements are reviewed, in {file.path}")
    return 0


def _review(file: ReviewFile, statement: Statement, mapper: Mapper) -> None:
    proposed = tuple(mapper.map(statement.text, statement.lang, where=f"statement {statement.position}"))
    print("\n" + explained(statement, proposed, colour=sys.stdout.isatty()), end="")
    for assertion in file.undecided(statement, proposed):
        print(f"\n  {proposed.index(assertion) + 1}  {assertion.kind}")
        file.decide(statement, assertion, _decision(assertion))
    for assertion in _additions():
        file.decide(statement, None, assertion)
    file.finish(statement)


def _decision(assertion: Assertion) -> Assertion | None:
    """The assertion as it shall stand, or None."""
    from kg.build.review import corrected

    while True:
        match _asked(_ASSERTION):
            case "a":
                return assertion
            case "r":
                return None
            case "q":
                raise _LeftError
            case "c":
                if changed := _written(_SLOTS, lambda text: corrected(assertion, text)):
                    return changed


def _additions() -> Iterator[Assertion]:
    """The assertions that the reviewer adds before going on."""
    from kg.build.review import added

    while (answer := _asked(_STATEMENT)) != "n":
        if answer == "q":
            raise _LeftError
        if answer == "a" and (made := _written(_WHOLE, added)):
            yield made


def _written(question: str, read: Callable[[str], Assertion]) -> Assertion | None:
    """What the reviewer writes down, as soon as it can be read; None if nothing is written."""
    while text := _asked(question):
        try:
            return read(text)
        except ContractError as error:
            print(f"  {error}")
    return None


def _asked(question: str) -> str:
    """An answer from the standard input; its end is that of the review."""
    print(f"  {question}", end="", flush=True)
    answer = sys.stdin.readline()
    if not answer:
        raise _LeftError
    return answer.strip()
