"""The alarm list as a table: marks that blink alone, rows that stand still under a pointer, keys for every act."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hmi.desk.alarm_rows import AlarmRow
from hmi.model.alarm import AlarmState
from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets import alarmwords as w
from ui.widgets.alarmblink import Pulse, blink
from ui.widgets.alarmmark import SIDE, draw_alarm, mark_look
from ui.widgets.alarmmodel import PagedRows
from ui.widgets.drawn import CENTRE, LEFT, RIGHT, words
from ui.widgets.figures import utc_text
from ui.widgets.table import PAD, DataTable
from ui.widgets.tablemodel import Column, Index

MARK = "mark"
NAME = "name"
MARK_PX = 60
_STANDING_OUT = (AlarmState.UNACKED, AlarmState.RETURNED, AlarmState.LATCHED)
ORDERS = {
    MARK: ("urgency", "priority"), "state": ("state", "state"), "at": ("oldest", "newest"), "place": ("place", "place"),
}  # fmt: skip


TagOf = Callable[[str], Tag | None]
PLACE, PLACE_MORE = "place", 90
"""The place takes so much more where there is room: a long station's name is not cut."""
NAME_LEAST, OTHER_LEAST = 200, 170
NAME_MORE = 100
"""What the columns without a width of their own need at least, and what the name takes before the place does."""


def columns_that_fit(
    widths: dict[str, int], gives_way: Sequence[str], room: int, name_px: int = NAME_LEAST
) -> set[str]:
    """The columns to show: those of gives_way go in their order until the rest has room."""
    shown = dict(widths)
    for key in gives_way:
        need = sum(px or (name_px if k == NAME else OTHER_LEAST) for k, px in shown.items())
        if need <= room:
            break
        shown.pop(key, None)
    return set(shown)


def columns(tag_of: TagOf) -> dict[str, Column]:
    """Every column that an alarm list may have, by key. tag_of: the plant's tags, for the words of their values."""
    here = look()

    def text(words_of: Callable[[AlarmRow], Text]) -> Callable[[AlarmRow], str]:
        return lambda row: here.text(words_of(row))

    made = [
        Column(MARK, Text.same(""), lambda r: here.say(f"alarm.p{int(r.priority)}"), MARK_PX),
        Column("state", say("alarmlist.state"), text(w.state_words), 206, tone=_tone, tip=_state_tip),
        Column("at", say("alarmlist.at"), lambda r: w.when_text(r.activated_ns, here.zone, time.time_ns()), 136,
               tip=lambda r: utc_text(r.activated_ns)),
        Column("age", say("alarmlist.age"), lambda r: here.text(w.age_words(r.activated_ns, time.time_ns())), 66,
               right=True, tone=_second),
        Column("place", say("alarmlist.place"), text(w.place_words), 186),
        Column("tag", say("alarmlist.tag"), lambda r: r.tag, 190, tone=_second),
        Column(NAME, say("alarmlist.name"), lambda r: here.text(r.name), 0),
        Column("kind", say("alarmlist.kind"), text(w.kind_words), 116, tone=_second),
        Column("value", say("alarmlist.value"), lambda r: w.value_text(r, tag_of(r.tag), here.lang), 218),
        Column("count", say("alarmlist.count"), w.count_text, 60, right=True),
        Column("acked", say("alarmlist.acked"), lambda r: w.acked_text(r, here.zone), 150, tone=_second),
        Column("left", say("alarmlist.left"), lambda r: here.text(w.left_words(r, time.time_ns())), 110, right=True),
        Column("aside", say("alarmlist.aside"), text(w.aside_words), 0, tone=_second),
        Column("lot", say("alarmlist.lot"), w.lot_text, 186, tone=_second),
        Column("help", say("alarmlist.help"), lambda r: "" if r.action is None else here.text(r.action), 0,
               tone=_second),
        Column("comment", say("alarmlist.comment"), lambda r: r.comment, 140, tone=_second),
    ]  # fmt: skip
    return {column.key: column for column in made}


def _tone(row: AlarmRow) -> str:
    return "text" if row.state in _STANDING_OUT or row.can_confirm else "second"


def _second(_row: AlarmRow) -> str:
    return "second"


def _state_tip(row: AlarmRow) -> str:
    said = look().text(w.state_words(row))
    return said if row.doubt is Quality.GOOD else f"{said}\n{look().say('alarmlist.doubt')}"


class _Cells(QStyledItemDelegate):
    """One paint for a cell; the mark of a row, and a frame around "first" where it was the first of its group."""

    def __init__(self, table: AlarmTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        here, rect = look(), QRectF(option.rect)
        t, model = here.theme, self._table.paged
        row, column = model.page[index.row()], model.columns[index.column()]
        p.fillRect(rect, t.chosen if self._table.is_chosen(index.row()) else t.panel)
        p.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), t.hairline)
        box = rect.adjusted(PAD, 0, -PAD, -1)
        if row is None:
            if column.key == NAME:
                words(p, box, "…", here.font(Size.BODY), t.second)
            return
        if column.key == MARK:
            draw_alarm(p, t, box, int(row.priority), row.state, doubt=row.doubt is not Quality.GOOD)
            return
        bold = column.key == NAME and row.state in _STANDING_OUT
        if column.key == NAME and row.first_out:
            box.setLeft(_first_chip(p, t, box))
        text = column.text(row)
        if text:
            tone = t.colour(column.tone(row) if column.tone is not None else "text")
            words(p, box, text, here.font(Size.BODY, bold), tone, RIGHT if column.right else LEFT)


