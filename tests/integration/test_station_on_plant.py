"""A whole station on the independent plant: what an engineer and a supervisor would see of it."""

import asyncio
import time

import pytest
from asyncua import Client, ua

from hmi.desk.live import LiveTags
from hmi.model.quality import Quality
from hmi.runtime import plantfile

pytestmark = pytest.mark.plant


def until(condition, seconds=10.0, what="condition"):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.02)
    return found


def all_good(station):
    counts = station.ask("status")["tags"]
    return counts["GOOD"] == counts["total"]


async def plain_read(endpoint, nodes):
    """What a plain client reads: node -> (value, status code, source time)."""
    async with Client(endpoint, timeout=10) as client:
        index = await client.get_namespace_index("urn:independent-plant")
        ids = [ua.NodeId.from_string(f"ns={index};{n.partition(';')[2]}") for n in nodes]
        found = await client.uaclient.session.read_attributes(ids, ua.AttributeIds.Value)
    return [(v.Value.Value, v.StatusCode.value, v.SourceTimestamp) for v in found]


async def call_method(endpoint, method, *arguments):
    async with Client(endpoint, timeout=10) as client:
        index = await client.get_namespace_index("urn:independent-plant")
        bench = client.get_node(f"ns={index};s=Engineering")
        await bench.call_method(
            ua.NodeId(f"Engineering.{method}", index), *[ua.Variant(float(a), ua.VariantType.Double) for a in arguments]
        )


def test_discovered_checked_and_every_variable_as_a_plain_client_reads_it(independent_plant, station):
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    station.run("check", str(station.plant))
    plant = plantfile.load(station.plant)
    assert len(plant.lines) == 2
    assert len(plant.stations) == 12
    station.start()
    until(lambda: all_good(station), 30, "all tags GOOD")
    # a frozen plant stands still, so that both readings are of the same moment
    asyncio.run(call_method(independent_plant.endpoint, "Freeze", 4))
    time.sleep(0.7)
    tags = [t.id for t in plant.tags]
    ours = station.read(*tags)
    theirs = asyncio.run(plain_read(independent_plant.endpoint, [t.node for t in plant.tags]))
    different = []
    for tag, (value, status, at) in zip(tags, theirs, strict=True):
        mine = ours[tag]
        if mine["value"] != value or int(mine["status"], 16) != status:
            different.append((tag, mine, value, hex(status)))
        elif at is not None and abs(time_of(mine["source_time"]) - at.timestamp()) > 1e-5:
            different.append((tag, mine["source_time"], at))
    assert not different


def time_of(iso):
    from datetime import datetime

    whole, fraction = iso[:-1].split(".")
    return datetime.fromisoformat(whole + "+00:00").timestamp() + int(fraction) / 1e7


def test_a_restart_with_other_namespaces_never_shows_a_wrong_value_as_good(independent_plant, station):
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    station.start()
    until(lambda: all_good(station), 30, "all tags GOOD")
    plant = plantfile.load(station.plant)
    kinds = {t.id: t.type for t in plant.tags}
    independent_plant.kill()
    live = LiveTags(station.data)
    until(lambda: all(live.reading(t).quality is not Quality.GOOD for t in kinds), 3, "no tag GOOD after the kill")
    independent_plant.start("--shift")
    up = time.monotonic()
    while not all_good(station):
        assert time.monotonic() - up < 5.0, station.ask("bad_tags")
        for tag in ("L1.Order", "L2.Order", "L1.S1.HoldGate", "L1.S3.SpeedSetpoint", "L1.S3.Interlocked"):
            reading = live.reading(tag)
            if reading.quality is Quality.GOOD:
                expected = {"L1.Order": "WO-10077", "L2.Order": "WO-20077", "L1.S1.HoldGate": False,
                            "L1.S3.SpeedSetpoint": 100.0, "L1.S3.Interlocked": 1.0}  # fmt: skip
                assert reading.value == expected[tag]
        time.sleep(0.02)
    ours = station.read("L1.S3.SpeedSetpoint", "L2.Operator", "L1.S6.State")
    theirs = asyncio.run(plain_read(independent_plant.endpoint, [plant.tag[t].node for t in ours]))
    assert [r["value"] for r in ours.values()] == [value for value, _, _ in theirs]


def test_a_frozen_controller_is_seen_within_three_seconds_and_comes_back(independent_plant, station):
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    station.start()
    until(lambda: all_good(station), 30, "all tags GOOD")
    live = LiveTags(station.data)
    tags = [t.id for t in live.plant.tags]
    independent_plant.freeze()
    until(lambda: all(live.reading(t).quality is not Quality.GOOD for t in tags), 3.0, "all tags in doubt")
    assert live.reading(tags[0]).why is not None
    independent_plant.thaw()
    until(lambda: all_good(station), 8, "all tags GOOD again")


def test_a_failed_sensor_is_bad_with_the_reason(independent_plant, station):
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    station.start()
    until(lambda: all_good(station), 30, "all tags GOOD")
    asyncio.run(call_method(independent_plant.endpoint, "BadSensor", 1, 2, 1))
    found = until(lambda: (r := station.read("L1.S2.Temperature")["L1.S2.Temperature"])["quality"] == "BAD" and r, 5)
    assert found["status"] == "0x808D0000" or found["why"] is not None
    rows = station.ask("bad_tags").rows
    assert [r.tag for r in rows] == ["L1.S2.Temperature"]


def test_secure_and_small_calls(independent_plant, station):
    independent_plant.start("--secure", "--max-items=50", "--password=turnstile-42")
    station.discover(independent_plant.endpoint, "--user", "line", stdin="turnstile-42\n")
    text = station.plant.read_text(encoding="utf-8")
    assert "turnstile" not in text
    assert 'security = "SignAndEncrypt"' in text
    station.start()
    until(lambda: all_good(station), 10, "all tags GOOD")
    row = station.ask("controllers")[0]
    assert "SignAndEncrypt" in row.security
    assert row.subscribed == row.wanted > 100
    for file in station.data.rglob("*"):
        if file.is_file() and "secrets" not in file.parts:
            assert b"turnstile" not in file.read_bytes()
