"""The syntax tree of a query, as far as rewriting needs it: each node knows its place in the text.

What a rule does not touch stays in the text as it was written, so terms and expressions are kept by their place alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass(slots=True)
class Term:
    """A subject, a predicate or an object.

    ``kind`` is ``variable``, ``iri``, ``literal``, ``blank`` or ``path``. ``value`` is the name of a variable, the
    absolute IRI if it is known, and the label of a blank node.
    """

    kind: str
    text: str
    value: str | None = None
    steps: tuple[str, ...] = ()
    """The parts of a path that is a sequence."""

    @property
    def constant(self) -> bool:
        """Whether it is an IRI or a literal."""
        return self.kind in {"iri", "literal"}


@dataclass(slots=True)
class Triple:
    """A triple pattern, or a property path between two terms."""

    subject: Term
    predicate: Term
    object: Term

    @property
    def terms(self) -> tuple[Term, Term, Term]:
        """Its three terms."""
        return self.subject, self.predicate, self.object

    @property
    def variables(self) -> set[str]:
        """The names of its variables; blank nodes are none."""
        return {term.value for term in self.terms if term.kind == "variable" and term.value}

    @property
    def text(self) -> str:
        """The pattern as a query has it."""
        return f"{self.subject.text} {self.predicate.text} {self.object.text}"


@dataclass(slots=True)
class Node:
    """A part of the query from ``start`` up to ``end``, in characters."""

    start: int
    end: int


@dataclass(slots=True)
class Triples(Node):
    """Triple patterns that stand together. ``opaque`` says that there are more of them than ``patterns`` has."""

    patterns: list[Triple] = field(default_factory=list)
    opaque: bool = False
    variables: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Expression(Node):
    """An expression: the variables in it, its words in capitals, its tokens, and the patterns of its ``EXISTS``."""

    variables: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    tokens: list[tuple[str, str]] = field(default_factory=list)
    exists: list[Exists] = field(default_factory=list)


@dataclass(slots=True)
class Exists(Node):
    """``EXISTS { … }`` or ``NOT EXISTS { … }``."""

    negated: bool
    group: Group


@dataclass(slots=True)
class Filter(Node):
    """A ``FILTER`` with its expression."""

    expression: Expression

    @property
    def exists(self) -> Exists | None:
        """The ``EXISTS`` that is the whole condition."""
        found = self.expression.exists
        alone = len(found) == 1 and found[0].start == self.expression.start and found[0].end == self.expression.end
        return found[0] if alone else None


@dataclass(slots=True)
class Optional(Node):
    """``OPTIONAL { … }``."""

    group: Group


@dataclass(slots=True)
class Minus(Node):
    """``MINUS { … }``."""

    group: Group


@dataclass(slots=True)
class Union(Node):
    """Groups joined by ``UNION``; one alone is a group within a group."""

    groups: list[Group]


@dataclass(slots=True)
class Graph(Node):
    """``GRAPH name { … }``."""

    name: Term
    group: Group


@dataclass(slots=True)
class Bind(Node):
    """``BIND (expression AS ?variable)``."""

    expression: Expression
    variable: str


@dataclass(slots=True)
class Values(Node):
    """``VALUES``: its variables, those of them that a row may leave open, how many rows there are, its data."""

    variables: list[str]
    open: set[str]
    rows: int


@dataclass(slots=True)
class Group(Node):
    """What stands in braces."""

    elements: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class Item(Node):
    """What is selected, or grouped by: a variable, with the expression that gives it if there is one."""

    variable: str | None
    expression: Expression | None = None


@dataclass(slots=True)
class Order(Node):
    """A condition of ``ORDER BY``."""

    descending: bool
    expression: Expression


@dataclass(slots=True)
class Select(Node):
    """A query, or a ``SELECT`` within a group; ``items`` is None for ``*``."""

    form: str
    where: Group
    distinct: bool = False
    items: list[Item] | None = None
    keys: list[Item] = field(default_factory=list)
    having: list[Expression] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    limit: int | None = None
    offset: int | None = None
    values: Values | None = None
    outer: bool = False
    """Whether it is the query itself."""
    template: Triples | None = None
    """What a ``CONSTRUCT`` makes of each solution."""
    short: bool = False
    """Whether the pattern is the template too: ``CONSTRUCT WHERE { … }``."""

    @property
    def expressions(self) -> Iterator[Expression]:
        """All expressions outside of the pattern."""
        for item in (*(self.items or ()), *self.keys):
            if item.expression:
                yield item.expression
        yield from self.having
        yield from (condition.expression for condition in self.order)


Element = Triples | Filter | Optional | Minus | Union | Graph | Bind | Values | Select


@dataclass
class Query:
    """A whole query: its text, its prefixes, and its body."""

    text: str
    prefixes: dict[str, str]
    body: Select

    def resolved(self, name: str) -> str | None:
        """The IRI that a token stands for, written whole or with a prefix; None if that cannot be told."""
        if name.startswith("<"):
            return None if "\\" in name else name[1:-1]
        prefix, _, local = name.partition(":")
        namespace = self.prefixes.get(prefix)
        return None if namespace is None or "\\" in local else namespace + local

    @cached_property
    def selects(self) -> list[tuple[Select, bool]]:
        """The query and each ``SELECT`` in it, and whether it reads the default graph, as far as it can be told."""
        return [*_selects(self.body, plain=True)]

    @cached_property
    def groups(self) -> list[Context]:
        """Every group, outer ones first."""
        outer = Context(self.body.where, self.body)
        inner = (context for expression in self.body.expressions for context in _inside(expression, outer))
        return [*_groups(self.body.where, outer), *inner]


@dataclass(slots=True)
class Context:
    """A group and where it stands: the ``SELECT`` around it, and what its surroundings give by substitution.

    ``around`` are the groups whose solutions are put into this one, since it is the pattern of an ``EXISTS``;
    ``star`` says that some ``SELECT *`` shows all its variables; ``optional`` that it is that of an ``OPTIONAL``, whose
    filters see what is outside; ``graph`` that it stands in a ``GRAPH``.
    """

    group: Group
    select: Select
    around: tuple[Group, ...] = ()
    star: bool = False
    optional: bool = False
    graph: bool = False


def _selects(select: Select, *, plain: bool) -> Iterator[tuple[Select, bool]]:
    yield select, plain
    yield from _selects_in(select.where, plain=plain)


def _selects_in(group: Group, *, plain: bool) -> Iterator[tuple[Select, bool]]:
    for element in group.elements:
        if isinstance(element, Select):
            yield from _selects(element, plain=plain)
        elif isinstance(element, Graph):
            yield from _selects_in(element.group, plain=False)
        else:
            for inner in inner_groups(element):
                yield from _selects_in(inner, plain=plain)


def inner_groups(element: Element) -> list[Group]:
    """The groups that an element of a group has of its own; those in expressions and in a ``SELECT`` are not."""
    if isinstance(element, (Optional, Minus, Graph)):
        return [element.group]
    return element.groups if isinstance(element, Union) else []


def _groups(group: Group, outer: Context, *, optional: bool = False, graph: bool = False) -> Iterator[Context]:
    """The contexts of a group and of those in it; ``outer`` has what is the same for all within a ``SELECT``."""
    star = outer.star or outer.select.items is None
    here = Context(group, outer.select, outer.around, star, optional, outer.graph or graph)
    yield here
    for element in group.elements:
        if isinstance(element, Triples):
            continue
        if isinstance(element, (Filter, Bind)):
            yield from _inside(element.expression, here)
        elif isinstance(element, Select):
            select = Context(element.where, element, outer.around, star, graph=here.graph)
            yield from _groups(element.where, select)
            for expression in element.expressions:
                yield from _inside(expression, select)
        else:
            for inner in inner_groups(element):
                options = {"optional": isinstance(element, Optional), "graph": isinstance(element, Graph)}
                yield from _groups(inner, here, **options)


def _inside(expression: Expression, outer: Context) -> Iterator[Context]:
    for exists in expression.exists:
        around = (*outer.around, outer.group)
        yield from _groups(exists.group, Context(exists.group, outer.select, around, outer.star, graph=outer.graph))
