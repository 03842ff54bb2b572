"""The driver against the independent plant: a server that shares no code with us."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from asyncua import Client, ua

sys.path.insert(0, str(Path(__file__).parent))
from opcua_site import Process, Recorder, context, driving, free_port, tag, until

from hmi.api import LinkState, Node, Security, TagType
from plugins.opcua import accept, discover, trust

pytestmark = pytest.mark.plant
URI = "urn:independent-plant"


@contextlib.contextmanager
def plant(program: Path, port: int, pki: Path, *options: str) -> Iterator[Process]:
    process = Process(["node", "server.js", f"--port={port}", f"--pki={pki}", *options], cwd=program)
    try:
        yield process
    finally:
        process.kill()


async def variables(port: int, folder: Path) -> list[Node]:
    nodes = await discover(context(port, Recorder(), folder))
    return [node for node in nodes if node.kind == "variable"]


async def same_as_plain_client(port: int, nodes: list[Node], feed: Recorder) -> list[str]:
    """Names of variables whose subscribed value, quality or time is not what a plain client reads."""
    wrong = []
    async with Client(f"opc.tcp://127.0.0.1:{port}/") as plain:
        index = await plain.get_namespace_index(URI)
        for row, node in enumerate(nodes):
            name = node.address.split(";s=")[1]
            told = feed.last.get(row)
            read = await plain.get_node(ua.NodeId(name, index)).read_data_value(raise_on_bad_status=False)
            value = read.Value.Value
            if told is None or told[0] != (float(value) if isinstance(value, int | float) else value) \
                    or told[1] != read.StatusCode.value:  # fmt: skip
                wrong.append(name)
            # a variable whose getter makes its time anew at each read has another one by now
            elif abs(told[2] / 1e9 - read.SourceTimestamp.timestamp()) > 1.0:
                wrong.append(f"{name} (time)")
    return wrong


def test_discovered_as_it_is_and_right_again_after_a_restart_with_other_namespaces(
    tmp_path: Path, plant_program: Path
) -> None:
    port = free_port()

    async def go() -> None:
        feed = Recorder()
        with plant(
            plant_program, port, tmp_path / "pki", "--tick=100000"
        ) as process:  # a plant that stands still can be compared
            nodes = await variables(port, tmp_path)
            by_name = {n.address.split(";s=")[1]: n for n in nodes}
            speed = by_name["L1.S3.SpeedSetpoint"]
            assert (speed.type, speed.unit, speed.range, speed.writable) == ("Double", "%", (20.0, 120.0), True)
            assert speed.path == "Plant.Line1.Oven.SpeedSetpoint"
            assert by_name["L1.S1.State"].words[6] == "Execute"
            assert by_name["L2.Order"].type == "String"
            assert len(by_name) == len(nodes) == 2 * (5 + 6 * 13)
            made = context(port, feed, tmp_path, [tag(n.path, n.address) for n in nodes])
            async with driving(made) as driver:
                await until(lambda: len(feed.last) == len(nodes))
                assert await same_as_plain_client(port, nodes, feed) == []
                readings = await driver.read([n.address for n in nodes])
                assert [r.status for r in readings] == [0] * len(nodes)
                assert driver.health.revised_sampling_ms == (50.0, 50.0)
                assert driver.health.fallbacks == 0
                process.signal(signal.SIGKILL)
                await until(lambda: feed.state is LinkState.DOWN)
                with plant(plant_program, port, tmp_path / "pki", "--tick=100000", "--shift") as shifted:
                    await until(lambda: len(feed.last) == len(nodes))
                    assert await same_as_plain_client(port, nodes, feed) == []
                    shifted.signal(signal.SIGSTOP)
                    await until(lambda: feed.state is LinkState.SILENT)
                    shifted.signal(signal.SIGCONT)
                    await until(lambda: len(feed.last) == len(nodes))

    asyncio.run(go())


def test_signed_encrypted_and_with_a_user(tmp_path: Path, plant_program: Path) -> None:
    port, feed = free_port(), Recorder()
    tags = [tag("Speed", f"nsu={URI};s=L1.S3.Speed")]
    made = context(
        port, feed, tmp_path / "trust", tags, security=Security.SIGN_AND_ENCRYPT, user="line",
        secrets={"controller/plc/password": "keeper"},
    )  # fmt: skip

    async def go() -> None:
        async with driving(made) as driver:
            await until(lambda: feed.state is LinkState.REFUSED)
            (fingerprint,) = trust.waiting(tmp_path / "trust")
            accept(tmp_path / "trust", fingerprint)
            await until(lambda: feed.value(0) is not None)
            assert driver.health.fingerprint == fingerprint
            setpoint = f"nsu={URI};s=L1.S3.SpeedSetpoint"
            assert await driver.writer.write(setpoint, TagType.DOUBLE, 90, 5.0) == 0
            assert (await driver.writer.read_now(setpoint, 5.0)).value == 90.0
            assert await driver.conditions.refresh()
        wrong = Recorder()
        refused = context(
            port, wrong, tmp_path / "trust", tags, security=Security.SIGN_AND_ENCRYPT, user="line",
            secrets={"controller/plc/password": "wrong"},
        )  # fmt: skip
        async with driving(refused):
            await until(lambda: wrong.state is LinkState.REFUSED)
            assert wrong.why is not None
            assert "password" in wrong.why.en
        nobody = Recorder()
        async with driving(context(port, nobody, tmp_path / "trust", tags, security=Security.NONE)):
            await until(lambda: nobody.state in (LinkState.REFUSED, LinkState.DOWN))
            assert nobody.count == 0

    with plant(plant_program, port, tmp_path / "pki", "--secure"):
        asyncio.run(go())


def test_a_server_that_takes_fifty_at_a_time(tmp_path: Path, plant_program: Path) -> None:
    port, feed = free_port(), Recorder()

    async def go() -> None:
        nodes = await variables(port, tmp_path)
        assert len(nodes) == 166
        made = context(port, feed, tmp_path, [tag(n.path, n.address) for n in nodes])
        async with driving(made) as driver:
            await until(lambda: len(feed.last) == len(nodes))
            assert driver.health.subscribed == len(nodes)
            assert len(await driver.read([n.address for n in nodes])) == len(nodes)

    with plant(plant_program, port, tmp_path / "pki", "--max-items=50"):
        asyncio.run(go())
