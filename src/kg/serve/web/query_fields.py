"""The form of a saved query: its fields, what a reader gave to each, the values that this means, what is wrong with it.

A thing is taken by its name as well as by its prefixed name or IRI, so that the form needs no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from flask import request

from kg.ground.catalogue import Parameter, ParameterType, SavedQuery
from kg.ground.catalogue.binding import iri
from kg.ground.errors import SavedQueryError
from kg.ground.folding import surface
from kg.ground.terms import ONTOLOGY, shorten
from kg.serve.naming import Entry, search
from kg.serve.naming.entries import Sort
from kg.serve.naming.identifiers import resolve
from kg.serve.web.naming import names
from kg.serve.web.quality_pages import report
from kg.serve.web.site import site

MOST_LISTED = 40
"""Things that a list shows to choose from; where there are more, a field takes their names."""

KINDS = ("state", "org", "person", "equipment")
"""The kinds of things that are offered where the query asks for things of any class."""

_NAMED = {Sort.LABEL, Sort.ALIAS, Sort.HIDDEN, Sort.SHORT, Sort.CODE}
_MOST_OFFERED = 5
_LONGEST = 200  # characters of what was given, in a message


class Control(StrEnum):
    """How a field is filled in."""

    BOXES = "boxes"  # a box for each of a few choices
    LIST = "list"  # a list to choose one from, and one more for another
    THINGS = "things"  # a name, and one more for another
    TEXT = "text"  # any text


@dataclass(frozen=True, slots=True)
class Choice:
    """A value as the address has it, and what it is called."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was given that cannot be taken, why, and what may have been meant: names with addresses of this page."""

    given: str
    reason: str
    offers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One control of a field: its id, what stands in it, and what is wrong with that."""

    id: str
    value: str = ""
    name: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form: how it is filled in, what is chosen now, what holds if nothing is chosen (none: any)."""

    parameter: Parameter
    control: Control
    options: tuple[Choice, ...]
    chosen: tuple[Choice, ...]
    default: tuple[Choice, ...]
    troubles: tuple[Trouble, ...] = ()
    sort: str = ""
    """What /search.json calls the sort of the things that are taken."""

    @property
    def name(self) -> str:
        """The name of the parameter."""
        return self.parameter.name

    @property
    def held(self) -> frozenset[str]:
        """The values that the form shows as chosen: those given, else the default."""
        return frozenset(choice.value for choice in (self.chosen or self.default))

    @property
    def lines(self) -> list[Line]:
        """A control for each value that was given or, where none was, of the default; else an empty one."""
        shown = self.chosen or (() if self.troubles else self.default)
        told = [Line("", choice.value, choice.name) for choice in shown]
        told += [Line("", "", trouble.given, trouble) for trouble in self.troubles]
        first, *others = told or [Line("")]
        numbered = [replace(line, id=f"p-{self.name}-{number}") for number, line in enumerate(others, 2)]
        return [replace(first, id=f"p-{self.name}"), *numbered]

    @property
    def further(self) -> Line:
        """An empty control, for one value more."""
        return Line(f"p-{self.name}-more")

    @property
    def several(self) -> bool:
        """Whether more than one value makes sense: a label is wanted in one language."""
        return self.parameter.type is not ParameterType.LANGUAGE and self.control is not Control.TEXT

    @property
    def kinds(self) -> str:
        """The kinds of things that are offered, with spaces; empty where the class says it."""
        return "" if self.parameter.class_name else " ".join(KINDS)


def read_fields(query: SavedQuery, given: Mapping[str, Sequence[str]]) -> list[Field]:
    """The fields of a query with what a reader gave to each.

    Raises `QueryError` where the graph cannot be asked.
    """
    return [_field(parameter, _filled(given.get(parameter.name, ()))) for parameter in query.parameters]


