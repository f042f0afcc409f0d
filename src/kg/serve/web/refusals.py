"""What a client is told whose request does not come so far as the application: a problem document all the same."""

from __future__ import annotations

from http import HTTPStatus

from werkzeug.exceptions import HTTPException, default_exceptions

from kg.serve.web import cors, problems
from kg.serve.web.observation import Tell, refused


class Refusals:
    """Makes the answers of the server itself, and tells of each."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def __call__(
        self, status: int, detail: str, client: str, seconds: float
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        """The status line, headers and body for a request that was refused.

        ``detail`` is what was wrong with it, ``client`` the address it came from, ``seconds`` what it took until now.
        """
        problem = problems.from_http(_exception(status, detail))
        body = problems.document(problem).encode()
        name = refused(self._tell, client=client, status=status, code=problem.code, size=len(body), seconds=seconds)
        headers = {
            "Content-Type": problems.MEDIA_TYPE,
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": cors.EXPOSED,
            "X-Request-ID": name,
            **problem.headers,
        }
        return f"{status} {HTTPStatus(status).phrase}", [*headers.items()], body


def _exception(status: int, detail: str) -> HTTPException:
    known = default_exceptions.get(status, default_exceptions[400])
    return known(detail)
