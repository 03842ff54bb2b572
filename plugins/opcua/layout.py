"""How long an encoded DataValue is and where its fields lie, for every encoding mask and type of fixed size.

OPC UA Part 6, 5.2.2.17: mask, then as the mask says value (1), status (2), source time (4), source picoseconds (0x10),
server time (8), server picoseconds (0x20), in this order on the wire.
"""

from __future__ import annotations

import struct
from functools import cache

import numpy as np

HAS_VALUE, HAS_STATUS, HAS_SOURCE, HAS_SERVER, HAS_SOURCE_PS, HAS_SERVER_PS = 1, 2, 4, 8, 0x10, 0x20
BOOLEAN, INT64, UINT64, STRING, DATETIME, GUID, BYTES, XML, STATUS = 1, 8, 9, 12, 13, 14, 15, 16, 19
QUALIFIED_NAME, LOCALIZED_TEXT = 20, 21

FORM: dict[int, str] = {
    0: "V0", 1: "u1", 2: "i1", 3: "u1", 4: "<i2", 5: "<u2", 6: "<i4", 7: "<u4", 8: "<i8", 9: "<u8", 10: "<f4",
    11: "<f8", DATETIME: "<i8", GUID: "V16", STATUS: "<u4",
}  # fmt: skip
"""Built-in types of fixed size, as numpy reads them."""
_LETTER = {
    0: "", 1: "B", 2: "b", 3: "B", 4: "h", 5: "H", 6: "i", 7: "I", 8: "q", 9: "Q", 10: "f", 11: "d",
    DATETIME: "q", GUID: "16s", STATUS: "I",
}  # fmt: skip


def tail_length(mask: int) -> int:
    """Bytes after the value: status and times."""
    return (
        4 * bool(mask & HAS_STATUS)
        + 8 * bool(mask & HAS_SOURCE)
        + 2 * bool(mask & HAS_SOURCE_PS)
        + 8 * bool(mask & HAS_SERVER)
        + 2 * bool(mask & HAS_SERVER_PS)
    )


def _length(mask: int, kind: int) -> int:
    if mask > 0x3F:
        return 0
    if not mask & HAS_VALUE:
        return 1 + tail_length(mask)
    if kind not in FORM:
        return 0
    return 2 + np.dtype(FORM[kind]).itemsize + tail_length(mask)


LENGTH: list[list[int]] = [[_length(mask, kind) for kind in range(256)] for mask in range(256)]
"""Bytes of a DataValue by its mask and the byte after it (the type, when there is a value); 0: not of fixed size."""


@cache
def record(mask: int, kind: int, head: int) -> np.dtype[np.void]:
    """The numpy form of one DataValue of fixed size; head is 4 when a client handle stands before it, else 0."""
    fields = [("handle", "<u4")] if head else []
    fields.append(("mask", "u1"))
    if mask & HAS_VALUE:
        fields.append(("kind", "u1"))
        if kind:
            fields.append(("value", FORM[kind]))
    if mask & HAS_STATUS:
        fields.append(("status", "<u4"))
    if mask & HAS_SOURCE:
        fields.append(("source", "<i8"))
    if mask & HAS_SOURCE_PS:
        fields.append(("source_ps", "<u2"))
    if mask & HAS_SERVER:
        fields.append(("server", "<i8"))
    if mask & HAS_SERVER_PS:
        fields.append(("server_ps", "<u2"))
    return np.dtype(fields)


@cache
def unpacker(mask: int, kind: int) -> tuple[struct.Struct, int, int, int, int]:
    """The same for one at a time: reader from the mask byte on, and where value, status, source and server time come
    in what it returns (-1: not there)."""
    form, at, places = "<B", 1, []
    for bit, letter, count in (
        (HAS_VALUE, "B" + _LETTER[kind] if mask & HAS_VALUE else "", 1 + bool(_LETTER.get(kind))),
        (HAS_STATUS, "I", 1),
        (HAS_SOURCE, "q", 1),
        (HAS_SOURCE_PS, "H", 1),
        (HAS_SERVER, "q", 1),
        (HAS_SERVER_PS, "H", 1),
    ):
        if not mask & bit:
            places.append(-1)
            continue
        places.append(at + (bit == HAS_VALUE))
        form, at = form + letter, at + count
    value = places[0] if mask & HAS_VALUE and _LETTER[kind] else -1
    return struct.Struct(form), value, places[1], places[2], places[4]


@cache
def tail(mask: int) -> tuple[struct.Struct, int, int, int]:
    """Reader of what follows a value of variable size: status, source and server time places (-1: not there)."""
    reader, _, status, source, server = unpacker(mask & ~HAS_VALUE, 0)
    form = struct.Struct("<" + reader.format[2:])
    return form, status - 1 if status > 0 else -1, source - 1 if source > 0 else -1, server - 1 if server > 0 else -1
