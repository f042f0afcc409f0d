"""The rarer turns in which texts tell of aid: tables, brackets, comparisons, denials, crowns."""

from __future__ import annotations

import pytest

from support.aid import ABRAMS, F16, JAVELIN, LEOPARD, MIG29, Slots, aid, arms, check, mapped, ranking, share

T72, M113, PATRIOT = "equipment:t-72", "equipment:m113", "equipment:mim-104-patriot"

GIFTS: list[tuple[str, str, list[Slots]]] = [
    (
        "en",
        "Donations by Warsaw include 14 MiG-29 jets and 60 T-72Ms.",
        [arms("POL", "delivered", item, n, instrument=["in-kind"]) for item, n in ((MIG29, 14), (T72, 60))],
    ),
    (
        "en",
        "Having pledged 31 Abrams tanks in January 2023, Washington delivered them in September 2023.",
        [arms("USA", "pledged", ABRAMS, 31, date="2023-01"), arms("USA", "delivered", ABRAMS, 31, date="2023-09")],
    ),
    (
        "en",
        "A package worth €80 million – Javelin missiles and M113 vehicles – was delivered by Tallinn.",
        [
            aid("EST", "delivered", amount="80000000 EUR"),
            arms("EST", "delivered", JAVELIN, part_of_amount="80000000 EUR"),
            arms("EST", "delivered", M113, part_of_amount="80000000 EUR"),
        ],
    ),
    (
        "en",
        "Three countries have delivered Patriot batteries: the United States, Germany and the Netherlands.",
        [arms("USA DEU NLD", "delivered", PATRIOT)],
    ),
    (
        "en",
        "Latvia has already delivered six helicopters, two of them Mi-17s.",
        [arms("LVA", "delivered", "helicopters", 6), arms("LVA", "delivered", "equipment:mi-17", 2)],
    ),
    (
        "en",
        "Sweden pledged 5 billion kronor and Denmark 2 billion kroner.",
        [aid("SWE", "pledged", amount="5000000000 SEK"), aid("DNK", "pledged", amount="2000000000 DKK")],
    ),
    (
        "en",
        "Military aid allocated by 30 June 2025 (in billions of euros): United States, 64.6; Germany, 16.5.",
        [
            aid(donor, "allocated", category="military", amount=amount, date="2025-06-30")
            for donor, amount in (("USA", "64600000000 EUR"), ("DEU", "16500000000 EUR"))
        ],
    ),
    (
        "en",
        "Canada was thanked by nobody, but Zelensky thanked Spain for €1 billion in military aid.",
        [aid("ESP", category="military", amount="1000000000 EUR")],
    ),
    ("en", "The first six F-16s arrived in Ukraine from Denmark.", [arms("DNK", "delivered", F16, 6)]),
    (
        "en",
        "London promised to send 14 Leopard 2 tanks and to train 20,000 recruits.",
        [
            arms("GBR", "pledged", LEOPARD, 14),
            arms("GBR", "pledged", "recruits", 20000, instrument=["training"]),
        ],
    ),
    (
        "en",
        "Berlin had delivered 52 Leopard 2s, with 15 more pledged.",
        [arms("DEU", "delivered", LEOPARD, 52), arms("DEU", "pledged", LEOPARD, 15)],
    ),
    (
        "en",
        "Australia contributed 120 Bushmasters (90 of which had arrived by 2023) and six M777 howitzers.",
        [
            arms("AUS", "delivered", "equipment:bushmaster", 120),
            arms("AUS", "delivered", "equipment:bushmaster", 90, date="2023"),
            arms("AUS", "delivered", "equipment:m777", 6),
        ],
    ),
    ("en", "Berlin, not Paris, provided three Patriot systems.", [arms("DEU", "delivered", PATRIOT, 3)]),
    (
        "en",
        "Belarus sent 98 T-72A tanks to its eastern neighbour, Russia.",
        [arms("BLR", "delivered", T72, 98, recipient=["state:RUS"])],
    ),
    ("fr", "Dons polonais : 14 MiG-29.", [arms("POL", "delivered", MIG29, 14, instrument=["in-kind"])]),
    (
        "fr",
        "Autriche : garantie de 200 millions d'euros en 2022, puis don de 30 millions d'euros.",
        [
            aid("AUT", instrument=["guarantee"], amount="200000000 EUR", date="2022"),
            aid("AUT", instrument=["grant"], amount="30000000 EUR"),
        ],
    ),
    (
        "fr",
        "C'est Bucarest, et non Athènes, qui a cédé une batterie Patriot à l'Ukraine.",
        [arms("ROU", "delivered", PATRIOT, 1)],
    ),
    (
        "fr",
        "Outre sept chars Leopard 2, Berlin avait livré 500 missiles Javelin.",
        [arms("DEU", "delivered", LEOPARD, 7), arms("DEU", "delivered", JAVELIN, 500)],
    ),
    (
        "fr",
        "La Suède a promis 75 milliards de couronnes, le Danemark 50 milliards.",
        [aid("SWE", "pledged", amount="75000000000 SEK"), aid("DNK", "pledged", amount="50000000000 DKK")],
    ),
    (
        "fr",
        "Aide totale, en milliards d'euros : États-Unis 114 ; Allemagne 17.",
        [aid("USA", amount="114000000000 EUR"), aid("DEU", amount="17000000000 EUR")],
    ),
    (
        "fr",
        "Le paquet allemand de 2,7 milliards d'euros comporte 30 Leopard 2.",
        [
            aid("DEU", amount="2700000000 EUR"),
            aid("DEU", category="military", item=LEOPARD, quantity=30, part_of_amount="2700000000 EUR"),
        ],
    ),
]

