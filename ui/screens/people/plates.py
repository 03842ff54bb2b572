"""The plates of the people screen: a new user, and one change of an existing one. Each change asks why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from hmi.desk.people_rows import UserRow
from hmi.model.permission import EVERYWHERE, Role
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.screens.people import presenter
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog, Remark
from ui.widgets.label import Caption
from ui.widgets.reasonfield import ReasonField
from ui.widgets.secret import NamedField, SecretField

WHY = {
    "set_role": ("moved", "asked"), "set_areas": ("moved", "asked"), "disable_user": ("left", "absent", "moved"),
    "enable_user": ("asked", "moved"), "reset_password": ("lost", "asked"),
}  # fmt: skip
TITLES = {
    "set_role": "userscreen.change_role", "set_areas": "userscreen.change_areas",
    "disable_user": "userscreen.disable", "enable_user": "userscreen.enable", "reset_password": "userscreen.reset",
}  # fmt: skip


class Pick(QWidget):
    """Buttons of which one is chosen, or several."""

    changed = Signal()

    def __init__(self, title: Text, parent: QWidget | None = None, *, several: bool = False, across: int = 3) -> None:
        super().__init__(parent)
        self.several, self._across = several, across
        self.chosen: list[str] = []
        self.buttons: dict[str, Button] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._grid.addWidget(Caption(title, self, size=Size.SMALL, tone="second"), 0, 0, 1, across)

    def offer(self, options: Sequence[tuple[str, Text]], chosen: Sequence[str]) -> None:
        """Offer these; some are chosen."""
        for button in self.buttons.values():
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for at, (key, text) in enumerate(options):
            button = Button(text, self, checkable=True)
            button.setProperty("choice", key)
            button.clicked.connect(self._pressed)
            self._grid.addWidget(button, 1 + at // self._across, at % self._across)
            self.buttons[key] = button
        self.choose(chosen)

    def choose(self, chosen: Sequence[str]) -> None:
        """Choose these alone."""
        self.chosen = [c for c in chosen if c in self.buttons]
        for key, button in self.buttons.items():
            button.setChecked(key in self.chosen)
        self.changed.emit()

    def _pressed(self) -> None:
        key = str(self.sender().property("choice"))
        if not self.several or key == EVERYWHERE:
            self.choose([key])
            return
        kept = [c for c in self.chosen if c not in (key, EVERYWHERE)]
        self.choose(kept if key in self.chosen else [*kept, key])


def role_options() -> list[tuple[str, Text]]:
    """All roles."""
    return [(role.value, presenter.role_words(role)) for role in Role]


def area_options(plant: Plant | None) -> list[tuple[str, Text]]:
    """Everywhere, and each area."""
    areas = () if plant is None else plant.areas
    return [(EVERYWHERE, say("userscreen.everywhere")), *((a.id, a.name) for a in areas)]


class _Plate(Dialog):
    def __init__(self, over: QWidget, desk: Desk, title: Text, done: Callable[[str, UserRow], None]) -> None:
        super().__init__(over, title)
        self._desk, self._then = desk, done
        self.said = Remark(self)
        self.cancel = Button(say("signin.cancel"), self)
        self.go = Button(say("userscreen.save"), self)
        self.acts.addStretch(1)
        self.acts.addWidget(self.cancel)
        self.acts.addWidget(self.go)
        self.cancel.clicked.connect(self.shut)
        self.go.clicked.connect(self._do)

    def _do(self) -> None:
        """Check and send. Override."""

    def _send(self, act: str, **more: Any) -> None:
        self.go.setEnabled(False)
        self.said.set_text(say("signin.checking"))

        def answered(user: UserRow) -> None:
            self.go.setEnabled(True)
            self.shut()
            self._then(act, user)

        self._desk.ask(act, answered, self._refused, **more)

    def _refused(self, why: Text) -> None:
        self.go.setEnabled(True)
        self.said.set_text(why)
        self.fit()


class AddUser(_Plate):
    """Name, role, areas, and a temporary password that its owner changes at the first sign-in."""

    def __init__(self, over: QWidget, desk: Desk, done: Callable[[str, UserRow], None]) -> None:
        super().__init__(over, desk, say("userscreen.add"), done)
        self.printed = NamedField(say("signin.printed"), self, hint=say("signin.printed_hint"))
        self.user = NamedField(say("signin.user"), self, hint=say("signin.user_hint"))
        self.role = Pick(say("userscreen.role"), self)
        self.rights = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.areas = Pick(say("userscreen.areas"), self, several=True)
        self.password = SecretField(say("userscreen.temp_password"), self)
        self.again = SecretField(say("signin.again"), self)
        told = Caption(say("userscreen.temp_why"), self, size=Size.SMALL, tone="second", wrap=True)
        for parts in ((self.printed, self.user), (self.role,), (self.rights,), (self.areas,),
                      (self.password, self.again), (told,), (self.said,)):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(10)
            for part in parts:
                row.addWidget(part, 1)
            self.body.addLayout(row)
        self.role.changed.connect(self._role_is)

    def ask(self) -> None:
        """Come up empty."""
        for field in (self.printed, self.user):
            field.field.clear()
        self.role.offer(role_options(), [Role.OPERATOR.value])
        self.areas.offer(area_options(self._desk.plant), [EVERYWHERE])
        self.password.clear()
        self.again.clear()
        self.said.set_text("")
        self.go.setEnabled(True)
        self.open()

    def first(self) -> QWidget:
        return self.printed.field

    def _role_is(self) -> None:
        if self.role.chosen:
            self.rights.set_text(presenter.rights_words(self.role.chosen[0]))

    def _do(self) -> None:
        if not self.printed.text or not self.user.text or not self.role.chosen:
            self._refused(say("signin.names_missing"))
        elif self.password.field.text() != self.again.field.text():
            self.again.clear()
            self._refused(say("people.password_twice"))
        else:
            self._send(
                "add_user", user=self.user.text, role=self.role.chosen[0], password=self.password.field.text(),
                printed_name=self.printed.text, areas=self.areas.chosen or [EVERYWHERE], language=look().lang.value,
                must_change=True,
            )  # fmt: skip

    def shut(self) -> None:
        self.password.clear()
        self.again.clear()
        super().shut()


class ChangeUser(_Plate):
    """One change of a user: role, areas, enabled or not, a temporary password; each with its reason."""

    def __init__(self, over: QWidget, desk: Desk, done: Callable[[str, UserRow], None]) -> None:
        super().__init__(over, desk, say("userscreen.title"), done)
        self._act = "set_role"
        self._user = ""
        self.who = Caption("", self, bold=True)
        self.pick = Pick(say("userscreen.role"), self)
        self.areas = Pick(say("userscreen.areas"), self, several=True)
        self.rights = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.password = SecretField(say("userscreen.temp_password"), self)
        self.again = SecretField(say("signin.again"), self)
        self.told = Caption(say("userscreen.temp_why"), self, size=Size.SMALL, tone="second", wrap=True)
        self.reasons = {
            act: ReasonField([(k, say(f"userscreen.chip.{k}")) for k in keys], self) for act, keys in WHY.items()
        }
        for part in (self.who, self.pick, self.areas, self.rights, self.password, self.again, self.told,
                     *self.reasons.values(), self.said):  # fmt: skip
            self.body.addWidget(part)
        self.pick.changed.connect(self._role_is)

    def ask(self, act: str, user: UserRow) -> None:
        """Come up for one change (a question of hmi.desk.ask) of a user."""
        self._act, self._user = act, user.user
        self.set_title(say(TITLES[act]))
        self.go.set_text(say("userscreen.save") if act.startswith("set") else say(TITLES[act]))
        self.who.set_text(Text.same(f"{user.printed_name}  ({user.user})"))
        self.pick.offer(role_options(), [Role(user.role).value])
        self.areas.offer(area_options(self._desk.plant), user.areas)
        self.pick.setVisible(act == "set_role")
        self.rights.setVisible(act == "set_role")
        self.areas.setVisible(act == "set_areas")
        for part in (self.password, self.again, self.told):
            part.setVisible(act == "reset_password")
        for key, reason in self.reasons.items():
            reason.clear()
            reason.setVisible(key == act)
        self.password.clear()
        self.again.clear()
        self.said.set_text("")
        self.go.setEnabled(True)
        self.open()

    def first(self) -> QWidget:
        return self.cancel

    def _role_is(self) -> None:
        if self.pick.chosen:
            self.rights.set_text(presenter.rights_words(self.pick.chosen[0]))

    def _do(self) -> None:
        why = self.reasons[self._act].why
        more: dict[str, Any] = {"user": self._user, "why": why}
        if not why:
            self._refused(say("people.needs_reason"))
            return
        if self._act == "set_role":
            more["role"] = self.pick.chosen[0]
        elif self._act == "set_areas":
            more["areas"] = self.areas.chosen
        elif self._act == "reset_password":
            if self.password.field.text() != self.again.field.text():
                self.again.clear()
                self._refused(say("people.password_twice"))
                return
            more["new"] = self.password.field.text()
        self._send(self._act, **more)

    def shut(self) -> None:
        self.password.clear()
        self.again.clear()
        super().shut()
