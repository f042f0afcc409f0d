"""The records of the catalogue: saved query and parameter. All are frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from kg.ground.catalogue import binding
from kg.ground.errors import SavedQueryError
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.records import LANGUAGES
from kg.ground.terms import ONTOLOGY, PREFIXES

Translations = Mapping[str, str]
"""A text by language."""

Cell = str | bool | Decimal
"""What a check expects in a column: a prefixed name, a text, a number or a truth value."""


class QueryForm(StrEnum):
    """The four forms of a SPARQL query."""

    SELECT = "SELECT"
    CONSTRUCT = "CONSTRUCT"
    ASK = "ASK"
    DESCRIBE = "DESCRIBE"


class View(StrEnum):
    """How an answer is best looked at."""

    TABLE = "table"
    MAP = "map"
    BAR = "bar"
    LINE = "line"
    GRAPH = "graph"
    TIMELINE = "timeline"
    PIVOT = "pivot"


class Mark(StrEnum):
    """What a chart draws for each value."""

    BARS = "bars"  # one of each value beside the others
    STACKED = "stacked"  # parts of one bar
    DOTS = "dots"  # dots on a line, to be compared
    LINES = "lines"  # a line over time for each series
    AREAS = "areas"  # areas over time, stacked
    PANELS = "panels"  # a small chart over time for each series
    EVENTS = "events"  # what happened when
    STATES = "states"  # a map of the world
    NETWORK = "network"  # things with lines between those that are related
    PIVOT = "pivot"  # a table of two columns against a third


MARKS = {
    View.BAR: Mark.BARS,
    View.LINE: Mark.LINES,
    View.TIMELINE: Mark.EVENTS,
    View.MAP: Mark.STATES,
    View.GRAPH: Mark.NETWORK,
    View.PIVOT: Mark.PIVOT,
}
"""What is drawn for a view, where the chart does not say otherwise. Other views are not drawn."""


class Aggregate(StrEnum):
    """What a cell of a pivot has of the rows that fall into it."""

    SUM = "sum"
    COUNT = "count"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """How an answer is drawn: which column is what. Columns that are joined by a chart are written one after the other.

    ``x`` are the columns of the categories, of the time or of the states; ``y`` those of the values, where there are
    none the first that holds numbers; ``series`` those that tell lines, colours or lanes apart; ``until`` is the end of
    what lasted, ``frame`` the time by which a map is drawn anew. ``order`` is the order of the series, and so of their
    colours; ``ranked`` puts the largest first; ``names`` are what columns are called, ``note`` is what a reader of the
    chart has to know.

    In a network, lines lead from the thing in ``x`` to that in ``y``, and ``series`` says what relates them. A pivot
    has ``x`` at its left, ``series`` above, and in its cells the ``aggregate`` of ``y``: the sum of numbers, the count
    of rows, or what comes first; where it is None, the sum if there are numbers, else the count.
    """

    mark: Mark
    x: tuple[str, ...]
    y: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    until: str = ""
    frame: str = ""
    order: tuple[str, ...] = ()
    ranked: bool = False
    aggregate: Aggregate | None = None
    unit: Translations | None = None
    names: Mapping[str, Translations] = field(default_factory=dict)
    note: Translations | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What a column is called above its values, and the symbol of what its numbers count (``€``, ``%``), if any."""

    label: Translations
    symbol: str = ""

    def text(self, language: str) -> str:
        """The heading in a language.

        >>> Heading({"fr": "Alloué", "en": "Allocated"}, "€").text("fr")
        'Alloué (€)'
        """
        label = self.label[language]
        return f"{label} ({self.symbol})" if self.symbol else label


