"""When the window's right column is open, how wide it is, and the faceplate that docks in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from ui.shell import registry
from ui.shell.screen import Faceplate
from ui.shell.side import WIDTH, SideColumn

if TYPE_CHECKING:
    from ui.shell.window import Shell

NARROW = 1600
"""Below this width of the window the column opens only for a faceplate."""
LEAST_PX, SHARE = 360, 0.29


class SideDock:
    """Made by the window, which gives the column its place."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.column = SideColumn(shell.desk, shell)
        self.wanted = True
        """Whether a person wants it open where there is room."""
        self.faceplate: QWidget | None = None
        self._plate: Faceplate | None = None
        """The same, as what is told which station to show."""

    def open(self, station: str) -> None:
        """Dock a station's faceplate, made at its first use."""
        factory = registry.faceplate()
        if factory is None:
            return
        if self.faceplate is None or self._plate is None:
            made = self._plate = factory(self._shell)
            assert isinstance(made, QWidget)
            self.faceplate = made
        self._plate.show_station(station)
        self.column.dock(self.faceplate)
        self.fit()

    def close(self) -> None:
        """Empty the dock."""
        self.column.dock(None)
        self.fit()

    def toggle(self) -> None:
        """Open or shut the column."""
        self.wanted = self.column.isHidden()
        self.column.setVisible(self.wanted)
        if self.wanted:
            self.column.setFixedWidth(self._width())

    def fit(self) -> None:
        """Fit to the window and to the screen it shows."""
        shown = self._shell.shown
        room = self._shell.width() >= NARROW and not (shown is not None and shown.wide)
        self.column.setVisible(self.column.docked is not None or (room and self.wanted))
        self.column.setFixedWidth(self._width())

    def _width(self) -> int:
        return min(WIDTH, max(LEAST_PX, round(self._shell.width() * SHARE)))
