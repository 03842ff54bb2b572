"""Who sits here and whether the station may write, in the top strip of every screen."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from hmi.desk.command_rows import ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.command import Mode
from hmi.model.text import Text
from hmi.model.words import say
from ui.theme import icons
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.drawn import CENTRE, LEFT, Pressable, words

HEIGHT = 56
MOST_PX, LEAST_PX = 190, 92


def person_words(who: WhoRow | None) -> tuple[Text, Text]:
    """What the strip says of the person: two lines."""
    if who is None:
        return say("signin.viewing"), say("signin.no_engine_short")
    if who.user:
        name = Text.same(who.printed_name or who.user)
        return name, say("signin.locked_as" if who.locked else "signin.role_as", role=say(f"role.{who.role.value}"))
    return say("signin.viewing"), say("signin.no_people" if who.empty else "signin.nobody")


class PersonMark(Pressable):
    """Printed name and role; a press opens what a person can do about being here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("signin.who"))
        self._who: WhoRow | None = None

    def show_who(self, who: WhoRow | None) -> None:
        """Show this person, or nobody."""
        self._who = who
        first, second = person_words(who)
        said = f"{look().text(first)}, {look().text(second)}"
        self.setAccessibleDescription(said)
        self.setToolTip(said)
        self.updateGeometry()
        self.update()

    @property
    def said(self) -> str:
        """Both lines in the language of the moment."""
        return ", ".join(look().text(x) for x in person_words(self._who))

    def retell(self) -> None:
        super().retell()
        self.show_who(self._who)

    def sizeHint(self) -> QSize:
        here = look()
        first, second = person_words(self._who)
        wide = max(
            here.metrics(Size.BODY, True).horizontalAdvance(here.text(first)),
            here.metrics(Size.SMALL).horizontalAdvance(here.text(second)),
        )
        return QSize(min(MOST_PX, math.ceil(wide) + 40), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(LEAST_PX, self.sizeHint().width()), HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        if self.over or self.down:
            p.fillRect(r, t.chosen)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        locked = self._who is not None and self._who.locked
        sits = self._who is not None and bool(self._who.user)
        at = QRectF(5, r.center().y() - 11, 22, 22)
        icons.paint(p, "lock" if locked else "user", at, t.text if sits else t.second)
        first, second = person_words(self._who)
        box = QRectF(32, r.center().y() - 19, r.width() - 34, 20)
        words(p, box, here.text(first), here.font(Size.BODY, sits), t.text, LEFT)
        words(p, box.translated(0, 19), here.text(second), here.font(Size.SMALL, locked), t.second, LEFT)


class ModeMark(Pressable):
    """MONITOR grey and quiet; CONTROL as a dark plate with a hand: it cannot be overlooked and is no alarm."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("modeplate.name"))
        self.mode: ModeRow | None = None

    def show_mode(self, mode: ModeRow | None) -> None:
        """Show the mode; None while nobody knows."""
        self.mode = mode
        self.setAccessibleDescription(self.said)
        self.setToolTip(look().say("modeplate.tip", mode=self.said))
        self.update()

    @property
    def control(self) -> bool:
        """Whether it says CONTROL."""
        return self.mode is not None and self.mode.mode == Mode.CONTROL

    @property
    def said(self) -> str:
        """The mode in words."""
        return look().say("modeplate.unknown" if self.mode is None else f"modeplate.{self.mode.mode}")

    def retell(self) -> None:
        super().retell()
        self.show_mode(self.mode)

    def sizeHint(self) -> QSize:
        fm = look().metrics(Size.BODY, True)
        wide = max(fm.horizontalAdvance(look().say(f"modeplate.{m.value}")) for m in Mode)
        return QSize(math.ceil(wide) + 44, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect()).adjusted(1, 10, -1, -10)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = t.text
        if self.control:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(t.text)
            p.drawRoundedRect(r, 5, 5)
            ink = t.panel
        else:
            p.setPen(QPen(t.outline if self.mode is not None else t.hairline, 1.2))
            p.setBrush(t.chosen if self.over else t.panel)
            p.drawRoundedRect(r, 5, 5)
            ink = t.second
        icons.paint(p, "hand" if self.control else "eye", QRectF(r.left() + 8, r.center().y() - 9, 18, 18), ink)
        box = QRectF(r.left() + 28, r.top(), r.width() - 34, r.height())
        words(p, box, self.said, here.font(Size.BODY, self.control), ink, CENTRE)
