"""The few numbers that EWMA-T2 is steered by: memories in rows, and margins. One set serves every machine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from hmi.api import CannotLearnError, say


@dataclass(frozen=True, slots=True)
class EwmaT2Settings:
    """``recent``, ``lag`` and ``follow`` are for 400 rows of learning and grow with longer ones.

    Weights are the share of the newest row in a memory; 0.1 remembers about 1 / 0.1 = 10 rows."""

    level: float = 0.1
    """Weight of the memory whose distance from the learned level is judged."""
    fast: float = 0.3
    """Weight of the memory that is compared with the slow one: its distance is a change, whatever the level."""
    slow: float = 0.05
    """Weight of the memory that the fast one is compared with."""
    recent: float = 200.0
    """Rows over which the learned level forgets: of a level that wanders, the latest is the best known."""
    lag: float = 25.0
    """Rows over which a reading that wanders shows it while learning."""
    horizon: float = 1000.0
    """Rows over which a level that wanders is expected to go on wandering."""
    follow: float = 300.0
    """Rows over which the expected level follows a reading that wanders, while there is no alarm."""
    sigmas: float = 5.5
    """The statistic is never judged more strictly than this many standard deviations of a single reading."""
    margin: float = 3.5
    """How many times the largest 1 % of the statistic while learning is still normal."""
    release: float = 0.8
    """Share of the limit that the statistic has to fall below for an alarm to end."""

    @property
    def least_rows(self) -> int:
        """Rows below which nothing is learned."""
        return int(4 * self.lag)

    def to_json(self) -> dict[str, Any]:
        """The settings part of a detector's state."""
        return asdict(self)

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> EwmaT2Settings:
        """Settings from a file, what is missing by default. Raises CannotLearnError naming the first bad one."""
        names = {f.name for f in fields(cls)}
        for name, value in form.items():
            if name not in names:
                raise CannotLearnError(say("detector.setting_unknown", name=name))
            number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            largest = 1.0 if name in ("level", "fast", "slow", "release") else 1e6
            least = 1.0 if name in ("recent", "lag", "follow", "margin") else 0.0
            if not number or not max(least, 1e-6) <= value <= largest:
                raise CannotLearnError(
                    say("detector.setting_range", name=name, value=value, least=f"{least:g}", largest=f"{largest:g}")
                )
        made = cls(**{name: float(value) for name, value in form.items()})
        if made.slow >= made.fast:
            raise CannotLearnError(say("detector.setting_order"))
        return made
