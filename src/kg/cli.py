"""The command line: ``kg map``, ``kg build``, ``kg check``, ``kg explain``.

What a command needs is imported when it runs: `kg map` starts without the RDF libraries, `kg --version` without any.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import kg
from kg.ground.errors import InputError, SidesError
from kg.ground.records import LANGUAGES, Statement
from kg.ground.settings import Settings

FOUND = 1
"""Exit code of `kg check` when it has found something."""

NOT_THERE = 1
"""Exit code of `kg explain` for a triple that is not in the graph."""

FAILED = 2
"""Exit code after an error, which is told on stderr."""

_READER_GONE = 141  # 128 + SIGPIPE, what a shell reports for a program whose reader has left
_INTERRUPTED = 130  # 128 + SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are told on stderr in one line."""
    given = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON and TriG are UTF-8 whatever the locale
    command: Callable[[argparse.Namespace], int] = given.command
    try:
        return command(given)
    except SidesError as error:
        print(f"kg: {error}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # The interpreter flushes stdout once more on its way out, and must not find the closed pipe there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kg",
        description="Sides: from statements to a knowledge graph.",
        epilog="Every setting is an environment variable; docs/settings.md lists them.",
    )
    parser.add_argument("--version", action="version", version=f"kg {kg.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_map(commands)
    build = commands.add_parser(
        "build",
        help="build the graph and publish it as the current release",
        description="Read the catalogued sources, map them, write triples/ and ontology/entities/, publish a release.",
    )
    build.add_argument(
        "--publish-only",
        action="store_true",
        help="leave triples/ and ontology/entities/ as they are (what make serve does)",
    )
    build.set_defaults(command=_build)
    _add_home(build)
    check = commands.add_parser(
        "check",
        help="check that what is committed is what a build gives, and that it keeps every rule",
        description=(
            "Generate triples/ and ontology/entities/ aside and compare them with the files; validate the shapes, run "
            "the queries under ontology/checks/, prove the ontology consistent. Exit code 1 when anything is found."
        ),
    )
    check.add_argument(
        "--quick", action="store_true", help="leave out the proof that the ontology is consistent, which needs Java"
    )
    check.set_defaults(command=_check)
    _add_home(check)
    _add_explain(commands)
    return parser


def _add_map(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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
    _add_home(parser)
    parser.set_defaults(command=_map)


def _add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="tell why a triple is in the graph",
        description="Tell by which rules or axioms and from which premises a triple of the current release follows, "
        "down to the statements. Exit code 1 if it is not in the graph.",
        epilog="docs/explaining.md tells how explanations are found. Example: kg explain state:HUN a sides:EUMember",
    )
    for name, meaning in (("subject", "S"), ("predicate", "P"), ("object", "O")):
        parser.add_argument(name, metavar=meaning, help=f"the {name}: a prefixed name or an IRI")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="text: an indented tree (default); json: the same"
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the sentences (default: en)")
    _add_home(parser)
    parser.set_defaults(command=_explain)


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="folder that holds ontology/ and sources/ (default: $SIDES_HOME or .)"
    )


def _settings(given: argparse.Namespace) -> Settings:
    """The settings, with a home folder that is one: most often a command was started in another folder."""
    settings = Settings.from_environment(home=given.home)
    if not (settings.home / "sources").is_dir() and not (settings.home / "ontology").is_dir():
        raise InputError(
            "this is not the home folder",
            where=str(settings.home.resolve()),
            expected="a folder that holds ontology/ and sources/",
            remedy="name it by --home or SIDES_HOME",
        )
    return settings


def _map(given: argparse.Namespace) -> int:
    settings = _settings(given)
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


def _build(given: argparse.Namespace) -> int:
    from kg.build.pipeline import build
    from kg.build.text.mapper import Mapper

    settings = _settings(given)
    mapper = Mapper.from_tables(settings.home / "sources" / "entities")
    report = build(settings, mapper, write_files=not given.publish_only)
    print(*report.lines(), sep="\n", flush=True)
    return 0


def _check(given: argparse.Namespace) -> int:
    from kg.build.text.mapper import Mapper
    from kg.build.verification import check, verdict

    settings = _settings(given)
    mapper = Mapper.from_tables(settings.home / "sources" / "entities")
    done = []
    for examination in check(settings, mapper, prove=not given.quick):
        print(*examination.lines(), sep="\n", flush=True)
        done.append(examination)
    print(verdict(done, left_out="the proofs by a reasoner" if given.quick else ""), flush=True)
    return FOUND if any(examination.findings for examination in done) else 0


def _explain(given: argparse.Namespace) -> int:
    from kg.ground.explaining import Explainer, named_triple, outline, show
    from kg.ground.release import Release
    from kg.serve.local import select_on

    settings = _settings(given)
    triple = named_triple(given.subject, given.predicate, given.object)
    explainer = Explainer.read(settings.home)
    release = Release.current(settings)
    tree = explainer.explain(select_on(release), triple)
    if tree is None:
        told = " ".join(map(show, triple))
        print(f"kg: {told} is not in the graph of release {release.hash}", file=sys.stderr)
        return NOT_THERE
    if given.format == "json":
        content = {"release": release.hash, "explanation": tree.as_json()}
        print(json.dumps(content, ensure_ascii=False, indent=2), flush=True)
    else:
        print(outline(tree, language=given.lang), flush=True)
    return 0
