"""A release as files that an engine loads by itself, which is the quickest way where it lies on the same machine."""

from __future__ import annotations

import gzip
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from kg.ground.errors import InputError
from kg.ground.release import Release
from kg.serve.remote.published import GRAPH, MERGED, OWN, Published
from kg.serve.remote.publishing.graphs import graph_start, split

BULK_FORMS = ("virtuoso", "nquads", "nquads-merged")
"""Files for Virtuoso's ld_dir; one file for an engine with a default graph of its own; one for an engine without."""

_LEVEL = 3
_LOAD = """\
-- isql HOST:PORT USER PASSWORD load.sql, with {folder} among DirsAllowed of the server
log_enable (3, 1);
{clear}DELETE FROM DB.DBA.LOAD_LIST WHERE ll_file LIKE '{folder}/%';
{load}rdf_loader_run ();
ld_dir ('{folder}', 'published.nt', '{graph}');
rdf_loader_run ();
checkpoint;
"""
"""What is told of the release comes last. Without ``log_enable``, a graph of millions would be one transaction."""


def write_bulk(release: Release, folder: Path, form: str, sent: Callable[[int], None] = lambda _: None) -> list[Path]:
    """Write the files of a release into a folder that is empty or not there: their paths.

    ``form`` is one of `BULK_FORMS`, ``sent`` gets the bytes that have been read. Raises `InputError`, `ReleaseError`.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty", expected="an empty folder, or a name of none", remedy="name another")
    folder.mkdir(parents=True, exist_ok=True)
    default = OWN if form == "nquads" else MERGED
    sizes = {(default if name == OWN else name): count for name, count in release.counts.items()}
    published = Published(release.hash, True, default, sizes)
    if form == "virtuoso":
        return _by_graphs(release, folder, published, sent)
    return [_quads(release, folder / f"{release.hash}.nq.gz", published, sent)]


def _by_graphs(release: Release, folder: Path, published: Published, sent: Callable[[int], None]) -> list[Path]:
    """A file for each graph, and the commands that load them."""
    written, load = [], []
    with tempfile.TemporaryDirectory(prefix="sides-") as aside:
        for number, (name, source) in enumerate(split(release, Path(aside)).items()):
            path = folder / f"{number:03}.nt.gz"
            with source.path.open("rb") as plain, gzip.open(path, "wb", _LEVEL) as packed:
                shutil.copyfileobj(plain, packed)
            load.append(f"ld_dir ('{folder.resolve()}', '{path.name}', '{MERGED if name == OWN else name}');\n")
            written.append(path)
            sent(source.size)
    marker, commands = folder / "published.nt", folder / "load.sql"
    marker.write_bytes(published.lines())
    clear = "".join(f"SPARQL CLEAR GRAPH <{graph}>;\n" for graph in (GRAPH, *sorted(published.sizes)))
    text = _LOAD.format(folder=folder.resolve(), graph=GRAPH, clear=clear, load="".join(load))
    commands.write_text(text, encoding="utf-8")
    return [*written, marker, commands]


def _quads(release: Release, path: Path, published: Published, sent: Callable[[int], None]) -> Path:
    """One file of quads, what is told of the release at its end."""
    merged = b" <" + MERGED.encode() + b"> .\n"
    with release.data.open("rb") as lines, gzip.open(path, "wb", _LEVEL) as packed:
        for line in lines:
            own = published.default == OWN or graph_start(line)
            packed.write(line if own else line[:-3] + merged)
            sent(len(line))
        for line in published.lines().splitlines():
            packed.write(line[:-2] + b" <" + GRAPH.encode() + b"> .\n")
    return path
