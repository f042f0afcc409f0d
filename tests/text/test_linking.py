"""Names in texts: every entity is reached by its names, and what only looks like a name is left alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.build.text.decisions import decide
from kg.build.text.linker import edit_distance, find_mentions
from kg.build.text.names import SORTS, read_names
from kg.build.text.tokens import tokenise
from kg.ground.records import LANGUAGES

TABLES = Path(__file__).parents[2] / "sources" / "entities"
INDEXES = read_names(TABLES)

AMBIGUOUS = {"org:ataka", "org:lega", "org:vazrazhdane"}
"""Parties whose bare name is also a common word: only their names in their own language stand for them."""


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table that texts may name."""
    with (TABLES / table).open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row.get("in_texts") != "no"]


def test_what_only_tables_speak_of_is_not_found_in_texts() -> None:
    with (TABLES / "organisations.csv").open(encoding="utf-8", newline="") as lines:
        hidden = [row for row in csv.DictReader(lines) if row["in_texts"] == "no"]
    assert len(hidden) > 50
    assert [
        row["id"] for row in hidden if f"org:{row['id']}" in named(f"Hier, {row['name_fr']} a été cité.", "fr")
    ] == []


def named(text: str, lang: str) -> list[str]:
    """The keys of all mentions of a text in order."""
    return [key for mention in find_mentions(tokenise(text), INDEXES[lang], lang) for key in mention.keys]


def bare(name: str) -> str:
    """A name of the tables without the explanation in parentheses."""
    return re.sub(r"\s*\([^)]*\)", "", name)


def table_names() -> Iterator[tuple[str, str, str]]:
    """Language, name and key of every name that the tables give."""
    for row in rows("states.csv"):
        key = f"state:{row['iso3']}"
        yield from (
            ("fr", bare(row["name_fr"]), key),
            ("en", bare(row["name_en"]), key),
            ("fr", row["capital_fr"], key),
        )
        if row["iso3"] != "COG":  # both Congos have the same adjective
            yield from (("fr", f"soldat {row['demonym_fr_m']}", key), ("fr", f"armée {row['demonym_fr_f']}", key))
    for row in rows("organisations.csv"):
        key = f"org:{row['id']}"
        if key not in AMBIGUOUS:
            yield from (("fr", bare(row["name_fr"]), key), ("en", bare(row["name_en"]), key))
        yield from ((lang, acronym, key) for acronym in filter(None, row["acronyms"].split(";")) for lang in LANGUAGES)
    for row in rows("people.csv"):
        yield from (("fr", row["name_fr"], f"person:{row['slug']}"), ("en", row["name_en"], f"person:{row['slug']}"))
    for row in rows("equipment.csv"):
        key = f"equipment:{row['slug']}"
        yield from (("fr", bare(row["name_fr"]), key), ("en", bare(row["name_en"]), key))


def test_every_name_of_the_tables_is_found() -> None:
    given = list(table_names())
    assert len(given) > 1500
    frames = {"fr": "Hier, {} a été cité.", "en": "Yesterday, {} was cited."}
    lost = [(lang, name, key) for lang, name, key in given if named(frames[lang].format(name), lang) != [key]]
    assert lost == []


def test_extra_names_are_of_known_sorts_and_reach_their_entities() -> None:
    extra = [row for row in rows("names.csv") if row["entity"] and row["sort"] not in ("trap", "ambiguous", "prefix")]
    assert {row["sort"] for row in extra} <= set(SORTS)
    contracted = {"Monde", "Figaro"}
    lost = [
        row for row in extra
        if row["name"] not in contracted
        and not set(named(f"{row['name']} x", row["lang"])) & set(row["entity"].split(";"))
        and not set(named(f"x {row['name']}", row["lang"])) & set(row["entity"].split(";"))
    ]  # fmt: skip
    assert lost == []


