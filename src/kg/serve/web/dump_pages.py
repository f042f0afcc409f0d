"""The whole graph as files: those of the served release, for who wants more than a query may ask."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from kg.ground.errors import ReleaseError
from kg.ground.release import MANIFEST
from kg.serve.formats import Format
from kg.serve.negotiation import HTML, choose
from kg.serve.web.site import site

QUADS = "application/n-quads"
LISTING = Format("application/json", "", "json")

_YEAR = 365 * 24 * 3600

blueprint = Blueprint("dumps", __name__)


@blueprint.get("/dumps/")
def listing() -> ResponseReturnValue:
    """The files of the served release, as a page or as JSON."""
    release = site().engine.release
    measured = {file.name: file for file in release.files}
    data = measured.get(release.data.name)
    if data is None:
        raise ReleaseError("the release does not list its data", where=release.hash, remedy="run `kg build`")
    links = {"data": f"/dumps/{release.hash}.nq", "manifest": f"/dumps/{release.hash}.json"}
    if choose(request.headers.get("Accept", ""), (LISTING, HTML)) is HTML:
        address = site().address.rstrip("/")
        return site().render("dumps.html", {"links": links, "file": data, "address": address + links["data"]})
    response = jsonify(release=release.hash, size=data.size, sha256=data.sha256, **links)
    response.vary.add("Accept")
    return response


@blueprint.get("/dumps/<name>.nq")
def quads(name: str) -> Response:
    """Every graph of the release, as N-Quads."""
    release = site().engine.release
    _check(name, release.hash)
    return _file(release.data, QUADS, f"{name}.nq")


@blueprint.get("/dumps/<name>.json")
def manifest(name: str) -> Response:
    """What the release consists of: its files with their SHA-256, its graphs with their sizes."""
    release = site().engine.release
    _check(name, release.hash)
    return _file(release.path / MANIFEST, LISTING.media_type, f"{name}.json")


def _check(name: str, served: str) -> None:
    if name != served:
        abort(404, description=f"the release {name} is not served here; the current one is at /dumps/{served}.nq")


def _file(path: Path, media_type: str, name: str) -> Response:
    """A file that never changes under its address, in ranges if the client asks for them."""
    # The suffix of the address names the format, and the hash in it the content.
    response = send_file(path, mimetype=media_type, download_name=name, etag=name, conditional=True, max_age=_YEAR)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.no_transform = True  # its length, its ranges and its SHA-256 are those of the file
    if request.method == "HEAD" or response.status_code == 304:
        response.close()  # nobody reads the file
    return response
