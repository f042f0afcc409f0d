"""The real server, as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(releases: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``server.py`` on a free port: its process and the port."""
    limits = {"SIDES_WORKERS": "2", "SIDES_DEADLINE": "4", "SIDES_QUERY_MEMORY": "1500", "SIDES_HELD_BACK": "1"}
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "server.py"), "--port", "0"],
        env={**os.environ, "SIDES_HOME": str(ROOT), "SIDES_RELEASES": str(releases), **limits, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("Sides is at http://127.0.0.1:"), line
        yield process, int(line.split(":")[2].split("/")[0])
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
