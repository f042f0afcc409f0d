"""Mappers that a process of its own can import: one that finds nothing, one that fails, one that dies."""

from __future__ import annotations

import os

from kg.ground.errors import BuildError
from kg.ground.records import Assertion


class Nothing:
    """A mapper that finds nothing."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> tuple[Assertion, ...]:
        return ()


class Dying:
    """A mapper whose process dies at one text."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> tuple[Assertion, ...]:
        if "livré 500 chars" in text:
            os._exit(9)
        return ()


class Failing(Dying):
    """A mapper that cannot map one text."""

    def map(self, text: str, lang: str, *, where: str | None = None) -> tuple[Assertion, ...]:
        if "livré 500 chars" in text:
            raise BuildError("cannot map this", where=where)
        return ()
