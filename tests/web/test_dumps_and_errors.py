"""The whole graph as a file, and the page that says what the errors mean."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from flask.testing import FlaskClient

from kg.ground.errors import SidesError
from kg.ground.release import MANIFEST, Release
from kg.serve.web.problems import TITLES, Problem


def test_the_dump_is_the_data_of_the_release(client: FlaskClient, built_release: Release) -> None:
    listed = json.loads(client.get("/dumps/", headers={"Accept": "application/json"}).text)
    assert listed["release"] == built_release.hash
    dump = client.get(listed["data"], buffered=True)
    assert (dump.status_code, dump.content_type) == (200, "application/n-quads")
    assert dump.headers["Content-Disposition"] == f"inline; filename={built_release.hash}.nq"
    assert dump.content_length == listed["size"] == len(dump.data)
    assert hashlib.sha256(dump.data).hexdigest() == listed["sha256"]
    assert dump.data == built_release.data.read_bytes()
    manifest = client.get(listed["manifest"], buffered=True)
    assert manifest.content_type == "application/json"
    assert manifest.data == (built_release.path / MANIFEST).read_bytes()


def test_a_dump_is_not_sent_twice_and_may_be_continued(client: FlaskClient, built_release: Release) -> None:
    address = f"/dumps/{built_release.hash}.nq"
    tag = client.head(address).headers["ETag"]
    again = client.get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    rest = client.get(address, headers={"Range": "bytes=100-199", "If-Range": tag}, buffered=True)
    assert (rest.status_code, rest.data) == (206, built_release.data.read_bytes()[100:200])


@pytest.mark.parametrize("suffix", ["nq", "json"])
def test_another_release_is_not_there_and_the_current_one_is_named(
    client: FlaskClient, built_release: Release, suffix: str
) -> None:
    refused = client.get(f"/dumps/00000000000000000000.{suffix}", headers={"Accept": "application/json"})
    assert refused.status_code == 404
    assert f"/dumps/{built_release.hash}.nq" in json.loads(refused.text)["detail"]


def codes(kind: type[SidesError]) -> set[str]:
    return {kind.code, *(code for child in kind.__subclasses__() for code in codes(child))}


def test_every_error_has_its_anchor(client: FlaskClient) -> None:
    anchors = set(re.findall(r'<h3 id="([a-z-]+)">', client.get("/errors").text))
    assert {*codes(SidesError), *TITLES} - anchors == set()
    kind = Problem(400, "query-syntax", "", "").members()["type"]
    assert str(kind).endswith("/errors#query-syntax")


def test_the_page_of_errors_is_html(client: FlaskClient) -> None:
    page = client.get("/errors").text
    assert '<th scope="row"><code>hint</code></th>' in page
    assert "###" not in page
    assert page.count("<table>") == page.count("</table>") == 1


def test_a_problem_leads_to_what_its_code_means(client: FlaskClient) -> None:
    page = client.get("/editor?query=SELEC").text
    assert '<a href="/errors#query-syntax"><code>query-syntax</code></a>' in page
