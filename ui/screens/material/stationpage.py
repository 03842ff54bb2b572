"""The chosen station: how it stands, and what could be done if it stops, tried in the twin."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.material_rows import NodeRow, RerouteRow
from hmi.model.flow import OptionKind, Plan, PlanOption
from hmi.model.permission import Action
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.session import session_of
from ui.command.signplate import SignPlate
from ui.equipment.rights import may_not
from ui.equipment.words import length_words, state_words
from ui.screens.material import presenter
from ui.screens.material.options import OptionList
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.dialog import Remark
from ui.widgets.figures import number
from ui.widgets.guarded import GuardedButton
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground, KeyValue
from ui.widgets.scroller import Scroller

CHIPS = ("failed", "maintenance", "order")
LOW = 600
"""Below this height the answers take the room of what is one press away elsewhere."""


class StationPage(Ground):
    """``show_station(node)``; a plan that is being made is let go when one looks at something else."""

    option_changed = Signal()
    rerouted = Signal(object)
    faceplate = Signal(str)
    hold = Signal(str)
    """A lot to hold."""

    def __init__(self, desk: Desk, tell: Callable[[Text], None], parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._desk, self._tell, self._session = desk, tell, session_of(desk)
        self.node: NodeRow | None = None
        self.plan: Plan | None = None
        self._asked = 0
        """Number of the plan that is waited for; 0: none."""
        self._last = 0
        self._since = 0.0
        self._build()
        desk.quarter.connect(self._tell_time)
        self._session.who_changed.connect(self._rights)
        self._show()

    def _build(self) -> None:
        self.empty = EmptyState(say("materialscreen.choose"), self, icon="material")
        self.sheet = Ground(ground="panel")
        self.name = Caption("", self, size=Size.LARGE, bold=True)
        self.facts = KeyValue(self, key_px=96, name=say("materialscreen.page_station"))
        self.face = Button(say("materialscreen.faceplate"), self, icon="panel")
        self.hold_button = GuardedButton(say("materialscreen.hold"), self, icon="quality")
        self.ask_button = Button(say("materialscreen.what_if"), self, icon="search")
        self.progress = Remark(self)
        self.note = Remark(self, bold=False)
        self.made = Remark(self, bold=False)
        self.repair = Remark(self, bold=False)
        self.scale = Caption("", self, size=Size.SMALL, tone="second", wrap=True)
        self.options = OptionList(self)
        self.cannot = Remark(self, bold=False)
        self.go_button = GuardedButton(say("materialscreen.reroute"), self, icon="material")
        self.said = Caption("", self, size=Size.SMALL, tone="second")
        self._answers = Caption(say("materialscreen.answers"), self, bold=True)
        parts = QHBoxLayout()
        parts.setSpacing(8)
        for button in (self.face, self.hold_button):
            parts.addWidget(button)
        parts.addStretch(1)
        column = QVBoxLayout(self.sheet)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        column.addWidget(self.name)
        column.addWidget(self.facts)
        column.addLayout(parts)
        for part in (self.ask_button, self.progress, self.note, self.repair, self._answers, self.scale, self.options,
                     self.cannot, self.made):  # fmt: skip
            column.addWidget(part)
        column.addStretch(1)
        scroll = self._scroll = Scroller(self.sheet, self)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.go_button)
        foot.addWidget(self.said, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addWidget(self.empty, 1)
        outer.addWidget(scroll, 1)
        outer.addLayout(foot)
        self.face.clicked.connect(self._open_face)
        self.hold_button.acted.connect(self._hold)
        self.ask_button.clicked.connect(self.ask_plan)
        self.options.changed.connect(self._option_changed)
        self.go_button.acted.connect(self._sign)
        for guarded in (self.go_button, self.hold_button):
            guarded.in_vain.connect(self.said.set_text)

    @property
    def station(self) -> str:
        """Id of the station that is looked at; empty for none."""
        return "" if self.node is None else self.node.station

    @property
    def option(self) -> PlanOption | None:
        """The answer that is looked at."""
        return self.options.option

    def show_station(self, node: NodeRow | None) -> None:
        """Look at a station, or at none; the same again is news of it."""
        other = (None if node is None else node.station) != (None if self.node is None else self.node.station)
        self.node = node
        if other:
            self.let_go()
            self.plan = None
            self.options.show_plan(None, None)
            self.said.set_text("")
        self._show()

    # -- planning -----------------------------------------------------------------------------------------------------

    @property
    def planning(self) -> bool:
        """Whether a plan is waited for."""
        return self._asked > 0

    def let_go(self) -> None:
        """Wait for no plan any more; an answer that still comes is not shown."""
        self._asked = 0

    def ask_plan(self) -> None:
        """Ask what could be done if this station stops."""
        node = self.node
        if node is None or self.planning:
            return
        self._last += 1
        mine = self._asked = self._last
        self._since = time.monotonic()
        self.plan = None
        self.options.show_plan(None, None)

        def answered(plan: Plan) -> None:
            if mine == self._asked:
                self._asked = 0
                self.plan = plan
                self.options.show_plan(plan, self._desk.plant)
                self._show()

        def refused(why: Text) -> None:
            if mine == self._asked:
                self._asked = 0
                self._show()
                self.progress.set_text(why)

        self._desk.ask("plan_around", answered, refused, station=node.station)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.planning:
            self.let_go()
            self._show()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        node, plan, plant = self.node, self.plan, self._desk.plant
        self.empty.setVisible(node is None)
        self._scroll.setVisible(node is not None)
        self.go_button.setVisible(plan is not None)
        self.said.setVisible(node is not None)
        if node is None:
            return
        self.name.set_text(presenter.place_words(plant, node.station))
        self.facts.set_rows(_facts(node))
        low = plan is not None and self.height() < LOW
        self.face.setVisible(not low)
        self.hold_button.setVisible(bool(node.lot) and not low)
        self.ask_button.setVisible(not self.planning)
        self.ask_button.set_text(say("materialscreen.what_if" if plan is None else "materialscreen.plan_again"))
        for part in (self._answers, self.scale, self.options):
            part.setVisible(plan is not None)
        self.note.set_text(say("materialscreen.planning_note") if self.planning else "", "second")
        if plan is None:
            for part in (self.repair, self.cannot, self.made):
                part.set_text("")
        else:
            self.progress.set_text("")
            self.repair.set_text(presenter.repair_words(plan))
            self.scale.set_text(say("materialscreen.scale", horizon=length_words(plan.horizon_s)))
            head = [say("materialscreen.cannot"), *plan.cannot]
            self.cannot.set_text(presenter.joined(head, "\n") if plan.cannot else "")
        self._tell_time()

    def _tell_time(self) -> None:
        if not self.isVisible() or self.node is None:
            return
        if self.planning:
            self.progress.set_text(say("materialscreen.planning", s=int(time.monotonic() - self._since)))
        elif self.plan is not None:
            self.made.set_text(presenter.plan_words(self.plan, time.time_ns(), look().zone), "second")
        self._rights()

    def _rights(self, *_: object) -> None:
        who = self._session.who
        self.hold_button.forbid(may_not(who, Action.PLACE_HOLD))
        why = may_not(who, Action.REROUTE) or presenter.why_no_reroute(self.plan, self.option, time.time_ns())
        self.go_button.forbid(why)

    def _option_changed(self, _index: int) -> None:
        self.said.set_text("")
        self._rights()
        self.option_changed.emit()

    def _open_face(self) -> None:
        self.faceplate.emit(self.station)

    def _hold(self) -> None:
        if self.node is not None and self.node.lot:
            self.hold.emit(self.node.lot)

    def retell(self) -> None:
        self.options.show_plan(self.plan, self._desk.plant)
        self._show()

    # -- signing ------------------------------------------------------------------------------------------------------

    @cached_property
    def plate(self) -> ReroutePlate:
        """The plate that is signed, made when first asked for."""
        return ReroutePlate(self.window(), self._desk, self._tell, self.rerouted.emit)

    def _sign(self) -> None:
        plan, option = self.plan, self.option
        if plan is not None and option is not None and option.kind is OptionKind.REROUTE:
            self.plate.ask(plan, self.options.index)


class ReroutePlate(SignPlate):
    """What is written, in its order, with the way back; reason and password."""

    def __init__(
        self, over: QWidget, desk: Desk, tell: Callable[[Text], None], done: Callable[[RerouteRow], None]
    ) -> None:
        super().__init__(
            over, desk, say("materialscreen.reroute"), say("materialscreen.reroute_do"), act=Action.REROUTE,
            meaning="reroute", chips=[(k, say(f"materialscreen.chip.{k}")) for k in CHIPS], tell=tell,
        )  # fmt: skip
        self.width_ = 640
        self._then = done
        self._plan: Plan | None = None
        self._index = -1

    def ask(self, plan: Plan, index: int) -> None:
        """Ask about an answer of a plan."""
        self._plan, self._index = plan, index
        option, plant = plan.options[index], self.desk.plant
        self.set_title(say("materialscreen.reroute_title", station=presenter.place_words(plant, plan.failed)))
        rows: list[tuple[Text, Text | str]] = [
            (say("materialscreen.expect"), presenter.range_words(option.throughput, "n_units")),
            (say("materialscreen.cost_key"), presenter.costs_words(option)),
        ]
        left_out = presenter.not_routed_words(option, plant)
        if left_out is not None:
            rows.append((Text.same(""), left_out))
        self.begin(presenter.option_name(option), [*rows, *presenter.write_rows(option, plant)])

    def missing(self) -> Text | None:
        plan = self._plan
        return presenter.why_no_reroute(plan, None if plan is None else plan.options[self._index], time.time_ns())

    def send(self, why: str, password: str) -> None:
        if self._plan is not None:
            bound = {"shown": self._plan.shown} if self._plan.shown else {}
            self.desk.ask("reroute", self._done, self.refused, failed=self._plan.failed, option=self._index,
                          reason=why, password=password, **bound)  # fmt: skip

    def _done(self, row: RerouteRow) -> None:
        self.done(say("materialscreen.sent", id=row.id, state=presenter.route_state(row)))
        self._then(row)


def _facts(node: NodeRow) -> list[tuple[Text, Text | str]]:
    state = state_words(node.state, node.waiting)
    if node.failed:
        state = presenter.joined([say("materialscreen.failed"), state])
    rate = Text.same("–") if node.per_h is None else say("materialscreen.units_per_h", n=number(node.per_h, 0))
    lot = [*([Text.same(node.lot)] if node.lot else []), *([say("materialscreen.held")] if node.held else [])]
    found: list[tuple[Text, Text | str]] = [
        (say("materialscreen.state_key"), state),
        (say("materialscreen.buffer_key"), presenter.buffer_words(node)),
        (say("materialscreen.rate_key"), rate),
        (say("materialscreen.lot_key"), presenter.joined(lot) if lot else "–"),
    ]
    if node.gate_closed:
        found.append((say("materialscreen.gate_key"), say("materialscreen.gate_closed")))
    return found
