"""Answers to a failed station, the best first: what each makes on a common scale, its cost, what it leaves out."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.model.flow import Plan, PlanOption
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.material import presenter
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import Pressable, words
from ui.widgets.rangebar import axis_of, draw_range

HEIGHT, LINE = 92, 22
BAR_SHARE = 0.44


class OptionRow(Pressable):
    """One answer; pressed, it is the one that is looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option: PlanOption | None = None
        self.chosen = False
        self._number = 0
        self._axis = (0.0, 1.0)
        self._left_out: Text | None = None

    def show_option(self, number: int, option: PlanOption, axis: tuple[float, float], plant: Plant | None) -> None:
        """Be this answer."""
        self.option, self._number, self._axis = option, number, axis
        self._left_out = presenter.not_routed_words(option, plant)
        self.set_name(self._title())
        parts = [presenter.range_words(option.throughput, "n_units"), presenter.costs_words(option)]
        told = presenter.joined([*parts, *([self._left_out] if self._left_out is not None else [])])
        self.setAccessibleDescription(look().text(told))
        self.setToolTip(look().text(told))
        self.updateGeometry()
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Whether it is the one that is looked at."""
        self.chosen = chosen
        self.update()

    def _title(self) -> Text:
        assert self.option is not None
        return say("materialscreen.option", n=self._number, name=presenter.option_name(self.option))

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT + (LINE if self._left_out is not None else 0))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def draw(self, p: QPainter, t: Theme) -> None:
        option = self.option
        if option is None:
            return
        here, r = look(), QRectF(self.rect()).adjusted(1, 1, -1, -3)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.text if self.chosen or self.over else t.hairline, 2 if self.chosen else 1.2))
        p.setBrush(t.chosen if self.chosen else t.panel)
        p.drawRoundedRect(r, 4, 4)
        box = r.adjusted(10, 5, -8, -5)
        words(p, QRectF(box.left(), box.top(), box.width(), LINE + 2), here.text(self._title()),
              here.font(Size.BODY, True), t.text)  # fmt: skip
        y = box.top() + LINE + 4
        if option.throughput is not None:
            bar = QRectF(box.left(), y, box.width() * BAR_SHARE, LINE + 4)
            draw_range(p, t, bar, self._axis, presenter.bar_of(option))
        said = here.text(presenter.range_words(option.throughput, "n_units"))
        left = box.left() + box.width() * BAR_SHARE + 10
        words(p, QRectF(left, y, box.right() - left, LINE + 4), said, here.font(Size.BODY, True), t.value)
        y += LINE + 7
        small = here.font(Size.SMALL)
        words(p, QRectF(box.left(), y, box.width(), LINE), here.text(presenter.costs_words(option)), small, t.second)
        if self._left_out is not None:
            under = QRectF(box.left(), y + LINE, box.width(), LINE)
            words(p, under, here.text(self._left_out), here.font(Size.SMALL, True), t.text)


class OptionList(QWidget):
    """The answers below each other; ``chosen`` with the index in the plan, -1 for none."""

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[OptionRow] = []
        self.index = -1
        self.plan: Plan | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)

    @property
    def option(self) -> PlanOption | None:
        """The answer that is looked at."""
        return self.plan.options[self.index] if self.plan is not None and self.index >= 0 else None

    def show_plan(self, plan: Plan | None, plant: Plant | None) -> None:
        """Show a plan's answers; the best is looked at first."""
        self.plan, self.index = plan, -1
        options = () if plan is None else plan.options
        axis = axis_of(presenter.bar_of(o) for o in options)
        while len(self.rows) < len(options):
            row = OptionRow(self)
            row.pressed.connect(self._pressed)
            self._column.addWidget(row)
            self.rows.append(row)
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(options))
            if at < len(options):
                row.show_option(at + 1, options[at], axis, plant)
        self.choose(0 if options else -1)

    def choose(self, index: int) -> None:
        """Look at this answer."""
        self.index = index
        for at, row in enumerate(self.rows):
            row.set_chosen(at == index)
        self.changed.emit(index)

    def _pressed(self) -> None:
        row = self.sender()
        if isinstance(row, OptionRow) and row in self.rows:
            self.choose(self.rows.index(row))
