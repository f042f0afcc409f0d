"""How the tools reach a site: by a function that sends one request, whether over the network or within this process."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

MOST_BYTES = 256 * 1024
"""Bytes of an answer that a tool reads; what lies beyond is left where it is."""

_SECONDS = 90.0
"""Seconds that a site may take: its own limit on queries comes first."""

_HASH = re.compile(r'"([0-9a-f]{20})-')


class UnreachableError(Exception):
    """The site gave no answer at all."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of the site: its body or the beginning of it, and whether that is all."""

    status: int
    content_type: str
    tag: str
    body: bytes
    complete: bool = True

    @property
    def text(self) -> str:
        """The body as text; a letter that was cut is left out."""
        return self.body.decode("utf-8", errors="ignore")

    @property
    def release(self) -> str:
        """The hash of the release that answered; empty where the answer does not tell."""
        found = _HASH.search(self.tag)
        return found[1] if found else ""

    def problem(self) -> str:
        """What went wrong, in the words of the problem document: what came, what was expected, what to do."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return f"the site answered with status {self.status}"
        place = f" (line {told['line']}, column {told['column']})" if "line" in told else ""
        parts = [f"{told.get('title', 'Error')}{place}: {told.get('detail', '')} [{told.get('code', self.status)}]"]
        parts += [f"Expected: {told['expected']}"] if told.get("expected") else []
        parts += [f"What to do: {told['hint']}"] if told.get("hint") else []
        return "\n".join(parts)


class Ask(Protocol):
    """Sends a request to the site: a GET, or a POST of a form. Raises `UnreachableError`."""

    def __call__(
        self,
        path: str,
        parameters: Sequence[tuple[str, str]],
        accept: str,
        *,
        post: bool = False,
        most: int = MOST_BYTES,
    ) -> Reply:
        """The reply of the site, whatever its status; of its body at most so many bytes."""


def over_network(url: str) -> Ask:
    """The way to a site at an address, such as ``https://sides.example``."""
    base = url.rstrip("/")

    def ask(
        path: str,
        parameters: Sequence[tuple[str, str]],
        accept: str,
        *,
        post: bool = False,
        most: int = MOST_BYTES,
    ) -> Reply:
        encoded = urlencode(parameters)
        address = f"{base}{path}" if post or not encoded else f"{base}{path}?{encoded}"
        headers = {"Accept": accept, "User-Agent": "kg-mcp"}
        try:
            request = urllib.request.Request(address, encoded.encode() if post else None, headers)
            with urllib.request.urlopen(request, timeout=_SECONDS) as response:
                return read_reply(response.status, dict(response.headers.items()), response, most)
        except urllib.error.HTTPError as error:
            with error:
                return read_reply(error.code, dict(error.headers.items()), error, most)
        except (OSError, ValueError) as error:
            raise UnreachableError(f"{base} cannot be reached: {error}") from error

    return ask


class Readable(Protocol):
    """What a body is read from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def read_reply(status: int, headers: Mapping[str, str], body: Readable, most: int) -> Reply:
    """A reply with as much of its body as a tool reads."""
    names = {name.lower(): value for name, value in headers.items()}
    taken = bytearray()
    while len(taken) <= most and (piece := body.read(most + 1 - len(taken))):
        taken += piece
    return Reply(status, names.get("content-type", ""), names.get("etag", ""), bytes(taken[:most]), len(taken) <= most)
