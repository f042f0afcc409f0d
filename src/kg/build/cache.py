"""What earlier builds have made, by a digest of all that it was made from; what is damaged is made anew."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

FOLDER = "cache"
"""The folder, in the folder of the releases, that holds what was made."""

PROGRAM = Path(__file__).parents[1]
"""The folder of the program, upon which everything that is made depends."""

_HALF = ".new"
_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of results by name and key; what cannot be read or written there is as if it were not there."""

    folder: Path

    def get(self, name: str, key: str) -> bytes | None:
        """What was kept under a name for a key; None if it is not there or its content is not what was written."""
        with suppress(OSError):
            content = self._path(name, key).read_bytes()
            digits, kept = content[:_DIGITS], content[_DIGITS + 1 :]
            if hashlib.sha256(kept).hexdigest().encode() == digits:
                return kept
        return None

    def put(self, name: str, key: str, content: bytes) -> None:
        """Keep something, whole or not at all, in place of what was kept for this name and another key."""
        path = self._path(name, key)
        aside = path.with_name(path.name + _HALF)
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            for old in self.folder.glob(f"{name}.*"):
                old.unlink(missing_ok=True)
            aside.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
            aside.replace(path)

    def keep_only(self, names: set[str]) -> None:
        """Remove what is kept under other names, such as that of a source that is gone."""
        with suppress(OSError):
            for path in self.folder.iterdir():
                if path.name.partition(".")[0] not in names:
                    path.unlink(missing_ok=True)

    def _path(self, name: str, key: str) -> Path:
        return self.folder / f"{name}.{key}"


def key_of(*parts: str | bytes) -> str:
    """A key for what is made from these parts, in this order, by this version of the engine."""
    total = hashlib.sha256(ox.__version__.encode())
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:40]


@cache
def program_digest(*rooms: str) -> str:
    """A digest of the files of some rooms of the program, named from its folder: modules or folders."""
    files = sorted(
        path
        for room in rooms
        for path in ([PROGRAM / room] if (PROGRAM / room).is_file() else (PROGRAM / room).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    )
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(PROGRAM)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
