"""A pattern of several parts within ``EXISTS`` becomes a chain of ``EXISTS``, so that each part begins where it is
bound.

``EXISTS { ?a ex:p ?b . ?b ex:q ?c }`` becomes ``EXISTS { ?a ex:p ?b FILTER EXISTS { ?b ex:q ?c } }``, and a path
``ex:p/ex:q`` is taken apart. The engine evaluates the parts of an ``EXISTS`` one by one, each with what is bound
outside and without what the others bind: for every row it looks at all triples of the second part.

*Conditions.* The pattern has triple patterns and filters without ``BOUND`` or ``EXISTS`` alone, and one of its parts
has no variable that is bound outside, or is a sequence.

*Why it is equal.* ``EXISTS`` is true if the pattern has a solution after what is bound outside was substituted
(18.6, exists). A basic graph pattern has a solution μ if and only if its first triple pattern has a solution μ₁, and
the others, with μ₁ substituted, have one (18.3.1: μ is a solution if μ(pattern) is part of the graph; triple by
triple). Multiplicities do not matter. A sequence of paths is a basic graph pattern with a variable between
(18.2.2.4). A filter is evaluated where all its variables are bound or where nothing more will be.
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule, fresh
from kg.serve.rewriting.scope import certain, simple, volatile
from kg.serve.rewriting.statistics import Statistics, patterns_of
from kg.serve.rewriting.syntax import Bind, Context, Exists, Filter, Query, Term, Triple


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The patterns within ``EXISTS`` that can be taken apart."""
    edits: list[Edit] = []
    for exists, bound in _places(query):
        edit = _nested(query.text, exists, bound, statistics)
        if edit:
            edits.append(edit)
    return edits


def _places(query: Query) -> list[tuple[Exists, set[str]]]:
    """Each ``EXISTS``, with the variables that are bound where it stands."""
    found = []
    for context in query.groups:
        for index, element in enumerate(context.group.elements):
            if isinstance(element, Filter):
                bound = _around(context) | certain(context.group.elements)
                found += [(exists, bound) for exists in element.expression.exists]
            elif isinstance(element, Bind):
                bound = _around(context) | certain(context.group.elements[:index])
                found += [(exists, bound) for exists in element.expression.exists]
    for select, _ in query.selects:
        bound = certain(select.where.elements)
        found += [(exists, bound) for each in select.expressions for exists in each.exists]
    return found


def _around(context: Context) -> set[str]:
    return set().union(*(certain(group.elements) for group in context.around))


def _nested(text: str, exists: Exists, bound: set[str], statistics: Statistics) -> Edit | None:
    if not simple(exists.group):
        return None
    filters = [element for element in exists.group.elements if isinstance(element, Filter)]
    if any(volatile(each.expression) for each in filters):
        return None
    patterns = [*patterns_of(exists.group)]
    if not any(pattern.predicate.steps[1:] or not pattern.variables & bound for pattern in patterns):
        return None
    parts = _parts(text, patterns)
    if len(parts) < 2:
        return None
    ordered = _ordered(parts, bound, statistics)
    written = _written(text, ordered, filters)
    return Edit(exists.group.start, exists.group.end, written, "each part of the pattern begins where it is bound")


def _parts(text: str, patterns: list[Triple]) -> list[Triple]:
    """The patterns with their sequences taken apart, and variables in place of the labels of blank nodes."""
    stem = fresh(text, "step")
    parts: list[Triple] = []
    for number, pattern in enumerate(patterns):
        subject, target = (_named(term, stem) for term in (pattern.subject, pattern.object))
        steps = pattern.predicate.steps
        if len(steps) < 2:
            parts.append(Triple(subject, pattern.predicate, target))
            continue
        between = [_variable(f"{stem}_{number}_{index}") for index in range(1, len(steps))]
        ends = [subject, *between, target]
        for step, first, second in zip(steps, ends, ends[1:], strict=False):
            parts.append(Triple(first, Term("path", step), second))
    return parts


def _named(term: Term, stem: str) -> Term:
    labelled = term.kind == "blank" and term.text.startswith("_:")
    return _variable(f"{stem}_{term.text[2:].encode().hex()}") if labelled else term


def _variable(name: str) -> Term:
    return Term("variable", f"?{name}", name)


def _ordered(parts: list[Triple], bound: set[str], statistics: Statistics) -> list[Triple]:
    """The parts in the order in which each has the most that is bound."""
    left, ordered, known = [*parts], [], set(bound)
    while left:
        best = min(left, key=lambda part: _rank(part, known, statistics))
        left.remove(best)
        ordered.append(best)
        known |= best.variables
    return ordered


def _rank(part: Triple, known: set[str], statistics: Statistics) -> tuple[int, float]:
    first, second = (term.constant or term.value in known for term in (part.subject, part.object))
    if first or second:
        connected = not part.variables.isdisjoint(known)
        rank = 0 if first and second else 1 if first else 2
        return (rank, 0) if connected else (3, statistics.matches(part))
    return 4, statistics.matches(part)


def _written(text: str, ordered: list[Triple], filters: list[Filter]) -> str:
    known: set[str] = set()
    pieces: list[str] = []
    left = [*filters]
    every = set().union(*(part.variables for part in ordered))
    for number, part in enumerate(ordered):
        known |= part.variables
        last = number == len(ordered) - 1
        ready = [each for each in left if last or each.expression.variables & every <= known]
        left = [each for each in left if each not in ready]
        conditions = "".join(f" {text[each.start : each.end]}" for each in ready)
        pieces.append(f"{{ {part.text}{conditions}")
    return " FILTER EXISTS ".join(pieces) + " }" * len(pieces)


RULE = Rule("existence", find, reorders=False)
