"""`kg map` over many statements: in order, in constant memory, by several processes, past lines that hold none."""

from __future__ import annotations

import functools
import gc
import io
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build.stream import StatementReader, Task, _one_thread, json_line, map_statements
from kg.build.text.tokens import Remembered
from kg.cli import main
from kg.cli.explained import explained
from kg.cli.progress import Progress
from kg.ground.errors import BuildError, StatementFileError
from kg.ground.records import Assertion, Evidence, Span, Statement
from support.mapped import mapper
from support.mappers import Dying, Failing, Nothing

ROOT = Path(__file__).parents[2]
TEXTS = ["La Suède est membre de l'OTAN.", "Poland gave Ukraine 14 Leopard 2 tanks.", "Une phrase sans rien."]


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIDES_HOME", str(ROOT))


def statements(count: int) -> Iterator[Statement]:
    return (Statement("s", str(number), "fr", f"La France a livré {number} chars.") for number in range(count))


# -- several processes ---------------------------------------------------------------------------------------------


@pytest.fixture
def _alone() -> None:
    """No other thread runs; those that have just been joined take some moments to end."""
    if not Path("/proc/self/task").is_dir():
        pytest.skip("processes are forked on Linux alone")
    for _ in range(100):
        if _one_thread():
            return
        time.sleep(0.05)
    pytest.skip(f"other threads run here: {threading.enumerate()}")


@pytest.fixture(params=["forked", "spawned"])
def _processes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Processes that share what is loaded, as where no other thread runs; then those that share nothing."""
    if request.param == "forked":
        request.getfixturevalue("_alone")
        yield
        return
    idle = threading.Event()
    thread = threading.Thread(target=idle.wait)
    thread.start()
    yield
    idle.set()
    thread.join()


@pytest.mark.usefixtures("_processes")
def test_several_processes_give_the_same_in_the_same_order() -> None:
    task = Task(mapper, json_line, "test")
    alone = list(map_statements(statements(900), task))
    assert [json.loads(line)["assertions"][0]["quantity"] for line in alone[1:20]] == list(range(1, 20))
    assert list(map_statements(statements(900), task, jobs=2)) == alone


@pytest.mark.usefixtures("_alone")
def test_forked_processes_load_no_mapper_of_their_own() -> None:
    loaded = []

    def load() -> Nothing:
        loaded.append(os.getpid())
        return Nothing()

    assert len(list(map_statements(statements(900), Task(load, json_line, "test"), jobs=2))) == 900
    assert loaded == [os.getpid()]


def test_what_needs_a_process_alone_holds_in_one() -> None:
    """In a run of all tests the engines of others have threads; then these are run by themselves."""
    if _one_thread():
        return
    command = [sys.executable, "-m", "pytest", "-q", "-k", "forked", __file__]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.usefixtures("_processes")
def test_a_process_that_dies_is_told() -> None:
    with pytest.raises(BuildError, match=r"^test: a process that maps statements ended before its work\. What to do"):
        list(map_statements(statements(900), Task(Dying, json_line, "test"), jobs=2))


@pytest.mark.usefixtures("_processes")
def test_an_error_in_a_process_is_told_as_it_is() -> None:
    with pytest.raises(BuildError, match=r"^test, statement 500: cannot map this$"):
        list(map_statements(statements(900), Task(Failing, json_line, "test"), jobs=2))


@pytest.mark.usefixtures("_processes")
def test_only_some_chunks_are_read_ahead() -> None:
    read = []

    def counted() -> Iterator[Statement]:
        for statement in statements(100_000):
            read.append(statement.position)
            yield statement

    lines = map_statements(counted(), Task(Nothing, json_line, "test"), jobs=2)
    next(lines)
    assert len(read) <= 2_000
    lines.close()  # type: ignore[attr-defined]  # a generator


def test_processes_end_with_the_one_that_started_them() -> None:
    command = [sys.executable, "-m", "kg", "map", "--lang", "fr", "--jobs", "2", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{TEXTS[2]}\n".encode() * 1_500)
        process.stdin.flush()
        assert process.stdout.readline()
        process.kill()
        process.communicate(timeout=60)  # the output ends when no process has it any more


# -- constant memory -----------------------------------------------------------------------------------------------

MANY = """
import resource, sys
from kg.build.stream import StatementReader, Task, json_line, map_statements
from pathlib import Path
class Nothing:
    def map(self, text, lang, *, where=None): return ()
