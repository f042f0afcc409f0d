"""What the dataset is and holds, at ``/.well-known/void`` (VoID, section 7.2): VoID and DCAT, counted by the build."""

from __future__ import annotations

from contextlib import closing

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from kg.ground.catalogue.binding import iri
from kg.ground.dumps import dumps_of
from kg.ground.terms import DATASET, graph_iri
from kg.serve.engine.access import describe_dataset
from kg.serve.formats import GRAPH_FORMATS
from kg.serve.web.answering import answer_tag, cacheable, chosen_format, client_left
from kg.serve.web.observation import asker
from kg.serve.web.sparql import endpoint_url
from kg.serve.web.state import state

ADDRESS = "/.well-known/void"

_KNOWN = f"""\
PREFIX void: <http://rdfs.org/ns/void#>
CONSTRUCT {{ ?s ?p ?o }} WHERE {{
  GRAPH {iri(graph_iri("metadata"))} {{
    {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), {DATASET!r})) }}
    UNION {{ {iri(DATASET)} void:subset ?s . ?s ?p ?o }}
  }}
}}"""

blueprint = Blueprint("void", __name__)


@blueprint.get(ADDRESS)
def description() -> ResponseReturnValue:
    """The description of the dataset, in every format of graphs."""
    fmt = chosen_format(dict(request.args.lists()), GRAPH_FORMATS)
    engine = state().engine
    site = endpoint_url().removesuffix("sparql")
    tag = answer_tag(engine.release.hash, fmt, (ADDRESS, site))
    if request.if_none_match.contains_weak(tag):
        return cacheable(Response(status=304), tag)
    asked = engine.query(_KNOWN, "application/n-triples", cancelled=client_left(), client=asker())
    with closing(asked) as answer:
        dumps = dumps_of(state().settings.releases_path, answer.release.hash)
        content = describe_dataset(b"".join(answer), site, answer.release, dumps, fmt)
        tag = answer_tag(answer.release.hash, fmt, (ADDRESS, site))
    return cacheable(Response(content, content_type=fmt.content_type), tag)
