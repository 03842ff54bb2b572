"""The top strip: where one is, what alarms there are, whether links and engine are well, language, theme, time."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from hmi.desk.command_rows import ModeRow
from hmi.desk.people_rows import WhoRow
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.shell.alarmcounter import HEIGHT, AlarmCounter, UrgentLine
from ui.shell.personmark import ModeMark, PersonMark
from ui.theme.look import look
from ui.theme.palette import Theme
from ui.theme.typeface import Size
from ui.widgets.controls import Button
from ui.widgets.drawn import RIGHT, Drawn, words
from ui.widgets.figures import number, time_text

CRUMBS_PX = 200
TIGHT = 1500
"""Narrower than this the path, the links' words and the clock give way to who sits here and the mode."""
LEAST, CRUMBS_LEAST_PX = 1160, 112
"""Narrower than this the path is the last place alone; forward and theme have their keys and a wider window."""
WIDE = {True: 0.16, False: 0.22}
"""Share of the path, where it is tight and where not."""
ROOMY = 2200
"""Narrower than this the links that are well give way to an urgent alarm's words."""
BRIEF_PX = 70
PRODUCT = Text.same("Linekeeper")


class Crumbs(Drawn):
    """Product name and the path to where one is; what does not fit is cut at the front of the path."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=PRODUCT)
        self._path: list[Text] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def set_path(self, path: Sequence[Text]) -> None:
        """Show this path, the outermost place first."""
        if list(path) != self._path:
            self._path = list(path)
            here = look()
            self.setAccessibleDescription(" › ".join(here.text(x) for x in path))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        here = look()
        path = "  ›  ".join(here.text(x) for x in self._path)
        width = (
            here.metrics(Size.BODY, True).horizontalAdvance("Linekeeper")
            + 16
            + here.metrics(Size.BODY).horizontalAdvance(path)
        )
        return QSize(math.ceil(width) + 8, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        measures = here.metrics(Size.BODY)
        name_px = here.metrics(Size.BODY, True).horizontalAdvance("Linekeeper") + 16
        path = [here.text(x) for x in self._path]
        if name_px + measures.horizontalAdvance("  ›  ".join(path)) > r.width():
            name_px = 0  # a narrow window needs its room for where one is
        words(p, QRectF(0, 0, name_px, r.height()), "Linekeeper" if name_px else "", here.font(Size.BODY, True), t.text)
        room = r.width() - name_px
        while len(path) > 1 and measures.horizontalAdvance("  ›  ".join(path)) > room:
            path = ["…", *path[2:]] if path[0] == "…" else ["…", *path[1:]]
            if path == ["…"]:
                break
        before = "  ›  ".join(path[:-1]) + ("  ›  " if len(path) > 1 else "")
        words(p, QRectF(name_px, 0, room, r.height()), before, here.font(Size.BODY), t.second)
        x = name_px + measures.horizontalAdvance(before)
        words(p, QRectF(x, 0, r.width() - x, r.height()), path[-1] if path else "", here.font(Size.BODY), t.text)


@dataclass(frozen=True, slots=True)
class LinkHealth:
    """What the strip says of links and engine; None where it is not known."""

    connected: int | None = None
    controllers: int | None = None
    store_ok: bool | None = None
    clock_offset_ms: float | None = None
    engine: bool = False


class Health(Drawn):
    """Links, database, clock: grey words while well, bold words with a mark when not."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.health"))
        self._health = LinkHealth()
        self.brief = False
        """Say the links and what is not well, and nothing else."""

    def set_brief(self, brief: bool) -> None:
        """Whether there is little room."""
        if brief is not self.brief:
            self.brief = brief
            self.updateGeometry()
            self.update()

    def show_health(self, health: LinkHealth) -> None:
        """Show this."""
        if health != self._health:
            self._health = health
            said = ", ".join(word for word, _ in self._parts())
            self.setAccessibleDescription(said)
            self.setToolTip(said)
            self.updateGeometry()
            self.update()

    def _parts(self) -> list[tuple[str, bool]]:
        here, h = look(), self._health
        if not h.engine:
            return [(here.say("window.engine_off"), False)]
        parts: list[tuple[str, bool]] = []
        if h.controllers is not None and h.connected is not None:
            parts.append((here.say("window.plc", n=h.connected, all=h.controllers), h.connected == h.controllers))
        if h.store_ok is not None:
            parts.append((here.say("window.db_ok" if h.store_ok else "window.db_bad"), h.store_ok))
        if h.clock_offset_ms is not None and abs(h.clock_offset_ms) < 1e9:
            digits = 0 if abs(h.clock_offset_ms) >= 1 else 1
            size = number(abs(h.clock_offset_ms), digits)
            sign = "+" if h.clock_offset_ms >= 0 else "−"
            parts.append((here.say("window.clock", ms=f"{sign}{size}"), abs(h.clock_offset_ms) < 1000))
        return parts

    def _shown(self) -> list[tuple[str, bool]]:
        parts = self._parts()
        return [p for at, p in enumerate(parts) if at == 0 or not p[1]] if self.brief else parts

    def sizeHint(self) -> QSize:
        fm = look().metrics(Size.SMALL, True)
        return QSize(math.ceil(sum(fm.horizontalAdvance(w) + 30 for w, _ in self._shown())), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), BRIEF_PX if self.brief else 260), HEIGHT)

    def draw(self, p: QPainter, t: Theme) -> None:
        here, r = look(), QRectF(self.rect())
        x = r.width()
        for word, well in reversed(self._shown()):
            fm = here.metrics(Size.SMALL, not well)
            width = fm.horizontalAdvance(word)
            x -= width
            words(
                p,
                QRectF(x, 0, width + 2, r.height()),
                word,
                here.font(Size.SMALL, not well),
                t.second if well else t.text,
            )
            if not well:
                x -= 20
                p.setPen(t.text)
                p.setBrush(Qt.BrushStyle.NoBrush)
                box = QRectF(x, r.center().y() - 8, 15, 15)
                p.drawRect(box)
                words(p, box, "!", here.font(Size.SMALL, True), t.text, Qt.AlignmentFlag.AlignCenter)
            x -= 16


