"""The vision station (level 2): what the camera sees now, what it says of it, and what a person says to that."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.pictures import pictures_of
from ui.bridge.session import session_of
from ui.equipment import verdicts
from ui.screens.vision import presenter
from ui.screens.vision.feed import VisionFeed
from ui.screens.vision.figures import HealthLine
from ui.screens.vision.head import VisionHead
from ui.screens.vision.picture import StationPicture
from ui.screens.vision.recipeplate import RecipePlate
from ui.screens.vision.side import SideColumn
from ui.shell.registry import ScreenSpec, register
from ui.shell.screen import Place, Screen, Window
from ui.theme.look import look
from ui.widgets.filmstrip import FilmStrip
from ui.widgets.judging import Judging
from ui.widgets.letterkeys import letter
from ui.widgets.panel import EmptyState, Panel

FILM_PX, FILM_LOW_PX = 112, 78
NARROW_PX = 1400


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
        self.head = VisionHead(self)
        self.picture = StationPicture(self.desk, self)
        self.film = FilmStrip(pictures_of(self.desk), presenter.FILMS, self)
        self.health = HealthLine()
        self._foot = Panel(None, self, margin=4)
        self._foot.add(self.health)
        self.side = SideColumn(self)
        self.none = EmptyState(say("visionscreen.no_camera"), self, icon="vision", ground="ground")
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.head)
        left.addWidget(self.picture.view, 1)
        left.addWidget(self.film)
        left.addWidget(self._foot)
        self._sheet = QWidget(self)
        row = QHBoxLayout(self._sheet)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._sheet, 1)
        column.addWidget(self.none, 1)
        self.head.camera_wanted.connect(self._choose_camera)
        self.head.overlay_wanted.connect(self._overlay)
        self.head.pause_wanted.connect(self._pause)
        self.head.live_wanted.connect(self._to_live)
        self.head.review_wanted.connect(self._review)
        self.head.recipe_wanted.connect(self._recipe)
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
        self._overlay(kept.get("overlay") is not False)

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
            self._to_live()
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
        row = self.target or (self.feed.rows[0] if self.feed.rows else None)
        self.side.show_part(row, self.feed.rows, bool(self._chosen), self.desk.plant)
        number = 0 if row is None else row.number
        if number != self._shown_since[0]:
            self._shown_since = (number, time.monotonic())
            if self.side.acts.asking:
                self.side.acts.put_away()  # the reason was asked about another part
        self._allow()

    def _allow(self, _who: object = None) -> None:
        target, rows = self.target, self.feed.rows
        about = target or (rows[0] if rows else None)
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

    def _choose_camera(self, camera: str) -> None:
        self._wanted, self._chosen = camera, 0
        self._cameras()

    def _overlay(self, on: bool) -> None:
        self.picture.view.set_overlay(on)
        self.head.show_overlay(on)

    def _pause(self, on: bool) -> None:
        self.picture.pause(on)
        self._age()

    def _to_live(self) -> None:
        self._chosen = 0
        self.picture.show_live()
        self._rows()

    def _choose_part(self, number: int) -> None:
        row = next((r for r in self.feed.rows if r.number == number), None)
        if row is not None:
            self._chosen = number
            self.picture.show_record(row)
            self._rows()

    def _review(self) -> None:
        self.window_.go("review")

    @cached_property
    def recipe(self) -> RecipePlate:
        """The plate of recipe versions, made when it is first asked for."""
        return RecipePlate(self.window(), self.desk, self.window_.tell, self.feed.again)

    def _recipe(self) -> None:
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
            self._hold()
        elif act == "call":
            self._call()
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

    def _hold(self) -> None:
        row = self.target or (self.feed.rows[0] if self.feed.rows else None)
        if row is not None and not self.window_.go("quality", lot=row.subject.lot):
            self.window_.tell(say("judging.no_hold_screen", lot=row.subject.lot))

    def _call(self) -> None:
        camera = self.camera
        if camera is None:
            return
        row = self.target or (self.feed.rows[0] if self.feed.rows else None)
        what = say("visionscreen.call_camera", camera=camera.name) if row is None else say(
            "visionscreen.call_part", camera=camera.name, unit=verdicts.unit_words(row),
            word=verdicts.verdict_word(row.verdict), what=verdicts.outcome_words(row), lot=row.subject.lot or "–",
        )  # fmt: skip
        done = say("visionscreen.called", camera=camera.name)
        self.desk.ask("add_note", lambda _note: self.window_.tell(done), self._not_called, text=look().text(what),
                      kind="quality", place=camera.station)  # fmt: skip

    def _not_called(self, why: Text) -> None:
        self.window_.tell(say("visionscreen.not_called", why=why))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._overlay(not self.picture.view.overlay)
        elif event.key() == Qt.Key.Key_Escape and self.side.acts.asking:
            self.side.acts.put_away()
        elif event.key() == Qt.Key.Key_Escape and (self.picture.record is not None or self.picture.paused):
            self._to_live()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self._step(-1 if event.key() == Qt.Key.Key_Left else 1)
        elif not self._letter(letter(event)):
            super().keyPressEvent(event)

    def _letter(self, sign: str) -> bool:
        if sign and self.side.acts.press(sign):
            return True
        if sign == "P":
            self._pause(not self.picture.paused)
        elif sign == "R":
            self._review()
        elif sign == "T":
            self._recipe()
        elif sign.isdigit() and 0 < int(sign) <= len(self.feed.cameras):
            self._choose_camera(self.feed.cameras[int(sign) - 1].camera)
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        """Along the film strip; beyond its newest end is the live picture."""
        numbers = [r.number for r in reversed(self.feed.rows)]
        at = (numbers.index(self._chosen) if self._chosen in numbers else len(numbers)) + by
        if at >= len(numbers):
            self._to_live()
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
        self.side.fit(self.width(), self.height())
        self.head.set_narrow(self.width() < NARROW_PX)
        self.film.setFixedHeight(FILM_LOW_PX if self.side.low else FILM_PX)

    def retell(self) -> None:
        self._cameras()
        self._rows()


register(ScreenSpec("vision", "vision", "visionscreen.title", VisionScreen, order=22))
