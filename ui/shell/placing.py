"""Where a window goes on the monitors that are there now."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from ui.shell.layoutfile import Layout

DEFAULT_SIZE = (1920, 1080)


def place_of(layout: Layout) -> QRect:
    """The remembered place; the default one where its monitor is gone or it would be out of sight."""
    screens, first = QGuiApplication.screens(), QGuiApplication.primaryScreen()
    free = next((s for s in screens if s.name() == layout.monitor), first).availableGeometry()
    wanted = QRect(*layout.geometry) if layout.geometry else QRect(free.topLeft(), free.size())
    if not layout.geometry or not free.intersects(wanted.adjusted(40, 40, -40, -40)):
        wanted = QRect(free.x(), free.y(), min(DEFAULT_SIZE[0], free.width()), min(DEFAULT_SIZE[1], free.height()))
    return wanted
