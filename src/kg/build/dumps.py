"""The dumps of a release: its quads as N-Quads and TriG, compressed, with checksums, made while the build checks them.

A process of its own makes them (``python -m kg.build.dumps DATA FOLDER``): the checks keep one processor busy, and wait
for nothing. The same quads give the same bytes with the same versions of zlib and zstd.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Protocol, Self

import pyoxigraph as ox

from kg.ground.dumps import CHECKSUMS, FOLDER, SYNTAXES, read_checksums, write_checksums
from kg.ground.errors import BuildError
from kg.ground.release import DATA
from kg.ground.terms import PREFIXES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_ASIDE = "dumping-"
_REMEDY = "make room on the disk; the last release stays in service"
_PIECE = 1024 * 1024
_GZIP_LEVEL = 6
_ZSTD_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Writing:
    """Dumps that are being made, in a folder of their own; `data` there holds the quads that they are made of.

    ``process`` makes them; None where none could be started, so that `finish` does.
    """

    folder: Path
    process: subprocess.Popen[bytes] | None

    @property
    def data(self) -> Path:
        """The N-Quads; whoever publishes them may move the file away once the dumps are finished."""
        return self.folder / DATA

    def finish(self) -> None:
        """Wait until the dumps are complete. Raises `BuildError` if they cannot be made."""
        if self.process is None:
            try:
                write_dumps(self.data, self.folder)
            except OSError as error:
                raise self._failed(str(error)) from error
            return
        _, told = self.process.communicate()
        if self.process.returncode:
            last = told.decode(errors="replace").strip().rpartition("\n")[2]
            raise self._failed(last or f"the process ended with {self.process.returncode}")

    def _failed(self, reason: str) -> BuildError:
        return BuildError(
            f"the release cannot be written, its dumps: {reason}", where=str(self.folder.parent), remedy=_REMEDY
        )

    def named(self, release: str) -> Path:
        """Name the finished dumps after their release, list the checksum of the data with theirs: their folder."""
        checksums = {}
        for suffix, digits in read_checksums(self.folder / CHECKSUMS).items():
            checksums[f"{release}.{suffix}"] = digits
            if suffix not in SYNTAXES:
                (self.folder / suffix).rename(self.folder / f"{release}.{suffix}")
        write_checksums(self.folder / CHECKSUMS, checksums)
        self.folder.chmod(0o755)  # whoever serves need not be who builds
        return self.folder


@contextmanager
def writing(releases: Path, quads: bytes) -> Iterator[Writing]:
    """Begin to make the dumps of some quads; at the end what was not moved in is removed, and its process ended.

    To be called within `kg.build.publication.exclusive`. Raises `BuildError` if nothing can be written.
    """
    for left in releases.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=releases))
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            (folder / DATA).write_bytes(quads)
        except OSError as error:
            raise BuildError(f"the release cannot be written: {error}", where=str(releases), remedy=_REMEDY) from error
        process = _begin(folder)
        if process:
            ending.enter_context(process)
            ending.callback(process.kill)
        yield Writing(folder, process)


def _begin(folder: Path) -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-m", __name__, str(folder / DATA), str(folder)]
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    except OSError:  # a user who may not start this Python again, or no room for another process
        return None


def prune(releases: Path, kept: Iterable[str]) -> None:
    """Remove the dumps of releases that are gone; ``kept`` are the hashes of those that are there."""
    folder = releases / FOLDER
    gone = {path.name for path in folder.iterdir()} - {*kept} if folder.is_dir() else set()
    for name in gone:
        # Moved first, so that nobody finds half of the dumps under their name.
        (folder / name).rename(releases / f"{_ASIDE}{name}")
        shutil.rmtree(releases / f"{_ASIDE}{name}")


def write_dumps(data: Path, folder: Path) -> None:
    """Write the dumps of N-Quads into a folder, each named by its suffix, and their checksums."""
    checksums = {"nq": _sha256(data)}
    with _Compressed(folder, "nq") as quads, data.open("rb") as content:
        while piece := content.read(_PIECE):
            quads.write(piece)
    checksums |= quads.checksums
    with _Compressed(folder, "trig") as trig:
        _write_trig(data, trig)
    write_checksums(folder / CHECKSUMS, checksums | trig.checksums)


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


class _Compressor(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class _Compressed:
    """A file in each compression, with its checksum once it is closed; what is written goes to all of them."""

    def __init__(self, folder: Path, syntax: str) -> None:
        self._paths = {f"{syntax}.gz": _gzip(), f"{syntax}.zst": zstd.ZstdCompressor(level=_ZSTD_LEVEL)}
        self._folder = folder
        self._open: list[tuple[BinaryIO, _Compressor]] = []
        self._closing = ExitStack()
        self.checksums: dict[str, str] = {}

    def __enter__(self) -> Self:
        for suffix, compressor in self._paths.items():
            file = self._closing.enter_context((self._folder / suffix).open("wb"))
            self._open.append((file, compressor))
        return self

    def write(self, data: bytes) -> int:
        for file, compressor in self._open:
            file.write(compressor.compress(data))
        return len(data)

    def flush(self) -> None:
        """Pass nothing on before the end: a compressor that is made to do so compresses less."""

    def __exit__(self, *_: object) -> None:
        for file, compressor in self._open:
            file.write(compressor.flush())
        self._closing.close()
        self.checksums = {suffix: _sha256(self._folder / suffix) for suffix in self._paths}


def _gzip() -> _Compressor:
    # The module gzip would write the time of day into the file.
    return zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)


def graph_of(line: bytes) -> bytes:
    """The name of the graph of a line of N-Quads with its brackets; empty for the default graph.

    >>> graph_of(b'<http://e.org/s> <http://e.org/p> "a <b" <http://e.org/g> .\\n')
    b'<http://e.org/g>'
    >>> graph_of(b'<http://e.org/s> <http://e.org/p> <http://e.org/o> .\\n')
    b''
    """
    rest = line.split(b" ", 2)[2].removesuffix(b" .\n")
    last = rest.rpartition(b" ")[2]
    # A literal ends in a quote, a language, or a datatype that follows its quote without a space.
    return last if last != rest and last.startswith(b"<") and b'"' not in last else b""


def _write_trig(data: Path, sink: _Compressed) -> None:
    """Write N-Quads as TriG: graph by graph, the default graph first, each in the order of its lines."""
    with tempfile.TemporaryDirectory(dir=data.parent) as folder, data.open("rb") as lines:
        parts = [ox.parse(path=path, format=ox.RdfFormat.N_QUADS) for path in _split(lines, Path(folder))]
        prefixes = dict(PREFIXES)
        ox.serialize(chain.from_iterable(parts), sink, ox.RdfFormat.TRIG, prefixes=prefixes)  # type: ignore[arg-type]


def _split(lines: Iterable[bytes], folder: Path) -> list[Path]:
    """The lines of each graph in a file of their own, in the order of the names of the graphs."""
    files: dict[bytes, BinaryIO] = {}
    with ExitStack() as closing:
        for line in lines:
            name = graph_of(line)
            if name not in files:
                files[name] = closing.enter_context((folder / str(len(files))).open("wb"))
            files[name].write(line)
        return [Path(file.name) for _, file in sorted(files.items(), key=itemgetter(0))]


if __name__ == "__main__":
    write_dumps(Path(sys.argv[1]), Path(sys.argv[2]))
