"""From grey levels to copper and gap: the levels of both, whether they can be told apart, and the map of copper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hmi.model.text import Text
from hmi.model.words import say

Mask = npt.NDArray[Any]
"""(height, width) uint8, 255 where something is and 0 where it is not."""

SMALLEST_SIDE = 32
_TILES = 8
_LEVEL = np.arange(256, dtype=np.float64)


class UnusableError(Exception):
    """A picture that nothing can be claimed about, and why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Levels:
    """The two grey levels of a picture and the threshold between them."""

    threshold: float
    dark: float
    bright: float
    even: bool
    """Both classes are tight around their level: no light fall-off to correct."""

    @property
    def contrast(self) -> float:
        """Grey levels between the two classes."""
        return self.bright - self.dark

    @property
    def share(self) -> float:
        """Where the threshold lies between dark (0) and bright (1)."""
        return (self.threshold - self.dark) / max(self.contrast, 1e-6)


def to_grey(picture: npt.NDArray[Any]) -> Mask:
    """The picture as 8-bit grey. Raises UnusableError when it is no picture at all."""
    if not isinstance(picture, np.ndarray) or picture.size == 0 or picture.ndim not in (2, 3):
        raise UnusableError(say("vision.empty"))
    if picture.ndim == 3 and picture.shape[2] not in (1, 3, 4):
        raise UnusableError(say("vision.channels", channels=picture.shape[2]))
    if min(picture.shape[:2]) < SMALLEST_SIDE:
        raise UnusableError(say("vision.too_small", width=picture.shape[1], height=picture.shape[0]))
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.dtype != np.uint8:
        raise UnusableError(say("vision.depth", depth=str(picture.dtype)))
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 1:
        return picture[:, :, 0]
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY if picture.shape[2] == 3 else cv2.COLOR_BGRA2GRAY)


def find_levels(grey: Mask, least_contrast: float) -> Levels:
    """The two levels by Otsu's rule. Raises UnusableError when there is one level only (black, white, no contrast)."""
    some = grey[:: max(1, min(4, grey.shape[0] // 128))]
    counts = cv2.calcHist([some], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    total = counts.sum()
    below, moment = np.cumsum(counts), np.cumsum(counts * _LEVEL)
    above = total - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = np.where((below > 0) & (above > 0), (moment[-1] * below / total - moment) ** 2 / (below * above), 0.0)
    best = np.flatnonzero(between >= between.max() * (1 - 1e-9))
    cut = int(best[len(best) // 2])
    if between.max() <= 0:
        raise UnusableError(_one_level(moment[-1] / total))
    dark, bright = moment[cut] / below[cut], (moment[-1] - moment[cut]) / above[cut]
    if bright - dark < least_contrast:
        raise UnusableError(say("vision.contrast", contrast=round(bright - dark), least=round(least_contrast)))
    square = np.cumsum(counts * _LEVEL**2)
    spread_dark = square[cut] / below[cut] - dark**2
    spread_bright = (square[-1] - square[cut]) / above[cut] - bright**2
    even = max(spread_dark, spread_bright) < (0.08 * (bright - dark)) ** 2
    return Levels((dark + bright) / 2, dark, bright, bool(even))


def _one_level(level: float) -> Text:
    if level < 16:
        return say("vision.black")
    return say("vision.saturated") if level > 239 else say("vision.flat")


def copper_map(grey: Mask, threshold: float | Mask, copper: str) -> Mask:
    """255 where copper is; threshold is one level or a level for each pixel."""
    bright = above(grey, threshold)
    return cv2.bitwise_not(bright) if copper == "dark" else bright


def above(field: npt.NDArray[Any], level: float | Mask) -> Mask:
    """255 where a field is greater than a level, or than the level of each pixel."""
    mask: Mask = cv2.compare(field, level, cv2.CMP_GT)  # type: ignore[call-overload,arg-type,unused-ignore]  # numbers serve
    return mask


def rough_threshold(grey: Mask) -> Mask:
    """A threshold for each pixel from its wide surroundings: enough to register under strongly uneven light."""
    side = max(grey.shape) // 4 | 1
    return cv2.blur(grey, (side, side), borderType=cv2.BORDER_REFLECT)


def local_threshold(grey: Mask, surely_dark: Mask, surely_bright: Mask, levels: Levels, share: float) -> Mask:
    """A threshold for each pixel from the levels that golden-known copper and gap have near it (8 x 8 tiles, smoothed).

    share is where between dark and bright the golden's own threshold lies.
    """
    height, width = grey.shape
    tiles = []
    for sure, level in ((surely_dark, levels.dark), (surely_bright, levels.bright)):
        known = cv2.resize(sure, (_TILES, _TILES), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        inside = cv2.bitwise_and(grey, sure)
        sums = cv2.resize(inside.astype(np.float32), (_TILES, _TILES), interpolation=cv2.INTER_AREA)
        all_known = max(float(known.sum()), 1e-6)
        mean = float(sums.sum()) / all_known if all_known > 0.01 else level
        # a tile that hardly shows this class takes the level of the whole picture
        tiles.append((sums + 0.02 * mean) / (known + 0.02))
    low = tiles[0] + np.float32(share) * (tiles[1] - tiles[0])
    field = cv2.resize(low, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(field, 0, 255).astype(np.uint8)
