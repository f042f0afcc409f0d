"""Whole answers kept for the next one who asks the same of the same release."""

from __future__ import annotations

import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from kg.serve.engine.request import Request

Key = tuple[object, ...]

_OVERHEAD = 1024
"""Bytes that an answer takes beside its content and its key, about."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer: the variables of a SELECT (else None), its bytes, and the number of its rows if that is known."""

    variables: tuple[str, ...] | None
    body: bytes
    rows: int | None = None


class _Bodied(Protocol):
    """Something with a body, which takes most of its room, and with a ``text`` perhaps."""

    @property
    def body(self) -> bytes:
        """The bytes."""


Answer = TypeVar("Answer", bound=_Bodied)


class Cache(Generic[Answer]):
    """Keeps answers up to so many bytes altogether, keys included; those that nobody asked for longest go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = threading.Lock()
        self._hits = 0
        self._misses = 0

    def get(self, key: Key) -> Answer | None:
        """The answer kept under a key."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                self._hits += 1
            else:
                self._misses += 1
            return self._kept.get(key)

    def count_hit(self) -> None:
        """Count an answer that was found elsewhere, made of one that was kept here."""
        with self._lock:
            self._hits += 1

    def census(self) -> dict[str, int]:
        """How often an answer was found and how often not, how many are kept, and the bytes that they take."""
        with self._lock:
            return {"hits": self._hits, "misses": self._misses, "answers": len(self._kept), "bytes": self._size}

    def put(self, key: Key, answer: Answer) -> None:
        """Keep an answer, unless it would take more than an eighth of the room."""
        size = _size(key, answer)
        if size > self._limit // 8:
            return
        with self._lock:
            if key not in self._kept:
                self._size += size
                self._kept[key] = answer
            while self._size > self._limit:
                self._size -= _size(*self._kept.popitem(last=False))


def _size(key: Key, answer: _Bodied) -> int:
    # A query may be megabytes long and its answer a word.
    return len(answer.body) + sum(map(_room, (*key, getattr(answer, "text", None)))) + _OVERHEAD


def _room(part: object) -> int:
    """The bytes of the texts that a part of a key has."""
    if isinstance(part, str):
        return sys.getsizeof(part)
    if isinstance(part, Request):
        return _room((part.text, part.default_graphs, part.named_graphs))
    return sum(map(_room, part)) if isinstance(part, tuple) else 0
