"""What truly lies under a line's inspection camera: the words from which the demo's camera draws its picture."""

from __future__ import annotations

import math
import random

from plugins.demo_plant.unit import Unit

ANGLE_SPREAD = 0.06
"""How far boards lie askew in the camera's nest, degrees (one standard deviation)."""
_SEEDS = 1_000_000


def describe(seed: int, unit: Unit, light: float, offset: float) -> str:
    """``unit|product|seed|defects(kind,kind)|light|dx|dy|angle`` of a unit under the camera.

    light is the light level (%) and offset how far the board lies from its place (pixels); which way is the unit's own
    chance, as is the seed of where its defects are. Angle in degrees.
    """
    chance = random.Random(f"{seed}/{unit.id}/scene")
    number = chance.randrange(_SEEDS)
    way = chance.uniform(0.0, 2.0 * math.pi)
    angle = max(-0.2, min(0.2, chance.gauss(0.0, ANGLE_SPREAD)))
    defects = ",".join(defect.kind for defect in unit.defects)
    dx, dy = offset * math.cos(way), offset * math.sin(way)
    return f"{unit.id}|{unit.product}|{number}|{defects}|{light:.1f}|{dx:.2f}|{dy:.2f}|{angle:.3f}"
