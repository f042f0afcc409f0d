"""How long the shapes take: the validation of a build, on a release and on one many times as large.

The statements of the release, and all they say, are repeated under other names; the facts that rest on them rest on
more assertions each, as they would if more sources said the same.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.build.check.shapes import validate
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import IDENTIFIERS, graph_iri

HOME = Path(__file__).parents[1]
_REPEATED = tuple(f"{IDENTIFIERS}{kind}/" for kind in ("assertion", "span", "statement", "unlinked"))


def main() -> None:
    """Measure and print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, nargs="+", default=[0, 300_000], help="0: the release as it is")
    parser.add_argument("--releases", type=Path, default=HOME / "var", help="folder of the releases")
    parser.add_argument("--shapes", type=Path, default=HOME / "ontology" / "shapes", help="the folder of the shapes")
    arguments = parser.parse_args()
    release = Release.current(Settings(home=HOME, releases=arguments.releases))
    triples = sorted(read(release), key=str)
    for wanted in arguments.triples:
        data = ox.serialize(scaled(triples, wanted), format=ox.RdfFormat.N_TRIPLES) or b""
        started, before = time.monotonic(), time.process_time()
        found = validate(data, arguments.shapes)
        seconds, busy = time.monotonic() - started, time.process_time() - before
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{len(data.splitlines()):,} triples: {len(found)} violations in {seconds:.1f} s "
            f"({busy:.1f} s of a processor), at most {peak:.0f} MiB"
        )
        for violation in found[:3]:
            print(f"    {violation}", file=sys.stderr)


def read(release: Release) -> set[ox.Triple]:
    """What a build holds against the shapes: the merge of all graphs but the inferred one."""
    quads = ox.parse(path=release.data, format=ox.RdfFormat.N_QUADS)
    left_out = {ox.DefaultGraph(), ox.NamedNode(graph_iri("inferred"))}
    return {quad.triple for quad in quads if quad.graph_name not in left_out}


def scaled(triples: list[ox.Triple], wanted: int) -> Iterator[ox.Triple]:
    """The triples, and as many copies of what statements bring with them as make ``wanted``, and no less."""
    yield from triples
    said = [triple for triple in triples if _is_repeated(triple.subject) or _is_repeated(triple.object)]
    if not said and wanted > len(triples):
        raise SystemExit("the release has no statements to repeat; build one with `kg build`")
    for number in range(1, 1 - (len(triples) - wanted) // (len(said) or 1)):
        for triple in said:
            yield ox.Triple(_copy(triple.subject, number), triple.predicate, _copy(triple.object, number))


def _is_repeated(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(_REPEATED)


def _copy(term: Any, number: int) -> Any:
    return ox.NamedNode(f"{term.value}-copy-{number}") if _is_repeated(term) else term


if __name__ == "__main__":
    main()
