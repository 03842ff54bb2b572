"""Counters that wrap, restart, jump and are set back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.plant import TagType
from hmi.plant.production import MINUTE, Counter, MinuteBook, Step, plausible_units, units_between
from hmi.plant.states import SECOND

_TOP = {
    TagType.BYTE: 2**8, TagType.UINT16: 2**16, TagType.UINT32: 2**32, TagType.UINT64: 2**64,
    TagType.SBYTE: 2**7, TagType.INT16: 2**15, TagType.INT32: 2**31, TagType.INT64: 2**63,
}  # fmt: skip


@pytest.mark.parametrize(
    ("last", "now", "kind", "expected"),
    [
        (10, 12, TagType.UINT32, (2, Step.COUNTED)),
        (10, 10, TagType.UINT32, (0, Step.COUNTED)),
        (2**32 - 2, 3, TagType.UINT32, (5, Step.WRAPPED)),
        (65534, 1, TagType.UINT16, (3, Step.WRAPPED)),
        (32767, -32768, TagType.INT16, (1, Step.WRAPPED)),
        (32767, 0, TagType.INT16, (1, Step.WRAPPED)),
        (1234, 0, TagType.UINT32, (0, Step.RESTARTED)),
        (1234, 4, TagType.UINT32, (4, Step.RESTARTED)),
        (1234, 4, TagType.DOUBLE, (4, Step.RESTARTED)),
        (1234, 1200, TagType.UINT32, (0, Step.SET_BACK)),
        (10, 1_000_000, TagType.UINT32, (0, Step.JUMPED)),
        (10, -5, TagType.INT32, (0, Step.SET_BACK)),
    ],
)
def test_from_one_reading_to_the_next(last: int, now: int, kind: TagType, expected: tuple[int, Step]) -> None:
    assert units_between(last, now, kind, 50) == expected


@given(st.integers(-(2**63), 2**64), st.integers(-(2**63), 2**64), st.sampled_from(list(TagType)), st.integers(0, 1000))
def test_never_negative_and_never_implausible(last: int, now: int, kind: TagType, most: int) -> None:
    units, _ = units_between(last, now, kind, most)
    assert 0 <= units <= most


@given(st.sampled_from(sorted(_TOP)), st.lists(st.integers(0, 5), min_size=1, max_size=60), st.integers(0, 100))
def test_a_counter_that_wraps_loses_nothing(kind: TagType, steps: list[int], below: int) -> None:
    top = _TOP[kind]
    value = top - 1 - min(below, top // 5)
    counter = Counter(kind, 4.0)
    counter.take(value, 0)
    counted = 0
    for i, step in enumerate(steps, start=1):
        value = (value + step) % top
        counted += counter.take(value, i * SECOND)[0]
    assert counted == sum(steps)


@given(st.lists(st.one_of(st.integers(0, 4), st.just(-1)), max_size=60))
def test_restarts_of_the_controller_count_from_zero(steps: list[int]) -> None:
    counter, value, counted = Counter(TagType.UINT32, 4.0), 500, 0
    counter.take(value, 0)
    for i, step in enumerate(steps, start=1):
        value = 0 if step < 0 else value + step
        counted += counter.take(value, i * SECOND)[0]
    assert counted == sum(s for s in steps if s > 0)


def test_what_was_made_during_a_lost_link_is_counted_after_it() -> None:
    counter = Counter(TagType.UINT32, 4.0)
    assert counter.take(100, 0) == (0, Step.FIRST)
    assert counter.take(1000, 3600 * SECOND) == (900, Step.COUNTED)
    assert counter.take(5000, 3601 * SECOND) == (0, Step.JUMPED)
    assert counter.take(5001, 3605 * SECOND) == (1, Step.COUNTED)


def test_the_plausible_number_grows_with_time_and_never_falls() -> None:
    assert plausible_units(-5, 4.0) == plausible_units(0, 4.0) > 0
    assert plausible_units(3600 * SECOND, 4.0) > 3600 / 4.0
    assert plausible_units(SECOND, None) > plausible_units(SECOND, 4.0)


def test_units_go_to_the_minute_of_their_reading() -> None:
    book = MinuteBook()
    assert not book
    book.add("s", 3 * MINUTE + 1, 2, 0)
    book.add("s", 4 * MINUTE - 1, 1, 1)
    book.add("s", 4 * MINUTE, 5, 0)
    assert [(m.minute_ns, m.good, m.reject) for m in book.take()] == [(3 * MINUTE, 3, 1), (4 * MINUTE, 5, 0)]
    assert book.take() == []
