"""Identifiers that lead to our own: IRIs and prefixed names, items of Wikidata, codes of ISO 3166 and of M49."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urlsplit

from kg.ground.terms import BASE, IDENTIFIERS, PREFIXES
from kg.serve.naming.entries import Entry, Sort
from kg.serve.naming.index import NameIndex

LONGEST = 500
"""Characters of an identifier; a longer one is a mistake."""

_ITEM = re.compile(r"(?:wd:|wikidata:)?(Q[1-9][0-9]{0,11})", re.IGNORECASE)
_WIKIDATA = frozenset({"wikidata.org", "www.wikidata.org", "m.wikidata.org"})
_ITEM_PATH = re.compile(
    r"/(?:entity/|data/|wiki/(?:Special:EntityData/|Special:EntityPage/|Item:)?)(Q[1-9][0-9]{0,11})(?:\.\w+)?/?",
    re.IGNORECASE,
)
_OWN_PATH = re.compile(r"/(?:sides/)?(id|page|data)/(.+)")
_SUFFIX = re.compile(r"\.(?:ttl|nt|jsonld|rdf|trig|nq|n3)$")
_PREFIXED = re.compile(r"([a-z0-9]+):([\w.%/-]+)")
_NUMBER = re.compile(r"(?:(?:UN ?)?M ?49[ :]*)?([0-9]{1,3})", re.IGNORECASE)


def resolve(index: NameIndex, text: str) -> list[Entry]:
    """The things that an identifier names: one, none, or several where it is ambiguous.

    Known are IRIs with ``http`` or ``https``, prefixed names (``state:FRA``), ``state/FRA``, addresses of pages and
    data of a server of Sides, items of Wikidata (``Q142`` and all addresses of their pages and data), and for states
    the codes of ISO 3166-1 (``FR``, ``FRA``, ``250``) and of the United Nations (M49, the same digits).
    """
    text = text.strip().removeprefix("<").removesuffix(">").strip()
    if not text or len(text) > LONGEST:
        return []
    item = _item(text)
    if item:
        return index.items.get(PREFIXES["wd"] + item, [])
    own = _own(text)
    if own:
        entry = index.by_iri.get(own)
        return [entry] if entry else []
    return _coded(index, text)


def _item(text: str) -> str:
    """The item of Wikidata that a text names; empty: none."""
    found = _ITEM.fullmatch(text)
    if not found and "wikidata.org" in text.lower():
        parts = _address(text if "//" in text else f"//{text}")
        if parts and (parts.hostname or "") in _WIKIDATA:
            found = _ITEM_PATH.fullmatch(parts.path)
    return found[1].upper() if found else ""


def _own(text: str) -> str:
    """The IRI of ours that a text is or stands for; empty: none."""
    scheme, mark, rest = text.partition("://")
    if mark and scheme.lower() in ("http", "https"):
        secure = f"https://{rest.removeprefix('www.')}"
        if secure.startswith(BASE) and not secure.startswith((f"{BASE}page/", f"{BASE}data/")):
            return _SUFFIX.sub("", secure) if secure.startswith(IDENTIFIERS) else secure
        parts = _address(secure)
        path = _OWN_PATH.fullmatch(parts.path) if parts else None
        return IDENTIFIERS + _SUFFIX.sub("", unquote(path[2])) if path else ""
    prefixed = _PREFIXED.fullmatch(text)
    if prefixed and prefixed[1] in PREFIXES:
        return PREFIXES[prefixed[1]] + prefixed[2]
    if re.fullmatch(r"/?(?:id/)?[a-z]+/[\w.%-]+", text):
        return IDENTIFIERS + text.removeprefix("/").removeprefix("id/")
    return ""


def _address(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # brackets that hold no address of IPv6
        return None


def _coded(index: NameIndex, text: str) -> list[Entry]:
    """The entities that have a code; digits may lack the noughts at their beginning."""
    number = _NUMBER.fullmatch(text)
    keys = index.exact(number[1].zfill(3) if number else text)
    coded = dict.fromkeys(key.entry for key in keys if key.name.sort is Sort.CODE)
    return [index.entries[place] for place in coded]
