"""Where an engine is asked: its address, what is filled into it, and who asks."""

from __future__ import annotations

import base64
import netrc
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from kg.ground.errors import InputError

_WRONG = re.compile(r"[\s<>\"|^`\\#]")
_PLACES = ("{seconds}", "{milliseconds}")


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a SPARQL service.

    ``{seconds}`` or ``{milliseconds}`` in its query string stands for what a query may take: each engine has a name of
    its own for that parameter, or none.

    >>> address = Address.read("http://127.0.0.1:8890/sparql?timeout={milliseconds}", "SIDES_ENGINE")
    >>> address.host, address.port, address.target(2.5)
    ('127.0.0.1', 8890, '/sparql?timeout=2500')
    """

    text: str
    secure: bool
    host: str
    port: int
    _target: str

    @classmethod
    def read(cls, text: str, setting: str) -> Address:
        """Read an address; ``setting`` is named in the `InputError` for what is none."""
        bare = text
        for place in _PLACES:
            bare = bare.replace(place, "1")
        try:
            parts = urlsplit(bare)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
            whole = bool(parts.hostname and port and not parts.username and not _WRONG.search(bare))
        except ValueError:
            whole = False
        if not whole or "{" in bare:
            raise InputError(
                f"{setting} has {_without_user(text)!r}",
                expected="http or https addresses without user or fragment, with commas between them",
                remedy=f"change {setting}; user and password stand in SIDES_ENGINE_AUTH or in ~/.netrc",
            )
        target = text.split("://", 1)[1].partition("/")
        return cls(text, parts.scheme == "https", parts.hostname or "", port, f"/{target[2]}")

    def target(self, seconds: float) -> str:
        """What stands in the first line of a request for a query that may take so long."""
        whole = max(1, round(seconds))
        filled = self._target.replace("{milliseconds}", str(max(1, round(seconds * 1000))))
        return filled.replace("{seconds}", str(whole))

    def connect(self, seconds: float) -> HTTPConnection:
        """A connection that is opened by its first request; each of its waits takes at most so many seconds."""
        if self.secure:
            return HTTPSConnection(self.host, self.port, timeout=seconds, context=_verifying())
        return HTTPConnection(self.host, self.port, timeout=seconds)

    def __str__(self) -> str:
        """The address without its parameters."""
        return self.text.partition("?")[0]


@cache
def _verifying() -> ssl.SSLContext:
    """TLS that verifies; made once, since the certificates of the machine are read for it."""
    return ssl.create_default_context()


def read_addresses(text: str, setting: str) -> tuple[Address, ...]:
    """Read addresses with commas between them. Raises `InputError` for what is none, and if there is none.

    >>> [str(address) for address in read_addresses("http://a/q, http://b:1/q?x=1", "SIDES_ENGINE")]
    ['http://a/q', 'http://b:1/q']
    """
    found = [Address.read(part.strip(), setting) for part in text.split(",") if part.strip()]
    if not found:
        raise InputError(f"{setting} is {text!r}", expected="at least one address", remedy=f"change {setting}")
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password, shown nowhere."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Neither of them."""
        return "Credentials(…)"

    def header(self) -> Mapping[str, str]:
        """The header of a request that tells them (RFC 7617)."""
        told = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {told}"}


def credentials(host: str, given: str) -> Credentials | None:
    """Who asks a host: ``given`` as ``user:password``, or else what ``~/.netrc`` has for it; None for nobody.

    Raises `InputError` for a file that cannot be read; it tells nothing of what is in it.
    """
    if given:
        user, colon, password = given.partition(":")
        if not colon:
            raise InputError("SIDES_ENGINE_AUTH has no colon", expected="user:password", remedy="change it")
        return Credentials(user, password)
    try:
        found = netrc.netrc().authenticators(host)
    except FileNotFoundError:
        return None
    except (OSError, netrc.NetrcParseError) as error:
        raise InputError("~/.netrc cannot be read", expected="lines as curl reads them", remedy="mend it") from error
    return Credentials(found[0], found[2] or "") if found else None


def _without_user(text: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", text)
