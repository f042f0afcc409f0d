"""Pairs of a form, read as the standard library reads them, but quickly where they are long."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.serve.pairs import read_pairs

PADDING = b"x" * 5000
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def expected(encoded: bytes) -> list[tuple[str, str]]:
    return parse_qsl(encoded.decode("ascii"), keep_blank_values=True, errors="strict")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_long_values_come_back_as_they_were_sent(pairs: list[tuple[str, str]]) -> None:
    encoded = urlencode([(name, value + PADDING.decode()) for name, value in pairs]).encode()
    assert read_pairs(encoded, most=10) == expected(encoded)


@given(st.text("%=&+aF0_; \n\r", max_size=40), st.sampled_from([b"", PADDING]))
def test_what_is_written_badly_is_read_alike(text: str, padding: bytes) -> None:
    encoded = b"query=" + text.encode() + padding + text.encode()
    try:
        right = expected(encoded)
    except UnicodeDecodeError:
        with pytest.raises(UnicodeDecodeError):
            read_pairs(encoded, most=1000)
    else:
        assert read_pairs(encoded, most=1000) == right


@pytest.mark.parametrize("padding", [b"", PADDING])
@pytest.mark.parametrize("wrong", [b"%FF", b"\xe9"])
def test_what_is_no_utf_8_is_refused(padding: bytes, wrong: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        read_pairs(b"query=" + padding + wrong, most=10)


@pytest.mark.parametrize("padding", [b"", PADDING])
def test_too_many_pairs_are_refused(padding: bytes) -> None:
    assert len(read_pairs(b"a=1&b=" + padding, most=2)) == 2
    with pytest.raises(ValueError, match="fields"):
        read_pairs(b"a=1&b=2&c=" + padding, most=2)
