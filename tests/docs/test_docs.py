"""What the documents enumerate is what the program has."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, files, metadata
from pathlib import Path

import pytest
import yaml

from kg.ground.settings import Settings, expected

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_settings_are_those_of_the_program() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \| (.*?) \| (.*) \|$", page, re.MULTILINE)
    table = [
        (item.metadata["variable"], str(item.default), expected(item), item.metadata["meaning"])
        for item in fields(Settings)
    ]
    assert rows == table


def test_relative_links_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_make_targets_named_in_the_documents_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named
    assert named <= targets


def dependencies() -> list[tuple[str, ...]]:
    """The rows of the page: package, licence, reason, upkeep."""
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    return [
        tuple(cell.strip() for cell in row.split(" | ")) for row in re.findall(r"^\| (`.*) \|$", page, re.MULTILINE)
    ]


def test_every_dependency_has_its_licence_its_reason_and_its_upkeep() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    names = sorted(re.match(r"[\w.-]+", item)[0].lower() for item in wanted)  # type: ignore[index]
    assert sorted(name.strip("`") for name, *_ in dependencies()) == names
    for row in dependencies():
        assert len(row) == 4, row
        assert all(len(cell) > 2 for cell in row), row
        assert row[2].endswith("."), row


# A licence as the page writes it -> words that the package itself uses for it.
LICENCES = {
    "Apache-2.0": ("Apache",),
    "Apache-2.0 and BSD-2-Clause": ("Apache-2.0 AND BSD-2-Clause",),
    "BSD-3-Clause": ("BSD",),
    "BSD-3-Clause, with parts under other free licences": ("BSD-3-Clause AND",),
    "GPL-2.0 with Classpath exception": ("GPLv2",),
    "LGPL-2.1": ("LGPL",),
    "LGPL-3.0-or-later": ("LGPL-3.0-or-later",),
    "MIT": ("MIT",),
    "MIT or Apache-2.0": ("MIT", "Apache"),
    "MPL-2.0": ("MPL-2.0",),
    "PSF-2.0": ("PSF-2.0",),
    "ZPL-2.1": ("ZPL 2.1",),
}


@pytest.mark.parametrize(("name", "licence"), [(row[0].strip("`"), row[1]) for row in dependencies()])
def test_the_licence_is_that_which_the_package_tells(name: str, licence: str) -> None:
    try:
        told = metadata(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is an extra that is not installed")
    texts = [told.get("License-Expression"), told.get("License"), *(told.get_all("Classifier") or [])]
    if not told.get("License-Expression"):  # some tell their licence by its text alone
        texts += [file.read_text() for file in files(name) or () if file.name == "LICENSE"]
    assert all(any(word in text for text in texts if text) for word in LICENCES[licence])


def test_aid_is_told_as_the_rule_reads_it() -> None:
    rule = (ROOT / "ontology/rules/aid.rq").read_text(encoding="utf-8")
    page = (ROOT / "docs/ontology.md").read_text(encoding="utf-8")
    for name in ("pledgedAidTo", "gaveAidTo"):
        statuses = set(re.findall(rf"\(status:(\w+) sides:{name}\)", rule))
        (row,) = re.findall(rf"^\| `sides:{name}` \| calls aid ([^;|]*)", page, re.MULTILINE)
        assert statuses
        assert statuses == set(re.findall(r"\w+", row)) - {"or"}


def test_only_what_is_read_from_texts_has_a_confidence() -> None:
    assert "those of tables and what a person has reviewed have none" in (ROOT / "docs/ontology.md").read_text("utf-8")
    texts = {file.stem for file in (ROOT / "sources/statements").glob("*.txt")}
    tables = [file for file in (ROOT / "triples").glob("*.trig") if file.stem not in texts]
    assert tables
    assert not any("sides:confidence" in file.read_text(encoding="utf-8") for file in tables)


def test_the_citation_tells_both_licences() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["type"], citation["license"]) == ("dataset", "CC0-1.0")
    assert "MIT license" in citation["abstract"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
