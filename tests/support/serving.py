"""Releases made by hand, and what the tests of the engine look at in the machine."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph

from kg.ground.release import CURRENT, FOLDER, Release, ReleaseFile, content_hash
from kg.ground.settings import Settings
from kg.serve.engine import Engine

EX = "http://example.org/"

SMALL = f"""\
<{EX}anna> <{EX}name> "Anna" .
<{EX}anna> <{EX}knows> <{EX}bela> .
<{EX}bela> <{EX}name> "Béla"@hu .
<{EX}anna> <{EX}name> "Anna" <{EX}graph/one> .
<{EX}anna> <{EX}knows> <{EX}bela> <{EX}graph/one> .
<{EX}anna> <{EX}name> "Anna" <{EX}graph/two> .
<{EX}bela> <{EX}name> "Béla"@hu <{EX}graph/two> .
"""

PAIRS = "SELECT * WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f }"
"""On `many`, far more rows than anybody will wait for."""


COUNT = f"SELECT (COUNT(*) AS ?n) {PAIRS.removeprefix('SELECT *')}"
SLOW = {
    "cross product": COUNT,
    "sort": f"{PAIRS} ORDER BY ?b ?d ?f",
    "distinct": f"SELECT (COUNT(DISTINCT CONCAT(STR(?b), STR(?d), STR(?f))) AS ?n) {PAIRS.removeprefix('SELECT * ')}",
    "property path": f"SELECT (COUNT(*) AS ?n) {{ ?a (<{EX}next>|^<{EX}next>)* ?b . ?b (<{EX}next>|!<{EX}x>)* ?c }}",
    "regex": "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f FILTER(REGEX(CONCAT(STR(?b), ?d), '(a*)*b')) }",
    "construct": f"CONSTRUCT {{ ?a ?q ?f }} {PAIRS.removeprefix('SELECT * ')} ORDER BY ?a",
    "rows skipped": f"SELECT (1 AS ?x) {PAIRS.removeprefix('SELECT * ')} OFFSET 200000000",
}
"""On `many`, each at work far longer than anybody will wait, before it gives its first row."""


def many(count: int) -> str:
    """A ring of so many nodes, each with a number."""
    lines = (
        f'<{EX}n{i}> <{EX}next> <{EX}n{(i + 1) % count}> .\n<{EX}n{i}> <{EX}number> "number {i}" .\n'
        for i in range(count)
    )
    return "".join(lines)


def graph_sizes(quads: str) -> dict[str, int]:
    """How many triples each graph of some N-Quads has, the default graph as ``default``."""
    graphs = (quad.graph_name for quad in pyoxigraph.parse(quads.encode(), pyoxigraph.RdfFormat.N_QUADS))
    counted = Counter(graph.value if isinstance(graph, pyoxigraph.NamedNode) else "default" for graph in graphs)
    return {"default": 0, **counted}


def make_release(folder: Path, quads: str) -> Release:
    """Write a release below the folder of the releases, as a build does, and make it the current one."""
    aside = folder / "aside"
    aside.mkdir(parents=True)
    (aside / "data.nq").write_text(quads, encoding="utf-8")
    file = ReleaseFile.measure(aside / "data.nq")
    name = content_hash((file,))
    manifest = {
        "name": name,
        "hash": name,
        "counts": graph_sizes(quads),
        "versions": {},
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256}],
    }
    (aside / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / FOLDER).mkdir(exist_ok=True)
    path = aside.rename(folder / FOLDER / name)
    link = folder / "link"
    link.symlink_to(path)
    link.rename(folder / CURRENT)
    return Release.open(path)


@contextmanager
def engine_on(release: Release, **given: object) -> Iterator[Engine]:
    """An engine with small limits, closed at the end."""
    values: dict[str, object] = {"workers": 2, "deadline": 10.0, "query_memory": 200, "held_back": 1, "queue": 4}
    with Engine.start(Settings(**{**values, **given}), release) as engine:  # type: ignore[arg-type]
        yield engine


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether a condition comes true in time."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True


def running(pid: int) -> bool:
    """Whether a process is there and not dead already."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def descriptors() -> set[str]:
    """What this process holds open."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(f"{entry.name} {entry.readlink()}")
        except FileNotFoundError:  # the one that lists them
            continue
    return found
