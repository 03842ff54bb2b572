"""The window: its frame around the screens, and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedLayout, QVBoxLayout, QWidget

from hmi.desk.rows import ControllerRow, EngineRow
from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.shell import health, keys, layoutfile, registry
from ui.shell.alarmwatch import AlarmWatch
from ui.shell.commandparts import CommandParts
from ui.shell.decisionwatch import DecisionWatch
from ui.shell.footer import Footer
from ui.shell.help import Help
from ui.shell.journey import Journey, Stop
from ui.shell.layoutfile import Layout
from ui.shell.peopleparts import PeopleParts
from ui.shell.placing import place_of
from ui.shell.rail import Rail
from ui.shell.screen import Screen
from ui.shell.side import WIDTH as SIDE_WIDTH
from ui.shell.side import SideColumn
from ui.shell.strip import TopStrip
from ui.shell.tagsearch import Found, Search, places
from ui.shell.tosight import go_to
from ui.shell.veil import Veil
from ui.theme.look import look
from ui.widgets.panel import GAP, Banner, EmptyState, Ground

LEAST_SIZE = (1024, 600)
NARROW = 1600
"""Below this width the right column opens only for a faceplate."""


class Shell(Ground):
    """One for a station. Screens are made at their first visit and kept."""

    closing = Signal()

    def __init__(self, desk: Desk, *, starting: bool = False) -> None:
        """starting: an engine has just been started and is not there yet."""
        super().__init__()
        self.desk = desk
        self.setWindowTitle("Linekeeper")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Linekeeper")
        self.layout_ = Layout()
        self._journey = Journey()
        self._screens: dict[str, Screen] = {}
        self._here: str | None = None
        self._starting = starting
        self._controllers: Sequence[ControllerRow] | None = None
        self._engine: EngineRow | None = None
        self._faceplate: QWidget | None = None
        self._side_wanted = True
        self._build()
        self._connect()
        self._engine_is(desk.alive)
        self._plant_is()

    def _build(self) -> None:
        self.strip, self.footer = TopStrip(self), Footer(self)
        self.rail = Rail([s for s in registry.screens() if s.rail], self)
        self.side = SideColumn(self.desk, self)
        self.alarms = AlarmWatch(self)
        self.people, self.commands = PeopleParts(self), CommandParts(self)
        self.decisions = DecisionWatch(self)
        self.demo_banner = Banner(text=say("window.demo"))
        self.bare_banner = Banner(kind="warning", text=say("window.unsecured_many", n=0))
        self.silent_banner = Banner(kind="doubt", text=say("window.starting"))
        self.stack = QStackedLayout()
        self.main = Ground()
        frame = QVBoxLayout(self.main)
        frame.setContentsMargins(GAP, GAP, GAP, GAP)
        frame.addLayout(self.stack)
        self.nothing = EmptyState(say("window.no_screen"), ground="ground")
        self.stack.addWidget(self.nothing)
        column = QVBoxLayout(self)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)  # the right column gives way, once it is told
        self.setMinimumSize(*LEAST_SIZE)
        middle, above = QHBoxLayout(), QVBoxLayout()
        for box in (column, middle, above):
            box.setContentsMargins(0, 0, 0, 0)
            box.setSpacing(0)
        column.addWidget(self.strip)
        for banner in (self.silent_banner, self.bare_banner, self.demo_banner):
            banner.hide()
            column.addWidget(banner)
        column.addWidget(self.commands.bar)
        middle.addWidget(self.rail)
        above.addWidget(self.main, 1)
        above.addWidget(self.alarms.bar)
        middle.addLayout(above, 1)
        middle.addWidget(self.side)
        column.addLayout(middle, 1)
        column.addWidget(self.footer)
        self.veil = Veil(self)
        self.search = Search(self, self._places)
        self.help_plate = Help(self)

    def _connect(self) -> None:
        strip, desk = self.strip, self.desk
        strip.back.connect(self.back)
        strip.forward.connect(self.forward)
        strip.search.connect(self.open_search)
        strip.theme.connect(self.switch_theme)
        strip.language.connect(self.switch_language)
        strip.side.connect(self.toggle_side)
        self.rail.chosen.connect(self._rail_chosen)
        self.search.picked.connect(self._found)
        desk.second.connect(self._second)
        desk.engine_changed.connect(self._engine_is)
        desk.plant_changed.connect(self._plant_is)
        desk.keep_asking(self, "controllers", 1.0, self._take_controllers)
        desk.keep_asking(self, "engine", 2.0, self._take_engine)

    # -- ways ---------------------------------------------------------------------------------------------------------

    def go(self, screen: str, **place: str) -> bool:
        """Go to a screen with particulars."""
        if registry.screen(screen) is None:
            return False
        self._journey.go(Stop(screen, tuple(sorted(place.items()))))
        self._show(screen, place)
        return True

    def back(self) -> None:
        """To where one was before."""
        stop = self._journey.back()
        if stop is not None:
            self._show(stop.screen, dict(stop.place))

    def forward(self) -> None:
        """Where one came back from."""
        stop = self._journey.forward()
        if stop is not None:
            self._show(stop.screen, dict(stop.place))

    def home(self) -> None:
        """To the overview, the first screen of the rail."""
        first = next(iter(self.rail.buttons), None)
        if first is not None:
            self.go(first)

    def room(self, key: str) -> Screen | None:
        """A screen, made if need be; None when there is none of that key."""
        spec = registry.screen(key)
        if spec is None:
            return None
        if key not in self._screens:
            made = spec.factory(self)
            made.setAccessibleName(look().say(spec.title_key))
            made.crumbs_changed.connect(self._crumbs)
            made.crumbs_changed.connect(self.alarms.fit)
            made.recall(self.layout_.screens.get(key, {}))
            self._screens[key] = made
            self.stack.addWidget(made)
        return self._screens[key]

    def screen(self, key: str | None = None) -> Any:
        """Without a key Qt's own question, the monitor; with one the same as ``room``."""
        return super().screen() if key is None else self.room(key)

    @property
    def here(self) -> str | None:
        """Key of the screen that is shown."""
        return self._here

    def _show(self, key: str, place: dict[str, str]) -> None:
        shown, spec = self.room(key), registry.screen(key)
        if shown is None or spec is None:
            return
        self._here = key
        shown.arrive(place)
        self.stack.setCurrentWidget(shown)
        self.rail.show_here(key if spec.rail else spec.parent)
        self._fit_side()
        self.alarms.fit()
        self.strip.back_button.setEnabled(self._journey.can_back)
        self.strip.forward_button.setEnabled(self._journey.can_forward)
        self._crumbs()

    def _rail_chosen(self, key: str) -> None:
        self.go(key)

    def _crumbs(self) -> None:
        plant = self.desk.plant
        path: list[Text] = []
        if plant is not None:
            path.append(plant.sites[0].name if len(plant.sites) == 1 else plant.name)
            if len(plant.areas) == 1:
                path.append(plant.areas[0].name)
        spec = None if self._here is None else registry.screen(self._here)
        if spec is not None:
            path.append(say(spec.title_key))
            path += self._screens[spec.key].crumbs()
        self.strip.crumbs.set_path(path)

    def _places(self) -> list[Found]:
        return places(self.desk.plant, registry.screens())

    def _found(self, found: Found) -> None:
        go_to(self, found)

    # -- right column -------------------------------------------------------------------------------------------------

    def open_faceplate(self, station: str) -> None:
        """Dock a station's faceplate."""
        factory = registry.faceplate()
        if factory is None:
            return
        if self._faceplate is None:
            made = factory(self)
            assert isinstance(made, QWidget)
            self._faceplate = made
        self._faceplate.show_station(station)  # type: ignore[attr-defined]
        self.side.dock(self._faceplate)
        self._fit_side()

    def close_faceplate(self) -> None:
        """Empty the dock."""
        self.side.dock(None)
        self._fit_side()

    def toggle_side(self) -> None:
        """Open or shut the right column."""
        if self.side.isHidden():
            self._side_wanted = True
            self.side.show()
            self.side.setFixedWidth(self._side_width())
        else:
            self._side_wanted = False
            self.side.hide()

    def _side_width(self) -> int:
        return min(SIDE_WIDTH, max(360, round(self.width() * 0.29)))

    def _fit_side(self) -> None:
        shown = self._screens.get(self._here or "")
        room = self.width() >= NARROW and not (shown is not None and shown.wide)
        self.side.setVisible(self.side.docked is not None or (room and self._side_wanted))
        self.side.setFixedWidth(self._side_width())

    # -- what the engine says -----------------------------------------------------------------------------------------

    def tell(self, text: Text) -> None:
        """Say the outcome of the last action in the footer."""
        self.footer.tell(text)

    def command(self, tag: str) -> None:
        """Open the command dialog for a tag."""
        self.commands.open(tag)

    def _take_controllers(self, rows: Sequence[ControllerRow]) -> None:
        self._controllers = rows
        bare = health.unsecured(rows)
        self.bare_banner.setVisible(bare is not None)
        if bare is not None:
            self.bare_banner.say(bare)
        self._frame_says()

    def _take_engine(self, row: EngineRow) -> None:
        self._engine = row
        self._frame_says()

    def _frame_says(self) -> None:
        alive = self.desk.alive
        self.strip.health.show_health(health.health_of(self._controllers, self._engine, alive))
        self.footer.warn(health.doubt(self._engine, self._controllers, alive))

    def _engine_is(self, alive: bool) -> None:
        if alive:
            self._starting = False
        self.silent_banner.setVisible(not alive)
        if not alive:
            self.silent_banner.say(health.silence(self.desk.silent_s, self._starting))
        self.veil.setVisible(not alive and self.desk.plant is not None)
        self.veil.raise_()
        self._frame_says()

    def _plant_is(self) -> None:
        plant = self.desk.plant
        self.demo_banner.setVisible(plant is not None and plant.demo)
        self.setWindowTitle("Linekeeper" if plant is None else f"{look().text(plant.name)} – Linekeeper")
        self._crumbs()

    def _second(self) -> None:
        self.strip.clock.tick()
        if not self.desk.alive:
            self.silent_banner.say(health.silence(self.desk.silent_s, self._starting))
            self._frame_says()

    # -- look and layout ----------------------------------------------------------------------------------------------

    def switch_theme(self) -> None:
        """Light to dark and back."""
        here = look()
        here.set_theme("light" if here.theme.dark else "dark")
        self.layout_.theme = here.theme.name

    def switch_language(self) -> None:
        """Korean to English and back."""
        here = look()
        here.set_lang(Lang.EN if here.lang is Lang.KO else Lang.KO)
        self.layout_.lang = here.lang.value
        self._plant_is()

    def recall(self, layout: Layout) -> None:
        """Take up the layout of an earlier session: place on the monitors that are there now, last screen."""
        self.layout_ = layout
        self._side_wanted = layout.side_open
        self.setGeometry(place_of(layout))
        self.setFocus()
        self._fit_side()
        if not self.go(layout.screen, **layout.place):
            self.home()

    def remember(self) -> Layout:
        """The layout of now, for the layout file."""
        kept = self.layout_
        kept.screen = self._here or kept.screen
        shown = self._screens.get(kept.screen)
        kept.place = dict(shown.place) if shown is not None else {}
        kept.maximised, kept.side_open = self.isMaximized(), self._side_wanted
        if not self.isMaximized():
            g = self.geometry()
            kept.geometry = [g.x(), g.y(), g.width(), g.height()]
        kept.monitor = "" if self.screen_now() is None else self.screen_now().name()
        kept.screens = {**kept.screens, **{key: s.keep() for key, s in self._screens.items()}}
        return kept

    def screen_now(self) -> Any:
        """The monitor the window is on."""
        return super().screen()

    def save_picture(self, path: Path) -> None:
        """Write what the window shows as PNG."""
        self.grab().save(str(path), "PNG")

    # -- events -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.handle(self, event):
            super().keyPressEvent(event)

    def go_by_number(self, index: int) -> None:
        """The function keys: the screens of the rail in their order, the first is 0."""
        along = list(self.rail.buttons)
        if index < len(along):
            self.go(along[index])

    def open_search(self) -> None:
        """Ctrl+K."""
        self.search.open(self.main.y() + 16)

    def show_help(self) -> None:
        """F1."""
        spec = None if self._here is None else registry.screen(self._here)
        said = None if self._here is None else self._screens[self._here].help()
        title = say(spec.title_key) if spec is not None else Text.same("Linekeeper")
        self.help_plate.open(title, said or say("window.help_general"), self.main.y() + 16)

    def mousePressEvent(self, event: Any) -> None:
        for popup in (self.search, self.help_plate):
            if popup.isVisible():
                popup.shut()
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()
        self.alarms.fit()
        QTimer.singleShot(0, self, self._fit_veil)

    def _fit_veil(self) -> None:
        self.veil.setGeometry(self.main.geometry())

    def retell(self) -> None:
        self._crumbs()
        for key, made in self._screens.items():
            spec = registry.screen(key)
            if spec is not None:
                made.setAccessibleName(look().say(spec.title_key))

    def closeEvent(self, event: QCloseEvent) -> None:
        layoutfile.save(self.desk.data, self.remember())
        self.alarms.close()
        self.closing.emit()
        super().closeEvent(event)
