"""The frame ring: a camera's last pictures in a memory-mapped file, so that pixels never cross a pipe.

One writer (the camera's process), any number of readers, no lock: each slot has a sequence number that is odd while the
slot is being written (a seqlock), so a reader takes a picture only when the number was even and the same before and
after. A heartbeat in the header tells a process that was stopped from one that has nothing to do. A picture larger than
a slot makes a new file that takes the place of the old one; readers notice by themselves. The file is 0600.
"""

from __future__ import annotations

import mmap
import os
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

MAGIC = 0x4C4B4652  # "LKFR"
VERSION = 1
SLOTS = 8
_PAGE = 4096
_TRIES = 3

_HEAD = np.dtype(
    [("magic", "<u4"), ("version", "<u4"), ("slots", "<u4"), ("pid", "<u4"), ("room", "<u8"), ("written", "<i8"),
     ("beat_mono", "<i8"), ("beat_wall", "<i8"), ("spare", "V80")]
)  # fmt: skip
_SLOT = np.dtype(
    [("seq", "<u4"), ("width", "<u4"), ("height", "<u4"), ("channels", "<u4"), ("number", "<i8"), ("at_ns", "<i8")]
)


class RingGoneError(OSError):
    """There is no frame ring yet, or it is not one of ours."""


class Frame(NamedTuple):
    """A picture of the ring, copied whole."""

    number: int
    at_ns: int
    image: Image
    """(height, width) grey or (height, width, 3) BGR."""


class _Ring:
    """The mapped file, common to both sides; room is the number of bytes that each slot holds."""

    def __init__(self, memory: mmap.mmap) -> None:
        self.memory = memory
        self.head = np.frombuffer(memory, _HEAD, 1)
        self.slots, self.room = int(self.head[0]["slots"]), int(self.head[0]["room"])
        self.slot: npt.NDArray[Any] = np.frombuffer(memory, _SLOT, self.slots, _HEAD.itemsize)

    def pixels(self, index: int, height: int, width: int, channels: int) -> Image:
        """The memory of one slot as a picture."""
        count = height * width * channels
        flat = np.frombuffer(self.memory, np.uint8, count, _start(self.slots) + index * self.room)
        return flat.reshape((height, width) if channels == 1 else (height, width, channels))


