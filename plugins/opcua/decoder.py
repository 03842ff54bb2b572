"""Encoded DataValues to arrays: the hot path of every reading, in pure Python and numpy.

Neighbours of equal layout are read in one go; the rest is stepped through once for its starts, then read layout by
layout; what is not of fixed size is read by itself, and what we do not know goes to the library, item by item.
"""

from __future__ import annotations

import struct
import uuid
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from plugins.opcua import layout as lay
from plugins.opcua import ticks, variant
from plugins.opcua.layout import LENGTH

EXACT = 2**53
"""Integers beyond are not exact as floating point numbers and travel as text."""
_PROBE = 12
"""So many neighbours of equal layout are worth an array of their own."""
_STRETCH = 96
"""So many items of a mixed stretch are stepped through before looking for a run again."""
_FEW = 40
"""Fewer noted items than this are read one at a time: arrays have a price of their own."""
_u4 = struct.Struct("<I").unpack_from
_i4 = struct.Struct("<i").unpack_from


class MalformedError(ValueError):
    """The bytes are not what the standard says; nothing of the message can be believed."""


@dataclass(slots=True)
class Columns:
    """n DataValues in their order on the wire; source and server count ticks, 0 where none came."""

    handles: npt.NDArray[np.uint32]
    values: npt.NDArray[np.float64]
    status: npt.NDArray[np.uint32]
    source: npt.NDArray[np.int64]
    server: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]
    texts: dict[int, str] = field(default_factory=dict)
    foreign: int = 0
    """Values that our decoder left to the library."""

    def source_ns(self, received_ns: int) -> npt.NDArray[np.int64]:
        """When each value was so, ns since 1970: by its source, else by the server, else when it came."""
        when = self.source
        missing = when <= 0
        if missing.any():
            when = np.where(missing, self.server, when)
            ns = ticks.to_ns(when)
            ns[when <= 0] = received_ns
            return ns
        return ticks.to_ns(when)


def decode(body: bytes, at: int, count: int, head: int) -> tuple[Columns, int]:
    """count DataValues from body[at:], each after a client handle when head is 4 (0: none), and where they end.

    Raises MalformedError when the bytes end too early or a mask is not of this world.
    """
    if count > (len(body) - at) // (head + 1):
        raise MalformedError(f"{count} values cannot fit into {len(body) - at} bytes")
    out = Columns(
        np.zeros(count, np.uint32), np.full(count, np.nan), np.zeros(count, np.uint32), np.zeros(count, np.int64),
        np.zeros(count, np.int64), np.zeros(count, np.uint8),
    )  # fmt: skip
    try:
        return out, _decode(body, at, count, head, out)
    except (IndexError, struct.error) as err:
        raise MalformedError(f"the message ends within a value: {err}") from err


def _decode(body: bytes, at: int, count: int, head: int, out: Columns) -> int:
    done = 0
    starts: list[int] = []
    places: list[int] = []
    while done < count:
        size = LENGTH[body[at + head]][body[at + head + 1]]
        if size and count - done >= _PROBE:
            run = _run_length(body, at + head, size + head, count - done)
            if run >= _PROBE:
                _take_run(body, at, done, run, head, out)
                at += run * (size + head)
                done += run
                continue
        stop = min(count, done + _STRETCH)
        at = _walk(body, at, done, stop, head, out, starts, places)
        done = stop
    if at > len(body):
        raise MalformedError("the message ends within a value")
    if len(starts) < _FEW:
        _take_singly(body, starts, places, head, out)
    else:
        _take_grouped(body, starts, places, head, out)
    return at


