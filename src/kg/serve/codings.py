"""Content codings (RFC 9110, section 8.4): which one an ``Accept-Encoding`` header asks for, and how each is made."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY = "identity"
"""No coding at all."""

_WINDOW = 18
"""The logarithm of the bytes that a compressor looks back over: 256 KiB lose 3 % of what 4 MiB gain."""

# Measured on 5.2 MB of Query Results JSON, flushed every 64 KiB: bytes left and processor time.
_GZIP_LEVEL = 3  # 242 KB in 22 ms; level 6: 197 KB in 53 ms
_BROTLI_QUALITY = 4  # 175 KB in 29 ms; quality 5: 156 KB in 56 ms
_ZSTD_LEVEL = 3  # 190 KB in 8 ms; level 5: 167 KB in 26 ms

Step = Callable[[bytes], bytes]
"""Compresses a piece; what it gives lets the other side read the piece to its end."""


def _gzip() -> tuple[Step, Callable[[], bytes]]:
    stream = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return lambda piece: stream.compress(piece) + stream.flush(zlib.Z_SYNC_FLUSH), stream.flush


def _brotli() -> tuple[Step, Callable[[], bytes]]:
    stream = brotli.Compressor(quality=_BROTLI_QUALITY, lgwin=_WINDOW)
    return lambda piece: stream.process(piece) + stream.flush(), stream.finish


def _zstd() -> tuple[Step, Callable[[], bytes]]:
    names = zstd.CompressionParameter
    stream = zstd.ZstdCompressor(options={names.compression_level: _ZSTD_LEVEL, names.window_log: _WINDOW})
    return lambda piece: stream.compress(piece, stream.FLUSH_BLOCK), stream.flush


CODINGS: Mapping[str, Callable[[], tuple[Step, Callable[[], bytes]]]] = MappingProxyType(
    {"zstd": _zstd, "br": _brotli, "gzip": _gzip}
)
"""The codings that are made here, the one that costs least for what it saves first."""

_USUAL = 200
"""Characters of the longest header that is remembered: clients choose what they send."""

_ALIASES = {"x-gzip": "gzip"}


class Choice(NamedTuple):
    """What a client takes: the coding that it likes best, and whether it takes what is not coded."""

    coding: str | None
    """One of `CODINGS`, `IDENTITY`, or None if it refuses all of them."""
    plain: bool


def choose_coding(accept: str | None) -> Choice:
    """Read a header ``Accept-Encoding``; among equals the order of `CODINGS` decides.

    Without a header (None) nothing is coded: the client may be too simple to say that it cannot read it. ``*`` stands
    for gzip, which everybody reads. What is not coded is taken unless it is refused, but after what is named.

    >>> choose_coding("gzip;q=0.5, br, *;q=0"), choose_coding("deflate, gzip;q=0")
    (Choice(coding='br', plain=False), Choice(coding='identity', plain=True))
    >>> choose_coding("identity;q=0")
    Choice(coding=None, plain=False)
    """
    return _remembered(accept or "") if len(accept or "") <= _USUAL else _chosen(accept or "")


def _chosen(accept: str) -> Choice:
    wanted = _qualities(accept)
    rest = wanted.get("*", 0.0)
    coded = {name: wanted.get(name, rest if name == "gzip" else 0.0) for name in CODINGS}
    best = max(coded, key=lambda name: coded[name])
    plain = wanted.get(IDENTITY, rest if "*" in wanted else None)
    if coded[best] > 0 and coded[best] >= (plain or 0.0):
        return Choice(best, plain != 0)
    return Choice(None if plain == 0 else IDENTITY, plain != 0)


_remembered = lru_cache(256)(_chosen)  # clients send a few headers again and again, and reading one takes 25 µs


def _qualities(accept: str) -> dict[str, float]:
    """The quality that a header gives each coding that it names; a quality that cannot be read is none."""
    found: dict[str, float] = {}
    for entry in accept.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        if name:
            given = [value for key, _, value in (part.partition("=") for part in parameters) if key.strip() == "q"]
            found.setdefault(_ALIASES.get(name, name), _number(given[0]) if given else 1.0)
    return found


def _number(text: str) -> float:
    try:
        return min(max(0.0, float(text)), 1.0)  # in this order: NaN is no quality at all
    except ValueError:
        return 0.0


def compress(pieces: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The pieces in one of `CODINGS`, each flushed, so that none waits for the next.

    If they fail, so does this, and the end mark of the coding is not written: what has come is seen to be a part.

    >>> import gzip
    >>> gzip.decompress(b"".join(compress([b"one ", b"two"], "gzip")))
    b'one two'
    """
    step, finish = CODINGS[coding]()
    for piece in pieces:
        if piece:
            yield step(piece)
    yield finish()
