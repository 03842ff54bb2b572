"""The flow of material as a flat map: lines as rows from left to right, stations as tiles, cross lanes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, Drawn, triangle, words
from ui.widgets.flowtile import FlowTile, MapNode
from ui.widgets.marks import draw_chip

LABEL_PX = 62
STRIP_PX, TILE_PX, GUTTER_PX = 24, 66, 40
TALL_PX, TALL_FROM = 84, 220
"""Height of a tile where a line has at least so much room."""
MOST_PITCH = 270
"""Height that one line takes at most: a map of one line does not fall apart on a large screen."""
COLUMN_PX = 104
ENTRIES = (0.10, 0.28)
"""Where lanes reach a conveyor, in shares of it: from the next line, from one beyond; the figure stands behind."""
BELT_PX = 16


class LaneLook(Enum):
    """How a cross lane is drawn."""

    SHUT = "shut"  # a thin line
    UNKNOWN = "unknown"  # dotted: the controller does not say
    PLANNED = "planned"  # a full line: in the answer that is being looked at
    ASKED = "asked"  # dashes: its diverter is set, the controller has not reported the route
    OPEN = "open"  # a heavy dashed arrow: units go this way


@dataclass(frozen=True, slots=True)
class MapLane:
    """A way from a station to the conveyor before another one."""

    id: str
    start: str
    end: str
    look: LaneLook
    label: Text | None = None


@dataclass(frozen=True, slots=True)
class MapLine:
    """A row of the map."""

    name: Text
    nodes: tuple[MapNode, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    row: int
    belt: QRectF
    tile: QRectF


class FlowMap(Drawn):
    """``show_map`` as often as there is news; ``chosen(station)`` when a tile is pressed."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("flowmap.name"))
        self.lines: tuple[MapLine, ...] = ()
        self.lanes: tuple[MapLane, ...] = ()
        self.tiles: dict[str, FlowTile] = {}
        self._spots: dict[str, _Spot] = {}
        self.current = ""

    def show_map(self, lines: Sequence[MapLine], lanes: Sequence[MapLane]) -> None:
        """Show these lines and lanes; what is equal to before is not painted again."""
        made, ways = tuple(lines), tuple(lanes)
        if made == self.lines and ways == self.lanes:
            return
        moved = [[n.id for n in x.nodes] for x in made] != [[n.id for n in x.nodes] for x in self.lines]
        self.lines, self.lanes = made, ways
        nodes = {n.id: n for x in made for n in x.nodes}
        for id in [x for x in self.tiles if x not in nodes]:
            tile = self.tiles.pop(id)
            tile.hide()
            tile.deleteLater()
        for id, node in nodes.items():
            if id not in self.tiles:
                tile = self.tiles[id] = FlowTile(self)
                tile.pressed.connect(self._pressed)
                tile.show()
            self.tiles[id].show_node(node)
        if moved:
            self.updateGeometry()
            self._place()
            self._order()
        self._tell()
        self.update()

    def choose(self, station: str) -> None:
        """Mark a station as the one that is looked at; empty for none."""
        self.current = station
        for id, tile in self.tiles.items():
            tile.set_chosen(id == station)

    def _pressed(self) -> None:
        tile = self.sender()
        if isinstance(tile, FlowTile) and tile.node is not None:
            self.chosen.emit(tile.node.id)

    def _order(self) -> None:
        """Tab goes along the lines."""
        tiles = [self.tiles[n.id] for x in self.lines for n in x.nodes]
        for before, after in pairwise(tiles):
            QWidget.setTabOrder(before, after)

    def _tell(self) -> None:
        here = look()
        open_ = [f"{x.start} → {x.end}" for x in self.lanes if x.look in (LaneLook.OPEN, LaneLook.ASKED)]
        self.setAccessibleDescription(here.say("flowmap.open_lanes", lanes=", ".join(open_) or "–"))

    def retell(self) -> None:
        super().retell()
        self._tell()

    # -- places -------------------------------------------------------------------------------------------------------

    def _columns(self) -> int:
        return max((len(x.nodes) for x in self.lines), default=1)

    def minimumSizeHint(self) -> QSize:
        rows = max(1, len(self.lines))
        return QSize(LABEL_PX + self._columns() * COLUMN_PX + 8, rows * (STRIP_PX + TILE_PX + GUTTER_PX) + 8)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _pitch(self) -> float:
        return min(MOST_PITCH, max(STRIP_PX + TILE_PX + GUTTER_PX, (self.height() - 8) / max(1, len(self.lines))))

    def _tile_px(self) -> float:
        return TALL_PX if self._pitch() >= TALL_FROM else TILE_PX

    def _place(self) -> None:
        self._spots = {}
        wide, pitch, tall = (self.width() - LABEL_PX - 14) / self._columns(), self._pitch(), self._tile_px()
        belt_px = min(84.0, max(36.0, wide * 0.33))
        for row, line in enumerate(self.lines):
            top = 4 + row * pitch + STRIP_PX
            for column, node in enumerate(line.nodes):
                left = LABEL_PX + column * wide
                belt = QRectF(left, top + tall / 2 - BELT_PX / 2, belt_px, BELT_PX)
                tile = QRectF(left + belt_px, top, wide - belt_px, tall)
                self._spots[node.id] = _Spot(row, belt, tile)
                self.tiles[node.id].setGeometry(tile.toRect())

    # -- drawing ------------------------------------------------------------------------------------------------------

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        quiet = (LaneLook.SHUT, LaneLook.UNKNOWN)
        for lane in self.lanes:
            if lane.look in quiet:
                self._draw_lane(p, t, lane)  # below the belts that they cross
        for line in self.lines:
            if not line.nodes:
                continue
            first = self._spots[line.nodes[0].id]
            label = QRectF(2, first.tile.top(), LABEL_PX - 8, first.tile.height())
            words(p, label, here.text(line.name), here.font(Size.BODY, True), t.text, wrap=True)
            self._draw_lots(p, t, line)
            for node in line.nodes:
                self._draw_belt(p, t, node, self._spots[node.id])
            last = self._spots[line.nodes[-1].id].tile
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.outline)
            triangle(p, QPointF(min(self.width() - 1.0, last.right() + 11), last.center().y()), 9, "right")
        for lane in self.lanes:
            if lane.look not in quiet:
                self._draw_lane(p, t, lane)

    def _draw_belt(self, p: QPainter, t: Theme, node: MapNode, spot: _Spot) -> None:
        here, belt = look(), spot.belt.adjusted(2, 0, -2, 0)
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.fillRect(belt, t.bar if node.level is not None else t.panel)
        if node.level is not None and node.capacity:
            share = min(1.0, node.level / node.capacity)
            full = belt.adjusted(2, 4, -2, -4)
            p.fillRect(QRectF(full.right() - share * full.width(), full.top(), share * full.width(), full.height()),
                       t.done)  # fmt: skip
        elif node.level is None:
            p.fillRect(belt, QBrush(t.hairline, Qt.BrushStyle.BDiagPattern))
        if node.held:
            p.fillRect(belt, QBrush(t.hold, Qt.BrushStyle.BDiagPattern))
        p.setPen(QPen(t.hold if node.held else t.outline, 1.5))
        p.drawLine(belt.topLeft(), belt.topRight())
        p.drawLine(belt.bottomLeft(), belt.bottomRight())
        level = "?" if node.level is None else str(node.level)
        figure = f"{level}/{node.capacity}" if node.capacity is not None else level
        full_up = node.level is not None and node.capacity is not None and node.level >= node.capacity
        face = here.font(Size.SMALL, full_up, words=False)
        measures = here.metrics(Size.SMALL, full_up, words=False)
        left = spot.belt.left() + spot.belt.width() * (ENTRIES[1] + 0.05)
        box = QRectF(left, belt.bottom() + 2, spot.belt.right() - left, 20)
        if measures.horizontalAdvance(figure) > box.width():
            figure = level  # what fits is told by the tool tip
        words(p, box, figure, face, t.second if node.level is None else t.value, CENTRE)

    def _draw_lots(self, p: QPainter, t: Theme, line: MapLine) -> None:
        """A strip over the stations for each lot, hatched over what is held."""
        here = look()
        runs: list[list[MapNode]] = []
        for node in line.nodes:
            if runs and runs[-1][-1].lot == node.lot and runs[-1][-1].held == node.held:
                runs[-1].append(node)
            else:
                runs.append([node])
        for run in runs:
            lot, held = run[0].lot, run[0].held
            if not lot and not held:
                continue
            first, last = self._spots[run[0].id], self._spots[run[-1].id]
            strip = QRectF(first.belt.left() + 2, first.tile.top() - STRIP_PX + 1, 0, STRIP_PX - 5)
            strip.setRight(last.tile.right() - 2)
            p.fillRect(strip, t.inset)
            if held:
                p.fillRect(strip, QBrush(t.hold, Qt.BrushStyle.BDiagPattern))
            p.setPen(QPen(t.hold if held else t.outline, 1.5 if held else 1))
            p.drawLine(strip.bottomLeft(), strip.bottomRight())
            left = strip.left() + 4
            if held:
                draw_chip(p, t, QRectF(left, strip.top(), 24, strip.height()), "H")
                left += 28
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            wide = min(strip.right() - left, here.metrics(Size.SMALL, held).horizontalAdvance(lot) + 10)
            plate = QRectF(left, strip.top(), wide, strip.height())
            if lot:
                p.fillRect(plate, t.inset)
                words(p, plate.adjusted(4, 0, -2, 0), lot, here.font(Size.SMALL, held), t.text)

    def _draw_lane(self, p: QPainter, t: Theme, lane: MapLane) -> None:
        start, end = self._spots.get(lane.start), self._spots.get(lane.end)
        if start is None or end is None:
            return
        way, down = self._way(start, end)
        path = QPainterPath(way[0])
        for point in way[1:]:
            path.lineTo(point)
        pen, head, ink = self.pen_of(t, lane.look)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(Qt.BrushStyle.NoBrush)
        if lane.look in (LaneLook.OPEN, LaneLook.ASKED, LaneLook.PLANNED):
            p.setPen(QPen(t.panel, pen.widthF() + 4))  # free of what it crosses
            p.drawPath(path)
        p.setPen(pen)
        p.drawPath(path)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(ink)
        triangle(p, way[-1], head, "down" if down else "up")
        if lane.label is not None:
            here = look()
            said = here.text(lane.label)
            wide = here.metrics(Size.SMALL, True).horizontalAdvance(said) + 12
            at = way[1]
            left = min(self.width() - wide - 2, max(LABEL_PX * 1.0, at.x() - wide - 8))
            plate = QRectF(left, at.y() - 11, wide, 22)
            p.setPen(QPen(t.text, 1.2))
            p.setBrush(t.panel)
            p.drawRoundedRect(plate, 3, 3)
            words(p, plate, said, here.font(Size.SMALL, True), t.text, CENTRE)

    def _way(self, start: _Spot, end: _Spot) -> tuple[list[QPointF], bool]:
        """Corners of a lane's way, and whether it comes from above."""
        down = end.row > start.row
        hops = abs(end.row - start.row)
        gutter = self._pitch() - STRIP_PX - self._tile_px()
        x1 = start.tile.right() - 9 - 9 * max(0, hops - 1)
        y1 = start.tile.bottom() if down or hops == 0 else start.tile.top()
        x2 = end.belt.left() + end.belt.width() * ENTRIES[0 if hops <= 1 else 1]
        aside = 0.32 if hops <= 1 else 0.62
        if down or hops == 0:
            track = start.tile.bottom() + gutter * aside
        else:
            track = start.tile.top() - STRIP_PX - gutter * aside
        y2 = end.belt.top() - 1 if down else end.belt.bottom() + 1
        return [QPointF(x1, y1), QPointF(x1, track), QPointF(x2, track), QPointF(x2, y2)], down

    @staticmethod
    def pen_of(t: Theme, lane: LaneLook) -> tuple[QPen, float, QColor]:
        """Pen, size of the arrow head and its colour of a lane in a look."""
        if lane is LaneLook.OPEN or lane is LaneLook.ASKED:
            pen = QPen(t.text, 3 if lane is LaneLook.OPEN else 2, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([3, 1.6] if lane is LaneLook.OPEN else [1.5, 2])
            return pen, 13, t.text
        if lane is LaneLook.PLANNED:
            return QPen(t.text, 1.8), 11, t.text
        line = Qt.PenStyle.DotLine if lane is LaneLook.UNKNOWN else Qt.PenStyle.SolidLine
        return QPen(t.bar, 1, line), 6, t.bar
