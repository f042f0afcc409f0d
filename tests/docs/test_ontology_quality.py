"""The page on quality goes through every point, and the checks and decisions that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/ontology-quality.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (P\d\d|[A-Z]+\d?[\d._A-Z]*) \| (.+?) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
FOOPS = (
    "FIND1 FIND2 FIND3 FIND_3_BIS PURL1 URI1 URI2 VER1 VER2 OM1 OM2 OM3 OM4.1 OM4.2 OM5.1 OM5.2 HTTP1 CN1 RDF1 "
    "VOC1 VOC2 DOC1 VOC3 VOC4"
)


def test_every_pitfall_and_every_test_has_its_row() -> None:
    assert [row[0] for row in ROWS] == [*(f"P{number:02}" for number in range(1, 42)), *FOOPS.split()]


def test_every_row_has_a_verdict_and_a_reason() -> None:
    assert {row[2] for row in ROWS} <= {"met", "explained", "in part", "not yet"}
    assert all(row[3].endswith(".") and len(row[3]) > 5 for row in ROWS)
    assert all(row[2] in ("met", "explained") for row in ROWS if row[0].startswith("P"))


def test_what_is_named_exists() -> None:
    told = re.findall(r"[Cc]hecks? (`[\w-]+`(?:(?:, | and )`[\w-]+`)*)", PAGE)
    checks = {name for text in told for name in re.findall(r"`(.+?)`", text)}
    assert len(checks) > 20
    assert [name for name in sorted(checks) if not (ROOT / "ontology/checks" / f"{name}.rq").is_file()] == []
    decisions = (ROOT / "docs/ontology-decisions.md").read_text(encoding="utf-8")
    assert [name for name in set(re.findall(r"\bD\d+\b", PAGE)) if f"### {name}." not in decisions] == []
    paths = re.findall(r"`((?:ontology|tests|bench)/[\w/.-]+)`", PAGE)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_terms_that_are_named_are_declared() -> None:
    declared = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ontology").glob("*.ttl"))
    assert [term for term in set(re.findall(r"`(sides:\w+)`", PAGE)) if f"\n{term} a " not in declared] == []
