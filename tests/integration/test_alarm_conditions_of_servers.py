"""A controller's own conditions: shown, acknowledged and confirmed there, and never decided here."""

import asyncio

import pytest

from hmi.alarms.server_conditions import ServerConditions
from hmi.desk.alarm_rows import NamedAlarm
from hmi.desk.refused import RefusedError
from hmi.model.permission import Role
from tests.integration.alarm_site import SECOND, T0, Bench, plant, rule

COND = "ns=1;s=TemperatureLimit"
START, END, REQUIRED = ({"event_type": f"i={n}", "event_id": "00"} for n in (2787, 2788, 2789))


def event(**more):
    """The limit alarm of a controller, as its driver hands it over."""
    return {
        "event_id": "a1", "event_type": "i=9482", "condition_id": COND, "condition_name": "TemperatureLimit",
        "source_name": "Temperature", "source_node": "ns=7;s=t0", "time_ns": T0, "message": "too hot",
        "severity": 700, "active": True, "acked": False, "confirmed": True, "enabled": True, "retain": True,
        "suppressed_or_shelved": False, **more,
    }  # fmt: skip


class Controllers:
    """Controllers that keep their own conditions; the state changes when the event says so and not before."""

    def __init__(self):
        self.calls, self.status, self.tells = [], 0, True

    async def acknowledge(self, controller, condition, event_id, comment):
        self.calls.append(("acknowledge", controller, condition, event_id, comment))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status

    async def confirm(self, controller, condition, event_id, comment):
        self.calls.append(("confirm", controller, condition, event_id, comment))
        return self.status

    async def refresh(self, controller):
        self.calls.append(("refresh", controller))
        if isinstance(self.tells, Exception):
            raise self.tells
        return self.tells


@pytest.fixture
def bench(tmp_path):
    controllers = Controllers()
    made = Bench(tmp_path, plant(rule("hot", "t0")), conditions=controllers)
    made.controllers = controllers

    def tick(seconds=0.25):
        async def turn():
            made.wait(seconds)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

        asyncio.run(turn())

    made.tick = tick
    made.hear = lambda *events: [made.alarms.on_event("plc1", e) for e in events]
    yield made
    made.close()


@pytest.fixture
def known(bench):
    """The link is open and a refresh is through, with one alarm."""
    bench.alarms.on_link("plc1", True)
    bench.tick()
    bench.hear(START, event(), END)
    return bench


def shown(b, which="standing"):
    return [(r.key, str(r.state), r.activation) for r in b.alarms.alarms(which).rows]


KEY = f"server|plc1|{COND}"


def test_nobody_says_no_alarm_before_the_refresh_is_through(bench):
    assert bench.alarms.counts().unknown == ["plc1"]
    bench.alarms.on_link("plc1", True)
    bench.tick()
    assert bench.controllers.calls == [("refresh", "plc1")]
    bench.hear(START)
    assert bench.alarms.alarms().unknown == ["plc1"]
    bench.hear(event(), END)
    assert bench.alarms.alarms().unknown == [] and shown(bench) == [(KEY, "B", "a1")]
    [row] = bench.alarms.alarms().rows
    assert (row.origin, row.tag, row.place, int(row.priority), row.name.en, row.controller) == (
        "server", "t0", "L1.S1", 2, "Temperature: too hot", "plc1"
    )  # fmt: skip
    assert bench.alarms.counts().unacked == [0, 1, 0, 0] and bench.alarms.counts().sound == 2


def test_a_controller_without_conditions_is_not_waited_for(bench):
    bench.controllers.tells = False
    bench.alarms.on_link("plc1", True)
    bench.tick()
    assert bench.alarms.counts().unknown == []


def test_a_refresh_that_fails_or_never_ends_is_asked_for_again(bench):
    bench.controllers.tells = ConnectionError("gone")
    bench.alarms.on_link("plc1", True)
    bench.tick()
    bench.controllers.tells = True
    bench.tick(4)
    assert len(bench.controllers.calls) == 1
    bench.tick(2)
    bench.tick(28)
    assert len(bench.controllers.calls) == 2, "made, and its end is waited for"
    bench.tick(2)
    assert len(bench.controllers.calls) == 3
    bench.hear(START, END)
    bench.tick(60)
    assert len(bench.controllers.calls) == 3 and bench.alarms.counts().unknown == []
    bench.hear(REQUIRED)
    bench.tick()
    assert len(bench.controllers.calls) == 4


def test_acknowledge_and_confirm_are_the_controllers_and_only_its_events_change_anything(known):
    b = known
    b.act("acknowledge", [NamedAlarm(KEY, "a1")], "seen")
    assert b.controllers.calls[-1] == ("acknowledge", "plc1", COND, "a1", "seen")
    assert shown(b) == [(KEY, "B", "a1")], "it has not said so yet"
    b.hear(event(event_id="a2", acked=True, confirmed=False))
    [row] = b.alarms.alarms().rows
    assert (str(row.state), row.can_acknowledge, row.can_confirm) == ("C", False, True)
    b.hear(event(event_id="a3", acked=True, confirmed=False, active=False))
    assert shown(b) == [(KEY, "D", "a3")], "it waits to be confirmed"
    b.act("confirm", [NamedAlarm(KEY, "a3")], "")
    assert b.controllers.calls[-1] == ("confirm", "plc1", COND, "a3", "")
    b.hear(event(event_id="a4", acked=True, confirmed=True, active=False, retain=False))
    assert shown(b) == []
    assert [(r.number, str(r.before), str(r.after)) for r in b.rows(KEY)] == [
        ("s", "A", "B"), ("s", "B", "C"), ("s", "C", "D"), ("s", "D", "A"),
    ]  # fmt: skip
    assert [(e["action"], e["new"]) for e in b.trail()] == [
        ("alarm_acknowledge_sent", "a1"), ("alarm_acknowledge_answer", "0x00000000"),
        ("alarm_confirm_sent", "a3"), ("alarm_confirm_answer", "0x00000000"),
    ]  # fmt: skip


