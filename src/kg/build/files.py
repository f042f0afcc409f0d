"""Reading the files that a build is made of: what goes wrong is told with the file and what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.ground.errors import SidesError, TableError


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


def read_table(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file with a heading, each with ``file:line``; it may have more than the columns asked for.

    Raises `TableError` for a file that is not there, is not UTF-8 or not CSV, lacks a column or all rows, and for a row
    with a wrong number of cells.
    """
    reader = csv.DictReader(io.StringIO(read_text(path, error=TableError), newline=""), strict=True)
    rows = 0
    for row in _parsed(reader, path):
        missing = [column for column in columns if column not in row]
        if missing:
            raise TableError(f"there is no column {', '.join(missing)}", where=str(path), expected=", ".join(columns))
        where = f"{path}:{reader.line_num}"
        if None in row or None in row.values():
            raise TableError("wrong number of cells", where=where, expected=f"{len(reader.fieldnames or ())} cells")
        rows += 1
        yield where, row
    if not rows:
        raise TableError("the table has no rows", where=str(path), remedy="restore the file")


def _parsed(reader: csv.DictReader[str], path: Path) -> Iterator[dict[str, str]]:
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise TableError(f"not CSV: {error}", where=f"{path}:{reader.reader.line_num}", expected="CSV") from error
        if row is None:
            return
        yield row


def _reason(failure: OSError) -> str:
    return failure.strerror or "the file cannot be read"
