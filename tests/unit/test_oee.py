"""Machine time and OEE: identities after ISO 22400-2, to the nanosecond, over pauses and clock changes."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Pause, Plant, Shift, Station
from hmi.model.text import Text
from hmi.plant.oee import Figures, Tally, constraint, figures, together
from hmi.plant.shifts import planned_stops, windows

S = 10**9
HOUR = 3600 * S
KINDS = [
    (MachineState.EXECUTE, Waiting.NONE), (MachineState.ABORTED, Waiting.NONE), (MachineState.STARTING, Waiting.NONE),
    (MachineState.SUSPENDED, Waiting.BLOCKED), (MachineState.SUSPENDED, Waiting.STARVED),
    (MachineState.IDLE, Waiting.NONE), (MachineState.UNKNOWN, Waiting.NONE),
]  # fmt: skip


def span(
    start: int, end: int | None, state: MachineState = MachineState.EXECUTE, reason: str | None = None
) -> StateSpan:
    return StateSpan("s", state, Waiting.NONE, start, end, reason=reason)


@st.composite
def timelines(draw: st.DrawFn, start: int, end: int) -> list[StateSpan]:
    cuts = sorted(draw(st.lists(st.integers(start - HOUR, end + HOUR), min_size=2, max_size=25, unique=True)))
    spans = []
    for a, b in pairwise(cuts):
        state, waiting = draw(st.sampled_from(KINDS))
        reason = draw(st.sampled_from([None, "feeder", "cleaning"])) if state is not MachineState.EXECUTE else None
        spans.append(StateSpan("s", state, waiting, a, b, reason=reason))
    return spans


def losses(found: Figures) -> int:
    return sum(t for c, t in found.times.items() if c not in (TimeClass.PRODUCTION, TimeClass.PLANNED))


def check(found: Figures) -> None:
    assert found.valuable_ns + found.speed_loss_ns + found.quality_loss_ns == found.apt_ns
    assert found.apt_ns + losses(found) == found.pbt_ns
    a, e, q = found.availability, found.effectiveness, found.quality
    if a is not None and e is not None and q is not None and found.ideal_cycle_s is not None:
        ideal = round(found.ideal_cycle_s * 1e9) * found.good
        assert found.pbt_ns * a * e * q == pytest.approx(ideal, rel=1e-9, abs=1e-3)
        assert found.oee == pytest.approx(a * e * q)


WINDOW = (100 * HOUR, 108 * HOUR)
PLANNED = [(102 * HOUR, 102 * HOUR + HOUR // 4), (105 * HOUR, 106 * HOUR)]


@given(timelines(*WINDOW), st.integers(0, 10_000), st.integers(0, 500), st.one_of(st.none(), st.floats(0.05, 120)))
def test_the_waterfall_adds_up_and_the_indices_multiply(
    spans: list[StateSpan], good: int, reject: int, ideal: float | None
) -> None:
    tally = Tally(*WINDOW, PLANNED, frozenset({"cleaning"}))
    for one in spans:
        tally.add(one)
    times = tally.times(None, WINDOW[1])
    covered = sum(max(0, min(s.end_ns or 0, WINDOW[1]) - max(s.start_ns, WINDOW[0])) for s in spans)
    assert sum(times.values()) == covered
    check(figures(WINDOW[0], WINDOW[1], times, good, reject, ideal))


@given(timelines(*WINDOW), st.integers(WINDOW[0], WINDOW[1]))
def test_kept_up_as_it_goes_is_the_same_as_summed_at_the_end(spans: list[StateSpan], now: int) -> None:
    going, whole = Tally(*WINDOW, PLANNED, frozenset()), Tally(*WINDOW, PLANNED, frozenset())
    live = None
    for one in spans:
        if one.end_ns is not None and one.end_ns <= now:
            going.add(one)
            whole.add(one)
        elif one.start_ns < now:
            live = StateSpan("s", one.state, one.waiting, one.start_ns, None, reason=one.reason)
            whole.add(StateSpan("s", one.state, one.waiting, one.start_ns, now, reason=one.reason))
    assert going.times(live, now) == whole.times(None, now)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23), ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/New_York", (2026, 11, 1), 25), ("Asia/Seoul", (2026, 10, 25), 24),
    ],
)  # fmt: skip
def test_a_day_with_a_clock_change_adds_up(zone: str, day: tuple[int, int, int], hours: int) -> None:
    shifts = (
        Shift("a", Text.same("a"), 0, 720, pauses=(Pause(150, 180),)),
        Shift("b", Text.same("b"), 720, 0, pauses=(Pause(1000, 1030),)),
    )
    plant = Plant("p", Text.same("p"), zone, (), (), (), (), (), (), shifts=shifts)
    start = int(datetime(*day, tzinfo=ZoneInfo(zone)).timestamp()) * S
    end = start + hours * HOUR
    assert sum(w.end_ns - w.start_ns for w in windows(plant, start, end)) == end - start
    tally = Tally(start, end, planned_stops(plant, start, end), frozenset())
    tally.add(span(start - HOUR, end + HOUR, MachineState.ABORTED))
    times = tally.times(None, end)
    found = figures(start, end, times, 0, 0, 4.0)
    pause = times[TimeClass.PLANNED]
    assert found.pbt_ns + pause == hours * HOUR
    assert pause == sum(b - a for w in windows(plant, start, end) for a, b in w.pauses)
    check(found)


def test_a_worked_example() -> None:
    tally = Tally(0, 8 * HOUR, [(4 * HOUR, 4 * HOUR + HOUR // 2)], frozenset({"cleaning"}))
    tally.add(span(0, 4 * HOUR))
    tally.add(span(4 * HOUR, 5 * HOUR, MachineState.STOPPED))
    tally.add(span(5 * HOUR, 7 * HOUR))
    tally.add(span(7 * HOUR, 7 * HOUR + HOUR // 2, MachineState.STOPPED, "cleaning"))
    tally.add(span(7 * HOUR + HOUR // 2, 8 * HOUR, MachineState.UNKNOWN))
    found = figures(0, 8 * HOUR, tally.times(None, 8 * HOUR), 4860, 54, 4.0)
    assert found.pbt_ns == 7 * HOUR
    assert found.availability == pytest.approx(6 / 7)
    assert found.effectiveness == pytest.approx(4914 * 4 / 21600)
    assert found.quality == pytest.approx(4860 / 4914)
    assert found.oee == pytest.approx(4860 * 4 / 25200)
    assert found.times[TimeClass.UNKNOWN] == HOUR // 2


def test_work_in_a_pause_is_work() -> None:
    tally = Tally(0, HOUR, [(0, HOUR)], frozenset())
    tally.add(span(0, HOUR))
    found = figures(0, HOUR, tally.times(None, HOUR), 900, 0, 4.0)
    assert (found.pbt_ns, found.times[TimeClass.PLANNED], found.oee) == (HOUR, 0, 1.0)


def test_faster_than_ideal_is_shown_as_such() -> None:
    tally = Tally(0, HOUR, [], frozenset())
    tally.add(span(0, HOUR))
    found = figures(0, HOUR, tally.times(None, HOUR), 1800, 0, 4.0)
    assert found.effectiveness == 2.0 and found.speed_loss_ns == -HOUR
    check(found)


def test_what_cannot_be_told_is_none() -> None:
    nothing = figures(0, HOUR, Tally(0, HOUR, [], frozenset()).times(None, HOUR), 0, 0, 4.0)
    assert (nothing.availability, nothing.effectiveness, nothing.quality, nothing.oee) == (None, None, None, None)
    tally = Tally(0, HOUR, [], frozenset())
    tally.add(span(0, HOUR))
    no_pace = figures(0, HOUR, tally.times(None, HOUR), 10, 0, None)
    assert (no_pace.availability, no_pace.effectiveness, no_pace.quality, no_pace.oee) == (1.0, None, 1.0, None)
    check(no_pace)


def test_figures_begin_where_the_record_begins() -> None:
    tally = Tally(0, 8 * HOUR, [], frozenset())
    assert tally.begin_ns(HOUR) == HOUR
    tally.add(span(6 * HOUR, 7 * HOUR))
    assert tally.begin_ns(7 * HOUR) == 6 * HOUR
    tally.add(span(-HOUR, HOUR))
    assert tally.begin_ns(7 * HOUR) == 0


def test_together_sums_before_it_divides() -> None:
    def one(apt: int, down: int, good: int, ideal: float | None) -> Figures:
        tally = Tally(0, apt + down, [], frozenset())
        tally.add(span(0, apt))
        tally.add(span(apt, apt + down, MachineState.ABORTED))
        return figures(0, apt + down, tally.times(None, apt + down), good, 10, ideal)

    a, b = one(HOUR, HOUR, 900, 4.0), one(10 * HOUR, 0, 4500, 8.0)
    both = together([a, b])
    assert both is not None and both.ideal_cycle_s is None
    assert both.oee == pytest.approx((900 * 4 + 4500 * 8) / (12 * 3600))
    assert both.availability is not None and both.effectiveness is not None and both.quality is not None
    assert both.availability * both.effectiveness * both.quality == pytest.approx(both.oee)
    check(both)
    same = together([a])
    assert same is not None and same.oee == a.oee and same.quality == pytest.approx(a.quality)
    unpaced = together([a, one(HOUR, 0, 1, None)])
    assert unpaced is not None and unpaced.oee is None and together([]) is None


def test_the_constraint_is_the_slowest_the_last_of_equals() -> None:
    def station(name: str, ideal: float | None) -> Station:
        return Station(name, Text.same(name), "L", 1, ideal_cycle_s=ideal)

    found = constraint([station("a", 4.0), station("b", 4.5), station("c", 4.5), station("d", 3.0), station("e", None)])
    assert found is not None and found.id == "c"
    bare = constraint([station("a", None), station("b", None)])
    assert bare is not None and bare.id == "b" and constraint([]) is None
