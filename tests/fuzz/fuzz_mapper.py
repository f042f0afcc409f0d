"""A harness for atheris, which looks for texts that upset the mapper by watching which code they reach.

atheris is no dependency: it has wheels for some Pythons only. Where it installs::

    .venv/bin/pip install atheris
    .venv/bin/python tests/fuzz/fuzz_mapper.py -max_len=2000 -max_total_time=600

It stops at the first text that raises an error, has a span outside of it, or costs more than `LIMIT`, and writes it
into a file ``crash-…``; given that file as its argument, it maps that text again.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT = 0.25  # seconds for 1,000 characters; instrumented code is some times slower


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["kg.build.text"]):
        from kg.build.text.mapper import Mapper

    mapper = Mapper.from_tables(ROOT / "sources" / "entities")
    for lang in ("fr", "en"):  # what is read once at the first text is no cost of a text
        mapper.map("La France a livré 3 chars à l'Ukraine en 2023.", lang)

    def test_one(data: bytes) -> None:
        given = atheris.FuzzedDataProvider(data)
        lang = "fr" if given.ConsumeBool() else "en"
        text = given.ConsumeUnicode(sys.maxsize)
        begun = time.process_time()
        for assertion in mapper.map(text, lang):
            assert assertion.evidence is not None
            assert all(0 <= span.start < span.end <= len(text) for span in assertion.evidence.spans)
        assert time.process_time() - begun < LIMIT * max(len(text) / 1000, 1), (lang, text)

    atheris.Setup(sys.argv, test_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
