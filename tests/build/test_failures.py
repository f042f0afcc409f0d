"""A build that cannot be: it says why in one place, leaves no rubbish, and the last good release stays in service."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.build.pipeline import build
from kg.build.verification import check
from kg.cli import main
from kg.ground.release import Release
from kg.ground.settings import Settings
from support.build_home import STATEMENTS, make_home, mapper, write_statements

TESTS = Path(__file__).parents[1]
Damage = Callable[[Path], object]


def remove(name: str) -> Damage:
    return lambda home: shutil.rmtree(home / name) if (home / name).is_dir() else (home / name).unlink()


def write(name: str, text: str | bytes) -> Damage:
    return lambda home: (home / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def replace(name: str, old: str, new: str) -> Damage:
    def damage(home: Path) -> None:
        text = (home / name).read_text(encoding="utf-8")
        assert old in text
        (home / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def file_for_folder(name: str) -> Damage:
    def damage(home: Path) -> None:
        shutil.rmtree(home / name, ignore_errors=True)
        (home / name).write_text("")

    return damage


PEOPLE = "slug,qid,name_en,name_fr,role_en,qid_source\n"
DAMAGES: dict[str, tuple[Damage, str]] = {
    # sources
    "no catalogue": (remove("sources/catalogue.ttl"), r"sources/catalogue\.ttl: No such file"),
    "catalogue without licence": (
        replace("sources/catalogue.ttl", "dcterms:license", "dcterms:rights"),
        r"catalogue\.ttl, source:notes: dcterms:license is missing",
    ),
    "no statements": (remove("sources/statements"), r"statements/notes\.txt is not there\. What to do: add the file"),
    "statements in another encoding": (
        write("sources/statements/notes.txt", b"caf\xe9\n"),
        r"notes\.txt:1: byte 4 is not UTF-8; expected UTF-8\. What to do",
    ),
    "statements not catalogued": (write("sources/statements/more.txt", "a"), r"more\.txt is not catalogued"),
    # ontology
    "no ontology": (remove("ontology"), r"ontology/context\.jsonld: No such file .*What to do: restore"),
    "no terms": (remove("ontology/sides.ttl"), r"ontology/sides\.ttl: No such file .*What to do: restore the file"),
    "no concepts": (remove("ontology/concepts.ttl"), r"dangling-identifier: category:financial"),
    "no context": (remove("ontology/context.jsonld"), r"ontology/context\.jsonld: No such file"),
    "context cut off": (write("ontology/context.jsonld", '{"@con'), r"context\.jsonld: no JSON-LD context"),
    "context of another sort": (write("ontology/context.jsonld", "{}"), r"context\.jsonld: no JSON-LD context: KeyE"),
    "context that is no context": (
        write("ontology/context.jsonld", '{"@context": {"border": {"@id": 5}}}'),
        r"ontology/context\.jsonld: @id value must be a string",
    ),
    "terms in another encoding": (write("ontology/sides.ttl", b"# caf\xe9"), r"sides\.ttl: byte 6 is not UTF-8"),
    "terms cut off": (write("ontology/concepts.ttl", "<a> a"), r"ontology/concepts\.ttl: .*expected Turtle"),
    "no rules": (remove("ontology/rules"), r"ontology/rules: there is no such file; expected \*\.rq"),
    "broken rule": (
        write("ontology/rules/borders.rq", "CONSTRUCT"),
        r"ontology/rules/borders\.rq: .*expected a SPARQL",
    ),
    "no shapes": (remove("ontology/shapes"), r"ontology/shapes: there is no such file; expected \*\.ttl"),
    "shapes cut off": (write("ontology/shapes/entities.ttl", "<a> a"), r"shapes/entities\.ttl: .*expected Turtle"),
    "shape that is none": (
        replace("ontology/shapes/entities.ttl", "sh:maxCount 2", 'sh:maxCount "two"'),
        r"ontology/shapes: a shape cannot be used: ",
    ),
    "no checks": (remove("ontology/checks"), r"ontology/checks: there is no such file; expected \*\.rq"),
    "check without head": (write("ontology/checks/imports.rq", "ASK {}"), r"imports\.rq: a check lacks its head"),
    # tables
    "no table": (remove("sources/entities/states.csv"), r"states\.csv: No such file .*What to do: restore the file"),
    "table in another encoding": (
        write("sources/entities/states.csv", b"iso3,\xe9"),
        r"states\.csv: byte 6 is not UTF",
    ),
    "empty table": (write("sources/entities/states.csv", ""), r"states\.csv: the table has no rows"),
    "table without rows": (write("sources/entities/people.csv", PEOPLE), r"people\.csv: the table has no rows"),
    "table without column": (
        write("sources/entities/people.csv", "slug,name_en,name_fr\na,b,c\n"),
        r"people\.csv: there is no column role_en; expected slug, name_en, name_fr, role_en",
    ),
    "row cut off": (write("sources/entities/people.csv", f"{PEOPLE}a,b\n"), r"people\.csv:2: wrong number of cells"),
    "quotation not closed": (write("sources/entities/people.csv", f'{PEOPLE}"a,b\n'), r"people\.csv:2: not CSV: unexp"),
    "name that fits no IRI": (
        write("sources/entities/people.csv", f"{PEOPLE}a b,,x,y,,\n"),
        r"people\.csv:2: 'person:a b' names no entity; expected ASCII letters",
    ),
    "row without name": (write("sources/entities/people.csv", f"{PEOPLE}a,,,y,,\n"), r"people\.csv:2: a key or a name"),
    "class unknown": (
        replace("sources/entities/equipment.csv", "ammunition", "balloon"),
        r"equipment:105-mm-shell: category 'balloon' has no class; expected one of .*What to do: add a class",
    ),
    "item of two": (
        replace("sources/entities/states.csv", "Q916", "Q889"),
        r"state:AGO: Q889 is the item of state:AFG as well",
    ),
    # places to write to
    "generated file refused": (file_for_folder("triples"), r"triples: a generated file cannot be written: File exists"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a release; each test takes a copy."""
    settings = make_home(tmp_path_factory.mktemp("good"))
    build(settings, mapper(settings.home), write_files=True)
    return settings.home


