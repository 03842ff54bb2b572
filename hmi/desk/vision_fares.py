"""How each camera fares in figures: pictures, losses, times, and the verdicts of the running shift."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from hmi.model.inspection import Verdict
from hmi.store.vision import Counts
from hmi.vision.messages import Seen

_LAST = 500
_RATE_S = 10.0


@dataclass(slots=True)
class Fares:
    """One camera's figures since the engine started; counts are those of the shift."""

    counts: Counts = field(default_factory=Counts)
    frames: int = 0
    lost: int = 0
    last: int = 0
    """Number of the last inspection."""
    product: str = ""
    recipe: str = ""
    light: float | None = None
    shift_px: float | None = None
    width: int = 0
    height: int = 0
    frame_ms: float | None = None
    _totals: deque[float] = field(default_factory=lambda: deque(maxlen=_LAST))
    _moments: deque[float] = field(default_factory=lambda: deque(maxlen=_LAST))

    def take(self, number: int, answer: Seen, total_ms: float, product: str) -> None:
        """Count a verdict."""
        self.last = number
        self.counts.inspected += 1
        self.counts.failed += answer.verdict is Verdict.FAIL
        self.counts.undecided += answer.verdict is Verdict.UNDECIDED
        self.lost += answer.lost
        self.product, self.frame_ms = product or self.product, total_ms
        self._totals.append(total_ms)
        if answer.light is None:
            return
        self.frames += 1
        self._moments.append(time.monotonic())
        self.light, self.shift_px = answer.light, answer.shift_px
        self.width, self.height, self.recipe = answer.width, answer.height, answer.recipe

    def per_s(self) -> float:
        """Pictures a second, over the last ten seconds."""
        since = time.monotonic() - _RATE_S
        while self._moments and self._moments[0] < since:
            self._moments.popleft()
        return round(len(self._moments) / _RATE_S, 1)

    def p99_ms(self) -> float | None:
        """Trigger to verdict of the last 500, the slowest in a hundred."""
        if not self._totals:
            return None
        ordered = sorted(self._totals)
        return round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))], 1)
