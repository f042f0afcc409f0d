"""``/metrics``: what the service counts, for a monitoring system."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from kg.serve.clients import is_local
from kg.serve.metrics import Metrics
from kg.serve.web.observation import current


def blueprint(metrics: Metrics, who: str) -> Blueprint:
    """The page; ``who`` may see it: ``all``, nobody (``off``), or who asks from this machine itself (``local``)."""
    page = Blueprint("metrics", __name__)

    @page.get("/metrics")
    def show() -> Response:
        record = current()
        # A proxy on this machine asks for somebody else.
        if who == "off" or (who == "local" and not (record.direct and is_local(record.client))):
            abort(404)
        content, media_type = metrics.exposition(request.headers.get("Accept", ""))
        return Response(content, content_type=media_type, headers={"Cache-Control": "no-store"})

    return page
