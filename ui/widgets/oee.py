"""OEE: its three factors as bars, and the waterfall of where the planned time went."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.desk.rows import OeeFigures
from hmi.model.machine import TimeClass
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import LEFT, RIGHT, Drawn, words
from ui.widgets.figures import NONE, number, span_text
from ui.widgets.statebar import fill_class

TARGET = 0.85
"""World-class OEE is called 85 %; the tick is a place to look at, not a limit."""

LEAST = 0.005
"""What is shown as 0 %."""

_LOSS_PATTERN = {"speed": Qt.BrushStyle.VerPattern, "quality": Qt.BrushStyle.CrossPattern}
"""Losses while the station makes product."""


def percent(share: float | None, digits: int = 0) -> str:
    """A share of one in percent."""
    return NONE if share is None else f"{number(100 * share, digits)} %"


def whole_share(o: OeeFigures | None) -> float | None:
    """OEE of these figures; not known where units were made in a time in which nothing is known to have run."""
    if o is None or o.oee is None or o.availability is None:
        return None if o is None else o.oee
    return None if o.availability < LEAST <= o.oee else o.oee


def doubted(figure: str, old: bool) -> str:
    """A figure with the mark of what is old before it."""
    return f"? {figure}" if old and figure != NONE else figure


class OeeBars(Drawn):
    """The figure large, and A, P, Q below it as bars with a tick at the target."""

    def __init__(self, parent: QWidget | None = None, *, figure: bool = True, ground: str = "panel") -> None:
        """figure: write OEE itself above the bars."""
        super().__init__(parent, name=say("oee.name"), ground=ground)
        self.figure = figure
        self._oee: OeeFigures | None = None
        self._old = False

    def show_oee(self, oee: OeeFigures | None, *, old: bool = False) -> None:
        """Show these figures; None is not known, old is the past."""
        if (oee, old) != (self._oee, self._old):
            self._oee, self._old = oee, old
            self.setAccessibleDescription(
                ", ".join(percent(x) for x in (self._share(0), self._share(1), self._share(2), self._share(3)))
            )
            self.update()

    def _share(self, which: int) -> float | None:
        o = self._oee
        return None if o is None else (whole_share(o), o.availability, o.effectiveness, o.quality)[which]

    def sizeHint(self) -> QSize:
        return QSize(170, 100 if self.figure else 66)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 92 if self.figure else 60)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        top = r.top()
        if self.figure:
            share = self._share(0)
            box = QRectF(r.left(), top, r.width(), 32)
            colour = t.second if share is None or self._old else t.value
            words(p, box, doubted(percent(share), self._old), here.font(Size.LARGE, True, words=False), colour)
            top += 36
        step = (r.bottom() - top) / 3
        letters = [here.say(f"oee.{k}") for k in "apq"]
        small = here.font(Size.SMALL)
        letter_px = max(here.metrics(Size.SMALL).horizontalAdvance(x) for x in letters) + 8
        figure_px = here.metrics(Size.SMALL, words=False).horizontalAdvance("100 %") + 6
        for index, letter in enumerate(letters):
            share = self._share(index + 1)
            row = QRectF(r.left(), top + index * step, r.width(), step)
            words(p, QRectF(row.left(), row.top(), letter_px, step), letter, small, t.second)
            bar = QRectF(row.left() + letter_px, row.center().y() - 4, row.width() - letter_px - figure_px, 8)
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            p.fillRect(bar, t.bar)
            if share is not None:
                p.fillRect(QRectF(bar.left(), bar.top(), bar.width() * min(1.0, max(0.0, share)), 8), t.done)
            if self._old:
                p.fillRect(bar, QBrush(t.panel, Qt.BrushStyle.BDiagPattern))
            x = bar.left() + bar.width() * TARGET
            p.setPen(QPen(t.text, 2))
            p.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 2))
            box = QRectF(row.right() - figure_px, row.top(), figure_px, step)
            words(p, box, percent(share), here.font(Size.SMALL, words=False), t.second, RIGHT)


class ProgressBar(Drawn):
    """How far something is, with a tick where it should be by now: units made against plan."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("progress.name"), ground=ground)
        self._now: float | None = None
        self._due: float | None = None
        self._whole: float | None = None
        self._old = False

    def show_progress(self, now: float | None, due: float | None, whole: float | None, *, old: bool = False) -> None:
        """Show what is done, what should be done by now, and all of it; None where not known, old is the past."""
        if (now, due, whole, old) != (self._now, self._due, self._whole, self._old):
            self._now, self._due, self._whole, self._old = now, due, whole, old
            self.setAccessibleDescription(f"{number(now, 0)} / {number(whole, 0)}")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(150, 72)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 66)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        known = self._now is not None
        box = QRectF(r.left(), r.top(), r.width(), 32)
        face = here.font(Size.LARGE, True, words=False)
        figure = doubted(number(self._now, 0), self._old)
        words(p, box, figure, face, t.value if known and not self._old else t.second)
        line = QRectF(r.left(), r.top() + 32, r.width(), 20)
        of = here.say("progress.of", whole=number(self._whole, 0)) if self._whole else here.say("progress.no_plan")
        words(p, line, of, here.font(Size.SMALL), t.second)
        if not self._whole:
            return
        bar = QRectF(r.left(), r.top() + 57, r.width() - 8, 9)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.fillRect(bar, t.bar)
        if self._now is not None:
            p.fillRect(QRectF(bar.left(), bar.top(), bar.width() * min(1.0, self._now / self._whole), 9), t.done)
        if self._old:
            p.fillRect(bar, QBrush(t.panel, Qt.BrushStyle.BDiagPattern))
        if self._due is not None:
            x = bar.left() + bar.width() * min(1.0, self._due / self._whole)
            p.setPen(QPen(t.text, 2))
            p.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 3))