def test_every_state_has_an_english_adjective_or_is_known_to_lack_a_plain_one() -> None:
    adjectives = {row["entity"] for row in rows("names.csv") if row["lang"] == "en" and row["sort"] == "adjective"}
    lacking = {row["iso3"] for row in rows("states.csv") if f"state:{row['iso3']}" not in adjectives}
    assert lacking == {"COG", "DMA", "KIR", "KNA", "LIE", "SLB", "STP", "VCT"}


def test_traps_stand_for_nothing() -> None:
    traps = [row for row in rows("names.csv") if row["sort"] == "trap"]
    assert len(traps) > 80
    caught = [(row["name"], named(f"x {row['name']} x", row["lang"])) for row in traps]
    assert [item for item in caught if item[1]] == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        # states of the same word, and states within other names
        ("en", "Georgia and Moldova applied for membership.", ["state:GEO", "state:MDA"]),
        ("en", "The governor of the state of Georgia spoke.", []),
        ("en", "Atlanta, Georgia, hosted the talks.", []),
        ("fr", "La Guinée-Bissau et la Guinée équatoriale ont voté.", ["state:GNB", "state:GNQ"]),
        ("fr", "La Papouasie-Nouvelle-Guinée a voté.", ["state:PNG"]),
        ("fr", "Le golfe de Guinée est agité.", []),
        ("en", "North Korea and South Korea traded accusations.", ["state:PRK", "state:KOR"]),
        ("fr", "La Corée du Nord accuse les Sud-Coréens.", ["state:PRK", "state:KOR"]),
        ("fr", "La Corée est une péninsule.", []),
        ("fr", "La République démocratique du Congo et la République du Congo.", ["state:COD", "state:COG"]),
        ("fr", "Les Nigériens et les Nigérians votent.", ["state:NER", "state:NGA"]),
        ("en", "Nigerien and Nigerian soldiers", ["state:NER", "state:NGA"]),
        ("en", "Dominica and the Dominican Republic", ["state:DMA", "state:DOM"]),
        ("fr", "L'Irlande du Nord a voté.", []),
        ("fr", "Le Soudan du Sud a voté.", ["state:SSD"]),
        ("en", "New Mexico's governor spoke.", []),
        ("en", "Ships crossed the South China Sea.", []),
        # people
        ("fr", "La Jordanie s'est abstenue.", ["state:JOR"]),
        ("fr", "Jordan Bardella a critiqué l'aide.", []),
        ("en", "Jordan abstained.", ["state:JOR"]),
        ("en", "In the House, Jim Jordan blocked the bill.", []),
        ("en", "Chad abstained, but Chad Smith did not.", ["state:TCD"]),
        ("fr", "Maurice s'est abstenue.", ["state:MUS"]),
        ("fr", "L'acteur Denzel Washington joue ; Paris Hilton aussi.", []),
        ("fr", "François Hollande a parlé.", []),
        ("fr", "Hier, Donald Trump a parlé de Melania Trump.", ["person:donald-trump"]),
        ("fr", "Vladmir Poutine a parlé.", ["person:vladimir-putin"]),
        # capitals and metonyms
        ("fr", "Washington a promis, le Kremlin a menacé.", ["state:USA", "state:RUS"]),
        ("en", "Kyiv thanked the White House.", ["state:UKR", "state:USA"]),
        ("fr", "Le Washington Post a révélé l'affaire.", []),
        ("fr", "Les accords de Minsk et le mémorandum de Budapest ont échoué.", []),
        ("en", "The Budapest Memorandum promised it.", []),
        ("fr", "Une réunion à Milan, des missiles Milan.", ["equipment:milan"]),
        # organisations
        ("fr", "L'Union européenne, l'Union africaine, l'Union soviétique.", ["org:eu", "org:african-union"]),
        (
            "fr", "Le Conseil de l'Europe, le Conseil européen et le Conseil de l'Union européenne.",
            ["org:council-of-europe", "org:european-council", "org:council-of-the-european-union"],
        ),
        ("fr", "La Commission d'enquête a entendu la Commission européenne.", ["org:european-commission"]),
        ("en", "The UN Human Rights Council met in Geneva.", ["org:un-human-rights-council"]),
        ("fr", "Le Monde l'écrit, le monde l'ignore, il l'a dit au Figaro.", ["org:le-monde", "org:le-figaro"]),
        ("en", "He told us so, the US did not.", ["state:USA"]),
        ("fr", "L'Opep et l'Otan", ["org:opec", "org:nato"]),
        # groups
        ("fr", "Les pays baltes", ["state:EST", "state:LVA", "state:LTU"]),
    ],
)  # fmt: skip
def test_names_in_their_surroundings(lang: str, text: str, expected: list[str]) -> None:
    assert named(text, lang) == expected


