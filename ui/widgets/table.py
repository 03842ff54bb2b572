"""The table: rows of 32 px, painted lean, sorted and filtered in its model, worked by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hmi.model.quality import Quality
from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, ring, words
from ui.widgets.marks import draw_alarm_mark, draw_quality
from ui.widgets.tablemodel import Column, Index, RowsModel

ROW_PX = 32
PAD = 8


class _Cells(QStyledItemDelegate):
    """Paints cells without style options or brushes made per cell."""

    def __init__(self, table: DataTable) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        here, rect = look(), QRectF(option.rect)
        t = here.theme
        model = self._table.rows_model
        column, row = model.columns[index.column()], model.rows[index.row()]
        chosen = self._table.is_chosen(index.row())
        p.fillRect(rect, t.chosen if chosen else t.panel)
        p.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), t.hairline)
        box = rect.adjusted(PAD, 0, -PAD, -1)
        if column.mark is not None and (priority := column.mark(row)) is not None:
            side = 24.0
            draw_alarm_mark(p, t, QRectF(box.left(), box.center().y() - side / 2, side, side), priority)
            box.setLeft(box.left() + side + 6)
        if column.quality is not None and (quality := column.quality(row)) is not Quality.GOOD:
            side = 18.0
            draw_quality(p, t, QRectF(box.left(), box.center().y() - side / 2, side, side), quality)
            box.setLeft(box.left() + side + 4)
        if column.sign is not None:
            box.setLeft(box.left() + column.sign(p, t, box, row))
        tone = column.tone(row) if column.tone is not None else "text"
        text = column.text(row)
        if text:
            words(p, box, text, here.font(Size.BODY, column.bold), t.colour(tone), RIGHT if column.right else LEFT)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._table.row_px)


class DataTable(QTableView):
    """Rows of any type, described by columns. ``set_rows`` as often as there is news; it keeps choice and place."""

    chosen = Signal(object)
    """The row a person moved to (by mouse or keyboard)."""
    opened = Signal(object)
    """The row a person wants to go into: Enter, or a press on the chosen row's line."""

    def __init__(
        self,
        columns: Sequence[Column],
        key: Callable[[Any], Any],
        parent: QWidget | None = None,
        *,
        name: Text,
        empty: Text | None = None,
        model: RowsModel | None = None,
    ) -> None:
        """key: what makes a row the same row. empty: said where there are no rows. model: of a special table."""
        super().__init__(parent)
        self._name, self._empty = name, empty
        self.setAccessibleName(look().text(name))
        self.rows_model = model or RowsModel(columns, key)
        self.rows_model.setParent(self)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Cells(self))
        self.row_px = ROW_PX
        self._chosen_key: Any = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        upright = self.verticalHeader()
        upright.setVisible(False)
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setStretchLastSection(False)
        head.setMinimumSectionSize(24)
        head.setAccessibleName(look().text(name))
        head.sectionClicked.connect(self._head_clicked)
        self._size_columns()
        self.rows_model.reordered.connect(self._find_chosen_again)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.clicked.connect(self._pressed)
        look().density_changed.connect(self._size_rows)
        self._size_rows()

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows."""
        was_empty = not self.rows_model.rows
        self.rows_model.set_rows(rows)
        if was_empty is bool(self.rows_model.rows):
            self.viewport().update()

    def say_empty(self, text: Text) -> None:
        """Say something else where there are no rows, e.g. once an answer has come."""
        if text != self._empty:
            self._empty = text
            self.viewport().update()

    def want(self, text: str) -> None:
        """Filter by words."""
        self.rows_model.want(text)
        self.viewport().update()

    def refresh(self) -> None:
        """Paint the rows in sight anew: their words come from live readings. Cheap; call at most 4 times a second."""
        if self.isVisible():
            self.viewport().update()

    def rows_in_sight(self) -> list[Any]:
        """The rows that can be seen now."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        rows = self.rows_model.rows
        if first < 0:
            return []
        return rows[first : (len(rows) if last < 0 else last + 1)]

    @property
    def chosen_row(self) -> Any:
        """The row a person chose, None without one."""
        at = self.rows_model.row_of(self._chosen_key)
        return None if at is None else self.rows_model.rows[at]

    def choose(self, key: Any) -> bool:
        """Choose the row with a key and bring it into sight; False when there is none."""
        at = self.rows_model.row_of(key)
        if at is None:
            return False
        self._chosen_key = key
        self.setCurrentIndex(self.rows_model.index(at, 0))
        self.scrollTo(self.rows_model.index(at, 0))
        return True

    def is_chosen(self, row: int) -> bool:
        """Whether a shown row is the chosen one."""
        return self._chosen_key is not None and self.rows_model.row_of(self._chosen_key) == row

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.chosen_row is not None:
            self.opened.emit(self.chosen_row)
            return
        if event.modifiers() == Qt.KeyboardModifier.AltModifier:
            event.ignore()  # Alt+Left and Alt+Right belong to the window
            return
        if event.key() == Qt.Key.Key_Home and not event.modifiers():
            event.ignore()  # so does Home
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        """Coming by keyboard one stands on a row at once."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        if self.chosen_row is None and self.rows_model.rows:
            self.setCurrentIndex(self.rows_model.index(max(0, self.rowAt(0)), 0))
        self.viewport().update()

    def focusOutEvent(self, event: QEvent) -> None:
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        here = look()
        if not self.rows_model.rows and self._empty is not None:
            p = QPainter(self.viewport())
            box = QRectF(self.viewport().rect()).adjusted(PAD, 10, -PAD, -4)
            words(p, box, here.text(self._empty), here.font(Size.BODY), here.theme.second,
                  Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, wrap=True)  # fmt: skip
            p.end()
        if self.hasFocus():
            p = QPainter(self.viewport())
            ring(p, QRectF(self.viewport().rect()), here.theme, 2)
            p.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(look().text(self._name))
            self._size_rows()
            self.rows_model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.rows_model.columns) - 1)
        super().changeEvent(event)

    def _size_columns(self) -> None:
        head = self.horizontalHeader()
        for at, column in enumerate(self.rows_model.columns):
            fixed = column.width > 0
            head.setSectionResizeMode(
                at, QHeaderView.ResizeMode.Interactive if fixed else QHeaderView.ResizeMode.Stretch
            )
            if fixed:
                self.setColumnWidth(at, column.width)

    def _size_rows(self) -> None:
        here = look()
        self.row_px = max(ROW_PX, here.target(self)) if here.touch else ROW_PX
        self.verticalHeader().setDefaultSectionSize(self.row_px)
        self.verticalHeader().setMinimumSectionSize(self.row_px)
        self.horizontalHeader().setFixedHeight(max(28, self.row_px - 2))
        self.horizontalHeader().setFont(here.font(Size.SMALL))

    def _head_clicked(self, column: int) -> None:
        model = self.rows_model
        if model.sort_column != column:
            model.sort(column)
        elif not model.descending:
            model.sort(column, Qt.SortOrder.DescendingOrder)
        else:
            model.sort(-1)

    def _find_chosen_again(self) -> None:
        at = self.rows_model.row_of(self._chosen_key)
        if at is not None:
            selection = self.selectionModel()
            selection.blockSignals(True)
            self.setCurrentIndex(self.rows_model.index(at, 0))
            selection.blockSignals(False)

    def _moved(self, current: QModelIndex, previous: QModelIndex) -> None:
        if not current.isValid():
            return
        row = self.rows_model.rows[current.row()]
        key = self.rows_model.key(row)
        if key != self._chosen_key:
            self._chosen_key = key
            self.viewport().update()
            self.chosen.emit(row)

    def _pressed(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.rows_model.rows[index.row()])
