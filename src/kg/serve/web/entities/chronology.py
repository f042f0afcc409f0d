"""When what names a thing happened: event by event while there is little, else how much of each kind by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.ground.terms import ENTITY_KINDS, IDENTIFIERS, shorten
from kg.serve.web.cards import Card
from kg.serve.web.charts.figure import Figure
from kg.serve.web.charts.lanes import Lane, lanes
from kg.serve.web.charts.marks import Words
from kg.serve.web.charts.scales import moment
from kg.serve.web.charts.timeline import FEW, Event, timeline
from kg.serve.web.groups import Naming
from kg.serve.web.texts import Texts

MOST_LANES = 8
"""Kinds of assertions that have a lane; the others are the least frequent."""

LEAST = 3
"""Dates from which on a drawing tells more than the assertions."""

MOST_NAMED = 3
"""Names in the label of an event."""

_NAMED_KINDS = (*ENTITY_KINDS, "unlinked")


@dataclass(frozen=True, slots=True)
class Span:
    """A lane in words: the kind, how many have a date, the first and the last month, and the one with most of them."""

    kind: str
    count: int
    first: str
    last: str
    busiest: str
    most: int


@dataclass(frozen=True, slots=True)
class Chronology:
    """The drawing; ``spans`` are its lanes in words, where it does not tell each event."""

    figure: Figure
    spans: tuple[Span, ...] = ()


def chronology(
    thing: str, title: str, named: Naming, shown: Sequence[Card], labels: Mapping[str, str], t: Texts
) -> Chronology | None:
    """When what names a thing happened; ``shown`` are the assertions of the page. None where too few have a date."""
    # A page that does not show them all has only their number by month.
    told = _events(thing, title, shown, labels, t) if len(shown) >= named.total else None
    return told or _months(title, named, t)


def _events(thing: str, title: str, shown: Sequence[Card], labels: Mapping[str, str], t: Texts) -> Chronology | None:
    """Each dated assertion as an event; None where they are too few or too many."""
    found: dict[Event, None] = {}
    for card in shown:
        at = moment(card.earliest)
        if at is not None:
            found[Event(at, card.earliest, _label(thing, card, labels, t), _name(card.kind, t))] = None
    if not LEAST <= len(found) <= FEW:
        return None
    ordered = sorted(found, key=lambda event: (event.at, event.label))
    return Chronology(Figure(t("page.timeline_of", title=title), "", lambda width: timeline(ordered, _words(t), width)))


def _months(title: str, named: Naming, t: Texts) -> Chronology | None:
    """How many assertions there are of each kind by month; None where too few have a date."""
    dated = {kind: Counter({month: n for month, n in found.items() if month}) for kind, found in named.kinds.items()}
    shown = [(kind, found) for kind, found in dated.items() if found][:MOST_LANES]
    if sum(found.total() for _, found in shown) < LEAST:
        return None
    drawn = [Lane(_name(kind, t), found) for kind, found in shown]
    figure = Figure(
        t("page.timeline_of", title=title), "", lambda width: lanes(drawn, _words(t), width, before=t("page.earlier"))
    )
    return Chronology(figure, tuple(_span(kind, found, t) for kind, found in shown))


def _span(kind: str, found: Counter[str], t: Texts) -> Span:
    busiest = max(sorted(found), key=found.__getitem__)
    return Span(kind, found.total(), t.date(min(found)), t.date(max(found)), t.date(busiest), found[busiest])


def _label(thing: str, card: Card, labels: Mapping[str, str], t: Texts) -> str:
    """What an event is called: the kind of the assertion, and whom else it names."""
    values = (value.value for _, found in card.slots for value in found if value.kind == "uri")
    others = [labels.get(name, shorten(name)) for name in values if name != thing and _is_named(name)]
    names = ", ".join(dict.fromkeys(others[:MOST_NAMED]))
    kind = _name(card.kind, t)
    return f"{kind}{t.colon}{names}" if names else kind


def _is_named(name: str) -> bool:
    return name.startswith(IDENTIFIERS) and name.removeprefix(IDENTIFIERS).partition("/")[0] in _NAMED_KINDS


def _name(kind: str, t: Texts) -> str:
    return t.maybe(f"one.{kind}", kind).capitalize()


def _words(t: Texts) -> Words:
    return Words(value=lambda value: t.decimal(value, 0), brief=t.brief, date=t.brief_date, colon=t.colon)
