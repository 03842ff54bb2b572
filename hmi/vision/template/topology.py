"""What a wrong place is, from how many neighbours it touches: copper too much joins copper, copper too little joins gap.

    touches            none        one         two or more
    copper too much    copper      spur        short
    copper too little  pin-hole    mousebite   open

Neighbours are counted within a narrow surrounding of the place, as a bridge between two bends of one track is a short.
"""

from __future__ import annotations

import cv2
import numpy as np

from hmi.model.inspection import Box, DefectClass
from hmi.vision.template.binarise import Mask
from hmi.vision.template.golden import Field

_CLOSE, _SIGHT, _TOUCH = 2, 5, 2
"""Pixels: bays closed, surrounding looked at, distance that still touches."""


def _disc(radius: int) -> Mask:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)))


_CLOSE_DISC, _SIGHT_DISC, _TOUCH_DISC = _disc(_CLOSE), _disc(_SIGHT), _disc(_TOUCH)
_NAMES = {
    True: (DefectClass.COPPER, DefectClass.SPUR, DefectClass.SHORT),
    False: (DefectClass.PIN_HOLE, DefectClass.MOUSEBITE, DefectClass.OPEN),
}


def kind_of(own: Mask, box: Box, depth: Field, extra: bool) -> DefectClass:
    """The class of a place: own marks its pixels inside box, depth > 0 is its own ground (gap when copper is extra)."""
    room = _CLOSE + _SIGHT + 2
    height, width = depth.shape
    left, top = min(room, box[0]), min(room, box[1])
    right, bottom = min(room, width - box[2]), min(room, height - box[3])
    mine = cv2.copyMakeBorder(own, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0)
    ground = depth[box[1] - top : box[3] + bottom, box[0] - left : box[2] + right]
    other = cv2.compare(ground, 0.0, cv2.CMP_LE)
    solid = cv2.morphologyEx(mine, cv2.MORPH_CLOSE, _CLOSE_DISC)
    seen = cv2.bitwise_and(cv2.dilate(solid, _SIGHT_DISC), other)
    touched = cv2.bitwise_and(cv2.dilate(mine, _TOUCH_DISC), other)
    count, labels = cv2.connectedComponents(seen)
    contact = np.bincount(labels[touched > 0], minlength=count)[1:]
    return _NAMES[extra][min(int(np.count_nonzero(contact >= 2)), 2)]
