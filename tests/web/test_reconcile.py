"""The Reconciliation Service API: both versions, as clients use it and as its schemas want it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient
from referencing import Registry, Resource

from kg.ground.terms import IDENTIFIERS, ONTOLOGY
from kg.serve.web.reconcile.reading import BATCH
from kg.serve.web.reconcile.reading import VALUES as MOST_VALUES

SPECS = os.environ.get("SIDES_RECONCILIATION_SPECS", "")
"""A checkout of the community's specs, if there is one at hand; without it the shapes below are held against."""

needs_specs = pytest.mark.skipif(not SPECS, reason="SIDES_RECONCILIATION_SPECS names no checkout of the API's specs")

STRING = {"type": "string", "minLength": 1}
NAMED = {"type": "object", "required": ["id", "name"], "properties": {"id": STRING, "name": STRING}}
CANDIDATES: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "name", "score", "match", "type", "features", "description"],
        "additionalProperties": False,
        "properties": {
            **{name: {"type": "string"} for name in ("id", "name", "description")},
            "score": {"type": "number", "minimum": 0, "maximum": 100},
            "match": {"type": "boolean"},
            "type": {"type": "array", "minItems": 1, "items": NAMED},
            "features": {"type": "array", "items": {**NAMED, "required": ["id", "name", "value"]}},
        },
    },
}
VALUES = {
    "type": "array",
    "items": {
        "oneOf": [
            {**NAMED, "properties": {"id": STRING, "name": STRING, "description": {"type": "string"}},
             "additionalProperties": False},
            *({"required": [name], "properties": {name: {"type": kind}}, "additionalProperties": False}
              for name, kind in (("str", "string"), ("int", "integer"), ("float", "number"), ("date", "string"))),
        ]
    },
}  # fmt: skip


