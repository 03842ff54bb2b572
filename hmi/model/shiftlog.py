"""The shift log and the handover: a note, and everything that one shift tells the next, frozen as one record.

Names in a record are the words of that moment in both languages, so that it reads the same whatever the plant file says
later. Times are ns since 1970 UTC; 0 means never. Shares are 0 to 1; None is not known.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hmi.model.machine import MachineState, Waiting
from hmi.model.text import Text
from hmi.model.words import say

LONGEST_NOTE = 2000
FORM = 1
"""Which form of record this version makes."""


class NoteKind(StrEnum):
    """What a note is about."""

    NOTE = "note"
    DEFECT = "defect"
    MAINTENANCE = "maintenance"
    QUALITY = "quality"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the shift log. It is never changed: a correction is a new note that names the old one."""

    number: int
    at_ns: int
    local: str
    """ISO 8601 with the offset from UTC."""
    user: str
    printed_name: str
    role: str
    kind: NoteKind
    place: str
    """Id of a station or line; empty for the whole plant."""
    text: str
    corrects: int | None = None
    corrected_by: int | None = None


@dataclass(frozen=True, slots=True)
class HandedAlarm:
    """An alarm as it stood at the handover."""

    key: str
    name: Text
    place: Text
    priority: int
    state: str
    """ISA letter."""
    since_ns: int
    acked: bool
    until_ns: int = 0
    """Shelved: when it comes back by itself."""
    left_s: float = 0.0
    """Shelved: time left at the handover."""
    by: str = ""
    """Who acknowledged it, shelved it or took it out of service."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class HandedAlarms:
    """One list of alarms: how many there are, and the most urgent of them."""

    total: int = 0
    rows: list[HandedAlarm] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HandedStation:
    """A station that was not producing."""

    station: str
    name: Text
    state: MachineState
    waiting: Waiting
    planned: bool
    since_ns: int
    cause: Text | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class HandedLine:
    """A line: what it did at the handover, what it made in the shift."""

    line: str
    name: Text
    state: MachineState
    waiting: Waiting
    since_ns: int
    cause: Text | None
    order: str | None
    product: str | None
    lot: str | None
    good: int
    reject: int
    made: int | None
    """What the line itself counts against its plan."""
    plan: int | None
    """For the whole shift."""
    plan_now: int | None
    """Up to the handover."""
    oee: float | None
    availability: float | None
    effectiveness: float | None
    quality: float | None
    stations: list[HandedStation] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HandedStop:
    """A stop of a line that took long; end_ns None: it lasts."""

    line: str
    name: Text
    start_ns: int
    end_ns: int | None
    length_s: float
    """Without the time that was planned to stand."""
    state: MachineState
    waiting: Waiting
    cause: Text | None = None
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class HandedCommand:
    """A command of which nobody knows yet whether it was done."""

    number: int
    tag: str
    name: Text
    asked: Any
    unit: str
    by: str
    why: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class HandedHold:
    """A hold that stands."""

    hold: str
    place: Text
    why: Text
    since_ns: int


@dataclass(frozen=True, slots=True)
class HandoverRecord:
    """What one shift tells the next: this, as canonical JSON, is what both people sign."""

    plant: Text
    station: str
    """Name of the computer that gathered it."""
    timezone: str
    shift: Text | None
    """None: the plant file describes no shift for this time."""
    shift_start_ns: int
    shift_end_ns: int
    notes_from_ns: int
    """Notes from here on are in the record: the shift's, and what no earlier handover held."""
    gathered_ns: int
    gathered_local: str
    mode: str
    mode_since_ns: int
    mode_by: str
    lines: list[HandedLine]
    stops: list[HandedStop]
    notes: list[Note]
    notes_total: int
    standing: HandedAlarms
    unacknowledged: int
    shelved: HandedAlarms
    suppressed: HandedAlarms
    out_of_service: HandedAlarms
    unknown: list[str]
    """Controllers whose own alarms were not known."""
    unsettled: list[HandedCommand]
    holds: list[HandedHold]
    form: int = FORM


def refuse_note(text: str, place: str, places: Collection[str]) -> Text | None:
    """Why a note cannot be taken, or None; places are the ids of lines and stations."""
    if not text.strip():
        return say("shiftlog.empty_note")
    if len(text) > LONGEST_NOTE:
        return say("shiftlog.long_note", most=LONGEST_NOTE)
    if place and place not in places:
        return say("machine.unknown_place", place=place)
    return None


def refuse_correction(number: int, old: Note | None) -> Text | None:
    """Why a note cannot be corrected, or None: corrections form a chain, so that there is one last word."""
    if old is None:
        return say("shiftlog.no_such_note", number=number)
    if old.corrected_by is not None:
        return say("shiftlog.corrected_before", number=number, by=old.corrected_by)
    return None
