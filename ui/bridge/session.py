"""Who sits at this window and whether the station may write: asked of the engine, which decides; told to the widgets.

A session belongs to the window's connection, so there is one for a desk: ``session_of(desk)``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from PySide6.QtCore import QEvent, QObject, Signal

from hmi.desk.command_rows import CommandRow, ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import Mode
from hmi.model.text import Lang, Text
from ui.bridge.desk import Desk

T = TypeVar("T")
OnRefused = Callable[[Text], None]

ASK_EVERY_S = 5.0
ACTIVE_EVERY_S = 10.0
_WORK = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
})  # fmt: skip


class Session(QObject):
    """What the engine says of this window's person and of the station's mode; None while nobody can say."""

    who_changed = Signal(object)
    """WhoRow, or None while the engine is away."""
    mode_changed = Signal(object)
    """ModeRow, or None while the engine is away."""
    commanded = Signal(object)
    """A step of any command at this station (CommandRow)."""
    connected = Signal()
    """The engine answers (again): nobody is signed in on a new connection."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.who: WhoRow | None = None
        self.mode: ModeRow | None = None
        self._there = False
        self._asked_s = self._active_s = float("-inf")
        desk.told.connect(self._heard)
        desk.quarter.connect(self._follow)

    @property
    def user(self) -> str:
        """Who is signed in, locked or not; empty for nobody."""
        return "" if self.who is None else self.who.user

    @property
    def may_act(self) -> bool:
        """Whether somebody is signed in, not locked, with a password of their own."""
        return self.who is not None and bool(self.who.user) and not self.who.locked and not self.who.must_change

    @property
    def control(self) -> bool:
        """Whether the station is known to be in CONTROL."""
        return self.mode is not None and self.mode.mode == Mode.CONTROL

    # what a person does

    def sign_in(self, user: str, password: str, done: Callable[[WhoRow], None], refused: OnRefused) -> None:
        """Sit down at this window."""
        self._sit("sign_in", done, refused, user=user, password=password)

    def first_user(
        self, user: str, password: str, printed_name: str, lang: Lang, done: Callable[[WhoRow], None],
        refused: OnRefused,
    ) -> None:  # fmt: skip
        """Make the first administrator and sit down."""
        self._sit(
            "first_user", done, refused, user=user, password=password, printed_name=printed_name, language=lang.value
        )

    def sign_out(self) -> None:
        """Get up."""
        self._sit("sign_out", None, None)

    def lock(self) -> None:
        """Lock writing; the view stays."""
        if self.user:
            self._sit("lock", None, None)

    def unlock(self, password: str, done: Callable[[WhoRow], None], refused: OnRefused) -> None:
        """Go on after a lock."""
        self._sit("unlock", done, refused, password=password)

    def change_password(self, old: str, new: str, done: Callable[[WhoRow], None], refused: OnRefused) -> None:
        """One's own password."""
        self._sit("change_password", done, refused, old=old, new=new)

    def set_language(self, lang: Lang) -> None:
        """Let the station remember in which language it speaks to whoever sits here."""
        if self.user and self.who is not None and self.who.language != lang.value:
            self._sit("set_language", None, None, language=lang.value)

    def set_mode(
        self, mode: Mode, reason: str, password: str, done: Callable[[ModeRow], None], refused: OnRefused
    ) -> None:
        """MONITOR or CONTROL; going to CONTROL is signed with the password."""

        def answered(row: ModeRow) -> None:
            self._mode_is(row)
            done(row)

        self._desk.ask("set_mode", answered, refused, mode=mode.value, reason=reason, password=password)

    def worked(self) -> None:
        """The person at the window did something: tell the engine now and then, so that it does not lock."""
        now = time.monotonic()
        if self.may_act and now - self._active_s >= ACTIVE_EVERY_S:
            self._active_s = now
            self._desk.ask("active")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Installed on the window's native handle: any key, press or move there is work."""
        if event.type() in _WORK:
            self.worked()
        return False

    # inside

    def _sit(self, act: str, done: Callable[[WhoRow], None] | None, refused: OnRefused | None, **more: Any) -> None:
        def answered(row: WhoRow) -> None:
            self._active_s = time.monotonic()
            self._who_is(row)
            if done is not None:
                done(row)

        self._desk.ask(act, answered, refused, **more)

    def _follow(self) -> None:
        there, now = self._desk.connected, time.monotonic()
        if not there:
            self._there = False
            self._who_is(None)
            self._mode_is(None)
            return
        fresh, self._there = not self._there, True
        if fresh:
            self.connected.emit()
        if fresh or now - self._asked_s >= ASK_EVERY_S:
            self._asked_s = now
            self.ask_again()

    def ask_again(self) -> None:
        """Ask who sits here and which mode it is; events tell the changes in between."""
        self._desk.ask("who", self._who_is, lambda _why: self._who_is(None))
        self._desk.ask("mode", self._mode_is, lambda _why: self._mode_is(None))

    def _heard(self, event: dict[str, Any]) -> None:
        if "session" in event:
            self._who_is(_as(event["session"], WhoRow))
        elif "mode" in event:
            self._mode_is(_as(event["mode"], ModeRow))
        elif "command" in event:
            self.commanded.emit(_as(event["command"], CommandRow))
            self._desk.ask("mode", self._mode_is)

    def _who_is(self, who: WhoRow | None) -> None:
        if who != self.who:
            self.who = who
            self.who_changed.emit(who)

    def _mode_is(self, mode: ModeRow | None) -> None:
        if mode != self.mode:
            self.mode = mode
            self.mode_changed.emit(mode)


def _as(told: Any, kind: type[T]) -> T:
    return msgspec.convert(told, kind, strict=False)


def session_of(desk: Desk) -> Session:
    """The session of a desk's connection; made when first asked for."""
    found = desk.findChild(Session)
    return found if isinstance(found, Session) else Session(desk)
