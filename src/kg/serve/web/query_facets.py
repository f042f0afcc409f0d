"""The catalogue of saved queries narrowed by words, theme, view and tags, with how many each step would leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kg.ground.catalogue import Catalogue, SavedQuery
from kg.ground.terms import expand
from kg.serve.web.query_terms import terms_of

LONGEST = 200
"""Characters of the words that are looked for."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a reader asked for; what is empty narrows nothing."""

    words: str = ""
    theme: str = ""
    view: str = ""
    tags: frozenset[str] = frozenset()
    term: str = ""
    """The prefixed name of a term of the ontology that the queries use."""

    @classmethod
    def read(cls, args: Mapping[str, list[str]]) -> Narrowing:
        """What stands in the address.

        >>> Narrowing.read({"q": [" aid "], "tag": ["money", ""]})
        Narrowing(words='aid', theme='', view='', tags=frozenset({'money'}), term='')
        """
        first = {name: next(iter(args.get(name, ())), "").strip()[:LONGEST] for name in ("q", "theme", "view", "term")}
        tags = frozenset(filter(None, args.get("tag", ())))
        return cls(first["q"], first["theme"], first["view"], tags, first["term"])

    def fits(self, query: SavedQuery) -> bool:
        """Whether a query has the theme, the view and all tags, and uses the term."""
        told = self.theme in ("", query.theme) and self.view in ("", query.view) and self.tags <= set(query.tags)
        return told and (not self.term or expand(self.term) in terms_of(query))

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of its address."""
        named = [("q", self.words), ("theme", self.theme), ("view", self.view), ("term", self.term)]
        return [(name, value) for name, value in named if value] + [("tag", tag) for tag in sorted(self.tags)]

    @property
    def address(self) -> str:
        """The address of the list that it leaves.

        >>> Narrowing("a b", tags=frozenset({"un"})).address, Narrowing().address
        ('/queries?q=a+b&tag=un', '/queries')
        """
        return f"/queries?{urlencode(self.pairs())}" if self.pairs() else "/queries"


@dataclass(frozen=True, slots=True)
class Step:
    """One way to narrow the list, or to undo that: what it is called, where it leads, how many queries it leaves."""

    value: str
    address: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The queries that fit, the best first, and the steps from there by theme, by view and by tag."""

    queries: tuple[SavedQuery, ...]
    themes: tuple[Step, ...]
    views: tuple[Step, ...]
    tags: tuple[Step, ...]


def narrowed(catalogue: Catalogue, asked: Narrowing) -> Found:
    """The queries that fit what is asked, and what each further step would leave."""
    having_words = catalogue.search(asked.words)

    def left(wanted: Narrowing) -> list[SavedQuery]:
        return [query for query in having_words if wanted.fits(query)]

    found = left(asked)
    themes = Counter(query.theme for query in left(replace(asked, theme="")))
    views = Counter(query.view.value for query in left(replace(asked, view="")))
    tags = Counter(tag for query in found for tag in query.tags)
    return Found(
        tuple(found),
        tuple(_theme(asked, theme, themes[theme]) for theme in sorted(themes)),
        tuple(_view(asked, view, count) for view, count in views.most_common()),
        tuple(_tag(asked, tag, count) for tag, count in sorted(tags.items(), key=lambda one: (-one[1], one[0]))),
    )


def _theme(asked: Narrowing, theme: str, count: int) -> Step:
    """To one theme; from the one that is chosen back to all."""
    chosen = theme == asked.theme
    return Step(theme, replace(asked, theme="" if chosen else theme).address, count, chosen)


def _view(asked: Narrowing, view: str, count: int) -> Step:
    """To one view; from the one that is chosen back to all."""
    chosen = view == asked.view
    return Step(view, replace(asked, view="" if chosen else view).address, count, chosen)


def _tag(asked: Narrowing, tag: str, count: int) -> Step:
    """To one tag more, or to one less."""
    return Step(tag, replace(asked, tags=asked.tags ^ {tag}).address, count, tag in asked.tags)
