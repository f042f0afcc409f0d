"""The bridges to other vocabularies: to those that are promised, in one direction only, and without consequences."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.inference import entailments
from kg.build.lines import lines_of
from kg.ground.terms import PREFIXES, expand

HOME = Path(__file__).parents[2]
FILES = sorted((HOME / "ontology").glob("*.ttl"))
ALIGNMENTS = list(ox.parse(path=HOME / "ontology" / "alignments.ttl", rename_blank_nodes=True))
ALL = {quad.triple for file in FILES for quad in ox.parse(path=file, rename_blank_nodes=True)}
MATCHES = {expand(f"skos:{name}Match") for name in ("close", "related", "broad", "narrow", "exact")}
AXIOMS = {expand("rdfs:subClassOf"), expand("rdfs:subPropertyOf")}
DECLARED = {item.subject for item in ALL if item.predicate.value == expand("rdf:type")}


@pytest.mark.parametrize("prefix", ["schema", "w3org", "prov", "dcterms", "oa", "time", "wd", "sdmx", "foaf"])
def test_each_vocabulary_is_reached(prefix: str) -> None:
    more = {"sdmx": "http://purl.org/linked-data/sdmx/2009/", "foaf": "http://xmlns.com/foaf/0.1/"}
    namespace = more.get(prefix) or PREFIXES[prefix]
    reached = [item for item in ALIGNMENTS if item.predicate.value in MATCHES | AXIOMS]
    assert any(str(item.object).startswith(f"<{namespace}") for item in reached)


def test_alignments_begin_at_declared_terms_of_ours_and_lead_out() -> None:
    for item in ALIGNMENTS:
        if item.predicate.value in MATCHES | AXIOMS:
            assert item.subject in DECLARED, item
            assert str(item.subject).startswith(f"<{expand('sides:')}"), item
            assert not str(item.object).startswith(f"<{expand('sides:')}"), item


def test_nothing_is_called_equivalent() -> None:
    used = {item.predicate.value for item in ALIGNMENTS}
    assert not used & {expand("owl:equivalentClass"), expand("owl:equivalentProperty"), expand("owl:sameAs")}


def test_wikidata_is_matched_by_well_formed_names() -> None:
    named = {str(item.object)[1:-1] for item in ALIGNMENTS if str(item.object).startswith(f"<{PREFIXES['wd']}")}
    assert len(named) > 20
    assert [name for name in named if not re.fullmatch(r"http://www\.wikidata\.org/entity/[PQ][1-9]\d*", name)] == []


def test_a_reasoner_concludes_nothing_from_a_match() -> None:
    facts = {
        ox.Triple(ox.NamedNode(expand("state:FRA")), ox.NamedNode(expand(name)), ox.NamedNode(expand(value)))
        for name, value in (("rdf:type", "sides:State"), ("sides:memberOf", "org:nato"))
    }
    plain = {triple for triple in ALL if triple.predicate.value not in MATCHES}
    assert len(plain) < len(ALL)
    said = [lines_of(facts)]
    assert entailments([lines_of(plain)], said) == entailments([lines_of(ALL)], said) != ()
