"""One T2 chart: how improbable a deviation is, given the covariance that normal operation has."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hmi.api import Row, Rows

_KEPT = 64
"""Patterns of missing readings whose inverse is kept; each is needed again while a reading stays away."""


@dataclass(slots=True, eq=False)
class Chart:
    """Hotelling's T2 with its limit; readings that are missing are left out, not guessed."""

    covariance: Rows
    limit: float = 1.0
    _whole: Rows = field(init=False)
    _parts: dict[bytes, Rows] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._whole = _precision(self.covariance)

    def judge(self, deviation: Row, known: npt.NDArray[np.bool_] | None = None) -> tuple[float, Row]:
        """T2 over its limit, and the deviation weighted by the precision f8[k] (0 where not known).

        known None means all. With fewer readings T2 can only be smaller: a missing reading never raises an alarm.
        """
        precision = self._whole if known is None else self._part(known)
        weighted = precision @ deviation
        return float(deviation @ weighted) / self.limit, weighted

    def contributions(self, weighted: Row, known: npt.NDArray[np.bool_] | None = None) -> Row:
        """By how much the statistic would fall without each reading, f8[k]; NaN where not known."""
        if known is None:
            return weighted * weighted / (self._whole.diagonal() * self.limit)
        contributions = np.full(len(weighted), np.nan)
        contributions[known] = weighted[known] ** 2 / (self._part(known).diagonal()[known] * self.limit)
        return contributions

    def _part(self, known: npt.NDArray[np.bool_]) -> Rows:
        """The precision of the known readings alone, spread to f8[k, k] with zeros."""
        key = known.tobytes()
        part = self._parts.get(key)
        if part is None:
            if len(self._parts) >= _KEPT:
                self._parts.clear()
            part = np.zeros_like(self.covariance)
            chosen = np.ix_(known, known)
            part[chosen] = _precision(self.covariance[chosen])
            self._parts[key] = part
        return part


def _precision(covariance: Rows) -> Rows:
    inverse = np.linalg.inv(covariance)
    return np.asarray((inverse + inverse.T) / 2)
