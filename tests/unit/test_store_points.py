"""Points of a trend: never more than asked for, no extreme lost, gaps as gaps."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.store.history_codec import Samples
from hmi.store.history_points import Off, series
from hmi.store.history_tiers import as_entries

S = 1_000_000_000
T0 = 1_790_000_000 * S


def samples(seconds, values, status=None):
    n = len(seconds)
    times = T0 + (np.array(seconds, float) * S).astype(np.int64)
    return Samples(
        np.ones(n, np.int32), times, np.array(values, float), np.array(status if status is not None else [0] * n, "u4")
    )


def points(found, before=None, offs=(), start=0, end=1000, count=100, held=None):
    return series(
        as_entries(found), before if before is not None else Samples.none(), list(offs), T0 + start * S, T0 + end * S,
        count, None if held is None else T0 + held * S,
    )  # fmt: skip


def seconds(found):
    return ((found.time_ns - T0) / S).tolist()


VALUE = st.floats(-1e6, 1e6) | st.just(float("nan"))


@settings(deadline=None)
@given(st.lists(VALUE, min_size=1, max_size=400), st.integers(5, 60), st.booleans())
def test_never_more_points_than_asked_for_and_every_extreme_is_there(values, count, hold):
    n = len(values)
    status = [q.BAD_NO_COMMUNICATION if np.isnan(v) else 0 for v in values]
    found = samples(np.linspace(0, 999, n), values, status)
    before = samples([-5], [1.0]) if hold else Samples.none()
    s = points(found, before, [Off(T0 + 300 * S, T0 + 420 * S)], count=count, held=1000 if hold else None)
    assert len(s.time_ns) <= count and len(s.time_ns) == len(s.value) == len(s.quality)
    assert (np.diff(s.time_ns) >= 0).all()
    assert s.samples == n
    seen = [v for v in values if not np.isnan(v)]
    if seen:
        assert np.nanmax(s.value) >= max(seen) and np.nanmin(s.value) <= min(seen)
        assert set(s.value[~np.isnan(s.value)].tolist()) <= {*seen, 1.0}
    if np.isnan(values[-1]):
        assert np.isnan(s.value[-1])


def test_few_samples_come_as_they_are():
    s = points(samples([1, 2, 3], [5, 6, 7], [0, q.UNCERTAIN_LAST_USABLE_VALUE, q.STALE_LINK_SILENT]))
    assert seconds(s) == [1, 2, 3]
    assert s.value.tolist()[:2] == [5, 6] and np.isnan(s.value[2])
    assert s.quality.tolist() == [Quality.GOOD, Quality.UNCERTAIN, Quality.STALE]


def test_pairs_stand_in_the_order_in_which_they_happened():
    rising = points(samples(np.arange(1000), np.arange(1000)), count=20)
    assert (np.diff(rising.value) > 0).all() and len(rising.value) == 20
    falling = points(samples(np.arange(1000), -np.arange(1000)), count=20)
    assert (np.diff(falling.value) < 0).all()


def test_the_last_value_before_is_held_at_the_beginning_and_the_last_at_the_end():
    s = points(samples([600], [9.0]), samples([-3600], [4.0]), held=1000)
    assert seconds(s) == [0, 600, 1000] and s.value.tolist() == [4, 9, 9]
    assert s.samples == 1
    alone = points(Samples.none(), samples([-3600], [4.0]), held=800)
    assert seconds(alone) == [0, 800] and alone.value.tolist() == [4, 4] and alone.samples == 0
    exact = points(samples([0], [3.0]), samples([-3600], [4.0]))
    assert exact.value.tolist() == [3.0]


def test_a_gap_is_not_held():
    bad = q.BAD_NO_COMMUNICATION
    s = points(samples([600], [np.nan], [bad]), samples([-10], [np.nan], [bad]), held=1000)
    assert seconds(s) == [0, 600] and np.isnan(s.value).all() and (s.quality == Quality.BAD).all()


def test_nothing_known_is_no_points():
    s = points(Samples.none(), held=1000)
    assert len(s.time_ns) == 0 and s.samples == 0


def test_a_time_without_engine_is_a_gap_at_any_zoom():
    for count in (50, 2_000):
        found = samples([*range(300), *range(700, 1000)], [1.0 + n % 2 for n in range(600)])
        s = points(found, offs=[Off(T0 + int(299.5 * S), T0 + 700 * S)], count=count)
        at = np.array(seconds(s))
        gap = np.isnan(s.value)
        assert gap.sum() == 1 and 299 <= at[gap][0] <= 300
        assert s.quality[gap][0] == Quality.BAD


def test_what_is_dated_into_a_time_without_engine_does_not_bridge_it():
    found = samples([10, 150, 400], [1, 2, 3])
    s = points(found, offs=[Off(T0 + 100 * S, T0 + 300 * S)])
    assert seconds(s) == [10, 100, 150, 150, 400]
    assert np.isnan(s.value).tolist() == [False, True, False, True, False]


def test_before_the_asked_for_time_the_engine_may_have_stopped():
    s = points(samples([400], [3.0]), samples([-500], [1.0]), [Off(T0 - 100 * S, T0 + 300 * S)])
    assert seconds(s) == [0, 400] and np.isnan(s.value[0])
    long_ago = points(samples([400], [3.0]), samples([-50], [1.0]), [Off(T0 - 200 * S, T0 - 100 * S)])
    assert long_ago.value.tolist() == [1.0, 3.0]
