"""CR 1.5, CR 1.10, CR 2.5 at the window: signing in, locking, first administrator, temporary passwords, mode."""

import json
import time

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from hmi.desk.command_rows import ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import Mode
from hmi.model.permission import Role
from hmi.model.text import Lang
from tests.ui.peopledesk import PASSWORD, PeopleDesk, guarded_plant, person
from tests.ui.standin import nameless
from ui.shell import demopeople
from ui.theme.look import look
from ui.widgets.secret import caps_on


@pytest.fixture
def opened(tmp_path, qtbot, opens):
    return lambda **more: opens(PeopleDesk(tmp_path, qtbot, **more))


def press(qtbot, desk, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(desk.shell.focusWidget() or desk.shell, key, modifier)


def test_the_strip_says_who_sits_here_and_which_mode_it_is(opened):
    desk = opened()
    strip = desk.shell.strip
    assert strip.person.said == "Viewing, nobody signed in"
    assert strip.mode.said == "MONITOR" and not strip.mode.control and not strip.lock_button.isEnabled()
    desk.hear({"session": {"user": "kim", "printed_name": "Kim Minjun", "role": "supervisor", "language": "en"}})
    desk.who = desk.session.who
    assert strip.person.said == "Kim Minjun, Supervisor" and strip.lock_button.isEnabled()
    desk.mode = ModeRow("CONTROL", 1, "Kim Minjun")
    desk.hear({"mode": {"mode": "CONTROL", "since_ns": 1, "by": "Kim Minjun", "unsettled": []}})
    assert strip.mode.control and strip.mode.said == "CONTROL"


def test_with_the_engine_away_nobody_and_no_mode_is_claimed(opened):
    desk = opened(who=person(), mode=Mode.CONTROL)
    assert desk.session.may_act and desk.session.control
    desk.talk.connected = False
    desk.turn()
    assert desk.session.who is None and not desk.session.may_act and not desk.session.control
    assert desk.shell.strip.mode.said == "mode ?" and "engine silent" in desk.shell.strip.person.said


def test_signing_in_by_keyboard_alone(opened, qtbot):
    desk = opened()
    desk.shell.people.person_pressed()
    plate = desk.shell.people.sign_in_plate
    assert desk.shell.focusWidget() is plate.user.field
    qtbot.keyClicks(plate.user.field, "kim")
    press(qtbot, desk, Qt.Key.Key_Return)
    assert desk.shell.focusWidget() is plate.password.field
    qtbot.keyClicks(plate.password.field, PASSWORD)
    press(qtbot, desk, Qt.Key.Key_Return)
    assert not plate.password.typed, "the window keeps no password"
    desk.turn()
    assert desk.session.user == "kim" and not plate.isVisible()
    assert desk.asked("sign_in") == [{"user": "kim", "password": PASSWORD}]


def test_cr_1_10_dots_and_the_engines_one_answer(opened, qtbot):
    desk = opened()
    desk.shell.people.sign_in()
    plate = desk.shell.people.sign_in_plate
    assert plate.password.field.echoMode() is QLineEdit.EchoMode.Password
    for user in ("kim", "nobody-of-that-name"):
        plate.user.field.setText(user)
        qtbot.keyClicks(plate.password.field, "wrong")
        plate.go.click()
        assert not plate.go.isEnabled() and plate.said.text() == "Checking …"
        desk.turn()
        assert plate.said.text() == "User or password is wrong." and plate.go.isEnabled()
        assert not plate.password.typed


def test_keys_on_the_screen_type_into_both_fields(opened, dressed, qtbot):
    dressed.set_density(touch=True, dpi=96.0)
    desk = opened()
    desk.shell.people.sign_in()
    plate = desk.shell.people.sign_in_plate
    assert plate.keys.isVisible()
    small = [k.sign for line in plate.keys.keys for k in line if min(k.width(), k.height()) < 44]
    assert not small

    def tap(sign):
        key = next(k for line in plate.keys.keys for k in line if k.sign == sign)
        qtbot.mouseClick(key, Qt.MouseButton.LeftButton)

    for sign in ("k", "i", "m", "x", "back"):
        tap(sign)
    assert plate.user.text == "kim"
    plate.password.field.setFocus()
    for sign in ("shift", "A", "b", "signs", "!", "space", "signs", "1"):
        tap(sign)
    assert plate.password.field.text() == "Ab! 1"


@pytest.mark.parametrize(
    ("typed", "shift", "on"), [("a", False, False), ("A", False, True), ("A", True, False), ("a", True, True),
                               ("1", False, None), ("가", False, None), ("", False, None)],
)  # fmt: skip
def test_caps_lock_is_seen_from_what_is_typed(typed, shift, on):
    assert caps_on(typed, shift) is on


def test_caps_lock_is_said_beside_the_field(opened):
    desk = opened()
    desk.shell.people.sign_in()
    field = desk.shell.people.sign_in_plate.password
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(field.field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, none, "A"))
    assert field.caps
    QApplication.sendEvent(field.field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_CapsLock, none, ""))
    assert not field.caps


