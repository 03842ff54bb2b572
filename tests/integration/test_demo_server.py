"""The demo plant as its own process: what it offers over OPC UA, what it takes, refuses and counts, how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.hazmat.primitives import serialization

from hmi.runtime.plantfile import load
from plugins.demo_plant import standard
from plugins.demo_plant.certificate import APPLICATION_URI, make_identity
from plugins.demo_plant.layout import NAMESPACE, all_points

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Running:
    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def endpoint(self) -> str:
        return str(self.ready["endpoint"])


def start(*arguments: str) -> Running:
    process = subprocess.Popen(
        [sys.executable, "-m", "plugins.demo_plant", *arguments],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    return Running(process, json.loads(process.stdout.readline()))


def end(running: Running) -> None:
    running.process.kill()
    for pipe in (running.process.stdin, running.process.stdout):
        assert pipe is not None
        pipe.close()
    running.process.wait(10)


@pytest.fixture(scope="module")
def demo() -> Iterator[Running]:
    running = start("--insecure", "--scenario", "none", "--speed", "4", "--seed", "3")
    yield running
    end(running)


@dataclass
class Link:
    client: Client
    index: int

    def node(self, name: str) -> Any:
        return self.client.get_node(f"ns={self.index};s={name}")

    async def write(self, name: str, value: object, type_: ua.VariantType) -> ua.StatusCode:
        request = ua.WriteParameters()
        item = ua.WriteValue()
        item.NodeId, item.AttributeId = self.node(name).nodeid, ua.AttributeIds.Value
        item.Value = ua.DataValue(ua.Variant(value, type_))
        request.NodesToWrite = [item]
        return (await self.client.uaclient.write(request))[0]

    async def call(self, name: str, *arguments: object) -> None:
        parent = self.node(name.rpartition(".")[0])
        await parent.call_method(self.node(name).nodeid, *arguments)

    async def until(self, name: str, value: object) -> None:
        async with asyncio.timeout(20):
            while await self.node(name).read_value() != value:  # noqa: ASYNC110 - the value is the server's
                await asyncio.sleep(0.1)


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


async def linked(endpoint: str, act: Any) -> Any:
    async with Client(endpoint, timeout=30) as client:
        return await act(Link(client, await client.get_namespace_index(NAMESPACE)))


def test_it_says_that_it_is_ready_and_where(demo: Running) -> None:
    assert demo.ready["ready"] is True
    assert demo.endpoint.startswith("opc.tcp://127.0.0.1:")
    assert demo.ready["namespace"] == NAMESPACE
    assert demo.ready["security"] == "None"


def test_every_tag_of_the_plant_file_is_there_with_its_type_and_a_source_time_in_whole_ms(demo: Running) -> None:
    async def act(link: Link) -> None:
        points = all_points()
        read = await link.client.read_attributes([link.node(t) for t in points], ua.AttributeIds.Value)
        for (tag, point), data in zip(points.items(), read, strict=True):
            assert data.StatusCode.is_good(), tag
            assert data.Value.VariantType is ua.VariantType[point.type], tag
            assert data.SourceTimestamp.microsecond % 1000 == 0
            assert abs((datetime.now(UTC) - data.SourceTimestamp).total_seconds()) < 60

    run(linked(demo.endpoint, act))


def test_units_ranges_and_words_are_offered(demo: Running) -> None:
    async def act(link: Link) -> None:
        zone = link.node("L1.S3.Zone3Temperature")
        unit = await (await zone.get_child("0:EngineeringUnits")).read_value()
        span = await (await zone.get_child("0:EURange")).read_value()
        words = await (await link.node("L2.S1.State").get_child("0:EnumStrings")).read_value()
        assert (unit.DisplayName.Text, unit.UnitId) == ("°C", 4408652)
        assert (span.Low, span.High) == (0.0, 300.0)
        assert [w.Text for w in words][6:10] == ["Execute", "Stopping", "Aborting", "Aborted"]
        assert (await link.node("L1.S1").read_browse_name()).Name == "Printer"
        children = await link.node("L1").get_children(nodeclassmask=ua.NodeClass.Object)
        assert [c.nodeid.Identifier for c in children] == [f"L1.S{n}" for n in range(1, 7)]
        type_ = await zone.read_type_definition()
        assert type_ == ua.NodeId(ua.ObjectIds.AnalogItemType)

    run(linked(demo.endpoint, act))


@pytest.mark.parametrize(
    ("tag", "value", "type_", "status"),
    [
        ("L2.S2.SpeedSetpoint", 90.0, ua.VariantType.Double, "Good"),
        ("L2.S2.SpeedSetpoint", 999.0, ua.VariantType.Double, "BadOutOfRange"),
        ("L2.S2.SpeedSetpoint", float("nan"), ua.VariantType.Double, "BadOutOfRange"),
        ("L2.S2.SpeedSetpoint", 90, ua.VariantType.Int32, "BadTypeMismatch"),
        ("L2.S2.SpeedSetpoint", [90.0], ua.VariantType.Double, "BadTypeMismatch"),
        ("L2.S2.DivertTo", 4, ua.VariantType.Int32, "BadOutOfRange"),
        ("L2.S2.GoodCount", 1, ua.VariantType.UInt32, "BadUserAccessDenied"),
        ("Engineering.WriteCount", 0, ua.VariantType.UInt32, "BadUserAccessDenied"),
        ("L2.S3.Zone3Setpoint", 214.0, ua.VariantType.Double, "Good"),
    ],
)
def test_each_write_is_taken_or_refused_and_counted(
    demo: Running, tag: str, value: object, type_: ua.VariantType, status: str
) -> None:
    async def act(link: Link) -> None:
        counter = link.node("Engineering.WriteCount")
        await link.until("Engineering.WriteCount", await counter.read_value())
        await asyncio.sleep(0.6)  # a write of the test before may not be published yet
        before = await counter.read_value()
        held = await link.node(tag).read_value()
        answer = await link.write(tag, value, type_)
        assert answer.name == status
        now = await link.node(tag).read_value()
        if status == "Good":
            assert now == value
        elif "Count" not in tag:
            assert now == held
        await link.until("Engineering.WriteCount", before + 1)

    run(linked(demo.endpoint, act))


def test_a_diverter_and_a_hold_gate_act_and_are_read_back(demo: Running) -> None:
    async def act(link: Link) -> None:
        assert (await link.write("L3.S1.DivertTo", 1, ua.VariantType.Int32)).is_good()
        await link.until("L3.S1.RouteActive", 1)
        assert (await link.write("L3.S1.DivertTo", 0, ua.VariantType.Int32)).is_good()
        await link.until("L3.S1.RouteActive", 0)
        assert (await link.write("L3.S6.HoldGate", True, ua.VariantType.Boolean)).is_good()
        await link.until("L3.S6.State", 11)
        assert (await link.write("L3.S6.HoldGate", False, ua.VariantType.Boolean)).is_good()
        await link.until("L3.S6.State", 6)

    run(linked(demo.endpoint, act))


def test_the_bench_fails_a_station_and_reset_is_refused_until_it_is_repaired(demo: Running) -> None:
    async def act(link: Link) -> None:
        await link.call("Engineering.Fail", 1.0, 5.0, 8.0)
        await link.until("L1.S5.State", 9)
        with pytest.raises(ua.uaerrors.BadInvalidState):
            await link.call("L1.S5.Reset")
        assert await link.node("L1.S5.FaultCode").read_value() == 59
        await link.until("L1.S5.State", 6)
        for arguments in [(9.0, 1.0, 1.0), (float("nan"), 1.0, 1.0)]:
            with pytest.raises(ua.uaerrors.BadInvalidArgument):
                await link.call("Engineering.Fail", *arguments)
        with pytest.raises(ua.uaerrors.BadInvalidArgument):
            await link.call("Engineering.Play", "flood")
        with pytest.raises(ua.uaerrors.BadInvalidArgument):
            await link.call("Engineering.NewBatch", 1.0)

    run(linked(demo.endpoint, act))


def test_the_truth_is_to_be_read_and_the_affected_units_are_listed() -> None:
    running = start("--insecure", "--scenario", "bad-batch", "--speed", "10")

    async def act(link: Link) -> None:
        with pytest.raises(ua.uaerrors.BadInvalidArgument):
            await link.node("Engineering").call_method(link.node("Engineering.Affected").nodeid, "oven-drift")
        async with asyncio.timeout(20):
            while not (told := json.loads(await link.node("Engineering.Truths").read_value())):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert (told[0]["scenario"], told[0]["cause"], told[0]["end_ms"]) == ("bad-batch", "batch:PASTE-1B", None)
        async with asyncio.timeout(20):
            while True:
                given = await link.node("Engineering").call_method(
                    link.node("Engineering.Affected").nodeid, "bad-batch"
                )
                if units := json.loads(given):
                    break
                await asyncio.sleep(0.2)
        assert all(unit.startswith("U10") for unit in units)
        assert await link.node("Engineering.WriteCount").read_value() == 0

    try:
        run(linked(running.endpoint, act))
    finally:
        end(running)


class Heard:
    def __init__(self) -> None:
        self.readings: list[tuple[str, ua.DataValue]] = []

    def datachange_notification(self, node: Any, _value: object, event: Any) -> None:
        self.readings.append((node.nodeid.Identifier, event.monitored_item.Value))


def test_subscribers_hear_changes_and_a_failed_sensor_turns_bad_and_good_again(demo: Running) -> None:
    async def act(link: Link) -> None:
        heard = Heard()
        subscription = await link.client.create_subscription(100, heard)
        tags = ["L1.S1.GoodCount", "L2.S3.Zone3Temperature", "L1.Made"]
        await subscription.subscribe_data_change([link.node(t) for t in tags])

        async def until(found: Any) -> None:
            async with asyncio.timeout(20):
                while not any(found(*each) for each in heard.readings):  # noqa: ASYNC110 - called from the library
                    await asyncio.sleep(0.1)

        first = await link.node("L1.S1.GoodCount").read_value()
        await until(lambda tag, data: tag == "L1.S1.GoodCount" and data.Value.Value == first + 1)
        await link.call("Engineering.BadSensor", 2.0, 3.0, 1.0)
        await until(lambda tag, data: data.StatusCode.name == "BadSensorFailure")
        heard.readings.clear()
        await link.call("Engineering.BadSensor", 2.0, 3.0, 0.0)
        await until(lambda tag, data: tag == "L2.S3.Zone3Temperature" and data.StatusCode.is_good())
        times = [d.SourceTimestamp for t, d in heard.readings if t == "L2.S3.Zone3Temperature"]
        assert times == sorted(times)
        await subscription.delete()

    run(linked(demo.endpoint, act))


def test_a_secure_server_offers_nothing_else_and_shows_the_certificate_it_wrote(tmp_path: Path) -> None:
    running = start("--scenario", "none", "--certificate-out", f"{tmp_path}/server.der",
                    "--plant-out", f"{tmp_path}/plant.toml")  # fmt: skip
    mine = make_identity()
    key, certificate = tmp_path / "key.pem", tmp_path / "mine.der"
    certificate.write_bytes(mine.der)
    key.write_bytes(
        mine.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )

    async def act() -> None:
        offered = await Client(running.endpoint).connect_and_get_server_endpoints()
        assert {e.SecurityMode for e in offered} == {ua.MessageSecurityMode.SignAndEncrypt}
        assert {e.ServerCertificate for e in offered} == {(tmp_path / "server.der").read_bytes()}
        assert {e.Server.ApplicationUri for e in offered} == {APPLICATION_URI}
        client = Client(running.endpoint)
        client.application_uri = APPLICATION_URI
        await client.set_security(
            SecurityPolicyBasic256Sha256, str(certificate), str(key), server_certificate=str(tmp_path / "server.der")
        )
        async with client:
            link = Link(client, await client.get_namespace_index(NAMESPACE))
            assert await link.node("L1.S1.State").read_value() == 6
            assert (await link.write("L1.S1.HoldGate", True, ua.VariantType.Boolean)).is_good()

    async def unsecured() -> None:
        """A session forced over a channel without security, past the library's own checks."""
        client = Client(running.endpoint, timeout=5)
        await client.connect_socket()
        try:
            await client.send_hello()
            await client.open_secure_channel()
            session = ua.CreateSessionParameters()
            session.ClientNonce, session.EndpointUrl = b"n" * 32, running.endpoint
            session.RequestedSessionTimeout = 60_000
            await client.uaclient.create_session(session)
            activation = ua.ActivateSessionParameters()
            activation.UserIdentityToken = ua.AnonymousIdentityToken()
            activation.UserIdentityToken.PolicyId = "anonymous"
            await client.uaclient.activate_session(activation)
            await client.get_node("i=2255").read_value()
        finally:
            client.disconnect_socket()

    try:
        run(act())
        with pytest.raises(ua.uaerrors.BadUserAccessDenied):
            run(unsecured())
        assert {c.endpoint for c in load(tmp_path / "plant.toml").controllers} == {running.endpoint}
    finally:
        end(running)


