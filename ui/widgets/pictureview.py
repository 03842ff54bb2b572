"""A picture with what was found on it: live or from a file, whole or near, never looking alive when it is not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import RING_PX, Drawn, words
from ui.widgets.picturemarks import (
    FRAME_PX,
    Edge,
    Marked,
    draw_across,
    draw_doubt,
    draw_edge,
    draw_findings,
    draw_foot,
    draw_verdict,
)
from ui.widgets.sight import Fit, Sight

TITLE_PX = 26.0


class PictureView(Drawn):
    """``sight`` may be shared by views: they zoom and move together. Ctrl and the wheel zoom, dragging moves."""

    resized = Signal()

    def __init__(
        self, parent: QWidget | None = None, *, name: Text | None = None, title: Text | None = None,
        sight: Sight | None = None, live: bool = False,
    ) -> None:  # fmt: skip
        """title: a line over the picture. live: pictures come often; they are made to fit before they come."""
        super().__init__(parent, name=name or title or say("picture.name"), ground="panel")
        self.title, self.live = title, live
        self.sight = sight or Sight(self)
        self.sight.changed.connect(self.update)
        self._image: QImage | None = None
        self._of = QSizeF(4, 3)
        self._marks: list[Marked] = []
        self.overlay = True
        self.edge = Edge.NONE
        self._word, self._more, self._foot = Text.same(""), Text.same(""), Text.same("")
        self._why: tuple[Text, tuple[Text, ...]] | None = None
        self._across: Text | None = None
        self._grip: QPointF | None = None

    # what it shows

    def show_image(self, image: QImage | None, of: tuple[int, int] | None = None) -> None:
        """Show a picture; of: width and height of what the boxes of findings are told in, where it was made smaller."""
        self._image = image
        if image is not None:
            self._of = QSizeF(*(of or (image.width(), image.height())))
        self.update()

    def show_marks(self, marks: Sequence[Marked]) -> None:
        """Show these findings while the overlay is wanted."""
        if list(marks) != self._marks:
            self._marks = list(marks)
            self.update()

    def set_overlay(self, on: bool) -> None:
        """Show the findings, or the plain picture."""
        if on is not self.overlay:
            self.overlay = on
            self.update()

    def show_verdict(self, edge: Edge, word: Text | None = None, more: Text | None = None) -> None:
        """Show the verdict on what is seen; NONE while there is none."""
        told = (edge, word or Text.same(""), more or Text.same(""))
        if told != (self.edge, self._word, self._more):
            self.edge, self._word, self._more = told
            self.setAccessibleDescription(look().text(self._word) + " " + look().text(self._more))
            self.update()

    def show_foot(self, foot: Text) -> None:
        """Say number and age of what is seen."""
        if foot != self._foot:
            self._foot = foot
            self.update()

    def doubt(self, word: Text | None, *lines: Text) -> None:
        """Say that this is no picture of now, and why; None when it is one again."""
        why = None if word is None else (word, tuple(lines))
        if why != self._why:
            self._why = why
            told = () if why is None else (why[0], *why[1])
            self.setAccessibleDescription(". ".join(look().text(x) for x in told))
            self.update()

    def across(self, word: Text | None) -> None:
        """Say across the picture that it stands still, or no longer."""
        if word != self._across:
            self._across = word
            self.update()

    @property
    def doubted(self) -> Text | None:
        """The word over a picture that is none of now."""
        return None if self._why is None else self._why[0]

    @property
    def stands(self) -> Text | None:
        """The word across a picture that stands still."""
        return self._across

    @property
    def has_image(self) -> bool:
        """Whether there is anything to see."""
        return self._image is not None

    @property
    def marks(self) -> list[Marked]:
        """The findings it knows."""
        return list(self._marks)

    @property
    def room(self) -> QSize:
        """Pixels of the screen that a whole picture may take."""
        return (self._plate().size() * self.devicePixelRatioF()).toSize()

    # paint

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    def _plate(self) -> QRectF:
        inset = RING_PX + FRAME_PX + 3 if self.live else 4.0
        top = TITLE_PX if self.title is not None else 0.0
        return QRectF(self.rect()).adjusted(inset, inset + top, -inset, -inset)

    def _fit(self) -> Fit:
        return Fit(self._of, self._plate(), self.sight.zoom, self.sight.centre)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, plate = look(), self._plate()
        if self.title is not None:
            box = QRectF(4, 0, self.width() - 8, TITLE_PX)
            words(p, box, here.text(self.title), here.font(Size.SMALL, True), t.second)
        p.fillRect(plate, t.inset)
        fit = self._fit()
        seen = plate.intersected(fit.target)
        p.save()
        p.setClipRect(plate)
        if self._image is not None:
            self._draw_image(p, fit)
            if self.overlay and self._why is None:
                draw_findings(p, t, fit, seen, self._marks)
        if self._why is not None:
            draw_doubt(p, t, plate, here.text(self._why[0]), [here.text(x) for x in self._why[1]])
        elif self._across is not None:
            draw_across(p, t, plate, here.text(self._across))
        p.restore()
        told = here.text(self._word)
        if told and self._why is None and self._image is not None:
            draw_verdict(p, t, plate, self.edge, told, here.text(self._more))
        foot = here.text(self._foot)
        if foot:
            draw_foot(p, t, plate, foot)
        around = FRAME_PX + 2 if self.live else 4.0
        frame = plate.adjusted(-around, -around, around, around)
        draw_edge(p, t, frame, Edge.NONE if self._why is not None else self.edge, FRAME_PX if self.live else 3.0)

    def _draw_image(self, p: QPainter, fit: Fit) -> None:
        image = self._image
        assert image is not None
        target = fit.target
        ratio = self.devicePixelRatioF()
        if abs(target.width() * ratio - image.width()) < 1.5 and abs(target.height() * ratio - image.height()) < 1.5:
            image.setDevicePixelRatio(ratio)
            p.drawImage(target.topLeft(), image)
            return
        shown = self._plate().intersected(target)
        s = image.width() / max(1.0, target.width())
        source = QRectF((shown.left() - target.left()) * s, (shown.top() - target.top()) * s,
                        shown.width() * s, shown.height() * s)  # fmt: skip
        # from 3 on each pixel of the camera is seen as what it is
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, s > 1 / 3)
        image.setDevicePixelRatio(1.0)
        p.drawImage(shown, image, source)

    # moving about

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._image is not None:
            self.sight.step(event.angleDelta().y() / 120, self._fit().share(event.position()))
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grip is not None and self.sight.zoom > 1:
            target = self._fit().target
            by = self._grip - event.position()
            self._grip = event.position()
            self.sight.move(QPointF(by.x() / max(1.0, target.width()), by.y() / max(1.0, target.height())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grip = None
        super().mouseReleaseEvent(event)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.resized.emit()
