"""Boards drawn by chance, and the six defects planted on them: template compare is to see boards that it never saw.

Tracks, pads, vias, ground and a row of fine lines are laid out by a seed; a defect is planted where the pattern has
room for its kind, which is read from the pattern itself, and its truth is the box of the pixels that changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hmi.model.inspection import Box, DefectClass

Picture = npt.NDArray[np.uint8]
COPPER, GAP = 0, 255
EDGE = 16
"""Pixels along the border that no defect touches."""
APART = 34
"""Pixels between the middles of two defects."""
_CROSS = np.ones((3, 3), np.uint8)


@dataclass(frozen=True)
class Flaw:
    """One planted defect: the box of its pixels, and what it is."""

    box: Box
    kind: DefectClass


def generated(seed: int, width: int = 640, height: int = 480) -> Picture:
    """Dark copper on a bright ground, (height, width); what lies where depends on the seed alone."""
    chance = np.random.default_rng(seed)
    picture = np.full((height, width), GAP, np.uint8)
    top = 12
    while top < height - 90:
        left = 12
        while left < width - 110:
            across = int(chance.integers(100, 190))
            across = min(across, width - 12 - left)
            _CELLS[int(chance.integers(len(_CELLS)))](picture, left, top, across, 76, chance)
            left += across + 12
        top += 88
    return picture


def _tracks(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    wide, pitch = int(chance.integers(7, 13)), int(chance.integers(19, 28))
    bend = left + int(chance.integers(across // 3, across * 2 // 3))
    jog = int(chance.integers(0, 14))
    for y in range(top + 8, top + down - 8 - jog, pitch):
        corners = np.array([(left + 8, y), (bend, y), (bend + jog, y + jog), (left + across - 8, y + jog)], np.int32)
        cv2.polylines(picture, [corners], False, COPPER, wide)
        cv2.circle(picture, (left + 8, y), wide * 3 // 4, COPPER, cv2.FILLED)


def _uprights(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    wide, pitch = int(chance.integers(6, 12)), int(chance.integers(18, 30))
    for x in range(left + 8, left + across - 8, pitch):
        low = top + down - 4 - int(chance.integers(0, 20))
        cv2.line(picture, (x, top + 6), (x, low), COPPER, wide)
        if chance.random() < 0.4:
            cv2.circle(picture, (x, low), wide * 3 // 4, COPPER, cv2.FILLED)


def _pads(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    wide, pitch = int(chance.integers(10, 18)), int(chance.integers(26, 36))
    for x in range(left, left + across - wide, pitch):
        for y in (top + 4, top + down // 2 + 4):
            cv2.rectangle(picture, (x, y), (x + wide, y + down // 2 - 14), COPPER, cv2.FILLED)


def _ground(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    cv2.rectangle(picture, (left, top + 4), (left + across, top + down - 4), COPPER, cv2.FILLED)
    for _ in range(2):
        x, y = left + int(chance.integers(25, across - 25)), top + int(chance.integers(28, down - 28))
        cv2.circle(picture, (x, y), 15, GAP, cv2.FILLED)
        cv2.circle(picture, (x, y), 8, COPPER, cv2.FILLED)


def _vias(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    for x in range(left + 16, left + across - 16, 38):
        for y in range(top + 16, top + down - 12, 38):
            cv2.circle(picture, (x, y), int(chance.integers(10, 14)), COPPER, cv2.FILLED)
            cv2.circle(picture, (x, y), 4, GAP, cv2.FILLED)


def _fine(picture: Picture, left: int, top: int, across: int, down: int, chance: np.random.Generator) -> None:
    wide = int(chance.integers(4, 7))
    for y in range(top + 8, top + down - 4, wide + int(chance.integers(9, 14))):
        cv2.line(picture, (left + 4, y), (left + across - 4, y), COPPER, wide)


_CELLS = (_tracks, _tracks, _uprights, _pads, _ground, _vias, _fine)


def flawed(
    golden: Picture, seed: int, size: float = 1.0, kinds: tuple[DefectClass, ...] = ()
) -> tuple[Picture, list[Flaw]]:
    """The board with one defect of each kind, and the truth; size 1 is the usual defect of such boards.

    A kind that the board has no room for is left out.
    """
    chance = np.random.default_rng(seed)
    picture = golden.copy()
    inside = cv2.distanceTransform((golden == COPPER).astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((golden != COPPER).astype(np.uint8), cv2.DIST_L2, 5)
    free = np.zeros(golden.shape, bool)
    free[EDGE:-EDGE, EDGE:-EDGE] = True
    made: list[Flaw] = []
    for kind in kinds or tuple(DefectClass):
        for _ in range(40):
            before = picture.copy()
            at = _PLANT[kind](_Board(picture, inside, outside, free, chance, size))
            if at is None:
                picture = before
                break
            changed = picture != before
            if changed.sum() < 12 or not free[changed].all() or not _is(kind, golden, changed):
                picture = before
                continue
            ys, xs = np.nonzero(changed)
            made.append(Flaw((int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1), kind))
            grown = cv2.dilate(changed.astype(np.uint8), np.ones((2 * APART + 1, 2 * APART + 1), np.uint8))
            free &= grown == 0
            break
    return picture, made


def _is(kind: DefectClass, golden: Picture, changed: npt.NDArray[np.bool_]) -> bool:
    """Whether the changed pixels touch as many neighbours as the kind tells: a bite that cuts a line is an open."""
    level = golden[changed]
    if (level != level[0]).any():
        return False
    found = set()
    for reach in (1, 4):
        ring = cv2.dilate(changed.astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)) > 0
        other = ring & ~changed & (golden != level[0])
        found.add(min(cv2.connectedComponents(other.astype(np.uint8))[0] - 1, 2))
    return found == {_TOUCHES[kind]}


_TOUCHES = {
    DefectClass.COPPER: 0, DefectClass.SPUR: 1, DefectClass.SHORT: 2,
    DefectClass.PIN_HOLE: 0, DefectClass.MOUSEBITE: 1, DefectClass.OPEN: 2,
}  # fmt: skip


Place = tuple[int, int] | None
_Field = npt.NDArray[np.float32]
_Free = npt.NDArray[np.bool_]


def _pick(where: npt.NDArray[np.bool_], chance: np.random.Generator) -> Place:
    ys, xs = np.nonzero(where)
    if not len(xs):
        return None
    chosen = int(chance.integers(len(xs)))
    return int(xs[chosen]), int(ys[chosen])


def _blot(picture: Picture, at: tuple[int, int], long: float, short: float, angle: float, level: int) -> None:
    axes = (max(1, round(long)), max(1, round(short)))
    cv2.ellipse(picture, at, axes, angle, 0, 360, level, cv2.FILLED)


def _ridge(field: _Field, low: float, high: float) -> npt.NDArray[np.bool_]:
    """The middle of lines, or of gaps, whose half width is between these."""
    return (field >= cv2.dilate(field, _CROSS) - 0.1) & (field >= low) & (field <= high)


def _across(field: _Field, at: tuple[int, int]) -> float:
    """The angle (degrees) across a line or gap at its middle: where the field falls off fastest."""
    x, y = at
    part = field[y - 6 : y + 7, x - 6 : x + 7]
    best, angle = np.inf, 0.0
    for degrees in range(0, 180, 15):
        dx, dy = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        total = sum(part[round(6 + s * dy), round(6 + s * dx)] for s in (-5, -4, -3, 3, 4, 5))
        if total < best:
            best, angle = total, float(degrees)
    return angle


@dataclass(frozen=True)
class _Board:
    """Where a defect is planted: the picture, how far each pixel lies inside copper or a gap, and what is free."""

    picture: Picture
    inside: _Field
    outside: _Field
    free: _Free
    chance: np.random.Generator
    size: float


def _spot(on: _Board, field: _Field, radius: float, margin: float, slim: float, level: int) -> Place:
    """A round blot that nothing touches."""
    at = _pick((field > radius + margin) & on.free, on.chance)
    if at is not None:
        _blot(on.picture, at, radius, radius * on.chance.uniform(slim, 1.0), on.chance.uniform(0, 180), level)
    return at


def _cut(on: _Board, field: _Field, level: int, high: float) -> Place:
    """A bar across a line or a gap."""
    at = _pick(_ridge(field, 2.0, high) & on.free, on.chance)
    if at is None:
        return None
    half, angle = float(field[at[1], at[0]]) + 2.0, np.radians(_across(field, at))
    long = 3.5 * on.size * on.chance.uniform(0.8, 1.3)
    x, y = np.cos(angle), np.sin(angle)
    corners = [
        (half * a * x - long * b * y, half * a * y + long * b * x) for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    ]
    cv2.fillConvexPoly(on.picture, np.round(np.array(corners) + at).astype(np.int32), level)
    return at


def _bite(
    on: _Board, field: _Field, depth: float, room: float, reach: float, slim: tuple[float, float], level: int
) -> Place:
    """A blot on the edge of what is deep enough (room, px) within reach (px), so that it goes through nowhere."""
    deep = cv2.dilate((field >= room).astype(np.uint8), np.ones((2 * int(reach) + 1,) * 2, np.uint8)) > 0
    at = _pick((field > 0.5) & (field < 1.5) & deep & on.free, on.chance)
    if at is not None:
        _blot(on.picture, at, depth, depth * on.chance.uniform(*slim), on.chance.uniform(0, 180), level)
    return at


def _pin_hole(on: _Board) -> Place:
    return _spot(on, on.inside, 3.5 * on.size, 3.5, 0.8, GAP)


def _copper(on: _Board) -> Place:
    return _spot(on, on.outside, 4.5 * on.size, 4.0, 0.7, COPPER)


def _open(on: _Board) -> Place:
    return _cut(on, on.inside, GAP, 6.5)


def _short(on: _Board) -> Place:
    return _cut(on, on.outside, COPPER, 9.0)


def _mousebite(on: _Board) -> Place:
    depth = 3.6 * on.size
    return _bite(on, on.inside, depth, depth + 1.0, depth + 4, (0.8, 1.2), GAP)


def _spur(on: _Board) -> Place:
    depth = 4.2 * on.size
    return _bite(on, on.outside, depth, depth + 2.5, depth + 2, (0.7, 1.0), COPPER)


_PLANT = {
    DefectClass.OPEN: _open,
    DefectClass.SHORT: _short,
    DefectClass.MOUSEBITE: _mousebite,
    DefectClass.SPUR: _spur,
    DefectClass.COPPER: _copper,
    DefectClass.PIN_HOLE: _pin_hole,
}
