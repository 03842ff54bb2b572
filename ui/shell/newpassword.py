"""New passwords: one's own, and with a name the first administrator's. The rules are told before they are broken."""

from __future__ import annotations

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


class _Asking(Dialog):
    """Two fields for a new password, keys on the screen, a line for what is wrong."""

    def __init__(self, over: QWidget, session: Session, title: Text, why: Text, go: Text) -> None:
        super().__init__(over, title)
        self._session = session
        self.why = Caption(why, self, wrap=True)
        self.new = SecretField(say("signin.new"), self)
        self.again = SecretField(say("signin.again"), self)
        self.rules = Caption(say("signin.rules"), self, size=Size.SMALL, tone="second", wrap=True)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        self.keys_button = Button(say("signin.keys"), self, checkable=True)
        self.cancel = Button(say("signin.later"), self)
        self.go = Button(go, self)
        self.body.addWidget(self.why)
        for field in self.fields():
            self.body.addWidget(field)
        for part in (self.new, self.again, self.rules, self.said, self.keys):
            self.body.addWidget(part)
        self.acts.addWidget(self.keys_button)
        self.acts.addStretch(1)
        self.acts.addWidget(self.cancel)
        self.acts.addWidget(self.go)
        self.new.entered.connect(self.again.setFocus)
        self.again.entered.connect(self._do)
        self.go.clicked.connect(self._do)
        self.cancel.clicked.connect(self.shut)
        self.keys_button.toggled.connect(self._show_keys)
        self.keys.aim(self.new.field)

    def fields(self) -> list[QWidget]:
        """What is asked before the password. Override."""
        return []

    def ask(self) -> None:
        """Come up with empty fields."""
        self.said.set_text("")
        self.go.setEnabled(True)
        self._forget()
        here = look()
        self.width_ = max(520, 10 * (here.target(self) + 5) + 2 * MARGIN) if here.touch else 520
        self.keys_button.setChecked(here.touch)
        self._show_keys()
        self.open()

    def _show_keys(self, _on: bool = False) -> None:
        self.keys.setVisible(self.keys_button.isChecked())
        self.fit()

    def _do(self) -> None:
        if not self.go.isEnabled():
            return
        if self.new.field.text() != self.again.field.text():
            self._refused(say("people.password_twice"))
            self.again.clear()
            return
        self.go.setEnabled(False)
        self.said.set_text(say("signin.checking"))
        self.send(self.new.field.text())

    def send(self, password: str) -> None:
        """Give it to the engine. Override."""

    def _done(self, _who: WhoRow) -> None:
        self._forget()
        self.shut()

    def _refused(self, why: Text) -> None:
        self.go.setEnabled(True)
        self.said.set_text(why)
        self.fit()

    def _forget(self) -> None:
        self.new.clear()
        self.again.clear()

    def shut(self) -> None:
        self._forget()
        super().shut()


class ChangePassword(_Asking):
    """One's own password; for whoever has a temporary one it is the first thing to do."""

    def __init__(self, over: QWidget, session: Session) -> None:
        self.old = SecretField(say("signin.old"))
        super().__init__(over, session, say("signin.change"), say("signin.change_why"), say("signin.change_go"))
        self.old.entered.connect(self.new.setFocus)

    def fields(self) -> list[QWidget]:
        return [self.old]

    def ask(self) -> None:
        who = self._session.who
        must = who is not None and who.must_change
        self.why.set_text(say("signin.must_change_why" if must else "signin.change_why"))
        super().ask()

    def first(self) -> QWidget:
        return self.old.field

    def send(self, password: str) -> None:
        self._session.change_password(self.old.take(), password, self._done, self._refused)

    def _forget(self) -> None:
        super()._forget()
        self.old.clear()


class FirstAdministrator(_Asking):
    """The first start of a data folder: there is no default password anywhere, so somebody must make the first one."""

    def __init__(self, over: QWidget, session: Session) -> None:
        self.printed = NamedField(say("signin.printed"), hint=say("signin.printed_hint"))
        self.user = NamedField(say("signin.user"), hint=say("signin.user_hint"))
        super().__init__(over, session, say("signin.first"), say("signin.first_why"), say("signin.first_go"))
        self.printed.entered.connect(self.user.setFocus)
        self.user.entered.connect(self.new.setFocus)

    def fields(self) -> list[QWidget]:
        return [self.printed, self.user]

    def first(self) -> QWidget:
        return self.printed.field

    def _do(self) -> None:
        if not self.printed.text or not self.user.text:
            self._refused(say("signin.names_missing"))
            return
        super()._do()

    def send(self, password: str) -> None:
        self._session.first_user(self.user.text, password, self.printed.text, look().lang, self._done, self._refused)
