"""What only all sources together show leads to what made it and to the assertions that were compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.lines import lines_of, triples_of
from kg.build.links import links
from kg.ground.errors import InputError, OntologyError
from kg.ground.explaining import Explainer, Node, Triple, named_triple, outline
from kg.ground.explaining.grounds import ACROSS, read_link_rules
from kg.ground.explaining.names import read_literal
from support.explaining import graph, read, select_on, triple

ROOT = Path(__file__).parents[2]
EXPLAINER = Explainer.read(ROOT)


def said(number: int, kind: str, more: str = "") -> str:
    return f"""
    statement:s-{number} a sides:Statement ; sides:text "row {number}"@en ; sides:position "{number}" ;
        dcterms:source source:s .
    assertion:a{number} a sides:{kind} ; {more} prov:wasDerivedFrom statement:s-{number} .
    """


def explain(goal: str, *told: str, across: str) -> Node:
    store = graph({"source/s": "".join(told), "links": across, "ontology": ""})
    tree = EXPLAINER.explain(select_on(store), triple(goal))
    assert tree
    return tree


@pytest.mark.parametrize(
    ("property_", "kind", "file", "reason"),
    [
        ("restates", "AidAssertion", "restates.rq", "Which assertion on aid gives what another source gives as well"),
        ("supersededBy", "AidTotalAssertion", "superseded.rq", "Which figure of a statistic a newer edition of it"),
        ("differsFrom", "AidTotalAssertion", "differs-totals.rq", "Which published totals differ"),
        ("differsFrom", "VoteAssertion", "differs-votes.rq", "Which assertions give one voter two positions"),
        ("differsFrom", "MembershipAssertion", "differs-memberships.rq", "Which memberships of the same member"),
        ("differsFrom", "DiplomaticRelationAssertion", "differs-relations.rq", "Which assertions give two times for"),
    ],
)
def test_two_assertions_lead_to_the_rule_and_to_both(property_: str, kind: str, file: str, reason: str) -> None:
    link = f"assertion:a1 sides:{property_} assertion:a2 ."
    tree = explain(link, said(1, kind), said(2, kind), said(3, kind), across=link)
    lines = outline(tree).splitlines()
    assert lines[1].startswith(f"  made by {ACROSS}/{file}: {reason}")
    assert lines[1].endswith(".")
    assert lines[2:] == [
        f"  assertion:a1 ({kind}), read in",
        "  statement:s-1: “row 1” (source:s, 1)",
        f"  assertion:a2 ({kind}), read in",
        "  statement:s-2: “row 2” (source:s, 2)",
    ]
    assert [link["madeBy"] for link in tree.as_json()["links"]] == [f"{ACROSS}/{file}"]


def test_the_time_of_a_finding_leads_to_the_poll() -> None:
    date = 'assertion:a1 sides:date "2022-03"^^xsd:gYearMonth .'
    finding = said(1, "FindingAssertion", "sides:survey <https://w3id.org/sides/id/survey/one> ;")
    poll, other = (
        said(number, "PollAssertion", f'sides:survey <https://w3id.org/sides/id/survey/{name}> ; sides:fieldwork "x" ;')
        for number, name in ((2, "one"), (3, "other"))
    )
    tree = explain(date, finding, poll, other, across=date)
    assert [link.made_by for link in tree.links] == [f"{ACROSS}/survey-dates.rq"]
    assert [ground.kind for ground in tree.grounds] == ["FindingAssertion", "PollAssertion"]


RATE = 'rate:USD-x sides:rateMethod "median of rows"@en , "médiane des lignes"@fr .'


@pytest.mark.parametrize(
    "goal",
    [
        "assertion:a1 sides:derivedInEuro <https://w3id.org/sides/id/amount/EUR-9> .",
        "assertion:a1 sides:conversionRate rate:USD-x .",
        "<https://w3id.org/sides/id/amount/EUR-9> a schema:MonetaryAmount .",
    ],
)
def test_derived_euros_lead_to_the_rate(goal: str) -> None:
    across = f"""{RATE} assertion:a1 sides:conversionRate rate:USD-x ;
        sides:derivedInEuro <https://w3id.org/sides/id/amount/EUR-9> .
    <https://w3id.org/sides/id/amount/EUR-9> a schema:MonetaryAmount ."""
    tree = explain(goal, said(1, "AidAssertion"), across=across)
    lines = outline(tree).splitlines()
    assert lines[1] == "  made by rate:USD-x: median of rows"
    assert lines[2] == "  assertion:a1 (AidAssertion), read in"


