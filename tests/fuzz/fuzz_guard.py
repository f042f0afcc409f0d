"""A harness for atheris, which looks for queries that get past the guard and call another endpoint.

atheris is no dependency: it has wheels for some Pythons only. Where it installs::

    .venv/bin/pip install atheris
    .venv/bin/python tests/fuzz/fuzz_guard.py -max_len=400 -max_total_time=600

It stops at the first query that the guard passes and the engine calls out for, and writes it into a file ``crash-…``;
given that file as its argument, it tries that query again. ``CALL`` in what atheris makes stands for an address where
nobody answers.
"""

from __future__ import annotations

import socket
import sys

from kg.ground.errors import QueryRefusedError


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["kg.serve.guard", "kg.ground.tokens"]):
        from kg.ground.tokens import tokens
        from kg.serve.guard import check

    import pyoxigraph

    store = pyoxigraph.Store()
    store.load(b"<a:s> <a:p> 5, 1e5, true, 'SERVICE' .", pyoxigraph.RdfFormat.TURTLE)
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    address = f"<http://127.0.0.1:{taken.getsockname()[1]}/>"

    def test_one(data: bytes) -> None:
        text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(sys.maxsize).replace("CALL", address)
        end = 0
        for token in tokens(text):
            assert token.start >= end
            end = token.end
        try:
            check(text)
        except QueryRefusedError:
            return
        try:
            list(store.query(text))
        except ConnectionError as error:
            raise AssertionError(f"called: {text}") from error
        except (SyntaxError, RuntimeError, ValueError, OSError, TypeError):
            pass

    atheris.Setup(sys.argv, test_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
