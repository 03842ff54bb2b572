"""Who stops the line: each wait is laid at the door of the first station along the flow with a cause of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Plant, StopReason
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.states import INTERNAL, SECOND, WAITS, Cause

SHORTEST_PART_NS = SECOND
"""A stop is not cut into parts shorter than this."""


@dataclass(frozen=True, slots=True)
class StationView:
    """What the walk along a line looks at; told is False for a station that has no state tag at all."""

    station: str
    state: MachineState
    waiting: Waiting
    counts_as: TimeClass
    since_ns: int
    told: bool = True
    level: int | None = None
    """Units before it."""
    capacity: int | None = None
    cause: str | None = None
    """What its present wait was laid to so far."""

    @property
    def full(self) -> bool:
        """Whether no unit fits before it."""
        return self.level is not None and self.capacity is not None and self.level >= self.capacity


@dataclass(frozen=True, slots=True)
class LineState:
    """What a line does: running, or the state of the station that stops it."""

    state: MachineState
    waiting: Waiting
    cause: Cause | None

    @property
    def runs(self) -> bool:
        """Whether product comes out."""
        return self.state is MachineState.EXECUTE


def find_cause(views: Sequence[StationView], index: int) -> Cause | None:
    """The station that makes views[index] wait; None when the walk leaves the line or meets a producing station.

    Starved looks up the flow, blocked looks down it, past those who wait the same way and past a station that is just
    working off its last unit (or filling the last place). An idle station is named only when nobody else is found.
    A gap in the flow outlives its cause: where nobody has a cause of his own (any more), a neighbour that waits the
    same way passes on what his wait was laid to. Lanes from other lines are not followed.
    """
    direction = {TimeClass.STARVED: -1, TimeClass.WAITING: -1, TimeClass.BLOCKED: 1}.get(views[index].counts_as)
    if direction is None:
        return None
    same = TimeClass.BLOCKED if direction > 0 else TimeClass.STARVED
    passed_on: Cause | None = None
    idle: Cause | None = None
    at = index + direction
    while 0 <= at < len(views):
        view = views[at]
        if not view.told:
            pass
        elif view.counts_as is same:
            if passed_on is None and view.cause is not None:
                passed_on = Cause(view.cause, view.since_ns)
        elif view.counts_as in INTERNAL:
            return Cause(view.station, view.since_ns)
        elif view.counts_as is TimeClass.WAITING:
            if idle is None and view.state is MachineState.IDLE:
                idle = Cause(view.station, view.since_ns)
        elif view.counts_as is TimeClass.PRODUCTION:
            drained = view.level == 0 if direction < 0 else at + 1 < len(views) and views[at + 1].full
            if not drained:
                break
        else:
            break
        at += direction
    return passed_on or idle


def line_state(views: Sequence[StationView], moving: bool) -> LineState:
    """What the line as a whole does; moving says that units left it within the last moments.

    A line runs when its last station produces, or merely waits between units that keep coming; else it is in the state
    of the station that stops it.
    """
    told = [i for i, view in enumerate(views) if view.told]
    if not told:
        return LineState(MachineState.EXECUTE if moving else MachineState.UNKNOWN, Waiting.NONE, None)
    last = views[told[-1]]
    if last.counts_as is TimeClass.PRODUCTION or (moving and last.counts_as in WAITS):
        return LineState(MachineState.EXECUTE, Waiting.NONE, None)
    if last.counts_as in INTERNAL:
        return LineState(last.state, last.waiting, Cause(last.station, last.since_ns))
    cause = find_cause(views, told[-1])
    stopper = next((view for view in views if cause is not None and view.station == cause.station), None)
    if stopper is not None and (stopper.counts_as in INTERNAL or stopper.counts_as is TimeClass.WAITING):
        return LineState(stopper.state, stopper.waiting, cause)
    if last.cause is not None:  # the stopper works again, what it brought about has not passed the line yet
        cause = Cause(last.cause, last.since_ns)
    return LineState(last.state, last.waiting, cause)


def planned_reasons(reasons: Sequence[StopReason]) -> frozenset[str]:
    """Ids of the reasons that leave the loss: planned themselves, or below a planned one."""
    by_id = {r.id: r for r in reasons}
    planned = set()
    for reason in reasons:
        at: StopReason | None = reason
        for _ in range(len(reasons)):  # a circle in a file that nobody checked must not hang us
            if at is None:
                break
            if at.planned:
                planned.add(reason.id)
                break
            at = by_id.get(at.parent)
    return frozenset(planned)


def refuse_reason(plant: Plant, span: StateSpan | None, reason: str) -> Text | None:
    """Why a reason cannot be put on a stretch, in words; None when it can. An empty reason takes it off."""
    if span is None:
        return say("machine.no_such_stop")
    if span.counts_as is TimeClass.PRODUCTION:
        return say("machine.not_a_stop")
    if not reason:
        return None
    if reason not in {r.id for r in plant.reasons}:
        return say("machine.no_such_reason", reason=reason)
    if any(r.parent == reason for r in plant.reasons):
        return say("machine.reason_is_group", reason=next(r.name for r in plant.reasons if r.id == reason))
    return None


def refuse_split(span: StateSpan | None, at_ns: int, now_ns: int) -> Text | None:
    """Why a stop cannot be cut at an instant, in words; None when it can."""
    if span is None:
        return say("machine.no_such_stop")
    if span.counts_as is TimeClass.PRODUCTION:
        return say("machine.not_a_stop")
    end = now_ns if span.end_ns is None else span.end_ns
    if not span.start_ns + SHORTEST_PART_NS <= at_ns <= end - SHORTEST_PART_NS:
        return say("machine.split_outside")
    return None