def test_every_trap_tells_what_it_means() -> None:
    silent = [row["name"] for row in rows("names.csv") if row["sort"] in ("trap", "ambiguous") and not row["means"]]
    assert silent == []


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("fr", "Le Congo s'est abstenu.", [("Congo", "ambiguous", ("state:COD", "state:COG"), "either of two states")]),
        ("en", "Korea abstained.", [("Korea", "ambiguous", ("state:KOR", "state:PRK"), "either of two states")]),
        ("fr", "La Géorgie a voté.", [("Géorgie", "linked", ("state:GEO",), "name")]),
        ("en", "Atlanta, Georgia, is hot.", [("Atlanta, Georgia", "other", (), "a part of the United States")]),
        ("en", "The governor of Georgia spoke.", [("governor of Georgia", "other", (), "a part of the United States")]),
        ("fr", "Elle vit en Macédoine.", [("Macédoine", "linked", ("state:MKD",), "alias")]),
        ("fr", "La Macédoine grecque vote.", [("Macédoine grecque", "other", (), "a region of Greece")]),
        (
            "fr", "La Chine et Taïwan se taisent.",
            [("Chine", "linked", ("state:CHN",), "name"), ("Taïwan", "linked", ("state:TWN",), "name")],
        ),
        ("fr", "L'Irlande du Nord a voté.", [("Irlande du Nord", "other", (), "a part of the United Kingdom")]),
        ("fr", "La Guinée équatoriale a voté.", [("Guinée équatoriale", "linked", ("state:GNQ",), "name")]),
        ("fr", "Washington a promis.", [("Washington", "linked", ("state:USA",), "capital")]),
        ("en", "Voters in Washington state.", [("Washington state", "other", (), "a part of the United States")]),
        ("fr", "Hier, Jordan Bardella a parlé.", [("Jordan Bardella", "unknown", (), "no table holds this name")]),
        ("en", "Then Chad Smith spoke.", [
            ("Chad", "other", ("state:TCD",), "part of the name of somebody else"),
            ("Smith", "unknown", (), "no table holds this name"),
        ]),
        ("en", "The talks with Ruritania failed.", [("Ruritania", "unknown", (), "no table holds this name")]),
        ("fr", "Le ministre Jean Dupont a parlé.", [("Jean Dupont", "unknown", (), "no table holds this name")]),
        ("en", "In March 2024, Ruritania left.", [("Ruritania", "unknown", (), "no table holds this name")]),
        ("en", "On 8 May it left Ruritania.", [("Ruritania", "unknown", (), "no table holds this name")]),
        ("en", "The talks with Theresa May failed.", [("Theresa May", "unknown", (), "no table holds this name")]),
    ],
)  # fmt: skip
def test_decisions_tell_their_reasons(
    lang: str, text: str, expected: list[tuple[str, str, tuple[str, ...], str]]
) -> None:
    told = [(one.text, one.verdict, one.keys, one.reason) for one in decide(text, INDEXES[lang], lang)]
    assert told == expected


def test_edit_distance_counts_letters() -> None:
    assert edit_distance("loukachenko", "lukashenko") == 2
    assert edit_distance("orban", "orban") == 0
