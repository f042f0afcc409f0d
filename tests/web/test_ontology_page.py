"""The ontology as a page and as a graph: every term has its place, every format says the same, every query answers."""

from __future__ import annotations

import html
import json
import re
from itertools import combinations
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.ground.terms import ONTOLOGY, expand, graph_iri, shorten
from kg.serve.engine import Engine
from kg.serve.results import Term
from kg.serve.web.app import create_app
from kg.serve.web.vocabulary.diagrams import NARROW, Box, Drawing
from kg.serve.web.vocabulary.documentation import Documentation
from kg.serve.web.vocabulary.examples import ROWS, migration_query
from kg.serve.web.vocabulary.graph import OntologyGraph
from kg.serve.web.vocabulary.modules import ROOTS
from kg.serve.web.vocabulary.terms import read_terms
from support.serving import engine_on, make_release

LANGUAGES = ("fr", "en")
MEDIA_TYPES = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
}


@pytest.fixture(scope="module")
def told(built_engine: Engine) -> Documentation:
    return Documentation.read(built_engine.select)


@pytest.fixture(scope="module")
def declared(built_engine: Engine) -> set[str]:
    """The terms of Sides that the release declares, found without the code that documents them."""
    rows = built_engine.select(
        f"SELECT DISTINCT ?term {{ GRAPH <{graph_iri('ontology')}> {{ ?term a ?sort }} "
        f"FILTER (STRSTARTS(STR(?term), '{ONTOLOGY}')) }}"
    )
    return {row["term"].value for row in rows}


def page(client: FlaskClient, language: str) -> str:
    response = client.get(f"/ontology?lang={language}")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.get_data(as_text=True)


def in_full(client: FlaskClient, told: Documentation, language: str) -> dict[str, str]:
    """The pages of the modules."""
    names = [module for module, entries in told.modules.items() if entries]
    replies = {name: client.get(f"/ontology/modules/{name}?lang={language}") for name in names}
    assert {reply.status_code for reply in replies.values()} == {200}
    return {name: reply.get_data(as_text=True) for name, reply in replies.items()}


def canonical(quads: list[ox.Quad]) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.fixture(scope="module")
def released(built_release: Release) -> ox.Dataset:
    """The graph of the ontology as the release holds it."""
    graph = ox.NamedNode(graph_iri("ontology"))
    quads = ox.parse(path=built_release.data, format=ox.RdfFormat.N_QUADS)
    return canonical([quad for quad in quads if quad.graph_name == graph])


# Terms


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_has_an_anchor_a_name_and_a_definition(
    client: FlaskClient, declared: set[str], told: Documentation, language: str
) -> None:
    text = page(client, language)
    assert len(declared) > 150
    anchors = set(re.findall(r' id="([^"]+)"', text))
    assert {term.removeprefix(ONTOLOGY) for term in declared} - anchors == set()
    assert {entry.iri for entry in told.entries} == declared
    shown = html.unescape(text).replace("\u202f", " ")
    for entry in told.entries:
        assert entry.labels[language] in shown, entry.name
        assert entry.definitions[language] in shown, entry.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_has_an_anchor_and_a_definition(client: FlaskClient, built_engine: Engine, language: str) -> None:
    text = html.unescape(page(client, language)).replace("\u202f", " ")
    rows = built_engine.select(
        f"SELECT ?concept ?text {{ ?concept a ?sort ; <{expand('skos:definition')}> ?text "
        f"VALUES ?sort {{ <{expand('skos:Concept')}> <{expand('skos:ConceptScheme')}> }} "
        f"FILTER (LANG(?text) = '{language}') }}"
    )
    assert len(rows) > 80
    for row in rows:
        name = row["concept"].value.partition("/id/")[2].replace("/", "-")
        assert text.count(f'id="concept-{name}"') == 1, name
        assert row["text"].value in text, name


def test_every_link_to_a_term_leads_to_its_place(client: FlaskClient, told: Documentation) -> None:
    modules = in_full(client, told, "en")
    pages = {"/ontology": page(client, "en"), **{f"/ontology/modules/{name}": text for name, text in modules.items()}}
    anchors = {address: set(re.findall(r' id="([^"]+)"', text)) for address, text in pages.items()}
    for address, text in pages.items():
        links = re.findall(r'href="(/ontology(?:/modules/[a-z]+)?)?#([^"]+)"', text)
        assert len(links) > 3, address
        assert {name for to, name in links if name not in anchors[to or address]} == set(), address


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_terms_is_light_and_leads_to_each_in_full(
    client: FlaskClient, told: Documentation, language: str
) -> None:
    text = page(client, language)
    assert len(text.encode()) < 250_000
    assert "<svg" not in text.partition("<main")[2].partition("</main>")[0]
    modules = in_full(client, told, language)
    for entry in told.entries:
        assert f'href="/ontology/modules/{entry.module}#{entry.name}"' in text
        article = modules[entry.module].partition(f'<article class="term" id="{entry.name}">')[2]
        assert entry.definitions[language] in html.unescape(article).replace("\u202f", " ").partition("</article>")[0]


