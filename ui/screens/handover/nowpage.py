"""Handing over: what stands now, frozen by the engine, read by both and signed by both."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.shiftlog_rows import HandoverPreview, HandoverSheet
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.screens.handover import presenter
from ui.screens.handover.sheetview import SheetView
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.guarded import ConfirmButton
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, Panel, Rule
from ui.widgets.secret import NamedField, SecretField

SIGN_PX = 340
ROOMY_PX = 520
"""Lower than this the parts of the signatures stand closer."""


class NowPage(Ground):
    """``signed`` comes with the sheet once both signatures are on record."""

    signed = Signal(object)

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tell = desk, tell
        self._session = session_of(desk)
        self._preview: HandoverPreview | None = None
        self._read = self._busy = False
        self.sheet = SheetView(desk, self)
        self.sheet.read.connect(self._was_read)
        page = Panel(None, self)
        page.add(self.sheet, 1)
        self._side()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(page, 1)
        row.addWidget(self.side)
        self._session.who_changed.connect(self._rights)
        self._session.connected.connect(self._forget)
        desk.second.connect(self._rights)
        self._rights()

    def _side(self) -> None:
        self.side = Panel(say("handover.sign"), self)
        self.side.setFixedWidth(SIGN_PX)
        self.age = Caption(say("handover.gathering"), self, size=Size.SMALL, tone="second", wrap=True)
        self.again = Button(say("handover.gather"), self, icon="clock")
        self.again.clicked.connect(self.gather)
        self.outgoing = Caption(say("handover.nobody"), self, bold=True, wrap=True)
        self.own = SecretField(say("handover.own_password"), self)
        self.user = NamedField(say("handover.user"), self)
        self.theirs = SecretField(say("handover.their_password"), self)
        self.note = Caption(say("handover.both_needed"), self, size=Size.SMALL, tone="second", wrap=True)
        self.button = ConfirmButton(say("handover.sign_both"), self, icon="check")
        self.button.acted.connect(self._sign)
        self.button.in_vain.connect(self._say)
        for field in (self.own.field, self.user.field, self.theirs.field):
            field.textChanged.connect(self._rights)
        column = self._column = QVBoxLayout()
        column.setSpacing(8)
        for part in (self.age, self.again, Rule(self), Caption(say("handover.outgoing"), self, size=Size.SMALL,
                     tone="second"), self.outgoing, self.own, Rule(self),
                     Caption(say("handover.incoming"), self, size=Size.SMALL, tone="second"), self.user, self.theirs,
                     Rule(self), self.note, self.button):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        self.side.body.addLayout(column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._column.setSpacing(8 if self.height() >= ROOMY_PX else 3)

    @property
    def heard(self) -> bool:
        """Whether a record is shown."""
        return self._preview is not None

    def gather(self) -> None:
        """Let the engine gather what stands now."""
        self._preview, self._read = None, False
        self.age.set_text(say("handover.gathering"))
        self._desk.ask("handover_preview", self._take, self._refused)
        self._rights()

    def arrive(self) -> None:
        """Somebody looks: gather, unless a record that can still be signed is being read."""
        if self._preview is None or time.time_ns() > self._preview.until_ns:
            self.gather()

    def _take(self, preview: HandoverPreview) -> None:
        self._preview = preview
        self.sheet.show_sheet(preview.record, preview.sha)
        self._read = self.sheet.at_end
        self._rights()

    def _refused(self, why: Text) -> None:
        self._busy = False
        self.age.set_text(why)
        self._tell(why)

    def _forget(self) -> None:
        """A new connection: the engine keeps no record for it."""
        if self._preview is not None and not self._busy:
            self._preview = None
            if self.isVisible():
                self.gather()

    def _was_read(self) -> None:
        self._read = True
        self._rights()

    def _rights(self, *_: object) -> None:
        who, now = self._session.who, time.time_ns()
        if who is None or not who.user:
            self.outgoing.set_text(say("handover.nobody"))
        else:
            self.outgoing.set_text(who.printed_name)
        typed = self.own.typed and bool(self.user.text) and self.theirs.typed
        why = presenter.why_no_signing(who, self._preview, self._read, now, typed)
        self.button.forbid(why)
        if not self._busy:
            self.note.set_text(why or say("handover.both_needed"), "second")
        if self._preview is not None:
            self.age.set_text(presenter.gathered(self._preview, now, look().zone))

    def _say(self, why: Text) -> None:
        self.note.set_text(why, "text")

    def _sign(self) -> None:
        preview = self._preview
        if preview is None or self._busy:
            return
        self._busy = True

        def done(sheet: HandoverSheet) -> None:
            self._busy, self._preview = False, None
            self.user.field.clear()
            self._tell(say("handover.signed", number=sheet.number))
            self.signed.emit(sheet)

        def no(why: Text) -> None:
            self._busy = False
            self.note.set_text(why, "text")
            self._tell(why)

        self._desk.ask(
            "hand_over", done, no, sha=preview.sha, password=self.own.take(), incoming=self.user.text,
            incoming_password=self.theirs.take(),
        )  # fmt: skip
