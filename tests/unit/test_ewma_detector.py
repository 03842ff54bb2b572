"""ewma-t2 as a station meets it: drift, change, missing readings, restarts."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.loop.detector_port import CannotLearnError, CannotRestoreError, Rows
from plugins import ewma_t2
from plugins.ewma_t2.detector import EwmaT2
from plugins.ewma_t2.settings import EwmaT2Settings

KIND = ewma_t2.create()
STEADY, PARTNER, WANDERING = range(3)


def normal(count: int, seed: int = 1) -> Rows:
    """A steady reading (deviation 2), a partner that moves with it, one whose level wanders; units of their own."""
    dice = np.random.default_rng(seed)
    steady = dice.normal(size=count)
    partner = steady + 0.3 * dice.normal(size=count)
    wandering = np.cumsum(0.05 * dice.normal(size=count)) + 0.1 * dice.normal(size=count)
    return np.column_stack([1000 + 2 * steady, -5 + 0.01 * partner, 80 + wandering])


def taught(rows: Rows | None = None, **chosen: float) -> EwmaT2:
    detector = KIND.fresh(chosen)
    detector.learn(normal(400) if rows is None else rows)
    return detector


def statistics(detector: EwmaT2, rows: Rows) -> npt.NDArray[np.float64]:
    return np.array([detector.score(row).statistic for row in rows])


def test_normal_operation_is_quiet_and_learning_tells_its_own_statistic() -> None:
    rows = normal(1500, seed=3)
    detector = KIND.fresh()
    while_learning = detector.learn(rows[:400])
    assert while_learning.shape == (400,) and 0 < while_learning.max() < 1
    scores = [detector.score(row) for row in rows[400:]]
    assert not any(score.alarm for score in scores)
    assert all(score.limit == 1.0 and score.statistic >= 0 for score in scores)


def test_a_step_is_found_named_and_let_go() -> None:
    rows = normal(1200, seed=5)
    rows[500:700, STEADY] += 20.0
    rows[500:700, PARTNER] += 0.1
    detector = taught(rows[:400])
    scores = [detector.score(row) for row in rows[400:]]
    alarms = np.array([score.alarm for score in scores], np.bool_)
    assert not alarms[:100].any() and alarms[115:300].all() and not alarms[360:].any()
    assert np.nanargmax(scores[200].contributions) in (STEADY, PARTNER)


def test_an_alarm_ends_only_clearly_below_its_limit() -> None:
    rows = normal(900, seed=5)
    rows[500:600, STEADY] += 20.0
    detector = taught(rows[:400])
    standing = False
    seen_between = False
    for row in rows[400:]:
        score = detector.score(row)
        assert score.alarm is (score.statistic > (0.8 if standing else 1.0))
        seen_between |= bool(score.alarm) and score.statistic < 1
        standing = bool(score.alarm)
    assert seen_between and not standing


def test_a_level_that_wanders_is_followed_and_one_that_stood_still_is_held_to_it() -> None:
    ramp = np.linspace(0, 16, 4000)
    wanders, drifts = normal(5600, seed=7), normal(5600, seed=7)
    wanders[1600:, WANDERING] += ramp / 4
    drifts[1600:, STEADY] += ramp
    drifts[1600:, PARTNER] += ramp * 0.005
    follows, holds = taught(wanders[:1600]), taught(drifts[:1600])
    assert sum(bool(follows.score(row).alarm) for row in wanders[1600:]) < 40
    held = [holds.score(row) for row in drifts[1600:]]
    assert not any(score.alarm for score in held[:200])
    assert all(score.alarm for score in held[-1000:])
    assert np.nanargmax(held[-1].contributions) in (STEADY, PARTNER)


def test_a_lost_relation_is_seen_although_each_reading_keeps_its_range() -> None:
    rows = normal(900, seed=11)
    rows[600:, PARTNER] = -5 - (rows[600:, PARTNER] + 5)
    detector = taught(rows[:400])
    scores = [detector.score(row) for row in rows[400:]]
    assert not any(score.alarm for score in scores[:200])
    assert np.mean([bool(score.alarm) for score in scores[220:]]) > 0.3


@given(st.integers(1, 200), st.integers(0, 2))
@settings(max_examples=15, deadline=None)
def test_a_missing_reading_is_left_out_and_never_zero(length: int, which: int) -> None:
    rows = normal(400 + 250, seed=13)
    rows[420 : 420 + length, which] = np.nan
    detector = taught(rows[:400])
    for at, row in enumerate(rows[400:]):
        score = detector.score(row)
        assert score.alarm is False
        away = 20 <= at < 20 + length + min(length, 10) - 1
        assert bool(np.isnan(score.contributions[which])) is away
        assert np.isfinite(score.statistic)


def test_nothing_known_is_neither_an_alarm_nor_its_end() -> None:
    rows = normal(700, seed=17)
    rows[450:, STEADY] += 20
    rows[500:560] = np.nan
    detector = taught(rows[:400])
    scores = [detector.score(row) for row in rows[400:]]
    assert scores[99].alarm is True
    unknown = scores[100:160]
    assert all(score.alarm is None and np.isnan(score.statistic) for score in unknown)
    assert all(np.isnan(score.contributions).all() for score in unknown)
    assert all(score.alarm for score in scores[175:])


def test_what_happened_while_a_reading_was_away_is_not_a_change_that_was_seen() -> None:
    rows = normal(800, seed=19)
    rows[500:550, WANDERING] = np.nan
    rows[550:, WANDERING] += 1.5
    away, present = taught(rows[:400]), taught(rows[:400])
    assert not any(away.score(row).alarm for row in rows[400:])
    rows[500:550, WANDERING] = normal(800, seed=19)[500:550, WANDERING]
    assert any(present.score(row).alarm for row in rows[400:])


def test_after_a_pause_the_next_row_is_no_change() -> None:
    rows = normal(800, seed=19)
    rows[500:, WANDERING] += 1.5
    detector = taught(rows[:400])
    assert not any(detector.score(row).alarm for row in rows[400:500])
    detector.pause()
    assert detector.score(np.full(3, np.nan)).alarm is None
    assert not any(detector.score(row).alarm for row in rows[500:])


@pytest.mark.parametrize("wild", [np.inf, -np.inf, 1e308, -1e300, 1e12])
def test_a_wild_value_does_not_stay_in_memory(wild: float) -> None:
    rows = normal(600, seed=23)
    rows[450, STEADY] = wild
    detector = taught(rows[:400])
    scores = [detector.score(row) for row in rows[400:]]
    assert all(np.isfinite(score.statistic) for score in scores)
    assert not any(score.alarm for score in scores[120:])


@given(st.integers(0, 150), st.lists(st.integers(0, 2), max_size=2))
@settings(max_examples=15, deadline=None)
def test_a_detector_goes_on_from_its_written_state(cut: int, missing: list[int]) -> None:
    rows = normal(600, seed=29)
    rows[500:, STEADY] += 9
    rows[max(400, 400 + cut - 15) : 400 + cut + 5, missing] = np.nan
    first = taught(rows[:400])
    statistics(first, rows[400 : 400 + cut])
    second = KIND.restore(json.loads(json.dumps(first.to_json(), allow_nan=False)))
    assert (second.watched == first.watched).all()
    for row in rows[400 + cut :]:
        one, other = first.score(row), second.score(row)
        assert one.alarm is other.alarm
        np.testing.assert_array_equal(one.statistic, other.statistic)
        np.testing.assert_array_equal(one.contributions, other.contributions)


@given(st.integers(0, 199), st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_a_score_knows_only_the_past(at: int, shift: float) -> None:
    rows = normal(600, seed=31)
    changed = rows.copy()
    changed[400 + at :] += shift
    one, other = statistics(taught(rows[:400]), rows[400:]), statistics(taught(rows[:400]), changed[400:])
    np.testing.assert_array_equal(one[:at], other[:at])


@given(
    st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3),
    st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3),
)
@settings(max_examples=15, deadline=None)
def test_units_do_not_matter(gain: list[float], offset: list[float]) -> None:
    rows = normal(500, seed=37)
    rows[450:, STEADY] += 6
    other = rows * gain + offset
    one, two = statistics(taught(rows[:400]), rows[400:]), statistics(taught(other[:400]), other[400:])
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-6)


def test_a_reading_that_stands_still_or_is_mostly_missing_is_not_used() -> None:
    rows = np.column_stack([normal(500), np.full(500, 3.3), np.full(500, np.nan), normal(500, 2)[:, 0]])
    rows[::2, 5] = np.nan
    rows[1, 5] = np.nan
    detector = taught(rows[:400])
    assert detector.watched.tolist() == [True, True, True, False, False, False]
    rows[400:, 3] = 99.0
    score = [detector.score(row) for row in rows[400:]][-1]
    assert score.alarm is False
    assert np.isnan(score.contributions).tolist() == [False, False, False, True, True, True]


def test_learning_from_rows_with_gaps_judges_alike() -> None:
    rows = normal(900, seed=41)
    holes = rows[:400].copy()
    holes[np.random.default_rng(1).random(holes.shape) < 0.1] = np.nan
    rows[600:, STEADY] += 20
    whole, gappy = taught(rows[:400]), taught(holes)
    one, other = statistics(whole, rows[400:]), statistics(gappy, rows[400:])
    assert one[:200].max() < 1 and other[:200].max() < 1
    assert one[230:].min() > 1 and other[230:].min() > 1


def test_two_readings_that_are_copies_do_no_harm() -> None:
    rows = normal(700, seed=43)
    rows = np.column_stack([rows, rows[:, STEADY]])
    rows[550:, [STEADY, 3]] += 8
    scores = [taught(rows[:400]).score(row) for row in rows[400:401]]
    assert np.isfinite(scores[0].statistic)
    detector = taught(rows[:400])
    alarms = np.array([detector.score(row).alarm for row in rows[400:]], np.bool_)
    assert not alarms[:150].any() and alarms[170:].all()


@pytest.mark.parametrize(
    "rows", [np.zeros((0, 3)), normal(99), np.full((400, 3), 7.0), np.full((400, 2), np.nan), np.zeros((400, 0))]
)
def test_rows_that_teach_nothing_are_refused(rows: Rows) -> None:
    with pytest.raises(CannotLearnError) as refused:
        KIND.fresh().learn(rows)
    assert refused.value.why.en and refused.value.why.ko


def test_scoring_needs_learning_and_rows_of_the_same_width() -> None:
    with pytest.raises(ValueError, match="nothing learned"):
        KIND.fresh().score(np.zeros(3))
    with pytest.raises(ValueError, match="readings"):
        taught().score(np.zeros(4))


def test_learning_anew_forgets_the_alarm_and_the_level() -> None:
    rows = normal(900, seed=47)
    rows[450:, STEADY] += 20
    detector = taught(rows[:400])
    assert [detector.score(row) for row in rows[400:500]][-1].alarm
    detector.learn(rows[480:880])
    assert not any(detector.score(row).alarm for row in rows[880:])


@pytest.mark.parametrize(
    "chosen",
    [
        {"nonsense": 1.0}, {"level": 0.0}, {"level": 1.5}, {"level": True}, {"level": "0.1"}, {"margin": float("nan")},
        {"margin": 0.5}, {"lag": 0.2}, {"fast": 0.05}, {"slow": 0.4}, {"release": 1.2},
    ],
)  # fmt: skip
def test_settings_that_do_not_serve_are_named(chosen: dict[str, Any]) -> None:
    with pytest.raises(CannotLearnError) as refused:
        KIND.fresh(chosen)
    why = refused.value.why
    assert why.ko and (next(iter(chosen)) in why.en)


def test_settings_survive_their_file() -> None:
    chosen = EwmaT2Settings.from_json({"margin": 3, "lag": 30})
    assert (chosen.margin, chosen.lag) == (3.0, 30.0)
    assert EwmaT2Settings.from_json(json.loads(json.dumps(chosen.to_json()))) == chosen


def _broken(change: str) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(json.dumps(taught().to_json()))
    match change:
        case "detector":
            state["detector"] = "another"
        case "form":
            state["form"] = 99
        case "no learned":
            del state["learned"]
        case "no scale":
            state["learned"]["scale"][0] = 0.0
        case "limit":
            state["learned"]["level"]["limit"] = -1
        case "width":
            state["learned"]["centre"].append(1.0)
        case "memory":
            state["averages"] = [[0.0]]
        case "nan":
            state["expected"][0] = float("nan")
        case "words":
            state["learned"]["wander"] = ["a", "b", "c"]
        case "flat":
            state["learned"]["change"]["covariance"] = np.zeros((3, 3)).tolist()
        case "settings":
            state["settings"]["margin"] = 0
        case "list":
            state["learned"] = []
    return state


@pytest.mark.parametrize(
    "change",
    ["detector", "form", "no learned", "no scale", "limit", "width", "memory", "nan", "words", "flat", "settings",
     "list"],
)  # fmt: skip
def test_a_state_that_is_not_whole_is_refused(change: str) -> None:
    with pytest.raises(CannotRestoreError) as refused:
        KIND.restore(_broken(change))
    assert refused.value.why.en and refused.value.why.ko


def test_a_detector_that_learned_nothing_can_be_kept_too() -> None:
    kept = KIND.restore(json.loads(json.dumps(KIND.fresh({"margin": 4}).to_json())))
    kept.learn(normal(400))
    assert kept.to_json()["settings"]["margin"] == 4


def swinging(count: int, seed: int) -> Rows:
    """A temperature under control: it swings about its level over some twenty rows, and never wanders off."""
    dice = np.random.default_rng(seed)
    heat = np.empty(count)
    at = 0.0
    for n in range(count):
        at += -0.05 * at + 0.33 * dice.normal()
        heat[n] = 180.0 + at
    return np.column_stack([heat, 4.0 + 0.1 * dice.normal(size=count)])


@pytest.mark.parametrize("seed", range(3))
def test_a_long_recording_tells_a_level_that_swings_from_one_that_wanders(seed: int) -> None:
    rows = swinging(2400, seed)
    detector = taught(rows[:1200])
    assert not any(detector.score(row).alarm for row in rows[1200:])
    drift = swinging(300, seed + 10)
    drift[:, 0] += np.arange(300) * 0.1
    found = [bool(detector.score(row).alarm) for row in drift]
    assert any(found[:200])