def meant(fields: Iterable[Field], given: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What was given, with names as the values that they mean; parameters that the query does not have stay."""
    by_name = {field.name: [choice.value for choice in field.chosen] for field in fields}
    return {name: by_name.get(name, list(values)) for name, values in given.items() if _filled(values)}


def _filled(values: Iterable[str]) -> list[str]:
    """The values that say something, each once; an empty one keeps the default."""
    return list(dict.fromkeys(value.strip() for value in values if value.strip()))


def _field(parameter: Parameter, given: Sequence[str]) -> Field:
    options = _options(parameter)
    read = [_read(parameter, value, options) for value in given]
    chosen = [one for one in read if isinstance(one, str)]
    troubles = [one for one in read if isinstance(one, Trouble)]
    strangers = _strangers(parameter, chosen)
    troubles += [_stranger(parameter, value) for value in strangers]
    kept = list(dict.fromkeys(value for value in chosen if value not in strangers))
    called = {option.value: option.name for option in options}
    called |= _labels(parameter, [value for value in (*kept, *parameter.default) if value not in called])
    return Field(
        parameter,
        _control(parameter, options),
        options,
        tuple(Choice(value, called.get(value, value)) for value in kept),
        tuple(Choice(value, called.get(value, value)) for value in parameter.default),
        tuple(troubles),
        _sort(parameter),
    )


def _control(parameter: Parameter, options: Sequence[Choice]) -> Control:
    if parameter.type is ParameterType.CONCEPT:
        return Control.BOXES
    if parameter.type is ParameterType.ENTITY and len(options) > MOST_LISTED:
        return Control.THINGS
    return Control.LIST if options else Control.TEXT


def _sort(parameter: Parameter) -> str:
    """Sources are none of the classes by which things are searched, but a sort of their own."""
    if parameter.type is not ParameterType.ENTITY:
        return ""
    return {None: "entity", "Source": "source"}.get(parameter.class_name, parameter.class_name or "")


def _options(parameter: Parameter) -> tuple[Choice, ...]:
    if parameter.type is ParameterType.YEAR and not parameter.enumeration:
        return tuple(Choice(year, year) for year in _years())
    return tuple(Choice(value, name) for value, name in site().options(parameter))


def _years() -> list[str]:
    """The years of which the release asserts anything, the latest first."""
    return sorted(report()["years"], reverse=True)


def _labels(parameter: Parameter, values: Sequence[str]) -> dict[str, str]:
    """The names of values that no list has."""
    if parameter.type not in {ParameterType.ENTITY, ParameterType.CONCEPT}:
        return {}
    terms = {value: parameter.term(value)[1:-1] for value in values}
    labels = site().labels(terms.values()) if terms else {}
    return {value: labels[term] for value, term in terms.items() if term in labels}


def _read(parameter: Parameter, given: str, options: Sequence[Choice]) -> str | Trouble:
    """The value that something means which was given, or why there is none."""
    try:
        term = parameter.term(given)
    except SavedQueryError:
        if parameter.type is ParameterType.ENTITY:
            return _by_name(parameter, given, options)
        named = [option.value for option in options if surface(option.name) == surface(given)]
        return named[0] if len(named) == 1 else _refused(parameter, given)
    entity = parameter.type in {ParameterType.ENTITY, ParameterType.CONCEPT}
    return shorten(term[1:-1]) if entity else given


def _refused(parameter: Parameter, given: str) -> Trouble:
    t = site().texts
    if parameter.type is ParameterType.YEAR:
        return Trouble(given, t("field.no_year", value=given[:_LONGEST]))
    if parameter.type is ParameterType.TEXT:
        return Trouble(given, t("field.no_text"))
    return Trouble(given, t("field.no_choice", value=given[:_LONGEST]))


def _by_name(parameter: Parameter, given: str, options: Sequence[Choice]) -> str | Trouble:
    """The thing of the right sort that has a name; else what may be meant."""
    t = site().texts
    listed = [option for option in options if surface(option.name) == surface(given)]
    if len(listed) == 1:
        return listed[0].value
    keep = _keep(parameter)
    coded = [entry for entry in resolve(names(), given[:_LONGEST]) if keep(entry)]
    if len(coded) == 1:
        return shorten(coded[0].iri)
    found = search(names(), given[:_LONGEST], keep=keep, language=t.language, limit=_MOST_OFFERED)
    exact = [hit for hit in found if hit.key.name.sort in _NAMED and hit.key.surface == surface(given)]
    if len(exact) == 1:
        return shorten(exact[0].entry.iri)
    offers = [(hit.entry.label(t.language), shorten(hit.entry.iri)) for hit in exact or found]
    reason = t("field.several", value=given) if exact else t("field.unknown", value=given[:_LONGEST])
    return Trouble(given, reason, tuple((name, _instead(parameter, given, value)) for name, value in offers))


def _keep(parameter: Parameter) -> Callable[[Entry], bool]:
    """Which entries a parameter takes."""
    if parameter.class_name is None:
        return lambda entry: entry.kind in KINDS
    if parameter.class_name == "Source":
        return lambda entry: entry.group == "source"
    kind = ONTOLOGY + parameter.class_name
    return lambda entry: kind in entry.types


def _instead(parameter: Parameter, given: str, value: str) -> str:
    """The address of this page with a value in the place of what was given."""
    pairs = [
        (name, value if (name, other) == (parameter.name, given) else other)
        for name, other in request.args.items(multi=True)
    ]
    return f"{request.path}?{urlencode(pairs)}"


def _strangers(parameter: Parameter, values: Sequence[str]) -> set[str]:
    """The values that the graph does not know, or not as what the parameter takes."""
    terms = {value: parameter.term(value) for value in values}
    asked = parameter.members([*terms.values()])
    known = {iri(row["value"].value) for row in site().select(asked)} if asked else {*terms.values()}
    return {value for value, term in terms.items() if term not in known}


def _stranger(parameter: Parameter, value: str) -> Trouble:
    t = site().texts
    if parameter.class_name is None:
        return Trouble(value, t("field.no_thing", value=value[:_LONGEST]))
    name = ONTOLOGY + parameter.class_name
    kind = site().labels([name]).get(name, parameter.class_name)
    return Trouble(value, t("field.other_kind", value=value[:_LONGEST], kind=kind))
