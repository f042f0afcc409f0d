"""Look-up by identifiers, for programs and for people."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from kg.serve.web.lookup_pages import MOST

JSON = {"Accept": "application/json"}


def ids(content: dict[str, Any]) -> list[list[str]]:
    return [[entry["id"] for entry in told["found"]] for told in content["results"]]


@pytest.mark.parametrize("name", ["id", "iri"])
@pytest.mark.parametrize("form", ["Q142", "http://www.wikidata.org/entity/Q142", "FR", "250", "state:FRA"])
def test_an_identifier_leads_to_ours(client: FlaskClient, name: str, form: str) -> None:
    told = client.get("/lookup", query_string={name: form}, headers=JSON).get_json()
    assert told["asked"] == form
    assert told["found"] == [
        {
            "iri": "https://w3id.org/sides/id/state/FRA",
            "id": "state:FRA",
            "label": "France",
            "group": "entity",
            "kind": "state",
            "type": "sides:State",
            "type_label": "state",
            "wikidata": "http://www.wikidata.org/entity/Q142",
            "page": "http://localhost/id/state/FRA",
        }
    ]


def test_json_goes_to_who_does_not_say(client: FlaskClient) -> None:
    assert client.get("/lookup?id=Q142", headers={"Accept": "*/*"}).is_json
    assert client.get("/lookup?id=Q142&format=json").is_json


def test_a_browser_is_led_to_the_page(client: FlaskClient) -> None:
    reply = client.get("/lookup?iri=https://www.wikidata.org/wiki/Q142")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/id/state/FRA")
    assert {"Accept", "Accept-Language", "Cookie"} <= set(reply.headers["Vary"].split(", "))
    assert client.get("/lookup?id=sides:State").headers["Location"] == "/ontology#State"


def test_an_unknown_identifier_is_told_with_what_is_near(client: FlaskClient) -> None:
    reply = client.get("/lookup?id=Frnace", headers=JSON)
    assert (reply.status_code, reply.mimetype) == (404, "application/problem+json")
    assert "state:FRA (France)" in reply.get_json()["detail"]
    assert client.get("/lookup?id=Q999999999").status_code == 404


def test_many_at_once(client: FlaskClient) -> None:
    asked = ["Q142", "DEU", "nothing", "org:nato"]
    expected = [["state:FRA"], ["state:DEU"], [], ["org:nato"]]
    assert ids(client.get("/lookup", query_string={"id": asked}, headers=JSON).get_json()) == expected
    assert ids(client.post("/lookup", json=asked).get_json()) == expected
    assert ids(client.post("/lookup", json={"ids": asked}).get_json()) == expected
    assert ids(client.post("/lookup", data={"id": asked}).get_json()) == expected
    lines = client.post("/lookup", data="\n".join(asked) + "\n\n", content_type="text/plain")
    assert ids(lines.get_json()) == expected


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"json": {"names": []}}, 400),
        ({"json": [1]}, 400),
        ({"data": "{", "content_type": "application/json"}, 400),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 400),
        ({"data": "", "content_type": "text/plain"}, 400),
        ({"data": "<a/>", "content_type": "application/xml"}, 415),
        ({"json": ["Q1"] * (MOST + 1)}, 413),
    ],
)
def test_a_body_that_cannot_be_used_is_told(client: FlaskClient, request_: dict[str, Any], status: int) -> None:
    reply = client.post("/lookup", headers=JSON, **request_)
    assert (reply.status_code, reply.mimetype) == (status, "application/problem+json")


def test_nothing_is_looked_up_of_nothing(client: FlaskClient) -> None:
    for address in ("/lookup", "/lookup?id=", "/lookup?iri=+"):
        assert client.get(address, headers=JSON).status_code == 400
