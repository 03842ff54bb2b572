"""What the window's frame says of engine and links: banners, veil, health in the strip, doubts in the footer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from hmi.desk.rows import ControllerRow, EngineRow
from hmi.model.words import say
from ui.shell import health
from ui.shell.veil import Veil
from ui.widgets.panel import Banner

if TYPE_CHECKING:
    from ui.shell.window import Shell


class EngineWatch(QObject):
    """Made by the window, which gives its banners and veil their places."""

    def __init__(self, shell: Shell, *, starting: bool) -> None:
        """starting: an engine has just been started and is not there yet."""
        super().__init__(shell)
        self._shell, self._starting = shell, starting
        self._controllers: Sequence[ControllerRow] | None = None
        self._engine: EngineRow | None = None
        self.demo = Banner(text=say("window.demo"))
        self.bare = Banner(kind="warning", text=say("window.unsecured_many", n=0))
        self.silent = Banner(kind="doubt", text=say("window.starting"))
        self.veil = Veil(shell)

    def begin(self) -> None:
        """Listen, once the window stands."""
        desk = self._shell.desk
        desk.second.connect(self._second)
        desk.engine_changed.connect(self._engine_is)
        desk.keep_asking(self._shell, "controllers", 1.0, self._take_controllers)
        desk.keep_asking(self._shell, "engine", 2.0, self._take_engine)
        self._engine_is(desk.alive)

    def plant_is(self) -> None:
        """Another plant: say whether it is a made-up one."""
        plant = self._shell.desk.plant
        self.demo.setVisible(plant is not None and plant.demo)

    def _take_controllers(self, rows: Sequence[ControllerRow]) -> None:
        self._controllers = rows
        bare = health.unsecured(rows)
        self.bare.setVisible(bare is not None)
        if bare is not None:
            self.bare.say(bare)
        self._frame_says()

    def _take_engine(self, row: EngineRow) -> None:
        self._engine = row
        self._frame_says()

    def _frame_says(self) -> None:
        shell, alive = self._shell, self._shell.desk.alive
        shell.strip.health.show_health(health.health_of(self._controllers, self._engine, alive))
        shell.footer.warn(health.doubt(self._engine, self._controllers, alive))

    def _engine_is(self, alive: bool) -> None:
        if alive:
            self._starting = False
        self.silent.setVisible(not alive)
        if not alive:
            self.silent.say(health.silence(self._shell.desk.silent_s, self._starting))
        self.veil.setVisible(not alive and self._shell.desk.plant is not None)
        self.veil.raise_()
        self._frame_says()

    def _second(self) -> None:
        if not self._shell.desk.alive:
            self.silent.say(health.silence(self._shell.desk.silent_s, self._starting))
            self._frame_says()
