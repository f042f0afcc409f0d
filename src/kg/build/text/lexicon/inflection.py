"""Every form that a verb takes in the third person, computed from its infinitive and a short table of models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VerbForm:
    """One written form of a verb; ``tense`` is pres, past, fut, cond, inf, pp or ger (the two participles)."""

    lemma: str
    tense: str


Table = Mapping[str, Mapping[str, str]]
"""Irregular verbs by infinitive: the columns are those of `_french_model` or `_english_irregular`."""


def french_forms(infinitive: str, irregular: Table) -> Iterator[tuple[str, str]]:
    """The pairs (form, tense) of a French verb.

    >>> dict(french_forms("livrer", {}))["livrées"]
    'pp'
    >>> dict(french_forms("promettre", {"mettre": {"pp": "mis", "pres": "met mettent", "imp": "mett", "fut": "mettr",
    ...     "ps": "mit mirent"}}))["promettront"]
    'fut'
    """
    prefix, model = _model(infinitive, irregular)
    table = irregular[model] if model else _french_model(infinitive)
    yield infinitive, "inf"
    for form in table["pres"].split():
        yield prefix + form, "pres"
    for form in table["ps"].split():
        yield prefix + form, "past"
    for ending, tense in (("ait", "past"), ("aient", "past"), ("ant", "ger")):
        yield prefix + table["imp"] + ending, tense
    for ending, tense in (("a", "fut"), ("ont", "fut"), ("ait", "cond"), ("aient", "cond")):
        yield prefix + table["fut"] + ending, tense
    participle = prefix + table["pp"]
    for ending in ("", "e", "s", "es"):
        yield participle if ending == "s" and participle.endswith("s") else participle + ending, "pp"


def _model(infinitive: str, irregular: Table) -> tuple[str, str]:
    """The prefix and the irregular verb that an infinitive is inflected like (``pro`` + ``mettre``)."""
    for start in range(len(infinitive)):
        if infinitive[start:] in irregular:
            return infinitive[:start], infinitive[start:]
    return "", ""


def _french_model(infinitive: str) -> dict[str, str]:
    stem = infinitive[:-2]
    if infinitive.endswith("ir"):
        return {"pp": stem + "i", "pres": f"{stem}it {stem}issent", "imp": stem + "iss", "fut": infinitive,
                "ps": f"{stem}it {stem}irent"}  # fmt: skip
    if infinitive.endswith("re"):
        third = stem if stem.endswith(("d", "t")) else stem + "t"
        return {"pp": stem + "u", "pres": f"{third} {stem}ent", "imp": stem, "fut": infinitive[:-1],
                "ps": f"{stem}it {stem}irent"}  # fmt: skip
    soft = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    mute = _before_mute_e(stem)
    future = mute + "er" if mute != stem and not _has_acute(stem) else infinitive
    return {"pp": stem + "é", "pres": f"{mute}e {mute}ent", "imp": soft, "fut": future,
            "ps": f"{soft}a {stem}èrent"}  # fmt: skip


def _has_acute(stem: str) -> bool:
    return len(stem) > 1 and stem[-2] == "é"


def _before_mute_e(stem: str) -> str:
    """The stem as it stands before a silent ending: céd- → cèd-, lev- → lèv-, appel- → appell-, envoy- → envoi-."""
    if stem.endswith(("oy", "uy", "ay")):
        return stem[:-1] + "i"
    if stem.endswith(("appel", "jet")):
        return stem + stem[-1]
    if len(stem) > 2 and stem[-2] in "eé" and stem[-1] not in "aeiouyéèxr":
        return stem[:-2] + "è" + stem[-1]
    if stem.endswith("ér"):
        return stem[:-2] + "èr"
    return stem


def english_forms(infinitive: str, irregular: Table) -> Iterator[tuple[str, str]]:
    """The pairs (form, tense) of an English verb; a form that is both past and participle is given twice.

    >>> [form for form, tense in english_forms("supply", {}) if tense == "pp"]
    ['supplied']
    """
    yield infinitive, "inf"
    yield _english_third(infinitive), "pres"
    yield infinitive, "pres"
    if infinitive in irregular:
        row = irregular[infinitive]
        yield from ((form, "past") for form in row["past"].split())
        yield from ((form, "pp") for form in row.get("pp", row["past"]).split())
        yield _english_stem(infinitive, irregular) + "ing", "ger"
        return
    stem = _english_stem(infinitive, irregular)
    past = stem + ("d" if stem.endswith("e") else "ed")
    if infinitive.endswith("e"):
        past, stem = infinitive + "d", infinitive if infinitive.endswith(("ee", "ye")) else infinitive[:-1]
    elif infinitive.endswith("y") and infinitive[-2] not in "aeiou":
        past, stem = infinitive[:-1] + "ied", infinitive
    yield past, "past"
    yield past, "pp"
    yield stem + "ing", "ger"


def _english_third(infinitive: str) -> str:
    if infinitive.endswith("y") and infinitive[-2] not in "aeiou":
        return infinitive[:-1] + "ies"
    return infinitive + ("es" if infinitive.endswith(("s", "sh", "ch", "x", "o")) else "s")


def _english_stem(infinitive: str, irregular: Table) -> str:
    doubled = irregular.get("_doubled", {}).get("verbs", "").split()
    if infinitive in doubled:
        return infinitive + infinitive[-1]
    return infinitive[:-1] if infinitive.endswith("e") and not infinitive.endswith("ee") else infinitive
