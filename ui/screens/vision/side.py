"""The right column of the vision station: the part that is judged, the shift's figures, its score, the buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.model.inspection import Verdict
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment import verdicts
from ui.screens.vision import presenter
from ui.screens.vision.acts import ActButtons
from ui.screens.vision.figures import Counters
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.label import Caption
from ui.widgets.panel import MARGIN, KeyValue, Panel
from ui.widgets.picturemarks import Edge
from ui.widgets.scorebar import ScoreBar
from ui.widgets.verdictmark import VerdictMark

WIDE, NARROW = 520, 348
LOW_PX, LEAST_PX = 640, 540


class PartPanel(Panel):
    """Which part it is, what was found, what was known of it at that moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(None, parent)
        self.setAccessibleName(look().say("visionscreen.part"))
        self.head = None
        self.which = Caption("", size=Size.SMALL, tone="second")
        self.verdict = VerdictMark()
        self.unit = Caption("", size=Size.LARGE, bold=True)
        self.context = Caption("", wrap=True)
        self.again = Caption("", bold=True, wrap=True)
        self.judged = Caption("", size=Size.SMALL, tone="second", wrap=True)
        self.readings = KeyValue(key_px=190, name=say("visionscreen.at_that_moment"))
        self.body.setSpacing(4)
        parts: list[QWidget] = [
            self.which,
            self.unit,
            self.verdict,
            self.context,
            self.readings,
            self.again,
            self.judged,
        ]
        for part in parts:
            self.add(part)
        self._parts = parts
        self._told: list[tuple[Text, str, bool]] = []
        self.body.addStretch(1)

    def show_part(
        self, row: InspectionRow | None, rows: Sequence[InspectionRow], chosen: bool, plant: Plant | None, room: int
    ) -> None:
        """Show a part; room: how many process values there is room for."""
        here = look()
        shown: list[QWidget] = [self.unit, self.verdict, self.context]
        for part in shown:
            part.setVisible(row is not None)
        if row is None:
            self.which.set_text(say("visionscreen.no_part"))
            self._told = []
            gone: list[QWidget] = [self.readings, self.again, self.judged]
            for part in gone:
                part.hide()
            return
        newest = bool(rows) and rows[0].number == row.number
        self.which.set_text(presenter.head_words(row, chosen, newest, here.zone))
        self.unit.set_text(verdicts.unit_words(row))
        self.verdict.show_verdict(Edge.of(row.verdict), verdicts.verdict_word(row.verdict), verdicts.outcome_words(row))
        self.context.set_text(verdicts.context_words(row))
        self._told = verdicts.reading_words(row, plant, here.lang, room)
        again = presenter.again_words(row, rows)
        self.again.set_text(again)
        self.again.setVisible(bool(again.en))
        judged = verdicts.judged_words(row)
        self.judged.set_text(judged)
        self.judged.setVisible(bool(judged.en))
        self._show_readings()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_readings()

    def _show_readings(self) -> None:
        """As many whole rows as there is room for."""
        width = self.width() - 2 * MARGIN
        others = [w for w in self._parts if w is not self.readings and not w.isHidden()]
        used = sum(w.heightForWidth(width) if w.hasHeightForWidth() else w.sizeHint().height() for w in others)
        room = self.height() - used - 2 * MARGIN - self.body.spacing() * len(others)
        fit = max(0, room // self.readings.line_px)
        told = self._told[:fit]
        self.readings.set_rows([(name, figure, "text") for name, figure, _ in told])
        self.readings.setVisible(bool(told))


class SideColumn(QWidget):
    """From top to bottom: part, figures, score, buttons."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = PartPanel(self)
        self.shift = Panel(say("visionscreen.this_shift"), self)
        self.counters = Counters()
        self.shift.add(self.counters)
        self.sure = Panel(say("scorebar.name"), self)
        self.score = ScoreBar()
        self.sure.add(self.score)
        self.acts = ActButtons(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.part, 1)
        column.addWidget(self.shift)
        column.addWidget(self.sure)
        column.addWidget(self.acts)
        self.low = False
        self._room = 6

    def fit(self, width: int, height: int) -> None:
        """Fit into the screen's width and height."""
        self.setFixedWidth(min(WIDE, max(NARROW, round(width * 0.29))))
        self.low = height < LOW_PX
        self._room = 6 if not self.low else 1 if height >= LEAST_PX else 0
        for panel in (self.shift, self.sure):
            if panel.head is not None:
                panel.head.setVisible(not self.low)
            edge = 6 if self.low else 12
            layout = panel.layout()
            assert layout is not None
            layout.setContentsMargins(12, edge, 12, edge)
        self.part.readings.key_px = 126 if self.width() < 400 else 190
        self.sure.setVisible(height >= 520)
        self.acts.set_low(self.low)

    def show_camera(self, camera: CameraRow | None, alive: bool) -> None:
        """Show the shift's counts of a camera."""
        if camera is not None:
            self.counters.show_figures(presenter.counters(camera), not alive)

    def show_part(
        self, row: InspectionRow | None, rows: Sequence[InspectionRow], chosen: bool, plant: Plant | None
    ) -> None:
        """Show a part and its score among the last ones."""
        self.part.show_part(row, rows, chosen, plant, self._room)
        past = [r.score for r in rows if r.score is not None and (row is None or r.number != row.number)]
        undecided = row is not None and row.verdict is Verdict.UNDECIDED
        self.score.show_score(None if row is None or undecided else row.score, row is not None, past)
