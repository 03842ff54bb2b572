"""One stop: what it was, its reason by one touch, and a cut in two where it had two reasons."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.plant import StopReason
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.states import presenter
from ui.screens.states.presenter import ReasonGroup, StopRow
from ui.screens.states.splitbar import SECOND, SplitBar
from ui.theme.look import look
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.figures import time_text
from ui.widgets.label import Caption
from ui.widgets.panel import Ground, KeyValue, Panel
from ui.widgets.scroller import Scroller

GROUP_COLUMNS, LEAF_COLUMNS = 5, 4
LEAF_PX = 44
LOW_PX, LEAST_PX = 480, 400
"""Below this height the facts are one sentence."""


class StopPanel(Panel):
    """Shown in the place of the OEE while a stop is chosen."""

    assigned = Signal(object, str)
    """The StopRow and the reason's id; an empty one takes the reason back."""
    split = Signal(object, object)
    """The StopRow and the instant in ns."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(say("states.stop"), parent)
        self.row: StopRow | None = None
        self._groups: list[ReasonGroup] = []
        self._group = 0
        self._at_ns: int | None = None
        assert self.head is not None
        self.none = Button(say("states.no_reason"), flat=True)
        self.none.clicked.connect(self._take_back)
        close = Button(icon="close", flat=True, name=say("states.back"))
        close.clicked.connect(self.closed)
        self.head.add(self.none)
        self.head.add(close)
        self.facts = KeyValue(name=say("states.stop"), key_px=96)
        self.sentence = Caption("", wrap=True)
        self.ask = Caption(say("states.why"), bold=True, size=Size.SMALL, tone="second")
        for part in (self.facts, self.sentence, self.ask):
            self.add(part)
        self._groups_place, self._leaves_place = QGridLayout(), QGridLayout()
        for grid in (self._groups_place, self._leaves_place):
            grid.setSpacing(6)
            grid.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(self._groups_place)
        inside = Ground(ground="panel")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._leaves_place)
        column.addStretch(1)
        self.leaves = Scroller(inside)
        self.leaves.setAccessibleName(look().say("states.reason"))
        self.leaves.setMinimumHeight(LEAF_PX)
        self.add(self.leaves, 1)
        self._group_buttons: list[Button] = []
        self._leaf_buttons: list[Button] = []
        self._build_split()
        self.fit(0)

    def _build_split(self) -> None:
        self.cut_title = Caption(say("states.split_why"), size=Size.SMALL, bold=True, tone="second")
        self.add(self.cut_title)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.bar = SplitBar()
        self.bar.moved.connect(self._place_cut)
        self.less = Button(say("states.minute_less"))
        self.more = Button(say("states.minute_more"))
        self.cut = Button(say("states.split_at", clock="00:00:00"))
        self.less.clicked.connect(self._minute_less)
        self.more.clicked.connect(self._minute_more)
        self.cut.clicked.connect(self._cut)
        row.addWidget(self.bar, 1)
        for button in (self.less, self.more, self.cut):
            row.addWidget(button)
        self.body.addLayout(row)

    def set_reasons(self, reasons: Sequence[StopReason]) -> None:
        """Offer this tree."""
        groups = presenter.reason_groups(reasons)
        if groups == self._groups:
            return
        self._groups, self._group = groups, 0
        for button in self._group_buttons:
            button.deleteLater()
        self._group_buttons = []
        for index, group in enumerate(groups):
            button = Button(group.reason.name, checkable=True)
            button.setProperty("place", index)
            button.clicked.connect(self._group_pressed)
            button.setMinimumHeight(LEAF_PX)
            self._groups_place.addWidget(button, index // GROUP_COLUMNS, index % GROUP_COLUMNS)
            self._group_buttons.append(button)
        self._show_leaves()

    def show_stop(self, row: StopRow | None) -> None:
        """Show this stop; the same one again keeps group and handle as they are."""
        if row is None:
            self.row = None
            return
        same = self.row is not None and self.row.key == row.key
        self.row = row
        if not same:
            self._at_ns = None
            at = presenter.group_of(self._groups, row.reason_id)
            if at is not None:
                self._group = at
        assert self.head is not None
        self.head.title.set_text(say("states.stop_of", place=row.place))
        self.facts.set_rows(presenter.stop_lines(row, look().zone))
        self.sentence.set_text(presenter.stop_sentence(row, look().zone))
        self._show_leaves()
        self._show_cut()

    def _show_leaves(self) -> None:
        leaves = self._groups[self._group].leaves if self._groups else ()
        while len(self._leaf_buttons) < len(leaves):
            button = Button(Text.same(""), checkable=True)
            button.clicked.connect(self._leaf_pressed)
            button.setMinimumHeight(LEAF_PX)
            at = len(self._leaf_buttons)
            self._leaves_place.addWidget(button, at // LEAF_COLUMNS, at % LEAF_COLUMNS)
            self._leaf_buttons.append(button)
        chosen = None if self.row is None else self.row.reason_id
        able = self.row is not None and bool(self.row.targets)
        for index, button in enumerate(self._leaf_buttons):
            button.setVisible(index < len(leaves))
            if index < len(leaves):
                button.set_text(leaves[index].name)
                button.setProperty("reason", leaves[index].id)
                button.setChecked(leaves[index].id == chosen)
                button.setEnabled(able)
        for index, button in enumerate(self._group_buttons):
            button.setChecked(index == self._group)
        self.none.setVisible(chosen is not None)
        said = "states.no_tree" if not self._groups else "states.why" if able else "states.not_yet"
        self.ask.set_text(say(said))

    def _group_pressed(self) -> None:
        self._group = int(self.sender().property("place"))
        self._show_leaves()

    def _leaf_pressed(self) -> None:
        if self.row is not None:
            self.assigned.emit(self.row, str(self.sender().property("reason")))
        self._show_leaves()

    def _take_back(self) -> None:
        if self.row is not None:
            self.assigned.emit(self.row, "")

    def fit(self, height: int) -> None:
        """Where it is low, one sentence stands for the facts; the reasons come first."""
        low = height < LOW_PX
        self.facts.setVisible(not low)
        self.sentence.setVisible(low)
        for part in (self.ask, self.cut_title):
            part.setVisible(height >= LEAST_PX)

    # -- the cut ------------------------------------------------------------------------------------------------------

    def _show_cut(self) -> None:
        row, now = self.row, time.time_ns()
        able = row is not None and row.length_s >= 3 and row.span.span_id > 0
        for part in (self.bar, self.less, self.more, self.cut, self.cut_title):
            part.setEnabled(able)
        if row is None:
            return
        if self._at_ns is None:
            self._at_ns = presenter.best_split(row, now)
        self._at_ns = presenter.clamp_split(row, self._at_ns, now)
        self.bar.show_stop(row.start_ns, now if row.end_ns is None else row.end_ns, self._at_ns)
        self.cut.set_text(say("states.split_at", clock=time_text(self._at_ns, look().zone)))

    def _place_cut(self, at_ns: int) -> None:
        self._at_ns = at_ns
        self._show_cut()

    def _minute_less(self) -> None:
        if self._at_ns is not None:
            self._place_cut(self._at_ns - 60 * SECOND)

    def _minute_more(self) -> None:
        if self._at_ns is not None:
            self._place_cut(self._at_ns + 60 * SECOND)

    def _cut(self) -> None:
        if self.row is not None and self._at_ns is not None:
            self.split.emit(self.row, self._at_ns)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and hasattr(self, "cut"):
            self._show_cut()
