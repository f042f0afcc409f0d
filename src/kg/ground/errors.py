"""Every error that Sides raises on purpose, in one tree.

    SidesError
    ├── InputError               what somebody gave us cannot be used
    │   ├── StatementFileError       a file of statements
    │   ├── TableError               a row or a column of a table
    │   ├── CatalogueError           the catalogue of sources
    │   └── SavedQueryError          the head or the text of a saved query, or a parameter given to it
    ├── ContractError            an assertion that breaks the table of kinds
    ├── BuildError               a build that must not be published
    │   ├── OntologyError            a file of the ontology that cannot be read, a proof that came to no verdict
    │   ├── ShapeError               data that violates a shape
    │   └── HygieneError             a check under ontology/checks/ that found something
    ├── ReleaseError             a release that is not there or is damaged
    ├── PublishError             a release that could not be loaded into another engine
    ├── AnnotationError          a text that the process that reads texts gave no answer to
    ├── PermalinkError           a permanent address of an answer that cannot be made or answered
    │   ├── PermalinkSizeError       the query or its answer is too long to be kept
    │   ├── PermalinkLimitError      the client has made as many as it may
    │   ├── PermalinkStorageError    there is no room, or the file cannot be used
    │   └── PermalinkGoneError       the answer had to give way, and its release is gone
    └── QueryError               a query that got no answer
        ├── QuerySyntaxError         not SPARQL; has line and column
        ├── QueryRefusedError        SPARQL that this endpoint does not run (an update, a SERVICE clause)
        ├── QueryTimeoutError        stopped at its deadline
        ├── QueryMemoryError         stopped at its memory limit
        ├── QueryFailedError         the engine reported an error while running it
        ├── QueryCancelledError      the client has left
        ├── WorkerLostError          the worker died for another reason
        ├── EngineError              the engine behind this server gave no answer that can be used
        ├── ServiceError             an endpoint that a SERVICE clause asks gave no answer that can be used
        │   └── ServiceTimeoutError      it gave none in time
        └── BusyError                no worker free and the queue full
            └── TooManyQueriesError      the client has its share of the queue already

Foreign exceptions are mapped into this tree where the engine is called (``raise … from``).
Domain errors know no HTTP: `kg.serve.web.problems` holds the table from class to status.
"""

from __future__ import annotations


class SidesError(Exception):
    """An error with a stable code that says what was expected, what came, where, and what to do.

    >>> error = SidesError("row has 3 cells", where="states.csv:7", expected="4 cells", remedy="add the missing cell")
    >>> str(error)
    'states.csv:7: row has 3 cells; expected 4 cells. What to do: add the missing cell'
    """

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.expected = expected
        self.remedy = remedy

    def __str__(self) -> str:
        """The error in one line."""
        text = f"{self.where}: {self.message}" if self.where else self.message
        if self.expected:
            text += f"; expected {self.expected}"
        if self.remedy:
            text += f". What to do: {self.remedy}"
        return text


class InputError(SidesError):
    """What somebody gave us cannot be used."""

    code = "input"


class StatementFileError(InputError):
    """A file of statements cannot be read."""

    code = "statement-file"


class TableError(InputError):
    """A table has an unknown column, a missing cell or a value outside its type."""

    code = "table"


class CatalogueError(InputError):
    """The catalogue of sources lacks something or names a file that is not there."""

    code = "source-catalogue"


class SavedQueryError(InputError):
    """The head or the text of a saved query is wrong, or a parameter given to it is."""

    code = "saved-query"


class ContractError(SidesError):
    """An assertion breaks the table of kinds."""

    code = "contract"


class BuildError(SidesError):
    """A build that must not be published."""

    code = "build"


class OntologyError(BuildError):
    """A file of the ontology cannot be read, or a proof about it came to no verdict."""

    code = "ontology"


class ShapeError(BuildError):
    """Data violates a shape."""

    code = "shape"


class HygieneError(BuildError):
    """A check under ``ontology/checks/`` has found something."""

    code = "hygiene"


class ReleaseError(SidesError):
    """A release is not there or is damaged."""

    code = "release"


class PublishError(SidesError):
    """A release could not be loaded into another engine, or is not whole there; ``where`` names it."""

    code = "publish"


class AnnotationError(SidesError):
    """The process that reads texts died, was too slow, or is not there."""

    code = "annotation"


class PermalinkError(SidesError):
    """A permanent address of an answer cannot be made or answered."""

    code = "permalink"


class PermalinkSizeError(PermalinkError):
    """The query or its answer is too long to be kept under an address."""

    code = "permalink-size"


class PermalinkLimitError(PermalinkError):
    """The client has made as many addresses as it may; ``retry_after`` is in seconds."""

    code = "permalink-limit"

    def __init__(self, message: str, *, retry_after: int, remedy: str | None = None):
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class PermalinkStorageError(PermalinkError):
    """There is no room for another address, or the file of the addresses cannot be used."""

    code = "permalink-storage"


class PermalinkGoneError(PermalinkError):
    """The answer of an address had to give way after its release was gone."""

    code = "permalink-gone"


class QueryError(SidesError):
    """A query got no answer."""

    code = "query"


class QuerySyntaxError(QueryError):
    """The text is not SPARQL.

    ``line`` and ``column`` count from 1, in characters of the text as the client sent it.
    """

    code = "query-syntax"

    def __init__(self, message: str, *, line: int, column: int, expected: str | None = None, remedy: str | None = None):
        super().__init__(message, where=f"line {line}, column {column}", expected=expected, remedy=remedy)
        self.line = line
        self.column = column


class QueryRefusedError(QueryError):
    """The text is SPARQL that this endpoint does not run."""

    code = "query-refused"


class QueryTimeoutError(QueryError):
    """The query was stopped at its deadline."""

    code = "query-timeout"


class QueryMemoryError(QueryError):
    """The query was stopped at its memory limit."""

    code = "query-memory"


class QueryFailedError(QueryError):
    """The engine reported an error while running the query."""

    code = "query-failed"


class QueryCancelledError(QueryError):
    """The client left before the answer was there."""

    code = "query-cancelled"


class WorkerLostError(QueryError):
    """The worker died while running the query."""

    code = "worker-lost"


class EngineError(QueryError):
    """The engine that this server stands in front of gave no answer that can be used; ``where`` names it.

    ``again`` tells whether it, or another, may give one if it is asked again.
    """

    code = "engine-failed"
    again = False


class ServiceError(QueryError):
    """An endpoint that a SERVICE clause of the query asks gave no answer that can be used; ``where`` names it."""

    code = "service-failed"
    too_long = False
    """Whether the query was too long for it, so that a shorter one may be answered."""


class ServiceTimeoutError(ServiceError):
    """An endpoint that a SERVICE clause of the query asks did not answer in time."""

    code = "service-timeout"


class BusyError(QueryError):
    """No worker is free and the queue is full; ``retry_after`` is in seconds."""

    code = "busy"

    def __init__(self, message: str, *, retry_after: int, remedy: str | None = None):
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class TooManyQueriesError(BusyError):
    """The client has as many queries waiting as it may while others want to."""

    code = "too-many-queries"