@pytest.fixture
def copy(good: Path, tmp_path: Path) -> Settings:
    return Settings(home=shutil.copytree(good, tmp_path / "home", symlinks=True))


def left_over(folder: Path) -> list[str]:
    known = {"build.lock", "cache", "current", "dumps", "releases", "releases.jsonl"}
    return sorted({path.name for path in folder.iterdir()} - known)


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_told_and_the_last_release_stays(
    name: str, copy: Settings, given_mapper: None, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, _ = DAMAGES[name]
    before = Release.current(copy)
    write_statements(copy.home, STATEMENTS * 2)  # whatever is built now would be another release
    damage(copy.home)
    assert main(["build", "--home", str(copy.home)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert re.search(DAMAGES[name][1], told.err), told.err
    assert told.err.startswith("kg: ")
    after = Release.current(copy)
    after.verify()
    assert after == before
    assert left_over(copy.home / "var") == []
    for kept in ("releases", "dumps"):
        assert [path.name for path in (copy.home / "var" / kept).iterdir()] == [before.hash]


def test_a_folder_of_releases_that_is_none_is_told(
    copy: Settings, given_mapper: None, capsys: pytest.CaptureFixture[str]
) -> None:
    file_for_folder("var")(copy.home)
    assert main(["build", "--home", str(copy.home)]) == 2
    assert "var: nothing can be written here: File exists; expected a folder" in capsys.readouterr().err


# A build in a process of its own: under a limit, as another user, on another disk.
PROGRAM = """
import os, resource, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.build_home import mapper
from kg.build.pipeline import build
from kg.ground.errors import SidesError
from kg.ground.settings import Settings
home, limit, user = Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
given = mapper(home)
if user:
    # Whoever runs this may have a Python that others cannot read, so everything is imported before.
    with tempfile.TemporaryDirectory() as folder:
        build(Settings(home=home, releases=Path(folder)), given)
    os.setuid(user)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    print(build(Settings(home=home), given, write_files=len(sys.argv) > 5).release)
except SidesError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def run(
    home: Path, *, limit: int = 0, user: int = 0, write_files: bool = False, wrapper: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-B", "-c", PROGRAM, str(TESTS), str(home), str(limit), str(user)]
    arguments += ["write"] if write_files else []
    return subprocess.run([*wrapper, *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.001, "BuildError: .*the input of the reasoner cannot be written: .*What to do: make room there"),
        (0.9, "BuildError: .*the release cannot be written: .*the last release stays in service"),
        (0.999999, "BuildError: .*the release cannot be written: .*the last release stays in service"),
    ],
)
def test_a_file_that_cannot_grow_is_told_and_the_last_release_stays(copy: Settings, share: float, told: str) -> None:
    before = Release.current(copy)
    write_statements(copy.home, STATEMENTS + "La Suède est membre de l'OTAN.\n")
    done = run(copy.home, limit=int(share * before.data.stat().st_size))
    assert re.search(told, done.stderr), done.stderr
    assert Release.current(copy) == before
    before.verify()
    assert left_over(copy.home / "var") == []
    assert run(copy.home).stdout.strip() not in ("", before.hash)


@pytest.fixture
def open_to_all(good: Path) -> Iterator[Path]:
    """A copy of the home folder that every user of the machine may read, which pytest's own folders are not."""
    with tempfile.TemporaryDirectory(prefix="sides-tests-") as folder:
        Path(folder).chmod(0o755)
        yield shutil.copytree(good, Path(folder) / "home", symlinks=True)


def other_user() -> int:
    """A user who may not write what this one has made; root may write everything."""
    return 65534 if os.geteuid() == 0 else 0


@pytest.mark.parametrize(
    ("folder", "told"),
    [
        ("var", "nothing can be written here: Permission denied; .* this user may write to"),
        ("triples", "a generated file cannot be written: Permission denied"),
        ("ontology/entities", "a generated file cannot be written: Permission denied"),
    ],
)
def test_a_folder_that_may_not_be_written_is_told(open_to_all: Path, folder: str, told: str) -> None:
    settings = Settings(home=open_to_all)
    before = Release.current(settings)
    write_statements(open_to_all, STATEMENTS + "La Suède est membre de l'OTAN.\n")
    (open_to_all / "ontology" / "entities" / "states.ttl").write_text("")  # so that it would be written anew
    for path in [open_to_all, *open_to_all.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o777 if path.is_dir() else 0o666)
    (open_to_all / "var" / "build.lock").unlink()
    (open_to_all / folder).chmod(0o555)
    done = run(open_to_all, user=other_user(), write_files=True)
    (open_to_all / folder).chmod(0o755)
    assert re.search(rf"BuildError: .*{folder}.*: {told}", done.stderr), done.stderr
    assert Release.current(settings) == before


SMALL_DISK = """
mount -t tmpfs -o size={size} tmpfs "$1/var" && cp -a "$1/kept/." "$1/var" && shift && exec "$@"
"""


def test_a_full_disk_is_told_and_the_last_release_stays(copy: Settings) -> None:
    """On a disk that holds one release and half of the next, which is the whole of a real machine's trouble."""
    before = Release.current(copy)
    wrapper = ("unshare", "--map-root-user", "--mount", "sh", "-c")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*wrapper, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lets nobody mount a small disk")
    size = int(1.5 * sum(path.stat().st_size for path in before.path.iterdir()))
    write_statements(copy.home, STATEMENTS + "La Suède est membre de l'OTAN.\n")
    shutil.copytree(copy.home / "var", copy.home / "kept", symlinks=True)
    look = 'home=$1; shift; "$@"; echo "code $?"; ls -A "$home/var" "$home/var/releases"; readlink "$home/var/current"'
    script = SMALL_DISK.format(size=size).replace('shift && exec "$@"', look)
    done = run(copy.home, wrapper=(*wrapper, script, "sh", str(copy.home)))
    assert re.search("BuildError: .*the release cannot be written.*: .*No space left on device", done.stderr), (
        done.stderr
    )
    lines = done.stdout.split()
    assert lines[:2] == ["code", "1"]
    assert lines[-1] == f"releases/{before.hash}"
    assert not [line for line in lines if line.startswith(("building-", "dumping-"))]


# A build that kills itself with SIGKILL when it changes the disk for the Nth time.
CRASHER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.build_home import mapper
from kg.build.pipeline import build
from kg.ground.settings import Settings
home, last = Path(sys.argv[2]), int(sys.argv[3])
changes = 0

def counted(event, args):
    global changes
    writes = event == "open" and isinstance(args[1], str) and args[1][0] in "wax"
    if (writes or event in ("os.rename", "os.remove", "os.symlink", "os.mkdir")) and str(args[0]).startswith(str(home)):
        changes += 1
        if changes == last:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(counted)
build(Settings(home=home), mapper(home), write_files=True)
print(changes)
"""


def crash(home: Path, last: int) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-B", "-c", CRASHER, str(TESTS), str(home), str(last)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_a_build_that_is_killed_anywhere_leaves_a_whole_release(copy: Settings, good: Path, tmp_path: Path) -> None:
    first = Release.current(copy)
    entities = copy.home / "sources" / "entities" / "people.csv"
    entities.write_text(entities.read_text(encoding="utf-8").replace("Andrzej Duda,Andrzej", "Andrzej D.,Andrzej"))
    write_statements(copy.home, STATEMENTS + "La Suède est membre de l'OTAN.\n")
    whole = shutil.copytree(copy.home, tmp_path / "whole", symlinks=True)
    changes = int(crash(whole, 10_000).stdout)
    second = Release.current(Settings(home=whole))
    assert changes > 10
    killed = 0
    for last in range(1, changes + 1, max(1, changes // 6)):
        done = crash(copy.home, last)  # which may come to its end, since those before have written the first files
        killed += done.returncode == -signal.SIGKILL
        assert done.stderr == ""
        Release.current(copy).verify()
        assert Release.current(copy).hash in (first.hash, second.hash)
    assert killed >= 4
    build(copy, mapper(copy.home), write_files=True)
    assert Release.current(copy).hash == second.hash
    assert left_over(copy.home / "var") == []
    assert next(item for item in check(copy, mapper(copy.home), prove=False) if item.name == "files").findings == ()
