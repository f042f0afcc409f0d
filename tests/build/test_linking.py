"""Links to Wikidata: extracts are read alike in each form, items are proposed with reasons, wrong links are found."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.build.entities import Entity, read_entities
from kg.build.linking import Extract, Item, Kinds, contradictions, items_of_endpoint, propose, read_extract
from kg.build.linking.candidates import LINKED, unlinked
from kg.build.linking.checks import doubtful
from kg.cli import main
from kg.ground.errors import InputError, TableError
from support.stand_in import Answering, StandIn, stand_in

HOME = Path(__file__).parents[2]

NT = """\
<wd:entity/Q76> <http://www.w3.org/2000/01/rdf-schema#label> "Barack Obama"@en .
<wd:entity/Q76> <http://www.w3.org/2000/01/rdf-schema#label> "Barack Obama"@fr .
<wd:entity/Q76> <http://www.w3.org/2004/02/skos/core#altLabel> "Barack H. Obama"@en .
<wd:entity/Q76> <http://schema.org/description> "a president"@en .
<wd:entity/Q76> <wd:prop/direct/P31> <wd:entity/Q5> .
<wd:entity/Q76> <wd:prop/direct/P21> <wd:entity/Q6581097> .
<wd:entity/Q3624078> <wd:prop/direct/P279> <wd:entity/Q6256> .
<wd:wiki/Special:EntityData/Q76> <http://schema.org/version> "1" .
""".replace("<wd:", "<http://www.wikidata.org/")
DUMP = {
    "id": "Q76",
    "labels": {code: {"language": code, "value": "Barack Obama"} for code in ("en", "fr")},
    "aliases": {"en": [{"language": "en", "value": "Barack H. Obama"}]},
    "descriptions": {"en": {"language": "en", "value": "a president"}},
    "claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}}, {"mainsnak": {"snaktype": "somevalue"}}]},
}
SHORT = {
    "id": "Q76",
    "labels": {"en": "Barack Obama", "fr": "Barack Obama"},
    "aliases": {"en": ["Barack H. Obama"]},
    "descriptions": {"en": "a president"},
    "types": ["Q5"],
}
CLASS = {"id": "Q3624078", "above": ["Q6256"]}
CSV = """\
item,lang,label,aliases,description,types,above
Q76,en,Barack Obama,Barack H. Obama,a president,Q5,
http://www.wikidata.org/entity/Q76,fr,Barack Obama,,,,
Q3624078,,,,,,Q6256
"""
FORMS = {
    "a.nt": NT,
    "dump.json": "[\n" + json.dumps(DUMP) + ",\n" + json.dumps(CLASS) + "\n]\n",
    "short.jsonl": json.dumps(SHORT) + "\n" + json.dumps({"id": "P31"}) + "\n" + json.dumps(CLASS) + "\n",
    "rows.csv": CSV,
}
OBAMA = Item(
    "Q76",
    (("en", "Barack Obama"), ("fr", "Barack Obama")),
    (("en", "Barack H. Obama"),),
    {"en": "a president"},
    frozenset({"Q5"}),
)


@pytest.fixture(scope="module")
def entities() -> tuple[Entity, ...]:
    return read_entities(HOME / "sources" / "entities")


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return Kinds.read(HOME)


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_an_extract_is_read_alike(tmp_path: Path, name: str, zipped: bool) -> None:
    path = tmp_path / (f"{name}.gz" if zipped else name)
    text = FORMS[name].encode()
    path.write_bytes(gzip.compress(text) if zipped else text)
    extract = read_extract(path)
    assert extract.items["Q76"] == OBAMA
    assert extract.above == {"Q3624078": frozenset({"Q6256"})}
    assert extract.items.keys() == {"Q76", "Q3624078"}


def test_only_what_is_wanted_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.nt"
    path.write_text(NT)
    assert read_extract(path, lambda item: item.id == "Q1").items.keys() == {"Q3624078"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "", "no extract ends so"),
        ("a.nt", '<http://www.wikidata.org/entity/Q1> "no" .\n', r"a\.nt:1: not N-Triples"),
        ("a.jsonl", "[\n{,\n", r"a\.jsonl:2: not JSON"),
        ("a.jsonl", '"Q1"\n', "this is no item"),
        ("a.csv", "item,name\nQ1,x\n", "a column is missing; expected item, label"),
        ("a.csv", "item,label\nFrance,x\n", "'France' is no Wikidata item"),
        ("a.csv.gz", "item,label\n", "cannot be read"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(TableError, match=message):
        read_extract(path)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("item,label\nQ1,Évidence\n".encode("latin-1"))
    with pytest.raises(TableError, match="not UTF-8"):
        read_extract(path)


def test_every_state_is_linked_and_what_is_not_is_told(entities: tuple[Entity, ...]) -> None:
    states = [entity for entity in entities if entity.kind == "state"]
    assert len(states) > 190
    assert all(entity.wikidata for entity in states)
    without = unlinked(entities)
    assert {entity.kind for entity in without} <= set(LINKED)
    assert not any(entity.cells.get("kind") == "group of donors" for entity in without)


def test_the_alignments_tell_the_kinds_of_classes(kinds: Kinds) -> None:
    assert kinds.by_class["Q5"] == "person"
    assert kinds.by_class["Q3624078"] == "state"
    assert kinds.by_class["Q7278"] == kinds.by_class["Q43229"] == "org"
    above = {"Q1": frozenset({"Q2"}), "Q2": frozenset({"Q1", "Q5"})}
    assert kinds.of(Item("Q9", types=frozenset({"Q1"})), above) == {"person"}
    assert kinds.of(Item("Q9", types=frozenset({"Q8"})), above) == frozenset()


def without(entities: tuple[Entity, ...], key: str) -> list[Entity]:
    return [replace(entity, wikidata=None) if entity.key == key else entity for entity in entities]


def extract_of(*items: Item) -> Extract:
    return Extract({item.id: item for item in items})


def person(number: int, label: str, *aliases: str, kind: str = "Q5") -> Item:
    names = (("en", label), ("fr", label))
    return Item(f"Q{number}", names, tuple(("en", alias) for alias in aliases), types=frozenset({kind}))


def test_items_are_proposed_with_reasons_and_the_likeliest_first(entities: tuple[Entity, ...], kinds: Kinds) -> None:
    some = without(entities, "person:emmanuel-macron")
    found = list(
        propose(
            some,
            extract_of(
                person(1, "Emmanuel Macron"),
                person(2, "Emmanuel Macron", kind="Q43229"),
                person(3, "Emanuel Macron"),
                person(4, "E. M.", "Emmanuel Macron"),
                person(5, "Somebody Else"),
                person(142, "France"),
            ),
            kinds,
        )
    )
    mine = [proposal for proposal in found if proposal.entity.key == "person:emmanuel-macron"]
    assert [proposal.item.id for proposal in mine] == ["Q1", "Q4", "Q3", "Q2"]
    assert mine[0].score == 100
    assert mine[0].why == ("the same label in fr and en", "its class is that of a person")
    assert "but its class is that of an organisation" in mine[-1].why
    assert [proposal.score for proposal in mine] == sorted((proposal.score for proposal in mine), reverse=True)


def test_an_item_that_is_linked_already_is_not_proposed(entities: tuple[Entity, ...], kinds: Kinds) -> None:
    taken = next(entity.wikidata for entity in entities if entity.key == "state:FRA")
    some = without(entities, "person:emmanuel-macron")
    item = replace(person(1, "Emmanuel Macron"), id=str(taken))
    assert list(propose(some, extract_of(item), kinds)) == []


def test_links_that_cannot_be_right_are_found(entities: tuple[Entity, ...], kinds: Kinds) -> None:
    france = next(entity for entity in entities if entity.key == "state:FRA")
    nato = next(entity for entity in entities if entity.key == "org:nato")
    assert france.wikidata == "Q142"
    wrong = [france, replace(nato, wikidata="Q142"), replace(nato, key="org:other", wikidata="142")]
    found = list(contradictions(wrong, extract_of(person(142, "France")), kinds))
    assert [line.partition(";")[0] for line in found] == [
        "state:FRA: Q142 (France) is of the classes Q5, those of a person",
        "org:nato: Q142 is the item of state:FRA too",
        "org:nato: Q142 (France) is of the classes Q5, those of a person",
        "org:other: '142' is no Wikidata item",
    ]
    assert all("What to do: " in line for line in found)
    right = extract_of(replace(person(142, "France"), types=frozenset({"Q3624078"})), person(7184, "x", kind="Q999"))
    assert list(contradictions([france, nato], right, kinds)) == []


def test_links_without_a_name_in_common_are_doubtful(entities: tuple[Entity, ...]) -> None:
    some = extract_of(person(142, "France"), person(183, "Frankreich"), person(30, "the United States of America"))
    assert [(entity.key, item.id) for entity, item in doubtful(entities, some)] == [("state:DEU", "Q183")]


@pytest.fixture
def wikidata() -> Iterator[StandIn]:
    wd = "http://www.wikidata.org"
    with stand_in(f"{NT}<{wd}/entity/Q5> <{wd}/prop/direct/P279> <{wd}/entity/Q154954> .") as endpoint:
        yield endpoint


def test_an_endpoint_is_asked_by_names(wikidata: StandIn) -> None:
    names = ["Barack Obama", 'Quo"te \\ d', *(f"Nobody {n}" for n in range(60))]
    extract = items_of_endpoint(wikidata.address, names)
    assert extract.items["Q76"] == replace(OBAMA, aliases=())
    assert extract.above == {"Q5": frozenset({"Q154954"})}
    assert len(wikidata.heard) == 2
    assert all(heard.headers["User-Agent"].startswith("Sides/") for heard in wikidata.heard)


def test_an_endpoint_that_is_busy_is_asked_again(wikidata: StandIn) -> None:
    waited: list[float] = []

    def fail(answering: Answering, number: int) -> None:
        if number == 1:
            answering.reply(429, headers={"Retry-After": "7"})
        else:
            answering.from_store()

    wikidata.fails = fail
    assert "Q76" in items_of_endpoint(wikidata.address, ["Barack Obama"], wait=waited.append).items
    assert waited == [7]


@pytest.mark.parametrize(
    ("address", "message"), [("ftp://example.org/", "is no address"), ("http://127.0.0.1:9/sparql", "cannot be asked")]
)
def test_an_endpoint_that_does_not_answer_is_told(address: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        items_of_endpoint(address, ["x"])


def test_the_command_counts_proposes_and_finds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["links", "--home", str(HOME), "--kind", "state"]) == 0
    assert capsys.readouterr().out == "state         197 of 197 linked\n"
    assert main(["links", "--home", str(HOME), "--format", "json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(lines) > 50
    assert all(line["entity"] and line["candidates"] == [] for line in lines)
    path = tmp_path / "rows.csv"
    path.write_text("item,lang,label,types\nQ142,fr,France,Q5\nQ987654,en,Chatham House,Q155271\n")
    assert main(["links", "--home", str(HOME), "--items", str(path)]) == 1
    told = capsys.readouterr().out
    assert "org:chatham-house" in told
    assert "Q987654" in told
    assert "wrong  state:FRA: Q142" in told
