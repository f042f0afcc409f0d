"""``OPTIONAL { B } FILTER(!BOUND(?v))`` becomes ``FILTER NOT EXISTS { B }``.

The engine gives every match of B before it drops it; the first one is enough.

*Conditions.* B has triple patterns and filters without ``BOUND`` or ``EXISTS`` alone, and binds ``?v``. Each
variable of B is bound in every solution before the ``OPTIONAL``, or stands nowhere in the group but in B and, ``?v``
alone, in the filter. No ``SELECT *`` shows them; within another group, the variables of B alone stand nowhere else
in the query. The group is not that of an ``OPTIONAL``, nor within an ``EXISTS``.

*Why it is equal.* LeftJoin (18.5) extends a solution by each compatible one of B, which binds ``?v``, and keeps it
as it is if there is none. The filter keeps the latter alone: those for which B has no compatible solution that its
filters let pass. That is what ``NOT EXISTS`` tells, since B's variables are bound or free to match (18.6). The
variables of B alone are unbound in what is kept, as they are if they do not stand there.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.scope import certain, mentioned, simple, volatile, written_outside
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Context, Element, Filter, Optional, Query


def find(query: Query, _: Statistics) -> list[Edit]:
    """The optional patterns of a query that must not match."""
    edits: list[Edit] = []
    for context in query.groups:
        if not (context.around or context.optional or context.star):
            edits += _in_group(query, context)
    return edits


def _in_group(query: Query, context: Context) -> Iterator[Edit]:
    elements = context.group.elements
    taken: set[str] = set()
    for element in elements:
        name = _unbound(element) if isinstance(element, Filter) else None
        if name is None or name in taken:
            continue
        for index, optional in enumerate(elements):
            others = [each for each in elements if each is not element and each is not optional]
            if not isinstance(optional, Optional) or _leaks(
                query, context, optional, element, certain(elements[:index])
            ):
                continue
            if _fits(optional, name, certain(elements[:index]), mentioned(others), context):
                taken.add(name)
                reason = f"?{name} is to be unbound: the first match is enough"
                written = f"FILTER NOT EXISTS {query.text[optional.group.start : optional.group.end]}"
                yield Edit(optional.start, optional.end, written, reason)
                yield Edit(element.start, element.end, "FILTER(true)", reason)
                break


def _leaks(query: Query, context: Context, optional: Optional, element: Element, before: set[str]) -> bool:
    """Whether a variable of the optional pattern alone stands outside of a group within the query as well."""
    alone = mentioned(optional.group.elements) - before
    return context.group is not query.body.where and written_outside(query, alone, optional, element)


def _unbound(element: Filter) -> str | None:
    """The variable of a condition ``!BOUND(?v)``."""
    tokens = element.expression.tokens
    while len(tokens) > 2 and tokens[0] == ("sign", "(") and tokens[-1] == ("sign", ")"):
        tokens = tokens[1:-1]
    written = [text.upper() if kind == "word" else text for kind, text in tokens]
    if len(tokens) == 5 and written[:3] == ["!", "BOUND", "("] and tokens[3][0] == "variable":
        return written[3][1:]
    return None


def _fits(optional: Optional, name: str, before: set[str], elsewhere: set[str], context: Context) -> bool:
    inner = optional.group
    if not simple(inner):
        return False
    alone = mentioned(inner.elements) - before
    filters = [element.expression for element in inner.elements if isinstance(element, Filter)]
    given = {item.variable for item in context.select.items or () if item.expression}
    return (
        name in alone
        and name in certain(inner.elements)
        and alone.isdisjoint(elsewhere)
        and alone.isdisjoint(given)
        and not any(volatile(each) for each in filters)
    )


RULE = Rule("unbound", find, reorders=True)
