"""What the page of the mapper tells of adding a pattern, a kind and a language, followed word by word."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kg.build.text.analysis import analyse
from kg.build.text.kinds.common import Found, Reader, compile_rules
from kg.build.text.kinds.diplomacy import border
from kg.build.text.lexicon import Lexicon, load_lexicon
from kg.build.text.names import NameIndex, read_names
from kg.ground.kinds import KINDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "mapper.md").read_text(encoding="utf-8")
Read = Callable[[Reader], Iterable[Found]]
Patterns = Mapping[str, list[dict[str, Any]]]


def blocks(language: str, part: str) -> list[str]:
    """The blocks of a language in a part of the page."""
    text = re.search(rf"^## {part}\n(.*?)^## ", PAGE, re.DOTALL | re.MULTILINE)
    assert text, part
    return re.findall(rf"^```{language}\n(.*?)^```", text[1], re.DOTALL | re.MULTILINE)


@cache
def names(lang: str) -> NameIndex:
    return read_names(ROOT / "sources" / "entities")[lang]


def patterns(part: str) -> Patterns:
    (block,) = blocks("toml", part)
    return tomllib.loads(block)


def found(text: str, lexicon: Lexicon, read: Read) -> list[dict[str, Any]]:
    reader = Reader(analyse(text, lexicon, names(lexicon.lang)), compile_rules(lexicon))
    return [item.slots for item in read(reader)]


def hold(lexicon: Lexicon, read: Read) -> None:
    """The examples of the lexicon's patterns give what they say, and those of `not` give nothing."""
    for row in (row for rows in lexicon.patterns.values() for row in rows):
        for example in row["examples"]:
            assert found(example["text"], lexicon, read) == example["gives"]
        for text in row["not"]:
            assert found(text, lexicon, read) == []


def with_patterns(lang: str, added: Patterns, **verbs: Sequence[str]) -> Lexicon:
    tables = load_lexicon(lang).tables
    return Lexicon(lang, {**tables, "verbs": {**tables["verbs"], **verbs}}, added)


# -- a pattern -----------------------------------------------------------------------------------------------------


def test_a_sentence_is_shown_as_patterns_see_it(capsys: pytest.CaptureFixture[str]) -> None:
    (code,), (shown,) = (blocks(language, "Adding a name, a word or a pattern") for language in ("python", "text"))
    exec(compile(code.replace('"sources/entities"', repr(str(ROOT / "sources/entities"))), "page", "exec"), {})
    assert capsys.readouterr().out.rstrip() == shown.rstrip()


def test_a_pattern_can_be_added() -> None:
    hold(with_patterns("fr", patterns("Adding a name, a word or a pattern")), border._patterned)


def test_the_kinds_that_ask_for_patterns_are_told() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/kg/build/text/kinds").rglob("*.py"))
    asking = set(re.findall(r'\.matches\("([a-z-]+)"\)', code))
    assert asking == {"border"}
    assert all(f"The kind `{kind}` asks for patterns" in PAGE for kind in asking)
    for lang in ("fr", "en"):
        assert load_lexicon(lang).patterns.keys() == asking


# -- a kind --------------------------------------------------------------------------------------------------------


SUFFIXES = {".css", ".html", ".js", ".jsonl", ".jsonld", ".md", ".py", ".rq", ".toml", ".trig", ".ttl"}


def names_every_kind(text: str) -> bool:
    by_class = all(kind.ontology_class in text for kind in KINDS.values())
    return by_class or all(re.search(rf'["`]{name}["`]', text) for name in KINDS)


def test_the_files_that_name_every_kind_are_told() -> None:
    folders = ("docs", "ontology", "queries", "src", "tests", "web")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in SUFFIXES]
    files = [path for path in paths if not path.name.startswith("blind-")]
    wanted = {str(path.relative_to(ROOT)) for path in files if names_every_kind(path.read_text(encoding="utf-8"))}
    assert set(re.findall(r"^\| `([\w./-]+)` \|", PAGE, re.MULTILINE)) == wanted


def test_the_tests_that_hold_a_kind_are_there() -> None:
    rows = re.findall(r"^\| `[\w./-]+` \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows
    for row in rows:
        first, *others = re.findall(r"`([\w./]+\.py)`", row)
        for name in (first, *(f"{Path(first).parent}/{other}" for other in others)):
            assert (ROOT / name).is_file(), name


def test_a_kind_can_be_read_by_patterns() -> None:
    assert "visit" not in KINDS
    (code,) = blocks("python", "Adding a kind")
    module: dict[str, Any] = {}
    exec(compile(code, "visit.py", "exec"), module)
    hold(with_patterns("en", patterns("Adding a kind"), visit=["visit"]), module["read"])


# -- a language ----------------------------------------------------------------------------------------------------


def emptied(table: Any) -> Any:
    if isinstance(table, dict):
        return {name: emptied(value) for name, value in table.items()}
    return [] if isinstance(table, list) else table


def test_a_language_can_begin_without_any_word() -> None:
    hold(Lexicon("en", emptied(load_lexicon("en").tables), patterns("Adding a language")), border.read)
