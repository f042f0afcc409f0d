"""A thing for search engines and programs: the codes by which others know it, and its description by schema.org."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kg.ground.terms import DATASET, ONTOLOGY, PREFIXES
from kg.serve.results import Row

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "state": "Country",
        "org": "Organization",
        "person": "Person",
        "equipment": "Product",
        "meeting": "Event",
        "resolution": "CreativeWork",
        "source": "CreativeWork",
        "statement": "Quotation",
    }
)
"""The classes of schema.org of things by their kind; others are a ``Thing``."""

_CODES: Mapping[str, str] = MappingProxyType(
    {
        ONTOLOGY + "alpha2Code": "ISO 3166-1 alpha-2",
        ONTOLOGY + "alpha3Code": "ISO 3166-1 alpha-3",
        ONTOLOGY + "numericCode": "UN M49",
    }
)
_SAME = PREFIXES["owl"] + "sameAs"
_ALIAS = PREFIXES["skos"] + "altLabel"


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a thing, and the standard or list that gives it."""

    scheme: str
    value: str


def codes(properties: Iterable[Row]) -> list[Code]:
    """The codes among the properties of a thing, in the order of the standards."""
    values = {row["property"].value: row["value"].value for row in properties}
    return [Code(scheme, values[name]) for name, scheme in _CODES.items() if name in values]


def description(
    thing: str, kind: str, properties: Iterable[Row], *, name: str, told: str, page: str, home: str, language: str
) -> dict[str, object]:
    """A thing and its page by schema.org, as JSON-LD 1.1.

    ``told`` is what is said of it in a sentence, ``page`` the address of its page, ``home`` that of the site.
    """
    rows = list(properties)
    aliases = sorted({row["value"].value for row in rows if row["property"].value == _ALIAS})
    same = sorted(row["value"].value for row in rows if row["property"].value == _SAME)
    identifiers = [{"@type": "PropertyValue", "propertyID": code.scheme, "value": code.value} for code in codes(rows)]
    about: dict[str, object] = {
        "@type": TYPES.get(kind, "Thing"),
        "@id": thing,
        "name": name,
        "description": told,
        "alternateName": aliases,
        "sameAs": same,
        "identifier": identifiers,
        "mainEntityOfPage": page,
    }
    steps = [("Sides", home), (name, page)]
    breadcrumb = [
        {"@type": "ListItem", "position": place, "name": step, "item": address}
        for place, (step, address) in enumerate(steps, start=1)
    ]
    webpage = {
        "@type": "WebPage",
        "@id": page,
        "inLanguage": language,
        "about": {"@id": thing},
        "isBasedOn": {"@id": DATASET},
        "breadcrumb": {"@type": "BreadcrumbList", "itemListElement": breadcrumb},
    }
    found = {key: value for key, value in about.items() if value}
    return {"@context": "https://schema.org/", "@graph": [found, webpage]}
