"""A drawn board for the tests of template compare: tracks, pads and a ground area, with places for each defect."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
COPPER, GAP = 0, 255


def board(width: int = 360, height: int = 320) -> Picture:
    """Dark copper on a bright ground: five tracks 10 px wide, 20 px apart, pads, a fine line of 4 px, a filled area."""
    picture = np.full((height, width), GAP, np.uint8)
    for n in range(5):
        y = 40 + 30 * n
        cv2.line(picture, (20, y), (200, y), COPPER, 10)
        cv2.line(picture, (200, y), (250, y + 50), COPPER, 10)
        cv2.circle(picture, (22, y), 9, COPPER, cv2.FILLED)
    cv2.rectangle(picture, (280, 30), (340, 200), COPPER, cv2.FILLED)
    cv2.line(picture, (30, 285), (320, 285), COPPER, 4)
    cv2.rectangle(picture, (30, 230), (90, 260), COPPER, cv2.FILLED)
    return picture


DEFECTS = {
    "open": ((102, 34), (112, 46), GAP),
    "short": ((120, 74), (128, 96), COPPER),
    "mousebite": ((60, 94), (68, 100), GAP),
    "spur": ((150, 135), (156, 143), COPPER),
    "copper": ((180, 225), (190, 235), COPPER),
    "pin-hole": ((306, 100), (314, 108), GAP),
}
"""A rectangle for each class: corners inside, and what it is filled with."""


def with_defects(picture: Picture, *names: str) -> Picture:
    """The board with some defects planted."""
    faulty = picture.copy()
    for name in names:
        corner, opposite, level = DEFECTS[name]
        cv2.rectangle(faulty, corner, opposite, level, cv2.FILLED)
    return faulty


def moved(picture: Picture, x: float = 0.0, y: float = 0.0, degrees: float = 0.0) -> Picture:
    """The picture shifted and turned about its middle, its border continued."""
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turn[:, 2] += (x, y)
    return cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def as_camera(picture: Picture, dark: float = 60, bright: float = 170, noise: float = 3.0, seed: int = 1) -> Picture:
    """The board as a camera sees it: soft edges, two grey levels, noise."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float32) / 255 * (bright - dark) + dark
    grain = np.random.default_rng(seed).normal(0, noise, picture.shape)
    return np.clip(soft + grain, 0, 255).astype(np.uint8)


def centre(name: str) -> tuple[float, float]:
    """Where a defect was planted."""
    (x1, y1), (x2, y2), _ = DEFECTS[name]
    return (x1 + x2) / 2, (y1 + y2) / 2
