"""The sentences with which the page of a thing begins, made of what the graph says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from kg.ground.terms import ONTOLOGY, shorten
from kg.serve.results import Row
from kg.serve.web.entities.figures import Drawn
from kg.serve.web.texts import Texts

MOST_NAMED = 6
"""Names in a sentence; the relations below it have all."""

_MEMBER = ONTOLOGY + "memberOf"
_TOTALS = "published-totals-by-year"


def lead(
    thing: str,
    t: Texts,
    *,
    relations: Iterable[Row],
    labels: Mapping[str, str],
    figures: Iterable[Drawn],
    counted: Mapping[str, int],
) -> list[str]:
    """The sentences of a thing: what it belongs to, what it gave, how often it is named; each only where it is known.

    ``counted`` is how many assertions name it by each property.
    """
    member = [row["object"].value for row in relations if row["relation"].value == _MEMBER and _says(row, thing)]
    sections = (figure.section for figure in figures if figure.query.name == _TOTALS and figure.section)
    totals = next((section.answer["table"].rows for section in sections if "table" in section.answer), ())
    return [*_belongs(member, labels, t), *_gave(totals, t), *_named(sum(counted.values()), t)]


def _says(row: Row, thing: str) -> bool:
    return row["subject"].value == thing


def _belongs(groups: Sequence[str], labels: Mapping[str, str], t: Texts) -> list[str]:
    names = [labels.get(name, shorten(name)) for name in dict.fromkeys(groups)]
    if not names:
        return []
    more = len(names) - MOST_NAMED
    told = ", ".join(names[:MOST_NAMED])
    return [t("lead.member_more", names=told, count=more) if more > 0 else t("lead.member", names=told)]


def _gave(totals: Sequence[Row], t: Texts) -> list[str]:
    """The sum of what was published for whole years: rows of `in` (a year) and `amount` (euros)."""
    if not totals:
        return []
    years = sorted(row["in"].value for row in totals)
    amount = t.brief(sum(float(row["amount"].value) for row in totals))
    if years[0] == years[-1]:
        return [t("lead.gave_one", amount=amount, year=years[0])]
    return [t("lead.gave", amount=amount, first=years[0], last=years[-1])]


def _named(count: int, t: Texts) -> list[str]:
    if not count:
        return []
    return [t("lead.named_one") if count == 1 else t("lead.named", count=count)]
