"""How rewriting asks the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Ask = Callable[[str], Sequence[Sequence[str | None]]]
"""Runs a SELECT on the release: the terms of each row, as a query would write them."""
