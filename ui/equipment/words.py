"""A station's name where room is short, its state in words, and how fresh an answer is. No Qt."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, tzinfo

from hmi.model.machine import MachineState, TimeClass, Waiting
from hmi.model.plant import Line, Plant, Station
from hmi.model.text import Text
from hmi.model.words import catalogue, say

OLD_AFTER_S = 4.0
"""Rows that are asked for every second and are older than this describe the past."""


def kind_name(kind: str) -> Text | None:
    """The word for a kind of machine; None for a kind that only its plant file knows."""
    key = f"equipment.kind.{kind}"
    return say(key) if kind and key in catalogue() else None


def short_names(stations: tuple[Station, ...]) -> dict[str, Text]:
    """A short name for each station of a line: its kind where that tells it apart, else its own name."""
    kinds = Counter(s.kind for s in stations)
    return {s.id: (kind_name(s.kind) if kinds[s.kind] == 1 else None) or s.name for s in stations}


def station_name(plant: Plant | None, station: str) -> Text:
    """A station's (or line's) name by its id; the id where the plant has none of that id."""
    found: Station | Line | None = None if plant is None else plant.station.get(station) or plant.line.get(station)
    return Text.same(station) if found is None else found.name


def reason_name(plant: Plant | None, reason: str) -> Text:
    """The words of a downtime reason; its id where the plant has none of that id."""
    return next((r.name for r in (() if plant is None else plant.reasons) if r.id == reason), Text.same(reason))


def state_words(state: MachineState, waiting: Waiting, counts_as: TimeClass | None = None) -> Text:
    """What a station or line does: ``Suspended: starved``; a planned stop says that it is one."""
    word = say(f"machine.state.{state}")
    if counts_as is TimeClass.PLANNED:
        return say("equipment.planned", state=word)
    if waiting is not Waiting.NONE and state is not MachineState.EXECUTE:
        return say("equipment.waits", state=word, why=say(f"machine.waiting.{waiting}"))
    return word


def length_words(seconds: float) -> Text:
    """A length of time in one or two whole units: 45 s, 3 min, 2 h 5 min, 3 d 4 h."""
    whole = max(0, int(seconds))
    if whole < 60:
        return say("figures.s", n=whole)
    if whole < 3600:
        return say("figures.min", n=whole // 60)
    big, small = ("h", "min") if whole < 86_400 else ("d", "h")
    large, rest = divmod(whole // 60, 60) if big == "h" else divmod(whole // 3600, 24)
    first = say(f"figures.{big}", n=large)
    return say("equipment.both", first=first, second=say(f"figures.{small}", n=rest)) if rest else first


def since_words(since_ns: int, now_ns: int, zone: tzinfo | None) -> Text:
    """``since 12:58 · 3 min``, with the date when it is not today; nothing for never."""
    if since_ns <= 0:
        return Text.same("")
    start, now = (datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone) for ns in (since_ns, now_ns))
    clock = f"{start:%H:%M}" if start.date() == now.date() else f"{start:%m-%d %H:%M}"
    return say("equipment.since", clock=clock, length=length_words((now_ns - since_ns) / 1e9))


def clock_words(ns: int, zone: tzinfo | None) -> str:
    """Hours and minutes of a moment on the plant's clock."""
    return "–" if ns <= 0 else f"{datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone):%H:%M}"


def reach_minutes(first_s: float | None, now_s: float, choices: tuple[int, ...]) -> int:
    """The shortest of some stretches of minutes that holds all that is known, so that a young record is no thin edge.

    first_s: when the record begins, None while there is nothing.
    """
    if first_s is None:
        return choices[0]
    return next((m for m in choices if now_s - first_s <= m * 60), choices[-1])


def too_old(at_ns: int, now_ns: int) -> bool:
    """Whether an answer that should come every second no longer tells what is."""
    return (now_ns - at_ns) / 1e9 > OLD_AFTER_S
