"""Alarms on a real database: from readings to rows, acts on record, restarts, floods, thousands at once."""

import asyncio
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from sqlalchemy import text as sql

from hmi.alarms.machine import replay
from hmi.desk.alarm_rows import AlarmPage, NamedAlarm
from hmi.desk.refused import RefusedError
from hmi.model import quality as q
from hmi.model.alarm import AlarmKind, Priority, ShelfMode, Suppression
from hmi.model.permission import Action, Role, may
from hmi.model.text import Text
from tests.integration.alarm_site import MINUTE, SECOND, T0, Bench, plant, rule

HOT = rule("hot", "t0", deadband=5.0, action=Text("Close the hatch", "덮개를 닫으십시오"))


@pytest.fixture
def bench(tmp_path):
    """Make a bench of a plant; all are closed at the end."""
    made = []

    def make(*rules, **more):
        suppressions, tags = more.pop("suppressions", ()), more.pop("tags", 4)
        made.append(Bench(tmp_path, plant(*rules, suppressions=suppressions, tags=tags), **more))
        return made[-1]

    yield make
    for one in made:
        one.close()


def seen(b, *keys):
    """The rows as a person sees them, named for an act."""
    page = b.alarms.alarms("all", limit=500)
    return [NamedAlarm(r.key, r.activation) for r in page.rows if not keys or r.key in keys]


def test_from_reading_to_row_and_back(bench):
    b = bench(HOT, context=lambda place: ("O-17", f"lot at {place}"))
    b.say("t0", 99.0)
    assert b.alarms.alarms().rows == []
    b.sleep(1)
    b.say("t0", 101.5)
    [row] = b.alarms.alarms().rows
    assert (row.key, str(row.state), row.value_at, row.value) == ("hot", "B", 101.5, 101.5)
    assert (row.limit, row.unit) == (100, "C")
    assert (row.order, row.lot, row.place, row.line.en, row.equipment.en) == (
        "O-17", "lot at L1.S1", "L1.S1", "Line 1", "Oven"
    )  # fmt: skip
    assert row.action.ko == "덮개를 닫으십시오" and row.can_acknowledge and row.activated_ns == T0 + SECOND
    b.say("t0", 97.0)
    assert b.state("hot") == "B", "within the deadband nothing changes"
    [done] = b.act("acknowledge", seen(b), "seen on the camera")
    assert done.done and b.state("hot") == "C"
    b.say("t0", 95.0)
    assert b.state("hot") == "A"
    assert [(r.number, str(r.after)) for r in b.rows("hot")] == [("1", "B"), ("2", "C"), ("4", "A")]
    [entry] = b.trail()
    assert (entry["user"], entry["action"], entry["object"], entry["old"], entry["new"], entry["why"]) == (
        "kim", "alarm_acknowledged", "hot", "B", "C", "seen on the camera"
    )  # fmt: skip


def test_limits_of_a_tag_are_alarms_unless_the_plant_file_says_otherwise(bench):
    b = bench(rule("mine", "implied", AlarmKind.HI, Priority.URGENT, 70.0))
    b.say("implied", 95.0)
    rows = {r.key: int(r.priority) for r in b.alarms.alarms().rows}
    assert rows == {"mine": 1, "implied.high_high": 2}
    b.say("implied", 5.0)
    b.wait(4)
    assert {r.key for r in b.alarms.alarms("active").rows} == {"implied.low", "implied.low_low"}


def test_an_acknowledgement_names_what_was_seen(bench):
    b = bench(HOT)
    b.say("t0", 101)
    old = seen(b)
    b.say("t0", 90)
    b.say("t0", 102)
    with pytest.raises(RefusedError, match="came again"):
        b.act("acknowledge", old)
    assert b.state("hot") == "B" and b.trail() == []
    b.act("acknowledge", seen(b))
    assert b.state("hot") == "C"


