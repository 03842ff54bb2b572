"""Plants the plant's true defects on a board's pattern, each at a place of its kind that the unit's chance picks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from plugins.demo_camera.board import COPPER, GAP, TRACK, Board, Pattern, Run

_MARGIN = 24
_NAMES = {"spurious copper": "copper"}
"""The plant's words that differ from the camera's."""


def plant(board: Board, kinds: Sequence[str], seed: int) -> Pattern:
    """The board's pattern with one flaw for each kind; kinds that do not show on copper leave no mark."""
    pattern = board.pattern.copy()
    for number, kind in enumerate(kinds):
        draw = _FLAWS.get(_NAMES.get(kind, kind))
        if draw is not None:
            draw(pattern, board, random.Random(f"{seed}/{number}/{kind}"))
    return pattern


def _place(runs: Sequence[Run], chance: random.Random) -> tuple[Run, int]:
    """A run, longer ones more often, and an x on it."""
    run = chance.choices(runs, [max(1, r.right - r.left) for r in runs])[0]
    return run, chance.randrange(run.left, max(run.left + 1, run.right))


def _open(pattern: Pattern, board: Board, chance: random.Random) -> None:
    run, x = _place(board.runs, chance)
    half, long = TRACK // 2 + 2, chance.randrange(8, 14)
    cv2.rectangle(pattern, (x, run.y - half), (x + long, run.y + half), GAP, cv2.FILLED)


def _short(pattern: Pattern, board: Board, chance: random.Random) -> None:
    run, x = _place([r for r in board.runs if r.below is not None], chance)
    assert run.below is not None
    lean, width = chance.randrange(-4, 5), chance.randrange(6, 11)
    cv2.line(pattern, (x, run.y), (x + lean, run.below), COPPER, width)


def _spur(pattern: Pattern, board: Board, chance: random.Random) -> None:
    run, x = _place(board.runs, chance)
    side = chance.choice((-1, 1)) if run.below is None else 1
    axes = (chance.randrange(5, 8), chance.randrange(6, 8))
    cv2.ellipse(pattern, (x, run.y + side * TRACK // 2), axes, 0, 0, 360, COPPER, cv2.FILLED)


def _mousebite(pattern: Pattern, board: Board, chance: random.Random) -> None:
    run, x = _place(board.runs, chance)
    side = chance.choice((-1, 1))
    axes = (chance.randrange(5, 8), chance.randrange(5, 7))
    cv2.ellipse(pattern, (x, run.y + side * (TRACK // 2 + 1)), axes, 0, 0, 360, GAP, cv2.FILLED)


def _copper(pattern: Pattern, board: Board, chance: random.Random) -> None:
    _blot(pattern, board.pattern != COPPER, 16.0, chance, COPPER)


def _pin_hole(pattern: Pattern, board: Board, chance: random.Random) -> None:
    _blot(pattern, board.pattern == COPPER, 13.0, chance, GAP)


def _blot(pattern: Pattern, where: np.ndarray, room: float, chance: random.Random, level: int) -> None:
    """A small blot in the middle of an area, with so much room to its edge."""
    inside = where.astype(np.uint8)
    inside[:_MARGIN], inside[-_MARGIN:], inside[:, :_MARGIN], inside[:, -_MARGIN:] = 0, 0, 0, 0
    ys, xs = np.nonzero(cv2.distanceTransform(inside, cv2.DIST_L2, 5) >= room)
    if not len(xs):
        return
    pick = chance.randrange(len(xs))
    axes = (chance.randrange(4, 7), chance.randrange(4, 7))
    cv2.ellipse(pattern, (int(xs[pick]), int(ys[pick])), axes, chance.randrange(180), 0, 360, level, cv2.FILLED)


_FLAWS: dict[str, Callable[[Pattern, Board, random.Random], None]] = {
    "open": _open, "short": _short, "spur": _spur, "mousebite": _mousebite, "copper": _copper, "pin-hole": _pin_hole,
}  # fmt: skip
KINDS = tuple(_FLAWS)
"""The flaws that show on copper."""
