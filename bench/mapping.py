"""How fast the mapper reads, and what long and strange texts cost it.

``.venv/bin/python bench/mapping.py`` prints what it measures and keeps it in ``bench/results/mapping.txt``. Times are
those of the processor, the best of some rounds, so that what else runs on the machine counts little; a loop that has
nothing to do with the mapper is timed beside it, to compare machines. ``--profile`` prints where the time goes instead,
``--stream N`` the memory that N statements need.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from kg.build.text.mapper import Mapper

ROOT = Path(__file__).parents[1]
SETS = ROOT / "tests" / "text" / "data"
RESULT = ROOT / "bench" / "results" / "mapping.txt"
ROUNDS = 8

LENGTHS = (1_000, 10_000, 100_000)
TEXTS: dict[str, str] = {  # each is repeated up to the length
    "prose": "",  # the development set itself
    "one list": "la Pologne, l'Italie, le Canada, ",
    "one word": "a",
    "nested quotes": "« “ ",
    "unbalanced quotes": "« mot “ ",
    "numbers": "12, ",
    "single digits": "1 ",
    "days": "3, 4 et ",
    "amounts": "3 milliards de dollars, ",
    "verbs": "a livré et ",
    "possessives": "'s",
    "full stops": ".",
    "brackets": "( ",
    "control characters": "\x00\u202e\u200b",
    "combining accents": "e\u0301",
    "markup": '<p class="x">La France</p> ',
    "right to left": "السلام عليكم ",
    "Chinese": "台湾和中国。",
}


def statements(name: str) -> list[dict]:
    return [json.loads(line) for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def best(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least processor time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    return min(times)


def plain_loop() -> None:
    found: dict[int, str] = {}
    for number in range(60_000):
        found[number & 255] = str(number).upper()


def speed(mapper: Mapper) -> Iterator[str]:
    yield "Statements a second on one processor"
    for name in ("dev-fr", "dev-en"):
        rows = statements(name)
        seconds = best(lambda rows=rows: [mapper.map(row["text"], row["lang"]) for row in rows])
        size = sum(len(row["text"]) for row in rows) / len(rows)
        yield f"{name:22} {len(rows) / seconds:8,.0f} a second, {size:.0f} characters each"
    yield f"{'plain loop':22} {best(plain_loop) * 1000:8.1f} ms (to compare machines)"


def long_texts(mapper: Mapper) -> Iterator[str]:
    yield "Milliseconds for 1,000 characters, in the language that costs more"
    yield f"{'characters':22}" + "".join(f"{length:>10,}" for length in LENGTHS)
    prose = " ".join(row["text"] for row in statements("dev-fr")) + " "
    for name, piece in TEXTS.items():
        unit = piece or prose
        cells = ""
        for length in LENGTHS:
            text = (unit * (length // len(unit) + 1))[:length]
            rounds = 3 if length < 100_000 else 1
            seconds = max(best(lambda lang=lang, text=text: mapper.map(text, lang), rounds) for lang in ("fr", "en"))
            cells += f"{seconds / length * 1e6:10.1f}"
        yield f"{name:22}{cells}"


def processes() -> Iterator[str]:
    yield "kg map --jobs N of 4,000 statements: seconds from start to end, and of the processors together"
    rows = [row["text"].replace("\n", " ") for row in statements("dev-fr")] * 20
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "statements.txt"
        file.write_text("\n".join(rows), encoding="utf-8")
        for jobs in range(1, (os.cpu_count() or 1) + 1):
            begun, used = time.perf_counter(), _used()
            command = [sys.executable, "-m", "kg", "map", "--home", str(ROOT), "--jobs", str(jobs), str(file)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            seconds = f"{time.perf_counter() - begun:8.1f} {_used() - used:8.1f}"
            yield f"{jobs:2} {'process' if jobs == 1 else 'processes':19} {seconds}"


def _used() -> float:
    """Seconds of processor time that processes started from here have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


MILLION = """
import resource, sys
from pathlib import Path
from kg.build.stream import StatementReader, Task, json_line, map_statements
from kg.build.text.mapper import Mapper
def fail(error): raise error
load = lambda: Mapper.from_tables(Path("sources/entities"))
reader = StatementReader(Path("-"), "fr", fail, print, lambda count: None)
step = int(sys.argv[1]) // 10
for count, line in enumerate(map_statements(reader, Task(load, json_line, "-")), start=1):
    if count % step == 0: print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
"""


def memory(count: int) -> Iterator[str]:
    yield "Peak memory of one process after so many statements, MiB"
    rows = [row["text"].replace("\n", " ") for row in statements("dev-fr")]
    command = [sys.executable, "-c", MILLION, str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        writer = threading.Thread(target=_write, args=(process.stdin, rows, count))
        writer.start()
        for line in process.stdout:
            done, peak = map(int, line.split())
            yield f"{done:22,} {peak:8,}"
        writer.join()


def _write(out: IO[str], rows: list[str], count: int) -> None:
    with out:
        for number in range(count):
            out.write(f"{rows[number % len(rows)]} {number}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    parser.add_argument("--stream", type=int, default=0, metavar="N", help="measure the memory of N statements only")
    given = parser.parse_args()
    if given.stream:
        for line in memory(given.stream):
            print(line, flush=True)
        return
    mapper = Mapper.from_tables(ROOT / "sources" / "entities")
    if given.profile:
        rows = statements("dev-fr")
        profile = cProfile.Profile()
        profile.runcall(lambda: [mapper.map(row["text"], row["lang"]) for row in rows])
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
        return
    told = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}"
    ]
    print(told[0])
    for lines in (speed(mapper), long_texts(mapper), processes()):
        for line in ("", *lines):
            print(line, flush=True)
            told.append(line)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text("\n".join(told) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
