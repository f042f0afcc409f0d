"""``kg serve``: the server of the home folder, in place of this process."""

from __future__ import annotations

import argparse
import os
import sys

from kg.cli.common import Commands, add_home, settings_of
from kg.ground.errors import InputError


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "serve",
        help="serve the current release, or what another engine holds",
        description="Start the server of the home folder: server.py with the same options.",
        epilog="docs/scaling.md tells how other engines are used. "
        "Example: kg serve --engine http://127.0.0.1:7878/query",
    )
    parser.add_argument("--host", help="address to listen on (SIDES_HOST)")
    parser.add_argument("--port", help="port to listen on, 0 for any that is free (PORT)")
    parser.add_argument("--engine", metavar="URL", help="SPARQL services to ask, with commas (SIDES_ENGINE)")
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Become the server. Raises `InputError` if the home folder has none."""
    home = settings_of(given).home.resolve()
    script = home / "server.py"
    if not script.is_file():
        raise InputError("the home folder has no server", where=str(script), remedy="name a checkout by --home")
    options = [
        part
        for name in ("host", "port", "engine")
        if getattr(given, name) is not None
        for part in (f"--{name}", getattr(given, name))
    ]
    os.execve(sys.executable, [sys.executable, str(script), *options], {**os.environ, "SIDES_HOME": str(home)})