class Clock(Drawn):
    """Time of the plant with seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, name=say("window.time"))
        self._shown = ""

    def tick(self) -> None:
        """Show the time of now; call once a second."""
        shown = time_text(time.time_ns(), look().zone)
        if shown != self._shown:
            self._shown = shown
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(math.ceil(look().metrics(Size.LARGE, True, words=False).horizontalAdvance("00:00:00")) + 8, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def draw(self, p: QPainter, t: Theme) -> None:
        words(p, QRectF(self.rect()), self._shown, look().font(Size.LARGE, True, words=False), t.text, RIGHT)


class TopStrip(QWidget):
    """All of it in one row."""

    back = Signal()
    forward = Signal()
    search = Signal()
    theme = Signal()
    language = Signal()
    side = Signal()
    alarms = Signal(int)
    """A priority's counter was pressed; 0: the line of the last urgent alarm."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT + 1)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.crumbs, self.urgent, self.health, self.clock = Crumbs(), UrgentLine(), Health(), Clock()
        self.counters = {n: AlarmCounter(n) for n in (1, 2, 3, 4)}
        self.back_button = Button(icon="back", flat=True, name=say("window.back"), key="Alt+←")
        self.forward_button = Button(icon="forward", flat=True, name=say("window.forward"), key="Alt+→")
        self.search_button = Button(icon="search", flat=True, name=say("window.search"), key="Ctrl+K")
        self.theme_button = Button(icon="theme", flat=True, name=say("window.theme"))
        self.side_button = Button(icon="panel", flat=True, name=say("window.side"))
        self.language_button = Button(self._other(), flat=True, name=say("window.language"))
        self.mode, self.person = ModeMark(), PersonMark()
        self.lock_button = Button(icon="lock", flat=True, name=say("signin.lock_key"), key="Ctrl+L")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 1)
        row.setSpacing(4)
        row.addWidget(self.crumbs)
        row.addWidget(self.back_button)
        row.addWidget(self.forward_button)
        row.addSpacing(16)
        for counter in self.counters.values():
            row.addWidget(counter)
        row.addSpacing(8)
        row.addWidget(self.urgent, 1)
        row.addWidget(self.health)
        row.addSpacing(4)
        row.addWidget(self.mode)
        row.addWidget(self.person)
        row.addWidget(self.lock_button)
        row.addSpacing(4)
        for button in (self.search_button, self.side_button, self.theme_button, self.language_button):
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.clock)
        for button, signal in (
            (self.back_button, self.back), (self.forward_button, self.forward), (self.search_button, self.search),
            (self.theme_button, self.theme), (self.language_button, self.language), (self.side_button, self.side),
        ):  # fmt: skip
            button.clicked.connect(signal)
        for counter in self.counters.values():
            counter.pressed.connect(self._counter_pressed)
        self.urgent.pressed.connect(self._urgent_pressed)
        look().lang_changed.connect(self._language_is)

    def minimumSizeHint(self) -> QSize:
        """The path's width is set by the window's, so it must not keep the window from becoming smaller."""
        hint = super().minimumSizeHint()
        return QSize(hint.width() - self.crumbs.minimumWidth() + CRUMBS_LEAST_PX, HEIGHT + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The counters stand at the same pixels whatever the words beside them say."""
        tight = self.width() < TIGHT
        least = self.width() < LEAST
        self.crumbs.setFixedWidth(CRUMBS_LEAST_PX if least else max(CRUMBS_PX, round(self.width() * WIDE[tight])))
        self.forward_button.setVisible(not least)
        self._fit_health()
        self.side_button.setVisible(not tight)
        self.theme_button.setVisible(not (least or (tight and look().touch)))
        super().resizeEvent(event)

    def show_urgent(self, text: Text | None, priority: int = 1, shorter: tuple[Text, ...] = ()) -> None:
        """Show the last urgent alarm in words, or none; it takes the room of what is well."""
        self.urgent.show_urgent(text, priority, shorter)
        self._fit_health()

    def _fit_health(self) -> None:
        self.health.set_brief(self.width() < (ROOMY if self.urgent.said is not None else TIGHT))

    def show_who(self, who: WhoRow | None) -> None:
        """Show who sits here."""
        self.person.show_who(who)
        self.lock_button.setEnabled(who is not None and bool(who.user))

    def show_mode(self, mode: ModeRow | None) -> None:
        """Show whether the station may write."""
        self.mode.show_mode(mode)

    def show_alarms(self, counts: dict[int, tuple[int, int]] | None) -> None:
        """Unacknowledged and active alarms by priority; None: nobody knows."""
        for priority, counter in self.counters.items():
            counter.show_counts(*(counts or {}).get(priority, (0, 0)), known=counts is not None)

    def _counter_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, AlarmCounter):
            self.alarms.emit(sender.priority)

    def _urgent_pressed(self) -> None:
        self.alarms.emit(0)

    def _other(self) -> Text:
        return Text.same("EN" if look().lang is Lang.KO else "KO")

    def _language_is(self) -> None:
        self.language_button.set_text(self._other(), say("window.language"))

    def paintEvent(self, event: QPaintEvent) -> None:
        t, p = look().theme, QPainter(self)
        p.fillRect(event.rect(), t.panel)
        p.fillRect(QRectF(0, self.height() - 1, self.width(), 1), t.frame)
        p.end()
