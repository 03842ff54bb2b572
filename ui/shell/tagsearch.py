"""Ctrl+K: type a few letters of a tag, station, line or screen, in either language, and go there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.shell.hangul import find, names_of
from ui.shell.registry import ScreenSpec
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RIGHT, Drawn, words

ROW = 44
SHOWN = 9
WIDTH = 640


@dataclass(frozen=True, slots=True)
class Found:
    """Something one can go to."""

    kind: str
    """screen, line, station or tag."""
    id: str
    name: Text
    where: Text
    names: str
    """All its names as hangul.rank() takes them."""
    icon: str


def places(plant: Plant | None, screens: Sequence[ScreenSpec]) -> list[Found]:
    """Everything that can be found: screens first, then lines, stations, tags."""
    found = []
    for spec in screens:
        title = say(spec.title_key)
        found.append(Found("screen", spec.key, title, say("window.screen"), names_of(title.en, title.ko), spec.icon))
    if plant is None:
        return found
    for line in plant.lines:
        names = names_of(line.name.ko, line.name.en, line.id)
        found.append(Found("line", line.id, line.name, say("window.line"), names, "lines"))
    at: dict[str, Text] = {line.id: line.name for line in plant.lines}
    for station in plant.stations:
        home = plant.line.get(station.line)
        where = home.name if home is not None else say("window.station")
        at[station.id] = Text(f"{where.en} · {station.name.en}", f"{where.ko} · {station.name.ko}")
        names = names_of(station.name.ko, station.name.en, station.id, at[station.id].ko, at[station.id].en)
        found.append(Found("station", station.id, station.name, where, names, "settings"))
    for tag in plant.tags:
        where = at.get(tag.place, Text.same(tag.controller))
        names = names_of(tag.name.ko, tag.name.en, tag.id, f"{where.ko} {tag.name.ko}", f"{where.en} {tag.name.en}")
        found.append(Found("tag", tag.id, tag.name, where, names, "trends"))
    return found


class Results(Drawn):
    """What was found, the best first; one of them is chosen."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.found"))
        self.rows: list[Found] = []
        self.at = 0
        self.asked = False

    def set_rows(self, rows: list[Found], asked: bool) -> None:
        """Show these; asked: whether anything was typed at all."""
        self.rows, self.at, self.asked = rows[:SHOWN], 0, asked
        here = look()
        self.setAccessibleDescription("; ".join(here.text(r.name) for r in self.rows))
        self.updateGeometry()
        self.update()

    def walk(self, step: int) -> None:
        """Choose the next one up or down."""
        if self.rows:
            self.at = (self.at + step) % len(self.rows)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 24, ROW * max(1, len(self.rows)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw(self, p: QPainter, t: Theme) -> None:
        here, width = look(), self.width()
        if not self.rows:
            remark = here.say("window.nothing_found" if self.asked else "window.search_hint")
            words(p, QRectF(12, 0, width - 24, ROW), remark, here.font(Size.BODY), t.second)
        for index, row in enumerate(self.rows):
            box = QRectF(0, index * ROW, width, ROW)
            if index == self.at:
                p.fillRect(box, t.chosen)
                p.fillRect(QRectF(0, box.top(), 4, ROW), t.focus)
            icons.paint(p, row.icon, QRectF(14, box.center().y() - 10, 20, 20), t.second)
            where = here.text(row.where)
            where_px = min(width * 0.42, here.metrics(Size.SMALL).horizontalAdvance(where) + 4)
            words(
                p,
                QRectF(46, box.top(), width - 46 - where_px - 24, ROW),
                here.text(row.name),
                here.font(Size.BODY, True),
                t.text,
            )
            words(
                p,
                QRectF(width - where_px - 12, box.top(), where_px, ROW),
                where,
                here.font(Size.SMALL),
                t.second,
                RIGHT,
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = int(event.position().y() // ROW)
        if 0 <= at < len(self.rows):
            self.picked.emit(self.rows[at])


class Search(QWidget):
    """A plate over the window's upper middle; Escape or a press beside it closes it."""

    picked = Signal(object)
    """The Found that a person chose."""

    def __init__(self, parent: QWidget, things: Callable[[], list[Found]]) -> None:
        super().__init__(parent)
        self._things = things
        self._all: list[Found] = []
        self._before: QWidget | None = None
        self._top = 72
        self.setAccessibleName(look().say("window.search"))
        self.field = QLineEdit(self)
        self.field.setMinimumHeight(44)
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        self.results = Results(self)
        self.results.picked.connect(self._pick)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.field)
        column.addWidget(self.results)
        self._tell()
        self.hide()

    def _tell(self) -> None:
        said = look().say("window.search_field")
        self.field.setPlaceholderText(said)
        self.field.setAccessibleName(said)

    def open(self, top: int = 72) -> None:
        """Come up, empty, with the cursor in the field; top: px below the window's upper edge."""
        self._top = top
        self._before = self.window().focusWidget()
        self._all = self._things()
        self.field.clear()
        self._typed("")
        self._fit()
        self.show()
        self.raise_()
        self.field.setFocus()

    def shut(self) -> None:
        """Go away; the focus returns to where it was."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()

    def _fit(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            width = min(WIDTH, parent.width() - 32)
            self.setGeometry((parent.width() - width) // 2, self._top, width, self._column.sizeHint().height())

    def _typed(self, text: str) -> None:
        self.results.set_rows(find(text, self._all, lambda f: f.names, SHOWN), bool(text.strip()))
        self._column.activate()
        self._fit()

    def _pick(self, found: Found) -> None:
        self.shut()
        self.picked.emit(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                self.results.walk(-1 if key == Qt.Key.Key_Up else 1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.results.rows:
                    self._pick(self.results.rows[self.results.at])
                return True
            if key == Qt.Key.Key_Escape:
                self.shut()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "field"):
            self._tell()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        plate(self)


def plate(widget: QWidget) -> None:
    """Paint a raised plate under a popup."""
    t, p = look().theme, QPainter(widget)
    p.fillRect(widget.rect(), t.panel)
    p.setPen(QPen(t.outline, 2))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRect(QRectF(widget.rect()).adjusted(1, 1, -1, -1))
    p.end()
