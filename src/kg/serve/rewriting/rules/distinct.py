"""Beside ``DISTINCT``, what a pattern leads to is made distinct before it is joined with more.

``SELECT DISTINCT ?d ?n { ?a ex:donor ?d . ?d ex:name ?n }`` becomes ``SELECT DISTINCT ?d ?n { { SELECT DISTINCT ?d {
?a ex:donor ?d } } ?d ex:name ?n }``: names are looked up once for each donor, not for each gift.

*Conditions.* The query, or the ``SELECT``, is ``DISTINCT`` and groups nothing; the pattern has a given predicate and
two variables, of which one stands nowhere else, and the other in another pattern of the block; no pattern of the
block has a constant end, by which the engine would begin; the pattern finds not many times more triples than the
rarest of the others, more than a few, and several for each value of the other.

*Why it is equal.* The variable that stands nowhere else is not projected and meets no other part, so a solution of
the other patterns is in the answer if and only if one of the pattern is compatible with it; which, and how many,
does not matter, since Distinct leaves one of equal solutions (18.5: Join, Project, Distinct).
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.scope import in_expression, mentioned
from kg.serve.rewriting.statistics import Statistics, known
from kg.serve.rewriting.syntax import Query, Select, Triple, Triples

_FEW = 1000
"""Triples up to which the pattern may stay."""
_TIMES = 4
_REPEATED = 4
"""How many triples there must be for each of the different values, where that is known."""


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The patterns in a query of which only one end matters."""
    edits: list[Edit] = []
    for select, _ in query.selects:
        plain = select.distinct and select.form == "SELECT" and select.items is not None
        if plain and not (select.keys or select.having or any(each.words & _AGGREGATES for each in select.expressions)):
            for element in select.where.elements:
                if isinstance(element, Triples) and not element.opaque:
                    edits += _block(select, element, statistics)
    return edits


_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


def _block(select: Select, block: Triples, statistics: Statistics) -> list[Edit]:
    others = [element for element in select.where.elements if element is not block]
    elsewhere = mentioned(others) | _outside(select)
    if len(block.patterns) < 2 or any(term.constant for each in block.patterns for term in (each.subject, each.object)):
        return []
    for triple in block.patterns:
        rest = [each for each in block.patterns if each is not triple]
        shared = _shared(triple, set().union(*(each.variables for each in rest)), elsewhere)
        found = statistics.matches(triple)
        few = statistics.different(triple, shared) if shared else None
        if few is not None and few * _REPEATED > found:
            continue
        if shared and known(found) and _FEW < found <= _TIMES * min(map(statistics.matches, rest)):
            table = f"{{ SELECT DISTINCT ?{shared} {{ {triple.text} }} }} "
            written = table + " . ".join(each.text for each in rest)
            return [Edit(block.start, block.end, written, f"of {triple.text} only the values of ?{shared} matter")]
    return []


def _shared(triple: Triple, near: set[str], elsewhere: set[str]) -> str | None:
    """The variable of a pattern that others have, if its other end is a variable that nothing else has."""
    ends = [term.value for term in (triple.subject, triple.object) if term.kind == "variable"]
    if triple.predicate.kind != "iri" or len(ends) != 2 or ends[0] == ends[1]:
        return None
    private = [name for name in ends if name not in near | elsewhere]
    shared = [name for name in ends if name in near]
    return shared[0] if len(private) == 1 and shared else None


def _outside(select: Select) -> set[str]:
    """The variables of a ``SELECT`` outside of its pattern."""
    found = {item.variable for item in select.items or () if item.variable}
    found |= set(select.values.variables) if select.values else set()
    return found.union(*(in_expression(expression) for expression in select.expressions))


RULE = Rule("distinct", find, reorders=True)
