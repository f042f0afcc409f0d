"""The functions of SPARQL 1.1 and 1.2, and the names by which users of other languages look for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from types import MappingProxyType

_SIGNATURES = """
COUNT(?x) SUM(?x) MIN(?x) MAX(?x) AVG(?x) SAMPLE(?x) GROUP_CONCAT(?x; SEPARATOR=", ")
STR(?x) LANG(?x) LANGMATCHES(LANG(?x), "fr") DATATYPE(?x) BOUND(?x) IRI(?x) URI(?x) BNODE() RAND() ABS(?x) CEIL(?x)
FLOOR(?x) ROUND(?x) CONCAT(?x, ?y) STRLEN(?x) SUBSTR(?x, 1, 3) UCASE(?x) LCASE(?x) ENCODE_FOR_URI(?x)
CONTAINS(?x, "part") STRSTARTS(?x, "start") STRENDS(?x, "end") STRBEFORE(?x, "-") STRAFTER(?x, "-") YEAR(?x) MONTH(?x)
DAY(?x) HOURS(?x) MINUTES(?x) SECONDS(?x) TIMEZONE(?x) TZ(?x) NOW() UUID() STRUUID() MD5(?x) SHA1(?x) SHA256(?x)
SHA384(?x) SHA512(?x) COALESCE(?x, ?y) IF(?condition, ?then, ?else) STRLANG(?x, "fr") STRDT(?x, ?type) SAMETERM(?x, ?y)
ISIRI(?x) ISURI(?x) ISBLANK(?x) ISLITERAL(?x) ISNUMERIC(?x) REGEX(?x, "pattern", "i") REPLACE(?x, "pattern", "new")
TRIPLE(?s, ?p, ?o) SUBJECT(?t) PREDICATE(?t) OBJECT(?t) ISTRIPLE(?t) LANGDIR(?x) STRLANGDIR(?x, "ar", "rtl")
HASLANG(?x) HASLANGDIR(?x)
"""

_CALL = re.compile(r"(\w+)\((?:[^()]|\([^()]*\))*\)")

AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


@cache
def signatures() -> Mapping[str, str]:
    """How each function is called, by its name in capitals.

    >>> signatures()["CONTAINS"]
    'CONTAINS(?x, "part")'
    """
    return MappingProxyType({call[1]: call[0] for call in _CALL.finditer(_SIGNATURES)})


ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "LOWER": "LCASE", "TOLOWER": "LCASE", "UPPER": "UCASE", "TOUPPER": "UCASE", "LENGTH": "STRLEN", "LEN": "STRLEN",
        "SUBSTRING": "SUBSTR", "STARTSWITH": "STRSTARTS", "ENDSWITH": "STRENDS", "AVERAGE": "AVG", "MEAN": "AVG",
        "NVL": "COALESCE", "IFNULL": "COALESCE", "ISNULL": "BOUND", "MATCHES": "REGEX", "LIKE": "CONTAINS",
        "INCLUDES": "CONTAINS", "CEILING": "CEIL", "LANGUAGE": "LANG", "TODAY": "NOW", "CURRENT_DATE": "NOW",
        "HOUR": "HOURS", "MINUTE": "MINUTES", "SECOND": "SECONDS", "STRING_AGG": "GROUP_CONCAT", "STRING": "STR",
        "LISTAGG": "GROUP_CONCAT", "ANY_VALUE": "SAMPLE", "FIRST": "SAMPLE", "CASE": "IF", "IIF": "IF",
    }
)  # fmt: skip
"""What other languages call functions -> the name in SPARQL."""


def meant(name: str) -> str | None:
    """The call of the function that a wrong name seems to mean.

    >>> meant("contain"), meant("lower"), meant("frobnicate")
    ('CONTAINS(?x, "part")', 'LCASE(?x)', None)
    """
    known = signatures()
    wanted = ELSEWHERE.get(name.upper()) or next(iter(get_close_matches(name.upper(), known, 1, 0.75)), None)
    return known.get(wanted) if wanted else None
