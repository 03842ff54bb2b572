"""From samples and buckets to the points of a trend: min/max pairs, gaps as gaps. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.model.quality import Quality
from hmi.store.columns import F8, I8, U1
from hmi.store.history_codec import Samples, Tiers
from hmi.store.history_tiers import as_entries, fold


@dataclass(frozen=True, slots=True)
class SeriesArrays:
    """A tag's history ready to draw, in time order; value NaN marks a gap (no line is drawn across it)."""

    time_ns: I8
    value: F8
    quality: U1
    samples: int
    """Samples that lie behind the points."""


@dataclass(frozen=True, slots=True)
class Off:
    """A time in which the engine did not run; what was held before it is not known to hold in it."""

    start_ns: int
    end_ns: int


def series(
    entries: Tiers, before: Samples, offs: list[Off], from_ns: int, to_ns: int, points: int, held_to_ns: int | None
) -> SeriesArrays:
    """At most ``points`` points of from..to.

    ``entries`` are samples and buckets of one tag in time order; ``before`` is the last sample before from_ns, held at
    from_ns, or none. held_to_ns closes the series with the last value held up to then; None leaves the end open.
    """
    total = int(entries.count.sum())
    edge = [_held_at(before, offs, from_ns)] if len(before) and _starts_after(entries, from_ns) else []
    entries = _with_gaps(entries, offs, from_ns, to_ns, bool(edge) and not np.isnan(edge[0].value[0]))
    room = max(points - len(edge) - (held_to_ns is not None), 3)
    middle = _points(entries, from_ns, to_ns, room)
    parts = [*edge, middle]
    last = np.concatenate([p.value for p in parts])[-1:]
    if held_to_ns is not None and len(last) and not np.isnan(last[0]):
        ends = next(p for p in reversed(parts) if len(p.value))
        if held_to_ns > ends.time_ns[-1]:
            parts.append(_one(held_to_ns, float(last[0]), int(ends.quality[-1])))
    return SeriesArrays(
        np.concatenate([p.time_ns for p in parts]), np.concatenate([p.value for p in parts]),
        np.concatenate([p.quality for p in parts]), total,
    )  # fmt: skip


def _one(at_ns: int, value: float, quality: int) -> SeriesArrays:
    return SeriesArrays(np.array([at_ns], np.int64), np.array([value]), np.array([quality], np.uint8), 0)


def _starts_after(entries: Tiers, from_ns: int) -> bool:
    return not len(entries) or int(entries.first_ns[0]) > from_ns


def _held_at(before: Samples, offs: list[Off], from_ns: int) -> SeriesArrays:
    at = int(before.time_ns[-1])
    if any(off.end_ns > at and off.start_ns <= from_ns for off in offs):
        return _one(from_ns, np.nan, Quality.BAD)
    entry = as_entries(before)
    return _one(from_ns, float(entry.last[-1]), int(entry.quality[-1]))


def _with_gaps(entries: Tiers, offs: list[Off], from_ns: int, to_ns: int, held: bool) -> Tiers:
    """A gap's beginning wherever the engine stopped, and again after anything that is dated into that time."""
    marks: list[tuple[int, int]] = []
    for off in offs:
        if off.start_ns > to_ns or off.end_ns < from_ns:
            continue
        after = int(np.searchsorted(entries.first_ns, off.start_ns, "right"))
        until = int(np.searchsorted(entries.first_ns, off.end_ns, "left"))
        if after > 0 and entries.last_ns[after - 1] > off.start_ns:
            continue  # within one bucket: too short to be drawn
        if off.start_ns >= from_ns and (after > 0 or held):  # there is a line to break
            marks.append((after, off.start_ns))
        if until > after and entries.last_ns[until - 1] < min(off.end_ns, to_ns):
            marks.append((until, int(entries.last_ns[until - 1])))
    if not marks:
        return entries
    places, times = (list(column) for column in zip(*sorted(marks), strict=True))
    added = {
        "key": int(entries.key[0]) if len(entries) else 0, "low": np.nan, "high": np.nan, "first": np.nan,
        "last": np.nan, "count": 0, "quality": int(Quality.BAD),
    }  # fmt: skip
    return Tiers(*(np.insert(getattr(entries, n), places, added.get(n, times)) for n in Tiers.columns()))


def _points(entries: Tiers, from_ns: int, to_ns: int, points: int) -> SeriesArrays:
    if len(entries) <= points and bool((entries.count <= 1).all()):
        return SeriesArrays(entries.first_ns, entries.last, entries.quality, 0)
    for buckets in (points // 2, points // 3):  # three points a bucket at most
        width = -(-(to_ns - from_ns + 1) // max(buckets, 1))
        entries_by = fold(entries, (entries.first_ns - from_ns) // width)
        found = _pairs(entries_by)
        if len(found.time_ns) <= points:
            break
    return found


def _pairs(groups: Tiers) -> SeriesArrays:
    """Lowest and highest of each group in time order, and the gap that it ends in."""
    low_first = groups.low_ns <= groups.high_ns
    time = np.empty((len(groups), 3), np.int64)
    value = np.empty((len(groups), 3))
    show = np.ones((len(groups), 3), bool)
    time[:, 0], time[:, 1] = np.minimum(groups.low_ns, groups.high_ns), np.maximum(groups.low_ns, groups.high_ns)
    value[:, 0], value[:, 1] = (
        np.where(low_first, groups.low, groups.high),
        np.where(low_first, groups.high, groups.low),
    )
    time[:, 2], value[:, 2] = np.maximum(groups.last_ns, time[:, 1]), np.nan
    empty: npt.NDArray[np.bool_] = np.isnan(groups.low)
    time[empty, 0] = groups.first_ns[empty]
    show[:, 1] = ~empty & ((groups.low != groups.high) | (time[:, 1] > time[:, 0]))
    show[:, 2] = ~empty & np.isnan(groups.last)
    quality = np.repeat(groups.quality[:, None], 3, axis=1)
    return SeriesArrays(time[show], value[show], quality[show], 0)
