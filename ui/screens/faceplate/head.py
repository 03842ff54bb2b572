"""The head of a faceplate: which station, what it does and since when, its mode and counts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.model import quality as q
from hmi.model.machine import TimeClass
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.faceplate.presenter import FaceplatePlan, StationShown, fault_words
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RIGHT, Drawn, words
from ui.widgets.figures import shown as shown_of
from ui.widgets.live import Source
from ui.widgets.statebar import fill_class

CHIP_PX = 14
HEIGHT = 96


class FaceHead(Drawn):
    """Takes mode and fault itself; ``fault_changed`` tells that the station has another fault, or none."""

    fault_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("faceplate.page_now"))
        self.plan: FaceplatePlan | None = None
        self.shown: StationShown | None = None
        self.fault: Text | None = None
        self._mode: Reading | None = None
        self.setFixedHeight(HEIGHT)

    def set_plan(self, plan: FaceplatePlan, source: Source) -> None:
        """Be the head of this station."""
        source.unsubscribe(self)
        self.plan, self.shown, self.fault, self._mode = plan, None, None, None
        self.set_name(plan.name)
        for tag in (plan.mode, plan.fault):
            if tag is not None:
                source.subscribe(tag.id, self)
        if self.isVisible():
            source.refresh(self)
        self.update()

    def take(self, tag: str, reading: Reading, now_ns: int) -> None:
        """The mode's or the fault's reading."""
        if self.plan is None:
            return
        if self.plan.mode is not None and tag == self.plan.mode.id:
            self._mode = reading
            self.update()
        elif self.plan.fault is not None and tag == self.plan.fault.id:
            fault = fault_words(reading, self.plan.fault)
            if fault != self.fault:
                self.fault = fault
                self.fault_changed.emit()

    def show_station(self, shown: StationShown) -> None:
        """Show what the station does."""
        if shown != self.shown:
            self.shown = shown
            here = look()
            self.setAccessibleDescription(f"{here.text(shown.state)} {here.text(shown.since)}")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.plan is None:
            return
        here, width, line = look(), float(self.width()), 21.0
        small = here.font(Size.SMALL)
        words(p, QRectF(0, 0, width, 32), here.text(self.plan.name), here.font(Size.LARGE, True), t.text)
        words(p, QRectF(0, 32, width * 0.55, line), here.text(self.plan.under), small, t.second)
        if self.plan.mode is not None and self._mode is not None:
            seen = shown_of(self._mode, self.plan.mode, here.lang, 0)
            doubt = "" if self._mode.quality is q.Quality.GOOD else f" {here.say(f'quality.{self._mode.quality.name}')}"
            told = f"{here.text(self.plan.mode.name)}: {seen.figure}{doubt}"
            words(p, QRectF(width * 0.55, 32, width * 0.45, line), told, small, t.second, RIGHT)
        if self.shown is None:
            return
        shown = self.shown
        chip = QRectF(0.5, 32 + line + 5.5, CHIP_PX, CHIP_PX)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        fill_class(p, t, chip, shown.kind)
        p.setPen(QPen(t.outline, 1))
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.drawRect(chip)
        stands = shown.kind not in (TimeClass.PRODUCTION, TimeClass.UNKNOWN)
        face, state = here.font(Size.BODY, stands or shown.old), here.text(shown.state)
        left = CHIP_PX + 8
        words(p, QRectF(left, 32 + line + 1, width - left, 24), state, face, t.text)
        used = here.metrics(Size.BODY, stands or shown.old).horizontalAdvance(state)
        words(p, QRectF(left + used + 12, 32 + line + 1, width - left - used - 12, 24), here.text(shown.since), small,
              t.second)  # fmt: skip
        counts = f"{here.say('faceplate.shift_counts')}: {here.text(shown.counts)}"
        words(p, QRectF(0, 32 + line + 25, width, line - 2), counts, small, t.second)
