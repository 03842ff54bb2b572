"""What a detector is given and must do: the anomaly half of the plugins' door.

A detector watches the readings of one station in one machine state, row by row, and says how far they are from what it
learned. It is causal: the score of a row uses that row and earlier ones only. A reading that is not GOOD comes as NaN
and is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hmi.model.text import Text

Row = npt.NDArray[np.float64]
"""One value for each reading, f8[k], always in the same order; NaN (or infinite) where a reading is not GOOD."""
Rows = npt.NDArray[np.float64]
"""Rows in order of time, f8[n, k], evenly spaced as far as the station can."""


class CannotLearnError(Exception):
    """Rows or settings that nothing can be learned from; says why to the person who asked."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class CannotRestoreError(Exception):
    """A written state that this detector cannot go on from; says why."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """What a detector says about one row.

    alarm is raised when the statistic passes its limit and may clear a little below it. Where no reading is known,
    statistic is NaN and alarm None: nobody knows, which is neither an alarm nor its end.
    """

    statistic: float
    limit: float
    alarm: bool | None
    contributions: Row
    """By how much the statistic would fall if this one reading were unknown, f8[k] >= 0; NaN where it is not used."""


class Detector(Protocol):
    """One detector of one station in one machine state, with what it learned and what it remembers."""

    @property
    def watched(self) -> npt.NDArray[np.bool_]:
        """Which readings it uses, bool[k]; one that never moved or was mostly missing while learning is not used."""

    def learn(self, rows: Rows) -> Row:
        """Learn anew from normal operation and go on after its last row; gives each row's statistic, f8[n].

        Raises CannotLearnError when the rows are too few or nothing in them moves.
        """

    def score(self, row: Row) -> Score:
        """The score of the next row. Raises ValueError before learning and for another number of readings."""

    def pause(self) -> None:
        """The station left the machine state: rows stop, and those that come later do not follow on the last one."""

    def to_json(self) -> dict[str, Any]:
        """Settings, what was learned and what is remembered: a detector restored from it scores alike."""


class DetectorKind(Protocol):
    """One way of detecting: makes detectors."""

    @property
    def name(self) -> str:
        """The name that settings and the command line use, e.g. ``ewma-t2``."""

    def fresh(self, settings: Mapping[str, Any] | None = None) -> Detector:
        """A detector that has learned nothing yet. Raises CannotLearnError for settings that do not serve."""

    def restore(self, state: Mapping[str, Any]) -> Detector:
        """The detector that to_json wrote. Raises CannotRestoreError when the state is not its own or not whole."""
