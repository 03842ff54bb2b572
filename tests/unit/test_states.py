"""Machine states: blocked and starved, timelines in order whatever the clocks say, restarts of the engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import StateRule
from hmi.plant.states import SECOND, Buffers, Cause, StateTracker, dated, resumed, rule_of, waiting_of

S, E, A, U = MachineState.SUSPENDED, MachineState.EXECUTE, MachineState.ABORTED, MachineState.UNKNOWN
BLOCKED, STARVED, NONE = Waiting.BLOCKED, Waiting.STARVED, Waiting.NONE


@pytest.mark.parametrize(
    ("was", "buffers", "expected"),
    [
        (NONE, Buffers(0, 3, 8, True), STARVED),
        (NONE, Buffers(2, 8, 8, True), BLOCKED),
        (NONE, Buffers(2, 9, 8, True), BLOCKED),
        (NONE, Buffers(0, 8, 8, True), BLOCKED),
        (STARVED, Buffers(0, 8, 8, True), STARVED),
        (STARVED, Buffers(1, 3, 8, True), STARVED),  # the first unit came in, the machine has not started yet
        (BLOCKED, Buffers(1, 7, 8, True), BLOCKED),
        (BLOCKED, Buffers(0, 3, 8, True), STARVED),
        (NONE, Buffers(2, 3, 8, True), NONE),
        (NONE, Buffers(None, None, None, True), NONE),
        (NONE, Buffers(2, 3, None, True), BLOCKED),
        (NONE, Buffers(None, 3, 8, True), STARVED),
        (NONE, Buffers(0, None, None, False), STARVED),
        (NONE, Buffers(2, None, None, False), NONE),
        (NONE, Buffers(2, None, 8, True), NONE),
    ],
)
def test_why_a_suspended_station_waits(was: Waiting, buffers: Buffers, expected: Waiting) -> None:
    assert waiting_of(StateRule(S), was, buffers) is expected


def test_the_state_map_knows_better_than_the_buffers() -> None:
    assert waiting_of(StateRule(S, STARVED), NONE, Buffers(5, 8, 8, True)) is STARVED


@pytest.mark.parametrize("state", [s for s in MachineState if "SUSPEND" not in s])
def test_only_suspended_stations_are_blocked_or_starved(state: MachineState) -> None:
    assert waiting_of(StateRule(state, BLOCKED), BLOCKED, Buffers(0, 8, 8, True)) is NONE


def test_values_of_a_state_tag() -> None:
    states = {"6": StateRule(E), "true": StateRule(E), "0": StateRule(A), "RUN": StateRule(E), "2.5": StateRule(A)}
    assert rule_of(states, 6.0) == rule_of(states, 6) == rule_of(states, True) == rule_of(states, "RUN") == StateRule(E)
    assert rule_of(states, False) == rule_of(states, 2.5) == StateRule(A)
    assert rule_of(states, 7) is None and rule_of(states, float("nan")) is None and rule_of({}, 6) is None


def test_a_reading_counts_from_its_source_unless_that_cannot_be() -> None:
    now = 10**18
    assert dated(now - SECOND, now) == now - SECOND
    assert dated(now + SECOND, now) == now
    assert dated(now - 3600 * SECOND, now) == now
    assert dated(0, now) == now


observations = st.lists(
    st.tuples(
        st.integers(-5 * SECOND, 100 * SECOND),
        st.sampled_from([E, S, A, U, MachineState.CLEARING]),
        st.sampled_from(list(Waiting)),
        st.one_of(st.none(), st.builds(Cause, st.sampled_from(["a", "b"]), st.integers(0, 100 * SECOND))),
    ),
    max_size=40,
)


@given(observations)
def test_a_timeline_is_without_gaps_and_what_is_over_stays(
    seen: list[tuple[int, MachineState, Waiting, Cause | None]],
) -> None:
    tracker = StateTracker(StateSpan("s", U, NONE, 0, None))
    record = {0: tracker.live}
    for at, state, waiting, cause in seen:
        waiting, cause = (waiting, cause) if state is S else (NONE, None)
        for span in tracker.observe(at, state, waiting, cause):
            before = record.get(span.start_ns)
            assert before is None or before.end_ns is None, "a closed stretch was written again"
            record[span.start_ns] = span
        assert (tracker.live.state, tracker.live.waiting) == (state, waiting)
    spans = [record[start] for start in sorted(record)]
    assert [s.end_ns for s in spans[:-1]] == [s.start_ns for s in spans[1:]]
    assert all(s.end_ns is None or s.end_ns > s.start_ns for s in spans)
    assert spans[-1] == tracker.live and tracker.live.end_ns is None


def test_a_buffer_that_speaks_late_amends_the_stop_it_explains() -> None:
    tracker = StateTracker(StateSpan("s", E, NONE, 0, None))
    tracker.observe(10 * SECOND, S)
    changed = tracker.observe(11 * SECOND, S, STARVED)
    assert [(s.start_ns, s.waiting) for s in changed] == [(10 * SECOND, STARVED)]
    closed, fresh = tracker.observe(30 * SECOND, S, BLOCKED)
    assert (closed.end_ns, fresh.start_ns, fresh.waiting) == (30 * SECOND, 30 * SECOND, BLOCKED)


def test_a_cause_found_later_explains_the_wait_only_if_it_stood_before() -> None:
    tracker = StateTracker(StateSpan("s", E, NONE, 0, None))
    tracker.observe(10 * SECOND, S, STARVED)
    assert [s.start_ns for s in tracker.observe(20 * SECOND, S, STARVED, Cause("placer", 5 * SECOND))] == [10 * SECOND]
    assert tracker.observe(25 * SECOND, S, STARVED, None) == []
    assert tracker.live.cause == "placer"
    tracker.observe(40 * SECOND, S, STARVED, Cause("printer", 38 * SECOND))
    assert (tracker.live.start_ns, tracker.live.cause) == (40 * SECOND, "printer")


def test_one_stop_keeps_its_reason_through_its_states() -> None:
    tracker = StateTracker(StateSpan("s", A, NONE, 0, None))
    tracker.reason("feeder")
    tracker.observe(5 * SECOND, MachineState.CLEARING)
    assert tracker.live.reason == "feeder"
    tracker.observe(6 * SECOND, E)
    tracker.observe(7 * SECOND, A)
    assert tracker.live.reason is None


def test_a_short_restart_leaves_the_stretch_whole() -> None:
    span = StateSpan("s", A, NONE, 0, None, reason="feeder", span_id=7)
    assert resumed(span, 100 * SECOND, 103 * SECOND, A) == [span]


@pytest.mark.parametrize(("now_s", "state"), [(103, E), (3000, A), (3000, U)])
def test_a_long_restart_or_another_state_leaves_unknown_between(now_s: int, state: MachineState) -> None:
    span = StateSpan("s", A, NONE, 0, None)
    closed, away = resumed(span, 100 * SECOND, now_s * SECOND, state)
    assert closed.end_ns == away.start_ns == 100 * SECOND
    assert away.counts_as is TimeClass.UNKNOWN and away.end_ns is None
