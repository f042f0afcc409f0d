"""Engines for the tests: their releases are made by hand, their limits are small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.ground.release import Release
from kg.serve.engine import Engine
from support.serving import SMALL, engine_on, make_release, many


@pytest.fixture(scope="session")
def small_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("small"), SMALL)


@pytest.fixture(scope="session")
def large_release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("large"), many(500))


@pytest.fixture(scope="module")
def small(small_release: Release) -> Iterator[Engine]:
    with engine_on(small_release) as engine:
        yield engine
