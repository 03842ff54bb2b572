"""Where a picture leaves its golden by more than the tolerance: places of copper too much or too little."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hmi.model.inspection import DefectClass
from hmi.vision.template.binarise import Mask, above
from hmi.vision.template.golden import RIM, Field
from hmi.vision.template.settings import TemplateSettings
from hmi.vision.template.slip import is_slip
from hmi.vision.template.topology import ROOM, kind_of

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_GROW = 3
_SHALLOW = 2.0
_LEAST_CUT = 1.25
"""Pixels of depth at which the middle of a fine line counts as wrong."""
_MOST_PLACES = 400
"""More wrong places than this are not defects of a board but a picture of something else."""


class TooManyError(Exception):
    """The picture differs nearly everywhere: nothing single can be named."""


@dataclass(frozen=True, slots=True)
class Place:
    """One wrong place: its pixels' box (left, top, right, bottom), how deep and how large, and what it is."""

    box: tuple[int, int, int, int]
    kind: DefectClass
    depth: float
    """Pixels that it reaches beyond the golden's edge."""
    area: int


def find_places(
    copper: Mask, distance: Field, bias: float, fine: tuple[bool, bool], settings: TemplateSettings
) -> list[Place]:
    """All wrong places of a picture: copper and distance (the golden's, warped, in pixels) lie on each other.

    fine says whether the golden has gaps, and lines, too narrow to reach the tolerance in their middle.
    """
    inner = np.zeros_like(copper)
    inner[RIM:-RIM, RIM:-RIM] = copper[RIM:-RIM, RIM:-RIM]
    places = _one_side(copper, inner, _Side(distance, bias, True), fine[0], settings)
    here = cv2.bitwise_not(copper)
    for rim in (np.s_[:RIM], np.s_[-RIM:], np.s_[:, :RIM], np.s_[:, -RIM:]):
        here[rim] = 0
    return places + _one_side(copper, here, _Side(distance, bias, False), fine[1], settings)


@dataclass(frozen=True, slots=True)
class _Side:
    """Copper too much, or too little: how deep the picture's pixels lie on the wrong side of the golden's edge."""

    distance: Field
    bias: float
    extra: bool

    def deeper(self, than: float) -> Mask:
        """Where the golden's edge is further away than this."""
        if self.extra:
            return above(self.distance, self.bias + than)
        return cv2.bitwise_not(above(self.distance, self.bias - than))

    def depth(self, left: int, top: int, right: int, bottom: int) -> Field:
        """Depth in pixels within a box."""
        part = self.distance[top:bottom, left:right] - np.float32(self.bias)
        return part if self.extra else -part


def _one_side(copper: Mask, here: Mask, side: _Side, fine: bool, settings: TemplateSettings) -> list[Place]:
    wander = cv2.bitwise_and(side.deeper(settings.noise), here)
    grown = cv2.bitwise_and(side.deeper(settings.tolerance), here)
    for _ in range(_GROW):
        grown = cv2.bitwise_and(cv2.dilate(grown, _CROSS), wander)
    if fine:
        thin = cv2.bitwise_and(side.deeper(_LEAST_CUT), here)
        thin = cv2.bitwise_and(thin, cv2.bitwise_not(cv2.dilate(grown, _square(2))))
        _add_cuts(grown, thin, wander, side, settings)
    return [
        place
        for place in _judge(grown, side, settings)
        if place.depth > _SHALLOW * settings.tolerance
        or place.kind not in (DefectClass.MOUSEBITE, DefectClass.SPUR)
        or not is_slip(copper, side.distance, side.bias, place.box, side.extra, settings.tolerance, settings.smallest)
    ]


def _join(mask: Mask, radius: int) -> Mask:
    """A mask widened by a radius, round enough and much faster than a disc."""
    wide = cv2.dilate(mask, _square(max(radius - 2, 0)))
    for _ in range(min(radius, 2)):
        wide = cv2.dilate(wide, _CROSS)
    return wide


def _square(radius: int) -> Mask:
    return np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)


def _judge(grown: Mask, side: _Side, settings: TemplateSettings) -> list[Place]:
    """Grown pixels joined to places, specks dropped, each named by its topology."""
    outlines, _ = cv2.findContours(_join(grown, settings.join), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) > _MOST_PLACES:
        raise TooManyError
    places = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        own: Mask = np.zeros((height, width), np.uint8)
        cv2.drawContours(own, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        own = cv2.bitwise_and(own, grown[y : y + height, x : x + width])
        area = cv2.countNonZero(own)
        if area >= settings.smallest:
            places.append(_place(own, (x, y), area, side, settings.noise))
    return places


def _add_cuts(grown: Mask, thin: Mask, wander: Mask, side: _Side, settings: TemplateSettings) -> None:
    """Add to grown where lines or gaps too fine for the tolerance are wrong in their middle, and cut or bridged."""
    outlines, _ = cv2.findContours(thin, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if width * height < settings.smallest / 2:
            continue
        x, y = max(x - 2, 0), max(y - 2, 0)
        around = side.depth(x, y, x + width + 4, y + height + 4)
        own = np.zeros(around.shape, np.uint8)
        cv2.drawContours(own, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        # the middle of a line: nothing next to it lies deeper
        middle = around >= cv2.dilate(around, _square(1)) - 0.3
        if np.count_nonzero(middle & (own > 0)) < 2:
            continue
        part = np.s_[y : y + around.shape[0], x : x + around.shape[1]]
        whole = cv2.bitwise_and(cv2.dilate(own, _square(2)), wander[part])
        area = cv2.countNonZero(whole)
        if area < settings.smallest:
            continue
        if _place(whole, (x, y), area, side, settings.noise).kind in (DefectClass.OPEN, DefectClass.SHORT):
            grown[part] = cv2.bitwise_or(grown[part], whole)


def _place(own: Mask, corner: tuple[int, int], area: int, side: _Side, noise: float) -> Place:
    x, y, width, height = cv2.boundingRect(own)
    own = own[y : y + height, x : x + width]
    left, top = corner[0] + x, corner[1] + y
    box = (left, top, left + width, top + height)
    rows, columns = side.distance.shape
    margins = (min(ROOM, left), min(ROOM, top), min(ROOM, columns - box[2]), min(ROOM, rows - box[3]))
    around = side.depth(left - margins[0], top - margins[1], box[2] + margins[2], box[3] + margins[3])
    mine = cv2.copyMakeBorder(own, margins[1], margins[3], margins[0], margins[2], cv2.BORDER_CONSTANT, value=0)
    deepest = cv2.minMaxLoc(around, mine)[1]
    return Place(box, kind_of(mine, around, side.extra, noise), float(deepest), area)
