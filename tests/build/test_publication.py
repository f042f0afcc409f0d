"""A release appears whole or not at all: after a crash, in a race, under readers, on a damaged disk."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build.publication import KEPT, exclusive, publish
from kg.ground.errors import BuildError, ReleaseError
from kg.ground.release import Release, ReleaseFile, content_hash
from kg.ground.settings import Settings


def publish_text(folder: Path, text: str) -> tuple[Release, bool]:
    def fill(directory: Path) -> None:
        (directory / "data.nq").write_text(text)
        (directory / "report.json").write_text("{}")

    with exclusive(folder):
        return publish(folder, fill, name="sides", counts={"default": 1}, versions={"program": "1"})


def current(folder: Path) -> Release:
    return Release.current(Settings(home=folder, releases=Path()))


def left_over(folder: Path) -> list[str]:
    return sorted({path.name for path in folder.iterdir()} - {"build.lock", "current", "releases", "releases.jsonl"})


def test_a_release_is_what_was_filled_in(tmp_path: Path) -> None:
    release, new = publish_text(tmp_path, "one")
    assert new
    assert current(tmp_path) == release
    assert release.data.read_text() == "one"
    assert release.report.read_text() == "{}"
    assert (release.name, dict(release.counts), dict(release.versions)) == ("sides", {"default": 1}, {"program": "1"})
    assert [file.name for file in release.files] == ["data.nq", "report.json"]
    assert release.path == tmp_path / "releases" / release.hash
    assert (tmp_path / "current").readlink() == Path("releases", release.hash)
    assert (release.path.stat().st_mode & 0o777) == 0o755
    assert left_over(tmp_path) == []
    release.verify()


def test_the_same_content_is_not_written_again(tmp_path: Path) -> None:
    first, _ = publish_text(tmp_path, "one")
    written = first.data.stat()
    again, new = publish_text(tmp_path, "one")
    assert (again, new) == (first, False)
    assert (again.data.stat().st_ino, again.data.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    assert left_over(tmp_path) == []


def test_going_back_to_earlier_content_swaps_the_link_only(tmp_path: Path) -> None:
    first, _ = publish_text(tmp_path, "one")
    publish_text(tmp_path, "two")
    assert publish_text(tmp_path, "one") == (first, False)
    assert current(tmp_path) == first


def age(folder: Path) -> None:
    """Let an hour pass since the releases of a folder were current."""
    for path in (folder / "releases").iterdir():
        times = path.stat()
        os.utime(path, (times.st_atime, times.st_mtime - 3600))


def test_what_was_current_a_moment_ago_stays_for_its_readers(tmp_path: Path) -> None:
    for text in ("one", "two", "three", "four", "five"):
        publish_text(tmp_path, text)
    assert len(list((tmp_path / "releases").iterdir())) == 5


def test_old_releases_go_and_the_current_one_stays(tmp_path: Path) -> None:
    releases = []
    for text in ("one", "two", "three", "four", "five", "four"):
        releases.append(publish_text(tmp_path, text)[0])
        age(tmp_path)
    publish_text(tmp_path, "four")
    assert current(tmp_path) == releases[-1] == releases[3]
    kept = {path.name for path in (tmp_path / "releases").iterdir()}
    assert kept == {releases[number].hash for number in (2, 3, 4)}
    assert len(kept) == KEPT


def test_a_damaged_release_is_replaced(tmp_path: Path) -> None:
    release, _ = publish_text(tmp_path, "one")
    release.data.write_text("eno")
    again, new = publish_text(tmp_path, "one")
    assert new
    again.verify()
    assert left_over(tmp_path) == []


def damage_manifest(release: Release) -> None:
    (release.path / "manifest.json").write_text('{"name": "sides"}')


def break_manifest(release: Release) -> None:
    (release.path / "manifest.json").write_text('{"name": ')


def empty_manifest(release: Release) -> None:
    (release.path / "manifest.json").write_text("[]")


def remove_manifest(release: Release) -> None:
    (release.path / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (damage_manifest, "damaged manifest: KeyError"),
        (break_manifest, "damaged manifest: JSONDecodeError"),
        (empty_manifest, "damaged manifest: TypeError"),
        (remove_manifest, "the release has no manifest"),
    ],
)
def test_a_damaged_manifest_is_told(tmp_path: Path, damage: object, complaint: str) -> None:
    assert callable(damage)
    damage(publish_text(tmp_path, "one")[0])
    with pytest.raises(ReleaseError, match=complaint):
        current(tmp_path)


def test_no_release_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"there is no release. What to do: run `kg build`"):
        current(tmp_path)


def test_verification_tells_what_differs(tmp_path: Path) -> None:
    release, _ = publish_text(tmp_path, "one")
    release.data.write_text("one more")
    with pytest.raises(ReleaseError, match=r"data\.nq: 8 bytes with SHA-256 \w{64}; expected 3 bytes"):
        release.verify()
    release.data.unlink()
    with pytest.raises(ReleaseError, match=r"data\.nq: a file of the release cannot be read"):
        release.verify()


def test_verification_holds_the_manifest_against_the_name(tmp_path: Path) -> None:
    release, _ = publish_text(tmp_path, "one")
    release.data.write_text("two")
    manifest = json.loads((release.path / "manifest.json").read_text())
    measured = ReleaseFile.measure(release.data)
    manifest["files"][0] = {"name": measured.name, "size": measured.size, "sha256": measured.sha256}
    (release.path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ReleaseError, match="the hash is not that of the files"):
        Release.open(release.path).verify()


def test_the_hash_is_of_names_and_contents() -> None:
    one, other = ReleaseFile("a", 1, "00"), ReleaseFile("b", 1, "11")
    assert content_hash((one, other)) == content_hash((other, one))
    swapped = (ReleaseFile("a", 1, "11"), ReleaseFile("b", 1, "00"))
    assert content_hash((one, other)) != content_hash(swapped)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    def fill(directory: Path) -> None:
        raise OSError(28, "No space left on device")

    publish_text(tmp_path, "one")
    with exclusive(tmp_path), pytest.raises(BuildError, match=r"the release cannot be written: .*No space left"):
        publish(tmp_path, fill, name="sides", counts={}, versions={})
    assert current(tmp_path).data.read_text() == "one"


HOLDER = """
import sys
from pathlib import Path
from kg.build.publication import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_builds_do_not_run_at_one_time(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BuildError, match=rf"another build is running \(process {holder.pid}\)"):
            publish_text(tmp_path, "one")
        holder.kill()
    publish_text(tmp_path, "one")


