"""Follows the current release: what is built while the server runs is served by it."""

from __future__ import annotations

import logging
import os
import threading
from contextlib import closing

from kg.ground.errors import SidesError
from kg.ground.release import CURRENT, Release
from kg.ground.settings import Settings
from kg.serve.engine.engine import Engine
from kg.serve.engine.keeper import StoreKeeper

logger = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at which release is the current one."""

_PAUSE = 10.0
"""Seconds until a release that could not be loaded is tried again."""


def watch(settings: Settings, engine: Engine, stop: threading.Event) -> None:
    """Publish each new release to the engine, until ``stop`` is set; one that cannot be loaded is tried again.

    So is the one that the server has begun with from disk: it goes on from memory.
    """
    link = settings.releases_path / CURRENT
    pause = 0.0 if engine.provisional else _LOOK
    with closing(StoreKeeper()) as keeper:
        while not stop.wait(pause):
            pause = _LOOK
            try:
                if engine.provisional or link.parent / os.path.realpath(link) != engine.release.path:
                    engine.publish(Release.current(settings))
                elif settings.quick_start == "on":
                    keeper.look(engine.release)
            except (SidesError, OSError, RuntimeError) as error:  # RuntimeError: no thread could be started
                if not stop.is_set():
                    logger.warning("the new release is not served, next try in %d s: %s", _PAUSE, error)
                pause = _PAUSE