class Waterfall(Drawn):
    """From planned busy time down to good product at ideal speed; every second is in exactly one step."""

    ROWS = (
        ("pbt", "pbt_s", None),
        ("down", "down_s", TimeClass.DOWN),
        ("setup", "setup_s", TimeClass.SETUP),
        ("blocked", "blocked_s", TimeClass.BLOCKED),
        ("starved", "starved_s", TimeClass.STARVED),
        ("waiting", "waiting_s", TimeClass.WAITING),
        ("unknown", "unknown_s", TimeClass.UNKNOWN),
        ("speed", "speed_loss_s", None),
        ("quality", "quality_loss_s", None),
        ("valuable", "valuable_s", TimeClass.PRODUCTION),
    )

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel") -> None:
        super().__init__(parent, name=say("waterfall.name"), ground=ground)
        self._oee: OeeFigures | None = None

    def show_oee(self, oee: OeeFigures | None) -> None:
        """Show these figures; None is not known."""
        if oee != self._oee:
            self._oee = oee
            here = look()
            if oee is not None:
                self.setAccessibleDescription(
                    "; ".join(f"{here.say(f'waterfall.{k}')}: {span_text(getattr(oee, f))}" for k, f, _ in self.ROWS)
                )
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(520, 30 * len(self.ROWS))

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 22 * len(self.ROWS))

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r, oee = look(), QRectF(self.rect()), self._oee
        if oee is None or oee.pbt_s <= 0:
            words(p, r, here.say("oee.unknown"), here.font(Size.BODY), t.second, LEFT)
            return
        step = min(34.0, r.height() / len(self.ROWS))
        label = (
            max(here.metrics(Size.BODY, True).horizontalAdvance(here.say(f"waterfall.{k}")) for k, _, _ in self.ROWS)
            + 16
        )
        time_px, share_px = 76.0, 64.0
        area = QRectF(r.left() + label, r.top(), r.width() - label - time_px - share_px, r.height())
        left_s = oee.pbt_s
        for index, (key, field, kind) in enumerate(self.ROWS):
            row = QRectF(r.left(), r.top() + index * step, r.width(), step)
            seconds = float(getattr(oee, field))
            ends = key in ("pbt", "valuable")
            words(
                p,
                QRectF(row.left(), row.top(), label - 8, step),
                here.say(f"waterfall.{key}"),
                here.font(Size.BODY, ends),
                t.text,
            )
            start = 0.0 if ends else left_s - seconds
            if not ends:
                left_s -= seconds
            scale = area.width() / oee.pbt_s
            x0, x1 = sorted((start * scale, (start + seconds) * scale))
            bar = QRectF(area.left() + max(0.0, x0), row.top() + step * 0.2,
                         min(area.width(), x1) - max(0.0, x0), step * 0.6)  # fmt: skip
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if bar.width() >= 1:
                if kind is None:
                    p.fillRect(bar, t.bar if key == "pbt" else t.running)
                    if key in _LOSS_PATTERN:
                        p.fillRect(bar, QBrush(t.outline, _LOSS_PATTERN[key]))
                else:
                    fill_class(p, t, bar, kind)
                p.setPen(QPen(t.outline, 1))
                p.setBrush(Qt.BrushStyle.NoBrush)
                p.drawRect(bar.adjusted(0, 0, -1, -1))
            face, tone = here.font(Size.BODY, ends, words=False), t.text if seconds or ends else t.second
            words(p, QRectF(area.right() + 4, row.top(), time_px - 8, step), signed_span(seconds), face, tone, RIGHT)
            words(
                p,
                QRectF(area.right() + time_px, row.top(), share_px, step),
                percent(seconds / oee.pbt_s, 1),
                face,
                tone,
                RIGHT,
            )
            if index < len(self.ROWS) - 1:
                x = area.left() + min(area.width(), max(0.0, (oee.pbt_s if key == "pbt" else left_s) * scale))
                p.setPen(QPen(t.hairline, 1, Qt.PenStyle.SolidLine))
                p.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + step * 0.4))


def signed_span(seconds: float) -> str:
    """A length of time that may be a gain (faster than ideal)."""
    return f"−{span_text(-seconds)}" if seconds < -0.5 else span_text(seconds)
