"""The points of one trend pen, and the scales of several: history and live tail joined, gaps kept as gaps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hmi.desk.rows import Series
from hmi.model.plant import Tag, TagType
from hmi.model.quality import Quality
from hmi.model.reading import Reading

Floats = npt.NDArray[np.float64]
TAIL = 4096
_NONE: Floats = np.empty(0)


@dataclass(frozen=True, slots=True)
class YScale:
    """The values at foot and head of the plot for one pen."""

    low: float
    high: float

    def share(self, value: Floats | float) -> Floats | float:
        """Place between foot (0) and head (1)."""
        return (value - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The reverse of share."""
        return self.low + share * (self.high - self.low)


class PenData:
    """Points of one tag. Times in seconds since 1970, float; NaN values are gaps."""

    def __init__(self, tag: Tag) -> None:
        self.tag = tag
        self.stepped = tag.type is TagType.BOOLEAN or bool(tag.words)
        self._time, self._value = _NONE, _NONE
        self._tail_time: list[float] = []
        self._tail_value: list[float] = []
        self.good_now = False
        self.dirty = True

    def set_series(self, series: Series) -> None:
        """Take a history answer; live points that are newer than it stay."""
        self._time = np.asarray(series.time_ns, np.int64) / 1e9
        self._value = np.array([math.nan if v is None else v for v in series.value], float)
        if len(self._time):
            keep = [i for i, t in enumerate(self._tail_time) if t > self._time[-1]]
            self._tail_time = [self._tail_time[i] for i in keep]
            self._tail_value = [self._tail_value[i] for i in keep]
        self.dirty = True

    def take(self, reading: Reading, now_ns: int) -> None:
        """Append a live reading; one that cannot be believed opens a gap."""
        self.good_now = reading.quality in (Quality.GOOD, Quality.UNCERTAIN)
        said = reading.value if isinstance(reading.value, int | float) else math.nan
        good = self.good_now and math.isfinite(said)
        value = float(said) if good else math.nan
        moment = (reading.source_ns if good else now_ns) / 1e9
        last = self._last_time()
        if moment <= last:
            if good or not self._tail_value or math.isnan(self._tail_value[-1]):
                return
            moment = last + 1e-3
        if not good and self._tail_value and math.isnan(self._tail_value[-1]):
            return
        self._tail_time.append(moment)
        self._tail_value.append(value)
        if len(self._tail_time) > TAIL:
            self._thin_out()
        self.dirty = True

    def points(self, now_s: float | None = None) -> tuple[Floats, Floats]:
        """All points in time order; with now_s the last believed value is drawn on to the present."""
        time = np.concatenate([self._time, self._tail_time])
        value = np.concatenate([self._value, self._tail_value])
        if now_s is not None and self.good_now and len(time) and now_s > time[-1] and math.isfinite(value[-1]):
            time, value = np.append(time, now_s), np.append(value, value[-1])
        ends = np.flatnonzero(np.isnan(value[1:]) & np.isfinite(value[:-1])) + 1
        if len(ends):  # what was believed held up to the gap, however long ago it was sampled
            time, value = np.insert(time, ends, time[ends]), np.insert(value, ends, value[ends - 1])
        if self.stepped and len(time) > 1:
            time, value = np.repeat(time, 2)[1:], np.repeat(value, 2)[:-1]
        return time, value

    def at(self, moment_s: float, live: bool) -> float | None:
        """The value that held at a time: the last point before it; None in a gap or before all points."""
        time, value = self.points(None if not live else max(moment_s, self._last_time()))
        place = int(np.searchsorted(time, moment_s, side="right")) - 1
        if place < 0 or (place == len(time) - 1 and moment_s > time[-1] + 1e-6 and not (live and self.good_now)):
            return None
        found = float(value[place])
        return found if math.isfinite(found) else None

    def span(self, start_s: float, end_s: float) -> tuple[float, float] | None:
        """Smallest and largest value of a stretch of time; None without any."""
        time, value = self.points()
        inside = value[(time >= start_s) & (time <= end_s) & np.isfinite(value)]
        return (float(inside.min()), float(inside.max())) if len(inside) else None

    def _last_time(self) -> float:
        if self._tail_time:
            return self._tail_time[-1]
        return float(self._time[-1]) if len(self._time) else -math.inf

    def _thin_out(self) -> None:
        """Keep smallest and largest of each four of the older half, so that a long watch costs no more than a short."""
        half = TAIL // 2
        old_t, old_v = np.array(self._tail_time[:half]), np.array(self._tail_value[:half])
        groups = np.arange(half) // 4
        keep = np.zeros(half, bool)
        for part in range(groups[-1] + 1):
            where = np.flatnonzero(groups == part)
            values = old_v[where]
            if np.isnan(values).all():
                keep[where[0]] = True
            else:
                keep[where[np.nanargmin(values)]] = keep[where[np.nanargmax(values)]] = True
                keep[where[np.isnan(values)]] = True
        self._tail_time = old_t[keep].tolist() + self._tail_time[half:]
        self._tail_value = old_v[keep].tolist() + self._tail_value[half:]


def scales(pens: Sequence[PenData], start: float, end: float) -> list[YScale]:
    """The scale of each pen over a window; pens of one unit share theirs. Limits and desired band always fit in."""
    by_unit: dict[str, list[float]] = {}
    keys = [f"{p.tag.unit}|" if p.tag.unit and not p.stepped else f"|{p.tag.id}" for p in pens]
    for pen, key in zip(pens, keys, strict=True):
        time, value = pen.points()
        inside = value[(time >= start) & (time <= end) & np.isfinite(value)]
        edges = by_unit.setdefault(key, [])
        if len(inside):
            edges += [float(inside.min()), float(inside.max())]
        lim = pen.tag.limits
        edges += [x for x in (lim.low_low, lim.low, lim.high, lim.high_high) if x is not None]
        if pen.tag.desired is not None:
            edges += [pen.tag.desired.low, pen.tag.desired.high]
        if not edges and pen.tag.range is not None:
            edges += [pen.tag.range.low, pen.tag.range.high]
    return [_padded(by_unit[key]) for key in keys]


def _padded(edges: list[float]) -> YScale:
    if not edges:
        return YScale(0.0, 1.0)
    low, high = min(edges), max(edges)
    room = max(abs(low) * 0.05, 0.5) if high <= low else (high - low) * 0.06
    return YScale(low - room, high + room)
