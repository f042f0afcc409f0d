"""``kg check``: what is committed against what a build gives, and the graph against its own rules."""

from __future__ import annotations

import argparse
from pathlib import Path

from kg.cli.common import FOUND, Commands, add_home, settings_of


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "check",
        help="check that what is committed is what a build gives, and that it keeps every rule",
        description=(
            "Generate triples/ and ontology/entities/ aside and compare them with the files; validate the shapes, run "
            "the queries under ontology/checks/, prove the ontology consistent. Exit code 1 when anything is found."
        ),
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out the proof that the ontology is consistent, which needs Java"
    )
    parser.add_argument(
        "--items", type=Path, metavar="FILE", help="hold the links against an extract of Wikidata too (docs/linking.md)"
    )
    parser.set_defaults(command=run)
    add_home(parser)


def run(given: argparse.Namespace) -> int:
    """Look at everything and print what was found."""
    from kg.build.texts import TextMapper
    from kg.build.verification import check, verdict

    settings = settings_of(given)
    mapper = TextMapper(settings.home / "sources" / "entities")
    done = []
    for examination in check(settings, mapper, prove=not given.quick, items=given.items):
        print(*examination.lines(), sep="\n", flush=True)
        done.append(examination)
    print(verdict(done, left_out="the proofs by a reasoner" if given.quick else ""), flush=True)
    return FOUND if any(examination.findings for examination in done) else 0
