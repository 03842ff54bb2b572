"""Figures, ages and readings in words."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model import quality as q
from hmi.model.plant import Span, Tag, TagType
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from ui.widgets.figures import age_text, digits_of, number, shown, span_text, time_text, told, value_text

NOW = 1_790_000_000_000_000_000
OVEN = Tag("z", Text("Zone", "구역"), "plc", "", unit="°C", range=Span(0, 300), digits=1)


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (None, None, "–"), (math.nan, 2, "–"), (math.inf, 0, "–"), (842, 0, "842"), (4402, 0, "4,402"),
        (221.44, 1, "221.4"), (-3.5, 1, "−3.5"), (-0.01, 1, "0.0"), (1e308, 2, "1.000e308"), (-2.5e12, 0, "−2.500e12"),
        (0.184, None, "0.184"), (12.3456, None, "12.35"), (123.456, None, "123.5"), (1234.5, None, "1,234"),
        (0.00001234, None, "1.234e−5"), (0.0, None, "0.000"), (2**53, 0, "9.007e15"),
    ],
)  # fmt: skip
def test_numbers_show_their_meaningful_digits(value, digits, expected):
    assert number(value, digits) == expected


@given(st.floats(allow_nan=True, allow_infinity=True), st.one_of(st.none(), st.integers(0, 6)))
def test_every_number_has_a_short_form_without_minus_zero(value, digits):
    text = number(value, digits)
    assert len(text) <= 22
    assert not (text.startswith("−") and set(text) <= set("−0.,"))


def test_digits_follow_the_plant_file_then_the_range():
    assert digits_of(OVEN) == 1
    assert digits_of(Tag("a", OVEN.name, "c", "", range=Span(0, 1))) == 3
    assert digits_of(Tag("a", OVEN.name, "c", "", range=Span(0, 1000))) == 0
    assert digits_of(Tag("a", OVEN.name, "c", "", type=TagType.UINT32)) == 0
    assert digits_of(Tag("a", OVEN.name, "c", "")) is None
    assert digits_of(Tag("a", OVEN.name, "c", "", range=Span(5, 5))) is None


def test_values_of_an_enumeration_and_booleans_are_words_in_both_languages():
    tag = Tag("s", OVEN.name, "c", "", type=TagType.UINT32, words={"6": Text("Running", "가동")})
    assert value_text(6, tag, Lang.EN) == "Running"
    assert value_text(6, tag, Lang.KO) == "가동"
    assert value_text(7, tag, Lang.KO) == "7"
    assert value_text(True, None, Lang.KO) == "켜짐"
    assert value_text("x" * 1_000_000, None, Lang.EN).endswith("…")


@pytest.mark.parametrize(
    ("seconds", "en", "ko"),
    [(None, "never", "없음"), (0.4, "0 s", "0초"), (59.9, "59 s", "59초"), (60, "1 min", "1분"), (7300, "2 h", "2시간"),
     (200_000, "2 d", "2일"), (-0.3, "0 s", "0초"), (-90, "1 min ahead", "1분 빠름")],
)  # fmt: skip
def test_ages_in_both_languages(seconds, en, ko):
    assert age_text(seconds) == Text(en, ko)


def test_spans_and_times():
    assert span_text(245) == "4:05"
    assert span_text(3845) == "1:04:05"
    assert time_text(0) == "–"
    assert len(time_text(NOW, milliseconds=True)) == 12


def test_a_good_reading_has_pointer_and_unit_and_no_age():
    seen = shown(Reading(218.44, q.GOOD, NOW - 60_000_000_000), OVEN, Lang.EN, NOW)
    assert (seen.figure, seen.unit, seen.number, seen.age, seen.struck, seen.mark) == (
        "218.4",
        "°C",
        218.44,
        "",
        False,
        "",
    )


def test_a_stale_reading_keeps_value_and_pointer_but_says_its_age():
    seen = shown(Reading(218.44, q.STALE_LINK_SILENT, NOW - 12_000_000_000), OVEN, Lang.KO, NOW)
    assert (seen.figure, seen.mark, seen.age) == ("218.4", "?", "12초")
    assert seen.number is not None
    assert "컨트롤러" in seen.why


def test_a_bad_reading_is_bracketed_struck_and_without_pointer():
    seen = shown(Reading(218.44, 0x808C0000, NOW), OVEN, Lang.EN, NOW)
    assert (seen.figure, seen.number, seen.struck) == ("[ 218.4 ]", None, True)
    never = shown(Reading(None, q.BAD_WAITING_FOR_INITIAL_DATA, 0), OVEN, Lang.EN, NOW)
    assert (never.figure, never.struck, never.age) == ("[ – ]", False, "")


@given(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=200)),
    st.sampled_from([0, 0x40900000, 0x80310000, q.STALE_LINK_SILENT, q.BAD_NOT_A_NUMBER, 0x80FF0000]),
    st.integers(0, NOW),
    st.sampled_from(list(Lang)),
)
def test_whatever_a_tag_says_can_be_shown(value, status, source_ns, lang):
    reading = Reading(value, status, source_ns)
    seen = shown(reading, OVEN, lang, NOW)
    assert len(seen.figure) < 70
    assert (seen.number is None) or (math.isfinite(seen.number) and seen.quality is not Quality.BAD)
    assert OVEN.name.of(lang) in told(OVEN, seen, reading, lang, None)
