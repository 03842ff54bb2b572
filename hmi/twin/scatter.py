"""How much what lines make scatters by itself: windows of their own past against the hour around them.

The twin knows the causes that it was told of. What it was not told of is in the past, too: the declared range is not
narrower than windows of the same length were, all lines in the same minutes, so that what befell them together counts
together (a moving-block bootstrap of one block).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hmi.model.flow import Range

AROUND_MIN = 60
"""The level that a window is compared with is that of so many minutes around it."""
LEAST = 30
"""Windows that must be there; fewer say nothing."""
_STOOD = 0.3
"""A window around which less than this share of the usual was made lies in a break."""


def scatter(made: Mapping[str, Sequence[int]], lines: Sequence[str], window_s: float) -> tuple[float, float] | None:
    """What windows made against the level around them, less 1: the range nine in ten lie in; None: too little past.

    made: good units by line and minute, the newest last.
    """
    found = [np.asarray(made[line], dtype=float) for line in lines if line in made]
    width = max(1, round(window_s / 60.0))
    if len(found) < len(lines) or not found:
        return None
    minutes = min(len(x) for x in found)
    if minutes - width + 1 < LEAST:
        return None
    together = np.sum([x[-minutes:] for x in found], axis=0)
    windows = np.convolve(together, np.ones(width), "valid")
    whole = np.concatenate([[0.0], np.cumsum(together)])
    middle = np.arange(len(windows)) + width / 2
    first = np.clip(middle - AROUND_MIN / 2, 0, max(0, minutes - AROUND_MIN)).astype(int)
    last = np.minimum(first + AROUND_MIN, minutes)
    level = (whole[last] - whole[first]) / (last - first) * width
    usual = np.median(windows)
    kept = level > _STOOD * usual
    if usual <= 0 or kept.sum() < LEAST:
        return None
    low, high = np.quantile(windows[kept] / level[kept] - 1.0, [0.05, 0.95]).tolist()
    return min(low, 0.0), max(high, 0.0)


def widened(found: Range, by: tuple[float, float] | None) -> Range:
    """A range that is not narrower than the lines' own scatter."""
    if by is None:
        return found
    low, high = found.value * (1.0 + by[0]), found.value * (1.0 + by[1])
    return Range(found.value, round(max(0.0, min(found.low, low)), 3), round(max(found.high, high), 3))
