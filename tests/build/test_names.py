"""A table of names that cannot be used is told with its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.build.text.names import read_names
from kg.ground.errors import TableError
from support.build_home import ROOT

HEADING = b"entity,lang,name,sort,means\n"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "sources" / "entities", tmp_path / "entities"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEADING + b"state:FRA,fr,\xff,alias,\n", r"names\.csv: byte 42 is not UTF-8"),
        (
            b"entity,lang,sort,means\nstate:FRA,fr,alias,\n",
            r"names\.csv: there is no column name; expected entity, lang",
        ),
        (HEADING + b"state:FRA,fr,Hexagone\n", r"names\.csv:2: wrong number of cells; expected 5 cells"),
        (HEADING + b"state:XYZ,fr,Ici,alias,\n", r"names\.csv:2: cannot use .*; expected known entities, a language"),
        (HEADING + b"state:FRA,fr,,alias,\n", r"names\.csv:2: cannot use "),
        (HEADING + b'state:FRA,fr,"Ici,alias,\n', r"names\.csv:2: not CSV"),
        (HEADING, r"names\.csv: the table has no rows"),
    ],
)
def test_what_cannot_be_used_is_told(tables: Path, content: bytes, told: str) -> None:
    (tables / "names.csv").write_bytes(content)
    with pytest.raises(TableError, match=told):
        read_names(tables)


def test_a_table_that_is_not_there_is_told(tables: Path) -> None:
    (tables / "names.csv").unlink()
    with pytest.raises(TableError, match=r"names\.csv: No such file"):
        read_names(tables)


def test_a_state_may_lack_a_capital(tables: Path) -> None:
    table = tables / "states.csv"
    text = table.read_text(encoding="utf-8")
    assert ",Kaboul," in text
    table.write_text(text.replace(",Kaboul,", ",,"), encoding="utf-8")
    assert ("kaboul",) in read_names(ROOT / "sources" / "entities")["fr"].by_words
    assert ("kaboul",) not in read_names(tables)["fr"].by_words