def check(content: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(content)


def conforms(content: Any, version: str, name: str) -> None:
    """Hold content against a schema of the specs, if they are at hand; the 0.2 manifest names a schema that is gone."""
    if not SPECS:
        return
    folder = Path(SPECS) / version / "schemas"
    schemas = {path: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    for path, schema in schemas.items():
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"  # what they name is "any draft"
        schema.pop("$id", None)
        if path.name == "manifest.json":
            schema["properties"].pop("authentication")
    resources = [(path.name, Resource.from_contents(schema)) for path, schema in schemas.items()]
    schema = next(schema for path, schema in schemas.items() if path.name == f"{name}.json")
    jsonschema.Draft7Validator(schema, registry=Registry().with_resources(resources)).validate(content)


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., dict[str, Any]]:
    """Send queries of version 0.2 as OpenRefine does; each becomes a query of the batch."""

    def send(*queries: str | dict[str, Any]) -> dict[str, Any]:
        batch = {f"q{n}": {"query": one} if isinstance(one, str) else one for n, one in enumerate(queries)}
        conforms(batch, "0.2", "reconciliation-query-batch")
        reply = client.post("/reconcile", data={"queries": json.dumps(batch)})
        assert reply.status_code == 200, reply.text
        content: dict[str, Any] = reply.get_json()
        assert content.keys() == batch.keys()
        for found in content.values():
            check(found["result"], CANDIDATES)
        conforms(content, "0.2", "reconciliation-result-batch")
        return content

    return send


def matched(content: dict[str, Any]) -> list[str]:
    """The identifier that each query of a batch is matched with, empty for none."""
    firsts = [found["result"][:1] for found in content.values()]
    return [first[0]["id"] if first and first[0]["match"] else "" for first in firsts]


def test_the_manifest_of_0_2(client: FlaskClient) -> None:
    manifest = client.get("/reconcile").get_json()
    conforms(manifest, "0.2", "manifest")
    assert manifest["versions"] == ["0.2", "1.0-draft"]
    assert (manifest["identifierSpace"], manifest["schemaSpace"]) == (IDENTIFIERS, ONTOLOGY)
    assert [item["id"] for item in manifest["defaultTypes"]] == ["State", "Organisation", "Person", "Equipment"]
    view = manifest["view"]["url"].replace("{{id}}", "state%2FFRA").removeprefix("http://localhost")
    reply = client.get(view)
    assert (reply.status_code, reply.headers["Location"]) == (303, "/page/state/FRA")
    preview = manifest["preview"]["url"].replace("{{id}}", "state%2FFRA").removeprefix("http://localhost")
    assert "France" in client.get(preview).text
    for what in ("entity", "property", "type"):
        told = manifest["suggest"][what]
        path = told["service_url"].removeprefix("http://localhost") + told["service_path"]
        found = client.get(path, query_string={"prefix": "a"}).get_json()["result"]
        assert found
        flyout = told["flyout_service_path"].replace("${id}", found[0]["id"])
        assert client.get(flyout).get_json().keys() == {"id", "html"}


def test_the_manifest_of_the_draft(client: FlaskClient) -> None:
    manifest = client.get("/reconcile?version=1.0-draft").get_json()
    conforms(manifest, "1.0-draft", "manifest")
    assert manifest["suggest"] == {"entity": True, "property": True, "type": True}
    assert manifest["standardizedScore"] is True
    assert manifest["batchSize"] == BATCH
    assert "{+id}" in manifest["view"]["url"]
    assert client.get("/reconcile?version=7").status_code == 400


def test_names_are_matched(ask: Callable[..., dict[str, Any]]) -> None:
    content = ask("Rép. tchèque", "U.K.", "Congo", "T-34", {"query": "Hungarian", "type": "State"}, "Leopard 2A4")
    assert matched(content) == ["state/CZE", "state/GBR", "", "", "state/HUN", "equipment/leopard-2"]
    assert {item["id"] for item in content["q2"]["result"][:2]} == {"state/COD", "state/COG"}


def test_a_query_may_bring_an_identifier(ask: Callable[..., dict[str, Any]]) -> None:
    forms = ("Q142", "http://www.wikidata.org/entity/Q142", "state:FRA", "state/FRA", IDENTIFIERS + "state/FRA")
    assert matched(ask(*forms)) == ["state/FRA"] * len(forms)


def test_types_and_limits(ask: Callable[..., dict[str, Any]]) -> None:
    content = ask(
        {"query": "Georgia", "type": "State"},
        {"query": "Georgia", "type": ["Person", "State"]},
        {"query": "Georgia", "type": ["Person", "State"], "type_strict": "all"},
        {"query": "Georgia", "type": "Q35657"},
        {"query": "Georgia", "type": "Q35657", "type_strict": "should"},
        {"query": "Guinea", "limit": 2},
    )
    assert matched(content) == ["state/GEO", "state/GEO", "", "", "", "state/GIN"]
    assert [len(content[f"q{n}"]["result"]) for n in (2, 3)] == [0, 0]
    assert content["q4"]["result"][0]["id"] == "state/GEO"
    assert len(content["q5"]["result"]) == 2


def test_properties_decide_between_namesakes_and_refute(ask: Callable[..., dict[str, Any]]) -> None:
    content = ask(
        {"query": "Congo", "properties": [{"pid": "capital", "v": "Kinshasa"}]},
        {"query": "Congo", "properties": [{"pid": "sides:capital", "v": ["Brazzaville", "Pointe-Noire"]}]},
        {"query": "France", "properties": [{"pid": "capital", "v": "Rome"}]},
        {"query": "Frnace", "properties": [{"pid": "owl:sameAs", "v": "Q142"}]},
        {"query": "France", "properties": [{"pid": "memberOf", "v": {"id": "org/un", "name": "ONU"}}]},
        {"query": "France", "properties": [{"pid": "memberOf", "v": "Nations unies"}]},
    )
    assert matched(content) == ["state/COD", "state/COG", "", "state/FRA", "state/FRA", "state/FRA"]
    told = {item["id"]: item["value"] for item in content["q2"]["result"][0]["features"]}
    assert told["property:capital"] == 0


def test_properties_alone_are_enough(ask: Callable[..., dict[str, Any]]) -> None:
    content = ask(
        {"properties": [{"pid": "alpha3Code", "v": "ukr"}]},
        {"properties": [{"pid": "numericCode", "v": 250}]},
        {"properties": [{"pid": "owl:sameAs", "v": "Q183"}]},
        {"properties": [{"pid": "bordersWith", "v": "Portugal"}]},
        {"properties": [{"pid": "capital", "v": "Atlantis"}]},
    )
    assert matched(content) == ["state/UKR", "state/FRA", "state/DEU", "state/ESP", ""]
    assert content["q4"]["result"] == []


def test_a_cell_that_holds_a_text_means_nothing_and_stops_nobody(ask: Callable[..., dict[str, Any]]) -> None:
    text = "France and Germany and Poland " * 100
    content = ask(text, "France", {"query": "France", "properties": [{"pid": "capital", "v": text}]})
    assert matched(content) == ["", "state/FRA", ""]
    assert content["q0"]["result"] == []


CASES_OF_ERRORS = {
    "no JSON": ("{", "not JSON"),
    "no object": ("[]", "no object"),
    "no name": ('{"q0": {}}', "neither a name nor a property"),
    "a name that is none": ('{"q0": {"query": ["a"]}}', "the name is list"),
    "a strange strictness": ('{"q0": {"query": "a", "type_strict": "maybe"}}', "type_strict is 'maybe'"),
    "no limit": ('{"q0": {"query": "a", "limit": 0}}', "limit is 0"),
    "a limit that is no number": ('{"q0": {"query": "a", "limit": NaN}}', "limit is nan"),
    "no such property": ('{"q0": {"query": "a", "properties": [{"pid": "shoeSize", "v": 3}]}}', "shoeSize"),
    "a property without name": ('{"q0": {"query": "a", "properties": [{"v": 3}]}}', "no pid"),
    "a value that is none": ('{"q0": {"query": "a", "properties": [{"pid": "capital", "v": {}}]}}', "cannot be used"),
}


@pytest.mark.parametrize("name", CASES_OF_ERRORS)
def test_what_cannot_be_meant_is_told(client: FlaskClient, name: str) -> None:
    queries, message = CASES_OF_ERRORS[name]
    reply = client.post("/reconcile", data={"queries": queries}, headers={"Accept": "application/json"})
    assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")
    assert message in reply.get_json()["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/reconcile", {"data": {"queries": json.dumps({f"q{n}": {"query": "a"} for n in range(BATCH + 1)})}}),
        (
            "/reconcile/match",
            {"json": {"queries": [{"conditions": [{"matchType": "name", "propertyValue": "a"}]}] * 101}},
        ),
        ("/reconcile/extend", {"json": {"ids": ["state/FRA"] * 101, "properties": []}}),
    ],
)
def test_more_than_a_batch_is_refused(client: FlaskClient, path: str, body: dict[str, Any]) -> None:
    reply = client.post(path, headers={"Accept": "*/*"}, **body)
    assert reply.status_code == 413
    assert f"at most {BATCH}" in reply.get_json()["detail"]


