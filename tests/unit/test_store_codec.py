"""The byte forms of the history: tails, sample packs and tier packs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.store.columns import BrokenPackError
from hmi.store.history_codec import (
    Samples,
    Tiers,
    pack_samples,
    pack_tail,
    pack_tiers,
    unpack_samples,
    unpack_tail,
    unpack_tiers,
)
from hmi.store.history_tables import MINUTE_NS
from hmi.store.history_tiers import tiers_of

BASE = 1_790_000_000_000_000_000
SAMPLE = st.tuples(
    st.integers(1, 5),
    st.integers(0, 10**12).map(lambda n: BASE + n * 100),
    st.floats() | st.integers(-500, 500).map(lambda n: n / 10),
    st.sampled_from([0, 0, 0, 0x40900000, 0x80310000, 0x80A50001]),
)
MANY = st.lists(SAMPLE, min_size=1, max_size=80)


def samples_of(rows):
    key, time_ns, value, status = zip(*rows, strict=True)
    return Samples(np.array(key, np.int32), np.array(time_ns, np.int64), np.array(value, float), np.array(status, "u4"))


def same(a, b):
    value_a, value_b = a.value.copy(), b.value.copy()
    for value in (value_a, value_b):
        value[np.isnan(value)] = np.nan
    return (
        np.array_equal(a.key, b.key) and np.array_equal(a.time_ns, b.time_ns)
        and np.array_equal(value_a.view("i8"), value_b.view("i8")) and np.array_equal(a.status, b.status)
    )  # fmt: skip


@settings(deadline=None)
@given(MANY)
def test_a_tail_comes_back_in_its_order(rows):
    samples = samples_of(rows)
    assert same(unpack_tail(pack_tail(samples)), samples)


@settings(deadline=None)
@given(MANY)
def test_a_pack_comes_back_whole_and_tag_by_tag(rows):
    ordered = samples_of(rows).ordered()
    pack = pack_samples(ordered)
    assert same(unpack_samples(pack), ordered)
    for key in range(7):
        assert same(unpack_samples(pack, key), ordered.take(ordered.key == key))


@settings(deadline=None)
@given(st.lists(SAMPLE, min_size=1, max_size=80, unique_by=lambda row: row[:2]))
def test_order_is_by_tag_and_time_and_replayed_samples_are_dropped(rows):
    once, twice = samples_of(rows).ordered(), samples_of(rows + rows).ordered()
    place = list(zip(once.key.tolist(), once.time_ns.tolist(), strict=True))
    assert place == sorted(place)
    assert len(once) == len(rows) and same(once, twice)


def test_two_values_of_one_instant_keep_the_order_in_which_they_came():
    samples = samples_of([(1, BASE, 5.0, 0), (1, BASE, 4.0, 0), (1, BASE, 4.0, 0x80310000)]).ordered()
    assert samples.value.tolist() == [5.0, 4.0, 4.0]


@settings(deadline=None)
@given(MANY)
def test_buckets_come_back_with_their_values_exact_and_their_times_near(rows):
    tiers = tiers_of(samples_of(rows).ordered(), MINUTE_NS)
    back = unpack_tiers(pack_tiers(tiers, MINUTE_NS), MINUTE_NS)
    for name in ("key", "bucket_ns", "count", "quality"):
        assert np.array_equal(getattr(back, name), getattr(tiers, name))
    for name in ("low", "high", "first", "last"):
        assert np.array_equal(getattr(back, name), getattr(tiers, name), equal_nan=True)
    for name, parts in (("first_ns", 65_536), ("last_ns", 65_536), ("low_ns", 200), ("high_ns", 200)):
        assert (np.abs(getattr(back, name) - getattr(tiers, name)) <= MINUTE_NS // parts + 65_536).all()
    assert (back.first_ns <= back.low_ns).all() and (back.low_ns <= back.last_ns).all()
    one = unpack_tiers(pack_tiers(tiers, MINUTE_NS), MINUTE_NS, int(tiers.key[0]))
    assert len(one) == int((tiers.key == tiers.key[0]).sum())


def test_damage_is_named():
    samples = samples_of([(1, BASE + n, n / 10, 0) for n in range(500)])
    for pack, unpack in ((pack_tail(samples), unpack_tail), (pack_samples(samples), unpack_samples)):
        for broken in (b"", pack[:10], pack[:-1], b"\0" * len(pack)):
            with pytest.raises(BrokenPackError):
                unpack(broken)
    assert len(Tiers.none()) == len(unpack_samples(pack_samples(samples), 9)) == 0
