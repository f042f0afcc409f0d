"""Tests of the cues without which a reader does not look closer: each must be able to stand in a sentence."""

from __future__ import annotations

import inspect
import json
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from kg.build.text import kinds
from kg.build.text.document import Sentence
from kg.build.text.kinds.common import compile_rules
from kg.build.text.kinds.standing import Cues, Standing
from kg.build.text.lexicon import load_lexicon
from support.mapped import mapper

DATA = Path(__file__).parent / "data"

_MODULES = [import_module(found.name) for found in pkgutil.walk_packages(kinds.__path__, "kg.build.text.kinds.")]
_CUES = [
    pytest.param(value, id=f"{module.__name__.removeprefix('kg.build.text.kinds.')}.{name}")
    for module in _MODULES
    for name, value in vars(module).items()
    if isinstance(value, Cues)
]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("cues", _CUES)
def test_classes_of_cues_are_in_the_lexicons(cues: Cues, lang: str) -> None:
    lexicon = load_lexicon(lang)
    assert cues.words <= lexicon.words.keys()
    assert cues.verbs <= lexicon.tables["verbs"].keys()
    assert cues.tags <= set("SOPQGXNMCTDRVZW")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_patterns_need_what_they_are_made_of(lang: str) -> None:
    rules = [rule for several in compile_rules(load_lexicon(lang)).values() for rule in several]
    assert rules
    assert all(rule.needs for rule in rules)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_class_that_no_lexicon_has_is_an_error(lang: str) -> None:
    standing = Standing(Sentence(0, ()), load_lexicon(lang))
    assert standing.places("aid") == {}
    with pytest.raises(AssertionError, match="no such class"):
        standing.places("no such class")


@pytest.mark.skipif(not inspect.isfunction(Standing.has_any), reason="what is compiled cannot be replaced")
@pytest.mark.parametrize("name", ["dev-fr", "dev-en"])
def test_cues_change_nothing_that_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all readers look at every sentence, they find what they find where cues let them pass over some."""
    rows = [json.loads(line) for line in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    with_cues = [mapper().judged(row["text"], row["lang"]) for row in rows]
    monkeypatch.setattr(Standing, "has_any", lambda _standing, _cues: True)
    assert [mapper().judged(row["text"], row["lang"]) for row in rows] == with_cues