def test_it_ends_cleanly_at_sigterm_and_when_its_parent_is_gone() -> None:
    for leave in ("signal", "stdin"):
        running = start("--insecure", "--scenario", "none")
        assert running.process.stdin is not None
        if leave == "signal":
            running.process.send_signal(signal.SIGTERM)
        else:
            running.process.stdin.close()
        assert running.process.wait(10) == 0
        end(running)


def test_a_taken_port_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        running = start("--insecure", "--port", str(taken.getsockname()[1]))
        assert running.ready["ready"] is False
        assert running.ready["why"]
        assert running.process.wait(10) == 1
        end(running)


def test_happenings_are_told_line_by_line_in_both_languages() -> None:
    running = start("--insecure", "--scenario", "station-failure", "--speed", "30")
    assert running.process.stdout is not None
    told = [json.loads(running.process.stdout.readline()) for _ in range(2)]
    assert [t["key"] for t in told] == ["station_failure_start", "station_failure_starved"]
    assert told[0]["t"] <= 30
    assert {"t", "time", "scenario", "place", "what"} <= told[0].keys()
    assert told[0]["what"].keys() == {"en", "ko"}
    end(running)


def test_the_shipped_standard_nodes_are_the_librarys() -> None:
    assert standard.FILE.read_text(encoding="utf-8") == standard.render(run(standard.extract())), (
        "run: python -m plugins.demo_plant.standard"
    )
