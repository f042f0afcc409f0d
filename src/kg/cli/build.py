"""``kg build``: from the sources to a published release."""

from __future__ import annotations

import argparse

from kg.cli.common import Commands, add_home, settings_of


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "build",
        help="build the graph and publish it as the current release",
        description="Read the catalogued sources, map them, write triples/ and ontology/entities/, publish a release.",
    )
    parser.add_argument(
        "--publish-only",
        action="store_true",
        help="leave triples/ and ontology/entities/ as they are (what make serve does)",
    )
    parser.set_defaults(command=run)
    add_home(parser)


def run(given: argparse.Namespace) -> int:
    """Build, publish, and print the report."""
    from kg.build.pipeline import build
    from kg.build.texts import TextMapper

    settings = settings_of(given)
    mapper = TextMapper(settings.home / "sources" / "entities")
    report = build(settings, mapper, write_files=not given.publish_only)
    print(*report.lines(), sep="\n", flush=True)
    return 0
