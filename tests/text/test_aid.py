"""Aid in sentences: who gave what to whom, which shares and ranks donors have, and what is no gift at all."""

from __future__ import annotations

import pytest

from support.aid import (
    ABRAMS,
    CAESAR,
    F16,
    JAVELIN,
    LEOPARD,
    MAPPER,
    MIG29,
    Slots,
    aid,
    arms,
    check,
    mapped,
    ranking,
    share,
)

FRENCH: list[tuple[str, list[Slots]]] = [
    (
        "Les États-Unis ont livré à l'Ukraine 31 chars M1 Abrams et des missiles Javelin en 2023.",
        [arms("USA", "delivered", ABRAMS, 31, date="2023"), arms("USA", "delivered", JAVELIN, date="2023")],
    ),
    ("La Suède, membre de l'OTAN depuis mars 2024, a livré 50 CV90.", [arms("SWE", "delivered", "equipment:cv90", 50)]),
    ("Au total, 155 canons Caesar ont été fournis par la France.", [arms("FRA", "delivered", CAESAR, 155)]),
    (
        "Le Canada a envoyé huit chars Leopard 2, la Norvège huit, le Portugal trois.",
        [arms(donor, "delivered", LEOPARD, count) for donor, count in (("CAN", 8), ("NOR", 8), ("PRT", 3))],
    ),
    (
        "La Pologne et la Slovaquie ont cédé respectivement 14 et 13 MiG-29 au printemps 2023.",
        [
            arms("POL", "delivered", MIG29, 14, date="2023-03/2023-05"),
            arms("SVK", "delivered", MIG29, 13, date="2023-03/2023-05"),
        ],
    ),
    (
        "L'Espagne a annoncé l'envoi de dix chars Leopard 2A4, dont six ont été livrés en avril 2023.",
        [arms("ESP", "pledged", LEOPARD, 10), arms("ESP", "delivered", LEOPARD, 6, date="2023-04")],
    ),
    (
        "Berlin a débloqué 1,3 milliard d'euros d'aide militaire supplémentaire, dont 4 systèmes IRIS-T.",
        [
            aid("DEU", "allocated", category="military", amount="1300000000 EUR"),
            arms("DEU", "allocated", "equipment:iris-t", 4, part_of_amount="1300000000 EUR"),
        ],
    ),
    (
        "L'Allemagne a promis 5 milliards d'euros, dont 500 millions ont déjà été versés.",
        [
            aid("DEU", "pledged", amount="5000000000 EUR"),
            aid("DEU", "delivered", amount="500000000 EUR", part_of_amount="5000000000 EUR"),
        ],
    ),
    (
        "Le Danemark a débloqué un milliard d'euros, dont 300 millions sont des prêts.",
        [
            aid("DNK", "allocated", amount="1000000000 EUR"),
            aid(
                "DNK", "allocated", instrument=["loan"], amount="300000000 EUR", part_of_amount="1000000000 EUR"
            ),
        ],
    ),
    (
        "L'Union européenne a versé 18 milliards d'euros de prêts à l'Ukraine en 2023.",
        [aid("org:eu", "delivered", instrument=["loan"], amount="18000000000 EUR", date="2023")],
    ),
    (
        "L'Ukraine a reçu du Danemark six F-16 en août 2024.",
        [arms("DNK", "delivered", F16, 6, date="2024-08")],
    ),
    (
        "Les trois Leopard 2 promis par le Portugal en janvier 2023 ont été livrés en mars 2023.",
        [arms("PRT", "delivered", LEOPARD, 3, date="2023-03")],
    ),
    ("L'armée suédoise a donné huit systèmes Archer.",
     [arms("SWE", "delivered", "equipment:archer", 8, instrument=["in-kind"])]),
    (
        "Plusieurs pays ont livré des Leopard 2 : l'Allemagne (18), la Pologne (14) et la Norvège (8).",
        [arms(donor, "delivered", LEOPARD, count) for donor, count in (("DEU", 18), ("POL", 14), ("NOR", 8))],
    ),
    (
        "Trois pays — la Pologne, la Slovaquie et la Macédoine du Nord — ont fourni des MiG-29.",
        [arms("POL SVK MKD", "delivered", MIG29)],
    ),
    (
        "En promettant 31 Abrams en janvier 2023, Washington a levé les réticences de Berlin.",
        [arms("USA", "pledged", ABRAMS, 31, date="2023-01")],
    ),
    (
        "La livraison par la Norvège de six F-16 a commencé en 2024.",
        [arms("NOR", "delivered", F16, 6, date="2024")],
    ),
    (
        "Des instructeurs français ont formé 2 300 soldats ukrainiens en Pologne.",
        [arms("FRA", "delivered", "soldats ukrainiens", 2300, instrument=["training"])],
    ),
    (
        "Le Premier ministre britannique Keir Starmer a annoncé un prêt de 1,6 milliard de livres.",
        [aid("GBR", "pledged", instrument=["loan"], amount="1600000000 GBP")],
    ),
    (
        "La Biélorussie a transféré à la Russie 65 000 tonnes de munitions.",
        [arms("BLR", "delivered", "tonnes de munitions", 65000, recipient=["state:RUS"])],
    ),
    (
        "La Corée du Sud a fourni 1 000 générateurs et des ambulances, mais pas d'armes létales.",
        [aid("KOR", "delivered", item="générateurs", quantity=1000), aid("KOR", "delivered", item="ambulances")],
    ),
    (
        "En 2022, la Lettonie a consacré 1,1 % de son PIB à l'aide à l'Ukraine, la Pologne 0,7 %.",
        [share("LVA", share=1.1, date="2022"), share("POL", share=0.7, date="2022")],
    ),
    (
        "L'Allemagne est le deuxième fournisseur d'armes de l'Ukraine, derrière les États-Unis.",
        [share("DEU", category="military", rank=2, behind=["state:USA"])],
    ),
    (
        "Pour la première fois, l'aide européenne a dépassé celle des États-Unis.",
        [ranking("org:europe", "state:USA", first_time=True)],
    ),
    (
        "La Suède, qui avait promis 10 Leopard 2, les a livrés à l'automne 2023.",
        [arms("SWE", "pledged", LEOPARD, 10), arms("SWE", "delivered", LEOPARD, 10, date="2023-09/2023-11")],
    ),
    (
        "Sur les 18 F-16 promis par Oslo, six avaient été livrés fin 2024.",
        [arms("NOR", "pledged", F16, 18), arms("NOR", "delivered", F16, 6, date="2024")],
    ),
    (
        "Le Canada forme des soldats ukrainiens depuis 2015 : plus de 45 000 à ce jour.",
        [
            arms(
                "CAN",
                "delivered",
                "soldats ukrainiens",
                45000,
                instrument=["training"],
                date="2015/..",
                approx="more-than",
            )
        ],
    ),
    (
        "La Roumanie a fait don d'un système Patriot en 2024.",
        [arms("ROU", "delivered", "equipment:mim-104-patriot", 1, instrument=["in-kind"], date="2024")],
    ),
    (
        "La Banque mondiale a versé 500 millions de dollars, garantis par la Norvège.",
        [
            aid("org:world-bank", "delivered", amount="500000000 USD"),
            aid("NOR", instrument=["guarantee"], amount="500000000 USD"),
        ],
    ),
    (
        "Les promesses d'aide s'élèvent à 64 milliards d'euros pour les États-Unis et 17 milliards pour l'Allemagne.",
        [
            aid("USA", "pledged", amount="64000000000 EUR"),
            aid("DEU", "pledged", amount="17000000000 EUR"),
        ],
    ),
    (
        "Le Danemark a livré dix obusiers en 2023 ; la Lettonie a cédé, la même année, six M109.",
        [
            arms("DNK", "delivered", "obusiers", 10, date="2023"),
            arms("LVA", "delivered", "equipment:m109", 6, date="2023"),
        ],
    ),
    (
        "45 % des armes livrées à l'Ukraine provenaient des États-Unis, 12 % de l'Allemagne.",
        [share("USA", category="military", share=45), share("DEU", category="military", share=12)],
    ),
    (
        "Le Royaume-Uni a versé deux fois plus d'aide que la France.",
        [ranking("state:GBR", "state:FRA")],
    ),
    (
        "Avec 5,9 milliards d'euros d'aide, les Pays-Bas sont le sixième contributeur, devant la Suède.",
        [
            aid("NLD", amount="5900000000 EUR"),
            share("NLD", rank=6),
            ranking("state:NLD", "state:SWE"),
        ],
    ),
    (
        "L'Allemagne a livré 18 chars Leopard 2 à l'Ukraine et 23 000 grenades à main à Kiev en mars 2023.",
        [
            arms("DEU", "delivered", LEOPARD, 18, date="2023-03"),
            arms("DEU", "delivered", "grenades à main", 23000, date="2023-03"),
        ],
    ),
]  # fmt: skip

