"""Each check under ontology/checks/ finds what it is made for, and finds nothing in the ontology as it stands."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.hygiene import Finding, Scope, read_checks, require_clean, run_checks
from kg.ground.errors import HygieneError
from kg.ground.terms import PREFIXES

HOME = Path(__file__).parents[2]
CHECKS = {check.name: check for check in read_checks(HOME / "ontology" / "checks")}
TERM = 'rdfs:label "odd"@en , "bizarre"@fr ; skos:definition "thing that is strange."@en , "chose étrange."@fr'
SOURCE = "GRAPH <https://w3id.org/sides/graph/source/x>"

# Name of a check -> TriG that it must find something in, and the offender that it must name.
OFFENCES = {
    "missing-label": ('sides:Odd a owl:Class ; rdfs:label "odd"@en .', "sides:Odd"),
    "several-labels": ('sides:Odd a owl:Class ; rdfs:label "odd"@en , "strange"@en .', "sides:Odd"),
    "missing-definition": ('sides:Odd a owl:Class ; skos:definition "thing."@fr .', "sides:Odd"),
    "several-definitions": ('sides:Odd a owl:Class ; skos:definition "one."@fr , "two."@fr .', "sides:Odd"),
    "other-language": ('sides:Odd a owl:Class ; rdfs:label "seltsam"@de .', "sides:Odd"),
    "text-form": ('sides:Odd a owl:Class ; skos:definition "thing without a stop"@en .', "sides:Odd"),
    "missing-example": ('sides:Odd a owl:Class ; skos:example "a" , "b" .', "sides:Odd"),
    "missing-is-defined-by": ("qb:Slice a owl:Class .", "qb:Slice"),
    "same-label": (
        'sides:Odd a owl:Class ; rdfs:label "State"@en ; rdfs:isDefinedBy <https://w3id.org/sides/ontology> .',
        "sides:Odd",
    ),
    "definition-is-label": ('sides:Odd rdfs:label "odd"@en ; skos:definition "Odd."@en .', "sides:Odd"),
    "circular-definition": (
        'sides:Odd a owl:Class ; rdfs:label "odd thing"@en ; skos:definition "thing that is an odd thing."@en .',
        "sides:Odd",
    ),
    "orphan-class": ("sides:Odd a owl:Class .", "sides:Odd"),
    "open-property": ("sides:odd a owl:ObjectProperty ; rdfs:domain sides:State .", "sides:odd"),
    "several-domains": ("sides:donor rdfs:domain sides:PollAssertion .", "sides:donor"),
    "wrong-sort-of-range": ("sides:odd a owl:DatatypeProperty ; rdfs:range sides:State .", "sides:odd"),
    "mixed-subproperty": ("sides:odd a owl:DatatypeProperty ; rdfs:subPropertyOf sides:donor .", "sides:odd"),
    "hierarchy-cycle": ("sides:Party rdfs:subClassOf sides:State .", "sides:Party"),
    "property-sort": ("sides:donor a owl:DatatypeProperty .", "sides:donor"),
    "undeclared-class": ("sides:State rdfs:subClassOf schema:Place .", "schema:Place"),
    "undeclared-term": ("state:FRA sides:membreOf org:nato .", "sides:membreOf"),
    "punning": ("sides:State a owl:ObjectProperty .", "sides:State"),
    "reserved-vocabulary": ("rdf:Statement a owl:Class .", "rdf:Statement"),
    "borrowed-term": ("prov:wasQuotedFrom rdfs:subPropertyOf sides:statedIn .", "prov:wasQuotedFrom"),
    "imports": (
        "<https://w3id.org/sides/ontology> owl:imports <http://www.w3.org/ns/prov-o#> .",
        "https://w3id.org/sides/ontology",
    ),
    "datatype-outside-owl": ("sides:odd rdfs:range xsd:positiveInteger .", "sides:odd"),
    "deprecated": (
        "sides:memberOf owl:deprecated true ; dcterms:isReplacedBy sides:leads . state:FRA sides:memberOf org:nato .",
        "sides:memberOf",
    ),
    "name-style": ("sides:odd_one a owl:Class .", "sides:odd_one"),
    "ontology-metadata": ("<https://example.org/> a owl:Ontology .", "https://example.org/"),
    "concept-without-scheme": ("status:lost a skos:Concept .", "status:lost"),
    "concept-not-different": ("status:aborted a skos:Concept ; skos:inScheme id:status .", "status:aborted"),
    "concept-not-top": ("status:lost a skos:Concept ; skos:inScheme id:status .", "status:lost"),
    "concept-order": ("status:lost a skos:Concept ; skos:inScheme id:status ; sides:order 9 .", "id:status"),
    "concept-text": ('status:lost a skos:Concept ; skos:prefLabel "lost"@en .', "status:lost"),
    "concept-one-way": ("status:pledged skos:broader status:committed .", "status:pledged"),
    "clashing-match": ("instrument:loan skos:exactMatch instrument:grant .", "instrument:loan"),
    "inverse-functional": ("sides:donor a owl:InverseFunctionalProperty .", "sides:donor"),
    "cube-integrity": ("id:finding qb:dataSet <https://w3id.org/sides/id/cube/findings> .", "id:finding"),
    "odd-property-axiom": ("sides:odd owl:inverseOf sides:bordersWith .", "sides:odd"),
    "shared-blank-node": (
        """sides:Odd rdfs:subClassOf _:both . sides:Strange rdfs:subClassOf _:both .
        _:both a owl:Restriction ; owl:onProperty sides:donor ; owl:someValuesFrom sides:State .""",
        "sides:Odd",
    ),
    "stage-order": ("status:delivered sides:directlyPrecedes status:pledged .", "status:delivered"),
    "same-concept-label": (
        'status:dropped skos:inScheme id:status ; skos:prefLabel "pledged"@en .',
        "status:dropped",
    ),
    "same-entity-name": ('state:AAA skos:prefLabel "One"@en . org:one skos:prefLabel "One"@en .', "org:one"),
    "shared-item": ("state:AAA owl:sameAs wd:Q142 . state:FRA owl:sameAs wd:Q142 .", "state:AAA"),
    "dangling-identifier": ("state:FRA sides:memberOf org:no-such-club .", "org:no-such-club"),
    "fact-without-triple": (
        "id:fact a sides:Fact ; rdf:subject state:FRA ; rdf:predicate sides:supports ; rdf:object state:UKR .",
        "id:fact",
    ),
    "triple-without-fact": (f"{SOURCE} {{ state:FRA sides:supports state:UKR }}", "state:FRA"),
    "blank-node": (
        f"{SOURCE} {{ state:FRA sides:supports [] }}",
        "blank node at https://w3id.org/sides/ontology#supports",
    ),
    "evidence-outside-text": (
        'id:a sides:evidence id:span ; prov:wasDerivedFrom id:s . id:span oa:end 9 . id:s sides:text "short"@en .',
        "id:a",
    ),
    "unequal-amount": (
        'amount:EUR-5 a schema:MonetaryAmount ; schema:value 6.0 ; schema:currency "EUR" .',
        "amount:EUR-5",
    ),
    "part-of-another": (
        "id:item sides:partOf id:package ; sides:donor state:FRA . id:package sides:donor state:DEU .",
        "id:item",
    ),
    "stage-backwards": (
        "id:later sides:follows id:earlier ; sides:status status:pledged . id:earlier sides:status status:delivered .",
        "id:later",
    ),
    "counted-in-a-circle": ("id:one sides:restates id:two . id:two sides:partOf id:one .", "id:one"),
    "two-positions": (
        """id:one a sides:VoteAssertion ; sides:voter state:FRA ; sides:resolution id:r ; prov:wasDerivedFrom id:row ;
             sides:votePosition position:against .
           id:two a sides:VoteAssertion ; sides:voter state:FRA ; sides:resolution id:r ; prov:wasDerivedFrom id:row ;
             sides:votePosition position:absent .
           id:row prov:hadPrimarySource source:roll-call .""",
        "id:one",
    ),
    "wrong-conversion": (
        """id:aid sides:amount amount:AUD-16 ; sides:derivedInEuro amount:EUR-16 ; sides:conversionRate id:rate .
           amount:AUD-16 schema:value 16.0 ; schema:currency "AUD" . amount:EUR-16 schema:value 16.0 .
           id:rate sides:rate 1.6 ; sides:currency "AUD" .""",
        "id:aid",
    ),
}


def parse(text: str) -> list[ox.Quad]:
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return list(ox.parse(head + text, ox.RdfFormat.TRIG))


@pytest.fixture(scope="module")
def ontology() -> list[ox.Quad]:
    files = sorted((HOME / "ontology").glob("*.ttl"))
    return [quad for file in files for quad in ox.parse(path=file, rename_blank_nodes=True)]


def test_the_ontology_is_clean(ontology: list[ox.Quad]) -> None:
    require_clean(run_checks(CHECKS.values(), ontology))


def test_the_entities_are_clean(ontology: list[ox.Quad]) -> None:
    entities = [quad for file in (HOME / "ontology" / "entities").glob("*.ttl") for quad in ox.parse(path=file)]
    require_clean(run_checks(CHECKS.values(), [*ontology, *entities], Scope.GRAPH))


def test_every_check_has_an_offence_here() -> None:
    assert CHECKS.keys() == OFFENCES.keys()


@pytest.mark.parametrize("name", OFFENCES)
def test_a_check_finds_its_offender(name: str, ontology: list[ox.Quad]) -> None:
    text, offender = OFFENCES[name]
    scope = Scope.ONTOLOGY if Scope.ONTOLOGY in CHECKS[name].scopes else Scope.GRAPH
    found = run_checks([CHECKS[name]], [*ontology, *parse(text)], scope)
    assert offender in {finding.offender for finding in found}


def test_a_scheme_whose_concepts_differ_in_parts_only_is_found(ontology: list[ox.Quad]) -> None:
    part = parse("[] a owl:AllDifferent ; owl:distinctMembers ( status:pledged status:delivered ) .")
    found = run_checks([CHECKS["concept-not-different"]], [*ontology, *part])
    assert [finding.offender for finding in found] == ["id:status"]


@pytest.mark.parametrize(
    ("text", "offender"),
    [
        ("skos:Concept owl:disjointWith geo:Geometry .", "skos:Concept"),
        ("prov:Agent rdfs:subClassOf sides:Party .", "prov:Agent"),
        ("dcterms:source rdfs:range [ a owl:Class ; owl:unionOf ( sides:Source prov:Entity ) ] .", "dcterms:source"),
        ("prov:wasDerivedFrom a owl:FunctionalProperty .", "prov:wasDerivedFrom"),
        ("[] a owl:AllDisjointClasses ; owl:members ( sides:State geo:Geometry skos:Concept ) .", "geo:Geometry"),
        ("[] a owl:AllDisjointClasses ; owl:members ( sides:State geo:Geometry ) .", None),
        ("skos:broader rdfs:subPropertyOf skos:semanticRelation .", None),
        ("sides:Party rdfs:subClassOf prov:Agent .", None),
    ],
)
def test_what_is_said_of_borrowed_terms(ontology: list[ox.Quad], text: str, offender: str | None) -> None:
    found = run_checks([CHECKS["borrowed-term"]], [*ontology, *parse(text)])
    assert offender is None or offender in {finding.offender for finding in found}
    assert bool(found) == (offender is not None)


@pytest.mark.parametrize(
    ("text", "offender"),
    [
        ("instrument:loan skos:broadMatch wd:Q1 ; skos:exactMatch wd:Q1 .", "instrument:loan"),
        ("instrument:loan skos:closeMatch wd:Q1 , wd:Q2 ; skos:exactMatch wd:Q1 .", None),
    ],
)
def test_matches_that_exclude_each_other(ontology: list[ox.Quad], text: str, offender: str | None) -> None:
    found = run_checks([CHECKS["clashing-match"]], [*ontology, *parse(text)])
    assert {finding.offender for finding in found} == ({offender} if offender else set())


def test_a_stage_outside_of_the_sequence_is_found(ontology: list[ox.Quad]) -> None:
    found = run_checks([CHECKS["stage-order"]], [*ontology, *parse("status:lost skos:inScheme id:status .")])
    assert [finding.offender for finding in found] == ["status:lost"]


def test_a_deprecated_term_that_names_no_successor_is_found(ontology: list[ox.Quad]) -> None:
    found = run_checks([CHECKS["deprecated"]], [*ontology, *parse("sides:old owl:deprecated true .")])
    assert [(finding.offender, finding.detail) for finding in found] == [("sides:old", "no dcterms:isReplacedBy")]


def test_findings_tell_what_to_do() -> None:
    finding = Finding("imports", "sides:Odd", "prov:", "It imports.", "Declare instead.")
    with pytest.raises(
        HygieneError,
        match=r"(?s)2 findings:\nimports: sides:Odd \(prov:\)\. It imports\. Declare instead\.\nand 1 more",
    ):
        require_clean([finding, finding], shown=1)
    require_clean([])


def test_a_check_without_its_head_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.rq").write_text("SELECT ?offender { ?offender ?p ?o }", encoding="utf-8")
    with pytest.raises(HygieneError, match=r"odd\.rq: a check lacks its head"):
        read_checks(tmp_path)


def test_a_check_with_an_unknown_scope_is_refused(tmp_path: Path) -> None:
    head = "# Problem: p.\n# Solution: s.\n# Scope: universe\n"
    (tmp_path / "odd.rq").write_text(f"{head}SELECT ?offender {{ ?offender ?p ?o }}", encoding="utf-8")
    with pytest.raises(HygieneError, match="unknown scope universe; expected ontology or graph"):
        read_checks(tmp_path)


def test_a_folder_without_checks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HygieneError, match=r"there is no such file; expected \*\.rq"):
        read_checks(tmp_path)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT ?offender {", r"(?s)odd\.rq: error at 4:19.*expected a SPARQL query"),
        ("ASK { ?s ?p ?o }", "does not return offenders"),
    ],
)
def test_a_check_with_a_wrong_query_is_refused(tmp_path: Path, query: str, message: str) -> None:
    head = "# Problem: p.\n# Solution: s.\n# Scope: ontology\n"
    (tmp_path / "odd.rq").write_text(head + query, encoding="utf-8")
    with pytest.raises(HygieneError, match=message):
        run_checks(read_checks(tmp_path), [])


def test_a_class_expression_that_contains_itself_is_found(ontology: list[ox.Quad]) -> None:
    circle = parse("_:all a owl:Class ; owl:unionOf ( sides:State _:all ) .")
    found = run_checks([CHECKS["shared-blank-node"]], [*ontology, *circle])
    assert ("blank node", "in a circle") in {(finding.offender, finding.detail) for finding in found}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("sides:odd owl:inverseOf sides:odd .", "inverse of itself"),
        ("sides:odd owl:propertyChainAxiom ( sides:donor ) .", "chain of one"),
    ],
)
def test_odd_axioms_of_properties_are_found(ontology: list[ox.Quad], text: str, detail: str) -> None:
    found = run_checks([CHECKS["odd-property-axiom"]], [*ontology, *parse(text)])
    assert [(finding.offender, finding.detail) for finding in found] == [("sides:odd", detail)]


OBSERVATION = """qb:dataSet <https://w3id.org/sides/id/cube/findings> ; sides:population state:RUS ;
    sides:target state:BLR ; sides:measure measure:friendly ; sides:value 68.0 ;
    prov:wasDerivedFrom id:statement ; sides:date"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f'id:a {OBSERVATION} "2023" . id:b {OBSERVATION} "2024" .', set()),
        (f'id:a {OBSERVATION} "2023" . id:b {OBSERVATION} "2023" .', {"id:a"}),
        (f'id:a {OBSERVATION} "2023" ; qb:dataSet id:another . id:another qb:structure id:its .', {"id:a"}),
        ("id:another a qb:DataSet .", {"id:another"}),
        ("id:its a qb:DataStructureDefinition .", {"id:its"}),
        ("id:part qb:componentRequired false ; qb:dimension sides:date .", {"id:part"}),
    ],
)
def test_the_integrity_of_the_cube(ontology: list[ox.Quad], text: str, found: set[str]) -> None:
    findings = run_checks([CHECKS["cube-integrity"]], [*ontology, *parse(text)], Scope.GRAPH)
    assert {finding.offender for finding in findings} == found
