"""What a permanent address stands for, and how it is computed from that."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

LONGEST_QUERY = 16 * 1024
"""Bytes of UTF-8 that a query with an address of its own may have, the names of its graphs included."""

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes that its answer may have, in Query Results JSON or N-Triples."""

_ID_BYTES = 10
_TOLD_ONLY = frozenset({"created", "titles"})


@dataclass(frozen=True, slots=True)
class Permalink:
    """A query, the graphs it was asked of, the release, and the SHA-256 of the answer: that is what the address names.

    ``query`` is the text that ran, ``form`` its form. ``saved`` is the name of the saved query that it was made from,
    ``parameters`` the values given to it. ``sha256`` is that of the answer in Query Results JSON, or in N-Triples for a
    graph. ``federated`` says that other endpoints had a part in the answer. When the address was made (``created``, ISO
    8601) and what it is called in each language (``titles``) are told beside it.
    """

    query: str
    form: str
    release: str
    sha256: str
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    saved: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    federated: bool = False
    created: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Sixteen letters and digits: the first 80 bits of the SHA-256 of what the address names, in base 32.

        >>> Permalink("ASK {}", "ASK", "8234922f9c3ac4419827", "00" * 32, created="2026-11-27").id
        'thgecjilv63zb3hd'
        """
        digest = hashlib.sha256(json.dumps(self.named(), sort_keys=True, ensure_ascii=True).encode()).digest()
        return base64.b32encode(digest[:_ID_BYTES]).decode().lower()

    @property
    def is_graph(self) -> bool:
        """Whether the answer is a graph, not a table or a truth value."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}

    def named(self) -> dict[str, Any]:
        """What the address is computed from."""
        return {name: value for name, value in asdict(self).items() if name not in _TOLD_ONLY}

    def to_json(self) -> str:
        """What `from_json` reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Permalink:
        """Read what `to_json` wrote; what a newer version has added is left out."""
        told = json.loads(text)
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in told.items() if name in known}
        for name in ("default_graphs", "named_graphs"):
            values[name] = None if values[name] is None else tuple(values[name])
        values["parameters"] = tuple((name, value) for name, value in values["parameters"])
        return cls(**values)
