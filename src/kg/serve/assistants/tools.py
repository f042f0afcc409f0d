"""The tools that assistants are offered, each a request or two to the site; none of them changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.ground.terms import DATASET, PREFIXES, graph_iri
from kg.serve.assistants.asking import Ask, Reply
from kg.serve.assistants.tables import short, table

Arguments = Mapping[str, Any]

LONGEST_TEXT = 60_000
"""Characters of one result: what is longer crowds out everything else that a model has in mind."""

_MOST_OF_DOCUMENT = 8 * 1024 * 1024
"""Bytes of the description of the site that are read."""

_LONG = 4000
"""Characters of a query that fit into an address, however they are encoded."""

_JSON = "application/json"
_ROWS = "text/tab-separated-values, text/turtle;q=0.9"


class ToolError(Exception):
    """A call that cannot be answered; the message is for the model, which may call again."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of a tool, with what JSON Schema says of it."""

    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: what it is called, what it does, what it takes, and the function that does it."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Parameter]
    run: Callable[[Ask, Arguments], str]

    def schema(self) -> dict[str, Any]:
        """The arguments as JSON Schema."""
        return {
            "type": "object",
            "properties": {
                name: {"description": parameter.description, **parameter.schema}
                for name, parameter in self.parameters.items()
            },
            "required": [name for name, parameter in self.parameters.items() if parameter.required],
            "additionalProperties": False,
        }

    def call(self, ask: Ask, given: Arguments) -> str:
        """The result as text. Raises `ToolError` for wrong arguments and for what the site refuses."""
        strangers = given.keys() - self.parameters.keys()
        if strangers:
            raise ToolError(f"{self.name} has no argument {', '.join(sorted(strangers))}; it takes {self._takes()}")
        arguments = {}
        for name, parameter in self.parameters.items():
            value = given.get(name, parameter.schema.get("default"))
            if value is None and parameter.required:
                raise ToolError(f"{name} is missing; {self.name} takes {self._takes()}")
            if value is not None:
                arguments[name] = _checked(name, value, parameter.schema)
        text = self.run(ask, arguments)
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n(cut here: ask for less)"

    def _takes(self) -> str:
        return ", ".join(
            f"{name}{'' if parameter.required else ' (optional)'}" for name, parameter in self.parameters.items()
        )


_TYPES: Mapping[str, type | tuple[type, ...]] = {"string": str, "integer": int, "object": dict}


