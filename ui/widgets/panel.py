"""What holds other things: panels, section headers, key-value grids, empty states, banners."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from hmi.model.text import Text
from hmi.model.words import say
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, LEFT, RIGHT, Drawn, words
from ui.widgets.label import Caption

RADIUS = 3.0
GAP = 8
MARGIN = 12


class Panel(QWidget):
    """A bordered plate on the ground with a layout; ``head`` is its title row when it has a title."""

    def __init__(
        self,
        title: Text | None = None,
        parent: QWidget | None = None,
        *,
        ground: str = "ground",
        fill: str = "panel",
        flow: QBoxLayout.Direction = QBoxLayout.Direction.TopToBottom,
        margin: int = MARGIN,
        edge: str | None = None,
    ) -> None:
        """fill: theme colour of the plate. edge: theme colour of a 4 px bar at its left (``hold`` for AI cards)."""
        super().__init__(parent)
        self.ground, self.fill, self.edge = ground, fill, edge
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(GAP)
        self.head: Section | None = None
        if title is not None:
            self.head = Section(title, self, ground=fill)
            outer.addWidget(self.head)
            self.setAccessibleName(look().text(title))
        self.body = QBoxLayout(flow)
        self.body.setSpacing(GAP)
        outer.addLayout(self.body, 1)

    def add(self, widget: QWidget, stretch: int = 0) -> QWidget:
        """Put a widget at the end of the body."""
        self.body.addWidget(widget, stretch)
        return widget

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = look().theme, QPainter(self)
        p.fillRect(event.rect(), t.colour(self.ground))
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(t.frame, 1))
        p.setBrush(t.colour(self.fill))
        p.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        if self.edge is not None:
            p.fillRect(QRectF(0, 0, 4, self.height()), t.colour(self.edge))
        p.end()


class Section(QWidget):
    """A title in a row, with room at its right for a remark and for controls."""

    def __init__(
        self, title: Text, parent: QWidget | None = None, *, ground: str = "panel", remark: bool = True
    ) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GAP)
        self.title = Caption(title, self, bold=True, ground=ground)
        self.remark = Caption("", self, size=Size.SMALL, tone="second", ground=ground, right=True)
        self.row.addWidget(self.title)
        self.row.addStretch(1)
        if remark:
            self.row.addWidget(self.remark)
        else:
            self.remark.hide()

    def add(self, widget: QWidget) -> QWidget:
        """Put a control at the right end."""
        self.row.addWidget(widget)
        return widget


class KeyValue(Drawn):
    """Names and what they say, in two aligned columns; one paint for all rows."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        name: Text | None = None,
        key_px: int = 160,
        ground: str = "panel",
        right: bool = False,
    ) -> None:
        """key_px: width of the names' column. right: align what they say to the right edge."""
        super().__init__(parent, name=name or say("panel.facts"), ground=ground)
        self.key_px, self.right = key_px, right
        self._rows: list[tuple[Text, Text | str, str]] = []

    def set_rows(self, rows: Sequence[tuple[Text, Text | str] | tuple[Text, Text | str, str]]) -> None:
        """Show these rows: name, what it says, and optionally the theme colour of what it says."""
        made = [(row[0], row[1], row[2] if len(row) == 3 else "text") for row in rows]
        if made != self._rows:
            if len(made) != len(self._rows):
                self.updateGeometry()
            self._rows = made
            here = look()
            self.setAccessibleDescription("; ".join(f"{here.text(k)}: {here.text(v)}" for k, v, _ in made))
            self.update()

    @property
    def line_px(self) -> int:
        """Height of a row."""
        return round(look().metrics(Size.BODY).height() * 1.35)

    def sizeHint(self) -> QSize:
        return QSize(self.key_px + 160, max(1, len(self._rows)) * self.line_px)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.key_px + 60, max(1, len(self._rows)) * self.line_px)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, line = look(), self.line_px
        small, body = here.font(Size.SMALL), here.font(Size.BODY)
        for index, (key, value, tone) in enumerate(self._rows):
            y = index * line
            words(p, QRectF(0, y, self.key_px - 8, line), here.text(key), small, t.second)
            box = QRectF(self.key_px, y, self.width() - self.key_px, line)
            words(p, box, here.text(value), body, t.colour(tone), RIGHT if self.right else LEFT)


class EmptyState(Drawn):
    """Why there is nothing here, and what would bring something."""

    def __init__(self, why: Text, parent: QWidget | None = None, *, icon: str = "note", ground: str = "panel") -> None:
        super().__init__(parent, name=why, ground=ground)
        self.icon_name = icon

    def say(self, why: Text) -> None:
        """Give another reason."""
        self.set_name(why)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 120)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 72)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        middle = r.center()
        icons.paint(p, self.icon_name, QRectF(middle.x() - 14, middle.y() - 38, 28, 28), t.faint)
        text = "" if self._name is None else here.text(self._name)
        width = min(r.width() - 24, 460)
        box = QRectF(middle.x() - width / 2, middle.y(), width, r.bottom() - middle.y())
        words(
            p,
            box,
            text,
            here.font(Size.BODY),
            t.second,
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop,
            wrap=True,
        )


class Banner(Drawn):
    """A strip across the window that cannot be overlooked or closed: demo, unsecured link, engine silent."""

    def __init__(self, parent: QWidget | None = None, *, kind: str = "banner", text: Text | None = None) -> None:
        """kind: ``banner`` (grey, a fact), ``doubt`` (hatched: what is shown is old) or ``warning`` (red)."""
        super().__init__(parent, name=text, ground="warning" if kind == "warning" else "banner")
        self.kind = kind

    def say(self, text: Text) -> None:
        """Say something else."""
        if text != self._name:
            self.set_name(text)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, math.ceil(look().metrics(Size.SMALL, True).height()) + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        colour = t.on_warning if self.kind == "warning" else t.on_banner
        text = "" if self._name is None else here.text(self._name)
        font = here.font(Size.SMALL, True)
        if self.kind == "doubt":
            p.fillRect(r, QBrush(t.second, Qt.BrushStyle.BDiagPattern))
            width = here.metrics(Size.SMALL, True).horizontalAdvance(text) + 32
            p.fillRect(QRectF(r.center().x() - width / 2, r.top(), width, r.height()), t.banner)
        words(p, r.adjusted(12, 0, -12, 0), text, font, colour, CENTRE)


class Rule(Drawn):
    """A hairline between two parts."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "panel", upright: bool = False) -> None:
        super().__init__(parent, ground=ground)
        self.upright = upright
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def draw(self, p: QPainter, t: Theme) -> None:
        p.fillRect(self.rect(), t.hairline)


class Ground(QWidget):
    """A plain area in one of the theme's colours, for screens and rows of panels."""

    def __init__(self, parent: QWidget | None = None, *, ground: str = "ground") -> None:
        super().__init__(parent)
        self.ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        p = QPainter(self)
        p.fillRect(event.rect(), look().theme.colour(self.ground))
        p.end()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retell()
        super().changeEvent(event)

    def retell(self) -> None:
        """Language changed. Override where words are made by hand."""
