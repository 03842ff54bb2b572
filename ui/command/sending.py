"""A confirmed command on its way: signed where need be, sent once, followed to its outcome through thick and thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from hmi.desk.command_rows import CommandRow
from hmi.model.command import Command, CommandOutcome
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import Session
from ui.command import presenter

LOOK_BACK = 20
"""Commands of the record among which one is found again after the engine was away."""


class Sending(QObject):
    """One command at a time. Nothing is ever sent a second time: what is not known is asked of the record."""

    stepped = Signal(object)
    """The command has come further, or has its outcome (CommandRow)."""
    refused = Signal(object)
    """The engine did not take it (Text); nothing was sent."""
    lost = Signal()
    """The engine went away in between: nobody can say now."""
    signed = Signal(object)
    """The command with the signature that was just given (Command)."""
    not_signed = Signal(object)
    """Why a signature was not given (Text)."""

    def __init__(self, desk: Desk, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.command: Command | None = None
        self.row: CommandRow | None = None
        session.commanded.connect(self._heard)
        session.connected.connect(self._ask_after)

    def forget(self) -> None:
        """Follow no command any more."""
        self.command = self.row = None

    @property
    def under_way(self) -> bool:
        """Whether there is one without an outcome."""
        return self.command is not None and (self.row is None or self.row.outcome is CommandOutcome.PENDING)

    def sign(self, command: Command, shown: dict[str, Any], password: str, user: str = "") -> None:
        """Sign a command as who sits here; with a user as the second person."""

        def done(number: int) -> None:
            key = "second_signature" if user else "signature"
            self.signed.emit(replace(command, **{key: str(number)}))  # type: ignore[arg-type]

        more = {"meaning_key": "command", "record": presenter.record_of(command), "shown": shown, "password": password}
        if user:
            first = int(command.signature or 0)
            self._desk.ask("sign_second", done, self.not_signed.emit, user=user, first=first, **more)
        else:
            self._desk.ask("sign", done, self.not_signed.emit, **more)

    def send(self, command: Command) -> None:
        """Let it go."""
        self.command, self.row = command, None
        seen = [{"tag": s.tag, "value": s.value, "tolerance": s.tolerance} for s in command.seen]
        self._desk.ask(
            "command", self._heard, self._no, key=command.key, tag=command.tag, value=command.value,
            reason=command.reason, seen=seen, signature=command.signature, second_signature=command.second_signature,
        )  # fmt: skip

    def _heard(self, row: CommandRow) -> None:
        if self.command is not None and row.key == self.command.key:
            self.row = row
            self.stepped.emit(row)

    def _no(self, why: Text) -> None:
        if self.row is not None and self.row.outcome is not CommandOutcome.PENDING:
            return
        failed = why == say("desk.failed", ask="command")  # somewhere on its way: that is no refusal
        if self._desk.connected and self._desk.alive and not failed:
            self.command = None
            self.refused.emit(why)
        else:
            self.lost.emit()
            self._ask_after()

    def _ask_after(self) -> None:
        """The engine is back: what does the record say of the command that was under way?"""
        if self.command is not None:
            self._desk.ask("commands", self._found, None, tag=self.command.tag, limit=LOOK_BACK)

    def _found(self, rows: Sequence[CommandRow]) -> None:
        for row in rows:
            self._heard(row)
