"""Which nodes might not fit the shapes: a quick look that finds nearly all data sound, so that pySHACL need not.

pySHACL makes an object of each term and asks the graph for each value of each property of each node, some 80 µs a
triple. Nearly all nodes fit, and that they do is seen at once in the lines of N-Triples. So here a node is in doubt
unless everything that a shape asks of it is seen to hold; one that is in doubt is for pySHACL to judge. Whatever is not
known here (a constraint, a sort of path, a datatype, an escaped character) is a reason to doubt, never to trust.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product
from operator import ge, gt, le, lt
from pathlib import Path

import pyoxigraph as ox

from kg.build.files import list_files, read_text
from kg.build.lines import node
from kg.ground.errors import ShapeError
from kg.ground.terms import PREFIXES

Term = bytes
"""A node or a literal as N-Triples writes it."""

Said = Mapping[Term, Sequence[Term]]
"""What is said of a node: its values by property."""

_SHACL = "http://www.w3.org/ns/shacl#"
_TYPE, _FIRST, _END = (node(PREFIXES["rdf"] + name) for name in ("type", "first", "nil"))
_REST = node(PREFIXES["rdf"] + "rest")
_BELOW = node(PREFIXES["rdfs"] + "subClassOf")
_TRUE = b'"true"^^' + node(PREFIXES["xsd"] + "boolean")


def _sh(name: str) -> Term:
    return node(_SHACL + name)


_TARGET, _PATH, _PROPERTY, _IN = (_sh(name) for name in ("targetClass", "path", "property", "in"))
_SILENT = frozenset((_TYPE, _TARGET, _PATH, *map(_sh, ("severity", "message", "name", "description", "order"))))
"""The properties of a shape that ask nothing of a value."""

_QUALIFIED = _sh("qualifiedValueShape")
_COUNTS = ("minCount", "maxCount", "closed", "ignoredProperties", "qualifiedMinCount")
_COUNTED = frozenset((_PROPERTY, _QUALIFIED, *map(_sh, _COUNTS)))
"""The properties of a shape that ask something of all values together, or of other properties."""

_NO_TARGETS = frozenset(map(_sh, ("targetNode", "targetObjectsOf", "targetSubjectsOf", "target", "rule")))


class _UnseenError(Exception):
    """Something in a shape that cannot be seen here."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a graph: what is said of each, and backwards by the properties that a shape follows so."""

    said: dict[Term, dict[Term, list[Term]]] = field(default_factory=dict)
    backwards: dict[Term, dict[Term, list[Term]]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[bytes], followed: Iterable[Term] = ()) -> Nodes:
        """The nodes of N-Triples as `kg.build.lines` writes them, with their full stops."""
        nodes = cls(backwards={property_: {} for property_ in followed})
        for line in lines:
            subject, predicate, object_ = line[:-2].split(b" ", 2)
            nodes.said.setdefault(subject, {}).setdefault(predicate, []).append(object_)
            if predicate in nodes.backwards:
                nodes.backwards[predicate].setdefault(object_, []).append(subject)
        return nodes

    def members(self, list_: Term) -> list[Term]:
        """The members of an RDF list."""
        found: list[Term] = []
        while list_ != _END:
            said = self.said.get(list_, {})
            if len(said.get(_FIRST, ())) != 1 or len(said.get(_REST, ())) != 1 or len(found) > len(self.said):
                raise _UnseenError("a list with a gap")
            found.append(said[_FIRST][0])
            list_ = said[_REST][0]
        return found

    def below(self, class_: Term) -> set[Term]:
        """A class and all that are said to be below it."""
        under: dict[Term, list[Term]] = {}
        for item, said in self.said.items():
            for above in said.get(_BELOW, ()):
                under.setdefault(above, []).append(item)
        found, waiting = {class_}, [class_]
        while waiting:
            new = set(under.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return found


def in_doubt(data: bytes, shapes: Path, *, beside: frozenset[str] = frozenset()) -> frozenset[str] | None:
    """The nodes of which it is not seen that they fit all shapes of a folder; None if a shape cannot be seen through.

    ``data`` is N-Triples as `kg.build.lines` writes them, and holds what `kg.build.check.shapes.validate` is given;
    ``beside`` are IRIs that are not looked at. Raises `ShapeError` for shapes that cannot be read.
    """
    law = read_shapes(shapes)
    try:
        nodes = Nodes.of(filter(None, data.split(b"\n")), law.said_of_all(_sh("inversePath")))
        screens = _Compiler(law, nodes).screens()
    except _UnseenError:
        return None
    passed_over = {node(iri) for iri in beside}
    found: set[str] = set()
    for item, said in nodes.said.items():
        wanted = {id(screen): screen for class_ in said.get(_TYPE, ()) for screen in screens.get(class_, ())}
        if item not in passed_over and not all(screen.fits(item, said) for screen in wanted.values()):
            found.add(item.decode()[1:-1])
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Law(Nodes):
    """The shapes of a folder as nodes."""

    def said_of_all(self, property_: Term) -> set[Term]:
        """All values of a property."""
        return {value for said in self.said.values() for value in said.get(property_, ())}


def count_shapes(folder: Path) -> int:
    """The number of shapes with a target in a folder; raises `ShapeError` if they cannot be read."""
    return sum(_TARGET in said for said in read_shapes(folder).said.values())


def inverse_paths(folder: Path) -> frozenset[str]:
    """The IRIs of the properties that a shape follows from object to subject."""
    paths = read_shapes(folder).said_of_all(_sh("inversePath"))
    return frozenset(path.decode()[1:-1] for path in paths if path.startswith(b"<"))


def read_shapes(folder: Path) -> Law:
    """The shapes of a folder (``*.ttl``); raises `ShapeError` if there is none or one cannot be read."""
    law = Law()
    for file in list_files(folder, "*.ttl", error=ShapeError):
        try:
            quads = list(ox.parse(read_text(file, error=ShapeError), ox.RdfFormat.TURTLE, rename_blank_nodes=True))
        except SyntaxError as error:
            raise ShapeError(str(error), where=str(file), expected="Turtle") from error
        for quad in quads:
            subject, predicate, object_ = (str(term).encode() for term in quad.triple)
            law.said.setdefault(subject, {}).setdefault(predicate, []).append(object_)
    return law


ValueTest = Callable[[Term], bool]
"""Whether a value is seen to be right."""

SetTest = Callable[[Said, Sequence[Term]], bool]
"""Whether the values of a node, about which this is said, are seen to be right together."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a shape asks: of each value that its path leads to, of their number, of all together, of other properties.

    Without a path the value is the node itself. ``good`` are values that were seen to be right.
    """

    path: Callable[[Term, Said], Sequence[Term]] | Term | None
    least: int
    most: float
    values: tuple[ValueTest, ...]
    together: tuple[SetTest, ...]
    parts: tuple[Screen, ...]
    allowed: frozenset[Term] | None
    good: set[Term] = field(default_factory=set)

    def fits(self, item: Term, said: Said) -> bool:
        """Whether a node about which this is said is seen to fit."""
        if self.allowed is not None and not self.allowed.issuperset(said):
            return False
        if isinstance(self.path, bytes):
            found = said.get(self.path, ())
        else:
            found = (item,) if self.path is None else self.path(item, said)
        if not self.least <= len(found) <= self.most or not all(map(self.right, found)):
            return False
        return all(test(said, found) for test in self.together) and all(part.fits(item, said) for part in self.parts)

    def right(self, value: Term) -> bool:
        """Whether a value is seen to be right."""
        if value not in self.good:
            if not all(test(value) for test in self.values):
                return False
            self.good.add(value)
        return True


@dataclass(frozen=True, slots=True)
class _Compiler:
    """Makes screens of shapes, for some data."""

    law: Law
    nodes: Nodes
    within: list[Term] = field(default_factory=list)

    def screens(self) -> dict[Term, list[Screen]]:
        """The screens by the class of the nodes that they are for."""
        if any(not _NO_TARGETS.isdisjoint(said) or _is_class(said) for said in self.law.said.values()):
            raise _UnseenError("a target that is no class")
        found: dict[Term, list[Screen]] = {}
        for shape, said in self.law.said.items():
            if _TARGET in said:
                screen = self.screen(shape)
                for class_ in {below for target in said[_TARGET] for below in self.nodes.below(target)}:
                    found.setdefault(class_, []).append(screen)
        return found

    def screen(self, shape: Term) -> Screen:
        """The screen of a shape; raises `_UnseenError` for what it cannot see through."""
        if shape in self.within or shape not in self.law.said:
            raise _UnseenError("a shape within itself, or none")
        self.within.append(shape)
        made = self._screen(self.law.said[shape])
        self.within.pop()
        return made

    def _screen(self, said: Said) -> Screen:
        least, most, closed = (said.get(_sh(name), []) for name in ("minCount", "maxCount", "closed"))
        asked = said.keys() - _SILENT - _COUNTED
        return Screen(
            path=self._path(_only(said[_PATH])) if _PATH in said else None,
            least=_number(_only(least)) if least else 0,
            most=_number(_only(most)) if most else float("inf"),
            values=tuple(self._test(key, value) for key in asked - _TOGETHER.keys() for value in said[key]),
            together=(
                *(_TOGETHER[key](value) for key in asked & _TOGETHER.keys() for value in said[key]),
                *(self._enough(value, said) for value in said.get(_QUALIFIED, ())),
            ),
            parts=tuple(self._part(part) for part in said.get(_PROPERTY, ())),
            allowed=self._allowed(said) if closed else None,
        )

    def _part(self, shape: Term) -> Screen:
        made = self.screen(shape)
        if made.path is None:
            raise _UnseenError("a property shape without its path")
        return made

    def _path(self, path: Term) -> Callable[[Term, Said], Sequence[Term]] | Term:
        said = self.law.said.get(path, {})
        if path.startswith(b"<") and path != _END:
            return path
        if _sh("inversePath") in said:
            back = self.nodes.backwards[_iri(_only(said[_sh("inversePath")]))]
            return lambda item, _: back.get(item, ())
        if _sh("alternativePath") in said:
            ways = [_iri(way) for way in self.law.members(_only(said[_sh("alternativePath")]))]
            return lambda _, told: list({value for way in ways for value in told.get(way, ())})
        return partial(self._along, tuple(_iri(step) for step in self.law.members(path)))

    def _along(self, steps: tuple[Term, ...], item: Term, _: Said) -> Sequence[Term]:
        found = {item}
        for step in steps:
            found = {value for reached in found for value in self.nodes.said.get(reached, {}).get(step, ())}
        return list(found)

    def _allowed(self, said: Said) -> frozenset[Term]:
        if said[_sh("closed")] != [_TRUE]:
            raise _UnseenError("a shape that is closed and not")
        ignored = [item for list_ in said.get(_sh("ignoredProperties"), ()) for item in self.law.members(list_)]
        paths = (path for part in said.get(_PROPERTY, ()) for path in self.law.said.get(part, {}).get(_PATH, ()))
        return frozenset((*ignored, *paths))

    def _test(self, key: Term, value: Term) -> ValueTest:
        """Whether a value is as a constraint wants it."""
        if key == _IN:
            return frozenset(self.law.members(value)).__contains__
        if key == _sh("languageIn"):
            return partial(_in_language, frozenset(_read(item)[0] for item in self.law.members(value)))
        if key == _sh("class"):
            return partial(self._is_a, frozenset(self.nodes.below(value)))
        if key == _sh("node"):
            return self._value_shape(value)
        if key == _sh("or"):
            return partial(_any, [self._value_shape(item) for item in self.law.members(value)])
        if key not in _VALUES:
            raise _UnseenError(key.decode())
        return _VALUES[key](value)

    def _value_shape(self, shape: Term) -> ValueTest:
        screen = self.screen(shape)
        if screen.path is not None or screen.parts or screen.together or screen.allowed is not None:
            raise _UnseenError("a shape of values that looks further")
        return screen.right

    def _is_a(self, classes: frozenset[Term], value: Term) -> bool:
        return not classes.isdisjoint(self.nodes.said.get(value, {}).get(_TYPE, ()))

    def _enough(self, shape: Term, said: Said) -> SetTest:
        test, least = self._value_shape(shape), _number(_only(said.get(_sh("qualifiedMinCount"), ())))
        return lambda _, values: sum(map(test, values)) >= least


def _any(tests: Sequence[ValueTest], value: Term) -> bool:
    return any(test(value) for test in tests)


def _is_class(said: Said) -> bool:
    classes = (PREFIXES["rdfs"] + "Class", PREFIXES["owl"] + "Class")
    return any(node(class_) in said.get(_TYPE, ()) for class_ in classes)


def _only(values: Sequence[Term]) -> Term:
    if len(values) != 1:
        raise _UnseenError("a parameter that is given twice")
    return values[0]


def _iri(term: Term) -> Term:
    if not term.startswith(b"<") or term == _END:
        raise _UnseenError("a path within a path")
    return term


def _number(literal: Term) -> int:
    text, datatype, _ = _read(literal)
    if datatype != "integer" or not text.isdecimal():
        raise _UnseenError("a number that is none")
    return int(text)


_LITERAL = re.compile(r'"([^"\\]*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ANY_TEXT = re.compile(rb'"((?:[^"\\]|\\.)+)"@[A-Za-z-]+', re.DOTALL)


