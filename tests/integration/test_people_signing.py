"""Signing and the trail at the desk: 21 CFR 11.50, 11.70, 11.200, CR 2.12, CR 6.1; two persons; signers of commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from hmi.desk.client import DeskClient
from hmi.desk.refused import RefusedError
from hmi.model.command import Command
from hmi.people.signing import command_record
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD, Site, own_seat, until

CHECKER = Path(__file__).resolve().parents[2] / "packaging" / "check_audit.py"
ASKED = Command("k1", "L1.PRT.Speed", 90.0, "order 17")
RECORD, SHOWN = command_record(ASKED), {"now": 80.0, "limits": [10, 120]}


@pytest.fixture
def site(tmp_path):
    running = Site(tmp_path)
    running.found().close()
    running.add("kim", "lee", printed_name="김지혜")
    yield running
    running.stop()


def refused(act, *arguments, **named):
    with pytest.raises(RefusedError) as no:
        act(*arguments, **named)
    assert no.value.text.ko != no.value.text.en
    return no.value.text.en


def sign(seat, **changed):
    return seat.call("sign", **{"meaning_key": "command", "record": RECORD, "shown": SHOWN, "password": WORD} | changed)


def second(seat, first, **changed):
    asked = {
        "user": "lee",
        "password": WORD,
        "meaning_key": "command",
        "record": RECORD,
        "shown": SHOWN,
        "first": first,
    }
    return seat.call("sign_second", **asked | changed)


def test_11_50_a_signature_shows_printed_name_utc_local_time_and_meaning_in_both_languages(site):
    with site.sit("kim") as seat:
        row = seat.call("signature", number=sign(seat))
    assert (row.user, row.printed_name, row.role) == ("kim", "김지혜", "supervisor")
    assert row.at_ns == site.clock.wall_ns() and row.local.endswith("+09:00")
    assert row.meaning.en == "I order this command" and row.meaning.ko == "이 명령을 지시합니다"
    assert row.record == RECORD and row.shown == SHOWN and row.station


def test_11_200_the_password_is_asked_at_every_signature(site):
    with site.sit("kim") as seat:
        sign(seat)
        for word in ("", "wrong", ADMIN_WORD):
            assert refused(sign, seat, password=word) == "User or password is wrong."
        seat.call("lock")
        refused(sign, seat)
        seat.call("unlock", password=WORD)
        assert sign(seat) == 2
        seat.call("sign_out")
        refused(sign, seat)
    assert len(site.trail("signature")) == 2 and len(site.trail("sign_in_failed")) == 3


def test_11_200_signing_counts_towards_the_lock_and_the_session_stays(site):
    with site.sit("kim") as seat:
        for _ in range(5):
            refused(sign, seat, password="wrong")
        assert "Locked" in refused(sign, seat)
        assert seat.call("who").user == "kim"
        site.clock.s += 900
        assert sign(seat) == 1


def test_11_200_an_administrator_signs_neither_for_others_nor_approvals(site):
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        for meaning in ("approve", "command", "control", "release"):
            assert "may not sign" in refused(sign, admin, meaning_key=meaning, password=ADMIN_WORD)
        assert "no signature" in refused(sign, admin, meaning_key="anything", password=ADMIN_WORD)
        assert sign(admin, meaning_key="reviewed", password=ADMIN_WORD) == 1
    assert {r["object"] for r in site.trail("refused")} == {"sign"}


def test_cr_2_12_the_trail_holds_what_was_signed(site):
    with site.sit("kim") as seat:
        number = sign(seat)
        row = seat.call("signature", number=number)
    (told,) = site.trail("signature")
    assert (told["user"], told["object"]) == ("kim", str(number))
    assert told["new"]["record_sha"] == row.record_sha and told["new"]["shown_sha"] == row.shown_sha


def test_two_persons_sign_the_same_at_one_seat_or_two(site):
    with site.sit("kim") as seat, site.sit() as elsewhere:
        first = sign(seat)
        assert refused(second, seat, first, user="kim") == "The second signature must be another person's."
        assert "must sign the same" in refused(second, seat, first, record={**RECORD, "value": 91.0})
        assert "must sign the same" in refused(second, seat, first, shown={**SHOWN, "now": 80})
        assert refused(second, seat, first, password="wrong") == "User or password is wrong."
        refused(second, seat, first + 7)
        refused(second, seat, first, user=ADMIN, password=ADMIN_WORD)
        other = second(elsewhere, first)
        assert elsewhere.call("signature", number=other).first == first
        site.clock.s += 121
        assert "120 s" in refused(second, elsewhere, first)


def test_the_gateway_hears_whose_valid_signatures_are_on_a_command(site):
    def signers(**changed):
        asked = Command(**{"key": "k1", "tag": "L1.PRT.Speed", "value": 90.0, "reason": "order 17"} | changed)
        return site.run(lambda: site.people.signers(asked))

    with site.sit("kim") as seat:
        first = sign(seat)
        both = {"signature": str(first), "second_signature": str(second(seat, first))}
        assert signers() == () and signers(signature=str(first)) == ("kim",)
        assert signers(**both) == ("kim", "lee")
        assert signers(signature=str(first), second_signature=str(first)) == ("kim",)
        assert signers(**both, value=91.0) == signers(**both, key="k2") == signers(**both, tag="other") == ()
        for strange in ("", "x", "-1", "999", "1.0", "²"):
            assert signers(signature=strange) == ()
        with site.sit(ADMIN, ADMIN_WORD) as admin:
            admin.call("disable_user", user="lee", why="left")
        assert signers(**both) == ("kim",)
        site.clock.s += 601
        assert signers(**both) == ()
        assert site.run(lambda: site.people.signing.valid(first, "command", RECORD, "kim"))
        assert not site.run(lambda: site.people.signing.valid(first, "command", {**RECORD, "key": "k2"}))


def test_a_signature_that_cannot_be_kept_is_not_given(site):
    with site.sit("kim") as seat:
        assert "too large" in refused(sign, seat, record={"text": "x" * 1_100_000})
        site.database.close()
        assert "shutting down" in refused(sign, seat)
        assert (
            site.run(lambda: site.people.signers(Command("k1", "L1.PRT.Speed", 90.0, "order 17", signature="1"))) == ()
        )


def test_11_10_e_the_trail_is_read_by_filter_and_page(site):
    with site.sit("kim") as seat:
        sign(seat)
        everything = seat.call("audit", limit=1_000)
        assert everything.total == len(everything.rows) and everything.next_before == 0
        assert everything.rows[0].action == "signature" and everything.rows[0].text.ko == "서명"
        assert seat.call("audit", actions=["user_added"]).total == 3
        assert {r.user for r in seat.call("audit", user="kim").rows} == {"kim"}
        page = seat.call("audit", limit=2)
        assert page.next_before == page.rows[-1].seq and page.total == everything.total
        rest = seat.call("audit", limit=1_000, before_seq=page.next_before)
        assert [r.seq for r in page.rows + rest.rows] == [r.seq for r in everything.rows]
        refused(seat.call, "audit", from_ns=2, to_ns=1)
        assert seat.call("verify_audit").whole
        assert "may not" in refused(seat.call, "export_audit")


def test_cr_6_1_an_administrator_exports_the_trail_signed(site, tmp_path):
    with site.sit("kim") as seat, site.sit(ADMIN, ADMIN_WORD) as admin:
        sign(seat)
        made = admin.call("export_audit")
        assert "not empty" in refused(admin.call, "export_audit", folder=made.folder)
        refused(admin.call, "export_audit", folder="/proc/no/such/place")
    done = subprocess.run([sys.executable, str(CHECKER), made.folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and made.key in done.stdout, done.stdout
    assert made.folder.startswith(str(tmp_path))
    assert site.trail("export")[0]["user"] == ADMIN


def test_acts_of_other_rooms_go_on_record_in_one_line(site):
    seat = own_seat()
    account = site.people.accounts.by_name("kim")
    site.run(lambda: site.people.sitting.sit(seat, account, "ab" * 32))
    person = site.run(lambda: site.people.person(seat))
    site.on_loop(site.people.record(seat, "mode", "station", "MONITOR", "CONTROL", "order 17", "cause 1"))
    site.on_loop(site.people.audited(person, "mode", "station", "CONTROL", "MONITOR", "done"))
    assert site.on_loop(site.people.sign(seat, "control", {"mode": "CONTROL"}, {}, WORD)) == "1"
    one, two = site.trail("mode")
    assert (one["user"], one["role"], one["old"], one["new"], one["why"], one["cause"]) == (
        "kim", "supervisor", "MONITOR", "CONTROL", "order 17", "cause 1"
    )  # fmt: skip
    assert one["session"] == two["session"] == site.run(lambda: site.people.session("kim")) != ""
    site.database.close()
    with pytest.raises(RefusedError):
        site.on_loop(site.people.record(seat, "mode", "station"))


def test_cr_2_11_a_moved_clock_is_on_record(site):
    site.run(site.people.tick)
    site.clock.s += 5
    site.clock.offset_s += 1.5
    site.run(site.people.tick)
    assert site.trail("clock_jump") == []
    site.clock.offset_s -= 3_600
    site.run(site.people.tick)
    site.run(site.people.tick)
    (row,) = site.trail("clock_jump")
    assert row["new"]["seconds"] == pytest.approx(-3_598.5)
    assert [t[0] for t in site.told] == ["engine"]


def test_cr_2_8_start_stop_and_the_plant_file_are_on_record(site, tmp_path):
    plant = tmp_path / "plant.toml"
    plant.write_text("one")
    site.people.started(plant, "0.1.0")
    plant.write_text("two")
    site.people.started(plant, "0.1.0")
    one, two = site.trail("config_loaded")
    assert one["old"] is None and two["old"] == one["new"] != two["new"]
    assert [r["object"] for r in site.trail("engine_started")] == ["0.1.0"] * 2
    assert [t[0] for t in site.told] == ["engine", "engine"], "what was unsigned at the start is told"
    site.stop()
    again = Site(tmp_path, clock=site.clock, box=site.box)
    try:
        assert again.trail("engine_stopped")
        again.people.started(tmp_path / "missing.toml", "0.1.0")
        assert again.trail("engine_started")[-1]["new"] == {"unsigned_rows": 0}
        assert again.told == []
    finally:
        again.stop()


def test_a_window_hears_that_it_was_locked(site):
    events, answers = [], []
    window = DeskClient(site.data, events.append)
    try:
        until(lambda: window.connected)
        window.ask("sign_in", answers.append, user="kim", password=WORD)
        until(lambda: window.poll() >= 0 and answers)
        site.clock.s += 601
        site.run(site.people.tick)
        until(lambda: window.poll() >= 0 and events)
        assert events[0]["session"]["user"] == "kim" and events[0]["session"]["locked"] is True
    finally:
        window.close()
