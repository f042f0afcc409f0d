"""The taxonomy of instruments, the life cycle of aid, and what concepts are matched with."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.inference import entailments
from kg.build.lines import lines_of, triples_of
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.terms import PREFIXES, expand, shorten

HOME = Path(__file__).parents[2]
STATUSES = CONCEPT_SCHEMES["status"]
MATCHES = ("skos:broadMatch", "skos:closeMatch", "skos:narrowMatch")


@pytest.fixture(scope="module")
def triples() -> set[ox.Triple]:
    files = sorted((HOME / "ontology").glob("*.ttl"))
    return {quad.triple for file in files for quad in ox.parse(path=file, rename_blank_nodes=True)}


@pytest.fixture(scope="module")
def store(triples: set[ox.Triple]) -> ox.Store:
    graph = ox.Store()
    graph.extend(ox.Quad(*triple) for triple in triples)
    return graph


def rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    prefixes = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in PREFIXES.items())
    found = store.query(prefixes + query)
    assert isinstance(found, ox.QuerySolutions)
    return {tuple(shorten(term.value) for term in row) for row in found}


def test_each_narrower_instrument_lies_below_one_of_the_contract(store: ox.Store) -> None:
    found = rows(
        store, "SELECT ?low ?top { ?low skos:inScheme id:instrument ; skos:broader+ ?top . ?top skos:topConceptOf ?s }"
    )
    assert {top.removeprefix("instrument:") for _, top in found} <= set(CONCEPT_SCHEMES["instrument"])
    assert len({low for low, _ in found}) == len(found) >= 9
    assert ("instrument:macro-financial-loan", "instrument:loan") in found
    assert ("instrument:joint-procurement", "instrument:purchase") in found


def test_narrower_instruments_follow_their_broader_one_in_order(store: ox.Store) -> None:
    found = rows(
        store,
        """SELECT ?low { ?low skos:broader ?high ; sides:order ?place . ?high sides:order ?before .
          FILTER EXISTS { ?other skos:topConceptOf id:instrument ; sides:order ?between .
                          FILTER (?between > ?before && ?between < ?place || ?place < ?before) } }""",
    )
    assert found == set()


def test_every_status_precedes_all_later_ones_by_inference(triples: set[ox.Triple]) -> None:
    inferred = set(triples_of(entailments([lines_of(triples)], [])))
    precedes = expand("sides:precedes")
    found = {(item.subject.value, item.object.value) for item in inferred if item.predicate.value == precedes}
    assert found == {(expand(f"status:{one}"), expand(f"status:{other}")) for one, other in combinations(STATUSES, 2)}
    assert not inferred & triples, "what the ontology states is not inferred"


def test_matches_lead_to_wikidata_or_to_a_stand_in_with_its_code(store: ox.Store) -> None:
    found = rows(
        store,
        f"SELECT ?from ?match ?to {{ VALUES ?match {{ {' '.join(MATCHES)} }} ?from ?match ?to ; skos:inScheme ?in }}",
    )
    assert ("status:committed", "skos:closeMatch", expand("id:transaction-type/2")) in found
    coded = rows(store, "SELECT ?to { ?to skos:inScheme ?scheme ; skos:notation ?code . ?scheme dcterms:source ?list }")
    targets = {target for _, _, target in found}
    assert {target for target in targets if not target.startswith("wd:Q")} == {code for (code,) in coded}


def test_a_code_of_a_stand_in_is_the_end_of_its_address(store: ox.Store) -> None:
    found = rows(store, "SELECT ?code ?it { ?it skos:inScheme/dcterms:source ?list ; skos:notation ?code }")
    assert len(found) >= 9
    assert all(address.endswith(f"/{code}") for code, address in found)


def test_the_guide_lists_the_narrower_instruments(store: ox.Store) -> None:
    guide = (HOME / "docs" / "ontology.md").read_text(encoding="utf-8")
    table = guide[guide.index("| instrument | narrower |") :].split("\n\n")[0]
    told = {
        (low, line.split("|")[1].strip(" `"))
        for line in table.splitlines()
        for low in re.findall(r"`(instrument:[\w-]+)`", line.split("|")[2])
    }
    assert told == rows(store, "SELECT ?low ?high { ?low skos:broader ?high ; skos:inScheme id:instrument }")