def test_what_is_to_be_compared_is_bounded(client: FlaskClient) -> None:
    """Each value meets each candidate, so that megabytes of them would take minutes."""
    some = ["x"] * (MOST_VALUES // 4)
    per_query = [{"pid": "memberOf", "v": some}, {"pid": "capital", "v": []}]

    def status(number: int, **others: object) -> int:
        queries = {f"q{n}": {"query": "France", "properties": per_query, **others} for n in range(number)}
        return client.post("/reconcile", data={"queries": json.dumps(queries)}).status_code

    assert [status(3), status(4), status(3, type=some)] == [200, 413, 413]
    named = {"conditions": [{"matchType": "id", "propertyValue": ["Q142"] * (MOST_VALUES + 1)}]}
    reply = client.post("/reconcile/match", json={"queries": [named]}, headers={"Accept": "*/*"})
    assert reply.status_code == 413
    assert f"at most {MOST_VALUES}" in reply.get_json()["detail"]
    single = json.dumps({"query": "a", "type": ["Q"] * (MOST_VALUES + 1)})
    assert client.get("/reconcile", query_string={"query": single}).status_code == 413


def test_openrefine_reconciles_a_column_and_extends_it(client: FlaskClient, ask: Callable[..., dict[str, Any]]) -> None:
    """What OpenRefine 3 sends: ten sample cells without a type, batches of ten with the type chosen, an extension."""
    cells = [
        "France",
        "Allemagne",
        "Rép. tchèque",
        "Pays-Bas",
        "U.K.",
        "Hongrie",
        "Pologne",
        "Corée",
        "Suède",
        "Italie",
    ]
    sample = ask(*({"query": cell, "limit": 3} for cell in cells))
    counted: dict[str, int] = {}
    for found in sample.values():
        for kind in {kind["id"] for item in found["result"] for kind in item["type"]}:
            counted[kind] = counted.get(kind, 0) + 1
    assert max(counted, key=lambda kind: counted[kind]) == "State"

    more = [*cells, "Espagne", "Etats-Unis", "nulle part"]
    queries = [{"query": cell, "type": "State", "type_strict": "should", "limit": 25} for cell in more]
    found = matched(ask(*queries[:10])) + matched(ask(*queries[10:]))
    named = ("FRA", "DEU", "CZE", "NLD", "GBR", "HUN", "POL", "", "SWE", "ITA", "ESP", "USA", "")
    assert found == [f"state/{code}" if code else "" for code in named]

    proposed = client.get("/reconcile/extend/propose", query_string={"type": "State", "limit": 100}).get_json()
    conforms(proposed, "0.2", "data-extension-property-proposal")
    assert {"alpha2Code", "alpha3Code", "numericCode", "owl:sameAs", "memberOf", "capital"} <= {
        item["id"] for item in proposed["properties"]
    }
    wanted = {"ids": [item for item in found if item], "properties": [{"id": "alpha3Code"}, {"id": "owl:sameAs"}]}
    conforms(wanted, "0.2", "data-extension-query")
    extended = client.post("/reconcile", data={"extend": json.dumps(wanted)}).get_json()
    conforms(extended, "0.2", "data-extension-response")
    assert extended["rows"]["state/CZE"] == {
        "alpha3Code": [{"str": "CZE"}],
        "owl:sameAs": [{"id": "Q213", "name": "Czechia"}],
    }
    assert set(extended["rows"]) == set(wanted["ids"])
    assert extended["meta"][1]["service"].startswith("https://")


def test_extension_has_settings_things_and_numbers(client: FlaskClient) -> None:
    asked = {
        "ids": ["state/POL", "org/un", "state:NONE"],
        "properties": [
            {"id": "bordersWith", "settings": {"limit": "2"}},
            {"id": "bordersWith", "settings": {"count": True}},
            {"id": "demonym", "settings": {"lang": "en"}},
            {"id": "coordinates"},
            {"id": "hasMember", "settings": {"limit": 1}},
        ],
    }
    extended = client.post("/reconcile/extend?lang=fr", json=asked).get_json()
    conforms(extended, "1.0-draft", "data-extension-response")
    assert [row["id"] for row in extended["rows"]] == asked["ids"]
    for row in extended["rows"]:
        for cell in row["properties"]:
            check(cell["values"], VALUES)
    poland, nations, none = ([cell["values"] for cell in row["properties"]] for row in extended["rows"])
    assert [item["name"] for item in poland[0]] == ["Biélorussie", "Tchéquie"]
    assert poland[1] == [{"int": 7}]
    assert poland[2] == [{"str": "Polish"}]
    assert poland[3][0]["str"].startswith("POINT(")
    assert len(nations[4]) == 1
    assert none == [[], [{"int": 0}], [], [], []]
    assert extended["meta"][0]["type"] == {"id": "State", "name": "État"}
    assert client.post("/reconcile/extend", json={"ids": [], "properties": [{"id": "shoeSize"}]}).status_code == 400


def match(client: FlaskClient, *queries: dict[str, Any]) -> list[list[dict[str, Any]]]:
    conforms({"queries": list(queries)}, "1.0-draft", "reconciliation-query-batch")
    reply = client.post("/reconcile/match", json={"queries": queries})
    assert reply.status_code == 200, reply.text
    content = reply.get_json()
    conforms(content, "1.0-draft", "reconciliation-result-batch")
    for found in content["results"]:
        check(found["candidates"], CANDIDATES)
    return [found["candidates"] for found in content["results"]]


def named(text: Any) -> dict[str, Any]:
    return {"matchType": "name", "propertyValue": text}


def having(name: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"matchType": "property", "propertyId": name, "propertyValue": value, **more}


def test_the_draft_matches_by_name_identifier_and_property(client: FlaskClient) -> None:
    found = match(
        client,
        {"type": "State", "conditions": [named("Rép. tchèque")]},
        {"conditions": [{"matchType": "id", "propertyValue": "Q142"}]},
        {"conditions": [named("Congo"), having("capital", "Kinshasa", required=True)]},
        {"conditions": [having("alpha2Code", "FR")]},
        {
            "conditions": [
                named("Poland"),
                having("bordersWith", ["state/DEU", "state/FRA"], matchQuantifier="all", required=True),
            ]
        },
        {"conditions": [named("Poland"), having("bordersWith", "France", matchQuantifier="none")]},
    )
    assert [[item["id"] for item in ranked if item["match"]] for ranked in found] == [
        ["state/CZE"], ["state/FRA"], ["state/COD"], ["state/FRA"], [], ["state/POL"],
    ]  # fmt: skip
    assert [item["id"] for item in found[2]] == ["state/COD"]
    assert "state/POL" not in [item["id"] for item in found[4]]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "no object"),
        ({}, "no list of queries"),
        ({"queries": [{}]}, "no conditions"),
        ({"queries": [{"conditions": [{"matchType": "taste", "propertyValue": "a"}]}]}, "matchType is 'taste'"),
        ({"queries": [{"conditions": [named("a"), named("b")]}]}, "several names"),
        ({"queries": [{"conditions": [having("capital", "a", matchQuantifier="some")]}]}, "matchQuantifier"),
        ({"queries": [{"conditions": [having("capital", "a", matchQualifier="Wildcard")]}]}, "matchQualifier"),
    ],
)
def test_the_draft_is_told_what_is_wrong(client: FlaskClient, body: Any, message: str) -> None:
    reply = client.post("/reconcile/match", json=body, headers={"Accept": "*/*"})
    assert reply.status_code == 400
    assert message in reply.get_json()["detail"]


