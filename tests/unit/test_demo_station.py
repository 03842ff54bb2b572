"""A station of the demo plant: PackML order of states, stops, reset, whatever comes in whatever order."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from plugins.demo_plant.layout import KINDS, LINES, Mode, State
from plugins.demo_plant.station import SELF_RESET_S, Station
from plugins.demo_plant.unit import PasteBatch, Unit

ALLOWED = {
    State.EXECUTE: {State.BLOCKED, State.STARVED, State.HOLDING, State.ABORTING, State.STOPPING},
    State.BLOCKED: {State.EXECUTE, State.STARVED, State.HOLDING, State.ABORTING, State.STOPPING},
    State.STARVED: {State.EXECUTE, State.BLOCKED, State.HOLDING, State.ABORTING, State.STOPPING},
    State.HOLDING: {State.HELD, State.ABORTING, State.STOPPING, State.UNHOLDING},
    State.HELD: {State.UNHOLDING, State.ABORTING, State.STOPPING},
    State.UNHOLDING: {State.EXECUTE, State.HOLDING, State.ABORTING, State.STOPPING},
    State.ABORTING: {State.ABORTED, State.RESETTING, State.HOLDING, State.STOPPING},
    State.ABORTED: {State.RESETTING, State.HOLDING, State.STOPPING},
    State.STOPPING: {State.STOPPED, State.ABORTING, State.HOLDING, State.RESETTING},
    State.STOPPED: {State.RESETTING, State.ABORTING, State.HOLDING},
    State.RESETTING: {State.EXECUTE, State.ABORTING, State.HOLDING, State.STOPPING},
}


def station(order: int = 2) -> Station:
    made = Station(LINES[0], order, KINDS[order - 1], 1)
    made.stops_at_random = False
    return made


def board(number: int) -> Unit:
    return Unit(f"U1-{number:06d}", 1, "WO-1", "LOT-1", "A4", PasteBatch("PASTE-1A"), 0.0)


def run(at: Station, seconds: float) -> list[State]:
    """Advance, handing finished units on at once; the states on the way."""
    seen = [at.state]
    for _ in range(round(seconds / 0.25)):
        at.advance(0.25)
        if at.finished and at.can_work:
            at.hand_on()
        if at.state is not seen[-1]:
            seen.append(at.state)
    return seen


class Life(RuleBasedStateMachine):
    """Everything that can happen to a station, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.station = station()
        self.way_out = True
        self.number = 0
        self.before = self.station.state

    @rule(count=st.integers(1, 5))
    def boards(self, count: int) -> None:
        for _ in range(count):
            if self.station.has_room:
                self.number += 1
                self.station.buffer.append(board(self.number))

    @rule(seconds=st.sampled_from((1.0, 10.0, 40.0)), aborts=st.booleans())
    def fail(self, seconds: float, aborts: bool) -> None:
        self.station.fail(29 if aborts else 21, seconds, aborts=aborts)

    @rule(on=st.booleans())
    def hold(self, on: bool) -> None:
        self.station.hold = on

    @rule(mode=st.sampled_from(Mode))
    def switch(self, mode: Mode) -> None:
        self.station.mode = mode

    @rule(free=st.booleans())
    def lane(self, free: bool) -> None:
        self.way_out = free

    @rule()
    def reset(self) -> None:
        fault = self.station.fault
        done = self.station.reset()
        assert done == (fault is not None and not (fault.aborts and fault.left_s > 0))

    @rule(steps=st.integers(1, 60))
    def time_passes(self, steps: int) -> None:
        for _ in range(steps):
            before, unit, progress = self.station.state, self.station.unit, self.station.progress
            self.station.advance(0.25)
            after = self.station.state
            assert after is before or after in ALLOWED[before], (before, after)
            if not self.station.can_work:
                assert (self.station.unit, self.station.progress) == (unit, progress)
            if self.station.finished and self.station.can_work and self.way_out:
                self.station.hand_on()

    @invariant()
    def is_aborted_only_for_a_failure(self) -> None:
        if self.station.state is State.EXECUTE:
            assert 0.0 <= self.station.progress < 2.0


Life.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


def test_a_failure_is_repaired_then_reset_by_the_technician() -> None:
    at = station()
    at.fail(29, 60.0, aborts=True)
    at.buffer.extend(board(n) for n in range(8))
    assert run(at, 59.0) == [State.EXECUTE, State.ABORTING, State.ABORTED]
    assert not at.reset()
    assert run(at, SELF_RESET_S + 6.0) == [State.ABORTED, State.RESETTING, State.EXECUTE]
    assert at.fault_code == 0


def test_a_repaired_station_is_reset_from_the_desk_before_the_technician_does() -> None:
    at = station()
    at.fail(29, 10.0, aborts=True)
    run(at, 11.0)
    assert at.reset()
    assert run(at, 3.0) == [State.ABORTED, State.RESETTING, State.EXECUTE]


def test_a_short_stop_is_held_and_shows_its_code() -> None:
    at = station()
    at.fail(21, 8.0, aborts=False)
    assert run(at, 4.0) == [State.EXECUTE, State.HOLDING, State.HELD]
    assert at.fault_code == 21
    assert run(at, 6.0) == [State.HELD, State.UNHOLDING, State.EXECUTE]


def test_waiting_shows_only_after_a_pause_longer_than_the_rhythm() -> None:
    at = station()
    assert run(at, 5.5) == [State.EXECUTE]
    assert run(at, 1.0) == [State.EXECUTE, State.STARVED]
    at.buffer.append(board(1))
    assert run(at, 1.0) == [State.STARVED, State.EXECUTE]


def test_a_finished_unit_that_cannot_leave_blocks() -> None:
    at = station()
    at.buffer.append(board(1))
    for _ in range(60):
        at.advance(0.25)
    assert at.state is State.BLOCKED
    assert at.finished