def test_a_module_that_is_none_or_empty_is_not_found(client: FlaskClient) -> None:
    assert [client.get(f"/ontology/modules/{name}").status_code for name in ("nothing", "other")] == [404, 404]


def test_a_term_tells_what_is_stated_of_it(told: Documentation) -> None:
    entries = {entry.name: entry for entry in told.entries}
    uri = {name: (Term("uri", ONTOLOGY + name),) for name in ("Party", "Organisation", "hasMember", "affiliatedWith")}
    member = entries["memberOf"]
    assert member.module == "relations"
    assert member.facts["domain"] == (uri["Party"],)
    assert member.facts["range"] == (uri["Organisation"],)
    assert member.facts["inverse"] == (uri["hasMember"],)
    assert uri["affiliatedWith"] in member.facts["above"]
    assert (Term("uri", expand("skos:closeMatch")), Term("uri", expand("wd:P463"))) in member.alignments
    assert (Term("uri", expand("rdfs:subPropertyOf")), Term("uri", expand("w3org:memberOf"))) in member.alignments
    assert "owl:SymmetricProperty" in entries["bordersWith"].characteristics
    words = [piece for piece in entries["EUMember"].facts["equivalent"][0] if isinstance(piece, str)]
    assert [word for word in words if word.isalpha()] == ["and", "value"]
    assert Term("uri", ONTOLOGY + "Statement") in [each[0] for each in entries["Assertion"].facts["disjoint"]]


def test_what_is_stated_is_also_called_by_its_name_in_owl(client: FlaskClient, told: Documentation) -> None:
    assert {entry.axiom(fact) for entry in told.entries for fact in entry.facts} > {"rdfs:subClassOf", "rdfs:domain"}
    text = in_full(client, told, "fr")["relations"]
    assert re.search(r'<dt title="rdfs:subPropertyOf">[^<]+</dt><dd><code><a href="#affiliatedWith">', text)
    assert '<span title="owl:SymmetricProperty">' in text


def test_no_term_is_left_without_a_module(told: Documentation) -> None:
    assert set(told.modules) == set(ROOTS)
    assert told.modules["other"] == []
    assert [module for module, entries in told.modules.items() if not entries] == ["other"]


def test_the_head_tells_the_version_and_the_changes(client: FlaskClient, told: Documentation) -> None:
    for language in LANGUAGES:
        header = told.header(language)
        (version,), (iri,), (prior,) = (header[f"owl:{name}"] for name in ("versionInfo", "versionIRI", "priorVersion"))
        assert iri.endswith(f"/{version}")
        notes = header["skos:historyNote"]
        assert notes[0].startswith(version)
        assert any(note.startswith(prior.rpartition("/")[2]) for note in notes)
        assert iri in page(client, language)
        for note in notes:
            assert note in html.unescape(page(client, language)).replace("\u202f", " ")


TINY = """
<{o}{name}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://www.w3.org/2002/07/owl#Class> {graph}.
<{o}{name}> <http://www.w3.org/2000/01/rdf-schema#label> "{name}"@en {graph}.
"""


def tiny(name: str) -> str:
    """A release whose ontology is one class."""
    graphs = ("", f"<{graph_iri('ontology')}> ")
    return "".join(TINY.format(o=ONTOLOGY, name=name, graph=graph).lstrip() for graph in graphs)


def test_the_page_is_that_of_the_release_that_is_served(tmp_path: Path, built_settings: Settings) -> None:
    first = make_release(tmp_path, tiny("First"))
    with engine_on(first) as engine:
        client = create_app(built_settings, engine).test_client()
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        assert 'id="First"' in page(client, "en")
        engine.publish(make_release(tmp_path, tiny("Second")))
        assert 'id="Second"' in page(client, "en")
        assert 'id="First"' not in page(client, "en")
        missing = client.get("/ontology/context.jsonld", headers={"Accept": "application/json"})
        assert (missing.status_code, missing.json["code"]) == (503, "release")
        assert missing.json["hint"] == "run `kg build`"


