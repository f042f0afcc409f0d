"""What hands out memory in the processes that answer queries."""

from __future__ import annotations

import os
from ctypes.util import find_library
from pathlib import Path

import pytest

from kg.ground.errors import InputError
from kg.ground.settings import Settings
from kg.serve.engine import Engine
from kg.serve.engine.allocator import allocator, environment
from support.serving import make_release

QUADS = "<https://example.org/a> <https://example.org/b> <https://example.org/c> .\n"


def test_it_is_found_by_name_left_out_or_named(tmp_path: Path) -> None:
    library = tmp_path / "liballocator.so"
    library.touch()
    assert "mimalloc" in allocator("auto") or not find_library("mimalloc")
    assert allocator("system") == ""
    assert allocator(str(library)) == str(library)


def test_a_library_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no library .*nowhere\.so") as raised:
        allocator(str(tmp_path / "nowhere.so"))
    assert raised.value.where == "SIDES_ALLOCATOR"


def test_what_is_loaded_before_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "libother.so")
    assert environment("libone.so")["LD_PRELOAD"] == "libone.so libother.so"
    assert environment("") == os.environ


@pytest.mark.skipif(not allocator("auto"), reason="mimalloc is not installed")
@pytest.mark.parametrize(("choice", "there"), [("auto", True), ("system", False)])
def test_the_processes_of_queries_use_it(tmp_path: Path, choice: str, there: bool) -> None:
    release = make_release(tmp_path, QUADS)
    engine = Engine.start(Settings(releases=tmp_path, workers=1, allocator=choice), release)
    try:
        mapped = [Path(f"/proc/{number}/maps").read_text() for number in engine.pids()["template"]]
        assert len(mapped) == 1
        assert ("mimalloc" in mapped[0]) is there
    finally:
        engine.close()
