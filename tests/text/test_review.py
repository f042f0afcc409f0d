"""`kg review`: what a person answers is written down, goes on after an interruption, and is read back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from kg.build.mapping.given import Reviewer, read_reviews
from kg.build.review import JOURNAL, ReviewFile, added, corrected
from kg.cli import main
from kg.ground.errors import ContractError, InputError, StatementFileError
from kg.ground.records import Assertion, Evidence, Span, Statement

ROOT = Path(__file__).parents[2]
TEXTS = [
    "La Suède et la Finlande sont membres de l'OTAN.",
    "Une phrase sans rien.",
    "La Norvège est membre de l'OTAN.",
]
SWEDEN, FINLAND, NORWAY = (
    {"kind": "membership", "member": f"state:{code}", "organisation": "org:nato", "role": "member"}
    for code in ("SWE", "FIN", "NOR")
)
BORDER = {"kind": "border", "a": "state:FIN", "b": "state:RUS"}


class Command:
    """`kg review` in a folder of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.file = folder / "notes.txt"
        self.file.write_text("\n".join(TEXTS), encoding="utf-8")
        self.output = folder / "notes.reviewed.jsonl"
        self.journal = folder / ("notes.reviewed.jsonl" + JOURNAL)
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *answers: str, on: str = "2026-02-03") -> int:
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        return main(["review", str(self.file), "--lang", "fr", "--by", "A. Reader", "--on", on])

    def told(self) -> str:
        return self._capsys.readouterr().out

    def rows(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.output.read_text(encoding="utf-8").splitlines()]

    def said(self) -> list[list[object]]:
        """The assertions in the file, without evidence."""
        return [
            [{name: value for name, value in item.items() if name[0] != "_"} for item in row["assertions"]]  # type: ignore[attr-defined]
            for row in self.rows()
        ]


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("SIDES_HOME", str(ROOT))
    return Command(tmp_path, monkeypatch, capsys)


def test_what_is_accepted_corrected_and_added_is_written(review: Command) -> None:
    answers = ["a", "r", "n", "a", "border a=state:FIN; b=state:RUS", "n", "c", "since=2024-03-07; role=", "n"]
    assert review(*answers) == 0
    assert review.said() == [
        [SWEDEN],
        [BORDER],
        [{"kind": "membership", "member": "state:NOR", "organisation": "org:nato", "since": "2024-03-07"}],
    ]
    rows = review.rows()
    assert [(row["id"], row["lang"], row["text"]) for row in rows] == [
        (str(number), "fr", text) for number, text in enumerate(TEXTS, 1)
    ]
    assert {(row["reviewed_by"], row["reviewed_on"]) for row in rows} == {("A. Reader", "2026-02-03")}
    accepted, corrected_ = rows[0]["assertions"][0], rows[2]["assertions"][0]  # type: ignore[index]
    assert accepted["_rule"].startswith("membership/")
    assert accepted["_rule"] != "membership/reviewed"
    assert corrected_["_rule"] == "membership/reviewed"
    assert corrected_["_spans"]
    assert not review.journal.exists()
    assert "all 3 statements are reviewed" in review.told()


def test_an_interrupted_review_goes_on_where_it_stopped(review: Command) -> None:
    assert review("a") == 1  # the input ends before the second assertion is decided
    assert not review.output.exists()
    assert review.journal.exists()
    assert review("r", "a", "border a=state:FIN; b=state:RUS", "q") == 1
    assert review("n", "n") == 1  # nothing more to decide on the first; the second has nothing proposed
    assert review.said() == [[SWEDEN, BORDER], []]
    assert "0 of 3 statements are reviewed" in review.told()
    assert review("a", "n") == 0
    assert review.said() == [[SWEDEN, BORDER], [], [NORWAY]]
    assert not review.journal.exists()
    assert review() == 0
    assert "3 of 3 statements are reviewed" in review.told()


def test_an_answer_that_cannot_be_read_is_asked_again(review: Command) -> None:
    given = ["yes", "c", "status=given", "nothing", "", "a", "a", "?", "a", "border a=state:FIN", "", "q"]
    assert review(*given) == 1
    told = review.told()
    assert "cannot read 'nothing'; expected slot=value" in told
    assert "border lacks the slot b" in told
    assert told.count("accept, correct, reject, quit?") == 4


def test_a_line_that_was_cut_off_is_taken_away(review: Command) -> None:
    assert review("a", "r", "n", "n") == 1
    whole = review.output.read_bytes()
    review.output.write_bytes(whole + b'{"id": "3", "lang"')
    review.journal.write_bytes(b'{"id": "3", "pro')
    assert review("a", "n") == 0
    assert review.output.read_bytes().startswith(whole)
    assert review.said() == [[SWEDEN], [], [NORWAY]]


def test_a_last_line_without_its_end_is_kept(review: Command) -> None:
    assert review("a", "r", "n", "n") == 1
    review.output.write_bytes(review.output.read_bytes().removesuffix(b"\n"))
    assert review("a", "n") == 0
    assert review.said() == [[SWEDEN], [], [NORWAY]]


def test_a_text_that_has_changed_is_not_taken_for_reviewed(review: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert review("a", "r", "n") == 1
    review.file.write_text("La Suède est membre de l'UE.\n", encoding="utf-8")
    assert review() == 2
    assert "statement 1 was reviewed with another text; expected La Suède et la Finlande" in capsys.readouterr().err


def test_a_file_that_is_no_reviewed_file_is_not_written_to(review: Command, capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"id": "1", "lang": "fr", "text": TEXTS[0], "assertions": []}) + "\n"
    review.output.write_text(line, encoding="utf-8")
    assert review("a") == 2
    assert "reviewed_by is missing; expected a reviewed file" in capsys.readouterr().err
    assert review.output.read_text(encoding="utf-8") == line


