"""How well the alarms serve the operator, from the journal alone (after EEMUA 191 and ISA-18.2). Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hmi.alarms.flood import FLOOD_ENDS_BELOW, PERIOD_NS, Flood
from hmi.model.alarm import AlarmFacts, EventKind, JournalRow, Priority

SECOND = 1_000_000_000
HOUR_NS, DAY_NS, MINUTE_NS = 3600 * SECOND, 86_400 * SECOND, 60 * SECOND
BUSY_PERIOD, BUSY_HOUR = 10, 30
CHATTER = 3
"""Annunciations within a minute that make an alarm a chattering one."""
FLEETING_NS = 10 * SECOND
STALE_NS = DAY_NS
TOP = 10


@dataclass(frozen=True, slots=True)
class Load:
    """How often an alarm was annunciated."""

    alarm: str
    count: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one window. Shares are 0 to 1; None where nothing can be said."""

    from_ns: int
    to_ns: int
    annunciated: int
    per_10min: float | None
    per_day: float | None
    floods: int
    flood_share: float | None
    busy_periods: float | None
    """Share of the 10-minute periods with more than 10."""
    busy_hours: float | None
    """Share of the hours with more than 30."""
    peak: int
    """Most annunciations within any 10 minutes."""
    split: dict[Priority, float]
    """Shares of priorities 1 to 3 among themselves, and of 4 among all."""
    top: tuple[Load, ...]
    top_share: float | None
    chattering: tuple[Load, ...]
    fleeting: tuple[Load, ...]
    stale: tuple[str, ...]
    """Alarms that are active for more than 24 h at the end of the window."""
    unapproved: int
    """Put aside without a person or a reason."""


def metrics(
    rows: Sequence[JournalRow], from_ns: int, to_ns: int, standing: Mapping[str, AlarmFacts] | None = None
) -> Metrics:
    """The figures of [from_ns, to_ns). rows: all that were noted in it, in order. standing: the facts at its end."""
    called = [row for row in rows if row.annunciated]
    times = sorted(row.noted_ns for row in called)
    length, n = to_ns - from_ns, len(called)
    floods, flood_ns = _floods(times, to_ns)
    counts = Counter(row.alarm for row in called)
    top = tuple(Load(alarm, count) for alarm, count in counts.most_common(TOP))
    return Metrics(
        from_ns,
        to_ns,
        n,
        n * PERIOD_NS / length if length > 0 else None,
        n * DAY_NS / length if length > 0 else None,
        floods,
        flood_ns / length if length > 0 else None,
        _busy(times, from_ns, to_ns, PERIOD_NS, BUSY_PERIOD),
        _busy(times, from_ns, to_ns, HOUR_NS, BUSY_HOUR),
        most_within(times, PERIOD_NS),
        _split(called),
        top,
        sum(load.count for load in top) / n if n else None,
        _chattering(called),
        _fleeting(rows),
        _stale(standing or {}, to_ns),
        sum(_unapproved(row) for row in rows),
    )


def most_within(times: Sequence[int], span_ns: int) -> int:
    """The most of some instants, in order, that lie within less than span_ns of each other."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= span_ns:
            first += 1
        most = max(most, last - first + 1)
    return most


def _floods(times: Sequence[int], to_ns: int) -> tuple[int, int]:
    """How many floods there were and how long they lasted together."""
    flood, count, total, began = Flood(), 0, 0, 0
    for k, at in enumerate(times):
        was = flood.on
        flood.note(at)
        if flood.on and not was:
            count, began = count + 1, at
        if flood.on:
            # it ends when only four of the last ten minutes are left, unless more come before that
            ends = times[k - FLOOD_ENDS_BELOW + 1] + PERIOD_NS
            after = times[k + 1] if k + 1 < len(times) else to_ns
            if ends <= after:
                total += min(ends, to_ns) - began
                flood.update(ends)
            elif k + 1 == len(times):
                total += to_ns - began
    return count, total


def _busy(times: Sequence[int], from_ns: int, to_ns: int, period_ns: int, above: int) -> float | None:
    """Share of the whole periods from the beginning on that have more than ``above``."""
    periods = (to_ns - from_ns) // period_ns
    if periods <= 0:
        return None
    ends = [bisect_left(times, from_ns + k * period_ns) for k in range(periods + 1)]
    return sum(b - a > above for a, b in pairwise(ends)) / periods


def _split(called: Sequence[JournalRow]) -> dict[Priority, float]:
    counts = Counter(row.priority for row in called)
    graded = sum(counts[p] for p in (Priority.URGENT, Priority.HIGH, Priority.MEDIUM))
    split = {p: counts[p] / graded for p in (Priority.URGENT, Priority.HIGH, Priority.MEDIUM)} if graded else {}
    return split | ({Priority.DIAGNOSTIC: counts[Priority.DIAGNOSTIC] / len(called)} if called else {})


def _chattering(called: Sequence[JournalRow]) -> tuple[Load, ...]:
    times: dict[str, list[int]] = defaultdict(list)
    for row in called:
        times[row.alarm].append(row.noted_ns)
    found = [Load(alarm, len(at)) for alarm, at in times.items() if most_within(sorted(at), MINUTE_NS) >= CHATTER]
    return tuple(sorted(found, key=lambda load: -load.count))


def _fleeting(rows: Sequence[JournalRow]) -> tuple[Load, ...]:
    """Alarms that were over within 10 s, before anybody could act."""
    began: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for row in rows:
        if row.annunciated:
            began[row.alarm] = row.event.at_ns
        elif row.event.kind is EventKind.RETURN and row.alarm in began:
            counts[row.alarm] += row.event.at_ns - began.pop(row.alarm) < FLEETING_NS
        elif row.event.kind is EventKind.ACKNOWLEDGE:
            began.pop(row.alarm, None)
    return tuple(Load(alarm, count) for alarm, count in counts.most_common() if count)


def _stale(standing: Mapping[str, AlarmFacts], to_ns: int) -> tuple[str, ...]:
    old = {a: f.activated_ns for a, f in standing.items() if f.active and to_ns - f.activated_ns > STALE_NS}
    return tuple(sorted(old, key=lambda alarm: old[alarm]))


def _unapproved(row: JournalRow) -> bool:
    aside = row.event.kind in (EventKind.SHELVE, EventKind.TAKE_OUT)
    return aside and not (row.event.by and row.event.why.strip())
