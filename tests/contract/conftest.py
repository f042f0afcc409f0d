"""One server for each engine, all with the same release: what is expected of the one is expected of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.ground.release import Release
from support.engines import oxigraph, virtuoso
from support.server_process import Server, serving

ENGINES = ("embedded", "oxigraph", "virtuoso")
LIMITS = {"SIDES_DEADLINE": "60", "SIDES_WORKERS": "3", "SIDES_LOG": "off"}


@dataclass(frozen=True, slots=True)
class Fronted:
    """A server, and the name of the engine behind it."""

    engine: str
    server: Server


@pytest.fixture(scope="session", params=ENGINES)
def fronted(
    request: pytest.FixtureRequest, built_release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fronted]:
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    releases = built_release.path.parents[1]
    with ExitStack() as stack:
        limits = dict(LIMITS)
        if name == "oxigraph":
            engine = stack.enter_context(oxigraph(folder, built_release, "--timeout-s", "60"))
            limits["SIDES_ENGINE"] = engine.queries
        elif name == "virtuoso":
            limits["SIDES_ENGINE"] = stack.enter_context(virtuoso(folder, built_release)).queries
        yield Fronted(name, stack.enter_context(serving(releases, **limits)))


@pytest.fixture
def server(fronted: Fronted) -> Server:
    return fronted.server


@pytest.fixture(autouse=True)
def _known_deviations(request: pytest.FixtureRequest) -> None:
    """Mark what an engine is known to do otherwise: the test has to fail there, for the reason that is told."""
    if "fronted" not in request.fixturenames:
        return
    engine = request.node.callspec.params["fronted"]
    for listed in DEVIATIONS:
        if listed["engine"] == engine and listed["test"] == _without_engine(request.node.name, engine):
            request.applymarker(pytest.mark.xfail(reason=listed["reason"], strict=True, raises=AssertionError))


def _without_engine(name: str, engine: str) -> str:
    """The name of a test without that of its engine."""
    return name.replace(f"{engine}-", "").replace(f"-{engine}", "").replace(f"[{engine}]", "")


DEVIATIONS = json.loads((Path(__file__).parent / "deviations.json").read_text(encoding="utf-8"))
