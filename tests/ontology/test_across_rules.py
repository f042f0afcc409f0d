"""What repeats, replaces and contradicts what: the rules over all sources at once, on rows made by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.terms import PREFIXES, shorten

RULES = {
    file.stem: file.read_text(encoding="utf-8")
    for file in (Path(__file__).parents[2] / "ontology" / "rules" / "across").glob("*.rq")
}
REFERENCES = """
source:release-28 sides:reliability reliability:scholarly ; dcterms:isVersionOf source:tracker ;
  sides:dataUntil "2026-02-28"^^xsd:date .
source:release-29 sides:reliability reliability:scholarly ; dcterms:isVersionOf source:tracker ;
  sides:dataUntil "2026-04-30"^^xsd:date .
source:ministry sides:reliability reliability:primary ; dcterms:publisher agent:ministry .
source:agency sides:reliability reliability:press ; dcterms:publisher agent:agency .
source:paper sides:reliability reliability:press ; dcterms:publisher agent:paper .
"""
TOTAL = (
    "a sides:AidTotalAssertion ; sides:donor state:FRA ; sides:date '2025'^^xsd:gYear ; sides:status status:allocated"
)
AID = (
    "a sides:AidAssertion ; sides:donor state:FRA ; sides:recipient state:UKR ; sides:status status:pledged ;"
    " sides:date '2022-05-01'^^xsd:date"
)
VOTE = "a sides:VoteAssertion ; sides:voter state:FRA ; sides:resolution resolution:a-res-es-11-1"
MEMBER = "a sides:MembershipAssertion ; sides:member state:SWE ; sides:organisation org:nato"
RELATION = "a sides:DiplomaticRelationAssertion ; sides:firstParty state:RUS ; sides:secondParty state:UKR"


def money(euros: int) -> str:
    return f"sides:amount amount:EUR-{euros}"


def said(rows: dict[str, tuple[str, str]]) -> ox.Store:
    """A graph of assertions by name, each with the reference that its row cites and what it says."""
    head = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    text = REFERENCES
    for name, (reference, says) in rows.items():
        text += f"""
          assertion:{name} {says} ; prov:wasDerivedFrom statement:{name} .
          statement:{name} prov:wasQuotedFrom source:table ; prov:hadPrimarySource source:{reference} .
        """
    for euros in (100, 101, 102, 150):
        text += f'amount:EUR-{euros} schema:value {euros}.0 ; schema:currency "EUR" .\n'
    store = ox.Store()
    store.load(head + text, ox.RdfFormat.TURTLE)
    copied = """INSERT { ?assertion sides:reliability ?level } WHERE {
      ?assertion prov:wasDerivedFrom/prov:hadPrimarySource/sides:reliability ?level }"""
    store.update("".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items()) + copied)
    return store


def links(rule: str, rows: dict[str, tuple[str, str]]) -> set[tuple[str, str]]:
    def found() -> Iterator[tuple[str, str]]:
        for triple in said(rows).query(RULES[rule]):
            yield shorten(triple.subject.value)[10:], shorten(triple.object.value)[10:]

    return set(found())


def test_a_newer_edition_replaces_the_same_figure_of_an_older_one_whatever_it_is() -> None:
    rows = {
        "old": ("release-28", f"{TOTAL} ; {money(100)}"),
        "new": ("release-29", f"{TOTAL} ; {money(150)}"),
        "press": ("agency", f"{TOTAL} ; {money(100)}"),
        "military": ("release-29", f"{TOTAL} ; {money(100)} ; sides:category category:military"),
    }
    assert links("superseded", rows) == {("old", "new")}


def test_of_what_two_sources_give_alike_the_less_reliable_restates_the_other() -> None:
    rows = {
        "a": ("paper", f"{AID} ; {money(100)}"),
        "b": ("agency", f"{AID} ; {money(100)}"),
        "c": ("ministry", f"{AID} ; {money(100)}"),
        "d": ("ministry", f"{AID} ; {money(100)}"),
    }
    # The two rows of the ministry are two activities; among papers, the name of the source decides.
    assert links("restates", rows) == {("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}


@pytest.mark.parametrize(
    "other",
    [
        f"{AID} ; {money(101)}",
        f"{AID} ; {money(100)} ; sides:category category:military",
        f"{AID} ; {money(100)} ; sides:donor state:DEU",
        f"{TOTAL} ; {money(100)}",
    ],
)
def test_what_is_not_the_same_is_not_restated(other: str) -> None:
    assert links("restates", {"one": ("ministry", f"{AID} ; {money(100)}"), "other": ("agency", other)}) == set()


def test_a_total_is_not_counted_out_twice() -> None:
    rows = {
        "old": ("release-28", f"{TOTAL} ; {money(100)}"),
        "new": ("release-29", f"{TOTAL} ; {money(100)}"),
        "press": ("agency", f"{TOTAL} ; {money(100)}"),
    }
    assert links("restates", rows) == {("press", "old"), ("press", "new")}


def test_totals_differ_by_more_than_rounding_and_not_from_edition_to_edition() -> None:
    rows = {
        "old": ("release-28", f"{TOTAL} ; {money(100)}"),
        "new": ("release-29", f"{TOTAL} ; {money(150)}"),
        "near": ("agency", f"{TOTAL} ; {money(101)}"),
        "far": ("paper", f"{TOTAL} ; {money(102)}"),
    }
    pairs = {("old", "far"), ("new", "near"), ("new", "far")}
    assert links("differs-totals", rows) == pairs | {(other, one) for one, other in pairs}


@pytest.mark.parametrize(
    ("rule", "one", "agreeing", "differing"),
    [
        (
            "differs-votes",
            f"{VOTE} ; sides:votePosition position:absent",
            f"{VOTE} ; sides:votePosition position:absent",
            f"{VOTE} ; sides:votePosition position:against",
        ),
        (
            "differs-memberships",
            f"{MEMBER} ; sides:since '2024-03-07'^^xsd:date",
            f"{MEMBER} ; sides:role role:member ; sides:since '2024'^^xsd:gYear",
            f"{MEMBER} ; sides:since '2023'^^xsd:gYear",
        ),
        (
            "differs-memberships",
            f"{MEMBER} ; sides:since '1990'^^xsd:gYear ; sides:until '2000'^^xsd:gYear",
            f"{MEMBER} ; sides:since '2024'^^xsd:gYear",
            f"{MEMBER} ; sides:since '1995'^^xsd:gYear ; sides:until '2000'^^xsd:gYear",
        ),
        (
            "differs-relations",
            f"{RELATION} ; sides:event event:recognised ; sides:date '1991-12-05'^^xsd:date",
            f"{RELATION} ; sides:event event:recognised ; sides:date '1991-12'^^xsd:gYearMonth",
            f"{RELATION} ; sides:event event:recognised ; sides:date '1990-11'^^xsd:gYearMonth",
        ),
    ],
)
def test_what_cannot_both_be_right_differs(rule: str, one: str, agreeing: str, differing: str) -> None:
    assert links(rule, {"one": ("agency", one), "other": ("paper", agreeing)}) == set()
    both = {("one", "other"), ("other", "one")}
    assert links(rule, {"one": ("agency", one), "other": ("paper", differing)}) == both


def test_a_finding_takes_the_time_of_its_survey_unless_it_has_one_of_its_own() -> None:
    finding = "a sides:FindingAssertion ; sides:survey survey:levada-2007-05-friends-enemies"
    figure = "sides:population state:RUS ; sides:target state:DEU ; sides:measure measure:friendly ; sides:value 23.0"
    poll = (
        "a sides:PollAssertion ; sides:survey survey:levada-2007-05-friends-enemies"
        " ; sides:fieldwork '2007-05'^^xsd:gYearMonth"
        " ; sides:earliest '2007-05-01'^^xsd:date ; sides:latest '2007-05-31'^^xsd:date"
    )
    rows = {
        "poll": ("agency", poll),
        "whole": ("agency", f"{finding} ; {figure}"),
        "without-value": ("agency", finding),
        "dated": ("agency", f"{finding} ; {figure} ; sides:date '2006'^^xsd:gYear"),
        "elsewhere": ("agency", "a sides:FindingAssertion ; sides:survey survey:other"),
    }
    made = {
        (shorten(triple.subject.value)[10:], shorten(triple.predicate.value), getattr(triple.object, "value", ""))
        for triple in said(rows).query(RULES["survey-dates"])
    }
    times = {("sides:date", "2007-05"), ("sides:earliest", "2007-05-01"), ("sides:latest", "2007-05-31")}
    cube = ("whole", "qb:dataSet", PREFIXES["id"] + "cube/findings")
    assert made == {(name, *time) for name in ("whole", "without-value") for time in times} | {cube}


def test_a_survey_whose_fieldwork_is_told_in_two_ways_dates_nothing() -> None:
    rows = {
        "one": ("agency", "a sides:PollAssertion ; sides:survey survey:a ; sides:fieldwork '2007-05'^^xsd:gYearMonth"),
        "two": ("paper", "a sides:PollAssertion ; sides:survey survey:a ; sides:fieldwork '2007-06'^^xsd:gYearMonth"),
        "finding": ("agency", "a sides:FindingAssertion ; sides:survey survey:a"),
    }
    assert not list(said(rows).query(RULES["survey-dates"]))
