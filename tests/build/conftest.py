"""A home folder for the commands."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterable
from pathlib import Path

import pytest

from kg.ground.records import Assertion
from kg.ground.settings import Settings
from support.build_home import make_home, mapper


class Mapper:
    """In place of the mapper that reads text, one that knows what the statements of a home folder say."""

    def __init__(self, home: Path) -> None:
        self.given = mapper(home)

    @classmethod
    def from_tables(cls, folder: Path) -> Mapper:
        return cls(folder.parents[1])

    def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
        return self.given.map(text, lang, where=where)


@pytest.fixture
def given_mapper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands take the mapper above."""
    module = types.ModuleType("kg.build.text.mapper")
    module.__dict__["Mapper"] = Mapper
    monkeypatch.setitem(sys.modules, "kg.build.text.mapper", module)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given_mapper: None) -> Settings:
    """A home folder that the commands take without being told."""
    monkeypatch.setenv("SIDES_HOME", str(tmp_path))
    return make_home(tmp_path)
