"""The shift log over the real socket: notes and their corrections, handovers with two signatures, what is refused."""

import dataclasses
import json

import msgspec
import numpy as np
import pytest
from sqlalchemy import text

from hmi.desk.client import Conversation
from hmi.desk.refused import RefusedError
from hmi.desk.shiftlog_rows import SHIFTLOG_ANSWERS
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.plant.port import Batch
from hmi.store.canonical import canonical, digest
from hmi.store.sqlite import writing
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD
from tests.integration.shiftlog_site import ShiftSite

MINUTE = 60


@pytest.fixture
def site(tmp_path):
    running = ShiftSite(tmp_path)
    running.found().close()
    running.add("kim", "lee", role="supervisor")
    yield running
    running.stop()


def ask(seat: Conversation, name, **arguments):
    """One question or action, in its type."""
    found = seat.call(name, **arguments)
    if dataclasses.is_dataclass(found):
        return found
    return msgspec.convert(found, SHIFTLOG_ANSWERS[name], strict=False)


def refused(seat, name, **arguments):
    with pytest.raises(RefusedError) as no:
        ask(seat, name, **arguments)
    assert no.value.text.ko and no.value.text.ko != no.value.text.en
    return no.value.text.en


def signs(seat, preview, password=WORD, incoming="lee", incoming_password=WORD):
    return {"sha": preview.sha, "password": password, "incoming": incoming, "incoming_password": incoming_password}


def say(site, **values):
    """Readings of one message, on the engine's loop."""
    tags = [name.replace("_", ".", 2 if "_S" in name else 1) for name in values]
    numbers = list(values.values())
    now = site.clock.wall_ns()
    batch = Batch(
        np.array([site.plant.row[t] for t in tags], np.int32), np.array(numbers, np.float64),
        np.zeros(len(tags), np.uint32), np.full(len(tags), now, np.int64), np.full(len(tags), 5, np.uint8), {},
    )  # fmt: skip
    site.run(lambda: site.machine_time.on_batch(batch))


def wait(site, seconds):
    def on():
        for _ in range(seconds):
            site.clock.s += 1
            site.machine_time.tick()

    site.run(on)


def test_a_note_is_on_record_with_who_when_where_and_its_audit_row(site):
    with site.sit("kim") as seat:
        note = ask(seat, "add_note", text="  솔더 부족 3장 ", kind="defect", place="L1.S1")
        assert (note.number, note.user, note.kind, note.place, note.text) == (
            1,
            "kim",
            "defect",
            "L1.S1",
            "솔더 부족 3장",
        )
        assert note.at_ns == site.clock.wall_ns() and note.local.endswith("+09:00")
        (row,) = site.trail("note")
        assert (row["user"], row["object"], row["new"]["text"], row["at_ns"]) == (
            "kim", "note 1", "솔더 부족 3장", note.at_ns,
        )  # fmt: skip


def test_a_correction_is_a_new_note_that_names_the_old_one_and_there_is_one_last_word(site):
    with site.sit("kim") as kim, site.sit("lee") as lee:
        ask(kim, "add_note", text="3 boards")
        again = ask(lee, "add_note", text="2 boards", corrects=1)
        assert again.corrects == 1
        page = ask(kim, "shift_log")
        assert [(n.number, n.text, n.corrects, n.corrected_by) for n in page.rows] == [
            (2, "2 boards", 1, None), (1, "3 boards", None, 2),
        ]  # fmt: skip
        assert "note 2" in refused(kim, "add_note", text="1 board", corrects=1)
        assert "99" in refused(kim, "add_note", text="1 board", corrects=99)
        assert ask(kim, "add_note", text="1 board", corrects=2).number == 3
        assert [r["object"] for r in site.trail("note_corrected")] == ["note 2", "note 3"]
        assert site.trail("note_corrected")[0]["cause"] == "note 1"


@pytest.mark.parametrize("act", ["UPDATE shift_note SET text = 'x'", "DELETE FROM shift_note",
                                 "UPDATE handover SET record = 'x'", "DELETE FROM handover",
                                 "INSERT OR REPLACE INTO shift_note SELECT * FROM shift_note"])  # fmt: skip
def test_nothing_of_the_log_is_ever_changed_or_deleted(site, act):
    with site.sit("kim") as seat:
        ask(seat, "add_note", text="a")
        ask(seat, "hand_over", **signs(seat, ask(seat, "handover_preview")))
    engine = writing(site.data / "plant.db", "FULL")
    with pytest.raises(Exception, match=r"never|at the end only"), engine.begin() as c:
        c.execute(text(act))
    engine.dispose()


def test_bad_notes_are_refused_in_words(site):
    with site.sit("kim") as seat:
        refused(seat, "add_note", text=" \n ")
        assert "2000" in refused(seat, "add_note", text="x" * 2001)
        assert "L9" in refused(seat, "add_note", text="x", place="L9")
        refused(seat, "add_note", text="x", kind="gossip")
        assert ask(seat, "shift_log").total == 0


