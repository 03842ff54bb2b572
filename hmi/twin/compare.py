"""Answers side by side in the twin: the same chances for all, as many replications as the time allows."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import stdtrit

from hmi.model.flow import Range
from hmi.model.network import Repair
from hmi.twin.draws import Draws
from hmi.twin.maxplus import screen
from hmi.twin.model import play
from hmi.twin.scenario import Result, Scenario

FEWEST = 4
"""Replications that every answer gets by default, whatever the time says."""
MANY = 40
"""Replications whose quantiles are taken as they are."""
_AIM = 8
"""Replications that the coarseness of the units is chosen for."""
LOADS_PER_S = 150_000.0
"""Loads times stations that the twin plays in a second."""


@dataclass(slots=True)
class Played:
    """The replications of one answer."""

    results: list[Result] = field(default_factory=list)

    def range_of(self, measure: Callable[[Result], float]) -> Range:
        """The median of a measure, and the range that it lies in nine times of ten.

        The quantiles of few replications lie too near to each other: then as far as the next one may lie from them.
        """
        found = np.asarray([measure(r) for r in self.results], dtype=float)
        low, middle, high = np.quantile(found, [0.05, 0.5, 0.95]).tolist()
        count = len(found)
        if 1 < count < MANY:
            reach = float(stdtrit(count - 1, 0.95) * found.std(ddof=1) * math.sqrt(1.0 + 1.0 / count))
            low, high = min(low, max(0.0, middle - reach)), max(high, middle + reach)
        return Range(round(middle, 3), round(low, 3), round(high, 3))

    def low_of(self, measure: Callable[[Result], float]) -> float:
        """What a measure comes to in all but one of twenty replications."""
        return round(float(np.quantile([measure(r) for r in self.results], 0.05)), 3)

    def mean(self, measure: Callable[[Result], float]) -> float:
        """The mean of a measure."""
        return float(np.mean([measure(r) for r in self.results]))


def coarse(scenarios: Sequence[Scenario], budget_s: float) -> int:
    """Units that move as one so that every answer gets its fewest replications within the time."""
    work = sum(
        scenario.horizon_s / feed.interval_s * len(scenario.stations) / max(1, len(scenario.feeds))
        for scenario in scenarios
        for feed in scenario.feeds
    )
    return max(1, round(work * _AIM / (LOADS_PER_S * max(budget_s, 0.05))))


def compare(
    scenarios: Sequence[Scenario],
    repair: Repair,
    down_s: float,
    seed: int,
    budget_s: float,
    most: int,
    clock: Callable[[], float] = time.monotonic,
    least: int = FEWEST,
) -> list[Played]:
    """Play every answer, replication by replication in turn, until the time or ``most`` is reached.

    least: replications that every answer gets, whatever the time says.
    """
    begun = clock()
    unit = coarse(scenarios, budget_s)
    scenarios = [replace(s, unit=unit) for s in scenarios]
    played = [Played() for _ in scenarios]
    for replication in range(max(most, 1)):
        draws = Draws(seed, replication)
        repair_s = draws.repair_s(repair, down_s)
        for scenario, answer in zip(scenarios, played, strict=True):
            answer.results.append(play(scenario, draws, repair_s))
        spent = clock() - begun
        if replication + 1 >= least and spent + spent / (replication + 1) > budget_s:
            break
    return played


def screened(scenario: Scenario, repair: Repair, down_s: float, seed: int, replications: int) -> Played | None:
    """The pre-screen of one answer; None where it cannot be had."""
    played = Played()
    for replication in range(replications):
        draws = Draws(seed, replication)
        result = screen(scenario, draws, draws.repair_s(repair, down_s))
        if result is None:
            return None
        played.results.append(result)
    return played
