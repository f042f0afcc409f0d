"""Virtuoso, as a plain process with a configuration and a database of its own."""

from __future__ import annotations

import json
import shutil
import subprocess

from kg.ground.release import DATA, Release

from .base import PeerError, ServerPeer, free_port

_CONFIGURATION = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
MaxCheckpointRemap = 2000
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{isql}
ServerThreads = 40
CheckpointInterval = 0
MaxDirtyBuffers = 250000
NumberOfBuffers = 340000
MaxQueryMem = 2G
DirsAllowed = ., {folder}
ThreadsPerQuery = 2
AsyncQueueMaxThreads = 4
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 32
MaxClientConnections = 40
MaxKeepAlives = 40
KeepAliveTimeout = 60
[Client]
SQL_PREFETCH_ROWS = 100
[SPARQL]
ResultSetMaxRows = 100000000
DefaultQuery = ASK {{}}
"""
"""340,000 buffers of 8 KiB hold some 2.7 GB: more than the database of 10^7 triples needs."""


class Virtuoso(ServerPeer):
    """``virtuoso-t``. It has no default graph of its own: it gets the named graphs, and merges them as it queries."""

    name = "virtuoso"

    def __init__(self) -> None:
        super().__init__()
        self._isql = free_port()

    def missing(self) -> str:
        """Whether the two programs are there."""
        missing = [program for program in ("virtuoso-t", "isql-vt") if not shutil.which(program)]
        return f"{' and '.join(missing)}: Debian's package virtuoso-opensource-7-bin brings them" if missing else ""

    def version(self) -> str:
        """The line of its own that names the version."""
        done = subprocess.run(["virtuoso-t", "+version"], capture_output=True, text=True, check=False)
        line = next(line for line in (done.stdout + done.stderr).splitlines() if "Version" in line)
        return f"Virtuoso {line.split()[1].rstrip(',')}"

    def prepare(self, release: Release) -> None:
        """Leave out the default graph."""
        with release.data.open("rb") as quads, (self.location / DATA).open("wb") as named:
            named.writelines(line for line in quads if names_graph(line))

    def start(self, release: Release) -> None:
        """Start on an empty database, load the file, and write it down."""
        configuration = _CONFIGURATION.format(folder=self.location, isql=self._isql, http=self.port)
        (self.location / "virtuoso.ini").write_text(configuration, encoding="utf-8")
        self.run(["virtuoso-t", "+foreground", "+configfile", str(self.location / "virtuoso.ini")])
        self.wait("ASK { ?s ?p ?o }")
        self._forget_own_graphs()
        self._command(f"ld_dir('{self.location}', '{DATA}', 'urn:default'); rdf_loader_run(); checkpoint;")
        failed = self._command("select ll_file, ll_error from DB.DBA.LOAD_LIST where ll_error is not null;")
        if DATA in failed:
            raise PeerError(f"the file of {release.name} was not loaded: {failed}")

    def _forget_own_graphs(self) -> None:
        """Remove what Virtuoso says of itself in graphs of its own: it would be in every merge."""
        found = json.loads(self.ask("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }"))
        for graph in sorted(row["graph"]["value"] for row in found["results"]["bindings"]):
            self._command(f"DELETE FROM DB.DBA.RDF_QUAD WHERE G = iri_to_id('{graph}');")

    def _command(self, text: str) -> str:
        command = ["isql-vt", f"127.0.0.1:{self._isql}", "dba", "dba", "VERBOSE=OFF", f"EXEC={text}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode or "Error" in done.stderr:
            raise PeerError(f"isql-vt: {done.stdout}{done.stderr}")
        return done.stdout


def names_graph(line: bytes) -> bool:
    """Whether a line of N-Quads has four terms, and not three."""
    if not line.endswith(b"> .\n"):
        return False
    at = line.rindex(b" <")
    return b'"' not in line[at:] and line.count(b" ", 0, at) > 1
