"""Where a picture roughly lies on its golden: the shifts, turns and stretches worth a closer look.

Each is tried on a few edges of the picture, which are to fall near edges of the golden; nothing is fitted here.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from hmi.vision.template.golden import Field, Golden, thin

Matrix = npt.NDArray[np.float64]
_STEP = 3
"""Pixels between two shifts that are tried."""
_AT_RIM = 4.0
"""Pixels between two turns, or stretches, that are tried, at the end of the longer side."""
_MOST_TURN = math.radians(2.0)
_MOST_STRETCH = 0.01
_CLEARLY = 0.85
"""A turn is worth a fit when it lays the edges so much better than none."""


def shifts_by_cost(points: Field, golden: Golden, several: int) -> list[Matrix]:
    """The best few shifts (x, y) that lie apart from each other, best first; points (n, 2) are the picture's edges."""
    shifts = _shifts(golden.reach)
    cost = _cost(thin(points, 400), golden, shifts) + 0.01 * np.hypot(shifts[:, 0], shifts[:, 1])
    chosen: list[int] = []
    for candidate in np.argsort(cost):
        if all(np.abs(shifts[candidate] - shifts[c]).max() > _STEP for c in chosen):
            chosen.append(int(candidate))
        if len(chosen) == several:
            break
    return [shifts[c].astype(np.float64) for c in chosen]


def turned(points: Field, centred: Field, half: float, golden: Golden) -> Matrix | None:
    """The turn, stretch and shift that lay the edges clearly better than a shift alone; None when none does.

    centred (n, 2) are the points from the picture's middle in units of `half` pixels. The answer (3, 2) is the
    displacement x, y of the middle, and its change along centred x and y.
    """
    few, where = thin(points, 160), thin(centred, 160)
    shifts = _shifts(golden.reach)
    far = 0.003 * np.hypot(shifts[:, 0], shifts[:, 1])
    best, least, plain = None, np.inf, np.inf
    for turn in _tries(_MOST_TURN, half):
        for stretch in _tries(_MOST_STRETCH, half):
            slope = half * np.array([[stretch, turn], [-turn, stretch]])
            cost = _cost(few + (where @ slope).astype(np.float32), golden, shifts) + far
            chosen = int(np.argmin(cost))
            if turn == 0 and stretch == 0:
                plain = float(cost[chosen])
            if cost[chosen] < least:
                least, best = float(cost[chosen]), np.vstack([shifts[chosen], slope])
    return best if least < _CLEARLY * plain else None


def _tries(most: float, half: float) -> Matrix:
    steps = max(1, math.ceil(most * half / _AT_RIM))
    return np.arange(-steps, steps + 1, dtype=np.float64) * (most / steps)


def _shifts(reach: int) -> npt.NDArray[np.int64]:
    steps = np.arange(-(reach // _STEP) * _STEP, reach + 1, _STEP)
    return np.array([(x, y) for y in steps for x in steps])


def _cost(points: Field, golden: Golden, shifts: npt.NDArray[np.int64]) -> Matrix:
    """Mean distance (pixels) of the shifted points to the golden's edges, one for each shift."""
    height, width = golden.size
    reach, stride = golden.reach, golden.nearness.shape[1]
    # a turned point may lie further out than any shift reaches: it counts as one at the border
    x = np.clip(points[:, 0], 0, width - 1).astype(np.intp) + reach
    y = np.clip(points[:, 1], 0, height - 1).astype(np.intp) + reach
    places = (y * stride + x)[None, :] + (shifts[:, 1] * stride + shifts[:, 0])[:, None]
    return np.asarray(golden.nearness.ravel()[places].mean(axis=1) / 16)
