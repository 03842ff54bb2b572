"""The window of time that the states screen looks at: shifts, hours, and what a person zoomed to. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from hmi.desk.shifts import ShiftWindow, previous, window
from hmi.model.machine import StateSpan
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say

HOUR_NS = 3600 * 1_000_000_000
HOURS = {"h1": 1, "h8": 8, "h24": 24}
KEYS = ("h1", "shift", "previous", "h8", "h24")
SHORTEST_NS = 60 * 1_000_000_000
LONGEST_NS = 31 * 24 * HOUR_NS
MARGIN = 0.02
"""Share of the window that is left free before the first record, so that its beginning can be seen."""


@dataclass(frozen=True, slots=True)
class View:
    """A window; live ones end now."""

    key: str
    """One of KEYS; empty after a person has moved or zoomed."""
    from_ns: int
    to_ns: int
    live: bool
    shift: Text | None = None
    """Name of the shift, for the windows that are one."""

    @property
    def length_ns(self) -> int:
        """How long it is."""
        return self.to_ns - self.from_ns


def view_of(key: str, plant: Plant | None, now_ns: int) -> View:
    """The window of a choice at an instant; without a shift at the time the last eight hours stand in."""
    if key in ("shift", "previous") and plant is not None:
        found = window(plant, now_ns) if key == "shift" else previous(plant, now_ns)
        if found is not None:
            live = found.end_ns > now_ns
            return View(key, found.start_ns, now_ns if live else found.end_ns, live, _name(found))
    hours = HOURS.get(key, 8)
    return View(key, now_ns - hours * HOUR_NS, now_ns, True)


def onward(view: View, plant: Plant | None, now_ns: int) -> View:
    """A window as it is now: live ones end now, a shift that has ended gives way to the next."""
    if view.key in KEYS:
        return view_of(view.key, plant, now_ns)
    if not view.live:
        return view
    return replace(view, from_ns=now_ns - view.length_ns, to_ns=now_ns)


def zoomed(view: View, factor: float, around_ns: int, now_ns: int) -> View:
    """The window times a factor, with an instant kept in its place; a live one goes on to end now."""
    length = min(LONGEST_NS, max(SHORTEST_NS, round(view.length_ns * factor)))
    if view.live:
        return View("", now_ns - length, now_ns, True)
    share = (around_ns - view.from_ns) / max(1, view.length_ns)
    start = around_ns - round(share * length)
    end = min(now_ns, start + length)
    return View("", end - length, end, False)


def moved(view: View, share: float, now_ns: int) -> View:
    """The window moved by a share of its length; at now it is live again."""
    end = min(now_ns, view.to_ns + round(view.length_ns * share))
    return View("", end - view.length_ns, end, end >= now_ns)


def begun(view: View, spans: Iterable[StateSpan]) -> View:
    """The window without the empty time before the first record, if a whole choice is looked at."""
    if view.key not in KEYS:
        return view
    first = min((s.start_ns for s in spans), default=None)
    if first is None or first <= view.from_ns:
        return view
    start = first - round((view.to_ns - first) * MARGIN)
    return view if start <= view.from_ns or start >= view.to_ns else replace(view, from_ns=start)


def view_words(view: View, shown: View, zone: tzinfo | None) -> Text:
    """What is looked at, in local time; and since when there are records, where they begin later."""
    start, end = _clock(view.from_ns, view.to_ns, zone)
    name = view.shift if view.shift is not None else say(f"states.{view.key or 'zoomed'}")
    said = say("states.window", name=name, start=start, end=say("statebar.now") if view.live else end)
    if shown.from_ns <= view.from_ns:
        return said
    since, _ = _clock(shown.from_ns, shown.to_ns, zone)
    return say("states.since", window=said, start=since)


def _clock(from_ns: int, to_ns: int, zone: tzinfo | None) -> tuple[str, str]:
    start, end = (datetime.fromtimestamp(ns // 1_000_000_000, UTC).astimezone(zone) for ns in (from_ns, to_ns))
    form = "%H:%M" if start.date() == end.date() else "%m-%d %H:%M"
    return start.strftime(form), end.strftime(form)


def _name(found: ShiftWindow) -> Text:
    return say("states.day") if found.shift is None else found.shift.name
