"""Every folder that holds tests is one that pytest goes into: it passes over some names of its own accord."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("top", ["tests", "src"])
def test_no_folder_with_python_is_passed_over(top: str, pytestconfig: pytest.Config) -> None:
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {parent for path in (ROOT / top).rglob("*.py") for parent in path.relative_to(ROOT).parents}
    names = {folder.name for folder in folders if folder.name and "node_modules" not in folder.parts}
    assert {name for name in names if any(fnmatch(name, pattern) for pattern in passed_over)} == set()