def _run_length(body: bytes, at: int, step: int, most: int) -> int:
    """How many records of one layout follow each other, by their mask and type bytes; grows the look-ahead."""
    mask, kind = body[at : at + 1], body[at + 1 : at + 2]
    typed = mask[0] & lay.HAS_VALUE
    most = min(most, (len(body) - at + step - 1) // step)
    run, window = 0, _PROBE
    while run < most:
        window = min(window, most - run)
        start = at + run * step
        masks = body[start : start + window * step : step]
        equal = len(masks) - len(masks.lstrip(mask))
        if typed:
            types = body[start + 1 : start + 1 + window * step : step]
            equal = min(equal, len(types) - len(types.lstrip(kind)))
        run += equal
        if equal < window:
            break
        window *= 8
    return run


def _take_run(body: bytes, at: int, done: int, run: int, head: int, out: Columns) -> None:
    mask = body[at + head]
    kind = body[at + head + 1] if mask & lay.HAS_VALUE else 0
    form = lay.record(mask, kind, head)
    if at + run * form.itemsize > len(body):
        raise MalformedError("the message ends within a value")
    _fill(np.frombuffer(body, form, run, at), slice(done, done + run), mask, kind, out)


def _fill(records: npt.NDArray[np.void], where: slice | npt.NDArray[np.intp], mask: int, kind: int,
          out: Columns) -> None:  # fmt: skip
    """Put records of one layout where they belong."""
    names = records.dtype.names or ()
    if "handle" in names:
        out.handles[where] = records["handle"]
    if mask & lay.HAS_STATUS:
        out.status[where] = records["status"]
    if mask & lay.HAS_SOURCE:
        out.source[where] = records["source"]
    if mask & lay.HAS_SERVER:
        out.server[where] = records["server"]
    if not kind:
        return
    out.kinds[where] = kind
    value = records["value"]
    if kind in (lay.DATETIME, lay.GUID):
        positions = range(where.start, where.stop) if isinstance(where, slice) else where.tolist()
        speak = _time_words if kind == lay.DATETIME else _guid_words
        out.texts.update(zip(positions, map(speak, value.tolist()), strict=True))
    elif kind == lay.BOOLEAN:
        out.values[where] = value != 0
    else:
        out.values[where] = value
        if kind in (lay.INT64, lay.UINT64):
            _tell_wide(value, where, out)


def _tell_wide(value: npt.NDArray[np.int64], where: slice | npt.NDArray[np.intp], out: Columns) -> None:
    wide = value > EXACT
    if value.dtype.kind == "i":
        wide |= value < -EXACT
    if not wide.any():
        return
    positions = np.arange(where.start, where.stop) if isinstance(where, slice) else where
    out.values[positions[wide]] = np.nan
    out.texts.update(zip(positions[wide].tolist(), map(str, value[wide].tolist()), strict=True))


def _time_words(count: int) -> str:
    return ticks.words(count)


def _guid_words(raw: bytes) -> str:
    return str(uuid.UUID(bytes_le=bytes(raw)))


def _walk(
    body: bytes, at: int, done: int, stop: int, head: int, out: Columns, starts: list[int], places: list[int]
) -> int:
    """Step through records of changing layout: those of fixed size are noted, the others are taken at once."""
    note, place = starts.append, places.append
    for position in range(done, stop):
        size = LENGTH[body[at + head]][body[at + head + 1]]
        if size:
            note(at)
            place(position)
            at += size + head
        else:
            at = _take_odd(body, at, position, head, out)
    return at


def _take_grouped(body: bytes, starts: list[int], places: list[int], head: int, out: Columns) -> None:
    raw = np.frombuffer(body, np.uint8)
    start, place = np.array(starts, np.intp), np.array(places, np.intp)
    masks = raw[start + head]
    kinds = np.where(masks & lay.HAS_VALUE, raw[start + head + 1], 0)
    keys = masks.astype(np.int32) << 8 | kinds
    for key in np.unique(keys).tolist():
        mask, kind = key >> 8, key & 0xFF
        form = lay.record(mask, kind, head)
        which = np.flatnonzero(keys == key)
        records = raw[start[which][:, None] + np.arange(form.itemsize)].view(form).reshape(-1)
        _fill(records, place[which], mask, kind, out)


def _take_singly(body: bytes, starts: list[int], places: list[int], head: int, out: Columns) -> None:
    handles, values, status = out.handles, out.values, out.status
    for at, position in zip(starts, places, strict=True):
        if head:
            handles[position] = _u4(body, at)[0]
        mask = body[at + head]
        kind = body[at + head + 1] if mask & lay.HAS_VALUE else 0
        reader, value_at, status_at, source_at, server_at = lay.unpacker(mask, kind)
        fields = reader.unpack_from(body, at + head)
        if status_at > 0:
            status[position] = fields[status_at]
        if source_at > 0:
            out.source[position] = fields[source_at]
        if server_at > 0:
            out.server[position] = fields[server_at]
        if value_at < 0:
            continue
        out.kinds[position] = kind
        value = fields[value_at]
        if kind == lay.DATETIME:
            out.texts[position] = ticks.words(value)
        elif kind == lay.GUID:
            out.texts[position] = _guid_words(value)
        elif kind in (lay.INT64, lay.UINT64) and not -EXACT <= value <= EXACT:
            out.texts[position] = str(value)
        else:
            values[position] = value != 0 if kind == lay.BOOLEAN else value


def _take_odd(body: bytes, at: int, position: int, head: int, out: Columns) -> int:
    """One value of variable size; returns where the next begins."""
    if head:
        out.handles[position] = _u4(body, at)[0]
    at += head
    mask, kind = body[at], body[at + 1]
    if mask > 0x3F:
        raise MalformedError(f"encoding mask 0x{mask:02X}")
    at += 2
    text: str | None
    if kind == lay.STRING or kind == lay.XML:
        text, at = _string(body, at)
    elif kind == lay.BYTES:
        raw, at = _bytes(body, at)
        text = None if raw is None else raw.hex()
    elif kind == lay.LOCALIZED_TEXT:
        parts = body[at]
        at += 1
        if parts & 1:
            _, at = _bytes(body, at)
        text = ""
        if parts & 2:
            text, at = _string(body, at)
    elif kind == lay.QUALIFIED_NAME:
        text, at = _string(body, at + 2)
    else:
        kind, number, text, at = _foreign(body, at - 1)
        out.foreign += 1
        if number is not None:
            out.values[position] = number
    if text is not None:
        out.texts[position] = text
    # a null string is no value at all, as the library says too
    out.kinds[position] = kind if text is not None or not np.isnan(out.values[position]) else 0
    reader, status_at, source_at, server_at = lay.tail(mask)
    fields = reader.unpack_from(body, at)
    if status_at >= 0:
        out.status[position] = fields[status_at]
    if source_at >= 0:
        out.source[position] = fields[source_at]
    if server_at >= 0:
        out.server[position] = fields[server_at]
    return at + reader.size


def _foreign(body: bytes, at: int) -> tuple[int, float | None, str | None, int]:
    try:
        return variant.decode(body, at)
    except Exception as err:
        raise MalformedError(f"a value that the library cannot read either: {err}") from err


def _bytes(body: bytes, at: int) -> tuple[bytes | None, int]:
    length = _i4(body, at)[0]
    at += 4
    if length < 0:
        return None, at
    if at + length > len(body):
        raise MalformedError("the message ends within a text")
    return body[at : at + length], at + length


def _string(body: bytes, at: int) -> tuple[str | None, int]:
    raw, at = _bytes(body, at)
    return (None if raw is None else raw.decode("utf-8", "replace")), at
