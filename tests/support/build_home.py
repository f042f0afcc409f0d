"""A small home folder with the real ontology and tables, one source, and a mapper that knows what it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from kg.build.mapping.given import GivenAssertions
from kg.ground.settings import Settings

ROOT = Path(__file__).parents[2]
GIVEN: dict[str, list[dict[str, object]]] = {
    "La Hongrie a une frontière avec l'Ukraine.": [{"kind": "border", "a": "state:HUN", "b": "state:UKR"}],
    "La Suède est membre de l'OTAN.": [{"kind": "membership", "member": "state:SWE", "organisation": "org:nato"}],
    "Liste des membres": [],
    "Des experts soutiennent l'Ukraine.": [
        {"kind": "stance", "holder": "experts", "stance": "supports", "toward": "state:UKR"}
    ],
}
STATEMENTS = "La Hongrie a une frontière avec l'Ukraine.\n\nListe des membres\nDes experts soutiennent l'Ukraine.\n"
CATALOGUE = """\
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sides: <https://w3id.org/sides/ontology#> . @prefix source: <https://w3id.org/sides/id/source/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
source:notes a dcat:Dataset , sides:Source ;
    dcterms:title "Notes"@fr , "Notes"@en ;
    dcterms:description "Quelques énoncés"@fr , "Some statements"@en ;
    dcterms:publisher <https://w3id.org/sides/id/agent/sides> ;
    dcterms:language "fr" ;
    dcterms:license <https://creativecommons.org/publicdomain/zero/1.0/> ;
    dcterms:issued "2026-11-25"^^xsd:date ;
    dcat:version "1" ;
    sides:file "statements/notes.txt" .
"""


def make_home(folder: Path) -> Settings:
    """Lay out a home folder; its ontology and tables are copies of the repository's, without entity files."""
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copytree(ROOT / "sources" / "entities", folder / "sources" / "entities")
    shutil.rmtree(folder / "ontology" / "entities")
    (folder / "sources" / "statements").mkdir()
    write_statements(folder, STATEMENTS)
    (folder / "sources" / "catalogue.ttl").write_text(CATALOGUE, encoding="utf-8")
    lines = [json.dumps({"text": text, "assertions": said}) for text, said in GIVEN.items()]
    (folder / "given.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return Settings(home=folder)


def write_statements(folder: Path, text: str) -> None:
    (folder / "sources" / "statements" / "notes.txt").write_text(text, encoding="utf-8")


def mapper(folder: Path) -> GivenAssertions:
    return GivenAssertions.read(folder / "given.jsonl")
