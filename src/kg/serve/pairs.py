"""Names with values as forms and addresses have them (``application/x-www-form-urlencoded``), megabytes of them too."""

from __future__ import annotations

import binascii
import re
from urllib.parse import unquote_to_bytes

_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_pairs(encoded: bytes, *, most: int) -> list[tuple[str, str]]:
    """The pairs in their order, those without a value too.

    Raises `UnicodeDecodeError` for what is not UTF-8, another `ValueError` for more than ``most`` pairs.

    >>> read_pairs(b"query=ASK+%7B%7D&format=", most=1000)
    [('query', 'ASK {}'), ('format', '')]
    """
    encoded.decode("ascii")
    fields = encoded.split(b"&")
    if len(fields) > most:
        raise ValueError(f"more than {most} fields")
    pairs = (field.partition(b"=")[::2] for field in fields if field)
    return [(_decoded(name), _decoded(value)) for name, value in pairs]


def _decoded(encoded: bytes) -> str:
    spaced = encoded.replace(b"+", b" ")
    if _BROKEN.search(spaced):
        return unquote_to_bytes(spaced).decode()
    # The coding of percent signs is that of quoted-printable text with another sign, decoded in C: ten times as
    # quickly, and a bound join has a hundred thousand of them.
    return binascii.a2b_qp(spaced.replace(b"=", b"=3D").replace(b"%", b"=")).decode()
