"""Rows of one line to what its screen shows: header, machines along the flow, waits that point at a cause. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.rows import LineRow, OeeFigures, OverviewRows, StationRow
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Plant, Span, Station, Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.tags import main_tags, setpoint_of
from ui.equipment.words import (
    clock_words,
    length_words,
    short_names,
    since_words,
    state_words,
    station_name,
    too_old,
)

CELLS = 4
"""Most values shown under one machine."""
UNIT_CHARS = 7


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A value under a machine, with its set-point where it has one."""

    tag: Tag
    setpoint: Tag | None


@dataclass(frozen=True, slots=True)
class MachinePlan:
    """What of a machine comes from the plant file: it stays while the plant is the same."""

    station: str
    name: Text
    short: Text
    buffer: Tag | None
    capacity: int | None
    unit: Tag | None
    values: tuple[ValueShown, ...]


@dataclass(frozen=True, slots=True)
class MachineShown:
    """What a machine does now."""

    station: str
    state: MachineState
    waiting: Waiting
    kind: TimeClass
    word: Text
    since: Text
    lasts: Text
    cause: Text | None
    counts: Text


@dataclass(frozen=True, slots=True)
class Wait:
    """A machine that waits, and the place in the line of what it waits for."""

    at: int
    cause: int
    kind: TimeClass


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line's header, machines and waits."""

    line: str
    name: Text
    old: bool
    at_ns: int
    state: Text
    since: Text
    stands: bool
    cause: Text | None
    particulars: tuple[tuple[Text, Text], ...]
    rate: float | None
    rate_quality: Quality
    rate_scale: tuple[float, float, Span | None]
    made: int | None
    plan: int | None
    plan_now: int | None
    oee: OeeFigures | None
    machines: tuple[MachineShown, ...]
    waits: tuple[Wait, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a station stands in the drawing: its conveyor from left to machine, the machine from there to right."""

    left: float
    machine: float
    right: float


def places(count: int, width: float) -> list[Place]:
    """Columns of a line from left to right; conveyors get a third, between 28 and 96 px; nothing overlaps."""
    if count == 0:
        return []
    cell = width / count
    belt = min(96.0, max(28.0, cell * 0.3))
    return [Place(i * cell, i * cell + belt, (i + 1) * cell) for i in range(count)]


def values_deep(height: int, cell_px: int, most: int) -> int:
    """How many rows of values fit under the machines."""
    return max(1, min(CELLS, most, height // cell_px))


def machines(plant: Plant, line: str) -> tuple[MachinePlan, ...]:
    """The line's machines in the order of material flow."""
    stations = plant.stations_of(line)
    short = short_names(stations)
    return tuple(
        MachinePlan(
            station=s.id,
            name=s.name,
            short=short[s.id],
            buffer=plant.tag.get(s.roles.get("in_buffer", "")),
            capacity=_capacity(plant, s),
            unit=plant.tag.get(s.roles.get("unit", "")),
            values=tuple(ValueShown(t, setpoint_of(plant, s, t)) for t in main_tags(plant, s.id, CELLS)),
        )
        for s in stations
    )


def _capacity(plant: Plant, station: Station) -> int | None:
    """Units that fit before a station: told by the plant file, else the range of the tag that counts them."""
    if station.buffer_capacity is not None:
        return station.buffer_capacity
    tag = plant.tag.get(station.roles.get("in_buffer", ""))
    return None if tag is None or tag.range is None else int(tag.range.high)


def show(rows: OverviewRows | None, plant: Plant, line: str, now_ns: int, zone: tzinfo | None) -> LineShown | None:
    """What the screen says of a line at an instant; None where plant and rows do not know such a line."""
    there = plant.line.get(line)
    if there is None:
        return None
    row = None if rows is None else next((r for r in rows.lines if r.line == line), None)
    at_ns = 0 if rows is None else rows.at_ns
    old = row is None or too_old(at_ns, now_ns)
    if row is None:
        row = LineRow(line, MachineState.UNKNOWN, Waiting.NONE, None, 0, [])
    then_ns = at_ns if old and at_ns else now_ns
    order = [s.id for s in plant.stations_of(line)]
    by_station = {s.station: s for s in row.stations}
    state = state_words(row.state, row.waiting)
    known = row.state is not MachineState.UNKNOWN
    stands = known and row.state is not MachineState.EXECUTE
    rate_tag = plant.tag.get(there.roles.get("rate", ""))
    low, high = (0.0, 1.0) if rate_tag is None or rate_tag.range is None else (rate_tag.range.low, rate_tag.range.high)
    if rate_tag is None or rate_tag.range is None:
        high = max(1.0, (there.rate.high if there.rate else 0) * 1.25, (row.rate or 0) * 1.25)
    return LineShown(
        line=line,
        name=there.name,
        old=old,
        at_ns=at_ns,
        state=say("lines.was", state=state) if old and known else state,
        since=since_words(row.since_ns, then_ns, zone),
        stands=stands,
        cause=say("lines.cause", station=station_name(plant, row.cause)) if row.cause and stands else None,
        particulars=_particulars(row, rows, zone),
        rate=row.rate,
        rate_quality=Quality.STALE if old else row.rate_quality,
        rate_scale=(low, high, there.rate),
        made=row.made,
        plan=row.plan,
        plan_now=row.plan_now,
        oee=row.oee,
        machines=tuple(_machine(by_station.get(s), s, plant, then_ns, zone, old) for s in order),
        waits=() if old else waits(order, by_station),
    )


def _particulars(row: LineRow, rows: OverviewRows | None, zone: tzinfo | None) -> tuple[tuple[Text, Text], ...]:
    none = say("lines.none")
    shift = none
    if rows is not None and rows.shift is not None:
        start, end = clock_words(rows.shift_start_ns, zone), clock_words(rows.shift_end_ns, zone)
        shift = say("lines.shift_times", shift=rows.shift, start=start, end=end)
    told = (("order", row.order), ("product", row.product), ("lot", row.lot), ("batch", row.batch),
            ("operator", row.operator))  # fmt: skip
    known = tuple((say(f"lines.{key}"), Text.same(value) if value else none) for key, value in told)
    return (*known, (say("lines.shift"), shift))


def _machine(
    row: StationRow | None, station: str, plant: Plant, now_ns: int, zone: tzinfo | None, old: bool
) -> MachineShown:
    if row is None:
        row = StationRow(station, MachineState.UNKNOWN, Waiting.NONE, TimeClass.UNKNOWN, 0)
    kind = TimeClass.UNKNOWN if old else row.counts_as
    word = state_words(row.state, row.waiting, row.counts_as)
    if old and row.state is not MachineState.UNKNOWN:
        word = say("lines.was", state=word)
    good, reject = (Text.same("–") if n is None else Text.same(f"{n:,}") for n in (row.good, row.reject))
    return MachineShown(
        station=station,
        state=MachineState.UNKNOWN if old else row.state,
        waiting=Waiting.NONE if old else row.waiting,
        kind=kind,
        word=word,
        since=since_words(row.since_ns, now_ns, zone),
        lasts=length_words((now_ns - row.since_ns) / 1e9) if row.since_ns else Text.same(""),
        cause=None if row.cause is None else say("lines.cause", station=station_name(plant, row.cause)),
        counts=say("lines.counts", good=good, reject=reject),
    )


def waits(order: list[str], rows: dict[str, StationRow]) -> tuple[Wait, ...]:
    """The waits whose cause stands in the same line, each from the machine that waits to the one that makes it wait."""
    found = []
    for at, station in enumerate(order):
        row = rows.get(station)
        if row is None or row.cause not in order or row.cause == station:
            continue
        if row.counts_as in (TimeClass.BLOCKED, TimeClass.STARVED):
            found.append(Wait(at, order.index(row.cause), row.counts_as))
    return tuple(found)


def joined_waits(waiting: tuple[Wait, ...]) -> tuple[Wait, ...]:
    """One arrow for each cause, side and kind: from the machine farthest away, for it passes over all between."""
    far: dict[tuple[int, bool, TimeClass], Wait] = {}
    for wait in waiting:
        key = (wait.cause, wait.at < wait.cause, wait.kind)
        if key not in far or abs(wait.at - wait.cause) > abs(far[key].at - far[key].cause):
            far[key] = wait
    return tuple(far.values())


def fill_of(reading: Reading, capacity: int | None) -> tuple[int | None, bool]:
    """Units on a conveyor and whether they can be believed; None where the controller tells no number."""
    value = reading.value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 1e9:
        return None, False
    units = max(0, int(value))
    return units, reading.quality in (Quality.GOOD, Quality.UNCERTAIN) and (capacity is None or units <= capacity * 4)


def unit_tail(reading: Reading) -> str:
    """The end of a unit's number, which is the part that tells units apart; empty without a unit."""
    if not isinstance(reading.value, str | int) or reading.quality is Quality.BAD or reading.value == "":
        return ""
    word = str(reading.value)
    return word if len(word) <= UNIT_CHARS + 1 else "…" + word[-UNIT_CHARS:]


def spans_by_station(spans: list[StateSpan]) -> dict[str, list[StateSpan]]:
    """State spans of several stations, each station's in time order."""
    found: dict[str, list[StateSpan]] = {}
    for span in sorted(spans, key=lambda s: s.start_ns):
        found.setdefault(span.station, []).append(span)
    return found


def first_line(plant: Plant | None, wanted: str | None, last: str | None) -> str | None:
    """The line to show: the one asked for, else the one shown last, else the first of the plant."""
    if plant is None or not plant.lines:
        return None
    for line in (wanted, last):
        if line is not None and line in plant.line:
            return line
    return plant.lines[0].id


def neighbour(plant: Plant, line: str, step: int) -> str:
    """The line before (-1) or after (+1) a line, round the end."""
    order = [x.id for x in plant.lines]
    return order[(order.index(line) + step) % len(order)] if line in order else order[0]
