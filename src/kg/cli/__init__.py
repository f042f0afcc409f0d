"""The command line: ``kg map``, ``kg review``, ``kg build``, ``kg check``, ``kg links``, ``kg explain``,
``kg serve``, ``kg publish``, each in a module of its own.

What a command needs is imported when it runs: `kg map` starts without the RDF libraries, `kg --version` without any.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

import kg
from kg.cli import build, check, explain, links, map, mcp, publish, review, serve  # noqa: A004 (the commands are named so)
from kg.cli.common import FAILED, Command
from kg.ground.errors import SidesError

_READER_GONE = 141  # 128 + SIGPIPE, what a shell reports for a program whose reader has left
_INTERRUPTED = 130  # 128 + SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are told on stderr in one line."""
    given = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # JSON and TriG are UTF-8 whatever the locale
    command: Command = given.command
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
    for command in (map, review, build, check, links, explain, serve, publish, mcp):
        command.add(commands)
    return parser
