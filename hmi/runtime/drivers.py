"""Keeps the controllers' drivers running: one task each, restarted when it raises, switched off when it keeps raising.

A driver that fails takes nothing with it: its tags are told to be without connection, the plant goes on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hmi.model.plant import Controller
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.port import Driver, DriverContext, Health, LinkState

log = logging.getLogger(__name__)

MAX_FAILURES = 3
FAILURE_WINDOW_S = 60.0
MakeDriver = Callable[[DriverContext], Driver]


@dataclass(slots=True)
class HostedDriver:
    """One controller's driver and how it fares."""

    controller: Controller
    context: DriverContext
    make: MakeDriver | None
    """None when there is no such plugin."""
    why: Text | None = None
    driver: Driver | None = None
    state: str = "IDLE"
    """RUNNING, OFF (failed too often), REFUSED (no plugin), IDLE."""
    failures: list[float] = field(default_factory=list)
    restart: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def health(self) -> Health:
        """The driver's own word, or a link that is down with our reason."""
        if self.driver is not None and self.state == "RUNNING":
            return self.driver.health
        return Health(state=LinkState.STOPPED, why=self.why, wanted=len(self.context.wanted))


class DriverHost:
    """All drivers of the station."""

    def __init__(self, told: Callable[[str, Text], None]) -> None:
        """told(controller id, text) hears of failures, once each."""
        self.hosted: dict[str, HostedDriver] = {}
        self._told = told
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def add(self, context: DriverContext, make: MakeDriver | None, why: Text | None = None) -> None:
        """Take on a controller; make None means that no plugin drives it, for the reason why."""
        self.hosted[context.controller.id] = HostedDriver(context.controller, context, make, why)

    def start(self) -> None:
        """Start every driver that there is."""
        for name, hosted in self.hosted.items():
            if hosted.make is None:
                hosted.state = "REFUSED"
                hosted.context.feed.link(LinkState.STOPPED, hosted.why)
                if hosted.why is not None:
                    self._told(name, hosted.why)
                continue
            self._tasks[name] = asyncio.create_task(self._keep(hosted, hosted.make), name=f"driver-{name}")

    async def stop(self) -> None:
        """End all drivers and wait for their good-byes, at most a few seconds."""
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=3.0)

    def driver(self, controller: str) -> Driver | None:
        """The running driver of a controller."""
        hosted = self.hosted.get(controller)
        return None if hosted is None or hosted.state != "RUNNING" else hosted.driver

    async def _keep(self, hosted: HostedDriver, make: MakeDriver) -> None:
        while True:
            try:
                hosted.driver = make(hosted.context)
                hosted.state = "RUNNING"
                await hosted.driver.run()
                detail = "ended"
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                detail = "ended"  # its own future was cancelled, the driver was not asked to stop
            except Exception as err:
                log.exception("driver of %s failed", hosted.controller.id)
                detail = f"{type(err).__name__}: {err}"
            hosted.context.feed.link(LinkState.DOWN, None)
            now = time.monotonic()
            hosted.failures = [t for t in hosted.failures if now - t < FAILURE_WINDOW_S] + [now]
            hosted.why = self._words(hosted, detail)
            self._told(hosted.controller.id, hosted.why)
            if len(hosted.failures) >= MAX_FAILURES:
                hosted.state = "OFF"
                hosted.context.feed.link(LinkState.STOPPED, hosted.why)
                return
            await asyncio.sleep(2.0 ** len(hosted.failures))

    @staticmethod
    def _words(hosted: HostedDriver, detail: str) -> Text:
        driver, name = hosted.controller.driver, hosted.controller.id
        if len(hosted.failures) >= MAX_FAILURES:
            return say("engine.driver_off", driver=driver, controller=name, count=len(hosted.failures), detail=detail)
        return say("engine.driver_failed", driver=driver, controller=name, detail=detail)
