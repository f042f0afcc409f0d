"""What a build measures of itself, and how the release, the metadata graph and the report tell it."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.check.hygiene import read_checks
from kg.build.check.screening import count_shapes
from kg.build.lines import Lines, lines_of
from kg.build.pipeline import CHECKS, SHAPES, build
from kg.build.quality.report import QualityReport, ordered, share, weak
from kg.build.quality.tally import UNDATED, Tally, slot_properties, with_links, years_of
from kg.build.quality.vocabulary import DIMENSIONS, METRICS, measurements
from kg.build.report import SourceReport
from kg.ground.kinds import CONCEPT_SCHEMES, EVERYWHERE, KINDS, WEAK, ValueType
from kg.ground.records import LANGUAGES
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES, expand
from support.build_home import make_home, mapper

ROOT = Path(__file__).parents[2]
PROPERTIES = slot_properties([json.loads((ROOT / "ontology/context.jsonld").read_text(encoding="utf-8"))["@context"]])

VOTES = """
assertion:a a sides:VoteAssertion ; sides:voter state:FRA ; sides:votePosition position:in-favour ;
    sides:date "2022-03-02"^^xsd:date ; sides:earliest "2022-03-02"^^xsd:date ; sides:latest "2022-03-02"^^xsd:date ;
    sides:reliability reliability:primary .
assertion:b a sides:VoteAssertion ; sides:voter state:FRA ; sides:votePosition position:against ;
    sides:latest "2023-02-23"^^xsd:date ; sides:reliability reliability:second-hand .
