"""The rules under ewma-t2: shrinking, T2 with missing readings, contributions."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.loop.detector_port import Rows
from plugins.ewma_t2.chart import Chart
from plugins.ewma_t2.shrink import ledoit_wolf


def _covariance(seed: int, width: int) -> Rows:
    rows = np.random.default_rng(seed).normal(size=(3 * width, width))
    return np.asarray(rows.T @ rows / len(rows) + 0.1 * np.eye(width))


@given(st.integers(0, 10_000), st.integers(2, 8), st.data())
@settings(max_examples=60, deadline=None)
def test_a_contribution_is_what_the_statistic_falls_by_without_the_reading(
    seed: int, width: int, data: st.DataObject
) -> None:
    chart = Chart(_covariance(seed, width), limit=2.5)
    deviation = np.random.default_rng(seed + 1).normal(size=width)
    known = np.ones(width, np.bool_)
    known[data.draw(st.lists(st.integers(0, width - 1), max_size=width - 1))] = False
    statistic, weighted = chart.judge(deviation, known)
    shares = chart.contributions(weighted, known)
    assert (np.isnan(shares) == ~known).all()
    for which in np.flatnonzero(known):
        fewer = known.copy()
        fewer[which] = False
        without = chart.judge(deviation, fewer)[0]
        assert without <= statistic + 1e-9
        np.testing.assert_allclose(statistic - without, shares[which], atol=1e-8)


@given(st.integers(0, 10_000), st.integers(1, 8))
@settings(max_examples=30, deadline=None)
def test_all_known_is_the_same_as_no_word_about_it(seed: int, width: int) -> None:
    chart = Chart(_covariance(seed, width))
    deviation = np.random.default_rng(seed).normal(size=width)
    whole, every = chart.judge(deviation), chart.judge(deviation, np.ones(width, np.bool_))
    np.testing.assert_allclose(whole[0], every[0])
    np.testing.assert_allclose(chart.contributions(whole[1]), chart.contributions(every[1], np.ones(width, np.bool_)))


def test_many_patterns_of_missing_readings_stay_bounded_and_right() -> None:
    chart = Chart(_covariance(3, 8))
    deviation = np.random.default_rng(4).normal(size=8)
    for code in range(1, 256):
        known = np.array([bool(code >> bit & 1) for bit in range(8)])
        direct = deviation[known] @ np.linalg.solve(chart.covariance[np.ix_(known, known)], deviation[known])
        np.testing.assert_allclose(chart.judge(deviation, known)[0], direct)
    assert len(chart._parts) <= 64


def test_fewer_rows_are_shrunk_further_and_can_be_inverted() -> None:
    dice = np.random.default_rng(5)
    mixing = dice.normal(size=(10, 10))
    true = mixing @ mixing.T
    far = []
    for count in (6, 40, 4000):
        rows = dice.multivariate_normal(np.zeros(10), true, size=count)
        sample = rows.T @ rows / count
        shrunk = ledoit_wolf(rows)
        assert np.linalg.eigvalsh(shrunk).min() > 0
        np.testing.assert_allclose(np.trace(shrunk), np.trace(sample))
        far.append(float(np.linalg.norm(shrunk - sample) / np.linalg.norm(sample)))
    assert far[0] > far[1] > far[2] and far[2] < 0.01


def test_rows_without_any_deviation_have_no_covariance() -> None:
    assert not ledoit_wolf(np.zeros((50, 4))).any()
