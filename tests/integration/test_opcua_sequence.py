"""Nothing is lost, doubled or turned round between the server's queue and the feed: counted on the load source."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from load_source import Faults, LoadSource
from opcua_site import Recorder, context, driving, tag, until

from hmi.api import Batch
from plugins.opcua.driver import OpcUaDriver

TAGS = 500


class Counting(Recorder):
    """Keeps the numbers in the order in which they came, and no more: the source is fast."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[np.ndarray] = []
        self.rows: set[int] = set()

    def readings(self, batch: Batch) -> None:
        self.count += len(batch)
        self.numbers.append(batch.values)
        self.rows.update(batch.rows.tolist())

    def counted(self) -> np.ndarray:
        """All change numbers so far, first values (0) left out."""
        every = np.concatenate(self.numbers)
        return every[every > 0]


Check = Callable[[LoadSource, Counting, OpcUaDriver], Awaitable[None]]


def run(source: LoadSource, folder: Path, check: Check, tags: int = TAGS) -> None:
    async def go() -> None:
        port = await source.start(0)
        feed = Counting()
        names = [tag(f"T{n}", f"nsu=urn:load-source;s=T{n:05}") for n in range(tags)]
        async with driving(context(port, feed, folder, names)) as driver:
            await until(lambda: len(feed.rows) == tags, "a first value of every tag")
            await check(source, feed, driver)
        await source.stop()

    asyncio.run(go())


async def settled(source: LoadSource, feed: Counting) -> None:
    """Stop the changes and wait until all of them came."""
    source.running = False
    await until(lambda: feed.count and feed.counted().size and feed.counted()[-1] == source.tally.changes)


def test_a_fast_source_loses_nothing_and_keeps_its_order(tmp_path: Path) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await until(lambda: source.tally.changes > 40_000)
        await settled(source, feed)
        assert np.array_equal(feed.counted(), np.arange(1, source.tally.changes + 1))
        assert driver.health.notifications == source.tally.sent
        assert driver.health.gaps == 0
        assert source.tally.dropped == 0

    run(LoadSource(TAGS, 40_000.0), tmp_path, check)


def test_lost_messages_are_asked_for_again_and_come_in_their_order(tmp_path: Path) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await until(lambda: source.tally.withheld >= 5)
        await settled(source, feed)
        assert np.array_equal(feed.counted(), np.arange(1, source.tally.changes + 1))
        assert driver.health.gaps == driver.health.refilled == source.tally.withheld
        assert source.tally.republished == source.tally.withheld

    run(LoadSource(TAGS, 5_000.0, Faults(drop_every=4)), tmp_path, check)


def test_messages_that_overtake_each_other_are_put_in_order(tmp_path: Path) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await until(lambda: source.tally.messages > 30)
        await settled(source, feed)
        assert np.array_equal(feed.counted(), np.arange(1, source.tally.changes + 1))

    run(LoadSource(TAGS, 5_000.0, Faults(swap_every=3)), tmp_path, check)


def test_what_the_server_forgot_is_read_afresh(tmp_path: Path) -> None:
    """The numbers of a lost message are gone, but every tag is told again from the source."""

    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await until(lambda: driver.health.refilled >= 2)
        numbers = feed.counted()
        assert (np.diff(numbers) > 0).all(), "what came after the loss came in order"
        assert driver.health.gaps >= 2
        # the source answers reads with 0: one whole round of them came for the lost messages
        zeros = sum(int((part == 0).sum()) for part in feed.numbers)
        assert zeros >= 2 * TAGS

    run(LoadSource(TAGS, 5_000.0, Faults(drop_every=6, forget=True)), tmp_path, check)


def test_fewer_requests_are_kept_in_flight_where_the_server_wants_fewer(tmp_path: Path) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await until(lambda: source.tally.messages > 20)
        await settled(source, feed)
        assert np.array_equal(feed.counted(), np.arange(1, source.tally.changes + 1))
        (connection,) = source.connections
        assert len(connection.requests) <= 2
        assert driver.health.connects == 1

    run(LoadSource(TAGS, 5_000.0, Faults(most_requests=2)), tmp_path, check)


def test_more_subscriptions_are_made_where_one_is_full(tmp_path: Path) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        (connection,) = source.connections
        # one more is for events, and has no readings
        filled = [len(s.records) for s in connection.subscriptions.values() if len(s.records)]
        assert filled == [200, 200, 100]
        assert driver.health.subscribed == TAGS
        assert driver.health.refused_items == 0

    run(LoadSource(TAGS, 1_000.0, Faults(most_items=200)), tmp_path, check)


@pytest.mark.long
@pytest.mark.parametrize(("rate", "seconds"), [(10_000.0, 60), (100_000.0, 10)])
def test_ten_thousand_tags_for_long(tmp_path: Path, rate: float, seconds: int) -> None:
    async def check(source: LoadSource, feed: Counting, driver: OpcUaDriver) -> None:
        await asyncio.sleep(seconds)
        await settled(source, feed)
        assert np.array_equal(feed.counted(), np.arange(1, source.tally.changes + 1))
        assert source.tally.dropped == 0

    run(LoadSource(10_000, rate), tmp_path, check, tags=10_000)
