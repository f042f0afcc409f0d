"""One build from end to end: what it reports, what it writes, that it is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.build.entity_graph import FILES
from kg.build.mapping.given import GivenAssertions
from kg.build.pipeline import build
from kg.build.report import BuildReport
from kg.build.sources import Source
from kg.ground.errors import ContractError, ShapeError, SidesError, StatementFileError
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import PREFIXES, graph_iri
from support.build_home import GIVEN, STATEMENTS, make_home, mapper, write_statements


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return make_home(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, BuildReport]:
    """A home folder with one build, for tests that leave it as it is."""
    settings = make_home(tmp_path_factory.mktemp("built"))
    return settings, build(settings, mapper(settings.home), write_files=True)


@pytest.fixture(scope="module")
def built(first: tuple[Settings, BuildReport]) -> Settings:
    return first[0]


@pytest.fixture(scope="module")
def store(built: Settings) -> ox.Store:
    found = ox.Store()
    found.bulk_load(path=Release.current(built).data)
    return found


def ask(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"ASK {{ {pattern} }}", prefixes=dict(PREFIXES)))


def number(store: ox.Store, pattern: str) -> int:
    (row,) = store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}", prefixes=dict(PREFIXES))
    return int(row["n"].value)


def test_the_report_tells_what_was_read_and_what_was_not_mapped(first: tuple[Settings, BuildReport]) -> None:
    home, report = first
    (source,) = report.sources
    assert source.as_json() == {
        "source": "notes",
        "statements": {"read": 3, "mapped": 2, "unmapped": 1},
        "assertions": {"stance": 1, "border": 1},
        "unmapped": [{"position": "3", "text": "Liste des membres"}],
        "unlinked": {"experts": ["4"]},
    }
    release = Release.current(home)
    assert json.loads(release.report.read_text()) == report.as_json()
    assert (report.release, report.new) == (release.hash, True)
    assert dict(report.quads) == dict(release.counts)
    lines = "\n".join(report.lines())
    for part in (
        "notes: 3 statements read, 2 mapped to 2 assertions",
        "1 border",
        "unmapped 3: Liste des membres",
        "unlinked 'experts' in 4",
        "quads in the default graph",
        f"release {release.hash}",
    ):
        assert part in lines


def test_building_again_publishes_nothing_new(first: tuple[Settings, BuildReport]) -> None:
    home, report = first
    again = build(home, mapper(home.home), write_files=True)
    assert (again.release, again.new) == (report.release, False)
    assert [*again.lines()][-1] == f"release {report.release}, unchanged"


def test_a_change_of_the_source_is_a_new_release(home: Settings, first: tuple[Settings, BuildReport]) -> None:
    write_statements(home.home, STATEMENTS + "La Suède est membre de l'OTAN.\n")
    changed = build(home, mapper(home.home))
    assert changed.release != first[1].release


PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from support.build_home import mapper
from kg.build.pipeline import build
from kg.ground.settings import Settings
home = Path(sys.argv[1])
print(build(Settings(home=home, releases=Path(sys.argv[3])), mapper(home)).release)
"""


def test_another_mapper_is_another_build(built: Settings, tmp_path: Path) -> None:
    def generated_by(releases: Path, by: GivenAssertions) -> str:
        settings = Settings(home=built.home, releases=releases)
        build(settings, by)
        found = ox.Store()
        found.bulk_load(path=Release.current(settings).data)
        (row,) = found.query("SELECT ?b { ?d prov:wasGeneratedBy ?b . ?b a prov:Activity }", prefixes=dict(PREFIXES))
        return str(row["b"].value)

    given = tmp_path / "given.jsonl"
    said = GIVEN | {"Liste des membres": [{"kind": "border", "a": "state:POL", "b": "state:UKR"}]}
    given.write_text("\n".join(json.dumps({"text": text, "assertions": had}) for text, had in said.items()))
    first = generated_by(tmp_path / "1", mapper(built.home))
    assert generated_by(tmp_path / "2", mapper(built.home)) == first
    assert generated_by(tmp_path / "3", GivenAssertions.read(given)) != first


