"""How fast queries are answered, compared with others that are asked the same in turn: see README.md here."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import machine
import measuring
from generator import generate
from measuring import Query
from peers import PEERS
from peers.base import ROOT, Peer, PeerError, ServerPeer
from peers.oxigraph import Engine
from peers.rdf_lib import LIMIT, RdflibEndpoint
from report import Report
from templates import read_templates

from kg.ground.catalogue import Catalogue
from kg.ground.release import Release
from kg.ground.settings import Settings

DRAWS = 2
"""How many choices of parameters each template is asked with."""

ALWAYS = ("sides", "in process")
"""What is measured, and what its answers are compared with: without them there is nothing to tell."""

SOON = 500.0
"""Milliseconds that an answer may take to be in the mix of many clients: a burst would hold few of a longer one."""

LONG = "export"
"""The template whose answer is watched while it streams."""


def main() -> int:
    """Measure and write the report; the exit status is 1 if Sides has given a wrong answer, or none."""
    given = _arguments().parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # the peers are ended then too
    current = Release.current(Settings(home=ROOT, releases=given.releases.resolve()))
    if given.size == "real":
        release, title = current, "The saved queries on the release as it is"
    else:
        release = generate(current, given.data.resolve() / given.size, int(given.size), given.seed)
        title = f"The query mix on {int(given.size):,} triples"
    report = Report(title, release.counts["default"], given.seed, machine.described())
    with ExitStack() as stack:
        peers = _started([name for name in PEERS if name in {*given.peers, *ALWAYS}], release, report, stack)
        engine = peers["in process"]
        assert isinstance(engine, Engine)
        queries = _saved() if given.size == "real" else _mix(engine, given.seed, given.templates)
        _measure(peers, queries, release, report, given)
    report.load_after = machine.load()
    report.write(given.results, f"bench-{given.size}")
    print(report.markdown())
    wrong = [row.name for row in report.rows if row.cells["sides"].problem]
    return int(bool(wrong))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="100000", help="triples to generate, or `real`: the release, saved queries")
    parser.add_argument("--seed", type=int, default=0, help="another number: other data, other parameters (0)")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=[*PEERS], help="whom to measure (all)")
    parser.add_argument("--templates", nargs="*", default=[], help="which templates (all)")
    parser.add_argument("--rounds", type=int, default=20, help="rounds for each template at most (20)")
    parser.add_argument("--budget", type=float, default=0.5, help="seconds for each template and peer, about (0.5)")
    parser.add_argument("--clients", type=int, default=16, help="clients at one time (16)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of each burst of theirs (2)")
    parser.add_argument("--releases", type=Path, default=ROOT / "var", help="folder of the releases (var)")
    parser.add_argument("--data", type=Path, default=ROOT / "var" / "bench" / "data", help="folder for generated ones")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results", help="folder for the report")
    return parser


def _started(names: list[str], release: Release, report: Report, stack: ExitStack) -> dict[str, Peer]:
    """The peers that are there and could be started; why the others are not stands in the report."""
    peers: dict[str, Peer] = {}
    for name in names:
        peer = PEERS[name]()
        stack.callback(peer.stop)
        missing = peer.missing()
        if isinstance(peer, RdflibEndpoint) and release.counts["default"] > LIMIT:
            missing = missing or f"measured up to {LIMIT:,} triples only"
        if not missing:
            _tell(f"starting {name}")
            try:
                report.starts[name] = measuring.start(peer, release)
                report.versions[name] = peer.version()
                peers[name] = peer
            except PeerError as error:
                if name == "sides":
                    raise
                missing = str(error)
        if missing:
            report.missing[name] = missing
    return peers


def _mix(engine: Engine, seed: int, names: list[str]) -> list[Query]:
    templates = read_templates(names=names)
    return [Query(each.name, each.texts(engine.store, seed, DRAWS), each.is_cut) for each in templates]


def _saved() -> list[Query]:
    return [Query(each.name, [each.text]) for each in Catalogue.read(ROOT / "queries") if "SERVICE" not in each.text]


def _measure(
    peers: Mapping[str, Peer], queries: list[Query], release: Release, report: Report, given: argparse.Namespace
) -> None:
    """Latency first: only what all agree upon goes into the mix of many clients."""
    for query in queries:
        _tell(query.name)
        report.rows.append(
            measuring.latency(peers, query, release, rounds=given.rounds, budget=given.budget, reference="in process")
        )
    servers = {name: peer for name, peer in peers.items() if isinstance(peer, ServerPeer)}
    agreed = _agreed(queries, report, servers)
    report.mix = [query.name for query in agreed]
    if agreed:
        fast = {name: peer for name, peer in servers.items() if name != RdflibEndpoint.name}
        _measure_mix(fast, agreed, report, given)
    for query in queries:
        if query.name == LONG:
            _tell("the long answer")
            report.streams = _streams(servers, query)
    report.memory_after = {name: machine.Memory.of(peer.processes()).whole for name, peer in servers.items()}


def _measure_mix(
    servers: Mapping[str, ServerPeer], queries: list[Query], report: Report, given: argparse.Namespace
) -> None:
    _tell("texts asked before")
    report.repeated = measuring.repeated(servers, queries, rounds=5)
    report.not_modified = measuring.not_modified(servers["sides"], queries, rounds=5)
    _tell("many clients")
    for new, found in ((True, report.throughput), (False, report.throughput_repeated)):
        many = {"clients": given.clients, "seconds": given.seconds, "seed": given.seed}
        found.update(measuring.throughput(servers, queries, new=new, **many))


def _agreed(queries: list[Query], report: Report, servers: Mapping[str, ServerPeer]) -> list[Query]:
    """What every server answers alike and soon, by a text that fits in a URL, and not with the long answer."""
    rows = {row.name: row for row in report.rows}
    return [
        query
        for query in queries
        if query.name != LONG
        and max(map(len, query.texts)) < 1500
        and all(_is_soon(rows[query.name].cells[name]) for name in servers if name != RdflibEndpoint.name)
    ]


def _is_soon(cell: measuring.Cell) -> bool:
    return not cell.problem and cell.median < SOON


def _streams(servers: Mapping[str, ServerPeer], query: Query) -> dict[str, measuring.Stream]:
    found = {}
    for name, peer in servers.items():
        try:
            found[name] = measuring.streaming(peer, query)
        except PeerError as error:
            _tell(f"{name}: {error}")
    return found


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
