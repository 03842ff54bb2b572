"""The writing half against a server that is frozen and relays that lose: never twice, never a wrong word about it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from opcua_relay import CALL, READ, WRITE, relaying
from opcua_site import URI, Process, Recorder, context, driving, free_port, server, tag, until

from hmi.api import Argument, LinkState, NoAnswerError, NotSentError, TagType
from plugins.opcua.driver import OpcUaDriver

TAGS = [tag("A"), tag("B")]
A, COUNT, TELL = f"nsu={URI};s=A", f"nsu={URI};s=Count", f"nsu={URI};s=Tell"
OUT_OF_RANGE, MISMATCH = 0x803C0000, 0x80740000
D = TagType.DOUBLE


def test_each_type_is_written_as_declared_without_times_and_read_back(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go(process: Process) -> None:
        async with driving(context(port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            writer = driver.writer
            for name, kind, value in (
                ("A", D, 90.5), ("Count", TagType.UINT32, 12), ("Big", TagType.UINT64, 2**60 + 3),
                ("Name", TagType.STRING, "오븐 4"), ("On", TagType.BOOLEAN, False),
            ):  # fmt: skip
                node = f"nsu={URI};s={name}"
                assert await writer.write(node, kind, value, 2.0) == 0
                found = await writer.read_now(node, 2.0)
                assert (found.value, type(found.value), found.status) == (value, type(value), 0)
                assert process.ask(f"writes {name}") == f"wrote 1 {kind.value} {value} [None, None]"
            await until(lambda: feed.value(0) == 90.5)

    with server(port) as process:
        asyncio.run(go(process))


def test_what_the_controller_refuses_comes_back_as_its_code_after_one_write(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        async with relaying(port) as relay, driving(context(relay.port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            writer = driver.writer
            assert await writer.write(A, TagType.INT32, 5, 2.0) == MISMATCH
            assert await writer.write(f"nsu={URI};s=Nobody", D, 5.0, 2.0) >> 31
            assert relay.requests[WRITE] == 2
            # nothing of these is sent
            assert await writer.write(COUNT, TagType.UINT32, -1, 2.0) == OUT_OF_RANGE
            assert await writer.write(COUNT, TagType.UINT32, "many", 2.0) == MISMATCH
            assert await writer.write("nowhere", D, 5.0, 2.0) == 0x80330000
            assert await writer.write("nsu=urn:unknown;s=A", D, 5.0, 2.0) == 0x80340000
            assert relay.requests[WRITE] == 2
            assert (await writer.read_now("nsu=urn:unknown;s=A", 2.0)).status == 0x80340000
            assert (await writer.read_now(f"nsu={URI};s=Nobody", 2.0)).status == 0x80340000

    with server(port):
        asyncio.run(go())


def test_a_method_is_called_once_with_its_arguments(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go(process: Process) -> None:
        async with relaying(port) as relay, driving(context(relay.port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            before = relay.requests[CALL]
            said = [Argument(TagType.STRING, "대기"), Argument(D, 4)]
            assert await driver.writer.call("i=85", TELL, said, 2.0) == 0
            assert await driver.writer.call("i=85", TELL, [said[0], Argument(D, -1.0)], 2.0) == OUT_OF_RANGE
            assert await driver.writer.call("i=85", f"nsu={URI};s=None", said, 2.0) >> 31
            assert relay.requests[CALL] == before + 3
            assert await driver.writer.call("i=85", TELL, [said[0], Argument(D, "x")], 2.0) == MISMATCH
            assert relay.requests[CALL] == before + 3
            assert process.ask("calls -") == "called ['대기 4.0', '대기 -1.0']"

    with server(port) as process:
        asyncio.run(go(process))


def test_without_a_link_nothing_is_sent_and_nothing_waits(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        async with driving(context(port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.state is LinkState.DOWN)
            await all_refused(driver)
            with server(port) as process:
                await until(lambda: feed.value(0) == 1.0)
                assert process.ask("writes A").startswith("wrote 0 ")
                process.signal(signal.SIGKILL)
                await until(lambda: feed.state is LinkState.DOWN)
                await all_refused(driver)
            with server(port) as process:
                await until(lambda: feed.value(0) == 1.0)
                assert process.ask("writes A").startswith("wrote 0 ")

    asyncio.run(go())


async def all_refused(driver: OpcUaDriver) -> None:
    for act in (
        driver.writer.write(A, D, 5.0, 2.0), driver.writer.call("i=85", TELL, [], 2.0), driver.writer.read_now(A, 2.0),
    ):  # fmt: skip
        with pytest.raises(NotSentError):
            await act


def test_a_frozen_server_gives_no_answer_and_gets_exactly_one_write(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        with server(port) as process:
            async with relaying(port) as relay, driving(context(relay.port, feed, tmp_path, TAGS)) as driver:
                await until(lambda: feed.value(0) == 1.0)
                process.signal(signal.SIGSTOP)
                with pytest.raises(NoAnswerError):
                    await driver.writer.write(A, D, 77.0, 0.5)
                with contextlib.suppress(NoAnswerError, NotSentError):
                    await driver.writer.read_now(A, 0.2)
                await until(lambda: feed.state is LinkState.SILENT)
                await until(lambda: driver.health.state is not LinkState.CONNECTED)
                process.signal(signal.SIGCONT)
                await until(lambda: feed.value(0) is not None, "the link back")
                assert relay.requests[WRITE] == 1
                count = int(process.ask("writes A").split()[1])
                assert count <= 1
                assert (await driver.writer.read_now(A, 2.0)).value == (77.0 if count else 1.0)
                # the link is a new one, and what was open on the old one is not sent on it
                await asyncio.sleep(0.5)
                assert relay.requests[WRITE] == 1

    asyncio.run(go())


@pytest.mark.parametrize("executed", [True, False])
def test_a_connection_that_breaks_meanwhile_leaves_it_open(tmp_path: Path, executed: bool) -> None:
    port, feed = free_port(), Recorder()

    async def go(process: Process) -> None:
        async with relaying(port) as relay, driving(context(relay.port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            (relay.cut_after if executed else relay.cut_at).add(WRITE)
            with pytest.raises(NoAnswerError):
                await driver.writer.write(A, D, 55.0, 5.0)
            relay.cut_after.clear()
            relay.cut_at.clear()
            await until(lambda: feed.value(0) is not None and driver.health.connects == 2)
            count = int(process.ask("writes A").split()[1])
            assert count == executed
            assert relay.requests[WRITE] == 1
            assert (await driver.writer.read_now(A, 2.0)).value == (55.0 if executed else 1.0)
            relay.cut_at.add(READ)
            with pytest.raises((NoAnswerError, NotSentError)):
                await driver.writer.read_now(A, 2.0)

    with server(port) as process:
        asyncio.run(go(process))


def test_a_second_write_of_a_broken_one_is_the_callers_alone(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go(process: Process) -> None:
        async with relaying(port) as relay, driving(context(relay.port, feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.value(0) == 1.0)
            process.signal(signal.SIGSTOP)
            task = asyncio.create_task(driver.writer.write(A, D, 33.0, 30.0))
            await until(lambda: relay.requests[WRITE] == 1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            process.signal(signal.SIGCONT)
            await until(lambda: feed.value(0) == 33.0 or feed.state is not LinkState.CONNECTED)
            assert await driver.writer.write(A, D, 34.0, 5.0) == 0
            assert relay.requests[WRITE] == 2

    with server(port) as process:
        asyncio.run(go(process))
