"""The bundle of the editor: made from what is committed, of packages whose licences are told, asking nobody else."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

WEB = Path(__file__).parents[2] / "web"
MADE = runpy.run_path(str(WEB / "make_editor.py"))
BUNDLE = MADE["BUNDLE"].read_text(encoding="utf-8")
LICENCES = MADE["LICENCES"].read_text(encoding="utf-8")


def test_the_bundle_is_made_from_the_sources_and_the_lock() -> None:
    """If not: ``make editor``."""
    found = re.match(r"/\* Made by make editor from ([0-9a-f]{64});", BUNDLE)
    assert found
    assert found[1] == MADE["made_from"]()


def test_every_package_in_it_has_its_licence_beside_it() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = dict(re.findall(r"(?m)^((?:@[\w-]+/)?[\w-]+) (\d+\.\d+\.\d+) \(MIT\)$", LICENCES))
    assert {"@codemirror/state", "@codemirror/view", "@lezer/lr", "codemirror-lang-sparql", "style-mod"} <= {*named}
    assert {name: lock[f"node_modules/{name}"]["version"] for name in named} == named
    assert LICENCES.count("Permission is hereby granted, free of charge") == len(LICENCES.split("\n\n----\n\n"))


def test_the_lock_names_no_host() -> None:
    assert "resolved" not in (WEB / "package-lock.json").read_text(encoding="utf-8")


def test_it_is_one_file_that_a_page_loads_in_good_time() -> None:
    assert "import(" not in BUNDLE
    assert len(BUNDLE.encode()) < 520_000
