"""The graph as it is, served to clients that are not ours: all of them use the same server."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from support.server_process import Server, serving
from support.serving import make_release
from support.witness import Witness, watching


@pytest.fixture(scope="session")
def sides(full: ox.Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on the default graph."""
    folder = tmp_path_factory.mktemp("clients")
    triples = full.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
    assert triples
    make_release(folder, triples.decode())
    with serving(folder, SIDES_LOG="off") as running:
        yield running


@pytest.fixture(scope="session")
def watched(sides: Server) -> Iterator[Witness]:
    """A witness before the server."""
    with watching(sides.port) as seen:
        yield seen


@pytest.fixture
def witness(watched: Witness) -> Witness:
    """The witness, as if it had just begun."""
    watched.forget()
    return watched
