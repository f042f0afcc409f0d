"""The engine that takes federated queries too: other endpoints are asked in the web process, never by a worker."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress

from kg.ground.errors import BusyError, QueryRefusedError, QuerySyntaxError, ServiceError
from kg.ground.settings import Settings
from kg.serve import guard
from kg.serve.engine import Answer, Engine
from kg.serve.federation.clauses import Clause, find_clauses, stood_in
from kg.serve.federation.endpoints import Endpoint, read_endpoints
from kg.serve.federation.execution import UNFIT, Execution
from kg.serve.federation.remote import Budget, Remote
from kg.serve.federation.transport import Transport
from kg.serve.formats import RESULT_FORMATS
from kg.serve.results import Row, read_rows

_MEBIBYTE = 1024 * 1024
_RETRY = 5
"""Seconds after which a federated query may be sent again that found too many others."""
_MAY_ASK = re.compile(r"service", re.IGNORECASE)


def _never() -> bool:
    return False


class FederatedEngine(Engine):
    """Answers queries on the current release; what SERVICE clauses ask of the endpoints listed is asked from here.

    A query that has such clauses is at most `guard.LONG` characters long. The workers get none: the guard sees to it.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.endpoints: Mapping[str, Endpoint] = read_endpoints(settings.services)
        """The endpoints that queries may ask, by their IRIs."""
        self._transport = Transport()
        self._remote = Remote(
            self._transport,
            age=settings.service_age,
            seconds=settings.service_deadline,
            contact=settings.public_url,
        )
        self._closing = threading.Event()
        # Each waits in a thread of the server, which others need as well.
        self._places = threading.BoundedSemaphore(self.size + settings.queue // 4)

    def close(self) -> None:
        """End all processes, and give up what other endpoints were asked."""
        self._closing.set()
        super().close()

    def service_census(self) -> dict[tuple[str, str], int]:
        """How many requests other endpoints were sent, by their IRIs and what came of them."""
        return self._remote.census()

    def query(
        self,
        text: str,
        media_type: str | None = None,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        deadline: float | None = None,
        cancelled: Callable[[], bool] = _never,
        client: str | None = None,
        fresh: bool = False,
        rewrite: bool = True,
    ) -> Answer:
        """Run a query as `Engine.query` does, with what other endpoints answer to its SERVICE clauses.

        ``deadline`` is that of the whole. Raises `QueryError`, of which `ServiceError` is one.
        """
        clauses = self._clauses(text)
        until = time.monotonic() + min(self.settings.deadline, deadline or self.settings.deadline)

        def run(query: str, form: str | None) -> Answer:
            left = max(until - time.monotonic(), 0.001) if clauses else deadline
            return super(FederatedEngine, self).query(
                query,
                form,
                default_graphs=default_graphs,
                named_graphs=named_graphs,
                deadline=left,
                cancelled=cancelled,
                client=client,
                fresh=fresh,
                rewrite=rewrite,
            )

        def select(query: str) -> list[Row]:
            with closing(run(query, RESULT_FORMATS[0].media_type)) as answer:
                return read_rows(b"".join(answer))

        if not clauses:
            with self._told_of_hidden():
                return run(text, media_type)
        self._check(text, clauses, client)

        def given_up() -> bool:
            return self._closing.is_set() or cancelled()

        budget = Budget(self.settings.service_rows, self.settings.service_size * _MEBIBYTE, until)
        execution = Execution(text, clauses, self._remote, select, given_up, budget, self.settings.service_rows)
        with self._place():
            local = execution.local()
        answer = _run_local(lambda query: run(query, media_type), local, execution)
        answer.federated = True
        answer.failed_services = tuple(execution.failed)
        return answer

    def explain(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] | None = None,
        named_graphs: Sequence[str] | None = None,
        client: str | None = None,
        rewrite: bool = True,
    ) -> bytes:
        """How a query would be rewritten, as `Engine.explain` tells; of a federated one, which endpoints it asks."""
        clauses = self._clauses(text)
        if not clauses:
            return super().explain(
                text, default_graphs=default_graphs, named_graphs=named_graphs, client=client, rewrite=rewrite
            )
        self._check(text, clauses, client)
        services = [{"endpoint": clause.endpoint.iri, "silent": clause.silent} for clause in clauses]
        return json.dumps({"query": text, "rewritten": text, "rules": [], "services": services}, indent=2).encode()

    def _clauses(self, text: str) -> list[Clause]:
        """The SERVICE clauses of a query. Raises `QueryRefusedError` for one that may not be asked."""
        if not self.endpoints or len(text) > guard.LONG or not _MAY_ASK.search(text):
            return []
        return find_clauses(text, self.endpoints) if guard.outline(text).form in guard.FORMS else []

    def _check(self, text: str, clauses: Sequence[Clause], client: str | None) -> None:
        """Let a worker see whether the text is a query, before anybody is asked anything.

        Raises `QuerySyntaxError`, and `QueryRefusedError` for a clause that is hidden.
        """
        readable = stood_in(text, clauses)
        with self._told_of_hidden():
            guard.check(readable)
        try:
            super().explain(readable, client=client, rewrite=False)
        except QuerySyntaxError as error:
            shown, sent = (each.split("\n")[error.line - 1].strip() for each in (readable, text))
            raise QuerySyntaxError(
                error.message.replace(shown, sent) if shown else error.message,
                line=error.line,
                column=error.column,
                expected=error.expected,
                remedy=error.remedy,
            ) from error

    @contextmanager
    def _told_of_hidden(self) -> Iterator[None]:
        """What the guard refuses, although endpoints may be asked, is written in a way that only the guard saw."""
        try:
            yield
        except QueryRefusedError as error:
            if not self.endpoints or not error.where:  # an update has no place
                raise
            raise QueryRefusedError(
                "the query has a SERVICE clause that is not read here",
                where=error.where,
                expected=f"SERVICE <IRI> {{ … }}, each word by itself, in a query of at most {guard.LONG} characters",
                remedy="put spaces around SERVICE, and write it without escapes",
            ) from error

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise BusyError("too many queries are asking other endpoints", retry_after=_RETRY, remedy="try again soon")
        try:
            yield
        finally:
            self._places.release()


def _run_local(run: Callable[[str], Answer], local: str, execution: Execution) -> Answer:
    """Run what is left of a query. Raises `ServiceError` if the answers that were put into it make it no query."""
    try:
        return run(local)
    except QuerySyntaxError as error:  # it was a query before
        rest = execution.forget_silent()
        with suppress(QuerySyntaxError):
            if rest is not None:
                return run(rest)
        named = ", ".join(dict.fromkeys(f"<{clause.endpoint.iri}>" for clause in execution.clauses))
        raise ServiceError(
            UNFIT,
            where=named,
            expected="terms and variables that the query can hold in the place of the clause",
            remedy="give the variables of the clause names that nothing else in its group binds",
        ) from error