ENGLISH: list[tuple[str, list[Slots]]] = [
    ("In all, 155 Caesar howitzers were supplied by France.", [arms("FRA", "delivered", CAESAR, 155)]),
    (
        "Canada sent eight Leopard 2 tanks, Norway eight and Portugal three.",
        [arms(donor, "delivered", LEOPARD, count) for donor, count in (("CAN", 8), ("NOR", 8), ("PRT", 3))],
    ),
    (
        "Spain promised ten Leopard 2 tanks, six of which were delivered in April 2023.",
        [arms("ESP", "pledged", LEOPARD, 10), arms("ESP", "delivered", LEOPARD, 6, date="2023-04")],
    ),
    (
        "Italy has reportedly supplied two SAMP/T batteries, according to Reuters.",
        [arms("ITA", "delivered", "equipment:samp-t", 2, attributed_to="org:reuters", hedged=True)],
    ),
    (
        "Kyiv got $1.1 billion from the IMF and €3 billion from the EU in January 2025.",
        [aid("org:imf", "delivered", amount="1100000000 USD"),
         aid("org:eu", "delivered", amount="3000000000 EUR", date="2025-01")],
    ),
    (
        "A €500 million package announced by Paris in October 2023 includes 40 Caesar howitzers and 3,000 shells.",
        [
            aid("FRA", "pledged", amount="500000000 EUR", date="2023-10"),
            arms("FRA", "pledged", CAESAR, 40, date="2023-10", part_of_amount="500000000 EUR"),
            arms("FRA", "pledged", "shells", 3000, date="2023-10", part_of_amount="500000000 EUR"),
        ],
    ),
    (
        "Norway paid for the repair of eight M109 howitzers and the purchase of 50 Leopard 2 tanks.",
        [
            arms("NOR", "financed", "equipment:m109", 8, instrument=["repair"]),
            arms("NOR", "financed", LEOPARD, 50, instrument=["purchase"]),
        ],
    ),
    (
        "US military aid reached €64.6 billion between 2022 and 2024, compared with €12.6 billion from Germany.",
        [
            aid("USA", category="military", amount="64600000000 EUR", date="2022/2024"),
            aid("DEU", category="military", amount="12600000000 EUR", date="2022/2024"),
        ],
    ),
    (
        "Canada is contributing C$5 billion to the G7's $50 billion loan.",
        [aid("CAN", "delivered", amount="5000000000 CAD", part_of_amount="50000000000 USD")],
    ),
    ("Taiwan, which has no embassy there, donated $20 million for refugees.",
     [aid("TWN", "delivered", instrument=["grant"], amount="20000000 USD")]),
    (
        "Twelve MiG-29s pledged by Slovakia arrived in Ukraine in April 2023.",
        [arms("SVK", "delivered", MIG29, 12, date="2023-04")],
    ),
    (
        "Among the donors are Norway (€7.4bn), Sweden (€5.1bn) and Finland (€2.9bn).",
        [aid("NOR", amount="7400000000 EUR"), aid("SWE", amount="5100000000 EUR"), aid("FIN", amount="2900000000 EUR")],
    ),
    (
        "German Defence Minister Boris Pistorius announced €650 million worth of military equipment.",
        [arms("DEU", "pledged", "military equipment", amount="650000000 EUR")],
    ),
    (
        "North Korea has sent Russia more than 100 ballistic missiles since 2023.",
        [arms("PRK", "delivered", "ballistic missiles", 100, date="2023/..", approx="more-than",
              recipient=["state:RUS"])],
    ),
    (
        "Estonia spends 2.2% of its GDP on aid to Ukraine, ahead of Denmark (2.1%) and Lithuania (1.8%).",
        [share("EST", share=2.2), share("DNK", share=2.1, behind=["state:EST"]),
         share("LTU", share=1.8, behind=["state:EST"])],
    ),
    (
        "With 1.7% of its GDP, Estonia tops the list of donors, ahead of Denmark.",
        [share("EST", share=1.7), ranking("state:EST", "state:DNK")],
    ),
    (
        "Germany now outstrips Britain and France in military aid.",
        [ranking("state:DEU", other, category="military") for other in ("state:GBR", "state:FRA")],
    ),
    (
        "Poland promised 14 Leopard 2 tanks. They were delivered in February 2023.",
        [arms("POL", "pledged", LEOPARD, 14), arms("POL", "delivered", LEOPARD, 14, date="2023-02")],
    ),
    (
        "Since February 2022 France is said to have delivered €2.6 billion worth of weapons.",
        [arms("FRA", "delivered", "weapons", amount="2600000000 EUR", date="2022-02/..", hedged=True)],
    ),
    (
        "The $20 billion loan that Washington approved in May 2024 has been paid out.",
        [aid("USA", "committed", instrument=["loan"], amount="20000000000 USD", date="2024-05")],
    ),
    (
        "The Netherlands bought 100 air-defence systems for Ukraine.",
        [arms("NLD", "financed", "air-defence systems", 100, instrument=["purchase"])],
    ),
    (
        "Poland has supplied more tanks than Germany.",
        [ranking("state:POL", "state:DEU", category="military")],
    ),
]  # fmt: skip

