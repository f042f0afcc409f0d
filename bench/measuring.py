"""The measures: latency, repeated queries, throughput, streaming, memory, and the time to the first answer."""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count

from comparing import Answer, difference, read_answer
from load import burst, request, varied
from machine import Memory, Processor, peak_memory, used
from peers.base import JSON, TRIPLES, HttpClient, Peer, PeerError, PeerSlowError, ServerPeer

from kg.ground.release import Release

FIRST = "SELECT ?class (COUNT(*) AS ?count) WHERE { ?thing a ?class } GROUP BY ?class"
"""The query whose answer ends the time from the files to the first answer."""


@dataclass(slots=True)
class Cell:
    """A template asked of one peer: milliseconds in the middle and of a processor, or why it was not timed."""

    median: float = 0.0
    processor: float = 0.0
    rounds: int = 0
    ratio: float | None = None
    """The time of this peer divided by that of Sides in the same round, in the middle."""
    problem: str = ""


@dataclass(slots=True)
class Row:
    """A template: how many rows and bytes the first answer has, and the cells by peer."""

    name: str
    rows: int = 0
    size: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """One template's texts, and whether its answers are compared by their number of rows alone."""

    name: str
    texts: Sequence[str]
    counted: bool = False

    @property
    def media_type(self) -> str:
        """The format in which it is asked for."""
        words = self.texts[0].split()
        return TRIPLES if "CONSTRUCT" in words or "DESCRIBE" in words else JSON


@dataclass(slots=True)
class Start:
    """From the files to the first answer: seconds, seconds of processors, and the memory then."""

    seconds: float
    processor: float
    memory: Memory


@dataclass(slots=True)
class Stream:
    """A long answer: seconds to its first byte and to its last, MiB, and the MiB that were added while it came."""

    first: float
    whole: float
    size: float
    added: float


_numbers = count()


def fresh(text: str) -> str:
    """The same query with a comment that makes its text a new one."""
    return f"{text}\n# {next(_numbers)}"


def start(peer: Peer, release: Release) -> Start:
    """Start a peer and ask it a first query; raises `PeerError`."""
    peer.prepare(release)
    before = used([os.getpid()])
    started = time.perf_counter()
    peer.start(release)
    peer.ask(FIRST)
    seconds = time.perf_counter() - started
    # What loaders took that have ended, and the engine in process, is counted for the program that measures.
    servers = peer.processes() if isinstance(peer, ServerPeer) else []
    processor = used(servers) + used([os.getpid()]) - before
    return Start(seconds, processor, Memory.of(peer.processes()))


def latency(
    peers: Mapping[str, Peer], query: Query, release: Release, *, rounds: int, budget: float, reference: str
) -> Row:
    """Ask all peers in turn, again and again, once their answers are seen to agree with those of the reference.

    A peer is asked for about ``budget`` seconds at most. What slows the machine down slows all of a round.
    """
    row = Row(query.name, cells={name: Cell() for name in peers})
    expected = [_answer(peers[reference], text, query.media_type) for text in query.texts]
    row.rows, row.size = expected[0][0].total(), expected[0][1]
    for name, cell in row.cells.items():
        if name != reference:
            cell.problem = _disagreement(peers[name], query, release, [answer for answer, _ in expected])
    del expected
    timed = {name: peer for name, peer in peers.items() if not row.cells[name].problem}
    times, processors, problems = _rounds(timed, query, rounds, budget)
    for name, measured in times.items():
        cell = row.cells[name]
        if name in problems:
            cell.problem = problems[name]
            continue
        cell.rounds, cell.processor = len(measured), processors[name] / len(measured)
        cell.median = statistics.median(measured.values()) * 1000
        common = [measured[at] / ours for at, ours in times.get("sides", {}).items() if at in measured]
        cell.ratio = statistics.median(common) if common else None
    return row


def _answer(peer: Peer, text: str, media_type: str) -> tuple[Answer, int]:
    body = peer.ask(fresh(text), media_type)
    return read_answer(body, media_type), len(body)


def _disagreement(peer: Peer, query: Query, release: Release, expected: Sequence[Answer]) -> str:
    """How the answers of a peer differ from what is expected; empty if they do not."""
    for text, right in zip(query.texts, expected, strict=True):
        try:
            found, _ = _answer(peer, text, query.media_type)
        except PeerError as error:
            if isinstance(error, PeerSlowError) and isinstance(peer, ServerPeer):
                with suppress(PeerError):  # one that does not come back gives no answers from now on
                    peer.restart(release)
            return f"no answer: {error}"
        except (ValueError, KeyError, TypeError) as error:
            return f"an answer that cannot be read: {error}"
        if different := difference(right, found, counted=query.counted):
            return f"another answer: {different}"
    return ""


