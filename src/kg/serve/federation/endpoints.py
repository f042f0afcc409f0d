"""The endpoints that queries may ask, from the setting that lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kg.ground.errors import InputError

_ALIAS = re.compile(r"=(?=https?://)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint: the IRI that queries name, and the address that is asked in its place."""

    iri: str
    address: str
    private: bool
    """Whether the address was given by itself: it may then lie in a private network."""


def read_endpoints(setting: str) -> Mapping[str, Endpoint]:
    """Read ``SIDES_SERVICES``: endpoints with commas between them, ``IRI`` or ``IRI=ADDRESS``.

    Raises `InputError`.

    >>> read_endpoints("https://a.example/sparql=http://127.0.0.1:9999/query")["https://a.example/sparql"].address
    'http://127.0.0.1:9999/query'
    """
    found = {}
    for item in filter(None, (part.strip() for part in setting.split(","))):
        iri, *address = _ALIAS.split(item, maxsplit=1)
        for url in (iri, *address):
            _check(url, item)
        found[iri] = Endpoint(iri, address[0] if address else iri, bool(address))
    return found


def _check(url: str, item: str) -> None:
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        whole = None
    if not whole or parts.username or parts.fragment or re.search(r"[\s<>\"{}|^`\\]", url):
        raise InputError(
            f"SIDES_SERVICES has {item!r}",
            expected="http or https addresses, or IRI=ADDRESS, with commas between them",
            remedy="change SIDES_SERVICES",
        )
