"""Where permanent addresses and their answers are kept: one SQLite file beside the releases, with a bound on its size.

SQLite writes each address whole or not at all, also when the machine stops in the midst of it, and several servers may
share the file. Its own bound on pages holds whatever this program believes. Connections live for one call: a file that
is moved away or restored from a backup is noticed at once.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kg.ground.errors import PermalinkStorageError
from kg.serve.permalinks.records import Permalink

FILE = "permalinks.sqlite"
"""The file, in the folder of the releases."""

_PAGE = 4096
_MEBIBYTE = 1024 * 1024
_PATIENCE = 10.0
"""Seconds that a writer waits for another."""

_ROW_OVERHEAD = 512
_LEVEL = 6
_TABLE = """
CREATE TABLE IF NOT EXISTS permalink (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  release TEXT NOT NULL,
  content BLOB NOT NULL,
  answer BLOB
)
"""


class Permalinks:
    """The addresses below a folder, which may take ``limit`` MiB of the disk; with 0, none can be made."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.path = folder / FILE
        self._pages = limit * _MEBIBYTE // _PAGE

    @property
    def writable(self) -> bool:
        """Whether addresses can be made here at all."""
        return self._pages > 0

    def get(self, name: str) -> tuple[Permalink, bytes | None] | None:
        """What an address stands for and its answer, which is None once it had to give way; None for no address.

        Raises `PermalinkStorageError` if the file cannot be read, or does not hold what was written.
        """
        row = self._row("SELECT content, answer FROM permalink WHERE id = ?", name)
        if row is None:
            return None
        try:
            permalink = Permalink.from_json(zlib.decompress(row[0]).decode())
            answer = None if row[1] is None else zlib.decompress(row[1])
        except (zlib.error, ValueError, KeyError, TypeError) as error:
            raise self._damaged(name) from error
        if permalink.id != name or (answer is not None and hashlib.sha256(answer).hexdigest() != permalink.sha256):
            raise self._damaged(name)
        return permalink, answer

    def put(self, permalink: Permalink, answer: bytes, kept: Collection[str]) -> int:
        """Keep an address with its answer: the bytes that it takes, 0 if it was kept already.

        ``kept`` are the hashes of the releases that are kept: where there is no room, the answers of others give way,
        those made first before the others; their addresses stay, and still tell what was asked. Raises
        `PermalinkStorageError` if that makes not enough room, or nothing can be written.
        """
        self._make_folder()
        content, packed = zlib.compress(permalink.to_json().encode(), _LEVEL), zlib.compress(answer, _LEVEL)
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            row = connection.execute("SELECT answer IS NULL FROM permalink WHERE id = ?", (permalink.id,)).fetchone()
            if row == (0,):
                return 0
            size = len(content) + len(packed) + _ROW_OVERHEAD
            self._make_room(connection, size, kept)
            connection.execute(
                "INSERT INTO permalink (id, release, content, answer) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET answer = excluded.answer",
                (permalink.id, permalink.release, content, packed),
            )
            connection.execute("COMMIT")
        return size

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PermalinkStorageError(
                f"the addresses of answers cannot be kept: {error.strerror}",
                remedy="whoever runs this server should look at the folder of the releases (SIDES_RELEASES)",
            ) from error

    def census(self) -> dict[str, int]:
        """How many addresses there are, how many still have their answer, and the bytes of the file."""
        total, answers = self._row("SELECT COUNT(*), COUNT(answer) FROM permalink") or (0, 0)
        return {"addresses": total, "answers": answers, "bytes": self.path.stat().st_size if total else 0}

    def _row(self, query: str, *values: str) -> tuple[Any, ...] | None:
        """The first row of an answer; None for no row, and while nothing was ever kept."""
        if not self.path.exists():
            return None
        with self._connected() as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'permalink'").fetchone():
                return None
            row: tuple[Any, ...] | None = connection.execute(query, values).fetchone()
            return row

    def _make_room(self, connection: sqlite3.Connection, size: int, kept: Collection[str]) -> None:
        wanted = size // _PAGE + 2
        while self._used(connection) + wanted > self._pages:
            marks = ",".join("?" * len(kept))
            row = connection.execute(
                f"SELECT number FROM permalink WHERE answer IS NOT NULL AND release NOT IN ({marks}) "
                "ORDER BY number LIMIT 1",
                (*kept,),
            ).fetchone()
            if row is None:
                raise PermalinkStorageError(
                    f"the {self._pages * _PAGE // _MEBIBYTE} MiB for answers that are cited are full",
                    remedy="cite the release and the text of the query; whoever runs this server can allow more "
                    "(SIDES_PERMALINKS)",
                )
            connection.execute("UPDATE permalink SET answer = NULL WHERE number = ?", row)

    def _used(self, connection: sqlite3.Connection) -> int:
        """How many pages hold something."""
        (pages,), (free,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "freelist_count")
        )
        return int(pages) - int(free)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection for one call; a transaction that was not committed is rolled back."""
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA page_size = {_PAGE}")
                connection.execute(f"PRAGMA max_page_count = {max(self._pages, 1)}")
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
        except sqlite3.Error as error:
            raise PermalinkStorageError(
                f"the addresses of answers cannot be reached: {error}",
                where=self.path.name,
                remedy="try again later; whoever runs this server should look at the file, its owner and the disk",
            ) from error

    def _damaged(self, name: str) -> PermalinkStorageError:
        return PermalinkStorageError(
            f"what is kept of {name} is not what was written", where=self.path.name, remedy="restore it from a backup"
        )
