"""Tell how well names are matched: `.venv/bin/python tests/naming/measure.py` (docs/reconciliation.md shows it)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.naming import HEADING, cases, index_of, measure, told, vocabulary_store

FILES = ("messy-names.csv", "messy-names-held-out.csv")


def main() -> None:
    index = index_of(vocabulary_store())
    lines = [told(file, cases(file), measure(index, cases(file))) for file in FILES]
    sys.stdout.write("\n".join([HEADING, *lines]) + "\n")


if __name__ == "__main__":
    main()
