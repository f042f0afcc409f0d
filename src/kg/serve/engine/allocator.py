"""The memory allocator of the processes that hold the store and answer queries: mimalloc, where the machine has it.

A query makes and drops small pieces of memory by the million, which the allocator of the C library is slow at: with
mimalloc in its place, queries take a tenth less time, long graphs half (docs/performance.md).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ctypes.util import find_library
from pathlib import Path

from kg.ground.errors import InputError

_PRELOAD = "LD_PRELOAD"
_SYSTEM = "system"
_AUTO = "auto"


def allocator(choice: str) -> str:
    """The library to put in place of the C library's allocator; empty: none.

    ``choice`` is ``auto`` (mimalloc if it is found), ``system`` (none) or the path of a library. Raises `InputError` if
    there is no such file.
    """
    if choice == _SYSTEM:
        return ""
    if choice == _AUTO:
        return find_library("mimalloc") or ""
    if not Path(choice).is_file():
        raise InputError(
            f"there is no library {choice}",
            where="SIDES_ALLOCATOR",
            expected="auto, system, or the path of a library",
            remedy="install it (on Debian: libmimalloc2.0), or leave the setting away",
        )
    return choice


def environment(library: str) -> Mapping[str, str]:
    """The environment of a process that is to use a library for its memory, beside those that are there already."""
    if not library:
        return os.environ
    others = os.environ.get(_PRELOAD, "")
    return {**os.environ, _PRELOAD: f"{library} {others}".strip()}
