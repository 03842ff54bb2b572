"""The last parts as small pictures in a row, each with its verdict; a press shows what was kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QBrush, QImage, QPainter, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.pictures import Got, Pictures
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, LEFT, RIGHT, Pressable, words
from ui.widgets.marks import draw_alarm_mark
from ui.widgets.picturemarks import NG_PRIORITY, Edge, draw_edge, draw_question

FOOT_PX = 24
SIDE = 240
"""Decoded no larger than this."""


@dataclass(frozen=True, slots=True)
class FilmShown:
    """What one frame of the film says."""

    number: int
    edge: Edge
    word: Text
    tail: str
    """The end of the unit's name."""
    told: Text
    """All of it in words."""
    picture: str
    """Path of what was kept; empty when nothing was."""
    judged: Text | None = None


class FilmFrame(Pressable):
    """One part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("film.none"), ground="ground")
        self.shown: FilmShown | None = None
        self.chosen = False
        self._image: QImage | None = None
        self._none: Text | None = None

    def show_film(self, shown: FilmShown | None, pictures: Pictures) -> None:
        """Show a part, or nothing yet."""
        if shown == self.shown:
            return
        before, self.shown = self.shown, shown
        self.set_name(say("film.none") if shown is None else shown.told)
        self.setToolTip("" if shown is None else look().text(shown.told))
        if shown is None or before is None or shown.picture != before.picture or shown.number != before.number:
            self._image = self._none = None
            if shown is not None:
                number = shown.number
                pictures.file(shown.picture, lambda got: self._take(number, got), SIDE)
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        """Whether its picture is the one in sight."""
        if chosen is not self.chosen:
            self.chosen = chosen
            self.setAccessibleDescription(look().say("film.chosen") if chosen else "")
            self.update()

    def _take(self, number: int, got: Got) -> None:
        if self.shown is None or self.shown.number != number:
            return
        if isinstance(got, Text):
            self._none = got
        else:
            self._image = got
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(104, 104)

    def minimumSizeHint(self) -> QSize:
        return QSize(44, 76)

    def draw(self, p: QPainter, t: Theme) -> None:
        here = look()
        r = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        plate = r.adjusted(0, 0, 0, -FOOT_PX)
        p.fillRect(plate, t.inset)
        if self.shown is None:
            draw_edge(p, t, plate, Edge.NONE, 1.0)
            return
        if self._image is not None:
            self._draw_image(p, plate)
        elif self._none is not None:
            p.fillRect(plate, QBrush(t.hairline, Qt.BrushStyle.BDiagPattern))
            word = here.say("film.not_kept")
            if here.metrics(Size.SMALL).horizontalAdvance(word) <= plate.width() - 10:
                words(p, plate.adjusted(4, 0, -4, 0), word, here.font(Size.SMALL), t.second, CENTRE)
        draw_edge(p, t, plate, self.shown.edge, 3.0)
        if self.over or self.chosen:
            p.setPen(t.text)
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(plate.adjusted(4, 4, -4, -4))
        foot = QRectF(r.left(), plate.bottom(), r.width(), FOOT_PX)
        p.fillRect(foot, t.chosen if self.chosen else t.panel)
        self._draw_foot(p, t, foot)

    def _draw_image(self, p: QPainter, plate: QRectF) -> None:
        assert self._image is not None
        size = self._image.size().toSizeF().scaled(plate.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRectF(plate.center().x() - size.width() / 2, plate.center().y() - size.height() / 2, size.width(),
                     size.height())  # fmt: skip
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        p.drawImage(box, self._image)

    def _draw_foot(self, p: QPainter, t: Theme, foot: QRectF) -> None:
        shown, here = self.shown, look()
        assert shown is not None
        left = foot.left() + 4
        if shown.edge in (Edge.FAIL, Edge.UNDECIDED):
            mark = QRectF(left, foot.center().y() - 9, 18, 18)
            if shown.edge is Edge.FAIL:
                draw_alarm_mark(p, t, mark, NG_PRIORITY)
            else:
                draw_question(p, t, mark)
            left += 22
        word = here.text(shown.word) if shown.edge is not Edge.UNDECIDED else ""
        bold = here.metrics(Size.SMALL, True)
        room = foot.right() - 4 - left
        used = bold.horizontalAdvance(word)
        if word and used <= room:
            words(p, QRectF(left, foot.top(), room, foot.height()), word,
                  here.font(Size.SMALL, shown.edge is Edge.FAIL), t.text, LEFT)  # fmt: skip
            left += used + 6
        tail = here.text(shown.judged) if shown.judged is not None else shown.tail
        measures = here.metrics(Size.SMALL)
        room = foot.right() - 4 - left
        if shown.judged is None:
            # the last figures tell a part from its neighbours; dots in front of them would take the room of one
            while len(tail) > 2 and measures.horizontalAdvance(tail) > room:
                tail = tail[1:]
        if measures.horizontalAdvance(tail) <= room:
            words(p, QRectF(left, foot.top(), room, foot.height()), tail, here.font(Size.SMALL), t.second, RIGHT)
        elif shown.judged is not None and room >= 16:
            icons.paint(p, "check", QRectF(foot.right() - 20, foot.center().y() - 8, 16, 16), t.second)


class FilmStrip(QWidget):
    """The newest at the right."""

    chosen = Signal(int)
    """Number of the inspection that was pressed."""

    def __init__(self, pictures: Pictures, count: int = 12, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._name = say("film.name", n=count)
        self.setAccessibleName(look().text(self._name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.frames = [FilmFrame(self) for _ in range(count)]
        for frame in self.frames:
            frame.pressed.connect(self._pressed)
            row.addWidget(frame, 1)

    def show_films(self, shown: Sequence[FilmShown], chosen: int = 0) -> None:
        """Show these parts, the newest first."""
        for at, frame in enumerate(reversed(self.frames)):
            film = shown[at] if at < len(shown) else None
            frame.show_film(film, self._pictures)
            frame.set_chosen(film is not None and film.number == chosen)
            frame.setEnabled(film is not None)

    def _pressed(self) -> None:
        frame = self.sender()
        if isinstance(frame, FilmFrame) and frame.shown is not None:
            self.chosen.emit(frame.shown.number)
