"""Engines that hold a small graph of their own and join it with an endpoint by SERVICE, each as its users start it."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import rdflib

from support.clients import free_port, need, need_node, need_program, run, run_node
from support.serving import eventually

Row = Mapping[str, str]
Ask = Callable[..., list[Row]]
"""What answers a query on the graph: rows of the values of their variables, as strings.

Comunica takes addresses of endpoints behind it, to join without SERVICE."""

JSON = "application/sparql-results+json"
_JAVA = Path("/usr/share/java")

_COMUNICA = """
import { readFileSync } from "node:fs";
import { QueryEngine } from "@comunica/query-sparql";

const [query, graph, ...endpoints] = process.argv.slice(2);
const table = { type: "serialized", value: readFileSync(graph, "utf8"), mediaType: "text/turtle", baseIRI: "urn:base" };
const engine = new QueryEngine();
const stream = await engine.queryBindings(query, { sources: [table, ...endpoints] });
const rows = await stream.toArray();
const plain = (row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]));
console.log(JSON.stringify(rows.map(plain)));
"""

_VIRTUOSO = """\
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
ServerPort = 127.0.0.1:{sql}
NumberOfBuffers = 4000
DirsAllowed = {folder}
CheckpointInterval = 0
[HTTPServer]
ServerPort = 127.0.0.1:{http}
"""

_GRANTS = 'GRANT SELECT ON DB.DBA.SPARQL_SINV_2 TO "SPARQL"; GRANT EXECUTE ON DB.DBA.SPARQL_SINV_IMP TO "SPARQL";'


@contextmanager
def rdflib_engine(graph: Path, _folder: Path) -> Iterator[Ask]:
    """RDFLib, in this process."""
    table = rdflib.Graph().parse(graph)

    def ask(query: str) -> list[Row]:
        found = table.query(query)
        assert found.vars
        return [{str(name): str(row[name]) for name in found.vars} for row in found]  # type: ignore[index]

    yield ask


@contextmanager
def comunica(graph: Path, folder: Path) -> Iterator[Ask]:
    """Comunica in Node; the graph is a file that it reads for each query."""
    need_node("@comunica/query-sparql")

    def ask(query: str, *endpoints: str) -> list[Row]:
        printed = run_node("@comunica/query-sparql", _COMUNICA, folder, query, str(graph), *endpoints)
        rows: list[Row] = json.loads(printed)
        return rows

    yield ask


@contextmanager
def jena(graph: Path, folder: Path) -> Iterator[Ask]:
    """ARQ, the command line of Apache Jena, as Debian has it."""
    java = need_program("java", "default-jre-headless")
    need("Jena ARQ", (_JAVA / "jena-cmds.jar").exists(), "Debian's package libapache-jena-java brings it")
    places = ":".join([str(_jena_messages(folder)), *map(str, _jena_jars())])

    def ask(query: str) -> list[Row]:
        (folder / "query.rq").write_text(query, encoding="utf-8")
        options = ["--data", str(graph), "--query", "query.rq", "--results", "csv"]
        return _table(run([java, "-XX:TieredStopAtLevel=1", "-cp", places, "arq.arq", *options], folder))

    yield ask


def _jena_jars() -> list[Path]:
    """What Debian has of Jena and what that needs, with one way to log: to nobody."""
    log = re.compile(r"slf4j|log4j|commons-logging|logback")
    jars = [path for path in sorted(_JAVA.glob("*.jar")) if not log.search(path.name)]
    return [*jars, _JAVA / "slf4j-api.jar", _JAVA / "slf4j-nop.jar"]


def _jena_messages(folder: Path) -> Path:
    """A folder with the messages of the XML library within Jena, where it looks for them.

    Debian's build renamed the packages of its classes but not those of its messages: without them nothing starts.
    """
    place = folder / "messages"
    with zipfile.ZipFile(_JAVA / "jena-core.jar") as jar:
        for name in jar.namelist():
            _, found, rest = name.partition("org/apache/jena/ext/xerces/")
            if found and rest.endswith(".properties"):
                (place / "xerces" / rest).parent.mkdir(parents=True, exist_ok=True)
                (place / "xerces" / rest).write_bytes(jar.read(name))
    return place


@contextmanager
def oxigraph(graph: Path, folder: Path) -> Iterator[Ask]:
    """``oxigraph serve`` in memory; the graph is sent to its store."""
    program = need_program("oxigraph")
    port = free_port()
    with _process([program, "serve", "--bind", f"127.0.0.1:{port}"], folder, f"http://127.0.0.1:{port}/query"):
        headers = {"Content-Type": "text/turtle"}
        with urlopen(Request(f"http://127.0.0.1:{port}/store?default", graph.read_bytes(), headers, method="PUT")):
            pass
        yield lambda query: _asked(f"http://127.0.0.1:{port}/query", query)


@contextmanager
def virtuoso(graph: Path, folder: Path) -> Iterator[Ask]:
    """Virtuoso with a database of its own, and the rights that SERVICE needs."""
    program, command = (need_program(name, "virtuoso-opensource-7-bin") for name in ("virtuoso-t", "isql-vt"))
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http), encoding="utf-8")
    address = f"http://127.0.0.1:{http}/sparql"
    with _process([program, "+foreground", "+configfile", str(folder / "virtuoso.ini")], folder, address):
        load = f"DB.DBA.TTLP(file_to_string_output('{graph}'), '', 'urn:table', 0);"
        for text in (load, _GRANTS):
            done = run([command, f"127.0.0.1:{sql}", "dba", "dba", "VERBOSE=OFF", f"EXEC={text}"], folder)
            assert "Error" not in done, done
        yield lambda query: _asked(address, query)


Engine = Callable[[Path, Path], AbstractContextManager[Ask]]

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {"Comunica": comunica, "Jena": jena, "Oxigraph": oxigraph, "RDFLib": rdflib_engine, "Virtuoso": virtuoso}
)
"""Each begins with the file of a graph in Turtle and a folder of its own."""


@contextmanager
def _process(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """A server, from when it answers until it is told to end."""
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        assert eventually(lambda: process.poll() is not None or _answers(address), 60)
        assert process.poll() is None, (folder / "output.txt").read_text(encoding="utf-8")
        yield
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        _asked(address, "ASK {}")
    except URLError:
        return False
    return True


def _asked(address: str, query: str) -> list[Row]:
    with urlopen(Request(f"{address}?{urlencode({'query': query})}", headers={"Accept": JSON})) as answer:
        rows = json.load(answer).get("results", {}).get("bindings", [])
    return [{name: term["value"] for name, term in row.items()} for row in rows]


def _table(text: str) -> list[Row]:
    return [dict(row) for row in csv.DictReader(io.StringIO(text))]
