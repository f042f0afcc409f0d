"""Clients of all kinds, while workers are killed and releases change: every answer is right or an honest error.

``SIDES_SOAK=100000 pytest -s tests/soak`` sends a hundred thousand requests.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from support.server_process import serving
from support.serving import eventually, make_release
from support.soaking import Tally, held, publish_release, release_quads, soak

pytestmark = pytest.mark.alone

REQUESTS = int(os.environ.get("SIDES_SOAK", "2000"))
MEBIBYTE = 1 << 20


def test_every_answer_is_right_or_an_honest_error(tmp_path: Path) -> None:
    releases = [make_release(tmp_path, release_quads(number)) for number in range(2)]
    limits = {"SIDES_WORKERS": "4", "SIDES_DEADLINE": "10", "SIDES_QUERY_MEMORY": "300", "SIDES_LOG": "off"}
    with serving(tmp_path, **limits) as server:
        soak(server, releases, 400)  # what is read once, and kept, is no leak
        assert eventually(lambda: server.whole(4), 30)
        before = held(server)
        started = time.monotonic()
        tally = soak(server, releases, REQUESTS)
        seconds = time.monotonic() - started
        publish_release(releases[0])
        assert eventually(lambda: server.whole(4) and len(server.templates()) == 1, 60)
        assert eventually(lambda: held(server)[1] <= before[1] + 4, 60), (before, held(server))
        after = held(server)
    tell(tally, REQUESTS, seconds)
    assert tally.wrong == []
    assert tally.done["right"] > REQUESTS * 0.5
    assert tally.done["304"] > 0
    assert tally.done["killed"] > 2
    assert tally.done["published"] > 1
    early, late = highest(tally, 1), highest(tally, 3)
    assert late - early < 48 * MEBIBYTE, "memory grows"
    assert after[0] - before[0] < 96 * MEBIBYTE, (before, after)


def highest(tally: Tally, quarter: int) -> int:
    """The most memory that the server held in a quarter of the time, the first being 0."""
    count = len(tally.held)
    begin = count * quarter // 4
    return max(size for size, _ in tally.held[begin : max(begin + 1, count * (quarter + 1) // 4)])


def tell(tally: Tally, requests: int, seconds: float) -> None:
    """Print what came of it; ``pytest -s`` shows it."""
    sizes = [f"{highest(tally, quarter) / MEBIBYTE:.0f}" for quarter in range(4)]
    most = max(descriptors for _, descriptors in tally.held)
    print(f"\n{requests} requests in {seconds:.0f} s; MiB by quarter {', '.join(sizes)}; descriptors {most} at most")  # noqa: T201
    print(dict(tally.done))  # noqa: T201
