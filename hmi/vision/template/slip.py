"""Slivers along an edge: whether a shallow place is a defect, or only the whole pattern there lying a little off.

Boards and films stretch unevenly, and a displacement grid cannot follow every line. A bite or spur leaves the edges
around it where they are; a slip moves them all, so that shifting the surroundings a little makes the place vanish.
"""

from __future__ import annotations

import cv2
import numpy as np

from hmi.model.inspection import Box
from hmi.vision.template.binarise import Mask, above
from hmi.vision.template.golden import Field

_AROUND = 20
_SPAN = 4.0
_MOST = 4.0
_GAIN = 0.65


def is_slip(copper: Mask, distance: Field, bias: float, box: Box, extra: bool, tolerance: float, smallest: int) -> bool:
    """Whether a small shift of the surroundings, in pixels, explains a place away; fields lie on each other."""
    height, width = copper.shape
    left, top = max(0, box[0] - _AROUND), max(0, box[1] - _AROUND)
    right, bottom = min(width, box[2] + _AROUND), min(height, box[3] + _AROUND)
    here, field = copper[top:bottom, left:right], distance[top:bottom, left:right] - np.float32(bias)
    shift = _shift(here, field)
    if shift is None:
        return False
    moved = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    settled = cv2.warpAffine(field, moved, (right - left, bottom - top), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    wrong = (
        cv2.bitwise_and(above(settled, tolerance), here)
        if extra
        else cv2.bitwise_not(cv2.bitwise_or(above(settled, -tolerance), here))
    )
    own = wrong[box[1] - top : box[3] - top, box[0] - left : box[2] - left]
    return cv2.countNonZero(own) < smallest / 4


def _shift(copper: Mask, field: Field) -> tuple[float, float] | None:
    """The shift that lays the edges better on the field's zero; None when none helps clearly."""
    rows, columns = [], []
    for axis in (0, 1):
        change = np.nonzero(np.diff(copper, axis=axis))
        rows.append(change[0] + (0.5 if axis == 0 else 0.0))
        columns.append(change[1] + (0.5 if axis == 1 else 0.0))
    y = np.concatenate(rows).astype(np.float32).reshape(-1, 1)
    x = np.concatenate(columns).astype(np.float32).reshape(-1, 1)
    if len(x) < 20:
        return None
    slope_x = cv2.filter2D(field, -1, np.array([[-0.5, 0.0, 0.5]], np.float32), borderType=cv2.BORDER_REPLICATE)
    slope_y = cv2.filter2D(field, -1, np.array([[-0.5], [0.0], [0.5]], np.float32), borderType=cv2.BORDER_REPLICATE)
    stack = cv2.merge([field, slope_x, slope_y])
    shift = np.zeros(2)
    before = 0.0
    for turn in range(4):
        at = cv2.remap(
            stack, x + np.float32(shift[0]), y + np.float32(shift[1]), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        ).reshape(-1, 3)
        off = float(np.minimum(np.abs(at[:, 0]), _SPAN).mean())
        if turn == 0:
            before = off
        pull = np.maximum(0, 1 - (at[:, 0] / np.float32(_SPAN)) ** 2)
        lever = at[:, 1:] * pull[:, None]
        normal = (lever.T @ lever).astype(np.float64) / len(x) + 0.01 * np.eye(2)
        shift -= np.linalg.solve(normal, (lever.T @ (at[:, 0] * pull)).astype(np.float64) / len(x) + 0.01 * shift)
    if off > _GAIN * before or np.hypot(*shift) > _MOST:
        return None
    return float(shift[0]), float(shift[1])
