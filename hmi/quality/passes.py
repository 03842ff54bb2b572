"""Keeps the genealogy: every pass goes into memory at once and onto the record twice a second."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from hmi.model.genealogy import UnitPass
from hmi.quality.genealogy import Genealogy

LOADED = 200_000
"""Passes that are read back at start; older ones are asked of the store."""
_DAY_NS = 86_400_000_000_000


class PassRecord(Protocol):
    """Where passes are kept (hmi.store.genealogy.GenealogyTable)."""

    def keep(self, passes: list[UnitPass]) -> Future[None]:
        """Write passes; nothing waits for it."""

    def newest(self, limit: int) -> list[UnitPass]:
        """The passes written last, in their order."""

    def forget(self, now_ns: int) -> Future[int]:
        """Let the oldest go, some at a time."""


class PassKeeper:
    """Takes passes from the plant and keeps them."""

    def __init__(self, genealogy: Genealogy, record: PassRecord, clock: Callable[[], int]) -> None:
        self.genealogy, self._record, self._clock = genealogy, record, clock
        self._fresh: list[UnitPass] = []
        self._forgot_ns = 0

    def load(self, limit: int = LOADED) -> int:
        """At start: what the record holds of the last days; returns how many passes. Raises StoreError."""
        found = self._record.newest(limit)
        older = len(found) >= limit
        self.genealogy.fill(found, min(p.at_ns for p in found) if older and found else 0)
        return len(found)

    def on_pass(self, p: UnitPass) -> bool:
        """Take a pass; False when it is known already."""
        if not self.genealogy.add(p):
            return False
        self._fresh.append(p)
        return True

    def tick(self) -> None:
        """Put what came onto the record; call about twice a second."""
        if self._fresh:
            fresh, self._fresh = self._fresh, []
            self._record.keep(fresh)
        now = self._clock()
        if now - self._forgot_ns > _DAY_NS // 24:
            self._forgot_ns = now
            self._record.forget(now)

    def close(self) -> None:
        """Put on record what is left; before the database closes."""
        self.tick()
