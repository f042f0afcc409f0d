"""The cookbook as a page, and what of Markdown it understands."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from kg.serve.web.cookbook_pages import NOTEBOOK
from kg.serve.web.document_pages import DOCUMENTED
from kg.serve.web.documents import read_blocks

HEADINGS = {"en": ("Cookbook", "From a shell"), "fr": ("Recettes", "Depuis un terminal")}


@pytest.mark.parametrize("lang", HEADINGS)
def test_the_page_asks_the_site_that_shows_it(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/cookbook?lang={lang}").text
    title, first = HEADINGS[lang]
    assert f"<h1>{title}</h1>" in page
    assert f">{first}</h2>" in page
    assert DOCUMENTED not in page
    assert "curl -s http://localhost/sparql" in page
    assert ".md" not in page


def test_the_code_is_the_same_in_both_languages(client: FlaskClient) -> None:
    english, french = (
        re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", client.get(f"/cookbook?lang={lang}").text, re.DOTALL)
        for lang in HEADINGS
    )
    assert english == french
    assert len(english) > 20


def test_what_the_page_leads_to_is_there(client: FlaskClient) -> None:
    page = client.get("/cookbook?lang=en").text
    found = set(re.findall(r'<p>.*?href="(/[^"]*)"', page, re.DOTALL))
    assert "/errors" in found
    assert {target: client.get(target).status_code for target in found} == dict.fromkeys(found, 200)
    anchors = re.findall(r'<a href="#([a-z0-9-]+)">', page)
    assert anchors
    assert all(f'id="{anchor}"' in page for anchor in anchors)


def test_the_notebook_asks_the_site_that_it_comes_from(client: FlaskClient) -> None:
    answer = client.get(f"/cookbook/{NOTEBOOK}")
    assert NOTEBOOK in answer.headers["Content-Disposition"]
    source = "".join(line for cell in json.loads(answer.text)["cells"] for line in cell["source"])
    assert 'os.environ.get("SIDES_ENDPOINT", "http://localhost/sparql")' in source


def shown(text: str) -> list[tuple[str, list[list[str]]]]:
    blocks = read_blocks(text, {"a.md": "/a"}, lambda plain: plain.replace(" ;", "\u202f;"))
    return [(block.kind, [[str(cell) for cell in row] for row in block.rows]) for block in blocks]


@pytest.mark.parametrize(
    ("text", "kind", "rows"),
    [
        ("a < b\nand **c `d`**", "text", [["a &lt; b\nand <strong>c <code>d</code></strong>"]]),
        ("[x](a.md) [y](b.md)", "text", [['<a href="/a">x</a> y']]),
        ("[x](javascript:alert(1))", "text", [["x)"]]),
        (
            "see https://w3id.org/sides/ ;",
            "text",
            [['see <a href="https://w3id.org/sides/">https://w3id.org/sides/</a>\u202f;']],
        ),
        ("- one\n  more\n- two", "list", [["one\n  more"], ["two"]]),
        ("| a | b |\n| --- | --- |\n| `c` | d |", "table", [["a", "b"], ["<code>c</code>", "d"]]),
        ("```python\nx = '<' ;\n\ny\n```", "code", [["x = &#39;&lt;&#39; ;\n\ny"]]),
        ("### A\n", "subheading", [["A"]]),
    ],
)
def test_blocks(text: str, kind: str, rows: list[list[str]]) -> None:
    assert shown(text) == [(kind, rows)]


def test_blocks_end_where_the_next_begins() -> None:
    assert [kind for kind, _ in shown("# A\n\nb\nc\n\n```r\nd\n```\n\n- e\n\nf\n```r\n```\n")] == [
        "title",
        "text",
        "code",
        "list",
        "text",
        "code",
    ]
