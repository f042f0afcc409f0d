"""The OWL API's judge of OWL 2 DL: does the ontology keep the global restrictions that reasoners rely on.

HermiT refuses what it cannot use and lets pass the rest. The restrictions of the standard (OWL 2 Structural
Specification, sections 3 and 11) are looked at by Pellint, which comes with Pellet and that with owlready2: entities
declared, no IRI both of an object and of a data property, reserved names left alone, simple properties where they are
asked for, chains without circles.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox

from kg.build.check.reasoner import java_command, read_triples
from kg.ground.errors import OntologyError
from kg.ground.terms import PREFIXES

_BEGIN = "OWL 2 DL violations found"
_CLEAN = "No OWL 2 DL violations found"
_END = "OWL lints found"
_UNTYPED = "No RDF lints found"


def profile_violations(files: Sequence[Path], *, deadline: float = 120.0) -> tuple[str, ...]:
    """What keeps the ontology that stands in these Turtle files together outside of OWL 2 DL, sorted.

    Raises `OntologyError` for files that are no Turtle, and where no verdict is given within ``deadline`` seconds.
    """
    triples = read_triples(files)
    with tempfile.TemporaryDirectory(prefix="sides-profile-") as folder:
        # It reads RDF/XML best: its own parsers of Turtle and N-Triples are older than the standards.
        file = Path(folder) / "ontology.rdf"
        ox.serialize(triples, file, ox.RdfFormat.RDF_XML)
        command = [*java_command(folder, "pellet/*", "pellet.Pellet"), "lint", file.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=deadline, check=False)
        except subprocess.TimeoutExpired as error:
            raise OntologyError(
                f"the judge of the profile gave no answer within {deadline:g} s", remedy="allow it more time"
            ) from error
    return _violations(done.stdout, done.stderr)


def _violations(told: str, complaints: str) -> tuple[str, ...]:
    lines = [line.strip() for line in told.splitlines() if line.strip() and set(line.strip()) != {"="}]
    untyped = [] if any(line.startswith(_UNTYPED) for line in lines) else _untyped(lines)
    if any(line.startswith(_CLEAN) for line in lines):
        return tuple(sorted(untyped))
    begin = next((place for place, line in enumerate(lines) if line.startswith(_BEGIN)), None)
    if begin is None:
        reason = next((line for line in complaints.splitlines() if "Exception" in line), "no message")
        raise OntologyError(f"the judge of the profile gave no verdict: {reason}", expected="OWL 2 as RDF")
    body = lines[begin + 1 :]
    end = next((place for place, line in enumerate(body) if _END in line), len(body))
    return tuple(sorted({_shortened(line) for line in [*untyped, *body[:end]]}))


def _untyped(lines: Sequence[str]) -> list[str]:
    end = next((place for place, line in enumerate(lines) if _BEGIN in line), len(lines))
    return list(lines[:end])


def _shortened(line: str) -> str:
    """A violation without the name of the ontology that it stands in, and with prefixed names."""
    short = line.partition(" in OntologyID(")[0]
    for prefix, namespace in PREFIXES.items():
        short = short.replace(f"<{namespace}", f"<{prefix}:")
    return short
