"""The chosen alarm: what it means, what to do, its values around the moment, its history, and the buttons."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmJournal, AlarmRow
from hmi.desk.rows import Series
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.screens.alarms import presenter
from ui.screens.alarms.moment import MomentTrend, window_of
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import Pulse, blink
from ui.widgets.alarmmark import draw_alarm, mark_look
from ui.widgets.controls import Button
from ui.widgets.drawn import Drawn, words
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground, KeyValue, Panel
from ui.widgets.scroller import Scroller

POINTS = 240
S = 1_000_000_000
ACTS = ("acknowledge", "confirm", "reset", "shelve", "unshelve", "take_out", "put_back")
WORDS = {"take_out": "out_of_service", "put_back": "return_to_service"}
WIDE_PX = 420
KEYS = {"acknowledge": "A", "shelve": "S"}


class Heading(Drawn):
    """Mark and name of the alarm."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("alarmscreen.detail"))
        self._row: AlarmRow | None = None
        blink().watch(self)

    def show_row(self, row: AlarmRow) -> None:
        """Show this alarm's."""
        self._row = row
        self.set_name(row.name)
        self.update()

    def blink(self) -> None:
        """Repaint the mark, if it blinks."""
        if self._row is not None and mark_look(self._row.state).pulse is not Pulse.STEADY:
            self.update(0, 0, 30, self.height())

    def sizeHint(self) -> QSize:
        return QSize(300, 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 44)

    def draw(self, p: QPainter, t: Theme) -> None:
        row, here = self._row, look()
        if row is None:
            return
        r = QRectF(self.rect())
        draw_alarm(p, t, r.adjusted(2, 0, 0, 0), int(row.priority), row.state, doubt=row.doubt is not Quality.GOOD)
        box = r.adjusted(48 if row.doubt or mark_look(row.state).letter else 36, 0, 0, 0)
        words(p, box, here.text(row.name), here.font(Size.BODY, True), t.text,
              Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, wrap=True)  # fmt: skip


