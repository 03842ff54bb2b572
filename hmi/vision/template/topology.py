"""What a wrong place is, by how many neighbours it touches: copper too much joins copper, too little joins gap.

    touches            none        one         two or more
    copper too much    copper      spur        short
    copper too little  pin-hole    mousebite   open

Neighbours are counted within a narrow surrounding of the place, as a bridge between two bends of one track is a short.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from hmi.model.inspection import DefectClass
from hmi.vision.template.binarise import Mask, above
from hmi.vision.template.golden import Field

_CLOSE, _SIGHT = 2, 5
"""Pixels: bays closed, surrounding looked at."""


def _disc(radius: int) -> Mask:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


_CLOSE_DISC, _SIGHT_DISC = _disc(_CLOSE), _disc(_SIGHT)
_NAMES = {
    True: (DefectClass.COPPER, DefectClass.SPUR, DefectClass.SHORT),
    False: (DefectClass.PIN_HOLE, DefectClass.MOUSEBITE, DefectClass.OPEN),
}


ROOM = _CLOSE + _SIGHT + 2
"""Pixels of surrounding that a place is judged with."""


def kind_of(own: Mask, depth: Field, extra: bool, noise: float) -> DefectClass:
    """The class of a place: own marks its pixels, depth > 0 is its own ground (gap when copper is extra).

    A place's own pixels begin `noise` pixels off the edge, so that it touches what lies a pixel further than that. Both
    arrays cover the place and, as far as the picture goes, ROOM pixels around it.
    """
    other = cv2.bitwise_not(above(depth, 0.0))
    solid = cv2.morphologyEx(own, cv2.MORPH_CLOSE, _CLOSE_DISC)
    seen = cv2.bitwise_and(cv2.dilate(solid, _SIGHT_DISC), other)
    touched = cv2.bitwise_and(cv2.dilate(own, _disc(1 + math.ceil(noise))), other)
    count, labels = cv2.connectedComponents(seen)
    contact = np.bincount(labels[touched > 0], minlength=count)[1:]
    return _NAMES[extra][min(int(np.count_nonzero(contact >= 2)), 2)]
