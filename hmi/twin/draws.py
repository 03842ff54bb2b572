"""Chance in the twin: the same for every answer that is compared (common random numbers).

The n-th unit that a station works on takes the same time in every answer, whichever unit it is; failures come with the
station's own production time. Every number follows from seed, replication and station alone.
"""

from __future__ import annotations

import math
import zlib

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from hmi.model.network import Pace, Repair
from hmi.twin.scenario import Scenario, TwinStation

Times = npt.NDArray[np.float64]


class Draws:
    """The chances of one replication."""

    def __init__(self, seed: int, replication: int) -> None:
        self._seed, self._replication = seed, replication
        self._kept: dict[tuple[str, int, int], Times] = {}
        self._good: dict[tuple[str, int, int], Times] = {}

    def services(self, station: str, pace: Pace, count: int, unit: int = 1) -> Times:
        """Seconds at a station for each of ``count`` loads of ``unit`` units, repairs included; shape (count,)."""
        key = (station, count, unit)
        if key not in self._kept:
            self._kept[key] = self._draw(station, pace, count, unit)
        return self._kept[key]

    def good(self, station: str, pace: Pace, count: int, unit: int = 1) -> Times | None:
        """Share of good units in each load that leaves a station; shape (count,); None where nothing is rejected."""
        if pace.reject <= 0:
            return None
        key = (station, count, unit)
        if key not in self._good:
            rng = np.random.default_rng([self._seed, self._replication, zlib.crc32(station.encode()), 1])
            self._good[key] = rng.binomial(unit, 1.0 - min(pace.reject, 1.0), count) / unit
        return self._good[key]

    def stands_s(self, station: TwinStation) -> float:
        """Seconds until a station that stands at the start runs again; 0 for one that runs."""
        if station.shut:
            return math.inf
        if station.stands is None:
            return 0.0
        rng = np.random.default_rng([self._seed, self._replication, zlib.crc32(station.id.encode()), 2])
        return float(residual(station.stands, station.stands_s, rng.random()))

    def _draw(self, station: str, pace: Pace, count: int, unit: int) -> Times:
        rng = np.random.default_rng([self._seed, self._replication, zlib.crc32(station.encode())])
        spread = pace.cycle_cv / math.sqrt(unit)
        times = pace.cycle_s * unit * np.clip(1.0 + spread * rng.standard_normal(count), 0.3, 3.0)
        if math.isfinite(pace.between_s) and pace.between_s > 0:
            worked = float(times.sum())
            ups = np.cumsum(rng.exponential(pace.between_s, max(8, int(4 * worked / pace.between_s) + 8)))
            fails = np.searchsorted(np.cumsum(times), ups[ups < worked])
            np.add.at(times, fails, lognormal(rng, pace.repair, len(fails)))
        return times

    def repair_s(self, repair: Repair, down_s: float) -> float:
        """Seconds until a station that has been down for ``down_s`` runs again."""
        rng = np.random.default_rng([self._seed, self._replication, 1])
        return float(residual(repair, down_s, rng.random()))


def services(scenario: Scenario, station: TwinStation, draws: Draws) -> Times:
    """As many times at a station as it can need within the horizon; of what is in it at the start half is done."""
    times = draws.services(station.id, station.pace, _most(scenario, station), scenario.unit)
    if not station.busy:
        return times
    begun = times.copy()
    begun[0] *= 0.5
    return begun


def good_shares(scenario: Scenario, station: TwinStation, draws: Draws) -> Times | None:
    """Share of good units in each load that a station finishes; None where it rejects nothing."""
    return draws.good(station.id, station.pace, _most(scenario, station), scenario.unit)


def _most(scenario: Scenario, station: TwinStation) -> int:
    return int(1.1 * scenario.horizon_s / (station.pace.cycle_s * scenario.unit)) + 16


def opens_s(scenario: Scenario, station: TwinStation, draws: Draws, repair_s: float) -> float:
    """Seconds from the start until a station takes units."""
    return max(repair_s if station.id == scenario.failed else 0.0, draws.stands_s(station))


def lognormal(rng: np.random.Generator, repair: Repair, count: int) -> Times:
    """Times to repair."""
    return np.asarray(repair.median_s * np.exp(repair.sigma * rng.standard_normal(count)))


def residual(repair: Repair, down_s: float, share: float) -> float:
    """The quantile ``share`` of the time that a repair takes from now on, given that it took ``down_s`` already."""
    if repair.sigma <= 0:
        return max(repair.median_s - down_s, 1.0)
    passed = float(ndtr(math.log(max(down_s, 1e-9) / repair.median_s) / repair.sigma)) if down_s > 0 else 0.0
    # beyond all experience the quantiles run out of digits: then it is taken to last as long again
    if passed > 1 - 1e-9:
        return down_s * share
    quantile = passed + share * (1 - passed)
    total = repair.median_s * math.exp(repair.sigma * float(ndtri(min(quantile, 1 - 1e-12))))
    return max(total - down_s, 1.0)
