"""Time buckets against a worked-out reference, and made whole from parts."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model.quality import Quality, quality_of
from hmi.store.history_codec import Samples, Tiers
from hmi.store.history_tables import MINUTE_NS
from hmi.store.history_tiers import merged, qualities, tiers_of

BASE = 1_790_000_040_000_000_000  # the beginning of a minute
STATUS = st.sampled_from([0, 0, 0, 0, 0x480, 0x40900000, 0x80310000, 0x80A50001, 0x80A50002, 0xC0000000])
SAMPLE = st.tuples(
    st.integers(1, 3), st.integers(0, 3_000), st.integers(-50, 50).map(float) | st.just(math.nan), STATUS
)  # fmt: skip


def samples_of(rows):
    key, tenth, value, status = zip(*rows, strict=True)
    times = BASE + np.array(tenth, np.int64) * 100_000_000
    return Samples(np.array(key, np.int32), times, np.array(value, float), np.array(status, "u4"))


def reference(samples):
    """What each bucket must hold, one sample at a time."""
    found = {}
    for key, at, value, status in zip(
        samples.key.tolist(), samples.time_ns.tolist(), samples.value.tolist(), samples.status.tolist(), strict=True
    ):
        quality = quality_of(status)
        shown = value if quality <= Quality.UNCERTAIN else math.nan
        b = found.setdefault((key, at // MINUTE_NS * MINUTE_NS), {"all": [], "q": Quality.GOOD})
        b["all"].append((at, shown))
        b["q"] = max(b["q"], quality)
    return found


@settings(deadline=None)
@given(st.lists(STATUS, min_size=1, max_size=30))
def test_qualities_follow_the_one_rule(codes):
    assert qualities(np.array(codes, np.uint32)).tolist() == [int(quality_of(c)) for c in codes]


@settings(deadline=None)
@given(st.lists(SAMPLE, min_size=1, max_size=80))
def test_buckets_hold_what_their_samples_say(rows):
    samples = samples_of(rows).ordered()
    tiers, want = tiers_of(samples, MINUTE_NS), reference(samples)
    assert list(zip(tiers.key.tolist(), tiers.bucket_ns.tolist(), strict=True)) == sorted(want)
    for n, place in enumerate(sorted(want)):
        inside = want[place]["all"]
        seen = [v for _, v in inside if not math.isnan(v)]
        assert tiers.count[n] == len(inside) and tiers.quality[n] == want[place]["q"]
        assert tiers.first_ns[n] == inside[0][0] and tiers.last_ns[n] == inside[-1][0]
        assert np.array_equal([tiers.first[n], tiers.last[n]], [inside[0][1], inside[-1][1]], equal_nan=True)
        if seen:
            assert (tiers.low[n], tiers.high[n]) == (min(seen), max(seen))
            assert (tiers.low_ns[n], tiers.low[n]) in inside and (tiers.high_ns[n], tiers.high[n]) in inside
        else:
            assert math.isnan(tiers.low[n]) and math.isnan(tiers.high[n])


@settings(deadline=None)
@given(st.lists(SAMPLE, min_size=1, max_size=80), st.data())
def test_parts_of_buckets_make_the_whole_whatever_came_late(rows, data):
    whole = samples_of(rows).ordered()
    part = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(whole), max_size=len(whole))))
    parts = [tiers_of(whole.take(part == n), MINUTE_NS) for n in range(3)]
    again, want = merged(Tiers.joined(parts)), tiers_of(whole, MINUTE_NS)
    for name in ("key", "bucket_ns", "first_ns", "last_ns", "low", "high", "count", "quality"):
        assert np.array_equal(getattr(again, name), getattr(want, name), equal_nan=True), name
    # where two parts begin or end in the same instant either value is right
    clear = again.first_ns != again.last_ns
    unique = len(np.unique(np.stack([whole.key, whole.time_ns]), axis=1).T) == len(whole)
    if unique:
        assert np.array_equal(again.first[clear], want.first[clear], equal_nan=True)
        assert np.array_equal(again.last[clear], want.last[clear], equal_nan=True)


def test_buckets_stand_on_utc_minutes():
    samples = samples_of([(1, 599, 1.0, 0), (1, 600, 2.0, 0)])
    assert tiers_of(samples, MINUTE_NS).bucket_ns.tolist() == [BASE, BASE + MINUTE_NS]
