"""A folder of pictures as a camera: for trials, for teaching, and for cameras that only drop files.

Settings: ``folder`` (required), ``loop`` (true: from the beginning again, false: no picture after the last one),
``golden`` (a flawless picture that a product's first recipe is taught from).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hmi.api import Image, NoPictureError, Trigger, say
from hmi.vision.pictures import read_grey

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})


class FolderCamera:
    """Reads the folder anew for each picture, so that files may come while it runs."""

    def __init__(self, folder: Path, loop: bool = True, golden: Path | None = None) -> None:
        self._folder, self._loop, self._golden = folder, loop, golden
        self._last = ""

    def open(self) -> None:
        """See that the folder is there. NoPictureError otherwise."""
        self._names()

    def grab(self, trigger: Trigger, timeout_s: float) -> Image:
        """The next picture; a broken one is told once and passed over at the next trigger."""
        names = self._names()
        after = next((name for name in names if name > self._last), None)
        if after is None and self._loop and names:
            after = names[0]
        if after is None:
            raise NoPictureError(say("camera_folder.end", folder=self._folder.name))
        self._last = after
        return read_grey(self._folder / after)

    def golden(self, product: str) -> Image | None:
        """The flawless picture, the same for every product."""
        return None if self._golden is None else read_grey(self._golden)

    def close(self) -> None:
        """Nothing is held open."""

    def _names(self) -> list[str]:
        try:
            found = [f.name for f in self._folder.iterdir() if f.suffix.lower() in SUFFIXES and f.name[0] != "."]
        except OSError as fault:
            why = fault.strerror or str(fault)
            raise NoPictureError(say("camera_folder.unreadable", folder=str(self._folder), why=why)) from None
        return sorted(found)


def create(settings: Mapping[str, Any], log: logging.Logger) -> FolderCamera:
    """A camera of the folder that the settings name. NoPictureError when they name none."""
    folder, golden = settings.get("folder"), settings.get("golden")
    if not isinstance(folder, str) or not folder:
        raise NoPictureError(say("camera_folder.no_folder"))
    return FolderCamera(Path(folder), settings.get("loop", True) is not False, Path(golden) if golden else None)
