"""Queries that ask other endpoints: what SERVICE clauses ask is asked from here, and their answers put into the query.

No worker has a socket. A query is planned here, endpoints of the allowlist are asked here, and what a worker gets is
a query about the graph alone.
"""

from kg.serve.federation.engine import FederatedEngine

__all__ = ["FederatedEngine"]
