"""What the trend screen says: pens in words, figures of a window, what happened in it. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from hmi.desk.rows import ChangeRow
from hmi.model.machine import StateSpan, TimeClass
from hmi.model.plant import Plant, Tag, TagType
from hmi.model.quality import Quality
from hmi.model.text import Lang, Text
from hmi.model.units import unit_words
from hmi.model.words import say
from ui.equipment.tags import line_pens
from ui.equipment.words import station_name
from ui.widgets.figures import NONE, Shown, digits_of, number, value_text

PENS = 8
WINDOWS: tuple[tuple[str, float], ...] = (
    ("m5", 5), ("m30", 30), ("h1", 60), ("h8", 480), ("h24", 1440), ("d7", 10_080), ("d30", 43_200),
)  # fmt: skip
"""Choices of a window by key, in minutes."""
SHORT_STOP_NS = 10_000_000_000
MOST_MARKS = 120
LONG_NS = 26 * 3600 * 1_000_000_000
"""In longer windows single stops of machines are not marked any more."""
_STOPS = frozenset({TimeClass.DOWN, TimeClass.BLOCKED, TimeClass.STARVED, TimeClass.UNKNOWN})
_LINKS = frozenset({"link", "engine", "plugin"})


@dataclass(frozen=True, slots=True)
class PenShown:
    """One row of the pen table."""

    tag: str
    name: Text
    cursor: str
    now: str
    unit: str
    quality: Quality
    why: str
    low: str
    high: str
    doubt_s: float
    """Seconds of the window in which the tag was not GOOD."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, on the time axis."""

    at_ns: int
    text: Text
    link: bool
    """A link or the engine, and not a machine."""


def pen_name(plant: Plant, tag: Tag) -> Text:
    """A tag by its place and name: ``Line 1 · Reflow oven · Zone 3 temperature``."""
    station = plant.station.get(tag.place)
    if station is not None:
        line, place = station_name(plant, station.line), station.name
        return say("trends.pen", line=line, station=place, tag=tag.name)
    if tag.place in plant.line:
        return say("trends.pen_line", line=plant.line[tag.place].name, tag=tag.name)
    return tag.name


def trendable(tag: Tag) -> bool:
    """Whether a tag can be a pen."""
    return tag.type.is_number and tag.trend


def first_pens(plant: Plant) -> list[str]:
    """Pens for a station that has chosen none yet: the line's rate, and what a station measures most often of one unit.

    Two units at most, so that each has its axis.
    """
    for line in plant.lines:
        groups: dict[tuple[str, str], list[str]] = {}
        for tag in line_pens(plant, line.id, 40):
            if trendable(tag):
                groups.setdefault((tag.place, tag.unit), []).append(tag.id)
        if groups:
            inside = [tags for (place, _), tags in groups.items() if place != line.id]
            largest = max(inside, key=len, default=[])
            rate = [t for (place, _), tags in groups.items() if place == line.id for t in tags[:1]]
            return list(dict.fromkeys([*largest[:4], *rate]))
    return [t.id for t in plant.tags if trendable(t) and t.type is not TagType.BOOLEAN][:2]


def add_pen(pens: Sequence[str], tag: str) -> list[str]:
    """Pens with one more; the last one makes room when all eight are taken."""
    if tag in pens:
        return list(pens)
    return [*pens[: PENS - 1], tag]


def figure(tag: Tag, value: float | None, lang: Lang) -> str:
    """A recorded value of a tag as it is read."""
    if value is None or not math.isfinite(value):
        return NONE
    return value_text(value, tag, lang) if tag.words else number(value, digits_of(tag))


def pen_shown(
    plant: Plant,
    tag: Tag,
    live: Shown,
    at_cursor: float | None,
    span: tuple[float, float] | None,
    doubt_s: float,
    lang: Lang,
) -> PenShown:
    """A row of the pen table; span: smallest and largest value of the window, None without any."""
    low, high = (NONE, NONE) if span is None or tag.words else (figure(tag, span[0], lang), figure(tag, span[1], lang))
    unit = "" if tag.words else unit_words(tag.unit).of(lang)
    return PenShown(
        tag.id, pen_name(plant, tag), figure(tag, at_cursor, lang), live.figure, unit, live.quality, live.why, low,
        high, doubt_s,
    )  # fmt: skip


def marks(changes: Iterable[ChangeRow], spans: Iterable[StateSpan], plant: Plant, from_ns: int) -> list[Mark]:
    """What is marked in the trend: stops of the stations shown, and links and engine lost or back; newest kept."""
    found = [Mark(c.at_ns, c.text, True) for c in changes if c.kind in _LINKS and c.at_ns >= from_ns]
    for span in spans:
        lasted = None if span.end_ns is None else span.end_ns - span.start_ns
        if span.counts_as not in _STOPS or span.start_ns < from_ns or (lasted is not None and lasted < SHORT_STOP_NS):
            continue
        key = "class" if span.counts_as in (TimeClass.BLOCKED, TimeClass.STARVED) else "state"
        state = say(f"machine.{key}.{span.counts_as if key == 'class' else span.state}")
        found.append(
            Mark(span.start_ns, say("trends.stop", station=station_name(plant, span.station), state=state), False)
        )
    found.sort(key=lambda m: m.at_ns)
    return found[-MOST_MARKS:]


def no_marks(length_ns: int, connected: bool) -> Text:
    """What is said where nothing is marked: nothing happened, nobody asked, or nobody can be asked."""
    if not connected:
        return say("trends.events_unknown")
    return say("trends.no_events" if length_ns <= LONG_NS else "trends.no_links_lost")


def stations_of(plant: Plant, pens: Iterable[str]) -> list[str]:
    """The stations whose stops belong in the trend of these pens."""
    places = [plant.tag[p].place for p in pens if p in plant.tag]
    return [p for p in dict.fromkeys(places) if p in plant.station]


def controllers_of(plant: Plant, pens: Iterable[str]) -> set[str]:
    """The controllers that the pens come from."""
    return {plant.tag[p].controller for p in pens if p in plant.tag}


def window_words(from_ns: int, to_ns: int, live: bool, zone: tzinfo | None) -> Text:
    """The stretch of time in sight, in local time."""
    start, end = (datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone) for ns in (from_ns, to_ns))
    tail = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    head = f"{start:%Y-%m-%d %H:%M:%S}" if start.date() == end.date() else f"{start:%Y-%m-%d %H:%M}"
    return say("trends.window_live" if live else "trends.window_past", start=head, end=tail)


def key_of(minutes: float) -> str:
    """The choice whose length this is; empty for a length that somebody zoomed to."""
    return next((key for key, m in WINDOWS if abs(m - minutes) < m * 1e-3), "")


def minutes_of(said: str) -> float:
    """A length of the window as a place names it; 0 for none."""
    try:
        return float(said)
    except ValueError:
        return 0.0
