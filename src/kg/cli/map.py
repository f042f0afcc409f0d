"""``kg map``: what the statements of a file say."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from kg.cli.common import Commands, add_home, settings_of
from kg.ground.records import LANGUAGES, Statement
from kg.ground.settings import Settings


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "map",
        help="print what the statements of a file say",
        description="Map each statement of a file to assertions.",
        epilog="docs/contract.md tells what assertions look like.",
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help=".txt: one statement a line; .jsonl: id, lang, text; -: lines of text from the standard input",
    )
    parser.add_argument(
        "--format",
        choices=("jsonl", "trig"),
        default="jsonl",
        help="jsonl: one JSON object a statement, in the order of the file (default); trig: RDF with the plain layer",
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="language of lines of text (default: found statement by statement)"
    )
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Print what each statement says."""
    settings = settings_of(given)
    return _map_to_trig(given, settings) if given.format == "trig" else _map_to_json(given, settings)


def _map_to_json(given: argparse.Namespace, settings: Settings) -> int:
    from kg.build.sources import read_statements
    from kg.build.text.mapper import Mapper

    statements = read_statements(given.file, lang=given.lang)
    mapper = Mapper.from_tables(settings.home / "sources" / "entities")
    _tell_unclear(given, statements)
    for item in statements:
        assertions = mapper.map(item.text, item.lang, where=f"{given.file}, statement {item.position}")
        line = {
            "id": item.position,
            "lang": item.lang,
            "text": item.text,
            "assertions": [assertion.as_json(evidence=True) for assertion in assertions],
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


def _tell_unclear(given: argparse.Namespace, statements: Iterable[Statement]) -> None:
    """Say on stderr in which lines of text the language was not clear."""
    from kg.build.languages import is_unclear

    if given.lang or given.file.suffix == ".jsonl":
        return
    for item in statements:
        if is_unclear(item.text):
            told = f"the language is not clear, {item.lang} is taken. What to do: give --lang"
            print(f"kg: {given.file}:{item.position}: {told}", file=sys.stderr)


def _map_to_trig(given: argparse.Namespace, settings: Settings) -> int:
    from kg.build.mapping import trig
    from kg.build.pipeline import Vocabulary, map_source, source_graphs
    from kg.build.sources import STANDARD_INPUT, Source
    from kg.build.text.mapper import Mapper
    from kg.ground.terms import slug

    mapper = Mapper.from_tables(settings.home / "sources" / "entities")
    name = "standard-input" if given.file == STANDARD_INPUT else slug(given.file.stem)
    mapped = map_source(Source(name, given.file, given.lang), mapper)
    _tell_unclear(given, [item.statement for item in mapped.statements])
    for graph, triples in source_graphs([mapped], Vocabulary.read(settings.home)).items():
        print(trig.serialize(graph, triples).decode(), end="", flush=True)
    return 0
