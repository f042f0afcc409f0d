"""A list that is sorted by numbers among other values has its numbers at the end, and each part in its order.

``ORDER BY ?v`` becomes ``ORDER BY isNumeric(?v) ?v``. The engine compares two numbers by value, and a number with
another literal by their texts, which is no order: ``2 < 10``, ``10 < "1a"`` and ``"1a" < 2``. It gives up on a list
that is long enough for it to notice.

*Conditions.* The release has columns; the sort key is a variable; it is the object of a pattern in the group, or of an
``OPTIONAL`` in it, whose predicate is a variable, or has both numbers and other literals.

*Why it is equal.* SPARQL orders numbers by value, strings by their characters, and leaves open how a number stands to
another literal (15.1). What is unbound, a blank node or an IRI is no number and comes first, as it must.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.ground.columns import Columns, Kind
from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.statistics import Statistics, patterns_of
from kg.serve.rewriting.syntax import Group, Optional, Order, Query, Triple


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The sort keys of a query that may be numbers or not."""
    if not statistics.terms:
        return []
    edits = []
    for select, _ in query.selects:
        for order in select.order:
            name = _variable(order)
            patterns = [triple for triple in _patterns(select.where) if triple.object.value == name]
            if name and any(_is_mixed(triple, statistics.terms.columns) for triple in patterns):
                key = f"isNumeric(?{name})"
                written = f"DESC({key}) " if order.descending else f"{key} "
                edits.append(Edit(order.start, order.start, written, f"?{name} may be a number or not"))
    return edits


def _variable(order: Order) -> str | None:
    """The variable that a list is sorted by, None if it is more than that."""
    names = [text[1:] for kind, text in order.expression.tokens if kind == "variable"]
    rest = {text for kind, text in order.expression.tokens if kind != "variable"}
    return names[0] if len(names) == 1 and rest <= {"(", ")"} else None


def _patterns(group: Group) -> Iterator[Triple]:
    """The patterns of a group, and of what is optional in it."""
    yield from patterns_of(group)
    for element in group.elements:
        if isinstance(element, Optional):
            yield from _patterns(element.group)


def _is_mixed(triple: Triple, columns: Columns) -> bool:
    """Whether the objects of a pattern may be numbers and other literals."""
    if triple.predicate.kind != "iri" or triple.object.kind != "variable":
        return triple.object.kind == "variable" and triple.predicate.kind == "variable"
    relation = columns.relation(f"<{triple.predicate.value}>")
    if not relation:
        return False
    kinds = columns.kinds(relation.objects)
    # Of the kind OTHER there may be numbers, such as xsd:double, and others.
    return len({_GROUPS.get(kind, kind) for kind in kinds} - {Kind.BLANK, Kind.IRI}) > 1


_GROUPS = dict.fromkeys((Kind.DATE, Kind.INSTANT, Kind.LANGUAGE), Kind.TEXT)

RULE = Rule("kinds", find, reorders=False)
