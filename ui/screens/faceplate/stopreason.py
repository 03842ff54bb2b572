"""The stop to explain and the reasons to choose from: two levels of big buttons, one touch assigns."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from hmi.model.plant import StopReason
from hmi.model.words import say
from ui.screens.faceplate.presenter import StopShown, groups, leaves
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import CENTRE, Pressable, words
from ui.widgets.label import Caption
from ui.widgets.panel import EmptyState, Ground

BUTTON_PX = 72
GAP = 8
LEAST_WIDE = 156


class ReasonButton(Pressable):
    """A reason or a group of them, its name in two lines if need be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reason: StopReason | None = None
        self.chosen = False
        self.group = False

    def show_reason(self, reason: StopReason, *, chosen: bool, group: bool) -> None:
        """Be the button of this reason; chosen is the one on record."""
        self.reason, self.chosen, self.group = reason, chosen, group
        self.set_name(reason.name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(LEAST_WIDE, BUTTON_PX)

    def draw(self, p: QPainter, t: Theme) -> None:
        if self.reason is None:
            return
        here, r = look(), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        enabled = self.isEnabled()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.text if self.chosen else t.outline if enabled else t.hairline, 3 if self.chosen else 1.5))
        p.setBrush(t.button_down if self.down or self.chosen else t.chosen if self.over else t.button)
        p.drawRoundedRect(r, 5, 5)
        ink = t.text if enabled else t.second
        name = here.text(self.reason.name) + (" …" if self.group else "")
        flags = CENTRE | Qt.AlignmentFlag.AlignHCenter
        words(p, r.adjusted(8, 4, -8, -4), name, here.font(Size.BODY, True), ink, flags, wrap=True)


class StopReasons(Ground):
    """``assign`` tells that a person chose a leaf for the stop that is shown."""

    assign = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="panel")
        self._stop: StopShown | None = None
        self._reasons: Sequence[StopReason] = ()
        self._group: StopReason | None = None
        self._busy = False
        self._which = Caption("", self, bold=True)
        self._now = Caption("", self, size=Size.SMALL, tone="second")
        self._question = Caption("", self, size=Size.SMALL, tone="second")
        self._back = Button(say("faceplate.back"), self, icon="back", flat=True)
        self._back.clicked.connect(self._go_back)
        self._empty = EmptyState(say("faceplate.no_stop"), self, icon="states")
        self._buttons: list[ReasonButton] = []
        self._fill()

    def show_stop(self, stop: StopShown | None, reasons: Sequence[StopReason]) -> None:
        """Offer the reasons for this stop; another stop begins again at the groups."""
        if (stop, reasons) == (self._stop, self._reasons):
            return
        before = None if self._stop is None else self._stop.span.span_id
        if stop is None or stop.span.span_id != before:
            self._group = None
        self._stop, self._reasons = stop, reasons
        self._fill()

    def begin(self) -> None:
        """Show the groups, whatever was open before."""
        self._group = None
        self._fill()

    def set_busy(self, busy: bool) -> None:
        """While an assignment is on its way nothing else can be chosen."""
        self._busy = busy
        self._fill()

    @property
    def offered(self) -> list[StopReason]:
        """What the buttons say now."""
        return [b.reason for b in self._buttons if not b.isHidden() and b.reason is not None]

    def press(self, reason: str) -> None:
        """Press the button of a reason, as a person does."""
        for offered in self.offered:
            if offered.id == reason:
                self._choose(offered)
                return

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, ReasonButton) and button.reason is not None:
            self._choose(button.reason)

    def _choose(self, reason: StopReason) -> None:
        if self._stop is None or self._busy:
            return
        if self._group is None and any(r.parent == reason.id for r in self._reasons):
            self._group = reason
            self._fill()
            first = next((b for b in self._buttons if not b.isHidden()), None)
            if first is not None:
                first.setFocus()
            return
        self.assign.emit(self._stop.span.span_id, reason.id)

    def _go_back(self) -> None:
        self._group = None
        self._fill()

    def _fill(self) -> None:
        stop, group = self._stop, self._group
        some = stop is not None and bool(self._reasons)
        self._empty.setVisible(not some)
        if stop is not None and not self._reasons:
            self._empty.say(say("faceplate.no_reasons"))
        elif stop is None:
            self._empty.say(say("faceplate.no_stop"))
        for part in (self._which, self._now, self._question):
            part.setVisible(some)
        self._back.setVisible(some and group is not None)
        offered = [] if not some else groups(self._reasons) if group is None else leaves(self._reasons, group.id)
        while len(self._buttons) < len(offered):
            button = ReasonButton(self)
            button.pressed.connect(self._pressed)
            self._buttons.append(button)
        on_record = None if stop is None or stop.reason is None else stop.reason
        for at, button in enumerate(self._buttons):
            button.setVisible(at < len(offered))
            if at < len(offered):
                reason = offered[at]
                above = on_record is not None and group is None and self._is_below(on_record, reason)
                inside = any(r.parent == reason.id for r in self._reasons) and group is None
                button.setEnabled(not self._busy)
                button.show_reason(reason, chosen=above or reason == on_record, group=inside)
        if stop is not None:
            self._which.set_text(stop.words)
            told = say("faceplate.reason_none") if on_record is None else on_record.name
            self._now.set_text(say("faceplate.reason_is", reason=told) if on_record is not None else told)
            asked = say("faceplate.group") if group is None else say("faceplate.leaf", group=group.name)
            self._question.set_text(say("faceplate.assigning") if self._busy else asked)
        self._place()

    def _is_below(self, leaf: StopReason, group: StopReason) -> bool:
        return any(r.id == leaf.id for r in leaves(self._reasons, group.id))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(400, 300)

    def _place(self) -> None:
        width = self.width()
        self._empty.setGeometry(0, 0, width, min(140, self.height()))
        self._which.setGeometry(0, 0, width, 24)
        self._now.setGeometry(0, 24, width, 22)
        back = self._back.sizeHint().width() if not self._back.isHidden() else 0
        self._question.setGeometry(0, 56, width - back - 8, 36)
        self._back.setGeometry(width - back, 56, back, self._back.sizeHint().height())
        across = max(1, (width + GAP) // (LEAST_WIDE + GAP))
        wide = (width - GAP * (across - 1)) // across
        for at, button in enumerate(self._buttons):
            x, y = (at % across) * (wide + GAP), 98 + (at // across) * (BUTTON_PX + GAP)
            button.setGeometry(x, y, wide, BUTTON_PX)
