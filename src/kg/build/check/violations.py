"""What does not fit the shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.ground.errors import ShapeError


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One place where the data does not fit a shape.

    ``path`` is the property, empty where the node itself is at fault; ``value`` is what was found, where one value is
    to blame. ``message`` is in English, ``message_fr`` in French. ``severity`` is violation, warning or info.
    """

    focus: str
    path: str
    message: str
    message_fr: str
    value: str
    severity: str

    def __str__(self) -> str:
        """The violation in one line, in English."""
        path = f" {self.path}" if self.path else ""
        value = f" (found {self.value})" if self.value else ""
        return f"{self.focus}{path}: {self.message}{value}"


def require_none(found: Sequence[Violation], shapes_folder: Path, *, shown: int = 20) -> None:
    """Raise `ShapeError` with the first ``shown`` of some violations, if there is any."""
    if found:
        lines = [str(violation) for violation in found[:shown]]
        rest = len(found) - len(lines)
        more = [f"and {rest} more"] if rest else []
        raise ShapeError(
            f"{len(found)} places do not fit the shapes:\n" + "\n".join((*lines, *more)),
            where=str(shapes_folder),
            remedy="correct the source, its mapping, or the shape",
        )