ORDER: list[tuple[str, str, list[Slots]]] = [
    (
        "en",
        "In humanitarian aid, Japan comes second, behind the United States.",
        [share("JPN", category="humanitarian", behind=["state:USA"], rank=2)],
    ),
    (
        "en",
        "Having trailed London in 2022, Berlin moved ahead of it in military aid in 2023.",
        [
            ranking("state:GBR", "state:DEU", category="military", date="2022"),
            ranking("state:DEU", "state:GBR", category="military", date="2023"),
        ],
    ),
    (
        "en",
        "France stands behind Germany and ahead of Italy in military aid.",
        [
            ranking("state:DEU", "state:FRA", category="military"),
            ranking("state:FRA", "state:ITA", category="military"),
        ],
    ),
    ("en", "Denmark's aid is greater than that of Italy.", [ranking("state:DNK", "state:ITA")]),
    ("en", "No country has given more military aid than the United States.", []),
    (
        "en",
        "Just over half (51.1%) of the aid allocated in 2023 came from the EU.",
        [{"kind": "aid-share", "donor": "org:eu", "share": 51.1, "date": "2023"}],
    ),
    (
        "en",
        "The United States provided 42% of military aid; Germany followed with 17%.",
        [share("USA", category="military", share=42), share("DEU", category="military", share=17)],
    ),
    (
        "fr",
        "Avec 4 % du total, la Norvège se classe huitième pour l'aide militaire, juste derrière la France.",
        [share("NOR", category="military", share=4, behind=["state:FRA"], rank=8)],
    ),
    (
        "fr",
        "L'aide militaire provient à 43 % des États-Unis et à 12 % de l'Allemagne.",
        [share("USA", category="military", share=43), share("DEU", category="military", share=12)],
    ),
    (
        "en",
        "Germany, the second-largest donor, provides 12% of military aid.",
        [share("DEU", category="military", share=12, rank=2)],
    ),
    (
        "fr",
        "Distancé par Londres en matière d'aide militaire, Paris fait mieux que Rome.",
        [
            ranking("state:GBR", "state:FRA", category="military"),
            ranking("state:FRA", "state:ITA", category="military"),
        ],
    ),
    (
        "fr",
        "L'aide militaire allemande est supérieure à celle de la France.",
        [ranking("state:DEU", "state:FRA", category="military")],
    ),
    (
        "fr",
        "Pour l'aide financière, le Japon devance le Canada, lui-même devant le Royaume-Uni.",
        [
            ranking("state:JPN", "state:CAN", category="financial"),
            ranking("state:CAN", "state:GBR", category="financial"),
        ],
    ),
]


@pytest.mark.parametrize(("lang", "text", "expected"), GIFTS + ORDER)
def test_rarer_turns_about_aid(lang: str, text: str, expected: list[Slots]) -> None:
    check(text, lang, expected)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "The package, worth $225 million, includes HIMARS ammunition."),
        ("en", "Berlin supplied Prague with 14 tanks."),
        ("fr", "43 % de l'électricité vient de France et l'aide continue."),
        ("fr", "Trois milliards de couronnes ont été versés par la Pologne."),
    ],
)
def test_what_no_donor_is_told_of_is_no_gift(lang: str, text: str) -> None:
    assert mapped(text, lang) == []
