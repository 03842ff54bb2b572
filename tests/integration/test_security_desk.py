"""The desk's socket against strangers and floods, and signatures on what was shown; named by security.md's ids."""

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.desk import wire
from hmi.desk.client import Conversation, DeskClient
from hmi.desk.refused import RefusedError
from hmi.people import signing
from hmi.store import signatures
from tests.integration.people_site import ADMIN, WORD, until
from tests.integration.rights_site import Station

BRACKETS = b"[" * 4000


@pytest.fixture(scope="module")
def station(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patched:
        made = Station(tmp_path_factory.mktemp("security"), patched)
        yield made
        made.stop()


def stranger(station):
    """A connection that has not proved anything yet."""
    plug = wire.find_door(station.data).connect(5.0)
    plug.settimeout(10.0)
    wire.receive(plug)  # the engine's nonce
    return plug


def turned_away(plug):
    with plug:
        try:
            return plug.recv(1) == b""
        except ConnectionResetError:
            return True


def tell(plug, said):
    """A frame of these bytes, whatever they mean."""
    plug.sendall(len(said).to_bytes(4, "little") + said)


def works(station):
    with station.sit() as seat:
        assert seat.call("mode").mode == "MONITOR"


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_cr_3_8_whatever_a_stranger_says_it_is_turned_away(station, said):
    plug = stranger(station)
    tell(plug, said)
    assert turned_away(plug)


@pytest.mark.parametrize("said", [
    BRACKETS, b'{"proof":' * 400, b"null", b'{"proof": null, "nonce": null}', b'{"proof": "\\ud800", "nonce": "1"}',
])  # fmt: skip
def test_cr_3_5_a_greeting_without_end_or_sense_is_turned_away_unheard(station, said, caplog):
    plug = stranger(station)
    tell(plug, said)
    assert turned_away(plug)
    works(station)
    assert not [r for r in caplog.records if r.exc_info]


def test_cr_7_1_nobody_is_let_write_more_than_a_greeting_before_it_is_known(station):
    plug = stranger(station)
    plug.sendall((5_000).to_bytes(4, "little"))
    assert turned_away(plug)


def known(station):
    door = wire.find_door(station.data)
    plug = door.connect(5.0)
    wire.greet(plug, door)
    plug.settimeout(10.0)
    return plug


@pytest.mark.parametrize("said", [BRACKETS * 10, b"{", b"\xff\xfe", b"[]", b'"x"'])
def test_cr_3_5_a_window_that_speaks_another_language_is_let_go(station, said, caplog):
    plug = known(station)
    tell(plug, said)
    assert turned_away(plug)
    works(station)
    assert not [r for r in caplog.records if r.exc_info]


def test_cr_3_5_a_frame_larger_than_any_of_ours_is_not_waited_for(station):
    plug = known(station)
    plug.sendall((wire.MAX_FRAME + 1).to_bytes(4, "little"))
    assert turned_away(plug)


@pytest.mark.parametrize("asked", [
    {"ask": "read", "with": {"tags": json.loads("[" * 500 + "]" * 500)}},
    {"ask": "x" * 1_000_000}, {"ask": "read", "with": {"tags": [1, None, {}]}}, {"ask": ["read"]}, {"with": 1},
    {"ask": "decision", "with": {"id": 2**70}}, {"ask": "run", "with": {"id": "../../etc/passwd"}},
    {"ask": "_routes"}, {"ask": "__class__", "with": {}}, {"ask": "read", "with": {"seat": 1, "tags": []}},
])  # fmt: skip
def test_cr_3_5_odd_questions_are_refused_in_few_words(station, asked):
    with known(station) as plug:
        plug.sendall(wire.frame({"id": 1, **asked}))
        answer = json.loads(wire.receive(plug))
    assert set(answer) == {"id", "refused"} and len(json.dumps(answer)) < 2_000
    assert "Traceback" not in answer["refused"]["en"] and ".py" not in answer["refused"]["en"]


def test_cr_7_1_a_flood_of_questions_is_answered_one_by_one_and_others_are_served(station):
    flood = DeskClient(station.data)
    answers = []
    try:
        until(lambda: flood.connected)
        for _ in range(1_000):
            flood.ask("mode", answers.append)
        works(station)
        until(lambda: flood.poll() >= 0 and len(answers) == 1_000, 30)
    finally:
        flood.close()


def test_cr_7_1_a_window_that_never_reads_is_let_go_and_not_waited_for(station):
    """What nobody fetches is bounded: the engine's memory is not theirs to fill."""
    with known(station) as deaf:
        ask = wire.frame({"id": 1, "ask": "plant"})
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may be let go already
            for _ in range(500):
                deaf.sendall(ask)
        works(station)

        async def told():
            for _ in range(20):
                station.wired.server.tell_all({"note": "x" * 1_000_000})

        station.on_loop(told())
        works(station)
        with contextlib.suppress(ConnectionResetError):
            while deaf.recv(1 << 20):  # what was on its way; one that is not let go waits here in vain
                pass


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_cr_5_1_the_station_listens_on_nothing_that_the_network_reaches(station):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        assert probe.fileno() in listening(), "the look itself must see a listener"
    assert listening() == {}


def listening():
    """Open TCP listeners of this process: file descriptor to local address."""
    inodes = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else ():
            fields = line.split()
            if fields[3] == "0A":
                inodes[fields[9]] = fields[1]
    found = {}
    for fd in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            found[int(fd)] = inodes[target[8:-1]]
    return found


def kept(station, number):
    with station.database.reader() as c:
        return signatures.find(c, number)


def test_11_70_a_hold_is_signed_on_its_units_its_gates_and_what_was_shown(station):
    with station.sit("supervisor") as seat:
        scope = {"kind": "station", "ids": ["L1.S2"], "since_ns": 1, "until_ns": 0}
        row = seat.call("place_hold", timeout=30, scope=scope, reason="manual", note="look", password=WORD)
        told = seat.call("audit", actions=["hold_placed"], limit=1).rows[0].new
        shown = seat.call("signature", number=told["signature"])
    assert shown.user == "supervisor" and shown.meaning_key == "hold" and row.id
    assert shown.record["note"] == "look" and {"units_sha", "writes", "reason"} <= set(shown.record)
    assert shown.shown["units"] == row.units
    found = kept(station, told["signature"])
    assert signing.verify(found, shown.record, shown.shown) is None
    for change in ({"units_sha": "0" * 64}, {"writes": []}, {"reason": "spc"}):
        other = shown.record | change
        assert (signing.verify(found, other, shown.shown) is None) is (other == shown.record)
    assert signing.verify(found, shown.record, shown.shown | {"units": 99}) is not None


def count_of(station):
    with station.database.reader() as c:
        return c.exec_driver_sql("select count(*) from signature").scalar()


def test_11_70_a_card_that_changed_since_it_was_shown_is_not_signed(station):
    before = count_of(station)
    with station.sit("supervisor") as seat:
        with pytest.raises(RefusedError) as no:
            seat.call("decide", id=1, verdict="approve", reason="fits", password=WORD, shown="0" * 64)
        card = seat.call("decision", id=1)
    assert card.row.state == "PROPOSED" and no.value.text.ko
    assert count_of(station) == before


def test_11_200_a_wrong_password_decides_and_holds_nothing(station):
    before, standing = count_of(station), station.standing()
    scope = {"kind": "station", "ids": ["L1.S3"], "since_ns": 1, "until_ns": 0}
    with station.sit("engineer") as seat, station.sit("inspector") as inspector:
        for sitting, ask, arguments in (
            (inspector, "place_hold", {"scope": scope, "reason": "manual", "note": "", "password": "wrong"}),
            (inspector, "release_hold", {"id": 1, "disposition": "SCRAP", "note": "x", "password": "wrong"}),
            (seat, "set_mode", {"mode": "CONTROL", "reason": "r", "password": "wrong"}),
        ):
            with pytest.raises(RefusedError) as no:
                sitting.call(ask, timeout=30, **arguments)
            assert no.value.text.en == "User or password is wrong."
    assert count_of(station) == before and station.standing() == standing


def test_cr_3_8_a_conversation_ends_with_its_connection(station):
    seat = Conversation(station.data)
    seat.call("sign_in", user="operator", password=WORD)
    seat.close()
    with station.sit() as other:
        assert other.call("who").user == ""


def test_11_300_tries_on_passwords_are_an_alarm_of_priority_2_until_the_lock_is_gone(station):
    def shown():
        station.on_loop(station.tick())
        with station.sit() as seat:
            return [(int(r.priority), r.state.value) for r in seat.call("alarms").rows if r.key == "system:lockout"]

    assert shown() == []
    with station.sit() as guest:
        for _ in range(5):
            with pytest.raises(RefusedError):
                guest.call("sign_in", timeout=30, user="Viewer", password="guess")
    assert until(shown, 10) == [(2, "B")]
    with station.sit(ADMIN) as admin:
        admin.call("reset_password", user="viewer", new="red-cow-8-chair-moon", why="was somebody else")
    assert until(lambda: shown() == [(2, "D")], 10)
