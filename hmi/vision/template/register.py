"""Where the pattern of a picture lies on its golden: shift, slight turn and stretch, tile-wise shifts, etch bias.

The edges of the picture are slid over the golden's distance field until they lie on its edges (chamfer matching, then
robust Gauss-Newton). Displacements cost, so that a picture without edges somewhere follows its surroundings there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from hmi.vision.template.binarise import Mask
from hmi.vision.template.coarse import shifts_by_cost, turned
from hmi.vision.template.golden import Field, Golden, edge_points, thin

NODES = 5
"""Nodes of the displacement grid along each side: corners of 4 x 4 tiles."""
_SEVERAL = 3
_INLIER = 1.5
_DOUBTFUL = 0.75
_WORTH_TURNING = 0.9
"""Agreement below which the picture may be turned or stretched too far to be followed from a shift."""
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placement:
    """How the picture lies on the golden.

    nodes (25, 2) holds the shift x, y in pixels at each grid node, row by row, from picture to golden. bias is how far
    the picture's copper reaches beyond the golden's everywhere. agreement is the share of edges that lie on each
    other: the geometric mean of the picture's on the golden's and the golden's on the picture's.
    """

    nodes: Matrix
    bias: float
    agreement: float

    @property
    def shift(self) -> tuple[float, float]:
        """The mean shift x, y in pixels."""
        return float(self.nodes[:, 0].mean()), float(self.nodes[:, 1].mean())


def register(copper: Mask, golden: Golden) -> Placement | None:
    """The placement of a picture's copper map; None when it shows no edges to go by."""
    points = edge_points(copper)
    if len(points) < 20:
        return None
    shift, bias = _best_shift(points, golden)
    height, width = golden.size
    half = max(height, width) / 2
    centred = (points - np.array([width / 2, height / 2], np.float32)) / np.float32(half)
    start, its_bias = _flat(points, centred, golden, np.vstack([shift, np.zeros((2, 2))]), bias)
    placement = _bend(points, copper, golden, start, its_bias, 1.0, (5.0, 3.0))
    if placement.agreement < _WORTH_TURNING:
        # a turn or stretch beyond half a pitch at the rim slips onto the next track there
        slanted = turned(points, centred, half, golden)
        if slanted is not None:
            again, its_bias = _flat(points, centred, golden, slanted, bias)
            better = _bend(points, copper, golden, again, its_bias, 1.0, (5.0, 3.0))
            if better.agreement > placement.agreement:
                placement, start = better, again
    if placement.agreement < _DOUBTFUL:
        # few edges, or a pattern that is locally far off: let go of the stiffness and look further
        looser = _bend(points, copper, golden, start, its_bias, 0.1, (12.0, 8.0, 5.0, 3.0))
        placement = max(placement, looser, key=lambda p: p.agreement)
    return placement


def _flat(points: Field, centred: Field, golden: Golden, start: Matrix, bias: float) -> tuple[Matrix, float]:
    """The plane fit from a start (3, 2): displacement of each grid node, and the etch bias."""
    height, width = golden.size
    half = max(height, width) / 2
    few = thin(points, 800)
    plane = np.column_stack([np.ones(len(few), np.float32), thin(centred, 800)])
    fit = _Fit(golden, np.diag([0.001, 0.01, 0.01]))
    flat = start
    for span in (8.0, 5.0, 3.0):
        flat, bias = fit.step(few, plane, flat, bias, span, start)
    rows, columns = np.mgrid[0:NODES, 0:NODES]
    node_x = (columns.ravel() / (NODES - 1) * (width - 1) - width / 2) / half
    node_y = (rows.ravel() / (NODES - 1) * (height - 1) - height / 2) / half
    return np.column_stack([np.ones(NODES * NODES), node_x, node_y]) @ flat, bias


def _bend(
    points: Field, copper: Mask, golden: Golden, start: Matrix, bias: float, stiffness: float, spans: tuple[float, ...]
) -> Placement:
    """The tile-wise fit from a plane one."""
    basis = _grid_basis(points, golden.size)
    fit = _Fit(golden, stiffness * (0.004 * _ROUGHNESS + 0.0004 * np.eye(NODES * NODES)))
    nodes = start
    for span in spans:
        nodes, bias = fit.step(points, basis, nodes, bias, span, start)
    residual, inside = fit.residual(points, basis, nodes, bias)
    seen = int(np.count_nonzero(inside))
    on_golden = float(np.count_nonzero(np.abs(residual[inside]) < _INLIER)) / seen if seen > 10 else 0.0
    return Placement(nodes, bias, math.sqrt(on_golden * _covered(copper, golden, nodes)))