def _checked(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    kind = schema["type"]
    if isinstance(value, bool) or not isinstance(value, _TYPES[kind]):
        raise ToolError(f"{name} is {value!r}; expected: {kind}")
    if "enum" in schema and value not in schema["enum"]:
        raise ToolError(f"{name} is {value!r}; expected one of {', '.join(schema['enum'])}")
    if kind == "integer" and not schema["minimum"] <= value <= schema["maximum"]:
        raise ToolError(f"{name} is {value}; expected from {schema['minimum']} to {schema['maximum']}")
    return value


def _good(reply: Reply) -> Reply:
    if reply.status != 200:
        raise ToolError(reply.problem())
    return reply


def _rows(reply: Reply, limit: int) -> str:
    """A table, or a graph as it was written, with the release that it comes from."""
    _good(reply)
    if reply.content_type.startswith("text/tab-separated-values"):
        text = table(reply.text, limit, complete=reply.complete)
    else:
        text = reply.text if reply.complete else f"{reply.text}\n# cut here: ask for less"
    return f"{text}\nRelease {reply.release}" if reply.release else text


def _select(ask: Ask, query: str) -> str:
    return _good(ask("/sparql", [("query", query)], "text/tab-separated-values", post=True)).text


def search_entities(ask: Ask, given: Arguments) -> str:
    """What is called so: identifiers to use in queries."""
    pairs = [("q", given["text"]), ("limit", str(given["limit"])), ("lang", given["language"])]
    pairs += [("type", given["type"])] if "type" in given else []
    found = json.loads(_good(ask("/search.json", pairs, _JSON)).body)
    hits = found["results"]
    lines = [_hit(hit) for hit in hits]
    if not hits:
        near = ", ".join(f"{hit['label']} ({hit['id']})" for hit in found.get("suggestions", ()))
        lines = ["Nothing is called so." + (f" Near to it: {near}" if near else "")]
    return "\n".join(lines)


def _hit(hit: Mapping[str, Any]) -> str:
    kind = hit.get("type_label") or hit.get("kind", "")
    about = "; ".join(
        filter(
            None,
            (
                str(kind),
                f"found as {hit['match']}" if hit.get("match", hit["label"]) != hit["label"] else "",
                str(hit.get("description", "")),
                f"wd:{hit['wikidata'].rpartition('/')[2]}" if hit.get("wikidata") else "",
            ),
        )
    )
    return f"{short(hit['iri'])}\t{hit['label']}\t{about}"


_METADATA = f"GRAPH <{graph_iri('metadata')}>"
_VOID = "PREFIX void: <http://rdfs.org/ns/void#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
_SKOS = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
_TOLD = """
  OPTIONAL { ?term rdfs:label ?label FILTER(LANG(?label) = "en") }
  OPTIONAL { ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }"""
_CLASSES = f"""{_VOID}{_SKOS}
SELECT ?term ?count ?label ?definition {{
  {_METADATA} {{ <{DATASET}> void:classPartition ?part . ?part void:class ?term ; void:entities ?count }}{_TOLD}
}} ORDER BY DESC(?count) ?term"""
_PROPERTIES = f"""{_VOID}{_SKOS}
SELECT ?term ?count ?label ?definition {{
  {_METADATA} {{ ?part void:class %(class)s ; void:propertyPartition ?own .
    ?own void:property ?term ; void:triples ?count }}{_TOLD}
}} ORDER BY DESC(?count) ?term"""
_EXAMPLE = (
    "SELECT ?property ?value { { SELECT ?thing { ?thing a %(class)s } ORDER BY ?thing LIMIT 1 } "
    "?thing ?property ?value }"
)
_SOME = "SELECT ?thing { ?thing a %(class)s } ORDER BY ?thing LIMIT 3"


def show_schema(ask: Ask, given: Arguments) -> str:
    """The classes with how many members each has; or the properties of one class, with examples."""
    if "class" not in given:
        text = table(_select(ask, _CLASSES), 400, complete=True)
        return f"{text}\nCall again with a class for its properties.\nPrefixes: {' '.join(PREFIXES)}"
    name = {"class": _iri(given["class"], "class")}
    properties = _select(ask, _PROPERTIES % name)
    if properties.count("\n") < 2:
        raise ToolError(f"no class {given['class']} has members in the graph; call without a class to see all")
    parts = (
        f"Properties of the members of {given['class']}, with the number of triples:",
        table(properties, 400, complete=True),
        "Some members:",
        table(_select(ask, _SOME % name), 3, complete=True),
        "All that is said of the first:",
        table(_select(ask, _EXAMPLE % name), 60, complete=True),
    )
    return "\n".join(parts)


def _iri(name: str, argument: str) -> str:
    """A prefixed name or an IRI as it stands in a query."""
    prefix, colon, local = name.strip().partition(":")
    if colon and prefix in PREFIXES and local.replace("-", "").replace("_", "").isalnum():
        return f"<{PREFIXES[prefix]}{local}>"
    bare = name.strip().removeprefix("<").removesuffix(">")
    if "://" in bare and not any(sign in bare for sign in '<>"{}|\\^` \n\t'):
        return f"<{bare}>"
    raise ToolError(f"{argument} is {name!r}; expected a prefixed name such as sides:State, or an IRI")


def list_queries(ask: Ask, given: Arguments) -> str:
    """The saved queries that fit some words: name, question, parameters."""
    words = given.get("words", "").lower().split()
    lines = []
    for name, told in _saved(ask).items():
        takes = [_parameter(item) for item in told["parameters"] if item.get("style") == "form"]
        text = f"{name}\t{told['summary']}\t{'; '.join(takes)}"
        if all(word in f"{text} {told['description']}".lower() for word in words):
            lines.append(text)
    if not lines:
        raise ToolError("no saved query has all of these words; call with fewer, or none for the list of all")
    return "\n".join(["name\tquestion\tparameters", *lines])


def _saved(ask: Ask) -> dict[str, Any]:
    """The saved queries by name, as ``/openapi.json`` describes them."""
    document = json.loads(_good(ask("/openapi.json", [("lang", "en")], _JSON, most=_MOST_OF_DOCUMENT)).body)
    operations = [item["get"] for item in document["paths"].values() if "get" in item]
    start = "saved-"
    return {
        told["operationId"].removeprefix(start): told for told in operations if told["operationId"].startswith(start)
    }


def _parameter(item: Mapping[str, Any]) -> str:
    values = item["schema"]["items"]
    choices = f" ({', '.join(values['enum'][:12])})" if "enum" in values else f" ({values.get('description', 'text')})"
    default = f", default {', '.join(item['schema']['default'])}" if item["schema"].get("default") else ""
    return f"{item['name']}: {item['description']}{choices}{default}"


def run_query(ask: Ask, given: Arguments) -> str:
    """The answer of a saved query."""
    pairs: list[tuple[str, str]] = []
    for name, value in given.get("parameters", {}).items():
        values = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str | int) for item in values):
            raise ToolError(f"the parameter {name} is {value!r}; expected a text, or a list of texts")
        pairs += [(name, str(item)) for item in values]
    name = given["name"]
    if not name.replace("-", "").isalnum():
        raise ToolError(f"name is {name!r}; expected one of those that list_queries tells")
    return _rows(ask(f"/queries/{name}", pairs, _ROWS), given["limit"])


