"""Commands on the independent plant: VERIFIED, REFUSED, REJECTED, UNKNOWN, and never a second write."""

import asyncio
import json
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from asyncua import Client

from hmi.desk.client import Conversation

pytestmark = pytest.mark.plant
ADMIN, SUPERVISOR, VIEWER = "admin-Pass-word-1", "super-Pass-word-1", "viewer-Pass-word-1"


def until(condition, seconds=10.0, what="condition"):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.05)
    return found


@pytest.fixture
def acting(independent_plant, station):
    """A station in CONTROL on the independent plant, with an administrator, a supervisor and a viewer."""
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    data = ["--data", str(station.data)]
    station.run("user", "add", "admin", "--role", "administrator", *data, stdin=f"{ADMIN}\n{ADMIN}\n")
    for name, role, password in (("kim", "supervisor", SUPERVISOR), ("lee", "viewer", VIEWER)):
        words = ["user", "add", name, "--role", role, "--as", "admin", *data]
        station.run(*words, stdin=f"{ADMIN}\n{password}\n{password}\n")
    station.start()
    until(lambda: station.read("L1.S1.SpeedSetpoint")["L1.S1.SpeedSetpoint"]["quality"] == "GOOD", 30, "first values")
    station.run("mode", "control", "--as", "kim", *data, stdin=f"{SUPERVISOR}\n")
    return station


def command(station, tag, value, code, user="kim", password=SUPERVISOR):
    words = ["command", tag, str(value), "--as", user, "--reason", "test", "--data", str(station.data), "--json"]
    return station.run(*words, stdin=f"{password}\n", code=code).json


async def plain(endpoint, node):
    async with Client(endpoint, timeout=10) as client:
        index = await client.get_namespace_index("urn:independent-plant")
        return await client.get_node(f"ns={index};s={node}").read_value()


def without_limits(station):
    text = station.plant.read_text(encoding="utf-8")
    head, rest = text.split('id = "L1.S1.SpeedSetpoint"', 1)
    body, tail = rest.split("[[", 1)
    body = re.sub(r"^range = .*\n", "", body, flags=re.MULTILINE)
    station.plant.write_text(f'{head}id = "L1.S1.SpeedSetpoint"{body}[[{tail}', encoding="utf-8")


def test_every_outcome_has_its_word_and_its_exit_code(acting, independent_plant):
    done = command(acting, "L1.S1.SpeedSetpoint", 90, 0)
    assert done["outcome"] == "VERIFIED"
    assert done["read_back"] == 90.0
    assert asyncio.run(plain(independent_plant.endpoint, "L1.S1.SpeedSetpoint")) == 90.0
    refused = command(acting, "L1.S1.SpeedSetpoint", 999, 4)
    assert refused["outcome"] == "REFUSED"
    assert refused["sent_ns"] == 0
    assert "120" in refused["why"]["ko"]
    rejected = command(acting, "L1.S1.Interlocked", 5, 7)
    assert rejected["outcome"] == "REJECTED"
    assert rejected["status_name"] == "BadUserAccessDenied"
    assert command(acting, "L1.S1.HoldGate", "true", 0)["outcome"] == "VERIFIED"
    assert command(acting, "L1.S1.SpeedSetpoint", "fast", 4)["outcome"] == "REFUSED"
    assert command(acting, "L1.S1.Temperature", 5, 4)["outcome"] == "REFUSED"
    assert command(acting, "No.Such.Tag", 5, 4)["outcome"] == "REFUSED"
    assert command(acting, "L1.S1.SpeedSetpoint", 95, 4, "lee", VIEWER)["outcome"] == "REFUSED"
    wrong = command(acting, "L1.S1.SpeedSetpoint", 95, 4, "kim", "not-the-Password-1")
    unknown = command(acting, "L1.S1.SpeedSetpoint", 95, 4, "nobody", "not-the-Password-1")
    assert wrong["why"] == unknown["why"]
    act = ["--as", "kim", "--reason", "test", "--data", str(acting.data), "--json"]
    two = acting.run("command", "L1.S1.SpeedSetpoint", "91", "92", *act, stdin=f"{SUPERVISOR}\n", code=4).json
    assert two["outcome"] == "REFUSED" and "2" in two["why"]["en"]
    assert "nan" in command(acting, "L1.S1.SpeedSetpoint", "nan", 4)["why"]["ko"]
    far = acting.run("decide", str(10**23), "defer", *act, stdin=f"{SUPERVISOR}\n", code=4).json
    assert far["state"] == "REFUSED" and "fault" not in far["why"]["en"]
    assert asyncio.run(plain(independent_plant.endpoint, "L1.S1.SpeedSetpoint")) == 90.0
    audit = acting.run("audit", "verify", "--data", str(acting.data))
    assert audit.returncode == 0


