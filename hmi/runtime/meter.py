"""The engine's own health: delay of its loop, processor, memory, disk, readings a second."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import psutil

BEAT_S = 0.1


class Meter:
    """Beats the heart of the tag table and measures by how much each beat comes late."""

    def __init__(self, beat: Callable[[], None], readings: Callable[[], int], data: Path) -> None:
        """beat is called every 0.1 s; readings tells how many came since the start."""
        self._beat, self._readings, self._data = beat, readings, data
        self._process = psutil.Process()
        self._process.cpu_percent()
        self._lags: deque[float] = deque(maxlen=int(10 / BEAT_S))
        self._marks: deque[tuple[float, int]] = deque(maxlen=int(5 / BEAT_S))
        self.started_ns = time.time_ns()

    async def run(self) -> None:
        """Beat until cancelled."""
        due = time.monotonic()
        while True:
            self._beat()
            now = time.monotonic()
            self._lags.append(max(0.0, now - due))
            self._marks.append((now, self._readings()))
            due = max(due + BEAT_S, now)
            await asyncio.sleep(due - now)

    @property
    def pid(self) -> int:
        """The engine's process."""
        return int(self._process.pid)

    @property
    def lag_ms(self) -> float:
        """Worst delay of the loop in the last ten seconds."""
        return 1e3 * max(self._lags, default=0.0)

    @property
    def readings_per_s(self) -> float:
        """Readings taken a second, over the last five."""
        if len(self._marks) < 2:
            return 0.0
        (t0, n0), (t1, n1) = self._marks[0], self._marks[-1]
        return (n1 - n0) / (t1 - t0) if t1 > t0 else 0.0

    def cpu_percent(self) -> float:
        """Processor share since the last call, 100 is one core."""
        return float(self._process.cpu_percent())

    def memory_mb(self) -> float:
        """Resident memory."""
        return float(self._process.memory_info().rss) / 1e6

    def disk_free_mb(self) -> float:
        """Room left where the data lives."""
        try:
            return shutil.disk_usage(self._data).free / 1e6
        except OSError:
            return 0.0