def fail(error): raise error
reader = StatementReader(Path("-"), "fr", fail, print, lambda count: None)
count, peaks = 0, []
for line in map_statements(reader, Task(Nothing, json_line, "-")):
    count += 1
    if count % 20_000 == 0: peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(count, *peaks)
"""


def test_many_statements_need_no_more_memory_than_some() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MANY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(200):
            process.stdin.write("La France a livré 12 chars à l'Ukraine.\n".encode() * 1000)
        process.stdin.close()
        count, first, *_, last = map(int, process.stdout.read().split())
    assert count == 200_000
    assert last - first < 4 * 1024  # KiB


def held(rows: list[dict[str, str]], turn: int) -> int:
    """How many blocks of memory are held after statements with words of their own, without what bounded caches keep."""
    for at, row in enumerate(rows):
        text = f"{row['text']} Zéd{turn}x{at} a livré {turn}{at} « obüs{turn}y{at} » à Xân{turn}z{at}."
        mapper().map(text, row["lang"])
    for item in gc.get_objects():
        if isinstance(item, Remembered):
            item.clear()
        elif isinstance(item, functools._lru_cache_wrapper) and item.cache_parameters()["maxsize"] is not None:
            item.cache_clear()
    gc.collect()
    return sys.getallocatedblocks()


def test_the_mapper_keeps_nothing_of_what_it_has_mapped() -> None:
    files = [ROOT / "tests" / "text" / "data" / f"dev-{lang}.jsonl" for lang in ("fr", "en")]
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()[::2]]
    before, after = (held(rows, turn) for turn in range(2))
    assert after - before < len(rows)  # less than a string for each statement


def test_the_forms_of_words_cannot_fill_the_memory() -> None:
    remembered = Remembered(str.lower)
    assert [remembered[f"W{number}"] for number in range(20_000)] == [f"w{number}" for number in range(20_000)]
    assert 0 < len(remembered) <= 8192
    assert remembered["É" * 41] == "é" * 41
    assert "É" * 41 not in remembered
    assert "É" * 40 not in remembered
    assert remembered["É" * 40] == "é" * 40
    assert "É" * 40 in remembered


# -- reading -------------------------------------------------------------------------------------------------------


def read(path: Path, lang: str | None = None) -> tuple[list[Statement], list[str], list[tuple[str, str]], int]:
    left_out: list[str] = []
    unclear: list[tuple[str, str]] = []
    sizes: list[int] = []
    reader = StatementReader(
        path, lang, lambda error: left_out.append(str(error)), lambda *told: unclear.append(told), sizes.append
    )
    return list(reader), left_out, unclear, sum(sizes)


def test_lines_that_hold_no_statement_are_left_out_and_told(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    good = json.dumps({"id": "7", "lang": "fr", "text": TEXTS[0]}).encode()
    lines = [good, b"{", b"", b"[]", b"\xff", b'{"id": "1", "lang": "de", "text": "x"}', b'{"id": "1"}', good]
    file.write_bytes(b"\n".join(lines))
    found, left_out, _, size = read(file)
    assert [(item.position, item.text) for item in found] == [("7", TEXTS[0])] * 2
    assert [re.match(r".*?a\.jsonl:(\d)", told)[1] for told in left_out] == ["2", "4", "5", "6", "7"]  # type: ignore[index]
    assert size == file.stat().st_size


def test_lines_of_text_keep_their_numbers_and_find_their_language(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(("\ufeff" + TEXTS[0] + "\r\n\n" + TEXTS[1] + "\nMacron, Putin: 2022").encode())
    found, left_out, unclear, _ = read(file)
    assert [(item.position, item.lang, item.text) for item in found[:2]] == [
        ("1", "fr", TEXTS[0]),
        ("3", "en", TEXTS[1]),
    ]
    assert (left_out, unclear) == ([], [(f"{file}:4", "fr")])


@pytest.mark.parametrize(("name", "told"), [("gone.txt", "No such file"), ("a.csv", r"a file that ends in '\.csv'")])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, name: str, told: str) -> None:
    with pytest.raises(StatementFileError, match=told):
        read(tmp_path / name)


# -- the command ---------------------------------------------------------------------------------------------------


def test_the_exit_code_tells_of_a_line_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.jsonl"
    good = json.dumps({"id": "7", "lang": "fr", "text": TEXTS[0]})
    file.write_text(f"{good}\n{{\n{good}\n", encoding="utf-8")
    assert main(["map", str(file)]) == 1
    told = capsys.readouterr()
    assert [json.loads(line)["id"] for line in told.out.splitlines()] == ["7", "7"]
    assert told.err.startswith(f"kg: left out: {file}:2: not JSON")
    assert main(["map", "--strict", str(file)]) == 2
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert told.err.startswith(f"kg: {file}:2: not JSON")


def test_the_command_maps_by_several_processes(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("\n".join(TEXTS * 150), encoding="utf-8")
    outputs = [
        subprocess.run(
            [sys.executable, "-m", "kg", "map", "--jobs", jobs, str(file)], capture_output=True, check=True
        ).stdout
        for jobs in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") == 450


@pytest.mark.parametrize("jobs", ["-1", "many", "9999"])
def test_a_wrong_number_of_jobs_is_told(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["map", "--jobs", jobs, "a.txt"])
    assert "argument --jobs" in capsys.readouterr().err


def test_explain_marks_the_words_of_each_assertion(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.txt"
    file.write_text(f"{TEXTS[0]}\n{TEXTS[2]}\n", encoding="utf-8")
    assert main(["map", "--explain", str(file)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "1 (fr)  La [Suède]¹ est [membre]¹ de l'[OTAN]¹."
    assert printed[1] == "  1  membership: member = state:SWE; organisation = org:nato; role = member"
    assert printed[2].startswith("     by the rule membership/")
    assert "«Suède»" in printed[2]
    assert printed[-2:] == ["  no assertion", ""]


def test_explain_shows_overlapping_spans_confidence_and_colour() -> None:
    from decimal import Decimal

    made = [
        Assertion.create("border", {"a": "x", "b": "y"}, evidence=Evidence("r", (Span(0, 4), Span(2, 6)))),
        Assertion.create("border", {"a": "x", "b": "z"}, evidence=Evidence("q", (Span(2, 4),), Decimal("0.90"))),
    ]
    statement = Statement("s", "1", "fr", "abcd\x1bf g")
    told = explained(statement, made)
    assert told.splitlines()[0] == "1 (fr)  [ab]¹[cd]¹˒²[\\x1bf]¹ g"
    assert "by the rule q, confidence 0.90, from «cd»" in told
    assert "\x1b" not in told
    assert re.sub(r"\x1b\[\dm", "", explained(statement, made, colour=True)) == told


# -- progress ------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_told_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(100))
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    for out, shown in ((Terminal(), True), (io.StringIO(), False)):
        with Progress(200, what="statements", out=out) as progress:
            progress.advance(50)
            progress.done()
        assert ("25% ██████··················" in out.getvalue()) is shown
        assert out.getvalue().endswith("\r\x1b[K") is shown


def test_progress_without_a_total_tells_the_rate() -> None:
    assert Progress(None, what="statements", out=io.StringIO()).line(2.0) == "0 statements, 0/s"


def test_the_example_of_the_page_is_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "mapper.md").read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(page) if line.startswith("    1 (fr)  "))
    file = tmp_path / "a.txt"
    file.write_text(re.sub(r"[\[\]¹]", "", page[first].removeprefix("    1 (fr)  ")), encoding="utf-8")
    assert main(["map", "--explain", "--lang", "fr", str(file)]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [line.removeprefix("    ") for line in page[first : first + 3]]
