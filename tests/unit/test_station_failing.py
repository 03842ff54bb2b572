"""A station behind a closed gate is held, and has the usual time to run again after it opened."""

from hmi.loop.failing import TAU_NS, failed_since, held_by_gate
from hmi.model.machine import MachineState, StateSpan, Waiting

SECOND = 1_000_000_000
BEGAN = 1_000 * SECOND
OPENED = BEGAN + 300 * SECOND
TAU = TAU_NS[MachineState.HELD]


def failed(state: MachineState, closed_ns: int, now_ns: int) -> int | None:
    span = StateSpan("L1.S3", state, Waiting.NONE, BEGAN, None)
    return failed_since(span, now_ns, held_by_gate(closed_ns, now_ns), planned=False)


def test_a_station_behind_a_closed_gate_has_not_failed_unless_it_aborted() -> None:
    assert failed(MachineState.HELD, OPENED, OPENED) is None
    assert failed(MachineState.ABORTED, OPENED, OPENED) is not None


def test_a_gate_that_has_just_opened_leaves_the_station_time_to_run_again() -> None:
    assert failed(MachineState.HELD, OPENED, OPENED + SECOND) is None
    assert failed(MachineState.HELD, OPENED, OPENED + TAU - 1) is None
    assert failed(MachineState.HELD, OPENED, OPENED + TAU) is not None


def test_a_gate_that_was_never_closed_holds_nothing() -> None:
    assert failed(MachineState.HELD, 0, BEGAN + TAU) == BEGAN + TAU
