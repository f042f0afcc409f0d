"""The graphs of a release, each by itself: the file of quads, split."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import ReleaseError
from kg.ground.release import Release
from kg.serve.remote.published import OWN

_END = b"> .\n"


@dataclass(frozen=True, slots=True)
class GraphFile:
    """The triples of a graph in a file of N-Triples. Those with blank nodes are the first ``tied`` bytes of it.

    A blank node is one and the same only within what is loaded at one time.
    """

    path: Path
    tied: int

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size

    def pieces(self, size: int) -> Iterator[bytes]:
        """Its lines in pieces of about so many bytes, or one empty piece; the first holds all blank nodes."""
        with self.path.open("rb") as file:
            yield file.read(self.tied) + b"".join(file.readlines(size))
            while lines := file.readlines(size):
                yield b"".join(lines)


def split_size(release: Release) -> int:
    """The bytes of all files that `split` writes: those of the quads, without the names of their graphs."""
    names = sum(size * (len(name.encode()) + 3) for name, size in release.counts.items() if name != OWN)
    return release.data.stat().st_size - names


def split(release: Release, folder: Path) -> dict[str, GraphFile]:
    """Write each graph of a release as a file: the files by the names of the graphs, smallest first.

    The default graph is under ``default``. Raises `ReleaseError` if graphs have other sizes than the manifest tells.
    """
    names = {_key(name): name for name in release.counts}
    tied = _blank_lines(release, names)
    files = {}
    with ExitStack() as stack:
        outputs = {}
        for number, (key, name) in enumerate(names.items()):
            path = folder / f"{number}.nt"
            outputs[key] = stack.enter_context(path.open("wb"))
            outputs[key].writelines(tied[key])
            files[name] = GraphFile(path, outputs[key].tell())
        for key, line, blank in _lines(release):
            if not blank:
                outputs[key].write(line)
    return {name: files[name] for name in sorted(files, key=lambda name: (release.counts[name], name))}


def _blank_lines(release: Release, names: dict[bytes, str]) -> dict[bytes, list[bytes]]:
    """The lines of each graph that have a blank node, once all lines have been counted."""
    counted = dict.fromkeys(names, 0)
    tied: dict[bytes, list[bytes]] = {key: [] for key in names}
    for key, line, blank in _lines(release):
        if key not in names:
            raise _other(release, f"a graph {key.decode(errors='replace')} that the manifest does not list")
        counted[key] += 1
        if blank:
            tied[key].append(line)
    for key, name in names.items():
        if counted[key] != release.counts[name]:
            raise _other(release, f"{counted[key]} triples in {name}, not {release.counts[name]}")
    return tied


def _lines(release: Release) -> Iterator[tuple[bytes, bytes, bool]]:
    """Each line as a triple, behind the key of its graph; the third tells whether it may have a blank node."""
    with release.data.open("rb") as quads:
        for quad in quads:
            start = graph_start(quad)
            line = quad[:start] + b" .\n" if start else quad
            yield quad[start + 1 : -3] if start else b"", line, line.startswith(b"_:") or b" _:" in line


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
