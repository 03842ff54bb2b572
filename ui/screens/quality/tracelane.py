"""A unit's way in one drawing: material on the left, stations from left to right, where it is now at the end."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn, triangle, words

HEIGHT = 92
MATERIAL_PX = 150
MOST = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One station on the way."""

    name: Text
    clock: str
    batch: str


class TraceLane(Drawn):
    """Drawn whole; a change of batch on the way is marked where it happened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("qualityscreen.lane"))
        self.material: list[str] = []
        self.steps: list[Step] = []
        self.left_out = 0

    def show_way(self, material: list[str], steps: list[Step]) -> None:
        """Show this way; the last stations where they are too many."""
        self.material, self.left_out, self.steps = material, max(0, len(steps) - MOST), steps[-MOST:]
        self._tell()
        self.update()

    def _tell(self) -> None:
        here = look()
        told = [", ".join(self.material), *(f"{here.text(s.name)} {s.clock}" for s in self.steps)]
        self.setAccessibleDescription(" → ".join(x for x in told if x))

    def retell(self) -> None:
        self._tell()
        super().retell()

    def sizeHint(self) -> QSize:
        return QSize(900, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, middle = look(), 38.0
        small, bold = here.font(Size.SMALL), here.font(Size.BODY, True)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, middle - 28, MATERIAL_PX, 56)
        p.setPen(QPen(t.outline, 1.2, Qt.PenStyle.DashLine))
        p.setBrush(t.inset)
        p.drawRoundedRect(box, 4, 4)
        inner = box.adjusted(6, 4, -6, -4)
        words(p, QRectF(inner.left(), inner.top(), inner.width(), 22), here.say("qualityscreen.made_of"), small,
              t.second, CENTRE)  # fmt: skip
        names = ", ".join(self.material) or "–"
        words(p, QRectF(inner.left(), inner.top() + 22, inner.width(), 24), names, bold, t.text, CENTRE)
        if not self.steps:
            return
        pitch = (self.width() - MATERIAL_PX - 4) / len(self.steps)
        gap = min(30.0, pitch * 0.25)
        before = ""
        for at, step in enumerate(self.steps):
            left = MATERIAL_PX + at * pitch
            p.setPen(QPen(t.outline, 2))
            p.drawLine(QLineF(left + 3, middle, left + gap - 8, middle))
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.outline)
            triangle(p, QPointF(left + gap - 2, middle), 9, "right")
            tile = QRectF(left + gap, middle - 22, pitch - gap - 2, 44)
            p.setPen(QPen(t.outline, 1.5))
            p.setBrush(t.running)
            p.drawRoundedRect(tile, 4, 4)
            words(p, tile.adjusted(4, 0, -4, 0), here.text(step.name), bold, t.on_running, CENTRE)
            words(p, QRectF(left + gap - 4, tile.bottom() + 2, pitch - gap + 6, 22), step.clock,
                  here.font(Size.SMALL, words=False), t.second, CENTRE)  # fmt: skip
            if before and step.batch and step.batch != before:
                words(p, QRectF(left, 0, pitch, 18), f"→ {step.batch}", small, t.text, CENTRE)
            before = step.batch or before
