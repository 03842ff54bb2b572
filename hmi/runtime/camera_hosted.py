"""One camera as the engine holds it: its watch, its ring, its process, and who hears what it says."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from hmi.model.camera import Camera, CameraState
from hmi.model.inspection import Verdict
from hmi.model.text import Text
from hmi.vision import messages as m
from hmi.vision.camera_port import Trigger
from hmi.vision.ring import FrameReader
from hmi.vision.watch import Watch

log = logging.getLogger(__name__)


class Hearer(Protocol):
    """Who takes what the cameras say; called on the engine's loop."""

    def begins(self, camera: str) -> tuple[dict[str, int], list[str]]:
        """The recipe version in use of each product, and the products that may come."""

    def due(self, camera: str, missed: int) -> None:
        """The clock of a camera says: now; so many times it could not say so before."""

    def seen(self, camera: str, trigger: Trigger, answer: m.Seen) -> None:
        """The one answer to a trigger."""

    def late(self, camera: str, answer: m.Seen) -> None:
        """An answer to a trigger that was answered as too late before."""

    def kept(self, camera: str, word: m.Kept) -> None:
        """A picture is on disk, or never will be."""

    def disk(self, camera: str, why: Text | None) -> None:
        """Evidence cannot be written; None: it can again."""

    def taught(self, camera: str, word: m.Taught | m.NotTaught) -> None:
        """A recipe is in the book, or is not."""

    def state(self, camera: str) -> None:
        """How a camera fares has changed."""


@dataclass
class HostedCamera:
    """One camera and its process."""

    camera: Camera
    ring: str
    """File name of its frame ring, relative to the data folder."""
    watch: Watch
    reader: FrameReader
    triggers: dict[int, Trigger] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    told: tuple[CameraState, Text | None] = (CameraState.STARTING, None)
    since_ns: int = field(default_factory=time.time_ns)
    restarts: int = 0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=3))
    """Last lines on standard error: the reason of an end."""
    password: str | None = None

    def send(self, word: m.ToCamera) -> bool:
        """Write to the process; False when there is none to write to."""
        process = self.process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return False
        process.stdin.write(m.packed(word))
        return True


@contextmanager
def said_on_fault(hosted: HostedCamera) -> Iterator[None]:
    """A fault in taking one word is said, and the camera goes on."""
    try:
        yield
    except msgspec.MsgspecError:
        raise
    except Exception:
        log.exception("camera %s: what it said could not be taken", hosted.camera.id)


def take(trigger: Trigger) -> m.Take:
    """The order to take a picture."""
    return m.Take(trigger.number, trigger.at_ns, trigger.mono_ns, trigger.subject)


def unserved(trigger: Trigger, why: Text) -> m.Seen:
    """The answer to a trigger that no picture came of: UNDECIDED."""
    return m.Seen(trigger.number, Verdict.UNDECIDED, None, 0.0, [], why, no_picture=True)
