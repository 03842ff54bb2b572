"""`linekeeper alarms`: the list of a running engine over the socket, and of the journal where none runs."""

import argparse
import asyncio
import json
import threading

import msgspec
import pytest

from hmi.commands import Outcome
from hmi.commands import alarms as room
from hmi.desk.live import PLANT_FILE
from hmi.desk.server import DeskServer
from hmi.model.alarm import Priority
from hmi.model.text import Lang
from tests.integration.alarm_site import Bench, plant, rule


@pytest.fixture
def told(tmp_path, capfd):
    """Run the command on the test's folder: exit code, what it printed, what it said."""

    def run(*words):
        parser = argparse.ArgumentParser()
        room.add_arguments(parser, Lang.EN)
        code = room.run(parser.parse_args([*words, "--data", str(tmp_path)]), Lang.EN)
        out = capfd.readouterr()
        return code, json.loads(out.out) if out.out else None, out.err

    return run


@pytest.fixture
def bench(tmp_path):
    described = plant(rule("hot", "t0"), rule("urgent", "t1", priority=Priority.URGENT), rule("over", "t2"))
    (tmp_path / PLANT_FILE).write_bytes(msgspec.json.encode(described))
    made = Bench(tmp_path, described)
    for tag in ("t0", "t1", "t2"):
        made.say(tag, 200)
    made.say("t2", 0)
    made.act("acknowledge", [n for n in named(made) if n.key == "urgent"])
    made.settled()
    yield made
    made.close()


def named(b):
    from hmi.desk.alarm_rows import NamedAlarm

    return [NamedAlarm(r.key, r.activation) for r in b.alarms.alarms().rows]


def test_nothing_there_is_said(told):
    code, printed, said = told("--json")
    assert code is Outcome.NOTHING_THERE and "no alarm journal" in said
    assert printed["alarms"] == [] and printed["why"]["en"] in said


def test_without_an_engine_the_journal_speaks_and_says_so(told, bench):
    code, printed, said = told("--json")
    assert code is Outcome.DONE and not printed["live"] and "not live" in said
    assert [(a["key"], a["state"], a["doubt"]) for a in printed["alarms"]] == [
        ("hot", "B", "STALE"), ("over", "D", "STALE"), ("urgent", "C", "STALE"),
    ]  # fmt: skip
    assert [a["key"] for a in told("--state", "active")[1]["alarms"]] == ["hot", "urgent"]
    assert [a["key"] for a in told("--state", "unacked")[1]["alarms"]] == ["hot", "over"]


def test_a_damaged_journal_is_a_sentence(told, bench, tmp_path):
    bench.close()
    (tmp_path / "plant.db").write_bytes(b"no database" * 1000)
    code, printed, said = told()
    assert code is Outcome.PROBLEMS and "journal" in said
    assert printed["alarms"] == [] and printed["live"] is False


def test_with_an_engine_the_list_is_live(told, bench, tmp_path):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = DeskServer(tmp_path, bench.alarms.answers())
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
    try:
        code, printed, said = told("--state", "active")
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
    assert code is Outcome.DONE and printed["live"] and not said
    assert [(a["key"], a["state"], a["doubt"], a["value"]) for a in printed["alarms"]] == [
        ("hot", "B", "GOOD", 200.0), ("urgent", "C", "GOOD", 200.0),
    ]  # fmt: skip
    assert printed["unknown"] == ["plc1"]
