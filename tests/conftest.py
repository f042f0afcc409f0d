"""What tests of several rooms share: one release, built once from the first series of statements, and all sources."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import settings

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.engine import Engine

ROOT = Path(__file__).parents[1]

# A run of all tests tries the same examples each time, so that it fails by what was changed. Other ones: SIDES_FUZZ.
settings.register_profile("steady", derandomize=True)
settings.load_profile("default" if os.environ.get("SIDES_FUZZ") else "steady")


@pytest.fixture(scope="session")
def built_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose home is the repository and whose releases lie in a folder of this run."""
    return Settings(home=ROOT, releases=tmp_path_factory.mktemp("releases"), workers=2)


@pytest.fixture(scope="session")
def built_release(built_settings: Settings) -> Release:
    """The release that the project's own pipeline builds from the first series alone."""
    # Imported here: most runs of single tests need neither the build nor its libraries.
    from kg.build import pipeline
    from kg.build.sources import read_catalogue
    from kg.build.text.mapper import Mapper

    sources = [source for source in read_catalogue(ROOT / "sources") if source.name == "first-series"]
    mapper = Mapper.from_tables(ROOT / "sources" / "entities")
    pipeline.build(built_settings, mapper, sources=sources)
    return Release.current(built_settings)


@pytest.fixture(scope="session")
def built_engine(built_settings: Settings, built_release: Release) -> Iterator[Engine]:
    """An engine that answers from the built release."""
    with Engine.start(built_settings, built_release) as engine:
        yield engine


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of releases, of which the current one holds all sources: built once in a run, by its first process.

    ``SIDES_TEST_RELEASES`` may name one that was built before, such as ``var``; it is read and never written to.
    """
    if ready := os.environ.get("SIDES_TEST_RELEASES"):
        return (ROOT / ready).resolve()
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "published"
    with (shared / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "current").exists():
            _build_all(folder)
    return folder


def _build_all(folder: Path) -> None:
    from kg.build import pipeline
    from kg.build.cache import FOLDER
    from kg.build.text.mapper import Mapper

    # A cache of its own, which begins with what the last build of this checkout has left.
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    for kept in (Settings(home=ROOT).releases_path / FOLDER).glob("*"):
        (folder / FOLDER / kept.name).symlink_to(kept)
    mapper = Mapper.from_tables(ROOT / "sources" / "entities")
    pipeline.build(Settings(home=ROOT, releases=folder), mapper)


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
