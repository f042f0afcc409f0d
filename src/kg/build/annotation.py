"""Texts that are read for somebody who waits, one at a time: ``python -m kg.build.annotation --memory MIB HOME``.

The server starts this process, since the two halves of the house know nothing of one another. It reads requests from
its standard input, each a JSON object on a line (``text``; ``lang``, or null if it is to be found; ``graph``, whether
the triples are wanted), and answers each by a line: an `Annotated`, or an object with ``error``. It ends with its
input, and keeps nothing of what it reads.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict

from kg.build.facts import MappedSource, Vocabulary, source_graphs
from kg.build.languages import best_language
from kg.build.mapping import trig
from kg.build.mapping.documents import MappedStatement
from kg.build.sources import Source
from kg.build.stream import json_line
from kg.build.text.decisions import decide
from kg.build.text.mapper import Mapper
from kg.build.text.names import NameIndex, read_names
from kg.ground.errors import SidesError
from kg.ground.records import Assertion, Span, Statement

NAME = "try"
"""The source that the statements of a text would belong to."""

_MEBIBYTE = 1024 * 1024


class AnnotatedStatement(TypedDict):
    """One line of a text, and what the mapper makes of it.

    ``line`` is what ``kg map`` prints. ``clear`` tells whether more speaks for its language than for another. ``names``
    are the decisions on its names (`kg.build.text.decisions.Decision`), ``unread`` the spans of the sentences, and of
    the clauses of others (`kg.build.text.mapper.Mapper.parts`), that no assertion rests on.
    """

    line: str
    clear: bool
    names: Sequence[Mapping[str, Any]]
    unread: Sequence[tuple[int, int]]


class Annotated(TypedDict):
    """A text as it was read: its statements, and the triples that they would be, as TriG, if they were asked for."""

    statements: Sequence[AnnotatedStatement]
    trig: str | None


@dataclass(frozen=True)
class Annotator:
    """Reads texts; ``names`` are those that ``mapper`` knows in each language, ``home`` is the home folder."""

    home: Path
    names: Mapping[str, NameIndex]
    mapper: Mapper

    @classmethod
    def read(cls, home: Path) -> Annotator:
        """Load the mapper. Raises `kg.ground.errors.TableError` for a table of entities that cannot be used."""
        names = read_names(home / "sources" / "entities")
        return cls(home, names, Mapper(names))

    def annotate(self, text: str, lang: str | None = None, *, graph: bool = False) -> Annotated:
        """Read a text, of which each line that is not blank is a statement.

        Raises `InputError` for a language that has no mapper.
        """
        mapped = [self._mapped(*item) for item in _statements(text, lang)]
        return {
            "statements": [
                self._annotated(item, clear=bool(lang) or best_language(item.statement.text)[1]) for item in mapped
            ],
            "trig": self._trig(mapped) if graph else None,
        }

    def _mapped(self, number: int, lang: str, text: str) -> MappedStatement:
        statement = Statement(NAME, str(number), lang, text)
        return MappedStatement(statement, self.mapper.map(text, lang, where=f"statement {number}"))

    def _annotated(self, mapped: MappedStatement, *, clear: bool) -> AnnotatedStatement:
        statement = mapped.statement
        return {
            "line": json_line(statement, mapped.assertions),
            "clear": clear,
            "names": [asdict(item) for item in decide(statement.text, self.names[statement.lang], statement.lang)],
            "unread": [*_unread(self.mapper.parts(statement.text, statement.lang), mapped.assertions)],
        }

    def _trig(self, mapped: Iterable[MappedStatement]) -> str:
        source = MappedSource(Source(NAME, Path(NAME), None), tuple(mapped))
        graphs = source_graphs([source], self._vocabulary)
        return b"".join(trig.serialize(graph, triples) for graph, triples in graphs.items()).decode()

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary.read(self.home)


def _statements(text: str, lang: str | None) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        yield number, lang or best_language(line)[0], line


def _unread(parts: Iterable[tuple[Span, Sequence[Span]]], assertions: Iterable[Assertion]) -> Iterator[tuple[int, int]]:
    """The sentences in which no evidence of an assertion lies, and such clauses of the others."""
    evidence = [span for said in assertions if said.evidence for span in said.evidence.spans]

    def is_read(part: Span) -> bool:
        return any(span.start < part.end and part.start < span.end for span in evidence)

    for sentence, clauses in parts:
        for part in clauses if is_read(sentence) else (sentence,):
            if not is_read(part):
                yield part.start, part.end


def main(arguments: Sequence[str] | None = None) -> None:
    """Answer the requests of the standard input until it ends."""
    parser = argparse.ArgumentParser(description="Read texts for a server.")
    parser.add_argument("--memory", type=int, default=1024, metavar="MIB", help="what the process may take (1024)")
    parser.add_argument("home", type=Path, metavar="HOME", help="folder that holds ontology/ and sources/")
    given = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (given.memory * _MEBIBYTE, given.memory * _MEBIBYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    annotator = Annotator.read(given.home)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(_answer(annotator, json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(annotator: Annotator, request: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return annotator.annotate(request["text"], request["lang"], graph=request["graph"])
    except SidesError as error:
        return {"error": str(error)}


if __name__ == "__main__":
    main()
