"""Tell how well names are matched: `.venv/bin/python tests/naming/measure.py` (docs/reconciliation.md shows it)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.naming import cases, index_of, measure, vocabulary_store


def main() -> None:
    index = index_of(vocabulary_store())
    lines = ["names                        cases  meant  matched  right  precision  recall  among three"]
    for file in ("messy-names.csv", "messy-names-held-out.csv"):
        rows = cases(file)
        score = measure(index, rows)
        lines.append(
            f"{file:<28} {len(rows):>5}  {score.wanted:>5}  {score.made:>7}  {score.right:>5}  "
            f"{score.precision:>9.3f}  {score.recall:>6.3f}  {score.among_three / score.wanted:>11.3f}"
        )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
