"""Who stops the line, and what a person may say about a stop."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.machine import MachineState, StateSpan, Waiting, time_class
from hmi.model.plant import Plant, StopReason
from hmi.model.text import Text
from hmi.plant.states import INTERNAL, SECOND
from hmi.plant.stops import StationView, find_cause, line_state, planned_reasons, refuse_reason, refuse_split

_STATES = {
    "run": (MachineState.EXECUTE, Waiting.NONE),
    "down": (MachineState.ABORTED, Waiting.NONE),
    "held": (MachineState.HELD, Waiting.NONE),
    "blocked": (MachineState.SUSPENDED, Waiting.BLOCKED),
    "starved": (MachineState.SUSPENDED, Waiting.STARVED),
    "waits": (MachineState.SUSPENDED, Waiting.NONE),
    "idle": (MachineState.IDLE, Waiting.NONE),
    "unknown": (MachineState.UNKNOWN, Waiting.NONE),
    "mute": (MachineState.UNKNOWN, Waiting.NONE),
}


def line(words: str) -> list[StationView]:
    """Stations from words such as ``run/3`` (3 units before it, of 8)."""
    views = []
    for i, word in enumerate(words.split(), start=1):
        name, _, level = word.partition("/")
        state, waiting = _STATES[name]
        views.append(
            StationView(f"S{i}", state, waiting, time_class(state, waiting), i * SECOND, name != "mute",
                        int(level) if level else None, 8)
        )  # fmt: skip
    return views


@pytest.mark.parametrize(
    ("words", "index", "cause"),
    [
        ("run down starved starved starved starved", 5, "S2"),
        ("blocked blocked down starved starved starved", 0, "S3"),
        ("blocked blocked down starved starved starved", 5, "S3"),
        ("down held starved", 2, "S2"),
        ("run run/2 starved", 2, None),  # the one before is just slower
        ("down run/0 starved", 2, "S1"),  # the one before works off its last unit
        ("down run starved", 2, None),  # how much it has left is not told
        ("blocked run/8 down/8", 0, "S3"),
        ("blocked run/8 down/5", 0, None),
        ("starved starved starved", 2, None),  # nothing comes into the line
        ("blocked blocked blocked", 0, None),
        ("unknown starved starved", 2, "S1"),
        ("down mute starved", 2, "S1"),  # a station without a state tag does not hide the one behind it
        ("idle starved starved", 2, "S1"),
        ("down idle starved", 2, "S1"),
        ("down blocked starved", 2, None),
        ("down run run", 2, None),
    ],
)
def test_the_walk_to_the_cause(words: str, index: int, cause: str | None) -> None:
    found = find_cause(line(words), index)
    assert (found.station if found else None) == cause


@pytest.mark.parametrize(
    ("words", "moving", "state", "cause"),
    [
        ("run run run", False, MachineState.EXECUTE, None),
        ("run run starved", True, MachineState.EXECUTE, None),
        ("run down starved", True, MachineState.EXECUTE, None),  # what is left still comes out
        ("run down starved", False, MachineState.ABORTED, "S2"),
        ("run run held", True, MachineState.HELD, "S3"),
        ("starved starved starved", False, MachineState.SUSPENDED, None),
        ("run run unknown", True, MachineState.UNKNOWN, "S3"),
        ("run down/0 mute", False, MachineState.ABORTED, "S2"),
        ("mute mute mute", True, MachineState.EXECUTE, None),
        ("mute mute mute", False, MachineState.UNKNOWN, None),
        ("down starved waits", False, MachineState.ABORTED, "S1"),
    ],
)
def test_the_state_of_the_line(words: str, moving: bool, state: MachineState, cause: str | None) -> None:
    found = line_state(line(words), moving)
    assert found.state is state
    assert (found.cause.station if found.cause else None) == cause


def test_a_gap_in_the_flow_outlives_its_cause() -> None:
    views = line("run run starved starved")
    views[2] = replace(views[2], cause="S2")  # S2 works again, its gap travels on
    found = find_cause(views, 3)
    assert found is not None and found.station == "S2"
    views[3] = replace(views[3], cause="S2")
    state = line_state(views, moving=False)
    assert (state.state, state.waiting) == (MachineState.SUSPENDED, Waiting.STARVED)
    assert state.cause is not None and state.cause.station == "S2"
    views[1] = replace(views[1], state=MachineState.ABORTED, counts_as=time_class(MachineState.ABORTED))
    views[0] = replace(views[0], state=MachineState.HELD, counts_as=time_class(MachineState.HELD))
    live = find_cause(views, 3)
    assert live is not None and live.station == "S2" and live.since_ns == views[1].since_ns


@given(st.lists(st.sampled_from(sorted(_STATES)), min_size=1, max_size=8), st.booleans())
def test_a_cause_always_has_a_cause_of_its_own_or_is_idle(words: list[str], moving: bool) -> None:
    views = line(" ".join(words))
    for i in range(len(views)):
        found = find_cause(views, i)
        if found is not None:
            view = next(v for v in views if v.station == found.station)
            assert view is not views[i] and (view.counts_as in INTERNAL or view.state is MachineState.IDLE)
    state = line_state(views, moving)
    assert not (state.runs and state.cause)


REASONS = (
    StopReason("planned", Text.same("planned"), planned=True),
    StopReason("maintenance", Text.same("maintenance"), "planned"),
    StopReason("oil", Text.same("oil"), "maintenance"),
    StopReason("internal", Text.same("internal")),
    StopReason("feeder", Text.same("feeder"), "internal"),
    StopReason("circle", Text.same("circle"), "circle"),
)
PLANT = Plant("p", Text.same("p"), "UTC", (), (), (), (), (), (), reasons=REASONS)
STOP = StateSpan("s", MachineState.ABORTED, Waiting.NONE, 10 * SECOND, 20 * SECOND, span_id=1)
RUN = StateSpan("s", MachineState.EXECUTE, Waiting.NONE, 10 * SECOND, 20 * SECOND, span_id=2)


def test_what_is_below_a_planned_reason_is_planned() -> None:
    assert planned_reasons(REASONS) == {"planned", "maintenance", "oil"}


def test_a_leaf_can_be_put_on_a_stop_and_taken_off() -> None:
    assert refuse_reason(PLANT, STOP, "feeder") is None
    assert refuse_reason(PLANT, STOP, "") is None


@pytest.mark.parametrize(
    ("span", "reason"), [(None, "feeder"), (RUN, "feeder"), (RUN, ""), (STOP, "internal"), (STOP, "gremlins")]
)
def test_what_cannot_be_said_of_a_stop(span: StateSpan | None, reason: str) -> None:
    assert refuse_reason(PLANT, span, reason) is not None


def test_a_stop_is_cut_inside_only() -> None:
    assert refuse_split(STOP, 15 * SECOND, 99 * SECOND) is None
    for at in (9, 10, 20, 21):
        assert refuse_split(STOP, at * SECOND, 99 * SECOND) is not None
    assert refuse_split(None, 15 * SECOND, 99 * SECOND) is not None
    assert refuse_split(RUN, 15 * SECOND, 99 * SECOND) is not None
    live = StateSpan("s", MachineState.ABORTED, Waiting.NONE, 10 * SECOND, None)
    assert refuse_split(live, 15 * SECOND, 30 * SECOND) is None
    assert refuse_split(live, 31 * SECOND, 30 * SECOND) is not None
