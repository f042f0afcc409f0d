"""The view that a query names in its own text, or its address in a parameter: ``#view: bars x=?year y=?sum``.

The line ``#defaultView:BarChart`` of the Wikidata Query Service is understood too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from kg.ground.catalogue import Aggregate, Chart, Mark
from kg.ground.tokens import tokens

TABLE = "table"
"""The view without a chart."""

NAMES: Mapping[str, Mark] = MappingProxyType(
    {
        "map": Mark.STATES,
        "bars": Mark.BARS,
        "stacked": Mark.STACKED,
        "dots": Mark.DOTS,
        "lines": Mark.LINES,
        "areas": Mark.AREAS,
        "panels": Mark.PANELS,
        "timeline": Mark.EVENTS,
        "graph": Mark.NETWORK,
        "pivot": Mark.PIVOT,
    }
)
"""The names of the views that draw something."""

OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {"bar": "bars", "line": "lines", "area": "areas", "events": "timeline", "network": "graph"}
)

WIKIDATA: Mapping[str, str] = MappingProxyType(
    {
        "table": TABLE,
        "map": "map",
        "maprings": "map",
        "barchart": "bars",
        "linechart": "lines",
        "areachart": "areas",
        "histogram": "bars",
        "timeline": "timeline",
        "graph": "graph",
        "dimensions": "pivot",
    }
)
"""What the names of the Wikidata Query Service mean here, in lower case."""

COLUMNS = ("x", "y", "series", "until", "frame")
"""The keys of a line that name columns: as in the chart of a saved query."""

NONE = "none"
"""In the place of a column: that there is to be none, where one would be chosen otherwise."""

KEYS = (*COLUMNS, "aggregate", "ranked")

LONGEST = 500
"""Characters of a line that are read."""

_LINE = re.compile(r"^[ \t]*#[ \t]*(?P<key>view|defaultView)[ \t]*:[ \t]*(?P<rest>[^\n\r]*)", re.MULTILINE)
_TITLE = re.compile(r"^[ \t]*#[ \t]*title[ \t]*:[ \t]*(?P<rest>[^\n\r]*)", re.MULTILINE)
_NAMED = re.compile(r"[A-Za-z]+")
_VARIABLE = re.compile(r"[?$]?\w+")


@dataclass(frozen=True, slots=True)
class Wish:
    """A view that is asked for: its name (`TABLE` or one of `NAMES`), its columns by key, how it is drawn.

    ``unknown`` is what the line has that means nothing here; a wish without a name leaves the choice.
    """

    name: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aggregate: Aggregate | None = None
    ranked: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def mark(self) -> Mark | None:
        """What is drawn; None for a table, and where the choice is left."""
        return NAMES.get(self.name)

    def applied(self, chart: Chart | None, known: Sequence[str]) -> Chart | None:
        """The chart that is wished for, on the columns of an answer; what is not said is as in ``chart``.

        None where neither says what stands at ``x``.
        """
        named = {key: tuple(one for one in found if one in known) for key, found in self.columns.items()}
        base = chart or (Chart(mark=self.mark, x=named.get("x", ())) if self.mark else None)
        if base is None:
            return None
        made = replace(
            base,
            x=named.get("x") or base.x,
            y=named.get("y") or base.y,
            series=named.get("series", base.series),
            until="".join(named.get("until", ())[:1]) or base.until,
            frame="".join(named.get("frame", ())[:1]) or base.frame,
            aggregate=self.aggregate or base.aggregate,
            ranked=self.ranked or base.ranked,
        )
        return made if made.x else None

    def strangers(self, known: Sequence[str]) -> tuple[str, ...]:
        """What the line has that means nothing to an answer with some columns."""
        columns = (f"?{one}" for found in self.columns.values() for one in found if one not in known)
        return (*self.unknown, *dict.fromkeys(columns))


def read_view(text: str) -> Wish:
    """Read what stands after ``view:``: a name, and ``key=?column`` or ``key=?one,?other``.

    >>> read_view("bars x=?year y=?sum,?count ranked=true")
    Wish(name='bars', columns={'x': ('year',), 'y': ('sum', 'count')}, aggregate=None, ranked=True, unknown=())
    >>> read_view("bars series=none").columns
    {'series': ()}
    >>> read_view("pie x=?year colour=red").unknown
    ('pie', 'colour=red')
    """
    name, columns, aggregate, ranked, unknown = "", {}, None, False, []
    for at, word in enumerate(text[:LONGEST].split()):
        key, equals, value = word.partition("=")
        if not at and not equals:
            name = OTHER_NAMES.get(word.lower(), word.lower())
            if name not in NAMES and name != TABLE:
                name, unknown = "", [word]
        elif key in COLUMNS and all(_VARIABLE.fullmatch(one) for one in value.split(",")):
            columns[key] = () if value == NONE else tuple(one.lstrip("?$") for one in value.split(","))
        elif key == "aggregate" and value in tuple(Aggregate):
            aggregate = Aggregate(value)
        elif word == "ranked=true":
            ranked = True
        else:
            unknown.append(word)
    return Wish(name, columns, aggregate, ranked, tuple(unknown))


def view_of(query: str) -> Wish:
    """The view that the text of a query names in its first such line; what stands in a string is none.

    >>> view_of("#defaultView:BarChart{}\\nSELECT * {}").name, view_of("SELECT ('#view: map' AS ?x) {}").name
    ('bars', '')
    """
    for found in _comments(_LINE, query):
        if found["key"] == "view":
            return read_view(found["rest"])
        named = _NAMED.match(found["rest"])
        word = named[0] if named else found["rest"][:40]
        known = WIKIDATA.get(word.lower(), "")
        return Wish(known, unknown=() if known else (word,))
    return Wish()


def title_of(query: str) -> str:
    """The title that the text of a query names (``#title:``), as in the Wikidata Query Service; empty without one."""
    return next((found["rest"].strip()[:200] for found in _comments(_TITLE, query)), "")


def _comments(pattern: re.Pattern[str], query: str) -> list[re.Match[str]]:
    """Where a pattern fits that is no part of a string or a name."""
    found = [*pattern.finditer(query)]
    spans = [(token.start, token.end) for token in tokens(query)] if found else []
    return [one for one in found if not any(start < one.start("rest") < end for start, end in spans)]


def write_view(chart: Chart | None) -> str:
    """The line that names a chart, without its ``#view:``; what a line cannot say is left out.

    >>> write_view(Chart(mark=Mark.BARS, x=("year",), y=("sum",)))
    'bars x=?year y=?sum'
    """
    if chart is None:
        return TABLE
    columns = {"x": chart.x, "y": chart.y, "series": chart.series}
    columns |= {key: (one,) for key, one in (("until", chart.until), ("frame", chart.frame)) if one}
    words = [f"{key}={','.join(f'?{one}' for one in found)}" for key, found in columns.items() if found]
    words += [f"aggregate={chart.aggregate}"] if chart.aggregate else []
    words += ["ranked=true"] if chart.ranked else []
    return " ".join([name_of(chart.mark), *words])


def whole(line: str) -> str:
    """The line of a view, which tells also that it has no series: an answer by itself might be given some.

    >>> whole("bars x=?year"), whole("lines x=?year series=?who"), whole("table")
    ('bars x=?year series=none', 'lines x=?year series=?who', 'table')
    """
    return line if line == TABLE or "series=" in line else f"{line} series={NONE}"


def name_of(mark: Mark) -> str:
    """The name of the view that draws so.

    >>> name_of(Mark.STATES)
    'map'
    """
    return next(name for name, drawn in NAMES.items() if drawn is mark)
