"""The code that asks a query from elsewhere: a shell, Python, R, JavaScript, each as short as it can be."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from kg.serve.formats import GRAPH_FORMATS, formats_of

_TABLE, _TRUTH, _GRAPH = "table", "truth", "graph"
_ANSWERS = {"SELECT": _TABLE, "ASK": _TRUTH}
_JSON = formats_of("SELECT")[0].media_type
_TURTLE = GRAPH_FORMATS[0].media_type

_PYTHON = {
    _TABLE: """for row in answer.json()["results"]["bindings"]:
    print({name: term["value"] for name, term in row.items()})""",
    _TRUTH: 'print(answer.json()["boolean"])',
    _GRAPH: "print(answer.text)",
}
_JAVASCRIPT = {
    _TABLE: "const { results } = await answer.json();\nconsole.log(results.bindings);",
    _TRUTH: "const { boolean } = await answer.json();\nconsole.log(boolean);",
    _GRAPH: "console.log(await answer.text());",
}
_R = {_TABLE: ("csv", "read.csv"), _TRUTH: ("json", "readLines"), _GRAPH: ("ttl", "readLines")}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code under the name of its language, and of the library that it needs if any."""

    name: str
    label: str
    text: str


def snippets(query: str, form: str, address: str) -> list[Snippet]:
    """The code that asks a query of a form (``SELECT``, …) of the endpoint at an address, in several languages.

    Whatever the query holds, quotes and backslashes among it, the code asks exactly that; its lines end in ``\\n``.
    """
    return list(_snippets("\n".join(query.splitlines()) + "\n", _ANSWERS.get(form, _GRAPH), address))


def _snippets(query: str, kind: str, address: str) -> Iterator[Snippet]:
    yield Snippet("curl", "curl", _curl(query, kind, address))
    yield Snippet("python", "Python (requests)", _python(query, kind, address))
    if kind == _TABLE:
        yield Snippet("pandas", "Python (pandas)", _pandas(query, address))
    yield Snippet("r", "R", _r(query, kind, address))
    yield Snippet("javascript", "JavaScript", _javascript(query, kind, address))


def _accepted(kind: str) -> str:
    return _TURTLE if kind == _GRAPH else _JSON


def _curl(query: str, kind: str, address: str) -> str:
    accepted = "text/csv" if kind == _TABLE else _accepted(kind)
    end = "SPARQL"
    while end in query.splitlines():
        end += "_"
    return f"curl {shlex.quote(address)} -H 'Accept: {accepted}' --data-urlencode query@- <<'{end}'\n{query}{end}\n"


def _quoted(query: str) -> str:
    """The query as a string of Python over several lines.

    >>> print(_quoted('ASK { ?s ?p "a" }'), end="")
    \"\"\"
    ASK { ?s ?p "a" }\"\"\"
    """
    written = query.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{written}"""'


def _python(query: str, kind: str, address: str) -> str:
    headers = f'{{"Accept": "{_accepted(kind)}"}}'
    return (
        f"import requests\n\nquery = {_quoted(query)}\nheaders = {headers}\n"
        f'answer = requests.post({json.dumps(address)}, data={{"query": query}}, headers=headers, timeout=60)\n'
        f"answer.raise_for_status()\n{_PYTHON[kind]}\n"
    )


def _pandas(query: str, address: str) -> str:
    return (
        "from urllib.parse import urlencode\nfrom urllib.request import Request, urlopen\n\nimport pandas\n\n"
        f"query = {_quoted(query)}\n"
        'form = urlencode({"query": query}).encode()\n'
        f'with urlopen(Request({json.dumps(address)}, form, {{"Accept": "text/csv"}})) as answer:\n'
        "    table = pandas.read_csv(answer)\nprint(table)\n"
    )


def _r(query: str, kind: str, address: str) -> str:
    dashes = ""
    while f'){dashes}"' in query:
        dashes += "-"
    name, read = _R[kind]
    return (
        f'query <- r"{dashes}(\n{query}){dashes}"\n'
        f"address <- paste0({json.dumps(f'{address}?format={name}&query=')}, URLencode(query, reserved = TRUE))\n"
        f"answer <- {read}(address)\nprint(answer)\n"
    )


def _javascript(query: str, kind: str, address: str) -> str:
    written = query.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return (
        f"const query = `\n{written}`;\n"
        f"const answer = await fetch({json.dumps(address)}, {{\n"
        '  method: "POST",\n'
        f'  headers: {{ Accept: "{_accepted(kind)}" }},\n'
        "  body: new URLSearchParams({ query }),\n"
        "});\n"
        "if (!answer.ok) throw new Error(await answer.text());\n"
        f"{_JAVASCRIPT[kind]}\n"
    )
