"""Alarms in the top strip: how many of each priority, and the last urgent one in words. A press opens the list."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import Pulse, blink
from ui.widgets.alarmmark import DIM
from ui.widgets.drawn import LEFT, Pressable, words
from ui.widgets.marks import draw_alarm_mark

HEIGHT = 56
MARK = QRectF(2, HEIGHT / 2 - 13, 26, 26)


class AlarmCounter(Pressable):
    """Unacknowledged and active alarms of one priority; grey while there are none, a dash while nobody knows."""

    def __init__(self, priority: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say(f"alarm.p{priority}"))
        self.priority, self.unacked, self.active = priority, 0, 0
        self.known = False
        self.setToolTip(look().say("window.alarm_counts"))
        blink().watch(self)

    def show_counts(self, unacked: int, active: int, *, known: bool = True) -> None:
        """Show how many wait for a person and how many are active."""
        if (unacked, active, known) != (self.unacked, self.active, self.known):
            self.unacked, self.active, self.known = unacked, active, known
            self.setAccessibleDescription(self.said)
            self.update()

    @property
    def said(self) -> str:
        """The figures in words."""
        return f"{self.unacked} / {self.active}" if self.known else "– / –"

    def blink(self) -> None:
        """Repaint the mark, if it blinks."""
        if self.unacked:
            self.update(MARK.toAlignedRect())

    def retell(self) -> None:
        super().retell()
        self.setToolTip(look().say("window.alarm_counts"))

    def sizeHint(self) -> QSize:
        return QSize(92, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(76, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        if self.over:
            p.fillRect(r, t.chosen)
        some = self.known and bool(self.active or self.unacked)
        p.setOpacity(1.0 if not self.unacked or blink().lit(Pulse.FAST) else DIM)
        draw_alarm_mark(p, t, MARK.translated(0, r.center().y() - HEIGHT / 2), self.priority, active=some)
        p.setOpacity(1.0)
        box = QRectF(36, 0, r.width() - 36, r.height())
        words(p, box, self.said, here.font(Size.BODY, some, words=False), t.text if some else t.second)


class UrgentLine(Pressable):
    """The last urgent or high alarm in words; empty while there is none. Words never blink."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.urgent"))
        self._text: Text | None = None
        self._shorter: tuple[Text, ...] = ()
        self._priority = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setEnabled(False)

    @property
    def said(self) -> Text | None:
        """What it says."""
        return self._text

    def show_urgent(self, text: Text | None, priority: int = 1, shorter: tuple[Text, ...] = ()) -> None:
        """Show an alarm's line, or none. shorter: what is said instead where the whole line has no room."""
        if (text, priority) != (self._text, self._priority):
            self._text, self._priority, self._shorter = text, priority, shorter
            said = "" if text is None else look().text(text)
            self.setAccessibleDescription(said)
            self.setToolTip(said)
            self.setEnabled(text is not None)
            self.update()

    def retell(self) -> None:
        super().retell()
        self.setToolTip("" if self._text is None else look().text(self._text))

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self._text is None:
            return
        here, r = look(), QRectF(self.rect())
        if self.over:
            p.fillRect(r, t.chosen)
        said, fm = here.text(self._text), here.metrics(Size.BODY)
        for shorter in self._shorter:
            if fm.horizontalAdvance(said) <= r.width() - 8:
                break
            said = here.text(shorter)
        ink = t.priority[self._priority].text
        words(p, r.adjusted(4, 0, -4, 0), said, here.font(Size.BODY), ink, LEFT)
