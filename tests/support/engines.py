"""Engines of others, each a process of its own with a release in it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.ground.release import Release
from kg.serve.remote.publishing import Publisher, Target, write_bulk
from kg.serve.remote.publishing.store import GraphStore
from support.serving import eventually

REQUIRED = "SIDES_REQUIRE_ENGINES"
_BESIDE = Path(__file__).parents[2] / "var" / "clients" / "venv" / "bin"
_CONFIGURATION = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{isql}
ServerThreads = 20
CheckpointInterval = 0
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
DirsAllowed = ., {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 16
MaxClientConnections = 20
MaxKeepAlives = 20
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 10000000
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """A running engine: where graphs are written and queries asked, and who may write."""

    graphs: str
    queries: str
    auth: str = ""


def program(name: str, package: str) -> str:
    """The path of a program. Without it the test is skipped, or fails if engines are required."""
    found = shutil.which(name) or shutil.which(name, path=_BESIDE)
    if found is None:
        told = f"{name} is not installed: {package} brings it"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(told)
        pytest.skip(told)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(command: Sequence[str], folder: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A process whose words go to a file of a folder, from when it is ready; killed at the end."""
    with (folder / "words.txt").open("wb") as words:
        process = subprocess.Popen(command, cwd=folder, stdout=words, stderr=words)
        try:
            assert eventually(lambda: process.poll() is not None or ready(), 60)
            assert process.poll() is None, (folder / "words.txt").read_text(errors="replace")
            yield
        finally:
            process.kill()
            process.wait()


def answers(address: str) -> Callable[[], bool]:
    """Whether somebody answers HTTP at an address."""

    def ready() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return True
        except OSError:
            return False

    return ready


@contextmanager
def oxigraph(folder: Path, release: Release | None = None, *options: str) -> Iterator[Engine]:
    """``oxigraph serve`` in memory."""
    port = free_port()
    command = [program("oxigraph", "PyPI's oxigraph"), "serve", "--bind", f"127.0.0.1:{port}", *options]
    engine = Engine(f"http://127.0.0.1:{port}/store", f"http://127.0.0.1:{port}/query")
    with running(command, folder, answers(engine.queries)):
        if release:
            publish(release, engine)
        yield engine


@contextmanager
def virtuoso(folder: Path, release: Release | None = None) -> Iterator[Engine]:
    """``virtuoso-t`` with a database of its own; a release is loaded from files."""
    isql, http = free_port(), free_port()
    server = program("virtuoso-t", "Debian's virtuoso-opensource-7-bin")
    client = program("isql-vt", "Debian's virtuoso-opensource-7-bin")
    configuration = folder / "virtuoso.ini"
    configuration.write_text(_CONFIGURATION.format(folder=folder, isql=isql, http=http), encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    engine = Engine(f"{base}/sparql-graph-crud-auth", f"{base}/sparql?timeout={{milliseconds}}", "dba:dba")
    with running([server, "+foreground", "+configfile", str(configuration)], folder, answers(f"{base}/sparql")):
        if release:
            files = write_bulk(release, folder / "load", "virtuoso")
            command = [client, f"127.0.0.1:{isql}", "dba", "dba", "ERRORS=STDOUT", str(files[-1])]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
            assert "*** Error" not in done.stdout, done.stdout
        yield engine


def store(engine: Engine, *, update: bool = True) -> GraphStore:
    target = Target.read(engine.graphs, None, None if update else "")
    return GraphStore(target.graphs, target.query, target.update, engine.auth)


def publish(release: Release, engine: Engine, *, update: bool = True) -> bool:
    """Load a release over HTTP."""
    return Publisher(release, store(engine, update=update)).publish()