def test_the_event_that_was_seen_is_named_and_the_controller_judges(known):
    b = known
    seen = NamedAlarm(KEY, "a1")
    b.hear(event(event_id="b1", active=False, retain=True), event(event_id="b2"))
    b.controllers.status = 0x809A0000
    with pytest.raises(RefusedError, match="refused"):
        b.act("acknowledge", [seen])
    assert b.controllers.calls[-1][3] == "a1" and shown(b)[0][1] == "B"
    assert b.trail()[-1]["new"] == "0x809A0000"


def test_a_controller_that_goes_away_in_between_leaves_it_open(known):
    known.controllers.status = ConnectionError("gone")
    with pytest.raises(RefusedError, match="cannot be reached"):
        known.act("acknowledge", [NamedAlarm(KEY, "a1")])
    assert [e["action"] for e in known.trail()] == ["alarm_acknowledge_sent", "alarm_acknowledge_unknown"]
    known.alarms.on_link("plc1", False)
    [row] = [r for r in known.alarms.alarms().rows if r.origin == "server"]
    assert (row.doubt.name, row.can_acknowledge) == ("STALE", False)
    with pytest.raises(RefusedError, match="cannot be reached"):
        known.act("acknowledge", [NamedAlarm(KEY, "a1")])


def test_after_a_reconnect_what_is_not_told_again_is_gone(known):
    known.hear(event(condition_id="ns=1;s=other", event_id="c1"))
    known.alarms.on_link("plc1", False)
    known.alarms.on_link("plc1", True)
    known.tick()
    known.hear(START, event(condition_id="ns=1;s=other", event_id="c2"))
    assert len(shown(known)) == 2
    known.hear(END)
    assert shown(known) == [("server|plc1|ns=1;s=other", "B", "c2")]


def test_a_restart_begins_with_not_known_and_the_alarm_comes_back(known):
    known.restart()
    assert known.alarms.counts().unknown == ["plc1"] and shown(known) == []
    known.alarms.on_link("plc1", True)
    known.tick()
    known.hear(START, event(), END)
    assert shown(known) == [(KEY, "B", "a1")]


def test_branches_stand_beside_the_present_state(known):
    known.hear(event(branch_id="ns=1;g=77", event_id="b1", active=False, acked=False))
    assert {s for _, s, _ in shown(known)} == {"B", "D"}
    known.hear(event(branch_id="ns=1;g=77", event_id="b2", active=False, acked=True, retain=False))
    assert shown(known) == [(KEY, "B", "a1")]


def test_what_a_controller_puts_aside_or_switches_off_is_not_on_the_list(known):
    known.hear(event(suppressed_or_shelved=True, event_id="a2"))
    assert shown(known) == [] and shown(known, "shelved") == [(KEY, "G", "a2")]
    known.hear(event(enabled=False, event_id="a3"))
    assert shown(known, "all") == []


def test_nothing_else_can_be_done_to_them_here(known):
    known.by_role(Role.ENGINEER)
    for name, more in (("shelve", ("timed", 5.0, "why")), ("out_of_service", ("why",)), ("reset", ())):
        from hmi.model.alarm import ShelfMode

        more = tuple(ShelfMode(x) if x == "timed" else x for x in more)
        with pytest.raises(RefusedError, match="controller keeps"):
            known.act(name, [NamedAlarm(KEY, "a1")], *more)
    with pytest.raises(RefusedError, match="nothing to confirm"):
        known.act("confirm", [NamedAlarm(KEY, "a1")])


def test_own_and_server_alarms_stand_in_one_order(known):
    known.say("t0", 200)
    assert [r.key for r in known.alarms.alarms().rows] == [KEY, "hot"], "priority 2 before 3"
    done = known.act("acknowledge_visible", [NamedAlarm(KEY, "a1"), NamedAlarm("hot", "1")])
    assert {d.key: d.done for d in done} == {KEY: True, "hot": True}


@pytest.mark.parametrize("odd", [
    {}, {"condition_id": ""}, {"condition_id": COND}, {"condition_id": COND, "severity": "high", "time_ns": None},
    {"condition_id": COND, "message": "x" * 100_000, "severity": float("nan")}, {"event_type": None},
])  # fmt: skip
def test_odd_events_are_borne(odd):
    from hmi.alarms.book import Now

    mirror = ServerConditions(plant())
    mirror.on_event("plc1", odd, Now(T0, SECOND))
    mirror.on_event("no such controller", event(), Now(T0, SECOND))
    assert all(len(c.label.en) <= 1_000 for c in mirror.all())


@pytest.mark.parametrize("source, tag", [
    ("nsu=urn:x;s=t0", "t0"), ("nsu=urn:other;s=t0", ""), ("s=t0", ""), ("ns=0;s=t0", ""), ("ns=7;s=t0", "t0"),
    ("nsu=urn:x;s=t9", ""), ("", ""),
])  # fmt: skip
def test_a_condition_is_of_the_tag_in_its_own_namespace(known, source, tag):
    """The same identifier in another namespace is another node; a bare number of one is not known to be another."""
    known.hear(event(source_node=source, event_id="a2", message="again"))
    [row] = known.alarms.alarms().rows
    assert row.tag == tag
