"""What is drawn over a picture: the verdict's frame and plate, findings with their class, why it is not to be trusted.

A reject wears the shape and colour of priority 2, what is undecided the dashed teal of quality; what passed stays grey.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from hmi.model.inspection import Box, Verdict
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, LEFT, words
from ui.widgets.marks import draw_alarm_mark
from ui.widgets.sight import Fit

FRAME_PX = 6.0
NG_PRIORITY = 2
PLATE_PX = 24.0
DIM = 150
"""How much of a picture's light is taken when it is not one of now (of 255)."""


class Edge(Enum):
    """The frame round a picture."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNDECIDED = "undecided"

    @classmethod
    def of(cls, verdict: Verdict | None) -> Edge:
        """The frame of a verdict."""
        return cls.NONE if verdict is None else cls[verdict.name]


@dataclass(frozen=True, slots=True)
class Marked:
    """A finding on a picture."""

    box: Box
    label: str
    sure: bool = True
    """False: the verdict on the picture is undecided."""
    chosen: bool = False


def edge_colour(t: Theme, edge: Edge) -> QColor:
    """The colour of a verdict's frame."""
    if edge is Edge.FAIL:
        return t.priority[NG_PRIORITY].fill
    return t.hold if edge is Edge.UNDECIDED else t.outline


def draw_edge(p: QPainter, t: Theme, rect: QRectF, edge: Edge, width: float = FRAME_PX) -> None:
    """Draw the frame: thin and grey when it passed, heavy for a reject, dashed while nobody knows."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setBrush(Qt.BrushStyle.NoBrush)
    heavy = edge in (Edge.FAIL, Edge.UNDECIDED)
    pen = QPen(edge_colour(t, edge), width if heavy else 1.5)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if edge is Edge.UNDECIDED:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([2.5, 1.5])
    inset = pen.widthF() / 2
    p.setPen(pen)
    p.drawRect(rect.adjusted(inset, inset, -inset, -inset))


def draw_verdict(p: QPainter, t: Theme, rect: QRectF, edge: Edge, word: str, more: str) -> None:
    """Draw the plate with the verdict's mark, word and what was found, at a rectangle's upper left."""
    here, pad, side = look(), 12.0, 28.0
    marked = edge in (Edge.FAIL, Edge.UNDECIDED)
    size = Size.LARGE if marked else Size.BODY
    bold, plain = here.metrics(size, True), here.metrics(Size.BODY)
    height = 48.0 if marked else 34.0
    word_px = bold.horizontalAdvance(word)
    more_px = plain.horizontalAdvance(more) + 12 if more else 0.0
    start = pad + (side + 8 if marked else 0)
    room = rect.width() - 24
    plate = QRectF(rect.left() + 12, rect.top() + 12, min(room, start + word_px + more_px + pad), height)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(t.frame, 1))
    p.setBrush(t.panel)
    p.drawRoundedRect(plate, 3, 3)
    if marked:
        mark = QRectF(plate.left() + pad, plate.center().y() - side / 2, side, side)
        if edge is Edge.FAIL:
            draw_alarm_mark(p, t, mark, NG_PRIORITY)
        else:
            draw_question(p, t, mark)
    box = QRectF(plate.left() + start, plate.top(), plate.right() - plate.left() - start - 6, height)
    words(p, box, word, here.font(size, True), t.text, LEFT)
    if more:
        words(p, box.adjusted(word_px + 12, 0, 0, 0), more, here.font(Size.BODY), t.text, LEFT)


def draw_question(p: QPainter, t: Theme, rect: QRectF) -> None:
    """Draw the mark of what nobody knows yet: a question in a dashed square."""
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(t.hold, 2, Qt.PenStyle.DashLine))
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 3, 3)
    words(p, rect, "?", look().font(Size.BODY if rect.height() >= 22 else Size.SMALL, True), t.hold, CENTRE)


def draw_findings(p: QPainter, t: Theme, fit: Fit, rect: QRectF, findings: list[Marked]) -> None:
    """Draw each finding's box and name; names keep within the picture and off each other where there is room."""
    here = look()
    font, measures = here.font(Size.SMALL, True), here.metrics(Size.SMALL, True)
    taken: list[QRectF] = []
    for found in findings:
        box = fit.to_rect(*found.box)
        if not box.intersects(rect):
            continue
        colour = t.priority[NG_PRIORITY].fill if found.sure else t.hold
        p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setBrush(Qt.BrushStyle.NoBrush)
        p.setPen(QPen(t.mark_outline, 5 if found.chosen else 4))
        p.drawRect(box)
        style = Qt.PenStyle.SolidLine if found.sure else Qt.PenStyle.DashLine
        p.setPen(QPen(colour, 3 if found.chosen else 2, style))
        p.drawRect(box)
        if not found.label:
            continue
        width = min(rect.width(), measures.horizontalAdvance(found.label) + 14)
        plate = place_of(box, width, rect, taken)
        taken.append(plate)
        p.fillRect(plate, t.panel)
        words(p, plate.adjusted(7, 0, -4, 0), found.label, font, t.text)


