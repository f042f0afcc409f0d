"""Rewriting a query before the engine plans it: rule after rule, each on the text that the last one left."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.serve.rewriting.columns import Answer
from kg.serve.rewriting.edits import Edit, Rule, apply
from kg.serve.rewriting.parsing import parse
from kg.serve.rewriting.rules import (
    bindings,
    columns,
    counts,
    difference,
    distinct,
    equality,
    existence,
    implied,
    kinds,
    order,
    top,
    unbound,
)
from kg.serve.rewriting.statistics import Statistics
from kg.serve.rewriting.syntax import Query, Values

RULES: tuple[Rule, ...] = (
    counts.RULE,
    columns.RULE,
    equality.RULE,
    implied.RULE,
    unbound.RULE,
    difference.RULE,
    difference.JOINS,
    existence.RULE,
    bindings.RULE,
    kinds.RULE,
    top.RULE,
    distinct.RULE,
    order.RULE,
)
"""All rules, in the order in which they are tried."""

_KEPT = 256
"""Rewritings that are remembered."""
_LONG = 8 * 1024
"""Characters of a query beyond which its rewriting is not remembered."""
_ROWS = 100
"""Rows of a table beyond which it is large."""
_WHOLE = "the whole answer is told by columns"
_PICKS = frozenset({"SAMPLE", "GROUP_CONCAT"})

_MAY_APPLY = re.compile(
    r"[;,]|\.(?=\s*+[^\s}\w])|\{\s*+[?$]\w++\s++[^\s{}]\S*+\s++[?$]"
    r"|\b(?:COUNT|DISTINCT|FILTER|MINUS|EXISTS|VALUES|ORDER|GROUP)\b",
    re.IGNORECASE,
)
"""What a query has if any rule may apply: a pattern of two variables, more than one, or a word. Others are not read."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What became of a query: its new text, and the rules that were applied with their reasons, in order.

    If there is an ``answer``, it is that of the query, and the text is no more than what tells whether it is valid.
    """

    text: str
    applied: tuple[Mapping[str, str], ...] = ()
    answer: Answer | None = None


class Rewriter:
    """Rewrites queries on one store, as its statistics advise."""

    def __init__(self, statistics: Statistics, rules: Sequence[Rule] = RULES) -> None:
        self._statistics = statistics
        self._rules = rules
        self._kept: OrderedDict[str, Rewriting] = OrderedDict()

    def rewrite(self, text: str) -> Rewriting:
        """The query in the text that is run in its place; the text itself if no rule applies or it is not understood.

        The query must read the store as it is, without ``FROM`` or another dataset, and give the same each time.
        """
        kept = self._kept.get(text)
        if kept:
            self._kept.move_to_end(text)
            return kept
        made = self._rewritten(text)
        if len(text) <= _LONG and not made.answer:
            self._kept[text] = made
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return made

    def _rewritten(self, text: str) -> Rewriting:
        query = parse(text) if _MAY_APPLY.search(text) else None
        if query is None:
            return Rewriting(text)
        loose = _order_matters(query)
        applied: list[dict[str, str]] = []
        for rule in self._rules:
            if query.body.short and not rule.answers:
                continue
            fixed = rule.reorders and loose
            if fixed and not (rule.is_long and rule.is_long(query)):
                continue
            edits = rule.find(query, self._statistics)
            if isinstance(edits, Answer):
                return Rewriting(without_data(query), (*applied, {"rule": rule.name, "reason": _WHOLE}), edits)
            if not edits or fixed:
                continue
            made = apply(query.text, edits)
            reasons = dict.fromkeys(edit.reason for edit in edits)
            if (edits[0].start, edits[0].end) == (query.body.start, query.body.end):  # of which nothing is left
                return Rewriting(made, (*applied, *({"rule": rule.name, "reason": reason} for reason in reasons)))
            changed = parse(made)
            if changed is None:
                logger.warning("the rule %s gives a text that cannot be read: %s", rule.name, text)
                continue
            query = changed
            applied += [{"rule": rule.name, "reason": reason} for reason in reasons]
        return Rewriting(query.text, tuple(applied))


def without_data(query: Query) -> str:
    """The text with large tables left empty: thousands of terms take longer to read than it takes to answer."""
    tables = [element for context in query.groups for element in context.group.elements if isinstance(element, Values)]
    tables += [select.values for select, _ in query.selects if select.values]
    large = [table for table in tables if table.rows > _ROWS]
    starts = (query.text.index("{", table.start) + 1 for table in large)
    return apply(
        query.text, [Edit(start, table.end - 1, "", _WHOLE) for start, table in zip(starts, large, strict=True)]
    )


def _order_matters(query: Query) -> bool:
    """Whether the answer depends on the order in which solutions happen to come."""
    return any(
        (not select.order and (select.limit is not None or select.offset is not None))
        or any(each.words & _PICKS for each in select.expressions)
        for select, _ in query.selects
    )
