"""The decisions name things that exist, and each has its four parts."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.ground.terms import PREFIXES, expand

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/ontology-decisions.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^### (D\d+\..+)\n((?:(?!^##).*\n)+)", PAGE, re.MULTILINE))
PARTS = ["Context", "Options", "Choice", "Consequence"]


def test_the_entries_are_numbered_in_their_order() -> None:
    assert [head.split(".")[0] for head in ENTRIES] == [f"D{number}" for number in range(1, len(ENTRIES) + 1)]
    assert len(ENTRIES) == PAGE.count("\n### ") > 20


@pytest.mark.parametrize("head", ENTRIES)
def test_each_entry_has_its_four_parts(head: str) -> None:
    parts = re.findall(r"^- \*\*(\w+)\.\*\* (.+)$", ENTRIES[head], re.MULTILINE)
    assert [name for name, _ in parts] == PARTS
    assert all(text.endswith(".") for _, text in parts)


def test_every_term_that_is_named_is_declared() -> None:
    ontology = ox.Store()
    for file in (ROOT / "ontology").glob("*.ttl"):
        ontology.extend(ox.parse(path=file, rename_blank_nodes=True))
    standard = ("rdf:", "rdfs:", "owl:", "xsd:")
    # What is named in order to say that it is not used.
    absent = {"schema:sameAs", "skos:exactMatch", "dcterms:isReplacedBy", "prov:wasAttributedTo"}
    absent |= {"org:Membership", "schema:memberOf"}
    named = {
        term
        for term in re.findall(r"`?\b([a-z0-9]+:\w[\w-]*)`?", PAGE)
        if term.split(":")[0] in PREFIXES and not term.startswith((*standard, "amount:", "equipment:", "graph:"))
    }
    assert absent <= named
    declared = {
        term
        for term in named
        if any(ontology.quads_for_pattern(ox.NamedNode(expand(term)), ox.NamedNode(expand("rdf:type")), None))
    }
    assert named - declared == absent


def test_every_check_that_is_named_is_a_file() -> None:
    named = [
        name for text in re.findall(r"checks? (`[\w-]+`(?:, `[\w-]+`)*)", PAGE) for name in re.findall(r"`(.+?)`", text)
    ]
    assert len(named) >= 4
    assert [name for name in named if not (ROOT / "ontology/checks" / f"{name}.rq").is_file()] == []
