"""The commands: what they print, where, and their exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.cli import main
from kg.ground.release import Release
from kg.ground.settings import Settings
from support.build_home import STATEMENTS


def test_map_prints_one_line_a_statement_in_their_order(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", str(home.home / "sources/statements/notes.txt")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {
            "id": "1",
            "lang": "fr",
            "text": STATEMENTS.splitlines()[0],
            "assertions": [{"kind": "border", "a": "state:HUN", "b": "state:UKR"}],
        },
        {"id": "3", "lang": "fr", "text": "Liste des membres", "assertions": []},
        {
            "id": "4",
            "lang": "fr",
            "text": "Des experts soutiennent l'Ukraine.",
            "assertions": [{"kind": "stance", "holder": "experts", "stance": "supports", "toward": "state:UKR"}],
        },
    ]


def test_what_map_prints_can_be_mapped_and_given_again(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    said = {
        "kind": "border",
        "a": "état voisin",
        "b": "state:UKR",
        "_rule": "r",
        "_spans": [[0, 2]],
        "_confidence": 0.75,
    }
    line = {"id": "a 1", "lang": "fr", "text": "Éé.", "assertions": [said]}
    (home.home / "given.jsonl").write_text(json.dumps(line))
    assert main(["map", "--format", "jsonl", str(home.home / "given.jsonl")]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == line
    assert "Éé" in printed


def test_map_prints_trig(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--format", "trig", str(home.home / "sources/statements/notes.txt")]) == 0
    quads = set(ox.parse(capsys.readouterr().out, ox.RdfFormat.TRIG))
    assert {quad.graph_name.value for quad in quads} == {"https://w3id.org/sides/graph/source/notes"}
    assert any(quad.predicate.value.endswith("#bordersWith") for quad in quads)


def test_the_language_can_be_given(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["map", "--lang", "en", str(home.home / "sources/statements/notes.txt")]) == 0
    assert {json.loads(line)["lang"] for line in capsys.readouterr().out.splitlines()} == {"en"}


def test_a_language_that_is_not_clear_is_told(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["Poland gave 14 tanks.", "Macron, Putin: 2022"]
    (home.home / "a.txt").write_text("\n".join(texts), encoding="utf-8")
    given = [json.dumps({"text": text, "assertions": []}) for text in texts]
    (home.home / "given.jsonl").write_text("\n".join(given), encoding="utf-8")
    for options in ([], ["--format", "trig"]):
        assert main(["map", *options, str(home.home / "a.txt")]) == 0
        told = capsys.readouterr().err
        assert told == f"kg: {home.home}/a.txt:2: the language is not clear, fr is taken. What to do: give --lang\n"
    assert main(["map", "--lang", "en", str(home.home / "a.txt")]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("options", [[], ["--format", "trig"]])
def test_the_standard_input_can_be_mapped(
    home: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(STATEMENTS.encode())))
    assert main(["map", *options, "-"]) == 0
    printed = capsys.readouterr().out
    if options:
        graphs = {quad.graph_name.value for quad in ox.parse(printed, ox.RdfFormat.TRIG)}
        assert graphs == {"https://w3id.org/sides/graph/source/standard-input"}
    else:
        assert [json.loads(line)["text"] for line in printed.splitlines()] == list(filter(None, STATEMENTS.split("\n")))


@pytest.mark.parametrize("command", [["map", "a.txt"], ["build"], ["check"], ["explain", "a", "b", "c"]])
def test_outside_the_home_folder_the_options_that_name_it_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main([*command, "--home", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"kg: {tmp_path}: this is not the home folder; expected a folder that holds ontology/")
    assert told.endswith("What to do: name it by --home or SIDES_HOME\n")


def test_build_prints_its_report(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build"]) == 0
    assert "notes: 3 statements read, 2 mapped to 2 assertions" in capsys.readouterr().out


def test_a_build_that_only_publishes_leaves_the_checkout_as_it_is(home: Settings) -> None:
    before = {path: path.read_bytes() for path in home.home.rglob("*") if path.is_file()}
    assert main(["build", "--publish-only"]) == 0
    outside = [path for path in home.home.rglob("*") if path.is_file() and home.releases_path not in path.parents]
    assert {path: path.read_bytes() for path in outside} == before
    assert Release.current(home).counts["default"] > 0
    assert main(["build"]) == 0
    assert (home.home / "triples" / "notes.trig").is_file()


def test_make_serve_builds_without_writing_generated_files() -> None:
    recipe = (Path(kg.__file__).parents[2] / "Makefile").read_text(encoding="utf-8").split("\nvar/.built:")[1]
    assert recipe.splitlines()[1].strip() == "$(BIN)/kg build --publish-only"


@pytest.mark.parametrize("command", [["map", "gone.txt"], ["map", "--format", "trig", "gone.txt"]])
def test_an_error_is_one_line_on_stderr(home: Settings, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert main(command) == 2
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "kg: gone.txt: No such file or directory\n")


def test_an_error_of_the_build_is_told(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    (home.home / "sources" / "catalogue.ttl").unlink()
    assert main(["build"]) == 2
    assert "catalogue.ttl: No such file" in capsys.readouterr().err
    assert main(["check"]) == 2


@pytest.mark.parametrize(
    "arguments", [[], ["map"], ["map", "--format", "xml", "a"], ["map", "--lang", "de", "a"], ["x"]]
)
def test_wrong_arguments_are_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: kg")


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments], capture_output=True, text=True, check=False, **options
    )  # type: ignore[call-overload,no-any-return]


def test_the_version_is_that_of_the_program() -> None:
    assert run("--version").stdout == f"kg {kg.__version__}\n"


HEAVY = ("pyoxigraph", "rdflib", "reasonable", "pyshacl", "owlready2", "flask")


def test_help_and_version_load_no_library() -> None:
    program = f"import sys, kg.cli\nprint([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


PIPED = """
import json, sys, types
from kg.cli import main
module = types.ModuleType("kg.build.text.mapper")
class Mapper:
    @classmethod
    def from_tables(cls, folder): return cls()
    def map(self, text, lang, *, where=None): return ()
module.Mapper = Mapper
sys.modules["kg.build.text.mapper"] = module
sys.exit(main(sys.argv[1:]))
"""


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "many.txt"
    file.write_text("Une phrase assez longue pour remplir le tube.\n" * 5000)
    with subprocess.Popen(
        [sys.executable, "-c", PIPED, "map", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        assert writer.stderr
        assert json.loads(writer.stdout.readline())["id"] == "1"
        writer.stdout.close()
        assert writer.wait(timeout=30) == 141
        assert writer.stderr.read() == ""


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    file = tmp_path / "one.txt"
    file.write_text("L'été, « déjà » — en août.\n", encoding="utf-8")
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", PIPED, "map", str(file)], env=environment, capture_output=True, check=True
    )
    assert json.loads(done.stdout.decode("utf-8"))["text"] == "L'été, « déjà » — en août."
