"""The entity tables as RDF: readable, sorted Turtle that is committed under ``ontology/entities/``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType

from kg.build.entities import TABLES, Entity
from kg.ground.errors import TableError
from kg.ground.terms import IDENTIFIERS, PREFIXES, expand, shorten

ORGANISATION_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "company": "sides:Company",
        "coalition": "sides:Coalition",
        "contact group": "sides:ContactGroup",
        "group of donors": "sides:DonorGroup",
        "group of states": "sides:GroupOfStates",
        "international organisation": "sides:InternationalOrganisation",
        "media": "sides:MediaOutlet",
        "military alliance": "sides:MilitaryAlliance",
        "political party": "sides:PoliticalParty",
        "pollster": "sides:PollingInstitute",
        "think tank": "sides:ThinkTank",
    }
)
"""Column ``kind`` of organisations.csv -> class of the ontology."""

EQUIPMENT_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "air defence": "sides:AirDefenceSystem",
        "aircraft": "sides:Aeroplane",
        "ammunition": "sides:Ammunition",
        "armoured personnel carrier": "sides:ArmouredPersonnelCarrier",
        "drone": "sides:Drone",
        "engineering": "sides:EngineeringEquipment",
        "helicopter": "sides:Helicopter",
        "howitzer": "sides:Howitzer",
        "infantry fighting vehicle": "sides:InfantryFightingVehicle",
        "missile": "sides:Missile",
        "rocket artillery": "sides:RocketArtillery",
        "ship": "sides:Ship",
        "small arms": "sides:SmallArms",
        "tank": "sides:Tank",
        "vehicle": "sides:WheeledVehicle",
    }
)
"""Column ``category`` of equipment.csv -> class of the ontology."""

FILES: Mapping[str, str] = MappingProxyType({kind: file.replace(".csv", ".ttl") for kind, (file, _) in TABLES.items()})
"""Kind of entity -> its file under ``ontology/entities/``."""

Row = tuple[str, list[str]]
"""A predicate and its objects, as Turtle."""


def entity_turtle(entities: Iterable[Entity]) -> Mapping[str, str]:
    """The Turtle of the entities by file name; the same entities give the same text, in whatever order they come.

    Raises `TableError` for a kind or category without a class, a neighbour or another entity that is not in its table,
    a date that is none, a Wikidata item that is not one or stands twice, or a point outside the globe.
    """
    ordered = sorted(entities, key=lambda entity: (entity.kind, entity.key))
    _check(ordered)
    return {
        file: _document([entity for entity in ordered if entity.kind == kind], _ROWS[kind])
        for kind, file in FILES.items()
    }


def _document(entities: list[Entity], rows: Callable[[Entity], list[Row]]) -> str:
    blocks = [_block(shorten(expand(entity.key)), [*rows(entity), *_names(entity)]) for entity in entities]
    blocks += [_point(entity) for entity in entities if entity.kind == "state"]
    body = "\n".join(blocks)
    used = sorted(PREFIXES.keys() & set(re.findall(r"(?<![\w:/#-])(\w+):(?!/)", body)))
    head = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in used)
    return f"# Generated from the tables under sources/entities/; change those, then run the build.\n\n{head}\n{body}"


def _block(subject: str, rows: Iterable[Row]) -> str:
    lines = [f"{predicate} {' , '.join(objects)}" for predicate, objects in rows if objects]
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def _names(entity: Entity) -> Iterator[Row]:
    names = [_literal(entity.name_en, "en"), _literal(entity.name_fr, "fr")]
    yield "rdfs:label", names
    yield "skos:prefLabel", names
    yield (
        "skos:altLabel",
        [_literal(name) for column in ("acronyms", "aliases") for name in sorted(entity.several(column))],
    )
    yield "skos:hiddenLabel", _hidden(entity)
    yield "owl:sameAs", [f"wd:{entity.wikidata}"] if entity.wikidata else []


def _hidden(entity: Entity) -> list[str]:
    """The other names that help to find an entity; SKOS wants none of them among its labels (reference, S13)."""
    told = {entity.name_en, entity.name_fr, *entity.several("acronyms"), *entity.several("aliases")}
    names = {(name.lang, name.text) for name in entity.names if name.sort != "adjective" and name.text not in told}
    return [_literal(text, lang) for lang, text in sorted(names)]


def _state(entity: Entity) -> list[Row]:
    cells = entity.cells
    numeric = cells.get("numeric")
    return [
        ("a", ["sides:State"]),
        ("skos:notation", [_literal(cells[column]) for column in ("iso2", "iso3") if cells[column]]),
        ("sides:alpha2Code", [_literal(cells["iso2"])] if cells["iso2"] else []),
        ("sides:alpha3Code", [_literal(cells["iso3"])]),
        ("sides:numericCode", [_literal(numeric)] if numeric else []),
        ("sides:capital", [_literal(cells["capital_fr"], "fr")] if cells["capital_fr"] else []),
        ("sides:demonym", _demonyms(entity)),
        ("sides:memberOf", ["org:un"] if cells["un_member"] == "true" else []),
        ("sides:bordersWith", [f"state:{code}" for code in sorted(entity.several("borders"))]),
        ("geo:hasGeometry", [_point_iri(entity)]),
    ]


def _demonyms(entity: Entity) -> list[str]:
    """The adjectives for the people of a state: the French ones of its row first, then the others by language."""
    own = [("fr", entity.cells[column]) for column in ("demonym_fr_m", "demonym_fr_f") if entity.cells[column]]
    others = sorted((name.lang, name.text) for name in entity.names if name.sort == "adjective")
    return [_literal(text, lang) for lang, text in dict.fromkeys([*own, *others])]


def _point_iri(entity: Entity) -> str:
    return f"<{IDENTIFIERS}point/{entity.cells['iso3']}>"


def _point(entity: Entity) -> str:
    """The state's point; WKT puts the longitude first."""
    wkt = _literal(f"POINT({entity.cells['lon']} {entity.cells['lat']})")
    return _block(_point_iri(entity), [("a", ["geo:Geometry"]), ("geo:asWKT", [f"{wkt}^^geo:wktLiteral"])])


