"""The whole graph as a file, and the page that says what the errors mean."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kg.ground.errors import SidesError
from kg.ground.release import MANIFEST, Release
from kg.serve.web.dump_pages import SUFFIXES
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


def test_every_file_is_what_the_listing_and_the_checksums_say(
    client: FlaskClient, built_release: Release, tmp_path: Path
) -> None:
    listed = json.loads(client.get("/dumps/", headers={"Accept": "application/json"}).text)
    assert [file["address"].partition(".")[2] for file in listed["files"]] == [*SUFFIXES[:5]]
    for file in listed["files"]:
        sent = client.get(file["address"], buffered=True)
        assert (sent.status_code, len(sent.data)) == (200, file["byteSize"])
        assert sent.content_type == (file["compressFormat"] or file["mediaType"])
        assert "Content-Encoding" not in sent.headers
        (tmp_path / file["address"].rpartition("/")[2]).write_bytes(sent.data)
    checksums = client.get(listed["checksums"], buffered=True)
    assert checksums.content_type == "text/plain; charset=utf-8"
    (tmp_path / "sums").write_bytes(checksums.data)
    done = subprocess.run(["sha256sum", "--check", "--strict", "sums"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout.count(": OK")) == (0, 5), done.stderr


def test_a_compressed_file_is_sent_as_it_is_and_in_ranges(client: FlaskClient, built_release: Release) -> None:
    address = f"/dumps/{built_release.hash}.trig.zst"
    whole = client.get(address, headers={"Accept-Encoding": "gzip, zstd, br"}, buffered=True)
    assert "Content-Encoding" not in whole.headers
    part = client.get(address, headers={"Range": "bytes=10-19"}, buffered=True)
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.data)}"
    none = client.get(address, headers={"Range": f"bytes={len(whole.data)}-"})
    assert none.status_code == 416
    assert client.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["{hash}.zip", "{hash}", "{hash}.nq.xz", "..", "{hash}.SHA256SUMS"])
def test_what_is_no_file_of_a_release_is_not_there(client: FlaskClient, built_release: Release, name: str) -> None:
    assert client.get(f"/dumps/{name.format(hash=built_release.hash)}").status_code == 404


def test_the_page_of_dumps_names_every_file(client: FlaskClient, built_release: Release) -> None:
    page = client.get("/dumps/").text
    for suffix in SUFFIXES:
        assert f'href="/dumps/{built_release.hash}.{suffix}"' in page
    assert f"sha256sum --check --ignore-missing {built_release.hash}.sha256" in page


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


def test_the_errors_are_told_in_both_languages(client: FlaskClient) -> None:
    """The same codes in the same order, each with the same status."""
    told = {lang: client.get(f"/errors?lang={lang}").text for lang in ("en", "fr")}
    found = {
        lang: re.findall(r'<h3 id="([a-z-]+)">.*?</h3>\s*<p>(?:Stat[a-z]+ ([0-9]+))?', page)
        for lang, page in told.items()
    }
    assert found["en"] == found["fr"]
    assert ("query-syntax", "400") in found["fr"]
    assert "La requête n'est pas du SPARQL valide" in told["fr"].replace("&#39;", "'")
    assert '<a href="#query-syntax">query-syntax</a>' in told["fr"]