def _rounds(
    peers: Mapping[str, Peer], query: Query, rounds: int, budget: float
) -> tuple[dict[str, dict[int, float]], dict[str, float], dict[str, str]]:
    """The seconds of each peer by round, the milliseconds of processors over all of them, and who failed."""
    problems: dict[str, str] = {}
    times: dict[str, dict[int, float]] = {name: {} for name in peers}
    before = {name: Processor.of(peer.processes()) for name, peer in peers.items()}
    inside = dict.fromkeys(peers, 0.0)
    names = [*peers]
    for number in range(rounds):
        text = fresh(query.texts[number % len(query.texts)])
        for name in names[number % len(names) :] + names[: number % len(names)]:
            if name in problems or sum(times[name].values()) > budget:
                continue
            started, own = time.perf_counter(), time.process_time()
            try:
                peers[name].ask(text, query.media_type)
            except PeerError as error:
                problems[name] = f"no answer: {error}"
                continue
            times[name][number] = time.perf_counter() - started
            inside[name] += (time.process_time() - own) * 1000
    processors = {
        name: Processor.of(peer.processes()).since(before[name]) if isinstance(peer, ServerPeer) else inside[name]
        for name, peer in peers.items()
    }
    return times, processors, problems


def repeated(peers: Mapping[str, ServerPeer], queries: Sequence[Query], rounds: int) -> dict[str, dict[str, float]]:
    """Milliseconds in the middle for texts that have been asked before, by peer and template."""
    found: dict[str, dict[str, float]] = {name: {} for name in peers}
    for query in queries:
        text = fresh(query.texts[0])
        times: dict[str, list[float]] = {name: [] for name in peers}
        for number in range(rounds + 1):
            for name, peer in peers.items():
                started = time.perf_counter()
                peer.ask(text, query.media_type)
                times[name] += [time.perf_counter() - started] * (number > 0)
        for name, measured in times.items():
            found[name][query.name] = statistics.median(measured) * 1000
    return found


def not_modified(peer: ServerPeer, queries: Sequence[Query], rounds: int) -> float | None:
    """Milliseconds in the middle for an answer that the client has already; None if the peer gives no ETag."""
    times = []
    client = HttpClient(peer.client.address)
    for query in queries:
        response = client.send(query.texts[0], query.media_type)
        response.read()
        tag = response.headers["ETag"]
        for _ in range(rounds if tag else 0):
            started = time.perf_counter()
            response = client.send(query.texts[0], query.media_type, **{"If-None-Match": tag})
            response.read()
            if response.status == 304:
                times.append((time.perf_counter() - started) * 1000)
    client.close()
    return statistics.median(times) if times else None


def throughput(
    peers: Mapping[str, ServerPeer], queries: Sequence[Query], *, clients: int, seconds: float, new: bool, seed: int
) -> dict[str, list[float]]:
    """Answers a second with many clients, in bursts by turns; ``new``: no text comes twice."""
    rates: dict[str, list[float]] = {name: [] for name in peers}
    for turn in range(3):
        for name, peer in peers.items():
            address = peer.client.address
            sent = [request(address, text, query.media_type) for query in queries for text in query.texts]
            stream = _stream(sent, random.Random(f"{seed} {turn}"), new=new)
            result = burst(address, lambda stream=stream: next(stream), clients, seconds)  # type: ignore[misc]
            rates[name].append(result.rate)
            if result.failed:
                print(f"{name}: {result.failed} requests failed, {result.statuses}", file=sys.stderr)
    return rates


def _stream(sent: Sequence[bytes], chance: random.Random, *, new: bool) -> Iterator[bytes]:
    while True:
        one = chance.choice(sent)
        yield varied(one, next(_numbers)) if new else one


def streaming(peer: ServerPeer, query: Query) -> Stream:
    """Have a peer send a long answer, and read it as it comes; raises `PeerError`."""
    pids = peer.processes()
    before = Memory.of(pids).whole
    size = 0
    with closing(HttpClient(peer.client.address)) as client, peak_memory(pids) as peak:
        started = time.perf_counter()
        try:
            response = client.send(fresh(query.texts[0]), query.media_type)
            size += len(response.read(1))
            first = time.perf_counter() - started
            while part := response.read(1 << 16):
                size += len(part)
        except (OSError, HTTPException) as error:
            raise PeerError(f"{type(error).__name__}: {error}") from error
        whole = time.perf_counter() - started
    if response.status != 200:
        raise PeerError(f"status {response.status}")
    return Stream(first, whole, size / 2**20, max(0.0, peak.whole - before))
