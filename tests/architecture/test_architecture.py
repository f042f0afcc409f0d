"""The drawing in docs/architecture.txt is kept: imports go down, the halves stay apart, each engine has its owner."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRAWING = (ROOT / "docs/architecture.txt").read_text(encoding="utf-8")
FILES = {
    **{
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "src/kg").rglob("*.py")
    },
    "server": ROOT / "server.py",
}


def rooms() -> dict[str, tuple[int, str]]:
    """Room -> its row, counted from the top, and its half (BUILD, SERVE or none)."""
    found: dict[str, tuple[int, str]] = {}
    half_rows = False
    for number, line in enumerate(DRAWING.split("====\n")[1].splitlines()):
        if line.startswith("---"):
            half_rows = False
        half_rows |= "BUILD" in line
        for column, text in enumerate(line.split("|")):
            half = ("BUILD", "SERVE")[column] if half_rows else ""
            found.update((name, (number, half)) for name in re.findall(r"\[([\w.]+)\]", text))
    return found


ROOMS = rooms()
ENGINES = {
    name: owners.split() for name, owners in re.findall(r"^ (\w+) {2,}(\S.*)$", DRAWING.split("====")[-1], re.MULTILINE)
}


def room_of(module: str) -> str | None:
    """The most particular room that a module lies in."""
    fitting = [room for room in ROOMS if module == room or module.startswith(room + ".")]
    return max(fitting, key=len, default=None)


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, anywhere in it; ``from a import b`` gives ``a`` and ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import of {node.module}"
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def complaints(module: str, source: str) -> list[str]:
    """What a module's imports break."""
    found = []
    here = room_of(module)
    for target in set(imports(ast.parse(source))):
        engine = target.split(".")[0]
        if engine in ENGINES and not any(f"{module}.".startswith(f"{owner}.") for owner in ENGINES[engine]):
            found.append(f"{module} imports {engine}, which belongs to {', '.join(ENGINES[engine])}")
        there = room_of(target)
        if here is None or there is None or here == there:
            continue
        (my_row, my_half), (row, half) = ROOMS[here], ROOMS[there]
        if row <= my_row:
            found.append(f"{module} imports {target}, which lies on its own row or above")
        if {my_half, half} == {"BUILD", "SERVE"}:
            found.append(f"{module} ({my_half}) imports {target} ({half})")
    return found


def test_every_module_has_a_room() -> None:
    packages = {"kg", "kg.build", "kg.serve", "kg.ground"}
    assert [name for name in FILES if name not in packages and room_of(name) is None] == []


def test_every_room_exists() -> None:
    assert [name for name in ROOMS if name not in FILES] == []


@pytest.mark.parametrize("module", sorted(FILES))
def test_imports_go_down(module: str) -> None:
    assert complaints(module, FILES[module].read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("kg.ground.errors", "from kg.ground import records", "lies on its own row or above"),
        ("kg.serve.formats", "import kg.build.entities", "(SERVE) imports"),
        ("kg.build.sources", "def f():\n    import flask", "imports flask"),
        ("kg.build.text.mapper", "from kg.build.pipeline import build", "lies on its own row or above"),
    ],
)
def test_a_wrong_import_is_seen(module: str, source: str, complaint: str) -> None:
    assert any(complaint in text for text in complaints(module, source))
