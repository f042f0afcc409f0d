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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home folder, and a mapper that knows what its statements say in place of the one that reads text."""
    settings = make_home(tmp_path)

    class Mapper:
        @classmethod
        def from_tables(cls, folder: Path) -> Mapper:
            assert folder == tmp_path / "sources" / "entities"
            return cls()

        def map(self, text: str, lang: str, *, where: str | None = None) -> Iterable[Assertion]:
            return mapper(tmp_path).map(text, lang, where=where)

    module = types.ModuleType("kg.build.text.mapper")
    module.__dict__["Mapper"] = Mapper
    monkeypatch.setitem(sys.modules, "kg.build.text.mapper", module)
    monkeypatch.setenv("SIDES_HOME", str(tmp_path))
    return settings
