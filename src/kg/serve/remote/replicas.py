"""The engines behind this server: which are well, what they hold, and who is asked next."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException

from kg.ground.errors import EngineError, ReleaseError
from kg.ground.settings import Settings
from kg.serve.remote.addresses import Address, credentials, read_addresses
from kg.serve.remote.connections import Connections
from kg.serve.remote.conversion import RESULTS
from kg.serve.remote.published import GRAPH, QUERY, Published
from kg.serve.results import read_rows

logger = logging.getLogger(__name__)

_PATIENCE = 10.0
"""Seconds in which an engine has to tell what it holds."""
_LARGEST = 4 * 1024 * 1024
"""Bytes beyond which what it tells is not read."""


class Replica:
    """One engine: its connections, what it holds as far as is known, and how many queries it is at work on."""

    def __init__(self, address: Address, auth: str) -> None:
        self.address = address
        self.connections = Connections(address, credentials(address.host, auth))
        self.published: Published | None = None
        self.trouble = "it was not asked yet"
        self.busy = 0
        self.not_before = 0.0

    def look(self) -> None:
        """Ask what the engine holds; ``trouble`` tells why it cannot be used, if it cannot."""
        try:
            self.published = self._told()
        except (OSError, HTTPException, EngineError) as error:
            self.fail(f"it cannot be asked: {_reason(error)}")
            return
        if self.published is None:
            self.trouble = f"it tells of no release in <{GRAPH}>"
        elif not self.published.whole:
            self.trouble = f"the release {self.published.hash} is being loaded"
        else:
            self.trouble = ""
            self.not_before = 0.0

    def fail(self, trouble: str) -> None:
        """Ask it nothing until it was looked at again."""
        if not self.trouble:
            logger.warning("%s is left out: %s", self.address, trouble)
        self.trouble = trouble
        self.connections.close()

    def _told(self) -> Published | None:
        with closing(self.connections.take(_PATIENCE)) as connection:
            response = self.connections.ask(connection, QUERY, [], RESULTS, _PATIENCE)
            body = response.read(_LARGEST)
        if response.status != 200:
            raise EngineError(f"it answers {response.status}: {body[:200].decode('utf-8', 'replace').strip()}")
        try:
            return Published.read(read_rows(body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EngineError(f"its answer is no {RESULTS}") from error


def _reason(error: Exception) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error) or type(error).__name__


class Replicas:
    """Engines that hold the same release; a release is served as soon as no other is held by more of them."""

    def __init__(self, settings: Settings) -> None:
        self.all = [Replica(each, settings.engine_auth) for each in read_addresses(settings.engine, "SIDES_ENGINE")]
        self._lock = threading.Lock()

    def none(self) -> ReleaseError:
        """What to tell where no engine holds a release."""
        told = "; ".join(f"{replica.address}: {replica.trouble}" for replica in self.all)
        return ReleaseError(
            f"no engine holds a release: {told}",
            expected=f"an engine that tells of one in <{GRAPH}>",
            remedy="run `kg publish --to` for each",
        )

    def look(self, served: str) -> Published | None:
        """Ask all engines what they hold: what is to be served from now on, None if none holds a whole release.

        ``served`` is the hash of what has been served so far.
        """
        with ThreadPoolExecutor(len(self.all), "engine look") as threads:
            list(threads.map(Replica.look, self.all))
        whole = [replica.published for replica in self.all if replica.published and not replica.trouble]
        counted = Counter(published.hash for published in whole)
        # As many as the old one is enough: the others follow, and until then the new one answers alone.
        best = max(counted, key=lambda name: (counted[name], name != served), default=None)
        return next((published for published in whole if published.hash == best), None)

    def take(self, tried: Sequence[Replica], name: str) -> Replica:
        """The engine with the fewest queries among those that hold a release and were not ``tried``.

        Raises `EngineError` if there is none.
        """
        now = time.monotonic()
        with self._lock:
            fitting = [
                replica
                for replica in self.all
                if replica not in tried and not replica.trouble and replica.published and replica.published.hash == name
            ]
            if not fitting:
                raise self._none(tried, name)
            replica = min(fitting, key=lambda each: (each.not_before > now, each.busy))
            replica.busy += 1
            return replica

    def give_back(self, replica: Replica) -> None:
        """Take down that a query is over."""
        with self._lock:
            replica.busy -= 1

    def health(self) -> list[dict[str, object]]:
        """What is known of each engine, in their order; where they are is told to nobody."""
        return [
            {
                "status": "down" if replica.trouble else "ok",
                "release": replica.published.hash if replica.published else None,
                "busy": replica.busy,
            }
            for replica in self.all
        ]

    def close(self) -> None:
        """Close the connections that rest."""
        for replica in self.all:
            replica.connections.close()

    def _none(self, tried: Sequence[Replica], name: str) -> EngineError:
        # Where they are is nothing that the public need know.
        told = ", ".join(f"{replica.address}: {replica.trouble or 'not now'}" for replica in self.all)
        logger.warning("no engine for release %s: %s", name, told)
        return EngineError(
            f"none of {len(self.all)} engines that may hold release {name} has answered"
            if tried
            else f"no engine can be asked for release {name}",
            expected="an engine that can be reached",
            remedy="send the query again later",
        )
