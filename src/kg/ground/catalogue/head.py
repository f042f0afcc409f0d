"""Reading one saved query: the ``#+`` head (YAML), its parameters, and the text below."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from kg.ground.catalogue.headings import EXPECTED, heading_of
from kg.ground.catalogue.records import (
    MARKS,
    Aggregate,
    Cell,
    Chart,
    Heading,
    Mark,
    Parameter,
    ParameterType,
    QueryForm,
    SavedQuery,
    Translations,
    View,
)
from kg.ground.catalogue.text import columns, form, inline_data, prefixes
from kg.ground.errors import SavedQueryError
from kg.ground.kinds import CONCEPT_SCHEMES
from kg.ground.records import LANGUAGES
from kg.ground.terms import IDENTIFIERS, shorten
from kg.ground.tokens import Token, tokens, unescape

HEAD_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "summary": "the question that the query answers, one sentence, in fr and en (required)",
        "description": "how to read the answer: what a row is, what is left open, in fr and en (required)",
        "tags": "a list of words to find it by, lower case (required)",
        "params": "the parameters by name; each is a block `VALUES ?name { … }` of the text",
        "columns": "what its columns are called, where `queries/columns.toml` does not say it",
        "sort": "columns by which a page sorts the rows: things by name, concepts by scheme, other values as they come",
        "view": "how the answer is best looked at: table, map, bar, line, timeline, graph, pivot (table if left out)",
        "chart": "which columns a chart draws, and how, where the first column and the first number do not tell it",
        "checks": "a list of rows that must be in the answer, each a mapping of columns to values (required)",
    }
)
"""The keys of a head, each with its meaning."""

PARAMETER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "type": "entity, concept, year, language or text (required)",
        "label": "what a form calls it, in fr and en (required)",
        "class": "for an entity: the class whose members a form offers, such as `sides:State`",
        "scheme": "for a concept: the concept scheme whose concepts a form offers, such as `category` (required there)",
        "values": "a list of the only values that are taken",
    }
)
"""The keys of one parameter, each with its meaning."""

CHART_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "mark": "bars, stacked or dots for a bar; lines, areas or panels for a line",
        "x": "the columns of the categories, of the dates, or of the states of a map (the first column if left out)",
        "y": "the columns of the values (the first that holds numbers), for a timeline those that say what happened",
        "series": "the columns that tell lines, colours or lanes apart; what relates in a graph, what is above a pivot",
        "until": "the column that tells when something ended, for a timeline",
        "frame": "the column of years by which a map is drawn, one at a time",
        "order": "the series in the order of their colours, as prefixed names",
        "ranked": "true if the largest value comes first",
        "aggregate": "what the cells of a pivot have: sum, count or first (sum where there are numbers, else count)",
        "unit": "what the values are counted in, in fr and en",
        "note": "what a reader of the chart has to know, in fr and en",
        "names": "what columns are called in the chart, each in fr and en, where the heading does not say it",
    }
)
"""The keys of a chart, each with its meaning."""

RESERVED = frozenset({"lang", "format", "output", "results", "timeout", "query", "saved", "view", "page"})
"""Names that the address of an answer uses otherwise."""

GRAPH_COLUMNS = ("subject", "predicate", "object")
"""The columns of a graph, as a table and in checks."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the one in C is there wherever libyaml was

_REQUIRED = ("summary", "description", "tags", "checks")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PARAMETER_NAME = re.compile(r"[a-z][a-z0-9_]*")


def read_query(path: Path, folder: Path, shared: Mapping[str, Heading]) -> SavedQuery:
    """Read one ``.rq`` file below ``folder``; ``shared`` are headings of columns of which its head may say nothing.

    Raises `SavedQueryError` with file and line for a head that is not YAML, lacks a key, has an unknown one or a
    value outside its type, and for a text in which a parameter has no block ``VALUES ?name { … }``.
    """
    relative = path.relative_to(folder)
    try:
        source = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SavedQueryError(
            f"byte {error.start + 1} is not UTF-8", where=relative.as_posix(), expected="UTF-8", remedy="convert it"
        ) from error
    return _Reader(relative, source, shared).query()


