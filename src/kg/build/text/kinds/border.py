"""Kind `border`: which states share a border. One assertion for each neighbour that is named."""

from __future__ import annotations

from collections.abc import Iterator

from kg.build.text.kinds.common import Found, Reader, values


def read(reader: Reader) -> Iterator[Found]:
    """The borders that a text states."""
    for rule, match in reader.matches("border"):
        here, there = match.nodes("a"), match.nodes("b")
        for a in values(here):
            for b in values(there):
                if a != b:
                    slots = {"a": a, "b": b}
                    yield Found("border", slots, rule.name, match.sentence.index, [*here, *there], match.begin)
