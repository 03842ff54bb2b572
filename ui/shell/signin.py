"""Signing in and unlocking: by keyboard or by keys on the screen; wrong is wrong, whatever of it was wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from hmi.desk.people_rows import WhoRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import Session
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import MARGIN, Dialog, Remark
from ui.widgets.label import Caption
from ui.widgets.secret import NamedField, SecretField
from ui.widgets.touchkeys import TouchKeys


class SignIn(Dialog):
    """Asks for user and password; for the password alone where somebody sits behind a lock."""

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, say("signin.title"))
        self._session = session
        self._unlocking = False
        self._then: Callable[[], None] | None = None
        self.why = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.user = NamedField(say("signin.user"), self)
        self.password = SecretField(say("signin.password"), self)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        self.keys_button = Button(say("signin.keys"), self, checkable=True)
        self.cancel = Button(say("signin.only_view"), self)
        self.go = Button(say("signin.go"), self)
        for part in (self.why, self.user, self.password, self.said, self.keys):
            self.body.addWidget(part)
        self.acts.addWidget(self.keys_button)
        self.acts.addStretch(1)
        self.acts.addWidget(self.cancel)
        self.acts.addWidget(self.go)
        self.user.entered.connect(self.password.setFocus)
        self.password.entered.connect(self._do)
        self.go.clicked.connect(self._do)
        self.cancel.clicked.connect(self.shut)
        self.keys_button.toggled.connect(self._show_keys)
        self.keys.aim(self.user.field)

    def ask(self, why: Text | None = None, then: Callable[[], None] | None = None) -> None:
        """Come up. why: what it is needed for. then: what goes on once somebody sits here."""
        who = self._session.who
        self._then = then
        self._unlocking = who is not None and bool(who.user) and who.locked
        self.set_title(say("signin.unlock" if self._unlocking else "signin.title"))
        self.go.set_text(say("signin.unlock_go" if self._unlocking else "signin.go"))
        self.user.setVisible(not self._unlocking)
        if self._unlocking and who is not None:
            why = say("signin.unlock_for", user=who.printed_name or who.user)
        self.why.set_text(why or say("signin.why"))
        self.password.clear()
        self.said.set_text("")
        self._busy(False)
        here = look()
        self.width_ = max(520, 10 * (here.target(self) + 5) + 2 * MARGIN) if here.touch else 520
        self.keys_button.setChecked(here.touch)
        self._show_keys()
        self.open()

    def first(self) -> QWidget:
        return self.password.field if self._unlocking or self.user.text else self.user.field

    def _show_keys(self, _on: bool = False) -> None:
        self.keys.setVisible(self.keys_button.isChecked())
        self.fit()

    def _busy(self, busy: bool) -> None:
        self.go.setEnabled(not busy)
        self.user.field.setEnabled(not busy)
        self.password.field.setEnabled(not busy)
        if busy:
            self.said.set_text(say("signin.checking"))

    def _do(self) -> None:
        if not self.go.isEnabled():
            return
        if not self._unlocking and not self.user.text:
            self.said.set_text(say("signin.user_missing"))
            self.user.setFocus()
            return
        self._busy(True)
        password = self.password.take()
        if self._unlocking:
            self._session.unlock(password, self._done, self._refused)
        else:
            self._session.sign_in(self.user.text, password, self._done, self._refused)

    def _done(self, _who: WhoRow) -> None:
        then, self._then = self._then, None
        self.said.set_text("")
        self._busy(False)
        self.shut()
        if then is not None:
            then()

    def _refused(self, why: Text) -> None:
        self._busy(False)
        self.said.set_text(why)
        self.fit()
        self.password.setFocus()

    def shut(self) -> None:
        self.password.clear()
        self.user.field.clear()
        super().shut()
