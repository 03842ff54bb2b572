"""The base of widgets that show one tag: reading to what is shown, only repainted when that differs."""

from __future__ import annotations

import time
from typing import Any, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QShowEvent
from PySide6.QtWidgets import QToolTip, QWidget

from hmi.model import quality as q
from hmi.model.plant import Tag
from hmi.model.reading import Reading
from ui.theme.look import look
from ui.widgets.drawn import Drawn
from ui.widgets.figures import Shown, shown, told

NOTHING = Reading(None, q.BAD_WAITING_FOR_INITIAL_DATA, 0)


class Source(Protocol):
    """Where readings come from: the bridge's Desk."""

    def subscribe(self, tag: str, widget: Any) -> None:
        """Let a widget's ``take`` be called."""

    def unsubscribe(self, widget: Any, tag: str | None = None) -> None:
        """The reverse."""

    def refresh(self, widget: Any) -> None:
        """Give a widget its readings now."""


class Live(Drawn):
    """Shows the reading of one tag. Override ``draw``; ``self.seen`` holds what to show."""

    def __init__(self, tag: Tag | None = None, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, ground=ground)
        self.tag = tag
        self.reading = NOTHING
        self._source: Source | None = None
        self.seen: Shown = shown(NOTHING, tag, look().lang, 0)
        if tag is not None:
            self.set_name(tag.name)

    def bind(self, source: Source, tag: Tag | None = None) -> None:
        """Show a tag of the desk (the one of the constructor, or another one from now on)."""
        if self._source is not None:
            self._source.unsubscribe(self)
        if tag is not None and tag is not self.tag:
            self.set_tag(tag)
        self._source = source
        if self.tag is not None:
            source.subscribe(self.tag.id, self)
            if self.isVisible():
                source.refresh(self)

    def unbind(self) -> None:
        """Show nothing live any more."""
        if self._source is not None:
            self._source.unsubscribe(self)
            self._source = None

    def set_tag(self, tag: Tag) -> None:
        """Be the indicator of another tag; its reading is not known yet."""
        self.tag, self.reading = tag, NOTHING
        self.seen = shown(NOTHING, tag, look().lang, 0)
        self.set_name(tag.name)
        self.updateGeometry()
        self.update()

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """Show this reading; repaints only when a person would see a difference."""
        self.reading = reading
        seen = shown(reading, self.tag, look().lang, now_ns)
        if seen != self.seen:
            self.seen = seen
            self.update()

    def describe(self) -> str:
        """What the tool tip and the screen reader say."""
        if self.tag is None:
            return ""
        here = look()
        return told(self.tag, self.seen, self.reading, here.lang, here.zone)

    def retell(self) -> None:
        self.seen = shown(self.reading, self.tag, look().lang, time.time_ns())
        super().retell()

    def showEvent(self, event: QShowEvent) -> None:
        if self._source is not None:
            self._source.refresh(self)
        super().showEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """What the tool tip will say is made when somebody points here, not at each reading."""
        self.setToolTip(self.describe())
        super().enterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """By keyboard too one learns why a value is in doubt."""
        self.setAccessibleDescription(self.describe())
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), self.describe(), self)
        super().focusInEvent(event)
