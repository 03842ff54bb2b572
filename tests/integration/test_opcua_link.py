"""The driver against a server that is killed, frozen, restarted with other namespaces, and loses its nodes."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from asyncua import Client

sys.path.insert(0, str(Path(__file__).parent))
from opcua_site import URI, Process, Recorder, context, driving, free_port, server, tag, until

from hmi.api import LinkState, Node
from plugins.opcua.discover import UnreachableError, discover

NO_NODE = 0x80340000
TAGS = [tag("A"), tag("B")]


def test_values_of_all_types_and_reading_from_the_source(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()
    names = ["A", "Count", "Big", "Name", "On", "List"]

    async def go() -> None:
        async with driving(context(port, feed, tmp_path, [tag(n) for n in names])) as driver:
            await until(lambda: len(feed.last) == len(names))
            assert [feed.last[row][0] for row in range(6)] == [1.0, 7.0, str(2**60 + 1), "오븐 3", 1.0, "[1.0, 2.0]"]
            assert driver.health.subscribed == 6
            assert driver.health.security == "None"
            readings = await driver.read([f"nsu={URI};s={n}" for n in [*names, "Missing"]] + ["nsu=urn:no;s=x", "bad"])
            assert [r.value for r in readings[:6]] == [1.0, 7, 2**60 + 1, "오븐 3", True, "[1.0, 2.0]"]
            assert isinstance(readings[4].value, bool)
            assert [r.status for r in readings[6:]] == [NO_NODE, NO_NODE, 0x80330000]
            assert [r.source_ns for r in readings[:6]] == [feed.last[row][2] for row in range(6)]
            async with Client(f"opc.tcp://127.0.0.1:{port}") as plain:
                node = plain.get_node(f"ns={await plain.get_namespace_index(URI)};s=A")
                value = await node.read_data_value()
                assert value.Value.Value == readings[0].value
                assert int(value.SourceTimestamp.timestamp() * 1e6) == readings[0].source_ns // 1000
            level = await driver.browse(None)
            assert {n.name: n.type for n in level if n.name in names}["Count"] == "UInt32"
            await until(lambda: driver.health.latency_ms is not None)
            assert abs(driver.health.clock_offset_ms or 1e9) < 1000
            assert driver.health.server_start_ns > 0

    with server(port):
        asyncio.run(go())


def test_killed_and_restarted_with_other_namespaces_never_shows_the_wrong_variable(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        async with driving(context(port, feed, tmp_path, TAGS)) as driver:
            for options in ((), ("--shift",), ()):
                with server(port, *options) as process:
                    await until(lambda: (feed.value(0), feed.value(1)) == (1.0, 2.0), f"values with {options}")
                    assert driver.health.state is LinkState.CONNECTED
                    process.signal(signal.SIGKILL)
                    await until(lambda: feed.state is LinkState.DOWN)
                    assert feed.why is not None
                    assert feed.why.ko
                    with pytest.raises(ConnectionError):
                        await driver.read([TAGS[0].node])
            assert driver.health.connects == 3

    asyncio.run(go())
    assert feed.good == {0: {1.0}, 1: {2.0}}


def test_frozen_server_is_silent_and_comes_back(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        async with driving(context(port, feed, tmp_path, TAGS)):
            with server(port) as process:
                await until(lambda: feed.value(0) == 1.0)
                process.signal(signal.SIGSTOP)
                await until(lambda: feed.state is LinkState.SILENT)
                process.signal(signal.SIGCONT)
                await until(lambda: (feed.value(0), feed.value(1)) == (1.0, 2.0))
                process.tell("set A 5")
                await until(lambda: feed.value(0) == 5.0)

    asyncio.run(go())
    assert LinkState.DOWN not in feed.states


def test_a_missing_node_is_told_and_subscribed_when_it_appears(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        tags = [*TAGS, tag("Later"), tag("Bad", "no address"), tag("Elsewhere", "nsu=urn:unknown;s=x")]
        async with driving(context(port, feed, tmp_path, tags)) as driver:
            with server(port) as process:
                await until(lambda: feed.value(0) == 1.0)
                await until(lambda: driver.health.refused_items == 3)
                assert dict(feed.refusals()) == {2: NO_NODE, 3: 0x80330000, 4: NO_NODE}
                process.tell("add Later 42")
                await until(lambda: feed.value(2) == 42.0)
                await until(lambda: driver.health.refused_items == 2)
                assert driver.health.subscribed == 3

    asyncio.run(go())
    assert len(feed.refusals()) == 3, "each refusal is told once"


def test_a_node_that_goes_and_comes_back_with_another_type(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        async with driving(context(port, feed, tmp_path, TAGS)):
            with server(port) as process:
                await until(lambda: feed.value(0) == 1.0)
                process.tell("delete A")
                await until(lambda: feed.last[0][1] & 0xFFFF0000 == NO_NODE)
                process.tell("addtext A 셋")
                await until(lambda: feed.value(0) == "셋")
                assert feed.last[0][3] == 12
                assert feed.value(1) == 2.0

    asyncio.run(go())


def test_nobody_there_is_told_once(tmp_path: Path) -> None:
    feed = Recorder()

    async def go() -> None:
        async with driving(context(free_port(), feed, tmp_path, TAGS)) as driver:
            await until(lambda: feed.state is LinkState.DOWN)
            await asyncio.sleep(1.0)
            assert feed.states == [LinkState.CONNECTING, LinkState.DOWN]
            assert driver.health.why == feed.why

    asyncio.run(go())


@pytest.mark.parametrize("endpoint", ["http://plc:80", "opc.tcp://", "opc.tcp://host:99999", "nonsense"])
def test_an_endpoint_that_is_none_is_refused_with_words(tmp_path: Path, endpoint: str) -> None:
    feed = Recorder()
    made = context(1, feed, tmp_path, TAGS)
    object.__setattr__(made.controller, "endpoint", endpoint)

    async def go() -> None:
        async with driving(made):
            await until(lambda: feed.state is LinkState.REFUSED)
            assert feed.why is not None
            assert endpoint in feed.why.ko
        with pytest.raises(UnreachableError) as caught:
            await discover(made)
        assert caught.value.text == feed.why or caught.value.text is not None

    asyncio.run(go())


def test_events_come_by_name_where_they_are_asked_for(tmp_path: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go(process: Process) -> None:
        async with driving(context(port, feed, tmp_path, TAGS, settings={"events": True})):
            await until(lambda: feed.value(0) == 1.0)
            process.tell("event 과열")
            await until(lambda: any(kind == "event" for kind, _ in feed.log))

    with server(port) as process:
        asyncio.run(go(process))
    (event,) = [what for kind, what in feed.log if kind == "event"]
    assert event["message"] == "과열"
    assert event["source_name"] == "Server"
    assert event["severity"] == 1
    assert event["time_ns"] > 0
    assert json.dumps(event)
    assert "active" not in event


def test_discover_tells_types_and_access(tmp_path: Path) -> None:
    port = free_port()

    async def go() -> list[Node]:
        return await discover(context(port, Recorder(), tmp_path))

    with server(port):
        nodes = {n.name: n for n in asyncio.run(go())}
    assert nodes["A"] == Node(f"nsu={URI};s=A", "A", "variable", False, "Double", writable=True, path="A")
    assert [nodes[n].type for n in ("Count", "Big", "Name", "On", "List")] == [
        "UInt32", "UInt64", "String", "Boolean", "Double[]",
    ]  # fmt: skip
    assert "Server" not in nodes
