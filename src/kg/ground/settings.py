"""Every setting, in one table: name, environment variable, default, meaning. `docs/settings.md` is held against it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.ground.errors import InputError


def _setting(
    default: object,
    variable: str,
    meaning: str,
    *,
    least: float | None = None,
    most: float | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
) -> Any:  # a dataclass field stands for its value
    bounds = {"least": least, "most": most, "choices": choices}
    return field(default=default, repr=not secret, metadata={"variable": variable, "meaning": meaning, **bounds})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process. Sizes are in MiB, times in seconds."""

    home: Path = _setting(Path(), "SIDES_HOME", "folder that holds ontology/, sources/, queries/ and web/")  # noqa: RUF009
    releases: Path = _setting(Path("var"), "SIDES_RELEASES", "folder of the releases, relative to the home folder")  # noqa: RUF009
    host: str = _setting("127.0.0.1", "SIDES_HOST", "address to listen on")
    port: int = _setting(8000, "PORT", "port to listen on; 0: any that is free", least=0, most=65535)
    public_url: str = _setting("", "SIDES_PUBLIC_URL", "address that the public sees; empty: as the request says")
    workers: int = _setting(
        0, "SIDES_WORKERS", "query workers; 0: two for each processor, four at least", least=0, most=1024
    )
    queue: int = _setting(64, "SIDES_QUEUE", "queries that may wait for a worker", least=0, most=10_000)
    client_share: float = _setting(
        0.5,
        "SIDES_CLIENT_SHARE",
        "share of the workers and the queue that one client may take while others wait",
        least=0.01,
        most=1,
    )
    deadline: float = _setting(
        30.0, "SIDES_DEADLINE", "seconds after which a query is stopped", least=0.01, most=86_400
    )
    query_memory: int = _setting(
        2048, "SIDES_QUERY_MEMORY", "MiB that one query may take beyond the store", least=16, most=1_048_576
    )
    store_memory: int = _setting(
        0,
        "SIDES_STORE_MEMORY",
        "MiB that the graph may take in memory, a larger one lies on disk; 0: half of the machine's",
        least=0,
        most=1_048_576,
    )
    quick_start: str = _setting(
        "on",
        "SIDES_QUICK_START",
        "whether a store of the graph is kept on disk, to answer from at the next start until memory is loaded",
        choices=("on", "off"),
    )
    allocator: str = _setting(
        "auto",
        "SIDES_ALLOCATOR",
        "what hands out memory to queries: `auto` (mimalloc where it is installed), `system`, or the path of a library",
    )
    held_back: int = _setting(
        1, "SIDES_HELD_BACK", "MiB of an answer held back before the status line is sent", least=1, most=1024
    )
    threads: int = _setting(32, "SIDES_THREADS", "requests handled at one time", least=1, most=1024)
    request_size: int = _setting(8, "SIDES_REQUEST_SIZE", "MiB that the body of a request may have", least=1, most=1024)
    query_size: int = _setting(
        4096, "SIDES_QUERY_SIZE", "KiB that the text of a query may have", least=1, most=1_048_576
    )
    connections: int = _setting(
        1000,
        "SIDES_CONNECTIONS",
        "connections of clients at one time; beyond, the quietest is closed",
        least=16,
        most=100_000,
    )
    head_time: float = _setting(
        10.0, "SIDES_HEAD_TIME", "seconds in which the head of a request has to come", least=0.1, most=3600
    )
    idle_time: float = _setting(
        75.0, "SIDES_IDLE_TIME", "seconds that a connection may stay open between two requests", least=0.1, most=3600
    )
    drain: float = _setting(
        10.0,
        "SIDES_DRAIN",
        "seconds that answers have to end in after SIGTERM; a second signal ends at once",
        least=0,
        most=3600,
    )
    trusted_proxies: str = _setting(
        "", "SIDES_TRUSTED_PROXIES", "addresses of the proxies whose `X-Forwarded-` headers are believed"
    )
    log: str = _setting("stderr", "SIDES_LOG", "where the log of requests goes: `stderr`, `off`, or a file")
    log_queries: int = _setting(
        0, "SIDES_LOG_QUERIES", "1: the log has the text of queries, not only its hash", least=0, most=1
    )
    log_clients: str = _setting(
        "network",
        "SIDES_LOG_CLIENTS",
        "what the log tells of the address of a client",
        choices=("none", "network", "hash", "full"),
    )
    metrics: str = _setting(
        "local", "SIDES_METRICS", "who may read `/metrics`; local: this machine alone", choices=("local", "all", "off")
    )
    permalinks: int = _setting(
        256, "SIDES_PERMALINKS", "MiB that answers with an address of their own may take; 0: none", least=0, most=65_536
    )
    rewrite: str = _setting(
        "on", "SIDES_REWRITE", "whether queries may be rewritten before they run", choices=("on", "off")
    )
    warm: str = _setting(
        "on",
        "SIDES_WARM",
        "whether what all readers want of a release is made before anybody asks",
        choices=("on", "off"),
    )

    engine: str = _setting(
        "",
        "SIDES_ENGINE",
        "SPARQL services that answer queries in place of the engine here, replicas of one another, with commas",
    )
    engine_auth: str = _setting(
        "", "SIDES_ENGINE_AUTH", "`user:password` for these; empty: as `~/.netrc` says", secret=True
    )
    engine_look: float = _setting(
        5.0, "SIDES_ENGINE_LOOK", "seconds between two looks at which release they hold", least=0.05, most=86_400
    )
    services: str = _setting(
        "",
        "SIDES_SERVICES",
        "endpoints that queries may ask by `SERVICE`, with commas; `IRI=ADDRESS` sends an IRI to a mirror",
    )
    service_deadline: float = _setting(
        20.0, "SIDES_SERVICE_DEADLINE", "seconds in which another endpoint has to answer", least=0.1, most=86_400
    )
    service_rows: int = _setting(
        20_000, "SIDES_SERVICE_ROWS", "rows that one query may take from other endpoints", least=1, most=1_000_000
    )
    service_size: int = _setting(
        16, "SIDES_SERVICE_SIZE", "MiB that one query may take from other endpoints", least=1, most=1024
    )
    service_age: float = _setting(
        3600.0, "SIDES_SERVICE_AGE", "seconds that answers of other endpoints are kept", least=0, most=31_536_000
    )

    @property
    def releases_path(self) -> Path:
        """The folder of the releases, absolute."""
        return (self.home / self.releases).resolve()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
        """Read the table from environment variables; ``given`` (not None) comes first.

        Raises `InputError` for a value outside its type or its bounds.
        """
        values: dict[str, object] = {}
        for item in fields(cls):
            came: object = environment.get(item.metadata["variable"], "")
            if given.get(item.name) is not None:
                came = given[item.name]
            if came != "":
                values[item.name] = _read(item, came)
        return cls(**values)  # type: ignore[arg-type]


def expected(item: Field[Any]) -> str:
    """What the value of a setting has to be.

    >>> [expected(item) for item in fields(Settings) if item.name in ("port", "host")]
    ['str', 'int from 0 to 65535']
    """
    least, most, choices = (item.metadata[key] for key in ("least", "most", "choices"))
    if choices:
        return f"{', '.join(choices[:-1])} or {choices[-1]}"
    return type(item.default).__name__ + ("" if least is None else f" from {least} to {most}")


def _read(item: Field[Any], came: object) -> object:
    kind: type[Any] = type(item.default)
    variable, least, most, choices = (item.metadata[key] for key in ("variable", "least", "most", "choices"))
    refused = InputError(f"{variable} is {str(came)!r}", expected=expected(item), remedy=f"change {variable}")
    try:
        value: Any = kind(came)
    except ValueError as error:
        raise refused from error
    if least is not None and not least <= value <= most:  # NaN is in no order, so it is refused too
        raise refused
    if choices and value not in choices:
        raise refused
    return value
