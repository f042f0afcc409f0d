"""Loading a release into an engine: whole or not at all, once, and again from where it stopped."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.cli import main
from kg.ground.errors import InputError, PublishError, ReleaseError
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.remote.published import GRAPH, MERGED, OWN, QUERY, Published
from kg.serve.remote.publishing import Publisher, Target, write_bulk
from kg.serve.remote.publishing import publisher as publishing
from kg.serve.remote.publishing.graphs import split, split_size
from kg.serve.remote.publishing.store import GraphStore
from kg.serve.results import read_rows
from support.engines import oxigraph, publish, store, virtuoso
from support.graph_store import Shop, graph_store
from support.serving import EX, SMALL, make_release

BLANK = f"_:a <{EX}name> _:b .\n_:b <{EX}knows> _:a .\n_:a <{EX}name> _:b <{EX}graph/three> .\n"
ONE, TWO = f"{EX}graph/one", f"{EX}graph/two"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("published"), SMALL + BLANK)


def publisher(release: Release, shop: Shop, *, update: bool, auth: str = "") -> Publisher:
    target = Target.read(shop.graphs, None, None if update else "")
    graphs = GraphStore(target.graphs, target.query, target.update, auth, sleep=lambda _: None)
    return Publisher(release, graphs)


def held(shop: Shop) -> Published | None:
    """What the engine tells of the release that it holds."""
    solutions = shop.store.query(QUERY)
    assert isinstance(solutions, ox.QuerySolutions)
    body = solutions.serialize(format=ox.QueryResultsFormat.JSON)
    assert body
    return Published.read(read_rows(body))


def content(store: ox.Store, graph: str) -> Counter[str]:
    """The triples of a graph, without the names of blank nodes."""
    name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
    triples = [quad.triple for quad in store.quads_for_pattern(None, None, None, name)]
    return Counter(" ".join("_" if isinstance(term, ox.BlankNode) else str(term) for term in each) for each in triples)


@pytest.fixture(scope="module")
def wanted(release: Release) -> ox.Store:
    store = ox.Store()
    store.bulk_load(path=str(release.data), format=ox.RdfFormat.N_QUADS)
    return store


@pytest.mark.parametrize("update", [True, False], ids=["by one update", "graph by graph"])
@pytest.mark.parametrize("merges", [True, False], ids=["that merges all", "with a default graph"])
@pytest.mark.parametrize("reads_gzip", [True, False], ids=["gzip", "plain"])
def test_every_graph_arrives(
    release: Release, wanted: ox.Store, update: bool, merges: bool, reads_gzip: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "_PIECE", 40)
    with graph_store(merges=merges, reads_gzip=reads_gzip) as shop:
        assert publisher(release, shop, update=update).publish()
        default = MERGED if merges else ""
        assert content(shop.store, default) == content(wanted, "")
        for graph in (ONE, TWO, f"{EX}graph/three"):
            assert content(shop.store, graph) == content(wanted, graph)
        told = held(shop)
        assert told
        assert (told.hash, told.whole, told.default) == (release.hash, True, MERGED if merges else OWN)
        assert told.sizes == {(told.default if name == OWN else name): size for name, size in release.counts.items()}
        names = {graph.value for graph in shop.store.named_graphs() if isinstance(graph, ox.NamedNode)}
        assert names == {ONE, TWO, f"{EX}graph/three", GRAPH} | ({MERGED} if merges else set())


def test_blank_nodes_stay_tied(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "_PIECE", 40)
    with graph_store() as shop:
        publisher(release, shop, update=False).publish()
        assert bool(shop.store.query(f"ASK {{ ?a <{EX}name> ?b . ?b <{EX}knows> ?a FILTER(isBlank(?a)) }}"))


def test_as_much_is_sent_as_was_told(release: Release, tmp_path: Path) -> None:
    files = split(release, tmp_path)
    assert split_size(release) == sum(file.size for file in files.values())
    assert {name: file.path.read_bytes().count(b"\n") for name, file in files.items()} == dict(release.counts)


@pytest.mark.parametrize("update", [True, False])
def test_what_is_there_is_not_loaded_again(release: Release, update: bool) -> None:
    with graph_store() as shop:
        assert publisher(release, shop, update=update).publish()
        before = len(shop.heard)
        assert not publisher(release, shop, update=update).publish()
        assert len(shop.heard) == before


def test_what_was_damaged_meanwhile_is_loaded_again(release: Release) -> None:
    with graph_store() as shop:
        publisher(release, shop, update=False).publish()
        shop.store.clear_graph(ox.NamedNode(ONE))
        assert publisher(release, shop, update=False).publish()
        assert content(shop.store, ONE).total() == release.counts[ONE]


def test_a_graph_that_the_new_release_does_not_have_is_removed(release: Release, tmp_path: Path) -> None:
    fewer = "".join(line for line in SMALL.splitlines(keepends=True) if "graph/two" not in line)
    for update in (True, False):
        with graph_store() as shop:
            publisher(release, shop, update=update).publish()
            publisher(make_release(tmp_path / str(update), fewer), shop, update=update).publish()
            assert ox.NamedNode(TWO) not in [*shop.store.named_graphs()]


@pytest.mark.parametrize("update", [True, False], ids=["by one update", "graph by graph"])
def test_it_goes_on_where_it_stopped(release: Release, update: bool) -> None:
    with graph_store() as shop:
        shop.fails = lambda method, graph, _: 400 if "PUT" in method and not graph else 0
        if update:
            beside = sorted(release.counts).index(OWN)
            shop.fails = lambda _, graph, __: 400 if graph.endswith(f"/staging/{release.hash}/{beside}") else 0
        with pytest.raises(PublishError, match="400"):
            publisher(release, shop, update=update).publish()
        told = held(shop)
        assert told is None or not told.whole
        written = {graph for method, graph in shop.heard if method == "PUT"}
        shop.fails = lambda *_: 0
        shop.heard.clear()
        assert publisher(release, shop, update=update).publish()
        again = {graph for method, graph in shop.heard if method == "PUT"} & written
        assert not {graph for graph in again if "graph/o" in graph or "graph/t" in graph}


def test_the_old_release_answers_until_the_new_one_is_whole(release: Release, tmp_path: Path) -> None:
    """One update puts all graphs into their places; before it, nothing that is served has changed."""
    old = make_release(tmp_path, SMALL)
    with graph_store() as shop:
        publisher(old, shop, update=True).publish()
        before = {graph: content(shop.store, graph) for graph in ("", ONE, TWO)}
        seen = []

        def look(method: str, graph: str, _: int) -> int:
            seen.append({name: content(shop.store, name) for name in before} == before)
            return 0

        shop.fails = look
        publisher(release, shop, update=True).publish()
        assert seen
        assert all(seen)
        told = held(shop)
        assert told
        assert told.hash == release.hash


def test_while_graphs_are_replaced_no_release_is_told_of(release: Release, tmp_path: Path) -> None:
    with graph_store() as shop:
        publisher(make_release(tmp_path, SMALL), shop, update=False).publish()
        whole = []

        def look(method: str, graph: str, _: int) -> int:
            told = held(shop)
            if graph not in {GRAPH, publishing._PROBE}:
                whole.append(told is not None and told.whole)
            return 0

        shop.fails = look
        publisher(release, shop, update=False).publish()
        assert whole
        assert not any(whole)


def test_what_fails_for_a_moment_is_sent_again(release: Release) -> None:
    with graph_store() as shop:
        shop.fails = lambda method, graph, number: 503 if number % 3 == 0 else 0
        assert publisher(release, shop, update=False).publish()


def test_an_engine_that_loses_triples_is_told_of(release: Release) -> None:
    with graph_store() as shop:

        def lose(method: str, graph: str, _: int) -> int:
            if graph != ONE:
                shop.store.remove_graph(ox.NamedNode(ONE))
            return 0

        shop.fails = lose
        with pytest.raises(PublishError, match=rf"0 triples in {ONE}, not 2"):
            publisher(release, shop, update=False).publish()
        told = held(shop)
        assert told
        assert not told.whole


def test_who_may_write(release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with graph_store(user="Basic d3JpdGVyOmEgc2VjcmV0") as shop:
        with pytest.raises(PublishError, match="answers 401") as caught:
            publisher(release, shop, update=False).publish()
        assert "SIDES_ENGINE_AUTH" in str(caught.value)
        with pytest.raises(PublishError, match="401") as caught:
            publisher(release, shop, update=False, auth="writer:wrong").publish()
        assert "wrong" not in str(caught.value)
        assert publisher(release, shop, update=False, auth="writer:a secret").publish()
    with graph_store(user="Basic d3JpdGVyOmEgc2VjcmV0") as shop:
        (tmp_path / ".netrc").write_text('machine 127.0.0.1 login writer password "a secret"\n', encoding="utf-8")
        (tmp_path / ".netrc").chmod(0o600)
        assert publisher(release, shop, update=False).publish()


def test_nobody_is_there(release: Release) -> None:
    graphs = GraphStore("http://127.0.0.1:1/store", "http://127.0.0.1:1/query", "", sleep=lambda _: None)
    with pytest.raises(PublishError, match="it cannot be asked"):
        Publisher(release, graphs).publish()


def test_a_release_that_is_damaged(release: Release, tmp_path: Path) -> None:
    damaged = make_release(tmp_path, SMALL)
    damaged.data.write_text(SMALL + f"<{EX}a> <{EX}b> <{EX}c> <{EX}graph/nine> .\n", encoding="utf-8")
    with graph_store() as shop, pytest.raises(ReleaseError, match="graph/nine"):
        publisher(damaged, shop, update=False).publish()


@pytest.mark.parametrize(
    ("graphs", "words"), [("file:///x", "--to"), ("http://u:w@h/store", "--to"), ("http://h/here", "queries")]
)
def test_addresses(graphs: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Target.read(graphs, None, None)


def test_into_oxigraph(release: Release, tmp_path: Path) -> None:
    with oxigraph(tmp_path) as engine:
        assert publish(release, engine)
        assert not publish(release, engine, update=False)
        rows = store(engine).rows(f"SELECT ?o {{ <{EX}bela> <{EX}name> ?o }}")
        assert [(row["o"].value, row["o"].language) for row in rows] == [("Béla", "hu")]


def test_into_virtuoso(release: Release, tmp_path: Path) -> None:
    """It asks for a digest, reads nothing that is compressed, and merges all graphs."""
    with virtuoso(tmp_path) as engine:
        with pytest.raises(PublishError, match="401"):
            publish(release, replace(engine, auth="dba:wrong"))
        assert publish(release, engine)
        assert not publish(release, engine)
        rows = store(engine).rows(f"SELECT ?o ?g {{ GRAPH ?g {{ <{EX}bela> <{EX}name> ?o }} }}")
        assert {(row["o"].value, row["g"].value) for row in rows} == {("Béla", MERGED), ("Béla", TWO)}


@pytest.mark.parametrize("form", ["nquads", "nquads-merged"])
def test_one_file_of_quads(release: Release, wanted: ox.Store, tmp_path: Path, form: str) -> None:
    (file,) = write_bulk(release, tmp_path / "bulk", form)
    loaded = ox.Store()
    loaded.bulk_load(gzip.decompress(file.read_bytes()), ox.RdfFormat.N_QUADS)
    assert content(loaded, MERGED if form == "nquads-merged" else "") == content(wanted, "")
    assert content(loaded, ONE) == content(wanted, ONE)
    assert (len(loaded) - len(wanted)) == content(loaded, GRAPH).total() > 4
    with pytest.raises(InputError, match="is not empty"):
        write_bulk(release, tmp_path / "bulk", form)


def test_the_command(release: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = Path(__file__).parents[2]
    with graph_store() as shop, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIDES_RELEASES", str(release.path.parents[1]))
        for words in ("is loaded", "was there already"):
            assert main(["publish", "--to", shop.graphs, "--home", str(home)]) == 0
            assert capsys.readouterr().out == f"release {release.hash} {words}: 10 triples, counted in each graph\n"
        assert main(["publish", "--bulk", str(tmp_path / "bulk"), "--form", "virtuoso", "--home", str(home)]) == 0
        assert capsys.readouterr().out == f"release {release.hash}: 6 files in {tmp_path / 'bulk'}\n"
    assert Settings().engine_auth == ""
