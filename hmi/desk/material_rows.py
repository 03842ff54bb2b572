"""Read models of material: the map of stations and lanes, answers to a failed station, and reroutes on record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hmi.model.flow import Lane, Plan
from hmi.model.machine import MachineState, Waiting
from hmi.model.sequence import Run
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A station on the map."""

    station: str
    line: str
    order: int
    state: MachineState
    waiting: Waiting
    level: int | None
    """Units in the buffer before it."""
    capacity: int | None
    lot: str
    held: bool
    """Material of a hold is in it or waits before it, or its hold gate is closed."""
    gate_closed: bool | None
    per_h: float | None
    failed: bool


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A cross lane on the map."""

    lane: Lane
    asked: bool | None
    """Whether its diverter is set to it."""
    active: bool | None
    """Whether the controller reports that route."""
    units: int
    """Units that left on it since it was opened."""


@dataclass(frozen=True, slots=True)
class RerouteRow:
    """A reroute on record."""

    id: int
    failed: str
    name: Text
    by: str
    cause: str
    state: str
    """EXECUTING, VERIFIED (routes read back), CONFIRMED (units leave on the planned lanes), PARTLY, UNKNOWN,
    RETURNING, RETURNED, FAILED."""
    at_ns: int
    ended_ns: int
    units: int
    lanes: list[str]
    run: Run | None
    why: Text | None = None
    can_return: bool = False


@dataclass(frozen=True, slots=True)
class MaterialMap:
    """The material map."""

    at_ns: int
    nodes: list[NodeRow] = field(default_factory=list)
    lanes: list[LaneRow] = field(default_factory=list)
    reroutes: list[RerouteRow] = field(default_factory=list)
    why: Text | None = None
    """Why there is nothing to plan with, e.g. no lanes in the plant file."""


MATERIAL_ANSWERS: dict[str, Any] = {
    "material_map": MaterialMap,  # no arguments
    "plan_around": Plan,  # station: str; takes up to some seconds, answers the window when done
    # actions
    "reroute": RerouteRow,  # failed: str, option: int (index in the plan), reason, password, shown (Plan.shown)
    "return_route": RerouteRow,  # id: int, reason: str, password: str
}
"""The engine pushes ``{"reroute": RerouteRow}`` to every window when one changes."""
