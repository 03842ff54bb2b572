"""Columns of numbers as small bytes: what telemetry looks like on disk.

A pack of columns holds samples of one or many tags, sorted by tag and time; a *group* is the run of one tag. Times
become multiples of their coarsest common unit less the smallest step; values become whole numbers when a decimal scale
gives them back bit by bit (else they are XORed with their predecessor); each byte plane is compressed on its own, so
that equal time columns of several tags cost almost nothing. Everything is lossless, NaN payloads apart.
"""

from __future__ import annotations

import struct
import threading
from itertools import accumulate
from zlib import crc32

import numpy as np
import numpy.typing as npt
import zstandard

F8 = npt.NDArray[np.float64]
I8 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint64]
U4 = npt.NDArray[np.uint32]
U1 = npt.NDArray[np.uint8]
Index = npt.NDArray[np.intp]

_MAGIC = b"LKC1"
_HEAD = struct.Struct("<4sIH")
_SECTION = struct.Struct("<BII")
_RAW, _ZSTD, _CONSTANT = 0, 1, 2
_LIMIT = 1 << 24
"""No section is larger: what says so is damaged, and must not cost memory."""
_SMALL = 48
"""Below this many bytes a compressed frame costs more than it saves."""
_local = threading.local()


class BrokenPackError(ValueError):
    """The bytes are no pack of columns, or not a whole one."""


def compress(raw: bytes, level: int = 3) -> bytes:
    """One zstd frame without extras; the compressor is kept per thread and level."""
    kept: dict[int, zstandard.ZstdCompressor] = _local.__dict__.setdefault("compressors", {})
    if level not in kept:
        kept[level] = zstandard.ZstdCompressor(level=level, write_checksum=False)
    return bytes(kept[level].compress(raw))


def decompress(frame: bytes, size: int) -> bytes:
    """The reverse of ``compress``; raises BrokenPackError when it is damaged."""
    opener: zstandard.ZstdDecompressor | None = getattr(_local, "decompressor", None)
    if opener is None:
        opener = _local.decompressor = zstandard.ZstdDecompressor()
    try:
        raw = bytes(opener.decompress(frame, max_output_size=size))
    except zstandard.ZstdError as damage:
        raise BrokenPackError(str(damage)) from damage
    if len(raw) != size:
        raise BrokenPackError("a frame is shorter than its header says")
    return raw


def zigzag(a: I8) -> U8:
    """Signed to unsigned so that small magnitudes stay small: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return ((a << 1) ^ (a >> 63)).view(np.uint64)


def unzigzag(a: U8) -> I8:
    """The reverse of ``zigzag``."""
    return ((a >> np.uint64(1)).view(np.int64)) ^ -((a & np.uint64(1)).view(np.int64))


class ColumnWriter:
    """Collects columns into one pack; the reader takes them in the same order."""

    def __init__(self) -> None:
        self._heads: list[bytes] = []
        self._bodies: list[bytes] = []

    def put_bytes(self, raw: bytes) -> None:
        """One section: constant, compressed or as it is, whichever is smallest."""
        method, body = _RAW, raw
        if raw and raw.count(raw[:1]) == len(raw):
            method, body = _CONSTANT, raw[:1]
        elif len(raw) >= _SMALL:
            squeezed = compress(raw)
            if len(squeezed) < len(raw):
                method, body = _ZSTD, squeezed
        self._heads.append(_SECTION.pack(method, len(raw), len(body)))
        self._bodies.append(body)

    def put_uints(self, a: U8) -> None:
        """Unsigned numbers in as many byte planes as the largest needs."""
        width = (int(a.max()).bit_length() + 7) // 8 if len(a) else 0
        self.put_bytes(bytes([width]))
        if width:
            planes = np.ascontiguousarray(a, "<u8").view(np.uint8).reshape(-1, 8)
            for p in range(width):
                self.put_bytes(planes[:, p].tobytes())

    def put_ints(self, a: I8) -> None:
        """Signed numbers, small magnitudes small."""
        self.put_uints(zigzag(a))

    def done(self) -> bytes:
        """The pack."""
        rest = b"".join([*self._heads, *self._bodies])
        return _HEAD.pack(_MAGIC, crc32(rest), len(self._heads)) + rest


class ColumnReader:
    """Takes columns out of a pack in the order they were put, each whole or a stretch of it."""

    def __init__(self, pack: bytes) -> None:
        """Raises BrokenPackError when the pack is not what was written: a changed bit must not become a value."""
        try:
            magic, check, count = _HEAD.unpack_from(pack, 0)
            if magic != _MAGIC or crc32(memoryview(pack)[_HEAD.size :]) != check:
                raise BrokenPackError("this is no whole pack of columns")
            directory = pack[_HEAD.size : _HEAD.size + count * _SECTION.size]
            heads: list[tuple[int, int, int]] = list(_SECTION.iter_unpack(directory))
        except struct.error as damage:
            raise BrokenPackError(str(damage)) from damage
        self._pack = pack
        self._heads = heads
        self._at = list(accumulate((h[2] for h in heads), initial=_HEAD.size + count * _SECTION.size))
        if len(heads) != count or self._at[-1] != len(pack) or any(size > _LIMIT for _, size, _ in heads):
            raise BrokenPackError("the pack's directory does not fit it")
        self._next = 0

    def take_bytes(self) -> bytes:
        """The next section."""
        if self._next >= len(self._heads):
            raise BrokenPackError("the pack has fewer columns than expected")
        method, size, stored = self._heads[self._next]
        body: bytes = self._pack[self._at[self._next] : self._at[self._next] + stored]
        self._next += 1
        if method == _CONSTANT:
            return body * size
        return decompress(body, size) if method == _ZSTD else body

    def take_uints(self, lo: int = 0, hi: int | None = None, size: int | None = None) -> U8:
        """The next column of unsigned numbers, or its stretch lo..hi; ``size`` is its length (needed when all 0)."""
        width = self.take_bytes()[0]
        if width == 0:
            length = (size or 0) if hi is None else hi
            return np.zeros(max(length - lo, 0), np.uint64)
        total: U8 = np.frombuffer(self.take_bytes(), np.uint8)[lo:hi].astype(np.uint64)
        for p in range(1, width):
            plane = np.frombuffer(self.take_bytes(), np.uint8)[lo:hi]
            total |= plane.astype(np.uint64) << np.uint64(8 * p)
        return total

    def take_ints(self, lo: int = 0, hi: int | None = None, size: int | None = None) -> I8:
        """The next column of signed numbers, or its stretch."""
        return unzigzag(self.take_uints(lo, hi, size))
