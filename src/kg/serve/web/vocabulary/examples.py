"""Examples of the terms, taken from the release by queries, and the queries that readers may run themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.ground.catalogue.binding import iri, literal
from kg.ground.terms import ONTOLOGY, PREFIXES, expand, shorten
from kg.serve.results import Row, Term
from kg.serve.web.vocabulary.graph import OntologyGraph
from kg.serve.web.vocabulary.terms import Entry

Ask = Callable[[str], list[Row]]
"""Whatever answers a SELECT query with rows."""

MOST_LINES = 8
MOST_VALUES = 3
"""How much of a thing an example shows: properties, and values of each."""

MOST_COLUMNS = 5
MOST_OF_THINGS = 2
"""The properties that an example query asks for; beside the name of a thing fewer of them."""

ROWS = 20
"""The rows at which an example query ends."""

_OWN = f"FILTER (STRSTARTS(STR(?term), {literal(ONTOLOGY)}))"
_TYPE = expand("rdf:type")
_FIRST = tuple(map(expand, ("rdfs:label", "dcterms:title", "rdf:subject", "rdf:predicate", "rdf:object")))
_WORDS = "prov:wasDerivedFrom/sides:text"
_TOP = {"Assertion": "assertion", "Entity": "entity", "Statement": "statement", "Source": "source", "Fact": "fact"}

USAGE = (
    "SELECT ?term ?count { "
    f"{{ ?part {iri(expand('void:class'))} ?term ; {iri(expand('void:entities'))} ?count }} UNION "
    f"{{ ?part {iri(expand('void:property'))} ?term ; {iri(expand('void:triples'))} ?count }} {_OWN} }}"
)
"""How many things are in each class, and how many triples have each property, as the metadata of the release count."""

# Of the things in a class, the one with the most properties tells the most; the number goes before the name so that
# the greatest of these texts is that of the richest thing.
_RICHEST = (
    "SELECT ?term (MAX(?key) AS ?best) { "
    "{ SELECT ?thing (COUNT(DISTINCT ?property) AS ?count) { ?thing ?property ?value } GROUP BY ?thing } "
    f"?thing a ?term {_OWN} FILTER (isIRI(?thing)) "
    'BIND (CONCAT(STR(1000000 + ?count), " ", STR(?thing)) AS ?key) } GROUP BY ?term'
)
_USED = (
    f"SELECT ?term (MIN(STR(?thing)) AS ?best) {{ ?thing ?term ?value {_OWN} FILTER (isIRI(?thing)) }} GROUP BY ?term"
)

_SINGLE = (
    "SELECT ?term { { SELECT ?term ?thing (COUNT(?value) AS ?count) "
    f"{{ ?thing ?term ?value {_OWN} }} GROUP BY ?term ?thing }} }} GROUP BY ?term HAVING (AVG(?count) < 1.5)"
)

VALUES_FROM = (
    "SELECT DISTINCT ?term ?scheme { "
    f"?concept {iri(expand('skos:inScheme'))} ?scheme . ?thing ?term ?concept {_OWN} }}"
)
"""The concept schemes from which each property takes its values."""


@dataclass(frozen=True, slots=True)
class Example:
    """A thing of the release and those of its triples that show a term; ``words`` is what it was read from."""

    subject: Term
    triples: tuple[tuple[Term, tuple[Term, ...]], ...]
    words: Term | None = None


def usage(ask: Ask) -> Mapping[str, int]:
    """How often the release uses each term."""
    return {row["term"].value: int(row["count"].value) for row in ask(USAGE)}


def single_valued(ask: Ask) -> frozenset[str]:
    """The properties of which most things that have them have one value, in this release."""
    return frozenset(row["term"].value for row in ask(_SINGLE))


def schemes_of(ask: Ask) -> Mapping[str, list[str]]:
    """The concept schemes from which the release takes the values of each property."""
    found: dict[str, list[str]] = {}
    for row in ask(VALUES_FROM):
        found.setdefault(row["term"].value, []).append(row["scheme"].value)
    return {name: sorted(schemes) for name, schemes in found.items()}


def examples(ask: Ask, graph: OntologyGraph, entries: Iterable[Entry]) -> Mapping[str, Example]:
    """An example of each class and property that the release uses, by the IRI of the term."""
    chosen = {row["term"].value: row["best"].value.partition(" ")[2] for row in ask(_RICHEST)}
    first = {row["term"].value: row["best"].value for row in ask(_USED)}
    things = _triples(ask, {*chosen.values()})
    shown = {term: thing for thing in sorted(things) for term in things[thing]}
    first = {term: shown.get(term, thing) for term, thing in first.items()}
    things |= _triples(ask, {*first.values()} - set(things))
    words = _words(ask, {*chosen.values()})
    found = {}
    for entry in entries:
        if entry.is_class and entry.iri in chosen:
            thing = chosen[entry.iri]
            found[entry.iri] = Example(
                Term("uri", thing), tuple(_lines(graph, entry.iri, things[thing])), words.get(thing)
            )
        elif entry.is_property and entry.iri in first:
            thing = first[entry.iri]
            values = tuple(things[thing].get(entry.iri, ())[:MOST_VALUES])
            found[entry.iri] = Example(Term("uri", thing), ((Term("uri", entry.iri), values),))
    return found


def _triples(ask: Ask, things: set[str]) -> dict[str, dict[str, list[Term]]]:
    """What the release says of some things: the values of each property."""
    found: dict[str, dict[str, list[Term]]] = {thing: {} for thing in sorted(things)}
    if not found:
        return found
    block = " ".join(iri(thing) for thing in found)
    for row in ask(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {block} }} ?s ?p ?o }} ORDER BY ?s ?p ?o"):
        found[row["s"].value].setdefault(row["p"].value, []).append(row["o"])
    return found


def _words(ask: Ask, things: set[str]) -> Mapping[str, Term]:
    """The text of the statement from which each of some assertions was read."""
    if not things:
        return {}
    block = " ".join(iri(thing) for thing in sorted(things))
    path = f"{iri(expand('prov:wasDerivedFrom'))}/{iri(expand('sides:text'))}"
    rows = ask(f"SELECT ?thing ?text {{ VALUES ?thing {{ {block} }} ?thing {path} ?text }} ORDER BY ?thing ?text")
    return {row["thing"].value: row["text"] for row in rows if "/assertion/" in row["thing"].value}


def _lines(
    graph: OntologyGraph, term: str, triples: Mapping[str, list[Term]]
) -> Iterator[tuple[Term, tuple[Term, ...]]]:
    """What to show of a thing as an example of a class: what the class is about first."""
    about = telling(graph, term)
    names = [name for name in dict.fromkeys((*_FIRST, *about, *triples)) if name in triples and name != _TYPE]
    yield Term("uri", _TYPE), (Term("uri", term),)
    for name in names[:MOST_LINES]:
        yield Term("uri", name), tuple(triples[name][:MOST_VALUES])


def telling(graph: OntologyGraph, term: str) -> list[str]:
    """The properties that tell most about the things of a class: those of its definition, then of its own, then of the
    classes above it, the nearest first.
    """
    found: dict[str, None] = {}
    for level in _levels(graph, term):
        for name in level:
            found |= dict.fromkeys(_in_definition(graph, name))
            found |= dict.fromkeys(graph.about("rdfs:domain", name))
    return list(found)


def _levels(graph: OntologyGraph, term: str) -> Iterator[list[str]]:
    """A class, the classes straight above it, those above them …, as stated or by definition."""
    level, seen = [term], {term}
    while level:
        yield level
        above = [upper for name in level for upper in _above(graph, name)]
        level = sorted(set(above) - seen)
        seen.update(level)


def _above(graph: OntologyGraph, term: str) -> Iterator[str]:
    yield from graph.named(term, "rdfs:subClassOf")
    for node in graph.values(term, "owl:equivalentClass"):
        either = [member for members in graph.values(node, "owl:unionOf") for member in graph.members(members)]
        yield from (piece.value for piece in (*_operands(graph, node), *either) if piece.kind == "uri")


def _in_definition(graph: OntologyGraph, term: str) -> Iterator[str]:
    for name in ("owl:equivalentClass", "rdfs:subClassOf"):
        for node in graph.values(term, name):
            for operand in [node, *_operands(graph, node)]:
                yield from graph.named(operand, "owl:onProperty")


def _operands(graph: OntologyGraph, node: Term) -> Iterator[Term]:
    for members in graph.values(node, "owl:intersectionOf"):
        yield from graph.members(members)


def class_query(
    graph: OntologyGraph, entry: Entry, example: Example | None, language: str, single: frozenset[str]
) -> str:
    """A query for things of a class that finds at least the example, or, without one, what the ontology says of it.

    A thing comes once for each of its values; so that the rows do not tell of few things, only the properties in
    ``single`` are asked for, and those of one kind of assertion, which say what the assertion is about.
    """
    if example is None:
        return _definition_query(entry)
    names = [name.value for name, _ in example.triples if name.value != _TYPE]
    given = [name for name in _FIRST if name in names]
    slots = set(names) - set(graph.about("rdfs:domain", ONTOLOGY + "Assertion")) if example.words else set()
    own = [name for name in names if name.startswith(ONTOLOGY) and name in single | slots]
    given = (given or [name for name in names if not own and not name.startswith(ONTOLOGY)])[:MOST_COLUMNS]
    own = own[: MOST_COLUMNS if example.words else MOST_OF_THINGS]
    return _class_text(_variable(graph, entry.iri), entry, own, given, example, language)


def _class_text(thing: str, entry: Entry, own: list[str], given: list[str], example: Example, language: str) -> str:
    columns = {name: _column(name, thing) for name in (*given, *own)}
    label = expand("rdfs:label")
    in_language = label in given and any(
        value.language == language for name, values in example.triples if name.value == label for value in values
    )
    patterns = [f"a {_ref(entry.iri)}", *(f"{_ref(name)} {columns[name]}" for name in given)]
    if example.words:
        patterns.append(f"{_WORDS} ?words")
    lines = [f"  {thing} " + " ;\n    ".join(patterns) + " ."]
    lines += [f"  OPTIONAL {{ {thing} {_ref(name)} {columns[name]} }}" for name in own]
    if in_language:
        lines.append(f"  FILTER (LANG({columns[label]}) = {literal(language)})")
    asked = " ".join([thing, *columns.values(), *(["?words"] if example.words else [])])
    return _query(f"SELECT {asked} WHERE {{\n" + "\n".join(lines) + f"\n}}\nLIMIT {ROWS}")


def property_query(graph: OntologyGraph, entry: Entry, example: Example | None) -> str:
    """A query for the triples of a property, or, if the release has none, for what the ontology says of it."""
    if example is None:
        return _definition_query(entry)
    domains = [name for node in graph.values(entry.iri, "rdfs:domain") for name in graph.classes(node)]
    thing = _variable(graph, domains[0]) if domains else "?thing"
    value = _column(entry.iri, thing)
    return _query(f"SELECT {thing} {value} WHERE {{\n  {thing} {_ref(entry.iri)} {value} .\n}}\nLIMIT {ROWS}")


def migration_query(entry: Entry) -> str:
    """An update that puts the successor of a deprecated term in its place, for whoever keeps data of their own.

    Empty where several successors share its meaning: which of them fits, only a reader can tell.
    """
    if len(entry.replaced_by) != 1:
        return ""
    old, new = iri(entry.iri), iri(entry.replaced_by[0].value)
    old_pattern, new_pattern = (
        (f"?thing a {term} ." for term in (old, new))
        if entry.is_class
        else (f"?thing {term} ?value ." for term in (old, new))
    )
    return f"DELETE {{ {old_pattern} }}\nINSERT {{ {new_pattern} }}\nWHERE {{ {old_pattern} }}"


def _definition_query(entry: Entry) -> str:
    return _query(f"SELECT ?property ?value WHERE {{\n  {_ref(entry.iri)} ?property ?value .\n}}")


def _variable(graph: OntologyGraph, term: str) -> str:
    """What a query calls the things of a class: by the layer that they are in."""
    for level in _levels(graph, term):
        for name in level:
            if (short := name.removeprefix(ONTOLOGY)) in _TOP:
                return f"?{_TOP[short]}"
    return "?thing"


def _ref(term: str) -> str:
    """A term as it stands in a query."""
    name = shorten(term)
    return iri(term) if name == term else name


def _column(name: str, thing: str) -> str:
    local = re.sub(r"\W", "", re.split(r"[#/]", name)[-1])
    return f"?{local}" if f"?{local}" != thing else f"?{local}Value"


def _query(text: str) -> str:
    """A query with the declarations of the prefixes that it uses."""
    used = sorted({found[1] for found in re.finditer(r"(?<![\w:<])([a-z0-9]+):(?=\w)", text)} & set(PREFIXES))
    return "\n".join([*(f"PREFIX {prefix}: <{PREFIXES[prefix]}>" for prefix in used), text])
