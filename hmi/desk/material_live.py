"""A reroute that has not ended: where its runs put it, and what is counted of it while it is open. Rules only."""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.desk.material_map import TagValue, lane_row
from hmi.desk.material_watch import LaneCount, Repaired
from hmi.model.plant import Plant
from hmi.model.sequence import Run, RunState, RunStep
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.routes import Reroute, RerouteState

_OPEN = {
    RunState.RUNNING: RerouteState.EXECUTING, RunState.INTERRUPTED: RerouteState.EXECUTING,
    RunState.UNKNOWN: RerouteState.UNKNOWN, RunState.WHOLE: RerouteState.VERIFIED,
    RunState.TAKEN_BACK: RerouteState.RETURNED,
}  # fmt: skip
_BACK = {
    RunState.RUNNING: RerouteState.RETURNING, RunState.INTERRUPTED: RerouteState.RETURNING,
    RunState.UNKNOWN: RerouteState.UNKNOWN, RunState.WHOLE: RerouteState.RETURNED,
}  # fmt: skip
WATCHED = (RerouteState.VERIFIED, RerouteState.CONFIRMED)
"""Units are counted on its lanes."""


@dataclass(slots=True)
class Live:
    """A reroute that has not ended."""

    kept: Reroute
    counts: list[LaneCount] = field(default_factory=list)
    repaired: Repaired = field(default_factory=Repaired)
    can_return: bool = False
    saved_ns: int = 0
    before: int = 0
    """Units that an earlier engine counted."""
    busy: bool = False
    """An order of it is being started at this moment."""


def reroute_of(run: Run) -> int | None:
    """The number of the reroute that a run belongs to; None for a run of another room."""
    parts = run.id.split(":")
    return int(parts[1]) if parts[0] == "reroute" and len(parts) >= 3 and parts[1].isdigit() else None


def run_of(kept: Reroute) -> Run:
    """The run that opens a reroute."""
    steps = tuple(RunStep(w.tag, w.value, w.back) for w in kept.writes)
    return Run(
        kept.run, kept.cause or f"reroute:{kept.id}", kept.reason, steps, kept.user, kept.signature, kept.meaning,
        kept.seen,
    )  # fmt: skip


def standing(kept: Reroute, run: Run, opened: Run | None) -> tuple[RerouteState, Text | None] | None:
    """Where a run that came further puts its reroute, and why; None where it changes nothing.

    opened: the run that opened the reroute, as the runner has it.
    """
    if run.id not in (kept.run, kept.back):
        return None
    if run.state is RunState.STOPPED:
        state = _stopped(kept, run, opened)
    else:
        state = (_BACK if run.id == kept.back else _OPEN).get(run.state, kept.state)
    passed = (RerouteState.CONFIRMED, RerouteState.RETURNING)
    if run.id == kept.run and state is RerouteState.VERIFIED and kept.state in passed:
        return None
    why = next((r.why for r in reversed(run.results) if r.why is not None), None)
    if run.state is RunState.INTERRUPTED:
        why = say("material.interrupted")
    return state, None if run.state is RunState.WHOLE else why


def _stopped(kept: Reroute, run: Run, opened: Run | None) -> RerouteState:
    """Where a reroute stands whose run, or whose way back, stopped at a step that was not done."""
    if run.id == kept.run:
        return RerouteState.PARTLY if run.done else RerouteState.FAILED
    whole = opened is not None and opened.done == len(kept.writes)
    return RerouteState.VERIFIED if whole and not run.done else RerouteState.PARTLY


def lanes_of(plant: Plant, kept: Reroute) -> list[LaneCount]:
    """The counts of a reroute's lanes, beginning at nothing."""
    return [LaneCount(lane) for lane in plant.lanes if lane.id in kept.lanes]


def moved(plant: Plant, value: TagValue, count: LaneCount) -> bool:
    """Let a lane's count see the counters as they are now; True when units took the lane."""
    station = plant.station[count.lane.from_station]
    after = [s for s in plant.stations_of(station.line) if s.order > station.order][:1]
    active = lane_row(plant, count.lane, value, 0).active is True
    good = value(station.roles.get("good", ""))
    return count.on_counters(active, good, value(after[0].roles.get("in_buffer", "")) if after else None)
