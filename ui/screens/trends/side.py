"""The choosing side of the trend screen: tags found by name, and sets of pens by their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedLayout, QVBoxLayout, QWidget

from hmi.model.plant import Plant, Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.trends import presenter
from ui.screens.trends.pensets import LONGEST_NAME
from ui.shell.hangul import find, names_of
from ui.theme.look import look
from ui.widgets.controls import Button
from ui.widgets.panel import Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

WIDTH = 380
LISTED = 300


@dataclass(frozen=True, slots=True)
class TagFound:
    """A tag one can add."""

    tag: Tag
    name: Text
    names: str
    on: bool = False
    """Whether it is a pen already."""


class TagPicker(Panel):
    """Type a few letters (initial consonants too), press a tag: it is a pen; press again: it is none any more."""

    toggled = Signal(str)
    closed = Signal()

    def __init__(self, value: Callable[[Tag], str], parent: QWidget | None = None) -> None:
        """value: the live value of a tag in words."""
        super().__init__(say("trends.add"), parent)
        self._found: list[TagFound] = []
        self._pens: list[str] = []
        assert self.head is not None
        close = Button(icon="close", flat=True, name=say("window.close"))
        close.clicked.connect(self.closed)
        self.head.add(close)
        self.field = QLineEdit()
        self.field.textChanged.connect(self._narrow)
        self.field.installEventFilter(self)
        self.add(self.field)
        self.table = DataTable(
            [
                Column("name", say("trends.tag"), lambda r: look().text(r.name), 0, tone=lambda r: "text"),
                Column("value", say("trends.now"), lambda r: value(r.tag), 96, right=True, bold=True,
                       tone=lambda r: "value"),
                Column("on", Text.same(""), lambda r: "✓" if r.on else "", 32),
            ],
            key=lambda r: r.tag.id, name=say("trends.found"), empty=say("window.nothing_found"),
        )  # fmt: skip
        self.table.opened.connect(self._opened)
        self.add(self.table, 1)
        self._tell()

    def set_plant(self, plant: Plant | None) -> None:
        """Offer the tags of this plant."""
        self._found = []
        if plant is not None:
            for tag in plant.tags:
                if presenter.trendable(tag):
                    name = presenter.pen_name(plant, tag)
                    self._found.append(
                        TagFound(tag, name, names_of(name.ko, name.en, tag.name.ko, tag.name.en, tag.id))
                    )
        self._narrow()

    def set_pens(self, pens: list[str]) -> None:
        """Tick these."""
        if pens != self._pens:
            self._pens = list(pens)
            self._narrow()

    def _narrow(self) -> None:
        query = self.field.text()
        listed = find(query, self._found, lambda f: f.names, LISTED) if query.strip() else self._found[:LISTED]
        self.table.set_rows([TagFound(f.tag, f.name, f.names, f.tag.id in self._pens) for f in listed])

    def _opened(self, row: TagFound) -> None:
        self.toggled.emit(row.tag.id)

    def _tell(self) -> None:
        self.field.setPlaceholderText(look().say("trends.search"))
        self.field.setAccessibleName(look().say("trends.search"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "field"):
            self._tell()
        super().changeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the field, Down goes into the list and Enter takes the first."""
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down:
                self.table.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.table.rows_model.rows:
                self._opened(self.table.rows_model.rows[0])
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
        return False


@dataclass(frozen=True, slots=True)
class SetRow:
    """A named set in the list."""

    name: str
    pens: int


class SetPicker(Panel):
    """Named sets: press one to show it, keep the present pens under a name, drop one."""

    shown = Signal(str)
    saved = Signal(str)
    dropped = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("trends.sets"), parent)
        assert self.head is not None
        close = Button(icon="close", flat=True, name=say("window.close"))
        close.clicked.connect(self.closed)
        self.head.add(close)
        self.table = DataTable(
            [
                Column("name", say("trends.set_name"), lambda r: r.name, 0),
                Column("pens", say("trends.set_pens"), lambda r: str(r.pens), 80, right=True),
            ],
            key=lambda r: r.name, name=say("trends.sets"), empty=say("trends.no_sets"),
        )  # fmt: skip
        self.table.opened.connect(lambda row: self.shown.emit(row.name))
        self.add(self.table, 1)
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST_NAME)
        self.field.returnPressed.connect(self._save)
        self.add(self.field)
        row = QHBoxLayout()
        self.keep_button, self.drop_button = Button(say("trends.set_save")), Button(say("trends.set_drop"))
        self.keep_button.clicked.connect(self._save)
        self.drop_button.clicked.connect(self._drop)
        row.addWidget(self.keep_button)
        row.addWidget(self.drop_button)
        self.body.addLayout(row)
        self._tell()

    def set_names(self, named: dict[str, list[str]]) -> None:
        """List these."""
        self.table.set_rows([SetRow(name, len(pens)) for name, pens in named.items()])

    def _save(self) -> None:
        if self.field.text().strip():
            self.saved.emit(self.field.text())
            self.field.clear()
        else:
            self.field.setFocus()

    def _drop(self) -> None:
        row = self.table.chosen_row
        if row is not None:
            self.dropped.emit(row.name)

    def _tell(self) -> None:
        self.field.setPlaceholderText(look().say("trends.set_field"))
        self.field.setAccessibleName(look().say("trends.set_field"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "field"):
            self._tell()
        super().changeEvent(event)


class ChoosingSide(QWidget):
    """One of the two pickers, or nothing."""

    def __init__(self, tags: TagPicker, sets: SetPicker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tags, self.sets = tags, sets
        self._stack = QStackedLayout()
        self._stack.addWidget(tags)
        self._stack.addWidget(sets)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._stack)
        self.setFixedWidth(WIDTH)
        self.hide()

    def open(self, which: QWidget | None) -> None:
        """Show a picker; the same again or None closes."""
        if which is None or (self.isVisible() and self._stack.currentWidget() is which):
            self.hide()
            return
        self._stack.setCurrentWidget(which)
        self.show()
        if which is self.tags:
            self.tags.field.setFocus()
            self.tags.field.selectAll()

    @property
    def current(self) -> QWidget | None:
        """The open picker."""
        return self._stack.currentWidget() if self.isVisible() else None
