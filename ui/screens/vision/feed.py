"""What the engine says of cameras and their last inspections: asked at a pace, renewed at once by what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow, ReviewQueue
from hmi.model.text import Text
from ui.bridge.desk import Desk
from ui.equipment import verdicts
from ui.screens.vision.presenter import FILMS


class VisionFeed(QObject):
    """``cameras``, and of the chosen ``camera`` the last ``rows``, the newest first."""

    cameras_changed = Signal()
    rows_changed = Signal()
    waiting_changed = Signal()

    def __init__(self, desk: Desk, widget: QWidget) -> None:
        super().__init__(widget)
        self.camera = ""
        self.cameras: list[CameraRow] = []
        self.rows: list[InspectionRow] = []
        self.waiting: int | None = None
        self.heard = False
        self.why: Text | None = None
        self._asking_cameras = desk.keep_asking(widget, "cameras", 1.0, self._take_cameras, self._refused)
        self._asking = desk.keep_asking(widget, "inspections", 2.0, self._take_rows, None, self._wanted)
        desk.keep_asking(widget, "review", 3.0, self._take_waiting, None, {"limit": 1})
        desk.told.connect(self._told)

    def choose(self, camera: str) -> None:
        """Hear of this camera's inspections."""
        if camera != self.camera:
            self.camera, self.rows = camera, []
            self._asking.now()
            self.rows_changed.emit()

    def again(self) -> None:
        """Ask for the cameras now, e.g. because their recipe is another one."""
        self._asking_cameras.now()

    def renew(self, row: InspectionRow) -> None:
        """Take a row as it is now on record."""
        self._merge([row])

    def row_of(self, camera: str) -> CameraRow | None:
        """A camera by its id."""
        return next((c for c in self.cameras if c.camera == camera), None)

    def _wanted(self) -> dict[str, Any] | None:
        return {"camera": self.camera, "limit": FILMS} if self.camera else None

    def _take_cameras(self, cameras: Sequence[CameraRow]) -> None:
        self.heard, self.why = True, None
        self.cameras = list(cameras)
        self.cameras_changed.emit()

    def _refused(self, why: Text) -> None:
        self.heard, self.why = True, why
        self.cameras = []
        self.cameras_changed.emit()

    def _take_rows(self, rows: Sequence[InspectionRow]) -> None:
        self._merge([r for r in rows if r.camera == self.camera])

    def _take_waiting(self, queue: ReviewQueue) -> None:
        if queue.total != self.waiting:
            self.waiting = queue.total
            self.waiting_changed.emit()

    def _merge(self, rows: Sequence[InspectionRow]) -> None:
        merged = verdicts.merged(self.rows, rows, FILMS)
        if merged != self.rows:
            self.rows = merged
            self.rows_changed.emit()

    def _told(self, event: dict[str, Any]) -> None:
        if "inspection" in event:
            row = verdicts.inspection_of(event["inspection"])
            if row.camera == self.camera:
                self._merge([row])
        elif "camera" in event:
            told = event["camera"]
            row_now = told if isinstance(told, CameraRow) else msgspec.convert(told, CameraRow, strict=False)
            known = [row_now if c.camera == row_now.camera else c for c in self.cameras]
            if known != self.cameras:
                self.cameras = known
                self.cameras_changed.emit()
