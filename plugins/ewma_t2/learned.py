"""What normal operation teaches: level, scale, how much each level wanders, two covariances and two limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.api import CannotLearnError, Row, Rows, say
from plugins.ewma_t2.chart import Chart
from plugins.ewma_t2.memory import FAST, LEVEL, SLOW, Memory
from plugins.ewma_t2.settings import EwmaT2Settings
from plugins.ewma_t2.shrink import ledoit_wolf

_FEWEST = 0.5
"""Share of rows in which a reading has to be known to be used."""
_LARGEST = 0.99
"""Quantile of the statistic while learning that the limit is a margin above: robust against single rows."""
_ROWS = 400
"""Rows of learning that the settings recent, lag and follow are for; with more rows they grow in proportion."""
_TELLING = 2.0
"""Times _ROWS beyond the first that a recording tells a level that wanders from one that swings."""
_STILL = 1e-9
"""A reading that moves by less than this share of its size stands still: rounding, not life."""
_RIDGE = 1e-9
"""Keeps a covariance invertible where two readings are copies of each other; in units of a reading's variance."""


@dataclass(slots=True, eq=False)
class Learned:
    """The normal state of the watched readings (w of k) in one machine state."""

    watched: npt.NDArray[np.bool_]
    centre: Row
    scale: Row
    wander: Row
    """Share of each level's expected variance that is wandering, 0 to 1: f8[w]."""
    follow: float
    """Rows over which the expected level follows one that wanders."""
    level: Chart
    change: Chart

    def standardise(self, row: Row) -> Row:
        """The watched readings of a row f8[k] about their level, in standard deviations: f8[w]."""
        with np.errstate(over="ignore"):
            return np.asarray((row[self.watched] - self.centre) / self.scale)

    def to_json(self) -> dict[str, Any]:
        """The learned part of a detector's state."""
        return {
            "watched": self.watched.tolist(),
            "centre": self.centre.tolist(),
            "scale": self.scale.tolist(),
            "wander": self.wander.tolist(),
            "follow": self.follow,
            "level": {"covariance": self.level.covariance.tolist(), "limit": self.level.limit},
            "change": {"covariance": self.change.covariance.tolist(), "limit": self.change.limit},
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Learned:
        """The reverse of to_json. Raises ValueError, TypeError, KeyError or LinAlgError for anything else."""
        watched = np.array(form["watched"], np.bool_)
        width = int(watched.sum())
        centre, scale, wander = (_floats(form[name], (width,)) for name in ("centre", "scale", "wander"))
        level, change = (
            Chart(_floats(form[name]["covariance"], (width, width)), float(form[name]["limit"]))
            for name in ("level", "change")
        )
        follow = float(form["follow"])
        positive = (follow, level.limit, change.limit, *scale)
        if width == 0 or not all(0 < number < np.inf for number in positive):
            raise ValueError("no scale or no limit")
        return cls(watched, centre, scale, wander, follow, level, change)


def _floats(form: Any, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    array = np.array(form, np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{array.shape} numbers, {shape} expected")
    return array


def learn(rows: Rows, settings: EwmaT2Settings) -> tuple[Learned, Memory, Row]:
    """The normal state that rows f8[n, k] show, the memory after the last of them, and each row's statistic f8[n].

    Raises CannotLearnError when the rows are too few or no reading moves.
    """
    if rows.ndim != 2 or len(rows) < settings.least_rows:
        raise CannotLearnError(say("detector.too_few", rows=len(rows), least=settings.least_rows))
    here = np.isfinite(rows)
    scale = _deviation(rows, here)
    largest = np.max(np.where(here, np.abs(rows), 0.0), axis=0)
    watched = (here.mean(0) >= _FEWEST) & np.isfinite(scale) & (scale > _STILL * largest)
    if not watched.any():
        raise CannotLearnError(say("detector.nothing_moves"))
    here, scale = here[:, watched], scale[watched]
    # the longer the recording, the more of the wandering shows in it, and the less has to be allowed for
    stretch = max(1.0, len(rows) / _ROWS)
    # the newest rows count most: where a level wanders, or a start-up slipped in, they know it best
    age = np.arange(len(rows))[::-1, None]
    weight = np.where(here, np.exp(-age / (settings.recent * stretch)), 0.0)
    centre = np.sum(np.where(here, rows[:, watched], 0.0) * weight, axis=0) / weight.sum(0)
    standard = np.where(here, (rows[:, watched] - centre) / scale, np.nan)

    memory = Memory.begin(len(scale), settings)
    averages, known = np.empty((len(rows), 3, len(scale))), np.ones(standard.shape, np.bool_)
    for at, row in enumerate(standard):
        seen = memory.take(row)
        averages[at] = memory.averages
        if seen is not None:
            known[at] = seen

    lag = round(min(settings.lag * stretch, max(settings.lag, settings.horizon)))
    begun = round(2 / settings.level)
    drift = _complete(_steps(averages[begun:, LEVEL], known[begun:], lag))
    farther = _complete(_steps(averages[begun:, LEVEL], known[begun:], 2 * lag))
    single = _complete(_steps(standard, here, 1))
    white = np.mean(single**2, axis=0) * settings.level / (2 - settings.level)
    moved = np.mean(drift**2, axis=0)
    # a level that moves more than its noise explains will move on: the longer, the further, like a random walk; but
    # where a long recording shows that it gets no further in twice the time, it only swings about where it is
    onward = np.clip(np.mean(farther**2, axis=0) / np.maximum(moved, _RIDGE) - 1.0, 0.0, 1.0)
    sure = min(1.0, max(0.0, stretch - 1.0) / _TELLING)
    wandered = (1.0 - sure + sure * onward) * np.maximum(moved - white, 0.0) * settings.horizon / lag
    settled = round(3 / settings.slow)
    swing = np.where(known, averages[:, FAST] - averages[:, SLOW], np.nan)[settled:]
    ridge = _RIDGE * np.eye(len(scale))
    learned = Learned(
        watched,
        centre,
        scale,
        wandered / np.maximum(wandered + moved, _RIDGE),
        settings.follow * stretch,
        Chart(ledoit_wolf(drift) + np.diag(wandered) + ridge),
        Chart(ledoit_wolf(_complete(swing)) + ridge),
    )
    level, change = np.empty(len(rows)), np.empty(len(rows))
    for at, (average, seen) in enumerate(zip(averages, known, strict=True)):
        part = None if seen.all() else seen
        level[at] = learned.level.judge(average[LEVEL], part)[0]
        change[at] = learned.change.judge(average[FAST] - average[SLOW], part)[0]
    least = settings.sigmas**2
    for chart, statistic in ((learned.level, level), (learned.change, change)):
        chart.limit = max(least, settings.margin * float(np.quantile(statistic[settled:], _LARGEST)))
    whole = np.maximum(level / learned.level.limit, change / learned.change.limit)
    return learned, memory, np.where(known.any(1), whole, np.nan)


def _deviation(rows: Rows, here: npt.NDArray[np.bool_]) -> Row:
    """Standard deviation of what is there, f8[k]; infinite where the numbers are too large to be squared."""
    count = np.maximum(here.sum(0), 1)
    mean = np.sum(np.where(here, rows, 0.0) / count, axis=0)
    with np.errstate(over="ignore"):
        return np.asarray(np.sqrt(np.sum(np.where(here, rows - mean, 0.0) ** 2 / count, axis=0)))


def _steps(series: Rows, known: npt.NDArray[np.bool_], lag: int) -> Rows:
    """Differences over a lag, scaled so that their variance is that of one end; NaN where an end is not known."""
    steps = (series[lag:] - series[:-lag]) / np.sqrt(2)
    return np.where(known[lag:] & known[:-lag], steps, np.nan)


def _complete(rows: Rows) -> Rows:
    """Rows with zeros for what is missing, each column scaled up so that its mean square stays what was seen."""
    here = np.isfinite(rows)
    return np.asarray(np.where(here, rows, 0.0) * np.sqrt(len(rows) / np.maximum(here.sum(0), 1)))
