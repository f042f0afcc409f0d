"""Counting the rows of an answer in the bytes of it that pass."""

from __future__ import annotations

_LINES = {"text/tab-separated-values": 1, "application/n-triples": 0, "application/n-quads": 0}
"""Formats in which a line is a row, since line ends within terms are escaped, with the number of their other lines."""

_MARKS = {"application/sparql-results+json": b'},{"', "application/sparql-results+xml": b"<result>"}
"""What stands between two rows, or before each, and not within a term: there, quotes or brackets are escaped."""

_CSV = "text/csv"
_JSON = "application/sparql-results+json"


class RowCounter:
    """Counts the rows of an answer; ``rows`` is None for a format, or an answer, that has none.

    In JSON, a row in which no variable has a value is not counted.

    >>> counter = RowCounter("text/csv")
    >>> for piece in (b'name\\r\\n"two', b'\\r\\nlines"\\r', b'\\nAnna\\r\\n'):
    ...     counter.add(piece)
    >>> counter.rows
    2
    """

    def __init__(self, media_type: str) -> None:
        self._media_type = media_type
        self._count = 0
        self._quoted = False
        self._rest = b""
        self._start = b""

    def add(self, piece: bytes | bytearray) -> None:
        """Look at the next bytes of the answer."""
        if self._media_type in _LINES:
            self._count += piece.count(b"\n")
        elif self._media_type == _CSV:
            self._add_csv(bytes(piece))
        elif self._media_type in _MARKS:
            self._add_marked(piece, _MARKS[self._media_type])

    def _add_csv(self, piece: bytes) -> None:
        # A quote within a value is written twice, so that quotes open and close by turns all the same.
        parts = piece.split(b'"')
        self._count += sum(part.count(b"\n") for part in parts[int(self._quoted) :: 2])
        self._quoted ^= len(parts) % 2 == 0

    def _add_marked(self, piece: bytes | bytearray, mark: bytes) -> None:
        seam = self._rest + piece[: len(mark) - 1]  # not long enough for one that lies on one side alone
        self._count += piece.count(mark) + seam.count(mark)
        self._rest = bytes(piece[1 - len(mark) :]) if len(piece) >= len(mark) else seam[1 - len(mark) :]
        if len(self._start) < 8192:
            self._start += piece[:8192]

    @property
    def rows(self) -> int | None:
        """How many rows have passed."""
        if self._media_type in _LINES or self._media_type == _CSV:
            rows = self._count - _LINES.get(self._media_type, 1)
            return rows if rows >= 0 else None  # a truth value has not even the line of a header
        if self._media_type == _JSON:
            return self._count + int(b'"bindings":[{' in self._start) if b'"bindings":[' in self._start else None
        return self._count if self._media_type in _MARKS and b"<results>" in self._start else None
