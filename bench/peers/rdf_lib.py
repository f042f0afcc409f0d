"""rdflib-endpoint: RDFLib in memory behind a server."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kg.ground.release import Release

from .base import PROGRAMS, ServerPeer

LIMIT = 200_000
"""Triples beyond which nobody would wait for it."""


class RdflibEndpoint(ServerPeer):
    """A store in memory that is filled from the file, and uvicorn."""

    name = "rdflib-endpoint"
    path = "/"
    patience = 8.0

    def missing(self) -> str:
        """Whether the package is there."""
        found = [*PROGRAMS.parent.glob("lib/python*/site-packages/rdflib_endpoint")]
        return "" if found else "pip install -r bench/requirements.txt brings it"

    def version(self) -> str:
        """The versions of the two packages."""
        command = "from importlib.metadata import version as v; print(v('rdflib-endpoint'), v('rdflib'))"
        done = subprocess.run([PROGRAMS / "python", "-c", command], capture_output=True, text=True, check=True)
        return "rdflib-endpoint {} on RDFLib {}".format(*done.stdout.split())

    def start(self, release: Release) -> None:
        """Have the program read the file and serve."""
        program = Path(__file__).with_name("rdf_lib_server.py")
        self.run([str(PROGRAMS / "python"), str(program), str(release.data), str(self.port)])
        self.wait()
