"""Long answers: what they cost while they pass, and that every client notices when one breaks."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO

import pytest

from support.server_process import Server, kill, serving, target
from support.serving import EX, PAIRS, make_release, many

pytestmark = pytest.mark.alone

ENDLESS = f"{PAIRS} LIMIT 5000000"
MILLION = f"SELECT ?x ?y ?z {{ ?a <{EX}p> ?x . ?b <{EX}p> ?y . ?c <{EX}p> ?z }} LIMIT 1000000"
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a hundred numbers, which make a million triples of numbers."""
    folder = tmp_path_factory.mktemp("hundred")
    make_release(folder, "".join(f'<{EX}{number}> <{EX}p> "{number}" .\n' for number in range(100)))
    with serving(folder, SIDES_DEADLINE="120") as server:
        assert server.whole()
        yield server


def proportional_size(pids: list[int]) -> int:
    """The bytes that processes hold, what they share divided among them; one that has ended holds nothing."""
    total = 0
    for pid in pids:
        try:
            told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(size) for size in re.findall(r"^Pss: +(\d+) kB", told, re.MULTILINE))
    return total * 1024


@contextmanager
def watched(server: Server) -> Iterator[Callable[[], int]]:
    """What the service holds at most, sampled, beyond what it holds now."""
    before = proportional_size([server.process.pid, *server.family()])
    most, stop = before, threading.Event()

    def look() -> None:
        nonlocal most
        while not stop.wait(0.05):
            most = max(most, proportional_size([server.process.pid, *server.family()]))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield lambda: most - before
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("coding", ["identity", "gzip"])
@pytest.mark.parametrize("format_", ["csv", "json"])
def test_a_million_rows_cost_little(hundred: Server, format_: str, coding: str) -> None:
    hundred.ask(f"SELECT ?x {{ ?a <{EX}p> ?x }}")
    with watched(hundred) as added, closing(http.client.HTTPConnection("127.0.0.1", hundred.port, timeout=120)) as own:
        started = time.monotonic()
        own.request("GET", target(MILLION, format=format_), headers={"Accept-Encoding": coding})
        response = own.getresponse()
        first = response.read(1)
        waited = time.monotonic() - started
        size, rows = 1, first.count(b"\n")
        while piece := response.read(MEBIBYTE):
            size += len(piece)
            rows += piece.count(b"\n")
    assert response.status == 200
    assert response.headers["Transfer-Encoding"] == "chunked"
    assert waited < 10, "the first byte came late"
    assert size > (MEBIBYTE if coding == "gzip" else 5 * MEBIBYTE)
    if (format_, coding) == ("csv", "identity"):
        assert rows == 1_000_001
    assert added() < 100 * MEBIBYTE


@pytest.fixture
def breaking(tmp_path: Path) -> Iterator[Server]:
    make_release(tmp_path, many(500))
    with serving(tmp_path) as server:
        assert server.whole()
        yield server


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}{target(ENDLESS, format='csv')}"


def read_all(answer: IO[bytes]) -> None:
    """Read an answer piece by piece to its end."""
    while answer.read(MEBIBYTE):
        pass


def break_stream(server: Server) -> None:
    """Kill the worker that makes the answer."""
    assert server.busy(1)
    kill(*server.worker_pids())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("options", [[], ["--compressed"]], ids=["plain", "compressed"])
def test_curl_notices(breaking: Server, options: list[str], tmp_path: Path) -> None:
    file = tmp_path / "answer.csv"
    command = ["curl", "-sS", *options, "--limit-rate", "2M", "-o", str(file), address(breaking)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as curl:
        while not (file.exists() and file.stat().st_size):
            assert curl.poll() is None
            time.sleep(0.02)
        break_stream(breaking)
        _, told = curl.communicate(timeout=60)
    assert curl.returncode == 18, told


def test_urllib_notices(breaking: Server) -> None:
    with urllib.request.urlopen(address(breaking), timeout=30) as answer:
        assert answer.read(10)
        break_stream(breaking)
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_http_client_notices_piece_by_piece(breaking: Server) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", breaking.port, timeout=30)) as connection:
        connection.request("GET", target(ENDLESS, format="csv"))
        response = connection.getresponse()
        assert response.read(10)
        break_stream(breaking)
        with pytest.raises(http.client.IncompleteRead):
            read_all(response)


def test_requests_notices(breaking: Server) -> None:
    requests = pytest.importorskip("requests")
    with requests.get(address(breaking), stream=True, timeout=30) as answer:
        assert answer.status_code == 200
        pieces = answer.iter_content(10_000)
        assert next(pieces)
        break_stream(breaking)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            deque(pieces, maxlen=0)


def test_urllib3_notices(breaking: Server) -> None:
    urllib3 = pytest.importorskip("urllib3")
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", address(breaking), preload_content=False, timeout=30)
        assert answer.read(10)
        break_stream(breaking)
        with pytest.raises(urllib3.exceptions.ProtocolError):
            read_all(answer)


def test_sparqlwrapper_notices(breaking: Server) -> None:
    wrapper = pytest.importorskip("SPARQLWrapper")
    asking = wrapper.SPARQLWrapper(f"http://127.0.0.1:{breaking.port}/sparql", returnFormat=wrapper.JSON)
    asking.setQuery(ENDLESS)
    result = asking.query()
    break_stream(breaking)
    with pytest.raises(http.client.IncompleteRead):
        result.convert()
