"""Every tag of the plant: its value now, and what a written value does."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from plugins.demo_plant.happening import RefusedError
from plugins.demo_plant.layout import STATION_COUNT, Verdict, all_points
from plugins.demo_plant.station import Station

if TYPE_CHECKING:
    from plugins.demo_plant.sim import DemoPlant, Line

Value = float | int | bool | str | datetime
_POINTS = all_points()


def values(plant: DemoPlant) -> dict[str, Value]:
    """All tags of the plant now, by id, in the types of the layout."""
    found: dict[str, Value] = {}
    for line in plant.lines.values():
        _line_values(plant, line, found)
        for at, station in enumerate(line.stations):
            _station_values(plant, line, at, station, found)
    return found


def _line_values(plant: DemoPlant, line: Line, found: dict[str, Value]) -> None:
    printed, book = line.printed, line.book
    order = book.orders[printed.order] if printed and printed.line == line.spec.number else book.current
    at = line.spec.id
    found[f"{at}.Order"] = order.id
    found[f"{at}.OrderQuantity"] = order.quantity
    found[f"{at}.OrderDone"] = max(order.done, 0)
    found[f"{at}.OrderDue"] = datetime.fromtimestamp(order.due_s, UTC)
    found[f"{at}.Product"] = order.product
    found[f"{at}.Lot"] = printed.lot if printed else book.lot_id
    found[f"{at}.MaterialBatch"] = book.batch.id
    found[f"{at}.Operator"] = plant.operator(line.spec.number)
    found[f"{at}.UnitsPerHour"] = float(round(line.rate(plant.now_s)))
    found[f"{at}.Plan"] = book.plan
    found[f"{at}.Made"] = line.made


def _station_values(plant: DemoPlant, line: Line, at: int, station: Station, found: dict[str, Value]) -> None:
    i = station.id
    found[f"{i}.State"] = int(station.state)
    found[f"{i}.Mode"] = int(station.mode)
    found[f"{i}.FaultCode"] = station.fault_code
    found[f"{i}.GoodCount"] = station.good
    found[f"{i}.RejectCount"] = station.reject
    found[f"{i}.InBuffer"] = len(station.buffer)
    if station.kind.name == "camera":
        found[f"{i}.Scene"] = line.scene  # before the unit's id, whose change makes the camera take its picture
    found[f"{i}.UnitId"] = station.last_unit
    found[f"{i}.CycleTime"] = round(station.measured_cycle_s, 2)
    found[f"{i}.Speed"] = round(station.speed, 1)
    found[f"{i}.SpeedSetpoint"] = station.speed_setpoint
    found[f"{i}.HoldGate"] = station.hold
    found[f"{i}.Power"] = round(line.power[at], 1)
    found[f"{i}.Energy"] = round(line.energy[at], 2)
    if station.order < STATION_COUNT:
        found[f"{i}.DivertTo"] = station.divert_to
        found[f"{i}.RouteActive"] = station.route_active
    for name, value in line.process[at].values().items():
        found[f"{i}.{name}"] = value
    kind = station.kind.name
    if kind == "printer":
        found[f"{i}.FeedRate"] = line.feed_per_h
    elif kind == "placer":
        found[f"{i}.Recipe"] = station.recipe
        found[f"{i}.Qualified"] = ", ".join(line.spec.products)
    elif kind == "oven":
        found[f"{i}.Zone3Setpoint"] = line.process[at].sensors["Zone3Temperature"].target
    elif kind == "camera":
        seen = plant.units.get(station.last_unit)
        failed = seen is not None and seen.rejected_at == i
        found[f"{i}.Verdict"] = int(Verdict.NONE if seen is None else Verdict.FAIL if failed else Verdict.PASS)
        found[f"{i}.LastDefect"] = seen.defects[0].kind if failed and seen and seen.defects else ""
    elif kind == "packer":
        found[f"{i}.BoxCount"] = line.boxes


def take(plant: DemoPlant, tag: str, value: object) -> None:
    """Act on a written value. RefusedError: not_writable, type, or range (the controller's own check)."""
    point = _POINTS.get(tag)
    if point is None or not point.writable:
        raise RefusedError("not_writable")
    number = _number(value, point.type)
    if point.range is not None and not point.range[0] <= number <= point.range[1]:
        raise RefusedError("range")
    line, order, name = tag.split(".")
    station = plant.station(int(line[1:]), int(order[1:]))
    _ACTS[name](plant, station)(number)


def _number(value: object, type_: str) -> float:
    fits = {"Boolean": isinstance(value, bool), "Double": isinstance(value, int | float)}
    if not fits.get(type_, isinstance(value, int)) or (type_ != "Boolean" and isinstance(value, bool)):
        raise RefusedError("type")
    assert isinstance(value, int | float)
    if not math.isfinite(value):
        raise RefusedError("range")
    return value


def _set_speed(station: Station, value: float) -> None:
    station.speed_setpoint = float(value)


def _set_hold(station: Station, value: float) -> None:
    station.hold = bool(value)


def _set_feed(plant: DemoPlant, station: Station, value: float) -> None:
    plant.lines[station.line].feed_per_h = float(value)


def _set_zone3(plant: DemoPlant, station: Station, value: float) -> None:
    plant.process(station.line, station.order).sensors["Zone3Temperature"].target = round(float(value), 1)


_ACTS: dict[str, Callable[[DemoPlant, Station], Callable[[float], None]]] = {
    "SpeedSetpoint": lambda _plant, station: partial(_set_speed, station),
    "HoldGate": lambda _plant, station: partial(_set_hold, station),
    "DivertTo": lambda _plant, station: lambda value: station.divert(int(value)),
    "FeedRate": lambda plant, station: partial(_set_feed, plant, station),
    "Zone3Setpoint": lambda plant, station: partial(_set_zone3, plant, station),
}