def test_several_at_once_never_an_urgent_one(bench):
    b = bench(rule("a", "t0"), rule("b", "t1"), rule("urgent", "t2", priority=Priority.URGENT))
    for tag in ("t0", "t1", "t2"):
        b.say(tag, 200)
    done = {d.key: d.done for d in b.act("acknowledge_visible", seen(b))}
    assert done == {"a": True, "b": True, "urgent": False}
    with pytest.raises(RefusedError, match="one by one"):
        b.act("acknowledge_visible", seen(b, "urgent"))
    b.act("acknowledge", seen(b, "urgent"))
    assert {b.state(x) for x in ("a", "b", "urgent")} == {"C"}


ACTS = {
    "acknowledge": (Action.ACKNOWLEDGE, ()), "acknowledge_visible": (Action.ACKNOWLEDGE, ()),
    "confirm": (Action.ACKNOWLEDGE, ()), "shelve": (Action.SHELVE, (ShelfMode.TIMED, 5.0, "because")),
    "unshelve": (Action.SHELVE, ()), "reset": (Action.RESET_LATCH, ()),
    "out_of_service": (Action.OUT_OF_SERVICE, ("because",)), "return_to_service": (Action.OUT_OF_SERVICE, ()),
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_every_act_is_refused_for_every_role_that_lacks_it(bench, role):
    b = bench(HOT, conditions=object())
    b.say("t0", 101)
    b.alarms.on_link("plc1", True)
    b.alarms.server.refreshed("plc1", True)
    b.alarms.on_event("plc1", {"condition_id": "c", "event_id": "01", "active": True, "acked": False, "retain": True})
    b.by_role(role)
    before = b.facts("hot")
    for name, (action, more) in ACTS.items():
        if may(b.person, action):
            continue
        named = seen(b, "server|plc1|c" if name == "confirm" else "hot")
        with pytest.raises(RefusedError, match=f"{action} in a|{action} in \\*"):
            b.act(name, named, *more)
    if not may(b.person, Action.SILENCE):
        with pytest.raises(RefusedError):
            b.alarms.acts.silence(None)
    assert b.facts("hot") == before and b.trail() == []


def test_a_person_of_one_area_acts_on_no_other(bench):
    b = bench(rule("here", "t0"), rule("there", "t1"))
    b.person = replace(b.person, areas=frozenset({"a"}))
    b.say("t0", 200)
    b.say("t1", 200)
    with pytest.raises(RefusedError, match="in b"):
        b.act("acknowledge", seen(b))
    assert b.state("here") == b.state("there") == "B"
    b.act("acknowledge", seen(b, "here"))
    assert b.state("here") == "C"


def test_shelf_reason_time_and_end(bench):
    b = bench(HOT)
    b.say("t0", 101)
    for arguments in ((ShelfMode.TIMED, 5.0, " "), (ShelfMode.TIMED, 0.0, "why"), (ShelfMode.TIMED, 481.0, "why"),
                      (ShelfMode.TIMED, float("nan"), "why")):  # fmt: skip
        with pytest.raises(RefusedError):
            b.act("shelve", seen(b), *arguments)
    b.act("shelve", seen(b), ShelfMode.TIMED, 1.0, "sensor is being changed")
    assert b.alarms.alarms().rows == [] and b.alarms.counts().shelved == 1
    [row] = b.alarms.alarms("shelved").rows
    assert (row.aside_by, row.aside_why, row.shelf_until_ns) == ("kim", "sensor is being changed", b.now + MINUTE)
    b.wait(59)
    assert b.state("hot") == "G"
    b.wait(1.5)
    assert b.state("hot") == "B", "it stands, so it asks again"
    b.act("shelve", seen(b), ShelfMode.TIMED, 1.0, "again")
    b.act("unshelve", seen(b))
    assert b.state("hot") == "B"


def test_latch_reset_and_out_of_service(bench):
    b = bench(replace(HOT, latch=True))
    b.say("t0", 101)
    b.say("t0", 20)
    assert b.state("hot") == "E"
    with pytest.raises(RefusedError, match="before resetting"):
        b.act("reset", seen(b))
    b.act("acknowledge", seen(b))
    assert b.alarms.alarms().rows[0].can_reset
    b.act("reset", seen(b))
    assert b.state("hot") == "A"
    b.by_role(Role.ENGINEER)
    b.act("out_of_service", [NamedAlarm("hot")], "calibration until Friday")
    b.say("t0", 101)
    [row] = b.alarms.alarms("out_of_service").rows
    assert (str(row.state), row.aside_by, row.aside_why) == ("I", "kim", "calibration until Friday")
    b.act("return_to_service", [NamedAlarm("hot")])
    assert b.state("hot") == "B"


def test_suppression_by_design_follows_its_tag(bench):
    off = Suppression("stopped", Text.same("stopped"), "state", (2.0, 4.0), ("hot",))
    b = bench(HOT, suppressions=[off])
    b.say("state", 2)
    b.say("t0", 101)
    assert b.state("hot") == "H" and b.alarms.alarms().rows == []
    assert b.alarms.alarms("suppressed").rows[0].suppressed_by == ["stopped"]
    b.say("state", 6)
    assert b.state("hot") == "B"
    b.say("state", 4)
    b.say("state", np.nan, q.BAD_NO_COMMUNICATION)
    b.wait(29)
    assert b.state("hot") == "H"
    b.wait(2)
    assert b.state("hot") == "B", "nobody knows any more whether it may be hidden"


def test_what_begins_with_its_reason_is_never_shown(bench):
    off = Suppression("stopped", Text.same("stopped"), "state", (2.0,), ("hot",))
    b = bench(HOT, suppressions=[off])
    rows = b.plant.row
    b.batch([rows["t0"], rows["state"]], [101.0, 2.0], [0, 0], [b.now, b.now])
    assert not any(r.annunciated for r in b.rows())
    b.batch([rows["state"], rows["t0"]], [6.0, 20.0], [0, 0], [b.now, b.now])
    assert b.state("hot") == "A" and not any(r.annunciated for r in b.rows())


def test_a_bad_value_keeps_the_alarm_and_marks_it(bench):
    b = bench(HOT)
    b.say("t0", 101)
    b.say("t0", np.nan, 0x808C0000)
    b.wait(60)
    [row] = b.alarms.alarms().rows
    assert (str(row.state), row.doubt.name, row.value) == ("B", "BAD", None)
    b.say("t0", 101)
    assert b.alarms.alarms().rows[0].doubt.name == "GOOD"
    assert [r.number for r in b.rows("hot")] == ["1", "q", "q"]


def test_a_link_that_is_down_is_one_alarm(bench):
    b = bench(HOT, rule("bad", "t0", AlarmKind.QUALITY, limit=None))
    b.alarms.on_link("plc1", False)
    b.say("t0", np.nan, q.BAD_NO_COMMUNICATION)
    b.wait(2)
    assert b.alarms.alarms().rows == []
    b.wait(2)
    [row] = b.alarms.alarms().rows
    assert (row.key, int(row.priority)) == ("comm:plc1", 2)
    b.alarms.on_link("plc1", True)
    b.wait(3)
    assert b.state("comm:plc1") == "D"
    b.say("t0", np.nan, 0x808C0000)
    assert b.state("bad") == "B", "the sensor's own fault is the tag's alarm"


def test_the_stations_own_alarms(bench):
    b = bench()
    b.alarms.raise_system("disk", True, Text("1 GB left", "1 GB 남음"))
    [row] = b.alarms.alarms().rows
    assert (row.key, int(row.priority), row.cause.en) == ("system:disk", 2, "1 GB left")
    b.alarms.raise_system("disk", False)
    assert b.state("system:disk") == "D"
    with pytest.raises(KeyError):
        b.alarms.raise_system("no such", True)


def test_first_out_of_a_group(bench):
    group = [rule(f"g{i}", f"t{i}", group="oven") for i in range(3)]
    b = bench(*group)
    b.say("t1", 200)
    b.sleep(0.1)
    b.say("t0", 200)
    assert {r.key: r.first_out for r in b.alarms.alarms().rows} == {"g1": True, "g0": False}
    for tag in ("t0", "t1"):
        b.say(tag, 0)
    b.say("t2", 200)
    assert b.facts("g2").first_out, "the group was quiet"


def test_flood_groups_by_unit_and_sounds_once(bench):
    b = bench(*(rule(f"a{i}", f"t{i}") for i in range(12)), tags=12)
    for i in range(10):
        b.say(f"t{i}", 200)
        b.sleep(1)
    assert not b.alarms.counts().flood and b.alarms.counts().calls == 10
    b.say("t10", 200)
    page = b.alarms.alarms(limit=3)
    assert page.flood and len(page.rows) == 3 and page.total == 11
    assert [(g.place, g.active, g.first.key) for g in page.groups] == [("L1.S1", 6, "a0"), ("L2.S1", 5, "a1")]
    assert b.alarms.counts().calls == 11
    b.say("t11", 200)
    assert b.alarms.counts().calls == 11, "no tone for each row of a flood"
    b.wait(620)
    assert not b.alarms.counts().flood


def test_silence_is_not_acknowledge_and_the_next_call_sounds(bench):
    b = bench(rule("a", "t0"), rule("b", "t1", priority=Priority.HIGH))
    b.say("t0", 200)
    assert b.alarms.counts().sound == 3
    b.alarms.acts.silence(None)
    counts = b.alarms.counts()
    assert counts.sound == 0 and counts.unacked == [0, 0, 1, 0]
    b.settled()
    assert [(e["user"], e["action"]) for e in b.trail()] == [("kim", "alarm_silenced")]
    b.say("t1", 200)
    counts = b.alarms.counts()
    assert counts.sound == 2 and counts.newest.key == "b"
    b.act("acknowledge", seen(b))
    assert b.alarms.counts().sound == 0


def test_urgent_ones_that_nobody_saw_cannot_be_filtered_away(bench):
    b = bench(rule("urgent", "t1", priority=Priority.URGENT), rule("a", "t0"), rule("c", "t2"))
    for tag in ("t0", "t1", "t2"):
        b.say(tag, 200)
        b.sleep(1)
    page = b.alarms.alarms(places=("L1",), text="no such thing")
    assert [r.key for r in page.rows] == ["urgent"] and page.hidden == 2
    b.act("acknowledge", seen(b, "urgent"))
    assert b.alarms.alarms(places=("L1",)).rows[0].key == "c"
    assert [r.key for r in b.alarms.alarms(places=("b",)).rows] == ["urgent"]
    assert [r.key for r in b.alarms.alarms().rows] == ["c", "a", "urgent"], "unacknowledged, priority, newest"
    assert [r.key for r in b.alarms.alarms(order="oldest").rows] == ["a", "urgent", "c"]
    held = b.alarms.alarms(keys=("a", "gone", "c"))
    assert [r.key for r in held.rows] == ["a", "c"]
    with pytest.raises(RefusedError):
        b.alarms.alarms("everything")


def test_a_restart_restores_what_stood(bench):
    b = bench(HOT, rule("aside", "t1"), rule("gone", "t2"), rule("latched", "t3", latch=True))
    for tag in ("t0", "t1", "t2", "t3"):
        b.say(tag, 200)
    b.say("t3", 0)
    b.act("acknowledge", seen(b, "hot"))
    b.act("shelve", seen(b, "aside"), ShelfMode.TIMED, 10.0, "why")
    b.now += 4 * MINUTE
    b.restart(plant(HOT, rule("aside", "t1"), rule("latched", "t3", latch=True)))
    states = {r.key: (str(r.state), r.doubt.name) for r in b.alarms.alarms("all").rows}
    assert states == {"hot": ("C", "STALE"), "aside": ("G", "STALE"), "latched": ("E", "STALE")}
    assert [(r.number, str(r.after)) for r in b.rows("gone")][-1] == ("16", "-")
    b.say("t0", 200)
    assert b.state("hot") == "C" and b.facts("hot").quality.name == "GOOD", "no second call for what was known"
    b.wait(6 * 60 - 1)
    assert b.state("aside") == "G"
    b.wait(2)
    assert b.state("aside") == "B"
    b.restart(plant(HOT, rule("gone", "t2")))
    b.say("t2", 200)
    assert b.state("gone") == "B"


def test_the_journal_replays_to_the_state_that_was_kept(bench):
    off = Suppression("stopped", Text.same("stopped"), "state", (2.0,), ("r0", "r1"))
    rules = [rule(f"r{i}", f"t{i}", latch=i == 2, group="g", off_delay=0.5 * i) for i in range(4)]
    b = bench(*rules, suppressions=[off])
    rng = np.random.default_rng(3)
    for k in range(300):
        tag = f"t{rng.integers(4)}" if rng.random() < 0.9 else "state"
        bad = rng.random() < 0.1
        b.say(tag, np.nan if bad else float(rng.choice([0.0, 2.0, 200.0])), 0x808C0000 if bad else 0)
        b.wait(0.25)
        if k % 10 == 0:
            with_one = seen(b)
            if with_one:
                name = ("acknowledge", "reset")[k // 10 % 2]
                try:
                    b.act(name, with_one[:1])
                except RefusedError:
                    pass
        if k == 150:
            b.restart()
    b.settled()
    kept = b.table.states()
    for one in b.alarms.book.rules:
        rows = b.rows(one.id)
        assert all(x.after == y.before for x, y in pairwise(rows)), one.id
        assert replay(rows, one) == b.facts(one.id), one.id
        if rows:
            assert kept[one.id] == b.facts(one.id)
    assert Counter(r.alarm for r in b.rows()).total() > 100


def test_an_act_that_cannot_be_recorded_is_refused_and_undone(bench):
    b = bench(HOT, rule("also", "t1"))
    b.say("t0", 101)
    b.settled()
    largest = b.database.submit(lambda work: work.connection.scalar(sql("pragma page_count"))).result()
    b.database.submit(lambda work: work.connection.execute(sql(f"pragma max_page_count={largest}")).fetchall()).result()
    named = seen(b)
    with pytest.raises(RefusedError, match="full"):
        for _ in range(200):  # until the last page has no room left
            b.act("shelve", named, ShelfMode.TIMED, 1.0, "x" * 1000)
            b.act("unshelve", named)
    state = b.state("hot")
    b.say("t1", 200)
    b.say("t0", 10)
    assert b.state("also") == "B", "what the plant does is followed all the same"
    b.database.submit(lambda work: work.connection.execute(sql("pragma max_page_count=1000000")).fetchall()).result()
    rows = b.rows()
    assert rows[-1].alarm == "hot" and rows[-1].before == state and rows[-2].alarm == "also"
    assert all(x.after == y.before for x, y in pairwise(b.rows("hot")))
    assert len(b.trail()) == sum(r.event.by == "kim" for r in rows)


def test_what_happens_while_an_act_is_recorded_follows_it(bench):
    b = bench(HOT)
    b.say("t0", 101)
    b.settled()

    async def together():
        task = asyncio.create_task(b.alarms.answers()["acknowledge"](None, seen(b)))
        await asyncio.sleep(0)
        b.say("t0", 10)
        b.say("t0", 102)
        with pytest.raises(RefusedError, match="being recorded"):
            await b.alarms.answers()["shelve"](None, seen(b), ShelfMode.TIMED, 1.0, "why")
        assert (await task)[0].done

    asyncio.run(together())
    assert [r.number for r in b.rows("hot")] == ["1", "2", "4", "1"] and b.state("hot") == "B"


def test_thousands_at_once_lose_nothing_and_the_window_gets_a_page(bench):
    n = 10_000
    b = bench(*(rule(f"r{i}", f"t{i}", priority=Priority(2 + i % 3)) for i in range(n)), tags=n)
    began = time.process_time()
    for part in range(0, n, 500):
        at = np.arange(part, part + 500)
        b.batch(at, np.full(500, 200.0), np.zeros(500), np.full(500, b.now))
    took = time.process_time() - began
    page = b.alarms.alarms(limit=50)
    assert (page.total, len(page.rows)) == (n, 50)
    began = time.process_time()
    size = len(msgspec.json.encode(b.alarms.alarms(limit=50)))
    listed = time.process_time() - began
    print(f"10,000 activations {took * 1e3:.0f} ms cpu; page of 50 of 10,000 {listed * 1e3:.1f} ms, {size} bytes")
    assert size < 100_000 and isinstance(page, AlarmPage)
    b.by_role(Role.OPERATOR)
    b.act("acknowledge_visible", [NamedAlarm(r.key, r.activation) for r in page.rows])
    rows = b.rows()
    assert len(rows) == n + 50 and Counter(r.number for r in rows) == {"1": n, "2": 50}
    assert b.alarms.journal.lost == 0
