"""What everybody is told of the cameras: when one begins to fail and when it is well again, and of a full disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hmi.desk.sitting import Told
from hmi.model.camera import Camera, CameraState
from hmi.model.text import Text
from hmi.model.words import say

_FINE = (CameraState.RUNNING, CameraState.STARTING)

Alarm = Callable[[str, bool, Text | None], None]
"""Camera, whether its alarm stands, and what exactly is wrong."""


class CameraNews:
    """Says each trouble once when it begins and once when it ends; its alarm stands as long as it lasts."""

    def __init__(self, cameras: Mapping[str, Camera], told: Told, alarm: Alarm) -> None:
        """told hears what everybody should read, alarm of each change of a camera's alarm and of its cause."""
        self._cameras, self._told, self._alarm = cameras, told, alarm
        self._bad: dict[str, CameraState] = {}
        self._heard: set[str] = set()
        self._disks: set[str] = set()

    def state(self, camera: str, state: CameraState, why: Text | None) -> None:
        """How a camera fares now."""
        found = self._cameras[camera]
        if state not in _FINE:
            before = self._bad.get(camera)
            self._bad[camera] = state
            words = {"camera": found.name, "state": say(f"vision.state.{state.value}"), "why": why or Text.same("-")}
            if before is None:
                self._told("camera", found.station, say("vision.told_bad", **words))
            if before is not state:
                self._alarm(camera, True, say("vision.alarm_cause", **words))
        elif state is CameraState.RUNNING:
            was_bad = self._bad.pop(camera, None) is not None
            if was_bad:
                self._told("camera", found.station, say("vision.told_well", camera=found.name))
            if was_bad or camera not in self._heard:  # an alarm may stand from before the engine's start
                self._alarm(camera, False, None)
            self._heard.add(camera)

    def disk(self, camera: str, why: Text | None) -> None:
        """Evidence cannot be written, or can again (None): said once, whichever camera finds out."""
        before = bool(self._disks)
        if why is not None:
            self._disks.add(camera)
        else:
            self._disks.discard(camera)
        if bool(self._disks) != before:
            text = say("vision.evidence.well") if why is None else say("vision.evidence.disk", why=why)
            self._told("camera", self._cameras[camera].station, text)

    def wrote(self, camera: str) -> None:
        """A picture of this camera is on disk: whatever was said of its disk is over."""
        if camera in self._disks:
            self.disk(camera, None)
