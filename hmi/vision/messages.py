"""What the engine and a camera's process tell each other over two pipes: small words, never pixels.

A message is 4 bytes of length and MessagePack; the end of the engine's pipe is the end of the process.
"""

from __future__ import annotations

import struct
from typing import Any, BinaryIO

import msgspec

from hmi.model.camera import Subject
from hmi.model.inspection import Finding, Verdict
from hmi.model.text import Text

LARGEST = 16 * 1024 * 1024
_LENGTH = struct.Struct("<I")


class _Message(msgspec.Struct, frozen=True, tag=True):
    pass


# from the engine


class Start(_Message, frozen=True):
    """The first word: which camera, and where its things lie; settings may hold its password."""

    camera: str
    plugin: str
    inspector: str
    data: str
    ring: str
    timeout_s: float
    keep_good: int
    settings: dict[str, Any]
    active: dict[str, int]
    """The version in use of each product that has a recipe on record."""
    products: list[str]
    """Products that may come: what the camera knows of them is taught before the first picture."""


class Take(_Message, frozen=True):
    """Take a picture of this."""

    number: int
    at_ns: int
    mono_ns: int
    subject: Subject


class Teach(_Message, frozen=True):
    """Make a recipe: the picture of a file (relative to the data folder) becomes the golden."""

    ask: int
    product: str
    picture: str
    settings: dict[str, Any]


class Use(_Message, frozen=True):
    """Judge by this version of the book from the next picture on; hash is the one on record. Taught is the answer."""

    ask: int
    product: str
    version: int
    hash: str


# from the camera's process


class Off(_Message, frozen=True):
    """Its plugin cannot be used; the process ends."""

    why: Text


class Opened(_Message, frozen=True):
    """The camera is connected."""


class Closed(_Message, frozen=True):
    """The camera could not be opened, or was lost; it is tried again."""

    why: Text


class Seen(_Message, frozen=True):
    """What came of one trigger."""

    number: int
    verdict: Verdict
    score: float | None
    ms: float
    findings: list[Finding]
    why: Text | None
    recipe: str = ""
    golden: str = ""
    light: float | None = None
    """Mean brightness, 0 to 255; None without a picture."""
    shift_px: float | None = None
    width: int = 0
    height: int = 0
    repeat: bool = False
    """The same picture as the one before, pixel by pixel."""
    black: bool = False
    no_picture: bool = False
    """The camera gave none in time."""
    lost: bool = False
    """The picture was overwritten before it was inspected."""
    keeping: bool = False
    """A Kept follows."""


class Kept(_Message, frozen=True):
    """The picture of a trigger is on disk, under this path relative to the data folder; or never will be, and why."""

    number: int
    path: str
    why: Text | None = None


class Disk(_Message, frozen=True):
    """Evidence cannot be written, and why; None: it can again."""

    why: Text | None


class Taught(_Message, frozen=True):
    """A recipe of the book is in use; ask is 0 for one that the camera was taught by itself."""

    ask: int
    product: str
    version: int
    inspector: str
    hash: str
    golden: str
    settings: dict[str, Any]


class NotTaught(_Message, frozen=True):
    """No recipe can be made of it, or the wanted one cannot be used."""

    ask: int
    why: Text


ToCamera = Start | Take | Teach | Use
FromCamera = Off | Opened | Closed | Seen | Kept | Disk | Taught | NotTaught

_to: msgspec.msgpack.Decoder[ToCamera] = msgspec.msgpack.Decoder(ToCamera)
_from: msgspec.msgpack.Decoder[FromCamera] = msgspec.msgpack.Decoder(FromCamera)


def packed(message: ToCamera | FromCamera) -> bytes:
    """A message as it goes through the pipe."""
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


def to_camera(body: bytes) -> ToCamera:
    """The engine's message. Raises msgspec.MsgspecError."""
    return _to.decode(body)


def from_camera(body: bytes) -> FromCamera:
    """The process's message. Raises msgspec.MsgspecError."""
    return _from.decode(body)


def length(head: bytes) -> int:
    """How long the body is. Raises ValueError for what cannot be ours."""
    found = int(_LENGTH.unpack(head)[0])
    if found > LARGEST:
        raise ValueError(f"a message of {found} bytes")
    return found


def read(pipe: BinaryIO) -> bytes | None:
    """The next body from a blocking pipe; None at its end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    size = length(head)
    body = pipe.read(size)
    return body if len(body) == size else None


HEAD_BYTES = _LENGTH.size
