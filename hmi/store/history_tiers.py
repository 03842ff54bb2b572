"""Time buckets from samples, and one bucket from its parts: pure arithmetic on columns."""

from __future__ import annotations

import numpy as np

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.store.columns import F8, U1, U4, Index
from hmi.store.history_codec import Samples, Tiers

_STALE = np.array([q.STALE_LINK_SILENT, q.STALE_ENGINE_SILENT], np.uint32)


def qualities(status: U4) -> U1:
    """The quality of each status code; the same rule as ``hmi.model.quality.quality_of``."""
    if not status.any():
        return np.zeros(len(status), np.uint8)
    severity = (status >> np.uint32(30)).astype(np.uint8)
    found = np.where(severity >= 2, np.uint8(Quality.BAD), severity)
    found[np.isin(status, _STALE)] = Quality.STALE
    return found


def believable(samples: Samples, quality: U1) -> F8:
    """Values to show: NaN where the quality says that there is none to believe, or where none came."""
    if not quality.any():
        return samples.value
    return np.where(quality <= Quality.UNCERTAIN, samples.value, np.nan)


def tiers_of(samples: Samples, width_ns: int) -> Tiers:
    """The buckets of ordered samples (by tag and time)."""
    if not len(samples):
        return Tiers.none()
    bucket = samples.time_ns - samples.time_ns % width_ns
    return fold(as_entries(samples), bucket)


def as_entries(samples: Samples) -> Tiers:
    """Each sample as a bucket of its own."""
    quality = qualities(samples.status)
    shown, t = believable(samples, quality), samples.time_ns
    count = np.ones(len(samples), np.int64)
    return Tiers(samples.key, t, t, t, t, t, shown, shown, shown, shown, count, quality)


def merged(parts: Tiers) -> Tiers:
    """Buckets that came in parts (late data, borders of merges) made whole, ordered by tag and time."""
    if not len(parts):
        return parts
    parts = parts.take(np.lexsort((parts.first_ns, parts.bucket_ns, parts.key)))
    return fold(parts, parts.bucket_ns)


def fold(parts: Tiers, bucket: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Tiers:
    """Neighbouring parts of one tag with one bucket number become one; parts stand in time order."""
    n = len(parts)
    turn = np.ones(n, bool)
    turn[1:] = (bucket[1:] != bucket[:-1]) | (parts.key[1:] != parts.key[:-1])
    starts = np.flatnonzero(turn)
    if len(starts) == n:
        return Tiers(parts.key, bucket, *(getattr(parts, name) for name in Tiers.columns()[2:]))
    sizes = np.diff(np.append(starts, n))
    low, high = np.fmin.reduceat(parts.low, starts), np.fmax.reduceat(parts.high, starts)
    last_ns = np.maximum.reduceat(parts.last_ns, starts)
    low_at = _first_equal(parts.low, low, starts, sizes)
    high_at = _first_equal(parts.high, high, starts, sizes)
    last_at = np.maximum.reduceat(np.where(parts.last_ns == np.repeat(last_ns, sizes), np.arange(n), -1), starts)
    return Tiers(
        parts.key[starts], bucket[starts], np.minimum.reduceat(parts.first_ns, starts), last_ns,
        parts.low_ns[low_at], parts.high_ns[high_at], low, high, parts.first[starts], parts.last[last_at],
        np.add.reduceat(parts.count, starts), np.maximum.reduceat(parts.quality, starts),
    )  # fmt: skip


def _first_equal(column: F8, wanted: F8, starts: Index, sizes: Index) -> Index:
    """Where in each group the wanted value stands first; the group's beginning when it is NaN."""
    n = len(column)
    at = np.minimum.reduceat(np.where(column == np.repeat(wanted, sizes), np.arange(n), n), starts)
    return np.where(at == n, starts, at)
