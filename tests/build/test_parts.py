"""The shapes find the same part by part as in the whole graph, however what is wrong is spread over the graphs."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.cache import Cache
from kg.build.check.parts import parts, validate_parts
from kg.build.check.shapes import validate
from kg.build.lines import Lines, document, lines_of

ROOT = Path(__file__).parents[2]
SHAPES = ROOT / "ontology" / "shapes"
WRONG = sorted(
    path
    for path in (ROOT / "ontology" / "counterexamples").glob("*.ttl")
    if re.search("^# Found by: shapes", path.read_text(encoding="utf-8"), re.MULTILINE)
)


def read(*files: Path) -> Lines:
    texts = (file.read_text(encoding="utf-8") for file in files)
    return lines_of(quad.triple for text in texts for quad in ox.parse(text, ox.RdfFormat.TURTLE))


BACKGROUND = read(
    ROOT / "ontology/sides.ttl",
    ROOT / "ontology/counterexamples/background/sound.ttl",
    *(ROOT / "ontology" / "entities" / name for name in ("organisations.ttl", "people.ttl", "states.ttl")),
)


@pytest.mark.parametrize("file", WRONG[::3], ids=lambda path: path.stem)
def test_what_is_wrong_in_the_whole_is_wrong_in_its_parts(file: Path, tmp_path: Path) -> None:
    wrong = read(file)
    whole = validate(document(sorted({*BACKGROUND, *wrong})), SHAPES)
    # Every second triple in another graph, so that no graph holds all that is said of a node.
    sources = {"one": wrong[::2], "two": wrong[1::2]}
    assert Counter(validate_parts(sources, (BACKGROUND,), SHAPES, Cache(tmp_path))) == Counter(whole)
    assert whole


def test_each_node_is_looked_at_in_one_part(tmp_path: Path) -> None:
    def node(name: str) -> bytes:
        return f"<https://a.example/{name}>".encode()

    kind, below = b" <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ", b" <https://a.example/p> "
    one = tuple(sorted({node("a") + kind + node("C"), node("b") + kind + node("C"), node("a") + below + node("c")}))
    two = tuple(sorted({node("c") + kind + node("C"), node("b") + below + node("c")}))
    held = {part.name: part for part in parts({"one": one, "two": two}, ())}
    assert held["one"].data.splitlines() == [line + b" ." for line in sorted({*one[:2], two[1]}) if b"/b>" not in line]
    assert held["one"].beside == {"https://a.example/c"}
    assert held["rest"].data.count(node("b")) == 2
