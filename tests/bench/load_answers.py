"""The load source's answers to what comes with thousands of nodes, without an object for each: so that a measurement of
the station is not one of its counterpart."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator

TICKS_1970 = 116_444_736_000_000_000
BROWSE, READ, CREATE_ITEMS = 527, 631, 751
_NOTHING_BELOW = struct.pack("<IiI", 0, -1, 0)


class UnusualError(Exception):
    """Not one of the plant's own nodes: the slow way answers."""


def _skip_text(body: bytes, at: int) -> int:
    return at + 4 + max(struct.unpack_from("<i", body, at)[0], 0)


def _name(body: bytes, at: int) -> tuple[str, int]:
    """The identifier of a node id of the plant's namespace."""
    if body[at] != 3 or body[at + 1] == 0:
        raise UnusualError
    end = _skip_text(body, at + 3)
    return body[at + 7 : end].decode(), end


def _after_header(body: bytes) -> int:
    if body[0] != 1 or body[4] != 1:
        raise UnusualError
    at = _skip_text(body, 4 + 4 + 8 + 4 + 4)
    if body[at + 4 : at + 7] != b"\x00\x00\x00":
        raise UnusualError
    return at + 7


def handle_of(body: bytes) -> int:
    """The request's handle."""
    return int(struct.unpack_from("<I", body, 16)[0])


def _response(kind: int, handle: int) -> bytes:
    now = time.time_ns() // 100 + TICKS_1970
    return b"\x01\x00" + struct.pack("<HqII", kind, now, handle, 0) + b"\x00" + struct.pack("<i", -1) + b"\x00\x00\x00"


def read(body: bytes) -> bytes:
    """Value 0.0, access level 1, data type Double, for every node asked for."""
    at = _after_header(body) + 12
    (count,) = struct.unpack_from("<i", body, at)
    at += 4
    ticks = struct.pack("<q", time.time_ns() // 100 + TICKS_1970)
    values = {13: b"\x05\x0b" + bytes(8) + ticks, 14: b"\x05\x11\x00\x0b" + ticks, 18: b"\x05\x03\x01" + ticks}
    values[17] = values[18]
    parts = []
    for _ in range(count):
        _, at = _name(body, at)
        parts.append(values.get(struct.unpack_from("<I", body, at)[0], b"\x02" + struct.pack("<I", 0x80350000)))
        at = _skip_text(body, _skip_text(body, at + 4) + 2)
    return _response(634, handle_of(body)) + struct.pack("<i", count) + b"".join(parts) + struct.pack("<i", -1)


def browse(body: bytes, below: Callable[[str], bytes]) -> bytes:
    """What lies below each node; nothing below a tag."""
    at = _after_header(body) + 2 + 12 + 4
    (count,) = struct.unpack_from("<i", body, at)
    at += 4
    parts = []
    for _ in range(count):
        name, at = _name(body, at)
        at += 4 + 2 + 1 + 4 + 4
        parts.append(_NOTHING_BELOW if name.startswith("T") else below(name))
    return _response(530, handle_of(body)) + struct.pack("<i", count) + b"".join(parts) + struct.pack("<i", -1)


def wishes(body: bytes) -> tuple[int, Iterator[tuple[str, int, float]]]:
    """The subscription of a creation, and name, client handle and sampling interval of each item."""
    at = _after_header(body)
    subscription, _, count = struct.unpack_from("<IIi", body, at)

    def each() -> Iterator[tuple[str, int, float]]:
        here = at + 12
        for _ in range(count):
            name, here = _name(body, here)
            here = _skip_text(body, _skip_text(body, here + 4) + 2) + 4
            handle, sampling = struct.unpack_from("<Id", body, here)
            here += 12
            here += 4 if body[here] == 1 else 2  # a filter's type: four bytes, or none
            here = _skip_text(body, here + 1) if body[here] else here + 1
            here += 5
            yield name, handle, sampling

    return subscription, each()


def created(body: bytes, results: list[tuple[int, int, float, int]]) -> bytes:
    """Status, id, sampling interval and queue size of each item."""
    parts = [struct.pack("<IIdI", *result) + b"\x00\x00\x00" for result in results]
    return _response(754, handle_of(body)) + struct.pack("<i", len(parts)) + b"".join(parts) + struct.pack("<i", -1)
