"""Columns of numbers come back bit by bit, whatever they are, whole or in stretches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.store.column_times import put_times, take_times
from hmi.store.column_values import put_values, take_values
from hmi.store.columns import BrokenPackError, ColumnReader, ColumnWriter

U64 = st.integers(0, 2**64 - 1)
BASE = 1_790_000_000_000_000_000
DOUBLES = st.floats(width=64) | st.sampled_from([0.0, -0.0, np.inf, -np.inf, np.nan, 1e308, 5e-324, 23.4, 1e16, -7.0])
SENSOR = st.integers(-10_000, 10_000).map(lambda n: n / 10)
SINGLE = st.integers(-10_000, 10_000).map(lambda n: float(np.float32(n / 10)))
COUNTER = st.integers(0, 2**53 - 1).map(float)
GROUP = st.sampled_from([DOUBLES, SENSOR, SINGLE, COUNTER]).flatmap(lambda s: st.lists(s, min_size=1, max_size=40))


def starts_of(groups):
    sizes = np.array([len(g) for g in groups], np.intp)
    return np.cumsum(sizes) - sizes


@settings(deadline=None)
@given(st.lists(U64, max_size=200))
def test_unsigned_numbers_come_back(numbers):
    a = np.array(numbers, np.uint64)
    out = ColumnWriter()
    out.put_uints(a)
    assert np.array_equal(ColumnReader(out.done()).take_uints(size=len(a)), a)


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=200))
def test_signed_numbers_come_back(numbers):
    a = np.array(numbers, np.int64)
    out = ColumnWriter()
    out.put_ints(a)
    assert np.array_equal(ColumnReader(out.done()).take_ints(size=len(a)), a)


@settings(max_examples=300, deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=6), st.data())
def test_values_come_back_bit_by_bit(groups, data):
    starts, values = starts_of(groups), np.array([v for g in groups for v in g])
    out = ColumnWriter()
    put_values(out, starts, values)
    pack = out.done()
    lo = data.draw(st.integers(0, len(groups) - 1))
    hi = data.draw(st.integers(lo + 1, len(groups)))
    for begin, end in ((0, len(groups)), (lo, hi)):
        back = take_values(ColumnReader(pack), starts, len(values), begin, end)
        want = np.array([v for g in groups[begin:end] for v in g])
        want[np.isnan(want)] = np.nan  # the payload of a NaN is not kept
        assert np.array_equal(back.view(np.int64), want.view(np.int64))


STEPS = st.sampled_from([1, 100, 1_000_000, 25_000_000, 1_000_000_000, 60_000_000_000])
TIMES = st.tuples(STEPS, st.lists(st.integers(0, 5_000), min_size=1, max_size=40)).map(
    lambda p: sorted(BASE + p[0] * n for n in p[1])
)


@settings(deadline=None)
@given(st.lists(TIMES, min_size=1, max_size=6), st.data())
def test_times_come_back(groups, data):
    starts, times = starts_of(groups), np.array([t for g in groups for t in g], np.int64)
    out = ColumnWriter()
    put_times(out, starts, times)
    pack = out.done()
    lo = data.draw(st.integers(0, len(groups) - 1))
    hi = data.draw(st.integers(lo + 1, len(groups)))
    for begin, end in ((0, len(groups)), (lo, hi)):
        back = take_times(ColumnReader(pack), starts, len(times), begin, end)
        assert back.tolist() == [t for g in groups[begin:end] for t in g]


def test_a_regular_sensor_of_a_tenth_takes_less_than_a_byte_and_a_half():
    rng = np.random.default_rng(4)
    values = np.round(50 + np.cumsum(rng.normal(0, 0.1, 3600)) + rng.normal(0, 0.2, 3600), 1)
    times = BASE + np.arange(3600) * 1_000_000_000
    out, start = ColumnWriter(), np.zeros(1, np.intp)
    put_times(out, start, times)
    put_values(out, start, values)
    assert len(out.done()) / 3600 < 1.5
    as_float = ColumnWriter()  # what an OPC UA Float looks like as a double
    put_times(as_float, start, times)
    put_values(as_float, start, values.astype(np.float32).astype(np.float64))
    assert len(as_float.done()) / 3600 < 1.5


@settings(deadline=None)
@given(st.data())
def test_a_cut_or_changed_pack_is_refused(data):
    out = ColumnWriter()
    out.put_ints(np.arange(500, dtype=np.int64) ** 2)
    out.put_bytes(b"abc" * 40)
    pack = bytearray(out.done())
    if data.draw(st.booleans()):
        pack = pack[: data.draw(st.integers(0, len(pack) - 1))]
    else:
        pack[data.draw(st.integers(0, len(pack) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(BrokenPackError):
        ColumnReader(bytes(pack))
