"""A window whose engine is a dictionary that knows people, mode and commands: for the tests of people and acting."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from hmi.desk.command_rows import CommandPreview, CommandRow, ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import CommandOutcome, Mode
from hmi.model.guard import Compare, Guard, Permissive
from hmi.model.permission import PERMISSIONS, Role
from hmi.model.plant import Span
from hmi.model.text import Text
from hmi.model.words import say
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn
from ui.bridge.desk import Desk
from ui.shell.layoutfile import Layout
from ui.shell.window import Shell

S = 1_000_000_000
TAG = "L1.S3.Zone3Setpoint"
MODE_TAG = "L1.S3.Mode"
PASSWORD = "correct horse battery"


def person(user="kim", role=Role.SUPERVISOR, name="Kim Minjun", **more) -> WhoRow:
    """Somebody who sits here."""
    rights = sorted(a.value for a in PERMISSIONS[role])
    told = {"areas": ["*"], "language": "en", "since_ns": time.time_ns(), "idle_s": 600.0, **more}
    return WhoRow(user, name, role, actions=rights, **told)


def guarded_plant(**more):
    """The tests' plant with a guard on one set-point."""
    allowed = Permissive(MODE_TAG, Compare.EQ, 1, Text("the oven is in production", "오븐이 생산 모드"))
    guard = Guard(TAG, Span(205, 230), 5.0, permissives=(allowed,), **more)
    return replace(make_plant(1, 4), guards=(guard,))


def row(key, outcome=CommandOutcome.VERIFIED, **more) -> CommandRow:
    """A command of now."""
    now = time.time_ns()
    told = {"number": 1, "key": key, "tag": TAG, "old": 216.0, "asked": 214.0, "read_back": 214.0, "outcome": outcome,
            "why": None, "status": 0, "status_name": "Good", "user": "kim", "printed_name": "Kim Minjun",
            "reason": "Quality",
            "intent_ns": now - 3 * S, "sent_ns": now - 2 * S, "taken_ns": now - S, "done_ns": now}  # fmt: skip
    told.update(more)
    names = {f.name for f in dataclasses.fields(CommandRow)}
    return CommandRow(**{k: v for k, v in told.items() if k in names})


class PeopleDesk:
    """``who`` and ``mode`` are the engine's truth; ``shell`` is the window on it."""

    def __init__(self, folder, qtbot, plant=None, who=None, mode=Mode.MONITOR):
        self.plant = plant or guarded_plant()
        self.side = Plantside(folder, self.plant)
        self.who, self.mode = who or WhoRow(), ModeRow(mode.value, 0, "")
        self.signatures, self.refusal = 0, None
        self.side.say(TAG, 216.0)
        self.side.say(MODE_TAG, 1)
        self.talk = StandIn({
            "who": lambda: self.who, "mode": lambda: self.mode, "sign_in": self.sign_in, "unlock": self.unlock,
            "sign_out": self.sign_out, "lock": self.lock, "first_user": self.first_user, "active": lambda: None,
            "change_password": self.change_password, "set_mode": self.set_mode, "preview": self.preview,
            "sign": lambda password, **_: 7 if password == PASSWORD else say("people.wrong"),
            "sign_second": self.sign_second, "command": lambda **_: self.answer(), "commands": lambda **_: [],
            "set_language": lambda language: self.sit(language=language), "changes": lambda **_: [],
            "controllers": list,
        })  # fmt: skip
        self.outcome = CommandOutcome.VERIFIED
        self.more = {}
        self.desk = Desk(folder, self.talk)
        self.shell = Shell(self.desk)
        qtbot.addWidget(self.shell)
        self.shell.recall(Layout(geometry=[0, 0, 1600, 900]))
        self.shell.resize(1600, 900)
        self.shell.show()
        self.turn()

    @property
    def session(self):
        return self.shell.people.session

    def turn(self, times=3):
        """Let some frames pass; questions that are asked by time are due again."""
        for asking in self.desk._askings:
            asking.now()
        for _ in range(times):
            self.side.beat()
            self.desk._quarter_s = float("-inf")
            self.desk.tick()
            QApplication.processEvents()

    def asked(self, name):
        """What was asked under a name."""
        return [more for asked, more in self.talk.asked if asked == name]

    def hear(self, event):
        """The engine tells something unasked."""
        self.desk.told.emit(event)
        self.turn(1)

    def sit(self, **more):
        self.who = replace(self.who, **more)
        return self.who

    def sign_in(self, user, password):
        if password != PASSWORD:
            return say("people.wrong")
        self.who = person(user)
        return self.who

    def unlock(self, password):
        return self.sit(locked=False) if password == PASSWORD else say("people.wrong")

    def sign_out(self):
        self.who = WhoRow()
        return self.who

    def lock(self):
        return self.sit(locked=True)

    def first_user(self, user, password, printed_name, language):
        if len(password) < 12:
            return say("people.password_short", least=12)
        self.who = person(user, Role.ADMINISTRATOR, printed_name, language=language)
        return self.who

    def change_password(self, old, new):
        return self.sit(must_change=False) if old == PASSWORD else say("people.wrong")

    def set_mode(self, mode, reason, password):
        if mode == "CONTROL" and password != PASSWORD:
            return say("people.wrong")
        self.mode = ModeRow(mode, time.time_ns(), self.who.printed_name)
        return self.mode

    def sign_second(self, user, password, **_):
        if user == self.who.user:
            return say("people.same_person")
        return 8 if password == PASSWORD else say("people.wrong")

    def preview(self, tag, value):
        found = self.plant.tag[tag]
        high = isinstance(value, float | int) and not isinstance(value, bool) and value > 230
        why = say("gateway.out_of_range", value=f"{value:g}", low="205", high="230", unit="°C") if high else None
        why = self.refusal or why
        return CommandPreview(tag, 216.0, 205.0, 230.0, 5.0, found.unit, found.access.value,
                              None if why is None else "range", why, self.signatures, tag, 3.0)  # fmt: skip

    def answer(self):
        key = self.asked("command")[-1]["key"]
        return self.refusal or row(key, self.outcome, **self.more)
