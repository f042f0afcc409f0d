"""A graph of a thousand entities that are linked to items, and what another endpoint says of these."""

from __future__ import annotations

from kg.ground.settings import Settings
from support.serving import EX

WD = "http://www.wikidata.org/entity/"
WDT = "http://www.wikidata.org/prop/direct/"
WIKIDATA = "https://query.wikidata.org/sparql"
ENTITIES = 1000

LINKS = "".join(f"<{EX}e{i}> <{EX}same> <{WD}Q{i}> .\n" for i in range(ENTITIES))


def statements(items: int) -> str:
    """Real-shaped statements of so many items: classes, populations, names in two languages, coordinates, dates."""
    lines = [
        f"@prefix wd: <{WD}> . @prefix wdt: <{WDT}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .",
        "@prefix geo: <http://www.opengis.net/ont/geosparql#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
    ]
    for i in range(items):
        kind = "Q3624078" if i % 2 else "Q515"
        lines.append(
            f'wd:Q{i} wdt:P31 wd:{kind} ; rdfs:label "Item {i}"@en, "Élément {i}"@fr ;'
            f' wdt:P1082 "{i * 1000}"^^xsd:decimal ; wdt:P571 "1991-08-{i % 28 + 1:02}T00:00:00Z"^^xsd:dateTime ;'
            f' wdt:P625 "Point({i % 180} {i % 90})"^^geo:wktLiteral .'
        )
    return "\n".join(lines)


def settings_for(address: str, **given: object) -> Settings:
    values: dict[str, object] = {"workers": 2, "deadline": 10.0, "query_memory": 300, "held_back": 1, "queue": 8}
    services = {"services": f"{WIKIDATA}={address}", "service_deadline": 5.0}
    return Settings(**{**values, **services, **given})  # type: ignore[arg-type]
