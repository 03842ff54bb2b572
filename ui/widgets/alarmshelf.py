"""The plate that asks why an alarm is put aside and for how long: a reason by one touch, a time within bounds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmRow
from hmi.model.alarm import Priority, ShelfMode
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.alarmacts import AlarmActs
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.panel import Panel

REASONS = ("maintenance", "known", "nuisance", "sensor", "test")
MINUTES = (15, 30, 60, 120, 240, 480, 1440)
LONGEST = {Priority.URGENT: 60, Priority.HIGH: 240, Priority.MEDIUM: 480, Priority.DIAGNOSTIC: 1440}
"""What the engine allows by priority: nothing longer is offered, and the engine checks it again."""
WIDTH = 540
EDGE = 2


def minutes_words(minutes: int) -> Text:
    """15 min, 2 h, 1 d."""
    if minutes < 60:
        return say("figures.min", n=minutes)
    return say("figures.h", n=minutes // 60) if minutes < 1440 else say("figures.d", n=minutes // 1440)


class ShelfPlate(QWidget):
    """Lies over its window; Escape closes it. Nothing happens without a reason."""

    def __init__(self, parent: QWidget, acts: AlarmActs) -> None:
        super().__init__(parent)
        self._acts, self._over = acts, parent
        self._row: AlarmRow | None = None
        self._out = False
        self._reason = self._minutes = ""
        self._before: QWidget | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._panel = Panel(say("alarmlist.shelve"), margin=18)
        outer.addWidget(self._panel)
        self.name = Caption("", bold=True, wrap=True)
        self._panel.add(self.name)
        self._panel.add(Caption(say("alarmlist.why_aside"), size=Size.SMALL, tone="second"))
        self._reasons = self._grid([(key, say(f"alarmlist.reason.{key}")) for key in REASONS], 3, self._reason_is)
        self.comment = QLineEdit()
        self._panel.add(self.comment)
        self._how_long = Caption(say("alarmlist.how_long"), size=Size.SMALL, tone="second")
        self._panel.add(self._how_long)
        self._times = self._grid([(str(m), minutes_words(m)) for m in MINUTES], 5, self._time_is)
        self.once = Button(say("alarmlist.one_shot"), checkable=True)
        self.once.clicked.connect(self._ready)
        self._panel.add(self.once)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.cancel = Button(say("alarmlist.cancel"))
        self.go = Button(say("alarmlist.shelve"))
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.go)
        self._panel.body.addSpacing(8)
        self._panel.body.addLayout(row)
        self.cancel.clicked.connect(self.shut)
        self.go.clicked.connect(self._do)
        self.comment.returnPressed.connect(self._do)
        self._tell()
        self.hide()

    def _grid(self, options: list[tuple[str, Text]], across: int, on: Callable[[], None]) -> dict[str, Button]:
        grid, made = QGridLayout(), {}
        grid.setSpacing(6)
        for i, (key, text) in enumerate(options):
            button = Button(text, checkable=True)
            button.setProperty("choice", key)
            button.clicked.connect(on)
            grid.addWidget(button, i // across, i % across)
            made[key] = button
        self._panel.body.addLayout(grid)
        return made

    def open(self, row: AlarmRow, *, out: bool = False) -> None:
        """Ask about an alarm; out: it is to be taken out of service, for as long as it takes."""
        self._row, self._out = row, out
        self._before = self.window().focusWidget()
        self._reason, self._minutes = "", str(min(60, LONGEST[row.priority]))
        title = say("alarmlist.out_of_service" if out else "alarmlist.shelve")
        assert self._panel.head is not None
        self._panel.head.title.set_text(title)
        self.go.set_text(title)
        self.name.set_text(row.name)
        self.comment.clear()
        self.once.setChecked(False)
        for part in (self._how_long, self.once, *self._times.values()):
            part.setVisible(not out)
        for key, button in self._times.items():
            if not out:
                button.setVisible(int(key) <= LONGEST[row.priority])
        self._ready()
        room = self._over.rect()
        width = min(WIDTH, room.width() - 32)
        outer = self.layout()
        assert outer is not None
        outer.activate()
        height = max(outer.totalHeightForWidth(width), outer.totalSizeHint().height())
        self.setGeometry((room.width() - width) // 2, max(8, (room.height() - height) // 2), width, height)
        self.show()
        self.raise_()
        self._reasons[REASONS[0]].setFocus()

    def shut(self) -> None:
        """Go away; the focus returns."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    @property
    def why(self) -> str:
        """The reason in the words of the moment, with what was typed."""
        chosen = look().say(f"alarmlist.reason.{self._reason}") if self._reason else ""
        return ": ".join(x for x in (chosen, self.comment.text().strip()) if x)

    def _reason_is(self) -> None:
        self._reason = str(self.sender().property("choice"))
        self._ready()

    def _time_is(self) -> None:
        self._minutes = str(self.sender().property("choice"))
        self._ready()

    def _ready(self) -> None:
        for key, button in self._reasons.items():
            button.setChecked(key == self._reason)
        for key, button in self._times.items():
            button.setChecked(key == self._minutes)
        self.go.setEnabled(bool(self._reason))

    def _do(self) -> None:
        if self._row is None or not self._reason:
            return
        if self._out:
            self._acts.out_of_service(self._row, self.why)
        else:
            mode = ShelfMode.ONE_SHOT if self.once.isChecked() else ShelfMode.TIMED
            self._acts.shelve(self._row, mode, float(self._minutes), self.why)
        self.shut()

    def _tell(self) -> None:
        self.setAccessibleName(look().say("alarmlist.shelve"))
        self.comment.setPlaceholderText(look().say("alarmlist.comment_hint"))
        self.comment.setAccessibleName(look().say("alarmlist.comment"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "go"):
            self._tell()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(self.rect(), look().theme.outline)
        p.end()
