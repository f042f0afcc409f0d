"""The engine: SPARQL queries on a release, run in worker processes, each within its limits."""

from kg.serve.engine.engine import Answer, Engine

__all__ = ["Answer", "Engine"]
