"""How much of the evaluation sets the mapper reads rightly: by set, by kind, and where nothing should be read.

`make eval` runs it. It prints tables, at the end one of confidences and the shares that are right, and keeps them in
``bench/results/evaluation.txt``. Of other files of statements with their right assertions:
``.venv/bin/python bench/evaluate.py FILE.jsonl …``, which prints no confidences and keeps nothing.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.calibration import held_out, reliability_lines  # noqa: E402
from support.mapped import mapper  # noqa: E402
from support.scoring import Score, score_kinds  # noqa: E402

SETS = ROOT / "tests" / "text" / "data"
RESULT = ROOT / "bench" / "results" / "evaluation.txt"
HEAD = f"{'':24} {'precision':>9} {'recall':>9} {'F1':>9} {'right':>7} {'wrong':>7} {'missing':>7}"


class Evaluation:
    """The scores of one set."""

    def __init__(self, file: Path) -> None:
        self.name = file.stem
        self.kinds: defaultdict[str, Score] = defaultdict(Score)
        self.total = Score()
        self.statements = self.silent = self.false = 0
        for line in file.read_text(encoding="utf-8").splitlines():
            self.add(json.loads(line))

    def add(self, row: dict) -> None:
        """Map one statement and compare."""
        made = [assertion.as_json() for assertion in mapper().map(row["text"], row["lang"])]
        self.statements += 1
        if not row["assertions"]:
            self.silent += 1
            self.false += bool(made)
        for kind, found in score_kinds(row["assertions"], made).items():
            self.kinds[kind].add(found)
            self.total.add(found)


def row(name: str, found: Score) -> str:
    shares = f"{found.precision:9.3f} {found.recall:9.3f} {found.f1:9.3f}"
    return f"{name:24} {shares} {found.right:7} {found.wrong:7} {found.missing:7}"


def lines(evaluations: Iterable[Evaluation]) -> Iterable[str]:
    """The tables."""
    done = list(evaluations)
    kinds: defaultdict[str, Score] = defaultdict(Score)
    yield "Slots by set"
    yield HEAD
    for one in done:
        yield row(one.name, one.total)
    for language in ("fr", "en"):
        several = Score()
        for one in (one for one in done if one.name.endswith(f"-{language}")):
            several.add(one.total)
        yield row(f"all {language}", several)
    for one in done:
        yield from ("", f"Slots of {one.name} by kind", HEAD)
        for kind, found in sorted(one.kinds.items()):
            kinds[kind].add(found)
            yield row(kind, found)
    yield from ("", "Slots of all sets by kind", HEAD)
    yield from (row(kind, found) for kind, found in sorted(kinds.items()))
    yield from ("", "Statements that assert nothing, and how many of them were given an assertion")
    for one in done:
        yield f"{one.name:24} {one.false:4} of {one.silent:4} ({_share(one.false, one.silent)})"
    false, silent = sum(one.false for one in done), sum(one.silent for one in done)
    yield f"{'all':24} {false:4} of {silent:4} ({_share(false, silent)})"


def trusted() -> Iterable[str]:
    """The reliability of confidences, on the assertions that their weights were not fitted on."""
    yield from ("", "Confidence and the share right, on the half of the blind sets that it was not fitted on")
    yield from reliability_lines(held_out())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "none"


def main(arguments: list[str]) -> None:
    given = [Path(name) for name in arguments]
    files = given or sorted(path for lang in ("fr", "en") for path in SETS.glob(f"*-{lang}.jsonl"))
    told = "\n".join([*lines(Evaluation(file) for file in files), *(() if given else trusted())]) + "\n"
    print(told, end="")
    if not given:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
