"""How evenly the window ticks and how long its ticks take: kept for the bench and the system screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KEPT = 8192


@dataclass(frozen=True, slots=True)
class FrameReport:
    """Milliseconds over the kept frames: between ticks, and spent within a tick."""

    frames: int
    interval_p50: float
    interval_p99: float
    interval_max: float
    tick_p50: float
    tick_p99: float
    tick_max: float


class FrameTimes:
    """A ring of the last KEPT frames (about two minutes at 60 a second)."""

    def __init__(self) -> None:
        self._interval = np.zeros(KEPT)
        self._tick = np.zeros(KEPT)
        self._count = 0
        self._last: int | None = None

    def add(self, start_ns: int, end_ns: int) -> None:
        """One tick that ran from start to end (perf_counter_ns)."""
        if self._last is not None:
            at = self._count % KEPT
            self._interval[at] = (start_ns - self._last) / 1e6
            self._tick[at] = (end_ns - start_ns) / 1e6
            self._count += 1
        self._last = start_ns

    def pause(self) -> None:
        """The window sleeps: the next interval is no frame."""
        self._last = None

    def clear(self) -> None:
        """Forget all frames, e.g. before a measurement."""
        self._count, self._last = 0, None

    def report(self) -> FrameReport:
        """Medians, 99th percentiles and maxima; zeros before the second tick."""
        n = min(self._count, KEPT)
        if n == 0:
            return FrameReport(0, 0, 0, 0, 0, 0, 0)
        spans = [
            (float(np.median(a)), float(np.percentile(a, 99)), float(a.max()))
            for a in (self._interval[:n], self._tick[:n])
        ]
        return FrameReport(n, *spans[0], *spans[1])
