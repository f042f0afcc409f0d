"""Statements and the catalogue are read as they stand; what cannot be read is told with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.build.languages import detect_language
from kg.build.sources import catalogue_triples, read_catalogue, read_lines, read_statements
from kg.ground.errors import CatalogueError, StatementFileError
from kg.ground.records import Statement
from support.build_home import CATALOGUE, ROOT, make_home


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_blank_line_keeps_its_number_and_is_no_statement(tmp_path: Path) -> None:
    path = written(tmp_path, "my notes.txt", "\ufeffUn.\r\n\n  \t\nDeux\u2028encore.\nTrois.")
    assert read_statements(path, lang="fr") == (
        Statement("my-notes", "1", "fr", "Un."),
        Statement("my-notes", "4", "fr", "Deux\u2028encore."),
        Statement("my-notes", "5", "fr", "Trois."),
    )


def test_a_json_line_names_its_id_and_language_and_its_gold_is_not_read(tmp_path: Path) -> None:
    lines = [
        {"id": "d1", "lang": "en", "text": "One.", "assertions": "nonsense that nobody looks at"},
        {"id": "d2", "lang": "fr", "text": "Un."},
    ]
    path = written(tmp_path, "notes.jsonl", "\n\n".join(map(json.dumps, lines)))
    assert read_statements(path, source="given") == (
        Statement("given", "d1", "en", "One."),
        Statement("given", "d2", "fr", "Un."),
    )


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_a_file_without_statements_has_none(tmp_path: Path, content: str) -> None:
    assert read_statements(written(tmp_path, "empty.txt", content)) == ()


GOOD = '{"id": "1", "lang": "fr", "text": "Un."}\n'


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.txt", b"Un.\nL'\xe9t\xe9.\n", r"a\.txt:2: byte 3 is not UTF-8"),
        ("a.jsonl", b'{"id": "\xff"}', r"a\.jsonl:1: byte 9 is not UTF-8"),
        ("a.jsonl", GOOD + "{", r"a\.jsonl:2: not JSON: "),
        ("a.jsonl", GOOD + "[1]", r"a\.jsonl:2: a JSON list; expected one JSON object a line"),
        ("a.jsonl", GOOD + '{"id": "2", "lang": "fr"}', r"a\.jsonl:2: text is missing"),
        ("a.jsonl", GOOD + '{"id": 2, "lang": "fr", "text": "Deux."}', "id is missing, empty or no string"),
        ("a.jsonl", GOOD + '{"id": "2", "lang": "de", "text": "Zwei."}', "unknown language 'de'; expected fr or en"),
        ("a.jsonl", GOOD + '{"id": "2", "lang": "fr", "text": "\\ud800"}', r"a\.jsonl:2: half a surrogate pair"),
        ("a.jsonl", GOOD + "\n" + GOOD, r"a\.jsonl:3: the id '1' stands in line 1 already"),
        ("a.csv", "Un.", r"a\.csv: a file that ends in '\.csv'; expected \.txt or \.jsonl"),
        ("a", "Un.", r"a: a file that ends in ''"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, name: str, content: bytes | str, complaint: str
) -> None:
    with pytest.raises(StatementFileError, match=complaint):
        read_statements(written(tmp_path, name, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StatementFileError, match=r"gone\.txt: No such file"):
        read_statements(tmp_path / "gone.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(StatementFileError, match=r"folder\.txt: Is a directory"):
        read_statements(tmp_path / "folder.txt")


def test_an_unknown_language_is_told(tmp_path: Path) -> None:
    with pytest.raises(StatementFileError, match="unknown language 'de'"):
        read_statements(written(tmp_path, "a.txt", "Eins."), lang="de")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r")).filter(str.strip)))
def test_every_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    texts = [text.removeprefix("\ufeff") or "x" for text in texts]
    texts = [text for text in texts if text.strip()]
    path = written(tmp_path_factory.mktemp("lines"), "a.txt", "\n".join(texts))
    assert [line for _, _, line in read_lines(path)] == texts


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("La Belgique et les Pays-Bas ont financé l'achat.", "fr"),
        ("Belgium and the Netherlands have paid for it.", "en"),
        ("Volodymyr Zelensky met Emmanuel Macron in Paris on Monday.", "en"),
        ("OTAN", "fr"),
        ("", "fr"),
        ("Le Figaro said that the talks had ended.", "en"),
        ("The Economist est un hebdomadaire.", "fr"),
        ("Poland gave Ukraine 14 Leopard 2 tanks.", "en"),
        ("Norway trained 1,200 Ukrainian soldiers.", "en"),
        ("Ukraine's allies: Poland, Canada, Japan.", "en"),
        ("Alliés de l'Ukraine : Pologne, Canada, Japon.", "fr"),
        ("Further reading", "en"),
    ],
)
def test_the_language_is_that_of_the_common_words(text: str, lang: str) -> None:
    assert detect_language(text) == lang


def test_the_language_of_statements_is_found() -> None:
    files = (ROOT / "tests" / "text" / "data").glob("*.jsonl")
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    missed = [row["text"] for row in rows if detect_language(row["text"]) != row["lang"]]
    assert {row["lang"] for row in rows} == {"fr", "en"}
    assert len(rows) > 1000
    assert len(missed) <= 0.005 * len(rows), missed


def test_a_text_file_may_mix_languages(tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "La Hongrie a fermé la frontière.\nHungary has closed the border.\n")
    assert [statement.lang for statement in read_statements(path)] == ["fr", "en"]


def test_the_catalogue_of_the_repository_is_whole() -> None:
    names = [source.name for source in read_catalogue(ROOT / "sources")]
    assert "first-series" in names
    assert names == sorted(names)


def catalogue(tmp_path: Path, change: tuple[str, str] = ("", "")) -> Path:
    make_home(tmp_path)
    text = CATALOGUE.replace(*change)
    assert text != CATALOGUE or change == ("", "")
    (tmp_path / "sources" / "catalogue.ttl").write_text(text)
    return tmp_path / "sources"


def test_a_source_is_what_its_description_tells(tmp_path: Path) -> None:
    folder = catalogue(tmp_path)
    (source,) = read_catalogue(folder)
    assert (source.name, source.file, source.lang) == ("notes", folder / "statements" / "notes.txt", "fr")
    assert len(catalogue_triples(folder)) == 12


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('"Notes"@fr , ', ""), "source:notes: dcterms:title is missing in fr"),
        (('    dcat:version "1" ;\n', ""), "source:notes: dcat:version is missing"),
        (('"Quelques énoncés"@fr , "Some statements"@en', '"Some"'), "dcterms:description is missing in en, fr"),
        (("statements/notes.txt", "statements/other.txt"), r"other\.txt is not there"),
        (('language "fr"', 'language "de"'), "unknown language 'de'"),
        (('language "fr"', 'language "fr", "en"'), "dcterms:language has 2 values"),
        (("source:notes a", "source:Notes a"), "the IRI of a source; expected source: and small letters"),
        (("source:notes a dcat:Dataset", "source:notes a dcat:Resource"), r"notes\.txt is not catalogued"),
        (("@prefix dcat:", "@prefix"), "expected a Turtle file"),
    ],
)
def test_what_the_catalogue_lacks_is_told(tmp_path: Path, change: tuple[str, str], complaint: str) -> None:
    folder = catalogue(tmp_path, change)
    with pytest.raises(CatalogueError, match=complaint):
        read_catalogue(folder)


def test_a_file_that_nobody_declared_is_told(tmp_path: Path) -> None:
    folder = catalogue(tmp_path)
    written(folder / "statements", "more.txt", "Un.")
    with pytest.raises(CatalogueError, match=r"more\.txt is not catalogued"):
        read_catalogue(folder)


def test_a_catalogue_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"catalogue\.ttl: No such file"):
        read_catalogue(tmp_path)
