"""How a graph is written in the formats whose triples come one after the other, as the engine writes them.

N-Triples and N-Quads, Turtle and TriG (W3C Recommendations of 25 February 2014): a graph without a name is the same in
the formats of one graph and of several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kg.serve.rewriting.columns.notations import SHORT, Frame, TermNotation
from kg.serve.rewriting.syntax import TYPE

_LOCAL = re.compile(rb"(?:[A-Za-z0-9_](?:[\w.-]*[\w-])?)?")
"""Names behind a prefix that need no escape."""


class NTriples(TermNotation):
    """A line for each triple. Terms are written so in a release."""

    between = b""
    """What every triple begins with but the first."""
    end = b""
    """What stands behind the last triple."""
    frames = (Frame(b"", b" ", b""), Frame(b"", b" ", b""), Frame(b"", b" .\n", b""))
    """What stands around a subject, a predicate and an object."""
    _BLANK = (b"_:", b"")

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes

    def places(self) -> tuple[TermNotation, TermNotation, TermNotation]:
        """How subjects, predicates and objects are written."""
        return self, self, self

    def begin(self) -> bytes:
        """Nothing."""
        return b""

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """IRIs as they are."""
        before, behind = frame.before, frame.behind
        return [before + text + behind for text in texts]

    def literals(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Literals as they are."""
        return self.iris(texts, frame)

    def joined(self, framed: NDArray[np.object_], _: NDArray[np.bool_], __: NDArray[np.bool_]) -> bytes:
        """The triples of some rows; it matters not which of them have the subject and predicate of the one before."""
        return b"".join(framed.ravel().tolist())


class Turtle(NTriples):
    """Subjects and predicates once for what follows, names with prefixes, numbers and truth values in short."""

    between = b" .\n"
    end = b" .\n"
    frames = (Frame(between, b" ", b""), Frame(b"", b" ", b""), Frame(b"", b"", b""))

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__(prefixes)
        spaces = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        self._names = [(f"<{space}".encode(), f"{name}:".encode()) for name, space in spaces]
        self._spaces = tuple(space for space, _ in self._names)

    def places(self) -> tuple[TermNotation, TermNotation, TermNotation]:
        """Predicates have a word of their own."""
        return self, Verbs(self._prefixes), self

    def begin(self) -> bytes:
        """The prefixes."""
        return "".join(f"@prefix {name}: <{space}> .\n" for name, space in self._prefixes.items()).encode()

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Names with prefixes, or IRIs."""
        if not self._spaces:
            return super().iris(texts, frame)
        before, behind = frame.before, frame.behind
        return [before + self._short(bytes(text)) + behind for text in texts]

    def literals(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """Strings, most of them as they are."""
        before, behind = frame.before, frame.behind
        return [before + self._literal(bytes(text)) + behind for text in texts]

    def _literal(self, text: bytes) -> bytes:
        if not text.endswith(b">"):
            return text
        value, _, datatype = text.rpartition(b"^^")
        short = SHORT.get(datatype[1:-1].decode())
        if short and short.fullmatch(value[1:-1].decode()):
            return value[1:-1]
        return value + b"^^" + self._short(datatype)

    def _short(self, iri: bytes) -> bytes:
        if iri.startswith(self._spaces):
            for space, name in self._names:
                if iri.startswith(space) and _LOCAL.fullmatch(iri, len(space), len(iri) - 1):
                    return name + iri[len(space) : -1]
        return iri

    def joined(self, framed: NDArray[np.object_], subject: NDArray[np.bool_], verb: NDArray[np.bool_]) -> bytes:
        """The triples of some rows, without the ``subject`` and the ``verb`` where they are those of the one before."""
        framed[subject, 0] = b" ;\n\t"
        framed[verb, 0] = b" , "
        framed[verb, 1] = b""
        return super().joined(framed, subject, verb)


class Verbs(Turtle):
    """Predicates in Turtle, of which one has a word."""

    _TYPE = f"<{TYPE}>".encode()

    def iris(self, texts: Sequence[memoryview], frame: Frame) -> list[bytes]:
        """IRIs or ``a``."""
        written = super().iris(texts, frame)
        for place, text in enumerate(texts):
            if text == self._TYPE:
                written[place] = frame.before + b"a" + frame.behind
        return written


GRAPH_NOTATIONS: Mapping[str, type[NTriples]] = {
    "application/n-triples": NTriples,
    "application/n-quads": NTriples,
    "text/turtle": Turtle,
    "application/trig": Turtle,
}
"""The formats by their media types."""
