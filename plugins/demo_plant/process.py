"""What the sensors of a station see: set-point, drift and noise with a memory, quantised as its controller does."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from plugins.demo_plant.layout import KINDS, ZONE_NOMINAL
from plugins.demo_plant.unit import Unit

SCAN_S = 0.5
"""The controllers' analog scan."""
_DIGITS = {p.name: p.digits for kind in KINDS for p in kind.points}
ZONE_LAG_S = 12.0


@dataclass(slots=True)
class Sensor:
    """A measured quantity: it follows its target with a lag and carries noise that remembers itself."""

    target: float
    spread: float
    lag_s: float = 5.0
    memory_s: float = 8.0
    level: float = 0.0
    noise: float = 0.0
    offset: float = 0.0
    drift_per_s: float = 0.0
    drift_to: float = 0.0
    """Where a drift ends; the sign follows the drift."""

    def __post_init__(self) -> None:
        self.level = self.target

    def advance(self, dt_s: float, rng: random.Random) -> None:
        """One scan."""
        if self.drift_per_s:
            self.offset += self.drift_per_s * dt_s
            if (self.offset - self.drift_to) * self.drift_per_s >= 0:
                self.offset, self.drift_per_s = self.drift_to, 0.0
        self.level += (self.target + self.offset - self.level) * min(1.0, dt_s / self.lag_s)
        kept = math.exp(-dt_s / self.memory_s)  # exact, so that the noise is as wide however long a scan takes
        self.noise = self.noise * kept + self.spread * math.sqrt(1.0 - kept * kept) * rng.gauss(0.0, 1.0)

    @property
    def true(self) -> float:
        """The quantity itself, without the noise of its measurement."""
        return self.level

    @property
    def reading(self) -> float:
        """What the sensor says, before the controller quantises it."""
        return self.level + self.noise


def quantise(value: float, digits: int | None) -> float:
    """A value as the controller's converter gives it: a whole number of steps of 10**-digits."""
    return round(value, 3 if digits is None else digits)


class Process:
    """The sensors of one station and the figures it keeps about its units."""

    def __init__(self, kind: str, seed: int, station: str) -> None:
        self.kind = kind
        self.rng = random.Random(f"{seed}/{station}/process")
        self.sensors = {name: Sensor(*spec) for name, spec in _SENSORS[kind].items()}
        for sensor in self.sensors.values():
            sensor.noise = sensor.spread * self.rng.gauss(0.0, 1.0)
        self.figures: dict[str, float] = dict(_FIGURES[kind])
        self._last = [n != 40 for n in range(100)]
        self.scan_s = SCAN_S
        self._since_scan_s = 0.0

    def advance(self, dt_s: float, speed: float) -> None:
        """Sensors are read once per scan; conveyor and camera light follow the machine."""
        self._since_scan_s += dt_s
        if self._since_scan_s < self.scan_s - 1e-9:
            return
        if "ConveyorSpeed" in self.sensors:
            self.sensors["ConveyorSpeed"].target = 0.9 * speed / 100.0
        for sensor in self.sensors.values():
            sensor.advance(self._since_scan_s, self.rng)
        self._since_scan_s = 0.0

    def passed(self, unit: Unit, *, good: bool) -> None:
        """A unit left the station: what the machine measured on it and what it counts."""
        figures = self.figures
        if self.kind == "printer":
            squeeze = (self.sensors["SqueegeePressure"].true - 1.8) * 60.0
            figures["PasteHeight"] = (132.0 if unit.batch.bad else 150.0) - squeeze + self.rng.gauss(0.0, 2.2)
        elif self.kind == "placer":
            figures["PlacementOffset"] = abs(22.0 + self.rng.gauss(0.0, 4.0))
            figures["FeederLevel"] -= 0.09
            if figures["FeederLevel"] < 11.0:
                figures["FeederLevel"] = 100.0  # the operator splices a new reel
        elif self.kind == "camera":
            self._remember(good)
            figures["RejectShare"] = 100.0 * self._last.count(False) / len(self._last)
        elif self.kind == "tester":
            self._remember(good)
            figures["Yield"] = 100.0 * self._last.count(True) / len(self._last)

    def _remember(self, good: bool) -> None:
        self._last.append(good)
        del self._last[0]

    def values(self) -> dict[str, float]:
        """Every reading of the station, quantised, by the name of its point."""
        found = {name: quantise(s.reading, _DIGITS[name]) for name, s in self.sensors.items()}
        return found | {name: quantise(v, _DIGITS[name]) for name, v in self.figures.items()}


_SENSORS: dict[str, dict[str, tuple[float, ...]]] = {
    # target, spread of the noise, lag s
    "printer": {"SqueegeePressure": (1.80, 0.015), "StencilTemperature": (23.8, 0.12, 60.0)},
    "placer": {"Vacuum": (-61.5, 0.5)},
    "oven": {
        **{f"Zone{n}Temperature": (nominal, 0.25, ZONE_LAG_S) for n, nominal in ZONE_NOMINAL.items()},
        "ConveyorSpeed": (0.90, 0.004),
        "Oxygen": (850.0, 18.0, 30.0),
    },
    "camera": {"LightLevel": (98.2, 0.15, 30.0), "PositionOffset": (0.42, 0.06)},
    "tester": {"ContactResistance": (43.0, 0.8, 30.0), "SupplyCurrent": (184.5, 0.6)},
    "packer": {"SealTemperature": (165.0, 0.5, 20.0)},
}
_FIGURES: dict[str, dict[str, float]] = {
    "printer": {"PasteHeight": 150.0},
    "placer": {"PlacementOffset": 22.0, "FeederLevel": 83.0},
    "oven": {},
    "camera": {"RejectShare": 1.0},
    "tester": {"Yield": 99.0},
    "packer": {},
}
