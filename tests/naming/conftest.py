"""One index of the entity tables for all tests of names."""

from __future__ import annotations

import pytest

from kg.serve.naming import NameIndex
from support.naming import index_of, vocabulary_store


@pytest.fixture(scope="session")
def index() -> NameIndex:
    return index_of(vocabulary_store())
