"""How a table is written in each format of results, byte for byte as the engine writes it.

SPARQL 1.1 Query Results JSON Format, XML Format, and CSV and TSV Formats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import NamedTuple

from kg.ground.columns import unescaped

_XSD = "http://www.w3.org/2001/XMLSchema#"


SHORT: Mapping[str, re.Pattern[str]] = {
    f"{_XSD}boolean": re.compile(r"true|false"),
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
}
"""The datatypes that Turtle has a short form for, and the values that have it."""


class Literal(NamedTuple):
    """A literal: its value, its language or None, and the IRI of its datatype, None for plain strings."""

    value: str
    language: str | None = None
    datatype: str | None = None


def literal_of(text: str) -> Literal:
    """A literal from what N-Triples writes.

    >>> literal_of('"a"@en').language
    'en'
    """
    end = text.rindex('"')
    value, suffix = unescaped(text[1:end]), text[end + 1 :]
    if suffix.startswith("@"):
        return Literal(value, suffix[1:], None)
    return Literal(value, None, suffix[3:-1] or None)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before and behind each value of a column, and in place of one that is not bound."""

    before: bytes
    behind: bytes
    unbound: bytes


class TermNotation:
    """How terms are written, each in a frame."""

    _BLANK = (b"", b"")
    """What stands before and behind the label of a blank node."""

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """IRIs, given with their brackets."""
        raise NotImplementedError

    def blanks(self, labels: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Blank nodes by their labels, which no format escapes."""
        before, behind = frame.before + self._BLANK[0], self._BLANK[1] + frame.behind
        return [before + label + behind for label in labels]

    def literals(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Literals, given as N-Triples writes them."""
        before, behind = frame.before, frame.behind
        return [before + self._literal(bytes(text)) + behind for text in texts]

    def _literal(self, text: bytes) -> bytes:
        return self.literal(literal_of(text.decode())) if b"\\" in text else self.plain(text)

    def plain(self, text: bytes) -> bytes:
        """A literal without an escape, given as N-Triples writes it: there are no quotes and no controls in it."""
        return self.literal(literal_of(text.decode()))

    def literal(self, literal: Literal) -> bytes:
        """A literal."""
        raise NotImplementedError


class Notation(TermNotation):
    """How one table is written: its variables, and whether some of their values may not be bound."""

    end = b""
    """What stands behind the last row."""
    between = b""
    """What every row begins with but the first."""

    def __init__(self, names: Sequence[str], *, is_open: bool) -> None:
        self._names = names
        self._is_open = is_open

    def begin(self) -> bytes:
        """What stands before the first row."""
        raise NotImplementedError

    def frame(self, place: int) -> Frame:
        """What stands around the values of a column."""
        raise NotImplementedError

    def _is_last(self, place: int) -> bool:
        return place == len(self._names) - 1

    def rows(self, framed: bytes) -> bytes:
        """Some rows, from their values in their frames."""
        return framed


class Json(Notation):
    """JSON. What is not bound is left out, so that a comma depends on what stands before it.

    In a table that has such values, each is followed by a comma, and each row ends with a mark that JSON never has.
    """

    end = b"]}}"
    between = b","
    _BLANK = (b'{"type":"bnode","value":"', b'"}')
    _MARK = b"\x01"
    _ESCAPED = b'"\\' + bytes(range(0x20))

    def __init__(self, names: Sequence[str], *, is_open: bool) -> None:
        super().__init__(names, is_open=is_open)
        self._kinds: dict[bytes, bytes] = {}

    def begin(self) -> bytes:
        """The head, and the beginning of the list of rows."""
        names = ",".join(map(encode_basestring, self._names))
        return f'{{"head":{{"vars":[{names}]}},"results":{{"bindings":['.encode()

    def frame(self, place: int) -> Frame:
        """The name of the variable, and braces around a row."""
        start = b"" if place else b",{"
        stop = b"}" if self._is_last(place) else b""
        name = f"{encode_basestring(self._names[place])}:".encode()
        if not self._is_open:
            return Frame((start or b",") + name, stop, b"")
        stop = self._MARK + stop if stop else stop
        return Frame(start + name, b"," + stop, start + stop)

    def rows(self, framed: bytes) -> bytes:
        """The rows, without a comma before the end of one."""
        if self._MARK not in framed:
            return framed
        return framed.replace(b"," + self._MARK, b"").replace(self._MARK, b"")

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Objects of the type ``uri``."""
        before, behind = frame.before + b'{"type":"uri","value":"', b'"}' + frame.behind
        whole = b"".join(texts)
        if len(whole.translate(None, self._ESCAPED)) < len(whole):
            return [before + encode_basestring(str(text[1:-1], "utf-8"))[1:-1].encode() + behind for text in texts]
        return [before + text[1:-1] + behind for text in texts]

    def plain(self, text: bytes) -> bytes:
        """An object of the type ``literal``, whose value is written as it is given."""
        end = text.rindex(b'"') + 1
        suffix = text[end:]
        kind = self._kinds.get(suffix)
        if kind is None:
            kind = self._kinds[suffix] = self._kind(literal_of(f'""{suffix.decode()}')).encode()
        return b'{"type":"literal","value":' + text[:end] + kind + b"}"

    def literal(self, literal: Literal) -> bytes:
        """An object of the type ``literal``."""
        return f'{{"type":"literal","value":{encode_basestring(literal.value)}{self._kind(literal)}}}'.encode()

    def _kind(self, literal: Literal) -> str:
        if literal.datatype:
            return f',"datatype":{encode_basestring(literal.datatype)}'
        return f',"xml:lang":"{literal.language}"' if literal.language else ""


class Xml(Notation):
    """XML. Spaces at the beginning and the end of a value are written by their codes."""

    end = b"</results></sparql>"
    _BLANK = (b"<bnode>", b"</bnode>")
    _ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})
    _SPACES = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;", " ": "&#32;"})
    _AROUND = re.compile(r"\A[\t\n\r ]+|[\t\n\r ]+\Z")

    def begin(self) -> bytes:
        """The head, and the beginning of the list of rows."""
        variables = "".join(f'<variable name="{name}"/>' for name in self._names)
        start = '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#">'
        return f"{start}<head>{variables}</head><results>".encode()

    def frame(self, place: int) -> Frame:
        """An element for the value, one for the row around all of them."""
        start = b"" if place else b"<result>"
        stop = b"</result>" if self._is_last(place) else b""
        return Frame(start + f'<binding name="{self._names[place]}">'.encode(), b"</binding>" + stop, start + stop)

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Elements ``uri``."""
        before, behind = frame.before + b"<uri>", b"</uri>" + frame.behind
        return [before + self._escaped(str(text[1:-1], "utf-8")).encode() + behind for text in texts]

    def literal(self, literal: Literal) -> bytes:
        """An element ``literal``."""
        attribute = ""
        if literal.language:
            attribute = f' xml:lang="{literal.language}"'
        elif literal.datatype:
            attribute = f' datatype="{self._escaped(literal.datatype)}"'
        value = self._AROUND.sub(lambda match: match[0].translate(self._SPACES), self._escaped(literal.value))
        return f"<literal{attribute}>{value}</literal>".encode()

    def _escaped(self, text: str) -> str:
        return text.translate(self._ESCAPES)


class _Lines(Notation):
    """Values with a sign between them, and a line end behind each row."""

    _BLANK = (b"_:", b"")
    _SIGN = b""
    _LINE = b""

    def frame(self, place: int) -> Frame:
        """The sign before a value, and the line end."""
        before = self._SIGN if place else b""
        behind = self._LINE if self._is_last(place) else b""
        return Frame(before, behind, before + behind)


class Csv(_Lines):
    """CSV: values alone, in quotes where they need them. IRIs never have them."""

    _SIGN = b","
    _LINE = b"\r\n"
    _QUOTED = re.compile(r'[",\n\r]')

    def begin(self) -> bytes:
        """The names of the variables."""
        return ",".join(self._names).encode() + self._LINE

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """IRIs as they are."""
        return [frame.before + text[1:-1] + frame.behind for text in texts]

    def plain(self, text: bytes) -> bytes:
        """The value, in quotes if it has a comma."""
        value = text[1 : text.rindex(b'"')]
        return b'"' + value + b'"' if b"," in value else value

    def literal(self, literal: Literal) -> bytes:
        """The value."""
        value = literal.value
        return (f'"{value.replace(chr(34), chr(34) * 2)}"' if self._QUOTED.search(value) else value).encode()


class Tsv(_Lines):
    """TSV: terms as Turtle writes them, numbers and truth values in their short form."""

    _SIGN = b"\t"
    _LINE = b"\n"
    _ESCAPES = str.maketrans({"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"})
    _SHORT = SHORT
    _SHORTENED = tuple(f"^^<{datatype}>".encode() for datatype in SHORT)

    def begin(self) -> bytes:
        """The names of the variables, each with its question mark."""
        return "\t".join(f"?{name}" for name in self._names).encode() + self._LINE

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """IRIs with their brackets."""
        return [frame.before + text + frame.behind for text in texts]

    def plain(self, text: bytes) -> bytes:
        """The term, which is written as it is given unless there is a short form."""
        return super().plain(text) if text.endswith(self._SHORTENED) else text

    def literal(self, literal: Literal) -> bytes:
        """The term."""
        short = self._SHORT.get(literal.datatype or "")
        if short and short.fullmatch(literal.value):
            return literal.value.encode()
        suffix = f"@{literal.language}" if literal.language else ""
        if literal.datatype:
            suffix = f"^^<{literal.datatype}>"
        return f'"{literal.value.translate(self._ESCAPES)}"{suffix}'.encode()


NOTATIONS: Mapping[str, type[Notation]] = {
    "application/sparql-results+json": Json,
    "application/sparql-results+xml": Xml,
    "text/csv": Csv,
    "text/tab-separated-values": Tsv,
}
"""The formats by their media types."""