def _organisation(entity: Entity) -> list[Row]:
    website = entity.cells["website"]
    return [
        ("a", [ORGANISATION_CLASSES[entity.cells["kind"]]]),
        ("sides:organOf", _named(entity, "part_of")),
        ("schema:url", [f"{_literal(website)}^^xsd:anyURI"] if website else []),
    ]


def _person(entity: Entity) -> list[Row]:
    role = entity.cells["role_en"]
    return [("a", ["sides:Person"]), ("schema:description", [_literal(role, "en")] if role else [])]


def _equipment(entity: Entity) -> list[Row]:
    return [("a", [EQUIPMENT_CLASSES[entity.cells["category"]]])]


def _resolution(entity: Entity) -> list[Row]:
    return [
        ("a", ["sides:Resolution"]),
        ("sides:number", [_literal(entity.cells["number"])]),
        ("sides:body", _named(entity, "body")),
        ("sides:adopted", _dates(entity, "adopted")),
    ]


def _meeting(entity: Entity) -> list[Row]:
    place = entity.cells["place"]
    return [
        ("a", ["sides:Meeting"]),
        ("sides:meetingOf", _named(entity, "organisation")),
        ("sides:date", _dates(entity, "date")),
        ("sides:place", [_literal(place, "en")] if place else []),
    ]


def _survey(entity: Entity) -> list[Row]:
    return [
        ("a", ["sides:Survey"]),
        ("sides:waveOf", _named(entity, "series")),
        ("sides:pollster", _named(entity, "pollster")),
    ]


def _series(entity: Entity) -> list[Row]:
    return [("a", ["sides:SurveySeries"]), ("sides:pollster", _named(entity, "pollster"))]


def _population(entity: Entity) -> list[Row]:
    return [("a", ["sides:PolledPopulation"]), ("sides:within", _named(entity, "within"))]


_ROWS: Mapping[str, Callable[[Entity], list[Row]]] = MappingProxyType(
    {
        "state": _state,
        "org": _organisation,
        "person": _person,
        "equipment": _equipment,
        "resolution": _resolution,
        "meeting": _meeting,
        "survey": _survey,
        "series": _series,
        "question": lambda _: [("a", ["sides:Question"])],
        "population": _population,
    }
)

_NAMING: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "org": {"part_of": "org"},
        "resolution": {"body": "org"},
        "meeting": {"organisation": "org"},
        "survey": {"series": "series", "pollster": "org"},
        "series": {"pollster": "org"},
        "population": {"within": "state"},
    }
)
"""Kind of entity -> its columns that name another entity, each with the kind of that one."""

_DATED: Mapping[str, str] = MappingProxyType({"resolution": "adopted", "meeting": "date"})
"""Kind of entity -> its column with a date."""

