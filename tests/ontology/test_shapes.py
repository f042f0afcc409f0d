"""The shapes let pass what the writer makes of any assertion, and find what is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.shapes import Violation, require_valid, validate
from kg.build.entities import read_entities
from kg.build.mapping.documents import MappedStatement, read_context, triples
from kg.build.mapping.rules import apply_rules, read_rules
from kg.ground.errors import ShapeError
from kg.ground.kinds import KINDS, Kind, Slot, ValueType
from kg.ground.records import Assertion, Evidence, Span, Statement
from kg.ground.terms import PREFIXES, amount_iri, fact_iri, shorten

HOME = Path(__file__).parents[2]
SHAPES = HOME / "ontology" / "shapes"
CONTEXT = read_context(HOME / "ontology" / "context.jsonld")
SHARED = HOME.parent / "shared" / "eval"
DATES = ("2025-03-02", "2023-09", "2023", "--05-04", "--04", "2022/2024", "2022-02/..", "../2021", "--03-22/--03-31")
SOURCE = """
source:test a sides:Source ; dcterms:title "Test"@en ; dcterms:publisher <https://example.org/> ;
  dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> .
"""


def turtle(text: str) -> set[ox.Triple]:
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return {quad.triple for quad in ox.parse(head + text, ox.RdfFormat.TURTLE)}


def surroundings() -> set[ox.Triple]:
    """The ontology, its concepts, the entities and the source: what the shapes look at beside the assertions."""
    files = [*(HOME / "ontology").glob("*.ttl"), *(HOME / "ontology" / "entities").glob("*.ttl")]
    return {quad.triple for file in files for quad in ox.parse(path=file, rename_blank_nodes=True)} | turtle(SOURCE)


def check(data: set[ox.Triple]) -> tuple[Violation, ...]:
    return validate(ox.serialize(data, format=ox.RdfFormat.N_TRIPLES) or b"", SHAPES)


ENTITIES = {"person": "person:viktor-orban", "organisation": "org:nato", "item": "equipment:m113"}
TABULAR = {
    kind: next(entity.key for entity in read_entities(HOME / "sources" / "entities", (kind,)))
    for kind in ("survey", "question", "resolution", "meeting")
}
"""Slots that hold entities of one table, and no phrase."""


def value_of(slot: Slot, date: str, *, unlinked: bool) -> object:
    value: object
    match slot.value:
        case ValueType.ENTITY:
            phrase = "une chose sans table" if unlinked else ENTITIES.get(slot.name, "state:FRA")
            value = TABULAR.get(slot.name, phrase)
        case ValueType.MONEY:
            value = "1500000.5 " + ("EUR" if slot.name == "amount_in_euro" else "CHF")
        case ValueType.CONCEPT:
            value = slot.concepts[-1]
        case ValueType.DATE:
            value = date
        case _:
            value = {
                ValueType.ASSERTION: "row",
                ValueType.NUMBER: Decimal("9.5"),
                ValueType.COUNT: 7,
                ValueType.TEXT: "des mots",
                ValueType.FLAG: True,
            }[slot.value]
    return [value] if slot.many else value


def made(kind: Kind, date: str, *, full: bool, unlinked: bool) -> Assertion:
    slots = {
        name: value_of(slot, date, unlinked=unlinked) for name, slot in kind.slots.items() if full or slot.required
    }
    return Assertion.create(kind.name, slots, evidence=Evidence("test.rule", (Span(0, 4),), Decimal("0.9")))


def test_every_kind_passes_full_and_bare_linked_and_not_with_every_form_of_date() -> None:
    assertions = [
        made(kind, date, full=full, unlinked=unlinked)
        for kind in KINDS.values()
        for date in DATES
        for full, unlinked in ((True, False), (True, True), (False, False))
    ]
    mapped = MappedStatement(Statement("test", "1", "fr", "Un énoncé."), tuple(assertions))
    whole = made(KINDS["aid"], "2023", full=False, unlinked=False)
    row = MappedStatement(Statement("test", "row", "en", "donor: FRA"), (whole,))
    said = triples([mapped, row], CONTEXT)
    assert check(said | surroundings()) == ()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the evaluation sets are not here")
def test_the_evaluation_sets_and_the_facts_from_them_pass() -> None:
    mapped = []
    for file in sorted(SHARED.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            given = json.loads(line, parse_float=Decimal)
            statement = Statement("test", f"{file.stem}-{given['id']}", given["lang"], given["text"])
            assertions = tuple(
                Assertion.create(item["kind"], {name: value for name, value in item.items() if name != "kind"})
                for item in given["assertions"]
            )
            mapped.append(MappedStatement(statement, assertions))
    said = triples(mapped, CONTEXT)
    around = surroundings()
    facts = apply_rules(read_rules(HOME / "ontology" / "rules"), said, context=around)
    assert any(triple.predicate.value == PREFIXES["rdf"] + "subject" for triple in facts)
    assert check(said | facts | around) == ()


# What is wrong -> Turtle about `id:it` (or a whole node of its own), the node and path at fault, words of the message.
BORDER = "a sides:BorderAssertion ; prov:wasDerivedFrom statement:test-1"
AID = "a sides:AidAssertion ; prov:wasDerivedFrom statement:test-1"
POLL = "a sides:PollAssertion ; prov:wasDerivedFrom statement:test-1"
FINDING = (
    "a sides:FindingAssertion ; prov:wasDerivedFrom statement:test-1 ; sides:target state:RUS ;"
    " sides:measure measure:trust"
)
FACT = "a sides:Fact , rdf:Statement ; rdf:subject state:FRA ; rdf:predicate sides:memberOf ; rdf:object org:nato"
REST_NOTHING, REST_DOUBT = fact_iri("a", "b", "c"), fact_iri("a", "b", "d")
WRONG: Mapping[str, tuple[str, str, str, str]] = {
    "required slot missing": (
        f"assertion:1 {BORDER} ; sides:firstParty state:FRA .",
        "assertion:1",
        "sides:secondParty",
        "exactly one",
    ),
    "two values for one": (
        f"assertion:2 {BORDER} ; sides:firstParty state:FRA ; sides:secondParty state:DEU , state:ESP .",
        "assertion:2",
        "sides:secondParty",
        "takes one value",
    ),
    "property of another kind": (
        f"assertion:3 {BORDER} ; sides:firstParty state:FRA ; sides:secondParty state:DEU ; sides:donor state:FRA .",
        "assertion:3",
        "sides:donor",
        "no such property",
    ),
    "property misspelt": (
        f"assertion:4 {AID} ; sides:donnor state:FRA .",
        "assertion:4",
        "sides:donnor",
        "no such property",
    ),
    "no statement": (
        "assertion:5 a sides:AidAssertion ; sides:donor state:FRA .",
        "assertion:5",
        "prov:wasDerivedFrom",
        "rests on one",
    ),
    "unknown entity": (
        f"assertion:6 {AID} ; sides:donor state:ATL .",
        "assertion:6",
        "sides:donor",
        "party of the tables",
    ),
    "entity as text": (
        f'assertion:7 {AID} ; sides:donor "France"@fr .',
        "assertion:7",
        "sides:donor",
        "party of the tables",
    ),
    "equipment as donor": (
        f"assertion:8 {AID} ; sides:donor equipment:m113 .",
        "assertion:8",
        "sides:donor",
        "party of the tables",
    ),
    "concept of another scheme": (
        f"assertion:9 {AID} ; sides:donor state:FRA ; sides:status category:military .",
        "assertion:9",
        "sides:status",
        "one concept of the scheme id:status",
    ),
    "unknown concept": (
        f"assertion:10 {AID} ; sides:donor state:FRA ; sides:instrument instrument:gift .",
        "assertion:10",
        "sides:instrument",
        "concepts of the scheme id:instrument",
    ),
    "date as plain string": (
        f'assertion:11 {AID} ; sides:donor state:FRA ; sides:date "2025-03-02" .',
        "assertion:11",
        "sides:date",
        "one xsd:date, gYearMonth",
    ),
    "day that no calendar has": (
        f'assertion:12 {AID} ; sides:donor state:FRA ; sides:date "2025-02-30"^^xsd:date .',
        "assertion:12",
        "sides:date",
        "one xsd:date, gYearMonth",
    ),
    "interval without its two ends": (
        f'assertion:13 {POLL} ; sides:fieldwork "2025-02"^^sides:interval .',
        "assertion:13",
        "sides:fieldwork",
        "sides:interval",
    ),
    "month that is none": (
        f'assertion:14 {POLL} ; sides:published "--13"^^xsd:gMonth .',
        "assertion:14",
        "sides:published",
        "xsd:date",
    ),
    "count as decimal": (
        f"assertion:15 {POLL} ; sides:sampleSize 1600.0 .",
        "assertion:15",
        "sides:sampleSize",
        "one xsd:integer",
    ),
    "count as derived integer": (
        f'assertion:16 {POLL} ; sides:men "7"^^xsd:positiveInteger .',
        "assertion:16",
        "sides:men",
        "one xsd:integer",
    ),
    "negative count": (f"assertion:17 {POLL} ; sides:women -7 .", "assertion:17", "sides:women", "not negative"),
    "percentage as double": (
        f"assertion:18 {FINDING} ; sides:value 6.8E1 .",
        "assertion:18",
        "sides:value",
        "xsd:decimal",
    ),
    "percentage out of bounds": (
        f"assertion:19 {FINDING} ; sides:value 101.0 .",
        "assertion:19",
        "sides:value",
        "from -100 to 100",
    ),
    "text without language": (
        f'assertion:20 {POLL} ; sides:place "Paris" .',
        "assertion:20",
        "sides:place",
        "text with its language",
    ),
    "text in another language": (
        f'assertion:21 {POLL} ; sides:place "Kiew"@de .',
        "assertion:21",
        "sides:place",
        "fr or en",
    ),
    "flag that is false": (
        f"assertion:22 {POLL} ; sides:hedged false .",
        "assertion:22",
        "sides:hedged",
        "true or absent",
    ),
    "money as a number": (
        f"assertion:23 {AID} ; sides:donor state:FRA ; sides:amount 5 .",
        "assertion:23",
        "sides:amount",
        "schema:MonetaryAmount",
    ),
    "confidence above one": (
        f"assertion:24 {POLL} ; sides:confidence 1.5 .",
        "assertion:24",
        "sides:confidence",
        "from 0 to 1",
    ),
    "bounds the wrong way round": (
        f'assertion:25 {POLL} ; sides:earliest "2025-03-02"^^xsd:date ; sides:latest "2025-03-01"^^xsd:date .',
        "assertion:25",
        "sides:earliest",
        "not after sides:latest",
    ),
    "assertion with a foreign IRI": (f"<https://example.org/a> {POLL} .", "https://example.org/a", "", "begins with"),
    "statement without text": (
        (
            'statement:test-2 a sides:Statement ; sides:position "2" ; dcterms:language "fr" ;'
            " dcterms:source source:test ; prov:wasQuotedFrom source:test ."
        ),
        "statement:test-2",
        "sides:text",
        "one sides:text",
    ),
    "statement with two sources": (
        (
            'statement:test-3 a sides:Statement ; sides:text "Oui."@fr ; sides:position "3" ; dcterms:language "fr" ;'
            " dcterms:source source:other ; prov:wasQuotedFrom source:test ."
        ),
        "statement:test-3",
        "prov:wasQuotedFrom",
        "also its dcterms:source",
    ),
    "source without licence": (
        'source:other a sides:Source ; dcterms:title "Other"@en ; dcterms:publisher <https://example.org/> .',
        "source:other",
        "",
        "or dcterms:rights in words",
    ),
    "span that ends before it starts": (
        "id:span a oa:TextPositionSelector ; oa:start 9 ; oa:end 4 .",
        "id:span",
        "oa:start",
        "below oa:end",
    ),
    "amount in words": (
        f'<{amount_iri("5 EUR")}> a schema:MonetaryAmount ; schema:value 5.0 ; schema:currency "euro" .',
        shorten(amount_iri("5 EUR")),
        "schema:currency",
        "ISO 4217",
    ),
    "fact that rests on nothing": (
        f"<{REST_NOTHING}> {FACT} .",
        shorten(REST_NOTHING),
        "prov:wasDerivedFrom",
        "rests on assertions",
    ),
    "fact that rests on a doubt": (
        f"assertion:26 {POLL} ; sides:hedged true . <{REST_DOUBT}> {FACT} ; prov:wasDerivedFrom assertion:26 .",
        shorten(REST_DOUBT),
        "",
        "not rest on a hedged assertion",
    ),
    "border in one direction": ("state:PRT sides:bordersWith state:FRA .", "state:PRT", "", "both directions"),
    "two items for one entity": ("org:nato owl:sameAs wd:Q1 .", "org:nato", "owl:sameAs", "one Wikidata item"),
    "phrase without label": (
        "id:unlinked a sides:UnlinkedEntity .",
        "id:unlinked",
        "rdfs:label",
        "phrase as rdfs:label",
    ),
    "concept in two schemes": (
        "status:pledged skos:inScheme id:role .",
        "status:pledged",
        "skos:inScheme",
        "in one scheme",
    ),
}
STATEMENT = """
statement:test-1 a sides:Statement ; sides:text "Un énoncé."@fr ; sides:position "1" ; dcterms:language "fr" ;
  dcterms:source source:test ; prov:wasQuotedFrom source:test .
