"""A line's row: name and state, rate, plan, OEE, the last hour, its stations as tiles. Press it to open the line."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from hmi.model.quality import Quality
from hmi.model.text import Text
from hmi.model.words import say
from ui.equipment.alarmplaces import PlaceAlarms
from ui.screens.overview.columns import Cell, columns, tile_grid
from ui.screens.overview.presenter import LineShown
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.alarmblink import blink
from ui.widgets.alarmmark import draw_place_mark
from ui.widgets.analog import MovingAnalog, Scale, draw_track
from ui.widgets.drawn import RIGHT, Pressable, triangle, words
from ui.widgets.figures import number
from ui.widgets.oee import OeeBars, ProgressBar, doubted, percent, whole_share
from ui.widgets.sparkline import Sparkline
from ui.widgets.tile import StationTile

PAD = 10
TILE_GAP = 2
MARK = 22.0
MARK_PX = 82
"""A mark with its figures."""


class LineRow(Pressable):
    """One for each line of the plant; made once, shows whatever line it is given."""

    station_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, ground="ground")
        self.shown: LineShown | None = None
        self.lean = False
        self._at_ns = 0
        self.alarms: PlaceAlarms | None = None
        """Of the line and its stations."""
        self._mark = QRectF()
        self.rate = MovingAnalog(None, self, name=say("overview.rate"), digits=0)
        self.plan = ProgressBar(self)
        self.oee = OeeBars(self)
        self.hour = Sparkline(self, name=say("overview.hour"), minutes=60)
        self.tiles: list[StationTile] = []
        blink().watch(self)

    def set_lean(self, lean: bool) -> None:
        """Use the figures of one line, for many lines on a screen."""
        if lean != self.lean:
            self.lean = lean
            for part in (self.rate, self.plan, self.oee):
                part.setVisible(not lean)
            self._place()
            self.update()

    def show_line(self, shown: LineShown, at_ns: int) -> None:
        """Show this line."""
        if shown == self.shown:
            return
        other_tiles = self.shown is None or [t.station for t in self.shown.tiles] != [t.station for t in shown.tiles]
        self.shown, self._at_ns = shown, at_ns
        if other_tiles:
            self._make_tiles(shown)
        self.set_name(say("overview.open_line", line=shown.name, state=shown.state))
        self.rate.set_scale(Scale(shown.rate_low, shown.rate_high, shown.rate_desired))
        self.rate.unit = look().say("overview.rate_unit")
        self.rate.show_figure(shown.rate, shown.rate_quality)
        self.plan.show_progress(shown.made, shown.plan_now, shown.plan, old=shown.old)
        self.oee.show_oee(shown.oee, old=shown.old)
        self.hour.old = shown.old
        self.hour.desired = shown.rate_desired
        self.hour.set_even(shown.history, at_ns)
        for tile, said in zip(self.tiles, shown.tiles, strict=True):
            tile.show_state(said.state, said.waiting, said.kind)
            tile.setToolTip(look().text(said.tip))
        self.update()

    def show_alarms(self, alarms: PlaceAlarms | None, stations: Mapping[str, PlaceAlarms]) -> None:
        """Mark what stands on the line, and each station with its own."""
        if alarms != self.alarms:
            self.alarms = alarms
            self.setAccessibleDescription("" if alarms is None else look().text(alarms.words))
            self.update()
        for tile, said in zip(self.tiles, () if self.shown is None else self.shown.tiles, strict=False):
            there = stations.get(said.station)
            if there is None:
                tile.show_marks(None)
                tile.setToolTip(look().text(said.tip))
            else:
                tile.show_marks(there.worst, alarms=there.count, alarm=there.state)
                tile.setToolTip(f"{look().text(said.tip)}\n{look().text(there.words)}")

    def blink(self) -> None:
        """Repaint the line's mark, if it blinks."""
        if self.alarms is not None and self.alarms.unacked:
            self.update(self._mark.toAlignedRect())

    def _draw_mark(self, p: QPainter, t: Theme, left: float, middle: float) -> None:
        """The worst priority and how many there are, as the strip says it: not acknowledged / active."""
        if self.alarms is None:
            return
        here, a = look(), self.alarms
        self._mark = QRectF(left, middle - MARK / 2, MARK, MARK)
        draw_place_mark(p, t, self._mark, a.worst, a.state)
        box = QRectF(left + MARK + 6, middle - 11, 60, 22)
        words(p, box, f"{a.unacked} / {a.active}", here.font(Size.SMALL, bool(a.unacked), words=False), t.text)

    def _make_tiles(self, shown: LineShown) -> None:
        for tile in self.tiles[len(shown.tiles) :]:
            tile.hide()
            tile.deleteLater()
        del self.tiles[len(shown.tiles) :]
        for at, said in enumerate(shown.tiles):
            if at == len(self.tiles):
                tile = StationTile(said.name, self)
                tile.pressed.connect(self._tile_pressed)
                tile.show()
                self.tiles.append(tile)
            else:
                self.tiles[at].set_station(said.name)
        self._place()

    def _tile_pressed(self) -> None:
        tile = self.sender()
        if self.shown is not None and isinstance(tile, StationTile):
            self.station_pressed.emit(self.shown.tiles[self.tiles.index(tile)].station)

    def retell(self) -> None:
        if self.shown is not None:
            shown, self.shown = self.shown, None
            self.show_line(shown, self._at_ns)
        super().retell()

    def sizeHint(self) -> QSize:
        return QSize(1000, 60 if self.lean else 128)

    def minimumSizeHint(self) -> QSize:
        return QSize(700, 60 if self.lean else 128)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        cells = columns(self.width(), self.lean, len(self.tiles))
        height = self.height() - 2 * PAD
        middle = self.height() / 2
        if not self.lean:
            self.rate.setGeometry(cells["rate"].left, PAD, cells["rate"].width, height)
            deep = min(height, 108)
            top = round(middle - deep / 2)
            self.plan.setGeometry(cells["plan"].left, top, cells["plan"].width, 72)
            self.oee.setGeometry(cells["oee"].left, top, cells["oee"].width, deep)
        self.hour.setVisible(cells["hour"].width > 0)
        deep = min(height, 40 if self.lean else 56)
        self.hour.setGeometry(cells["hour"].left, round(middle - deep / 2), cells["hour"].width, deep)
        across, down = tile_grid(len(self.tiles), self.lean)
        edge = 4
        tile_w = (cells["stations"].width + 6) // across
        tile_h = min(74, (self.height() - 2 * edge) // down)
        top = max(edge, round(middle - tile_h * down / 2) - 4)
        for at, tile in enumerate(self.tiles):
            x = cells["stations"].left + (at % across) * tile_w
            tile.setGeometry(x, top + (at // across) * tile_h, tile_w - TILE_GAP, tile_h)

    def draw(self, p: QPainter, t: Theme) -> None:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.outline if self.over else t.frame, 1))
        p.setBrush(t.panel)
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.shown is None:
            return
        cells = columns(self.width(), self.lean, len(self.tiles))
        box = QRectF(cells["name"].left, PAD, cells["name"].width, self.height() - 2 * PAD)
        (self._draw_lean if self.lean else self._draw_ease)(p, t, box, self.shown)
        if self.lean:
            self._draw_figures(p, t, self.shown)
        else:
            here, foot = look(), self.plan.geometry()
            under = QRectF(foot.left(), foot.bottom() + 2, foot.width(), 22)
            words(p, under, here.text(self.shown.against_plan), here.font(Size.SMALL), t.second)

    def _draw_ease(self, p: QPainter, t: Theme, box: QRectF, shown: LineShown) -> None:
        here = look()
        body, small = here.font(Size.BODY), here.font(Size.SMALL)
        line, tight = here.metrics(Size.BODY).height() * 1.2, here.metrics(Size.SMALL).height() * 1.2
        rows: list[tuple[float, str, QFont, QColor]] = [
            (34.0, here.text(shown.name), here.font(Size.LARGE, True), t.text),
            (line, here.text(shown.state), here.font(Size.BODY, shown.stands), t.text),
        ]
        told = [here.text(shown.since), "" if shown.cause is None else here.text(shown.cause)]
        rows += [(tight, text, small, t.second) for text in told if text]
        rows.append((line, shown.order, body, t.second))
        y = max(box.top(), box.center().y() - sum(r[0] for r in rows) / 2)
        for high, text, face, colour in rows:
            if y + high > box.bottom() + 6:
                break
            words(p, QRectF(box.left(), y, box.width(), high), text, face, colour)
            if high == rows[0][0]:
                name_px = here.metrics(Size.LARGE, True).horizontalAdvance(text) + 14
                self._draw_mark(p, t, min(box.left() + name_px, box.right() - MARK_PX), y + high / 2 + 1)
            y += high

    def _draw_lean(self, p: QPainter, t: Theme, box: QRectF, shown: LineShown) -> None:
        here = look()
        name, small = here.text(shown.name), here.font(Size.SMALL)
        half = min(24.0, box.height() / 2)
        top = box.center().y() - half
        width = here.metrics(Size.BODY, True).horizontalAdvance(name) + 12
        words(p, QRectF(box.left(), top, width, half), name, here.font(Size.BODY, True), t.text)
        lasts = here.text(shown.lasts)
        tail = here.metrics(Size.SMALL).horizontalAdvance(lasts) + 8
        state = QRectF(box.left() + width, top, box.width() - width - tail, half)
        words(p, state, here.text(shown.state_lean), here.font(Size.BODY, shown.stands), t.text)
        words(p, QRectF(state.right(), top, tail, half), lasts, small, t.second, RIGHT)
        told = shown.order if shown.cause is None else here.text(shown.cause)
        room = box.width() - (MARK_PX if self.alarms is not None else 0)
        words(p, QRectF(box.left(), top + half, room, half), told, small, t.second)
        self._draw_mark(p, t, box.right() - MARK_PX, top + half * 1.5)

    def _draw_figures(self, p: QPainter, t: Theme, shown: LineShown) -> None:
        here, cells = look(), columns(self.width(), True, len(self.tiles))
        top, middle = self.height() / 2 - 23, self.height() / 2
        stale = shown.rate_quality in (Quality.STALE, Quality.BAD)
        figure = ("? " if shown.rate_quality is Quality.STALE else "") + number(shown.rate, 0)
        self._figure(p, t, QRectF(cells["rate"].left, top, cells["rate"].width, 22), figure,
                     here.say("overview.rate_unit"), t.second if stale or shown.rate is None else t.value)  # fmt: skip
        bar = QRectF(cells["rate"].left, middle + 9, cells["rate"].width - 10, 9)
        scale = Scale(shown.rate_low, shown.rate_high, shown.rate_desired)
        draw_track(p, t, bar, scale, shown.rate_quality, upright=False)
        if shown.rate is not None and not stale:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.value)
            triangle(p, QPointF(bar.left() + scale.at(shown.rate) * bar.width(), bar.top()), 10, "down")
        if cells["plan"].width:
            self._draw_plan(p, t, cells["plan"], top, shown)
        share = whole_share(shown.oee)
        box = QRectF(cells["oee"].left, PAD, cells["oee"].width, self.height() - 2 * PAD)
        words(
            p,
            box,
            doubted(percent(share), shown.old),
            here.font(Size.BODY, True, words=False),
            t.second if share is None or shown.old else t.value,
        )

    def _draw_plan(self, p: QPainter, t: Theme, cell: Cell, top: float, shown: LineShown) -> None:
        """Units made of the plan, with where the line should be by now."""
        here, middle = look(), self.height() / 2
        of = here.say("progress.of", whole=number(shown.plan, 0)) if shown.plan else here.say("progress.no_plan")
        made = doubted(number(shown.made, 0), shown.old)
        box = QRectF(cell.left, top, cell.width, 22)
        self._figure(p, t, box, made, of, t.second if shown.made is None or shown.old else t.value)
        if shown.plan:
            bar = QRectF(cell.left, middle + 9, cell.width - 8, 9)
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            p.fillRect(bar, t.bar)
            done = min(1.0, (shown.made or 0) / shown.plan)
            p.fillRect(QRectF(bar.left(), bar.top(), bar.width() * done, bar.height()), t.done)
            if shown.plan_now is not None:
                x = bar.left() + bar.width() * min(1.0, shown.plan_now / shown.plan)
                p.setPen(QPen(t.text, 2))
                p.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 2))

    def _figure(self, p: QPainter, t: Theme, box: QRectF, figure: str, tail: Text | str, colour: QColor) -> None:
        """A bold figure with small words after it."""
        here = look()
        width = here.metrics(Size.BODY, True, words=False).horizontalAdvance(figure) + 6
        words(p, box, figure, here.font(Size.BODY, True, words=False), colour)
        words(p, box.adjusted(width, 0, 0, 0), here.text(tail), here.font(Size.SMALL), t.second)
