"""One of the four lists: its table, in a flood the units above it, and the chosen alarm beside it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmGroupRow, AlarmPage
from hmi.model.alarm import AlarmState
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.screens.alarms import presenter
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmacts import AlarmActs
from ui.widgets.alarmfeed import AlarmFeed, Wish
from ui.widgets.alarmmark import SIDE, draw_alarm
from ui.widgets.alarmtable import AlarmTable
from ui.widgets.controls import Button
from ui.widgets.drawn import Pressable, words
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, Panel

CHIPS = 4
CHIP_PX = 44
FIRST = "*"
"""Stands for the first alarm of a list."""


class UnitChip(Pressable):
    """A unit in a flood: its worst mark, how many, and where it began. A press narrows the list to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("alarmscreen.unit"), ground="panel")
        self.group: AlarmGroupRow | None = None

    def show_group(self, group: AlarmGroupRow) -> None:
        """Show this unit."""
        if group != self.group:
            self.group = group
            self.set_name(self._name_of(group))
            self.setToolTip(presenter.group_began(group.first, look().zone, look().lang))
            self.update()

    @staticmethod
    def _name_of(group: AlarmGroupRow) -> Text:
        if not group.name.en:
            return say("alarmlist.plant")
        if not group.line.en or group.line == group.name:
            return group.name
        return Text(f"{group.line.en} · {group.name.en}", f"{group.line.ko} · {group.name.ko}")

    def sizeHint(self) -> QSize:
        return QSize(260, CHIP_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, CHIP_PX)

    def draw(self, p: QPainter, t: Theme) -> None:
        group, here, r = self.group, look(), QRectF(self.rect())
        if group is None:
            return
        p.setPen(t.outline)
        p.setBrush(t.chosen if self.over else t.button)
        p.drawRoundedRect(r.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        draw_alarm(p, t, r.adjusted(8, 0, 0, 0), int(group.worst), AlarmState.ACKED)
        box = QRectF(SIDE + 16, 3, r.width() - SIDE - 22, 20)
        said = f"{here.text(self._name_of(group))}   {group.unacked} / {group.active}"
        words(p, box, said, here.font(Size.SMALL, True), t.text)
        began = presenter.group_began(group.first, here.zone, here.lang)
        mark = here.say("alarmlist.first") + "  " if group.first is not None and group.first.first_out else ""
        words(p, box.translated(0, 18), mark + began, here.font(Size.SMALL), t.second)


class FloodPanel(Ground):
    """Said while alarms come faster than a person can read: the units, worst first."""

    place_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(6)
        column.addWidget(Caption(say("alarmscreen.flood"), bold=True))
        row = QHBoxLayout()
        row.setSpacing(6)
        self.chips = [UnitChip() for _ in range(CHIPS)]
        for chip in self.chips:
            chip.pressed.connect(self._pressed)
            row.addWidget(chip, 1)
        column.addLayout(row)
        self.hide()

    def show_page(self, page: AlarmPage) -> None:
        """Show the worst units, or nothing outside of a flood."""
        self.setVisible(page.flood and bool(page.groups))
        for at, chip in enumerate(self.chips):
            chip.setVisible(at < len(page.groups))
            if at < len(page.groups):
                chip.show_group(page.groups[at])

    def _pressed(self) -> None:
        chip = self.sender()
        if isinstance(chip, UnitChip) and chip.group is not None:
            self.place_chosen.emit(chip.group.place)


class ListPage(Panel):
    """Table with its feed. ``chosen`` tells the alarm that is looked at, as it is now."""

    chosen = Signal(object)
    shown = Signal(object)
    """An AlarmPage came."""

    def __init__(self, desk: Desk, acts: AlarmActs, which: str, parent: QWidget | None = None) -> None:
        super().__init__(None, parent, margin=8)
        self.which = which
        self._wanted_key = ""
        self.flood = FloodPanel()
        self.fresh = Button(say("alarmlist.n_new", n=0), icon="up", flat=True)
        self.fresh.hide()
        self.table = AlarmTable(
            presenter.COLUMNS[which], desk.tag, name=say(f"alarmscreen.{which}"), gives_way=presenter.GIVES_WAY,
            empty=say(f"alarmscreen.empty_{which}"),
        )  # fmt: skip
        self.add(self.flood)
        self.add(self.fresh)
        self.add(self.table, 1)
        self.feed = AlarmFeed(desk, self.table, Wish(which=which))
        self.feed.news.connect(self._take)
        self.feed.refused.connect(self._lost)
        self.fresh.clicked.connect(self._to_top)
        self.table.chosen.connect(self.chosen)
        acts.done.connect(self.feed.again)
        desk.second.connect(self.table.refresh)

    def narrow(self, places: tuple[str, ...], priorities: tuple[int, ...], text: str) -> None:
        """Show a part of the list."""
        self.feed.wish_for(Wish(self.which, self.feed.wish.order, priorities, places, text))

    def look_for(self, key: str) -> None:
        """Choose an alarm (or the FIRST one) as soon as it is on the page."""
        self._wanted_key = key
        self._find()

    def _take(self, page: AlarmPage) -> None:
        self.flood.show_page(page)
        self.fresh.setVisible(self.feed.fresh > 0)
        if self.feed.fresh:
            self.fresh.set_text(say("alarmlist.n_new", n=self.feed.fresh))
        self.table.say_empty(presenter.empty_words(self.which, page))
        self._find()
        if (row := self.table.chosen_row) is not None:
            self.chosen.emit(row)
        self.shown.emit(page)

    def _find(self) -> None:
        rows = self.table.paged.page
        if self._wanted_key == FIRST and len(rows) and rows[0] is not None:
            self._wanted_key = rows[0].key
        if self._wanted_key and self.table.choose(self._wanted_key):
            self._wanted_key = ""
            if (row := self.table.chosen_row) is not None:
                self.chosen.emit(row)

    def _lost(self, _why: Text) -> None:
        self.feed.show_nothing()
        self.table.say_empty(presenter.empty_words(self.which, None))

    def _to_top(self) -> None:
        self.table.verticalScrollBar().setValue(0)
        self.feed.let_go()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "table"):
            self.table.viewport().update()
