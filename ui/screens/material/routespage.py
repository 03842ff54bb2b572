"""Reroutes on record: how far each is, its steps with what became of them, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import cached_property

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.material_rows import RerouteRow
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.command.checklist import draw_tick
from ui.command.signplate import SignPlate
from ui.equipment.rights import may_not
from ui.equipment.words import clock_words
from ui.screens.material import presenter
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Remark
from ui.widgets.drawn import RIGHT, TOP_LEFT, Drawn, words
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, KeyValue
from ui.widgets.scroller import Scroller
from ui.widgets.table import DataTable
from ui.widgets.tablemodel import Column

CHIPS = ("repaired", "not_needed", "worse")
ROW, LONG = 46, 66


class RouteSteps(Drawn):
    """The steps of a run in one paint: verified with a tick, refused with a cross, not yet with an empty ring."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("materialscreen.steps"))
        self.rows: list[tuple[Text, Text, str, bool | None]] = []

    def show_steps(self, rows: list[tuple[Text, Text, str, bool | None]]) -> None:
        """Show these."""
        if rows != self.rows:
            self.rows = rows
            here = look()
            self.setAccessibleDescription("; ".join(f"{here.text(a)}: {here.text(b)} {c}" for a, b, c, _ in rows))
            self.updateGeometry()
            self.update()

    def _tall(self, said: Text, verified: bool | None) -> int:
        return LONG if verified is False and len(said.en) > 40 else ROW

    def sizeHint(self) -> QSize:
        return QSize(300, sum(self._tall(said, ok) for _, said, _, ok in self.rows) or 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def draw(self, p: QPainter, t: Theme) -> None:
        here, y = look(), 0
        if not self.rows:
            box = QRectF(0, 0, self.width(), 28)
            words(p, box, here.say("materialscreen.no_steps"), here.font(Size.SMALL), t.second)
        for step, said, clock, ok in self.rows:
            tall = self._tall(said, ok)
            mark = QRectF(2, y + 6, 15, 15)
            if ok is None:
                p.setRenderHint(QPainter.RenderHint.Antialiasing)
                p.setPen(QPen(t.faint, 1.4))
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.drawEllipse(mark.adjusted(3, 3, -3, -3))
            else:
                draw_tick(p, t, mark, ok)
            wide = self.width() - 28
            words(p, QRectF(26, y, wide - 76, 24), here.text(step), here.font(Size.BODY), t.text)
            words(p, QRectF(self.width() - 78, y, 76, 24), clock, here.font(Size.SMALL, words=False), t.second, RIGHT)
            tone = t.text if ok is False else t.second
            words(p, QRectF(26, y + 23, wide, tall - 25), here.text(said), here.font(Size.SMALL, ok is False), tone,
                  TOP_LEFT, wrap=tall > ROW)  # fmt: skip
            y += tall


class RoutesPage(Ground):
    """``show_rows`` with each map."""

    returned = Signal(object)
    card = Signal(str)

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk, self._tell, self._session = desk, tell, session_of(desk)
        here = look()
        self.table = DataTable(
            [
                Column("state", say("materialscreen.column_state"), lambda r: here.text(presenter.route_state(r)), 150,
                       bold=True, tone=_tone),
                Column("name", say("materialscreen.column_name"), lambda r: here.text(r.name), 0, tone=_tone),
                Column("units", say("materialscreen.column_units"), lambda r: str(r.units), 60, right=True, tone=_tone),
                Column("since", say("materialscreen.column_since"), lambda r: clock_words(r.at_ns, here.zone), 64,
                       tone=_tone),
            ],
            key=lambda r: r.id, name=say("materialscreen.routes"), empty=say("materialscreen.no_routes"),
        )  # fmt: skip
        self.table.setFixedHeight(160)
        self.table.chosen.connect(self._show)
        self._build()
        self._session.who_changed.connect(self._rights)
        self._show()

    def _build(self) -> None:
        self.name = Caption("", self, bold=True, wrap=True)
        self.told = Caption("", self, wrap=True)
        self.why = Remark(self)
        self.facts = KeyValue(self, key_px=96, name=say("materialscreen.routes"))
        self.steps = RouteSteps(self)
        self._steps_title = Caption(say("materialscreen.steps"), self, size=Size.SMALL, tone="second")
        self.sheet = Ground(ground="panel")
        column = QVBoxLayout(self.sheet)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        for part in (self.name, self.told, self.why, self.facts, self._steps_title, self.steps):
            column.addWidget(part)
        column.addStretch(1)
        scroll = Scroller(self.sheet, self)
        self.back_button = GuardedButton(say("materialscreen.back"), self, icon="back")
        self.card_button = Button(say("materialscreen.open_card"), self, icon="decisions")
        self.said = Caption("", self, size=Size.SMALL, tone="second")
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.back_button)
        foot.addWidget(self.card_button)
        foot.addWidget(self.said, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self.table)
        outer.addWidget(scroll, 1)
        outer.addLayout(foot)
        self.back_button.acted.connect(self._sign)
        self.back_button.in_vain.connect(self.said.set_text)
        self.card_button.clicked.connect(self._open_card)

    @property
    def row(self) -> RerouteRow | None:
        """The reroute that is looked at."""
        found = self.table.chosen_row
        return found if isinstance(found, RerouteRow) else None

    def show_rows(self, rows: Sequence[RerouteRow]) -> None:
        """Show these reroutes; the first is looked at until a person chooses."""
        self.table.set_rows(rows)
        if self.row is None and rows:
            self.table.choose(rows[0].id)
        self._show()

    def choose(self, id: int) -> None:
        """Look at this one."""
        self.table.choose(id)
        self._show()

    def _show(self, _row: object = None) -> None:
        row, plant, zone = self.row, self._desk.plant, look().zone
        self.sheet.setVisible(row is not None)
        self.back_button.setVisible(row is not None)
        self.card_button.setVisible(row is not None and row.cause.startswith("decision:"))
        if row is not None:
            self.name.set_text(row.name)
            self.told.set_text(presenter.route_told(row))
            self.why.set_text(row.why or "")
            self.facts.set_rows(presenter.facts(row, plant, time.time_ns(), zone))
            self.steps.show_steps(presenter.step_rows(row.run, plant, zone))
        self._rights()

    def _rights(self, *_: object) -> None:
        row = self.row
        why = may_not(self._session.who, Action.REROUTE)
        if row is not None and not row.can_return:
            why = say("materialscreen.no_return")
        self.back_button.forbid(why)

    def _open_card(self) -> None:
        if self.row is not None:
            self.card.emit(self.row.cause.partition(":")[2])

    @cached_property
    def plate(self) -> ReturnPlate:
        """The plate that is signed, made when first asked for."""
        return ReturnPlate(self.window(), self._desk, self._tell, self.returned.emit)

    def _sign(self) -> None:
        if self.row is not None:
            self.plate.ask(self.row)

    def retell(self) -> None:
        self._show()


class ReturnPlate(SignPlate):
    """What is written to go back to normal; reason and password."""

    def __init__(
        self, over: QWidget, desk: Desk, tell: Callable[[Text], None], done: Callable[[RerouteRow], None]
    ) -> None:
        super().__init__(
            over, desk, say("materialscreen.back_title"), say("materialscreen.back_do"), act=Action.REROUTE,
            meaning="reroute", chips=[(k, say(f"materialscreen.chip.{k}")) for k in CHIPS], tell=tell,
        )  # fmt: skip
        self.width_ = 640
        self._then = done
        self.row: RerouteRow | None = None

    def ask(self, row: RerouteRow) -> None:
        """Ask about this reroute."""
        self.row = row
        self.begin(row.name, presenter.back_rows(row.run, self.desk.plant))

    def send(self, why: str, password: str) -> None:
        if self.row is not None:
            self.desk.ask("return_route", self._done, self.refused, id=self.row.id, reason=why, password=password)

    def _done(self, row: RerouteRow) -> None:
        self.done(say("materialscreen.sent", id=row.id, state=presenter.route_state(row)))
        self._then(row)


def _tone(row: RerouteRow) -> str:
    return "text" if row.state in presenter.STANDING else "second"
