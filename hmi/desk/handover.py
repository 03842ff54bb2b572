"""What one shift tells the next, gathered from the engine's rooms at one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hmi.desk.alarm_rows import AlarmPage, AlarmRow
from hmi.desk.alarms import Alarms
from hmi.desk.command_rows import CommandRow
from hmi.desk.control import Control
from hmi.desk.machine_time import MachineTime
from hmi.desk.rows import LineRow, OeeFigures, StationRow
from hmi.model.machine import StateSpan, TimeClass
from hmi.model.plant import Plant
from hmi.model.shiftlog import (
    HandedAlarm,
    HandedAlarms,
    HandedCommand,
    HandedHold,
    HandedLine,
    HandedStation,
    HandedStop,
    HandoverRecord,
    Note,
)
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people.clock import local_iso
from hmi.plant.shiftbook import window_now
from hmi.plant.shifts import Interval, ShiftWindow, overlap, planned_stops, previous

MINUTE = 60_000_000_000
LONG_STOP_NS = 5 * MINUTE
LATE_NS = 60 * MINUTE
"""For so long after its end a shift is still the one that is handed over."""
MOST_ALARMS, MOST_STOPS = 150, 100
"""Rows of one list; how many there are is told beside them."""


@dataclass(frozen=True, slots=True)
class LoggedNotes:
    """Notes for a record, oldest first, and how many there are."""

    from_ns: int
    total: int
    rows: list[Note]


class Gatherer:
    """Looks into every room of the engine; nothing is asked of the plant."""

    def __init__(
        self, plant: Plant, machine_time: MachineTime, alarms: Alarms, control: Control, station: str = ""
    ) -> None:
        """station: the name of this computer, as it goes on record."""
        self._plant, self._time, self._alarms, self._control = plant, machine_time, alarms, control
        self._station = station
        self.holds: Callable[[], list[HandedHold]] = list
        """The holds that stand; whoever wires the rooms says where they are."""

    def gather(self, shift: ShiftWindow, notes: LoggedNotes, now_ns: int) -> HandoverRecord:
        """Everything as of now. Raises RefusedError when machine time cannot be read."""
        plant, mode = self._plant, self._control.mode()
        until = min(now_ns, shift.end_ns)
        return HandoverRecord(
            plant=plant.name, station=self._station, timezone=plant.timezone, shift=shift_name(plant, shift),
            shift_start_ns=shift.start_ns, shift_end_ns=shift.end_ns, notes_from_ns=notes.from_ns,
            gathered_ns=now_ns, gathered_local=local_iso(now_ns, plant.timezone), mode=mode.mode,
            mode_since_ns=mode.since_ns, mode_by=mode.by, lines=self._lines(shift, until, now_ns),
            stops=self._stops(shift.start_ns, until, now_ns), notes=notes.rows, notes_total=notes.total,
            standing=self._list("standing", now_ns), unacknowledged=sum(self._alarms.counts().unacked),
            shelved=self._list("shelved", now_ns), suppressed=self._list("suppressed", now_ns),
            out_of_service=self._list("out_of_service", now_ns), unknown=list(self._alarms.counts().unknown),
            unsettled=[self._command(row) for row in mode.unsettled], holds=self.holds(),
        )  # fmt: skip

    def _lines(self, shift: ShiftWindow, until_ns: int, now_ns: int) -> list[HandedLine]:
        seen = self._time.overview(now_ns)
        this = seen.shift_start_ns == shift.start_ns
        to_ns = now_ns if this else until_ns
        figures = {f.scope: f for f in self._time.oee([x.line for x in seen.lines], shift.start_ns, to_ns)}
        return [self._line(row, figures.get(row.line), this) for row in seen.lines]

    def _line(self, row: LineRow, oee: OeeFigures | None, this: bool) -> HandedLine:
        # made and plan are counted by the line for the shift that runs: of an earlier one they are not known any more
        standing = [s for s in row.stations if s.counts_as is not TimeClass.PRODUCTION]
        return HandedLine(
            row.line, self._name(row.line), row.state, row.waiting, row.since_ns, self._named(row.cause), row.order,
            row.product, row.lot, 0 if oee is None else oee.good, 0 if oee is None else oee.reject,
            row.made if this else None, row.plan if this else None, row.plan_now if this else None,
            None if oee is None else oee.oee, None if oee is None else oee.availability,
            None if oee is None else oee.effectiveness, None if oee is None else oee.quality,
            [self._stands(s) for s in standing],
        )  # fmt: skip

    def _stands(self, row: StationRow) -> HandedStation:
        return HandedStation(
            row.station, self._name(row.station), row.state, row.waiting, row.counts_as is TimeClass.PLANNED,
            row.since_ns, self._named(row.cause), self._reason(row.reason),
        )  # fmt: skip

    def _stops(self, from_ns: int, to_ns: int, now_ns: int) -> list[HandedStop]:
        lines = [x.id for x in self._plant.lines]
        if not lines or to_ns <= from_ns:
            return []
        spans = self._time.states(lines, from_ns, to_ns).spans
        planned = planned_stops(self._plant, from_ns, to_ns)
        found = [
            self._stop(line, stop)
            for line in lines
            for stop in long_stops([s for s in spans if s.station == line], planned, from_ns, to_ns)
        ]
        return sorted(found, key=lambda s: -s.length_s)[:MOST_STOPS]

    def _stop(self, line: str, stop: LongStop) -> HandedStop:
        return HandedStop(
            line, self._name(line), stop.start_ns, stop.end_ns, stop.lost_ns / 1e9, stop.face.state, stop.face.waiting,
            self._named(stop.face.cause), self._reason(stop.reason),
        )  # fmt: skip

    def _list(self, which: str, now_ns: int) -> HandedAlarms:
        page: AlarmPage = self._alarms.alarms(which, limit=MOST_ALARMS)
        return HandedAlarms(page.total, [_alarm(row, now_ns) for row in page.rows])

    def _command(self, row: CommandRow) -> HandedCommand:
        tag = self._plant.tag.get(row.tag)
        name, unit = (Text.same(row.tag), "") if tag is None else (tag.name, tag.unit)
        return HandedCommand(row.number, row.tag, name, row.asked, unit, row.printed_name, row.reason, row.intent_ns)

    def _name(self, place: str) -> Text:
        found = self._plant.station.get(place) or self._plant.line.get(place)
        return Text.same(place) if found is None else found.name

    def _named(self, place: str | None) -> Text | None:
        return None if place is None else self._name(place)

    def _reason(self, reason: str | None) -> Text | None:
        if reason is None:
            return None
        return next((r.name for r in self._plant.reasons if r.id == reason), Text.same(reason))


def handed_shift(plant: Plant, now_ns: int, last_start_ns: int | None) -> ShiftWindow:
    """The shift that is handed over at an instant; last_start_ns: the shift of the newest handover.

    The one that runs; up to an hour after its end, or between shifts, the one before, unless that was handed over.
    """
    now, before = window_now(plant, now_ns), previous(plant, now_ns)
    if before is None or last_start_ns in (before.start_ns, now.start_ns):
        return now
    between = bool(plant.shifts) and now.shift is None
    return before if between or now_ns - now.start_ns < LATE_NS else now


def shift_name(plant: Plant, shift: ShiftWindow) -> Text:
    """A shift's name; the day of a plant without shifts, or that it is the time between two."""
    if shift.shift is not None:
        return shift.shift.name
    return say("shiftlog.between") if plant.shifts else say("shiftlog.whole_day")