def _read(term: Term) -> tuple[str, str, str]:
    """Text, datatype (within ``xsd:`` its name, else an IRI) and language of a literal; all empty if it has escapes."""
    held = _LITERAL.fullmatch(term.decode())
    if held is None:
        return "", "", ""
    datatype = "langString" if held[2] else (held[3] or "string").removeprefix(PREFIXES["xsd"])
    return held[1], datatype, held[2] or ""


def _text(term: Term) -> str | None:
    """What a pattern is held against; None for what might not be what it looks like."""
    if term.startswith(b"<") and b"\\" not in term:
        return term.decode()[1:-1]
    text, datatype, _ = _read(term)
    return text if datatype else None


def _is_date(text: str) -> bool:
    try:
        return len(text) == len("2022-02-24") and bool(date.fromisoformat(text))
    except ValueError:
        return False


_FORMS: Mapping[str, Callable[[str], object]] = {
    "string": lambda _: True,
    "integer": re.compile(r"[+-]?[0-9]+").fullmatch,
    "decimal": re.compile(r"[+-]?[0-9]+([.][0-9]+)?").fullmatch,
    "boolean": re.compile("true|false").fullmatch,
    "date": _is_date,
    "gYear": re.compile(r"[12][0-9]{3}").fullmatch,
    "gYearMonth": re.compile(r"[12][0-9]{3}-(0[1-9]|1[0-2])").fullmatch,
    "gMonthDay": re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])").fullmatch,
    "gMonth": re.compile(r"--(0[1-9]|1[0-2])").fullmatch,
}
"""How the texts of the datatypes of XML Schema look, or those of them of which this is sure."""


