"""What people think is no deed: a clause that tells a finding tells no aid, no measure and no stance besides."""

from __future__ import annotations

from collections.abc import Sequence

from kg.build.text.kinds.common import Found, Reader

_DEEDS = frozenset({"aid", "aid-share", "measure", "membership", "stance", "diplomatic-relation"})


def without_deeds_of_opinion(reader: Reader, found: Sequence[Found]) -> list[Found]:
    """The findings without those that read "58 % des Français approuvent l'envoi d'armes" as a delivery."""
    figures = {(item.sentence, item.at) for item in found if item.kind == "finding"}
    if not figures:
        return [*found]
    return [item for item in found if item.kind not in _DEEDS or not _in_clause_of_figure(reader, item, figures)]


def _in_clause_of_figure(reader: Reader, item: Found, figures: set[tuple[int, int]]) -> bool:
    """Whether the clause that governs an assertion also holds the figure of a finding."""
    clause = next((clause for clause in reader.clauses[item.sentence] if clause.begin <= item.at < clause.end), None)
    if clause is None:
        return False
    return any(sentence == item.sentence and clause.begin <= at < clause.end for sentence, at in figures)
