"""A station's rows and spans to what its faceplate says: state, why it stands, the stop to explain, events. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from hmi.desk.rows import ChangeRow, OverviewRows, StationRow
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.plant import Plant, Station, StopReason, Tag
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.tags import main_tags, setpoint_of
from ui.equipment.words import (
    clock_words,
    kind_name,
    length_words,
    reason_name,
    since_words,
    state_words,
    station_name,
    too_old,
)

ANALOGS = 5
EVENTS = 6
SHORT_STOP_S = 5.0
"""A wait between two cycles shorter than this is no stop that a person would explain."""
STOPS = frozenset({TimeClass.DOWN, TimeClass.BLOCKED, TimeClass.STARVED, TimeClass.WAITING, TimeClass.SETUP})


@dataclass(frozen=True, slots=True)
class AnalogShown:
    """A main value with its set-point."""

    tag: Tag
    setpoint: Tag | None


@dataclass(frozen=True, slots=True)
class FaceplatePlan:
    """What of a faceplate comes from the plant file."""

    station: Station
    name: Text
    under: Text
    """Line and kind."""
    mode: Tag | None
    fault: Tag | None
    analogs: tuple[AnalogShown, ...]
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class StationShown:
    """What the station does now, and why."""

    old: bool
    at_ns: int
    state: Text
    since: Text
    kind: TimeClass
    reasons: tuple[Text, ...]
    """Why it stands, one sentence each; empty while it runs."""
    points_at: str | None
    """The station that makes it wait: one can go there."""
    counts: Text


@dataclass(frozen=True, slots=True)
class StopShown:
    """The stop that a person may explain: the current one, else the last."""

    span: StateSpan
    now: bool
    words: Text
    reason: StopReason | None


@dataclass(frozen=True, slots=True)
class EventShown:
    """One of the last events."""

    key: tuple[int, str]
    clock: str
    words: Text


def plan(plant: Plant, station: str) -> FaceplatePlan | None:
    """The faceplate of a station; None when the plant has none of that id."""
    there = plant.station.get(station)
    if there is None:
        return None
    kind = kind_name(there.kind) or (Text.same(there.kind) if there.kind else None)
    line = station_name(plant, there.line)
    return FaceplatePlan(
        station=there,
        name=there.name,
        under=line if kind is None else say("faceplate.under", line=line, kind=kind),
        mode=plant.tag.get(there.roles.get("mode", "")),
        fault=plant.tag.get(there.roles.get("fault", "")),
        analogs=tuple(AnalogShown(t, setpoint_of(plant, there, t)) for t in main_tags(plant, station, ANALOGS)),
        tags=plant.tags_of(station),
    )


def show(
    rows: OverviewRows | None, plant: Plant, station: str, fault: Text | None, now_ns: int, zone: tzinfo | None
) -> StationShown:
    """What the station does at an instant. fault: the words of its fault tag, None while it has none."""
    found = None if rows is None else next((s for x in rows.lines for s in x.stations if s.station == station), None)
    at_ns = 0 if rows is None else rows.at_ns
    old = found is None or too_old(at_ns, now_ns)
    row = found or StationRow(station, MachineState.UNKNOWN, Waiting.NONE, TimeClass.UNKNOWN, 0)
    word = state_words(row.state, row.waiting, row.counts_as)
    if old and row.state is not MachineState.UNKNOWN:
        word = say("faceplate.was", state=word)
    good, reject = (Text.same("–") if n is None else Text.same(f"{n:,}") for n in (row.good, row.reject))
    return StationShown(
        old=old,
        at_ns=at_ns,
        state=word,
        since=since_words(row.since_ns, at_ns if old and at_ns else now_ns, zone),
        kind=TimeClass.UNKNOWN if old else row.counts_as,
        reasons=why_stands(row, plant, rows, fault, old),
        points_at=row.cause if row.cause in plant.station and row.cause != station else None,
        counts=say("faceplate.counts", good=good, reject=reject),
    )


def why_stands(
    row: StationRow, plant: Plant, rows: OverviewRows | None, fault: Text | None, old: bool
) -> tuple[Text, ...]:
    """The sentences under 'why does it stand'."""
    if old:
        return (say("faceplate.why_old"),)
    if row.counts_as is TimeClass.PRODUCTION:
        return ()
    told: list[Text] = []
    if row.counts_as is TimeClass.UNKNOWN:
        told.append(say("faceplate.why_unknown"))
    elif row.counts_as is TimeClass.PLANNED:
        told.append(say("faceplate.why_planned"))
    elif row.counts_as in (TimeClass.BLOCKED, TimeClass.STARVED):
        told.append(say(f"faceplate.why_{row.counts_as.lower()}"))
    elif row.counts_as is TimeClass.DOWN:
        told.append(say("faceplate.why_down"))
    elif row.counts_as is TimeClass.SETUP:
        told.append(say("faceplate.why_setup"))
    else:
        told.append(say("faceplate.why_waiting"))
    if row.cause is not None and row.cause != row.station:
        told.append(_cause(row.cause, plant, rows))
    if fault is not None:
        told.append(say("faceplate.fault", fault=fault))
    if row.reason is not None:
        told.append(say("faceplate.reason_is", reason=reason_name(plant, row.reason)))
    return tuple(told)


def _cause(cause: str, plant: Plant, rows: OverviewRows | None) -> Text:
    """Which station is to blame, and what that one does."""
    name = station_name(plant, cause)
    there = None if rows is None else next((s for x in rows.lines for s in x.stations if s.station == cause), None)
    if there is None:
        return say("faceplate.cause", station=name)
    return say("faceplate.cause_state", station=name, state=state_words(there.state, there.waiting, there.counts_as))


def fault_words(reading: Reading, tag: Tag) -> Text | None:
    """The words of a fault code; None for no fault (zero or nothing) and for a code that cannot be believed."""
    value = reading.value
    if reading.quality not in (Quality.GOOD, Quality.UNCERTAIN) or not value or value != value:
        return None
    key = str(int(value)) if isinstance(value, bool | int | float) else str(value)
    return tag.words.get(key) or say("faceplate.fault_code", code=key)


def stop_to_explain(
    spans: Sequence[StateSpan], reasons: Sequence[StopReason], now_ns: int, zone: tzinfo | None
) -> StopShown | None:
    """The stop that the buttons explain: the one that lasts, else the last that was long enough to matter."""
    for span in sorted(spans, key=lambda s: -s.start_ns):
        seconds = ((span.end_ns or now_ns) - span.start_ns) / 1e9
        if span.counts_as not in STOPS or span.span_id == 0 or seconds < SHORT_STOP_S:
            continue
        now = span.end_ns is None
        clock, last = clock_words(span.start_ns, zone), clock_words(span.end_ns or 0, zone)
        told = say(
            "faceplate.stop_now" if now else "faceplate.stop_last",
            state=state_words(span.state, span.waiting),
            length=length_words(seconds),
            start=clock,
            **({} if now else {"end": last}),
        )
        return StopShown(span, now, told, next((r for r in reasons if r.id == span.reason), None))
    return None


def groups(reasons: Sequence[StopReason]) -> list[StopReason]:
    """The first level: what stands at the top of the tree."""
    return [r for r in reasons if not r.parent]


def leaves(reasons: Sequence[StopReason], group: str) -> list[StopReason]:
    """Everything assignable below a group, however deep; a group without children is itself the choice."""
    children = [r for r in reasons if r.parent == group]
    if not children:
        return [r for r in reasons if r.id == group]
    return [leaf for child in children for leaf in leaves(reasons, child.id)]


def events(
    spans: Sequence[StateSpan],
    changes: Sequence[ChangeRow],
    plant: Plant,
    station: Station,
    now_ns: int,
    zone: tzinfo | None,
    most: int = EVENTS,
) -> list[EventShown]:
    """The last events of a station, newest first: its changes of state, and what else happened at its place or line."""
    found: list[tuple[int, Text]] = []
    for span in spans:
        seconds = ((span.end_ns or now_ns) - span.start_ns) / 1e9
        if seconds < SHORT_STOP_S:
            continue
        word = say("faceplate.event_state", state=state_words(span.state, span.waiting), length=length_words(seconds))
        if span.reason is not None:
            word = say("faceplate.event_reason", event=word, reason=reason_name(plant, span.reason))
        found.append((span.start_ns, word))
    found += [
        (row.at_ns, row.text)
        for row in changes
        if row.place in (station.id, station.line) and not (row.place == station.id and row.kind == "state")
    ]
    newest = sorted(found, key=lambda x: -x[0])[:most]
    return [EventShown((ns, text.en), clock_words(ns, zone), text) for ns, text in newest]
