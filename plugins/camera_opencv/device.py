"""The open camera: reads along all the time, so that a trigger gets the picture of its own moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from hmi.api import Image, NoPictureError, Trigger, say

_FIRST_S = 5.0


class OpenCvCamera:
    """Keeps only the newest picture; the camera's own buffer never grows old."""

    def __init__(self, target: int | str, shown: str, wanted: Mapping[str, Any]) -> None:
        """target is opened, shown is what people read of it, wanted are width, height and fps."""
        self._target, self._shown, self._wanted = target, shown, wanted
        self._changed = threading.Condition()
        self._newest: tuple[int, Image] | None = None
        self._ends = self._broken = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Connect and see a first picture. NoPictureError when none comes."""
        # here and not above: the options in the environment are read when the library comes in
        import cv2

        capture = cv2.VideoCapture(self._target)
        if not capture.isOpened():
            capture.release()
            raise NoPictureError(say("camera_opencv.not_opened", source=self._shown))
        names = {"width": cv2.CAP_PROP_FRAME_WIDTH, "height": cv2.CAP_PROP_FRAME_HEIGHT, "fps": cv2.CAP_PROP_FPS}
        for name, value in self._wanted.items():
            capture.set(names[name], float(value))
        self._thread = threading.Thread(target=self._read, args=(capture,), name="read", daemon=True)
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._newest is not None or self._broken, _FIRST_S):
                self._broken = True
        if self._broken:
            self.close()
            raise NoPictureError(say("camera_opencv.not_opened", source=self._shown))

    def grab(self, trigger: Trigger, timeout_s: float) -> Image:
        """The first picture that was read after the trigger. TimeoutError; ConnectionError when the camera is gone."""

        def fresh() -> bool:
            return self._broken or (self._newest is not None and self._newest[0] >= trigger.mono_ns)

        with self._changed:
            came = self._changed.wait_for(fresh, timeout_s)
            if self._broken:
                raise ConnectionError(f"{self._shown} gave no further picture")
            if not came or self._newest is None:
                raise TimeoutError
            return self._newest[1]

    def close(self) -> None:
        """Stop reading; the reading thread lets go of the camera, when it can."""
        self._ends = True
        if self._thread is not None:
            self._thread.join(1.0)

    def _read(self, capture: Any) -> None:
        try:
            while not self._ends:
                came, picture = capture.read()
                if not came:
                    break
                with self._changed:
                    self._newest = (time.monotonic_ns(), np.asarray(picture, np.uint8))
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._broken = True
                self._changed.notify_all()
            capture.release()
