"""The conductor pattern of each product: tracks, pads, vias and ground, the same every time it is drawn."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Pattern = npt.NDArray[np.uint8]
"""COPPER and GAP, of shape (HEIGHT, WIDTH)."""

WIDTH, HEIGHT = 640, 480
COPPER, GAP = 0, 255
TRACK, PITCH = 10, 24
"""Width of a track and from one to the next, pixels."""
_EDGE = 28
_JOG = 24
_TRACKS = 4


@dataclass(frozen=True, slots=True)
class Run:
    """A straight level piece of track; ``below`` is the y of the next track below it along the whole piece, or None."""

    y: int
    left: int
    right: int
    below: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """A product's pattern and the straight pieces on it where a track can go wrong."""

    pattern: Pattern
    runs: tuple[Run, ...] = field(default_factory=tuple)


@lru_cache(maxsize=16)
def board(product: str) -> Board:
    """The board of a product: bands of parallel tracks, rows of pads and ground, in an order that is its own."""
    chance = random.Random(f"board/{product}")
    pattern = np.full((HEIGHT, WIDTH), GAP, np.uint8)
    runs: list[Run] = []
    top = 16
    bands = ["bus", "pads", "bus", "ground"]
    chance.shuffle(bands)
    for band in bands:
        if band == "bus":
            top += _bus(pattern, top, chance, runs)
        elif band == "pads":
            top += _pads(pattern, top, chance)
        else:
            top += _ground(pattern, top, chance)
    for x in range(_EDGE, WIDTH, 96):  # a row of vias along the lower edge
        _via(pattern, x + chance.randrange(24), top + 12)
    pattern.setflags(write=False)
    return Board(pattern, tuple(runs))


def _via(pattern: Pattern, x: int, y: int) -> None:
    cv2.circle(pattern, (x, y), 11, COPPER, cv2.FILLED)
    cv2.circle(pattern, (x, y), 4, GAP, cv2.FILLED)


def _bus(pattern: Pattern, top: int, chance: random.Random, runs: list[Run]) -> int:
    """Parallel tracks that all step down at an angle in the middle; their ends are round pads. Returns its height."""
    bend = chance.randrange(220, 400)
    left, right = _EDGE + chance.randrange(20), WIDTH - _EDGE - chance.randrange(20)
    for n in range(_TRACKS):
        y = top + 12 + PITCH * n
        begin, end = left + 26 * (n % 2), right - 26 * (n % 2)
        low = y + _JOG
        corners = np.array([(begin, y), (bend, y), (bend + _JOG, low), (end, low)], np.int32)
        cv2.polylines(pattern, [corners], False, COPPER, TRACK)
        cv2.circle(pattern, (begin, y), 9, COPPER, cv2.FILLED)
        cv2.circle(pattern, (end, low), 9, COPPER, cv2.FILLED)
        has_next = n + 1 < _TRACKS
        runs.append(Run(y, left + 44, bend - 24, y + PITCH if has_next else None))
        runs.append(Run(low, bend + _JOG + 24, right - 44, low + PITCH if has_next else None))
    return PITCH * _TRACKS + _JOG + 10


def _pads(pattern: Pattern, top: int, chance: random.Random) -> int:
    """Footprints of parts: two rows of oblong pads, some led out to a via. Returns its height."""
    x = _EDGE + chance.randrange(16)
    while x < WIDTH - 170:
        count = min(chance.choice((3, 4, 5)), (WIDTH - 90 - x) // 26)
        for n in range(count):
            at = x + 26 * n
            for y in (top + 10, top + 48):
                cv2.rectangle(pattern, (at, y), (at + 12, y + 24), COPPER, cv2.FILLED)
        cv2.rectangle(pattern, (x, top + 34), (x + 12, top + 48), COPPER, cv2.FILLED)
        gap = x + 26 * count + 22
        _via(pattern, gap, top + 42)
        x = gap + 34 + chance.randrange(20)
    return 84


def _ground(pattern: Pattern, top: int, chance: random.Random) -> int:
    """Filled areas with holes kept free around vias. Returns its height."""
    x = _EDGE
    while x < WIDTH - 130:
        width = min(chance.randrange(130, 210), WIDTH - _EDGE - x)
        cv2.rectangle(pattern, (x, top + 8), (x + width, top + 70), COPPER, cv2.FILLED)
        hole = x + width // 2 + chance.randrange(-12, 12)
        cv2.circle(pattern, (hole, top + 39), 18, GAP, cv2.FILLED)
        _via(pattern, hole, top + 39)
        x += width + 30
    return 82
