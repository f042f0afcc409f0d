"""Every text of the pages stands in French and in English, and every text that a page asks for is there."""

from __future__ import annotations

import re
import string
import tomllib
from pathlib import Path

import pytest

from kg.ground.catalogue import Catalogue
from kg.ground.errors import InputError
from kg.ground.kinds import KINDS
from kg.ground.records import LANGUAGES
from kg.ground.terms import expand, shorten
from kg.serve.web.problems import TITLES
from kg.serve.web.texts import choose_language, read_texts

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"


def entries(language: str) -> dict[str, str]:
    tables = tomllib.loads((WEB / "locale" / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, found in tables.items() for key, text in found.items()}


def holes(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(entries("fr")) == list(entries("en"))


def test_both_languages_have_the_same_holes() -> None:
    french = entries("fr")
    different = [key for key, text in entries("en").items() if holes(text) != holes(french[key])]
    assert different == []


def test_no_text_is_empty() -> None:
    assert [key for language in ("fr", "en") for key, text in entries(language).items() if not text.strip()] == []


def used() -> set[str]:
    pages = [path.read_text(encoding="utf-8") for path in (WEB / "templates").glob("*.html")]
    code = [path.read_text(encoding="utf-8") for path in (ROOT / "src/kg/serve/web").rglob("*.py")]
    asked = r"""\b(?:t\(|_counted\(reading,)\s*['"]([a-z_]+\.\w+)['"]"""
    return {key for text in (*pages, *code) for key in re.findall(asked, text)}


def test_every_text_that_is_asked_for_is_there() -> None:
    assert used()
    assert used() - set(entries("en")) == set()


def test_every_text_is_asked_for() -> None:
    """Tables whose keys are put together from a name (``theme.aid``) are asked for as a whole."""
    by_name = {"api", "theme", "tag", "kind", "one", "problem", "entity_class", "language", "standard", "month", "date"}
    by_name |= {"search_section", "reconcile_property", "problem_told"}
    by_name |= {"term_sort", "characteristic", "fact", "module", "module_text", "quality_figure", "quality_link"}
    by_name |= {"menu", "month_brief", "scale", "verdict", "name_reason", "comparison", "comparison_told"}
    by_name |= {"view", "cite_in", "dump_syntax", "release_part", "page_figure", "page_part", "neighbour_kind"}
    by_name |= {"answer_view", "pivot", "editing", "phrase", "counted", "graph_name"}
    figures = {f"home.{name}{end}" for name in FIGURES for end in ("", "_one")}
    kept = {key for key in entries("en") if key.partition(".")[0] not in by_name}
    figures |= {f"{key}_one" for key in used()}
    assert kept - used() - figures == set()


FIGURES = ("statements", "assertions", "entities", "sources", "triples")


def test_names_that_are_put_together_are_there() -> None:
    catalogue = Catalogue.read(ROOT / "queries")
    wanted = {
        *(f"theme.{query.theme}" for query in catalogue),
        *(f"tag.{tag}" for query in catalogue for tag in query.tags),
        *(f"kind.{kind.ontology_class}" for kind in KINDS.values()),
        *(f"one.{kind.ontology_class}" for kind in KINDS.values()),
        *(f"problem.{code}" for code in TITLES),
        *(f"language.{language}" for language in LANGUAGES),
    }
    assert wanted - set(entries("fr")) == set()


def test_terms_of_the_standards_have_a_known_prefix() -> None:
    names = read_texts(WEB / "locale")["en"].table("standard")
    assert names
    assert [name for name in names if shorten(expand(name)) != name] == []


def test_languages_that_differ_are_refused(tmp_path: Path) -> None:
    (tmp_path / "fr.toml").write_text('[a]\none = "un"\n', encoding="utf-8")
    (tmp_path / "en.toml").write_text('[a]\none = "one"\ntwo = "two"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"the languages differ in a\.two"):
        read_texts(tmp_path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"fr\.toml"):
        read_texts(tmp_path)


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "chosen"),
    [
        ("fr", "en", ["en"], "fr"),
        (None, "fr", ["en"], "fr"),
        (None, None, ["de", "fr-CA", "en"], "fr"),
        ("de", "xx", ["EN-gb"], "en"),
        (None, None, [], "en"),
    ],
)
def test_choice_of_language(asked: str | None, remembered: str | None, accepted: list[str], chosen: str) -> None:
    assert choose_language(asked, remembered, accepted) == chosen


def test_numbers_and_punctuation_are_those_of_the_language() -> None:
    texts = read_texts(WEB / "locale")
    assert texts["fr"].number(1234567) == "1\u202f234\u202f567"
    assert texts["en"].number(1234567) == "1,234,567"
    assert texts["fr"]("home.title") == "Qui est avec qui\u202f?"
