"""Which part of a picture is looked at, shared by pictures that are looked at together."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, Signal

MOST_ZOOM = 32.0
STEP = 1.25


class Sight(QObject):
    """Zoom 1 shows all of a picture; the centre is in shares of its width and height."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zoom = 1.0
        self.centre = QPointF(0.5, 0.5)

    def whole(self) -> None:
        """Show all of it."""
        self._set(1.0, QPointF(0.5, 0.5))

    def step(self, steps: float, at: QPointF | None = None) -> None:
        """Go nearer (or away for less than 0); what lies at a point (in shares) stays there."""
        zoom = min(MOST_ZOOM, max(1.0, self.zoom * STEP**steps))
        at = at or self.centre
        keep = self.zoom / zoom
        self._set(zoom, at + (self.centre - at) * keep)

    def look_at(self, part: QRectF, margin: float = 3.0) -> None:
        """Show a part (in shares of the picture) with room around it."""
        side = max(part.width(), part.height(), 1e-6) * margin
        self._set(min(MOST_ZOOM, max(1.0, 1.0 / side)), part.center())

    def move(self, by: QPointF) -> None:
        """Move on by shares of the picture."""
        self._set(self.zoom, self.centre + by)

    def _set(self, zoom: float, centre: QPointF) -> None:
        half = 0.5 / zoom
        kept = QPointF(min(1 - half, max(half, centre.x())), min(1 - half, max(half, centre.y())))
        if zoom != self.zoom or kept != self.centre:
            self.zoom, self.centre = zoom, kept
            self.changed.emit()


class Fit:
    """How a picture of a size lies in a rectangle at a sight: as large as fits, never bent."""

    def __init__(self, size: QSizeF, rect: QRectF, zoom: float = 1.0, centre: QPointF | None = None) -> None:
        self.size, self.rect = size, rect
        centre = centre or QPointF(0.5, 0.5)
        width, height = max(1.0, size.width()), max(1.0, size.height())
        self.scale = min(rect.width() / width, rect.height() / height) * zoom
        self._x = self._edge(rect.left(), rect.width(), width * self.scale, centre.x())
        self._y = self._edge(rect.top(), rect.height(), height * self.scale, centre.y())

    @staticmethod
    def _edge(start: float, room: float, length: float, centre: float) -> float:
        if length <= room:
            return start + (room - length) / 2
        return start + min(0.0, max(room - length, room / 2 - centre * length))

    @property
    def target(self) -> QRectF:
        """Where the whole picture lies, also beyond the rectangle."""
        return QRectF(self._x, self._y, self.size.width() * self.scale, self.size.height() * self.scale)

    def to_rect(self, left: float, top: float, right: float, bottom: float) -> QRectF:
        """A box in pixels of the picture as it lies in the rectangle."""
        s = self.scale
        return QRectF(self._x + left * s, self._y + top * s, (right - left) * s, (bottom - top) * s)

    def share(self, at: QPointF) -> QPointF:
        """A point of the rectangle in shares of the picture."""
        t = self.target
        return QPointF(
            min(1.0, max(0.0, (at.x() - t.left()) / max(1.0, t.width()))),
            min(1.0, max(0.0, (at.y() - t.top()) / max(1.0, t.height()))),
        )
