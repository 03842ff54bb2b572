"""The gates of a hold: a tick for read back closed, a cross for open, a question mark for not known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from hmi.desk.hold_rows import GateRow
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.command.checklist import draw_tick
from ui.screens.quality import presenter
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import TOP_LEFT, Drawn, words

ROW, LONG, NONE = 46, 66, 28
"""Heights: a gate, a gate that says why it is not closed, no gate."""


class GateList(Drawn):
    """One paint for all gates; planned ones stand without a mark."""

    def __init__(self, parent: QWidget | None = None, *, planned: bool = False) -> None:
        """planned: gates of a hold that nobody has signed yet."""
        super().__init__(parent, name=say("qualityscreen.gates_title"))
        self.planned = planned
        self.rows: list[tuple[Text, Text, bool | None]] = []
        """Name, what it reports, closed."""
        self._heights: list[int] = []

    def show_gates(self, gates: Sequence[GateRow], plant: Plant | None) -> None:
        """Show these."""
        zone = look().zone
        rows = [
            (presenter.gate_name(g, plant),
             say("qualityscreen.to_close") if self.planned and g.why is None else presenter.gate_words(g, zone),
             g.closed)
            for g in gates
        ]  # fmt: skip
        if rows != self.rows:
            self.rows = rows
            self._heights = [ROW if g.why is None else LONG for g in gates]
            self.updateGeometry()
            self._tell()
            self.update()

    def _tell(self) -> None:
        here = look()
        told = "; ".join(f"{here.text(name)}: {here.text(said)}" for name, said, _ in self.rows)
        self.setAccessibleDescription(told)
        self.setToolTip("\n".join(f"{here.text(name)}: {here.text(said)}" for name, said, _ in self.rows))

    def retell(self) -> None:
        self._tell()
        super().retell()

    def sizeHint(self) -> QSize:
        return QSize(300, sum(self._heights) or NONE)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, sum(self._heights) or NONE)

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        if not self.rows:
            box = QRectF(0, 0, self.width(), NONE)
            words(p, box, here.say("qualityscreen.no_gates"), here.font(Size.SMALL, True), t.text)
            return
        y = 0
        for (name, said, closed), tall in zip(self.rows, self._heights, strict=True):
            left = 2.0
            if not self.planned:
                draw_tick(p, t, QRectF(2, y + 6, 15, 15), closed)
                left = 26.0
            wide = self.width() - left
            words(p, QRectF(left, y, wide, 24), here.text(name), here.font(Size.BODY), t.text)
            bold = closed is not True and not self.planned
            tone = t.text if bold else t.second
            box = QRectF(left, y + 23, wide, tall - 25)
            words(p, box, here.text(said), here.font(Size.SMALL, bold), tone, TOP_LEFT, wrap=tall > ROW)
            y += tall