def test_a_body_of_another_type_is_refused(client: FlaskClient) -> None:
    reply = client.post("/reconcile/match", data={"queries": "[]"}, headers={"Accept": "*/*"})
    assert (reply.status_code, reply.headers["Accept-Post"]) == (415, "application/json")
    assert client.post("/reconcile", data={}, headers={"Accept": "*/*"}).status_code == 400


@pytest.mark.parametrize(
    ("what", "prefix", "first"),
    [
        ("entity", "Fran", "state/FRA"),
        ("entity", "state/FRA", "state/FRA"),
        ("entity", "Q142", "state/FRA"),
        ("type", "person", "Person"),
        ("type", "Tank", "Tank"),
        ("property", "capital", "capital"),
        ("property", "owl:same", "owl:sameAs"),
    ],
)
def test_suggestions(client: FlaskClient, what: str, prefix: str, first: str) -> None:
    content = client.get(f"/reconcile/suggest/{what}", query_string={"prefix": prefix}).get_json()
    for version in ("0.2", "1.0-draft"):
        plural = {"entity": "entities", "type": "types", "property": "properties"}[what]
        conforms(content, version, f"suggest-{plural}-response")
    check(content["result"], {"type": "array", "items": NAMED})
    assert content["result"][0]["id"] == first


def test_suggestions_go_on(client: FlaskClient) -> None:
    def some(**values: Any) -> list[str]:
        found = client.get("/reconcile/suggest/entity", query_string={"prefix": "g", **values}).get_json()["result"]
        return [item["id"] for item in found]

    every = some(limit=20)
    assert len(every) == 20
    assert some(limit=5, offset=5) == some(limit=5, cursor=5) == every[5:10]
    assert client.get("/reconcile/suggest/entity?prefix=g&limit=x").status_code == 400
    assert client.get("/reconcile/suggest/colour?prefix=g").status_code == 404


