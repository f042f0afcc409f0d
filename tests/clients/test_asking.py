"""Sides asks another engine: `oxigraph serve` in the place of Wikidata, with some thousand statements."""

from __future__ import annotations

from pathlib import Path
from urllib.request import Request, urlopen

from kg.serve.federation import FederatedEngine
from kg.serve.results import read_rows
from support.engines import oxigraph
from support.federated import ENTITIES, LINKS, WDT, WIKIDATA, settings_for, statements
from support.serving import EX, make_release

POPULATED = f"""PREFIX wdt: <{WDT}>
SELECT ?entity ?population {{
  ?entity <{EX}same> ?item .
  SERVICE <{WIKIDATA}> {{ ?item wdt:P1082 ?population }}
}}"""


def test_rows_of_both_are_joined(tmp_path: Path) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    release = make_release(tmp_path / "var", LINKS)
    with oxigraph(folder) as other, FederatedEngine.start(settings_for(other.queries), release) as engine:
        turtle = {"Content-Type": "text/turtle"}
        with urlopen(Request(f"{other.graphs}?default", statements(3000).encode(), turtle, method="PUT")):
            pass
        rows = read_rows(b"".join(engine.query(POPULATED, "application/sparql-results+json")))
    assert len(rows) == ENTITIES
    assert {row["entity"].value: row["population"].value for row in rows} == {
        f"{EX}e{i}": str(i * 1000) for i in range(ENTITIES)
    }
