"""The releases that are kept, and the files of each that can be downloaded."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kg.ground.dumps import Dump, dumps_of
from kg.ground.errors import ReleaseError
from kg.ground.release import FOLDER as RELEASES
from kg.ground.release import Release
from kg.serve.web.site import site
from kg.serve.web.state import state

QUADS = "application/n-quads"

_HASH = re.compile(r"[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be downloaded: what it is, how it is compressed (empty: not at all), its bytes, its SHA-256."""

    name: str
    media_type: str
    compression: str
    size: int
    sha256: str

    @property
    def address(self) -> str:
        """Where the file is."""
        return f"/dumps/{self.name}"

    def as_json(self) -> dict[str, object]:
        """The file in the words of DCAT."""
        return {
            "address": self.address,
            "mediaType": self.media_type,
            "compressFormat": self.compression or None,
            "byteSize": self.size,
            "sha256": self.sha256,
        }


def files(release: Release) -> list[File]:
    """The files that hold all of a release: its data first, then its dumps; none of one that lies in another engine."""
    data = [file for file in release.files if file.name == release.data.name]
    whole = [File(f"{release.hash}.nq", QUADS, "", file.size, file.sha256) for file in data]
    return [*whole, *map(_file_of, dumps_of(releases_folder(), release.hash))]


def _file_of(dump: Dump) -> File:
    return File(dump.name, dump.media_type, dump.compression, dump.size, dump.sha256)


def releases_folder() -> Path:
    """The folder of the releases."""
    return state().settings.releases_path


def other_releases(digest: str) -> list[Release]:
    """The releases that are kept beside the one of a hash, the newest first."""
    found = []
    for path in (releases_folder() / RELEASES).glob("*"):
        if path.name != digest and _HASH.fullmatch(path.name):
            with suppress(ReleaseError):  # a build may have pruned it in this moment
                found.append(Release.open(path))
    return sorted(found, key=lambda release: release.published, reverse=True)


def kept_release(name: str) -> Release | None:
    """The release of a hash, if it is served or kept."""
    served = site().engine.release
    if name == served.hash:
        return served
    if _HASH.fullmatch(name):
        with suppress(ReleaseError):
            return Release.open(releases_folder() / RELEASES / name)
    return None
