"""The dumps are the data of the release: the same quads in each file, the same bytes each time, with true checksums."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.dumps import graph_of, write_dumps, writing
from kg.build.publication import exclusive, publish
from kg.ground.dumps import CHECKSUMS, FOLDER, SUFFIXES, Dump, dumps_of
from kg.ground.errors import BuildError
from kg.ground.release import HISTORY, Release, read_history
from kg.serve.codings import zstd

QUADS = """\
<http://e.org/s> <http://e.org/p> "a <b" .
<http://e.org/s> <http://e.org/p> "a <b" <http://e.org/g> .
<http://e.org/s> <http://e.org/p> "\\"x\\" <http://e.org/g>" <http://e.org/h> .
<http://e.org/s> <http://e.org/p> "1 <2"^^<http://e.org/d> .
<http://e.org/s> <http://e.org/p> <http://e.org/g> .
<http://e.org/s> <http://e.org/p> <http://e.org/o> <http://e.org/g> .
<http://e.org/t> <http://e.org/p> "é"@fr <http://e.org/g> .
"""


def read(dump: Dump) -> bytes:
    content = dump.path.read_bytes()
    return gzip.decompress(content) if dump.compression == "application/gzip" else zstd.decompress(content)


def quads(content: bytes, media_type: str) -> set[ox.Quad]:
    fmt = ox.RdfFormat.from_media_type(media_type)
    assert fmt is not None
    return set(ox.parse(content, fmt))


def published(folder: Path, text: str) -> Release:
    with exclusive(folder), writing(folder, text.encode()) as written:

        def fill(directory: Path) -> None:
            written.data.rename(directory / "data.nq")

        written.finish()
        return publish(folder, fill, name="sides", counts={"default": 3}, versions={"program": "1"}, written=written)[0]


def test_each_dump_holds_the_quads_of_the_release(tmp_path: Path) -> None:
    release = published(tmp_path, QUADS)
    found = dumps_of(tmp_path, release.hash)
    assert [dump.name for dump in found] == [f"{release.hash}.{suffix}" for suffix in SUFFIXES]
    expected = quads(QUADS.encode(), "application/n-quads")
    assert [quads(read(dump), dump.media_type) for dump in found] == [expected] * 4
    assert read(found[0]) == release.data.read_bytes() == QUADS.encode()


def test_the_checksums_are_what_sha256sum_expects(tmp_path: Path) -> None:
    release = published(tmp_path, QUADS)
    folder = tmp_path / FOLDER / release.hash
    (folder / f"{release.hash}.nq").write_bytes(release.data.read_bytes())
    done = subprocess.run(["sha256sum", "--check", "--strict", CHECKSUMS], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout.count(": OK")) == (0, 5), done.stderr


def test_the_same_quads_give_the_same_bytes(tmp_path: Path) -> None:
    data = tmp_path / "data.nq"
    data.write_text(QUADS, encoding="utf-8")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        write_dumps(data, tmp_path / name)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other
    assert set(one) == {*SUFFIXES, CHECKSUMS}


@pytest.mark.parametrize("line", QUADS.encode().splitlines(keepends=True))
def test_the_graph_of_a_line_is_read_as_a_parser_reads_it(line: bytes) -> None:
    (quad,) = ox.parse(line, ox.RdfFormat.N_QUADS)
    name = str(quad.graph_name) if isinstance(quad.graph_name, ox.NamedNode) else ""
    assert graph_of(line).decode() == name


def test_dumps_go_with_their_release_and_its_history_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.build.publication.GRACE", -3600.0)
    releases = [published(tmp_path, QUADS + f'<http://e.org/s> <http://e.org/p> "{n}" .\n') for n in range(5)]
    hashes = [release.hash for release in releases]
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == {*hashes[2:]}
    assert [past.hash for past in read_history(tmp_path / HISTORY)] == hashes
    assert {*tmp_path.iterdir()} == {tmp_path / name for name in ("releases", FOLDER, HISTORY, "current", "build.lock")}


def test_a_release_that_is_published_again_is_told_of_once(tmp_path: Path) -> None:
    release = published(tmp_path, QUADS)
    again = published(tmp_path, QUADS)
    assert (again, again.published) == (release, release.published)
    assert len(read_history(tmp_path / HISTORY)) == 1


def test_a_line_of_the_history_that_was_cut_short_costs_no_other(tmp_path: Path) -> None:
    first = published(tmp_path, QUADS)
    with (tmp_path / HISTORY).open("a") as history:
        history.write('{"hash": "0123')
    second = published(tmp_path, QUADS.replace("é", "è"))
    assert [past.hash for past in read_history(tmp_path / HISTORY)] == [first.hash, second.hash]


def test_dumps_that_cannot_be_made_stop_the_build(tmp_path: Path) -> None:
    told = r"the release cannot be written, its dumps: SyntaxError: .* line 1"
    with pytest.raises(BuildError, match=told), writing(tmp_path, b"nothing such as this\n") as written:
        written.finish()
    assert [*tmp_path.iterdir()] == []


def test_a_build_that_fails_leaves_no_process(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path, QUADS.encode() * 20_000) as written:
        raise KeyError
    assert written.process
    assert written.process.returncode is not None
    assert [*tmp_path.iterdir()] == []


def test_where_no_process_can_be_started_they_are_made_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    release = published(tmp_path, QUADS)
    assert len(dumps_of(tmp_path, release.hash)) == 4


def test_what_a_killed_build_left_is_removed_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "dumping-old").mkdir()
    published(tmp_path, QUADS)
    assert [*tmp_path.glob("dumping-*")] == []


def test_a_release_without_dumps_has_none(tmp_path: Path) -> None:
    assert dumps_of(tmp_path, "0" * 20) == ()


def test_the_program_makes_them_as_a_process(tmp_path: Path) -> None:
    (tmp_path / "data.nq").write_text(QUADS, encoding="utf-8")
    command = [sys.executable, "-m", "kg.build.dumps", str(tmp_path / "data.nq"), str(tmp_path)]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b""
    assert {path.name for path in tmp_path.iterdir()} == {*SUFFIXES, CHECKSUMS, "data.nq"}