"""


@pytest.fixture(scope="module")
def found() -> tuple[Violation, ...]:
    wrong = "\n".join(text for text, *_ in WRONG.values())
    return check(surroundings() | turtle(STATEMENT + wrong))


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str, found: tuple[Violation, ...]) -> None:
    _, focus, path, words = WRONG[name]
    fitting = [item for item in found if item.focus == focus and item.path == path and words in item.message]
    assert fitting, [str(item) for item in found if item.focus == focus]
    assert {item.severity for item in fitting} == {"violation"}


def test_nothing_else_is_found(found: tuple[Violation, ...]) -> None:
    assert {item.focus for item in found} <= {focus for _, focus, *_ in WRONG.values()} | {"state:FRA"}


def test_every_message_speaks_both_languages(found: tuple[Violation, ...]) -> None:
    for item in found:
        assert item.message_fr
        assert item.message_fr != item.message


def test_an_invalid_graph_stops_the_build() -> None:
    data = ox.serialize(turtle(f"assertion:1 {AID} ."), format=ox.RdfFormat.TURTLE) or b""
    with pytest.raises(ShapeError, match=r"(?s)places do not fit the shapes:\n.*and \d+ more.*What to do") as caught:
        require_valid(data, SHAPES, data_format="turtle", shown=1)
    assert "assertion:1" in str(caught.value)


def test_another_format_is_refused() -> None:
    with pytest.raises(ShapeError, match="data comes as 'csv'; expected n-triples or turtle"):
        validate(b"", SHAPES, data_format="csv")


def test_a_folder_without_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ShapeError, match=r"there is no such file; expected \*\.ttl"):
        validate(b"", tmp_path)


@pytest.mark.parametrize(
    ("shape", "complaint"),
    [
        ("ex:shape a sh:NodeShape", r"shapes\.ttl: .*expected Turtle"),
        (
            "ex:shape a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property [ sh:path ex:p ; sh:minCount 'one' ] .",
            "a shape cannot be used: .*expected SHACL",
        ),
        (
            (
                "ex:shape a sh:NodeShape ; sh:targetClass ex:Thing ;"
                " sh:sparql [ sh:select 'SELECT $this { $this ?p ?o MINUS { $this a ?o } }' ] ."
            ),
            "the shapes cannot be evaluated: .*MINUS.*expected SHACL",
        ),
    ],
)
def test_shapes_that_are_none_are_refused(tmp_path: Path, shape: str, complaint: str) -> None:
    head = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <https://example.org/> .\n"
    (tmp_path / "shapes.ttl").write_text(head + shape, encoding="utf-8")
    data = b"<https://example.org/a> a <https://example.org/Thing> ."
    with pytest.raises(ShapeError, match=f"(?s){complaint}"):
        validate(data, tmp_path, data_format="turtle")


def test_a_wrong_date_is_told_for_each_node_that_has_it() -> None:
    wrong = "2025-02-30"
    data = turtle(
        f"""assertion:90 {AID} ; sides:donor state:FRA ; sides:date "{wrong}"^^xsd:date .
        assertion:91 {POLL} ; sides:fieldwork "{wrong}"^^xsd:date .
        assertion:92 {AID} ; sides:donor state:FRA ; sides:date "2025-02-28"^^xsd:date ."""
    )
    statement = turtle(
        """statement:test-1 a sides:Statement ; sides:text "Oui."@fr ; sides:position "1" ; dcterms:language "fr" ;
        dcterms:source source:test ; prov:wasQuotedFrom source:test ."""
    )
    found = check(data | statement | surroundings())
    assert [(item.focus, item.path) for item in found] == [
        ("assertion:90", "sides:date"),
        ("assertion:91", "sides:fieldwork"),
    ]
    assert all(wrong in item.value and item.severity == "violation" for item in found)
    assert all("sides:date prend" in item.message_fr for item in found[:1])


def test_a_closed_shape_stays_closed() -> None:
    found = check(turtle(f"assertion:93 {POLL} ; sides:host org:nato .") | surroundings())
    assert ("assertion:93", "sides:host") in {(item.focus, item.path) for item in found}


def test_data_that_is_no_rdf_is_refused() -> None:
    with pytest.raises(ShapeError, match="the data cannot be read"):
        validate(b"<https://example.org/a> a", SHAPES, data_format="turtle")
