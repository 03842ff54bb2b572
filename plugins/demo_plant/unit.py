"""A unit (one board) with its genealogy, and what makes it defective: the plant's physics of quality."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from plugins.demo_plant.layout import ZONE_NOMINAL, ZONE_WINDOW

BASE_SHARE = 0.003
BAD_PASTE_SHARE = 0.25
CAMERA_FINDS = 0.97
CAMERA_OVERKILL = 0.002
TESTER_FINDS = 0.9
TESTER_OVERKILL = 0.001


@dataclass(frozen=True, slots=True)
class PasteBatch:
    """A batch of solder paste; a bad one slumps: too low a print, bridges between pads."""

    id: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Defect:
    """A true defect of a unit and what caused it: ``paste:BATCH``, ``oven:STATION``, ``recipe:STATION``, ``board``."""

    kind: str
    cause: str


@dataclass(slots=True)
class Unit:
    """One board on its way, and afterwards its record."""

    id: str
    line: int
    order: str
    lot: str
    product: str
    batch: PasteBatch
    made_s: float
    passed: list[tuple[str, float]] = field(default_factory=list)
    """Stations it has left, with the plant's time in seconds."""
    defects: list[Defect] = field(default_factory=list)
    rejected_at: str = ""
    oven: str = ""
    """The oven it passed."""
    zone3: float = ZONE_NOMINAL[3]
    """Temperature of that oven's zone 3 when it passed, °C."""

    def draw(self, seed: int, station: str) -> random.Random:
        """Chance of this unit at this station: the same whatever happens elsewhere in the plant."""
        return random.Random(f"{seed}/{self.id}/{station}")


def heat_share(zone3: float) -> float:
    """Share of units that the oven spoils at a zone 3 temperature (°C): none near nominal, steep outside the window."""
    margin = (ZONE_WINDOW[1] - ZONE_WINDOW[0]) / 2 - 2.0
    excess = max(0.0, abs(zone3 - ZONE_NOMINAL[3]) - margin)
    return float(min(0.4, 0.016 * excess**1.3))


def print_on(unit: Unit, chance: random.Random) -> None:
    """The printer's share of defects: the bare board's own, and those of the paste."""
    if chance.random() < BASE_SHARE:
        unit.defects.append(Defect(chance.choice(("pin-hole", "spurious copper")), "board"))
    if unit.batch.bad and chance.random() < BAD_PASTE_SHARE:
        unit.defects.append(Defect(chance.choice(("short", "short", "spur")), f"paste:{unit.batch.id}"))


def heat(unit: Unit, station: str, zone3: float, chance: random.Random) -> None:
    """The oven's share of defects, by the temperature of zone 3 while the unit passes."""
    unit.oven, unit.zone3 = station, zone3
    if chance.random() < heat_share(zone3):
        unit.defects.append(Defect(chance.choice(("mousebite", "open", "mousebite")), f"oven:{station}"))


def camera_rejects(unit: Unit, chance: random.Random) -> bool:
    """Whether the camera controller rejects the unit: most of the defects, and now and then a good one."""
    return chance.random() < (CAMERA_FINDS if unit.defects else CAMERA_OVERKILL)


def tester_rejects(unit: Unit, chance: random.Random) -> bool:
    """Whether the electrical test rejects the unit: it finds most of what the camera let through."""
    return chance.random() < (TESTER_FINDS if unit.defects else TESTER_OVERKILL)
