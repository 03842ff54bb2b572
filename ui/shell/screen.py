"""What a screen is to the window, and the window to a screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from ui.bridge.desk import Desk
from ui.widgets.panel import Ground

Place = Mapping[str, str]


class Window(Protocol):
    """What screens may ask of the window."""

    desk: Desk

    def go(self, screen: str, **place: str) -> bool:
        """Go to a screen, e.g. ``go("line", line="L1")``; False when there is no such screen."""

    def open_faceplate(self, station: str) -> None:
        """Dock a station's faceplate in the right column."""

    def close_faceplate(self) -> None:
        """Empty the dock."""

    def tell(self, text: Text) -> None:
        """Say the outcome of the last action in the footer."""

    def command(self, tag: str) -> None:
        """Open the command dialog for a tag: current value, new value, review, confirmation."""


class Faceplate(Protocol):
    """The widget in the dock; a QWidget."""

    def show_station(self, station: str) -> None:
        """Be the faceplate of this station."""


class Screen(Ground):
    """Base of all screens. Made once, kept, shown and hidden; live parts work only while it can be seen."""

    crumbs_changed = Signal()
    wide = False
    """Needs the right column's room: that opens for a faceplate only."""
    lists_alarms = False
    """Shows the alarm list itself at the moment: the bar at the foot would say it twice."""

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.window_ = window
        self.desk = window.desk
        self.place: dict[str, str] = {}

    def arrive(self, place: Place) -> None:
        """The window goes here with these particulars, e.g. {"line": "L1"}. Override; call the base first."""
        self.place = dict(place)

    def crumbs(self) -> list[Text]:
        """Where one is, below the screen's own name: [] or [line name, station name]."""
        return []

    def scope(self) -> str:
        """Id of the line or station that this screen is about: the bar at the foot shows its alarms. Empty: all."""
        return self.place.get("station") or self.place.get("line") or ""

    def help(self) -> Text | None:
        """What F1 says of this screen or of what is chosen on it; None for the general help."""
        return None

    def keep(self) -> dict[str, Any]:
        """What the layout file remembers of this screen (JSON), such as trend pens."""
        return {}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Take up what keep() gave in an earlier session; be patient with foreign or old content."""