class AlarmDetail(Panel):
    """Beside the list. Without a chosen alarm it says how to get one."""

    wanted = Signal(str, object)
    """An act (see ACTS, and ``cause``, ``trend``) on an AlarmRow."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self.setAccessibleName(look().say("alarmscreen.detail"))
        self._desk = desk
        self.row: AlarmRow | None = None
        self._asked: tuple[str, str] | None = None
        self._history: AlarmJournal | None = None
        self.empty = EmptyState(say("alarmscreen.choose"), icon="alarms")
        self.heading = Heading()
        self.said = Caption("", bold=True, size=Size.SMALL, wrap=True)
        self.buttons = {act: Button(say(f"alarmlist.{WORDS.get(act, act)}"), key=KEYS.get(act, "")) for act in ACTS}
        self.cause = Button(say("alarmlist.cause"), key="Enter")
        self.trend = Button(say("alarmlist.open_trend"))
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self.inner = Ground(ground="panel")
        inside = QVBoxLayout(self.inner)
        inside.setContentsMargins(0, 0, 6, 0)
        inside.setSpacing(8)
        self._guide = [(Caption("", size=Size.SMALL, tone="second"), Caption("", wrap=True)) for _ in range(4)]
        self.no_guidance = Caption(say("alarmscreen.no_guidance"), tone="second", size=Size.SMALL, wrap=True)
        for title, text in self._guide:
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(title)
            column.addWidget(text)
            inside.addLayout(column)
        inside.addWidget(self.no_guidance)
        self.facts = KeyValue(name=say("alarmscreen.detail"), key_px=128)
        self.moment_title = Caption(say("alarmscreen.around"), bold=True, size=Size.SMALL)
        self.moment = MomentTrend()
        self.history_title = Caption(say("alarmscreen.history"), bold=True, size=Size.SMALL)
        self.history = KeyValue(name=say("alarmscreen.history"), key_px=128)
        for part in (self.facts, self.moment_title, self.moment, self.history_title, self.history):
            inside.addWidget(part)
        inside.addStretch(1)
        self.area = Scroller(self.inner)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(look().say("alarmscreen.detail"))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.cause)
        row.addWidget(self.trend)
        row.addStretch(1)
        self.add(self.empty, 1)
        self.add(self.heading)
        self.body.addLayout(self._grid)
        self.body.addLayout(row)
        self.add(self.said)
        self.add(self.area, 1)
        for act, button in self.buttons.items():
            button.setProperty("act", act)
            button.clicked.connect(self._pressed)
        self.cause.clicked.connect(self._cause)
        self.trend.clicked.connect(self._trend)
        self._arrange()
        self.show_row(None)

    def show_row(self, row: AlarmRow | None) -> None:
        """Show an alarm as it is now."""
        before, self.row = self.row, row
        same = row is not None and before is not None and (row.key, row.activation) == (before.key, before.activation)
        some = row is not None
        self.empty.setVisible(not some)
        for part in (self.heading, self.area, self.cause, self.trend):
            part.setVisible(some)
        self.said.setVisible(some and bool(self.said.text()))
        self._arrange()
        if row is None:
            return
        if not same:
            self.said.set_text("")
            self.said.hide()
            self._history = None
            self.moment.show_moment(None, row.activated_ns, row.limit, row.digits, self._desk.tag(row.tag))
            self.area.verticalScrollBar().setValue(0)
        self._ask(row)
        self._show(row)

    def _show(self, row: AlarmRow) -> None:
        here = look()
        self.heading.show_row(row)
        said = presenter.guidance(row)
        for at, (title, text) in enumerate(self._guide):
            shown = at < len(said)
            for part, words_ in ((title, said[at][0] if shown else ""), (text, said[at][1] if shown else "")):
                part.setVisible(shown)
                part.set_text(words_)
        self.no_guidance.setVisible(not said)
        tag, plant = self._desk.tag(row.tag), self._desk.plant
        self.facts.set_rows(presenter.facts(row, tag, here.zone, here.lang, time.time_ns(), plant))
        self.trend.setEnabled(bool(row.tag))
        self.moment_title.setVisible(bool(row.tag))
        self.moment.setVisible(bool(row.tag))
        lines = [] if self._history is None else self._lines(row, self._history)
        self.history.set_rows(lines or [(Text.same(""), say("alarmscreen.no_history"), "second")])

    def _lines(self, row: AlarmRow, found: AlarmJournal) -> list[tuple[Text, Text | str]]:
        return presenter.history_lines(found.rows, look().zone, look().lang, tag=self._desk.tag(row.tag))

    def say(self, text: Text) -> None:
        """Say the outcome of an act beside its buttons."""
        if self.row is not None:
            self.said.set_text(text)
            self.said.show()

    def again(self) -> None:
        """Something was done: the history is another one."""
        self._asked = None

    def _arrange(self) -> None:
        able = presenter.allowed(self.row)
        shown = [button for act, button in self.buttons.items() if getattr(able, act)]
        for button in self.buttons.values():
            button.setVisible(button in shown)
            self._grid.removeWidget(button)
        across = 3 if self.width() >= WIDE_PX else 2
        for at, button in enumerate(shown):
            self._grid.addWidget(button, at // across, at % across)

    def _ask(self, row: AlarmRow) -> None:
        asked = (row.key, f"{row.activation} {row.state} {row.acked_ns}")
        if asked == self._asked:
            return
        self._asked = asked
        now = time.time_ns()

        def journal(found: AlarmJournal) -> None:
            if self.row is not None and self.row.key == row.key:
                self._history = found
                self._show(self.row)

        def series(found: Series) -> None:
            if self.row is not None and self.row.key == row.key:
                self.moment.show_moment(found, row.activated_ns, row.limit, row.digits, self._desk.tag(row.tag))

        self._desk.ask("alarm_journal", journal, from_ns=now - presenter.HISTORY_DAYS * 86_400 * S,
                       to_ns=now + S, alarm=row.key, limit=12)  # fmt: skip
        if row.tag and row.activated_ns:
            from_ns, to_ns = window_of(row.activated_ns, now)
            self._desk.ask("history", series, tag=row.tag, from_ns=from_ns, to_ns=to_ns, points=POINTS)

    def _pressed(self) -> None:
        self._want(str(self.sender().property("act")))

    def _cause(self) -> None:
        self._want("cause")

    def _trend(self) -> None:
        self._want("trend")

    def _want(self, act: str) -> None:
        if self.row is not None:
            self.wanted.emit(act, self.row)

    def retell(self, *_: Any) -> None:
        """Another language: the words that depend on it are made anew."""
        if self.row is not None:
            self._show(self.row)
