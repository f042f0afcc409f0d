"""The store of a release: in memory, or on disk where the release is larger than memory may hold."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyoxigraph

from kg.ground.release import Release
from kg.serve.engine.allocator import give_back

BYTES_PER_QUAD = 320
"""What a quad takes in memory, in bytes, measured on the release of all sources (docs/operations.md, Sizing)."""

_MEBIBYTE = 1024 * 1024
_FOLDER = "stores"
_ASIDE = "unfinished-"


def place_on_disk(release: Release, memory: int) -> Path | None:
    """The directory for the store of a release that needs more than ``memory`` MiB; None for one that fits.

    It is that of `place_of`.
    """
    quads = sum(release.counts.values())
    fits = quads * BYTES_PER_QUAD <= memory * _MEBIBYTE
    return None if fits else place_of(release)


def place_of(release: Release) -> Path:
    """Where the store of a release lies on disk, if it does: beside the folder of the releases, by the same name."""
    return release.path.parent.parent / _FOLDER / release.path.name


def half_of_memory() -> int:
    """Half of the memory of this machine, in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2 // _MEBIBYTE


def read_store(data: Path, place: Path | None = None) -> pyoxigraph.Store:
    """Load the quads of a release into memory or, if a ``place`` on disk is given, open their store there.

    The store on disk is made on first use, under another name until it is complete, and only read afterwards.
    Raises `OSError`, `SyntaxError` or `ValueError` for data that cannot be read.
    """
    if place is None:
        store = pyoxigraph.Store()
        _load(store, data)
        give_back()  # what loading has taken beside the store: a third of it
        return store
    make_store(data, place)
    return pyoxigraph.Store.read_only(str(place))


def make_store(data: Path, place: Path) -> None:
    """Make the store of a release on disk, if it is not there, and remove those of releases that are gone.

    Raises as `read_store`.
    """
    if not place.is_dir():
        _build(data, place)
    _prune(place.parent, data.parent.parent)


def _load(store: pyoxigraph.Store, data: Path) -> None:
    # The build has written the file with this same engine, so that its IRIs need not be looked at again.
    store.bulk_load(path=str(data), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)


def _build(data: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    aside = place.with_name(f"{_ASIDE}{place.name}-{os.getpid()}")
    try:
        store = pyoxigraph.Store(str(aside))
        _load(store, data)
        store.optimize()
        store.flush()
        del store  # closes it
        if not place.is_dir():  # another process may have been quicker
            aside.rename(place)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _prune(stores: Path, releases: Path) -> None:
    """Remove the stores of releases that are gone, and what a process that was killed has left half made.

    Whoever still reads a store has its files open, and goes on.
    """
    for store in stores.iterdir():
        half_made = store.name.startswith(_ASIDE)
        if _orphaned(store) if half_made else not (releases / store.name).exists():
            shutil.rmtree(store, ignore_errors=True)


def _orphaned(aside: Path) -> bool:
    try:
        os.kill(int(aside.name.rpartition("-")[2]), 0)
    except ProcessLookupError:
        return True
    except (ValueError, PermissionError):
        return False
    return False
