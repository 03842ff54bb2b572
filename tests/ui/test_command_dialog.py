"""The command dialog on a window: two stages, nothing by Enter, what was seen, signatures, what becomes of it."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor

from hmi.desk.command_rows import ModeRow
from hmi.model import quality as q
from hmi.model.command import CommandOutcome, Mode
from hmi.model.permission import Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from tests.ui.peopledesk import MODE_TAG, PASSWORD, TAG, PeopleDesk, person, row
from tests.ui.standin import nameless
from ui.command.dialog import Stage
from ui.screens.faceplate.screen import StationFaceplate
from ui.shell import registry


@pytest.fixture
def opened(tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(registry, "_faceplate", [StationFaceplate])
    made = []

    def open_desk(**more):
        found = PeopleDesk(tmp_path, qtbot, **{"who": person(), "mode": Mode.CONTROL, **more})
        made.append(found)
        found.shell.command(TAG)
        found.turn()
        return found, found.shell.commands.dialog

    yield open_desk
    for found in made:
        found.desk.stop()


def enter(desk, dialog, value="214", reason="quality"):
    dialog.entry.entry.field.setText(value)
    if reason:
        dialog.entry.reason.choose(reason)
    desk.turn()


def review(desk, dialog, value="214"):
    enter(desk, dialog, value)
    dialog.next.click()
    desk.turn()
    assert dialog.stage is Stage.REVIEW


def send(desk, dialog):
    review(desk, dialog)
    dialog.confirm.click()
    desk.turn()


def test_it_shows_the_present_value_limits_and_conditions(opened):
    _, dialog = opened()
    assert dialog.title.text() == "Zone3Setpoint of L1.S3" and TAG in dialog.under.text()
    assert dialog.entry.now.seen.figure == "216.00"
    assert "205.00 to 230.00 °C" in dialog.entry.limits.text()
    assert [c.holds for c in dialog.entry.checks.shown] == [True] * 4
    assert "L1.S3" in dialog.under.text()


def test_from_entry_to_verified(opened):
    desk, dialog = opened()
    review(desk, dialog)
    shown = dialog.review.change.accessibleDescription()
    assert shown == "216.00 → 214.00 °C" and not desk.asked("command")
    dialog.confirm.click()
    desk.turn()
    (sent,) = desk.asked("command")
    assert sent["value"] == 214.0 and sent["reason"] == "Quality" and sent["tag"] == TAG
    assert sent["seen"] == [{"tag": TAG, "value": 216.0, "tolerance": 0.005}]
    assert dialog.stage is Stage.SENT and "Verified at" in dialog.progress.outcome.text()
    assert all(s.reached for s in dialog.progress.steps.shown)
    assert "216.00 → 214.00 °C: Verified at" in desk.shell.footer._last.en


def test_enter_leads_to_the_review_and_never_further(opened, qtbot):
    desk, dialog = opened()
    enter(desk, dialog)
    qtbot.keyClick(dialog.entry.entry.field, Qt.Key.Key_Return)
    assert dialog.stage is Stage.REVIEW
    assert desk.shell.focusWidget() is not dialog.confirm, "the button that acts never has the focus by itself"
    for _ in range(3):
        qtbot.keyClick(desk.shell.focusWidget(), Qt.Key.Key_Return)
    dialog.confirm.setFocus()
    qtbot.keyClick(dialog.confirm, Qt.Key.Key_Return)
    desk.turn()
    assert not desk.asked("command")


def test_confirm_by_keyboard_is_space_on_the_button(opened, qtbot):
    desk, dialog = opened()
    review(desk, dialog)
    dialog.confirm.setFocus()
    qtbot.keyClick(dialog.confirm, Qt.Key.Key_Space)
    assert len(desk.asked("command")) == 1


def test_confirm_never_comes_up_under_the_pointer(opened):
    desk, dialog = opened()
    review(desk, dialog)
    usual = dialog.confirm.mapToGlobal(dialog.confirm.rect().center())
    where_next_was = dialog.cancel.mapToGlobal(QPoint(dialog.cancel.width(), 0))
    assert abs(usual.x() - where_next_was.x()) > dialog.confirm.width(), "not where the button before was"
    dialog.back.click()
    QCursor.setPos(usual)
    review(desk, dialog)
    rect = dialog.confirm.rect().translated(dialog.confirm.mapToGlobal(QPoint(0, 0)))
    assert not rect.contains(QCursor.pos())
    QCursor.setPos(QPoint(0, 0))


def test_a_double_click_is_one_command(opened, qtbot):
    desk, dialog = opened()
    review(desk, dialog)
    qtbot.mouseDClick(dialog.confirm, Qt.MouseButton.LeftButton)
    dialog._confirm()
    dialog._confirm()
    keys = {more["key"] for more in desk.asked("command")}
    assert len(keys) == 1, "the same key again is the same command for the engine"


def test_each_command_has_its_own_key(opened):
    desk, dialog = opened()
    send(desk, dialog)
    dialog.again.click()
    desk.turn()
    assert dialog.stage is Stage.ENTER and dialog.entry.entry.value is None and not dialog.entry.reason.why
    send(desk, dialog)
    first, second = desk.asked("command")
    assert first["key"] != second["key"]


@pytest.mark.parametrize(
    ("value", "reason", "word"),
    [("", "quality", "new value"), ("abc", "quality", "no number"), ("999", "quality", "outside the allowed range"),
     ("214", "", "Say why")],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_said_and_leads_nowhere(opened, value, reason, word):
    desk, dialog = opened()
    enter(desk, dialog, value, reason)
    dialog.next.click()
    assert word in dialog.next.why.en and dialog.stage is Stage.ENTER
    assert word in dialog.entry.said.text()


@pytest.mark.parametrize(
    ("more", "word"),
    [({"who": person(user="")}, "Nobody is signed in"), ({"mode": Mode.MONITOR}, "MONITOR"),
     ({"who": person(role=Role.VIEWER)}, "Viewer may not"), ({"who": person(locked=True)}, "locked")],
)  # fmt: skip
def test_who_may_not_reads_why_before_anything_is_asked(opened, more, word):
    desk, dialog = opened(**more)
    enter(desk, dialog)
    assert word in dialog.next.why.en
    dialog._to_review()
    assert dialog.stage is Stage.ENTER and not desk.asked("command")


def test_an_interlock_is_listed_and_the_engines_word_forbids(opened):
    desk, dialog = opened()
    desk.side.say(MODE_TAG, 3)
    desk.refusal = say("gateway.interlocked", name=Text.same("production"), tag=MODE_TAG, now="3")
    enter(desk, dialog)
    assert [c.holds for c in dialog.entry.checks.shown][-1] is False
    assert "Interlock" in dialog.next.why.en


def test_a_value_that_moves_while_one_reviews_must_be_looked_at_again(opened):
    desk, dialog = opened()
    review(desk, dialog)
    assert dialog.confirm.why is None
    desk.side.say(TAG, 219.0)
    desk.turn()
    assert "219.00" in dialog.review.moved.text() and "has changed" in dialog.confirm.why.en
    dialog.confirm.click()
    assert not desk.asked("command")
    desk.side.say(TAG, 216.0, q.BAD_NO_COMMUNICATION)
    desk.turn()
    assert dialog.confirm.why is not None


def test_a_signed_command_takes_the_password_on_what_was_shown(opened):
    desk, dialog = opened()
    desk.signatures = 1
    review(desk, dialog)
    assert "password" in dialog.confirm.why.en and "Kim Minjun" in dialog.review.meaning.text()
    dialog.review.password.field.setText("wrong")
    dialog.confirm.click()
    desk.turn()
    assert dialog.review.said.text() == "User or password is wrong." and not desk.asked("command")
    dialog.review.password.field.setText(PASSWORD)
    dialog.confirm.click()
    desk.turn()
    signed, sent = desk.asked("sign")[-1], desk.asked("command")[-1]
    assert sent["signature"] == "7" and sent["second_signature"] is None
    assert signed["record"]["key"] == sent["key"] and signed["record"]["value"] == sent["value"] == 214.0
    assert signed["shown"]["now"] == 216.0 and signed["shown"]["new"] == 214.0
    assert not dialog.review.password.typed


def test_two_persons_sign_the_same_frozen_preview(opened):
    desk, dialog = opened()
    desk.signatures = 2
    review(desk, dialog)
    assert "Two different persons" in dialog.review.said.text()
    dialog.review.password.field.setText(PASSWORD)
    dialog.confirm.click()
    desk.turn()
    assert dialog.stage is Stage.SECOND and not desk.asked("command")
    assert "Kim Minjun has signed" in dialog.review.first_signed.text()
    dialog.review.user.field.setText("kim")
    dialog.review.password.field.setText(PASSWORD)
    dialog.confirm.click()
    desk.turn()
    assert "another person" in dialog.review.said.text() and not desk.asked("command")
    dialog.review.user.field.setText("lee")
    dialog.review.password.field.setText(PASSWORD)
    dialog.confirm.click()
    desk.turn()
    first, second, sent = desk.asked("sign")[-1], desk.asked("sign_second")[-1], desk.asked("command")[-1]
    assert (first["record"], first["shown"]) == (second["record"], second["shown"]) and second["first"] == 7
    assert (sent["signature"], sent["second_signature"]) == ("7", "8")


def test_the_steps_come_while_the_command_is_under_way(opened):
    desk, dialog = opened()
    desk.talk.answers["command"] = lambda **_: None
    review(desk, dialog)
    dialog.confirm.click()
    key = desk.asked("command")[-1]["key"]
    step = row(key, CommandOutcome.PENDING, taken_ns=0, done_ns=0)
    dialog._session.commanded.emit(step)
    assert [s.reached for s in dialog.progress.steps.shown] == [True, True, False, False]
    dialog._session.commanded.emit(row("somebody else's", CommandOutcome.REJECTED))
    assert dialog.progress.outcome.text() == "Under way …" and not dialog.again.isVisible()
    dialog._session.commanded.emit(row(key))
    assert "Verified" in dialog.progress.outcome.text() and dialog.again.isVisible()


def test_unknown_is_said_plainly_with_what_happens_next(opened):
    desk, dialog = opened()
    desk.outcome = CommandOutcome.UNKNOWN
    send(desk, dialog)
    assert dialog.progress.outcome.text() == "OUTCOME UNKNOWN"
    assert "read back" in dialog.progress.next.text() and not dialog.again.isVisible()
    key = desk.asked("command")[-1]["key"]
    done = say("gateway.settled_not_done", value="216.0")
    dialog._session.commanded.emit(row(key, CommandOutcome.UNKNOWN, notes=[done]))
    assert dialog.progress.outcome.text() == "Settled: it was not done"
    assert "216.0" in dialog.progress.next.text() and dialog.again.isVisible()


def test_an_engine_that_goes_away_in_between_leaves_unknown_and_no_retry(opened):
    desk, dialog = opened()
    review(desk, dialog)
    desk.refusal = say("desk.no_engine")
    dialog.confirm.click()
    desk.talk.connected = False
    desk.turn()
    assert "engine went away" in dialog.progress.outcome.text() and not dialog.again.isVisible()
    key = desk.asked("command")[-1]["key"]
    desk.talk.connected, desk.refusal = True, None
    found = row(key, notes=[say("gateway.settled_done", value="214.0")])
    desk.talk.answers["commands"] = lambda **_: [found]
    desk.turn(5)
    assert "Verified" in dialog.progress.outcome.text(), "the record tells what became of it"
    assert len(desk.asked("command")) == 1


def test_a_fault_in_the_engine_is_not_taken_for_a_refusal(opened):
    desk, dialog = opened()
    review(desk, dialog)
    desk.refusal = say("desk.failed", ask="command")
    dialog.confirm.click()
    desk.turn()
    assert "UNKNOWN" in dialog.progress.outcome.text() and not dialog.again.isVisible()


def test_a_refusal_of_the_engine_says_why_and_that_nothing_was_sent(opened):
    desk, dialog = opened()
    review(desk, dialog)
    desk.refusal = say("people.nobody")
    dialog.confirm.click()
    desk.turn()
    assert "Refused, nothing was sent: Nobody is signed in" in dialog.progress.outcome.text()
    assert dialog.again.isVisible()


def test_what_is_unsettled_stands_on_every_screen(opened):
    desk, _ = opened()
    bar = desk.shell.commands.bar
    assert not bar.isVisible()
    waiting = row("k", CommandOutcome.UNKNOWN)
    desk.mode = ModeRow("CONTROL", 1, "Kim", [waiting])
    desk.session.ask_again()
    desk.turn()
    assert bar.isVisible() and "OUTCOME UNKNOWN" in bar.accessibleDescription() and TAG in bar.accessibleDescription()
    desk.mode = ModeRow("CONTROL", 1, "Kim")
    desk.session.ask_again()
    desk.turn()
    assert not bar.isVisible()


def test_a_switch_has_two_large_buttons_and_words_have_theirs(opened):
    desk, dialog = opened()
    from dataclasses import replace

    from hmi.model.plant import TagType

    tag = desk.plant.tag[TAG]
    desk.side.say(TAG, True)
    dialog.ask(replace(tag, type=TagType.BOOLEAN, range=None))
    shown = [b for b in dialog.entry.entry.buttons if b.isVisible()]
    assert len(shown) == 2 and all(b.height() >= 72 for b in shown) and not dialog.entry.entry.field.isVisible()
    shown[0].click()
    assert dialog.entry.entry.value is False
    words = {"0": Text.same("own"), "1": Text.same("L2"), "2": Text.same("L3")}
    dialog.ask(replace(tag, type=TagType.INT32, words=words, range=None))
    shown = [b for b in dialog.entry.entry.buttons if b.isVisible()]
    shown[2].click()
    assert len(shown) == 3 and dialog.entry.entry.value == 2


def test_steps_and_keys_on_the_screen_enter_figures(opened, dressed):
    dressed.set_density(touch=True, dpi=96.0)
    desk, dialog = opened()
    assert dialog.entry.keys.isVisible()
    dialog.entry.entry.steps[2].click()
    assert dialog.entry.entry.value == pytest.approx(216.1, abs=0.1) and dialog.entry.entry.value > 216
    dialog.entry.entry.field.clear()
    for sign in ["2", "1", "4", ".", "5"]:
        dialog.entry.keys.press(sign)
    assert dialog.entry.entry.value == 214.5
    assert desk.shell.rect().contains(dialog.geometry())


def test_the_faceplate_leads_to_the_dialog_and_says_why_not(opened, qtbot):
    desk, dialog = opened()
    dialog.shut()
    desk.shell.open_faceplate("L1.S3")
    desk.turn()
    face = desk.shell.dock.faceplate
    rows = face._now.controls.rows
    assert [r.tag.id for r in rows] == ["L1.S3.SpeedSetpoint", TAG]
    assert all(r.go.why is None for r in rows)
    rows[1].go.click()
    assert dialog.isVisible() and dialog.tag.id == TAG
    dialog.shut()
    desk.mode = ModeRow("MONITOR", 0, "")
    desk.session.ask_again()
    desk.turn()
    assert all("MONITOR" in r.go.why.en for r in rows) and "MONITOR" in face._now.controls._said.text()
    rows[1].go.setFocus(Qt.FocusReason.TabFocusReason)
    assert rows[1].go.hasFocus(), "a forbidden control can be asked why"
    rows[1].go.click()
    assert not dialog.isVisible()


def test_the_tag_table_leads_to_the_dialog(opened):
    desk, dialog = opened()
    dialog.shut()
    desk.shell.open_faceplate("L1.S3")
    face = desk.shell.dock.faceplate
    face.show_page("tags")
    table = face._tags.table
    table.setCurrentIndex(table.rows_model.index(table.rows_model.row_of("L1.S3.Power"), 0))
    assert not face._tags.change.isVisible()
    table.setCurrentIndex(table.rows_model.index(table.rows_model.row_of(TAG), 0))
    assert face._tags.change.isVisible()
    face._tags.change.click()
    assert dialog.isVisible() and dialog.tag.id == TAG


def test_the_record_of_a_stations_commands(opened):
    desk, dialog = opened()
    dialog.shut()
    other = row("other", tag="L1.S1.SpeedSetpoint")
    desk.talk.answers["commands"] = lambda **_: [row("a"), other, row("b", CommandOutcome.REJECTED,
                                                                     why=Text.same("BadOutOfRange"))]  # fmt: skip
    desk.shell.open_faceplate("L1.S3")
    face = desk.shell.dock.faceplate
    face.show_page("commands")
    desk.turn()
    table = face._record.table
    assert [r.key for r in table.rows_model.rows] == ["a", "b"]
    table.setCurrentIndex(table.rows_model.index(1, 0))
    assert "BadOutOfRange" in face._record.detail.text() and "Kim Minjun: Quality" in face._record.detail.text()


@pytest.mark.parametrize("lang", list(Lang))
def test_every_page_has_names_in_both_languages_and_fits_a_low_window(opened, dressed, lang):
    dressed.set_lang(lang)
    desk, dialog = opened(who=person(language=lang.value))
    desk.shell.resize(1280, 720)
    desk.shell.open_faceplate("L1.S3")
    desk.signatures = 1
    for step in (lambda: None, lambda: review(desk, dialog), lambda: (
        dialog.review.password.field.setText(PASSWORD), dialog.confirm.click())):  # fmt: skip
        step()
        desk.turn()
        assert not nameless(dialog)
        assert desk.shell.rect().contains(dialog.geometry())
        assert dialog.geometry().right() < desk.shell.side.x(), "what it is about stays in sight"
    assert dialog.stage is Stage.SENT
