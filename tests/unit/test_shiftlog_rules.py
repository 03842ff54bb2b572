"""Rules of the shift log: what a note may be, which shift is handed over, which stops are told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.handover import LATE_NS, LONG_STOP_NS, MINUTE, handed_shift, long_stops, shift_name
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Area, Line, Plant, Shift, Site
from hmi.model.shiftlog import LONGEST_NOTE, Note, NoteKind, refuse_correction, refuse_note
from hmi.model.text import Text
from hmi.model.words import catalogue

HOUR = 60 * MINUTE
DAY = Shift("day", Text("Day", "주간"), 6 * 60, 14 * 60)
LATE = Shift("late", Text("Late", "야간"), 14 * 60, 22 * 60)
T0 = 1_790_000_000_000_000_000


def plant(*shifts):
    same = Text.same
    return Plant("p", same("p"), "UTC", (Site("s", same("s")),), (Area("a", same("a"), "s"),),
                 (Line("L1", same("1"), "a"),), (), (), (), shifts)  # fmt: skip


def at(hour, minute=0):
    return int(datetime(2026, 11, 21, hour, minute, tzinfo=UTC).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("now", "last", "name"),
    [
        (at(13, 50), None, "Day"),  # before its end: the one that runs
        (at(14, 10), None, "Day"),  # just over: still the one before
        (at(14, 10), at(6), "Late"),  # unless that was handed over
        (at(15, 1), None, "Late"),
        (at(22, 30), None, "Late"),  # between shifts: the last one
        (at(3), None, "Late"),
        (at(22, 30), at(14), "Between shifts"),
        (at(14, 10), at(14), "Late"),  # handed over once already, early
    ],
)
def test_the_shift_that_is_handed_over(now, last, name):
    described = plant(DAY, LATE)
    assert shift_name(described, handed_shift(described, now, last)).en == name


def test_a_plant_without_shifts_hands_over_its_day():
    described = plant()
    found = handed_shift(described, at(15), None)
    assert found.start_ns == at(0) and shift_name(described, found).en == "Day"
    assert handed_shift(described, at(0, 30), None).end_ns == at(0)


@given(st.integers(at(0), at(0) + 40 * 24 * HOUR), st.sampled_from([(), (DAY,), (DAY, LATE)]))
def test_the_handed_shift_began_before_and_is_not_long_over(now, shifts):
    found = handed_shift(plant(*shifts), now, None)
    assert found.start_ns <= now
    assert found.shift is not None or found.end_ns + LATE_NS > now


def span(start, end, state=MachineState.ABORTED, cause=None, reason=None):
    return StateSpan("L1", state, Waiting.NONE, T0 + start * MINUTE, None if end is None else T0 + end * MINUTE, cause,
                     reason)  # fmt: skip


def stops(spans, planned=(), from_=0, to=100):
    found = long_stops(spans, [(T0 + a * MINUTE, T0 + b * MINUTE) for a, b in planned], T0 + from_ * MINUTE,
                       T0 + to * MINUTE)  # fmt: skip
    return [((s.start_ns - T0) // MINUTE, s.lost_ns // MINUTE, s.face.cause, s.reason) for s in found]


def test_a_stop_lasts_from_running_to_running_and_its_longest_stretch_is_its_face():
    run = MachineState.EXECUTE
    spans = [span(0, 10, run), span(10, 11, cause="a"), span(11, 15, MachineState.STOPPED, "b", "jam"),
             span(15, 16, MachineState.STARTING), span(16, 50, run), span(50, 54), span(54, 60, run)]  # fmt: skip
    assert stops(spans) == [(10, 6, "b", "jam")]
    assert stops([span(90, None, cause="c")]) == [(90, 10, "c", None)]


def test_planned_time_and_time_outside_the_window_do_not_count():
    assert stops([span(10, 20)], planned=[(10, 16)]) == []
    assert stops([span(10, 22)], planned=[(10, 16)]) == [(10, 6, None, None)]
    assert stops([span(0, 14)], from_=10) == []
    assert stops([span(0, 16)], from_=10) == [(0, 6, None, None)]


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=30))
def test_no_long_stop_is_missed_and_none_is_told_twice(parts):
    spans, now, whole, current = [], 0, [], 0
    for length, runs in parts:
        state = MachineState.EXECUTE if runs else (MachineState.HELD if len(spans) % 2 else MachineState.STOPPED)
        spans.append(span(now, now + length, state))
        if runs:
            whole, current = [*whole, current], 0
        else:
            current += length
        now += length
    expected = [n for n in [*whole, current] if n * MINUTE >= LONG_STOP_NS]
    assert [lost for _, lost, _, _ in stops(spans, to=now)] == expected
    assert all(s.counts_as is not TimeClass.UNKNOWN for s in spans)


def note(number, corrected_by=None):
    return Note(number, T0, "", "kim", "Kim", "operator", NoteKind.NOTE, "", "x", None, corrected_by)


def test_what_a_note_may_be():
    assert refuse_note("x", "", ()) is None and refuse_note("x" * LONGEST_NOTE, "L1", {"L1"}) is None
    for text, place in (("", ""), (" \n\t", ""), ("x" * (LONGEST_NOTE + 1), ""), ("x", "L2")):
        assert refuse_note(text, place, {"L1"}) is not None
    assert refuse_correction(1, note(1)) is None
    assert "note 4" in refuse_correction(1, note(1, 4)).en
    assert refuse_correction(1, None) is not None


def test_every_kind_of_note_has_its_word():
    assert {f"shiftlog.kind.{k}" for k in NoteKind} <= set(catalogue())
