"""The large picture: live with the verdict on exactly what is seen, standing still, or what was kept of a part."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from hmi.desk.vision_rows import CameraRow, InspectionRow
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.livepicture import LiveFrame, LivePicture
from ui.bridge.pictures import Got, pictures_of
from ui.equipment import verdicts
from ui.screens.vision import presenter
from ui.theme.look import look
from ui.widgets.picturemarks import Edge
from ui.widgets.pictureview import PictureView


class StationPicture(QObject):
    """``view`` is the widget; ``tell`` says now and then how old things are."""

    frame_came = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.view = PictureView(parent, name=say("visionscreen.picture"), live=True)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.live = LivePicture(desk, self.view)
        self.live.came.connect(self._came)
        self.live.failed.connect(self._failed)
        self.view.resized.connect(self._resized)
        self._rows: Sequence[InspectionRow] = ()
        self._frame: LiveFrame | None = None
        self._lost: Text | None = None
        self._ring: Path | None = None
        self.record: InspectionRow | None = None
        self._none: Text | None = None
        self.paused = False
        self._stood: LiveFrame | None = None

    @property
    def ready(self) -> bool:
        """Whether there is a picture, or a reason for none."""
        return self.view.has_image or self.view.doubted is not None

    def watch(self, ring: Path | None) -> None:
        """Look into this ring; a picture of another camera is no longer shown."""
        if ring != self._ring:
            self._ring = ring
            self._frame = self._stood = self._lost = None
            self.paused = False
            self.live.watch(ring)
            self._show()

    def show_rows(self, rows: Sequence[InspectionRow]) -> None:
        """The last verdicts, the newest first."""
        self._rows = rows
        self.live.judged = rows[0].frame if rows else 0
        self.live.again()
        if self.record is not None:
            number = self.record.number
            self.record = next((r for r in rows if r.number == number), self.record)
        self._show()

    def show_live(self) -> None:
        """What the camera sees now."""
        self.record, self.paused, self._none = None, False, None
        self._show()

    def pause(self, on: bool) -> None:
        """Let the picture stand still while the camera goes on, or no longer."""
        if on and self.record is None:
            self.paused, self._stood = True, self._frame
        elif not on:
            self.paused = False
        self._show()

    def show_record(self, row: InspectionRow) -> None:
        """What was kept of a part."""
        if self.record is not None and self.record.number == row.number:
            return
        self.record, self.paused, self._none = row, False, None
        self.view.show_image(None)
        pictures_of(self._desk).file(row.evidence, lambda got: self._kept(row.number, got))
        self._show()

    def shows(self, row: InspectionRow) -> bool:
        """Whether this part is what a person sees: its kept picture, or the live one with its verdict."""
        if self.record is not None:
            return self.record.number == row.number
        seen = self._seen()
        return seen is not None and seen.number == row.number

    def tell(self, camera: CameraRow, alive: bool) -> None:
        """Say what is seen, how old it is, and why it is not to be believed."""
        now, view = time.time_ns(), self.view
        if self.record is not None:
            view.across(None)
            view.show_foot(presenter.record_words(self.record, now, look().zone))
            view.doubt(None if self._none is None else say("visionscreen.no_picture_kept"),
                       *([] if self._none is None else [self._none]))  # fmt: skip
            return
        frame = self._standing()
        why = presenter.doubt(camera, alive, frame is not None and self._lost is None, now, look().zone)
        view.doubt(None if why is None else why[0], *(() if why is None else why[1:]))
        view.across(None)
        if frame is None:
            view.show_foot(Text.same(""))
            return
        if self.paused:
            view.across(say("visionscreen.paused", age=presenter.fine_age((now - frame.at_ns) / 1e9)))
        row = presenter.verdict_of(self._rows, frame.number, frame.at_ns)
        view.show_foot(presenter.frame_words(frame.number, frame.at_ns, row, now))
        if row is None:
            view.show_verdict(Edge.NONE, presenter.waiting_word(frame.at_ns, now))

    def _standing(self) -> LiveFrame | None:
        return self._stood if self.paused else self._frame

    def _seen(self) -> InspectionRow | None:
        frame = self._standing()
        return None if frame is None else presenter.verdict_of(self._rows, frame.number, frame.at_ns)

    def _show(self) -> None:
        """Picture, verdict and findings, all of one and the same part."""
        row = self.record
        if row is None:
            frame = self._standing()
            self.view.show_image(None if frame is None else frame.image,
                                 None if frame is None else (frame.width, frame.height))  # fmt: skip
            row = self._seen()
        if row is None:
            self.view.show_marks([])
            self.view.show_verdict(Edge.NONE)
            return
        self.view.show_marks(presenter.marks(row, look().lang))
        self.view.show_verdict(Edge.of(row.verdict), verdicts.verdict_word(row.verdict), verdicts.outcome_words(row))

    def _came(self, frame: LiveFrame) -> None:
        self._frame, self._lost = frame, None
        if self.record is None and not self.paused:
            self._show()
            self.frame_came.emit(frame)

    def _failed(self, why: Text) -> None:
        self._lost = why
        self.frame_came.emit(None)

    def _kept(self, number: int, got: Got) -> None:
        if self.record is None or self.record.number != number:
            return
        if isinstance(got, Text):
            self._none = got
        else:
            self.view.show_image(got, (self.record.width, self.record.height) if self.record.width else None)
        self.frame_came.emit(None)

    def _resized(self) -> None:
        self.live.size = self.view.room
        self.live.again()
