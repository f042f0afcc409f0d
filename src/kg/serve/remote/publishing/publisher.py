"""Loading a release over HTTP, so that an engine never tells of a release that it does not hold whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.ground.errors import InputError, PublishError
from kg.ground.release import Release
from kg.ground.terms import BASE
from kg.serve.remote.published import GRAPH, MERGED, OWN, QUERY, Published
from kg.serve.remote.publishing.graphs import GraphFile, split
from kg.serve.remote.publishing.store import GraphStore

_PIECE = 8 * 1024 * 1024
"""Bytes of N-Triples that are sent at one time, before they are compressed."""
_PROBE = f"{BASE}graph/probe"
_PROBED = f"<{_PROBE}> <{_PROBE}> <{_PROBE}>"
_BESIDE = {
    "/store": ("/query", "/update"),
    "/data": ("/query", "/update"),
    "/sparql-graph-crud-auth": ("/sparql", ""),
    "/sparql-graph-crud": ("/sparql", ""),
}
"""How the path for graphs ends -> those for queries and updates: Oxigraph, Fuseki, Virtuoso."""


@dataclass(frozen=True, slots=True)
class Target:
    """The addresses of an engine: for graphs, for queries, and for updates (empty: none, or none that are one step).

    >>> Target.read("http://127.0.0.1:7878/store", None, None).update
    'http://127.0.0.1:7878/update'
    """

    graphs: str
    query: str
    update: str

    @classmethod
    def read(cls, graphs: str, query: str | None, update: str | None) -> Target:
        """The addresses that were given, and those that follow from the first. Raises `InputError`."""
        if not graphs.startswith(("http://", "https://")) or "@" in graphs.partition("//")[2].partition("/")[0]:
            raise InputError(
                "--to is no address that can be used",
                expected="http://… or https://… without user and password",
                remedy="put these into SIDES_ENGINE_AUTH or ~/.netrc",
            )
        for end, (for_queries, for_updates) in _BESIDE.items():
            if graphs.endswith(end):
                base = graphs.removesuffix(end)
                query = query or base + for_queries
                update = base + for_updates if update is None and for_updates else update
        if not query:
            raise InputError(
                "the address for queries is not known",
                expected="--query URL",
                remedy="name it: the counts are verified",
            )
        return cls(graphs, query, update or "")


class Publisher:
    """Loads a release into one engine. ``sent`` is told of the bytes that have been sent."""

    def __init__(
        self,
        release: Release,
        store: GraphStore,
        *,
        sent: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._release = release
        self._store = store
        self._sent = sent

    def publish(self) -> bool:
        """Load the release: False if the engine holds it already. Going on where an earlier run was stopped.

        Where the engine takes updates, all graphs are written beside those that are served, and moved into their place
        by one update. Else each is written into its place, and meanwhile the engine tells of no release. Raises
        `PublishError`, `ReleaseError`.
        """
        before = Published.read(self._store.rows(QUERY))
        if before and before.whole and before.hash == self._release.hash and not self._missing(before):
            return False
        default = self._probe()
        sizes = {self._place(name, default): count for name, count in self._release.counts.items()}
        after = Published(self._release.hash, True, default, sizes)
        with tempfile.TemporaryDirectory(prefix="sides-") as folder:
            files = {self._place(name, default): file for name, file in split(self._release, Path(folder)).items()}
            if self._store.update:
                self._load_beside(after, files, before)
            else:
                self._load_in_place(after, files, before)
        return True

    def _place(self, name: str, default: str) -> str:
        return default if name == OWN else name

    def _probe(self) -> str:
        """Write a graph of one triple: whether that may be compressed, and which graph is to be the default one."""
        content = f"{_PROBED} .\n".encode()
        self._store.compressed = True
        try:
            self._store.put(_PROBE, content, attempts=1)
            read = bool(self._store.rows(f"SELECT ?o WHERE {{ GRAPH <{_PROBE}> {{ <{_PROBE}> <{_PROBE}> ?o }} }}"))
        except PublishError:
            read = False
        if not read:
            self._store.compressed = False
            self._store.put(_PROBE, content)
        merges = bool(self._store.rows(f"SELECT ?o WHERE {{ <{_PROBE}> <{_PROBE}> ?o }}"))
        self._store.delete(_PROBE)
        return MERGED if merges else OWN

    # Where updates are one step

    def _load_beside(self, after: Published, files: Mapping[str, GraphFile], before: Published | None) -> None:
        beside = {graph: f"{BASE}staging/{after.hash}/{number}" for number, graph in enumerate(sorted(files))}
        there = self._counts(beside.values())
        for graph, file in files.items():
            if there.get(beside[graph], 0) != after.sizes[graph]:
                self._write(beside[graph], file)
            else:
                self._sent(file.size)
        there = self._counts(beside.values())
        wrong = {
            graph: there.get(name, 0) for graph, name in beside.items() if there.get(name, 0) != after.sizes[graph]
        }
        if wrong:
            raise self._wrong({graph: (after.sizes[graph], found) for graph, found in wrong.items()})
        moves = []
        for graph, name in beside.items():
            place = "DEFAULT" if graph == OWN else f"GRAPH <{graph}>"
            moves.append(f"MOVE GRAPH <{name}> TO {place}" if after.sizes[graph] else f"CLEAR SILENT {place}")
        moves += [f"DROP SILENT GRAPH <{graph}>" for graph in _gone(before, after)]
        moves += [f"DROP SILENT GRAPH <{GRAPH}>", f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {after.lines().decode()} }} }}"]
        self._store.change(" ;\n".join(moves))
        self._verify(after)

    # Where they are not

    def _load_in_place(self, after: Published, files: Mapping[str, GraphFile], before: Published | None) -> None:
        done: dict[str, int] = {}
        if before and not before.whole and before.hash == after.hash and before.default == after.default:
            done = {graph: size for graph, size in before.sizes.items() if after.sizes.get(graph) == size}
        self._tell(replace(after, whole=False, sizes=done))
        for graph in _gone(before, after):
            self._store.delete(graph)
        for graph, file in files.items():
            if graph in done:
                self._sent(file.size)
                continue
            self._write(graph, file)
            found = self._size(graph)
            if found != after.sizes[graph]:
                raise self._wrong({graph: (after.sizes[graph], found)})
            done[graph] = found
            self._tell(replace(after, whole=False, sizes=done))
        self._verify(after)
        self._tell(after)

    def _tell(self, published: Published) -> None:
        self._store.put(GRAPH, published.lines())

    # Both

    def _write(self, graph: str, file: GraphFile) -> None:
        for number, piece in enumerate(file.pieces(_PIECE)):
            self._store.put(graph, piece, add=number > 0)
            self._sent(len(piece))

    def _verify(self, after: Published) -> None:
        missing = self._missing(after)
        if missing:
            raise self._wrong(missing)

    def _missing(self, published: Published) -> dict[str, tuple[int, int]]:
        """The graphs that have another size than they should have: that, and what was found."""
        named = [graph for graph in published.sizes if graph != OWN]
        found = self._counts(named)
        if OWN in published.sizes:
            found[OWN] = self._size(OWN)
        return {
            graph: (size, found.get(graph, 0)) for graph, size in published.sizes.items() if found.get(graph, 0) != size
        } | {
            graph: (size, published.sizes.get(self._place(graph, published.default), 0))
            for graph, size in self._release.counts.items()
            if published.sizes.get(self._place(graph, published.default)) != size
        }

    def _counts(self, graphs: object) -> dict[str, int]:
        wanted = set(graphs)  # type: ignore[call-overload]
        rows = self._store.rows("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        return {row["g"].value: int(row["n"].value) for row in rows if row["g"].value in wanted}

    def _size(self, graph: str) -> int:
        pattern = "?s ?p ?o" if graph == OWN else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
        (row,) = self._store.rows(f"SELECT (COUNT(*) AS ?n) WHERE {{ {pattern} }}")
        return int(row["n"].value)

    def _wrong(self, sizes: Mapping[str, tuple[int, int]]) -> PublishError:
        told = "; ".join(f"{found} triples in {graph}, not {size}" for graph, (size, found) in sizes.items())
        return PublishError(
            f"the engine holds {told}",
            where=self._store.query,
            expected=f"release {self._release.hash} as its manifest tells",
            remedy="run the command again; if that does not help, the engine may have changed what it was given",
        )


def _gone(before: Published | None, after: Published) -> list[str]:
    """The graphs of an earlier release that the new one does not have."""
    return sorted(graph for graph in (before.sizes if before else ()) if graph not in after.sizes and graph != OWN)
