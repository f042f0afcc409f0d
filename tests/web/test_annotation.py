"""The process that reads texts: what becomes of a request if it dies, hangs, or talks nonsense."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.ground.errors import AnnotationError, BusyError, InputError, TooManyQueriesError
from kg.serve.annotation import LONGEST, Annotator
from support.serving import eventually

ECHO = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"text": json.loads(line)["text"], "pid": __import__("os").getpid()}), flush=True)
"""
DIES = "import sys; sys.stdin.readline()"
NONSENSE = "import sys; sys.stdin.readline(); print('no JSON', flush=True); sys.stdin.read()"
HANGS = "import time; time.sleep(60)"
REFUSES = """import sys; [print('{"error": "no such thing"}', flush=True) for line in sys.stdin]"""

Make = Callable[..., Annotator]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Annotator] = []

    def annotator(program: str, **limits: float) -> Annotator:
        made.append(Annotator([sys.executable, "-c", program], **limits))
        return made[-1]

    yield annotator
    for one in made:
        one.close()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_process_answers_one_text_after_the_other(make: Make) -> None:
    annotator = make(ECHO)
    first, second = annotator.annotate("é" * LONGEST), annotator.annotate("b")
    assert first["text"] == "é" * LONGEST
    assert second["text"] == "b"
    assert first["pid"] == second["pid"]


@pytest.mark.parametrize("program", [DIES, NONSENSE])
def test_a_process_that_dies_or_talks_nonsense_is_told_and_ended(make: Make, program: str) -> None:
    annotator = make(program)
    for _ in range(2):
        with pytest.raises(AnnotationError, match="died"):
            annotator.annotate("a")


def test_after_a_death_the_next_text_is_read(make: Make) -> None:
    annotator = make(ECHO)
    pid = annotator.annotate("a")["pid"]
    os.kill(pid, 9)
    assert eventually(lambda: not _alive(pid) or _zombie(pid))
    assert annotator.annotate("b")["pid"] != pid


def _zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"


def test_a_process_that_hangs_is_ended_even_if_it_reads_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.serve.annotation._PATIENCE", 0)
    annotator = make(HANGS, deadline=0.5)
    with pytest.raises(AnnotationError, match=r"not read within 0\.5 s"):
        annotator.annotate("\N{GRINNING FACE}" * LONGEST)  # more than a pipe holds


def test_it_is_ended_when_it_rests(make: Make) -> None:
    annotator = make(ECHO, rest=0.2)
    pid = annotator.annotate("a")["pid"]
    assert eventually(lambda: not _alive(pid))
    assert annotator.annotate("b")["pid"] != pid


def test_what_it_refuses_is_a_fault_of_the_text(make: Make) -> None:
    with pytest.raises(InputError, match="no such thing"):
        make(REFUSES).annotate("a")


@pytest.mark.parametrize(("text", "message"), [(" \n", "there is no text"), ("a" * (LONGEST + 1), "20001 characters")])
def test_no_process_is_started_for_what_is_not_read(make: Make, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make(DIES).annotate(text)


def test_no_more_wait_than_may(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    annotator = make("import sys, time\nfor line in sys.stdin: time.sleep(0.3); print('{}', flush=True)")
    outcomes: list[str] = []

    def ask() -> None:
        try:
            annotator.annotate("a")
            outcomes.append("read")
        except BusyError:
            outcomes.append("busy")

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["busy"] * 2 + ["read"] * 8


def test_one_client_does_not_take_all_places(make: Make) -> None:
    annotator = make("import sys, time\nfor line in sys.stdin: time.sleep(0.3); print('{}', flush=True)")
    outcomes: list[str] = []

    def ask(client: str) -> None:
        try:
            annotator.annotate("a", client=client)
            outcomes.append(f"{client} is read")
        except TooManyQueriesError as error:
            outcomes.append(f"{client} has {error.message[:1]}")

    threads = [threading.Thread(target=ask, args=(client,)) for client in ("anna",) * 8 + ("béla",)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["anna has 2"] * 6 + ["anna is read"] * 2 + ["béla is read"]
    ask("anna")
    assert outcomes[-1] == "anna is read"
