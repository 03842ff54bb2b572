"""A camera's newest picture: taken from its ring and scaled off the window's thread, only the newest, at a pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from hmi.desk.pictures import FrameReader
from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk
from ui.bridge.pictures import Got, Pixels, fitted, image_of, pictures_of

EVERY_S = 0.05
SLOTS = 8
"""Pictures a ring holds."""
WAIT_FOR_VERDICT_NS = 500_000_000
"""So long the last judged picture stays in sight while the next one is being inspected."""


class Ring(Protocol):
    """The half of hmi.desk.pictures.FrameReader that the window uses."""

    def newest(self) -> tuple[int, int, Pixels] | None:
        """Number, time in ns and pixels of the newest picture; None while there is none."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """A picture of now, perhaps smaller than the camera took it."""

    number: int
    at_ns: int
    image: QImage
    width: int
    height: int


def open_ring(path: Path) -> Ring:
    """The frame ring of a camera."""
    return FrameReader(path)


class LivePicture(QObject):
    """Works while its widget can be seen."""

    came = Signal(object)
    """Another picture (LiveFrame)."""
    failed = Signal(object)
    """The ring cannot be read (Text); said once."""

    def __init__(self, desk: Desk, widget: QWidget, opener: Callable[[Path], Ring] = open_ring) -> None:
        super().__init__(widget)
        self._desk, self._widget, self._open = desk, widget, opener
        self._path: Path | None = None
        self._ring: Ring | None = None
        self._busy = False
        self._asked_s = float("-inf")
        self._last: tuple[int, int, int] | None = None
        self._wrong = False
        self._turn = 0
        self.size = QSize(640, 480)
        """Pixels there are to show it on."""
        self.judged = 0
        """Number of the last picture that has a verdict."""
        desk.frame.connect(self._tick)

    def watch(self, path: Path | None) -> None:
        """Show the pictures of this ring from now on; None: of none."""
        if path == self._path:
            return
        self._path, self._ring, self._last, self._wrong = path, None, None, False
        self.judged = 0
        self._turn += 1
        self._asked_s = float("-inf")

    def again(self) -> None:
        """Look again at the next frame, e.g. because a verdict came."""
        self._asked_s = float("-inf")

    def _tick(self, _rows: object = None) -> None:
        now = time.monotonic()
        if self._path is None or self._busy or now - self._asked_s < EVERY_S or not self._widget.isVisible():
            return
        self._asked_s, self._busy = now, True
        turn, looked = self._turn, Looked(self._path, self._ring, self.size, self.judged, self._last)

        def work() -> Got:
            return looked.look(self._open)

        def done(_got: Got) -> None:
            self._busy = False
            if turn == self._turn:
                self._ring, self._last = looked.ring, looked.seen
                self._done(looked.frame)

        pictures_of(self._desk).run(work, done)

    def _done(self, frame: LiveFrame | Text | None) -> None:
        if isinstance(frame, LiveFrame):
            self._wrong = False
            self.came.emit(frame)
        elif isinstance(frame, Text) and not self._wrong:
            self._wrong = True
            self.failed.emit(frame)


class Looked:
    """One look into a ring, on the other thread; it touches nothing of the window's."""

    def __init__(
        self, path: Path, ring: Ring | None, size: QSize, judged: int, seen: tuple[int, int, int] | None
    ) -> None:
        self.path, self.ring, self.size, self.judged, self.seen = path, ring, QSize(size), judged, seen
        self.frame: LiveFrame | Text | None = say("picture.no_ring")

    def look(self, opener: Callable[[Path], Ring]) -> Got:
        """Find the newest picture, if it is another one than seen before."""
        try:
            if self.ring is None:
                self.ring = opener(self.path)
            frame = self._choose(self.ring)
        except (OSError, ValueError):
            self.ring = None
            return say("picture.no_ring")
        self.frame = None
        if frame is None:
            return say("picture.none_yet")
        number, at_ns, pixels = frame
        seen = (number, self.size.width(), self.size.height())
        if seen != self.seen:
            self.seen = seen
            height, width = pixels.shape[:2]
            self.frame = LiveFrame(number, at_ns, fitted(image_of(pixels), self.size), width, height)
        return say("picture.none_yet")

    def _choose(self, ring: Ring) -> tuple[int, int, Pixels] | None:
        """The newest picture; for a moment still the one before it when only that one has its verdict."""
        newest = ring.newest()
        by_number: Any = getattr(ring, "frame", None)
        if newest is None or by_number is None or not 0 < newest[0] - self.judged < SLOTS:
            return newest
        if time.time_ns() - newest[1] > WAIT_FOR_VERDICT_NS:
            return newest
        judged: tuple[int, int, Pixels] | None = by_number(self.judged)
        return judged or newest
