"""Runs of rejects: how often luck passes for one, how soon a risen share is found, where a run begins and ends."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.reject_run import FEWEST, HIGHEST, LOWEST, OVER_UNITS, USUAL, Made, RejectChart, usual_share


def fed(chart, outcomes, first=1):
    """Feed outcomes (True: good), one a second; what each of them turned."""
    return [chart.take(Made(first + n, good)) for n, good in enumerate(outcomes)]


@pytest.mark.parametrize(("share", "one_in"), [(LOWEST, 20_000), (USUAL, 12_000), (HIGHEST, 6_000)])
def test_luck_seldom_passes_for_a_run(share, one_in):
    dice, chart, begun, units = random.Random(1), RejectChart(share), 0, 120_000
    for n in range(units):
        if chart.take(Made(n, dice.random() >= share)) is True:
            begun += 1
            chart.reset()
    assert begun <= units / one_in


@pytest.mark.parametrize(("share", "least"), [(0.2, 0.95), (0.4, 1.0)])
def test_a_risen_share_is_found_within_sixty_units(share, least):
    found = 0
    for seed in range(200):
        dice, chart = random.Random(seed), RejectChart(USUAL)
        fed(chart, [dice.random() >= USUAL for _ in range(300)])
        chart.reset()
        found += True in fed(chart, [dice.random() >= share for _ in range(60)])
    assert found / 200 >= least


def test_a_run_begins_at_its_first_reject_and_ends_after_enough_good_units():
    chart = RejectChart()
    turned = fed(chart, [True] * 50 + [False] * 6)
    assert turned.count(True) == 1
    assert chart.run is not None and chart.run.since_ns == 51 and chart.run.rejects == chart.run.units
    assert fed(chart, [True] * (OVER_UNITS - 1), 100) == [None] * (OVER_UNITS - 1)
    assert fed(chart, [False], 300) == [None]  # not over yet: it is counted anew
    assert fed(chart, [True] * OVER_UNITS, 400)[-1] is False
    assert chart.run is None and chart.statistic == 0.0


@given(st.lists(st.booleans(), max_size=400), st.floats(LOWEST, HIGHEST))
def test_whatever_comes_a_run_rests_on_rejects(outcomes, share):
    chart = RejectChart(share)
    for n, good in enumerate(outcomes):
        before = chart.run
        turned = chart.take(Made(n, good))
        assert chart.statistic >= 0.0
        assert (turned is True) == (before is None and chart.run is not None)
        assert (turned is False) == (before is not None and chart.run is None)
        if turned is True:
            assert not good and chart.run.rejects >= FEWEST and chart.statistic >= chart.limit
        if chart.run is not None:
            assert chart.run.rejects == sum(not m.good for m in chart.outcomes if m.at_ns >= chart.run.since_ns)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_usual_share_stays_in_its_bounds(good, reject):
    assert LOWEST <= usual_share(good, reject) <= HIGHEST
    assert usual_share(good // 101, reject // 101) == USUAL
