"""MONITOR and CONTROL: what each means, and the signed act of going from one to the other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.command_rows import ModeRow
from hmi.model.command import Mode
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import Session
from ui.equipment.rights import may_not
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import MARGIN, Dialog, Remark
from ui.widgets.figures import day_time_text
from ui.widgets.guarded import ConfirmButton
from ui.widgets.label import Caption
from ui.widgets.panel import KeyValue
from ui.widgets.reasonfield import ReasonField
from ui.widgets.secret import SecretField
from ui.widgets.touchkeys import TouchKeys

CHIPS = ("production", "changeover", "maintenance", "test")


class ModePlate(Dialog):
    """Going to CONTROL asks for a reason and the password; back to MONITOR is one press."""

    sign_in_wanted = Signal()

    def __init__(self, over: QWidget, session: Session, tell: Callable[[Text], None]) -> None:
        super().__init__(over, say("modeplate.name"))
        self._session, self._tell = session, tell
        self.facts = KeyValue(self, key_px=110, name=say("modeplate.name"))
        self.means = Caption("", self, wrap=True)
        self.reason = ReasonField([(k, say(f"modeplate.chip.{k}")) for k in CHIPS], self, across=2)
        self.password = SecretField(say("signin.password"), self)
        self.meaning = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        for part in (self.facts, self.means, self.reason, self.password, self.meaning, self.said, self.keys):
            self.body.addWidget(part)
        self.go = ConfirmButton(say("modeplate.to_CONTROL"), self)
        self.sign_in = Button(say("signin.title"), self)
        self.keys_button = Button(say("signin.keys"), self, checkable=True)
        self.cancel = Button(say("signin.cancel"), self)
        self.acts.addWidget(self.go)
        self.acts.addWidget(self.sign_in)
        self.acts.addStretch(1)
        self.acts.addWidget(self.keys_button)
        self.acts.addWidget(self.cancel)
        self.go.acted.connect(self._do)
        self.go.in_vain.connect(self.said.set_text)
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self.cancel.clicked.connect(self.shut)
        self.keys_button.toggled.connect(self._show_keys)
        self.keys.aim(self.password.field)
        self.reason.changed.connect(self._ready)
        self.password.field.textChanged.connect(self._ready)
        session.mode_changed.connect(self._show)
        session.who_changed.connect(self._show)
        self._asking = False

    def ask(self) -> None:
        """Come up with empty fields."""
        self.reason.clear()
        self.password.clear()
        self.said.set_text("")
        self._asking = False
        here = look()
        self.width_ = max(520, 10 * (here.target(self) + 5) + 2 * MARGIN) if here.touch else 520
        self.keys_button.setChecked(here.touch and self.to is Mode.CONTROL)
        self._show()
        self.open()

    @property
    def to(self) -> Mode:
        """Where a confirmation leads."""
        return Mode.MONITOR if self._session.control else Mode.CONTROL

    def first(self) -> QWidget:
        return self.cancel if self.to is Mode.MONITOR else next(iter(self.reason.buttons.values()))

    def _show(self, _row: object = None) -> None:
        mode, to = self._session.mode, self.to
        told = say("modeplate.unknown") if mode is None else say(f"modeplate.{mode.mode}")
        by = say("modeplate.since_start")
        if mode is not None and mode.by:
            by = say("modeplate.by", user=mode.by, time=day_time_text(mode.since_ns, look().zone))
        self.facts.set_rows([(say("modeplate.now"), told), (say("modeplate.since"), by)])
        self.means.set_text(say(f"modeplate.means_{to.value}"))
        signs = to is Mode.CONTROL
        for part in (self.reason, self.password, self.meaning, self.keys_button):
            part.setVisible(signs)
        who = self._session.who
        name = "" if who is None else who.printed_name
        self.meaning.set_text(say("modeplate.signs", user=name, meaning=say("meaning.control")))
        self.go.set_text(say(f"modeplate.to_{to.value}"))
        self.sign_in.setVisible(not self._session.may_act)
        self._show_keys()
        self._ready()

    def _show_keys(self, _on: bool = False) -> None:
        self.keys.setVisible(self.keys_button.isChecked() and self.to is Mode.CONTROL)
        self.fit()

    def _ready(self) -> None:
        why = may_not(self._session.who, Action.SET_MODE)
        if why is not None:
            self.said.set_text(why)
        elif self.to is Mode.CONTROL:
            if not self.reason.why:
                why = say("modeplate.reason_missing")
            elif not self.password.typed:
                why = say("modeplate.password_missing")
        self.go.forbid(say("signin.checking") if self._asking else why)

    def _do(self) -> None:
        to = self.to
        self._asking = True
        password = self.password.take()
        self._ready()
        self.said.set_text(say("signin.checking"))
        self._session.set_mode(to, self.reason.why, password, self._done, self._refused)

    def _done(self, row: ModeRow) -> None:
        self._asking = False
        self._tell(say("modeplate.done", mode=say(f"modeplate.{row.mode}"), user=row.by))
        self.shut()

    def _refused(self, why: Text) -> None:
        self._asking = False
        self.said.set_text(why)
        self._tell(say("modeplate.not_done", why=why))
        self._ready()
        self.fit()

    def retell(self) -> None:
        self._show()

    def shut(self) -> None:
        self.password.clear()
        super().shut()
