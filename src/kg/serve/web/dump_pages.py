"""The whole graph as files: those of every release that is kept, for who wants more than a query may ask."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, request, send_file
from flask.typing import ResponseReturnValue

from kg.ground.dumps import CHECKSUMS, FOLDER, dumps_of
from kg.ground.errors import ReleaseError
from kg.ground.release import MANIFEST, Release
from kg.serve.formats import Format
from kg.serve.negotiation import HTML, choose
from kg.serve.web.dataset import dataset
from kg.serve.web.kept import QUADS, files, kept_release, other_releases, releases_folder
from kg.serve.web.site import site

LISTING = Format("application/json", "", "json")
PLAIN = Format("text/plain", "", "sha256")
"""The format of checksums."""

SUFFIXES = ("nq", "nq.gz", "nq.zst", "trig.gz", "trig.zst", "sha256", "json")
"""What may follow the hash of a release: its data, its dumps, their checksums, its manifest."""

_YEAR = 365 * 24 * 3600

blueprint = Blueprint("dumps", __name__)


@blueprint.get("/dumps/")
def listing() -> ResponseReturnValue:
    """The files of the served release, as a page or as JSON."""
    release = site().engine.release
    found = files(release)
    if not found:
        raise ReleaseError("the release does not list its data", where=release.hash, remedy="run `kg build`")
    links = {
        "data": found[0].address,
        "manifest": f"/dumps/{release.hash}.json",
        "checksums": f"/dumps/{release.hash}.sha256",
    }
    if choose(request.headers.get("Accept", ""), (LISTING, HTML)) is HTML:
        address = site().address.rstrip("/")
        values = {"links": links, "files": found, "address": address, "others": other_releases(release.hash)}
        values["dataset"] = dataset(release)
        return site().render("dumps.html", values)
    listed = [file.as_json() for file in found]
    response = jsonify(release=release.hash, size=found[0].size, sha256=found[0].sha256, files=listed, **links)
    response.vary.add("Accept")
    return response


@blueprint.get("/dumps/<file>")
def dump(file: str) -> Response:
    """A file of a release that is kept."""
    name, _, suffix = file.partition(".")
    if suffix not in SUFFIXES:
        abort(404)
    release = kept_release(name)
    if release is None:
        served = site().engine.release.hash
        abort(404, description=f"the release {name} is not kept here; the current one is at /dumps/{served}.nq")
    path, media_type = _place(release, suffix)
    if not path.is_file():
        abort(404, description=f"the release was built without dumps; its data is at /dumps/{release.hash}.nq")
    return _send(path, media_type, file)


def _place(release: Release, suffix: str) -> tuple[Path, str]:
    """Where a file of a release lies, and its media type."""
    folder = releases_folder() / FOLDER / release.hash
    match suffix:
        case "nq":
            return release.data, QUADS
        case "json":
            return release.path / MANIFEST, LISTING.media_type
        case "sha256":
            return folder / CHECKSUMS, PLAIN.media_type
    known = {dump.name: dump for dump in dumps_of(releases_folder(), release.hash)}
    name = f"{release.hash}.{suffix}"
    return folder / name, known[name].compression if name in known else ""


def _send(path: Path, media_type: str, name: str) -> Response:
    """A file that never changes under its address, in ranges if the client asks for them."""
    # The suffix of the address names the format, and the hash in it the content.
    response = send_file(path, mimetype=media_type, download_name=name, etag=name, conditional=True, max_age=_YEAR)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.cache_control.no_transform = True  # its length, its ranges and its SHA-256 are those of the file
    if request.method == "HEAD" or response.status_code == 304:
        response.close()  # nobody reads the file
    return response
