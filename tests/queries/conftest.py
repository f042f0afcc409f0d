"""The graph of the first series and that of all sources as stores, and the catalogue of the repository."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.catalogue import Catalogue

ROOT = Path(__file__).parents[2]
QUERIES = ROOT / "queries"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.read(QUERIES)


@pytest.fixture(scope="session")
def store(built_release: Release) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(built_release.data), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.fixture(scope="session")
def full() -> ox.Store:
    """All sources, of which what has not changed since the last build of this checkout is not read again."""
    from kg.build.cache import FOLDER, Cache
    from kg.build.lines import quads
    from kg.build.pipeline import assemble
    from kg.build.text.mapper import Mapper

    mapper = Mapper.from_tables(ROOT / "sources" / "entities")
    built = assemble(ROOT, mapper, Cache(Settings(home=ROOT).releases_path / FOLDER))
    store = ox.Store()
    with tempfile.NamedTemporaryFile(suffix=".nq") as file:
        file.writelines(quads(built.graphs))
        file.flush()
        store.bulk_load(path=file.name, format=ox.RdfFormat.N_QUADS)
    return store