class ParameterType(StrEnum):
    """What a parameter takes."""

    ENTITY = "entity"  # state:FRA, or any absolute IRI
    CONCEPT = "concept"  # military, category:military, or the IRI
    YEAR = "year"
    LANGUAGE = "language"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: the block ``VALUES ?name { … }`` of the query, whose content a reader may replace.

    ``default`` is what that block holds in the file, written as a reader would give it; empty (``UNDEF``) means any.
    """

    name: str
    type: ParameterType
    label: Translations
    default: tuple[str, ...]
    class_name: str | None = None
    scheme: str | None = None
    enumeration: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """The values to choose from, where they are known without asking the graph."""
        if self.enumeration:
            return self.enumeration
        if self.type is ParameterType.LANGUAGE:
            return LANGUAGES
        if self.type is ParameterType.CONCEPT and self.scheme:
            return tuple(f"{self.scheme}:{concept}" for concept in CONCEPT_SCHEMES[self.scheme])
        return ()

    def listing(self, language: str) -> str | None:
        """A query for the values to choose from, as ``?value`` and ``?label``; None where there is nothing to list."""
        if self.type is not ParameterType.ENTITY or self.enumeration:
            return None
        names = [self.class_name] if self.class_name else ["State", "Organisation", "Person", "Equipment"]
        classes = " ".join(binding.iri(ONTOLOGY + name) for name in names)
        return (
            "SELECT DISTINCT ?value ?label WHERE {\n"
            f"  VALUES ?top {{ {classes} }}\n"
            f"  ?class {binding.iri(PREFIXES['rdfs'] + 'subClassOf')}* ?top .\n"
            f"  ?value a ?class ; {binding.iri(PREFIXES['rdfs'] + 'label')} ?label .\n"
            f"  FILTER (LANG(?label) = {binding.literal(language)})\n"
            "}\nORDER BY LCASE(STR(?label))"
        )

    def members(self, terms: Sequence[str]) -> str | None:
        """A query for those of some terms that a reader may give, as ``?value``; None where `term` says all there is.

        An entity must be an instance of the declared class or, where none is declared, something that the graph knows.
        """
        if self.type is not ParameterType.ENTITY or not terms:
            return None
        subclass = binding.iri(PREFIXES["rdfs"] + "subClassOf")
        told = (
            f"?value a ?class . ?class {subclass}* {binding.iri(ONTOLOGY + self.class_name)}"
            if self.class_name
            else "?value ?property ?object"
        )
        return f"SELECT DISTINCT ?value WHERE {{ VALUES ?value {{ {' '.join(terms)} }} {told} }}"

    def term(self, value: str) -> str:
        """A value as a SPARQL term.

        Raises `SavedQueryError` for a value outside the parameter's type or enumeration.
        """
        where = f"parameter {self.name}"
        match self.type:
            case ParameterType.ENTITY:
                term = binding.entity(value, where=where)
            case ParameterType.CONCEPT:
                term = binding.concept(value, self.scheme or "", where=where)
            case ParameterType.YEAR:
                term = binding.year(value, where=where)
            case ParameterType.LANGUAGE:
                term = binding.language(value, where=where)
            case ParameterType.TEXT:
                term = binding.literal(value)
        if self.enumeration and term not in {self._unchecked(choice) for choice in self.enumeration}:
            raise SavedQueryError(f"the value {value!r} is not offered", where=where, expected=", ".join(self.choices))
        return term

    def _unchecked(self, choice: str) -> str:
        return Parameter(name=self.name, type=self.type, label=self.label, default=(), scheme=self.scheme).term(choice)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """One saved query. ``name`` is the stem of its file, ``theme`` the folder, ``text`` the query without its head.

    ``headings`` are those of its columns that have one; ``sort`` names those by which a page sorts the rows.
    """

    name: str
    theme: str
    summary: Translations
    description: Translations
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    view: View
    chart: Chart | None
    checks: tuple[Mapping[str, Cell], ...]
    form: QueryForm
    columns: tuple[str, ...]
    headings: Mapping[str, Heading]
    sort: tuple[str, ...]
    text: str
    source: str

    def spoken(self, language: str) -> SavedQuery:
        """The query whose texts are in a language where nobody asks for another; the same if it does not take one."""
        taken = {item.name: [language] for item in self.parameters if item.type is ParameterType.LANGUAGE}
        if not taken:
            return self
        given = (replace(item, default=(language,)) if item.name in taken else item for item in self.parameters)
        return replace(self, text=self.bind(taken), parameters=tuple(given))

    def bind(self, values: Mapping[str, Sequence[str]]) -> str:
        """The query with the given values in place of its defaults; an empty value, or none, keeps the default.

        Several values for one parameter mean any of them. Each value becomes one term of the block
        ``VALUES ?name { … }`` of its parameter; nothing else of the text changes.

        Raises `SavedQueryError` for an unknown parameter and for a value outside its type.
        """
        by_name = {parameter.name: parameter for parameter in self.parameters}
        unknown = sorted(values.keys() - by_name.keys())
        if unknown:
            raise SavedQueryError(
                f"{self.name} has no parameter {', '.join(unknown)}",
                expected=", ".join(by_name) or "no parameter at all",
                remedy="leave it out, or look at the list of its parameters",
            )
        terms = {
            name: [by_name[name].term(value) for value in given if value.strip()] for name, given in values.items()
        }
        return binding.replace(self.text, {name: found for name, found in terms.items() if found})
