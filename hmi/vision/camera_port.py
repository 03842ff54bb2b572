"""What a camera plugin is given and must do. Each camera runs in a process of its own: a call may block or die there.

The plugin's module has ``create(settings, log) -> CameraDevice``; settings are the plant file's own, with the key
``password`` added when the secret ``camera/ID/password`` is kept. One device is used by one thread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hmi.model.camera import Subject
from hmi.model.text import Text
from hmi.vision.port import Image


class NoPictureError(Exception):
    """There is no picture to inspect, and why: broken file, no connection, far too large. The verdict is UNDECIDED."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True)
class Trigger:
    """One picture that is asked for, and what will be on it."""

    number: int
    """Counts up per camera; the picture carries it as its frame number."""
    at_ns: int
    """When the unit came, on the clock of the wall (ns since 1970 UTC)."""
    mono_ns: int
    """The same on the steady clock of this machine (time.monotonic_ns), which processes share."""
    subject: Subject = field(default_factory=Subject)
    """Unit, lot, order, product ...; ``subject.readings[TAG]`` holds the values of the tags the camera reads."""


class CameraDevice(Protocol):
    """A camera that takes one picture for each trigger."""

    def open(self) -> None:
        """Connect. May take seconds. Raises NoPictureError with words, or anything: it is tried again later."""

    def grab(self, trigger: Trigger, timeout_s: float) -> Image:
        """The picture of this trigger: (height, width) grey or (height, width, 3) BGR, 8 bits.

        Raises NoPictureError when this one picture cannot be had, and TimeoutError after timeout_s. Anything else
        closes the camera; it is opened again.
        """

    def close(self) -> None:
        """Let go of the camera. Never raises; may be called twice."""


class TeachingCamera(CameraDevice, Protocol):
    """A camera that knows how a flawless product looks; only the demo's does."""

    def golden(self, product: str) -> Image | None:
        """The flawless picture of a product, taught as its first recipe when it has none; None where unknown."""
