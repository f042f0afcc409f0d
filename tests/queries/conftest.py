"""The graph of the first series as a store, and the catalogue of the repository."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.catalogue import Catalogue
from kg.ground.release import Release

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
