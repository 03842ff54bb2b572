"""Time columns: steps in their coarsest common unit, less the smallest step of the group."""

from __future__ import annotations

import numpy as np

from hmi.store.columns import I8, ColumnReader, ColumnWriter, Index


def put_times(out: ColumnWriter, starts: Index, times: I8) -> None:
    """Times in ns, ascending within each group; ``starts`` is the first position of each group."""
    step = np.empty_like(times)
    step[:1] = 0
    np.subtract(times[1:], times[:-1], out=step[1:])
    step[starts] = 0
    unit = np.gcd.reduceat(step, starts)
    unit[unit == 0] = 1
    step[starts] = np.iinfo(np.int64).max
    least = np.minimum.reduceat(step, starts)
    least[least == np.iinfo(np.int64).max] = 0
    counts = np.diff(np.append(starts, len(times)))
    step -= np.repeat(least, counts)
    if len(starts) == 1:
        step //= unit[0]
    else:
        step //= np.repeat(unit, counts)
    step[starts] = 0
    base = times[starts]
    low = int(base.min())
    common = int(np.gcd.reduce(base - low)) or 1
    out.put_ints(np.array([low, common], np.int64))
    out.put_uints(((base - low) // common).astype(np.uint64))
    out.put_uints(unit.astype(np.uint64))
    out.put_uints((least // unit).astype(np.uint64))
    out.put_uints(step.astype(np.uint64))


def take_times(source: ColumnReader, starts: Index, samples: int, lo: int, hi: int) -> I8:
    """Times of the groups lo..hi of a pack with ``samples`` samples."""
    groups = len(starts)
    low, common = source.take_ints(size=2).tolist()
    base = source.take_uints(lo, hi, groups).astype(np.int64) * common + low
    unit = source.take_uints(lo, hi, groups).astype(np.int64)
    least = source.take_uints(lo, hi, groups).astype(np.int64)
    first, end = int(starts[lo]), int(starts[hi]) if hi < groups else samples
    step = source.take_uints(first, end, samples).astype(np.int64)
    own = starts[lo:hi] - first
    counts = np.diff(np.append(own, end - first))
    step += np.repeat(least, counts)
    step *= np.repeat(unit, counts)
    inner = np.add.reduceat(step, own) - step[own]
    step[own] = base
    step[own[1:]] -= base[:-1] + inner[:-1]  # so that one running sum serves all groups
    return np.cumsum(step)