def test_notes_are_found_by_kind_place_words_and_time_page_by_page(site):
    with site.sit("kim") as seat:
        for n in range(7):
            kind, place = ("safety", "L1.S1") if n % 2 else ("note", "")
            ask(seat, "add_note", text=f"Number {n}", kind=kind, place=place)
            site.clock.s += 60
        now = site.clock.wall_ns()
        assert [n.text for n in ask(seat, "shift_log", kinds=["safety"]).rows] == ["Number 5", "Number 3", "Number 1"]
        assert ask(seat, "shift_log", places=["L1.S1"]).total == 3
        assert [n.text for n in ask(seat, "shift_log", text="NUMBER 4").rows] == ["Number 4"]
        assert ask(seat, "shift_log", text="100%").total == 0
        assert ask(seat, "shift_log", from_ns=now - 150 * 10**9).total == 2
        first = ask(seat, "shift_log", limit=4)
        assert (first.total, len(first.rows), first.next_before) == (7, 4, 4)
        rest = ask(seat, "shift_log", limit=4, before=first.next_before)
        assert [n.text for n in rest.rows] == ["Number 2", "Number 1", "Number 0"] and rest.next_before == 0


def test_cr_2_1_every_role_without_the_right_is_refused_at_the_engine(site):
    for role in (r for r in Role if r not in (Role.SUPERVISOR, Role.ADMINISTRATOR)):
        site.add(f"u.{role.value}", role=role.value)
    users = {r: (f"u.{r.value}", WORD) for r in Role} | {
        Role.SUPERVISOR: ("kim", WORD), Role.ADMINISTRATOR: (ADMIN, ADMIN_WORD),
    }  # fmt: skip
    for role, (user, word) in users.items():
        with site.sit(user, word) as seat:
            preview = ask(seat, "handover_preview")
            if Action.NOTE not in PERMISSIONS[role]:
                refused(seat, "add_note", text="x")
            if Action.SIGN_HANDOVER not in PERMISSIONS[role]:
                refused(seat, "hand_over", **signs(seat, preview, word))
                # nor may they take over
                with site.sit("kim") as kim:
                    mine = ask(kim, "handover_preview")
                    refused(kim, "hand_over", **signs(kim, mine, WORD, user, word))
    with site.sit() as nobody:
        refused(nobody, "add_note", text="x")
        refused(nobody, "hand_over", **signs(nobody, ask(nobody, "handover_preview")))
    with site.sit("kim") as seat:
        assert ask(seat, "handovers") == [] and ask(seat, "shift_log").total == 0
    told = [r["new"]["signer"] for r in site.trail("refused") if r["object"] == "sign"]
    assert set(told) == {u for r, (u, _) in users.items() if Action.SIGN_HANDOVER not in PERMISSIONS[r]}


def test_11_50_a_handover_is_signed_by_two_people_each_with_name_time_and_meaning(site):
    with site.sit("kim") as seat:
        ask(seat, "add_note", text="feeder 7 runs out soon", kind="maintenance", place="L1.S2")
        site.clock.s += 5
        preview = ask(seat, "handover_preview")
        assert preview.sha == digest(preview.record)
        done = ask(seat, "hand_over", **signs(seat, preview))
        assert done == ask(seat, "handover", number=1) and done.wrong == [] and done.sha == preview.sha
        assert done.record == preview.record
        out, into = done.signatures
        assert (out.user, out.meaning_key, into.user, into.meaning_key) == ("kim", "hand_over", "lee", "take_over")
        for block in (out, into):
            assert block.printed_name and block.local.endswith("+09:00") and block.at_ns == site.clock.wall_ns()
            assert block.meaning.en and block.meaning.ko
        (listed,) = ask(seat, "handovers")
        assert (listed.number, listed.sha, listed.shift.ko) == (1, preview.sha, "주간")
        assert [(r["action"], r["user"]) for r in site.trail("signature", "handover")] == [
            ("signature", "kim"), ("signature", "lee"), ("handover", "kim"),
        ]  # fmt: skip
        assert site.trail("handover")[0]["new"]["record_sha"] == preview.sha
        assert site.handed[0][0] == "people"
        assert seat.call("verify_audit").whole
        for word in (WORD, ADMIN_WORD):
            assert all(word not in json.dumps(r) for r in site.trail())


def test_11_200_wrong_passwords_the_same_person_and_strangers_sign_nothing(site):
    site.add("choi", role="operator")
    with site.sit(ADMIN, ADMIN_WORD) as admin:
        admin.call("add_user", user="temp", role="supervisor", password=WORD)
    with site.sit("kim") as seat:
        preview = ask(seat, "handover_preview")
        for given in (
            {"password": "wrong"}, {"incoming_password": "wrong"}, {"incoming": "nobody"}, {"incoming": " "},
            {"incoming": "kim"}, {"incoming": "KIM"}, {"incoming": "temp"}, {"incoming": ADMIN},
        ):  # fmt: skip
            refused(seat, "hand_over", **signs(seat, preview) | given)
        assert ask(seat, "handovers") == [] and site.trail("signature", "handover") == []
        assert ask(seat, "hand_over", **signs(seat, preview, incoming="choi")).number == 1
        assert "not at hand" in refused(seat, "hand_over", **signs(seat, preview))


