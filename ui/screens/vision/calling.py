"""Beyond judging: the lot of a part to the hold screen, and a note that calls the quality people to a camera."""

from __future__ import annotations

from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.equipment import verdicts
from ui.shell.screen import Window
from ui.theme.look import look


class Calling:
    """Made by the vision station."""

    def __init__(self, desk: Desk, window: Window) -> None:
        self._desk, self._window = desk, window

    def hold(self, row: InspectionRow | None) -> None:
        """Go where the lot of a part is held."""
        if row is not None and not self._window.go("quality", lot=row.subject.lot):
            self._window.tell(say("judging.no_hold_screen", lot=row.subject.lot))

    def call(self, camera: CameraRow, row: InspectionRow | None) -> None:
        """Leave a note for the quality people: the camera, and the part if there is one."""
        what = say("visionscreen.call_camera", camera=camera.name) if row is None else say(
            "visionscreen.call_part", camera=camera.name, unit=verdicts.unit_words(row),
            word=verdicts.verdict_word(row.verdict), what=verdicts.outcome_words(row), lot=row.subject.lot or "–",
        )  # fmt: skip
        done = say("visionscreen.called", camera=camera.name)
        self._desk.ask("add_note", lambda _note: self._window.tell(done), self._not_called, text=look().text(what),
                       kind="quality", place=camera.station)  # fmt: skip

    def _not_called(self, why: Text) -> None:
        self._window.tell(say("visionscreen.not_called", why=why))
