"""The camera itself: reads what lies under it from the plant's scene and draws the picture."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass

import cv2

from hmi.api import Image, NoPictureError, Trigger, say
from plugins.demo_camera.board import board
from plugins.demo_camera.flaw import plant
from plugins.demo_camera.optics import flawless, look


@dataclass(frozen=True, slots=True)
class Scene:
    """What lies under the camera; light in %, the place in pixels, the angle in degrees."""

    unit: str
    product: str
    seed: int
    defects: tuple[str, ...]
    light: float
    dx: float
    dy: float
    angle: float

    @classmethod
    def parse(cls, words: str) -> Scene:
        """From ``unit|product|seed|defects(kind,kind)|light|dx|dy|angle``. ValueError where it is something else."""
        unit, product, seed, defects, *figures = words.split("|")
        light, dx, dy, angle = (float(f) for f in figures)
        if not product or not all(math.isfinite(f) for f in (light, dx, dy, angle)):
            raise ValueError(words)
        return cls(unit, product, int(seed), tuple(d for d in defects.split(",") if d), light, dx, dy, angle)


class DemoCamera:
    """Draws a picture for each trigger (hmi.vision.camera_port.TeachingCamera)."""

    def __init__(self, scene: str, log: logging.Logger) -> None:
        """``scene`` is the tag that tells what lies under it; empty: ``STATION.Scene``."""
        self._scene = scene
        self._log = log

    def open(self) -> None:
        """Nothing to connect to; a process that draws needs no second core."""
        cv2.setNumThreads(1)

    def grab(self, trigger: Trigger, timeout_s: float) -> Image:
        """The picture of the scene. NoPictureError without one, or when it tells of another unit than asked for."""
        subject = trigger.subject
        words = subject.readings.get(self._scene or f"{subject.station}.Scene")
        if not isinstance(words, str) or not words:
            raise NoPictureError(say("demo.camera_no_scene"))
        try:
            scene = Scene.parse(words)
        except ValueError:
            raise NoPictureError(say("demo.camera_bad_scene", scene=words[:80])) from None
        if subject.unit and scene.unit != subject.unit:
            raise NoPictureError(say("demo.camera_other_unit", unit=subject.unit, there=scene.unit))
        flawed = plant(board(scene.product), scene.defects, scene.seed)
        return look(flawed, scene.light, scene.dx, scene.dy, scene.angle, scene.seed)

    def close(self) -> None:
        """Nothing to let go of."""

    def golden(self, product: str) -> Image | None:
        """The flawless board of a product; None without a name."""
        return flawless(board(product).pattern) if product else None
