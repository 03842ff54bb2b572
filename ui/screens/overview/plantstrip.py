"""The plant's figures in a row, each with its desired band."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from hmi.desk.rows import KpiRow
from hmi.model.plant import Span
from hmi.model.quality import Quality
from hmi.model.words import say
from ui.widgets.analog import MovingAnalog, Scale
from ui.widgets.label import Caption
from ui.widgets.panel import Panel

LEAST_PX = 124


class PlantStrip(Panel):
    """Pooled indicators: one a figure, made when a figure first appears."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("overview.plant"), parent, flow=QBoxLayout.Direction.LeftToRight)
        self._indicators: dict[str, MovingAnalog] = {}
        self._shown: list[str] = []
        self._none = Caption(say("overview.no_figures"), self, tone="second")
        self.add(self._none, 1)
        self.setMinimumHeight(140)

    def show_figures(self, kpis: Sequence[KpiRow], old: bool) -> None:
        """Show these figures; old: they are the past."""
        for kpi in kpis:
            indicator = self._indicators.get(kpi.key)
            if indicator is None:
                indicator = MovingAnalog(
                    None, self, name=say(f"kpi.{kpi.key}"), unit=kpi.unit, digits=kpi.digits, title=True
                )
                indicator.setMinimumWidth(LEAST_PX - 16)
                self._indicators[kpi.key] = indicator
                self.add(indicator, 1)
            desired = None
            if kpi.desired_low is not None or kpi.desired_high is not None:
                low = kpi.low if kpi.desired_low is None else kpi.desired_low
                desired = Span(low, kpi.high if kpi.desired_high is None else kpi.desired_high)
            indicator.set_scale(Scale(kpi.low, kpi.high, desired))
            indicator.show_figure(kpi.value, Quality.STALE if old and kpi.value is not None else Quality.GOOD)
        self._shown = [kpi.key for kpi in kpis]
        self._none.setVisible(not kpis)
        self._fit()

    def _fit(self) -> None:
        """As many as can be read, the first ones first."""
        room = max(1, (self.width() - 24) // LEAST_PX)
        for key, indicator in self._indicators.items():
            indicator.setVisible(key in self._shown[:room])

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