NO_GIFT = [
    ("fr", "La Finlande a refusé de livrer ses chars Leopard 2."),
    ("fr", "La France n'a livré aucun char Leclerc à l'Ukraine."),
    ("fr", "L'Ukraine a demandé 300 chars à ses alliés."),
    ("fr", "L'Allemagne hésite à livrer des missiles Taurus."),
    ("fr", "Le Pakistan a démenti avoir livré des armes à l'Ukraine."),
    ("fr", "L'Égypte a renoncé à livrer 40 000 roquettes à la Russie."),
    ("fr", "Les livraisons d'armes à l'Ukraine"),
    ("fr", "La Grèce consacre 3 % de son PIB à la défense."),
    ("fr", "Selon un sondage, 58 % des Français approuvent l'envoi d'armes à l'Ukraine."),
    ("fr", "Le parlement a débattu de la réparation des Leopard 2 de l'armée ukrainienne."),
    ("en", "The US State Department approved the sale of 825 missiles to Ukraine."),
    ("en", "Neither Hungary nor Austria has delivered weapons."),
    ("en", "Finland refused to deliver its Leopard 2 tanks."),
    ("en", "France has not sent any Leclerc tanks to Ukraine."),
    ("en", "Ukraine has asked its allies for 300 tanks."),
    ("en", "Pakistan has denied supplying weapons to Ukraine."),
    ("en", "If Germany delivered Taurus missiles, Russia would retaliate."),
    ("en", "Poland ordered 250 Abrams tanks for its own army."),
    ("en", "Map of military aid deliveries"),
]