def _first_chip(p: QPainter, t: Theme, box: QRectF) -> float:
    here = look()
    word = here.say("alarmlist.first")
    chip = QRectF(box.left(), box.center().y() - 10, here.metrics(Size.SMALL, True).horizontalAdvance(word) + 12, 20)
    p.setPen(QPen(t.text, 1.2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(chip.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    words(p, chip, word, here.font(Size.SMALL, True), t.text, CENTRE)
    return chip.right() + 8


class AlarmTable(DataTable):
    """Shows pages of an alarm list. A press chooses, Enter opens the cause, A acknowledges, S shelves."""

    acknowledge_wanted = Signal(object)
    shelve_wanted = Signal(object)
    order_wanted = Signal(str)

    def __init__(
        self, keys: Sequence[str], tag_of: TagOf, parent: QWidget | None = None, *, name: Text,
        gives_way: Sequence[str] = (), name_px: int = NAME_LEAST, empty: Text | None = None,
    ) -> None:  # fmt: skip
        """keys: the columns to show, see ``columns``. gives_way: those that go, in order, where it is narrow.
        name_px: what the alarm's name needs at least.
        """
        every = columns(tag_of)
        self._gives_way, self._name_px = gives_way, name_px
        self.paged = PagedRows([every[key] for key in keys], key=lambda r: r.key, orders=ORDERS)
        super().__init__(self.paged.columns, self.paged.key, parent, name=name, empty=empty, model=self.paged)
        self._chosen_row: AlarmRow | None = None
        self.setItemDelegate(_Cells(self))
        self.setMouseTracking(True)
        self.paged.order_changed.connect(self.order_wanted)
        blink().watch(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths = {c.key: c.width for c in self.paged.columns}
        shown = columns_that_fit(widths, self._gives_way, self.viewport().width(), self._name_px)
        for at, column in enumerate(self.paged.columns):
            if self.isColumnHidden(at) is (column.key in shown):
                self.setColumnHidden(at, column.key not in shown)
            if column.key == PLACE and PLACE in shown:
                need = sum(px or self._name_px for key, px in widths.items() if key in shown)
                spare = max(0, min(PLACE_MORE, self.viewport().width() - need - NAME_MORE))
                self.setColumnWidth(at, column.width + spare)

    @property
    def held(self) -> bool:
        """Whether a pointer rests on the rows: then none of them may move."""
        return self.isVisible() and self.viewport().underMouse()

    @property
    def chosen_row(self) -> AlarmRow | None:
        """The chosen alarm as it was last seen; it stays chosen while another page is in sight."""
        at = self.paged.row_of(self._chosen_key)
        if at is not None:
            self._chosen_row = self.paged.page[at]
        return self._chosen_row if self._chosen_key is not None else None

    def forget(self) -> None:
        """Let nothing be chosen."""
        self._chosen_key = self._chosen_row = None
        self.setCurrentIndex(QModelIndex())
        self.viewport().update()

    def take_up(self, row: AlarmRow) -> None:
        """Let a row be the chosen one, in sight or not."""
        self._chosen_key, self._chosen_row = row.key, row
        self.choose(row.key)

    def say_empty(self, why: Text) -> None:
        """What is said where there are no rows."""
        if why != self._empty:
            self._empty = why
            self.viewport().update()

    def sight(self) -> tuple[int, int]:
        """The first row in sight and how many there is room for."""
        px = max(1, self.row_px)
        return self.verticalScrollBar().value() // px, self.viewport().height() // px + 2

    def rows_in_sight(self) -> list[Any]:
        """The whole rows that can be seen now; one that is cut by the edge is not among them."""
        px, top = max(1, self.row_px), self.verticalScrollBar().value()
        first, last = -(-top // px), (top + self.viewport().height()) // px
        return [row for i in range(first, min(last, len(self.paged.page))) if (row := self.paged.page[i]) is not None]

    def blink(self) -> None:
        """Repaint the marks in sight that blink."""
        at = next((i for i, c in enumerate(self.paged.columns) if c.key == MARK), None)
        if at is None or self.isColumnHidden(at):
            return
        first, count = self.sight()
        page = self.paged.page
        for i in range(first, min(first + count, len(page))):
            row = page[i]
            if row is not None and mark_look(row.state).pulse is not Pulse.STEADY:
                cell = self.visualRect(self.paged.index(i, at))
                self.viewport().update(cell.adjusted(PAD, 0, PAD + round(SIDE) - cell.width(), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, typed = self.chosen_row, event.text().lower()
        if row is not None and typed in ("a", "ㅁ"):  # the same keys where the Hangul layout is on
            self.acknowledge_wanted.emit(row)
        elif row is not None and typed in ("s", "ㄴ"):
            self.shelve_wanted.emit(row)
        else:
            super().keyPressEvent(event)

    def _moved(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid() and self.paged.page[current.row()] is not None:
            self._chosen_row = self.paged.page[current.row()]
            super()._moved(current, previous)

    def _pressed(self, index: QModelIndex) -> None:
        """A press chooses and nothing else: what follows is said by a button."""
        if index.isValid() and (row := self.paged.page[index.row()]) is not None:
            self._chosen_key, self._chosen_row = row.key, row
            self.viewport().update()
            self.chosen.emit(row)
