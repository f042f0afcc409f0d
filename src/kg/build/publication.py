"""Publishing a release: built aside, measured, put on the disk, then swapped in; a crash leaves the last good one."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from kg.build import dumps
from kg.ground.dumps import FOLDER as DUMPS
from kg.ground.errors import BuildError, ReleaseError
from kg.ground.release import (
    CURRENT,
    FOLDER,
    HISTORY,
    MANIFEST,
    Release,
    ReleaseFile,
    content_hash,
    read_history,
)

KEPT = 3
"""How many releases stay on the disk: the current one, and the last ones for whoever still reads them."""

GRACE = 60.0
"""Seconds for which every release stays after it was current, for whoever has opened it and not yet read it."""

_ASIDE = "building-"
_LOCK = "build.lock"


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the lock of the builds that publish into ``folder``; the system frees it when the process ends.

    Raises `BuildError` if another build holds it, or nothing can be written there.
    """
    with _open_lock(folder) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise BuildError(
                f"another build is running (process {lock.read().strip() or 'unknown'})",
                where=str(folder),
                remedy="wait until it has ended",
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _open_lock(folder: Path) -> TextIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / _LOCK).open("a+")
    except OSError as error:
        raise BuildError(
            f"nothing can be written here: {error.strerror}",
            where=error.filename or str(folder),
            expected="a folder that this user may write to",
            remedy="change its owner or its mode, or name another folder by SIDES_RELEASES",
        ) from error


def publish(
    folder: Path,
    fill: Callable[[Path], None],
    *,
    name: str,
    counts: Mapping[str, int],
    versions: Mapping[str, str],
    written: dumps.Writing | None = None,
) -> tuple[Release, bool]:
    """Publish what ``fill`` writes into an empty directory, and tell whether it is new.

    To be called within `exclusive`. The hash of the content names the release; content that is published already is not
    written again. ``written`` are the finished dumps of the same content. Raises `BuildError` if the system refuses to
    write; what was written is then removed.
    """
    try:
        return _publish(folder, fill, name, counts, versions, written)
    except OSError as error:
        with suppress(OSError):
            _sweep(folder)
        raise BuildError(
            f"the release cannot be written: {error}",
            where=str(folder),
            remedy="make room on the disk; the last release stays in service",
        ) from error


def _publish(
    folder: Path,
    fill: Callable[[Path], None],
    name: str,
    counts: Mapping[str, int],
    versions: Mapping[str, str],
    written: dumps.Writing | None,
) -> tuple[Release, bool]:
    releases = folder / FOLDER
    releases.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    aside = _directory_aside(folder)
    fill(aside)
    files = tuple(ReleaseFile.measure(path) for path in sorted(aside.iterdir()))
    target = releases / content_hash(files)
    new = not _intact(target)
    if new:
        _write_manifest(aside, target.name, files, name, counts, versions)
        _to_disk(*aside.iterdir(), aside)  # a name must never point to less than the whole
        _move_in(aside, target, folder)
    else:
        shutil.rmtree(aside)
    if written:
        _move_dumps_in(folder / DUMPS / target.name, written)
    release = Release.open(target)
    _remember(folder / HISTORY, release)
    _point(folder, target)
    _prune(folder, target)
    return release, new


def _sweep(folder: Path) -> None:
    """Remove what builds that were stopped have left."""
    for left in folder.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)


def _directory_aside(folder: Path) -> Path:
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    aside.chmod(0o755)  # whoever serves need not be who builds
    return aside


def _intact(target: Path) -> bool:
    if not target.exists():
        return False
    with suppress(ReleaseError):
        Release.open(target).verify()
        return True
    return False


def _write_manifest(
    aside: Path,
    digest: str,
    files: tuple[ReleaseFile, ...],
    name: str,
    counts: Mapping[str, int],
    versions: Mapping[str, str],
) -> None:
    manifest = {
        "name": name,
        "hash": digest,
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": dict(sorted(versions.items())),
        "counts": dict(sorted(counts.items())),
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
    }
    (aside / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _remember(history: Path, release: Release) -> None:
    """Add a line to the history of the releases, unless this one stands there: it is told of when it is gone."""
    if any(known.hash == release.hash for known in read_history(history)):
        return
    line = {
        "hash": release.hash,
        "published": release.published,
        "versions": dict(release.versions),
        "quads": sum(release.counts.values()),
    }
    with history.open("a+b") as file:
        file.seek(max(0, file.tell() - 1))
        if file.read(1) not in {b"", b"\n"}:  # a build was killed while it wrote the last line
            file.write(b"\n")
        file.write(json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _to_disk(*paths: Path) -> None:
    """Wait until files, or the names in directories, are on the disk."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _move_in(aside: Path, target: Path, folder: Path) -> None:
    if target.exists():  # damaged, or it would have been kept
        target.rename(_directory_aside(folder) / target.name)
    aside.rename(target)
    _to_disk(target.parent)


def _move_dumps_in(target: Path, written: dumps.Writing) -> None:
    if not target.exists():
        aside = written.named(target.name)
        _to_disk(*aside.iterdir(), aside)
        target.parent.mkdir(exist_ok=True)
        aside.rename(target)
        _to_disk(target.parent)


def _point(folder: Path, target: Path) -> None:
    """Swap the link: readers find the old release or the new one, and nothing between."""
    current = (folder / CURRENT).resolve()
    for path in {current, target}:
        if path.is_dir():
            os.utime(path)  # when it was current last, for the pruning
    link = folder / f"{CURRENT}.new"
    link.unlink(missing_ok=True)
    link.symlink_to(target.relative_to(folder))
    link.replace(folder / CURRENT)
    _to_disk(folder)


def _prune(folder: Path, current: Path) -> None:
    others = {path: path.stat().st_mtime for path in current.parent.iterdir() if path != current}
    for old in sorted(others, key=others.__getitem__, reverse=True)[KEPT - 1 :]:
        if time.time() - others[old] > GRACE:
            # Moved first: a release that is half deleted must not be found under its name.
            old.rename(_directory_aside(folder) / old.name)
    _sweep(folder)
    dumps.prune(folder, [path.name for path in current.parent.iterdir()])
