"""What happened in the window of a trend: links lost and back, stops of the stations shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.rows import ChangeRow, Spans
from hmi.model.machine import StateSpan
from ui.bridge.desk import Desk
from ui.screens.trends import presenter
from ui.screens.trends.presenter import Mark

EVERY_S = 5.0


class Happenings(QObject):
    """Asks while the screen is in sight; ``changed`` tells that other marks are to be drawn."""

    changed = Signal()

    def __init__(
        self, desk: Desk, screen: QWidget, window: Callable[[], tuple[int, int]], pens: Callable[[], list[str]]
    ) -> None:
        """window: from and to in ns, pens: ids of the tags, both as they are now."""
        super().__init__(screen)
        self.marks: list[Mark] = []
        self._desk, self._window, self._pens = desk, window, pens
        self._changes: list[ChangeRow] = []
        self._spans: list[StateSpan] = []
        self._asks = [
            desk.keep_asking(screen, "changes", EVERY_S, self._took_changes, None, self._changes_wanted),
            desk.keep_asking(screen, "states", EVERY_S, self._took_states, None, self._states_wanted),
        ]

    def ask_now(self) -> None:
        """Another window or other pens: do not wait for the next turn."""
        for asking in self._asks:
            asking.now()

    def forget_stops(self) -> None:
        """Other pens are of other stations."""
        self._spans = []

    def _changes_wanted(self) -> dict[str, Any]:
        return {"since_ns": self._window()[0], "limit": 500}

    def _states_wanted(self) -> dict[str, Any] | None:
        plant, (from_ns, to_ns) = self._desk.plant, self._window()
        stations = presenter.stations_of(plant, self._pens()) if plant is not None else []
        if not stations or to_ns - from_ns > presenter.LONG_NS:
            self._spans = []
            return None
        return {"stations": stations, "from_ns": from_ns, "to_ns": to_ns}

    def _took_changes(self, changes: list[ChangeRow]) -> None:
        self._changes = changes
        self._mark()

    def _took_states(self, spans: Spans) -> None:
        self._spans = spans.spans
        self._mark()

    def _mark(self) -> None:
        plant = self._desk.plant
        if plant is None:
            return
        found = presenter.marks(self._changes, self._spans, plant, self._window()[0])
        if found != self.marks:
            self.marks = found
            self.changed.emit()
