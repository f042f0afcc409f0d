"""Where the store of a release lies, and what becomes of those on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.ground.errors import ReleaseError
from kg.ground.release import Release
from kg.serve.engine import store
from kg.serve.engine.store import place_on_disk, read_store
from support.serving import COUNT, engine_on, eventually, make_release, many

SMALL_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"


def count(opened: object) -> int:
    return len(opened)  # type: ignore[arg-type]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path, many(1000))


def on_disk(release: Release) -> Path:
    place = place_on_disk(release, 0)
    assert place is not None
    return place


def test_only_a_release_that_is_too_large_for_memory_lies_on_disk(release: Release) -> None:
    assert place_on_disk(release, 1) is None  # 2,000 quads
    assert on_disk(release) == release.path.parents[1] / "stores" / release.hash


def test_a_store_on_disk_holds_what_one_in_memory_holds(release: Release) -> None:
    kept = read_store(release.data, on_disk(release))
    assert set(kept) == set(read_store(release.data))


def test_a_store_is_made_once(release: Release) -> None:
    place = on_disk(release)
    read_store(release.data, place)
    made = sorted((file.name, file.stat().st_mtime_ns) for file in place.iterdir())
    read_store(release.data, place)
    assert sorted((file.name, file.stat().st_mtime_ns) for file in place.iterdir()) == made


def test_a_store_that_was_left_half_made_is_removed_and_made_again(release: Release) -> None:
    place = on_disk(release)
    gone = _dead_process()
    half_made = place.parent / f"unfinished-{release.hash}-{gone}"
    half_made.mkdir(parents=True)
    at_work = place.parent / f"unfinished-{release.hash}-{os.getppid()}"
    at_work.mkdir()
    assert count(read_store(release.data, place)) == 2000
    assert not half_made.exists()
    assert at_work.exists()


def _dead_process() -> int:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


def test_the_store_of_a_release_that_is_gone_is_removed_while_its_readers_go_on(tmp_path: Path) -> None:
    old = make_release(tmp_path, many(1000))
    reading = read_store(old.data, on_disk(old))
    new = make_release(tmp_path, many(10))
    shutil.rmtree(old.path)
    assert count(read_store(new.data, on_disk(new))) == 20
    assert not on_disk(old).exists()
    assert count(list(reading)) == 2000


def test_data_that_cannot_be_read_leaves_no_store(release: Release) -> None:
    release.data.write_text("this is no triple\n", encoding="utf-8")
    with pytest.raises(SyntaxError):
        read_store(release.data, on_disk(release))
    assert list(on_disk(release).parent.iterdir()) == []


def test_a_worker_on_disk_can_open_nothing_more(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BYTES_PER_QUAD", 10**12)
    with engine_on(release) as engine:
        engine.query(SMALL_COUNT).close()
        (worker, *_) = engine._pool._idle
        assert eventually(
            lambda: open_files(worker.pid) == set(range(most_files(worker.pid)))
        )  # it may be at its start


def open_files(pid: int) -> set[int]:
    return {int(link.name) for link in Path(f"/proc/{pid}/fd").iterdir()}


def most_files(pid: int) -> int:
    limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[3] for line in limits if line.startswith("Max open files")))


KEEPING = """
import os
from kg.serve.engine import worker
from kg.serve.engine.frames import CONNECTION
kept, closed = CONNECTION + 3, CONNECTION + 6
for number in (CONNECTION, CONNECTION + 1, kept):
    os.dup2(1, number)
worker._keep_only(frozenset({kept, closed}))
print(os.dup(1) - closed)  # a new descriptor takes the lowest number that is free
"""


def test_a_file_that_the_store_has_closed_leaves_no_number_free() -> None:
    told = subprocess.run([sys.executable, "-c", KEEPING], capture_output=True, text=True, check=True)
    assert told.stdout == "1\n"


def test_a_server_whose_store_cannot_be_made_says_so(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BYTES_PER_QUAD", 10**12)
    (release.path.parents[1] / "stores").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(ReleaseError), engine_on(release) as engine:
        engine.query(COUNT)
