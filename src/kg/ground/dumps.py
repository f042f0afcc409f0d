"""The dumps of a release: all its graphs in one compressed file, in two syntaxes and two compressions, with checksums.

They lie beside the releases, in ``dumps/HASH/``, and are no part of what a release's hash is computed from: another
version of a compressor makes other bytes of the same data. ``SHA256SUMS`` lists them as ``sha256sum --check`` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = "dumps"
"""The folder, in the folder of the releases, that holds one folder of dumps for each release."""

CHECKSUMS = "SHA256SUMS"
"""The file, among the dumps of a release, that holds their checksums and that of the data that is not compressed."""

SYNTAXES: Mapping[str, str] = MappingProxyType({"nq": "application/n-quads", "trig": "application/trig"})
"""The media types of what is in a dump, by suffix."""

COMPRESSIONS: Mapping[str, str] = MappingProxyType({"gz": "application/gzip", "zst": "application/zstd"})
"""The media types of the compressed files, by suffix."""

SUFFIXES = tuple(f"{syntax}.{compression}" for syntax in SYNTAXES for compression in COMPRESSIONS)
"""What follows the hash of the release and a dot in the names of its dumps."""


@dataclass(frozen=True, slots=True)
class Dump:
    """One dump: where it lies, its size in bytes, its SHA-256 in hexadecimal digits."""

    path: Path
    size: int
    sha256: str

    @property
    def name(self) -> str:
        """The name of the file: the hash of the release and the suffixes."""
        return self.path.name

    @property
    def media_type(self) -> str:
        """The media type of what is in it once it is decompressed."""
        return SYNTAXES[self.name.split(".")[1]]

    @property
    def compression(self) -> str:
        """The media type of the file as it is."""
        return COMPRESSIONS[self.name.split(".")[2]]


def dumps_of(releases: Path, release: str) -> tuple[Dump, ...]:
    """The dumps of a release by its hash, in the order of `SUFFIXES`; none where it was built without.

    ``releases`` is the folder of the releases. A dump whose checksum is not listed is left out.
    """
    folder = releases / FOLDER / release
    known = read_checksums(folder / CHECKSUMS)
    found = []
    for suffix in SUFFIXES:
        path = folder / f"{release}.{suffix}"
        with suppress(FileNotFoundError, KeyError):
            found.append(Dump(path, path.stat().st_size, known[path.name]))
    return tuple(found)


def read_checksums(path: Path) -> dict[str, str]:
    """The SHA-256 of each file that a file of checksums lists, by name; nothing where there is no such file."""
    with suppress(FileNotFoundError):
        lines = path.read_text(encoding="ascii").splitlines()
        return {name: digits for digits, _, name in (line.partition("  ") for line in lines)}
    return {}


def write_checksums(path: Path, checksums: Mapping[str, str]) -> None:
    """Write a file of checksums by the names of the files."""
    path.write_text("".join(f"{digits}  {name}\n" for name, digits in sorted(checksums.items())), encoding="ascii")
