"""Acts that join two rooms: reasons and certificates with their rights and records; what looks after itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from hmi.desk.alarms import Alarms
from hmi.desk.machine_time import MachineTime
from hmi.desk.people import People
from hmi.desk.rows import Spans
from hmi.desk.server import Seat
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.gateway import Gateway
from hmi.runtime.answers import Answers, HistoryState
from hmi.runtime.drivers import DriverHost
from hmi.runtime.meter import Meter
from hmi.store.database import Database
from hmi.store.faults import StoreError

log = logging.getLogger("linekeeper.engine")

LITTLE_DISK_MB = 500.0
NAMED = 3
"""Locked names that an alarm tells of; how many there are in all it tells besides."""
RECORD_WARNS = 0.8
"""Share of the record's room from which on people are told, so that there is time to act."""
CLOCK_OFFSET_MS = 2000.0


class PlantActs:
    """Downtime reasons and certificates: right first, then the record, then the act."""

    def __init__(self, people: People, machine_time: MachineTime, answers: Answers) -> None:
        self._people, self._machine_time, self._answers = people, machine_time, answers

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Action name -> function."""
        return {name: getattr(self, name) for name in ("assign_reason", "split_stop", "trust")}

    async def assign_reason(self, seat: Seat, span_id: int, reason: str) -> Spans:
        """Say why a machine stood."""
        await self._may_tell(seat, span_id)
        await self._people.record(seat, "assign_reason", f"span {span_id}", None, reason)
        return await asyncio.to_thread(self._machine_time.assign_reason, span_id, reason)

    async def split_stop(self, seat: Seat, span_id: int, at_ns: int) -> Spans:
        """Cut a stop in two."""
        await self._may_tell(seat, span_id)
        await self._people.record(seat, "split_stop", f"span {span_id}", None, at_ns)
        return await asyncio.to_thread(self._machine_time.split_stop, span_id, at_ns)

    async def _may_tell(self, seat: Seat, span_id: int) -> None:
        self._people.require(seat, Action.ASSIGN_REASON)  # before the record is looked at
        self._people.require(seat, Action.ASSIGN_REASON, await asyncio.to_thread(self._machine_time.area_of, span_id))

    async def trust(self, seat: Seat, controller: str, fingerprint: str) -> None:
        """Accept the server certificate that waits for a controller."""
        self._people.require(seat, Action.TRUST)
        await self._people.record(seat, "trust", controller, None, fingerprint)
        self._answers.trust(controller, fingerprint)


class ConditionDriver(Protocol):
    """The part of a driver that speaks OPC UA Part 9."""

    async def acknowledge(self, condition: str, event_id: str, comment: str) -> int: ...
    async def confirm(self, condition: str, event_id: str, comment: str) -> int: ...
    async def refresh(self) -> bool: ...


class DriverConditions:
    """hmi.alarms.server_conditions.ConditionActs on the running drivers."""

    def __init__(self, drivers: DriverHost) -> None:
        self._drivers = drivers

    def _driver(self, controller: str) -> ConditionDriver | None:
        driver = self._drivers.driver(controller)
        if driver is None:
            raise ConnectionError(controller)
        return getattr(driver, "conditions", None)

    async def acknowledge(self, controller: str, condition: str, event_id: str, comment: str) -> int:
        """Call Acknowledge on the server; its status code."""
        return await self._speaking(controller).acknowledge(condition, event_id, comment)

    async def confirm(self, controller: str, condition: str, event_id: str, comment: str) -> int:
        """Call Confirm on the server; its status code."""
        return await self._speaking(controller).confirm(condition, event_id, comment)

    async def refresh(self, controller: str) -> bool:
        """Call ConditionRefresh; False when this controller tells no conditions."""
        driver = self._driver(controller)
        return False if driver is None else await driver.refresh()

    def _speaking(self, controller: str) -> ConditionDriver:
        driver = self._driver(controller)
        if driver is None:
            raise ConnectionError(controller)
        return driver


class Settling:
    """Settles UNKNOWN outcomes by reading back, one look at a time."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look once, unless the last look still runs or there is nothing to settle."""
        if not self._gateway.unsettled or (self._task is not None and not self._task.done()):
            return
        self._task = asyncio.create_task(self._look(), name="settle")

    async def _look(self) -> None:
        try:
            await self._gateway.settle()
        except Exception:
            log.exception("an outcome could not be settled; it is tried again")


class SystemWatch:
    """Tells the alarms about the station itself: history, record, lock-outs, disk, clocks."""

    def __init__(
        self,
        alarms: Alarms,
        history: Callable[[], HistoryState],
        meter: Meter,
        answers: Answers,
        database: Database,
        locked: Callable[[], list[str]],
    ) -> None:
        """locked: names that are locked by wrong passwords (hmi.people.accounts.Accounts.locked_names)."""
        self._alarms, self._history, self._meter, self._answers = alarms, history, meter, answers
        self._database, self._locked = database, locked

    def look(self) -> None:
        """Once a second."""
        why = self._history().why
        self._alarms.raise_system("history", why is not None, why)
        why = record_trouble(self._database)
        self._alarms.raise_system("record", why is not None, why)
        names = self._locked()
        why = say("people.locked_names", names=", ".join(n[:40] for n in names[:NAMED]), count=len(names))
        self._alarms.raise_system("lockout", bool(names), why if names else None)
        self._alarms.raise_system("disk", self._meter.disk_free_mb() < LITTLE_DISK_MB)
        offsets = [c.clock_offset_ms for c in self._answers.controllers() if c.clock_offset_ms is not None]
        self._alarms.raise_system("clock", any(abs(offset) > CLOCK_OFFSET_MS for offset in offsets))


def record_trouble(database: Database) -> Text | None:
    """What is wrong with the plant's record: it cannot be written, or its room is nearly used up; None for nothing."""
    if database.why is not None:
        return database.why
    try:
        share = database.fills()
    except StoreError as fault:
        return fault.text
    return None if share < RECORD_WARNS else say("store.fills", percent=round(share * 100))
