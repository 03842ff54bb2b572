"""Overview rows to what the overview shows. Knows the plant, the rows and the time; no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.rows import KpiRow, LineRow, OeeFigures, OverviewRows, StationRow
from hmi.model.machine import MachineState, TimeClass, Waiting
from hmi.model.plant import Plant, Span
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.words import (
    clock_words,
    length_words,
    reason_name,
    short_names,
    since_words,
    state_words,
    station_name,
    too_old,
)

FULL_PX, LEAN_PX, LEAST_PX, MOST_PX = 128, 92, 60, 260
"""Heights of a line's row: least at ease, most when lean, the least that can be read, and the most that helps."""
GAP_PX = 8


@dataclass(frozen=True, slots=True)
class TileShown:
    """One station's tile."""

    station: str
    name: Text
    state: MachineState
    waiting: Waiting
    kind: TimeClass
    tip: Text


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line's row."""

    line: str
    name: Text
    old: bool
    state: Text
    state_lean: Text
    """The state where there is little room: a wait says only which."""
    stands: bool
    since: Text
    lasts: Text
    """How long, where there is no room for since when."""
    cause: Text | None
    order: str
    """Order and product."""
    rate: float | None
    rate_quality: Quality
    rate_low: float
    rate_high: float
    rate_desired: Span | None
    made: int | None
    plan: int | None
    plan_now: int | None
    against_plan: Text
    oee: OeeFigures | None
    history: tuple[float | None, ...]
    tiles: tuple[TileShown, ...]


@dataclass(frozen=True, slots=True)
class OverviewShown:
    """The whole screen."""

    at_ns: int
    old: bool
    """What is shown is the past: the engine no longer answers."""
    shift: Text
    lines: tuple[LineShown, ...]
    kpis: tuple[KpiRow, ...]


@dataclass(frozen=True, slots=True)
class Room:
    """How the rows of lines fit into a height."""

    row_px: int
    lean: bool
    scrolls: bool


def room_for(lines: int, height: int) -> Room:
    """Heights for 1 to 12 lines and more: at ease while they fit, then lean, then scrolling."""
    share = (height - GAP_PX * (lines - 1)) // max(1, lines) if lines else height
    if share >= FULL_PX:
        return Room(min(share, MOST_PX), False, False)
    return Room(min(LEAN_PX, max(share, LEAST_PX)), True, share < LEAST_PX)


def unknown_rows(plant: Plant, now_ns: int) -> OverviewRows:
    """The plant's lines before the engine has said anything of them: all unknown, nothing claimed."""
    return OverviewRows(
        at_ns=now_ns,
        shift=None,
        shift_start_ns=0,
        shift_end_ns=0,
        lines=[
            LineRow(
                line=line.id,
                state=MachineState.UNKNOWN,
                waiting=Waiting.NONE,
                cause=None,
                since_ns=0,
                stations=[
                    StationRow(s.id, MachineState.UNKNOWN, Waiting.NONE, TimeClass.UNKNOWN, 0)
                    for s in plant.stations_of(line.id)
                ],
            )
            for line in plant.lines
        ],
        kpis=[],
        changes=[],
    )


def show(rows: OverviewRows, plant: Plant, now_ns: int, zone: tzinfo | None) -> OverviewShown:
    """Everything on the screen at an instant; rows that stopped coming are shown as the past."""
    old = too_old(rows.at_ns, now_ns)
    return OverviewShown(
        at_ns=rows.at_ns,
        old=old,
        shift=_shift(rows, zone),
        lines=tuple(_line(row, plant, rows.at_ns if old else now_ns, zone, old) for row in rows.lines),
        kpis=tuple(rows.kpis),
    )


def _shift(rows: OverviewRows, zone: tzinfo | None) -> Text:
    if rows.shift is None:
        return say("overview.no_shift") if rows.shift_end_ns else Text.same("")
    start, end = clock_words(rows.shift_start_ns, zone), clock_words(rows.shift_end_ns, zone)
    return say("overview.shift", shift=rows.shift, start=start, end=end)