assertion:c a sides:AidAssertion ; sides:donor state:FRA , state:BEL ; sides:recipient state:UKR .
statement:a sides:text "earliest of all"@en .
"""
LINKS = """
assertion:a sides:differsFrom assertion:b . assertion:b sides:differsFrom assertion:a .
assertion:c sides:restates assertion:a .
"""
CATALOGUE = "source:x sides:reliability reliability:press . source:y sides:reliability reliability:press ."


def triples(text: str) -> list[ox.Triple]:
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    return [quad.triple for quad in ox.parse(prefixes + text, ox.RdfFormat.TURTLE)]


def lines(text: str) -> Lines:
    return lines_of(triples(text))


@pytest.fixture(scope="module")
def report() -> QualityReport:
    read = SourceReport(
        "x", 5, {"4": "Nothing"}, {"vote": 2, "aid": 1}, {"allies": ["1", "2"]}, {"no date": ["5"]}, True
    )
    other = SourceReport("y", 0, {}, {}, {"allies": ["7"], "friends": ["7"]})
    return QualityReport.of(
        [(read, lines(VOTES)), (other, ())],
        properties=PROPERTIES,
        catalogue=triples(CATALOGUE),
        links=lines(LINKS),
        shapes=3,
        checks=2,
    )


def test_assertions_are_counted_by_kind_year_property_and_reliability() -> None:
    tally = Tally.of(lines(VOTES))
    assert tally.kinds == {"aid": 1, "vote": 2}
    assert tally.years == {"vote": {"2022": 1, "2023": 1}, "aid": {UNDATED: 1}}
    assert (tally.assertions, tally.dated) == (3, 2)
    assert tally.given["aid"][expand("sides:donor")] == 1
    assert tally.given["vote"][expand("sides:votePosition")] == 2
    assert tally.reliability == {"primary": 1, "second-hand": 1}


def test_a_year_that_only_all_sources_together_tell_is_known() -> None:
    dated = lines(
        'assertion:c sides:earliest "2024-05-01"^^xsd:date . assertion:z sides:earliest "2020-01-01"^^xsd:date .'
    )
    tally = Tally.of(with_links(lines(VOTES), dated))
    assert (tally.assertions, tally.dated) == (3, 3)
    assert tally.years["aid"] == {"2024": 1}


def test_who_took_part_in_a_meeting_did_so_in_its_year() -> None:
    told = lines(
        """assertion:p a sides:ParticipationAssertion ; sides:meeting meeting:paris .
        assertion:q a sides:ParticipationAssertion ; sides:meeting meeting:nowhere .
        assertion:r a sides:FindingAssertion ; sides:survey survey:wave ; sides:earliest "2024-05-01"^^xsd:date ."""
    )
    entities = lines(
        """meeting:paris sides:date "2025-03-27"^^xsd:date . survey:wave sides:date "2023-10"^^xsd:gYearMonth .
        meeting:nowhere sides:date "--03-27"^^xsd:gMonthDay ."""
    )
    tally = Tally.of(told, years_of(entities))
    assert tally.years == {"participation": {"2025": 1, UNDATED: 1}, "finding": {"2024": 1}}
    assert Tally.of(told).dated == 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_slots_that_are_looked_at_are_those_that_tell_something(kind) -> None:  # type: ignore[no-untyped-def]
    held = PROPERTIES[kind.name]
    assert {slot for slot in kind.slots.values() if slot.required} <= {kind.slots[name] for name in held}
    assert not {slot.name for slot in EVERYWHERE} & held.keys()
    assert all(kind.slots[name].value is not ValueType.FLAG for name in held)
    assert all(iri.startswith("http") for iri in held.values())


def test_a_pair_that_differs_counts_once_by_kind(report: QualityReport) -> None:
    assert report.links == {"differsFrom": {"vote": 1}, "restates": {"aid": 1}, "supersededBy": {}}


def test_phrases_come_by_how_often_they_are_used(report: QualityReport) -> None:
    assert list(report.unlinked().items()) == [("allies", {"x": 2, "y": 1}), ("friends", {"y": 1})]


def test_the_figures_add_up(report: QualityReport) -> None:
    told = json.loads(json.dumps(report.as_json()))
    assert told["totals"] == {
        "sources": 2, "references": 2, "read": 5, "assertions": 3, "listed": 1, "silent": 1, "dated": 2,
        "unlinked": 4, "weak": 1,
    }  # fmt: skip
    assert told["years"] == {"2022": 1, "2023": 1}
    assert [(item["kind"], item["assertions"], item["undated"]) for item in told["kinds"]] == [
        ("aid", 1, 1),
        ("vote", 2, 0),
    ]
    slots = {item["slot"]: item for item in told["kinds"][1]["slots"]}
    assert slots["voter"] == {"slot": "voter", "property": "sides:voter", "given": 2}
    assert slots["resolution"]["given"] == 0
    assert told["reliability"] == {"references": {"press": 2}, "assertions": {"primary": 1, "second-hand": 1}}
    assert told["checks"] == {"shapes": 3, "checks": 2}


def test_a_source_without_statements_has_no_share(report: QualityReport) -> None:
    assert [source.covered for source in report.sources] == [0.6, None]
    assert share(1, 0) is None


def test_reliability_is_ordered_and_what_is_weak_stands_below() -> None:
    levels = CONCEPT_SCHEMES["reliability"]
    assert levels[-len(WEAK) :] == WEAK
    assert list(ordered(dict.fromkeys(reversed(levels), 1))) == list(levels)
    assert weak(dict.fromkeys(levels, 1)) == len(WEAK)


def measured(report: QualityReport, pattern: str) -> set[str]:
    store = ox.Store()
    store.extend(ox.Quad(item.subject, item.predicate, item.object) for item in measurements(report))
    query = f"SELECT ?v {{ ?m a dqv:QualityMeasurement ; dqv:value ?v ; dqv:computedOn ?on . {pattern} }}"
    return {row["v"].value for row in store.query(query, prefixes=dict(PREFIXES))}


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("?m dqv:isMeasurementOf metric:statements . FILTER (?on = <https://w3id.org/sides/dataset>)", {"5"}),
        ("?m dqv:isMeasurementOf metric:coverage . FILTER (STRENDS(STR(?on), '/source/x'))", {"0.6"}),
        ("?m dqv:isMeasurementOf metric:coverage . FILTER (STRENDS(STR(?on), '/source/y'))", set()),
        ("?m dqv:isMeasurementOf metric:filled . ?on void:property sides:votePosition", {"1"}),
        ("?m dqv:isMeasurementOf metric:filled . ?on void:property sides:resolution", {"0"}),
        ("?m dqv:isMeasurementOf metric:contradictions . FILTER NOT EXISTS { ?on void:propertyPartition ?p }", {"1"}),
        ("?m dqv:isMeasurementOf metric:shapes . ?on dqv:hasQualityMeasurement ?m", {"3"}),
    ],
)
def test_what_was_measured_can_be_asked(report: QualityReport, pattern: str, values: set[str]) -> None:
    assert {value.rstrip("0").rstrip(".") or "0" for value in measured(report, pattern)} == values


def test_every_metric_and_dimension_is_described_in_both_languages() -> None:
    for item in (*METRICS, *DIMENSIONS):
        assert set(item.label) == set(item.definition) == set(LANGUAGES)
        assert all(text.endswith(".") for text in item.definition.values())
    assert {metric.dimension.iri for metric in METRICS} == {dimension.iri for dimension in DIMENSIONS}
    assert len({metric.iri for metric in METRICS}) == len(METRICS)


def test_every_metric_is_measured(report: QualityReport) -> None:
    used = {
        item.object.value  # type: ignore[union-attr]
        for item in measurements(report)
        if item.predicate.value == expand("dqv:isMeasurementOf")
    }
    assert used == {metric.iri for metric in METRICS}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = make_home(tmp_path_factory.mktemp("measured"))
    build(settings, mapper(settings.home))
    return settings


def test_a_build_keeps_its_quality_in_the_release(home: Settings) -> None:
    release = Release.current(home)
    told = json.loads(release.quality.read_text(encoding="utf-8"))
    assert {file.name for file in release.files} >= {release.quality.name}
    assert (told["totals"]["read"], told["totals"]["assertions"], told["totals"]["silent"]) == (3, 2, 1)
    assert told["unlinked"] == [{"phrase": "experts", "sources": {"notes": 1}}]
    assert told["checks"] == {
        "shapes": count_shapes(home.home / SHAPES),
        "checks": len(read_checks(home.home / CHECKS)),
    }


def test_a_build_tells_its_quality_in_the_metadata_graph(home: Settings) -> None:
    store = ox.Store()
    store.bulk_load(path=Release.current(home).data)
    (row,) = store.query(
        "SELECT ?value ?label { GRAPH graph:metadata { ?m dqv:isMeasurementOf ?metric ; dqv:value ?value ; "
        "dqv:computedOn graph:source\\/notes . ?metric dqv:inDimension dimension:linking ; skos:prefLabel ?label } "
        'FILTER (LANG(?label) = "fr") }',
        prefixes=dict(PREFIXES),
    )
    assert (row["value"].value, row["label"].value) == ("1", "noms non reliés")
