"""The release, where build and serve meet: a directory of data that is never modified once it is published."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.ground.errors import ReleaseError
from kg.ground.settings import Settings

CURRENT = "current"
"""The link, in the folder of the releases, to the release that is served."""

FOLDER = "releases"
"""The folder, in the folder of the releases, that holds one directory for each release."""

MANIFEST = "manifest.json"
DATA = "data.nq"
REPORT = "report.json"
QUALITY = "quality.json"
CONTEXT = "context.jsonld"
STATISTICS = "statistics.json"
"""How many triples each predicate, class and graph has. Not every release has this file."""

HISTORY = "releases.jsonl"
"""The file, in the folder of the releases, that tells of every release that was ever published there."""

_ATTEMPTS = 10  # a reader that is overtaken by builds takes the newer release


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release: its name, its size in bytes, its SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str

    @classmethod
    def measure(cls, path: Path) -> ReleaseFile:
        """Read a file and take its measures."""
        with path.open("rb") as content:
            return cls(path.name, path.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest())


@dataclass(frozen=True, slots=True)
class Release:
    """A published release: its directory, and what its manifest tells.

    ``hash`` is computed from the content of the files and names the directory; ``counts`` are quads by graph IRI, with
    the default graph (the merge of all) under ``default``; ``versions`` are those of the ontology and the program;
    ``published`` is when this content was first published, in ISO 8601, empty where that is not known.
    """

    path: Path
    name: str
    hash: str
    counts: Mapping[str, int]
    versions: Mapping[str, str]
    files: tuple[ReleaseFile, ...]
    published: str = ""

    @property
    def data(self) -> Path:
        """The N-Quads file: every named graph, and the default graph as the merge of all."""
        return self.path / DATA

    @property
    def report(self) -> Path:
        """The JSON file that tells what the build read, mapped and left unmapped."""
        return self.path / REPORT

    @property
    def quality(self) -> Path:
        """The JSON file that tells how good the graph is."""
        return self.path / QUALITY

    @classmethod
    def current(cls, settings: Settings) -> Release:
        """The release that the link points to now; later swaps of the link do not touch it.

        Raises `ReleaseError` if there is none or its manifest is damaged.
        """
        link = settings.releases_path / CURRENT
        for _ in range(_ATTEMPTS):
            try:
                target = link.resolve(strict=True)
            except OSError as error:
                raise ReleaseError("there is no release", where=str(link), remedy="run `kg build`") from error
            try:
                return cls.open(target)
            except ReleaseError:
                # Builds that published while this one was opened may have pruned it.
                if link.resolve() == target:
                    raise
        raise ReleaseError("the release changes faster than it can be opened", where=str(link), remedy="try again")

    @classmethod
    def open(cls, path: Path) -> Release:
        """Read the manifest of the release in a directory; raises `ReleaseError` if it is absent or damaged."""
        manifest = path / MANIFEST
        try:
            return _from_manifest(path, json.loads(manifest.read_text(encoding="utf-8")))
        except OSError as error:
            raise ReleaseError("the release has no manifest", where=str(manifest), remedy="run `kg build`") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ReleaseError(f"damaged manifest: {error!r}", where=str(manifest), remedy="run `kg build`") from error

    @property
    def context(self) -> Path:
        """The JSON-LD context through which the assertions were read as RDF."""
        return self.path / CONTEXT

    def verify(self) -> None:
        """Compare the files, the manifest and the hash; raises `ReleaseError` at the first difference."""
        for file in self.files:
            path = self.path / file.name
            try:
                found = ReleaseFile.measure(path)
            except OSError as error:
                raise ReleaseError("a file of the release cannot be read", where=str(path), remedy=_REBUILD) from error
            if found != file:
                raise ReleaseError(
                    f"{found.size} bytes with SHA-256 {found.sha256}",
                    where=str(path),
                    expected=f"{file.size} bytes with SHA-256 {file.sha256}",
                    remedy=_REBUILD,
                )
        if content_hash(self.files) != self.hash or self.path.name != self.hash:
            raise ReleaseError("the hash is not that of the files", where=str(self.path), remedy=_REBUILD)


_REBUILD = "delete this release and run `kg build`"


def content_hash(files: tuple[ReleaseFile, ...]) -> str:
    """The name of a release: twenty hexadecimal digits of the SHA-256 over its files' names and digests."""
    lines = sorted(f"{file.sha256}  {file.name}\n" for file in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:20]


def _from_manifest(path: Path, manifest: Mapping[str, Any]) -> Release:
    return Release(
        path=path,
        name=str(manifest["name"]),
        hash=str(manifest["hash"]),
        counts=MappingProxyType({str(graph): int(count) for graph, count in manifest["counts"].items()}),
        versions=MappingProxyType({str(part): str(version) for part, version in manifest["versions"].items()}),
        files=tuple(ReleaseFile(str(f["name"]), int(f["size"]), str(f["sha256"])) for f in manifest["files"]),
        published=str(manifest.get("published", "")),
    )


@dataclass(frozen=True, slots=True)
class PastRelease:
    """What is remembered of a release, whether it is still there or not; see `Release`."""

    hash: str
    published: str
    versions: Mapping[str, str]
    quads: int


def read_history(path: Path) -> tuple[PastRelease, ...]:
    """The releases that the history tells of, the first one first; a line that was not written whole is left out."""
    found = []
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, KeyError, TypeError):
                told = json.loads(line)
                versions = MappingProxyType(dict(told["versions"]))
                found.append(PastRelease(told["hash"], told["published"], versions, int(told["quads"])))
    return tuple(found)
