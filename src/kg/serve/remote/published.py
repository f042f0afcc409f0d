"""What an engine is told of the release that it holds, in a small graph of its own, and what is read from there.

While a release is loaded, the graph tells which one, and which of its graphs are whole; afterwards that it is served.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from kg.ground.errors import ReleaseError
from kg.ground.release import FOLDER, Release
from kg.ground.settings import Settings
from kg.ground.terms import DATASET, PREFIXES, graph_iri
from kg.serve.results import Row

GRAPH = graph_iri("published")
"""The graph that tells which release an engine holds. It is no part of the release."""

MERGED = graph_iri("merged")
"""The merge of all graphs of the release, for an engine that has no default graph of its own."""

OWN = "default"
"""Stands for the default graph of the engine, as in the manifest of a release."""

QUERY = f"SELECT ?s ?p ?o WHERE {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}"
"""Asks for everything that is told."""

_LOADING = f"{DATASET}/loading"
_VERSION = PREFIXES["dcat"] + "version"
_TRIPLES = PREFIXES["void"] + "triples"
_DEFAULT = "http://www.w3.org/ns/sparql-service-description#defaultGraph"
_ENGINE_DEFAULT = f"{GRAPH}#default"
_HASH = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class Published:
    """What an engine holds: the hash of a release, its graphs with their sizes, and whether it is whole.

    ``default`` names the graph that is the merge of all: `MERGED`, or `OWN` for the engine's own default graph.
    ``sizes`` has it under that name.
    """

    hash: str
    whole: bool
    default: str
    sizes: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Iterable[Row]) -> Published | None:
        """What the answer to `QUERY` tells; None if that is no release."""
        told = {(row["s"].value, row["p"].value): row["o"].value for row in rows}
        served, loading = told.get((DATASET, _VERSION)), told.get((_LOADING, _VERSION))
        name = served or loading
        default = told.get((DATASET, _DEFAULT), "")
        if name is None or not _HASH.fullmatch(name) or default not in {MERGED, _ENGINE_DEFAULT}:
            return None
        sizes = {
            (OWN if graph == _ENGINE_DEFAULT else graph): int(value)
            for (graph, term), value in told.items()
            if term == _TRIPLES and value.isdecimal()
        }
        return cls(name, served is not None, MERGED if default == MERGED else OWN, sizes)

    def lines(self) -> bytes:
        """The graph as N-Triples."""
        default = _ENGINE_DEFAULT if self.default == OWN else self.default
        dataset = DATASET if self.whole else _LOADING
        lines = [
            f'<{dataset}> <{_VERSION}> "{self.hash}" .\n',
            f"<{DATASET}> <{_DEFAULT}> <{default}> .\n",
        ]
        for graph, size in sorted(self.sizes.items()):
            name = _ENGINE_DEFAULT if graph == OWN else graph
            lines.append(f'<{name}> <{_TRIPLES}> "{size}"^^<{PREFIXES["xsd"]}integer> .\n')
        return "".join(lines).encode()

    def dataset(self) -> Sequence[tuple[str, str]]:
        """The parameters of a query that names no graphs: without them, some engines merge all that they hold.

        None are needed where the default graph is the engine's own.
        """
        if self.default == OWN:
            return ()
        named = sorted(graph for graph in self.sizes if graph != self.default)
        return [("default-graph-uri", self.default), *(("named-graph-uri", graph) for graph in named)]

    def release(self, settings: Settings) -> Release:
        """The release: as it lies among those here or, if it does not, with what the engine tells of it.

        Without its files, the pages that show them have nothing to show.
        """
        path = settings.releases_path / FOLDER / self.hash
        try:
            return Release.open(path)
        except ReleaseError:
            return self._unseen(path)

    def _unseen(self, path: Path) -> Release:
        counts = {("default" if graph == self.default else graph): size for graph, size in self.sizes.items()}
        return Release(path, self.hash, self.hash, MappingProxyType(counts), MappingProxyType({}), ())