def test_a_preview_may_stand_in_another_page_and_has_no_script(client: FlaskClient) -> None:
    reply = client.get("/reconcile/preview?id=state/UKR&lang=fr")
    assert reply.status_code == 200
    assert "frame-ancestors *" in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "<script" not in reply.text
    assert "Q212" in reply.text
    assert client.get("/reconcile/preview?id=state/ZZZ").status_code == 404
    other = client.get("/reconcile/flyout/entity?id=state/ZZZ")
    assert other.status_code == 404


def test_both_languages_and_any_origin(client: FlaskClient) -> None:
    query = {"queries": json.dumps({"q0": {"query": "Germany"}})}
    for language, name in (("fr", "Allemagne"), ("en", "Germany")):
        reply = client.get("/reconcile", query_string=query, headers={"Accept-Language": language})
        assert reply.get_json()["q0"]["result"][0]["name"] == name
        assert reply.headers["Content-Language"] == language
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
    preflight = client.options("/reconcile/match", headers={"Access-Control-Request-Headers": "content-type"})
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Headers"] == "content-type"


def test_the_oldest_clients_are_answered(client: FlaskClient) -> None:
    for query in ("France", '{"query": "France", "limit": 1}'):
        assert client.get("/reconcile", query_string={"query": query}).get_json()["result"][0]["id"] == "state/FRA"


@needs_specs
def test_the_specs_are_held_against() -> None:
    with pytest.raises(jsonschema.ValidationError):
        conforms({"q0": {"result": [{"id": "x"}]}}, "0.2", "reconciliation-result-batch")
    with pytest.raises(jsonschema.ValidationError):
        conforms({"results": [{}]}, "1.0-draft", "reconciliation-result-batch")


def test_what_is_not_known_fulfils_only_that_something_is_not(client: FlaskClient) -> None:
    (kept,) = match(
        client, {"conditions": [named("France"), having("organOf", "org/eu", required=True, matchQuantifier="none")]}
    )
    assert kept[0]["match"]
    (left,) = match(client, {"conditions": [named("France"), having("organOf", "org/eu", required=True)]})
    assert "state/FRA" not in [item["id"] for item in left]
    both = [having("capital", "Paris"), having("capital", "Rome")]
    (refuted,) = match(client, {"conditions": [named("France"), *both]})
    assert not refuted[0]["match"]
