"""Keeps the store of the served release on disk too, so that the next start of the server need not wait for loading.

``python -m kg.serve.engine.keeper DATA PLACE`` makes one, behind all that wants the processor more.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

from kg.ground.release import Release
from kg.serve.engine.store import make_store, place_of

logger = logging.getLogger(__name__)

LEAST = 200_000
"""Quads from which on a store is kept: fewer are loaded in less than half a second."""

SETTLED = 10.0
"""Seconds for which a release is served before its store is made: one that is soon followed by another needs none."""


class StoreKeeper:
    """Makes the store of each release that is served for a while, in a process of its own."""

    def __init__(self, *, least: int = LEAST, settled: float = SETTLED) -> None:
        self._least = least
        self._settled = settled
        self._served = ""
        self._since = 0.0
        self._tried = ""
        self._making: subprocess.Popen[bytes] | None = None

    def look(self, release: Release) -> None:
        """Begin to make the store of the served release, if it is time and there is none; to be called now and then."""
        if self._making and (status := self._making.poll()) is not None:
            if status:
                logger.warning("the next start will have to load the release: its store could not be made on disk")
            self._making = None
        if release.hash != self._served:
            self._served, self._since = release.hash, time.monotonic()
        elif self._making is None and self._tried != release.hash and self._is_wanted(release):
            self._tried = release.hash
            command = [sys.executable, "-m", "kg.serve.engine.keeper", str(release.data), str(place_of(release))]
            self._making = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)

    def _is_wanted(self, release: Release) -> bool:
        large = sum(release.counts.values()) >= self._least
        return large and time.monotonic() - self._since >= self._settled and not place_of(release).is_dir()

    def close(self) -> None:
        """End what is being made: what is left of it is removed when the next one is made."""
        if self._making:
            self._making.kill()
            self._making.wait()
            self._making = None


def main(data: str, place: str) -> int:
    """Make a store on disk: the exit status."""
    os.nice(19)
    try:
        make_store(Path(data), Path(place))
    except (OSError, SyntaxError, ValueError) as error:
        sys.stderr.write(f"the store {place} could not be made: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
