"""A part's picture, its golden and their difference side by side; they zoom and move as one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.vision_rows import InspectionRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.pictures import Got, pictures_of
from ui.screens.review import presenter
from ui.theme.look import look
from ui.widgets.controls import Button
from ui.widgets.label import Caption
from ui.widgets.picturemarks import Edge
from ui.widgets.pictureview import PictureView
from ui.widgets.sight import Sight

MARGIN = 3.2
"""A finding is seen with so much of the board round it."""
PARTS = ("crop", "golden", "difference")


class Compare(QWidget):
    """``show_part`` begins at the worst finding; ``cycle`` goes to the next."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures_of(desk)
        self.row: InspectionRow | None = None
        self.finding = -1
        self.sight = Sight(self)
        self.views = {key: PictureView(self, title=say(f"reviewscreen.{key}"), sight=self.sight) for key in PARTS}
        self._heard: set[str] = set()
        tools = QHBoxLayout()
        tools.setSpacing(6)
        self.heading = Caption("", self, bold=True, ground="ground")
        self.zoom = Caption("", self, tone="second", ground="ground", right=True)
        self.closer = Button(None, self, icon="plus", name=say("reviewscreen.closer"), ground="ground")
        self.away = Button(None, self, icon="minus", name=say("reviewscreen.away"), ground="ground")
        self.whole = Button(None, self, icon="fit", name=say("reviewscreen.whole"), ground="ground")
        self.next = Button(None, self, icon="search", name=say("reviewscreen.cycle"), ground="ground")
        tools.addWidget(self.heading, 1)
        for part in (self.zoom, self.away, self.closer, self.whole, self.next):
            tools.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(8)
        for view in self.views.values():
            row.addWidget(view, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(tools)
        column.addLayout(row, 1)
        self.closer.clicked.connect(self.nearer)
        self.away.clicked.connect(self.farther)
        self.whole.clicked.connect(self.sight.whole)
        self.next.clicked.connect(self.cycle)
        self.sight.changed.connect(self._zoomed)
        self._zoomed()

    @property
    def settled(self) -> bool:
        """Whether every picture has come, or the word that there is none."""
        return self.row is None or len(self._heard) == len(PARTS)

    def show_part(self, row: InspectionRow | None) -> None:
        """Show this part, or nothing."""
        if row is not None and self.row is not None and row.number == self.row.number:
            self.row = row
            self._mark()
            return
        self.row, self.finding = row, -1
        self._heard.clear()
        for view in self.views.values():
            view.show_image(None)
            view.doubt(None)
            view.show_verdict(Edge.NONE)
        self.sight.whole()
        self._mark()
        if row is None:
            return
        self.views["crop"].show_verdict(Edge.of(row.verdict))
        self._pictures.file(row.evidence, self._taker("crop", row))
        self._pictures.file(row.golden, self._taker("golden", row))
        self._pictures.difference(row.evidence, row.golden, self._taker("difference", row))
        if row.findings:
            self.look_at(0)

    def _taker(self, key: str, row: InspectionRow) -> Callable[[Got], None]:
        def take(got: Got) -> None:
            if self.row is None or self.row.number != row.number:
                return
            self._heard.add(key)
            view = self.views[key]
            if isinstance(got, Text):
                why = say("picture.no_golden") if key == "golden" and not row.golden else got
                view.doubt(say("reviewscreen.no_picture"), why)
            else:
                view.show_image(got, (row.width, row.height) if row.width else None)

        return take

    def look_at(self, finding: int) -> None:
        """Go to one of the findings."""
        row = self.row
        if row is None or not 0 <= finding < len(row.findings):
            return
        self.finding = finding
        left, top, right, bottom = row.findings[finding].box
        width, height = max(1, row.width), max(1, row.height)
        self.sight.look_at(QRectF(left / width, top / height, (right - left) / width, (bottom - top) / height), MARGIN)
        self._mark()

    def cycle(self) -> None:
        """Go to the next finding, after the last to the first."""
        if self.row is not None and self.row.findings:
            self.look_at((self.finding + 1) % len(self.row.findings))

    def nearer(self) -> None:
        """Zoom in."""
        self.sight.step(1)

    def farther(self) -> None:
        """Zoom out."""
        self.sight.step(-1)

    def retell(self) -> None:
        """Language changed."""
        self._mark()

    def _mark(self) -> None:
        row = self.row
        for key, view in self.views.items():
            view.show_marks([] if row is None else presenter.marks(row, look().lang, self.finding, key == "crop"))
        self.next.setEnabled(row is not None and bool(row.findings))

    def _zoomed(self) -> None:
        self.zoom.set_text(say("reviewscreen.zoom", n=f"{self.sight.zoom:.1f}"))