def _covered(copper: Mask, golden: Golden, nodes: Matrix) -> float:
    """The share of the golden's edges that have an edge of the picture near them."""
    shift = _grid_basis(golden.edges, golden.size) @ nodes.astype(np.float32)
    at = np.rint(golden.edges - shift).astype(np.intp)
    height, width = golden.size
    inside = (at[:, 0] >= 0) & (at[:, 0] < width) & (at[:, 1] >= 0) & (at[:, 1] < height)
    if np.count_nonzero(inside) < 10:
        return 0.0
    near = cv2.morphologyEx(copper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    return float(np.count_nonzero(near[at[inside, 1], at[inside, 0]])) / int(np.count_nonzero(inside))


def warp(field: Field, placement: Placement) -> Field:
    """A field of the golden as it lies under the picture; 0 where the golden does not reach."""
    height, width = field.shape
    down, across = _spread(height), _spread(width)
    maps = []
    for axis, step, vertical in ((0, (width - 1) / (NODES - 1), False), (1, (height - 1) / (NODES - 1), True)):
        own = np.arange(NODES, dtype=np.float64) * step
        at = placement.nodes[:, axis].reshape(NODES, NODES) + (own[:, None] if vertical else own[None, :])
        maps.append(down @ at.astype(np.float32) @ across.T)
    return cv2.remap(field, maps[0], maps[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)


@lru_cache(maxsize=16)
def _spread(length: int) -> Field:
    """(length, NODES) weight of each node for each pixel along one side."""
    return _hats(np.arange(length, dtype=np.float32), length)


def _hats(places: Field, length: int) -> Field:
    at = np.clip(places * np.float32((NODES - 1) / (length - 1)), 0, NODES - 1)
    weights: Field = np.maximum(np.float32(0), 1 - np.abs(at[:, None] - np.arange(NODES, dtype=np.float32)))
    return weights


def _best_shift(points: Field, golden: Golden) -> tuple[Matrix, float]:
    """The shift that lays most edges on edges: a coarse search, then the best few polished."""
    fit = _Fit(golden, np.diag([0.002]))
    some = thin(points, 300)
    one = np.ones((len(some), 1), np.float32)
    best, least, its_bias = np.zeros(2), np.inf, 0.0
    for candidate in shifts_by_cost(points, golden, _SEVERAL):
        start = candidate[None, :]
        moved, bias = start, 0.0
        for span in (8.0, 4.0):
            moved, bias = fit.step(some, one, moved, bias, span, start)
        residual, inside = fit.residual(some, one, moved, bias)
        off = np.where(inside, np.minimum(np.abs(residual), 4.0), 2.0).mean() + 0.01 * np.hypot(*moved[0])
        if off < least:
            best, least, its_bias = moved[0], float(off), bias
    return best, its_bias


class _Fit:
    """Robust least squares of displacement coefficients and etch bias over a golden's distance field."""

    def __init__(self, golden: Golden, stiffness: Matrix) -> None:
        self.golden = golden
        count = len(stiffness)
        self.prior = np.zeros((2 * count + 1, 2 * count + 1))
        self.prior[:count, :count] = stiffness
        self.prior[count:-1, count:-1] = stiffness
        self.prior[-1, -1] = 0.2

    def step(
        self, points: Field, basis: Field, shifts: Matrix, bias: float, span: float, start: Matrix
    ) -> tuple[Matrix, float]:
        """One Gauss-Newton step; edges further than `span` pixels off do not pull (Tukey's weights)."""
        sampled, inside = self._sample(points, basis, shifts)
        residual = sampled[:, 0] - np.float32(bias)
        pull = np.maximum(0, 1 - (residual / np.float32(span)) ** 2) * inside
        count = basis.shape[1]
        lever = np.empty((len(points), 2 * count + 1), np.float32)
        np.multiply(basis, sampled[:, 1:2], out=lever[:, :count])
        np.multiply(basis, sampled[:, 2:3], out=lever[:, count:-1])
        lever[:, -1] = -1
        lever *= pull[:, None]  # the weight is its square
        weighted = residual * pull
        share = 1.0 / len(points)
        normal = (lever.T @ lever).astype(np.float64) * share + self.prior
        slope = (lever.T @ weighted).astype(np.float64) * share
        now = np.concatenate([shifts[:, 0], shifts[:, 1], [bias]])
        wanted = np.concatenate([start[:, 0], start[:, 1], [0.0]])
        moved = now - np.linalg.solve(normal, slope + self.prior @ (now - wanted))
        return np.column_stack([moved[:count], moved[count:-1]]), float(moved[-1])

    def residual(self, points: Field, basis: Field, shifts: Matrix, bias: float) -> tuple[Field, npt.NDArray[np.bool_]]:
        """How far each edge lies from the golden's, and which ones lie on the golden at all."""
        sampled, inside = self._sample(points, basis, shifts)
        return sampled[:, 0] - np.float32(bias), inside

    def _sample(self, points: Field, basis: Field, shifts: Matrix) -> tuple[Field, npt.NDArray[np.bool_]]:
        at = points + basis @ shifts.astype(np.float32)
        x, y = np.ascontiguousarray(at[:, :1]), np.ascontiguousarray(at[:, 1:])
        height, width = self.golden.size
        inside = ((x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)).ravel()
        sampled = cv2.remap(self.golden.slopes, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return sampled.reshape(-1, 3), inside


def _grid_basis(points: Field, size: tuple[int, int]) -> Field:
    """(n, 25) bilinear weight of each node for each point."""
    across, down = _hats(points[:, 0], size[1]), _hats(points[:, 1], size[0])
    return np.ascontiguousarray((down[:, :, None] * across[:, None, :]).reshape(len(points), -1))


def _roughness() -> Matrix:
    """The quadratic form that sums squared differences of neighbouring nodes."""
    rows = []
    for y in range(NODES):
        for x in range(NODES):
            for ny, nx in ((y, x + 1), (y + 1, x)):
                if ny < NODES and nx < NODES:
                    row = np.zeros(NODES * NODES)
                    row[y * NODES + x], row[ny * NODES + nx] = 1, -1
                    rows.append(row)
    stacked = np.array(rows)
    return np.asarray(stacked.T @ stacked)


_ROUGHNESS = _roughness()
