"""The collection of saved queries: read once, then looked up, listed by theme and searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from kg.ground.catalogue.head import read_query
from kg.ground.catalogue.headings import read_headings
from kg.ground.catalogue.records import SavedQuery
from kg.ground.errors import SavedQueryError
from kg.ground.terms import slug

_SMALL_WORDS = (
    "a au aux ce d dans de des du en est et l la le les ou par pour que quel quelle quelles quels qui qu sur un une "
    "an and are by for in is it of on or the to what which who whom with"
)
"""Words of either language that say nothing about what is searched."""


class Catalogue:
    """All saved queries of a folder, by name. It holds no open file and never changes."""

    def __init__(self, queries: Mapping[str, SavedQuery]) -> None:
        self._queries = MappingProxyType(dict(queries))

    @classmethod
    def read(cls, folder: Path) -> Catalogue:
        """Read every ``.rq`` file below a folder, by theme and name, and the headings that they share.

        Raises `SavedQueryError` for a file that is wrong and for a name that stands in two themes.
        """
        queries: dict[str, SavedQuery] = {}
        shared = read_headings(folder)
        for path in sorted(folder.rglob("*.rq")):
            query = read_query(path, folder, shared)
            if query.name in queries:
                raise SavedQueryError(
                    f"the name {query.name} stands in {queries[query.name].theme} and {query.theme}",
                    where=path.relative_to(folder).as_posix(),
                    expected="names that are unique over all themes",
                )
            queries[query.name] = query
        return cls(queries)

    def __iter__(self) -> Iterator[SavedQuery]:
        """The queries by theme and name."""
        return iter(self._queries.values())

    def __len__(self) -> int:
        """How many queries there are."""
        return len(self._queries)

    def get(self, name: str) -> SavedQuery | None:
        """The query of that name, or None."""
        return self._queries.get(name)

    def by_theme(self) -> Mapping[str, tuple[SavedQuery, ...]]:
        """The queries by theme, themes in alphabetical order."""
        themes = sorted({query.theme for query in self})
        return {theme: tuple(query for query in self if query.theme == theme) for theme in themes}

    def tags(self) -> Mapping[str, int]:
        """Every tag with the number of queries that bear it, in alphabetical order."""
        every = sorted(tag for query in self for tag in query.tags)
        return {tag: every.count(tag) for tag in dict.fromkeys(every)}

    def search(self, text: str = "", *, tags: frozenset[str] = frozenset()) -> tuple[SavedQuery, ...]:
        """The queries that hold every word of ``text``, in French or English, and bear every tag; best first.

        Case and accents do not count, and a word may be the beginning of a longer one. A word in the name, the tags
        or the summary weighs more than one in the description.
        """
        words = [_stem(word) for word in slug(text).split("-") if text.strip() and word not in _SMALL_WORDS.split()]
        scored = [(_score(query, words), query) for query in self if tags <= set(query.tags)]
        found = [(score, query) for score, query in scored if score is not None]
        return tuple(query for _, query in sorted(found, key=lambda pair: -pair[0]))


def _score(query: SavedQuery, words: list[str]) -> int | None:
    """How well a query fits the words: None where one of them is missing."""
    near = _words(query.name, *query.tags, *query.summary.values())
    far = _words(query.theme, *query.description.values())
    score = 0
    for word in words:
        if any(other.startswith(word) for other in near):
            score += 3
        elif any(other.startswith(word) for other in far):
            score += 1
        else:
            return None
    return score


def _stem(word: str) -> str:
    """A word without its plural, in either language: what is left is compared as a beginning."""
    return word.rstrip("sx") if len(word) > 3 else word


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in slug(text).split("-")}
