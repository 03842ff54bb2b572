"""The demo's people: who they are and the made-up passwords, from an owner-only file of its throw-away data folder."""

from __future__ import annotations

import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtWidgets import QWidget

from hmi.model.permission import Role
from hmi.model.words import say
from ui.theme.look import look
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog
from ui.widgets.label import Caption
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

log = logging.getLogger(__name__)

FILE = "demo-people.json"
LARGEST = 64_000


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of them."""

    user: str
    password: str
    role: Role
    printed_name: str = ""


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """All of them, and who signs in when the window opens."""

    users: list[DemoPerson]
    sign_in: str = ""

    @property
    def first(self) -> DemoPerson | None:
        """Who signs in by itself."""
        return next((p for p in self.users if p.user == self.sign_in), None)


def read(data: Path) -> DemoPeople | None:
    """The demo's people; None where there are none, or where others than the owner could have written or read them."""
    try:
        with (data / FILE).open("rb") as file:
            state = os.fstat(file.fileno())
            if os.name == "posix" and (state.st_mode & 0o077 or state.st_uid != os.getuid()):
                log.warning("%s is not used: it must belong to this user alone", FILE)
                return None
            if not stat.S_ISREG(state.st_mode):
                return None
            return msgspec.json.decode(file.read(LARGEST), type=DemoPeople)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError) as err:
        log.warning("%s cannot be used: %s", FILE, err)
        return None


class DemoPlate(Dialog):
    """Shows the made-up passwords once; closed, it does not come again in this session."""

    width_ = 600

    def __init__(self, over: QWidget, people: DemoPeople) -> None:
        super().__init__(over, say("demopeople.title"))
        self.body.addWidget(Caption(say("demopeople.why"), self, wrap=True))
        self.table = DataTable(
            [
                Column("user", say("signin.user"), _user, width=150, bold=True),
                Column("role", say("userscreen.role"), _role, width=150),
                Column("password", say("signin.password"), _password, width=0),
            ],
            _user,
            self,
            name=say("demopeople.title"),
        )
        self.table.set_rows(people.users)
        self.table.setFixedHeight(34 + self.table.row_px * max(1, len(people.users)))
        self.body.addWidget(self.table)
        first = people.first
        name = first.printed_name or first.user if first is not None else "–"
        self.body.addWidget(Caption(say("demopeople.signed_in", user=name), self, wrap=True))
        self.go = Button(say("demopeople.understood"), self)
        self.go.clicked.connect(self.shut)
        self.acts.addStretch(1)
        self.acts.addWidget(self.go)

    def first(self) -> QWidget:
        return self.go


def _user(person: DemoPerson) -> str:
    return person.user


def _role(person: DemoPerson) -> str:
    return look().say(f"role.{person.role.value}")


def _password(person: DemoPerson) -> str:
    return person.password