class _Reader:
    """Reads one file, and knows for each complaint the line it is about."""

    def __init__(self, path: Path, source: str, shared: Mapping[str, Heading]) -> None:
        self.path = path
        self.source = source
        self.shared = shared
        lines = source.splitlines(keepends=True)
        self.head_lines = [number for number, line in enumerate(lines, 1) if line.startswith("#+")]
        head = "".join(re.sub(r"^#\+ ?", "", lines[number - 1]) for number in self.head_lines)
        self.text = "".join(line for line in lines if not line.startswith("#+")).strip() + "\n"
        self.lines: dict[tuple[str, ...], int] = {}
        self.head = self._load(head)
        self.tokens = [*tokens(self.text)]
        self.columns = columns(self.tokens) or GRAPH_COLUMNS
        self.headings = self.read_headings()

    def query(self) -> SavedQuery:
        if not _NAME.fullmatch(self.path.stem):
            raise self.error(f"the name {self.path.stem!r} cannot be an address", expected="words-with-hyphens")
        self.check_keys(self.head, HEAD_KEYS, ())
        for key in _REQUIRED:
            if key not in self.head:
                raise self.error(f"the head has no {key}", expected=", ".join(_REQUIRED))
        found = form(self.tokens)
        if found is None:
            raise self.error("there is no query below the head", expected="SELECT, CONSTRUCT, ASK or DESCRIBE")
        view = View(self.one_of(self.head.get("view", View.TABLE), tuple(View), "view"))
        return SavedQuery(
            name=self.path.stem,
            theme=self.path.parent.as_posix(),
            summary=self.translations("summary"),
            description=self.translations("description"),
            tags=self.tags(),
            parameters=tuple(map(self.parameter, self.mapping("params"))),
            view=view,
            chart=self.chart(view, self.drawable(view, found)),
            checks=self.checks(columns(self.tokens)),
            form=QueryForm(found),
            columns=columns(self.tokens),
            headings=self.headings,
            sort=tuple(self.one_of(name, self.columns, "sort") for name in self.items("sort")),
            text=self.text,
            source=self.source,
        )

    def drawable(self, view: View, found: str) -> tuple[str, ...]:
        """The columns that a chart can name: those of the text, or the terms of the triples for a view of a graph."""
        triples = view is View.GRAPH and found in {QueryForm.CONSTRUCT, QueryForm.DESCRIBE}
        return GRAPH_COLUMNS if triples else columns(self.tokens)

    def chart(self, view: View, known: tuple[str, ...]) -> Chart | None:
        """How the answer is drawn; None for a view that is not."""
        spec = self.mapping("chart")
        if view not in MARKS or not known:
            if spec:
                raise self.error(f"a {view} has no chart", "chart", expected="a view of " + ", ".join(MARKS))
            return None
        self.check_keys(spec, CHART_KEYS, ("chart",))
        found = {key: self.chart_columns(key, known) for key in ("x", "y", "series", "until", "frame")}
        names = self.mapping("chart", "names") if "names" in spec else {}
        called = {name: heading.label for name, heading in self.headings.items()}
        return Chart(
            mark=Mark(self.one_of(spec.get("mark", MARKS[view]), tuple(Mark), "chart", "mark")),
            x=found["x"] or known[:1],
            y=found["y"],
            series=found["series"],
            until=next(iter(found["until"]), ""),
            frame=next(iter(found["frame"]), ""),
            order=tuple(map(str, self.items("chart", "order"))) if "order" in spec else (),
            ranked=spec.get("ranked") is True,
            aggregate=self.aggregate(spec.get("aggregate")),
            unit=self.translations("chart", "unit") if "unit" in spec else None,
            note=self.translations("chart", "note") if "note" in spec else None,
            names=called | {name: self.translations("chart", "names", name) for name in names},
        )

    def read_headings(self) -> Mapping[str, Heading]:
        """The headings of the columns: those of the head, else those that queries share."""
        found: dict[str, Heading] = {}
        for name, spec in self.mapping("columns").items():
            self.one_of(name, self.columns, "columns", name)
            heading = heading_of(spec)
            if heading is None:
                raise self.error(f"the heading of {name} is {spec!r}", "columns", name, expected=EXPECTED)
            found[name] = heading
        every = {**self.shared, **found}
        return MappingProxyType({name: every[name] for name in self.columns if name in every})

    def aggregate(self, given: object) -> Aggregate | None:
        """What the cells of a pivot have, if the head says it."""
        return None if given is None else Aggregate(self.one_of(given, tuple(Aggregate), "chart", "aggregate"))

    def chart_columns(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that a chart names: one, or a list of them."""
        value = self.mapping("chart").get(key, [])
        named = value if isinstance(value, list) else [value]
        return tuple(self.one_of(name, known, "chart", key) for name in named)

    def parameter(self, name: str) -> Parameter:
        where = ("params", name)
        spec = self.mapping(*where)
        if name in RESERVED or not _PARAMETER_NAME.fullmatch(name):
            raise self.error(f"a parameter cannot be called {name!r}", *where, expected="a_word that is not reserved")
        self.check_keys(spec, PARAMETER_KEYS, where)
        kind = ParameterType(self.one_of(spec.get("type"), tuple(ParameterType), *where, "type"))
        scheme = spec.get("scheme")
        if kind is ParameterType.CONCEPT:
            self.one_of(scheme, tuple(CONCEPT_SCHEMES), *where, "scheme")
        class_name = str(spec.get("class", ""))
        if class_name and not class_name.startswith("sides:"):
            raise self.error(f"unknown class {class_name!r}", *where, "class", expected="a class such as sides:State")
        made = Parameter(
            name=name,
            type=kind,
            label=self.translations(*where, "label"),
            default=self.default(name, where),
            class_name=class_name.removeprefix("sides:") or None,
            scheme=scheme,
            enumeration=tuple(map(str, self.items(*where, "values"))),
        )
        for value in (*made.default, *made.enumeration):
            self.check_value(made, value, where)
        return made

    def check_value(self, parameter: Parameter, value: str, where: tuple[str, ...]) -> None:
        try:
            parameter.term(value)
        except SavedQueryError as error:
            raise self.error(error.message, *where, expected=error.expected) from error

    def default(self, name: str, where: tuple[str, ...]) -> tuple[str, ...]:
        """What the block of a parameter holds, written as a reader would give it."""
        blocks = [block for block in inline_data(self.tokens) if block.name == name]
        if len(blocks) != 1:
            raise self.error(
                f"the text has {len(blocks)} blocks for the parameter {name}",
                *where,
                expected=f"exactly one block VALUES ?{name} {{ … }}",
                remedy="write the default between its braces, or UNDEF for any",
            )
        return tuple(self.given(token) for token in blocks[0].content if token.keyword != "UNDEF")

    def given(self, token: Token) -> str:
        if token.kind == "iri":
            return shorten(token.text[1:-1])
        if token.kind == "string":
            return unescape(token.text[1:-1])
        prefix, colon, local = token.text.partition(":")
        return shorten(prefixes(self.tokens).get(prefix, IDENTIFIERS) + local) if colon else token.text

    def checks(self, names: tuple[str, ...]) -> tuple[Mapping[str, Cell], ...]:
        rows = self.items("checks")
        if not rows:
            raise self.error("there is no check", "checks", expected="one row at least")
        allowed = names or GRAPH_COLUMNS
        for row in rows:
            if not isinstance(row, dict) or not row or row.keys() - set(allowed):
                raise self.error(f"the check {row!r} is no row", "checks", expected=f"columns {', '.join(allowed)}")
        return tuple(MappingProxyType({key: _cell(value) for key, value in row.items()}) for row in rows)

    def tags(self) -> tuple[str, ...]:
        found = self.items("tags")
        if not found or not all(isinstance(tag, str) and _NAME.fullmatch(tag) for tag in found):
            raise self.error(f"the tags are {found!r}", "tags", expected="a list of words in lower case")
        return tuple(found)

    def translations(self, *where: str) -> Translations:
        found = self.mapping(*where)
        if found.keys() != set(LANGUAGES) or not all(isinstance(text, str) and text.strip() for text in found.values()):
            raise self.error(
                f"{where[-1]} is not complete", *where, expected="a text in each of " + ", ".join(LANGUAGES)
            )
        return MappingProxyType({language: " ".join(found[language].split()) for language in LANGUAGES})

    def mapping(self, *where: str) -> Mapping[str, Any]:
        found: dict[str, Any] = self._at(where, dict, {})
        return found

    def items(self, *where: str) -> list[Any]:
        found: list[Any] = self._at(where, list, [])
        return found

    def _at(self, where: tuple[str, ...], kind: type[Any], empty: Any) -> Any:
        found: Any = self.head
        for key in where:
            found = found.get(key, empty)
        if not isinstance(found, kind):
            raise self.error(f"{where[-1]} is {found!r}", *where, expected="a mapping" if kind is dict else "a list")
        return found

    def one_of(self, value: object, offered: tuple[str, ...], *where: str) -> str:
        if value not in offered:
            raise self.error(f"{where[-1]} is {value!r}", *where, expected="one of " + ", ".join(offered))
        return str(value)

    def check_keys(self, found: Mapping[str, Any], known: Mapping[str, str], where: tuple[str, ...]) -> None:
        for key in found:
            if key not in known:
                raise self.error(f"unknown key {key!r}", *where, str(key), expected=", ".join(known))

    def error(
        self, message: str, *where: str, expected: str | None = None, remedy: str | None = None
    ) -> SavedQueryError:
        line = next((self.lines[where[:end]] for end in range(len(where), 0, -1) if where[:end] in self.lines), 1)
        return SavedQueryError(message, where=f"{self.path.as_posix()}:{line}", expected=expected, remedy=remedy)

    def _load(self, head: str) -> dict[str, Any]:
        try:
            node = yaml.compose(head, Loader=_LOADER)
            loaded = node and _LOADER("").construct_document(node)
        except yaml.MarkedYAMLError as error:
            line = self.head_lines[min(error.problem_mark.line, len(self.head_lines) - 1)] if error.problem_mark else 1
            self.lines[("",)] = line
            raise self.error(f"the head is not YAML: {error.problem}", "", expected="#+ key: value") from error
        except (yaml.YAMLError, ValueError) as error:  # a character that YAML does not take; the 99th of a month
            told = " ".join(str(error).split())
            raise self.error(f"the head is not YAML: {told}", expected="#+ key: value") from error
        if not isinstance(loaded, dict) or node is None:
            raise self.error("there is no head", expected="lines that begin with #+ and hold " + ", ".join(_REQUIRED))
        self._note_lines(node, ())
        return loaded

    def _note_lines(self, node: yaml.Node, where: tuple[str, ...]) -> None:
        if not isinstance(node, yaml.MappingNode):
            return
        for key, value in node.value:
            place = (*where, str(key.value))
            twice = place in self.lines
            self.lines[place] = self.head_lines[key.start_mark.line]
            if twice:
                raise self.error(f"the key {key.value!r} stands twice", *place, expected="each key once")
            self._note_lines(value, place)


def _cell(value: object) -> Cell:
    if isinstance(value, bool | str):
        return value
    return Decimal(str(value)) if isinstance(value, int | float) else str(value)
