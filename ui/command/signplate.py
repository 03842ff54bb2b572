"""A plate for one signed act: what will be done, why, the password, and a button that takes no Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import MARGIN, Dialog, Remark, turn_away
from ui.widgets.guarded import ConfirmButton
from ui.widgets.label import Caption
from ui.widgets.panel import KeyValue
from ui.widgets.reasonfield import ReasonField
from ui.widgets.secret import SecretField
from ui.widgets.touchkeys import TouchKeys


class SignPlate(Dialog):
    """Subclass it, or give ``send(why, password)``; then ``done`` or ``refused`` tells what became of it.

    A reason is asked for where there are chips. Parts of one's own go into ``own``, above the reason.
    """

    def __init__(
        self,
        over: QWidget,
        desk: Desk,
        title: Text,
        confirm: Text,
        *,
        act: Action,
        meaning: str,
        chips: Sequence[tuple[str, Text]] = (),
        send: Callable[[str, str], None] | None = None,
        tell: Callable[[Text], None] | None = None,
    ) -> None:
        """act: the right that is needed. meaning: key of the signature's meaning. tell: says outcomes in the footer."""
        super().__init__(over, title)
        self.desk, self.session = desk, session_of(desk)
        self._act, self._meaning, self._send_to, self._tell = act, meaning, send, tell
        self.busy = False
        self.lead = Caption("", self, bold=True, wrap=True)
        self.facts = KeyValue(self, key_px=130, name=title)
        self.own = QVBoxLayout()
        self.own.setSpacing(8)
        self.reason = ReasonField(chips, self)
        self.reason.setVisible(bool(chips))
        self._asks_why = bool(chips)
        self.password = SecretField(say("signin.password"), self)
        self.meaning = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        self.keys.aim(self.password.field)
        self.body.addWidget(self.lead)
        self.body.addWidget(self.facts)
        self.body.addLayout(self.own)
        for part in (self.reason, self.password, self.meaning, self.said, self.keys):
            self.body.addWidget(part)
        self.confirm = ConfirmButton(confirm, self)
        self.cancel = Button(say("signin.cancel"), self)
        self.acts.addWidget(self.confirm)
        self.acts.addStretch(1)
        self.acts.addWidget(self.cancel)
        self.confirm.acted.connect(self._confirmed)
        self.confirm.in_vain.connect(self._in_vain)
        self.cancel.clicked.connect(self.shut)
        self.reason.changed.connect(self.ready)
        self.password.field.textChanged.connect(self.ready)
        self.session.who_changed.connect(self.ready)

    def begin(self, lead: Text, facts: Sequence[tuple[Text, Text | str]] = ()) -> None:
        """Come up with empty fields."""
        self.busy = False
        self.lead.set_text(lead)
        self.facts.set_rows(list(facts))
        self.facts.setVisible(bool(facts))
        self.reason.clear()
        self.password.clear()
        self.said.set_text("")
        here = look()
        if here.touch:
            self.width_ = max(self.width_, 10 * (here.target(self) + 5) + 2 * MARGIN)
        self.keys.setVisible(here.touch)
        self.ready()
        self.open()
        turn_away(self.acts, self.confirm)

    def first(self) -> QWidget:
        return next(iter(self.reason.buttons.values())) if self._asks_why else self.password.field

    def missing(self) -> Text | None:
        """What is still missing of one's own parts. Override."""
        return None

    def why_not(self) -> Text | None:
        """Why it cannot be confirmed yet."""
        if self.busy:
            return say("signin.checking")
        why = may_not(self.session.who, self._act) or self.missing()
        if why is None and self._asks_why and not self.reason.why:
            why = say("cmd.reason_missing")
        if why is None and not self.password.typed:
            why = say("modeplate.password_missing")
        return why

    def ready(self, _what: object = None) -> None:
        """Look again whether it can be confirmed."""
        who = self.session.who
        name = "" if who is None else who.printed_name or who.user
        self.meaning.set_text(say("modeplate.signs", user=name or "–", meaning=say(f"meaning.{self._meaning}")))
        self.confirm.forbid(self.why_not())

    def send(self, why: str, password: str) -> None:
        """Do it. Override, or give ``send``; afterwards call done or refused."""
        if self._send_to is not None:
            self._send_to(why, password)

    def done(self, told: Text) -> None:
        """It was taken."""
        self.busy = False
        if self._tell is not None:
            self._tell(told)
        self.shut()

    def refused(self, why: Text) -> None:
        """It was not taken; the plate stays for another try."""
        self.busy = False
        self.said.set_text(why)
        if self._tell is not None:
            self._tell(why)
        self.ready()
        self.fit()

    def shut(self) -> None:
        self.password.clear()
        super().shut()

    def retell(self) -> None:
        self.ready()

    def _in_vain(self, why: Text) -> None:
        self.said.set_text(why)
        self.fit()

    def _confirmed(self) -> None:
        self.busy = True
        password = self.password.take()
        self.said.set_text("")
        self.ready()
        self.send(self.reason.why, password)