def test_only_what_was_shown_here_and_is_still_true_can_be_signed(site):
    with site.sit("kim") as seat, site.sit("lee") as other:
        preview = ask(seat, "handover_preview")
        assert "another seat" in refused(other, "hand_over", **signs(other, preview, incoming="kim"))
        refused(seat, "hand_over", **signs(seat, preview) | {"sha": "0" * 64})
        ask(other, "add_note", text="one more thing")
        assert "note was written" in refused(seat, "hand_over", **signs(seat, preview))
        assert site.trail("signature") == []
        preview = ask(seat, "handover_preview")
        assert [n.text for n in preview.record.notes] == ["one more thing"]
        site.clock.s += 14 * 60
        seat.call("active")
        assert preview.until_ns > site.clock.wall_ns()
        site.clock.s += 2 * 60
        assert "15 min" in refused(seat, "hand_over", **signs(seat, preview))


def test_the_record_tells_what_stands_alarms_stops_counts_and_what_is_open(site):
    for n in range(1, 4):
        name = f"L1_S{n}"
        say(site, **{f"{name}_in_buffer": 2, f"{name}_state": 6, f"{name}_good": 100, f"{name}_reject": 0})
    say(site, L1_plan=800)
    wait(site, 20)
    say(site, L1_S2_state=9)
    say(site, L1_S3_good=110, L1_S1_reject=2)
    for n in (1, 3):
        say(site, **{f"L1_S{n}_state": 5})
    wait(site, 6 * MINUTE)
    site.run(lambda: site.alarms.raise_system("disk", True))
    site.run(lambda: site.alarms.tick())
    with site.sit("kim") as seat:
        record = ask(seat, "handover_preview").record
        again = canonical(record)
    line = record.lines[0]
    assert (line.line, line.plan, line.reject, line.good) == ("L1", 800, 2, 10)
    assert {s.station: s.state for s in line.stations}["L1.S2"] == "ABORTED"
    assert [s.name.en for s in record.stops if s.line == "L1"] == ["Line 1"]
    stop = next(s for s in record.stops if s.line == "L1")
    assert stop.end_ns is None and 355 <= stop.length_s <= 361 and stop.cause.en == "L1.S2" and stop.reason is None
    assert record.standing.total == 1 == record.unacknowledged and record.standing.rows[0].state == "B"
    assert (record.shelved.total, record.suppressed.total, record.out_of_service.total) == (0, 0, 0)
    assert [(c.number, c.tag, c.asked, c.by) for c in record.unsettled] == [(7, "L1.plan", 90.0, "Kim Jihye")]
    assert (record.mode, record.mode_by, record.holds) == ("CONTROL", "Kim Jihye", [])
    assert (record.shift.en, record.shift.ko) == ("Day", "주간")
    assert canonical(msgspec.convert(json.loads(again), type(record))) == again


def test_a_shelved_alarm_is_told_with_its_time_left(site):
    site.run(lambda: site.alarms.raise_system("disk", True))
    site.run(lambda: site.alarms.tick())
    with site.sit("kim") as seat:
        page = seat.call("alarms")
        named = [{"key": r.key, "activation": r.activation} for r in page.rows]
        (done,) = seat.call("shelve", alarms=named, mode="timed", reason="disk is being changed", minutes=30)
        assert done.done, done.why
        site.clock.s += 10 * 60
        record = ask(seat, "handover_preview").record
    (row,) = record.shelved.rows
    assert 1195 <= row.left_s <= 1200 and row.why == "disk is being changed" and row.by


def test_notes_between_two_handovers_are_in_the_second_one_even_when_it_is_late(site):
    with site.sit("kim") as seat:
        ask(seat, "add_note", text="morning")
        site.clock.s += 1
        ask(seat, "hand_over", **signs(seat, ask(seat, "handover_preview")))
        ask(seat, "add_note", text="after the handover")
        site.clock.s += 12 * 3600  # into the late shift
    with site.sit("lee") as seat:
        record = ask(seat, "handover_preview").record
        assert record.shift.en == "Late"
        assert [n.text for n in record.notes] == ["after the handover"]


def test_11_70_a_changed_record_or_signature_is_told_and_still_shown(site):
    with site.sit("kim") as seat:
        ask(seat, "hand_over", **signs(seat, ask(seat, "handover_preview")))
        site.clock.s += 60
        ask(seat, "hand_over", **signs(seat, ask(seat, "handover_preview")))
        engine = writing(site.data / "plant.db", "FULL")
        with engine.begin() as c:
            c.execute(text("DROP TRIGGER handover_no_update"))
            c.execute(text("UPDATE handover SET outgoing = 3 WHERE number = 1"))
            c.execute(text("UPDATE handover SET record = replace(record, 'CONTROL', 'MONITOR') WHERE number = 2"))
        engine.dispose()
        first, second = ask(seat, "handover", number=1), ask(seat, "handover", number=2)
        assert len(first.wrong) == 1 and "3" in first.wrong[0].en
        assert second.record.mode == "MONITOR" and len(second.wrong) == 3
        assert "9" in refused(seat, "handover", number=9)
