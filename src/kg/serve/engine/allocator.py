"""The memory allocator of the processes that hold the store and answer queries: mimalloc, where the machine has it.

A query makes and drops small pieces of memory by the million, which the allocator of the C library is slow at: with
mimalloc in its place, queries take a tenth to a half less time of a processor (docs/performance.md).
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from ctypes.util import find_library
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from kg.ground.errors import InputError

_PRELOAD = "LD_PRELOAD"
_SYSTEM = "system"
_AUTO = "auto"
_PACKAGE = "cmeel-mimalloc"
_FILE = "cmeel.prefix/lib/libmimalloc.so"
_STEP = ("MIMALLOC_ARENA_RESERVE", "64MiB")
"""Mimalloc sets space aside by the gigabyte, which a worker could take beyond its limit."""


def allocator(choice: str) -> str:
    """The library to put in place of the C library's allocator; empty: none.

    ``choice`` is ``auto`` (mimalloc if it is found), ``system`` (none) or the path of a library. Raises `InputError` if
    there is no such file.
    """
    if choice == _SYSTEM:
        return ""
    if choice == _AUTO:
        return _packaged() or find_library("mimalloc") or ""
    if not Path(choice).is_file():
        raise InputError(
            f"there is no library {choice}",
            where="SIDES_ALLOCATOR",
            expected="auto, system, or the path of a library",
            remedy="install it (on Debian: libmimalloc2.0), or leave the setting away",
        )
    return choice


def _packaged() -> str:
    """The library that the package brings; empty where it is not installed."""
    try:
        file = Path(str(distribution(_PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        return ""
    return str(file) if file.is_file() else ""


def environment(library: str) -> Mapping[str, str]:
    """The environment of a process that is to use a library for its memory, beside those that are there already."""
    if not library:
        return os.environ
    others = os.environ.get(_PRELOAD, "")
    return {_STEP[0]: _STEP[1], **os.environ, _PRELOAD: f"{library} {others}".strip()}


def give_back() -> None:
    """Return to the system what was freed, as far as the allocator of this process can."""
    program = ctypes.CDLL(None)
    if hasattr(program, "mi_collect"):
        program.mi_collect(True)
    elif hasattr(program, "malloc_trim"):
        program.malloc_trim(0)
