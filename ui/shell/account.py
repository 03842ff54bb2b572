"""What a person can do about being here: lock, change the password, leave, let somebody else sign in."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.people_rows import WhoRow
from hmi.model.permission import EVERYWHERE, Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import Session
from ui.theme.look import look
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog
from ui.widgets.figures import day_time_text
from ui.widgets.label import Caption
from ui.widgets.panel import KeyValue


class Account(Dialog):
    """Opened by a press on the name in the strip while somebody sits here."""

    change_wanted = Signal()
    other_wanted = Signal()
    people_wanted = Signal()

    def __init__(self, over: QWidget, session: Session) -> None:
        super().__init__(over, say("signin.who"))
        self._session = session
        self.facts = KeyValue(self, key_px=150, name=say("signin.who"))
        self.rights = Caption("", self, tone="second", wrap=True)
        self.body.addWidget(self.facts)
        self.body.addWidget(self.rights)
        self.lock = Button(say("signin.lock"), self, icon="lock")
        self.change = Button(say("signin.change"), self)
        self.other = Button(say("signin.other"), self)
        self.out = Button(say("signin.out"), self)
        for button, act in (
            (self.lock, self._lock), (self.change, self.change_wanted.emit), (self.other, self.other_wanted.emit),
            (self.out, self._out),
        ):  # fmt: skip
            button.clicked.connect(act)
            self.acts.addWidget(button)
        self.people = Button(say("userscreen.title"), self, icon="people")
        self.people.clicked.connect(self._people)
        self.body.addWidget(self.people)
        session.who_changed.connect(self._show)
        self._show(session.who)

    def first(self) -> QWidget:
        return self.lock

    def _show(self, who: WhoRow | None) -> None:
        if who is None or not who.user:
            self.shut()
            return
        self.set_title(Text.same(who.printed_name or who.user))
        everywhere = EVERYWHERE in who.areas
        self.facts.set_rows([
            (say("signin.user"), who.user),
            (say("userscreen.role"), say(f"role.{who.role.value}")),
            (say("userscreen.areas"), say("userscreen.everywhere") if everywhere else ", ".join(who.areas)),
            (say("signin.since"), day_time_text(who.since_ns, look().zone)),
            (say("signin.idle"), say("figures.min", n=round(who.idle_s / 60))),
        ])  # fmt: skip
        self.rights.set_text(rights_words(who))
        self.people.setVisible(Action.MANAGE_PEOPLE.value in who.actions)

    def retell(self) -> None:
        self._show(self._session.who)

    def _lock(self) -> None:
        self._session.lock()
        self.shut()

    def _out(self) -> None:
        self._session.sign_out()
        self.shut()

    def _people(self) -> None:
        self.shut()
        self.people_wanted.emit()


def rights_words(who: WhoRow) -> Text:
    """What the role may do, in a sentence."""
    known = [Action(a) for a in who.actions if a in set(Action) and a != Action.VIEW]
    told = [say(f"action.{a.value}") for a in known]
    if not told:
        return say("signin.rights_none")
    return say("signin.rights", rights=Text(", ".join(x.en for x in told), ", ".join(x.ko for x in told)))
