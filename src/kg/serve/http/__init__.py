"""The HTTP server: waitress, with bounds on what a client may send, how slowly, and how slowly it may read."""

from kg.serve.http.limits import Limits
from kg.serve.http.server import Server

__all__ = ["Limits", "Server"]