@dataclass(frozen=True, slots=True)
class LongStop:
    """From running to running; face is the stretch that took most of it."""

    start_ns: int
    end_ns: int | None
    lost_ns: int
    """Without what was planned to stand."""
    face: StateSpan
    reason: str | None


def long_stops(
    spans: Sequence[StateSpan], planned: Iterable[Interval], from_ns: int, to_ns: int, least_ns: int = LONG_STOP_NS
) -> list[LongStop]:
    """The stops of one line that cost at least so long within [from_ns, to_ns), in time order."""
    free = list(planned)
    found: list[LongStop] = []
    heap: list[StateSpan] = []

    def close() -> None:
        if not heap:
            return
        start, last = heap[0].start_ns, heap[-1].end_ns
        begin, end = max(start, from_ns), to_ns if last is None else min(last, to_ns)
        lost = max(0, end - begin) - sum(overlap(begin, end, a, b) for a, b in free)
        if lost >= least_ns:
            face = max(heap, key=lambda s: (to_ns if s.end_ns is None else s.end_ns) - s.start_ns)
            reason = face.reason or next((s.reason for s in heap if s.reason), None)
            found.append(LongStop(start, last, lost, face, reason))
        heap.clear()

    for span in sorted(spans, key=lambda s: s.start_ns):
        if span.counts_as is TimeClass.PRODUCTION:
            close()
            continue
        if heap and heap[-1].end_ns != span.start_ns:
            close()
        heap.append(span)
    close()
    return found


def _alarm(row: AlarmRow, now_ns: int) -> HandedAlarm:
    parts = [x for x in (row.line, row.equipment) if x.en]
    place = Text(" · ".join(x.en for x in parts), " · ".join(x.ko for x in parts))
    until = row.shelf_until_ns
    return HandedAlarm(
        row.key, row.name, place, int(row.priority), row.state.value, row.activated_ns, row.acked_ns > 0, until,
        max(0, until - now_ns) / 1e9 if until else 0.0, row.aside_by or row.acked_by,
        row.aside_why or row.comment or ", ".join(row.suppressed_by),
    )  # fmt: skip
