"""The quality report of a build: what was read, what it leaves blank, who contradicts whom, how far to trust it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.build.lines import Lines, node, object_, predicate, subject
from kg.build.quality.tally import UNDATED, Properties, Tally, kinds_of, with_links, years_of
from kg.build.report import SourceReport
from kg.ground.kinds import CONCEPT_SCHEMES, KINDS, WEAK
from kg.ground.terms import PREFIXES, expand, shorten

LINKS = ("differsFrom", "restates", "supersededBy")
"""The relations between assertions of all sources that are counted, by their names in the ontology."""


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """One source: what the build reports of it, and what its graph holds."""

    report: SourceReport
    tally: Tally

    @property
    def silent(self) -> int:
        """The number of statements that neither gave an assertion nor are listed."""
        return len(self.report.unmapped)

    @property
    def unlinked(self) -> int:
        """How often a statement names something that no table of entities holds."""
        return sum(map(len, self.report.unlinked.values()))

    @property
    def covered(self) -> float | None:
        """The share of the statements that gave an assertion; None if there are no statements."""
        return share(self.report.read - self.silent - self.report.left_out, self.report.read)

    def as_json(self) -> dict[str, object]:
        """The figures of the source as a JSON object."""
        return {
            "source": self.report.name,
            "table": self.report.is_table,
            "read": self.report.read,
            "assertions": self.tally.assertions,
            "listed": self.report.left_out,
            "silent": self.silent,
            "dated": self.tally.dated,
            "unlinked": self.unlinked,
            "kinds": self.tally.kinds,
            "reliability": ordered(self.tally.reliability),
        }


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What one build measured.

    ``properties`` names the slots that are looked at; ``references`` counts the cited sources by reliability; ``links``
    counts, by relation (`LINKS`) and kind, the ties between assertions, each pair that differs once; ``shapes`` and
    ``checks`` are how many the graph was held against: a release is published only if all of them hold.
    """

    sources: tuple[SourceQuality, ...]
    properties: Properties
    references: Mapping[str, int]
    links: Mapping[str, Mapping[str, int]]
    shapes: int
    checks: int

    @classmethod
    def of(
        cls,
        sources: Iterable[tuple[SourceReport, Lines]],
        *,
        properties: Properties,
        catalogue: Iterable[ox.Triple],
        links: Lines,
        shapes: int,
        checks: int,
        entities: Lines = (),
    ) -> QualityReport:
        """Measure sources with the lines of their graphs.

        ``catalogue`` is what is said of all cited sources, ``links`` and ``entities`` are the graphs of these.
        """
        sources, years = tuple(sources), years_of(entities)
        measured = tuple(SourceQuality(report, Tally.of(with_links(lines, links), years)) for report, lines in sources)
        tied = _links(links, [lines for _, lines in sources])
        return cls(measured, properties, _references(catalogue), tied, shapes, checks)

    @property
    def kinds(self) -> dict[str, int]:
        """The number of assertions by kind, in the order of the contract."""
        total = _sum(source.tally.kinds for source in self.sources)
        return {kind: total[kind] for kind in KINDS if kind in total}

    @property
    def reliability(self) -> dict[str, int]:
        """The number of assertions by the reliability of what they cite."""
        return ordered(_sum(source.tally.reliability for source in self.sources))

    @property
    def weak(self) -> int:
        """The number of assertions that rest on a source that is not as good as the original."""
        return weak(self.reliability)

    def years(self, kind: str) -> dict[str, int]:
        """The number of assertions of a kind by year, `UNDATED` first."""
        return dict(sorted(_sum(source.tally.years.get(kind, {}) for source in self.sources).items()))

    def given(self, kind: str) -> dict[str, int]:
        """How many assertions of a kind fill each slot."""
        total = _sum(source.tally.given.get(kind, {}) for source in self.sources)
        return {slot: total[name] for slot, name in self.properties[kind].items()}

    def unlinked(self) -> dict[str, dict[str, int]]:
        """Each phrase that names something no table holds, with how often by source; the most frequent first."""
        found: dict[str, dict[str, int]] = {}
        for source in self.sources:
            for phrase, positions in source.report.unlinked.items():
                found.setdefault(phrase, {})[source.report.name] = len(positions)
        return dict(sorted(found.items(), key=lambda item: (-sum(item[1].values()), item[0])))

    def as_json(self) -> dict[str, object]:
        """The report as it is kept in the release."""
        years = _sum(self.years(kind) for kind in self.kinds)
        return {
            "totals": {
                "sources": len(self.sources),
                "references": sum(self.references.values()),
                "read": sum(source.report.read for source in self.sources),
                "assertions": sum(self.kinds.values()),
                "listed": sum(source.report.left_out for source in self.sources),
                "silent": sum(source.silent for source in self.sources),
                "dated": sum(source.tally.dated for source in self.sources),
                "unlinked": sum(source.unlinked for source in self.sources),
                "weak": self.weak,
            },
            "kinds": [self._kind(kind, count) for kind, count in self.kinds.items()],
            "years": {year: count for year, count in sorted(years.items()) if year != UNDATED},
            "sources": [source.as_json() for source in self.sources],
            "reliability": {"references": ordered(self.references), "assertions": self.reliability},
            "links": self.links,
            "unlinked": [{"phrase": phrase, "sources": counts} for phrase, counts in self.unlinked().items()],
            "checks": {"shapes": self.shapes, "checks": self.checks},
        }

    def _kind(self, kind: str, count: int) -> dict[str, object]:
        years = self.years(kind)
        return {
            "kind": kind,
            "class": KINDS[kind].ontology_class,
            "assertions": count,
            "undated": years.pop(UNDATED, 0),
            "years": years,
            "slots": [
                {"slot": slot, "property": shorten(self.properties[kind][slot]), "given": given}
                for slot, given in self.given(kind).items()
            ],
        }


def share(part: int, whole: int) -> float | None:
    """A part as a share of the whole; None where there is no whole."""
    return part / whole if whole else None


def weak(reliability: Mapping[str, int]) -> int:
    """How many of those counted by reliability are weak."""
    return sum(reliability.get(level, 0) for level in WEAK)


def ordered(reliability: Mapping[str, int]) -> dict[str, int]:
    """Counts by reliability, the most reliable first."""
    return {level: reliability[level] for level in CONCEPT_SCHEMES["reliability"] if level in reliability}


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return total


def _references(catalogue: Iterable[ox.Triple]) -> dict[str, int]:
    levels = (triple.object.value for triple in catalogue if triple.predicate.value == expand("sides:reliability"))  # type: ignore[union-attr]
    return ordered(Counter(level.removeprefix(PREFIXES["reliability"]) for level in levels))


def _links(links: Lines, graphs: Iterable[Lines]) -> dict[str, dict[str, int]]:
    names = {node(expand(f"sides:{name}")): name for name in LINKS}
    found = {(names[predicate(line)], subject(line), object_(line)) for line in links if predicate(line) in names}
    kinds = kinds_of({one for _, one, _ in found}, graphs)
    # Two that differ do so in both directions.
    once = [(name, one) for name, one, other in found if name != "differsFrom" or one < other]
    by_kind = Counter((name, kinds[one]) for name, one in once)
    return {name: {kind: by_kind[name, kind] for kind in KINDS if (name, kind) in by_kind} for name in LINKS}
