"""What runs in the environment of the peers: ``python rdf_lib_server.py FILE PORT``."""

from __future__ import annotations

import sys

import uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint


def main(file: str, port: str) -> None:
    """Read a file of N-Quads and serve it."""
    data = Dataset()
    data.parse(file, format="nquads")
    application = SparqlEndpoint(graph=data, enable_update=False, cors_enabled=False)
    uvicorn.run(application, host="127.0.0.1", port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
