"""Thinning out the kept pictures of good units, by age and by room; pictures of rejects are never among them."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from hmi.people.clock import Clock
from hmi.store import vision as store
from hmi.store.database import Database
from hmi.vision.evidence import too_many

log = logging.getLogger(__name__)

TIDY_S = 600.0
GOOD_DAYS, GOOD_MB = 30.0, 2_000


class Tidying:
    """Looks every ten minutes, on a thread; what was deleted is no longer named on record."""

    def __init__(self, data: Path, database: Database, clock: Clock, good_days: float, good_mb: float) -> None:
        self._data, self._database, self._clock = data, database, clock
        self._days, self._bytes = good_days, int(good_mb * 1e6)
        self._next = 0.0
        self._task: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """On the engine's loop; begins when it is time."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + TIDY_S
            self._task = asyncio.ensure_future(self._tidy())

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _tidy(self) -> None:
        gone = await asyncio.to_thread(self._thin_out)
        if gone:
            self._database.submit(lambda work: store.forget_evidence(work, gone), patient=True)

    def _thin_out(self) -> list[str]:
        gone = []
        for path in too_many(self._data, self._clock.wall_ns(), self._days, self._bytes):
            try:
                (self._data / path).unlink(missing_ok=True)
            except OSError as fault:
                log.warning("%s cannot be deleted: %s", path, fault.strerror)
                break
            gone.append(path)
        return gone