def test_every_process_builds_the_same_release(first: tuple[Settings, BuildReport], tmp_path: Path) -> None:
    home, report = first
    arguments = [sys.executable, "-c", PROGRAM, str(home.home), str(Path(__file__).parents[1])]
    hashes = {
        subprocess.run(
            [*arguments, str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "99")
    }
    assert hashes == {f"{report.release}\n"}


def test_the_default_graph_is_the_merge_of_the_named_graphs(store: ox.Store) -> None:
    merged = {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    named = {str(quad.triple) for quad in store if quad.graph_name != ox.DefaultGraph()}
    assert merged == named
    assert {graph.value for graph in store.named_graphs()} == {
        graph_iri(name) for name in ("entities", "inferred", "metadata", "ontology", "source/notes")
    }


def test_only_the_ontology_has_blank_nodes(store: ox.Store) -> None:
    where = {
        quad.graph_name
        for quad in store
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
    }
    assert where == {ox.NamedNode(graph_iri("ontology")), ox.DefaultGraph()}


def test_what_follows_is_in_the_graph_of_inferences(store: ox.Store) -> None:
    inferred = f"GRAPH <{graph_iri('inferred')}>"
    # The border is told by statement and table alike; the class follows from the entity table's memberships.
    assert ask(store, f"{inferred} {{ state:FRA a sides:UNMember }}")
    assert ask(store, f"{inferred} {{ org:un sides:hasMember state:FRA }}")
    assert ask(store, f"{inferred} {{ wd:Q142 owl:sameAs state:FRA }}")
    assert not ask(store, f"{inferred} {{ ?s owl:sameAs ?o FILTER (!STRSTARTS(STR(?s), STR(wd:))) }}")
    assert not ask(store, f"{inferred} {{ ?s ?p ?o . GRAPH ?other {{ ?s ?p ?o }} FILTER(?other != graph:inferred) }}")


def test_an_item_of_wikidata_leads_to_its_entity_and_says_nothing_else(store: ox.Store) -> None:
    assert ask(store, "?x owl:sameAs wd:Q142 ; sides:memberOf org:un")
    assert not ask(store, "?item ?p ?o FILTER (STRSTARTS(STR(?item), STR(wd:)) && ?p != owl:sameAs)")
    links = number(store, "?s owl:sameAs ?item FILTER STRSTARTS(STR(?item), STR(wd:))")
    assert number(store, "?item owl:sameAs ?s FILTER STRSTARTS(STR(?item), STR(wd:))") == links > 300


def test_the_metadata_count_what_is_there(store: ox.Store) -> None:
    dataset = "<https://w3id.org/sides/dataset>"
    assert ask(store, f"{dataset} void:triples {number(store, '?s ?p ?o')}")
    for graph in store.named_graphs():
        count = number(store, f"GRAPH {graph} {{ ?s ?p ?o }}")
        assert ask(store, f"{dataset} void:subset {graph} . {graph} void:triples {count}")
    states = number(store, "?s a sides:State")
    assert ask(store, f"{dataset} void:classPartition ?part . ?part void:class sides:State ; void:entities {states}")
    assert ask(store, f"{dataset} prov:wasGeneratedBy ?build . ?build a prov:Activity ; prov:used source:notes")
    assert ask(store, f"{dataset} dcterms:source source:notes . source:notes dcterms:title ?title")


def test_generated_files_are_written_and_those_of_gone_sources_removed(built: Settings) -> None:
    gone = built.home / "triples" / "gone.trig"
    for left in (gone, gone.with_name("notes.trig.new"), built.home / "ontology" / "entities" / "people.ttl.new"):
        left.write_text("")
    build(built, mapper(built.home), write_files=True)
    assert [path.name for path in gone.parent.iterdir()] == ["notes.trig"]
    entities = {path.name for path in (built.home / "ontology" / "entities").iterdir()}
    assert entities == set(FILES.values())
    quads = list(ox.parse(path=built.home / "triples" / "notes.trig"))
    assert {quad.graph_name for quad in quads} == {ox.NamedNode(graph_iri("source/notes"))}


def test_a_source_that_is_given_needs_no_catalogue(built: Settings, tmp_path: Path) -> None:
    file = tmp_path / "given.jsonl"
    rows = [
        {"id": str(n), "lang": "fr", "text": text, "assertions": said} for n, (text, said) in enumerate(GIVEN.items())
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    settings = Settings(home=built.home, releases=tmp_path / "var")
    report = build(settings, GivenAssertions.read(file), sources=[Source("given", file)])
    assert report.sources[0].assertions == {"membership": 1, "stance": 1, "border": 1}
    assert graph_iri("source/given") in report.quads


@pytest.mark.parametrize(
    ("file", "text", "error", "complaint"),
    [
        ("sources/statements/notes.txt", "Rien.\n", StatementFileError, r"notes\.txt:1: no assertions are given"),
        ("given.jsonl", '{"text": "Liste des membres"}', StatementFileError, r"given\.jsonl:1: text or assertions"),
        ("given.jsonl", '{"text": "x", "assertions": [{"a": 1}]}', StatementFileError, "an assertion without kind"),
        ("given.jsonl", '{"text": "x", "assertions": [{"kind": "war"}]}', ContractError, "unknown kind 'war'"),
        (
            "given.jsonl",
            '{"text": "x", "assertions": [{"kind": "border", "a": "b", "b": "c", "_rule": "r", "_spans": [1]}]}',
            StatementFileError,
            "evidence that cannot be read",
        ),
        ("ontology/sides.ttl", "nonsense", SidesError, r"sides\.ttl: .*expected Turtle"),
        ("ontology/rules/borders.rq", "nonsense", SidesError, r"ontology/rules/borders\.rq: "),
    ],
)
def test_an_error_leaves_the_last_release(
    first: tuple[Settings, BuildReport], file: str, text: str, error: type[SidesError], complaint: str
) -> None:
    home, report = first
    path = home.home / file
    good = path.read_text()
    path.write_text(text)
    with pytest.raises(error, match=complaint):
        build(home, mapper(home.home))
    path.write_text(good)
    assert Release.current(home).hash == report.release


def test_data_that_does_not_fit_the_shapes_are_not_published(home: Settings) -> None:
    # A span that ends where it starts is a mistake of the mapper, which no other check sees.
    said = {"kind": "border", "a": "state:HUN", "b": "state:UKR", "_rule": "r", "_spans": [[5, 5]]}
    (home.home / "given.jsonl").write_text(json.dumps({"text": STATEMENTS.splitlines()[0], "assertions": [said]}))
    write_statements(home.home, STATEMENTS.splitlines()[0])
    with pytest.raises(ShapeError, match="a text span has one oa:start"):
        build(home, mapper(home.home))
    assert not (home.home / "var" / "current").exists()
