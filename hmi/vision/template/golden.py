"""The golden made ready for comparing: its signed distance field and what registration reads from it. Built once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hmi.model.words import say
from hmi.vision.template.binarise import Levels, Mask, UnusableError, copper_map, find_levels, to_grey
from hmi.vision.template.settings import TemplateSettings

Field = npt.NDArray[Any]
"""(height, width) float32 in pixels."""
NEAR = 8
"""Pixels beyond which an edge is simply far away."""
RIM = 3
"""Outermost pixels of a picture that are not judged: half of what they belong to is out of sight."""
_LEAST_EDGES = 40
_POINTS = 1600
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_LEAST_FINE = 12


@dataclass(frozen=True, slots=True)
class Golden:
    """A prepared golden, height x width pixels."""

    size: tuple[int, int]
    """Height and width."""
    levels: Levels
    distance: Field
    """Signed distance to the nearest edge in pixels: below 0 in copper, above 0 in the gap."""
    slopes: Field
    """(height, width, 3): distance and its slopes along x and y, as registration samples them."""
    judged: Field
    """The distance with its rim set to 0, so that nothing is found where the golden ends."""
    nearness: Mask
    """Distance to the nearest edge, at most NEAR, in sixteenths, with a border of `reach` pixels around."""
    reach: int
    edges: Field
    """(n, 2) places x, y of the golden's own edges."""
    fine: tuple[bool, bool]
    """Whether gaps, and lines, are so narrow that their middle lies within the tolerance of an edge."""


def prepare(picture: npt.NDArray[Any], settings: TemplateSettings) -> Golden:
    """A golden from its picture. Raises UnusableError when it shows no pattern to compare with."""
    grey = to_grey(picture)
    levels = find_levels(grey, settings.contrast)
    copper = copper_map(grey, levels.threshold, settings.copper)
    distance = signed_distance(copper)
    slope_x = cv2.filter2D(distance, -1, np.array([[-0.5, 0.0, 0.5]], np.float32), borderType=cv2.BORDER_REPLICATE)
    slope_y = cv2.filter2D(distance, -1, np.array([[-0.5], [0.0], [0.5]], np.float32), borderType=cv2.BORDER_REPLICATE)
    near = cv2.convertScaleAbs(distance, alpha=16.0)
    if np.count_nonzero(near < 16) < _LEAST_EDGES:
        raise UnusableError(say("vision.golden_plain"))
    np.minimum(near, NEAR * 16, out=near)
    judged = np.zeros_like(distance)
    judged[RIM:-RIM, RIM:-RIM] = distance[RIM:-RIM, RIM:-RIM]
    reach = settings.search
    # outside the golden nothing is known: worth as much as an edge 3 px off, so that a shift out of sight gains nothing
    nearness = cv2.copyMakeBorder(near, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=3 * 16)
    slopes = cv2.merge([distance, slope_x, slope_y])
    size = (grey.shape[0], grey.shape[1])
    fine = _fine(near, copper, settings.tolerance)
    return Golden(size, levels, distance, slopes, judged, nearness, reach, edge_points(copper), fine)


def _fine(near: Mask, copper: Mask, tolerance: float) -> tuple[bool, bool]:
    """Whether a stretch of gaps, and of lines, has its middle less deep than the tolerance; near is in sixteenths."""
    shallow = cv2.inRange(near, 17, min(round(16 * (tolerance + 0.25)), 16 * NEAR - 1))
    middle = cv2.bitwise_and(shallow, cv2.compare(near, cv2.dilate(near, np.ones((3, 3), np.uint8)), cv2.CMP_GE))
    lines = cv2.countNonZero(cv2.bitwise_and(middle, copper))
    return cv2.countNonZero(middle) - lines >= _LEAST_FINE, lines >= _LEAST_FINE


def signed_distance(copper: Mask) -> Field:
    """Distance of each pixel's centre to the edge of copper, below 0 inside it."""
    # the pixels on both sides of the edge lie half a pixel off it, all others as much further as they are from those
    beside = cv2.morphologyEx(copper, cv2.MORPH_GRADIENT, _CROSS)
    away: Field = cv2.distanceTransform(cv2.bitwise_not(beside), cv2.DIST_L2, 5)
    away += np.float32(0.5)
    np.negative(away, out=away, where=copper > 0)
    return away


def edge_points(copper: Mask) -> Field:
    """(n, 2) places x, y where copper begins or ends, at most a few thousand, spread over the whole picture."""
    across = cv2.bitwise_xor(copper[::2, 1:], copper[::2, :-1])
    down = cv2.bitwise_xor(copper[1:, ::2], copper[:-1, ::2])
    parts = []
    for found, scale, offset in ((across, (1, 2), (0.5, 0.0)), (down, (2, 1), (0.0, 0.5))):
        at = cv2.findNonZero(np.ascontiguousarray(found))
        if at is not None:
            parts.append(at.reshape(-1, 2) * np.array(scale, np.float32) + np.array(offset, np.float32))
    if not parts:
        return np.zeros((0, 2), np.float32)
    return thin(np.concatenate(parts).astype(np.float32), _POINTS)


def thin(rows: Field, most: int) -> Field:
    """At most so many rows, evenly taken."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.intp)]