def run_sparql(ask: Ask, given: Arguments) -> str:
    """The answer to any query, within the limits of the endpoint."""
    query = given["query"]
    # The answer to a GET names its release, and may be kept; a long query does not fit into an address.
    return _rows(ask("/sparql", [("query", query)], _ROWS, post=len(query) > _LONG), given["limit"])


def explain_fact(ask: Ask, given: Arguments) -> str:
    """Why a triple is in the graph: rules, premises, assertions, the words of the sources."""
    pairs = [(letter, given[part]) for letter, part in (("s", "subject"), ("p", "predicate"), ("o", "object"))]
    reply = _good(ask("/explain", pairs, _JSON))
    return reply.text if reply.complete else f"{reply.text}\n(cut here)"


_LIMIT = Parameter("How many rows to show at most.", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100})

TOOLS = (
    Tool(
        "search_entities",
        "Find things by name",
        "Find states, organisations, people, equipment, resolutions, surveys, concepts, properties and classes by "
        "a name, an alias, a code (FRA, FR, 250) or a Wikidata item, in French or English. Gives the identifiers "
        "that queries use, such as state:FRA. Call this before writing a query: do not guess identifiers.",
        {
            "text": Parameter("A name, an alias, a code or a Wikidata item.", required=True),
            "type": Parameter("Only things of this class or kind, such as sides:State, org or person."),
            "language": Parameter(
                "The language of the labels.", {"type": "string", "enum": ["en", "fr"], "default": "en"}
            ),
            "limit": Parameter("How many to show.", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}),
        },
        search_entities,
    ),
    Tool(
        "show_schema",
        "Show classes and properties",
        "Without a class: all classes of the graph, with how many members each has and what it means. With a "
        "class: the properties that its members have, with counts, and one member with all that is said of it. "
        "Call this before writing a query: it tells which properties there are.",
        {"class": Parameter("A class, such as sides:State or sides:Aid. Leave out to see all.")},
        show_schema,
    ),
    Tool(
        "list_queries",
        "List the saved queries",
        "The saved queries: tested answers to common questions, with their parameters. Look here first: a saved "
        "query counts right what overlaps (packages and their items, editions of one statistic).",
        {"words": Parameter("Only queries with all of these words in name, question or description.")},
        list_queries,
    ),
    Tool(
        "run_query",
        "Run a saved query",
        "Run a saved query by its name, with values for its parameters as list_queries tells them; those left out have "
        "their defaults.",
        {
            "name": Parameter("The name of the query.", required=True),
            "parameters": Parameter(
                'Values by name, such as {"donor": "state:FRA"}; a list means any of them.', {"type": "object"}
            ),
            "limit": _LIMIT,
        },
        run_query,
    ),
    Tool(
        "run_sparql",
        "Run a SPARQL query",
        "Run any SPARQL 1.1 query (SELECT, ASK, CONSTRUCT, DESCRIBE) with time and memory limits. Declare the "
        "prefixes that you use. Labels have a language tag: filter with LANG(?label) = 'en'. Errors tell the "
        "line, what was expected and what to do: mend the query and call again. The default graph holds "
        "everything once.",
        {"query": Parameter("The text of the query.", required=True), "limit": _LIMIT},
        run_sparql,
    ),
    Tool(
        "explain_fact",
        "Explain a fact",
        "Tell why a triple is in the graph: the rule, the assertions, the words of the source and the document that it "
        "cites. Use it to give the source of what you claim.",
        {
            "subject": Parameter("A prefixed name or an IRI, such as state:HUN.", required=True),
            "predicate": Parameter("A prefixed name or an IRI, or a, such as sides:memberOf.", required=True),
            "object": Parameter("A prefixed name, an IRI, or a literal in double quotes.", required=True),
        },
        explain_fact,
    ),
)
"""The tools in the order in which they are best used."""

INSTRUCTIONS = (
    "Sides is a knowledge graph of who stands with whom around the war in Ukraine: memberships, aid, votes, "
    "sanctions, stances, polls; in French and English, each fact with its source. Look for a saved query first "
    "(list_queries, run_query); otherwise find identifiers (search_entities) and properties (show_schema), then "
    "write SPARQL (run_sparql). Facts such as `state:FRA sides:memberOf org:nato` stand as plain triples; what is "
    "hedged, attributed or dated stands only in the assertions (subclasses of sides:Assertion). Do not add up "
    "aid without reading docs/counting.md: packages and their items overlap. Name the release and the sources in "
    "your answer (explain_fact gives them), and say so when the graph has nothing on a question."
)
"""What an assistant is told before it uses the tools."""


def guide() -> str:
    """What the tools cannot tell: how the graph is laid out, and its prefixes, as they stand in a query."""
    lines = [f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in PREFIXES.items()]
    return f"{INSTRUCTIONS}\n\nPrefixes, to be copied into a query:\n\n" + "\n".join(lines) + "\n"
