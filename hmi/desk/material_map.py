"""The material map as rows: every station with its buffer and state, every lane with what was asked and what is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hmi.desk.material_pace import StationState, is_down
from hmi.desk.material_rows import LaneRow, MaterialMap, NodeRow, RerouteRow
from hmi.model.flow import Lane
from hmi.model.plant import Plant, Station
from hmi.model.reading import Value
from hmi.model.words import say

TagValue = Callable[[str], Value]
"""What a tag says now; None for no tag or one in doubt."""


def material_map(
    plant: Plant,
    now_ns: int,
    value: TagValue,
    state: StationState,
    made: Mapping[str, float],
    held: Callable[[str], bool],
    units: Mapping[str, int],
    reroutes: Sequence[RerouteRow],
) -> MaterialMap:
    """made: units an hour by station; units: those that left on each lane since it was opened, by lane id."""
    nodes = [_node(plant, s, value, state, made.get(s.id), held(s.id)) for s in plant.stations]
    lanes = [lane_row(plant, x, value, units.get(x.id, 0)) for x in plant.lanes]
    why = None if plant.lanes else say("material.no_lanes")
    return MaterialMap(now_ns, nodes, lanes, list(reroutes), why)


def _node(plant: Plant, s: Station, value: TagValue, state: StationState, made: float | None, held: bool) -> NodeRow:
    now, waiting = state(s.id)
    level, gate = value(s.roles.get("in_buffer", "")), value(s.roles.get("hold_gate", ""))
    lot = value(plant.line[s.line].roles.get("lot", ""))
    closed = None if gate is None else bool(gate)
    return NodeRow(
        s.id, s.line, s.order, now, waiting, int(level) if isinstance(level, int | float) else None,
        s.buffer_capacity, "" if lot is None else str(lot), held or closed is True, closed, made,
        is_down(now, waiting),
    )  # fmt: skip


def lane_row(plant: Plant, lane: Lane, value: TagValue, units: int) -> LaneRow:
    """A lane as it is now."""
    asked, reported = value(lane.diverter), value(reported_by(plant, lane))
    return LaneRow(
        lane,
        None if asked is None else asked == lane.value,
        None if reported is None else reported == lane.value,
        units,
    )


def reported_by(plant: Plant, lane: Lane) -> str:
    """The tag that reports the route of a lane: its station's own, else the read-back of its diverter; or empty."""
    own = plant.station[lane.from_station].roles.get("route_active", "")
    guard = plant.guard.get(lane.diverter)
    return own or ("" if guard is None else guard.read_back or "")
