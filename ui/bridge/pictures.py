"""Pictures for the window: files decoded, differences computed off its thread, handed over with a frame.

Kept pictures never change, so what was decoded once is kept as long as there is room.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from hmi.model.text import Text
from hmi.model.words import say
from ui.bridge.desk import Desk

Pixels = npt.NDArray[np.uint8]
Got = QImage | Text
"""A picture, or why there is none."""

MOST_MEGAPIXELS = 64
ROOM_BYTES = 128_000_000
SEARCH_PX = 24
"""How far two pictures of one part may lie apart."""


class Pictures(QObject):
    """One for a desk: ``pictures_of(desk)``. Callbacks come on the window's thread, with one of the next frames."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._data = desk.data
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._kept: OrderedDict[tuple[object, ...], QImage] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[tuple[object, ...], tuple[Future[Got], list[Callable[[Got], None]]]] = {}
        desk.frame.connect(self._deliver)

    def file(self, path: str, done: Callable[[Got], None], side: int = 0) -> None:
        """A picture by its path in the data folder; with a side no larger than that in pixels."""
        if not path:
            done(say("picture.not_kept"))
            return
        self._make(("file", path, side), lambda: read_picture(self._data, path, side), done)

    def difference(self, path: str, golden: str, done: Callable[[Got], None]) -> None:
        """How a picture differs from its golden: black where they agree, white where they do not."""
        if not path or not golden:
            done(say("picture.not_kept" if not path else "picture.no_golden"))
            return
        self._make(("difference", path, golden), lambda: self._differ(path, golden), done)

    def run(self, work: Callable[[], Got], done: Callable[[Got], None]) -> None:
        """Any other work on pixels; its outcome is not kept."""
        self._make((object(),), work, done)

    def close(self) -> None:
        """Finish what is under way and forget it."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._under_way.clear()

    def _make(self, key: tuple[object, ...], work: Callable[[], Got], done: Callable[[Got], None]) -> None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            done(kept)
        elif key in self._under_way:
            self._under_way[key][1].append(done)
        else:
            self._under_way[key] = (self._pool.submit(work), [done])

    def _deliver(self, _rows: object = None) -> None:
        for key in [k for k, (future, _) in self._under_way.items() if future.done()]:
            future, waiting = self._under_way.pop(key)
            if future.cancelled():
                continue
            fault = future.exception()
            got = say("picture.broken", name=type(fault).__name__) if fault is not None else future.result()
            if isinstance(got, QImage) and len(key) > 1:
                self._keep(key, got)
            for done in waiting:
                try:
                    done(got)
                except RuntimeError as err:  # the widget that asked is gone
                    if "already deleted" not in str(err):
                        raise

    def _keep(self, key: tuple[object, ...], image: QImage) -> None:
        self._kept[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > ROOM_BYTES and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._bytes -= old.sizeInBytes()

    def _differ(self, path: str, golden: str) -> Got:
        one, other = read_picture(self._data, path), read_picture(self._data, golden)
        if isinstance(one, Text):
            return one
        if isinstance(other, Text):
            return other
        if one.size() != other.size():
            return say("picture.other_size")
        return image_of(difference(pixels_of(one), pixels_of(other)))


def pictures_of(desk: Desk) -> Pictures:
    """The pictures of a desk; made when first asked for."""
    found = desk.findChild(Pictures)
    return found if isinstance(found, Pictures) else Pictures(desk)


def read_picture(data: Path, path: str, side: int = 0) -> Got:
    """A picture file of the data folder, ready to paint; a Text says why there is none. Any thread."""
    file, name = data / path, Path(path).name
    try:
        if not file.resolve().is_relative_to(data.resolve()):
            return say("picture.elsewhere", name=name)
        if not file.is_file():
            return say("picture.missing", name=name)
    except (OSError, ValueError):
        return say("picture.missing", name=name)
    reader = QImageReader(str(file))
    reader.setAutoTransform(False)  # boxes are in the file's own pixels
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid() and size.width() * size.height() > MOST_MEGAPIXELS * 1_000_000:
        return say("picture.too_large", name=name, most=MOST_MEGAPIXELS)
    image = reader.read()
    if image.isNull():
        return say("picture.broken", name=name)
    return fitted(image, QSize(side, side) if side else None)


def fitted(image: QImage, within: QSize | None) -> QImage:
    """A picture in the form that paints fastest, made smaller to fit (never larger). Any thread."""
    if within is not None and (image.width() > within.width() or image.height() > within.height()):
        image = image.scaled(within, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def image_of(pixels: Pixels) -> QImage:
    """A picture of (height, width) grey or (height, width, 3) blue-green-red pixels."""
    pixels = np.ascontiguousarray(pixels)
    form = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], form)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def pixels_of(image: QImage) -> Pixels:
    """The (height, width) grey levels of a picture."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return rows[:, : grey.width()].copy()


def slip(picture: Pixels, golden: Pixels) -> tuple[int, int]:
    """How far (down, right) in pixels the picture lies from its golden, by phase correlation; 0, 0 when not clear."""
    one = np.fft.rfft2(picture.astype(np.float32) - picture.mean())
    other = np.fft.rfft2(golden.astype(np.float32) - golden.mean())
    product = one * np.conj(other)
    peak = np.fft.irfft2(product / (np.abs(product) + 1e-9), picture.shape)
    reach = min(SEARCH_PX, min(picture.shape) // 4)
    near = np.roll(peak, (reach, reach), (0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    down, right = np.unravel_index(int(near.argmax()), near.shape)
    return int(down) - reach, int(right) - reach


def difference(picture: Pixels, golden: Pixels) -> Pixels:
    """Absolute difference of two pictures of one size after laying the golden under the picture."""
    down, right = slip(picture, golden)
    height, width = picture.shape
    laid = picture.copy()  # beyond the golden's edge nothing is known to differ
    to_y, to_x = slice(max(0, down), height + min(0, down)), slice(max(0, right), width + min(0, right))
    from_y, from_x = slice(max(0, -down), height + min(0, -down)), slice(max(0, -right), width + min(0, -right))
    laid[to_y, to_x] = golden[from_y, from_x]
    return np.abs(picture.astype(np.int16) - laid.astype(np.int16)).astype(np.uint8)
