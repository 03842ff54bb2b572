"""People: users with their roles, for the administrator; for everybody else a word about who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.people_rows import AuditPage, UserRow
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.screens.people import presenter
from ui.screens.people.plates import AddUser, ChangeUser
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Screen, Window
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.figures import day_time_text
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, KeyValue, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

ACTS = ("set_role", "set_areas", "reset_password", "disable_user", "enable_user")
WORDS = {
    "set_role": "userscreen.change_role", "set_areas": "userscreen.change_areas", "reset_password": "userscreen.reset",
    "disable_user": "userscreen.disable", "enable_user": "userscreen.enable",
}  # fmt: skip


class PeopleScreen(Screen):
    """Table at the left, the chosen user at the right."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self._session = session_of(self.desk)
        self._users: list[UserRow] = []
        self._last: dict[str, int] = {}
        self._heard = False
        self._build()
        self._asking = self.desk.keep_asking(self, "users", 3.0, self._take, self._refused, self._asks)
        self.desk.keep_asking(self, "audit", 10.0, self._signed_in, None, self._asks_last)
        self._session.who_changed.connect(self._allow)
        self._allow()

    def _build(self) -> None:
        self.list = Panel(say("userscreen.table"))
        self.add = Button(say("userscreen.add"), icon="plus")
        assert self.list.head is not None
        self.list.head.add(self.add)
        self.table = DataTable(
            [
                Column("user", say("signin.user"), _user, width=84, bold=True),
                Column("name", say("userscreen.name"), _name, width=0),
                Column("role", say("userscreen.role"), _role, width=118),
                Column("areas", say("userscreen.areas"), self._areas, width=104),
                Column("state", say("userscreen.state"), _state, width=0, tone=_tone),
                Column("last", say("userscreen.last"), self._last_of, width=156, sort=self._last_ns),
            ],
            _user,
            name=say("userscreen.table"),
            empty=say("userscreen.none"),
        )
        self.list.add(self.table, 1)
        self.detail = Panel(say("userscreen.title"))
        self.choose = EmptyState(say("userscreen.choose"), icon="people")
        self.facts = KeyValue(key_px=150, name=say("userscreen.title"))
        self.rights = Caption("", size=Size.SMALL, tone="second", wrap=True)
        grid = QGridLayout()
        grid.setSpacing(8)
        self.acts = {act: Button(say(WORDS[act])) for act in ACTS}
        for at, (act, button) in enumerate(self.acts.items()):
            button.setProperty("act", act)
            button.clicked.connect(self._pressed)
            grid.addWidget(button, at // 2, at % 2)
        for part in (self.choose, self.facts, self.rights):
            self.detail.add(part)
        self.detail.body.addLayout(grid)
        self.detail.body.addStretch(1)
        self.detail.setFixedWidth(420)
        self.closed = EmptyState(say("userscreen.none"), icon="lock", ground="ground")
        self._sheet = QWidget()
        row = QHBoxLayout(self._sheet)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.list, 1)
        row.addWidget(self.detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sheet, 1)
        column.addWidget(self.closed, 1)
        self.table.chosen.connect(self._show)
        self.add.clicked.connect(self._add)
        self._show(None)

    @cached_property
    def add_plate(self) -> AddUser:
        """The plate for a new user."""
        return AddUser(self.window(), self.desk, self._done)

    @cached_property
    def change_plate(self) -> ChangeUser:
        """The plate for a change."""
        return ChangeUser(self.window(), self.desk, self._done)

    def settled(self) -> bool:
        """Whether the first answer was heard."""
        return self._heard or self._why() is not None

    def help(self) -> Text | None:
        return say("userscreen.help")

    def _why(self) -> Text | None:
        return may_not(self._session.who, Action.MANAGE_PEOPLE)

    def _asks(self) -> dict[str, Any] | None:
        return None if self._why() is not None else {}

    def _asks_last(self) -> dict[str, Any] | None:
        return None if self._why() is not None else {"actions": ["sign_in"], "limit": 1000}

    def _allow(self, _who: object = None) -> None:
        """Rights changed. What the engine told an administrator is not left for the next person to see."""
        why = self._why()
        self._sheet.setVisible(why is None)
        self.closed.setVisible(why is not None)
        if why is not None:
            self._users = []
            self.table.set_rows([])
            self._show(None)
            self.closed.say(say("userscreen.not_allowed", why=why))
        else:
            self._asking.now()

    def _take(self, users: Sequence[UserRow]) -> None:
        self._heard = True
        if self._why() is not None:
            return  # the answer to somebody who has left in between
        self._sheet.setVisible(True)
        self.closed.setVisible(False)
        self._users = list(users)
        self.table.set_rows(self._users)
        self._show(next((u for u in users if self._is_chosen(u)), None))

    def _is_chosen(self, user: UserRow) -> bool:
        chosen = self.table.chosen_row
        return chosen is not None and chosen.user == user.user

    def _signed_in(self, page: AuditPage) -> None:
        self._last = presenter.last_sign_ins(page.rows)
        self.table.refresh()

    def _refused(self, why: Text) -> None:
        self._heard = True
        self.closed.say(why)
        self._sheet.setVisible(False)
        self.closed.setVisible(True)

    def _show(self, user: UserRow | None) -> None:
        some = user is not None
        self.choose.setVisible(not some)
        self.facts.setVisible(some)
        self.rights.setVisible(some)
        for button in self.acts.values():
            button.setVisible(some)
        if user is None:
            return
        self.facts.set_rows(presenter.facts(user, self.desk.plant, self._last, look().zone))
        self.rights.set_text(presenter.rights_words(user.role))
        self.acts["disable_user"].setVisible(user.enabled)
        self.acts["enable_user"].setVisible(not user.enabled)

    def _add(self) -> None:
        self.add_plate.ask()

    def _pressed(self) -> None:
        user = self.table.chosen_row
        if user is not None:
            self.change_plate.ask(str(self.sender().property("act")), user)

    def _done(self, act: str, user: UserRow) -> None:
        if act == "add_user":
            told = say("userscreen.added", user=user.user, role=presenter.role_words(user.role))
        else:
            told = presenter.done_words(act, user, self.desk.plant)
        self.window_.tell(told)
        self._asking.now()

    def retell(self) -> None:
        self._allow()
        self._show(self.table.chosen_row)

    def _areas(self, user: UserRow) -> str:
        return look().text(presenter.areas_words(user.areas, self.desk.plant))

    def _last_ns(self, user: UserRow) -> int:
        return self._last.get(user.user, 0)

    def _last_of(self, user: UserRow) -> str:
        return day_time_text(self._last_ns(user), look().zone)[:16]


def _user(user: UserRow) -> str:
    return user.user


def _name(user: UserRow) -> str:
    return user.printed_name


def _role(user: UserRow) -> str:
    return look().text(presenter.role_words(user.role))


def _state(user: UserRow) -> str:
    return look().text(presenter.state_words(user))


def _tone(user: UserRow) -> str:
    return "text" if user.enabled and not user.locked_out else "second"


register(ScreenSpec("people", "people", "userscreen.title", PeopleScreen, order=92))
