"""What a person has decided on a source wins over the rules at the next build, and the graph tells who and when."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.cli import main
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES
from support.build_home import make_home, write_statements

TEXTS = (
    "La Suède et la Finlande sont membres de l'OTAN.",
    "La Norvège est membre de l'OTAN.",
    "La Hongrie a une frontière avec l'Ukraine.",
)
ANSWERS = ("a", "r", "n", "c", "since=2024-03-07", "n", "q")
"""Sweden stands, Finland does not, Norway is corrected; nothing is decided on the third statement."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = make_home(tmp_path)
    write_statements(tmp_path, "\n".join(TEXTS) + "\n")
    monkeypatch.setenv("SIDES_HOME", str(tmp_path))
    return settings


def file(home: Settings, name: str) -> Path:
    return home.home / "sources" / "statements" / name


def review(home: Settings, monkeypatch: pytest.MonkeyPatch, *answers: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
    notes = str(file(home, "notes.txt"))
    return main(["review", notes, "--lang", "fr", "--by", "A. Reader", "--on", "2026-02-03"])


def built(home: Settings) -> dict[str, tuple[str, ...]]:
    """Build; of each assertion, by what it is about: its IRI, its first time, who reviewed it and when."""
    assert main(["build", "--publish-only"]) == 0
    store = ox.Store()
    store.bulk_load(path=Release.current(home).data)
    rows = store.query(
        """SELECT ?about ?said (STR(?since) AS ?from) ?by (STR(?on) AS ?day) {
            ?said sides:statedIn source:notes ; sides:member|sides:firstParty ?about .
            OPTIONAL { ?said sides:since ?since }
            OPTIONAL { ?said sides:reviewedBy ?by }
            OPTIONAL { ?said sides:reviewedOn ?on FILTER (DATATYPE(?on) = xsd:date) }
        }""",
        prefixes=dict(PREFIXES),
    )
    names = ("said", "from", "by", "day")
    return {
        row["about"].value.rpartition("/")[2]: tuple("" if row[name] is None else row[name].value for name in names)
        for row in rows
    }


def test_what_was_decided_wins_and_is_marked(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = built(home)
    assert before.keys() == {"SWE", "FIN", "NOR", "HUN"}
    assert {item[1:] for item in before.values()} == {("", "", "")}
    assert review(home, monkeypatch, *ANSWERS) == 1
    after = built(home)
    mark = ("A. Reader", "2026-02-03")
    assert after.keys() == {"SWE", "NOR", "HUN"}
    assert after["SWE"] == (before["SWE"][0], "", *mark)
    assert after["NOR"][1:] == ("2024-03-07", *mark)
    assert after["HUN"] == before["HUN"]
    again = file(home, "notes.reviewed.jsonl")
    again.write_text(again.read_text().replace("2026-02-03", "2026-02-04"))
    assert built(home)["SWE"] == (before["SWE"][0], "", "A. Reader", "2026-02-04")


def test_a_reviewed_file_is_a_source_itself(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it takes the place of the text in the catalogue; lines that nobody has reviewed are read by the rules."""
    before = built(home)
    review(home, monkeypatch, *ANSWERS)
    line = json.dumps({"id": "3", "lang": "fr", "text": TEXTS[2], "assertions": []})
    reviewed = file(home, "notes.reviewed.jsonl")
    file(home, "notes.jsonl").write_text(reviewed.read_text() + line + "\n")
    reviewed.unlink()
    file(home, "notes.txt").unlink()
    catalogue = home.home / "sources" / "catalogue.ttl"
    catalogue.write_text(catalogue.read_text().replace("statements/notes.txt", "statements/notes.jsonl"))
    after = built(home)
    assert {name: item[2] for name, item in after.items()} == {"SWE": "A. Reader", "NOR": "A. Reader", "HUN": ""}
    assert {name: item[0] for name, item in after.items() if name != "NOR"} == {
        name: before[name][0] for name in ("SWE", "HUN")
    }


def test_a_build_may_run_while_a_review_is_unfinished(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    review(home, monkeypatch, "a", "q")
    assert [path.name for path in file(home, "").iterdir() if "reviewed" in path.name] == [
        "notes.reviewed.jsonl.unfinished"
    ]
    assert built(home).keys() == {"SWE", "FIN", "NOR", "HUN"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("La Norvège est membre de l'OTAN.\n", "expected La Norvège est membre de l'OTAN."),
        ("\n" + "\n".join(TEXTS), "expected a source with a statement 1"),
    ],
)
def test_a_review_of_another_text_stops_the_build(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, expected: str
) -> None:
    review(home, monkeypatch, "a", "a", "n", "q")
    write_statements(home.home, text)
    capsys.readouterr()
    assert main(["build", "--publish-only"]) == 2
    told = capsys.readouterr().err
    assert f"{file(home, 'notes.reviewed.jsonl')}:1: the review of statement 1 is of another text" in told
    assert expected in told


def test_a_file_of_reviews_without_its_source_is_told(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    review(home, monkeypatch, *ANSWERS)
    file(home, "notes.reviewed.jsonl").rename(file(home, "other.reviewed.jsonl"))
    capsys.readouterr()
    assert main(["build", "--publish-only"]) == 2
    assert "other.reviewed.jsonl is not catalogued" in capsys.readouterr().err
