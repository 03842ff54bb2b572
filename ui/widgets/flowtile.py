"""A station on the material map: what it does in words, a cross when it failed, a bar behind it for a shut gate."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.machine import TimeClass
from hmi.model.text import Text
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Pressable, words

CROSS = 18.0
GATE_PX = 6.0


@dataclass(frozen=True, slots=True)
class MapNode:
    """What the map shows of a station."""

    id: str
    name: Text
    short: Text
    """The name where room is short."""
    words: tuple[Text, ...]
    """What it does, the longest first; one that fits is shown."""
    kind: TimeClass
    told: Text
    """All of it, for a tool tip and a screen reader."""
    rate: Text | None = None
    level: int | None = None
    capacity: int | None = None
    lot: str = ""
    held: bool = False
    gate: bool | None = None
    """Whether its hold gate is closed."""
    failed: bool = False


class FlowTile(Pressable):
    """Press it to look at the station."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.node: MapNode | None = None
        self.chosen = False

    def show_node(self, node: MapNode) -> None:
        """Be this station."""
        if node != self.node:
            self.node = node
            self.set_name(node.told)
            self.setToolTip(look().text(node.told))
            self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Whether it is the one that is looked at."""
        if chosen is not self.chosen:
            self.chosen = chosen
            self.update()

    def retell(self) -> None:
        super().retell()
        if self.node is not None:
            self.setToolTip(look().text(self.node.told))

    def sizeHint(self) -> QSize:
        return QSize(80, 66)

    def minimumSizeHint(self) -> QSize:
        return QSize(56, 60)

    def draw(self, p: QPainter, t: Theme) -> None:
        node = self.node
        if node is None:
            return
        here = look()
        r = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5 - GATE_PX, -1.5)
        runs, unknown = node.kind is TimeClass.PRODUCTION, node.kind is TimeClass.UNKNOWN
        ink = t.on_running if runs else t.text if unknown else t.on_stopped
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        dashes = Qt.PenStyle.DashLine if unknown else Qt.PenStyle.SolidLine
        edge = t.focus if self.chosen else t.text if self.over or node.failed else t.outline
        p.setPen(QPen(edge, 3 if self.chosen else 2.5 if node.failed or self.over else 1.5, dashes))
        p.setBrush(t.running if runs else t.panel if unknown else t.stopped)
        p.drawRoundedRect(r, 4, 4)
        if unknown:
            p.fillRect(r.adjusted(4, 4, -4, -4), QBrush(t.hairline, Qt.BrushStyle.BDiagPattern))
        box = r.adjusted(2, 3, -2, -3)
        line = 19.0
        right = CROSS + 2 if node.failed else 0.0
        top = QRectF(box.left(), box.top(), box.width() - right, line)
        fits = here.metrics(Size.SMALL).horizontalAdvance(here.text(node.name)) <= top.width()
        words(p, top, here.text(node.name if fits else node.short), here.font(Size.SMALL), ink, CENTRE)
        word, size = self._word(box.width())
        middle = QRectF(box.left(), box.center().y() - 12, box.width(), 24)
        words(p, middle, word, here.font(size, True), ink, CENTRE)
        if node.rate is not None:
            foot = QRectF(box.left(), box.bottom() - line + 1, box.width(), line)
            words(p, foot, here.text(node.rate), here.font(Size.SMALL), ink, CENTRE)
        if node.failed:
            cross = QRectF(r.right() - CROSS - 3, r.top() + 3, CROSS, CROSS)
            p.setPen(QPen(ink, 2))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(cross)
            inner = cross.adjusted(4, 4, -4, -4)
            p.drawLine(inner.topLeft(), inner.bottomRight())
            p.drawLine(inner.topRight(), inner.bottomLeft())
        if node.gate:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.hold)
            p.drawRect(QRectF(self.width() - GATE_PX + 1, 0, GATE_PX - 1, self.height()))

    def _word(self, width: float) -> tuple[str, Size]:
        """The longest word that fits, and its size."""
        here = look()
        assert self.node is not None
        said = [here.text(x) for x in self.node.words]
        for word in said:
            for size in (Size.BODY, Size.SMALL):
                if here.metrics(size, True).horizontalAdvance(word) <= width:
                    return word, size
        return said[-1] if said else "", Size.SMALL
