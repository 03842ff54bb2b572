"""What an advisor may look at: the readings, history, holds and plans it asks for; no gateway and no database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from hmi.loop.advisor_port import HoldSketch, Point
from hmi.loop.doors import Doors, waited
from hmi.model.flow import Plan
from hmi.model.hold import HoldScope
from hmi.model.machine import StateSpan
from hmi.model.plant import Plant
from hmi.model.reading import Reading, Value
from hmi.model.text import Text


class View:
    """hmi.loop.advisor_port.AdvisorView of one advisor."""

    def __init__(self, doors: Doors, advisor: str, settings: Mapping[str, Any] | None = None) -> None:
        self._doors = doors
        self.settings: Mapping[str, Any] = settings or {}
        self.log = logging.getLogger(f"linekeeper.advisor.{advisor}")

    @property
    def plant(self) -> Plant:
        """The plant as its engineer described it."""
        return self._doors.plant

    def now_ns(self) -> int:
        """The station's clock."""
        return self._doors.clock()

    def reading(self, tag: str) -> Reading:
        """The last reading of a tag."""
        return self._doors.reading(tag)

    def state(self, station: str) -> StateSpan | None:
        """What a station does now."""
        return self._doors.state(station)

    def refused(self, tag: str, value: Value) -> Text | None:
        """Why the gateway would refuse this write now, signatures apart."""
        return self._doors.preview(None, tag, value)

    async def history(self, tag: str, from_ns: int, to_ns: int, points: int = 300) -> Sequence[Point]:
        """A tag's history, oldest first; empty where there is none."""
        if self._doors.history is None:
            return []
        series = await asyncio.to_thread(self._doors.history, tag, from_ns, to_ns, points)
        return list(zip(series.time_ns, series.value, strict=True))

    async def hold(self, scope: HoldScope) -> HoldSketch:
        """What a hold of this scope would take."""
        found = await waited(self._doors.holds.preview(scope))
        return HoldSketch(found.name, found.units, found.out, found.inside, ordered(found), found.why)

    async def plan(self, station: str) -> Plan:
        """Answers to a failed station."""
        return await self._doors.routes.plan(station)


def ordered(preview: Any) -> tuple[tuple[str, Value], ...]:
    """The writes of a hold's preview, as its record orders them."""
    writes = preview.record.get("writes")
    if writes is None:
        return tuple((gate.tag, True) for gate in preview.gates)
    return tuple((write["tag"], write["value"]) for write in writes)
