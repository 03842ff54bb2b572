"""Icons: one set of SVG strokes on a 24 px grid, painted in the theme's own colours, sharp at any scale."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources


@cache
def _source(name: str) -> bytes:
    return resources.path("icons", f"{name}.svg").read_bytes()


def names() -> list[str]:
    """All icons there are."""
    return sorted(file.stem for file in resources.path("icons").glob("*.svg"))


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    side = max(1, round(size * ratio))
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    # an SVG names its stroke currentColor, which Qt's renderer leaves black
    QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour.encode()))).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def paint(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Draw an icon into a square of logical pixels."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(rect.topLeft(), _pixmap(name, colour.name(), round(rect.width()), ratio))


def icon(name: str, colour: QColor, size: int = 24, ratio: float = 1.0) -> QIcon:
    """The icon as native widgets want it."""
    return QIcon(_pixmap(name, colour.name(), size, ratio))


def forget() -> None:
    """Let go of all drawn icons: they must not outlast Qt."""
    _pixmap.cache_clear()
