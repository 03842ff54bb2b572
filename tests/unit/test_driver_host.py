"""The host of drivers: one that ends of itself is started again, one that is asked to end ends."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest

from hmi.model.plant import Controller
from hmi.model.text import Text
from hmi.plant.port import DriverContext, Health, LinkState
from hmi.runtime.drivers import DriverHost
from plugins.opcua.driver import OpcUaDriver


class Feed:
    """Hears what a driver says of its link."""

    def __init__(self) -> None:
        self.links: list[LinkState] = []
        self.down = asyncio.Event()

    def link(self, state: LinkState, why: Text | None = None) -> None:
        self.links.append(state)
        if state is LinkState.DOWN:
            self.down.set()


def context(feed: Any, folder: Path) -> DriverContext:
    controller = Controller("PLC", Text.same("PLC"), "opcua", "opc.tcp://127.0.0.1:1")
    return DriverContext(controller, [], feed, logging.getLogger("test"), folder, {})


class Losing:
    """A driver under which a future of a library is cancelled, the first time it runs."""

    runs = 0
    again = asyncio.Event()
    health = Health()

    async def run(self) -> None:
        type(self).runs += 1
        if self.runs == 1:
            lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            lost.cancel()
            await lost
        self.again.set()
        await asyncio.Event().wait()


def test_a_driver_whose_future_is_lost_is_told_and_started_again(tmp_path: Path) -> None:
    told: list[Text] = []
    feed = Feed()

    async def play() -> None:
        host = DriverHost(lambda _, why: told.append(why))
        host.add(context(feed, tmp_path), lambda _: Losing())
        host.start()
        await Losing.again.wait()
        assert host.driver("PLC") is not None
        await host.stop()

    asyncio.run(asyncio.wait_for(play(), 30))
    assert feed.links == [LinkState.DOWN]
    assert len(told) == 1 and "PLC" in told[0].en and "PLC" in told[0].ko


@pytest.mark.parametrize("asked", [False, True])
def test_a_connection_that_is_cancelled_from_within_is_down_and_tried_again(tmp_path: Path, asked: bool) -> None:
    feed = Feed()

    async def play() -> None:
        driver = OpcUaDriver(context(feed, tmp_path))
        begun = asyncio.Event()

        async def stand() -> Any:
            begun.set()
            if asked:
                await asyncio.Event().wait()
            raise asyncio.CancelledError

        driver._stand = stand
        running = asyncio.create_task(driver.run())
        await begun.wait()
        if not asked:
            await feed.down.wait()
            assert not running.done()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(asyncio.wait_for(play(), 30))
    assert feed.links[0] is LinkState.CONNECTING and feed.links[-1] is LinkState.STOPPED
    assert (LinkState.DOWN in feed.links) is not asked
