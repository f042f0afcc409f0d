"""The addresses of the site: the main pages, and one of each kind of page that stands below them."""

from __future__ import annotations

from urllib.parse import quote

from kg.serve.web.navigation import FOOTER, HEADER

MAIN = ("/", *(address for _, address in (*HEADER, *FOOTER)))
"""What the bars at the top and at the bottom lead to."""

QUERY = "SELECT ?state ?name { ?state a sides:State ; rdfs:label ?name } LIMIT 12"
PREFIXED = f"""PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sides: <https://w3id.org/sides/ontology#>
{QUERY}"""

KINDS = (
    "/queries/aid-by-month",
    "/queries/votes-on-a-resolution",
    "/queries/friend-enemy-trend",
    "/queries/measures-timeline",
    "/queries/contradictions",
    "/queries/wikidata-gdp",
    "/queries/friends-of-russia",
    "/queries/pledges-in-original-currency",
    "/queries/why",
    "/queries/close-relations-of-russia?country=Rusie",
    "/queries?theme=aid",
    "/queries?q=zzz",
    "/map?measure=aid-of-states",
    "/map?measure=coalition-members",
    "/compare/states?state=state:HUN&state=state:POL&state=state:FRA",
    "/compare/coalition",
    "/compare/polls",
    f"/results?query={quote(PREFIXED)}",
    "/results?query=ASK%7B%7D",
    f"/editor?query={quote(PREFIXED)}",
    "/search",
    "/search?q=Fran",
    "/search?q=Azrbdjn",
    "/search?q=Azrbdjn&type=query",
    "/graphs",
    "/sources?q=Kiel",
    "/explain?s=state:HUN&p=a&o=sides:EUMember",
    "/explain?s=state:HUN&p=a&o=state:POL",
    "/explain?s=state:RUS&p=a&o=sides:Entity",
    "/reconcile/preview?id=state:FRA",
    "/page/state/FRA",
    "/page/state/UKR",
    "/page/org/nato",
    "/page/org/coalition-of-the-willing",
    "/page/person/vladimir-putin",
    "/page/equipment/leopard-2",
    "/page/resolution/a-res-es-11-1",
    "/page/series/levada-friends-enemies",
    "/page/source/first-series",
    "/page/statement/first-series-6",
    "/page/unlinked/first-series-24-extremes-droites",
    "/page/category/military",
    "/page/state/NOPE",
    "/counting",
    "/nowhere",
)
"""One of each kind of page, and those that are as large as pages get."""