@pytest.mark.parametrize("day", ["2026-2-3", "20260203", "2026-02-30", "today"])
def test_a_day_that_is_none_is_refused(review: Command, capsys: pytest.CaptureFixture[str], day: str) -> None:
    assert review(on=day) == 2
    assert capsys.readouterr().err == f"kg: the day of the review is {day!r}; expected a day as YYYY-MM-DD\n"


@pytest.mark.parametrize("left", ["--by", "--on"])
def test_name_and_day_must_be_given(capsys: pytest.CaptureFixture[str], left: str) -> None:
    given = {"--by": "A. Reader", "--on": "2026-02-03"}
    del given[left]
    with pytest.raises(SystemExit):
        main(["review", "a.txt", *(part for pair in given.items() for part in pair)])
    assert f"required: {left}" in capsys.readouterr().err


def test_a_reviewer_without_a_name_is_refused() -> None:
    with pytest.raises(InputError, match="the name of the reviewer is empty"):
        Reviewer(" ", "2026-02-03")


def test_what_was_decided_on_something_else_is_asked_again(tmp_path: Path) -> None:
    statement = Statement("s", "1", "fr", TEXTS[0])
    one, other = (Assertion.create("border", {"a": "x", "b": name}) for name in "yz")
    file = ReviewFile.open(tmp_path / "a.jsonl", Reviewer("A", "2026-02-03"))
    file.decide(statement, one, None)
    again = ReviewFile.open(tmp_path / "a.jsonl", Reviewer("A", "2026-02-03"))
    assert again.undecided(statement, [one, other]) == [other]


def test_slots_are_changed_by_their_types() -> None:
    aid = Assertion.create("aid", {"donor": ["x"]}, evidence=Evidence("aid/given", (Span(0, 1),)))
    changed = corrected(aid, "donor = state:FRA, state:DEU; quantity = 12; hedged = true; amount = 5 EUR")
    assert changed.as_json() == {
        "kind": "aid", "donor": ["state:FRA", "state:DEU"], "quantity": 12, "amount": "5 EUR", "hedged": True
    }  # fmt: skip
    for wrong in ("quantity = many", "hedged = perhaps", "status = given", "donor =", "weight = 2"):
        with pytest.raises(ContractError):
            corrected(aid, wrong)
    with pytest.raises(ContractError, match="unknown kind 'borders'"):
        added("borders a=x; b=y")


def test_what_was_reviewed_is_read_back(review: Command) -> None:
    assert review("a", "r", "n", "n", "r", "n") == 0
    reviews = read_reviews(review.output, every=True)
    assert [(position, item.text) for position, item in reviews.items()] == [*zip("123", TEXTS, strict=True)]
    assert [[said.as_json() for said in item.assertions] for item in reviews.values()] == [[SWEDEN], [], []]
    assert {item.reviewer for item in reviews.values()} == {Reviewer("A. Reader", "2026-02-03")}


ROW = {"id": "1", "text": "x", "assertions": [], "reviewed_by": "A", "reviewed_on": "2026-02-03"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"reviewed_on": None}, "a review without name or day; expected reviewed_by and reviewed_on"),
        ({"reviewed_on": "2026-2-3"}, "the day of the review is '2026-2-3'; expected a day as YYYY-MM-DD"),
        ({"reviewed_by": " "}, "the name of the reviewer is empty; expected a name"),
        ({"assertions": None}, "text or assertions are missing"),
        ({"id": 1}, "id is missing or no string; expected the position of a statement"),
    ],
)
def test_a_review_that_lacks_something_is_refused(tmp_path: Path, changed: dict[str, object], told: str) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(ROW | changed), encoding="utf-8")
    with pytest.raises(StatementFileError) as raised:
        read_reviews(tmp_path / "a.jsonl", every=True)
    assert told in str(raised.value)
    assert raised.value.where == f"{tmp_path / 'a.jsonl'}:1"


def test_what_a_person_answers_for_has_no_confidence(tmp_path: Path) -> None:
    said = SWEDEN | {"_rule": "membership/role-noun", "_spans": [[0, 1]], "_confidence": 0.4}
    (tmp_path / "a.jsonl").write_text(json.dumps(ROW | {"assertions": [said, BORDER]}), encoding="utf-8")
    read, bare = read_reviews(tmp_path / "a.jsonl", every=True)["1"].assertions
    assert (read.evidence, bare.evidence) == (Evidence("membership/role-noun", (Span(0, 1),)), None)


def test_two_reviews_of_one_statement_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(ROW)}\n{json.dumps(ROW)}\n", encoding="utf-8")
    with pytest.raises(StatementFileError, match="a second review of statement 1"):
        read_reviews(tmp_path / "a.jsonl", every=True)


def test_only_a_file_of_statements_may_have_lines_that_are_no_reviews(tmp_path: Path) -> None:
    plain = {"id": "2", "lang": "fr", "text": "y"}
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(ROW)}\n{json.dumps(plain)}\n", encoding="utf-8")
    assert [*read_reviews(tmp_path / "a.jsonl", every=False)] == ["1"]
    with pytest.raises(StatementFileError, match="assertions are missing"):
        read_reviews(tmp_path / "a.jsonl", every=True)
