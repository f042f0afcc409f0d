"""Amounts in euros are derived by the rate of an edition, where it has one, and stand beside what was said."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox

from kg.build.links import derived_euros
from kg.ground.terms import PREFIXES

EDITIONS = """
source:old dcat:version "1" ; dcterms:issued "2023-01-01"^^xsd:date .
source:new dcat:version "2" ; dcterms:issued "2024-01-01"^^xsd:date .
source:page dcterms:issued "2025-01-01"^^xsd:date .
"""


def aid(name: str, amount: str, currency: str, euros: str = "", edition: str = "", more: str = "") -> str:
    cited = f"statement:{name} prov:hadPrimarySource source:{edition} ." if edition else ""
    given = f"sides:amountInEuro [ schema:value {euros} ; schema:currency 'EUR' ] ;" if euros else ""
    return f"""assertion:{name} a sides:AidAssertion ; prov:wasDerivedFrom statement:{name} ; {given} {more}
        sides:amount [ schema:value {amount} ; schema:currency '{currency}' ] . {cited}\n"""


def derived(*rows: str) -> ox.Store:
    prefixes = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())
    given = ox.Store()
    given.load(prefixes + EDITIONS + "".join(rows), ox.RdfFormat.TURTLE)
    found = ox.Store()
    found.extend(ox.Quad(*triple) for triple in derived_euros(given))
    return found


def euros(store: ox.Store) -> dict[str, tuple[Decimal, str, Decimal]]:
    asked = """SELECT ?aid ?value ?source ?rate { ?aid sides:derivedInEuro ?money ; sides:conversionRate ?node .
        ?money a schema:MonetaryAmount ; schema:currency "EUR" ; schema:value ?value .
        ?node a sides:ConversionRate ; sides:rate ?rate ; sides:rateSource ?source ; sides:rateMethod ?en , ?fr .
        FILTER (LANG(?en) = "en" && LANG(?fr) = "fr") }"""
    return {
        row["aid"].value.rpartition("/")[2]: (
            Decimal(row["value"].value), row["source"].value.rpartition("/")[2], Decimal(row["rate"].value)
        )
        for row in store.query(asked, prefixes=dict(PREFIXES))
    }  # fmt: skip


BOTH = (
    aid("a", "110", "SEK", "10.0", "old"),
    aid("b", "220.2", "SEK", "20.0", "old"),
    aid("c", "120", "SEK", "10.0", "new"),
    aid("d", "9", "SEK", "3.0", "page"),
    aid("e", "1", "SEK", "900", "old", "sides:questionable true ;"),
)


def test_the_rate_is_that_of_the_edition_cited_or_of_the_newest() -> None:
    rows = (
        aid("own", "55.025", "SEK", edition="old"),
        aid("other", "60", "SEK", edition="page"),
        aid("none", "6", "SEK"),
    )
    found = euros(derived(*BOTH, *rows))
    assert found == {
        "own": (Decimal(5), "old", Decimal("11.005")),
        "other": (Decimal(5), "new", Decimal(12)),
        "none": (Decimal("0.5"), "new", Decimal(12)),
    }


def test_nothing_is_derived_without_one_rate_nor_where_the_source_gives_euros() -> None:
    apart = aid("x", "10", "CAD", "5.0", "new"), aid("y", "30", "CAD", "5.0", "new")
    found = derived(*apart, aid("z", "10", "CAD"), aid("usd", "10", "USD"), aid("eur", "10", "EUR"))
    assert len(found) == 0
