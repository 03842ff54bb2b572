"""The running account of one shift: machine time, units and line stops so far, kept up with every stretch and unit."""

from __future__ import annotations

from collections.abc import Iterable

from hmi.model.machine import MachineState, MinuteUnits, StateSpan, TimeClass
from hmi.model.plant import Line, Plant
from hmi.plant.oee import Figures, Tally, constraint, figures, together
from hmi.plant.shifts import ShiftWindow, day_window, following, planned_stops, previous, window
from hmi.plant.stops import planned_reasons

STOP_NS = 60_000_000_000
"""A line that stands for less is held up, not stopped."""


def window_now(plant: Plant, now_ns: int) -> ShiftWindow:
    """The window that figures of "this shift" cover: the shift; between shifts the time between; else the local day."""
    found = window(plant, now_ns)
    if found is not None:
        return found
    before, after = previous(plant, now_ns), following(plant, now_ns)
    if before is None or after is None:
        return day_window(plant, now_ns)
    return ShiftWindow(None, before.end_ns, after.start_ns)


class ShiftBook:
    """Machine time, quantities and stops of every station and line within one window."""

    def __init__(self, plant: Plant, shift: ShiftWindow) -> None:
        self.plant, self.shift = plant, shift
        self._planned = planned_stops(plant, shift.start_ns, shift.end_ns)
        self._reasons = planned_reasons(plant.reasons)
        self._tally = {place: self._fresh() for place in (*plant.station, *plant.line)}
        self._units = {station: [0, 0] for station in plant.station}
        self._stops = dict.fromkeys(plant.line, 0)
        self._stood_since: dict[str, int] = {}

    def load(self, spans: Iterable[StateSpan], made: Iterable[MinuteUnits]) -> None:
        """Take what was recorded of the window before."""
        for span in spans:
            self.began(span)
            self.closed(span)
        for units in made:
            if units.minute_ns >= self.shift.start_ns:
                self.units(units.station, units.good, units.reject)

    def replace(self, place: str, spans: Iterable[StateSpan]) -> None:
        """Take the stretches of one place anew, after a person changed a reason or cut a stop."""
        if place in self._tally:
            self._tally[place] = self._fresh()
            for span in spans:
                self.closed(span)

    def closed(self, span: StateSpan) -> None:
        """Take a stretch that has ended; open ones are passed over."""
        tally = self._tally.get(span.station)
        if tally is not None:
            tally.add(span)

    def began(self, span: StateSpan) -> None:
        """Take that a stretch of a line began: a stop is one from running to running, whatever states it passes."""
        line = span.station
        if line not in self._stops or span.state is MachineState.UNKNOWN:
            return
        if span.state is not MachineState.EXECUTE:
            self._stood_since.setdefault(line, max(span.start_ns, self.shift.start_ns))
        elif span.start_ns - self._stood_since.pop(line, span.start_ns) >= STOP_NS:
            self._stops[line] += 1

    def units(self, station: str, good: int, reject: int) -> None:
        """Take units made."""
        units = self._units.get(station)
        if units is not None:
            units[0] += good
            units[1] += reject

    def made(self, station: str) -> tuple[int, int]:
        """Good and rejected units of a station so far."""
        good, reject = self._units[station]
        return good, reject

    def made_by_line(self, line: str) -> tuple[int, int]:
        """Good units of a line's last station and rejects of all its stations so far."""
        stations = self.plant.stations_of(line)
        if not stations:
            return 0, 0
        return self._units[stations[-1].id][0], sum(self._units[s.id][1] for s in stations)

    def stops(self, line: str, now_ns: int) -> int:
        """How often the line stood for a minute or more, a stop that lasts included."""
        return self._stops[line] + (now_ns - self._stood_since.get(line, now_ns) >= STOP_NS)

    def is_planned(self, span: StateSpan, now_ns: int) -> bool:
        """Whether a stretch without production counts as planned at an instant: by its reason, or by a pause."""
        if span.counts_as is TimeClass.PRODUCTION:
            return False
        return span.reason in self._reasons or any(a <= now_ns < b for a, b in self._planned)

    def of_station(self, station: str, live: StateSpan | None, now_ns: int) -> Figures:
        """Figures of a station from the window's start (or its first record) to now."""
        good, reject = self._units[station]
        return self._figures(station, live, now_ns, good, reject, self.plant.station[station].ideal_cycle_s)

    def of_line(self, line: Line, live_of_constraint: StateSpan | None, now_ns: int) -> Figures | None:
        """Figures of a line by its constraint; None for a line without stations."""
        pace = constraint(self.plant.stations_of(line.id))
        if pace is None:
            return None
        good, reject = self.made_by_line(line.id)
        return self._figures(pace.id, live_of_constraint, now_ns, good, reject, pace.ideal_cycle_s)

    @staticmethod
    def of_all(lines: Iterable[Figures]) -> Figures | None:
        """Several lines as one."""
        return together(list(lines))

    def _figures(
        self, place: str, live: StateSpan | None, now_ns: int, good: int, reject: int, ideal: float | None
    ) -> Figures:
        tally = self._tally[place]
        now = min(max(now_ns, self.shift.start_ns), self.shift.end_ns)
        times = tally.times(live, now)
        return figures(tally.begin_ns(now), now, times, good, reject, ideal)

    def _fresh(self) -> Tally:
        return Tally(self.shift.start_ns, self.shift.end_ns, self._planned, self._reasons)
