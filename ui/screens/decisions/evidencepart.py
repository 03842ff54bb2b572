"""Part 2 of the card: what speaks for it, as it was when the card was made: causes, trend, states, pictures, cases."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from hmi.desk.decision_rows import DecisionCard
from hmi.desk.rows import Series, Spans
from hmi.model.decision import Cause, Evidence
from hmi.model.plant import Plant, Tag
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment.tags import pen_names
from ui.equipment.words import reason_name, station_name
from ui.screens.decisions.penkey import CardTrend, PenKey
from ui.screens.decisions.pictures import Pictures
from ui.theme.typeface import Size
from ui.widgets.dialog import Remark
from ui.widgets.factsheet import Cell, FactSheet, SheetColumn, SheetRow
from ui.widgets.panel import Panel
from ui.widgets.statebar import StateBar
from ui.widgets.trend import EventMark

PENS = 4
"""The strongest contributions; more lines than these nobody tells apart on a card."""
POINTS = 600
TREND_PX = 156
LEAST_NS = 60 * 1_000_000_000
UNNAMED_NS = 15 * LEAST_NS


def pens_of(evidence: Evidence, plant: Plant | None) -> list[Tag]:
    """The tags of a trend that the plant has, the strongest first."""
    found = [None if plant is None else plant.tag.get(tag) for tag in evidence.tags]
    return [t for t in found if t is not None and t.type.is_number][:PENS]


def window_of(evidence: Evidence, card: DecisionCard) -> tuple[int, int]:
    """The window that was used; where none is named, the minutes before the card was made."""
    if evidence.from_ns > 0 and evidence.to_ns > evidence.from_ns:
        return evidence.from_ns, max(evidence.to_ns, evidence.from_ns + LEAST_NS)
    end = card.row.proposed_ns
    return end - UNNAMED_NS, end


def station_of(evidence: Evidence, place: str, plant: Plant | None) -> str:
    """The station whose states speak: named by the evidence, by one of its tags, else the card's place."""
    for named in evidence.tags:
        if plant is not None and named in plant.station:
            return named
        tag = None if plant is None else plant.tag.get(named)
        if tag is not None and plant is not None and tag.place in plant.station:
            return tag.place
    return place


def cause_rows(causes: Sequence[Cause], shares: bool) -> list[SheetRow]:
    """The likely causes; how much of the evidence each has is told only when the person has judged."""
    rows = []
    for at, cause in enumerate(causes[:3], 1):
        share = f"{round(100 * cause.score)} %" if shares else ""
        cells = (Cell(str(at), tone="second"), Cell(cause.name, bold=at == 1), Cell(cause.why, small=True), Cell(share))
        rows.append(SheetRow(cells))
    return rows


