"""What only all sources together show: the rules under ``ontology/rules/across/``, and amounts in euros.

Where a source announces an amount in another currency and gives none in euros, one is derived by a rate that other rows
imply: those of an edition of the Ukraine Support Tracker that give both. What was announced stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from statistics import median

import pyoxigraph as ox

from kg.build.lines import Lines, document, lines_of
from kg.build.mapping.rules import read_rules, saturate
from kg.ground.terms import PREFIXES, amount_iri, expand, shorten

ACROSS = "ontology/rules/across"
"""The folder, below the home folder, of the rules that read all sources."""

MOST_APART = Decimal("0.01")
"""How far from their median, as a share of it, the rates of an edition may lie to count as one rate."""

AT_LEAST = Decimal("0.9")
"""The share of the rows of an edition that must lie so near."""

_DIGITS = Decimal("0.000001")
_CENT = Decimal("0.01")

Triples = set[ox.Triple]


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """How many units of a currency an edition counts as one euro, by how many rows, and how far these lie apart."""

    issued: str
    rows: int
    edition: str
    currency: str
    value: Decimal
    near: int

    @property
    def iri(self) -> str:
        """The IRI of the rate."""
        return f"{PREFIXES['rate']}{self.currency}-{self.edition.removeprefix(PREFIXES['source'])}"


@dataclass(frozen=True, slots=True)
class Amount:
    """What an assertion of aid says of money: the amount announced, and in euros if the source gives that too."""

    assertion: str
    edition: str
    value: Decimal
    currency: str
    euros: Decimal | None
    questionable: bool


def links(home: Path, graphs: Iterable[Lines]) -> Lines:
    """What the graphs together show that none of them says; raises `OntologyError` for a rule that cannot be used."""
    store = ox.Store()
    for lines in graphs:
        store.bulk_load(document(lines), ox.RdfFormat.N_TRIPLES)
    folder = home / ACROSS
    found = saturate(store, read_rules(folder)) if folder.is_dir() else set()
    return lines_of(found | derived_euros(store))


_AMOUNTS = """
SELECT ?assertion ?edition ?issued ?value ?currency ?euros ?questionable WHERE {
  ?assertion a sides:AidAssertion ; sides:amount ?amount ; prov:wasDerivedFrom ?statement .
  ?amount schema:value ?value ; schema:currency ?currency .
  FILTER (?currency != "EUR")
  OPTIONAL { ?assertion sides:amountInEuro/schema:value ?euros }
  OPTIONAL {
    ?statement prov:hadPrimarySource ?edition .
    ?edition dcat:version ?version
    OPTIONAL { ?edition dcterms:issued ?issued }
  }
  BIND (EXISTS { ?assertion sides:questionable true } AS ?questionable)
}
"""


def derived_euros(store: ox.Store) -> Triples:
    """The amounts in euros of the assertions of aid that announce money in another currency and give none in euros.

    The rate is that of the edition which the assertion cites, or else of the newest edition that has one: by its
    date of issue, and where that is not known, the one with the most rows.
    """
    amounts, issued = _amounts(store)
    rates = implied_rates(amounts, issued)
    newest: dict[str, Rate] = {}
    for rate in sorted(rates.values()):
        newest[rate.currency] = rate
    made: Triples = set()
    for amount in amounts:
        rate_used = rates.get((amount.edition, amount.currency)) or newest.get(amount.currency)
        if amount.euros is None and rate_used is not None:
            made |= {*_derived(amount, rate_used), *_described(rate_used)}
    return made


def implied_rates(amounts: Sequence[Amount], issued: Mapping[str, str]) -> dict[tuple[str, str], Rate]:
    """The rate of each edition and currency: the median of the amount by the euros of the rows that give both.

    An edition whose rows lie too far apart has no one rate, and none is made up.
    """
    given: dict[tuple[str, str], list[Decimal]] = {}
    for item in amounts:
        if item.euros and item.value and item.edition and not item.questionable:
            given.setdefault((item.edition, item.currency), []).append(item.value / item.euros)
    rates = {}
    for (edition, currency), quotients in given.items():
        middle = median(quotients)
        near = sum(abs(quotient - middle) <= MOST_APART * middle for quotient in quotients)
        if near >= AT_LEAST * len(quotients):
            value = middle.quantize(_DIGITS, ROUND_HALF_EVEN)
            rate = Rate(issued.get(edition, ""), len(quotients), edition, currency, value, near)
            rates[edition, currency] = rate
    return rates


def _amounts(store: ox.Store) -> tuple[list[Amount], dict[str, str]]:
    found: dict[str, Amount] = {}
    issued: dict[str, str] = {}
    for row in store.query(_AMOUNTS, prefixes=dict(PREFIXES)):  # type: ignore[union-attr]  # a SELECT gives rows
        edition, euros = row["edition"], row["euros"]
        named = edition.value if edition is not None else ""
        if row["issued"] is not None:
            issued[named] = row["issued"].value
        found[row["assertion"].value] = Amount(
            assertion=row["assertion"].value,
            edition=named,
            value=Decimal(row["value"].value),
            currency=row["currency"].value,
            euros=None if euros is None else Decimal(euros.value),
            questionable=row["questionable"].value == "true",
        )
    return [amount for _, amount in sorted(found.items())], issued


def _derived(amount: Amount, rate: Rate) -> Iterator[ox.Triple]:
    euros = (amount.value / rate.value).quantize(_CENT, ROUND_HALF_EVEN)
    plain = f"{euros:f}".rstrip("0").rstrip(".")
    money = ox.NamedNode(amount_iri(f"{plain} EUR"))
    subject = ox.NamedNode(amount.assertion)
    yield ox.Triple(subject, _name("sides:derivedInEuro"), money)
    yield ox.Triple(subject, _name("sides:conversionRate"), ox.NamedNode(rate.iri))
    yield ox.Triple(money, _name("rdf:type"), _name("schema:MonetaryAmount"))
    yield ox.Triple(money, _name("schema:value"), _decimal(plain))
    yield ox.Triple(money, _name("schema:currency"), ox.Literal("EUR"))


def _described(rate: Rate) -> Iterator[ox.Triple]:
    subject = ox.NamedNode(rate.iri)
    plain = f"{rate.value:f}".rstrip("0").rstrip(".")
    yield ox.Triple(subject, _name("rdf:type"), _name("sides:ConversionRate"))
    yield ox.Triple(subject, _name("sides:currency"), ox.Literal(rate.currency))
    yield ox.Triple(subject, _name("sides:rate"), _decimal(plain))
    yield ox.Triple(subject, _name("sides:rateSource"), ox.NamedNode(rate.edition))
    for language, text in _method(rate).items():
        yield ox.Triple(subject, _name("sides:rateMethod"), ox.Literal(text, language=language))


def _method(rate: Rate) -> dict[str, str]:
    edition, percent = shorten(rate.edition), f"{MOST_APART * 100:f}".rstrip("0").rstrip(".")
    return {
        "en": f"median of the amount divided by the amount in euros, over the {rate.rows} rows of {edition} that give "
        f"both; {rate.near} of them lie within {percent} % of it",
        "fr": f"médiane du montant divisé par le montant en euros, sur les {rate.rows} lignes de {edition} qui donnent "
        f"les deux ; {rate.near} d'entre elles s'en écartent de {percent} % au plus",
    }


def _name(curie: str) -> ox.NamedNode:
    return ox.NamedNode(expand(curie))


def _decimal(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=_name("xsd:decimal"))
