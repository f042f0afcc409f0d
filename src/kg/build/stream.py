"""Statements mapped as they come: read, mapped and handed on one by one, by one process or by several, in order.

Memory does not grow with the number of statements: only some chunks of them are held at any time.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Protocol

from kg.build.languages import best_language
from kg.build.sources import STANDARD_INPUT, decoded, json_statement, raw_lines
from kg.ground.errors import BuildError, StatementFileError
from kg.ground.records import LANGUAGES, Assertion, Statement
from kg.ground.terms import slug

_CHUNK_STATEMENTS = 50
_CHUNK_CHARACTERS = 12_500
# A chunk takes a process a tenth of a second: handing it over costs next to nothing, and all end at nearly one time.
_CHUNKS_AHEAD = 10
# For each process: the one that it maps, and enough to go on with while a slow one of another holds up the order.

Write = Callable[[Statement, tuple[Assertion, ...]], str]
"""Writes a statement and what it says as text; a function of some module, so that another process can be given it."""


def json_line(statement: Statement, assertions: tuple[Assertion, ...]) -> str:
    """A statement with its assertions as the contract's JSON object."""
    line = {
        "id": statement.position,
        "lang": statement.lang,
        "text": statement.text,
        "assertions": [assertion.as_json(evidence=True) for assertion in assertions],
    }
    return json.dumps(line, ensure_ascii=False)


class Mapper(Protocol):
    """Whatever turns a text into assertions."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        """The assertions of one statement; ``where`` is named in errors."""


@dataclass(slots=True)
class StatementReader:
    """The statements of a file, one by one.

    ``lang`` is the language of lines of text, found line by line where it is not given. A line that holds no statement
    is told to ``leave_out``, which may raise the error that it is given; the lines after it are read.
    ``unclear`` is told of each line of text whose language is not clear, ``advance`` how many bytes each line has.
    """

    path: Path
    lang: str | None
    leave_out: Callable[[StatementFileError], None]
    unclear: Callable[[str, str], None]
    advance: Callable[[int], None]

    def __iter__(self) -> Iterator[Statement]:
        """Read on; raises `StatementFileError` for a file that cannot be read."""
        source = slug(self.path.stem)
        read = self._line_reader()
        for number, raw in raw_lines(self.path):
            where = f"{self.path}:{number}"
            try:
                line = decoded(raw, where)
                statement = read(line, source, where, number) if line.strip() else None
            except StatementFileError as error:
                self.leave_out(error)
                statement = None
            if statement is not None:
                yield statement
            self.advance(len(raw))

    def _line_reader(self) -> Callable[[str, str, str, int], Statement]:
        kind = ".txt" if self.path == STANDARD_INPUT else self.path.suffix
        match kind:
            case ".txt":
                return self._text_line
            case ".jsonl":
                return lambda line, source, where, _: json_statement(line, source, where)
        raise StatementFileError(f"a file that ends in {kind!r}", where=str(self.path), expected=".txt or .jsonl")

    def _text_line(self, line: str, source: str, where: str, number: int) -> Statement:
        if self.lang is not None:
            if self.lang not in LANGUAGES:
                raise StatementFileError(
                    f"unknown language {self.lang!r}", where=where, expected=" or ".join(LANGUAGES)
                )
            return Statement(source, str(number), self.lang, line)
        lang, clear = best_language(line)
        if not clear:
            self.unclear(where, lang)
        return Statement(source, str(number), lang, line)


@dataclass(frozen=True, slots=True)
class Task:
    """What is done with statements: by which mapper, and how the outcome is written; ``name`` stands in errors.

    ``load`` gives the mapper; it is called once, or once in every process that shares nothing with this one.
    """

    load: Callable[[], Mapper]
    write: Write
    name: str

    def written(self, mapper: Mapper, statement: Statement) -> str:
        """One statement, mapped and written."""
        where = f"{self.name}, statement {statement.position}"
        return self.write(statement, tuple(mapper.map(statement.text, statement.lang, where=where)))


def map_statements(statements: Iterable[Statement], task: Task, *, jobs: int = 1) -> Iterator[str]:
    """What each statement says, as ``task`` writes it, in the order of the statements.

    With more than one job, as many processes map chunks of statements. Raises what mapping raises, and
    `BuildError` if a process ends before its work.
    """
    if jobs > 1:
        return _by_processes(statements, task, jobs)
    mapper = task.load()
    return (task.written(mapper, statement) for statement in statements)


def _by_processes(statements: Iterable[Statement], task: Task, jobs: int) -> Iterator[str]:
    pool = _pool(task, jobs)
    waiting: deque[Future[list[str]]] = deque()
    try:
        for chunk in _chunks(statements):
            waiting.append(pool.submit(_map_chunk, chunk))
            if len(waiting) == _CHUNKS_AHEAD * jobs:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise BuildError(
            "a process that maps statements ended before its work",
            where=task.name,
            remedy="look whether the memory sufficed; try again with fewer --jobs",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(task: Task, jobs: int) -> ProcessPoolExecutor:
    """Processes that share the mapper loaded here; where they cannot be forked, each loads one, for about a second."""
    if _one_thread():
        return ProcessPoolExecutor(jobs, get_context("fork"), initializer=_begin, initargs=(task, task.load()))
    return ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_begin, initargs=(task,))


def _one_thread() -> bool:
    """Whether no other thread runs here, whose locks a fork would copy and nobody would open; never but on Linux."""
    return len(list(Path("/proc/self/task").glob("*"))) == 1


def _chunks(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    chunk: list[Statement] = []
    characters = 0
    for statement in statements:
        chunk.append(statement)
        characters += len(statement.text)
        if len(chunk) == _CHUNK_STATEMENTS or characters > _CHUNK_CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk


@dataclass(slots=True)
class _Worker:
    """What a process that maps has loaded."""

    task: Task
    mapper: Mapper


_WORKERS: list[_Worker] = []  # one in a process that maps, none anywhere else


def _begin(task: Task, mapper: Mapper | None = None) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    _WORKERS.append(_Worker(task, task.load() if mapper is None else mapper))


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one: killed, it tells nobody that there is no more work."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _map_chunk(chunk: list[Statement]) -> list[str]:
    worker = _WORKERS[-1]
    return [worker.task.written(worker.mapper, statement) for statement in chunk]
