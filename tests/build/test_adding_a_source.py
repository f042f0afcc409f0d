"""The page that tells how to add a source, followed word by word in a small home folder."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.pipeline import build
from kg.ground.errors import BuildError
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES
from support.build_home import CATALOGUE, ROOT, make_home, mapper, write_statements

PAGE = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = make_home(tmp_path_factory.mktemp("adding"))
    sources = settings.home / "sources"
    (sources / "tables").mkdir()
    rows, references = examples("csv")
    (sources / "tables" / "more-votes.csv").write_text(rows, encoding="utf-8")
    (sources / "tables" / "more-votes.toml").write_text(examples("toml")[0], encoding="utf-8")
    (sources / "references.csv").write_text(references, encoding="utf-8")
    prefix = "@prefix prov: <http://www.w3.org/ns/prov#> .\n"
    (sources / "catalogue.ttl").write_text(CATALOGUE + prefix + examples("turtle")[0], encoding="utf-8")
    return settings


def kept(home: Settings) -> dict[str, tuple[str, int]]:
    """Name of each entry of the cache -> its key, and when it was written."""
    entries = (path for path in (home.releases_path / "cache").iterdir())
    return {path.name.split(".")[0]: (path.name.split(".")[1], path.stat().st_mtime_ns) for path in entries}


def test_the_page_works_and_only_what_depends_on_a_change_is_made_again(home: Settings) -> None:
    report = build(home, mapper(home.home), write_files=True)
    lines = list(report.lines())
    assert "more-votes: 2 rows read = 2 assertions + 0 listed" in lines
    told = next(source for source in report.sources if source.name == "more-votes").as_json()
    assert told["rows"] == {"read": 2, "asserted": 2, "listed": 0}
    store = ox.Store()
    store.bulk_load(path=Release.current(home).data)
    asked = """ASK { state:FRA sides:votedFor resolution:a-res-es-11-1 .
        ?vote sides:voter state:FRA ; sides:rule "table/more-votes" ; sides:reliability reliability:primary ;
          prov:wasDerivedFrom statement:more-votes-fra-a-res-es-11-1 .
        statement:more-votes-fra-a-res-es-11-1 prov:hadPrimarySource source:un-press-example ;
          rdfs:seeAlso <https://press.un.org/en/2022/ga12407.doc.htm> }"""
    assert store.query(asked, prefixes=dict(PREFIXES))
    first = kept(home)

    # Nothing has changed: what the table gave is taken as it is, and the release is the same.
    again = build(home, mapper(home.home), write_files=True)
    assert (again.release, again.new) == (report.release, False)
    assert kept(home)["facts-more-votes"] == first["facts-more-votes"]

    # The text changes: the table is not read again.
    write_statements(home.home, "La Suède est membre de l'OTAN.\n")
    changed = build(home, mapper(home.home), write_files=True)
    assert changed.release != report.release
    second = kept(home)
    assert second["facts-more-votes"] == first["facts-more-votes"]
    assert second["shapes-more-votes"] == first["shapes-more-votes"]
    assert second["shapes-notes"][0] != first["shapes-notes"][0]

    # A damaged entry is made anew, and a build without any entry gives the same bytes.
    (entry,) = (home.releases_path / "cache").glob("facts-more-votes.*")
    entry.write_bytes(entry.read_bytes().replace(b"votePosition", b"votePositiom"))
    assert build(home, mapper(home.home)).release == changed.release
    assert b"votePositiom" not in entry.read_bytes()
    elsewhere = Settings(home=home.home, releases=home.home / "elsewhere")
    assert build(elsewhere, mapper(home.home)).release == changed.release


def test_the_other_conditions_of_the_page_are_read(home: Settings, tmp_path: Path) -> None:
    from kg.build.tables.reading import Known, read_rows

    file = tmp_path / "more-votes.csv"
    heading, row, _ = examples("csv")[0].split("\n", 2)
    cells = [heading, row.replace("yes", "not announced"), row.replace("yes", "president").replace("FRA", "DEU")]
    file.write_text("\n".join(cells))
    file.with_suffix(".toml").write_text("".join(examples("toml")))
    known = Known(frozenset({"state:FRA", "state:DEU", "resolution:a-res-es-11-1"}), frozenset({"un-press-example"}))
    listed, other = read_rows(file, source="more-votes", known=known)
    assert listed.reason == "the source does not tell the vote"
    assert other.assertions[0].slots["position"] == "abstention"


def test_rows_that_do_not_reach_the_graph_stop_the_build(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.build import facts

    def lost(*_: object) -> set[ox.Triple]:
        return set()

    monkeypatch.setattr(facts, "_source_graph", lost)
    elsewhere = Settings(home=home.home, releases=home.home / "lost")
    with pytest.raises(BuildError, match=r"were read, .* the graph has 0 statements and 0 assertions; expected each"):
        build(elsewhere, mapper(home.home))
