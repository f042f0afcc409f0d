"""What the graph holds, in numbers, and what it can be asked about."""

from __future__ import annotations

from kg.ground.catalogue import Parameter, ParameterType
from kg.ground.catalogue.binding import iri
from kg.ground.kinds import KINDS
from kg.ground.terms import ONTOLOGY, PREFIXES
from kg.serve.web.site import Site

ENTITY_CLASSES = ("State", "Organisation", "Person", "Equipment")
"""The classes of the entities of the tables, in the order in which they are offered."""


def kinds(site: Site) -> list[tuple[str, int]]:
    """The kinds of assertions that the graph holds, by class name, with how many of each; the most frequent first."""
    classes = " ".join(iri(ONTOLOGY + kind.ontology_class) for kind in KINDS.values())
    rows = site.fixed(
        f"SELECT ?class (COUNT(?assertion) AS ?count) {{ VALUES ?class {{ {classes} }} ?assertion a ?class }} "
        "GROUP BY ?class ORDER BY DESC(?count) ?class"
    )
    return [(row["class"].value.removeprefix(ONTOLOGY), int(row["count"].value)) for row in rows]


def figures(site: Site) -> dict[str, int]:
    """The numbers of statements, assertions, entities, sources and triples."""
    source = iri(PREFIXES["dcterms"] + "source")
    said = site.fixed(
        "SELECT (COUNT(DISTINCT ?statement) AS ?statements) (COUNT(DISTINCT ?source) AS ?sources) "
        f"{{ ?statement a {iri(ONTOLOGY + 'Statement')} ; {source} ?source }}"
    )[0]
    entities = {value for _, options in entity_options(site) for value, _ in options}
    return {
        "statements": int(said["statements"].value),
        "assertions": sum(count for _, count in kinds(site)),
        "entities": len(entities),
        "sources": int(said["sources"].value),
        "triples": site.engine.release.counts.get("default", 0),
    }


def entity_options(site: Site) -> list[tuple[str, list[tuple[str, str]]]]:
    """The entities of the tables by class, each as a prefixed name with its name in the language of the page."""
    return [(name, site.options(_any(name))) for name in ENTITY_CLASSES]


def _any(class_name: str) -> Parameter:
    return Parameter(name="entity", type=ParameterType.ENTITY, label={}, default=(), class_name=class_name)