def test_cr_2_5_ctrl_l_locks_at_once_the_view_stays_and_the_password_unlocks(opened, qtbot):
    desk = opened(who=person())
    before = desk.shell.here
    press(qtbot, desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    desk.turn()
    assert desk.session.who.locked and not desk.session.may_act
    assert desk.shell.strip.person.said == "Kim Minjun, Supervisor · locked"
    assert desk.shell.here == before and not desk.shell.engine_watch.veil.isVisible()
    press(qtbot, desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    plate = desk.shell.people.sign_in_plate
    assert plate.isVisible() and not plate.user.isVisible() and "Kim Minjun" in plate.why.text()
    qtbot.keyClicks(plate.password.field, PASSWORD)
    press(qtbot, desk, Qt.Key.Key_Return)
    desk.turn()
    assert desk.session.may_act and not desk.asked("sign_in")


def test_cr_2_5_the_idle_lock_of_the_engine_is_shown(opened):
    desk = opened(who=person())
    desk.sit(locked=True)
    told = {"user": "kim", "printed_name": "Kim Minjun", "role": "supervisor", "locked": True, "language": "en"}
    desk.hear({"session": told})
    assert "locked" in desk.shell.strip.person.said


def test_work_at_the_window_is_reported_now_and_then(opened):
    desk = opened(who=person())
    for _ in range(5):
        desk.session.eventFilter(desk.shell, QEvent(QEvent.Type.KeyPress))
    assert len(desk.asked("active")) == 1
    desk.session.eventFilter(desk.shell, QEvent(QEvent.Type.Paint))
    desk.sit(locked=True)
    desk.hear({"session": {"user": "kim", "role": "supervisor", "locked": True, "language": "en"}})
    desk.session._active_s = float("-inf")
    desk.session.eventFilter(desk.shell, QEvent(QEvent.Type.MouseMove))
    assert len(desk.asked("active")) == 1, "behind a lock nobody is at work"


def test_cr_1_5_the_first_start_makes_the_administrator(opened, qtbot):
    desk = opened(who=WhoRow(empty=True))
    assert "no users yet" in desk.shell.strip.person.said
    desk.shell.people.welcome()
    plate = desk.shell.people.first_plate
    assert plate.isVisible() and "12 characters" in plate.rules.text()
    plate.go.click()
    assert "full name" in plate.said.text() and not desk.asked("first_user")
    plate.printed.field.setText("Han Yuna")
    plate.user.field.setText("yuna")
    plate.new.field.setText("a long sentence")
    plate.again.field.setText("another sentence")
    plate.go.click()
    assert plate.said.text() == "The two passwords differ." and not desk.asked("first_user")
    for field in (plate.new, plate.again):
        field.field.setText("short")
    plate.go.click()
    desk.turn()
    assert "at least 12" in plate.said.text()
    for field in (plate.new, plate.again):
        field.field.setText("a long sentence")
    plate.go.click()
    desk.turn()
    assert desk.session.user == "yuna" and not plate.isVisible() and not plate.new.typed
    assert desk.asked("first_user")[-1]["language"] == "en"


def test_pictures_are_not_covered_by_the_first_page(opened):
    desk = opened(who=WhoRow(empty=True))
    desk.shell.people.welcome(quiet=True)
    assert not desk.shell.people.first_plate.isVisible()


def test_cr_1_5_a_temporary_password_is_changed_before_anything_else(opened):
    desk = opened()
    desk.sign_in("kim", PASSWORD)
    desk.sit(must_change=True)
    desk.session.ask_again()
    desk.turn()
    plate = desk.shell.people.password_plate
    assert plate.isVisible() and "temporary" in plate.why.text() and not desk.session.may_act
    plate.old.field.setText(PASSWORD)
    for field in (plate.new, plate.again):
        field.field.setText("a long sentence")
    plate.go.click()
    desk.turn()
    assert desk.asked("change_password") == [{"old": PASSWORD, "new": "a long sentence"}]
    assert desk.session.may_act and not plate.isVisible() and not plate.old.typed


def test_control_is_a_signed_act_with_a_reason_and_never_enter(opened, qtbot):
    desk = opened(who=person())
    desk.shell.people.open_mode()
    plate = desk.shell.people.mode_plate
    plate.go.click()
    assert "why" in plate.said.text() and not desk.asked("set_mode")
    plate.reason.buttons["production"].click()
    plate.password.field.setText("wrong")
    plate.password.field.setFocus()
    press(qtbot, desk, Qt.Key.Key_Return)
    plate.go.setFocus()
    press(qtbot, desk, Qt.Key.Key_Return)
    assert not desk.asked("set_mode"), "Enter does nothing here"
    plate.go.click()
    desk.turn()
    assert plate.said.text() == "User or password is wrong." and not desk.session.control
    plate.password.field.setText(PASSWORD)
    qtbot.keyClick(plate.go, Qt.Key.Key_Space)
    desk.turn()
    assert desk.session.control and not plate.isVisible()
    assert desk.asked("set_mode")[-1] == {"mode": "CONTROL", "reason": "Running production", "password": PASSWORD}
    desk.shell.people.open_mode()
    assert plate.to is Mode.MONITOR and not plate.password.isVisible()
    plate.go.click()
    desk.turn()
    assert not desk.session.control


def test_who_may_not_change_the_mode_reads_why(opened):
    desk = opened(who=person(role=Role.OPERATOR))
    desk.shell.people.open_mode()
    plate = desk.shell.people.mode_plate
    assert "Operator may not" in plate.said.text() and plate.go.why is not None
    plate.go.click()
    assert not desk.asked("set_mode")
    assert not plate.sign_in.isVisible()


def test_one_plate_at_a_time_and_escape_returns_the_focus(opened, qtbot):
    desk = opened(who=person())
    desk.shell.strip.mode.setFocus()
    desk.shell.people.open_mode()
    desk.shell.people.account_plate.open()
    assert not desk.shell.people.mode_plate.isVisible()
    press(qtbot, desk, Qt.Key.Key_Escape)
    assert not desk.shell.people.account_plate.isVisible()


def test_tab_stays_within_a_plate_and_reaches_all_of_it(opened, qtbot):
    desk = opened(who=person())
    desk.shell.people.open_mode()
    plate = desk.shell.people.mode_plate
    seen = set()
    for _ in range(30):
        press(qtbot, desk, Qt.Key.Key_Tab)
        assert plate.isAncestorOf(desk.shell.focusWidget())
        seen.add(desk.shell.focusWidget())
    assert {plate.go, plate.cancel, plate.password.field, plate.close_button} <= seen


def test_the_station_speaks_the_language_of_whoever_sits_down_and_remembers_a_switch(opened):
    desk = opened()
    desk.who = person(language="ko")
    desk.hear({"session": json.loads(json.dumps({"user": "kim", "role": "supervisor", "language": "ko",
                                                 "since_ns": 5, "printed_name": "김민준"}))})  # fmt: skip
    assert look().lang is Lang.KO
    desk.shell.strip.language.emit()
    assert look().lang is Lang.EN and desk.asked("set_language") == [{"language": "en"}]


@pytest.fixture
def demo(tmp_path):
    def make(mode=0o600):
        people = {"users": [{"user": "park", "password": PASSWORD, "role": "supervisor", "printed_name": "Park"}],
                  "sign_in": "park"}  # fmt: skip
        file = tmp_path / demopeople.FILE
        file.write_text(json.dumps(people))
        file.chmod(mode)

    return make


def test_a_demo_signs_its_supervisor_in_and_shows_the_passwords_once(opened, demo):
    demo()
    from dataclasses import replace

    desk = opened(plant=replace(guarded_plant(), demo=True))
    desk.shell.people.welcome()
    desk.turn()
    assert desk.session.user == "park"
    plate = desk.shell.people._demo_plate
    assert plate.isVisible()
    assert [[c.text(r) for c in plate.table.rows_model.columns] for r in plate.table.rows_model.rows] == [
        ["park", "Supervisor", PASSWORD]
    ]
    plate.go.click()
    desk.session.sign_out()
    desk.turn()
    assert not desk.session.user and len(desk.asked("sign_in")) == 1, "who signs out stays out"


def test_a_real_plant_takes_no_passwords_from_a_file(opened, demo):
    demo()
    desk = opened()
    desk.shell.people.welcome()
    desk.turn()
    assert not desk.asked("sign_in")


def test_a_file_that_others_can_read_is_not_used(tmp_path, demo):
    demo(0o644)
    assert demopeople.read(tmp_path) is None
    demo(0o600)
    assert demopeople.read(tmp_path).first.user == "park"
    (tmp_path / demopeople.FILE).write_text("[]")
    assert demopeople.read(tmp_path) is None


@pytest.mark.parametrize("lang", list(Lang))
def test_every_plate_has_names_in_both_languages(opened, dressed, lang):
    desk = opened(who=person(since_ns=time.time_ns()))
    people = desk.shell.people
    dressed.set_lang(lang)
    for open_it in (people.open_mode, people.sign_in, people.first_plate.ask, people.password_plate.ask,
                    people.account_plate.open):  # fmt: skip
        open_it()
        assert not nameless(desk.shell)
