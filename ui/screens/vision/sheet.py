"""How the vision station is laid out: picture, film strip and health at the left, part and buttons at the right."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.bridge.desk import Desk
from ui.bridge.pictures import pictures_of
from ui.screens.vision import presenter
from ui.screens.vision.figures import HealthLine
from ui.screens.vision.head import VisionHead
from ui.screens.vision.picture import StationPicture
from ui.screens.vision.side import SideColumn
from ui.widgets.filmstrip import FilmStrip
from ui.widgets.panel import Panel

FILM_PX, FILM_LOW_PX = 112, 78
NARROW_PX = 1400


class VisionSheet(QWidget):
    """The parts, which the screen fills."""

    def __init__(self, desk: Desk, screen: QWidget) -> None:
        super().__init__(screen)
        self.head = VisionHead(screen)
        self.picture = StationPicture(desk, screen)
        self.film = FilmStrip(pictures_of(desk), presenter.FILMS, screen)
        self.health = HealthLine()
        foot = Panel(None, screen, margin=4)
        foot.add(self.health)
        self.side = SideColumn(screen)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.head)
        left.addWidget(self.picture.view, 1)
        left.addWidget(self.film)
        left.addWidget(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(left, 1)
        row.addWidget(self.side)

    def fit(self, width: int, height: int) -> None:
        """Fit to the room of the screen."""
        self.side.fit(width, height)
        self.head.set_narrow(width < NARROW_PX)
        self.film.setFixedHeight(FILM_LOW_PX if self.side.low else FILM_PX)
