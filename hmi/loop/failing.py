"""When a station counts as failed: it aborted, or stands held or stopped by a cause of its own for too long. Pure."""

from __future__ import annotations

from hmi.model.machine import MachineState, StateSpan

SECOND = 1_000_000_000
TAU_NS = {
    MachineState.ABORTED: 3 * SECOND,
    MachineState.ABORTING: 8 * SECOND,
    MachineState.HELD: 20 * SECOND,
    MachineState.STOPPED: 20 * SECOND,
}
"""How long a station may stand in a state before it counts as failed."""


def failed_since(span: StateSpan | None, now_ns: int, gate_closed: bool, planned: bool) -> int | None:
    """When the station's stop passed its limit, or None while it has not failed.

    gate_closed: a hold closed the station's gate; planned: the stop's reason is planned downtime. Neither is a failure,
    and an aborted station with a closed gate is one all the same.
    """
    if span is None or planned or span.state not in TAU_NS:
        return None
    if gate_closed and span.state in (MachineState.HELD, MachineState.STOPPED):
        return None
    over_ns = span.start_ns + TAU_NS[span.state]
    return over_ns if now_ns >= over_ns else None


def held_by_gate(closed_ns: int, now_ns: int) -> bool:
    """Whether a stop is its gate's: the gate is closed, or opened so lately that the station may be on its way back.

    closed_ns: when the gate was last seen closed, 0 for never.
    """
    return closed_ns > 0 and now_ns - closed_ns < TAU_NS[MachineState.HELD]
