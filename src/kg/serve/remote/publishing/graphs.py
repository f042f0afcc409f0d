"""The graphs of a release, each by itself: the file of quads, split once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from kg.ground.errors import ReleaseError
from kg.ground.release import Release
from kg.serve.remote.published import OWN

_END = b"> .\n"


def split(release: Release, folder: Path) -> dict[str, Path]:
    """Write each graph of a release as a file of N-Triples: the files by the names of the graphs, smallest first.

    The default graph is under ``default``. Raises `ReleaseError` if graphs have other sizes than the manifest tells.
    """
    sizes: dict[str, int] = dict.fromkeys(release.counts, 0)
    paths = {name: folder / f"{number}.nt" for number, name in enumerate(sorted(sizes))}
    with ExitStack() as stack:
        files: dict[bytes, BinaryIO] = {}
        for name, path in paths.items():
            files[_key(name)] = stack.enter_context(path.open("wb"))
        counted = dict.fromkeys(files, 0)
        for line in stack.enter_context(release.data.open("rb")):
            end = graph_start(line)
            key = line[end + 1 : -3] if end else b""
            file = files.get(key)
            if file is None:
                raise _other(release, f"a graph {key.decode(errors='replace')} that the manifest does not list")
            file.write(line[:end] + b" .\n" if end else line)
            counted[key] += 1
    for name, expected in release.counts.items():
        found = counted[_key(name)]
        if found != expected:
            raise _other(release, f"{found} triples in {name}, not {expected}")
    return {name: paths[name] for name in sorted(paths, key=lambda name: (release.counts[name], name))}


def _key(name: str) -> bytes:
    return b"" if name == OWN else f"<{name}>".encode()


def _other(release: Release, message: str) -> ReleaseError:
    return ReleaseError(f"the data has {message}", where=str(release.data), remedy="build the release again")


def graph_start(line: bytes) -> int:
    r"""Where the name of the graph begins in a line of N-Quads, at the space before it; 0 for the default graph.

    >>> graph_start(b'<s> <p> "o <x>" <g> .\n'), graph_start(b'<s> <p> "o <x>" .\n'), graph_start(b'<s> <p> <o> .\n')
    (15, 0, 0)
    """
    if not line.endswith(_END):
        return 0
    at = line.rindex(b" <")
    return at if b'"' not in line[at:] and line.count(b" ", 0, at) > 1 else 0


def pieces(path: Path, size: int) -> Iterator[bytes]:
    """A file of N-Triples in pieces of about so many bytes, each of whole lines; a single empty one for an empty file.

    A release has no blank nodes, so that each piece stands for itself.
    """
    with path.open("rb") as file:
        first = True
        while lines := file.readlines(size):
            first = False
            yield b"".join(lines)
        if first:
            yield b""
