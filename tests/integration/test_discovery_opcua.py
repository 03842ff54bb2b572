"""discover, write, load and check against a real OPC UA server that knows nothing of the station."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import pytest
from asyncua import Server, ua

from hmi.model.machine import MachineState
from hmi.model.plant import Access, Controller, Security, Span
from hmi.model.text import Text
from hmi.runtime import discovery, plantfile, plugins
from hmi.runtime.plantfile_check import check
from hmi.runtime.secrets import SecretStore

WORDS = ["Undefined", "Stopped", "Execute", "Held"]


async def serve(port: int) -> Server:
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:a-builder")
    line = await server.nodes.objects.add_object(ua.NodeId("Line7", space), ua.QualifiedName("Line7", space))
    for number, name in ((1, "Press"), (2, "Washer")):
        at = f"Line7.M{number}"
        station = await line.add_object(ua.NodeId(at, space), ua.QualifiedName(name, space))
        state = await station.add_variable(
            ua.NodeId(f"{at}.State", space), ua.QualifiedName("State", space), 2, ua.VariantType.Int32
        )
        await state.add_property(
            ua.NodeId(f"{at}.State.Words", space),
            ua.QualifiedName("EnumStrings", 0),
            [ua.LocalizedText(w) for w in WORDS],
        )
        speed = await station.add_variable(
            ua.NodeId(f"{at}.SpeedSetpoint", space), ua.QualifiedName("SpeedSetpoint", space), 50.0
        )
        await speed.set_writable()
        await speed.add_property(ua.NodeId(f"{at}.Range", space), ua.QualifiedName("EURange", 0), ua.Range(20.0, 120.0))
        await station.add_variable(
            ua.NodeId(f"{at}.GoodCount", space), ua.QualifiedName("GoodCount", space), 7, ua.VariantType.UInt32
        )
        await station.add_variable(ua.NodeId(number, space), ua.QualifiedName("온도", space), 21.5)
    await server.start()
    return server


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)


def test_discover_then_check(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    async def story() -> None:
        server = await serve(port)
        found = plugins.find()
        module = plugins.load(plugins.by_name("opcua", "driver", found))
        secrets = SecretStore(tmp_path, None)
        controller = Controller(
            "c", Text("Press shop", "프레스"), "opcua", f"opc.tcp://127.0.0.1:{port}/", Security.NONE
        )
        try:
            plant = await discovery.discover_plant(module, controller, tmp_path / "trust", secrets, "Asia/Seoul")
            file = tmp_path / "plant.toml"
            plantfile.write(plant, file)
            assert plantfile.load(file) == plant
            assert [(s.id, s.line, s.kind) for s in plant.stations] == [
                ("Line7.M1", "Line7", "press"), ("Line7.M2", "Line7", "washer"),
            ]  # fmt: skip
            assert plant.station["Line7.M1"].states["2"].state is MachineState.EXECUTE
            setpoint = plant.tag["Line7.M2.SpeedSetpoint"]
            assert (setpoint.range, setpoint.access) == (Span(20, 120), Access.SETPOINT)
            assert plant.tag["Line7.Press.온도"].place == "Line7.M1"
            report = await check(file, True, tmp_path / "trust", secrets, found)
            assert report.fine, [row.text.en for row in report.rows]
            file.write_text(
                file.read_text(encoding="utf-8").replace("s=Line7.M1.GoodCount", "s=Line7.M1.Gone"), encoding="utf-8"
            )
            report = await check(file, True, tmp_path / "trust", secrets, found)
            assert [r.subject for r in report.rows if r.level == "fault"] == ["Line7.M1.GoodCount"]
        finally:
            await server.stop()
        with pytest.raises(discovery.DiscoveryError) as caught:
            await discovery.discover_plant(module, controller, tmp_path / "trust", secrets)
        assert str(port) in caught.value.text.en
        assert caught.value.text.ko != caught.value.text.en

    asyncio.run(story())