# A publication that kills itself with SIGKILL at the Nth call of the system that it makes through `os` or `pathlib`.
CRASHER = """
import os, shutil, signal, sys
from pathlib import Path
folder, text, deadline = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
calls = 0

def counted(event, args):
    global calls
    watched = ("open", "os.rename", "os.symlink", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.utime")
    if event in watched and str(args[0]).startswith(str(folder)):
        calls += 1
        if calls == deadline:
            os.kill(os.getpid(), signal.SIGKILL)

sys.path.insert(0, sys.argv[4])
from test_publication import publish_text
sys.addaudithook(counted)
publish_text(folder, text)
print(calls)
"""


def crash(folder: Path, text: str, deadline: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CRASHER, str(folder), text, str(deadline), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_crash_at_any_moment_leaves_a_whole_release(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        publish_text(tmp_path, text)
    calls = int(crash(tmp_path, "four", 10_000).stdout)
    assert calls > 15
    before = "four"
    age(tmp_path)
    for deadline in itertools.count(1, 2):  # one that has to sweep up after another makes more calls
        text = f"new {deadline}"
        done = crash(tmp_path, text, deadline)
        assert done.returncode in (0, -signal.SIGKILL)
        release = current(tmp_path)
        release.verify()
        assert release.data.read_text() in (before, text)
        before = release.data.read_text()
        age(tmp_path)
        if done.returncode == 0:
            break
    assert deadline > calls
    publish_text(tmp_path, "last")
    assert current(tmp_path).data.read_text() == "last"
    assert left_over(tmp_path) == []
    assert len(list((tmp_path / "releases").iterdir())) == KEPT


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[list[str]]:
    """Threads that open and verify the current release again and again; what they trip over is collected."""
    failures: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                release = current(tmp_path)
                text = release.data.read_text()
                if not text.startswith("content"):
                    failures.append(text)
            except (OSError, ReleaseError) as error:
                failures.append(repr(error))

    publish_text(tmp_path, "content")
    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield failures
    stop.set()
    for thread in threads:
        thread.join()


def test_readers_never_fail_while_releases_are_swapped(tmp_path: Path, readers: list[str]) -> None:
    for number in range(50):
        publish_text(tmp_path, f"content {number}")
    assert readers == []
    assert current(tmp_path).data.read_text() == "content 49"


def test_builds_that_race_leave_one_of_theirs(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\nfrom test_publication import publish_text\n"
        "publish_text(Path(sys.argv[2]), sys.argv[3])\n"
    )
    arguments = [sys.executable, "-c", program, str(Path(__file__).parent), str(tmp_path)]
    racers = [
        subprocess.Popen([*arguments, text], stderr=subprocess.PIPE, text=True) for text in ("one", "two", "three")
    ]
    outcomes = [(racer.communicate()[1], racer.returncode) for racer in racers]
    assert any(code == 0 for _, code in outcomes)
    assert all(code == 0 or "another build is running" in complaint for complaint, code in outcomes)
    release = current(tmp_path)
    release.verify()
    assert release.data.read_text() in ("one", "two", "three")
    assert left_over(tmp_path) == []
