"""What things are called: asked of the graph once for each release, and remembered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from kg.ground.catalogue.binding import iri
from kg.ground.terms import PREFIXES
from kg.serve.results import Row

MOST_KEPT = 100_000
"""IRIs whose names are remembered in one language: some 20 MiB."""

MOST_ASKED = 2000
"""IRIs that are asked for at once: a longer list costs more than the names help."""

Select = Callable[[str], list[Row]]
"""What answers a SELECT with its rows."""

_NAMES = f"{iri(PREFIXES['rdfs'] + 'label')}|{iri(PREFIXES['dcterms'] + 'title')}"


class Labels:
    """The names of things in one language, or else in any: those that were asked for, or all of a release."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._known: dict[str, str] = {}  # empty for what has no name
        self._complete = False

    def of(self, wanted: Sequence[str], select: Select) -> dict[str, str]:
        """The names of those IRIs that have one; raises what ``select`` raises."""
        missing = [] if self._complete else [name for name in wanted if name not in self._known][:MOST_ASKED]
        found = self._asked(missing, select) if missing else {}
        if found and len(self._known) + len(found) <= MOST_KEPT:
            self._known.update(found)
        named = ((name, found.get(name) or self._known.get(name)) for name in wanted)
        return {name: label for name, label in named if label}

    def fill(self, rows: Iterable[Row]) -> None:
        """Take over the names of everything that has one: from now on nothing has to be asked."""
        self._known.update(self._chosen(rows))
        self._complete = True

    def _asked(self, missing: Sequence[str], select: Select) -> dict[str, str]:
        values = " ".join(map(iri, missing))
        rows = select(f"SELECT ?iri ?label {{ VALUES ?iri {{ {values} }} ?iri {_NAMES} ?label }}")
        return dict.fromkeys(missing, "") | self._chosen(rows)

    def _chosen(self, rows: Iterable[Row]) -> dict[str, str]:
        """One name of each thing: in the language rather than in another, of several the last in the alphabet."""
        found: defaultdict[str, list[tuple[bool, str]]] = defaultdict(list)
        for row in rows:
            label = row["label"]
            found[row["iri"].value].append((label.language == self.language, label.value))
        return {name: max(labels)[1] for name, labels in found.items()}


def fill(every: Mapping[str, Labels], select: Select) -> None:
    """Read the names of everything in all languages, unless there are more than can be remembered."""
    rows = select(f"SELECT ?iri ?label {{ ?iri {_NAMES} ?label FILTER isIRI(?iri) }} LIMIT {MOST_KEPT + 1}")
    if len(rows) <= MOST_KEPT:
        for labels in every.values():
            labels.fill(rows)
