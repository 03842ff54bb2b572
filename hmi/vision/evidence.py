"""Evidence: pictures on disk, written aside from the inspection, so that a slow or full disk costs no verdict.

Rejects and undecided ones are kept without loss (PNG), good ones small (JPEG). What cannot be written waits in memory,
within bounds, until there is room again; the trouble is told once when it begins and once when it ends.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import cv2

from hmi.model.text import Text
from hmi.model.words import say
from hmi.vision.port import Image

FOLDER = "evidence"
RETRY_S = 2.0
WAITING_BYTES = 64 * 1024 * 1024
"""Pictures that wait for the disk: at 640 x 480 some 200 rejects."""
GOOD, REJECT = ".jpg", ".png"
_JPEG_QUALITY = 92
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

ToldKept = Callable[[int, str, Text | None], None]
ToldDisk = Callable[[Text | None], None]


def path_of(camera: str, at_ns: int, number: int, good: bool) -> str:
    """Where a picture is kept, relative to the data folder: one folder for each day (UTC)."""
    moment = datetime.fromtimestamp(at_ns // 1_000_000_000, UTC)
    name = f"{quote(camera, safe='')}-{moment:%H%M%S}-{number}{GOOD if good else REJECT}"
    return f"{FOLDER}/{moment:%Y%m%d}/{name}"


@dataclass(slots=True)
class _Waiting:
    number: int
    path: str
    image: Image | None
    content: bytes = b""

    @property
    def size(self) -> int:
        return len(self.content) if self.image is None else self.image.nbytes

    @property
    def good(self) -> bool:
        return self.path.endswith(GOOD)


class Keeper:
    """Writes evidence on a thread of its own."""

    def __init__(self, data: Path, kept: ToldKept, disk: ToldDisk, retry_s: float = RETRY_S) -> None:
        """kept hears of each picture once: its path, or why it never will be; disk hears of trouble and of its end."""
        self._data, self._kept, self._disk, self._retry_s = data, kept, disk, retry_s
        self._queue: deque[_Waiting] = deque()
        self._bytes = 0
        self._changed = threading.Condition()
        self._ends = False
        self._trouble: Text | None = None
        self._thread = threading.Thread(target=self._run, name="evidence", daemon=True)
        self._thread.start()

    def keep(self, number: int, path: str, image: Image) -> None:
        """Take a picture, which nobody else changes from now on; path is relative to the data folder."""
        item = _Waiting(number, path, image)
        dropped: list[_Waiting] = []
        with self._changed:
            if self._trouble is not None and item.good:
                dropped.append(item)
            else:
                self._queue.append(item)
                self._bytes += item.size
                while self._bytes > WAITING_BYTES and len(self._queue) > 1:
                    dropped.append(self._queue.popleft())
                    self._bytes -= dropped[-1].size
            self._changed.notify()
        for gone in dropped:
            self._kept(gone.number, "", say("vision.evidence.dropped"))

    def close(self, patience_s: float = 2.0) -> None:
        """Write what waits, as far as that is possible."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join(patience_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._ends:
                    self._changed.wait()
                if not self._queue:
                    return
                item = self._queue.popleft()
                self._bytes -= item.size
            try:
                self._write(item)
            except OSError as fault:
                if not self._troubled(item, fault):
                    return
            except (cv2.error, MemoryError, ValueError) as fault:
                self._kept(item.number, "", say("vision.failed", fault=str(fault).strip()[:200]))
            else:
                if self._trouble is not None:
                    self._trouble = None
                    self._disk(None)
                self._kept(item.number, item.path, None)

    def _troubled(self, item: _Waiting, fault: OSError) -> bool:
        """Put a picture back and wait; False when the process ends and it is lost."""
        if self._trouble is None:
            no_room = fault.errno in _FULL
            self._trouble = say("vision.evidence.no_space") if no_room else Text.same(fault.strerror or str(fault))
            self._disk(self._trouble)
        with self._changed:
            self._queue.appendleft(item)
            good = [waiting for waiting in self._queue if waiting.good]  # these are not worth the memory
            self._queue = deque(waiting for waiting in self._queue if not waiting.good)
            self._bytes = sum(waiting.size for waiting in self._queue)
        for gone in good:
            self._kept(gone.number, "", say("vision.evidence.dropped"))
        until = time.monotonic() + self._retry_s
        with self._changed:
            if self._ends:
                return False
            while not self._ends and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
        return True

    def _write(self, item: _Waiting) -> None:
        if item.image is not None:
            quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY] if item.good else [cv2.IMWRITE_PNG_COMPRESSION, 3]
            done, content = cv2.imencode(GOOD if item.good else REJECT, item.image, quality)
            if not done:
                raise ValueError("the picture cannot be packed")
            item.image, item.content = None, content.tobytes()
        write_file(self._data / item.path, item.content)


def write_file(file: Path, content: bytes) -> None:
    """A file that is whole or not there, on disk when this returns. OSError as it comes."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        fresh.replace(file)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise


def too_many(data: Path, now_ns: int, days: float, most_bytes: int) -> Iterator[str]:
    """The good pictures beyond age or room, oldest first, relative to the data folder; rejects are never among them."""
    found = []
    for file in (data / FOLDER).glob(f"*/*{GOOD}"):
        with suppress(OSError):
            told = file.stat()
            found.append((told.st_mtime_ns, told.st_size, file))
    found.sort(key=lambda one: one[0])
    total = sum(size for _, size, _ in found)
    for at, size, file in found:
        if total <= most_bytes and now_ns - at <= days * 86_400e9:
            return
        total -= size
        yield file.relative_to(data).as_posix()
