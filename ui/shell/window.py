"""The window: its frame around the screens, and the ways between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QStackedLayout, QVBoxLayout

from hmi.model.text import Lang, Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.shell import keys, layoutfile, layoutkeep, registry
from ui.shell.alarmwatch import AlarmWatch
from ui.shell.commandparts import CommandParts
from ui.shell.crumbs import path_words
from ui.shell.decisionwatch import DecisionWatch
from ui.shell.enginewatch import EngineWatch
from ui.shell.footer import Footer
from ui.shell.help import Help
from ui.shell.journey import Journey, Stop
from ui.shell.layoutfile import Layout
from ui.shell.peopleparts import PeopleParts
from ui.shell.rail import Rail
from ui.shell.screen import Screen
from ui.shell.sidedock import SideDock
from ui.shell.strip import TopStrip
from ui.shell.tagsearch import Found, Search, places
from ui.shell.tosight import go_to
from ui.theme.look import look
from ui.widgets.panel import GAP, EmptyState, Ground

LEAST_SIZE = (1024, 600)


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
        self.made: dict[str, Screen] = {}
        """The screens that were visited, by their keys."""
        self._here: str | None = None
        self._build(starting)
        self._connect()
        self._plant_is()

    def _build(self, starting: bool) -> None:
        self.strip, self.footer = TopStrip(self), Footer(self)
        self.rail = Rail([s for s in registry.screens() if s.rail], self)
        self.dock = SideDock(self)
        self.side = self.dock.column
        self.alarms = AlarmWatch(self)
        self.people, self.commands = PeopleParts(self), CommandParts(self)
        self.decisions = DecisionWatch(self)
        self.engine_watch = watch = EngineWatch(self, starting=starting)
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
        for banner in (watch.silent, watch.bare, watch.demo, self.commands.bar):
            banner.hide()
            column.addWidget(banner)
        middle.addWidget(self.rail)
        above.addWidget(self.main, 1)
        above.addWidget(self.alarms.bar)
        middle.addLayout(above, 1)
        middle.addWidget(self.side)
        column.addLayout(middle, 1)
        column.addWidget(self.footer)
        self.search = Search(self, self._places)
        self.help_plate = Help(self)

    def _connect(self) -> None:
        strip = self.strip
        strip.back.connect(self.back)
        strip.forward.connect(self.forward)
        strip.search.connect(self.open_search)
        strip.theme.connect(self.switch_theme)
        strip.language.connect(self.switch_language)
        strip.side.connect(self.dock.toggle)
        self.rail.chosen.connect(self._rail_chosen)
        self.search.picked.connect(self._found)
        self.desk.second.connect(strip.clock.tick)
        self.desk.plant_changed.connect(self._plant_is)
        self.engine_watch.begin()

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
        if key not in self.made:
            made = spec.factory(self)
            made.setAccessibleName(look().say(spec.title_key))
            made.crumbs_changed.connect(self._crumbs)
            made.crumbs_changed.connect(self.alarms.fit)
            made.recall(self.layout_.screens.get(key, {}))
            self.made[key] = made
            self.stack.addWidget(made)
        return self.made[key]

    def screen(self, key: str | None = None) -> Any:
        """Without a key Qt's own question, the monitor; with one the same as ``room``."""
        return super().screen() if key is None else self.room(key)

    @property
    def shown(self) -> Screen | None:
        """The screen that is shown."""
        return self.made.get(self._here or "")

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
        self.dock.fit()
        self.alarms.fit()
        self.strip.back_button.setEnabled(self._journey.can_back)
        self.strip.forward_button.setEnabled(self._journey.can_forward)
        self._crumbs()

    def _rail_chosen(self, key: str) -> None:
        self.go(key)

    def _crumbs(self) -> None:
        spec = None if self._here is None else registry.screen(self._here)
        self.strip.crumbs.set_path(path_words(self.desk.plant, spec, self.shown))

    def _places(self) -> list[Found]:
        return places(self.desk.plant, registry.screens())

    def _found(self, found: Found) -> None:
        go_to(self, found)

    # -- right column -------------------------------------------------------------------------------------------------

    def open_faceplate(self, station: str) -> None:
        """Dock a station's faceplate."""
        self.dock.open(station)

    def close_faceplate(self) -> None:
        """Empty the dock."""
        self.dock.close()

    # -- what the engine says -----------------------------------------------------------------------------------------

    def tell(self, text: Text) -> None:
        """Say the outcome of the last action in the footer."""
        self.footer.tell(text)

    def command(self, tag: str) -> None:
        """Open the command dialog for a tag."""
        self.commands.open(tag)

    def _plant_is(self) -> None:
        plant = self.desk.plant
        self.engine_watch.plant_is()
        self.setWindowTitle("Linekeeper" if plant is None else f"{look().text(plant.name)} – Linekeeper")
        self._crumbs()

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
        """Take up the layout of an earlier session."""
        layoutkeep.recall(self, layout)

    def remember(self) -> Layout:
        """The layout of now, for the layout file."""
        return layoutkeep.remember(self)

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
        said = None if self._here is None else self.made[self._here].help()
        title = say(spec.title_key) if spec is not None else Text.same("Linekeeper")
        self.help_plate.open(title, said or say("window.help_general"), self.main.y() + 16)

    def mousePressEvent(self, event: Any) -> None:
        for popup in (self.search, self.help_plate):
            if popup.isVisible():
                popup.shut()
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.dock.fit()
        self.alarms.fit()
        QTimer.singleShot(0, self, self._fit_veil)

    def _fit_veil(self) -> None:
        self.engine_watch.veil.setGeometry(self.main.geometry())

    def retell(self) -> None:
        self._crumbs()
        for key, made in self.made.items():
            spec = registry.screen(key)
            if spec is not None:
                made.setAccessibleName(look().say(spec.title_key))

    def closeEvent(self, event: QCloseEvent) -> None:
        layoutfile.save(self.desk.data, self.remember())
        self.alarms.close()
        self.closing.emit()
        super().closeEvent(event)
