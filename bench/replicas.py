"""What several server processes behind nginx carry, each with the whole graph: rates of the saved queries.

The configuration of nginx is the one that docs/scaling.md shows, with ports of this run.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import load
import machine
from peers.base import ROOT, HttpClient, PeerError, family, free_port

from kg.ground.catalogue import Catalogue, QueryForm

CLIENTS = 16
PATIENCE = 5.0
"""Seconds that a query of the mix may take by itself, on a machine that other work keeps busy."""
WORKERS = 2
"""Query workers of each server: as many as there are processors, however many servers share them."""

_PAGE = ROOT / "docs" / "scaling.md"
_MAIN = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""
_START = 120.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a number of servers made of the load. Rates are answers in a second, ``processor`` is in ms for each."""

    servers: int
    new: float
    again: float
    processor: float
    memory: float
    failed: int


def site(ports: Sequence[int], port: int) -> str:
    """The configuration of the page, for servers on these ports, listening on ``port``."""
    (block,) = re.findall(r"^```nginx\n(.*?)^```", _PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    servers = re.compile(r"(?:^ *server 127\.0\.0\.1:\d+ .*\n)+", re.MULTILINE)
    parts = servers.search(block)
    assert parts
    options = parts[0].split("\n", 1)[0].partition(" max_fails")[2]
    listed = "".join(f"    server 127.0.0.1:{each} max_fails{options}\n" for each in ports)
    return re.sub(r"listen [^;]*;", f"listen 127.0.0.1:{port};", servers.sub(listed, block), count=1)


@contextmanager
def process(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """A process while it is needed: its number."""
    with (folder / "words.txt").open("ab") as words:
        started = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=words, stderr=words)
    try:
        yield started.pid
    finally:
        started.terminate()
        started.wait(30)


def wait(address: str) -> None:
    """Wait until somebody answers a query."""
    client, give_up = HttpClient(address), time.monotonic() + _START
    while True:
        try:
            client.ask("ASK {}")
        except PeerError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)
        else:
            client.close()
            return


@contextmanager
def servers(count: int, releases: Path, folder: Path, stack: ExitStack) -> Iterator[tuple[list[str], list[int]]]:
    """So many servers and nginx in front of them: where it and they answer, and the numbers of the processes."""
    ports = [free_port() for _ in range(count)]
    settings = {
        "SIDES_HOME": str(ROOT),
        "SIDES_RELEASES": str(releases),
        "SIDES_WORKERS": str(WORKERS),
        "SIDES_LOG": "off",
        "SIDES_WARM": "off",
        "SIDES_TRUSTED_PROXIES": "127.0.0.1",
        "SIDES_CLIENT_SHARE": "1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    pids = []
    for port in ports:
        command = [sys.executable, str(ROOT / "server.py"), "--port", str(port)]
        pids.append(stack.enter_context(process(command, folder, settings)))
        wait(f"http://127.0.0.1:{port}/sparql")
    front = free_port()
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, site=site(ports, front)), encoding="utf-8")
    nginx = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    pids.append(stack.enter_context(process(nginx, folder)))
    address = f"http://127.0.0.1:{front}/sparql"
    wait(address)
    yield [address, *(f"http://127.0.0.1:{port}/sparql" for port in ports)], pids


def stream(texts: Sequence[str], address: str, seed: int, *, new: bool) -> Callable[[], bytes]:
    """What clients ask, one after the other, in an order that the seed gives."""
    chance = random.Random(seed)
    sent = [load.request(address, text, "application/sparql-results+json") for text in texts]
    numbers = iter(range(chance.randrange(10**9), 10**12))

    def next_request() -> bytes:
        picked = chance.choice(sent)
        return load.varied(picked, next(numbers)) if new else picked

    return next_request


def quick(address: str, text: str) -> bool:
    """Whether a query is answered in time for a burst to hold many of it."""
    client = HttpClient(address, PATIENCE)
    try:
        client.ask(text)
    except PeerError:
        return False
    finally:
        client.close()
    return True


def measure(count: int, texts: Sequence[str], releases: Path, seconds: float) -> Outcome:
    """Start so many servers and ask them."""
    with tempfile.TemporaryDirectory(prefix="replicas-") as name, ExitStack() as stack:
        folder = Path(name)
        (address, *behind), parents = stack.enter_context(servers(count, releases, folder, stack))
        texts = [text for text in texts if quick(behind[0], text)]
        pids = [pid for parent in parents for pid in family(parent)]
        load.burst(address, stream(texts, address, 1, new=True), CLIENTS, seconds / 4)
        before = machine.used(pids)
        new = load.burst(address, stream(texts, address, 2, new=True), CLIENTS, seconds)
        took = machine.used(pids) - before
        for each in behind:  # what one has answered the others do not know
            client = HttpClient(each)
            for text in texts:
                client.ask(text)
            client.close()
        again = load.burst(address, stream(texts, address, 3, new=False), CLIENTS, seconds)
        memory = sum(map(machine.proportional_size, pids))
        answered = sum(new.statuses.values()) or 1
        return Outcome(count, new.rate, again.rate, 1000 * took / answered, memory, new.failed + again.failed)


def saved() -> list[str]:
    """The saved queries that ask the graph alone, and give a table."""
    catalogue = Catalogue.read(ROOT / "queries")
    return [query.text for query in catalogue if query.form is QueryForm.SELECT and "SERVICE" not in query.text]


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, nargs="+", default=[1, 2, 4], help="numbers of server processes")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each burst")
    parser.add_argument("--releases", type=Path, default=ROOT / "var", help="folder of the releases")
    given = parser.parse_args()
    if not shutil.which("nginx"):
        print("nginx is not there: Debian's nginx-light brings it", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    texts = saved()
    about = machine.described()
    print(f"{len(texts)} saved queries, {CLIENTS} clients, {WORKERS} workers for each server; load {machine.load()}")
    print(*(f"{name}: {value}" for name, value in about.items()), sep="\n")
    print("| servers | new texts, answers/s | asked before, answers/s | processor, ms an answer | memory, MiB |")
    print("| --- | --- | --- | --- | --- |")
    failed = 0
    for count in given.servers:
        found = measure(count, texts, given.releases.resolve(), given.seconds)
        failed += found.failed
        row = f"| {count} | {found.new:.0f} | {found.again:.0f} | {found.processor:.1f} | {found.memory:,.0f} |"
        print(row, flush=True)
    if failed:
        print(f"{failed} requests were not answered with 200", file=sys.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