_PRECISIONS: tuple[tuple[str, str], ...] = (
    (r"\d{4}-\d\d-\d\d", "xsd:date"),
    (r"\d{4}-\d\d", "xsd:gYearMonth"),
    (r"\d{4}", "xsd:gYear"),
    (r"(\d{4}(?:-\d\d){0,2})/(\d{4}(?:-\d\d){0,2})", "sides:interval"),
)


def _named(entity: Entity, column: str) -> list[str]:
    value = entity.cells.get(column)
    return [shorten(expand(f"{_NAMING[entity.kind][column]}:{value}"))] if value else []


def _dates(entity: Entity, column: str) -> list[str]:
    value = entity.cells[column]
    datatype = next((name for pattern, name in _PRECISIONS if re.fullmatch(pattern, value)), None)
    return [f"{_literal(value)}^^{datatype}"] if datatype else []


def _literal(text: str, language: str | None = None) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"@{language}' if language else f'"{escaped}"'


def _check(entities: list[Entity]) -> None:
    keys = {entity.key for entity in entities}
    items: dict[str, str] = {}
    for entity in entities:
        _check_class(entity, "org", "kind", ORGANISATION_CLASSES)
        _check_class(entity, "equipment", "category", EQUIPMENT_CLASSES)
        if entity.kind == "state":
            _check_state(entity, keys)
        _check_named(entity, keys)
        _check_date(entity)
        if entity.wikidata is None:
            continue
        if not re.fullmatch(r"Q[1-9]\d*", entity.wikidata):
            raise TableError(f"{entity.wikidata!r} is no Wikidata item", where=entity.key, expected="Q and a number")
        if entity.wikidata in items:
            raise TableError(
                f"{entity.wikidata} is the item of {items[entity.wikidata]} as well",
                where=entity.key,
                expected="one entity an item",
                remedy="leave the cell blank for the one that is not certain",
            )
        items[entity.wikidata] = entity.key


def _check_class(entity: Entity, kind: str, column: str, classes: Mapping[str, str]) -> None:
    if entity.kind == kind and entity.cells[column] not in classes:
        raise TableError(
            f"{column} {entity.cells[column]!r} has no class",
            where=entity.key,
            expected="one of " + ", ".join(classes),
            remedy="add a class to ontology/sides.ttl and to kg.build.entity_graph",
        )


def _check_named(entity: Entity, keys: set[str]) -> None:
    for column, kind in _NAMING.get(entity.kind, {}).items():
        value = entity.cells.get(column)
        if value and f"{kind}:{value}" not in keys:
            raise TableError(
                f"{column} {value!r} is not in the table",
                where=entity.key,
                expected=f"a key of {TABLES[kind][0]}, or nothing",
                remedy="add the row, or correct the cell",
            )


def _check_date(entity: Entity) -> None:
    value = entity.cells[_DATED[entity.kind]] if entity.kind in _DATED else ""
    try:
        known = not value or any(re.fullmatch(pattern, value) for pattern, _ in _PRECISIONS)
        for part in value.split("/") if value and known else ():
            date.fromisoformat(part + "-01-01"[3 * part.count("-") :])
    except ValueError:
        known = False
    if not known:
        raise TableError(
            f"{_DATED[entity.kind]} {value!r} is no date", where=entity.key, expected="2022, 2022-03, 2022-03-02 or A/B"
        )


def _check_state(entity: Entity, keys: set[str]) -> None:
    strangers = [code for code in entity.several("borders") if f"state:{code}" not in keys]
    if strangers:
        raise TableError(f"neighbour {', '.join(strangers)} is not in the table", where=entity.key)
    if not re.fullmatch(r"(\d{3})?", entity.cells.get("numeric", "")):
        raise TableError(
            f"numeric is {entity.cells['numeric']!r}", where=entity.key, expected="three digits, or nothing"
        )
    if entity.cells["un_member"] not in ("true", "false"):
        raise TableError(f"un_member is {entity.cells['un_member']!r}", where=entity.key, expected="true or false")
    for column, limit in (("lat", 90), ("lon", 180)):
        number = re.fullmatch(r"-?\d+(?:\.\d+)?", entity.cells[column])
        if not number or abs(float(number[0])) > limit:
            raise TableError(
                f"{column} is {entity.cells[column]!r}", where=entity.key, expected=f"a number from -{limit} to {limit}"
            )
