"""Below the pictures: findings against their tolerance, and what the verdict is bound to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.desk.vision_rows import InspectionRow, RecipeRow
from hmi.model.plant import Plant
from hmi.model.words import say
from ui.equipment import verdicts
from ui.screens.review import presenter
from ui.screens.review.presenter import FindingShown
from ui.theme.look import look
from ui.widgets.label import Caption
from ui.widgets.panel import MARGIN, KeyValue, Panel
from ui.widgets.picturemarks import Edge
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column
from ui.widgets.verdictmark import VerdictMark


class Detail(QWidget):
    """``finding_wanted`` tells which finding a person went to."""

    finding_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.findings = DataTable(
            [
                Column("kind", say("reviewscreen.class"), lambda f: look().text(f.kind), width=116, bold=True),
                Column("score", say("reviewscreen.score"), lambda f: str(f.score), width=60, right=True),
                Column("against", say("reviewscreen.against"), lambda f: look().text(f.against), width=0),
                Column("place", say("reviewscreen.place"), lambda f: look().text(f.place), width=112, right=True),
            ],
            lambda f: f.at,
            name=say("reviewscreen.findings"),
            empty=say("reviewscreen.no_findings"),
        )
        left = Panel(say("reviewscreen.findings"), self)
        left.add(self.findings, 1)
        right = Panel(None, self)
        right.setAccessibleName(look().say("reviewscreen.part"))
        self.verdict = VerdictMark()
        self.context = Caption("", wrap=True)
        self.facts = KeyValue(name=say("reviewscreen.part"), key_px=150)
        right.body.setSpacing(4)
        for part in (self.verdict, self.context, self.facts):
            right.add(part)
        right.body.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(left, 11)
        row.addWidget(right, 10)
        self._row: InspectionRow | None = None
        self._plant: Plant | None = None
        self.findings.chosen.connect(self._chosen)

    def set_narrow(self, narrow: bool) -> None:
        """Little width: the place of a finding is seen on the picture anyway."""
        self.facts.key_px = 110 if narrow else 150
        self.findings.setColumnHidden(3, narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def show_part(
        self, row: InspectionRow | None, recipes: Sequence[RecipeRow], plant: Plant | None, finding: int
    ) -> None:
        """Show a part, or nothing."""
        for part in (self.verdict, self.context, self.facts):
            part.setVisible(row is not None)
        shown: list[Any] = [] if row is None else presenter.findings(row, recipes)
        self.findings.set_rows(shown)
        if row is None:
            return
        if 0 <= finding < len(shown):
            self.findings.choose(finding)
        self._row, self._plant = row, plant
        self.verdict.show_verdict(Edge.of(row.verdict), verdicts.verdict_word(row.verdict), verdicts.outcome_words(row))
        self.context.set_text(verdicts.context_words(row))
        self._tell()

    def _tell(self) -> None:
        """As many facts as there is room for."""
        row, here = self._row, look()
        if row is None:
            return
        told = presenter.facts(row, self._plant, time.time_ns(), here.zone, here.lang)
        width = max(120, self.width() * 10 // 21 - 2 * MARGIN)
        above = self.verdict.heightForWidth(width) + self.context.heightForWidth(width) + 2 * MARGIN + 12
        line = self.facts.line_px
        room = max(0, self.height() - above)
        self.facts.set_rows(told[: room // line])
        self.facts.setVisible(room >= line)  # what was found comes before what it is bound to

    def _chosen(self, found: FindingShown) -> None:
        self.finding_wanted.emit(found.at)
