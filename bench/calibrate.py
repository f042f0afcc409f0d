"""Fit the weights by which the mapper says how far each of its assertions is trusted.

`make calibrate` runs it; it writes ``src/kg/build/text/confidence.toml`` and takes less than a minute. The model is a
logistic regression with a penalty on the size of weights (that of kinds and rules being the greater), fitted by
Newton's method. It is fitted on the development sets, the seen sets and every second statement of the blind sets; that
rules were written with the first two at hand is a sign of its own there, which is left out of the file. What it prints
comes from what was not fitted: the reliability on the other statements of the blind sets, and for each writer of a
blind set what weights fitted without any of theirs expect.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from kg.build.text.confidence import Calibration, Signs  # noqa: E402
from support.calibration import BLIND, Judged, held_out, judged, reliability_lines, right_share  # noqa: E402

FILE = ROOT / "src" / "kg" / "build" / "text" / "confidence.toml"
AT_HAND = ("dev-fr", "dev-en", "seen-fr", "seen-en")
RARE = 5
"""A rule with fewer assertions than that has no weight of its own."""
PENALTIES = {"always": 0.01, "language": 0.01, "at-hand": 0.01, "kind": 4.0, "rule": 4.0}
"""By the first word of a sign; others have the penalty 2."""
STEPS, CLOSE = 20, 1e-6

HEAD = """\
# How much each sign speaks for an assertion being right, or against it: `kg.build.text.confidence` adds up the weights,
# each times the size of its sign, as log-odds. Fitted by `make calibrate`; not to be edited by hand.

[weights]
"""


def fit(items: Sequence[Judged]) -> dict[str, float]:
    """The weights with which the signs of some assertions tell best whether they are right."""
    counted = Counter(name for item in items for name, size in item.signs.items() if size)
    names = sorted(name for name, count in counted.items() if count >= RARE or not name.startswith("rule "))
    place = {name: at for at, name in enumerate(names)}
    rows = [([(place[n], size) for n, size in item.signs.items() if size and n in place], item.right) for item in items]
    penalties = [PENALTIES.get(name.split()[0], 2.0) for name in names]
    weights = [0.0] * len(names)
    for _ in range(STEPS):
        change = _solved(*_slope(rows, weights, penalties))
        weights = [weight + step for weight, step in zip(weights, change, strict=True)]
        if max(map(abs, change)) < CLOSE:
            break
    return dict(zip(names, weights, strict=True))


def _slope(
    rows: Iterable[tuple[list[tuple[int, float]], bool]], weights: list[float], penalties: list[float]
) -> tuple[list[list[float]], list[float]]:
    """The curvature and the gradient of the penalised likelihood."""
    gradient = [-penalty * weight for penalty, weight in zip(penalties, weights, strict=True)]
    curvature = [[penalty * (i == j) for j in range(len(weights))] for i, penalty in enumerate(penalties)]
    for signs, right in rows:
        share = 1 / (1 + math.exp(-sum(weights[at] * size for at, size in signs)))
        for at, size in signs:
            gradient[at] += (right - share) * size
            row = curvature[at]
            for other, length in signs:
                row[other] += share * (1 - share) * size * length
    return curvature, gradient


def _solved(matrix: list[list[float]], sought: list[float]) -> list[float]:
    """The solution of linear equations whose matrix is symmetric and positive, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, sought, strict=True)]
    size = len(rows)
    for at in range(size):
        for below in range(at + 1, size):
            if factor := rows[below][at] / rows[at][at]:
                rows[below] = [a - factor * b for a, b in zip(rows[below], rows[at], strict=True)]
    solution = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * solution[other] for other in range(at + 1, size))
        solution[at] = (rows[at][size] - known) / rows[at][at]
    return solution


def at_hand() -> list[Judged]:
    """The assertions of the sets that rules were written with, marked as such."""
    return [
        replace(item, signs={**item.signs, f"at-hand {name[:3]}": 1.0}) for name in AT_HAND for item in judged(name)
    ]


def with_weights(items: Iterable[Judged], calibration: Calibration) -> list[Judged]:
    return [replace(item, confidence=float(calibration.confidence(item.signs))) for item in items]


def by_writer(known: Sequence[Judged], blind: Sequence[Judged]) -> Iterable[str]:
    """For each writer of a blind set: what is expected by weights fitted without theirs, and what is right."""
    yield f"{'writer of the blind sets':24} {'number':>7} {'expected':>9} {'right':>7}"
    for writer in sorted({item.writer for item in blind}):
        others = fit([*known, *(item for item in blind if item.writer != writer)])
        theirs = with_weights((item for item in blind if item.writer == writer), Calibration(others))
        expected = sum(item.confidence for item in theirs) / len(theirs)
        yield f"{writer:24} {len(theirs):7} {expected:9.2f} {right_share(theirs):7.2f}"


def kept(weights: dict[str, float]) -> dict[str, float]:
    """The weights that the file holds, with three digits."""
    return {name: round(weight, 3) for name, weight in weights.items() if not name.startswith("at-hand ")}


def shown(signs: Signs) -> str:
    return HEAD + "".join(f'"{name}" = {weight:.3f}\n' for name, weight in signs.items())


def main() -> None:
    known, unseen = at_hand(), held_out()
    fitted = [item for name in BLIND for item in judged(name, lines=slice(0, None, 2))]
    weights = kept(fit([*known, *fitted]))
    FILE.write_text(shown(weights), encoding="utf-8")
    print(f"Fitted on {len(known) + len(fitted)} assertions, {len(fitted)} of them from the blind sets.")
    print(f"\nThe other statements of the blind sets: {len(unseen)} assertions")
    print("\n".join(reliability_lines(with_weights(unseen, Calibration(weights)))), end="\n\n")
    print("\n".join(by_writer(known, [*fitted, *unseen])))


if __name__ == "__main__":
    main()
