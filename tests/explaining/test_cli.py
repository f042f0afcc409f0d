"""`kg explain`: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.cli import main
from kg.ground.release import Release
from kg.ground.settings import Settings
from support.build_home import make_home, mapper


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home folder with a release in which Hungary borders Ukraine."""
    from kg.build.pipeline import build

    folder: Path = tmp_path_factory.mktemp("home")
    settings = make_home(folder)
    build(settings, mapper(folder))
    return settings


def explain(home: Settings, *arguments: str) -> int:
    return main(["explain", *arguments, "--home", str(home.home)])


def test_it_prints_a_tree_down_to_the_words(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(home, "state:HUN", "a", "sides:NeighbourOfUkraine") == 0
    told = capsys.readouterr()
    assert told.err == ""
    lines = told.out.splitlines()
    definition = "sides:NeighbourOfUkraine EquivalentTo: sides:State and (sides:bordersWith value state:UKR)"
    assert lines[:3] == [
        "state:HUN a sides:NeighbourOfUkraine",
        f"  by cls-int1, cax-eqc2, cls-hv2: {definition}",
        "  “sides:NeighbourOfUkraine” is defined by several conditions, and all of them are met.",
    ]
    assert "      given by the tables of entities" in lines
    assert lines[-2].endswith("(BorderAssertion), read in")
    assert "La Hongrie a une frontière avec l'Ukraine." in lines[-1]


def test_it_speaks_french(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(home, "state:HUN", "a", "sides:Party", "--lang", "fr") == 0
    assert "Ce qui est de la classe « sides:State » est de la classe « sides:Party »." in capsys.readouterr().out


def test_it_prints_json(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    iris = ("https://w3id.org/sides/id/state/HUN", "<https://w3id.org/sides/ontology#bordersWith>", "state:UKR")
    assert explain(home, *iris, "--format", "json") == 0
    content = json.loads(capsys.readouterr().out)
    assert content["release"] == Release.current(home).hash
    assert content["explanation"]["triple"]["subject"] == iris[0]
    statements = json.dumps(content["explanation"], ensure_ascii=False)
    assert "La Hongrie a une frontière avec l'Ukraine." in statements


def test_a_triple_that_is_not_there_is_told(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert explain(home, "state:HUN", "a", "sides:Person") == 1
    told = capsys.readouterr()
    assert told.out == ""
    release = Release.current(home).hash
    assert told.err == f"kg: state:HUN rdf:type sides:Person is not in the graph of release {release}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("Hungary", "a", "sides:State"), "kg: subject: 'Hungary' names nothing; expected a prefixed name"),
        (("state:HUN", "<a b>", "sides:State"), "kg: predicate: '<a b>' is no IRI; expected an IRI without spaces"),
    ],
)
def test_a_name_that_means_nothing_is_told(
    home: Settings, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert explain(home, *arguments) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert told.err.startswith(message)


def test_without_a_release_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = make_home(tmp_path)
    assert explain(settings, "state:HUN", "a", "sides:State") == 2
    assert "there is no release. What to do: run `kg build`" in capsys.readouterr().err


def test_a_part_that_is_missing_shows_how_to_ask(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        explain(home, "state:HUN", "a")
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: kg explain")