def _datatype(value: Term) -> ValueTest:
    wanted = value.decode()[1:-1].removeprefix(PREFIXES["xsd"])
    if wanted == PREFIXES["rdf"] + "langString":
        return lambda term: _ANY_TEXT.fullmatch(term) is not None
    form = _FORMS.get(wanted)
    if form is None and ":" not in wanted:
        raise _UnseenError(f"xsd:{wanted}")

    def test(term: Term) -> bool:
        if wanted == "string" and term.startswith(b'"') and term.endswith(b'"'):
            return True
        text, datatype, _ = _read(term)
        return datatype == wanted and (form is None or bool(form(text)))

    return test


def _in_language(languages: frozenset[str], term: Term) -> bool:
    return term.startswith(b'"') and term.rpartition(b'"')[2].removeprefix(b"@").decode() in languages - {""}


def _pattern(value: Term) -> ValueTest:
    text, datatype, _ = _read(value)
    if datatype != "string" or len(text) < 2:
        raise _UnseenError("a pattern with escapes")
    try:
        found = re.compile(text).search
    except re.error as error:
        raise _UnseenError(text) from error
    return lambda term: (held := _text(term)) is not None and found(held) is not None


def _is_iri(value: Term) -> ValueTest:
    if value != _sh("IRI"):
        raise _UnseenError("another kind of node")
    return lambda term: term.startswith(b"<")