class EvidencePart(Panel):
    """Its parts are made once and used for every card: trends are never made anew."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(say("decisions.part.evidence"), parent)
        self._desk = desk
        self._card: DecisionCard | None = None
        self._asked: tuple[object, ...] = ()
        self._station = ""
        self.causes = FactSheet(
            [SheetColumn(Text.same(""), 0.04, least=18), SheetColumn(say("decisions.cause"), 0.4),
             SheetColumn(say("decisions.cause_why"), 0.46), SheetColumn(Text.same(""), 0.1, True, 68)],
            self, name=say("decisions.causes"), lines=False,
        )  # fmt: skip
        self.trend_title = self._caption()
        self.plot = CardTrend(self, name=say("decisions.trend"), units=True)
        self.plot.setFixedHeight(TREND_PX)
        self.key = PenKey(self.plot, self)
        self.trend_lines = Remark(self, bold=False)
        self.plot.window_changed.connect(self._ask_history)
        self.states_title = self._caption()
        self.states = StateBar(
            self, station=say("decisions.states"), axis=True,
            station_name=lambda s: station_name(desk.plant, s), reason_name=lambda r: reason_name(desk.plant, r),
        )  # fmt: skip
        self.states_lines = Remark(self, bold=False)
        self.pictures_title = self._caption()
        self.pictures = Pictures(desk, self)
        self.pictures_lines = Remark(self, bold=False)
        self.told_titles = [self._caption() for _ in range(4)]
        self.told = [Remark(self, bold=False) for _ in range(4)]
        column = QVBoxLayout()
        column.setSpacing(4)
        parts: list[QWidget] = [self.causes, self.trend_title, self.plot, self.key, self.trend_lines,
                                self.states_title, self.states, self.states_lines, self.pictures_title, self.pictures,
                                self.pictures_lines]  # fmt: skip
        for part in parts:
            column.addWidget(part)
        self._grid = grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for at, (title, told) in enumerate(zip(self.told_titles, self.told, strict=True)):
            beside = QVBoxLayout()
            beside.setSpacing(2)
            beside.addWidget(title)
            beside.addWidget(told)
            beside.addStretch(1)
            grid.addLayout(beside, at // 2, at % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addStretch(1)
        self.body.addLayout(column)
        desk.quarter.connect(self._tick)

    def _caption(self) -> Remark:
        made = Remark(self, bold=True)
        made.size_ = Size.SMALL
        made.tone = "second"
        return made

    @property
    def heard(self) -> bool:
        """Whether the pictures asked for are answered."""
        return not self.pictures.isVisible() or self.pictures.loaded

    def show_card(self, card: DecisionCard) -> None:
        """Show the evidence of a card; what is the same as before stays as it is."""
        self._card = card
        judged = card.confidence is not None
        share = say("decisions.cause_share") if judged else Text.same("")
        self.causes.columns[3] = SheetColumn(share, 0.1, right=True, least=68)
        self.causes.set_rows(cause_rows(card.causes, judged))
        self.causes.setVisible(bool(card.causes))
        trend = _first(card.evidence, "trend")
        states, pictures = _first(card.evidence, "states"), _first(card.evidence, "pictures")
        self._show_trend(card, trend)
        self._show_states(card, states)
        shown = pictures is not None and bool(pictures.inspections)
        self.pictures.setVisible(shown)
        self._head(self.pictures_title, self.pictures_lines, pictures)
        if pictures is not None and shown:
            self.pictures.show_numbers(pictures.inspections)
        rest = [e for e in card.evidence if e not in (trend, states, pictures)]
        for at, (title, told) in enumerate(zip(self.told_titles, self.told, strict=True)):
            self._head(title, told, rest[at] if at < len(rest) else None)
        self._grid.setColumnStretch(1, 1 if len(rest) > 1 else 0)

    def _head(self, title: Remark, told: Remark, evidence: Evidence | None) -> None:
        title.set_text("" if evidence is None else evidence.title)
        told.set_text("" if evidence is None else _joined(evidence.lines))

    def _show_trend(self, card: DecisionCard, evidence: Evidence | None) -> None:
        pens = [] if evidence is None else pens_of(evidence, self._desk.plant)
        self._head(self.trend_title, self.trend_lines, evidence)
        for part in (self.plot, self.key):
            part.setVisible(bool(pens))
        if evidence is None or not pens:
            return
        from_ns, to_ns = window_of(evidence, card)
        asked = (card.row.id, tuple(t.id for t in pens), from_ns, to_ns)
        if asked == self._asked:
            return
        self._asked = asked
        plant = self._desk.plant
        self.plot.blockSignals(True)  # one question for pens and window together
        self.plot.set_pens(pens)
        self.plot.blockSignals(False)
        self.plot.set_events([EventMark(card.row.detected_ns, say("decisions.crossed"))])
        self.plot.set_window(from_ns, to_ns)
        self.key.set_names([] if plant is None else pen_names(plant, pens))

    def _ask_history(self, from_ns: int, to_ns: int) -> None:
        for pen in self.plot.pens:
            self._desk.ask("history", self._series, None, tag=pen.tag.id, from_ns=from_ns, to_ns=to_ns, points=POINTS)

    def _series(self, series: Series) -> None:
        self.plot.set_series(series)
        self.key.update()

    def _show_states(self, card: DecisionCard, evidence: Evidence | None) -> None:
        self._head(self.states_title, self.states_lines, evidence)
        self.states.setVisible(evidence is not None)
        if evidence is None:
            self._station = ""
            return
        from_ns, to_ns = window_of(evidence, card)
        asked = f"{card.row.id} {from_ns} {to_ns}"
        if asked == self._station:
            return
        self._station = asked
        station = station_of(evidence, card.row.place, self._desk.plant)
        self.states.set_spans([], from_ns, to_ns)

        def took(found: Spans) -> None:
            if asked == self._station:
                self.states.set_spans([s for s in found.spans if s.station == station], from_ns, to_ns)

        self._desk.ask("states", took, None, stations=[station], from_ns=from_ns, to_ns=to_ns)

    def _tick(self) -> None:
        if self.isVisible() and self.plot.isVisible():
            self.plot.tick()


def _first(evidence: Sequence[Evidence], kind: str) -> Evidence | None:
    return next((e for e in evidence if e.kind == kind), None)


def _joined(lines: Sequence[Text]) -> Text | str:
    """Several lines as one text; nothing for none."""
    if not lines:
        return ""
    return Text("\n".join(x.en for x in lines), "\n".join(x.ko for x in lines))
