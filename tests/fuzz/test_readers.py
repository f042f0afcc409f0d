"""The readers of what clients send: whatever comes, they tell it apart, choose what there is, and never fail."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kg.ground.tokens import tokens, unescape
from kg.serve.codings import CODINGS, IDENTITY, choose_coding
from kg.serve.formats import GRAPH_FORMATS, RESULT_FORMATS, Format
from kg.serve.negotiation import HTML, choose, media_ranges

SIGNS = "SERVICEservice<>'\"#\\u0045U ?$@:_.{}()[]|^&%=,;-+0159eE/*\n\r\t\0é\U0001f600"
any_text = st.text(max_size=200) | st.text(alphabet=SIGNS, max_size=120)


@settings(max_examples=500, deadline=None)
@given(any_text)
def test_tokens_cover_the_text_but_for_space_and_comments(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.text
        assert text[token.start : token.end] == token.text
        assert is_passed_over(text[end : token.start])
        assert token.kind in {"string", "iri", "variable", "language", "blank", "name", "number", "word", "sign"}
        end = token.end
    assert is_passed_over(text[end:])


def is_passed_over(text: str) -> bool:
    """Whether a text holds only white space and comments, each of which goes on to a line feed or a carriage return."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in re.split("[\n\r]", text))


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_unescaping_never_fails(text: str) -> None:
    assert len(unescape(text)) <= len(text)


UNITS = ["a.", "<", "'''a", '"', "ex:.", "ex:a\\.", "\\u0045", "#", "?", "@a", "{|", "<<(", "%4", "_:.", "1.e", "'\\'"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.sampled_from(UNITS), min_size=1, max_size=4).map("".join))
def test_tokens_take_time_in_proportion(unit: str) -> None:
    """Eight times the text takes about eight times as long; quadratic time would be 64."""
    short = unit * (20_000 // len(unit))
    once, eight = seconds(short), seconds(short * 8)
    assert eight < 24 * once + 0.05, (unit, once, eight)


def seconds(text: str) -> float:
    """The processor time to tell a text apart, at best of three."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        for _token in tokens(text):
            pass
        best = min(best, time.process_time() - started)
    return best


RANGES = [fmt.media_type for fmt in (*RESULT_FORMATS, *GRAPH_FORMATS, HTML)] + ["*/*", "text/*", "*", "a/b", "/", ""]
QUALITIES = [
    "",
    ";q=0",
    "; q=0.0",
    ";Q=0",
    ";q=0.5",
    ";q=1",
    ";q=2",
    ";q=-1",
    ";q=nan",
    ";q=x",
    ";q",
    ";a=b;q=0.1",
    ";",
]
entry = st.builds("{}{}".format, st.sampled_from(RANGES) | st.text(max_size=10), st.sampled_from(QUALITIES))
accept = st.lists(entry, max_size=5).map(",".join) | st.text(max_size=60)
offers = st.sampled_from([RESULT_FORMATS, GRAPH_FORMATS, (*RESULT_FORMATS, HTML), (HTML,)])


@settings(max_examples=600, deadline=None)
@given(accept, offers)
def test_the_chosen_format_is_offered_and_wanted(header: str, offered: tuple[Format, ...]) -> None:
    chosen = choose(header, offered)
    ranges = media_ranges(header)
    assert all(0 <= found.quality <= 1 for found in ranges)
    if chosen is None:
        assert ranges
        return
    assert chosen in offered
    names = (chosen.media_type, *chosen.aliases)
    if ranges:
        assert any(found.quality > 0 and any(map(found.fit, names)) for found in ranges)


@settings(max_examples=300, deadline=None)
@given(accept, offers, st.data())
def test_what_is_refused_by_name_is_never_chosen(header: str, offered: tuple[Format, ...], data: st.DataObject) -> None:
    refused = data.draw(st.sampled_from(offered))
    own = [found for found in media_ranges(header) if f"{found.main}/{found.sub}" == refused.media_type]
    assume(all(found.quality == 0 for found in own))  # else the client says two things
    assert choose(",".join(filter(str.strip, [header, f"{refused.media_type};q=0"])), offered) is not refused


coding = st.builds(
    "{}{}".format,
    st.sampled_from([*CODINGS, IDENTITY, "*", "deflate", "x-gzip", ""]) | st.text(max_size=8),
    st.sampled_from(QUALITIES),
)


@settings(max_examples=600, deadline=None)
@given(st.none() | st.lists(coding, max_size=5).map(",".join) | st.text(max_size=60))
def test_the_chosen_coding_is_one_that_is_made(header: str | None) -> None:
    chosen = choose_coding(header)
    assert chosen.coding in {*CODINGS, IDENTITY, None}
    if chosen.coding == IDENTITY:
        assert chosen.plain
    if chosen.coding in CODINGS:
        named = {entry.partition(";")[0].strip() for entry in (header or "").lower().split(",")}
        assert named & {chosen.coding, "*", "x-gzip"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([*CODINGS, IDENTITY]), st.lists(coding, max_size=4))
def test_a_refused_coding_is_never_chosen(refused: str, others: list[str]) -> None:
    assert choose_coding(",".join([f"{refused};q=0", *others])).coding != refused


@pytest.mark.parametrize("quality", ["nan", "inf", "-inf", "1e999", "0x1", "٣"])
def test_odd_numbers_are_within_bounds(quality: str) -> None:
    (found,) = media_ranges(f"text/csv;q={quality}")
    assert 0 <= found.quality <= 1
    assert choose_coding(f"gzip;q={quality}").coding in {"gzip", IDENTITY}