METHOD = """
[[method]]
id = "L1.NewBatch"
name = {{ en = "Open a new batch", ko = "새 배치 시작" }}
controller = "{controller}"
place = "L1"
object = "nsu=urn:independent-plant;s=Engineering"
method = "nsu=urn:independent-plant;s=Engineering.NewBatch"
arguments = [
    {{ name = {{ en = "line", ko = "라인" }}, range = [1, 9] }},
    {{ name = {{ en = "number", ko = "번호" }}, range = [1, 99] }},
]
read_back = "L1.MaterialBatch"
expect = "PASTE-177"
"""


def test_an_engineer_accepts_a_certificate_on_the_command_line(independent_plant, station):
    independent_plant.start()
    station.discover(independent_plant.endpoint)
    text = station.plant.read_text(encoding="utf-8")
    station.plant.write_text(re.sub(r"^fingerprint = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    data = ["--data", str(station.data)]
    station.run("user", "add", "admin", "--role", "administrator", *data, stdin=f"{ADMIN}\n{ADMIN}\n")
    words = ["user", "add", "choi", "--role", "engineer", "--as", "admin", *data]
    station.run(*words, stdin=f"{ADMIN}\n{SUPERVISOR}\n{SUPERVISOR}\n")
    station.start()
    (waiting,) = until(lambda: station.run("trust", *data).json, 20, "a certificate that waits")
    accept = ["trust", waiting["controller"], waiting["fingerprint"], *data]
    station.run(*accept, code=2)
    station.run(*accept, "--as", "choi", stdin="wrong-Password-1\n", code=4)
    station.run(*accept, "--as", "choi", stdin=f"{SUPERVISOR}\n")
    until(lambda: station.read("L1.S1.Speed")["L1.S1.Speed"]["quality"] == "GOOD", 20, "first values")


def test_a_method_is_called_once_and_proven_by_its_tag(acting, independent_plant):
    acting.stop()
    text = acting.plant.read_text(encoding="utf-8")
    controller = re.search(r'\[\[controller\]\]\nid = "([^"]+)"', text)[1]
    acting.plant.write_text(text + METHOD.format(controller=controller), encoding="utf-8")
    acting.run("check", str(acting.plant), "--data", str(acting.data))
    acting.start()
    until(lambda: acting.read("L1.MaterialBatch")["L1.MaterialBatch"]["quality"] == "GOOD", 30, "first values")

    def call(*values, code):
        words = ["command", "L1.NewBatch", *values, "--as", "kim", "--reason", "paste is used up"]
        return acting.run(*words, "--data", str(acting.data), "--json", stdin=f"{SUPERVISOR}\n", code=code).json

    assert "MONITOR" in call("1", "77", code=4)["why"]["en"]
    acting.run("mode", "control", "--as", "kim", "--data", str(acting.data), stdin=f"{SUPERVISOR}\n")
    assert "99" in call("1", "100", code=4)["why"]["en"]
    assert "2" in call("1", code=4)["why"]["en"]
    done = call("1", "77", code=0)
    assert (done["outcome"], done["read_back"]) == ("VERIFIED", "PASTE-177")
    assert asyncio.run(plain(independent_plant.endpoint, "L1.MaterialBatch")) == "PASTE-177"
    other = call("9", "77", code=7)
    assert other["outcome"] == "REJECTED"
    wrong = call("1", "78", code=6)
    assert (wrong["outcome"], wrong["read_back"]) == ("UNKNOWN", "PASTE-178")


def test_with_our_limits_removed_the_controller_rejects(acting, independent_plant):
    acting.stop()
    without_limits(acting)
    acting.start()
    until(lambda: acting.read("L1.S1.SpeedSetpoint")["L1.S1.SpeedSetpoint"]["quality"] == "GOOD", 30)
    refused = command(acting, "L1.S1.SpeedSetpoint", 90, 4)
    assert "MONITOR" in refused["why"]["en"]  # after every start
    acting.run("mode", "control", "--as", "kim", "--data", str(acting.data), stdin=f"{SUPERVISOR}\n")
    rejected = command(acting, "L1.S1.SpeedSetpoint", 999, 7)
    assert rejected["status_name"] == "BadOutOfRange"


def test_a_controller_frozen_during_the_write_leaves_unknown_until_read_back(acting, independent_plant):
    with Conversation(acting.data, 20) as desk:
        desk.call("sign_in", user="kim", password=SUPERVISOR)
        independent_plant.freeze()
        row = desk.call("command", timeout=20, key="k1", tag="L1.S1.SpeedSetpoint", value=80.0, reason="frozen")
        assert row.outcome == "UNKNOWN"
        blocked = desk.call("command", timeout=20, key="k2", tag="L1.S1.SpeedSetpoint", value=70.0, reason="again")
        assert blocked.outcome == "REFUSED"
        assert [r.key for r in desk.call("mode").unsettled] == ["k1"]
        independent_plant.thaw()
        until(lambda: not desk.call("mode").unsettled, 20, "settled by read-back")
        settled = next(r for r in desk.call("commands") if r.key == "k1")
        assert settled.notes
        now = asyncio.run(plain(independent_plant.endpoint, "L1.S1.SpeedSetpoint"))
        assert settled.outcome == ("VERIFIED" if now == 80.0 else "UNKNOWN")
        again = desk.call("command", timeout=20, key="k1", tag="L1.S1.SpeedSetpoint", value=80.0, reason="frozen")
        assert again.number == row.number  # the same key is the same command: nothing went out again


def test_an_engine_killed_between_intent_and_outcome_starts_with_unknown(acting, independent_plant):
    before = {r.number for r in acting.ask("commands")}
    with Conversation(acting.data, 20) as desk, ThreadPoolExecutor(1) as beside:
        desk.call("sign_in", user="kim", password=SUPERVISOR)
        independent_plant.freeze()  # only now: a value that is old before the intent is refused
        words = {"key": "k1", "tag": "L1.S1.SpeedSetpoint", "value": 70.0, "reason": "x"}
        asking = beside.submit(lambda: desk.call("command", timeout=20, **words))
        pending = until(
            lambda: [r for r in acting.ask("commands") if r.number not in before], 10, "the intent on record"
        )
        os.kill(acting.engine.pid, signal.SIGKILL)
        assert asking.exception(15) is not None
    assert [r.outcome for r in pending] == ["PENDING"]
    acting.engine.wait()
    acting.engine.stderr.close()
    acting.engine = None
    independent_plant.thaw()
    acting.start()
    found = next(r for r in acting.ask("commands") if r.number == pending[0].number)
    assert found.outcome in ("PENDING", "UNKNOWN", "VERIFIED")
    until(lambda: not acting.ask("mode").unsettled, 20, "settled by read-back")
    settled = next(r for r in acting.ask("commands") if r.number == pending[0].number)
    assert settled.outcome in ("VERIFIED", "UNKNOWN")
    assert settled.notes
    assert json.loads(acting.run("audit", "verify", "--data", str(acting.data), "--json").stdout)


def test_a_shift_is_handed_over_while_the_plant_runs(acting, independent_plant):
    words = ["user", "add", "park", "--role", "operator", "--as", "admin", "--data", str(acting.data)]
    acting.run(*words, stdin=f"{ADMIN}\noper-Pass-word-11\noper-Pass-word-11\n")
    assert command(acting, "L1.S1.HoldGate", "true", 0)["outcome"] == "VERIFIED"
    with Conversation(acting.data) as desk:
        desk.call("sign_in", user="kim", password=SUPERVISOR)
        desk.call("add_note", kind="quality", place="L1", text="Gate of the printer is closed: paste is checked")
        preview = desk.call("handover_preview")
        time.sleep(1.5)  # counts and states move on meanwhile; what was gathered is what is signed
        sheet = desk.call(
            "hand_over", sha=preview.sha, password=SUPERVISOR, incoming="park", incoming_password="oper-Pass-word-11",
            timeout=20,
        )  # fmt: skip
        assert [n.text for n in sheet.record.notes] == ["Gate of the printer is closed: paste is checked"]
        assert sheet.record.mode == "CONTROL"
        assert desk.call("handovers")[0].number == sheet.number
    found = acting.run("audit", "verify", "--data", str(acting.data))
    assert found.returncode == 0
