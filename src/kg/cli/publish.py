"""``kg publish``: the current release, loaded into another engine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kg.cli.common import Commands, add_home, settings_of


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "publish",
        help="load the current release into another engine",
        description="Load the current release into an engine by the SPARQL 1.1 Graph Store Protocol, and count it "
        "there; or write it as files that the engine loads. What is stopped goes on when it is started again.",
        epilog="docs/scaling.md tells what each engine gets. User and password: SIDES_ENGINE_AUTH=user:password or "
        "~/.netrc. Example: kg publish --to http://127.0.0.1:7878/store",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="URL", help="address of the engine's Graph Store Protocol")
    where.add_argument("--bulk", metavar="DIR", type=Path, help="write files into an empty folder instead")
    parser.add_argument("--query", metavar="URL", help="address for queries (default: what goes with that of --to)")
    parser.add_argument(
        "--update", metavar="URL", help="address for updates that are one step each; empty: do not use updates"
    )
    parser.add_argument(
        "--form",
        choices=("virtuoso", "nquads", "nquads-merged"),
        default="nquads",
        help="files for Virtuoso's ld_dir, or one for an engine with a default graph of its own (default), or without",
    )
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Load the release, or write its files."""
    from kg.cli.progress import Progress
    from kg.ground.release import Release
    from kg.serve.remote.publishing import Publisher, Target, write_bulk
    from kg.serve.remote.publishing.graphs import split_size
    from kg.serve.remote.publishing.store import GraphStore

    settings = settings_of(given)
    release = Release.current(settings)
    whole = given.bulk and given.form != "virtuoso"
    with Progress(release.data.stat().st_size if whole else split_size(release), what="pieces") as progress:

        def sent(size: int) -> None:
            progress.advance(size)
            progress.done()

        if given.bulk:
            files = write_bulk(release, given.bulk, given.form, sent)
            told = f"release {release.hash}: {len(files)} files in {given.bulk}"
        else:
            target = Target.read(given.to, given.query, given.update)
            store = GraphStore(target.graphs, target.query, target.update, settings.engine_auth)
            loaded = Publisher(release, store, sent=sent).publish()
            done = "is loaded" if loaded else "was there already"
            told = f"release {release.hash} {done}: {sum(release.counts.values()):,} triples, counted in each graph"
    print(told, file=sys.stdout, flush=True)
    return 0
