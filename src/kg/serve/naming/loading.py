"""The index of a release, read from its graph; nothing but the release and the saved queries is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from kg.ground.catalogue import Catalogue
from kg.ground.folding import bracketed
from kg.ground.terms import BASE, ENTITY_KINDS, IDENTIFIERS, ONTOLOGY, PREFIXES, expand, graph_iri
from kg.serve.naming.entries import Entry, Name, Sort
from kg.serve.naming.index import NameIndex
from kg.serve.results import Row, Term

Select = Callable[[str], list[Row]]
"""What answers a SELECT with its rows."""

NAMING = {
    "rdfs:label": Sort.LABEL,
    "dcterms:title": Sort.LABEL,
    "skos:altLabel": Sort.ALIAS,
    "skos:hiddenLabel": Sort.HIDDEN,
    "sides:number": Sort.CODE,
    "sides:alpha2Code": Sort.CODE,
    "sides:alpha3Code": Sort.CODE,
    "sides:numericCode": Sort.CODE,
    "sides:demonym": Sort.DEMONYM,
    "sides:capital": Sort.CAPITAL,
}
"""The properties that name a thing, and what their values are to it."""

_SORTS = {expand(name): sort for name, sort in NAMING.items()}
_NOTES = frozenset(expand(name) for name in ("schema:description", "dcterms:description", "skos:definition"))
_SAME = expand("owl:sameAs")
_TYPE = expand("rdf:type")
_TERMS = frozenset(expand(name) for name in ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty"))
_CONCEPT, _SOURCE = expand("skos:Concept"), ONTOLOGY + "Source"


def load(select: Select, catalogue: Catalogue) -> NameIndex:
    """Read the index of the release that is asked; raises what ``select`` raises."""
    told: dict[str, list[tuple[str, Term]]] = defaultdict(list)
    for row in (*select(_query("entities")), *select(_query("ontology")), *select(_SOURCES)):
        told[row["thing"].value].append((row["property"].value, row["value"]))
    inferred: dict[str, set[str]] = defaultdict(set)
    for row in select(_TYPES):
        inferred[row["thing"].value].add(row["type"].value)
    entries = [_entry(iri, values, inferred.get(iri, set())) for iri, values in sorted(told.items())]
    return NameIndex([entry for entry in entries if entry] + list(_queries(catalogue)))


def _query(graph: str) -> str:
    wanted = " ".join(f"<{name}>" for name in (*_SORTS, *sorted(_NOTES), _SAME, _TYPE))
    return (
        f"SELECT ?thing ?property ?value {{ GRAPH <{graph_iri(graph)}> {{ VALUES ?property {{ {wanted} }} "
        f'?thing ?property ?value FILTER (isIRI(?thing) && STRSTARTS(STR(?thing), "{BASE}")) }} }}'
    )


_SOURCES = (
    "SELECT ?thing ?property ?value { "
    f"VALUES ?property {{ <{PREFIXES['dcterms']}title> <{PREFIXES['dcterms']}description> <{_TYPE}> }} "
    f"?thing a <{_SOURCE}> ; ?property ?value }}"
)
_TYPES = (
    f"SELECT ?thing ?type {{ GRAPH <{graph_iri('entities')}> {{ ?thing a ?own }} ?thing a ?type "
    f'FILTER STRSTARTS(STR(?type), "{ONTOLOGY}") }}'
)


def _entry(iri: str, values: Iterable[tuple[str, Term]], inferred: set[str]) -> Entry | None:
    labels: dict[str, str] = {}
    notes: dict[str, str] = {}
    names: list[Name] = []
    asserted: set[str] = set()
    items: list[str] = []
    for property_, value in values:
        language = value.language or ""
        if property_ in _SORTS:
            names.append(Name(value.value, _SORTS[property_], language))
            if _SORTS[property_] is Sort.LABEL:
                labels.setdefault(language, value.value)
        elif property_ in _NOTES:
            notes.setdefault(language, value.value)
        elif property_ == _TYPE:
            asserted.add(value.value)
        elif property_ == _SAME:
            items.append(value.value)
    found = _place(iri, asserted)
    if not found or not labels:
        return None
    if found[0] == "term":
        names.append(Name(iri.removeprefix(ONTOLOGY), Sort.ALIAS))
        names += [Name(text, Sort.NOTE, language) for language, text in notes.items()]
    own = min((name for name in asserted if name.startswith(ONTOLOGY)), default="")
    unique = tuple(dict.fromkeys((*names, *_short(names))))
    return Entry(iri, *found, labels, unique, notes, frozenset(asserted | inferred), own, tuple(sorted(items)))


def _place(iri: str, types: set[str]) -> tuple[str, str] | None:
    """The group and the kind of a thing by its IRI and its classes; None for what is not looked for."""
    if _SOURCE in types:
        return "source", "source"
    if iri.startswith(ONTOLOGY):
        sort = next((name for name in sorted(_TERMS & types)), "")
        return ("term", "class" if sort.endswith("Class") else "property") if sort else None
    if not iri.startswith(IDENTIFIERS):
        return None
    kind = iri.removeprefix(IDENTIFIERS).partition("/")[0]
    if _CONCEPT in types:
        return "concept", kind
    return ("entity", kind) if kind in ENTITY_KINDS else None


def _short(names: Iterable[Name]) -> Iterator[Name]:
    for name in names:
        outside, inside = bracketed(name.text)
        if name.sort is Sort.LABEL and inside and outside:
            yield Name(outside, Sort.SHORT, name.language)


def _queries(catalogue: Catalogue) -> Iterator[Entry]:
    for query in catalogue:
        labels, notes = dict(query.summary), dict(query.description)
        names = [Name(text, Sort.LABEL, language) for language, text in labels.items()]
        names.append(Name(query.name.replace("-", " "), Sort.ALIAS))
        names += [Name(text, Sort.NOTE, language) for language, text in notes.items()]
        names.append(Name(" ".join(query.tags), Sort.NOTE))
        yield Entry(PREFIXES["query"] + query.name, "query", query.theme, labels, tuple(names), notes)
