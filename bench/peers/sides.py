"""This project's server."""

from __future__ import annotations

import platform
import subprocess
import sys

from kg.ground.release import Release

from .base import ROOT, ServerPeer


class Sides(ServerPeer):
    """``server.py`` with its own settings, but for a longer deadline."""

    name = "sides"

    def version(self) -> str:
        """The commit, and the interpreter."""
        command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        return f"Sides {found or 'of no known commit'}, Python {platform.python_version()}"

    def start(self, release: Release) -> None:
        """Start the server on the folder in which the release is the current one."""
        home = {
            "SIDES_HOME": str(ROOT),
            "SIDES_RELEASES": str(release.path.parents[1]),
            "SIDES_DEADLINE": "120",
            "SIDES_QUICK_START": "off",
            "SIDES_WARM": "off",
        }
        source = {"PYTHONPATH": str(ROOT / "src")}
        self.run([sys.executable, str(ROOT / "server.py"), "--port", str(self.port)], {**home, **source})
        self.wait()
