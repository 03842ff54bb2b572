"""How a pattern looks to the camera: two grey levels, soft edges, shading, light, place and noise."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from plugins.demo_camera.board import HEIGHT, WIDTH, Pattern

Picture = npt.NDArray[np.uint8]
DARK, BRIGHT = 52.0, 176.0
FULL_LIGHT = 98.0
"""The light level (%) at which BRIGHT is reached."""
SOFT_PX = 0.8
NOISE = 3.0
_SHADE = 0.06


@lru_cache(maxsize=1)
def _shading() -> npt.NDArray[np.float32]:
    """The lens is a little darker towards the corners."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    return np.asarray(1.0 - _SHADE * (x * x + y * y), np.float32)


def flawless(pattern: Pattern) -> Picture:
    """The pattern as a golden sample is taken: in full light, at its place, averaged until the noise is gone."""
    return look(pattern, FULL_LIGHT, 0.0, 0.0, 0.0, None)


def look(pattern: Pattern, light: float, dx: float, dy: float, degrees: float, seed: int | None) -> Picture:
    """The picture of a pattern that lies (dx, dy) pixels and some degrees off; seed draws the noise, None: no noise."""
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    turn[:, 2] += np.array((dx, dy))
    soft = cv2.GaussianBlur(pattern, (0, 0), SOFT_PX)
    moved = cv2.warpAffine(soft, turn, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = (moved.astype(np.float32) * ((BRIGHT - DARK) / 255.0) + DARK) * _shading()
    seen *= max(0.0, light) / FULL_LIGHT
    if seed is not None:
        seen += np.random.default_rng(seed).standard_normal(seen.shape, np.float32) * NOISE
    return np.asarray(np.clip(seen, 0, 255), np.uint8)
