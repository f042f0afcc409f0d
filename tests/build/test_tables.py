"""Tables: each row becomes one assertion by the declared mapping, or the build says where and why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.tables.reading import Known, read_rows
from kg.ground.errors import TableError

KNOWN = Known(frozenset({"state:FRA", "state:UKR", "state:DEU", "org:nato", "equipment:cv90"}), frozenset({"a-page"}))
MAPPING = """\
table = "gifts.csv"
kind = "aid"
key = ["id"]
reference = "reference"
address = "address"
ignored = ["note"]   # a remark
[slots.donor]
column = "donor"
entity = ["state", "org"]
separator = ";"
[slots.recipient]
value = "state:UKR"
[slots.instrument]
column = "instrument"
values = { gift = "grant", credit = "loan" }
absent = ["unknown"]
[slots.item]
first = [ { column = "equipment", entity = "equipment" }, { column = "item", text = true } ]
[slots.quantity]
column = "quantity"
count = true
[slots.amount]
columns = ["amount", "currency"]
[slots.amount_in_euro]
column = "euros"
currency = "EUR"
[slots.date]
from = "from"
until = "until"
[slots.part_of]
column = "part_of"
row = true
[slots.questionable]
column = "doubt"
flag = { when = "yes" }
[[listed]]
when = { instrument = "loss" }
reason = "a loss is no aid"
"""
HEADING = (
    "id,donor,instrument,equipment,item,quantity,amount,currency,euros,from,until,part_of,doubt,note,reference,address"
)
CELLS = {
    "id": "p1", "donor": "FRA", "instrument": "gift", "amount": "10", "currency": "SEK", "from": "2022",
    "reference": "a-page",
}  # fmt: skip


def table(folder: Path, *rows: str, heading: str = HEADING, mapping: str = MAPPING) -> Path:
    file = folder / "gifts.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join((heading, *rows, "")).encode())
    file.with_suffix(".toml").write_text(mapping)
    return file


def row(**cells: str) -> str:
    return ",".join(f'"{(CELLS | cells).get(name, "")}"' for name in HEADING.split(","))


def slots(folder: Path, *rows: str) -> list[dict[str, object]]:
    read = read_rows(table(folder, *rows), source="gifts", known=KNOWN)
    return [assertion.as_json() for item in read for assertion in item.assertions]


def test_a_row_becomes_a_statement_with_one_assertion(tmp_path: Path) -> None:
    file = table(tmp_path, row(id="P_1", item="several\nthings", doubt="yes"))
    (read,) = read_rows(file, source="gifts", known=KNOWN)
    statement, (assertion,) = read.statement, read.assertions
    assert (statement.key, statement.lang, read.reference, read.address) == ("gifts-p-1", "en", "a-page", None)
    assert statement.text.startswith("id: P_1; donor: FRA; instrument: gift; item: several\nthings; amount: 10; ")
    assert assertion.as_json() == {
        "kind": "aid", "donor": ["state:FRA"], "recipient": ["state:UKR"], "instrument": ["grant"],
        "item": "several\nthings", "amount": "10 SEK", "date": "2022/..", "questionable": True,
    }  # fmt: skip
    assert assertion.evidence is not None
    assert (assertion.evidence.rule, assertion.evidence.spans) == ("table/gifts", ())


@pytest.mark.parametrize(
    ("cells", "slot", "value"),
    [
        ({"from": "2022-02-01", "until": "2022-02-28"}, "date", "2022-02-01/2022-02-28"),
        ({"from": "2022-02", "until": "2022-02"}, "date", "2022-02"),
        ({"from": "", "until": "2022-02"}, "date", "../2022-02"),
        ({"from": "", "until": ""}, "date", None),
        ({"donor": "FRA; DEU;nato"}, "donor", ["state:FRA", "state:DEU", "org:nato"]),
        ({"instrument": "unknown"}, "instrument", None),
        ({"equipment": "cv90", "item": "vehicles"}, "item", "equipment:cv90"),
        ({"amount": "", "currency": ""}, "amount", None),
        ({"euros": "2.5"}, "amount_in_euro", "2.5 EUR"),
        ({"quantity": "0"}, "quantity", 0),
    ],
)
def test_cells_become_values(tmp_path: Path, cells: dict[str, str], slot: str, value: object) -> None:
    assert slots(tmp_path, row(**cells))[0].get(slot) == value


def test_an_address_is_encoded_and_a_row_may_name_another(tmp_path: Path) -> None:
    file = table(tmp_path, row(id="P 1", address="https://a.example/é?q=100%#a"), row(id="b", part_of="P 1"))
    first, second = read_rows(file, source="gifts", known=KNOWN)
    assert first.address == "https://a.example/%C3%A9?q=100%25#a"
    assert second.assertions[0].slots["part_of"] == "p-1"


def test_rows_are_listed_or_split_by_condition(tmp_path: Path) -> None:
    split = '[[rows]]\nwhen = { instrument = "loan back" }\nkind = "aid"\n[rows.slots.instrument]\nvalue = "loan"\n'
    rows = row(id="a", instrument="loss"), row(id="b", instrument="loan back"), row(id="c")
    file = table(tmp_path, *rows, mapping=MAPPING + split)
    lost, back, other = read_rows(file, source="gifts", known=KNOWN)
    assert (lost.assertions, lost.reason) == ((), "a loss is no aid")
    assert [item.assertions[0].slots["instrument"] for item in (back, other)] == [("loan",), ("grant",)]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"donor": "QQQ"}, r"gifts\.csv:2: donor is 'QQQ'; expected a key of state or org\. What to do: correct"),
        ({"instrument": "song"}, r":2: instrument is 'song'; expected one of gift, credit"),
        ({"equipment": "cv91"}, r":2: equipment is 'cv91'; expected a key of equipment"),
        ({"quantity": "1.5"}, r":2: quantity is '1\.5'; expected a whole number"),
        ({"amount": "1,5"}, r":2: amount is '1,5'; expected a number"),
        ({"amount": ""}, r":2: amount is ''; expected a number .*, if a currency is given"),
        ({"currency": "kr"}, r":2: currency is 'kr'; expected the code of a currency"),
        ({"from": "2022-02-30"}, r":2: from is '2022-02-30'; expected ISO 8601"),
        ({"from": "2023", "until": "2022"}, r":2: from and until is '2023/2022'; expected ISO 8601"),
        ({"doubt": "no"}, r":2: doubt is 'no'; expected yes, or nothing"),
        ({"reference": "another"}, r":2: reference is 'another'; expected a slug of sources/references\.csv"),
        ({"address": "a page"}, r":2: address is 'a page'; expected one address that begins with"),
        ({"part_of": "p1"}, r":2: part_of names the row 'p1'; expected the key of another row"),
        ({"part_of": "q"}, r":2: part_of names the row 'q'; expected the key of another row"),
        ({"id": ""}, r":2: the row has no name; expected a cell in id"),
        ({"donor": ""}, r":2: aid lacks the slot donor\. What to do: correct the row, or gifts\.toml"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line(tmp_path: Path, cells: dict[str, str], told: str) -> None:
    with pytest.raises(TableError, match=told):
        slots(tmp_path, row(**cells))


@pytest.mark.parametrize(
    ("rows", "heading", "told"),
    [
        ((row(), row()), HEADING, r"gifts\.csv:3: the row 'p1' stands in .*gifts\.csv:2 already; expected one row"),
        ((row() + ",more",), HEADING, r":2: 17 cells; expected 16 cells\. What to do: put a cell"),
        (("a,b",), HEADING, r":2: 2 cells; expected 16 cells"),
        ((), HEADING + ",colour", r":1: unknown column 'colour'; expected .*What to do: use the column in gifts\.toml"),
        ((), HEADING.replace(",note", ""), r":1: there is no column note; expected"),
        ((), HEADING + ",note", r":1: the column 'note' stands twice"),
        (('"a',), HEADING, r":2: not CSV: unexpected end of data; expected CSV by RFC 4180"),
    ],
)
def test_a_wrong_table_is_told_with_its_line(tmp_path: Path, rows: tuple[str, ...], heading: str, told: str) -> None:
    with pytest.raises(TableError, match=told):
        read_rows(table(tmp_path, *rows, heading=heading), source="gifts", known=KNOWN)


def test_a_row_after_one_of_several_lines_is_told_with_the_line_where_it_begins(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"gifts\.csv:4: donor is 'QQQ'"):
        slots(tmp_path, row(id="a", item="one\ntwo"), row(id="b", donor="QQQ"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "aid"', 'kind = "war"', r"gifts\.toml: unknown kind 'war'; expected one of aid, "),
        ("[slots.date]", "[slots.day]", r"gifts\.toml, \[slots\.day\]: aid has no slot day; expected donor"),
        ("count = true", "", r"\[slots\.quantity\]: quantity is a slot of type count; expected count = true"),
        ("count = true", "number = true", r"\[slots\.quantity\]: unknown key number; expected absent, column, count"),
        ('entity = "equipment"', 'entity = "ship"', r"\[slots\.item\]: unknown sort of entity 'ship'"),
        ('ignored = ["note"]', 'ignored = ["note", "donor"]', r"donor is used, and ignored"),
        ('key = ["id"]', "", r"gifts\.toml: key is missing; expected key = "),
        ('table = "gifts.csv"', 'table = "other.csv"', r'the mapping is of other\.csv; expected table = "gifts\.csv"'),
        ('kind = "aid"', 'kind = "aid', r"gifts\.toml: not TOML: .*expected TOML"),
        ('reason = "a loss is no aid"', "", r"\[listed 1\]: reason is '?missing'?"),
        ('[slots.donor]\ncolumn = "donor"', '[slots.holder]\ncolumn = "donor"', r"aid has no slot holder"),
    ],
)
def test_a_wrong_mapping_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in MAPPING
    file = table(tmp_path, row(), mapping=MAPPING.replace(old, new, 1))
    with pytest.raises(TableError, match=told):
        read_rows(file, source="gifts", known=KNOWN)
