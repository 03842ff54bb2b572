"""The vision station (level 2): what the camera sees now, what it says of it, and what a person says to that."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.session import session_of
from ui.equipment import verdicts
from ui.screens.vision import keys, presenter
from ui.screens.vision.calling import Calling
from ui.screens.vision.feed import VisionFeed
from ui.screens.vision.recipeplate import RecipePlate
from ui.screens.vision.sheet import VisionSheet
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.judging import Judging
from ui.widgets.panel import EmptyState


class VisionScreen(Screen):
    """Picture and film strip at the left, the part and the buttons at the right."""

    wide = True

    def __init__(self, window: Window, parent: QWidget | None = None) -> None:
        super().__init__(window, parent)
        self._wanted = ""
        self._chosen = 0
        self._keys_wanted = False
        self._shown_since = (0, time.monotonic())
        self.feed = VisionFeed(self.desk, self)
        self.judging = Judging(self.desk, window.tell, self)
        self.calling = Calling(self.desk, window)
        self._build()
        self.feed.cameras_changed.connect(self._cameras)
        self.feed.rows_changed.connect(self._rows)
        self.feed.waiting_changed.connect(self._waiting)
        self.judging.judged.connect(self.feed.renew)
        session_of(self.desk).who_changed.connect(self._allow)
        self.desk.quarter.connect(self._age)
        self.desk.engine_changed.connect(self._cameras)
        self._cameras()

    def _build(self) -> None:
        self._sheet = sheet = VisionSheet(self.desk, self)
        self.head, self.picture, self.film = sheet.head, sheet.picture, sheet.film
        self.health, self.side = sheet.health, sheet.side
        self.none = EmptyState(say("visionscreen.no_camera"), self, icon="vision", ground="ground")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sheet, 1)
        column.addWidget(self.none, 1)
        self.head.camera_wanted.connect(self.choose_camera)
        self.head.overlay_wanted.connect(self.overlay)
        self.head.pause_wanted.connect(self.pause)
        self.head.live_wanted.connect(self.to_live)
        self.head.review_wanted.connect(self.review)
        self.head.recipe_wanted.connect(self.ask_recipe)
        self.film.chosen.connect(self._choose_part)
        self.side.acts.acted.connect(self._act)
        self.side.acts.overruled.connect(self._overrule)
        self.side.acts.in_vain.connect(self._in_vain)
        self.picture.frame_came.connect(self._age)

    # what the window asks

    def arrive(self, place: Place) -> None:
        super().arrive(place)
        self._wanted = place.get("camera", self._wanted)
        self._cameras()

    def crumbs(self) -> list[Text]:
        camera = self.camera
        return [] if camera is None else [camera.name]

    def scope(self) -> str:
        return "" if self.camera is None else self.camera.station

    def help(self) -> Text | None:
        return say("visionscreen.help")

    def keep(self) -> dict[str, Any]:
        return {"camera": self.feed.camera, "overlay": self.picture.view.overlay}

    def recall(self, kept: Mapping[str, Any]) -> None:
        camera = kept.get("camera")
        self._wanted = camera if isinstance(camera, str) else ""
        self.overlay(kept.get("overlay") is not False)

    def settled(self) -> bool:
        """Whether cameras, and a picture of the chosen one, were heard of."""
        return self.feed.heard and (self.camera is None or self.picture.ready)

    @property
    def camera(self) -> CameraRow | None:
        """The camera that is looked through."""
        return self.feed.row_of(self.feed.camera)

    @property
    def target(self) -> InspectionRow | None:
        """The part that the buttons are about."""
        return verdicts.to_judge(self.feed.rows, self._chosen)

    @property
    def _about(self) -> InspectionRow | None:
        """That part, else the newest."""
        return self.target or (self.feed.rows[0] if self.feed.rows else None)

    # what is heard

    def _cameras(self, _alive: object = None) -> None:
        cameras = self.feed.cameras
        self._sheet.setVisible(bool(cameras))
        self.none.setVisible(not cameras)
        if not cameras:
            key = "no_camera" if self.feed.heard and self.feed.why is None else "asking"
            self.none.say(self.feed.why or say(f"visionscreen.{key}"))
            return
        camera = presenter.chosen_camera(cameras, self._wanted or self.feed.camera, self.place.get("station", ""))
        assert camera is not None
        other = camera.camera != self.feed.camera
        self.feed.choose(camera.camera)
        self.head.show_cameras(cameras, camera, self.desk.plant)
        self.picture.watch(self.desk.data / camera.ring if camera.ring else None)
        if other:
            self.to_live()
            self.crumbs_changed.emit()
        self.side.show_camera(camera, self.desk.alive)
        self._age()
        self._take_keys()

    def _rows(self) -> None:
        rows, zone = self.feed.rows, look().zone
        self.film.show_films([presenter.film(r, zone) for r in rows], self._chosen)
        self.picture.show_rows(rows)
        self._part()
        self._age()

    def _waiting(self) -> None:
        self.head.show_waiting(self.feed.waiting)

    def _part(self) -> None:
        row = self._about
        self.side.show_part(row, self.feed.rows, bool(self._chosen), self.desk.plant)
        number = 0 if row is None else row.number
        if number != self._shown_since[0]:
            self._shown_since = (number, time.monotonic())
            if self.side.acts.asking:
                self.side.acts.put_away()  # the reason was asked about another part
        self._allow()

    def _allow(self, _who: object = None) -> None:
        target, about = self.target, self._about
        station = "" if self.camera is None else self.camera.station
        self.side.acts.forbid({
            "confirm": self.judging.why_not(target, verdicts.CONFIRM),
            "overrule": self.judging.why_not(target, verdicts.OVERRULE),
            "hold": self.judging.may_not_hold(about),
            "call": self.judging.may_not_call(station),
        })  # fmt: skip

    def _age(self, _frame: object = None) -> None:
        camera = self.camera
        if camera is None or not self.isVisible():
            return
        self.picture.tell(camera, self.desk.alive)
        self.health.show_cells(presenter.health(camera, time.time_ns(), self.desk.alive, look().lang))
        self.head.show_mode(self.picture.record is not None, self.picture.paused)

    # what a person does

    def choose_camera(self, camera: str) -> None:
        """Look through another camera."""
        self._wanted, self._chosen = camera, 0
        self._cameras()

    def overlay(self, on: bool) -> None:
        """Findings over the picture or not."""
        self.picture.view.set_overlay(on)
        self.head.show_overlay(on)

    def pause(self, on: bool) -> None:
        """Let the picture stand, or go on."""
        self.picture.pause(on)
        self._age()

    def to_live(self) -> None:
        """Back to what the camera sees now."""
        self._chosen = 0
        self.picture.show_live()
        self._rows()

    def _choose_part(self, number: int) -> None:
        row = next((r for r in self.feed.rows if r.number == number), None)
        if row is not None:
            self._chosen = number
            self.picture.show_record(row)
            self._rows()

    def review(self) -> None:
        """To the screen of parts that wait."""
        self.window_.go("review")

    @cached_property
    def recipe(self) -> RecipePlate:
        """The plate of recipe versions, made when it is first asked for."""
        return RecipePlate(self.window(), self.desk, self.window_.tell, self.feed.again)

    def ask_recipe(self) -> None:
        """Up with the plate of recipe versions."""
        camera = self.camera
        if camera is not None:
            self.recipe.ask(camera, self.picture.record)

    def _ready(self) -> InspectionRow | None:
        """The part to judge, if it is in sight and has been long enough to be the one that was meant."""
        row = self.target
        if row is None:
            return None
        if not self.picture.shows(row):
            self._choose_part(row.number)
            self.window_.tell(say("visionscreen.look_first", unit=verdicts.unit_words(row)))
            return None
        if time.monotonic() - self._shown_since[1] < verdicts.SETTLE_S:
            self.window_.tell(say("visionscreen.just_came", unit=verdicts.unit_words(row)))
            return None
        return row

    def _act(self, act: str) -> None:
        if act == "hold":
            self.calling.hold(self._about)
        elif act == "call":
            if (camera := self.camera) is not None:
                self.calling.call(camera, self._about)
        elif (row := self._ready()) is not None:
            if act == "confirm":
                self.judging.judge(row, verdicts.CONFIRM)
            else:
                self.side.acts.ask_reason(say("visionscreen.why", unit=verdicts.unit_words(row)))

    def _overrule(self, reason: str) -> None:
        if (row := self.target) is not None:
            self.judging.judge(row, verdicts.OVERRULE, reason)

    def _in_vain(self, why: Text) -> None:
        self.window_.tell(why)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not keys.handle(self, event):
            super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """Along the film strip; beyond its newest end is the live picture."""
        numbers = [r.number for r in reversed(self.feed.rows)]
        at = (numbers.index(self._chosen) if self._chosen in numbers else len(numbers)) + by
        if at >= len(numbers):
            self.to_live()
        elif numbers:
            self._choose_part(numbers[max(0, at)])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keys_wanted = True
        self._cameras()

    def _take_keys(self) -> None:
        """Once it is shown and there is a camera: the keys are for the picture."""
        if self._keys_wanted and self.picture.view.isVisible():
            self._keys_wanted = False
            self.picture.view.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sheet.fit(self.width(), self.height())

    def retell(self) -> None:
        self._cameras()
        self._rows()


register(ScreenSpec("vision", "vision", "visionscreen.title", VisionScreen, order=22))
