"""What `kg check` does: hold what is committed against what a build gives, and the graph against its own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from kg.build.cache import FOLDER as CACHE
from kg.build.cache import Cache
from kg.build.check.hygiene import read_checks
from kg.build.check.screening import count_shapes
from kg.build.entities import read_entities
from kg.build.linking import Kinds, contradictions, read_extract
from kg.build.pipeline import CHECKS, SHAPES, Built, assemble, strays
from kg.build.stream import Mapper
from kg.ground.errors import BuildError, OntologyError
from kg.ground.settings import Settings


@dataclass(frozen=True, slots=True)
class Examination:
    """One thing that was looked at: its name, what was looked at and how much of it, and what was found wrong."""

    name: str
    extent: str
    findings: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The examination for people to read, line by line."""
        yield f"{'FOUND' if self.findings else 'ok':<6}{self.name:<12}{self.extent}"
        yield from (f"      {line}" for finding in self.findings for line in finding.splitlines())


def check(
    settings: Settings, mapper: Mapper, *, prove: bool = True, items: Path | None = None
) -> Iterator[Examination]:
    """Look at everything that could be wrong with what is committed, one thing after the other.

    Nothing is written but what the next build can use.

    Compares ``triples/`` and ``ontology/entities/`` with what a build gives, holds the data against the shapes and the
    graph against the checks; with ``prove``, a complete reasoner classifies the ontology and looks for contradictions
    in what is said of entities and in the texts, which takes some ten seconds. With ``items``, an extract of Wikidata,
    the links are held against what the items are. Raises an error below `SidesError` where
    no build is possible.
    """
    home = settings.home
    cache = Cache(settings.releases_path / CACHE)
    built = assemble(home, mapper, cache)
    yield _sources(built)
    files = built.files(cache)
    yield Examination("files", f"{len(files)} generated files, against a build", tuple(_differences(home, files)))
    yield _shapes(built, home, cache)
    checks = read_checks(home / CHECKS)
    found = tuple(f"{CHECKS}: {finding}" for finding in built.unclean(home))
    yield Examination("checks", f"{len(checks)} queries that must find nothing", found)
    if items is not None:
        yield _links(home, items)
    if prove:
        yield from _proofs(built, home)


def verdict(examinations: list[Examination], *, left_out: str = "") -> str:
    """The last line: whether all is well."""
    count = sum(len(item.findings) for item in examinations)
    beside = f" ({left_out} left out)" if left_out else ""
    if not count:
        return f"all is well: {len(examinations)} examinations found nothing{beside}"
    places = [item.name for item in examinations if item.findings]
    return f"NOT WELL: {count} {'finding' if count == 1 else 'findings'} in {', '.join(places)}{beside}"


def _sources(built: Built) -> Examination:
    reports = [facts.report for facts in built.facts]
    read, said = sum(report.read for report in reports), sum(report.said for report in reports)
    extent = f"{len(reports)} read: {read:,} statements, {said:,} assertions"
    return Examination("sources", extent)


def _shapes(built: Built, home: Path, cache: Cache) -> Examination:
    found = tuple(f"{SHAPES}: {violation}" for violation in built.violations(home, cache))
    extent = f"{built.size():,} triples against {count_shapes(home / SHAPES)} shapes"
    return Examination("shapes", extent, found)


def _links(home: Path, items: Path) -> Examination:
    entities = [entity for entity in read_entities(home / "sources" / "entities") if entity.wikidata]
    linked = {entity.wikidata for entity in entities}
    extract = read_extract(items, lambda item: item.id in linked)
    told = sum(item in extract.items for item in linked)
    extent = f"{len(entities)} links to Wikidata, {told} of their items in the extract"
    return Examination("links", extent, tuple(contradictions(entities, extract, Kinds.read(home))))


def _proofs(built: Built, home: Path) -> Iterator[Examination]:
    try:
        from kg.build.check import profile, reasoner  # a Java of 100 MB, which only these need
    except ModuleNotFoundError as error:
        raise BuildError(f"{error.name} is not installed", remedy="run `make check`, which installs it") from error
    files = sorted((home / "ontology").glob("*.ttl"))
    extent = f"{len(files)} files of the ontology against OWL 2 DL, by the OWL API"
    try:
        yield Examination("profile", extent, profile.profile_violations(files))
    except OntologyError as error:
        yield Examination("profile", extent, (str(error),))
    try:
        found = reasoner.classify(files)
        yield Examination("classes", f"{found.classes} can each have members, by HermiT in {found.seconds:.1f} s")
    except OntologyError as error:
        yield Examination("classes", "whether each can have members, by HermiT", (str(error),))
    data = set(built.proved())
    extent = f"{len(data):,} triples together with the ontology, by HermiT"
    try:
        reasoner.check_consistency(files, data=data)
        yield Examination("consistency", extent)
    except OntologyError as error:
        yield Examination("consistency", extent, (str(error),))


def _differences(home: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    remedy = "What to do: run `kg build` and commit the file"
    for name, content in files.items():
        path = home / name
        if not path.is_file():
            yield f"{name}: the file is not there. {remedy}"
            continue
        held = path.read_bytes()
        if held != content:
            yield f"{name}:{_first_difference(held, content)}: this is not what a build gives. {remedy}"
    for path in strays(home, files):
        yield f"{path.relative_to(home)}: no source gives this file. What to do: run `kg build`, which removes it"


def _first_difference(held: bytes, made: bytes) -> int:
    """The line, counted from 1, in which two texts begin to differ."""
    pairs = zip_longest(held.splitlines(), made.splitlines())
    return next((number for number, (one, other) in enumerate(pairs, start=1) if one != other), 1)