def _line(row: LineRow, plant: Plant, now_ns: int, zone: tzinfo | None, old: bool) -> LineShown:
    line = plant.line.get(row.line)
    desired = None if line is None else line.rate
    tag = None if line is None else plant.tag.get(line.roles.get("rate", ""))
    low, high = _scale(row, desired, None if tag is None else tag.range)
    stands = row.state is not MachineState.EXECUTE
    known = row.state is not MachineState.UNKNOWN
    names = short_names(plant.stations_of(row.line))
    return LineShown(
        line=row.line,
        name=station_name(plant, row.line),
        state=say("overview.was", state=state_words(row.state, row.waiting))
        if old and known
        else state_words(row.state, row.waiting),
        old=old,
        state_lean=_lean(row, old),
        stands=stands and known,
        since=since_words(row.since_ns, now_ns, zone),
        lasts=length_words((now_ns - row.since_ns) / 1e9) if row.since_ns else Text.same(""),
        cause=None
        if row.cause is None or not (stands and known)
        else say("overview.cause", station=station_name(plant, row.cause)),
        order=" · ".join(x for x in (row.order, row.product) if x),
        rate=row.rate,
        rate_quality=Quality.STALE if old else row.rate_quality,
        rate_low=low,
        rate_high=high,
        rate_desired=desired,
        made=row.made,
        plan=row.plan,
        plan_now=row.plan_now,
        against_plan=against_plan(row.made, row.plan_now),
        oee=row.oee,
        history=tuple(row.rate_history),
        tiles=tuple(_tile(s, plant, names.get(s.station), now_ns, zone, old) for s in row.stations),
    )


def _lean(row: LineRow, old: bool) -> Text:
    waits = row.waiting is not Waiting.NONE and row.state is not MachineState.EXECUTE
    word = say(f"machine.class.{row.waiting}") if waits else state_words(row.state, Waiting.NONE)
    return say("overview.was_lean", state=word) if old and row.state is not MachineState.UNKNOWN else word


def _scale(row: LineRow, desired: Span | None, told: Span | None) -> tuple[float, float]:
    """The rate's scale: its tag's range, else from nothing to a quarter above the desired band or what was seen."""
    if told is not None and told.high > told.low:
        return told.low, told.high
    seen = [x for x in (*row.rate_history, row.rate) if x is not None]
    top = max([desired.high * 1.25 if desired is not None else 0.0, *(x * 1.25 for x in seen), 1.0])
    return 0.0, top


def _tile(row: StationRow, plant: Plant, name: Text | None, now_ns: int, zone: tzinfo | None, old: bool) -> TileShown:
    full = station_name(plant, row.station)
    lines = [say("tile.told", station=full, state=state_words(row.state, row.waiting, row.counts_as))]
    if row.since_ns:
        lines.append(since_words(row.since_ns, now_ns, zone))
    if row.cause is not None:
        lines.append(say("overview.cause", station=station_name(plant, row.cause)))
    if row.reason is not None:
        lines.append(reason_name(plant, row.reason))
    state = MachineState.UNKNOWN if old else row.state
    return TileShown(
        station=row.station,
        name=name or full,
        state=state,
        waiting=Waiting.NONE if old else row.waiting,
        kind=TimeClass.UNKNOWN if old else row.counts_as,
        tip=Text("\n".join(x.en for x in lines), "\n".join(x.ko for x in lines)),
    )


def against_plan(made: int | None, plan_now: int | None) -> Text:
    """How far the line is from where it should be by now: ahead, behind, on plan; nothing where it cannot be told."""
    if made is None or plan_now is None:
        return Text.same("")
    if made == plan_now:
        return say("overview.on_plan")
    return say("overview.ahead" if made > plan_now else "overview.behind", n=f"{abs(made - plan_now):,}")
