"""The window on a real engine and the demo plant: signed in, to CONTROL, a command verified, one left unknown."""

import os
import signal
import time

import pytest
from PySide6.QtWidgets import QApplication

from hmi.commands.demo import demo_station
from hmi.desk.client import DeskClient
from hmi.model.command import CommandOutcome, Mode
from hmi.model.text import Text
from ui.app import open_shell
from ui.bridge.desk import Desk
from ui.command.dialog import Stage
from ui.shell import demopeople
from ui.shell.layoutfile import Layout

SPEED, GATE = "L1.S3.SpeedSetpoint", "L1.S3.HoldGate"


class Floor:
    """A person before a window of the demo."""

    def __init__(self, station):
        self.station = station
        self.desk = Desk(station.data, DeskClient)
        self.shell = open_shell(self.desk, Layout(maximised=False, geometry=[0, 0, 1600, 900]))
        self.shell.resize(1600, 900)
        self.shell.show()
        self.shell.people.welcome(quiet=True)
        self.desk.start(self.shell)
        self.session = self.shell.people.session
        people = demopeople.read(station.data)
        self.passwords = {p.user: p.password for p in people.users}

    def until(self, condition, what, seconds=20.0):
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
            QApplication.processEvents()
            time.sleep(0.005)

    @property
    def dialog(self):
        return self.shell.commands.dialog

    def to_control(self):
        self.shell.people.open_mode()
        plate = self.shell.people.mode_plate
        plate.reason.buttons["test"].click()
        plate.password.field.setText(self.passwords["park"])
        plate.go.click()
        self.until(lambda: self.session.control, "CONTROL")

    def begin(self, tag, value):
        self.until(lambda: self.desk.reading(tag).value is not None, f"a reading of {tag}")
        self.shell.command(tag)
        self.dialog.entry.entry.enter(value)
        self.dialog.entry.reason.choose("trial")
        self.until(lambda: self.dialog.next.why is None, "the way to the review")
        self.dialog.next.click()
        assert self.dialog.stage is Stage.REVIEW
        self.until(lambda: self.dialog._preview is not None, "the preview")

    def outcome(self):
        return None if self.dialog.row is None else self.dialog.row.outcome


@pytest.fixture(scope="module")
def station():
    with demo_station(own_engine=True, past_s=0) as made:
        yield made


@pytest.fixture
def floor(station, qtbot):
    made = Floor(station)
    qtbot.addWidget(made.shell)
    made.until(lambda: made.session.user == "park" and made.session.mode is not None, "the supervisor at the window")
    yield made
    made.desk.stop()


def test_from_monitor_to_a_verified_set_point(floor):
    if not floor.session.control:
        floor.shell.command(SPEED)
        assert "MONITOR" in floor.dialog.next.why.en
        floor.to_control()
    now = floor.desk.reading(SPEED).value
    floor.begin(SPEED, now - 2)
    floor.dialog.confirm.click()
    floor.until(lambda: floor.outcome() is CommandOutcome.VERIFIED, "the read-back")
    assert all(step.reached for step in floor.dialog.progress.steps.shown)
    assert "Verified at" in floor.shell.footer._last.en
    floor.until(lambda: floor.desk.reading(SPEED).value == now - 2, "the value on the live table")


def test_a_gate_is_signed_with_the_right_password_only(floor):
    if not floor.session.control:
        floor.to_control()
    floor.begin(GATE, not floor.desk.reading(GATE).value)
    floor.dialog.review.password.field.setText("not the password")
    floor.dialog.confirm.click()
    floor.until(lambda: "wrong" in floor.dialog.review.said.text(), "the refusal")
    assert floor.dialog.stage is Stage.REVIEW
    floor.dialog.review.password.field.setText(floor.passwords["park"])
    floor.dialog.confirm.click()
    floor.until(lambda: floor.outcome() is CommandOutcome.VERIFIED, "the signed command")


def test_a_frozen_plant_leaves_unknown_on_every_screen_until_it_is_settled(floor):
    if not floor.session.control:
        floor.to_control()
    floor.begin(SPEED, floor.desk.reading(SPEED).value + 1)
    os.kill(floor.station.process.pid, signal.SIGSTOP)
    try:
        floor.dialog.confirm.click()
        floor.until(lambda: floor.outcome() is CommandOutcome.UNKNOWN, "UNKNOWN")
        assert floor.dialog.progress.outcome.text() == "OUTCOME UNKNOWN"
        floor.until(lambda: floor.shell.commands.bar.isVisible(), "the bar below the strip")
    finally:
        os.kill(floor.station.process.pid, signal.SIGCONT)
    floor.until(lambda: not floor.shell.commands.bar.isVisible(), "the read-back that settles it", 40.0)
    floor.until(lambda: "UNKNOWN" not in floor.dialog.progress.outcome.text(), "its word in the dialog")


def test_the_engine_refuses_what_the_window_would_not_offer(floor):
    said: list[Text] = []
    rows = []
    floor.session.lock()
    floor.until(lambda: floor.session.who.locked, "the lock")
    floor.desk.ask("set_mode", rows.append, said.append, mode=Mode.CONTROL.value, reason="x", password="x")
    floor.desk.ask("command", rows.append, said.append, key="k" * 32, tag=SPEED, value=90.0, reason="x")
    floor.desk.ask("users", rows.append, said.append)
    floor.until(lambda: len(said) + len(rows) == 3, "the answers")
    assert all(row.outcome is CommandOutcome.REFUSED for row in rows), "a command is refused on record"
    assert any("locked" in text.en for text in said)
