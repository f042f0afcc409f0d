"""``kg map``: what the statements of a file say."""

from __future__ import annotations

import argparse
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.common import FOUND, Commands, add_home, load_mapper, settings_of
from kg.cli.explained import explained
from kg.cli.progress import Progress
from kg.ground.errors import StatementFileError
from kg.ground.records import LANGUAGES
from kg.ground.settings import Settings

if TYPE_CHECKING:
    from kg.build.stream import Write


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "map",
        help="print what the statements of a file say",
        description="Map each statement of a file to assertions. Exit code 1 when a line was left out.",
        epilog="docs/contract.md tells what assertions look like, docs/mapper.md how they are found.",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help=".txt: one statement a line; .jsonl: id, lang, text; -: lines of text from the standard input",
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument(
        "--format",
        choices=("jsonl", "trig"),
        default="jsonl",
        help="jsonl: one JSON object a statement, in the order of the file (default); trig: RDF with the plain layer",
    )
    shape.add_argument(
        "--explain", action="store_true", help="print each text with its spans marked, and by what each was read"
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="language of lines of text (default: found statement by statement)"
    )
    parser.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes that map; 0: one a processor")
    parser.add_argument(
        "--strict", action="store_true", help="stop at a line that holds no statement (default: tell and leave it out)"
    )
    add_home(parser)
    parser.set_defaults(command=run)


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 1024:
        raise ValueError(text)
    return number or os.cpu_count() or 1


def run(given: argparse.Namespace) -> int:
    """Print what each statement says."""
    settings = settings_of(given)
    return _map_to_trig(given, settings) if given.format == "trig" else _map_to_lines(given, settings)


class _LeftOut:
    """Counts the lines that are left out, and tells of each; with ``strict``, stops at the first."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.count = 0

    def __call__(self, error: StatementFileError) -> None:
        """Leave out a line."""
        if self.strict:
            raise error
        self.count += 1
        print(f"kg: left out: {error}", file=sys.stderr)


def _map_to_lines(given: argparse.Namespace, settings: Settings) -> int:
    from kg.build.stream import StatementReader, Task, json_line, map_statements

    left_out = _LeftOut(strict=given.strict)
    write: Write = partial(explained, colour=sys.stdout.isatty()) if given.explain else json_line
    task = Task(partial(load_mapper, settings.home / "sources" / "entities"), write, str(given.file))
    with Progress(_size(given.file), what="statements") as progress:
        reader = StatementReader(given.file, given.lang, left_out, _tell_unclear, progress.advance)
        for text in map_statements(reader, task, jobs=given.jobs):
            print(text, flush=True)
            progress.done()
    return FOUND if left_out.count else 0


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _tell_unclear(where: str, lang: str) -> None:
    print(f"kg: {where}: the language is not clear, {lang} is taken. What to do: give --lang", file=sys.stderr)


def _map_to_trig(given: argparse.Namespace, settings: Settings) -> int:
    from kg.build.facts import Vocabulary, map_source, source_graphs
    from kg.build.languages import is_unclear
    from kg.build.mapping import trig
    from kg.build.sources import STANDARD_INPUT, Source
    from kg.ground.terms import slug

    mapper = load_mapper(settings.home / "sources" / "entities")
    name = "standard-input" if given.file == STANDARD_INPUT else slug(given.file.stem)
    mapped = map_source(Source(name, given.file, given.lang), mapper)
    if not given.lang and given.file.suffix != ".jsonl":
        for item in (mapped.statement for mapped in mapped.statements):
            if is_unclear(item.text):
                _tell_unclear(f"{given.file}:{item.position}", item.lang)
    for graph, triples in source_graphs([mapped], Vocabulary.read(settings.home)).items():
        print(trig.serialize(graph, triples).decode(), end="", flush=True)
    return 0
