"""The window's desk: live tags once a frame, questions and answers, the engine's heartbeat.

All that comes from the engine enters the widgets here, on one timer. There is no Qt signal per change: a frame tells
its changed rows once, and hands new readings to the widgets that show them and can be seen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.live import LiveTags
from hmi.model.plant import Plant, Tag
from hmi.model.reading import Reading
from hmi.model.text import Text
from ui.bridge.asking import Arguments, Asking
from ui.bridge.frametimes import FrameTimes
from ui.bridge.subscription import Subscriptions, Taker
from ui.theme.look import look

FRAME_MS = 16
HIDDEN_MS = 500
FOLLOW_EVERY_S = 0.25


class Conversation(Protocol):
    """The half of hmi.desk.client.DeskClient that the window uses."""

    @property
    def connected(self) -> bool:
        """Whether the engine answers."""

    def ask(
        self,
        name: str,
        on_answer: Callable[[Any], None] | None = None,
        on_refused: Callable[[Text], None] | None = None,
        **arguments: Any,
    ) -> None:
        """Put a question."""

    def poll(self) -> int:
        """Run the callbacks of what has been answered."""

    def close(self) -> None:
        """End the conversation."""


class Desk(QObject):
    """One for a window. Lives on the window's thread, like all that it calls."""

    frame = Signal(object)
    """Once a frame: table rows that changed since the last one (numpy intp array, may be empty)."""
    quarter = Signal()
    """Four times a second: tables show their coalesced changes."""
    second = Signal()
    """Once a second: clocks and ages."""
    engine_changed = Signal(bool)
    """The engine's heartbeat went (False) or came back (True)."""
    plant_changed = Signal()
    """The plant is known now, or is another one."""
    told = Signal(object)
    """What the engine told unasked (dict)."""

    def __init__(
        self,
        data: Path,
        conversation: Callable[[Path, Callable[[dict[str, Any]], None]], Conversation],
        parent: QObject | None = None,
    ) -> None:
        """Look at a data folder. conversation makes the client, e.g. ``hmi.desk.client.DeskClient``."""
        super().__init__(parent)
        self.data = data
        self.tags = LiveTags(data)
        self.times = FrameTimes()
        self._client = conversation(data, self._heard)
        self._subscriptions = Subscriptions()
        self._askings: list[Asking] = []
        self._alive: bool | None = None
        self._revision = 0
        self._not_good: set[int] = set()
        self._followed_s = self._quarter_s = self._second_s = float("-inf")
        self._window: QWidget | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self.tick)
        if self.tags.attached:
            self._learn_plant()

    def start(self, window: QWidget | None = None) -> None:
        """Begin to tick; with a window, only slowly while that is hidden or minimised."""
        self._window = window
        if window is not None:
            window.installEventFilter(self)
        self._pace()
        self._timer.start()

    def stop(self) -> None:
        """Tick no more and end the conversation."""
        self._timer.stop()
        self._client.close()

    @property
    def plant(self) -> Plant | None:
        """The plant whose tags these are; None until an engine has told."""
        return self.tags.plant

    @property
    def alive(self) -> bool:
        """Whether the engine's heartbeat is fresh."""
        return bool(self._alive)

    @property
    def connected(self) -> bool:
        """Whether the engine answers questions."""
        return self._client.connected

    @property
    def silent_s(self) -> float | None:
        """Seconds since the engine's last heartbeat; None when there never was one."""
        return self.tags.silent_s

    def tag(self, tag: str) -> Tag | None:
        """A tag of the plant by its id."""
        return None if self.plant is None else self.plant.tag.get(tag)

    def reading(self, tag: str) -> Reading:
        """The last reading of a tag, with its doubts."""
        return self.tags.reading(tag)

    def ask(
        self,
        name: str,
        on_answer: Callable[[Any], None] | None = None,
        on_refused: Callable[[Text], None] | None = None,
        **arguments: Any,
    ) -> None:
        """Put one question or action (see hmi.desk.ask); one of the callbacks comes with a later frame."""
        self._client.ask(name, on_answer, on_refused, **arguments)

    def keep_asking(
        self,
        widget: QWidget,
        name: str,
        every_s: float,
        on_answer: Callable[[Any], None],
        on_refused: Callable[[Text], None] | None = None,
        arguments: Arguments | None = None,
    ) -> Asking:
        """Ask again and again while the widget is visible; ``.now()`` of what is given back asks at once."""
        asking = Asking(self, widget, name, every_s, on_answer, on_refused, arguments)
        self._askings.append(asking)
        return asking

    def subscribe(self, tag: str, widget: Taker) -> None:
        """Let a widget show a tag: its ``take(tag, reading, now_ns)`` is called when that changes and can be seen."""
        self._subscriptions.add(tag, widget)

    def unsubscribe(self, widget: Taker, tag: str | None = None) -> None:
        """Take a widget's subscriptions back, or one of them."""
        self._subscriptions.remove(widget, tag)

    def refresh(self, widget: Taker) -> None:
        """Give a widget the readings of now: it has just become visible."""
        now_ns = time.time_ns()
        for tag in self._subscriptions.tags_of(widget):
            reading = self.tags.reading(tag)
            row = None if self.plant is None else self.plant.row.get(tag)
            if row is not None:
                self._note(row, reading)
            widget.take(tag, reading, now_ns)

    def tick(self) -> None:
        """One frame."""
        start = time.perf_counter_ns()
        now_s = time.monotonic()
        self._client.poll()
        if now_s - self._followed_s >= FOLLOW_EVERY_S:
            self._followed_s = now_s
            if self.tags.follow():
                self._learn_plant()
        self._notice_engine()
        snapshot = self.tags.changed()
        if len(snapshot.rows):
            self._subscriptions.changed(snapshot.rows)
        self._show(now_s)
        self.frame.emit(snapshot.rows)
        if now_s - self._quarter_s >= 0.25:
            self._quarter_s = now_s
            self.quarter.emit()
        if now_s - self._second_s >= 1.0:
            self._second_s = now_s
            self._age()
            self.second.emit()
        for asking in list(self._askings):
            try:
                asking.tick(now_s)
            except RuntimeError:  # its widget is gone
                self._askings.remove(asking)
        self.times.add(start, time.perf_counter_ns())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Slow down while the window is not to be seen."""
        if event.type() in (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange):
            self._pace()
        return False

    def _pace(self) -> None:
        seen = self._window is None or (self._window.isVisible() and not self._window.isMinimized())
        self._timer.setInterval(FRAME_MS if seen else HIDDEN_MS)
        if not seen:
            self.times.pause()

    def _heard(self, event: dict[str, Any]) -> None:
        self.told.emit(event)

    def _learn_plant(self) -> None:
        plant = self.tags.plant
        if plant is None:
            return
        self._subscriptions.rows_are(plant.row)
        self._not_good.clear()
        try:
            look().zone = ZoneInfo(plant.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            look().zone = None
        if self.tags.revision != self._revision:
            self._revision = self.tags.revision
            self.plant_changed.emit()

    def _notice_engine(self) -> None:
        alive = self.tags.alive
        if alive is not self._alive:
            self._alive = alive
            self._subscriptions.all_due()
            self.engine_changed.emit(alive)

    def _show(self, now_s: float) -> None:
        rows = self._subscriptions.due(now_s)
        if len(rows) == 0:
            return
        now_ns = time.time_ns()
        for row in rows.tolist():
            self._hand_over(row, now_ns)

    def _hand_over(self, row: int, now_ns: int) -> None:
        tag, takers = self._subscriptions.takers(row)
        reading: Reading | None = None
        for taker in list(takers):
            try:
                if not taker.isVisible():
                    continue  # it asks for its reading itself when it is shown
                if reading is None:
                    reading = self.tags.reading_of_row(row)
                taker.take(tag, reading, now_ns)
            except RuntimeError as err:
                if "already deleted" not in str(err):
                    raise
                self._subscriptions.remove(taker, tag)
        if reading is not None:
            self._note(row, reading)

    def _note(self, row: int, reading: Reading) -> None:
        (self._not_good.add if reading.quality else self._not_good.discard)(row)

    def _age(self) -> None:
        """What is not GOOD shows its age, which grows without any change in the table."""
        if not self._not_good:
            return
        self._subscriptions.changed(np.fromiter(self._not_good, np.intp, len(self._not_good)))
