"""A picture from its file, or why there is none: missing, empty, cut off, broken, far too large. Never a crash."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np

from hmi.model import disk
from hmi.model.words import say
from hmi.vision.camera_port import NoPictureError
from hmi.vision.port import Image

MOST_MEGAPIXELS = 64
"""Larger than any camera of a line; more would take the memory that the other cameras need."""
_MOST_BYTES = 512 * 1024 * 1024
_PNG, _JPEG, _BMP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"BM"


def read_grey(path: Path) -> Image:
    """The picture of a file as (height, width) 8-bit grey. Raises NoPictureError with what is wrong with the file."""
    name = path.name
    try:
        size = path.stat().st_size
        if size == 0:
            raise NoPictureError(say("vision.no_bytes", name=name))
        if size > _MOST_BYTES:
            raise NoPictureError(say("vision.too_large", megapixels=f"> {MOST_MEGAPIXELS}", most=MOST_MEGAPIXELS))
        packed = path.read_bytes()
    except FileNotFoundError:
        raise NoPictureError(say("vision.missing", name=name)) from None
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        reason = disk.why(fault) if isinstance(fault, OSError) else say("vision.bad_name")
        raise NoPictureError(say("vision.unreadable", name=name, fault=reason)) from None
    return decode_grey(packed, name)


def decode_grey(packed: bytes, name: str) -> Image:
    """The picture in a file's bytes, refused before unpacking when its header asks for too much."""
    told = told_size(packed)
    if told is not None and told[0] * told[1] > MOST_MEGAPIXELS * 1_000_000:
        megapixels = round(told[0] * told[1] / 1e6)
        raise NoPictureError(say("vision.too_large", megapixels=megapixels, most=MOST_MEGAPIXELS))
    if _cut_off(packed):
        raise NoPictureError(say("vision.cut_off", name=name))
    try:
        # the pixels as the camera wrote them: boxes are in the file's own pixels, whatever a tag says about turning it
        picture = cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    except (cv2.error, MemoryError):
        picture = None
    if picture is None or picture.size == 0:
        raise NoPictureError(say("vision.broken", name=name))
    return np.ascontiguousarray(picture, np.uint8)


def told_size(packed: bytes) -> tuple[int, int] | None:
    """Width and height that the header of a PNG, JPEG or BMP tells; None when it tells none."""
    try:
        if packed.startswith(_PNG):
            width, height = struct.unpack(">II", packed[16:24])
            return width, height
        if packed.startswith(_BMP):
            width, height = struct.unpack("<ii", packed[18:26])
            return abs(width), abs(height)
        if packed.startswith(_JPEG):
            return _jpeg_size(packed)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_size(packed: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(packed):
        if packed[at] != 0xFF:
            return None
        kind = packed[at + 1]
        if kind == 0xFF:  # fill byte
            at += 1
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", packed[at + 5 : at + 9])
            return width, height
        elif kind == 0xDA:
            return None
        else:
            at += 2 + int(struct.unpack(">H", packed[at + 2 : at + 4])[0])
    return None


def _cut_off(packed: bytes) -> bool:
    """Whether a PNG or JPEG lacks its end mark: the decoder would fill up with grey and say nothing."""
    if packed.startswith(_PNG):
        return b"IEND" not in packed[-64:]
    if packed.startswith(_JPEG):
        return b"\xff\xd9" not in packed[-4096:]
    return False


def as_file(picture: Image) -> bytes:
    """The picture as a PNG file, nothing of it lost."""
    done, content = cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 3])
    if not done:
        raise NoPictureError(say("vision.empty"))
    return content.tobytes()


def as_picture(given: object) -> Image:
    """What a camera gave, as an 8-bit picture of 1 or 3 channels. Raises NoPictureError: no picture, far too large."""
    if not isinstance(given, np.ndarray) or given.dtype != np.uint8 or given.ndim not in (2, 3) or given.size == 0:
        raise NoPictureError(say("vision.why.no_array"))
    if given.shape[0] * given.shape[1] > MOST_MEGAPIXELS * 1_000_000:
        megapixels = round(given.shape[0] * given.shape[1] / 1e6)
        raise NoPictureError(say("vision.too_large", megapixels=megapixels, most=MOST_MEGAPIXELS))
    if given.ndim == 3 and given.shape[2] == 1:
        given = given[:, :, 0]
    elif given.ndim == 3 and given.shape[2] == 4:
        given = given[:, :, :3]
    elif given.ndim == 3 and given.shape[2] != 3:
        raise NoPictureError(say("vision.channels", channels=given.shape[2]))
    return np.ascontiguousarray(given)


def grey_of(picture: Image) -> Image:
    """The picture in grey, as goldens are kept."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def light_of(picture: Image) -> float:
    """Mean brightness, 0 to 255, from every fourth pixel each way."""
    return float(picture[::4, ::4].mean())
