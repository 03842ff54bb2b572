"""Placing a hold: what, why, and before the signature all that it would take; at most four clicks and a password."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.hold_rows import HoldPreview, HoldRow, MaterialNow
from hmi.model.hold import HoldReason, HoldScope, ScopeKind
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.equipment.rights import may_not
from ui.screens.quality import presenter
from ui.screens.quality.gates import GateList
from ui.screens.quality.scopepick import ScopePick
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.chips import Chips
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog, Remark
from ui.widgets.figures import number, time_text
from ui.widgets.guarded import ConfirmButton
from ui.widgets.label import Caption
from ui.widgets.panel import Banner, KeyValue, Rule
from ui.widgets.secret import NamedField, SecretField
from ui.widgets.touchkeys import TouchKeys

EVERY_S = 2.0


class NewHold(Dialog):
    """``begin`` comes up; with a lot, batch, unit or station that is chosen already."""

    width_ = 1080

    def __init__(
        self, over: QWidget, desk: Desk, tell: Callable[[Text], None], placed: Callable[[HoldRow], None]
    ) -> None:
        super().__init__(over, say("qualityscreen.new_title"))
        self._desk, self._session, self._tell, self._placed = desk, session_of(desk), tell, placed
        self._key = ""
        self._busy = False
        self.preview: HoldPreview | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.scope = ScopePick(self)
        self.reason = Chips(say("qualityscreen.step_why"), self)
        self.reason.offer(presenter.REASONS)
        self.note = NamedField(say("qualityscreen.hold_note"), self)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.scope)
        left.addStretch(1)
        lower: list[QWidget] = [Rule(self), self.reason, self.note]
        for part in lower:
            left.addWidget(part)
        self.total = Caption("", self, size=Size.LARGE, bold=True)
        self.paper = Banner(self, kind="doubt", text=say("qualityscreen.preview_none"))
        self.facts = KeyValue(self, key_px=130, name=say("qualityscreen.step_takes"))
        self.gates = GateList(self, planned=True)
        self.took = Caption("", self, size=Size.SMALL, tone="second")
        self.password = SecretField(say("signin.password"), self)
        self.meaning = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.said = Remark(self)
        self.keys = TouchKeys(self)
        self.keys.aim(self.password.field)
        title = Caption(say("qualityscreen.step_takes"), self, size=Size.SMALL, tone="second")
        self._gates_title = Caption(say("qualityscreen.gates_title"), self, size=Size.SMALL, tone="second")
        right = QVBoxLayout()
        right.setSpacing(8)
        taken: list[QWidget] = [title, self.total, self.paper, self.facts, self._gates_title, self.gates, self.took]
        for part in taken:
            right.addWidget(part)
        right.addStretch(1)
        signed: list[QWidget] = [self.password, self.meaning, self.said, self.keys]
        for part in signed:
            right.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 5)
        row.addWidget(Rule(self, upright=True))
        row.addLayout(right, 4)
        self.body.addLayout(row)
        self.confirm = ConfirmButton(say("qualityscreen.sign_hold"), self, icon="quality")
        self.cancel = Button(say("signin.cancel"), self)
        self.acts.addWidget(self.cancel)
        self.acts.addStretch(1)
        self.acts.addWidget(self.confirm)

    def _connect(self) -> None:
        self.scope.changed.connect(self._scoped)
        self.reason.changed.connect(self._reasoned)
        self.password.field.textChanged.connect(self._ready)
        self.confirm.acted.connect(self._sign)
        self.confirm.in_vain.connect(self._say)
        self.cancel.clicked.connect(self.shut)
        self._session.who_changed.connect(self._ready)
        desk = self._desk
        self._asking = desk.keep_asking(self, "preview_hold", EVERY_S, self._previewed, self._not_seen, self._wanted)
        self._offers = desk.keep_asking(self, "material_now", EVERY_S, self._offer, None)

    def begin(self, kind: ScopeKind | None = None, id: str = "") -> None:
        """Come up with empty fields, or with what is chosen already."""
        self._key, self._busy = secrets.token_hex(16), False
        self.preview = None
        self.scope.begin(self._desk.plant)
        self.reason.choose([])
        self.note.field.clear()
        self.password.clear()
        self.said.set_text("")
        self.keys.setVisible(look().touch)
        if kind is not None:
            self.scope.choose(kind, id)
        self._offers.now()
        self._scoped()
        self.open()

    def first(self) -> QWidget:
        return next(iter(self.reason.buttons.values())) if isinstance(self.scope.scope, HoldScope) else self.scope

    # -- what it would take -------------------------------------------------------------------------------------------

    def _offer(self, rows: Sequence[MaterialNow]) -> None:
        self.scope.offer(rows)
        self.fit()

    def _wanted(self) -> dict[str, Any] | None:
        scope = self.scope.scope
        return {"scope": scope} if isinstance(scope, HoldScope) and not self._busy else None

    def _scoped(self) -> None:
        self.preview = None
        self._asking.now()
        self._show()

    def _reasoned(self) -> None:
        self._ready()
        if self.reason.key and isinstance(self.scope.scope, HoldScope):
            self.password.field.setFocus()  # what is left is the signature

    def _previewed(self, preview: HoldPreview) -> None:
        if preview.scope == self.scope.scope:
            self.preview = preview
            self._show()

    def _not_seen(self, why: Text) -> None:
        self.preview = None
        self._show()
        self.total.set_text(why)

    def _show(self) -> None:
        preview, scope = self.preview, self.scope.scope
        there = preview is not None
        for part in (self.facts, self.gates, self._gates_title, self.took):
            part.setVisible(there)
        paper = preview is not None and (preview.why is not None or not preview.gates)
        self.paper.setVisible(paper)
        if preview is None:
            self.total.set_text(say("qualityscreen.asking") if isinstance(scope, HoldScope) else scope)
        else:
            self.total.set_text(preview.name)
            self.facts.set_rows(presenter.preview_rows(preview))
            self.gates.show_gates(preview.gates, self._desk.plant)
            clock = time_text(time.time_ns(), look().zone)
            self.took.set_text(say("qualityscreen.took", ms=number(max(1.0, preview.took_ms), 0), clock=clock))
            if paper:
                why = preview.why or say("qualityscreen.no_gate_reaches")
                self.paper.say(say("qualityscreen.would_paper", why=why))
        self._ready()
        self.fit()

    # -- signing ------------------------------------------------------------------------------------------------------

    def why_not(self) -> Text | None:
        """Why it cannot be signed yet."""
        if self._busy:
            return say("qualityscreen.placing")
        why, scope = may_not(self._session.who, Action.PLACE_HOLD), self.scope.scope
        if why is not None:
            return why
        if not isinstance(scope, HoldScope):
            return scope
        if self.preview is None:
            return say("qualityscreen.asking")
        if not self.reason.key:
            return say("qualityscreen.no_reason")
        return None if self.password.typed else say("modeplate.password_missing")

    def _ready(self, _what: object = None) -> None:
        who = self._session.who
        name = "" if who is None else who.printed_name or who.user
        self.meaning.set_text(say("modeplate.signs", user=name or "–", meaning=say("meaning.hold")))
        self.confirm.forbid(self.why_not())

    def _say(self, why: Text) -> None:
        self.said.set_text(why)
        self.fit()

    def _sign(self) -> None:
        scope = self.scope.scope
        if not isinstance(scope, HoldScope):
            return
        self._busy = True
        self.said.set_text(say("qualityscreen.placing"))
        reason, note, password = HoldReason(self.reason.key), self.note.text, self.password.take()
        self._ready()
        self._desk.ask("place_hold", self._done, self._refused, scope=scope, reason=reason, note=note,
                       password=password, key=self._key)  # fmt: skip

    def _done(self, row: HoldRow) -> None:
        self._busy = False
        self._tell(say("qualityscreen.placed_done", id=row.id, name=row.name, state=presenter.state_words(row)))
        self.shut()
        self._placed(row)

    def _refused(self, why: Text) -> None:
        self._busy = False
        self._say(why)
        self._tell(why)
        self._ready()

    def shut(self) -> None:
        self.password.clear()
        super().shut()

    def retell(self) -> None:
        self.scope.retell()
        self._show()
