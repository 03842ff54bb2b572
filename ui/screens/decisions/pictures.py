"""Pictures of inspections on the card: the region that speaks, marked or plain; read away from the window's thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QRect, QRectF, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.vision_rows import InspectionRow
from hmi.model.inspection import Box
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import CENTRE, Drawn, words
from ui.widgets.figures import time_text

MOST = 4
TILE_PX = 148
LABEL_PX = 40
AROUND = 1.2
"""So much of a finding's size is shown around it."""
LEAST_PX = 96
"""Pixels of the picture that are shown at least: a defect alone says nothing."""


def region(box: Box | None, width: int, height: int) -> QRect:
    """What to cut out of a picture: the finding with its surroundings, square; the whole picture without one."""
    if box is None or width <= 0 or height <= 0:
        return QRect(0, 0, max(0, width), max(0, height))
    left, top, right, bottom = box
    side = max(LEAST_PX, round(max(right - left, bottom - top) * (1 + 2 * AROUND)))
    side = min(side, width, height)
    x = min(width - side, max(0, (left + right - side) // 2))
    y = min(height - side, max(0, (top + bottom - side) // 2))
    return QRect(x, y, side, side)


class _Told(QObject):
    read = Signal(int, object)


class _Reading(QRunnable):
    """Reads one picture."""

    def __init__(self, number: int, file: Path) -> None:
        super().__init__()
        self.number, self.file, self.told = number, file, _Told()

    def run(self) -> None:
        """Read; an empty picture says that there is none."""
        self.told.read.emit(self.number, QImageReader(str(self.file)).read())


class PictureTile(Drawn):
    """One inspection: the cut, its class and number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("decisions.picture"))
        self.row: InspectionRow | None = None
        self.why: Text | None = None
        self.image = QImage()
        self.marked = True
        self.setFixedSize(TILE_PX, TILE_PX + LABEL_PX)

    def show_row(self, row: InspectionRow, image: QImage | None) -> None:
        """Show this inspection; without a picture it says so."""
        self.row, self.image = row, image or QImage()
        what = row.findings[0].kind.label if row.findings else row.verdict.label
        self.set_name(say("decisions.picture_of", number=row.number, what=what))
        self.update()

    def show_missing(self, number: int, why: Text) -> None:
        """Say that there is none of that number."""
        self.row, self.image, self.why = None, QImage(), why
        self.set_name(say("decisions.picture_of", number=number, what=why))
        self.update()

    def set_marked(self, marked: bool) -> None:
        """With the findings' boxes, or plain."""
        self.marked = marked
        self.update()

    def draw(self, p: QPainter, t: Theme) -> None:
        here, row = look(), self.row
        box = QRectF(0, 0, TILE_PX, TILE_PX)
        p.fillRect(box, t.inset)
        if row is None:
            said = "" if self.why is None else here.text(self.why)
            words(p, box.adjusted(6, 6, -6, -6), said, here.font(Size.SMALL), t.second, CENTRE, wrap=True)
            return
        if self.image.isNull():
            words(p, box.adjusted(6, 6, -6, -6), here.say("decisions.no_picture"), here.font(Size.SMALL), t.second,
                  CENTRE, wrap=True)  # fmt: skip
        else:
            worst = max(row.findings, key=lambda f: f.score, default=None)
            cut = region(None if worst is None else worst.box, self.image.width(), self.image.height())
            side = max(1, cut.width(), cut.height())
            scale = TILE_PX / side
            at = QRectF((TILE_PX - cut.width() * scale) / 2, (TILE_PX - cut.height() * scale) / 2,
                        cut.width() * scale, cut.height() * scale)  # fmt: skip
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            p.drawImage(at, self.image, QRectF(cut))
            if self.marked:
                self._mark(p, t, at, cut, scale)
        p.setPen(QPen(t.outline, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        what = row.findings[0].kind.label if row.findings else row.verdict.label
        foot = QRectF(0, TILE_PX + 2, TILE_PX, LABEL_PX / 2)
        words(p, foot, here.text(what), here.font(Size.SMALL, True), t.text)
        under = here.say("decisions.picture_line", number=row.number, at=time_text(row.at_ns, here.zone))
        words(p, foot.translated(0, LABEL_PX / 2 - 2), under, here.font(Size.SMALL), t.second)

    def _mark(self, p: QPainter, t: Theme, at: QRectF, cut: QRect, scale: float) -> None:
        """Boxes in the quality colour on a dark rim: seen on any picture."""
        if self.row is None:
            return
        p.save()
        p.setClipRect(at)
        for finding in self.row.findings:
            left, top, right, bottom = finding.box
            box = QRectF(at.left() + (left - cut.left()) * scale, at.top() + (top - cut.top()) * scale,
                         (right - left) * scale, (bottom - top) * scale).adjusted(-3, -3, 3, 3)  # fmt: skip
            p.setPen(QPen(t.mark_outline, 4))
            p.drawRect(box)
            p.setPen(QPen(t.on_hold, 1))
            p.drawRect(box.adjusted(-1, -1, 1, 1))
            p.setPen(QPen(t.hold, 2))
            p.drawRect(box)
        p.restore()


class Pictures(QWidget):
    """Up to four inspections beside each other, with a switch for the marks."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._numbers: tuple[int, ...] = ()
        self._rows: dict[int, InspectionRow] = {}
        self._missing: set[int] = set()
        self.switch = Button(say("decisions.marks"), self, checkable=True)
        self.switch.setChecked(True)
        self.switch.toggled.connect(self._marked)
        self.tiles = [PictureTile(self) for _ in range(MOST)]
        row = QHBoxLayout()
        row.setSpacing(8)
        for tile in self.tiles:
            tile.hide()
            row.addWidget(tile)
        row.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.switch)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addLayout(foot)

    def minimumSizeHint(self) -> QSize:
        return QSize(TILE_PX, TILE_PX + LABEL_PX + 44)

    @property
    def loaded(self) -> bool:
        """Whether every picture asked for has been answered for."""
        return set(self._numbers[:MOST]) <= set(self._rows) | self._missing

    def show_numbers(self, numbers: Sequence[int]) -> None:
        """Show these inspections."""
        if tuple(numbers) == self._numbers:
            return
        self._numbers, self._rows, self._missing = tuple(numbers), {}, set()
        for at, tile in enumerate(self.tiles):
            tile.setVisible(at < len(numbers))
            tile.row, tile.why, tile.image = None, None, QImage()
        for number in self._numbers[:MOST]:
            self._desk.ask("inspection", self._took, partial(self._refused, number), number=number)
        self._fit()

    def _took(self, row: InspectionRow) -> None:
        if row.number not in self._numbers[:MOST]:
            return
        self._rows[row.number] = row
        tile = self.tiles[self._numbers.index(row.number)]
        tile.show_row(row, None)
        if row.evidence:
            reading = _Reading(row.number, self._desk.data / row.evidence)
            reading.told.read.connect(self._read)
            QThreadPool.globalInstance().start(reading)

    def _read(self, number: int, image: QImage) -> None:
        row = self._rows.get(number)
        if row is not None and number in self._numbers[:MOST]:
            self.tiles[self._numbers.index(number)].show_row(row, image)

    def _refused(self, number: int, why: Text) -> None:
        """One that the engine does not have: its tile says so."""
        if number in self._numbers[:MOST]:
            self._missing.add(number)
            self.tiles[self._numbers.index(number)].show_missing(number, why)

    def _marked(self, on: bool) -> None:
        for tile in self.tiles:
            tile.set_marked(on)

    def _fit(self) -> None:
        """As many tiles as fit beside each other."""
        most = max(1, (self.width() + 8) // (TILE_PX + 8))
        for at, tile in enumerate(self.tiles):
            tile.setVisible(at < min(len(self._numbers), most))

    def resizeEvent(self, event: object) -> None:
        self._fit()
