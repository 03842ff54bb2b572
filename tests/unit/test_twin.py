"""The twin: events against the recursion, against figures worked out by hand, and its parameters from history."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.flow import Range
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.network import Pace, Repair
from hmi.twin.calibrate import ASSUMED, Record, paces, rate_of, record_of, reject_of
from hmi.twin.compare import Played, compare
from hmi.twin.draws import Draws, residual, services
from hmi.twin.maxplus import screen, serial
from hmi.twin.model import play
from hmi.twin.orders import loads_of
from hmi.twin.scatter import scatter, widened
from hmi.twin.scenario import Feed, Result, Scenario, TwinLot, TwinStation

STEADY = Pace(10.0, 0.0)


def line(count: int = 4, buffer: int | None = 3, pace: Pace = STEADY, **more) -> Scenario:
    """One line whose stations work alike."""
    names = [f"S{i}" for i in range(1, count + 1)]
    lots = more.pop("lots", (TwinLot("O", "A", 100_000),))
    return Scenario(
        tuple(TwinStation(n, pace, buffer) for n in names),
        dict(zip(names, [*names[1:], None], strict=True)),
        (Feed("L1", "S1", more.pop("interval_s", 1.0), lots),), more.pop("horizon_s", 3600.0), **more,
    )  # fmt: skip


def two_lines(**more) -> Scenario:
    """Two lines of three; while S2 of the first stands its units go to S2 of the second."""
    names = [f"L{a}.S{i}" for a in (1, 2) for i in (1, 2, 3)]
    after = {n: f"{n[:-1]}{int(n[-1]) + 1}" if n[-1] != "3" else None for n in names}
    feeds = tuple(Feed(f"L{a}", f"L{a}.S1", 20.0, (TwinLot(f"O{a}", "A", 10_000),)) for a in (1, 2))
    return Scenario(
        tuple(TwinStation(n, Pace(8.0, 0.1), more.get("buffer")) for n in names), after, feeds, 3600.0, "L1.S2",
        more.get("diverted", {}), return_s=more.get("return_s", 60.0),
    )  # fmt: skip


@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=6), st.integers(0, 1000), st.floats(0.05, 0.4),
    st.sampled_from([600.0, 5000.0, math.inf]),
)  # fmt: skip
def test_events_and_recursion_agree_on_a_serial_line(rooms, seed, spread, between) -> None:
    pace = Pace(10.0, spread, between, Repair(60.0, 0.6))
    scenario = line(len(rooms), pace=pace, interval_s=4.0, horizon_s=1200.0)
    stations = tuple(replace(s, buffer=room) for s, room in zip(scenario.stations, rooms, strict=True))
    scenario = replace(scenario, stations=stations)
    draws = Draws(seed, 0)
    times = np.stack([services(scenario, s, draws) for s in stations], axis=1)[:, :, None]
    left = serial(times, rooms, 4.0)[:, -1, 0]
    assert play(scenario, draws).good == int((left < 1200.0).sum())


@given(st.integers(0, 1000), st.floats(0.0, 2500.0), st.booleans())
def test_events_and_the_pre_screen_agree_where_every_buffer_has_room(seed, repair_s, opened) -> None:
    diverted = {"L1.S1": ("lane", "L2.S2", 5.0)} if opened else {}
    scenario = two_lines(diverted=diverted)
    events, recursion = play(scenario, Draws(seed, 0), repair_s), screen(scenario, Draws(seed, 0), repair_s)
    assert recursion is not None
    assert (events.good, events.tardiness_min, events.on_lanes) == (
        recursion.good, recursion.tardiness_min, recursion.on_lanes,
    )  # fmt: skip


def test_a_steady_line_makes_what_its_cycle_allows() -> None:
    result = play(line(), Draws(1, 0))
    assert 355 <= result.good <= 357  # 3,600 s at 10 s a unit, less the way through four stations


def test_a_slow_station_sets_the_pace_and_a_small_buffer_costs_units() -> None:
    wild = Pace(10.0, 0.4)
    small, large = (play(line(5, buffer, wild), Draws(3, 0)).good for buffer in (1, 50))
    assert small < large
    slow = line(4)
    slow = replace(slow, stations=tuple(replace(s, pace=Pace(20.0, 0.0)) if s.id == "S3" else s for s in slow.stations))
    assert 176 <= play(slow, Draws(1, 0)).good <= 180


def test_a_station_that_stands_costs_its_time_and_a_lane_brings_the_units_back() -> None:
    stands = play(two_lines(buffer=8), Draws(1, 0), 1800.0)
    around = play(two_lines(buffer=8, diverted={"L1.S1": ("lane", "L2.S2", 5.0)}), Draws(1, 0), 1800.0)
    whole = play(two_lines(buffer=8), Draws(1, 0), 0.0)
    assert stands.good < around.good <= whole.good
    assert around.on_lanes["lane"] == pytest.approx(1860 / 20, abs=3)
    assert around.good >= whole.good - 8


def test_units_that_wait_for_a_lane_go_their_own_way_once_it_is_closed() -> None:
    scenario = two_lines(buffer=1, diverted={"L1.S1": ("lane", "L2.S2", 0.0)}, return_s=0.0)
    shut = tuple(replace(s, pace=Pace(3000.0, 0.0)) if s.id == "L2.S2" else s for s in scenario.stations)
    result = play(replace(scenario, stations=shut), Draws(1, 0), 600.0)
    assert result.on_lanes["lane"] <= 2
    assert result.good == pytest.approx(3000 / 20, abs=5)


def test_orders_are_late_by_hand() -> None:
    lots = (TwinLot("a", "A", 10, 200.0), TwinLot("b", "B", 10, 220.0), TwinLot("c", "A", 100, 230.0))
    result = play(line(1, None, lots=lots, interval_s=10.0, horizon_s=400.0, setup_s=10.0), Draws(1, 0))
    # unit n leaves at 10 + 10 n, plus 10 s for each change: a at 110, b at 220, the rest of c after the horizon
    assert result.changeovers == 2
    assert result.late == 1
    left = 100 - (result.good - 20)
    assert result.tardiness_min == pytest.approx((400.0 + 10.0 * left - 230.0) / 60.0)


def test_coarser_units_come_to_nearly_the_same() -> None:
    fine, coarse = (
        np.mean([play(replace(two_lines(buffer=8), unit=unit), Draws(5, i), 900.0).good for i in range(8)])
        for unit in (1, 4)
    )
    assert coarse == pytest.approx(fine, rel=0.06)


def test_every_load_is_cut_once() -> None:
    scenario = replace(line(3, lots=(TwinLot("a", "A", 25), TwinLot("b", "B", 7))), unit=4)
    stations = tuple(replace(s, level=6) for s in scenario.stations)
    loads = loads_of(replace(scenario, stations=stations))
    made: dict[int, int] = {}
    for units, order in zip(loads.units, loads.order, strict=True):
        made[order] = made.get(order, 0) + units
    assert made == {0: 25, 1: 7}
    seen = [*(x for found in loads.start.values() for x in found), *(x for x, _, _ in loads.fed["L1"])]
    assert sorted(seen) == list(range(len(loads.units)))


def test_a_full_line_goes_on_at_its_pace_from_the_first_moment_and_only_what_is_asked_for_counts() -> None:
    full = line(4, interval_s=10.0, horizon_s=600.0)
    full = replace(full, stations=tuple(replace(s, busy=True) for s in full.stations))
    assert play(full, Draws(1, 0)).good in (59, 60)  # one each 10 s, the first one half done
    assert play(replace(full, count_from_s=300.0), Draws(1, 0)).good in (29, 30, 31)


def test_units_before_the_stations_are_the_same_however_coarse() -> None:
    stations = tuple(TwinStation(f"S{i}", STEADY, 8, level, True) for i, level in enumerate((2, 1, 3, 0, 1), 1))
    scenario = replace(line(5), stations=stations)
    for unit in (1, 2, 3, 4):
        loads = loads_of(replace(scenario, unit=unit))
        there = sum(loads.units[load] for found in loads.start.values() for load in found)
        assert abs(there - 12) <= unit / 2


def test_the_same_chances_for_every_answer() -> None:
    plain, around = two_lines(buffer=8), two_lines(buffer=8, diverted={"L1.S1": ("lane", "L2.S2", 5.0)})
    repair = Repair(900.0, 0.6)
    one, same, other = compare([plain, plain, around], repair, 30.0, 7, 60.0, 12, lambda: 0.0)
    assert [r.good for r in one.results] == [r.good for r in same.results]
    assert [r.repair_s for r in one.results] == [r.repair_s for r in other.results]
    gain = [b.good - a.good for a, b in zip(one.results, other.results, strict=True)]
    assert min(gain) > -5
    assert np.mean(gain) > 0
    throughput = other.range_of(lambda r: r.good)
    assert throughput.low <= throughput.value <= throughput.high


def test_time_is_kept() -> None:
    ticks = iter(range(1000))
    few = compare([two_lines(buffer=8)], Repair(), 0.0, 1, 6.0, 64, lambda: float(next(ticks)))
    assert 4 <= len(few[0].results) < 8


@given(st.floats(10, 5000), st.floats(0.1, 1.5), st.floats(0, 50_000), st.floats(0.01, 0.99))
def test_what_is_left_of_a_repair(median, sigma, down_s, share) -> None:
    left = residual(Repair(median, sigma), down_s, share)
    assert left >= 0
    assert math.isfinite(left)
    if down_s == 0:
        assert residual(Repair(median, sigma), 0.0, 0.5) == pytest.approx(max(median, 1.0), rel=1e-6)


# parameters from history


def span(state: MachineState, start_s: float, end_s: float | None, waiting: Waiting = Waiting.NONE) -> StateSpan:
    return StateSpan("S", state, waiting, int(start_s * 1e9), None if end_s is None else int(end_s * 1e9))


def test_failures_and_repairs_are_read_from_spans() -> None:
    execute, aborted, held = MachineState.EXECUTE, MachineState.ABORTED, MachineState.HELD
    spans = [
        span(execute, 0, 1000), span(MachineState.ABORTING, 1000, 1002), span(aborted, 1002, 1300),
        span(execute, 1300, 1500), span(held, 1500, 1503), span(execute, 1503, 1600),
        span(MachineState.SUSPENDED, 1600, 1700, Waiting.STARVED), span(execute, 1700, 2000), span(aborted, 2000, None),
    ]  # fmt: skip
    record = record_of(spans, 390, int(2500e9))
    assert record.repairs == (300.0,)
    assert record.ups == (1000.0,)
    assert record.worked_s == 1597.0
    found = paces({"S": record}, {"S": 9.0})["S"]
    assert found.cycle_s == pytest.approx(1597 / 390)
    assert found.measured


def test_parameters_that_went_in_come_out() -> None:
    rng = np.random.default_rng(4)
    truth = Pace(4.0, 0.08, 5400.0, Repair(400.0, 0.7))
    at, spans = 0.0, []
    for _ in range(60):
        up, down = rng.exponential(truth.between_s), 400.0 * math.exp(0.7 * rng.standard_normal())
        spans += [span(MachineState.EXECUTE, at, at + up), span(MachineState.ABORTED, at + up, at + up + down)]
        at += up + down
    cycles = (4.0 * (1 + 0.08 * rng.standard_normal(400))).tolist()
    found = paces({"S": record_of(spans, 0, int(at * 1e9), [*cycles, 900.0, float("nan")])}, {})["S"]
    assert found.cycle_s == pytest.approx(4.0, rel=0.02)
    assert found.cycle_cv == pytest.approx(0.08, rel=0.2)
    assert found.between_s == pytest.approx(5400.0, rel=0.35)
    assert found.repair.median_s == pytest.approx(400.0, rel=0.3)
    assert found.repair.sigma == pytest.approx(0.7, rel=0.25)


def test_a_station_without_history_leans_on_its_sisters_and_is_marked() -> None:
    some = Record((), 100, 400.0, (3600.0,) * 6, (120.0,) * 6)
    found = paces({"a": some, "b": Record()}, {"b": 7.0})
    assert (found["b"].cycle_s, found["b"].measured) == (7.0, False)
    assert found["b"].repair.median_s == pytest.approx(120.0, rel=0.6)
    assert found["b"].repair.cases == 0
    assert math.isinf(found["b"].between_s)
    assert paces({"b": Record()}, {})["b"].repair == ASSUMED


def test_a_line_is_fed_with_what_it_made_when_nothing_stood() -> None:
    minutes = dict.fromkeys(range(100, 160), 14) | dict.fromkeys(range(120, 130), 0) | {131: 3}
    assert rate_of(minutes) == pytest.approx(840.0)
    assert rate_of({}) is None
    assert rate_of({5: 3}) is None


def test_a_busy_record_is_not_thinned_out_by_what_all_stations_are_credited_with() -> None:
    stopping = Record((), 2000, 28_800.0, (288.0,) * 100, (20.0,) * 100)
    found = paces({"a": stopping, "b": stopping}, {})
    assert found["a"].between_s == pytest.approx(288.0, rel=0.03)
    young = paces({"a": Record((), 100, 600.0, (600.0,), (20.0,))}, {})["a"]
    assert young.between_s > 3600.0  # one early failure is not yet a habit


def test_the_way_back_to_work_belongs_to_the_stop() -> None:
    spans = [
        span(MachineState.EXECUTE, 0, 100), span(MachineState.HELD, 100, 118), span(MachineState.UNHOLDING, 118, 121),
        span(MachineState.EXECUTE, 121, 200), span(MachineState.STARTING, 200, 205),
        span(MachineState.EXECUTE, 205, 300),
    ]  # fmt: skip
    record = record_of(spans, 70, int(300e9))
    assert record.repairs == (21.0,)
    assert record.worked_s == 274.0


def test_what_is_rejected_of_late_counts_and_few_units_lean_on_the_past() -> None:
    usual = Record(units=6000, rejects=60)
    assert reject_of(usual) == pytest.approx(0.01)
    assert reject_of(replace(usual, late_units=300, late_rejects=60)) > 0.15
    assert reject_of(replace(usual, late_units=3, late_rejects=3)) < 0.06
    assert reject_of(Record()) == 0.0


def test_rejects_are_no_good_units() -> None:
    pace = Pace(10.0, 0.0, reject=0.2)
    made = [play(line(2, pace=pace), Draws(seed, 0)).good for seed in range(20)]
    assert np.mean(made) == pytest.approx(358 * 0.8**2, rel=0.05)
    assert np.std(made) > 3


def test_few_replications_do_not_pretend_to_know_the_range() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(400):
        drawn = rng.normal(100.0, 5.0, 9)
        played = Played([Result(float(x), 0.0, 0, 0, {}, 0.0) for x in drawn[:8]])
        found = played.range_of(lambda r: r.good)
        inside += found.low <= drawn[8] <= found.high
        assert played.low_of(lambda r: r.good) >= found.low
    assert 0.85 <= inside / 400 <= 0.96


def test_lines_scatter_as_their_own_past_did() -> None:
    rng = np.random.default_rng(3)
    made = {name: tuple(rng.poisson(10, 240).tolist()) for name in ("L1", "L2")}
    low, high = scatter(made, ["L1", "L2"], 240.0)
    # 80 units in four minutes, Poisson: a standard deviation of 11 %
    assert -0.25 < low < -0.12
    assert 0.12 < high < 0.25
    assert scatter(made, ["L1", "L3"], 240.0) is None
    assert scatter({"L1": (9,) * 20}, ["L1"], 240.0) is None
    assert scatter({"L1": (9,) * 200}, ["L1"], 240.0) == (0.0, 0.0)
    assert scatter({"L1": (0,) * 200}, ["L1"], 240.0) is None


@given(st.floats(0, 500), st.floats(0, 0.5), st.floats(0, 0.5), st.floats(-0.6, 0.0), st.floats(0.0, 0.6))
def test_a_declared_range_only_becomes_wider(value, below, above, low, high) -> None:
    found = Range(value, value * (1 - below), value * (1 + above))
    wide = widened(found, (low, high))
    assert wide.value == value
    assert wide.low <= found.low + 1e-3
    assert wide.high >= found.high - 1e-3
    assert widened(found, None) is found
