"""The quality report in the Data Quality Vocabulary (DQV): dimensions, metrics, and what was measured of what.

Shares are decimals from 0 to 1 with four digits, counts are whole numbers. What is measured is the dataset, the graph
of a source, or a partition of the dataset as VoID has them: the assertions of one kind, and within them those that
have one property.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.build.partitions import partition_iri
from kg.build.quality.report import QualityReport, SourceQuality, share, weak
from kg.ground.kinds import KINDS
from kg.ground.terms import DATASET, IDENTIFIERS, PREFIXES, digest, expand, graph_iri

Triples = Iterator[ox.Triple]

SCHEME = IDENTIFIERS + "metric"
"""The IRI of the scheme that all dimensions and metrics are in."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """An aspect of quality: its name in IRIs; label and definition by language."""

    name: str
    label: Mapping[str, str]
    definition: Mapping[str, str]

    @property
    def iri(self) -> str:
        """The IRI of the dimension."""
        return PREFIXES["dimension"] + self.name


@dataclass(frozen=True, slots=True)
class Metric:
    """A way to measure: its name in IRIs and its dimension; label and definition by language; a share or a count."""

    name: str
    dimension: Dimension
    label: Mapping[str, str]
    definition: Mapping[str, str]
    is_share: bool

    @property
    def iri(self) -> str:
        """The IRI of the metric."""
        return PREFIXES["metric"] + self.name


def _dimension(name: str, fr: str, en: str, fr_text: str, en_text: str) -> Dimension:
    return Dimension(name, {"fr": fr, "en": en}, {"fr": fr_text, "en": en_text})


def _metric(
    name: str, dimension: Dimension, fr: str, en: str, fr_text: str, en_text: str, *, is_share: bool = False
) -> Metric:
    return Metric(name, dimension, {"fr": fr, "en": en}, {"fr": fr_text, "en": en_text}, is_share)


COMPLETENESS = _dimension(
    "completeness", "complétude", "completeness",
    "ce qui a été lu et retenu, et ce que les sources laissent en blanc.",
    "what was read and kept, and what the sources leave blank.",
)  # fmt: skip
CONSISTENCY = _dimension(
    "consistency", "cohérence", "consistency",
    "si les sources s'accordent entre elles, et le graphe avec ses propres règles.",
    "whether the sources agree with one another, and the graph with its own rules.",
)  # fmt: skip
TRUST = _dimension(
    "trustworthiness", "fiabilité", "trustworthiness",
    "à quel point on peut se fier à ce qui est cité.",
    "how far what is cited can be relied on.",
)  # fmt: skip
LINKING = _dimension(
    "linking", "liaison", "linking",
    "si ce que nomment les sources est une entité du graphe.",
    "whether what the sources name is an entity of the graph.",
)  # fmt: skip
DIMENSIONS = (COMPLETENESS, CONSISTENCY, TRUST, LINKING)

STATEMENTS = _metric(
    "statements", COMPLETENESS, "énoncés lus", "statements read",
    "nombre d'énoncés de textes et de lignes de tables lus.",
    "number of statements of texts and of rows of tables that were read.",
)  # fmt: skip
ASSERTIONS = _metric(
    "assertions", COMPLETENESS, "assertions", "assertions",
    "nombre d'assertions.", "number of assertions.",
)  # fmt: skip
COVERAGE = _metric(
    "coverage", COMPLETENESS, "énoncés compris", "statements understood",
    "part des énoncés lus dont au moins une assertion a été tirée.",
    "share of the statements read that gave at least one assertion.",
    is_share=True,
)  # fmt: skip
DATED = _metric(
    "dated", COMPLETENESS, "assertions datées", "assertions with a date",
    "part des assertions dont on connaît l'année.",
    "share of the assertions whose year is known.",
    is_share=True,
)  # fmt: skip
FILLED = _metric(
    "filled", COMPLETENESS, "propriété renseignée", "property filled",
    "part des assertions d'une sorte (partition par classe) qui ont une propriété (partition par propriété en elle).",
    "share of the assertions of a kind (the class partition) that have a property (the property partition within it).",
    is_share=True,
)  # fmt: skip
CONTRADICTIONS = _metric(
    "contradictions", CONSISTENCY, "contradictions", "contradictions",
    "nombre de paires d'assertions qui diffèrent sur une même chose (sides:differsFrom).",
    "number of pairs of assertions that differ on the same thing (sides:differsFrom).",
)  # fmt: skip
SHAPES = _metric(
    "shapes", CONSISTENCY, "formes respectées", "shapes held",
    "nombre de formes SHACL que respectent toutes les données ; aucune version n'est publiée sinon.",
    "number of SHACL shapes that all data fit; no release is published otherwise.",
)  # fmt: skip
CHECKS = _metric(
    "checks", CONSISTENCY, "contrôles passés", "checks passed",
    "nombre de requêtes de contrôle qui ne trouvent rien ; aucune version n'est publiée sinon.",
    "number of checking queries that find nothing; no release is published otherwise.",
)  # fmt: skip
WEAK_SHARE = _metric(
    "weak-sources", TRUST, "assertions de source faible", "assertions of weak source",
    "part des assertions dont la source est de seconde main, partie au conflit ou non vérifiée.",
    "share of the assertions whose source is second-hand, interested or unverified.",
    is_share=True,
)  # fmt: skip
UNLINKED = _metric(
    "unlinked-names", LINKING, "noms non reliés", "unlinked names",
    "nombre de fois qu'un énoncé nomme quelque chose qu'aucune table d'entités ne contient.",
    "number of times that a statement names something that no table of entities holds.",
)  # fmt: skip
METRICS = (
    STATEMENTS, ASSERTIONS, COVERAGE, DATED, FILLED, CONTRADICTIONS, SHAPES, CHECKS, WEAK_SHARE, UNLINKED,
)  # fmt: skip


def measurements(report: QualityReport) -> Triples:
    """The report as triples of the metadata graph: the scheme of metrics, and each value that was measured."""
    yield from _scheme()
    for source in report.sources:
        yield from _of_source(source)
    yield from _of_dataset(report)
    for kind, count in report.kinds.items():
        yield from _of_kind(report, kind, count)


def _scheme() -> Triples:
    yield _link(SCHEME, "rdf:type", expand("skos:ConceptScheme"))
    yield from _named(SCHEME, {"fr": "Mesures de qualité", "en": "Metrics of quality"})
    for dimension in DIMENSIONS:
        yield from _described(dimension, "dqv:Dimension")
    for metric in METRICS:
        yield from _described(metric, "dqv:Metric")
        yield _link(metric.iri, "dqv:inDimension", metric.dimension.iri)
        yield _link(metric.iri, "dqv:expectedDataType", expand(_datatype(metric)))


def _described(item: Dimension | Metric, type_: str) -> Triples:
    yield _link(item.iri, "rdf:type", expand(type_))
    yield _link(item.iri, "skos:inScheme", SCHEME)
    yield from _named(item.iri, item.label)
    for lang, text in item.definition.items():
        yield _text(item.iri, "skos:definition", text, lang)


def _named(subject: str, label: Mapping[str, str]) -> Triples:
    for lang, text in label.items():
        yield _text(subject, "rdfs:label", text, lang)
        yield _text(subject, "skos:prefLabel", text, lang)


def _of_source(source: SourceQuality) -> Triples:
    graph, tally = graph_iri(f"source/{source.report.name}"), source.tally
    yield from _measured(STATEMENTS, graph, source.report.read)
    yield from _measured(ASSERTIONS, graph, tally.assertions)
    yield from _measured(COVERAGE, graph, source.covered)
    yield from _measured(DATED, graph, share(tally.dated, tally.assertions))
    yield from _measured(WEAK_SHARE, graph, share(weak(tally.reliability), tally.assertions))
    yield from _measured(UNLINKED, graph, source.unlinked)


def _of_dataset(report: QualityReport) -> Triples:
    sources, assertions = report.sources, sum(report.kinds.values())
    read = sum(source.report.read for source in sources)
    kept = sum(source.report.read - source.silent - source.report.left_out for source in sources)
    yield from _measured(STATEMENTS, DATASET, read)
    yield from _measured(ASSERTIONS, DATASET, assertions)
    yield from _measured(COVERAGE, DATASET, share(kept, read))
    yield from _measured(DATED, DATASET, share(sum(source.tally.dated for source in sources), assertions))
    yield from _measured(WEAK_SHARE, DATASET, share(report.weak, assertions))
    yield from _measured(UNLINKED, DATASET, sum(source.unlinked for source in sources))
    yield from _measured(CONTRADICTIONS, DATASET, sum(report.links["differsFrom"].values()))
    yield from _measured(SHAPES, DATASET, report.shapes)
    yield from _measured(CHECKS, DATASET, report.checks)


def _of_kind(report: QualityReport, kind: str, count: int) -> Triples:
    part = partition_iri("class", expand(f"sides:{KINDS[kind].ontology_class}"))
    yield from _measured(ASSERTIONS, part, count)
    yield from _measured(DATED, part, share(sum(n for year, n in report.years(kind).items() if year), count))
    yield from _measured(CONTRADICTIONS, part, report.links["differsFrom"].get(kind, 0))
    for slot, given in report.given(kind).items():
        property_ = report.properties[kind][slot]
        within = partition_iri("property", property_, of=part)
        yield _link(part, "void:propertyPartition", within)
        yield _link(within, "rdf:type", expand("void:Dataset"))
        yield _link(within, "void:property", property_)
        yield ox.Triple(_node(within), _node(expand("void:distinctSubjects")), ox.Literal(given))
        yield from _measured(FILLED, within, share(given, count))


def _measured(metric: Metric, measured: str, value: float | None) -> Triples:
    """One measurement; none where there was nothing to measure."""
    if value is None:
        return
    name = PREFIXES["measurement"] + digest(metric.iri, measured)
    written = f"{value:.4f}" if metric.is_share else f"{value:d}"
    yield _link(name, "rdf:type", expand("dqv:QualityMeasurement"))
    yield _link(name, "dqv:isMeasurementOf", metric.iri)
    yield _link(name, "dqv:computedOn", measured)
    yield _link(measured, "dqv:hasQualityMeasurement", name)
    datatype = _node(expand(_datatype(metric)))
    yield ox.Triple(_node(name), _node(expand("dqv:value")), ox.Literal(written, datatype=datatype))


def _datatype(metric: Metric) -> str:
    return "xsd:decimal" if metric.is_share else "xsd:integer"


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)


def _link(subject: str, predicate: str, object_: str) -> ox.Triple:
    return ox.Triple(_node(subject), _node(expand(predicate)), _node(object_))


def _text(subject: str, predicate: str, text: str, lang: str) -> ox.Triple:
    return ox.Triple(_node(subject), _node(expand(predicate)), ox.Literal(text, language=lang))
