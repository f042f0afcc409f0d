"""What the service counts, in the text format of Prometheus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from kg.serve.engine import Engine
from kg.serve.request_log import Record, RequestLog

_METHODS = frozenset({"GET", "HEAD", "POST", "QUERY", "OPTIONS", "PUT", "PATCH", "DELETE"})
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

_STALE = 60.0
"""Seconds for which memory is not measured again: the kernel looks at every page for it."""

Census = Callable[[], Mapping[str, int]]


class Metrics:
    """Counts requests, and asks the engine and the log for the rest when somebody looks."""

    def __init__(self, engine: Engine, log: RequestLog) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "sides_requests", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        self._bytes = Counter("sides_sent_bytes", "Bytes of answers, without headers.", registry=self._registry)
        self._rows = Counter("sides_rows", "Rows of answers whose number is known.", registry=self._registry)
        self._seconds = Histogram(
            "sides_query_seconds",
            "Seconds from a request to the end of its answer, for queries that a worker ran.",
            ("outcome",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._waits = Histogram(
            "sides_wait_seconds", "Seconds that queries waited for a worker.", buckets=_SECONDS, registry=self._registry
        )
        # Finding the counter of some labels takes longer than counting.
        self._known: dict[tuple[str, str, int], Counter] = {}
        self._times: dict[str, Histogram] = {}
        self._service = _Service(engine, log)
        self._registry.register(self._service)
        ProcessCollector(registry=self._registry)

    def watch_connections(self, census: Census) -> None:
        """Tell from now on how many connections there are, by state."""
        self._service.connections = census

    def count(self, record: Record) -> None:
        """Count a request that is over."""
        key = (record.route, record.method, record.status)
        counter = self._known.get(key)
        if counter is None:
            method = record.method if record.method in _METHODS else "other"
            counter = self._requests.labels(record.route or "none", method, str(record.status))
            if method != "other":
                self._known[key] = counter
        counter.inc()
        self._bytes.inc(record.size)
        if record.query is not None and not record.cached:
            times = self._times.get(record.outcome)
            if times is None:
                times = self._times[record.outcome] = self._seconds.labels(record.outcome)
            times.observe(record.seconds)
        if record.rows is not None:
            self._rows.inc(record.rows)
        if record.waited is not None:
            self._waits.observe(record.waited)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """Everything counted so far and its media type: OpenMetrics for who accepts that, else the text format."""
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type


class _Service(Collector):
    """What is known at the moment that somebody looks."""

    def __init__(self, engine: Engine, log: RequestLog) -> None:
        self.connections: Census = dict
        self._measuring = threading.Lock()
        self._measured: Mapping[str, int] = {}
        self._measured_at = -_STALE
        self._engine = engine
        self._log = log

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the registry would collect everything once, to know the names."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """The metrics of the engine, the release, the connections and the log."""
        yield from self._workers()
        yield from self._cache()
        yield self._services()
        yield from self._release()
        yield _gauges("sides_connections", "Connections of clients.", "state", self.connections())
        yield CounterMetricFamily("sides_log_lines_dropped", "Lines that the log lost.", self._log.dropped)

    def _workers(self) -> Iterable[Metric]:
        census = self._engine.census()
        waiting = census.pop("waiting")
        yield _gauges("sides_workers", "Query workers.", "state", census)
        yield GaugeMetricFamily("sides_queries_waiting", "Queries that wait for a worker.", waiting)
        deaths = CounterMetricFamily("sides_worker_deaths", "Workers that died or were ended.", labels=("cause",))
        for cause, count in self._engine.deaths().items():
            deaths.add_metric((cause,), count)
        yield deaths
        told = "Bytes of memory of the processes below the server, what they share counted in parts."
        yield _gauges("sides_memory_bytes", told, "process", self._memory())

    def _memory(self) -> Mapping[str, int]:
        with self._measuring:
            if time.monotonic() > self._measured_at + _STALE:
                self._measured = {kind: sum(map(_resident, pids)) for kind, pids in self._engine.pids().items()}
                self._measured_at = time.monotonic()
            return self._measured

    def _cache(self) -> Iterable[Metric]:
        census = self._engine.cache_census()
        yield CounterMetricFamily("sides_cache_hits", "Answers found in the cache.", census["hits"])
        yield CounterMetricFamily("sides_cache_misses", "Answers not found in the cache.", census["misses"])
        yield GaugeMetricFamily("sides_cache_answers", "Answers in the cache.", census["answers"])
        yield GaugeMetricFamily("sides_cache_bytes", "Bytes that the cache takes.", census["bytes"])

    def _services(self) -> Metric:
        told = "Requests to other endpoints."
        family = CounterMetricFamily("sides_service_requests", told, labels=("endpoint", "outcome"))
        for labels, count in self._engine.service_census().items():
            family.add_metric(labels, count)
        return family

    def _release(self) -> Iterable[Metric]:
        release = self._engine.release
        named = {"hash": release.hash, "ontology": release.versions.get("ontology", "")}
        yield InfoMetricFamily("sides_release", "The release that is served.", named)
        quads = sum(count for graph, count in release.counts.items() if graph != "default")
        yield GaugeMetricFamily("sides_release_quads", "Quads of the named graphs of the release.", quads)
        try:
            age = time.time() - release.data.stat().st_mtime
        except OSError:  # it was pruned; it goes on being served from memory
            return
        yield GaugeMetricFamily("sides_release_age_seconds", "Seconds since the release was built.", age)


def _gauges(name: str, told: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, told, labels=(label,))
    for value, count in values.items():
        family.add_metric((value,), count)
    return family


def _resident(pid: int) -> int:
    """Bytes of memory of a process, each page divided among those that share it; 0 if it has gone meanwhile."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
