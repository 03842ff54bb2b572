"""Machine states after PackML (ISA-TR88.00.02) and what each means for machine time (ISO 22400-2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class MachineState(StrEnum):
    """The PackML states, plus UNKNOWN: the station does not say, or its link is in doubt."""

    UNKNOWN = "UNKNOWN"
    CLEARING = "CLEARING"
    STOPPED = "STOPPED"
    STARTING = "STARTING"
    IDLE = "IDLE"
    SUSPENDED = "SUSPENDED"
    EXECUTE = "EXECUTE"
    STOPPING = "STOPPING"
    ABORTING = "ABORTING"
    ABORTED = "ABORTED"
    HOLDING = "HOLDING"
    HELD = "HELD"
    UNHOLDING = "UNHOLDING"
    SUSPENDING = "SUSPENDING"
    UNSUSPENDING = "UNSUSPENDING"
    RESETTING = "RESETTING"
    COMPLETING = "COMPLETING"
    COMPLETE = "COMPLETE"


class TimeClass(StrEnum):
    """How a stretch of a station's time counts."""

    PRODUCTION = "PRODUCTION"  # APT: it makes product
    SETUP = "SETUP"  # starting, completing, resetting, changing over
    DOWN = "DOWN"  # an internal cause: Held, Aborted, Stopped
    BLOCKED = "BLOCKED"  # Suspended, the way out is full
    STARVED = "STARVED"  # Suspended, nothing comes in
    WAITING = "WAITING"  # Suspended or Idle, the cause outside is not known
    PLANNED = "PLANNED"  # planned downtime: breaks, no shift, planned maintenance
    UNKNOWN = "UNKNOWN"  # no believable state


class Waiting(StrEnum):
    """Why a station that is Suspended waits."""

    BLOCKED = "BLOCKED"
    STARVED = "STARVED"
    NONE = "NONE"


_CLASS = {
    MachineState.EXECUTE: TimeClass.PRODUCTION,
    MachineState.STARTING: TimeClass.SETUP,
    MachineState.COMPLETING: TimeClass.SETUP,
    MachineState.COMPLETE: TimeClass.SETUP,
    MachineState.RESETTING: TimeClass.SETUP,
    MachineState.UNHOLDING: TimeClass.SETUP,
    MachineState.IDLE: TimeClass.WAITING,
    MachineState.UNKNOWN: TimeClass.UNKNOWN,
}
_EXTERNAL = {MachineState.SUSPENDED, MachineState.SUSPENDING, MachineState.UNSUSPENDING}


def time_class(state: MachineState, waiting: Waiting = Waiting.NONE) -> TimeClass:
    """How time in a state counts: Held and Aborted are internal, Suspended is external (blocked or starved)."""
    if state in _EXTERNAL:
        return {Waiting.BLOCKED: TimeClass.BLOCKED, Waiting.STARVED: TimeClass.STARVED}.get(waiting, TimeClass.WAITING)
    return _CLASS.get(state, TimeClass.DOWN)


class MinuteUnits(NamedTuple):
    """Units that a station finished in the minute that began at minute_ns (ns since 1970 UTC)."""

    station: str
    minute_ns: int
    good: int
    reject: int


@dataclass(frozen=True, slots=True)
class StateSpan:
    """One stretch of a station in one state; end_ns is None while it lasts."""

    station: str
    state: MachineState
    waiting: Waiting
    start_ns: int
    end_ns: int | None
    cause: str | None = None
    """The station that caused this stop when it is not this one (blocked, starved)."""
    reason: str | None = None
    """The downtime reason a person assigned, a leaf of the plant's reason tree."""
    span_id: int = 0

    @property
    def counts_as(self) -> TimeClass:
        """How the stretch counts in machine time."""
        return time_class(self.state, self.waiting)
