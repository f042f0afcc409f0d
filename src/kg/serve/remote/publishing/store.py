"""An engine that graphs are written to: the SPARQL 1.1 Graph Store Protocol, queries and updates, with patience."""

from __future__ import annotations

import gzip
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

from kg.ground.errors import PublishError
from kg.serve.remote.addresses import credentials
from kg.serve.remote.conversion import RESULTS, TRIPLES
from kg.serve.remote.published import OWN
from kg.serve.results import Row, read_rows

_PATIENCE = 1800.0
"""Seconds in which an engine has to answer: it may be moving all graphs."""
_ATTEMPTS = 4
_AGAIN = frozenset({408, 429, 500, 502, 503, 504})
_SAID = 300
_FORM = "application/x-www-form-urlencoded"


class GraphStore:
    """Where graphs are written (``graphs``) and asked (``query``), and perhaps updated (``update``): addresses."""

    def __init__(
        self, graphs: str, query: str, update: str, auth: str = "", *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.graphs = graphs
        self.query = query
        self.update = update
        self.compressed = False
        """Whether what is written is compressed: only where an engine has shown that it reads that."""
        self._sleep = sleep
        self._opener = _opener(graphs, query, update, auth)

    def put(self, graph: str, content: bytes, *, add: bool = False, attempts: int = _ATTEMPTS) -> None:
        """Replace a graph by some N-Triples, or add them to it. Raises `PublishError`."""
        headers = {"Content-Type": TRIPLES}
        if self.compressed:
            content, headers["Content-Encoding"] = gzip.compress(content, 3), "gzip"
        self._send("POST" if add else "PUT", self._named(graph), content, headers, attempts=attempts)

    def delete(self, graph: str) -> None:
        """Remove a graph, if it is there. Raises `PublishError`."""
        self._send("DELETE", self._named(graph), None, {}, allowed={404})

    def rows(self, query: str) -> list[Row]:
        """The answer to a SELECT query. Raises `PublishError`."""
        body = self._send("POST", self.query, urlencode({"query": query}).encode(), {"Accept": RESULTS})
        try:
            return read_rows(body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise PublishError(
                f"its answer is no {RESULTS}", where=self.query, remedy="name the address for queries by --query"
            ) from error

    def change(self, update: str) -> None:
        """Run an update. Raises `PublishError`."""
        self._send("POST", self.update, urlencode({"update": update}).encode(), {})

    def _named(self, graph: str) -> str:
        mark = "&" if "?" in self.graphs else "?"
        return f"{self.graphs}{mark}" + ("default" if graph == OWN else f"graph={quote(graph, safe='')}")

    def _send(
        self,
        method: str,
        address: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        allowed: frozenset[int] | set[int] = frozenset(),
        attempts: int = _ATTEMPTS,
    ) -> bytes:
        """Send a request, several times if need be: what is sent here does the same when it is sent twice."""
        if body is not None and "Content-Type" not in headers:
            headers = {"Content-Type": _FORM, **headers}
        attempt = 0
        while True:
            attempt += 1
            request = urllib.request.Request(address, body, dict(headers), method=method)
            try:
                with self._opener.open(request, timeout=_PATIENCE) as response:
                    found: bytes = response.read()
                    return found
            except urllib.error.HTTPError as error:
                with error:
                    if error.code in allowed:
                        return b""
                    failure = _refused(address, error)
                again = error.code in _AGAIN
            except ValueError as error:  # so the library tells of a scheme after the others have failed
                raise _unknown(address) from error
            except (OSError, http.client.HTTPException) as error:
                reason = error.reason if isinstance(error, urllib.error.URLError) else error
                failure = PublishError(
                    f"it cannot be asked: {reason}",
                    where=_shown(address),
                    expected="an engine that answers there",
                    remedy="start it, or name another address",
                )
                again = True
            if not again or attempt == attempts:
                raise failure
            self._sleep(2.0**attempt / 2)


def _opener(graphs: str, query: str, update: str, auth: str) -> urllib.request.OpenerDirector:
    """What sends requests: with a name and a password by whichever scheme a server asks for (RFC 7616, RFC 7617)."""
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    for address in filter(None, (graphs, query, update)):
        known = credentials(urlsplit(address).hostname or "", auth)
        if known:
            passwords.add_password(None, address, known.user, known.password)
            digest, basic = urllib.request.HTTPDigestAuthHandler, urllib.request.HTTPBasicAuthHandler
            handlers[1:] = [digest(passwords), basic(passwords)]
    return urllib.request.build_opener(*handlers)


def _shown(address: str) -> str:
    return address.partition("?")[0]


def _unknown(address: str) -> PublishError:
    return PublishError(
        "it does not take this user and password",
        where=_shown(address),
        expected="a user that may write graphs",
        remedy="put user:password into SIDES_ENGINE_AUTH, or the host into ~/.netrc",
    )


def _refused(address: str, error: urllib.error.HTTPError) -> PublishError:
    text = error.read(4096).decode("utf-8", "replace")
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:_SAID]
    remedy = {
        401: "put user:password into SIDES_ENGINE_AUTH, or the host into ~/.netrc",
        403: "let this user write graphs",
        404: "name the address of its Graph Store Protocol by --to",
        405: "name the address of its Graph Store Protocol by --to",
        413: "let the engine take larger requests",
    }.get(error.code, "see its log")
    return PublishError(
        f"it answers {error.code} {error.reason}" + (f": {said}" if said else ""),
        where=_shown(address),
        expected="an engine that lets graphs be written",
        remedy=remedy,
    )
