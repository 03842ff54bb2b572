"""Shift windows in wall clock, over clock changes in Seoul, Berlin and New York."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.plant import Pause, Plant, Shift
from hmi.model.text import Text
from hmi.plant.shifts import day_window, following, instant, planned_stops, previous, window, windows

HOUR = 3600 * 10**9
ZONES = ["Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]
THREE = (
    Shift("day", Text.same("day"), 360, 840, pauses=(Pause(600, 615), Pause(720, 750))),
    Shift("evening", Text.same("evening"), 840, 1320),
    Shift("night", Text.same("night"), 1320, 360, pauses=(Pause(120, 150),)),
)


def plant(zone: str, shifts: tuple[Shift, ...] = THREE) -> Plant:
    return Plant("p", Text.same("p"), zone, (), (), (), (), (), (), shifts=shifts)


def ns(zone: str, *local: int, fold: int = 0) -> int:
    return int(datetime(*local, tzinfo=ZoneInfo(zone), fold=fold).timestamp()) * 10**9


def test_the_day_shift_in_seoul() -> None:
    found = window(plant("Asia/Seoul"), ns("Asia/Seoul", 2026, 11, 21, 9, 30))
    assert found is not None and found.shift is THREE[0]
    assert found.start_ns == ns("Asia/Seoul", 2026, 11, 21, 6)
    assert found.end_ns == ns("Asia/Seoul", 2026, 11, 21, 14)
    assert found.busy_ns(found.start_ns, found.end_ns) == 8 * HOUR - 45 * 60 * 10**9
    assert found.busy_ns(found.start_ns, ns("Asia/Seoul", 2026, 11, 21, 10, 10)) == 4 * HOUR
    assert found.busy_share(found.end_ns) == 1.0


def test_the_night_shift_belongs_to_the_day_it_starts_on() -> None:
    at = ns("Asia/Seoul", 2026, 11, 22, 3)
    found = window(plant("Asia/Seoul"), at)
    assert found is not None and found.shift is THREE[2]
    assert found.start_ns == ns("Asia/Seoul", 2026, 11, 21, 22)
    assert found.pauses == ((ns("Asia/Seoul", 2026, 11, 22, 2), ns("Asia/Seoul", 2026, 11, 22, 2, 30)),)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Seoul", date(2026, 3, 29), 24),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ],
)
def test_days_with_a_clock_change(zone: str, day: date, hours: float) -> None:
    noon = ns(zone, day.year, day.month, day.day, 12)
    whole = day_window(plant(zone), noon)
    assert whole.end_ns - whole.start_ns == hours * HOUR
    shifts = windows(plant(zone), whole.start_ns, whole.end_ns)
    inside = sum(min(w.end_ns, whole.end_ns) - max(w.start_ns, whole.start_ns) for w in shifts)
    assert inside == hours * HOUR


def test_a_time_that_the_clock_change_skips_is_the_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    change = ns("UTC", 2026, 3, 29, 1)
    assert instant(date(2026, 3, 29), 150, zone) == change
    assert instant(date(2026, 3, 29), 120, zone) == change
    assert instant(date(2026, 3, 29), 180, zone) == change
    assert instant(date(2026, 3, 29), 181, zone) == change + 60 * 10**9


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert instant(date(2026, 10, 25), 150, ZoneInfo("Europe/Berlin")) == ns("UTC", 2026, 10, 25, 0, 30)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.lists(st.integers(0, 1439), min_size=1, max_size=5, unique=True),
    st.integers(0, 86_399),
)
def test_shifts_that_meet_on_paper_meet_in_time(zone: str, day: date, starts: list[int], second: int) -> None:
    starts = sorted(starts)
    ends = [*starts[1:], starts[0]]
    shifts = tuple(Shift(str(i), Text.same("s"), a, b) for i, (a, b) in enumerate(zip(starts, ends, strict=True)))
    made = plant(zone, shifts)
    at = ns("UTC", day.year, day.month, day.day) + second * 10**9
    now = window(made, at)
    assert now is not None and now.start_ns <= at < now.end_ns
    before, after = previous(made, at), following(made, at)
    assert before is not None and before.end_ns == now.start_ns
    assert after is not None and after.start_ns == now.end_ns
    assert planned_stops(made, now.start_ns, now.end_ns) == []


@given(st.sampled_from(ZONES), st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(1, 40))
def test_planned_stops_and_busy_time_are_the_whole(zone: str, day: date, hours: int) -> None:
    made = plant(zone, (Shift("d", Text.same("d"), 360, 840, days=(0, 1, 2, 3, 4), pauses=(Pause(600, 615),)),))
    start = ns("UTC", day.year, day.month, day.day)
    end = start + hours * HOUR
    planned = planned_stops(made, start, end)
    assert all(a < b for a, b in planned) and all(x[1] < y[0] for x, y in pairwise(planned))
    busy = sum(w.busy_ns(start, end) for w in windows(made, start, end))
    assert sum(b - a for a, b in planned) + busy == end - start


def test_between_shifts_there_is_none_but_neighbours_are_known() -> None:
    weekly = plant("Asia/Seoul", (Shift("d", Text.same("d"), 360, 840, days=(0,)),))
    wednesday = ns("Asia/Seoul", 2026, 11, 18, 9)
    before, after = previous(weekly, wednesday), following(weekly, wednesday)
    assert window(weekly, wednesday) is None
    assert before is not None and before.start_ns == ns("Asia/Seoul", 2026, 11, 16, 6)
    assert after is not None and after.start_ns == ns("Asia/Seoul", 2026, 11, 23, 6)


def test_without_shifts_the_day_is_the_window() -> None:
    bare = plant("Asia/Seoul", ())
    at = ns("Asia/Seoul", 2026, 11, 21, 9)
    today, yesterday, tomorrow = window(bare, at), previous(bare, at), following(bare, at)
    assert today is not None and yesterday is not None and tomorrow is not None
    assert today.shift is None and planned_stops(bare, today.start_ns, today.end_ns) == []
    assert yesterday.end_ns == today.start_ns and tomorrow.start_ns == today.end_ns
    assert timedelta(seconds=(today.end_ns - today.start_ns) // 10**9) == timedelta(days=1)
