"""Machine time and OEE after ISO 22400-2, in whole nanoseconds: sum times and quantities, then divide.

Choices that the standard leaves open, made once here:
- planned downtime is time without production inside pauses or outside all shifts, and stops with a planned reason; a
  station that works through its pause is busy in it;
- UNKNOWN time stays in the planned busy time as a loss of its own. The counters bridge a lost link, so OEE stays true
  while availability is under- and effectiveness overstated by the same factor, and the unknown time says so;
- a line's time is that of its constraint, the station with the longest ideal cycle (the last one of equals, the last
  station when none is described); its quantities are the last station's good units and the rejects of all stations.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hmi.model.machine import StateSpan, TimeClass
from hmi.model.plant import Station
from hmi.plant.shifts import Interval, overlap

_LOSSES = (
    TimeClass.SETUP, TimeClass.DOWN, TimeClass.BLOCKED, TimeClass.STARVED, TimeClass.WAITING, TimeClass.UNKNOWN,
)  # fmt: skip


class Tally:
    """Time of one station by class within one window; closed stretches are added once, the open one is looked at."""

    def __init__(
        self, start_ns: int, end_ns: int, planned: Sequence[Interval], planned_reasons: frozenset[str]
    ) -> None:
        """planned holds disjoint stretches in which nobody plans to produce."""
        self.start_ns, self.end_ns = start_ns, end_ns
        self.planned, self.planned_reasons = planned, planned_reasons
        self.first_ns: int | None = None
        self._times = dict.fromkeys(TimeClass, 0)

    def add(self, span: StateSpan) -> None:
        """Add a closed stretch; what lies outside the window is left out."""
        if span.end_ns is not None:
            self._add(self._times, span, span.end_ns)

    def times(self, live: StateSpan | None, now_ns: int) -> dict[TimeClass, int]:
        """Nanoseconds by class up to now, the open stretch included."""
        times = dict(self._times)
        if live is not None:
            self._add(times, live, now_ns)
        return times

    def begin_ns(self, now_ns: int) -> int:
        """Where the figures begin: the window's start, or the first record in it when that came later."""
        if self.first_ns is None:
            return min(now_ns, self.end_ns)
        return max(self.start_ns, self.first_ns)

    def _add(self, times: dict[TimeClass, int], span: StateSpan, end_ns: int) -> None:
        start, end = max(span.start_ns, self.start_ns), min(end_ns, self.end_ns)
        if end <= start:
            return
        if self.first_ns is None or span.start_ns < self.first_ns:
            self.first_ns = span.start_ns
        counts = span.counts_as
        if counts is TimeClass.PRODUCTION:
            times[counts] += end - start
            return
        if span.reason in self.planned_reasons:
            times[TimeClass.PLANNED] += end - start
            return
        pause = sum(overlap(start, end, a, b) for a, b in self.planned)
        times[TimeClass.PLANNED] += pause
        times[counts] += end - start - pause


@dataclass(frozen=True, slots=True)
class Figures:
    """Machine time (ns), quantities and indices of one scope; None where an index cannot be told.

    apt == valuable + speed loss + quality loss, and with every class of downtime that is pbt, to the nanosecond.
    Without an ideal cycle production time is not split: it stands in valuable_ns whole; effectiveness and oee are None.
    """

    start_ns: int
    end_ns: int
    times: dict[TimeClass, int]
    good: int
    reject: int
    ideal_cycle_s: float | None
    pbt_ns: int
    valuable_ns: int
    speed_loss_ns: int
    quality_loss_ns: int
    availability: float | None
    effectiveness: float | None
    quality: float | None
    oee: float | None

    @property
    def apt_ns(self) -> int:
        """Actual production time."""
        return self.times[TimeClass.PRODUCTION]


def figures(
    start_ns: int, end_ns: int, times: dict[TimeClass, int], good: int, reject: int, ideal_cycle_s: float | None
) -> Figures:
    """The figures of one station, or of a line by its constraint's times and pace."""
    apt = times[TimeClass.PRODUCTION]
    made = good + reject
    if ideal_cycle_s is None:
        valuable, lost = apt, 0
    else:
        unit = round(ideal_cycle_s * 1e9)
        valuable, lost = unit * good, unit * reject
    told = ideal_cycle_s is not None
    return _divided(start_ns, end_ns, times, good, reject, ideal_cycle_s, valuable, lost, _ratio(good, made), told)


def together(parts: Sequence[Figures]) -> Figures | None:
    """Several scopes as one: times and ideal times summed, then divided. None of nothing."""
    if not parts:
        return None
    times = {c: sum(p.times[c] for p in parts) for c in TimeClass}
    good, reject = sum(p.good for p in parts), sum(p.reject for p in parts)
    valuable, lost = sum(p.valuable_ns for p in parts), sum(p.quality_loss_ns for p in parts)
    told = all(p.ideal_cycle_s is not None for p in parts)
    cycles = {p.ideal_cycle_s for p in parts}
    quality = _ratio(valuable, valuable + lost) if told else _ratio(good, good + reject)
    return _divided(
        min(p.start_ns for p in parts), max(p.end_ns for p in parts), times, good, reject,
        cycles.pop() if len(cycles) == 1 else None, valuable, lost, quality, told,
    )  # fmt: skip


def _divided(
    start_ns: int, end_ns: int, times: dict[TimeClass, int], good: int, reject: int, ideal_cycle_s: float | None,
    valuable: int, lost: int, quality: float | None, told: bool,
) -> Figures:  # fmt: skip
    apt = times[TimeClass.PRODUCTION]
    pbt = apt + sum(times[c] for c in _LOSSES)
    availability = _ratio(apt, pbt)
    effectiveness = _ratio(valuable + lost, apt) if told else None
    oee = _ratio(valuable, pbt) if told else None
    return Figures(
        start_ns, end_ns, times, good, reject, ideal_cycle_s, pbt, valuable, apt - valuable - lost, lost,
        availability, effectiveness, quality, oee,
    )  # fmt: skip


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None


def constraint(stations: Iterable[Station]) -> Station | None:
    """The station that sets a line's pace; see above."""
    found: Station | None = None
    for station in stations:
        slowest = (found.ideal_cycle_s if found else None) or 0.0
        if found is None or (station.ideal_cycle_s or 0.0) >= slowest:
            found = station
    return found
