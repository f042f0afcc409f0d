"""``kg explain``: why a triple is in the current release."""

from __future__ import annotations

import argparse
import json
import sys

from kg.cli.common import FOUND, Commands, add_home, settings_of
from kg.ground.records import LANGUAGES


def add(commands: Commands) -> None:
    """Add the command."""
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
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Print how a triple follows; exit code 1 if it is not there."""
    from kg.ground.explaining import Explainer, named_triple, outline, show
    from kg.ground.release import Release
    from kg.serve.local import select_on

    settings = settings_of(given)
    triple = named_triple(given.subject, given.predicate, given.object)
    explainer = Explainer.read(settings.home)
    release = Release.current(settings)
    tree = explainer.explain(select_on(release), triple)
    if tree is None:
        told = " ".join(map(show, triple))
        print(f"kg: {told} is not in the graph of release {release.hash}", file=sys.stderr)
        return FOUND
    if given.format == "json":
        content = {"release": release.hash, "explanation": tree.as_json()}
        print(json.dumps(content, ensure_ascii=False, indent=2), flush=True)
    else:
        print(outline(tree, language=given.lang), flush=True)
    return 0
