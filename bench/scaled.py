"""Releases for measuring: many times as large as the one given, or as plain triples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kg.build.publication import exclusive, publish
from kg.ground.release import DATA, Release

# What a statement brings with it; states, organisations, concepts and the ontology stay as they are.
_REPEATED = re.compile(r"(<https://w3id\.org/sides/id/(?:amount|assertion|event|statement|unlinked)/[^>]+)>")


def scale(release: Release, folder: Path, triples: int) -> Release:
    """Publish below ``folder`` the release with its statements, and all they say, repeated under other names.

    There are so many copies that the default graph has at least ``triples``. The texts are the same in each.
    """
    quads = [*ox.parse(path=release.data, format=ox.RdfFormat.N_QUADS)]
    written = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert written is not None
    lines = written.decode().splitlines(keepends=True)
    default = [isinstance(quad.graph_name, ox.DefaultGraph) for quad in quads]
    gain = sum(is_default and bool(_REPEATED.search(line)) for is_default, line in zip(default, lines, strict=True))
    copies = max(0, -(-(triples - sum(default)) // gain))

    def fill(aside: Path) -> None:
        with (aside / DATA).open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.writelines(_copies(lines, copies))

    counts = {**release.counts, "default": sum(default) + copies * gain}
    with exclusive(folder):
        return publish(folder, fill, name=f"{release.name}, scaled", counts=counts, versions=release.versions)[0]


def _copies(lines: list[str], copies: int) -> Iterator[str]:
    repeated = [line for line in lines if _REPEATED.search(line)]
    for number in range(1, copies + 1):
        yield from (_REPEATED.sub(rf"\1-copy-{number}>", line) for line in repeated)


def default_graph(release: Release) -> bytes:
    """The default graph of a release as N-Triples."""
    quads = ox.parse(path=release.data, format=ox.RdfFormat.N_QUADS)
    triples = (quad.triple for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph))
    written = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert written is not None
    return written
