"""Every setting, in one table: name, environment variable, default, meaning. `docs/settings.md` is held against it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from kg.ground.errors import InputError


def _setting(default: object, variable: str, meaning: str) -> Any:  # a dataclass field stands for its value
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process. Sizes are in MiB, times in seconds."""

    home: Path = _setting(Path(), "SIDES_HOME", "folder that holds ontology/, sources/, queries/ and web/")  # noqa: RUF009
    releases: Path = _setting(Path("var"), "SIDES_RELEASES", "folder of the releases, relative to the home folder")  # noqa: RUF009
    host: str = _setting("127.0.0.1", "SIDES_HOST", "address to listen on")
    port: int = _setting(8000, "PORT", "port to listen on")
    public_url: str = _setting("", "SIDES_PUBLIC_URL", "address that the public sees; empty: as the request says")
    workers: int = _setting(0, "SIDES_WORKERS", "query workers; 0: two for each processor, four at least")
    queue: int = _setting(64, "SIDES_QUEUE", "queries that may wait for a worker")
    deadline: float = _setting(30.0, "SIDES_DEADLINE", "seconds after which a query is stopped")
    query_memory: int = _setting(2048, "SIDES_QUERY_MEMORY", "MiB that one query may take beyond the store")
    held_back: int = _setting(4, "SIDES_HELD_BACK", "MiB of an answer held back before the status line is sent")
    threads: int = _setting(32, "SIDES_THREADS", "requests handled at one time")
    request_size: int = _setting(8, "SIDES_REQUEST_SIZE", "MiB that the body of a request may have")

    @property
    def releases_path(self) -> Path:
        """The folder of the releases, absolute."""
        return (self.home / self.releases).resolve()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **given: object) -> Settings:
        """Read the table from environment variables; ``given`` (not None) comes first.

        Raises `InputError` for a value outside its type.
        """
        values: dict[str, object] = {}
        for item in fields(cls):
            if given.get(item.name) is not None:
                values[item.name] = given[item.name]
                continue
            text = environment.get(item.metadata["variable"], "")
            if text:
                values[item.name] = _read(item.metadata["variable"], type(item.default), text)
        return cls(**values)  # type: ignore[arg-type]


def _read(variable: str, kind: type[Any], text: str) -> object:
    try:
        return kind(text)
    except ValueError as error:
        raise InputError(f"{variable} is {text!r}", expected=kind.__name__, remedy=f"change {variable}") from error
