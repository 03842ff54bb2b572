"""Where a picture leaves its golden by more than the tolerance: places of copper too much or too little."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hmi.model.inspection import DefectClass
from hmi.vision.template.binarise import Mask
from hmi.vision.template.golden import RIM, Field
from hmi.vision.template.settings import TemplateSettings
from hmi.vision.template.topology import kind_of

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_GROW = 3
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


def find_places(copper: Mask, distance: Field, bias: float, settings: TemplateSettings) -> list[Place]:
    """All wrong places of a picture: copper and distance (the golden's, warped, in pixels) lie on each other."""
    places: list[Place] = []
    gap = cv2.bitwise_not(copper)
    for extra, here in ((True, copper), (False, gap)):
        depth = cv2.subtract(distance, bias) if extra else cv2.subtract(bias, distance)
        here = here.copy()
        _clear_rim(here)
        wander = cv2.bitwise_and(cv2.compare(depth, settings.noise, cv2.CMP_GT), here)
        seeds = cv2.bitwise_and(cv2.compare(depth, settings.tolerance, cv2.CMP_GT), here)
        grown = seeds
        for _ in range(_GROW):
            grown = cv2.bitwise_and(cv2.dilate(grown, _CROSS), wander)
        places += _judge(grown, depth, extra, settings)
        fine = cv2.bitwise_and(cv2.compare(depth, _LEAST_CUT, cv2.CMP_GT), here)
        fine = cv2.bitwise_and(fine, cv2.bitwise_not(cv2.dilate(grown, _disc(settings.join))))
        places += _cuts(fine, wander, depth, extra, settings)
    return places


def _clear_rim(mask: Mask) -> None:
    mask[:RIM] = 0
    mask[-RIM:] = 0
    mask[:, :RIM] = 0
    mask[:, -RIM:] = 0


def _disc(radius: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))


def _judge(grown: Mask, depth: Field, extra: bool, settings: TemplateSettings) -> list[Place]:
    """Grown pixels joined to places, specks dropped, each named by its topology."""
    joined = cv2.dilate(grown, _disc(settings.join))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) > _MOST_PLACES:
        raise TooManyError
    places = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        own = np.zeros((height, width), np.uint8)
        cv2.drawContours(own, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        own = cv2.bitwise_and(own, grown[y : y + height, x : x + width])
        area = cv2.countNonZero(own)
        if area < settings.smallest:
            continue
        places.append(_place(own, (x, y), area, depth, extra))
    return places


def _cuts(fine: Mask, wander: Mask, depth: Field, extra: bool, settings: TemplateSettings) -> list[Place]:
    """Lines and gaps too fine to reach the tolerance, where their very middle is wrong and they are cut or bridged."""
    outlines, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    places: list[Place] = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        if width * height < settings.smallest / 2:
            continue
        x, y = max(x - 2, 0), max(y - 2, 0)
        part = np.s_[y : y + height + 4, x : x + width + 4]
        around = depth[part]
        own = np.zeros(around.shape, np.uint8)
        cv2.drawContours(own, [outline], -1, 255, cv2.FILLED, offset=(-x, -y))
        # the middle of a line: nothing next to it lies deeper
        middle = around >= cv2.dilate(around, np.ones((3, 3), np.uint8)) - 0.3
        if np.count_nonzero(middle & (own > 0)) < 2:
            continue
        own = cv2.bitwise_and(cv2.dilate(own, _disc(2)), wander[part])
        area = cv2.countNonZero(own)
        if area < settings.smallest:
            continue
        place = _place(own, (x, y), area, depth, extra)
        if place.kind in (DefectClass.OPEN, DefectClass.SHORT):
            places.append(place)
    return places


def _place(own: Mask, corner: tuple[int, int], area: int, depth: Field, extra: bool) -> Place:
    x, y, width, height = cv2.boundingRect(own)
    own = own[y : y + height, x : x + width]
    left, top = corner[0] + x, corner[1] + y
    deepest = cv2.minMaxLoc(depth[top : top + height, left : left + width], own)[1]
    box = (left, top, left + width, top + height)
    return Place(box, kind_of(own, box, depth, extra), float(deepest), area)
