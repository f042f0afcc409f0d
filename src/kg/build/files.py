"""Reading the files that a build is made of: what goes wrong is told with the file and what to do."""

from __future__ import annotations

from pathlib import Path

from kg.ground.errors import SidesError


def read_text(path: Path, *, error: type[SidesError]) -> str:
    """The text of a UTF-8 file; raises ``error`` if it is not there, cannot be read or is in another encoding."""
    try:
        return path.read_text(encoding="utf-8-sig")  # spreadsheet programs begin a file with a byte order mark
    except OSError as failure:
        raise error(_reason(failure), where=str(path), expected="a file", remedy="restore the file") from failure
    except UnicodeDecodeError as failure:
        raise error(
            f"byte {failure.start + 1} is not UTF-8", where=str(path), expected="UTF-8", remedy="convert the file"
        ) from failure


def list_files(folder: Path, pattern: str, *, error: type[SidesError]) -> list[Path]:
    """The files of a folder that fit a pattern, by name; raises ``error`` if there is none."""
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    if not found:
        raise error("there is no such file", where=str(folder), expected=pattern, remedy="restore the folder")
    return found


def _reason(failure: OSError) -> str:
    return failure.strerror or "the file cannot be read"