EDITIONS = """
source:s dcterms:publisher <https://w3id.org/sides/id/agent/sides> ;
    dcat:version "1" ; dcterms:issued "2024"^^xsd:gYear .
<https://w3id.org/sides/id/amount/USD-10> schema:value 10.0 ; schema:currency "USD" .
<https://w3id.org/sides/id/amount/EUR-5> schema:value 5.0 ; schema:currency "EUR" .
"""
DOLLARS = "sides:amount <https://w3id.org/sides/id/amount/USD-10> ;"
EUROS = "sides:amountInEuro <https://w3id.org/sides/id/amount/EUR-5> ;"
VOTE = "sides:voter state:HUN ; sides:resolution <https://w3id.org/sides/id/resolution/r> ; sides:votePosition"
SURVEY = "sides:survey <https://w3id.org/sides/id/survey/one> ;"


def test_whatever_the_build_finds_across_sources_can_be_explained() -> None:
    text = EDITIONS + "".join(
        [
            said(1, "AidAssertion", DOLLARS + EUROS),
            said(2, "AidAssertion", DOLLARS),
            said(3, "VoteAssertion", f"{VOTE} <https://w3id.org/sides/id/position/in-favour> ;"),
            said(4, "VoteAssertion", f"{VOTE} <https://w3id.org/sides/id/position/against> ;"),
            said(5, "FindingAssertion", SURVEY),
            said(6, "PollAssertion", SURVEY + 'sides:fieldwork "2022-03"^^xsd:gYearMonth ;'),
            "statement:s-1 prov:hadPrimarySource source:s . statement:s-2 prov:hadPrimarySource source:s .",
        ]
    )
    found = [*triples_of(links(ROOT, [lines_of(read(text))]))]
    store = graph({"source/s": text, "links": " ".join(f"{item} ." for item in found), "ontology": ""})
    select = select_on(store)
    made_by = set()
    for item in found:
        tree = EXPLAINER.explain(select, Triple(str(item.subject), str(item.predicate), str(item.object)))
        assert tree
        assert tree.grounds or "/rate/" in str(item.subject)
        (link,) = tree.links
        made_by.add(link.made_by)
    assert made_by == {f"{ACROSS}/differs-votes.rq", f"{ACROSS}/survey-dates.rq", "rate:USD-s"}


def test_what_a_source_says_itself_was_made_by_no_rule() -> None:
    date = 'assertion:a1 sides:date "2022-03"^^xsd:gYearMonth .'
    tree = explain(date, said(1, "FindingAssertion", 'sides:date "2022-03"^^xsd:gYearMonth ;'), across="")
    assert tree.links == ()
    assert "links" not in tree.as_json()


@pytest.mark.parametrize("text", ["CONSTRUCT { ?s sides:restates ?o } WHERE { }", "# Why.\nSELECT * { }"])
def test_a_rule_without_head_or_template_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / ACROSS).mkdir(parents=True)
    (tmp_path / ACROSS / "a.rq").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyError, match=r"a\.rq: a rule lacks its head"):
        read_link_rules(tmp_path)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('"a"', '"a"'),
        ('"a"^^xsd:string', '"a"'),
        ('"Été"@FR', '"Été"@fr'),
        ('"5"^^<http://www.w3.org/2001/XMLSchema#integer>', '"5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (r'"say \"no\" \\ and\ngo"', r'"say \"no\" \\ and\ngo"'),
    ],
)
def test_literals_are_read_as_the_graph_has_them(given: str, read: str) -> None:
    assert named_triple("state:FRA", "a", given).object == read_literal(given) == read


@pytest.mark.parametrize(
    "given", ['"a', '"a"b"', '"a"@', '"a"^^', '"a" . ?s ?p ?o', '"a"@fr-', '"a\\"', '"' + "a" * 2001 + '"']
)
def test_what_is_no_literal_is_told(given: str) -> None:
    with pytest.raises(InputError, match=r"^object: .*is no literal|^object: .* no IRI"):
        named_triple("state:FRA", "a", given)


def test_a_datatype_that_means_nothing_is_told() -> None:
    with pytest.raises(InputError, match="object: 'nothing' names nothing"):
        named_triple("state:FRA", "a", '"a"^^nothing')