def _min_length(value: Term) -> ValueTest:
    least = _number(value)

    def test(term: Term) -> bool:
        if term.startswith(b'"') and len(term.rpartition(b'"')[0]) > 10 * least:
            return True  # an escaped character is written by ten bytes at most
        return len(_text(term) or "") >= least

    return test


def _ordered(term: Term) -> tuple[str, Decimal | str] | None:
    """What a literal is compared by, with what it can be compared to; None if it cannot be told."""
    text, datatype, _ = _read(term)
    if datatype in ("integer", "decimal") and _FORMS[datatype](text):
        return "number", Decimal(text)
    return ("date", text) if datatype == "date" and _is_date(text) else None


def _compares(operator: Callable[..., bool], one: Term, other: Term) -> bool:
    left, right = _ordered(one), _ordered(other)
    return left is not None and right is not None and left[0] == right[0] and operator(left[1], right[1])


def _limit(operator: Callable[..., bool]) -> Callable[[Term], ValueTest]:
    return lambda limit: lambda term: _compares(operator, term, limit)


def _before(operator: Callable[..., bool]) -> Callable[[Term], SetTest]:
    return lambda other: (
        lambda said, values: all(_compares(operator, one, later) for one, later in product(values, said.get(other, ())))
    )


def _equals(other: Term) -> SetTest:
    return lambda said, values: set(values) == set(said.get(other, ()))


def _unique_language(value: Term) -> SetTest:
    if value != _TRUE:
        raise _UnseenError("sh:uniqueLang that is not true")

    def test(_: Said, values: Sequence[Term]) -> bool:
        languages = [value.rpartition(b'"')[2].lower() for value in values]
        return len(set(languages)) == len(languages)

    return test


_VALUES: Mapping[Term, Callable[[Term], ValueTest]] = {
    _sh("datatype"): _datatype,
    _sh("pattern"): _pattern,
    _sh("nodeKind"): _is_iri,
    _sh("minLength"): _min_length,
    _sh("minInclusive"): _limit(ge),
    _sh("minExclusive"): _limit(gt),
    _sh("maxInclusive"): _limit(le),
    _sh("maxExclusive"): _limit(lt),
}
_TOGETHER: Mapping[Term, Callable[[Term], SetTest]] = {
    _sh("equals"): _equals,
    _sh("uniqueLang"): _unique_language,
    _sh("lessThan"): _before(lt),
    _sh("lessThanOrEquals"): _before(le),
}
