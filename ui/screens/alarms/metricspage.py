"""The metrics page: each figure with its target and action limit on a calm bar, and the alarms to be worked on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hmi.desk.alarm_rows import AlarmLoad, AlarmMetrics
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.words import station_name
from ui.screens.alarms import presenter
from ui.screens.alarms.presenter import MetricLine
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Choice
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, Panel
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

S = 1_000_000_000
EVERY_S = 10.0
LINE = 36
LEAST_LINE = 20
LOADS = ("top", "chattering", "fleeting", "stale")


class MetricBars(Drawn):
    """A line for each figure: name, bar with target and limit, value, target, a word. Grey; what is beyond is bold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("alarmscreen.metrics"))
        self._lines: list[MetricLine] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_lines(self, lines: Sequence[MetricLine]) -> None:
        """Show these."""
        if list(lines) != self._lines:
            self._lines = list(lines)
            here = look()
            self.setAccessibleDescription("; ".join(f"{here.text(x.name)}: {x.value}" for x in lines))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(640, LINE * (len(self._lines) or 15) + 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(420, LEAST_LINE * (len(self._lines) or 15) + 24)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, width = look(), float(self.width())
        value_px, target_px, met_px = 92.0, 84.0, 116.0
        small = here.metrics(Size.BODY)
        longest = max((small.horizontalAdvance(here.text(x.name)) for x in self._lines), default=200.0)
        name_px = min(longest + 12, width * 0.42)
        bar_px = max(60.0, width - name_px - value_px - target_px - met_px - 36)
        line = min(LINE, max(LEAST_LINE, (self.height() - 24) / max(1, len(self._lines))))
        head = here.font(Size.SMALL)
        at = name_px + bar_px + value_px + 24
        words(p, QRectF(at, 0, target_px, 22), here.say("alarmscreen.target"), head, t.second, RIGHT)
        words(p, QRectF(name_px, 0, bar_px, 22), here.say("alarmscreen.legend"), head, t.second, LEFT)
        for i, one in enumerate(self._lines):
            y = 24 + i * line
            p.fillRect(QRectF(0, y + line - 1, width, 1), t.hairline)
            words(p, QRectF(0, y, name_px, line), here.text(one.name), here.font(Size.BODY), t.text, LEFT)
            self._bar(p, t, QRectF(name_px, y + line / 2 - 6, bar_px, 12), one)
            x = name_px + bar_px + 12
            face = here.font(Size.BODY, True, words=False)
            words(p, QRectF(x, y, value_px, line), one.value, face, t.value if one.bar is not None else t.second, RIGHT)
            x += value_px + 12
            words(p, QRectF(x, y, target_px, line), one.target, here.font(Size.BODY, words=False), t.second, RIGHT)
            x += target_px + 12
            met = here.font(Size.BODY, one.bad)
            words(p, QRectF(x, y, width - x, line), here.text(one.met), met, t.text if one.bad else t.second, LEFT)

    def _bar(self, p: QPainter, t: Theme, r: QRectF, one: MetricLine) -> None:
        p.fillRect(r, t.inset)
        if one.bar is not None:
            p.fillRect(QRectF(r.left(), r.top(), r.width() * one.bar, r.height()), t.done if one.bad else t.bar)
        for share, style in ((one.target_at, Qt.PenStyle.SolidLine), (one.action_at, Qt.PenStyle.DotLine)):
            if share is not None:
                p.setPen(QPen(t.text, 2 if style is Qt.PenStyle.SolidLine else 1.4, style))
                x = r.left() + 1 + (r.width() - 2) * share
                p.drawLine(QPointF(x, r.top() - 3), QPointF(x, r.bottom() + 3))


class MetricsPage(Ground):
    """Figures at the left, alarms to be worked on at the right."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.heard = False
        self._found: AlarmMetrics | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        left = Panel(say("alarmscreen.metrics"))
        assert left.head is not None
        self.head = left.head
        self.window_ = Choice([(k, say(f"alarmscreen.{k}")) for k in presenter.WINDOWS], name=say("alarmscreen.window"))
        self.window_.choose("h24")
        left.head.add(self.window_)
        self.note = Caption(say("alarmscreen.metrics_of"), size=Size.SMALL, tone="second", wrap=True)
        left.add(self.note)
        self.bars = MetricBars()
        left.add(self.bars, 1)
        right = Panel(say("alarmscreen.loads"))
        self.which = Choice([(k, say(f"alarmscreen.{k}")) for k in LOADS], name=say("alarmscreen.loads"), flat=True)
        column = QVBoxLayout()
        column.addWidget(self.which)
        here = look()
        self.table = DataTable(
            [
                Column("name", say("alarmscreen.alarm"), lambda r: here.text(r.name), 0),
                Column("place", say("alarmlist.place"), lambda r: here.text(station_name(desk.plant, r.place)), 120,
                       tone=lambda _: "second"),
                Column("count", say("alarmscreen.how_often"), lambda r: str(r.count), 64, right=True,
                       sort=lambda r: r.count),
                Column("share", Text.same("%"), lambda r: f"{r.share * 100:.0f}", 52, right=True,
                       sort=lambda r: r.share),
            ],
            key=lambda r: r.key, name=say("alarmscreen.loads"), empty=say("alarmscreen.no_loads"),
        )  # fmt: skip
        column.addWidget(self.table, 1)
        right.body.addLayout(column)
        row.addWidget(left, 62)
        row.addWidget(right, 38)
        self._asking = desk.keep_asking(self, "alarm_metrics", EVERY_S, self._take, self._refused, self._wanted)
        self.window_.changed.connect(self._window)
        self.which.changed.connect(self._show)

    def _window(self, _key: str) -> None:
        self._asking.now()

    def _wanted(self) -> dict[str, Any]:
        now = time.time_ns()
        return {"from_ns": now - presenter.WINDOWS[self.window_.key] * S, "to_ns": now}

    def _take(self, found: AlarmMetrics) -> None:
        self.heard = True
        self._found = found
        self._show()

    def _show(self, *_: object) -> None:
        found = self._found
        if found is None:
            return
        self.head.remark.set_text(say("alarmscreen.annunciated", n=found.annunciated))
        self.bars.show_lines([presenter.metric_line(m, look().lang) for m in found.metrics])
        loads: list[AlarmLoad] = getattr(found, self.which.key)
        self.table.set_rows(loads)

    def _refused(self, why: Text) -> None:
        self.heard = True
        self.head.remark.set_text(why)

    def retell(self) -> None:
        self._show()