def _start(slots: int) -> int:
    return _PAGE * ((_HEAD.itemsize + slots * _SLOT.itemsize + _PAGE - 1) // _PAGE)


class Kept:
    """A picture in the writer's own ring: looked at in place, valid while ``whole`` says so."""

    def __init__(self, ring: _Ring, index: int, image: Image) -> None:
        self._ring, self._index, self._seq = ring, index, int(ring.slot[index]["seq"])
        self.image = image

    @property
    def whole(self) -> bool:
        """False once the slot was given to another picture: what was seen in it since then counts for nothing."""
        return int(self._ring.slot[self._index]["seq"]) == self._seq


class FrameRing:
    """The writing side; ``put`` from one thread, ``beat`` from any."""

    def __init__(self, file: Path, slots: int = SLOTS, room: int = 0) -> None:
        """Make the file, or go on with that of an earlier process; room is the bytes of a picture, it grows by itself.

        OSError as it comes.
        """
        self.file, self._slots = file, slots
        self._lock = threading.Lock()
        self._ring = self._again(room) or self._make(room)
        self._last: Kept | None = None

    def put(self, number: int, at_ns: int, image: Image) -> tuple[Kept, bool]:
        """Keep a picture; returns where, and whether it equals the one before it pixel by pixel."""
        if image.nbytes > self._ring.room:
            fresh = self._make(image.nbytes)
            with self._lock:
                self._ring = fresh
        ring = self._ring
        written = int(ring.head[0]["written"])
        index = written % ring.slots
        place = ring.slot[index : index + 1]
        channels = 1 if image.ndim == 2 else image.shape[2]
        repeat = self._last is not None and np.array_equal(self._last.image, image)
        place["seq"] |= 1
        kept_pixels = ring.pixels(index, image.shape[0], image.shape[1], channels)
        kept_pixels[...] = image.reshape(kept_pixels.shape)
        place["width"], place["height"], place["channels"] = image.shape[1], image.shape[0], channels
        place["number"], place["at_ns"] = number, at_ns
        place["seq"] += 1
        ring.head["written"] = written + 1
        self._last = Kept(ring, index, kept_pixels)
        return self._last, repeat

    def beat(self) -> None:
        """Say that the process lives; several times a second."""
        with self._lock:
            self._ring.head["beat_mono"] = time.monotonic_ns()
            self._ring.head["beat_wall"] = time.time_ns()

    def _again(self, room: int) -> _Ring | None:
        """The ring of an earlier process, where it is large enough: a disk that filled up since cannot stop us."""
        try:
            with self.file.open("r+b") as handle:
                memory = mmap.mmap(handle.fileno(), 0)
            ring = _checked(memory, self.file)
        except (OSError, ValueError):
            return None
        if ring.slots != self._slots or ring.room < room:
            return None
        ring.slot["channels"] = 0
        ring.slot["seq"] += ring.slot["seq"] & 1  # a slot that was being written when the process ended
        ring.head["pid"], ring.head["written"] = os.getpid(), 0
        ring.head["beat_mono"], ring.head["beat_wall"] = time.monotonic_ns(), time.time_ns()
        return ring

    def _make(self, room: int) -> _Ring:
        room = _PAGE * ((max(room, 1) + _PAGE - 1) // _PAGE)
        size = _start(self._slots) + self._slots * room
        fresh = self.file.with_suffix(f".{os.getpid()}.new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            _reserve(handle, size)
            memory = mmap.mmap(handle, size)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        head = np.frombuffer(memory, _HEAD, 1)
        head["version"], head["slots"], head["pid"], head["room"] = VERSION, self._slots, os.getpid(), room
        head["beat_mono"], head["beat_wall"] = time.monotonic_ns(), time.time_ns()
        head["magic"] = MAGIC
        fresh.replace(self.file)
        return _Ring(memory)


class FrameReader:
    """The reading side: newest picture, a picture by its number, and whether the camera's process lives.

    Follows the file when its writer makes another. Returns None while there is nothing to read, and never raises.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ring: _Ring | None = None
        self._inode = -1

    def newest(self) -> Frame | None:
        """The last whole picture; None when there is none."""
        ring = self._attached()
        if ring is None:
            return None
        for _ in range(_TRIES):
            written = int(ring.head[0]["written"])
            if written == 0:
                return None
            if (frame := self._copy(ring, (written - 1) % ring.slots)) is not None:
                return frame
        return None

    def frame(self, number: int) -> Frame | None:
        """A picture by its number; None when it was overwritten."""
        ring = self._attached()
        if ring is None:
            return None
        for index in np.flatnonzero(ring.slot["number"] == number).tolist():
            found = self._copy(ring, index)
            if found is not None and found.number == number:
                return found
        return None

    def beat_ns(self) -> int:
        """The heartbeat on the steady clock (time.monotonic_ns); 0 while there is no ring."""
        ring = self._attached()
        return 0 if ring is None else int(ring.head[0]["beat_mono"])

    def _attached(self) -> _Ring | None:
        try:
            inode = self._path.stat().st_ino
            if self._ring is None or inode != self._inode:
                self._ring, self._inode = _open(self._path), inode
        except OSError:
            self._ring = None
        return self._ring

    @staticmethod
    def _copy(ring: _Ring, index: int) -> Frame | None:
        place = ring.slot[index]
        before = int(place["seq"])
        height, width, channels = int(place["height"]), int(place["width"]), int(place["channels"])
        if before & 1 or before == 0 or channels not in (1, 3) or height * width * channels > ring.room:
            return None
        number, at_ns = int(place["number"]), int(place["at_ns"])
        image = ring.pixels(index, height, width, channels).copy()
        return Frame(number, at_ns, image) if int(place["seq"]) == before else None


def _reserve(handle: int, size: int) -> None:
    """Take the room on the disk now: a hole that cannot be filled later would end the process at a write."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, size)
    else:
        os.ftruncate(handle, size)


def _open(path: Path) -> _Ring:
    try:
        with path.open("rb") as handle:
            memory = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
    except ValueError as err:  # an empty file
        raise RingGoneError(str(path)) from err
    return _checked(memory, path)


def _checked(memory: mmap.mmap, path: Path) -> _Ring:
    """The ring in a mapped file. RingGoneError when it is none."""
    if len(memory) < _HEAD.itemsize:
        raise RingGoneError(str(path))
    head = np.frombuffer(memory, _HEAD, 1)[0]
    whole = _start(int(head["slots"])) + int(head["slots"]) * int(head["room"])
    if head["magic"] != MAGIC or head["version"] != VERSION or len(memory) < whole:
        raise RingGoneError(str(path))
    return _Ring(memory)
