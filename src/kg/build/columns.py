"""Writing the default graph of a release as columns (`kg.ground.columns`): same triples, same bytes."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from zlib import crc32

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kg.ground.columns import ALIGNED, NO_VALUE, SECTIONS, VERSION, Kind, count_different, place

_DIGITS = 6
"""Decimal places of the values of numbers; one that has more has no value."""
_LARGEST = 2**62

Column = NDArray[np.int32]


def columns(lines: Iterable[bytes], quads: int) -> bytes:
    """The content of the file for triples, written as N-Triples without the full stop, in any order.

    ``quads`` are those of the whole release, by which a reader tells that the file is of the same one.
    """
    numbers: dict[bytes, int] = {}
    parts = [array("i"), array("i"), array("i")]
    for line in lines:
        for part, term in zip(parts, line.split(b" ", 2), strict=True):
            part.append(numbers.setdefault(term, len(numbers)))
    texts, order = _sorted(_as_stored([term.decode() for term in numbers]))
    subjects, predicates, objects = (order[np.frombuffer(part, np.int32)] for part in parts)
    starts = np.searchsorted([kind for kind, _ in map(place, texts)], range(len(Kind) + 1)).tolist()
    by_subject = _unique(np.lexsort((objects, subjects, predicates)), predicates, subjects, objects)
    by_object = _unique(np.lexsort((subjects, objects, predicates)), predicates, objects, subjects)
    numeric = texts[starts[Kind.NUMBER] : starts[Kind.DATE]]
    written = [text.encode() for text in texts]
    sums = np.array([*map(crc32, written)], np.uint32)
    by_sum = np.argsort(sums, kind="stable")
    sections: dict[str, NDArray[Any]] = {
        "texts": np.frombuffer(b"".join(written), np.uint8),
        "offsets": np.cumsum([0, *map(len, written)], dtype=np.int64),
        "values": np.array([*map(_value, numeric)], np.int64),
        "decimals": np.array([text.endswith("decimal>") for text in numeric], np.uint8),
        "sums": sums[by_sum],
        "summed": by_sum.astype(np.int32),
        "subjects": subjects[by_subject],
        "subjects_objects": objects[by_subject],
        "objects": objects[by_object],
        "objects_subjects": subjects[by_object],
    }
    header = {"version": VERSION, "quads": quads, "digits": _DIGITS, "starts": starts}
    header["predicates"] = dict(_predicates(texts, predicates[by_subject], sections))
    return _document(header, sections)


def _as_stored(terms: list[str]) -> list[str]:
    """The terms in the form in which the store gives them back: ``1.50`` as ``1.5``, ``@EN`` as ``@en``."""
    marked = [number for number, term in enumerate(terms) if term.startswith('"') and not term.endswith('"')]
    mark = ox.NamedNode("urn:mark")
    store = ox.Store()
    text = "".join(f"<urn:n{number}> <urn:mark> {terms[number]} .\n" for number in marked)
    store.bulk_load(text.encode(), format=ox.RdfFormat.N_TRIPLES, lenient=True)
    for quad in store.quads_for_pattern(None, mark, None):
        terms[int(quad.subject.value[5:])] = str(quad.object)  # type: ignore[union-attr]
    return terms


def _sorted(terms: list[str]) -> tuple[list[str], Column]:
    """The different terms in their order, and the place there of each that was given."""
    texts = sorted(dict.fromkeys(terms), key=lambda term: (place(term), term))
    places = {text: number for number, text in enumerate(texts)}
    return texts, np.array([places[term] for term in terms], np.int32)


def _unique(order: NDArray[np.int64], *parts: Column) -> NDArray[np.int64]:
    """An order of triples with each of them once: what the store has made one was several."""
    ordered = np.stack([part[order] for part in parts])
    first = np.ones(len(order), bool)
    first[1:] = (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)
    kept: NDArray[np.int64] = order[first]
    return kept


def _value(text: str) -> int:
    """The value of a number in units of the last decimal place that is kept."""
    value = Decimal(text[1 : text.rindex('"')]).scaleb(_DIGITS)
    return int(value) if value == value.to_integral_value() and abs(value) < _LARGEST else NO_VALUE


def _predicates(
    texts: list[str], predicates: Column, sections: Mapping[str, NDArray[Any]]
) -> Iterator[tuple[str, list[int]]]:
    """For each predicate where its triples begin and end, and how many different subjects and objects they have."""
    found, starts = np.unique(predicates, return_index=True)
    ends = np.append(starts, len(predicates))[1:]
    for number, start, end in zip(found.tolist(), starts.tolist(), ends.tolist(), strict=True):
        different = [count_different(sections[name][start:end]) for name in ("subjects", "objects")]
        yield texts[number], [start, end, *different]


def _document(header: dict[str, Any], sections: Mapping[str, NDArray[Any]]) -> bytes:
    """The header with its length in front, and the columns behind it, each where the header says."""
    contents = [sections[name].astype(dtype).tobytes() for name, dtype in SECTIONS.items()]
    counts = [len(sections[name]) for name in SECTIONS]
    # The places are of a fixed width, so that they do not change the length of the header that they stand behind.
    room = len(json.dumps({**header, "sections": [["0" * 15, count] for count in counts]}))
    position, places = 8 + room, []
    for content in contents:
        position += -position % ALIGNED
        places.append(position)
        position += len(content)
    written = json.dumps({**header, "sections": [*zip(places, counts, strict=True)]}).encode().ljust(room)
    document = bytearray(room.to_bytes(8, "little") + written)
    for start, content in zip(places, contents, strict=True):
        document += bytes(start - len(document)) + content
    return bytes(document)
