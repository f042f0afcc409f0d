"""Beside a large ``VALUES``, patterns with a given object become conditions, or the table is joined as a whole.

The engine takes a pattern with one given end for a thousand triples. From a thousand rows of ``VALUES`` on it
therefore begins with the pattern, and goes through the whole table for each triple.

*Conditions.* The table leaves nothing open. The variable of the pattern is bound by the table or by other patterns
that are joined with it before anything else stands. A table behind the query is moved into the pattern if nothing is
grouped and the pattern binds all its variables always.

*Why it is equal.* A triple pattern with one variable that is bound elsewhere adds no binding, and has one solution
or none for each value, since a graph is a set: joining it keeps the solutions for which it exists, each once (Join,
18.5; exists, 18.6). A table in a ``SELECT`` of all its columns is that table (Project, 18.5). A table behind the
query is joined with what the pattern gives (18.2.4.3), as one at the end of the group is.
"""

from __future__ import annotations

from kg.serve.rewriting.edits import Edit, Rule
from kg.serve.rewriting.scope import certain
from kg.serve.rewriting.statistics import Statistics, known
from kg.serve.rewriting.syntax import Element, Filter, Group, Query, Select, Triple, Triples, Values

_LARGE = 900
"""Rows of a table from which on it is looked after."""


def find(query: Query, statistics: Statistics) -> list[Edit]:
    """The groups with a large table."""
    edits: list[Edit] = []
    for select, _ in query.selects:
        if select.values and select.values.rows > _LARGE and not select.values.open:
            edits += _behind(query.text, select, select.values, statistics)
    for context in query.groups:
        tables = [each for each in context.group.elements if isinstance(each, Values)]
        large = [each for each in tables if each.rows > _LARGE and not each.open]
        if large and len(tables) == 1 and not context.around:
            edits += _within(query.text, context.group, large[0], statistics)
    return edits


def _behind(text: str, select: Select, values: Values, statistics: Statistics) -> list[Edit]:
    """A table behind the query, moved into its pattern together with what that asks for."""
    group = select.where
    bound = certain(group.elements)
    grouped = select.keys or select.having or any(each.words & _AGGREGATES for each in select.expressions)
    if (
        grouped
        or not set(values.variables) <= bound
        or any(isinstance(each, (Select, Values)) for each in group.elements)
    ):
        return []
    edits = _within(text, group, values, statistics, inside=False)
    if not edits:
        return []
    table = next((edit for edit in edits if edit.start == values.start and edit.end > edit.start), None)
    written = table.text if table else f" {text[values.start : values.end]} "
    rest = [edit for edit in edits if edit is not table]
    return [
        *rest,
        Edit(group.start + 1, group.start + 1, written, _REASON),
        Edit(values.start, values.end, "", _REASON),
    ]


_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_REASON = "the table is large: the engine would go through it again and again"


def _within(text: str, group: Group, values: Values, statistics: Statistics, *, inside: bool = True) -> list[Edit]:
    joined = _joined(group.elements)
    if inside and values not in joined:
        return []
    blocks = [each for each in joined if isinstance(each, Triples) and not each.opaque]
    narrow = [(block, triple) for block in blocks for triple in block.patterns if _is_narrow(triple)]
    least = min((statistics.matches(triple) for _, triple in narrow), default=None)
    if least is None:
        return []
    if least * 2 < values.rows and known(least):
        columns = " ".join(f"?{name}" for name in values.variables)
        written = f" {{ SELECT {columns} {{ {text[values.start : values.end]} }} }} "
        return [Edit(values.start, values.end, written, _REASON)]
    return _conditions(joined, [*blocks], narrow, values)


def _joined(elements: list[Element]) -> list[Element]:
    """The elements at the beginning of a group that are simply joined."""
    found: list[Element] = []
    for element in elements:
        if not isinstance(element, (Triples, Values, Filter)):
            break
        found.append(element)
    return found


def _is_narrow(triple: Triple) -> bool:
    """Whether a pattern has one variable, at one of its ends."""
    ends = (triple.subject, triple.object)
    kinds = sorted(term.kind for term in ends)
    return triple.predicate.kind == "iri" and kinds in (["iri", "variable"], ["literal", "variable"])


def _conditions(
    joined: list[Element], blocks: list[Triples], narrow: list[tuple[Triples, Triple]], values: Values
) -> list[Edit]:
    conditions = [triple for _, triple in narrow]
    kept = set(values.variables)
    for block in blocks:
        kept |= set().union(*(triple.variables for triple in block.patterns if triple not in conditions))
    kept |= set().union(*(each.variables for each in joined if isinstance(each, Triples) and each.opaque))
    edits = []
    for block in blocks:
        turned = [triple for triple in block.patterns if triple in conditions and triple.variables <= kept]
        if not turned:
            continue
        plain = " . ".join(triple.text for triple in block.patterns if triple not in turned)
        filters = " ".join(f"FILTER EXISTS {{ {triple.text} }}" for triple in turned)
        edits.append(Edit(block.start, block.end, f"{plain} {filters}".strip(), _REASON))
    return edits


RULE = Rule("bindings", find, reorders=True)