EXPRESSIONS = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix sides: <https://w3id.org/sides/ontology#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
sides:A owl:equivalentClass [ owl:intersectionOf ( sides:B [ owl:complementOf sides:C ] ) ] .
sides:D owl:equivalentClass [ owl:onProperty sides:p ; owl:minQualifiedCardinality 2 ; owl:onClass sides:E ] .
sides:F owl:equivalentClass [ owl:onProperty [ owl:inverseOf sides:p ] ; owl:allValuesFrom sides:E ] .
sides:G owl:equivalentClass [ owl:oneOf ( sides:x sides:y ) ] .
sides:H owl:equivalentClass [ owl:onProperty sides:p ; owl:hasSelf true ] .
sides:I owl:equivalentClass [ owl:onDatatype xsd:string ; owl:withRestrictions ( [ xsd:pattern "a+" ] ) ] .
sides:J owl:equivalentClass [ owl:unionOf ( sides:B [ owl:onProperty sides:p ; owl:hasValue sides:x ] ) ] .
"""


def rows_of(turtle: str) -> list[dict[str, Term]]:
    """Turtle as the engine gives the triples of a graph."""
    kinds = {ox.NamedNode: "uri", ox.BlankNode: "bnode", ox.Literal: "literal"}
    return [
        {name: Term(kinds[type(term)], term.value) for name, term in zip("spo", triple, strict=True)}
        for triple in (quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE))
    ]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("A", "B and ( not C )"),
        ("D", "p min 2 E"),
        ("F", "inverse p only E"),
        ("G", "{ x , y }"),
        ("H", "p Self"),
        ("I", "xsd:string pattern a+"),
        ("J", "B or ( p value x )"),
    ],
)
def test_class_expressions_are_read_as_in_the_manchester_syntax(name: str, read: str) -> None:
    graph = OntologyGraph(rows_of(EXPRESSIONS))
    (node,) = graph.values(ONTOLOGY + name, "owl:equivalentClass")
    pieces = (each if isinstance(each, str) else shorten(each.value) for each in graph.expression(node))
    assert " ".join(pieces).replace("sides:", "") == read


# Examples and queries


def test_examples_are_triples_of_the_release(built_engine: Engine, told: Documentation) -> None:
    assert len(told.examples) > 120
    for term, example in told.examples.items():
        assert example.triples, term
        for prop, values in example.triples:
            pattern = f"<{example.subject.value}> <{prop.value}> ?value"
            found = [row["value"] for row in built_engine.select(f"SELECT ?value {{ {pattern} }}")]
            assert values, term
            assert set(values) <= set(found), term


def test_whatever_the_release_uses_has_an_example(told: Documentation) -> None:
    used = {entry.iri for entry in told.entries if told.usage.get(entry.iri)}
    assert len(used) > 100
    assert used - set(told.examples) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_query_runs_and_gives_rows(built_engine: Engine, told: Documentation, language: str) -> None:
    queries = {entry.name: told.query(entry, language) for entry in told.entries if entry.sort != "datatype"}
    assert len(queries) > 150
    for name, query in queries.items():
        rows = built_engine.select(query)
        assert rows, f"{name}: {query}"
        if ONTOLOGY + name in told.examples:
            assert len(rows) <= ROWS


def test_the_query_of_a_class_finds_its_things_alone(built_engine: Engine, told: Documentation) -> None:
    for entry in told.entries:
        if entry.is_class and entry.iri in told.examples:
            first = re.search(r"SELECT (\?\w+)", told.query(entry, "en"))
            assert first
            found = {row[first[1][1:]].value for row in built_engine.select(told.query(entry, "en"))}
            inside = built_engine.select(f"SELECT ?thing {{ ?thing a <{entry.iri}> }}")
            assert found <= {row["thing"].value for row in inside}, entry.name


def test_the_rows_of_a_query_tell_of_several_things(built_engine: Engine, told: Documentation) -> None:
    """Of a class with many things, the rows do not repeat one thing for each of its values."""
    for name in ("State", "Party", "Organisation", "Person", "Equipment", "Statement", "Fact", "UNMember", "Assertion"):
        rows = built_engine.select(told.query(entry_of(told, name), "en"))
        things = {next(iter(row.values())).value for row in rows}
        assert len(things) >= 15, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_query_is_one_click_away(client: FlaskClient, told: Documentation, language: str) -> None:
    links = re.findall(r'href="(/editor\?query=[^"]+)"', "".join(in_full(client, told, language).values()))
    asked = {parse_qs(urlsplit(html.unescape(link)).query)["query"][0] for link in links}
    wanted = {told.query(entry, language) for entry in told.entries} - {""}
    assert wanted <= asked
    assert len(asked - wanted) == len(told.schemes)
    answer = client.get(html.unescape(links[0])).get_data(as_text=True)
    assert "<textarea" in answer
    assert "<tbody>" in answer


def test_a_class_without_things_is_asked_for_by_its_description(told: Documentation) -> None:
    unused = [entry for entry in told.entries if entry.is_class and entry.iri not in told.examples]
    for entry in unused:
        assert f"sides:{entry.name} ?property ?value" in told.query(entry, "fr")


RETIRED = """
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix sides: <https://w3id.org/sides/ontology#> .
sides:OldClass a owl:Class ; owl:deprecated true ; dcterms:isReplacedBy sides:NewClass .
sides:oldRelation a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy sides:newRelation .
sides:split a owl:ObjectProperty ; owl:deprecated true ; dcterms:isReplacedBy sides:one , sides:other .
"""


def test_a_retired_term_comes_with_an_update_that_migrates_data() -> None:
    terms = {entry.name: entry for found in read_terms(OntologyGraph(rows_of(RETIRED))).values() for entry in found}
    assert all(terms[name].deprecated for name in ("OldClass", "oldRelation", "split"))
    store = ox.Store()
    old = "<urn:a> a sides:OldClass ; sides:oldRelation <urn:b> ; sides:kept <urn:c> ."
    new = "<urn:a> a sides:NewClass ; sides:newRelation <urn:b> ; sides:kept <urn:c> ."
    prefix = "@prefix sides: <https://w3id.org/sides/ontology#> . "
    store.extend(ox.parse(prefix + old, format=ox.RdfFormat.TURTLE))
    for name in ("OldClass", "oldRelation"):
        store.update(migration_query(terms[name]))
    assert {quad.triple for quad in store} == {q.triple for q in ox.parse(prefix + new, format=ox.RdfFormat.TURTLE)}
    assert migration_query(terms["split"]) == ""


# Diagrams


def drawings(told: Documentation, language: str) -> list[tuple[str, str, Drawing]]:
    found = {module: told.diagram(module, language) for module in told.modules}
    return [
        (module, layout, getattr(diagram, layout))
        for module, diagram in found.items()
        if diagram
        for layout in ("wide", "narrow")
    ]


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_boxes_do_not_overlap_and_stay_in_the_drawing(told: Documentation, language: str) -> None:
    for module, layout, drawn in drawings(told, language):
        assert drawn.width >= NARROW
        for one, other in combinations(drawn.boxes, 2):
            assert apart(one, other), f"{module} {layout}: {one.node.title}, {other.node.title}"
        for box in drawn.boxes:
            inside = box.x >= 0 and box.y >= 0 and box.x + box.width <= drawn.width
            assert inside, f"{module} {layout}: {box.node.title}"
            assert box.y + box.height <= drawn.height


def test_every_module_has_a_diagram_with_all_its_classes(told: Documentation) -> None:
    drawn = {(module, layout): drawing for module, layout, drawing in drawings(told, "en")}
    assert {module for module, _ in drawn} == {module for module, entries in told.modules.items() if entries}
    for (module, layout), drawing in drawn.items():
        titles = [box.node.title for box in drawing.boxes]
        for entry in told.modules[module]:
            if entry.is_class:
                assert titles.count(entry.name) == 1, f"{module} {layout}: {entry.name}"


def test_every_relation_between_entities_is_drawn(told: Documentation) -> None:
    diagram = told.diagram("relations", "en")
    assert diagram
    titles = {name for box in diagram.wide.boxes for name in box.node.title.split(" / ")}
    assert titles == {entry.name for entry in told.modules["relations"]}


def test_every_property_of_a_kind_is_in_its_box(told: Documentation) -> None:
    diagram = told.diagram("aid", "en")
    assert diagram
    boxes = {box.node.title: box for box in diagram.wide.boxes}
    domain = {prop.value.removeprefix(ONTOLOGY) for (prop,) in entry_of(told, "AidAssertion").facts["properties"]}
    assert {row.name for row in boxes["AidAssertion"].node.rows} == domain
    (category,) = [row for row in boxes["AidAssertion"].node.rows if row.name == "category"]
    assert category.targets == ("https://w3id.org/sides/id/category",)
    assert "category" in boxes


def entry_of(told: Documentation, name: str):  # type: ignore[no-untyped-def]
    return next(entry for entry in told.entries if entry.name == name)


# Formats


@pytest.mark.parametrize("suffix", MEDIA_TYPES)
def test_each_format_is_the_graph_of_the_release(client: FlaskClient, released: ox.Dataset, suffix: str) -> None:
    media_type, fmt = MEDIA_TYPES[suffix]
    leading = client.get("/ontology", headers={"Accept": media_type})
    assert (leading.status_code, leading.headers["Location"]) == (303, f"/ontology.{suffix}")
    assert "Accept" in leading.headers["Vary"]
    response = client.get(leading.headers["Location"], headers={"Accept": "*/*"})
    assert (response.status_code, response.mimetype) == (200, media_type)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert len(released) > 2000
    assert canonical(list(ox.parse(response.data, format=fmt))) == released
    again = client.get(f"/ontology.{suffix}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_tells_programs_where_the_formats_are(client: FlaskClient) -> None:
    links = re.findall(r'<link rel="alternate" type="([^"]+)" href="/ontology\.(\w+)"', page(client, "fr"))
    assert sorted(links) == sorted((media_type, suffix) for suffix, (media_type, _) in MEDIA_TYPES.items())


def test_turtle_is_written_with_prefixes(client: FlaskClient) -> None:
    text = client.get("/ontology.ttl").get_data(as_text=True)
    assert re.search(r"^sides:memberOf \w+:\w+ ", text, re.MULTILINE)
    assert "schema:Country" in text


def test_what_cannot_be_had_is_told(client: FlaskClient) -> None:
    refused = client.get("/ontology", headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert client.get("/ontology.csv").status_code == 404
    assert client.get("/ontology.html").status_code == 404
    assert client.get("/ontology", headers={"Accept": "*/*"}).headers["Location"] == "/ontology.ttl"


def test_the_version_leads_to_the_ontology_and_others_nowhere(client: FlaskClient, told: Documentation) -> None:
    (version,) = told.header("en")["owl:versionInfo"]
    assert client.get(f"/ontology/{version}").status_code == 200
    data = client.get(f"/ontology/{version}", headers={"Accept": "text/turtle"})
    assert (data.status_code, data.headers["Location"]) == (303, "/ontology.ttl")
    assert client.get("/ontology/1999-01-01").status_code == 404


def test_the_addresses_of_the_guide_lead_somewhere(client: FlaskClient) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "ontology.md").read_text(encoding="utf-8")
    addresses = re.findall(r"^\| `(/ontology[^`]*)` \|", guide, re.MULTILINE)
    assert len(addresses) == 8
    for address in addresses:
        assert client.get(address).status_code == 200, address


# The context


def test_the_context_has_an_address_of_its_own(client: FlaskClient, built_release: Release) -> None:
    response = client.get("/ontology/context.jsonld")
    assert (response.status_code, response.content_type) == (200, "application/ld+json")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    (measured,) = [file for file in built_release.files if file.name == "context.jsonld"]
    assert response.headers["ETag"] == f'"{measured.sha256}"'
    again = client.get("/ontology/context.jsonld", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    asked = client.options("/ontology/context.jsonld", headers={"Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_the_context_reads_assertions_as_the_build_reads_them(client: FlaskClient) -> None:
    context = client.get("/ontology/context.jsonld").json["@context"]
    document = {
        "@context": context,
        "@id": "assertion:1",
        "@type": "aid",
        "donor": "state:CAN",
        "category": "military",
        "prov:wasDerivedFrom": {"@id": "urn:statement"},
    }
    quads = {
        (quad.predicate.value, quad.object.value)
        for quad in ox.parse(json.dumps(document), format=ox.RdfFormat.JSON_LD)
    }
    assert quads == {
        (expand("rdf:type"), ONTOLOGY + "AidAssertion"),
        (ONTOLOGY + "donor", expand("state:CAN")),
        (ONTOLOGY + "category", expand("category:military")),
        (expand("prov:wasDerivedFrom"), "urn:statement"),
    }


def test_terms_and_context_come_from_the_release_alone(
    built_settings: Settings, built_engine: Engine, tmp_path: Path, app: Flask
) -> None:
    (tmp_path / "ontology").mkdir()
    for part in ("web", "queries", "ontology/entailments", "ontology/rules"):
        (tmp_path / part).symlink_to(built_settings.home / part)
    elsewhere = Settings(home=tmp_path, releases=built_settings.releases)
    client = create_app(elsewhere, built_engine).test_client()
    for address in ("/ontology?lang=en", "/ontology/modules/aid", "/ontology/context.jsonld", "/ontology.ttl"):
        answer = client.get(address, headers={"Accept": "text/html, */*;q=0.1"})
        assert answer.status_code == 200, address
        assert answer.data == app.test_client().get(address, headers={"Accept": "text/html, */*;q=0.1"}).data
