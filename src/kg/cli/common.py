"""What the commands share: exit codes, the option that names the home folder, the settings."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kg.ground.errors import InputError
from kg.ground.settings import Settings

if TYPE_CHECKING:
    from kg.build.stream import Mapper

FOUND = 1
"""Exit code of a command that did its work and has something to tell: a finding, a line left out, nothing there."""

FAILED = 2
"""Exit code after an error, which is told on stderr."""

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What a command is added to."""

Command: TypeAlias = Callable[[argparse.Namespace], int]
"""What a command does with its arguments: the exit code."""


def add_home(parser: argparse.ArgumentParser) -> None:
    """Let a command be told where the home folder is."""
    parser.add_argument(
        "--home", type=Path, metavar="DIR", help="folder that holds ontology/ and sources/ (default: $SIDES_HOME or .)"
    )


def settings_of(given: argparse.Namespace) -> Settings:
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


def load_mapper(tables: Path) -> Mapper:
    """The mapper that knows the entities of the tables in a folder."""
    from kg.build.text.mapper import Mapper

    return Mapper.from_tables(tables)
