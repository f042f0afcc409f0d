"""Engines for the tests: their releases are made by hand, their limits are small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.ground.release import Release
from kg.serve.engine import Engine, store
from support.serving import SMALL, engine_on, make_release, many


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="session")
def large_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("large"), many(500))


@pytest.fixture(scope="module", params=["in memory", "on disk"])
def storage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where the store lies: what holds of one holds of the other."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "on disk":
            patch.setattr(store, "BYTES_PER_QUAD", 10**12)
        yield


@pytest.fixture(scope="module")
def small(small_release: Release, storage: None) -> Iterator[Engine]:
    with engine_on(small_release) as engine:
        yield engine
