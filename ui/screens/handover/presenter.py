"""What the shift log screen says of notes and handovers, and what it asks for. No Qt."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from hmi.desk.people_rows import WhoRow
from hmi.desk.shiftlog_rows import HandoverPreview, HandoverRow
from hmi.model.permission import Action
from hmi.model.plant import Plant
from hmi.model.shiftlog import NoteKind
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.rights import may_not
from ui.widgets.figures import age_text

S = 1_000_000_000
PAGES = ("log", "now", "earlier")
WINDOWS = {"h24": 86_400, "d7": 7 * 86_400, "all": 0}
"""Windows of the log in seconds; 0 is all that there is."""
KINDS: list[tuple[str, Text]] = [(k.value, say(f"shiftlog.kind.{k}")) for k in NoteKind]


def places(plant: Plant | None) -> list[tuple[str, Text]]:
    """Where a note can belong: the plant, its lines, each with its stations below it."""
    found = [("", say("handover.whole_plant"))]
    for line in () if plant is None else plant.lines:
        found.append((line.id, line.name))
        for s in plant.stations_of(line.id) if plant is not None else ():
            name = Text(f"   {line.name.en} · {s.name.en}", f"   {line.name.ko} · {s.name.ko}")
            found.append((s.id, name))
    return found


def places_under(plant: Plant | None, place: str) -> list[str]:
    """A place with everything that belongs to it: a line with its stations; empty for the whole plant."""
    if not place or plant is None:
        return []
    return [place, *(s.id for s in plant.stations_of(place))] if place in plant.line else [place]


def wanted(plant: Plant | None, window: str, kind: str, place: str, text: str, now_ns: int) -> dict[str, Any]:
    """The arguments of the question shift_log."""
    length = WINDOWS.get(window, 0)
    return {
        "from_ns": now_ns - length * S if length else 0, "kinds": [kind] if kind else [],
        "places": places_under(plant, place), "text": text.strip(),
    }  # fmt: skip


def when(ns: int, zone: tzinfo | None) -> str:
    """Day and time of a note."""
    return f"{datetime.fromtimestamp(ns // S, UTC).astimezone(zone):%m-%d %H:%M:%S}"


def day(ns: int, zone: tzinfo | None) -> str:
    """Day and minutes of a handover."""
    return f"{datetime.fromtimestamp(ns // S, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def gathered(preview: HandoverPreview, now_ns: int, zone: tzinfo | None) -> Text:
    """When a record was gathered and how long ago that is."""
    at = preview.record.gathered_ns
    clock = f"{datetime.fromtimestamp(at // S, UTC).astimezone(zone):%H:%M:%S}"
    return say("handover.gathered", clock=clock, age=age_text(max(0, now_ns - at) / S))


def why_no_note(who: WhoRow | None) -> Text | None:
    """Why the person at the window cannot write a note."""
    return may_not(who, Action.NOTE)


def why_no_signing(
    who: WhoRow | None, preview: HandoverPreview | None, read: bool, now_ns: int, typed: bool
) -> Text | None:
    """Why the two cannot sign now; None when they can."""
    why = may_not(who, Action.SIGN_HANDOVER)
    if why is not None:
        return why
    if preview is None:
        return say("handover.gathering")
    if now_ns > preview.until_ns:
        return say("shiftlog.too_old", minutes=(preview.until_ns - preview.record.gathered_ns) // (60 * S))
    if not read:
        return say("handover.read_first")
    return None if typed else say("handover.both_needed")


def shift_words(row: HandoverRow, zone: tzinfo | None) -> Text:
    """A shift with its day: 11-21 Day."""
    start = f"{datetime.fromtimestamp(row.shift_start_ns // S, UTC).astimezone(zone):%m-%d}"
    return Text(f"{start} {row.shift.en}", f"{start} {row.shift.ko}")
