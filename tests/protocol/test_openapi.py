"""What the OpenAPI document promises is what the application does, whatever it is asked.

``SIDES_FUZZ=20 pytest tests/protocol/test_openapi.py`` asks twenty times as much.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.web.app import create_app
from kg.serve.web.openapi.protocols import QUERIES

TIMES = int(os.environ.get("SIDES_FUZZ", "1"))
DOCUMENTED = frozenset({"query-timeout", "query-memory", "busy", "annotation"})
"""Errors of the server that a request may bring about."""

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def app(built_settings: Settings, built_release: Release) -> Iterator[Flask]:
    limits = replace(built_settings, deadline=2.0, query_memory=300)
    with Engine.start(limits, built_release) as engine:
        yield create_app(limits, engine)


@pytest.fixture(scope="module")
def operations(app: Flask) -> list[APIOperation]:
    """The operations of the document; a query in the address is now and then one that runs."""
    load_all_checks()
    schemathesis.serializer("application/sparql-query")(lambda _, text: str(text).encode("utf-8", "replace"))
    document = json.loads(app.test_client().get("/openapi.json").data)
    for method in ("get", "head", "post"):
        for item in document["paths"]["/sparql"][method]["parameters"]:
            if item["name"] == "query":
                item["schema"] = {"anyOf": [{"enum": [*QUERIES.values()]}, {"type": "string"}]}
    schema = schemathesis.openapi.from_dict(document)
    schema.app = app
    return [result.ok() for result in schema.get_all_operations()]


def examples(operation: APIOperation) -> int:
    """How many requests of each kind an operation gets: one of a hundred saved queries needs few."""
    if operation.path.startswith("/queries/"):
        return TIMES
    return (20 if operation.path == "/sparql" else 5) * TIMES


def ask(case: schemathesis.Case) -> None:
    response = case.call(headers={"Accept-Encoding": "identity"})
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 500 and case.method == "HEAD":
        assert response.status_code == 503
    elif response.status_code >= 500:
        assert response.json()["code"] in DOCUMENTED, (case.as_curl_command(), response.text)


def complaints(operation: APIOperation, mode: GenerationMode) -> Iterator[str]:
    @settings(
        max_examples=examples(operation),
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink] if TIMES > 1 else [Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def run(case: schemathesis.Case) -> None:
        ask(case)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing that can be asked there is wrong
    except (FailureGroup, AssertionError) as error:
        yield f"{operation.label}: {error}"


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_answers_are_as_documented(operations: list[APIOperation], mode: GenerationMode) -> None:
    wrong = mode is GenerationMode.NEGATIVE
    asked = [operation for operation in operations if not wrong or operation.iter_parameters()]
    assert len(asked) > 100
    found = [complaint for operation in asked for complaint in complaints(operation, mode)]
    assert not found, "\n".join(found)


def test_the_examples_of_the_document_work(operations: list[APIOperation]) -> None:
    asked = 0
    for operation in operations:
        for strategy in operation.get_strategies_from_examples():

            @settings(max_examples=1, deadline=None, database=None, phases=[Phase.generate])
            @given(strategy)
            def run(case: schemathesis.Case) -> None:
                ask(case)

            try:
                run()
            except Unsatisfiable:  # an example with a slash in a part of the path, which schemathesis never sends
                assert operation.path.startswith(("/id/", "/page/", "/data/")), operation.label
            else:
                asked += 1
    assert asked > 10
