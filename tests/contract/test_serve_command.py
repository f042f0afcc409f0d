"""``kg serve`` and ``server.py --engine``: the same server, told where queries are answered."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from kg.cli import main

ROOT = Path(__file__).parents[2]


class ReplacedError(Exception):
    """The process would be another now."""


def test_the_command_becomes_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def become(program: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        raise ReplacedError(arguments[1:], environment["SIDES_HOME"])

    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(ReplacedError) as caught:
        main(["serve", "--engine", "http://127.0.0.1:1/query", "--port", "0", "--home", str(ROOT)])
    options = ["--port", "0", "--engine", "http://127.0.0.1:1/query"]
    assert caught.value.args == ([str(ROOT / "server.py"), *options], str(ROOT))


def test_a_home_without_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sources").mkdir()
    assert main(["serve", "--home", str(tmp_path)]) == 2
    assert "the home folder has no server" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("engine", "words"),
    [("ftp://127.0.0.1/", "SIDES_ENGINE has 'ftp://127.0.0.1/'"), ("http://127.0.0.1:1/", "no engine holds a release")],
)
def test_the_server_does_not_start_without_an_engine(engine: str, words: str) -> None:
    command = [sys.executable, str(ROOT / "server.py"), "--engine", engine, "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Sides cannot start: {words}")
