"""The alarms of where one is, at the foot of every screen: one grey line while all is calm, else the list."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmCounts, AlarmPage, AlarmRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets import alarmwords
from ui.widgets.alarmacts import AlarmActs
from ui.widgets.alarmfeed import AlarmFeed, Wish
from ui.widgets.alarmtable import AlarmTable
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.panel import Ground

if TYPE_CHECKING:
    from ui.bridge.desk import Desk

HEAD_PX, CALM_PX = 40, 30
ROWS, FEW_ROWS = 5, 2
LOW_PX = 900
"""A window lower than this gets the few rows."""
CALM_AFTER_S = 5.0
"""An empty list stays open for so long: screens do not jump with an alarm that comes and goes."""
COLUMNS = ("mark", "at", "age", "place", "name", "kind", "value", "lot", "state")
GIVES_WAY = ("lot", "kind", "age", "state", "value", "place")
"""Go in this order where it is narrow: what is left always says what and when."""
NAME_PX = 290
TITLE_PX = 360
SAID_S = 8.0


class AlarmBar(Ground):
    """Rows, and what a person does about them. Refusals stand beside the buttons, where the eye is."""

    opened = Signal(object)
    """An alarm whose cause is to be looked at (AlarmRow)."""
    listed = Signal(object)
    """The alarms screen is wanted, with an alarm (AlarmRow) or None."""
    shelve_wanted = Signal(object)
    silence_wanted = Signal()

    def __init__(self, desk: Desk, acts: AlarmActs, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk, self._acts = desk, acts
        self.counts: AlarmCounts | None = None
        self._scope, self._scope_name = "", Text.same("")
        self._page: AlarmPage | None = None
        self._last_s = float("-inf")
        self._said_s = float("-inf")
        self._low = self.folded = False
        self.calm = True
        self._build()
        self.feed = AlarmFeed(desk, self.table, watcher=self)
        self._connect()
        self._fit()
        self._show()

    def _build(self) -> None:
        self.title = Caption(say("alarmlist.title"), bold=True)
        self.remark = Caption("", size=Size.SMALL, tone="second")
        self.said = Caption("", bold=True, size=Size.SMALL, right=True)
        self.fresh = Button(say("alarmlist.n_new", n=0), flat=True, icon="up")
        self.ack = Button(say("alarmlist.acknowledge"), key="A")
        self.cause = Button(say("alarmlist.cause"), key="Enter")
        self.ack_visible = Button(say("alarmlist.ack_visible"))
        self.shelve = Button(say("alarmlist.shelve"), key="S")
        self.silence = Button(say("alarmlist.silence"), icon="sound", key="F12")
        self.all = Button(say("alarmlist.all"), flat=True)
        self.fold = Button(icon="down", flat=True, name=say("alarmlist.fold"))
        self.buttons = (self.ack, self.cause, self.shelve, self.ack_visible, self.silence)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 8, 0)
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addSpacing(8)
        head.addWidget(self.remark)
        head.addWidget(self.fresh)
        head.addWidget(self.said, 1)
        for button in (*self.buttons, self.all, self.fold):
            head.addWidget(button)
        self._head = QWidget(self)
        self._head.setLayout(head)
        self.table = AlarmTable(
            COLUMNS, self._desk.tag, name=say("alarmlist.here"), gives_way=GIVES_WAY, name_px=NAME_PX
        )
        self.table.horizontalHeader().hide()
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.table)

    def _connect(self) -> None:
        table, acts = self.table, self._acts
        table.acknowledge_wanted.connect(acts.acknowledge)
        table.shelve_wanted.connect(self._shelve)
        table.opened.connect(self.opened)
        table.chosen.connect(self._chosen)
        self.fresh.clicked.connect(self._to_top)
        self.ack.clicked.connect(self._acknowledge)
        self.cause.clicked.connect(self._open)
        self.ack_visible.clicked.connect(self._acknowledge_visible)
        self.shelve.clicked.connect(self._shelve_chosen)
        self.silence.clicked.connect(self.silence_wanted)
        self.all.clicked.connect(self._list)
        self.fold.clicked.connect(self._fold)
        self.feed.news.connect(self._take)
        self.feed.refused.connect(self._lost)
        acts.done.connect(self.feed.again)
        acts.refused.connect(self._refused)
        self._desk.second.connect(self._second)
        look().density_changed.connect(self._fit)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def set_scope(self, place: str, name: Text) -> None:
        """Show the alarms of an area, line or station; all of them without one."""
        if place != self._scope:
            self._scope, self._scope_name = place, name
            self.feed.wish_for(Wish(places=(place,) if place else ()))
        self._show()

    def set_low(self, low: bool) -> None:
        """Whether the window is a low one."""
        if low is not self._low:
            self._low = low
            self._fit()

    def show_counts(self, counts: AlarmCounts | None) -> None:
        """What is known of all alarms; None: nothing, the engine is silent."""
        self.counts = counts
        if counts is None:
            self._page = None
            self.feed.show_nothing()
        self._show()

    def _take(self, page: AlarmPage) -> None:
        self._page = page
        if page.total:
            self._last_s = time.monotonic()
        self._show()

    def _lost(self, _why: Text) -> None:
        """The engine does not answer: what was listed may no longer be so."""
        self._page = None
        self.feed.show_nothing()
        self._show()

    def _show(self) -> None:
        page = self._page
        some = page is not None and page.total > 0
        calm = not some and (time.monotonic() - self._last_s > CALM_AFTER_S) and not self.underMouse()
        if calm is not self.calm and QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self.calm = calm
            self._fit()
        self.title.set_text(self._title(), "second" if self.calm else "text")
        self.title.bold = not self.calm
        self.title.setMinimumWidth(min(TITLE_PX, self.title.sizeHint().width()))
        self.remark.set_text(self._remark())
        self.fresh.setVisible(self.feed.fresh > 0 and not self.calm)
        if self.feed.fresh:
            self.fresh.set_text(say("alarmlist.n_new", n=self.feed.fresh))
        self._enable()

    def _title(self) -> Text:
        page = self._page
        if page is None or page.total == 0:
            known = self.counts if page is not None else None
            if known is not None and self._scope and page is not None and page.hidden:
                return say("alarmlist.none_here", place=self._scope_name)
            return alarmwords.calm_words(known)
        place = self._scope_name if self._scope else say("alarmlist.plant")
        return say("alarmlist.of", place=place, n=page.total)

    def _remark(self) -> Text:
        page, counts = self._page, self.counts
        parts = []
        if page is not None and page.hidden:
            parts.append(say("alarmlist.elsewhere", n=page.hidden))
        if page is not None and page.total and page.unknown:
            parts.append(say("alarmlist.server_unknown", controllers=", ".join(map(self._controller, page.unknown))))
        aside = alarmwords.aside_counts(counts)
        if aside.en:
            parts.append(aside)
        return Text("   ".join(x.en for x in parts), "   ".join(x.ko for x in parts))

    def _controller(self, id: str) -> str:
        plant = self._desk.plant
        found = None if plant is None else plant.controller.get(id)
        return id if found is None else look().text(found.name)

    def _enable(self) -> None:
        row = self.table.chosen_row
        self.ack.setEnabled(row is not None and (row.can_acknowledge or row.can_confirm))
        self.ack.set_text(say("alarmlist.confirm" if row is not None and row.can_confirm else "alarmlist.acknowledge"))
        self.cause.setEnabled(row is not None)
        self.shelve.setEnabled(alarmwords.can_shelve(row))
        self.ack_visible.setEnabled(bool(alarmwords.to_acknowledge(self.table.rows_in_sight())))
        self.silence.setEnabled(self.counts is not None and self.counts.sound > 0)

    def _fit(self) -> None:
        shown = not self.calm
        for button in (*self.buttons, self.fold):
            button.setVisible(shown)
        hand = look().target(self) + 2 if look().touch else 0
        head = max(HEAD_PX if shown else CALM_PX, hand)
        self._head.setFixedHeight(head)
        rows = 0 if self.calm or self.folded else FEW_ROWS if self._low else ROWS
        self.table.setVisible(rows > 0)
        self.table.setFixedHeight(rows * self.table.row_px)
        self.setFixedHeight(head + rows * self.table.row_px + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        p = QPainter(self)
        p.fillRect(0, 0, self.width(), 1, look().theme.frame)
        p.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.all.setVisible(self.width() >= 900)
        self.remark.setVisible(self.width() >= 900)
        self.ack_visible.setVisible(not self.calm and self.width() >= 640)

    def _second(self) -> None:
        if self.isVisible():
            if self._said_s + SAID_S < time.monotonic():
                self.said.set_text("")
            self._show()
            self.table.refresh()

    # -- what a person does -------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """F10: the keyboard works on the list from here, on its first row; the second time on the alarms screen."""
        if not self.table.isVisible() or self.table.hasFocus():
            self._list()
            return
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _chosen(self, _row: AlarmRow) -> None:
        self._enable()

    def _acknowledge(self) -> None:
        row = self.table.chosen_row
        if row is not None and row.can_confirm:
            self._acts.confirm(row)
        elif row is not None:
            self._acts.acknowledge(row)

    def _acknowledge_visible(self) -> None:
        self._acts.acknowledge_visible(self.table.rows_in_sight())

    def _open(self) -> None:
        if (row := self.table.chosen_row) is not None:
            self.opened.emit(row)

    def _shelve_chosen(self) -> None:
        if (row := self.table.chosen_row) is not None:
            self._shelve(row)

    def _shelve(self, row: AlarmRow) -> None:
        if alarmwords.can_shelve(row):
            self.shelve_wanted.emit(row)

    def _to_top(self) -> None:
        self.table.verticalScrollBar().setValue(0)
        self.feed.let_go()

    def _list(self) -> None:
        self.listed.emit(self.table.chosen_row)

    def _fold(self) -> None:
        self.folded = not self.folded
        self.fold.icon_name = "up" if self.folded else "down"
        self.fold.update()
        self._fit()

    def _refused(self, why: Text) -> None:
        if self.isVisible():
            self._said_s = time.monotonic()
            self.said.set_text(why)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "feed"):
            self._show()
