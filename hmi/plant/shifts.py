"""Shift windows in local wall clock, over clock changes: which shift an instant belongs to, its pauses, the day.

A wall-clock time that the clock change skips means the instant of the change; one that comes twice means the first.
So shifts that follow each other without a gap on paper follow each other without a gap in time, and a day has 23, 24
or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hmi.model.plant import Plant, Shift

SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MIN = 24 * 60

Interval = tuple[int, int]
"""Start and end in ns since 1970 UTC; the end is not part of it."""


@dataclass(frozen=True, slots=True)
class ShiftWindow:
    """One shift of one day in real time; shift is None for a whole local day of a plant that describes no shifts."""

    shift: Shift | None
    start_ns: int
    end_ns: int
    pauses: tuple[Interval, ...] = ()

    def busy_ns(self, from_ns: int, to_ns: int) -> int:
        """Time of the window between two instants that is planned for work: without the pauses."""
        inside = overlap(self.start_ns, self.end_ns, from_ns, to_ns)
        return inside - sum(overlap(a, b, max(from_ns, self.start_ns), min(to_ns, self.end_ns)) for a, b in self.pauses)

    def busy_share(self, at_ns: int) -> float:
        """The share of the window's busy time that has passed, 0 to 1."""
        total = self.busy_ns(self.start_ns, self.end_ns)
        return self.busy_ns(self.start_ns, at_ns) / total if total > 0 else 1.0


def overlap(a: int, b: int, c: int, d: int) -> int:
    """How much of [a, b) lies in [c, d)."""
    return max(0, min(b, d) - max(a, c))


def instant(day: date, minute: int, zone: ZoneInfo) -> int:
    """The instant in ns of a wall-clock minute after midnight of a local day; minutes may pass 24 h."""
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    aware = local.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        return _end_of_gap(local, zone)
    return _ns(aware)


def window(plant: Plant, at_ns: int) -> ShiftWindow | None:
    """The shift an instant belongs to; None between shifts. Without shifts in the plant file, the local day."""
    if not plant.shifts:
        return day_window(plant, at_ns)
    for found in _around(plant, at_ns):
        if found.start_ns <= at_ns < found.end_ns:
            return found
    return None


def previous(plant: Plant, at_ns: int) -> ShiftWindow | None:
    """The last window that ended at or before an instant's own window began (or before the instant, between shifts)."""
    now = window(plant, at_ns)
    limit = now.start_ns if now else at_ns
    if not plant.shifts:
        return day_window(plant, limit - 1)
    return max((w for w in _around(plant, limit) if w.end_ns <= limit), key=lambda w: w.end_ns, default=None)


def following(plant: Plant, at_ns: int) -> ShiftWindow | None:
    """The first window that begins at or after the end of an instant's own window."""
    now = window(plant, at_ns)
    limit = now.end_ns if now else at_ns
    if not plant.shifts:
        return day_window(plant, limit)
    return min((w for w in _around(plant, limit) if w.start_ns >= limit), key=lambda w: w.start_ns, default=None)


def day_window(plant: Plant, at_ns: int) -> ShiftWindow:
    """The local calendar day of an instant."""
    zone = ZoneInfo(plant.timezone)
    day = _local_day(at_ns, zone)
    return ShiftWindow(None, instant(day, 0, zone), instant(day, _DAY_MIN, zone))


def windows(plant: Plant, from_ns: int, to_ns: int) -> list[ShiftWindow]:
    """All shift windows that touch a stretch of time, in order of their start."""
    zone = ZoneInfo(plant.timezone)
    found = []
    day, last = _local_day(from_ns, zone) - timedelta(days=2), _local_day(to_ns, zone)
    while day <= last:
        found += [w for w in _of_day(plant.shifts, plant.timezone, day) if w.start_ns < to_ns and w.end_ns > from_ns]
        day += timedelta(days=1)
    return sorted(found, key=lambda w: w.start_ns)


def planned_stops(plant: Plant, from_ns: int, to_ns: int) -> list[Interval]:
    """The stretches in which nobody plans to produce: pauses, and time outside all shifts; disjoint, in order."""
    if not plant.shifts:
        return []
    free: list[Interval] = []
    at = from_ns
    for w in windows(plant, from_ns, to_ns):
        if w.start_ns > at:
            free.append((at, w.start_ns))
        free += [(max(a, from_ns), min(b, to_ns)) for a, b in w.pauses]
        at = max(at, w.end_ns)
    if at < to_ns:
        free.append((at, to_ns))
    return _joined(free)


def _joined(stretches: list[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for a, b in sorted(s for s in stretches if s[0] < s[1]):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined


def _around(plant: Plant, at_ns: int) -> Iterator[ShiftWindow]:
    day = _local_day(at_ns, ZoneInfo(plant.timezone))
    for offset in range(-8, 9):  # a shift worked one day a week is still found
        yield from _of_day(plant.shifts, plant.timezone, day + timedelta(days=offset))


@lru_cache(maxsize=4096)
def _of_day(shifts: tuple[Shift, ...], timezone: str, day: date) -> tuple[ShiftWindow, ...]:
    zone = ZoneInfo(timezone)
    return tuple(_placed(shift, day, zone) for shift in shifts if day.weekday() in shift.days)


def _placed(shift: Shift, day: date, zone: ZoneInfo) -> ShiftWindow:
    end_min = shift.end_min + (_DAY_MIN if shift.end_min <= shift.start_min else 0)
    start_ns, end_ns = instant(day, shift.start_min, zone), instant(day, end_min, zone)
    pauses = []
    for pause in shift.pauses:
        first = pause.start_min + (_DAY_MIN if pause.start_min < shift.start_min else 0)
        last = pause.end_min + (_DAY_MIN if pause.end_min < shift.start_min else 0)
        pauses.append((max(instant(day, first, zone), start_ns), min(instant(day, last, zone), end_ns)))
    return ShiftWindow(shift, start_ns, end_ns, tuple(_joined(pauses)))


def _end_of_gap(local: datetime, zone: ZoneInfo) -> int:
    """The instant of the clock change that skips a local time, found by halving between the two readings of it."""
    low = _ns(local.replace(tzinfo=zone, fold=1)) // SECOND  # with the offset after the change: too early
    high = _ns(local.replace(tzinfo=zone, fold=0)) // SECOND
    after = datetime.fromtimestamp(high, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high * SECOND


def _local_day(at_ns: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at_ns // SECOND, zone).date()


def _ns(aware: datetime) -> int:
    return round((aware.astimezone(UTC) - _EPOCH) / timedelta(microseconds=1)) * 1000
