"""Alarms and conditions of the independent plant: told, acknowledged and confirmed there, true again after a break."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.ua_binary import struct_to_binary

sys.path.insert(0, str(Path(__file__).parent))
from opcua_relay import CALL, WRITE, relaying
from opcua_site import Process, Recorder, context, driving, free_port, server, tag, until

from hmi.alarms.book import Now
from hmi.alarms.server_conditions import Knowledge, ServerCondition, ServerConditions
from hmi.api import Argument, LinkState, NoAnswerError, TagType, Text
from hmi.model.alarm import AlarmState
from hmi.model.plant import Controller, Plant
from plugins.opcua import events, hearing
from plugins.opcua.driver import OpcUaDriver

URI = "urn:independent-plant"
SETPOINT = f"nsu={URI};s=L1.S3.SpeedSetpoint"
TAGS = [tag("Oven", f"nsu={URI};s=L1.S3.Temperature"), tag("SetPoint", SETPOINT)]
UNKNOWN_EVENT = 0x809A0000


class Mirrored(Recorder):
    """A feed with the alarm room's mirror behind it."""

    def __init__(self) -> None:
        super().__init__()
        controller = Controller("plc", Text.same("plc"), "opcua", "")
        self.mirror = ServerConditions(
            Plant("p", Text.same("p"), "UTC", (), (), (), (), (controller,), tuple(TAGS))
        )  # fmt: skip

    def link(self, state: LinkState, why: Text | None = None) -> None:
        super().link(state, why)
        self.mirror.on_link("plc", state is LinkState.CONNECTED)

    def event(self, event: dict[str, Any]) -> None:
        super().event(event)
        self.mirror.on_event("plc", event, Now(time.time_ns(), time.monotonic_ns()))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [what for kind, what in self.log if kind == "event"]

    @property
    def known(self) -> bool:
        return self.mirror.known("plc") is Knowledge.KNOWN

    def refreshes(self) -> int:
        """How often the server told all of its conditions to the end."""
        kinds = [e["event_type"] for e in self.events if e.get("event_type") in ("i=2787", "i=2788")]
        assert kinds in (
            ["i=2787", "i=2788"] * (len(kinds) // 2),
            ["i=2787", "i=2788"] * (len(kinds) // 2) + kinds[-1:],
        )
        return len(kinds) // 2

    def condition(self) -> ServerCondition | None:
        found = self.mirror.all()
        assert len(found) <= 1
        return found[0] if found else None


async def drift(driver: OpcUaDriver, degrees: float) -> None:
    numbers = [Argument(TagType.DOUBLE, number) for number in (1.0, 3.0, degrees)]
    assert await driver.writer.call(f"nsu={URI};s=Engineering", f"nsu={URI};s=Engineering.Drift", numbers, 5.0) == 0


@pytest.fixture
def plant_process(independent_plant: Any) -> Any:
    independent_plant.start()
    return independent_plant


@pytest.mark.plant
def test_a_limit_alarm_is_told_acknowledged_confirmed_and_true_again_after_breaks(
    tmp_path: Path, plant_process: Any
) -> None:
    feed = Mirrored()

    async def go() -> None:
        async with relaying(plant_process.port) as relay, \
                driving(context(relay.port, feed, tmp_path, TAGS)) as driver:  # fmt: skip
            await until(lambda: feed.known, "the first refresh")
            assert feed.condition() is None
            await drift(driver, 20_000.0)
            await until(lambda: (c := feed.condition()) is not None and c.active)
            first = feed.condition()
            assert first is not None
            assert first.state is AlarmState.UNACKED
            assert first.tag == "Oven"
            assert first.confirmed is False
            told = next(e for e in feed.events if "condition_id" in e)
            assert told["limit"] == "High"
            assert told["source_node"] == TAGS[0].node
            assert abs(told["time_ns"] - time.time_ns()) < 30e9
            # a second threshold makes another event; the first one is history then
            await until(lambda: (c := feed.condition()) is not None and c.event_id != first.event_id)
            second = feed.condition()
            assert second is not None
            assert "HighHigh" in second.message
            act = driver.conditions
            assert await act.acknowledge(first.condition, first.event_id, "옛 것") == UNKNOWN_EVENT
            assert await act.acknowledge(first.condition, "no digits", "") == UNKNOWN_EVENT
            assert await act.acknowledge("nsu=urn:nobody;i=1", second.event_id, "") == 0x80340000
            assert await act.acknowledge(second.condition, second.event_id, "확인했습니다") == 0
            await until(lambda: (c := feed.condition()) is not None and c.state is AlarmState.ACKED)
            acked = feed.condition()
            assert acked is not None
            assert acked.comment == "확인했습니다"

            # the link breaks: what the controller still holds is told again
            relay.cut_at.add(WRITE)
            with pytest.raises(NoAnswerError):
                await driver.writer.write(SETPOINT, TagType.DOUBLE, 90.0, 5.0)
            relay.cut_at.clear()
            await until(lambda: driver.health.connects == 2 and feed.known)
            again = feed.condition()
            assert again is not None
            assert (again.condition, again.state) == (acked.condition, AlarmState.ACKED)
            assert await act.confirm(again.condition, again.event_id, "조치 완료") == 0
            await until(lambda: feed.events[-1].get("confirmed") is True)
            assert feed.events[-1]["comment"] == "조치 완료"
            # nothing is left to do about it, says the server (Retain), and so it leaves the list
            assert feed.condition() is None

            # two who ask for it at once cause one call; both are told that it comes
            before = relay.requests[CALL]
            await asyncio.sleep(3.1)
            assert await asyncio.gather(act.refresh(), act.refresh()) == [True, True]
            assert relay.requests[CALL] == before + 1
            await until(lambda: feed.refreshes() == 3)

            # the controller starts anew: nothing of the old list is believed, and the new one is empty
            plant_process.kill()
            await until(lambda: feed.state is LinkState.DOWN)
            assert not feed.known
            with pytest.raises(ConnectionError):
                await act.refresh()
            with pytest.raises(ConnectionError):
                await act.acknowledge(again.condition, again.event_id, "")
            plant_process.start("--shift")
            await until(lambda: feed.known)
            assert feed.condition() is None
            await drift(driver, 20_000.0)
            await until(lambda: feed.condition() is not None)
            shifted = feed.condition()
            assert shifted is not None
            assert shifted.condition == acked.condition, "its name survives another numbering of namespaces"
            assert await act.acknowledge(shifted.condition, second.event_id, "") == UNKNOWN_EVENT

    asyncio.run(go())
    assert feed.refreshes() == 4, "one at each connect, one asked for"


@pytest.mark.plant
def test_conditions_are_asked_for_again_when_events_were_lost(
    tmp_path: Path, plant_process: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Mirrored()
    monkeypatch.setattr(hearing, "AGAIN_S", 0.2)

    async def go() -> None:
        async with driving(context(plant_process.port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.known)
            link = driver._link
            assert link is not None
            assert link.hearing.subscription not in link.items.subscriptions
            await link._refill([link.hearing.subscription])  # a message that the server no longer has
            await until(lambda: feed.refreshes() == 2)
            fields = [ua.Variant(None), ua.Variant(ua.NodeId(3035)), *[ua.Variant(None)] * 18]
            ran_over = ua.EventFieldList(ClientHandle=events.HANDLE, EventFields=fields)
            link.hearing.take(struct_to_binary(ua.EventNotificationList(Events=[ran_over])))
            await until(lambda: feed.refreshes() == 3)
            link.hearing.take(b"\x01\x00\x00\x00no event at all")
            await until(lambda: feed.refreshes() == 4)
            await asyncio.sleep(0.5)
            assert feed.refreshes() == 4

    asyncio.run(go())


@pytest.mark.plant
def test_set_points_of_the_plant(tmp_path: Path, plant_process: Any) -> None:
    feed = Mirrored()

    async def go() -> None:
        async with relaying(plant_process.port) as relay, \
                driving(context(relay.port, feed, tmp_path, TAGS)) as driver:  # fmt: skip
            await until(lambda: feed.value(1) == 100.0)
            writer, double = driver.writer, TagType.DOUBLE
            assert await writer.write(SETPOINT, double, 90, 2.0) == 0
            assert (await writer.read_now(SETPOINT, 1.0)).value == 90.0
            assert await writer.write(SETPOINT, double, 999, 2.0) == 0x803C0000
            assert await writer.write(f"nsu={URI};s=L1.S3.Interlocked", double, 1, 2.0) == 0x801F0000
            assert await writer.write(f"nsu={URI};s=L1.S3.HoldGate", TagType.BOOLEAN, True, 2.0) == 0
            assert (await writer.read_now(SETPOINT, 1.0)).value == 90.0
            writes = relay.requests[WRITE]
            plant_process.freeze()
            with pytest.raises(NoAnswerError):
                await writer.write(SETPOINT, double, 70, 1.0)
            await until(lambda: feed.state is LinkState.SILENT)
            plant_process.thaw()
            await until(lambda: feed.value(1) is not None and feed.state is LinkState.CONNECTED)
            await asyncio.sleep(1.0)
            assert relay.requests[WRITE] == writes + 1
            found = (await writer.read_now(SETPOINT, 1.0)).value
            assert found in (70.0, 90.0)
            print("after the thaw:", found)

    asyncio.run(go())


def test_a_server_without_conditions_is_nothing_to_talk_about(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        for settings in ({}, {"events": False}):
            async with driving(context(port, feed, tmp_path, [tag("A")], settings=settings)) as driver:
                await until(lambda: feed.value(0) == 1.0)
                assert await driver.conditions.refresh() is False
                assert await driver.conditions.refresh() is False
                assert await driver.conditions.acknowledge("i=2253", "00", "") >> 31
                assert driver.health.subscribed == 1

    with caplog.at_level(logging.INFO, "test.opcua"), server(port):
        asyncio.run(go())
    said = {r.message for r in caplog.records if r.name == "test.opcua"}
    assert said == {"plc: CONNECTING", "plc: CONNECTED", "plc: STOPPED"}


def test_a_burst_of_events_comes_whole_and_readings_go_on(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()
    count = 3000

    async def go(process: Process) -> None:
        longest = 0.0

        async def beat() -> None:
            nonlocal longest
            while True:
                before = time.thread_time()
                await asyncio.sleep(0.005)
                longest = max(longest, time.thread_time() - before)

        async with driving(context(port, feed, tmp_path, [tag("A")])) as driver:
            await until(lambda: feed.value(0) == 1.0)
            assert await driver.conditions.refresh() is False
            pulse = asyncio.create_task(beat())
            await asyncio.to_thread(process.tell, f"burst {count}")
            await asyncio.to_thread(process.tell, "set A 2")
            await until(lambda: feed.value(0) == 2.0, "the reading behind the burst")
            await until(lambda: sum(kind == "event" for kind, _ in feed.log) == count)
            pulse.cancel()
            assert driver.health.connects == 1
            print(f"longest stretch of work on the loop: {longest * 1e3:.0f} ms of CPU")

    with server(port) as process:
        asyncio.run(go(process))
    assert [e["message"] for kind, e in feed.log if kind == "event"] == [str(n) for n in range(count)]
