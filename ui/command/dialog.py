"""The command dialog: enter a value, review it, confirm it elsewhere, watch it arrive. It never blocks the window.

Two stages, so that nothing happens by a slip: Enter leads to the review and never further; Confirm stands in another
place, away from the pointer. What the person saw goes along and is compared again at the moment of writing.
"""

from __future__ import annotations

import secrets
from enum import Enum
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.command_rows import CommandPreview, CommandRow
from hmi.model.command import Command, CommandOutcome
from hmi.model.plant import Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import Session
from ui.command import presenter, values
from ui.command.pages import EntryPage, ProgressPage, ReviewPage
from ui.command.sending import Sending
from ui.equipment.rights import may_not_command
from ui.equipment.words import station_name
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Dialog, turn_away
from ui.widgets.guarded import ConfirmButton, GuardedButton
from ui.widgets.label import Caption


class Stage(Enum):
    """Where the dialog is."""

    ENTER = "enter"
    REVIEW = "review"
    SECOND = "second"
    SENT = "sent"


class CommandDialog(Dialog):
    """``ask(tag)`` begins; one command at a time, and a new one begins with a new key."""

    beside = True
    width_ = 560
    outcome = Signal(object)
    """What became of a command of this window (CommandRow)."""
    sign_in_wanted = Signal()

    def __init__(self, over: QWidget, desk: Desk, session: Session) -> None:
        super().__init__(over, say("cmd.title"))
        self._desk, self._session = desk, session
        self.tag: Tag | None = None
        self.stage = Stage.ENTER
        self._preview: CommandPreview | None = None
        self._command: Command | None = None
        self._shown: dict[str, Any] = {}
        self._busy = False
        self.sending = Sending(desk, session, self)
        self.under = Caption("", self, size=Size.SMALL, tone="second")
        self.entry, self.review, self.progress = EntryPage(desk, self), ReviewPage(self), ProgressPage(self)
        for part in (self.under, self.entry, self.review, self.progress):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.confirm = ConfirmButton(say("cmd.confirm"), self)
        self.again = Button(say("cmd.again"), self)
        self.sign_in = Button(say("signin.title"), self)
        self.back = Button(say("cmd.back"), self, icon="back")
        self.cancel = Button(say("signin.cancel"), self)
        self.next = GuardedButton(say("cmd.to_review"), self)
        self.acts.addWidget(self.confirm)
        self.acts.addWidget(self.again)
        self.acts.addWidget(self.sign_in)
        self.acts.addStretch(1)
        self.acts.addWidget(self.back)
        self.acts.addWidget(self.cancel)
        self.acts.addWidget(self.next)
        self._connect()

    def _connect(self) -> None:
        entry, review = self.entry, self.review
        entry.entry.changed.connect(self._edited)
        entry.entry.entered.connect(self._to_review)
        entry.reason.changed.connect(self._ready)
        entry.reason.words.entered.connect(self._to_review)
        self.next.acted.connect(self._to_review)
        self.next.in_vain.connect(entry.said.set_text)
        self.confirm.acted.connect(self._confirm)
        self.confirm.in_vain.connect(review.said.set_text)
        review.password.field.textChanged.connect(self._ready)
        review.user.field.textChanged.connect(self._ready)
        self.back.clicked.connect(self._back)
        self.again.clicked.connect(self._anew)
        self.cancel.clicked.connect(self.shut)
        self.sign_in.clicked.connect(self.sign_in_wanted)
        self._asking = self._desk.keep_asking(
            self, "preview", 1.0, self._previewed, self._not_previewed, self._preview_of
        )
        self._desk.quarter.connect(self._look_again)
        sending = self.sending
        sending.stepped.connect(self._stepped)
        sending.refused.connect(self._refused)
        sending.lost.connect(self._lost)
        sending.signed.connect(self._signed)
        sending.not_signed.connect(self._not_signed)

    # -- stages -------------------------------------------------------------------------------------------------------

    def ask(self, tag: Tag) -> None:
        """Begin a command on a tag; one that is under way on the same tag is shown instead."""
        if self.stage is Stage.SENT and self.tag == tag and self.sending.under_way:
            self.open()
            return
        self.tag = tag
        plant = self._desk.plant
        self.set_title(tag.name)
        place = station_name(plant, tag.place)
        self.under.set_text(say("cmd.under", place=place, tag=tag.id))
        self.width_ = 820 if look().touch else 560
        self._anew()
        self.open()

    def _anew(self) -> None:
        assert self.tag is not None
        self._preview = self._command = None
        self.sending.forget()
        self._busy = False
        self.entry.begin(self.tag, self._desk.plant)
        self._to(Stage.ENTER)
        self._asking.now()

    def _to(self, stage: Stage) -> None:
        self.stage = stage
        entering, reviewing = stage is Stage.ENTER, stage in (Stage.REVIEW, Stage.SECOND)
        self.entry.setVisible(entering)
        self.review.setVisible(reviewing)
        self.progress.setVisible(stage is Stage.SENT)
        self.next.setVisible(entering)
        self.confirm.setVisible(reviewing)
        self.back.setVisible(reviewing)
        self.again.setVisible(False)
        self.cancel.set_text(say("signin.close" if stage is Stage.SENT else "signin.cancel"))
        self._look_again()
        self._ready()
        self.fit()
        if self.isVisible():
            self.first().setFocus()

    def first(self) -> QWidget:
        if self.stage is Stage.ENTER:
            return self.entry.entry.first()
        if self.stage is Stage.SECOND:
            return self.review.user.field
        if self.stage is Stage.REVIEW and self.review.password.isVisibleTo(self):
            return self.review.password.field
        return self.cancel

    # -- enter --------------------------------------------------------------------------------------------------------

    def _preview_of(self) -> dict[str, Any] | None:
        if self.tag is None or self.stage is Stage.SENT:
            return None
        value = self._command.value if self._command is not None else self.entry.entry.value
        if value is None:
            value = self._desk.reading(self.tag.id).value
        return None if value is None else {"tag": self.tag.id, "value": values.fitting(value, self.tag)}

    def _previewed(self, preview: CommandPreview) -> None:
        if self.tag is not None and preview.tag == self.tag.id:
            self._preview = preview
            self._ready()

    def _not_previewed(self, why: Text) -> None:
        self._preview = None
        self.entry.said.set_text(why)
        self._ready()

    def _edited(self) -> None:
        self._preview = None
        self._asking.now()
        self._ready()

    def _look_again(self) -> None:
        """The conditions, live; and on the review whether all is still as it was seen."""
        if self.tag is None or not self.isVisible():
            return
        session, desk = self._session, self._desk
        if self.stage is Stage.ENTER:
            self.entry.checks.show_checks(
                presenter.checks(desk.plant, self.tag, session.who, session.mode, desk.reading)
            )
        self._ready()

    def _ready(self, _what: object = None) -> None:
        if self.tag is None:
            return
        if self.stage is Stage.ENTER:
            why = self._why_not_review()
            self.next.forbid(why)
            self.entry.said.set_text(why if why is not None and self.entry.entry.value is not None else "")
        elif self.stage in (Stage.REVIEW, Stage.SECOND):
            self.confirm.forbid(self._why_not_confirm())
        self.sign_in.setVisible(self.stage is Stage.ENTER and not self._session.may_act)

    def _why_not_review(self) -> Text | None:
        entry, preview = self.entry, self._preview
        assert self.tag is not None
        why = may_not_command(self._session.who, self._session.mode, self._desk.plant, self.tag)
        if why is not None:
            return why
        if entry.entry.wrong is not None:
            return entry.entry.wrong
        if entry.entry.value is None:
            return say("cmd.value_missing")
        if preview is None:
            return say("cmd.looking")
        if preview.why is not None:
            return preview.why
        return None if entry.reason.why else say("cmd.reason_missing")

    def _to_review(self) -> None:
        why = self._why_not_review()
        if self.stage is not Stage.ENTER or self.tag is None or self._preview is None or why is not None:
            if why is not None:
                self.entry.said.set_text(why)
            return
        tag, preview = self.tag, self._preview
        reading = self._desk.reading(tag.id)
        value = values.fitting(self.entry.entry.value, tag)
        command = Command(secrets.token_hex(16), tag.id, value, self.entry.reason.why,
                          seen=(presenter.seen_of(tag, reading),))  # fmt: skip
        self._command, self._shown = command, presenter.shown_of(command, tag, preview)
        who = self._session.who
        rows = presenter.review_rows(self._desk.plant, tag, command, preview, who)
        self.review.begin(rows, tag, reading.value, value, preview.signatures)
        self.review.sign("" if who is None else who.printed_name or who.user)
        self.confirm.set_text(say("cmd.sign_confirm" if preview.signatures else "cmd.confirm"))
        self._to(Stage.REVIEW)
        turn_away(self.acts, self.confirm)

    def _back(self) -> None:
        self._command = None
        self._busy = False
        self.review.password.clear()
        self._to(Stage.ENTER)
        self._asking.now()

    # -- confirm ------------------------------------------------------------------------------------------------------

    def _why_not_confirm(self) -> Text | None:
        command, preview, tag = self._command, self._preview, self.tag
        if self._busy:
            return say("signin.checking")
        if command is None or tag is None or preview is None:
            return say("cmd.looking")
        why = may_not_command(self._session.who, self._session.mode, self._desk.plant, tag)
        reading = self._desk.reading(tag.id)
        moved = not presenter.still_as_seen(command.seen[0], reading)
        now = presenter.value_words(reading.value, tag)
        self.review.moved.set_text(say("cmd.moved", now=now) if moved else "")
        if why is None and moved:
            why = say("cmd.moved", now=now)
        why = why or preview.why
        if why is None and preview.signatures and not self.review.password.typed:
            why = say("modeplate.password_missing")
        if why is None and self.stage is Stage.SECOND and not self.review.user.text:
            why = say("signin.user_missing")
        return why

    def _confirm(self) -> None:
        command, preview = self._command, self._preview
        if command is None or preview is None or self._busy:
            return
        if preview.signatures == 0:
            self._send()
            return
        self._busy = True
        self._ready()
        second = self.review.user.text if self.stage is Stage.SECOND else ""
        self.sending.sign(command, self._shown, self.review.password.take(), second)

    def _signed(self, command: Command) -> None:
        self._busy = False
        if self._command is None or self._command.key != command.key or self._preview is None:
            return  # a person went back in between
        self._command = command
        if self._preview.signatures < 2 or command.second_signature is not None:
            self._send()
            return
        who = self._session.who
        self.review.second("–" if who is None else who.printed_name or who.user)
        self._to(Stage.SECOND)

    def _not_signed(self, why: Text) -> None:
        self._busy = False
        self.review.said.set_text(why)
        self._ready()
        self.fit()

    def _send(self) -> None:
        command, tag = self._command, self.tag
        if command is None or tag is None:
            return
        self._to(Stage.SENT)
        self.progress.change.show_change(tag, command.seen[0].value, command.value)
        self.progress.show_row(None, tag)
        self.sending.send(command)

    # -- what became of it --------------------------------------------------------------------------------------------

    @property
    def row(self) -> CommandRow | None:
        """How far the command has come."""
        return self.sending.row

    def _stepped(self, row: CommandRow) -> None:
        if self.tag is None:
            return
        self.progress.show_row(row, self.tag)
        if row.outcome is not CommandOutcome.PENDING:
            self.again.setVisible(row.outcome is not CommandOutcome.UNKNOWN or presenter.settled(row))
            self.outcome.emit(row)
        self.fit()

    def _refused(self, why: Text) -> None:
        self.progress.outcome.set_text(say("cmd.refused", why=why))
        self.progress.next.set_text(say("cmd.refused_next"))
        self.again.show()
        self.fit()

    def _lost(self) -> None:
        self.progress.lost()
        self.fit()

    def retell(self) -> None:
        if self.tag is not None and self.row is not None:
            self.progress.show_row(self.row, self.tag)
        self._look_again()