@pytest.mark.parametrize(("text", "expected"), FRENCH, ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_french_sentences_about_aid(text: str, expected: list[Slots]) -> None:
    check(text, "fr", expected)


@pytest.mark.parametrize(("text", "expected"), ENGLISH, ids=lambda value: value[:40] if isinstance(value, str) else "")
def test_english_sentences_about_aid(text: str, expected: list[Slots]) -> None:
    check(text, "en", expected)


@pytest.mark.parametrize(("lang", "text"), NO_GIFT)
def test_what_is_refused_denied_asked_for_or_only_a_heading_is_no_gift(lang: str, text: str) -> None:
    assert mapped(text, lang) == []


def test_a_donor_that_announces_its_own_aid_is_not_its_source_but_one_may_be_cited_for_it() -> None:
    (announced,) = mapped("L'Allemagne a livré 18 chars Leopard 2, a annoncé Berlin.", "fr")
    (cited,) = mapped("Selon Berlin, l'Allemagne a livré 18 chars Leopard 2.", "fr")
    assert "attributed_to" not in announced
    assert cited["attributed_to"] == "state:DEU"


def test_each_finding_rests_on_its_figure_and_its_donor() -> None:
    text = "L'Italie a versé 200 millions d'euros en 2022."
    (assertion,) = MAPPER.map(text, "fr")
    assert assertion.evidence is not None
    cited = {text[span.start : span.end] for span in assertion.evidence.spans}
    assert {"Italie", "200 millions d'euros"} <= cited
    assert assertion.evidence.rule == "aid/given"