def place_of(box: QRectF, width: float, rect: QRectF, taken: list[QRectF]) -> QRectF:
    """Where a finding's name goes: above it, else below, else further down until it covers no other name."""
    x = min(max(rect.left(), box.left() - 2), rect.right() - width)
    ways = [box.top() - PLATE_PX - 3, box.bottom() + 3]
    ways += [box.bottom() + 3 + PLATE_PX * n for n in range(1, 4)]
    first: QRectF | None = None
    for y in ways:
        plate = QRectF(x, y, width, PLATE_PX)
        if plate.top() < rect.top() or plate.bottom() > rect.bottom():
            continue
        first = first or plate
        if not any(plate.intersects(other) for other in taken):
            return plate
    return first or QRectF(x, rect.top(), width, PLATE_PX)


def draw_doubt(p: QPainter, t: Theme, rect: QRectF, word: str, lines: list[str]) -> None:
    """Cover a picture that is none of now: dimmed, hatched, with what is wrong, why and since when."""
    veil = QColor(t.ground)
    veil.setAlpha(DIM)
    p.fillRect(rect, veil)
    p.fillRect(rect, QBrush(t.second, Qt.BrushStyle.BDiagPattern))
    here = look()
    shown = [x for x in lines if x]
    width = max([here.metrics(Size.LARGE, True).horizontalAdvance(word)]
                + [here.metrics(Size.BODY).horizontalAdvance(x) for x in shown]) + 48  # fmt: skip
    width = min(rect.width() - 16, max(260.0, width))
    room = width - 32
    line = here.metrics(Size.BODY).height() * 1.35
    rows = [_rows(x, room) for x in shown]
    height = min(rect.height() - 8, 52 + line * sum(rows) + 12)
    plate = QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)
    p.setRenderHint(QPainter.RenderHint.Antialiasing)
    p.setPen(QPen(t.outline, 2, Qt.PenStyle.DashLine))
    p.setBrush(t.panel)
    p.drawRoundedRect(plate, 4, 4)
    words(p, QRectF(plate.left() + 16, plate.top() + 8, width - 32, 40), word, here.font(Size.LARGE, True), t.text,
          CENTRE)  # fmt: skip
    y = plate.top() + 50
    for text, deep in zip(shown, rows, strict=True):
        box = QRectF(plate.left() + 16, y, width - 32, line * deep)
        words(p, box, text, here.font(Size.BODY), t.second, CENTRE, wrap=deep > 1)
        y += line * deep


def _rows(text: str, width: float) -> int:
    wide = look().metrics(Size.BODY).horizontalAdvance(text)
    return 1 if wide <= width else math.ceil(wide * 1.08 / max(1.0, width))


def draw_across(p: QPainter, t: Theme, rect: QRectF, word: str) -> None:
    """Draw a word across the foot of a picture, where it hides least: what is seen stands still."""
    band = QRectF(rect.left(), rect.bottom() - 96, rect.width(), 56)
    p.fillRect(band, t.banner)
    p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    p.setPen(QPen(t.on_banner, 1.5))
    p.drawLine(QPointF(band.left(), band.top() + 4), QPointF(band.right(), band.top() + 4))
    p.drawLine(QPointF(band.left(), band.bottom() - 4), QPointF(band.right(), band.bottom() - 4))
    words(p, band.adjusted(16, 0, -16, 0), word, look().font(Size.LARGE, True), t.on_banner, CENTRE)


def draw_foot(p: QPainter, t: Theme, rect: QRectF, text: str) -> None:
    """Draw small words on a plate at the lower right."""
    here = look()
    width = min(rect.width() - 16, here.metrics(Size.SMALL).horizontalAdvance(text) + 16)
    plate = QRectF(rect.right() - width - 8, rect.bottom() - PLATE_PX - 8, width, PLATE_PX)
    p.fillRect(plate, t.panel)
    words(p, plate.adjusted(8, 0, -6, 0), text, here.font(Size.SMALL), t.second)
