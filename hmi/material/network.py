"""Ways through the flow network: where units go under a setting of the diverters, and what can be made on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hmi.model.flow import Lane
from hmi.model.network import FlowLine, FlowNetwork, FlowStation, Pace, Repair, Setting, WorkOrder
from hmi.model.plant import Access, Plant, Station
from hmi.model.reading import Value


@dataclass(frozen=True, slots=True)
class Walk:
    """The way of a line's units."""

    stations: tuple[str, ...]
    lanes: tuple[str, ...] = ()
    """Ids of the lanes on it."""


def walk(network: FlowNetwork, line: str, setting: Setting) -> Walk | None:
    """Where units of a line go from its first station; None when they would go round in a circle."""
    chain = network.of_line.get(line, ())
    at: str | None = chain[0] if chain else None
    stations: list[str] = []
    lanes: list[str] = []
    seen: set[str] = set()
    while at is not None:
        if at in seen:
            return None
        seen.add(at)
        stations.append(at)
        lane = setting.get(at)
        if lane is not None:
            lanes.append(lane)
            at = network.lane[lane].to_station
        else:
            at = network.successor[at]
    return Walk(tuple(stations), tuple(lanes))


def done_at(station: FlowStation, operations: Sequence[str], done: int) -> int:
    """How many operations are done when a unit leaves a station that it reached with ``done``.

    A station does the next operations that it can, each kind once in a visit.
    """
    used: set[str] = set()
    while done < len(operations):
        operation = operations[done]
        if operation not in station.operations or operation in used:
            break
        used.add(operation)
        done += 1
    return done


def qualified(station: FlowStation, product: str) -> bool:
    """Whether a product may pass a station."""
    return not station.products or product in station.products


def can_make(network: FlowNetwork, product: str, stations: Iterable[str], *, all_up: bool = True) -> bool:
    """Whether a way does all operations of a product in their order, on stations that are qualified and run.

    Of a station that is not known, or that leads units nobody knows where, nothing is certain: it makes nothing.
    """
    operations, done = network.products.get(product), 0
    if operations is None:
        return False
    for name in stations:
        station = network.station[name]
        if not qualified(station, product) or (all_up and not (station.runs and name not in network.unsure)):
            return False
        done = done_at(station, operations, done)
    return done == len(operations)


def obstacle(network: FlowNetwork, failed: str, lanes: Iterable[str]) -> str | None:
    """A station on the ways that these lanes open which came to stand since the plan was made; None where none did.

    That is one that is not known, that is held, or that broke down for longer than a short stop (it has a repair).
    """
    opened = {network.lane[x].from_station: x for x in lanes}
    for line in network.line:
        way = walk(network, line, {**network.open, **opened})
        for name in way.stations if way is not None and set(way.lanes) & set(opened.values()) else ():
            at = network.station[name]
            stands = not at.known or at.shut or name in network.unsure or (not at.up and at.repair is not None)
            if stands and name != failed:
                return name
    return None


def products_on(network: FlowNetwork, orders: Sequence[WorkOrder], line: str) -> tuple[str, ...]:
    """What a line makes by its orders, the one in work first; its own product where there are none."""
    own = [o for o in orders if o.line == line and o.left > 0 and o.product in network.products]
    own.sort(key=lambda o: not o.running)
    return tuple(dict.fromkeys(o.product for o in own)) or ((own_product(line),) if line in network.line else ())


def goes_on(own: Sequence[WorkOrder]) -> bool:
    """Whether a line goes on with what it makes when its orders are done: plants that name the running order only."""
    return len(own) <= 1


def own_product(line: str) -> str:
    """The product that stands for whatever a line makes when nobody says what: its stations' operations in order."""
    return f"line:{line}"


def operations_of(station: Station) -> tuple[str, ...]:
    """What a station can do: its capabilities, else its kind, else what only itself can do."""
    return station.capabilities or (station.kind or f"station:{station.id}",)


def openable(plant: Plant, lane: Lane) -> bool:
    """Whether a lane can be opened from here: it has a diverter that the controller lets us write."""
    tag = plant.tag.get(lane.diverter)
    return tag is not None and tag.writable and tag.access is Access.DIVERTER and lane.value is not None


def open_lanes(lanes: Iterable[Lane], values: Mapping[str, Value]) -> dict[str, str]:
    """The setting that the diverters' values (by tag) mean."""
    found: dict[str, str] = {}
    for lane in lanes:
        value = values.get(lane.diverter)
        if lane.diverter and value is not None and value == lane.value and value != lane.home:
            found.setdefault(lane.from_station, lane.id)
    return found


@dataclass(frozen=True, slots=True)
class StationNow:
    """What a station is at this moment."""

    down: bool = False
    known: bool = True
    """False where its link is down or its values are in doubt."""
    shut: bool = False
    """Its hold gate is closed."""
    busy: bool = False
    """A unit is in it."""
    level: int = 0
    """Units before it."""
    down_s: float = 0.0
    """How long it has been down, if it is."""
    repair: Repair | None = None
    """Times to repair of what it has now; None: of all its failures."""
    soon: bool = False
    """It stands for a short stop, as it has many of."""


RUNS = StationNow()


def of_plant(
    plant: Plant,
    paces: Mapping[str, Pace],
    rates: Mapping[str, float],
    values: Mapping[str, Value],
    now: Mapping[str, StationNow],
) -> FlowNetwork:
    """The network of a plant: paces by station, feed an hour by line, diverter values, what each station is now.

    A station without a pace has that of its ideal cycle, or 10 s; a line without a rate that of its slowest station;
    a station of which nothing is told runs.
    """
    stations = []
    for s in plant.stations:
        told = now.get(s.id, RUNS)
        pace = paces.get(s.id) or Pace(s.ideal_cycle_s or 10.0)
        stations.append(
            FlowStation(
                s.id, s.line, s.order, operations_of(s), s.products, pace, s.buffer_capacity, max(0, told.level),
                not told.down, s.name, told.busy, told.known, told.shut, told.down_s, told.repair,
                told.soon,
            )
        )  # fmt: skip
    slowest = {x.id: max((s.pace.cycle_s for s in stations if s.line == x.id), default=3600.0) for x in plant.lines}
    lines = tuple(FlowLine(x.id, rates.get(x.id) or 3600.0 / slowest[x.id], x.name) for x in plant.lines)
    products = {p.id: p.operations for p in plant.products}
    for line in plant.lines:
        chain = plant.stations_of(line.id)
        products[own_product(line.id)] = tuple(operations_of(s)[0] for s in chain)
    return FlowNetwork(
        lines, tuple(stations), plant.lanes, products, frozenset(x.id for x in plant.lanes if openable(plant, x)),
        open_lanes(plant.lanes, values), dict(values),
    )  # fmt: skip
