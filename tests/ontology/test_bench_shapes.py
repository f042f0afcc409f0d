"""The measurement of the shapes runs, on copies that still fit them; its figures are another matter."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from kg.build.mapping.given import GivenAssertions
from kg.build.pipeline import build
from kg.build.sources import Source
from kg.ground.settings import Settings

HOME = Path(__file__).parents[2]


def test_copies_of_statements_fit_the_shapes_as_the_statements_do(tmp_path: Path) -> None:
    file = HOME / "tests" / "rdf" / "golden" / "kinds.jsonl"
    settings = Settings(home=HOME, releases=tmp_path)
    build(settings, GivenAssertions.read(file), sources=[Source("kinds", file)])
    options = ["--releases", str(tmp_path), "--triples", "0", "60000"]
    done = subprocess.run(
        [sys.executable, str(HOME / "bench" / "shapes.py"), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^([\d,]+) triples: (\d+) violations in", done.stdout, re.MULTILINE)
    sizes = [int(size.replace(",", "")) for size, _ in found]
    assert sizes[0] < 60000 <= sizes[1]
    assert [violations for _, violations in found] == ["0", "0"]
