"""The right column: the faceplate of what was chosen, and below it what has changed in the last minutes."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from hmi.desk.rows import ChangeRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Drawn, words
from ui.widgets.figures import time_text
from ui.widgets.panel import Ground, Panel

MINUTES = 10
ROW, LINE = 30, 20
"""Heights of a row, and of the second line of one that is too long for the first."""
WIDTH = 552


def split_line(said: str, width: Callable[[str], int], room: float) -> tuple[str, str]:
    """A sentence in two lines, broken at the last space that fits; in the middle of a word where it has none."""
    fits = next((n for n in range(len(said), 0, -1) if width(said[:n]) <= room), 1)
    at = said.rfind(" ", 1, fits + 1)
    cut = at if at > 0 else fits
    return said[:cut].rstrip(), said[cut:].lstrip()


class ChangeList(Drawn):
    """The latest changes, newest first, as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.changed"))
        self._rows: list[ChangeRow] = []
        self._tops: list[int] = []
        """Where each row that is drawn begins."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_rows(self, rows: Sequence[ChangeRow]) -> None:
        """Show these."""
        latest = sorted(rows, key=lambda r: -r.at_ns)
        if latest != self._rows:
            self._rows = latest
            here = look()
            self.setAccessibleDescription("; ".join(here.text(r.text) for r in latest[:5]))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, ROW * 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW * 3)

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        if not self._rows:
            words(
                p,
                QRectF(0, 0, self.width(), ROW),
                here.say("window.no_change", n=MINUTES),
                here.font(Size.BODY),
                t.second,
            )
            return
        time_px = here.metrics(Size.BODY, words=False).horizontalAdvance("00:00:00") + 16
        self._tops, y = [], 0
        face, room = here.metrics(Size.BODY), self.width() - time_px
        for row in self._rows:
            said = here.text(row.text)
            tall = ROW if face.horizontalAdvance(said) <= room else ROW + LINE
            if y + tall > self.height():
                break
            words(
                p,
                QRectF(0, y, time_px, ROW),
                time_text(row.at_ns, here.zone),
                here.font(Size.SMALL, words=False),
                t.second,
            )
            first, rest = (said, "") if tall == ROW else split_line(said, lambda x: face.horizontalAdvance(x), room)
            words(p, QRectF(time_px, y, room, ROW), first, here.font(Size.BODY), t.text)
            if rest:
                words(p, QRectF(time_px, y + LINE, room, ROW), rest, here.font(Size.BODY), t.text)
            self._tops.append(y)
            y += tall

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = bisect_right(self._tops, event.pos().y()) - 1
            shown = look().text(self._rows[at].text) if 0 <= at < len(self._rows) else ""
            QToolTip.showText(event.globalPos(), shown, self)
            return True
        return super().event(event)


class SideColumn(Ground):
    """Dock above, changes below. Without a faceplate the changes have it all."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(look().say("window.side"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 8, 8)
        column.setSpacing(8)
        self._column = column
        self._docked: QWidget | None = None
        self.changes_panel = Panel(say("window.changed_last", n=MINUTES))
        self.changes = ChangeList()
        self.changes_panel.add(self.changes, 1)
        column.addWidget(self.changes_panel, 2)
        desk.keep_asking(self.changes, "changes", 2.0, self._take, self._refused, self._since)

    def dock(self, widget: QWidget | None) -> None:
        """Put a faceplate into the dock, or empty it; widgets are hidden, never destroyed."""
        if widget is self._docked:
            return
        if self._docked is not None:
            self._docked.hide()
        self._docked = widget
        if widget is not None:
            if self._column.indexOf(widget) < 0:
                self._column.insertWidget(0, widget, 3)
            widget.show()

    @property
    def docked(self) -> QWidget | None:
        """What stands in the dock."""
        return self._docked

    def _since(self) -> dict[str, Any]:
        return {"since_ns": time.time_ns() - MINUTES * 60_000_000_000, "limit": 50}

    def _take(self, rows: Sequence[ChangeRow]) -> None:
        self.changes.set_rows(rows)

    def _refused(self, why: Text) -> None:
        """The engine is away: the banner says so, what is listed stays true."""
