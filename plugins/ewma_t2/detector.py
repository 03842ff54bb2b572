"""The detector: two charts on one memory, an alarm that holds until it has clearly passed, and a level that follows.

*Level* judges the distance of each reading's average from its learned level. How far a level may lie is learned: one
that wandered is expected to go on, one that stood still is held to it. *Change* judges a fast average against a slow
one, whatever the level, and so sees what a wandering level hides: steps, oscillation, a lost relation between readings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.api import Row, Rows, Score
from plugins.ewma_t2.learned import Learned, learn
from plugins.ewma_t2.memory import FAST, LEVEL, SLOW, Memory
from plugins.ewma_t2.settings import EwmaT2Settings

NAME = "ewma-t2"
FORM = 1
"""The version of the written state; a newer form is refused rather than guessed at."""


class EwmaT2:
    """One station in one machine state; the statistic is in units of its limit, so that the limit is always 1."""

    def __init__(self, settings: EwmaT2Settings) -> None:
        self._settings = settings
        self._learned: Learned | None = None
        self._memory = Memory.begin(0, settings)
        self._expected: Row = np.zeros(0)
        self._alarm = False

    @property
    def watched(self) -> npt.NDArray[np.bool_]:
        """Which readings it uses, bool[k]; empty before learning."""
        return np.zeros(0, np.bool_) if self._learned is None else self._learned.watched.copy()

    def learn(self, rows: Rows) -> Row:
        """Learn anew and go on after the last row; gives each row's statistic. Raises CannotLearnError."""
        learned, memory, statistic = learn(np.asarray(rows, np.float64), self._settings)
        self._learned, self._memory = learned, memory
        self._expected = np.zeros(len(learned.centre))
        self._alarm = False
        return statistic

    def score(self, row: Row) -> Score:
        """The score of the next row. Raises ValueError before learning and for another number of readings."""
        learned, memory = self._learned, self._memory
        if learned is None:
            raise ValueError("nothing learned yet")
        if row.shape != learned.watched.shape:
            raise ValueError(f"{row.shape} readings, {learned.watched.shape} learned")
        known = memory.take(learned.standardise(row))
        contributions = np.full(len(row), np.nan)
        if known is not None and not known.any():
            return Score(float("nan"), 1.0, None, contributions)
        distance = memory.averages[LEVEL] - self._expected
        level, level_weighted = learned.level.judge(distance, known)
        change, change_weighted = learned.change.judge(memory.averages[FAST] - memory.averages[SLOW], known)
        statistic = max(level, change)
        # a reading that misses a few rows ends no alarm: it may be the one that raised it
        holds = self._alarm and known is not None and memory.waiting
        self._alarm = holds or statistic > (self._settings.release if self._alarm else 1.0)
        if not self._alarm:
            # only what wandered while learning is followed, and never while something is wrong
            step = learned.wander * distance / learned.follow
            self._expected += step if known is None else np.where(known, step, 0.0)
        if level >= change:
            contributions[learned.watched] = learned.level.contributions(level_weighted, known)
        else:
            contributions[learned.watched] = learned.change.contributions(change_weighted, known)
        return Score(statistic, 1.0, self._alarm, contributions)

    def pause(self) -> None:
        """Rows stop for a while: levels begin again where they are expected, changes with the next row."""
        self._memory.pause(self._expected)

    def to_json(self) -> dict[str, Any]:
        """Settings, what was learned, what is remembered."""
        return {
            "detector": NAME,
            "form": FORM,
            "settings": self._settings.to_json(),
            "learned": None if self._learned is None else self._learned.to_json(),
            "averages": self._memory.averages.tolist(),
            "missed": self._memory.missed.tolist(),
            "fresh": self._memory.fresh.tolist(),
            "expected": self._expected.tolist(),
            "alarm": self._alarm,
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> EwmaT2:
        """The reverse of to_json. Raises CannotLearnError, ValueError, TypeError, KeyError or LinAlgError otherwise."""
        made = cls(EwmaT2Settings.from_json(form["settings"]))
        if form["learned"] is None:
            return made
        made._learned = Learned.from_json(form["learned"])
        width = len(made._learned.centre)
        memory = Memory.begin(width, made._settings)
        memory.averages = np.array(form["averages"], np.float64)
        memory.missed = np.array(form["missed"], np.int64)
        memory.fresh = np.array(form["fresh"], np.int64)
        made._expected = np.array(form["expected"], np.float64)
        singles = (memory.missed, memory.fresh, made._expected)
        if memory.averages.shape != (3, width) or any(single.shape != (width,) for single in singles):
            raise ValueError("the memory is of another width")
        if not (np.isfinite(memory.averages).all() and np.isfinite(made._expected).all() and memory.fresh.min() > 0):
            raise ValueError("the memory holds what no row could have left")
        made._memory, made._alarm = memory, form["alarm"] is True
        return made
