"""The main pages, for the bar at the top and the one at the bottom of every page."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app, request
from werkzeug.exceptions import HTTPException

HEADER = (
    ("queries", "/queries"),
    ("editor", "/sparql"),
    ("try", "/try"),
    ("map", "/map"),
    ("compare", "/compare"),
    ("ontology", "/ontology"),
    ("sources", "/sources"),
    ("quality", "/quality"),
    ("about", "/about"),
)
"""What the bar at the top leads to: the key of its text below ``menu``, and its address."""

FOOTER = (
    ("cite", "/cite"),
    ("dumps", "/dumps/"),
    ("api", "/api"),
    ("cookbook", "/cookbook"),
    ("errors", "/errors"),
)
"""What the bar at the bottom leads to, likewise."""

_WITHIN = {"/results": "/sparql", "/editor": "/sparql"}
"""Pages that belong to another, by their addresses."""


def has_page(address: str) -> bool:
    """Whether the application answers an address: it may be made of some of its parts only."""
    try:
        return current_app.url_map.bind("").test(address, "GET")
    except HTTPException:
        return False


def navigation() -> list[tuple[str, str, bool]]:
    """The entries of the bar at the top: name, address, whether the request is for that page or one below it."""
    return _entries(HEADER)


def footing() -> list[tuple[str, str, bool]]:
    """The entries of the bar at the bottom."""
    return _entries(FOOTER)


def _entries(pages: Iterable[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    here = _WITHIN.get(request.path, request.path)
    return [
        (name, address, here == address or here.startswith(f"{address.rstrip('/')}/"))
        for name, address in pages
        if has_page(address)
    ]
