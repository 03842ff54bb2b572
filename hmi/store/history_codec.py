"""The three byte forms of the history: tails (as they came), sample packs (by tag), tier packs (by tag and bucket)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

from hmi.store.column_times import put_times, take_times
from hmi.store.column_values import put_values, take_values
from hmi.store.columns import F8, I8, U1, U4, BrokenPackError, ColumnReader, ColumnWriter, Index, compress, decompress

I4 = npt.NDArray[np.int32]
_TAIL = struct.Struct("<II")


@dataclass(slots=True)
class Samples:
    """Samples of one or many tags; all columns have one length n. key names the tag, value NaN is no value."""

    key: I4
    time_ns: I8
    value: F8
    status: U4

    def __len__(self) -> int:
        return len(self.key)

    def take(self, which: npt.NDArray[np.bool_] | Index) -> Samples:
        """Some of the samples."""
        return Samples(self.key[which], self.time_ns[which], self.value[which], self.status[which])

    @classmethod
    def none(cls) -> Samples:
        """No samples."""
        return cls(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint32))

    @classmethod
    def joined(cls, parts: list[Samples]) -> Samples:
        """Several one after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([p.key for p in parts]),
            np.concatenate([p.time_ns for p in parts]),
            np.concatenate([p.value for p in parts]),
            np.concatenate([p.status for p in parts]),
        )

    def ordered(self) -> Samples:
        """By tag and time, arrival order kept between equals; exact duplicates (a replayed value) dropped."""
        if not len(self):
            return self
        samples = self.take(np.lexsort((self.time_ns, self.key)))
        bits = samples.value.view(np.int64)
        again = np.zeros(len(samples), bool)
        again[1:] = (
            (samples.key[1:] == samples.key[:-1])
            & (samples.time_ns[1:] == samples.time_ns[:-1])
            & (bits[1:] == bits[:-1])
            & (samples.status[1:] == samples.status[:-1])
        )
        return samples.take(~again) if again.any() else samples


def pack_tail(samples: Samples) -> bytes:
    """Columns as they stand, lightly compressed: written twice a second, so cheap before small."""
    if not len(samples):
        raise ValueError("an empty tail")
    columns = (samples.key, samples.time_ns, samples.value, samples.status)
    forms = ("<i4", "<i8", "<f8", "<u4")
    raw = b"".join(np.asarray(c, f).tobytes() for c, f in zip(columns, forms, strict=True))
    body = compress(raw, 1)
    return _TAIL.pack(len(samples), crc32(body)) + body


def unpack_tail(pack: bytes) -> Samples:
    """The reverse of ``pack_tail``; raises BrokenPackError."""
    n, check = _TAIL.unpack_from(pack) if len(pack) > _TAIL.size else (0, 0)
    if not n or crc32(memoryview(pack)[_TAIL.size :]) != check:
        raise BrokenPackError("this is no whole tail")
    raw = decompress(pack[_TAIL.size :], n * 24)
    return Samples(
        np.frombuffer(raw, "<i4", n, 0),
        np.frombuffer(raw, "<i8", n, 4 * n),
        np.frombuffer(raw, "<f8", n, 12 * n),
        np.frombuffer(raw, "<u4", n, 20 * n),
    )


@dataclass(slots=True)
class Tiers:
    """Time buckets of tags, UTC-aligned; all columns have one length n.

    value columns look only at samples that may be believed (GOOD, UNCERTAIN): low and high are NaN when there is none.
    first and last are NaN when the bucket begins or ends in a gap. quality is the worst, count counts every sample.
    """

    key: I4
    bucket_ns: I8
    first_ns: I8
    last_ns: I8
    low_ns: I8
    high_ns: I8
    low: F8
    high: F8
    first: F8
    last: F8
    count: I8
    quality: U1

    def __len__(self) -> int:
        return len(self.key)

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of the columns in their order."""
        return tuple(cls.__dataclass_fields__)

    def take(self, which: npt.NDArray[np.bool_] | Index) -> Tiers:
        """Some of the buckets."""
        return Tiers(*(getattr(self, name)[which] for name in self.columns()))

    @classmethod
    def joined(cls, parts: list[Tiers]) -> Tiers:
        """Several one after the other."""
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in cls.columns()))

    @classmethod
    def none(cls) -> Self:
        """No buckets."""
        i8, f8 = np.empty(0, np.int64), np.empty(0)
        return cls(np.empty(0, np.int32), i8, i8, i8, i8, i8, f8, f8, f8, f8, i8, np.empty(0, np.uint8))


def pack_samples(samples: Samples) -> bytes:
    """Ordered samples as a pack."""
    out = ColumnWriter()
    starts = _put_groups(out, samples.key)
    put_times(out, starts, samples.time_ns)
    put_values(out, starts, samples.value)
    turns = np.flatnonzero(np.append(True, samples.status[1:] != samples.status[:-1]))
    out.put_uints(np.diff(turns, prepend=0).astype(np.uint64))
    out.put_uints(samples.status[turns].astype(np.uint64))
    return out.done()


def unpack_samples(pack: bytes, key: int | None = None) -> Samples:
    """The samples of a pack, or only those of one tag; raises BrokenPackError."""
    source = ColumnReader(pack)
    try:
        keys, starts, total, lo, hi = _take_groups(source, key)
        if lo == hi:
            return Samples.none()
        first, end = int(starts[lo]), int(starts[hi]) if hi < len(starts) else total
        times = take_times(source, starts, total, lo, hi)
        values = take_values(source, starts, total, lo, hi)
        turns = np.cumsum(source.take_uints(size=1).astype(np.int64))
        words = source.take_uints(size=len(turns)).astype(np.uint32)
        status = np.repeat(words, np.diff(np.append(turns, total)))[first:end]
        counts = np.diff(np.append(starts[lo:hi], end))
        return Samples(np.repeat(keys[lo:hi], counts), times, values, status)
    except (IndexError, ValueError) as damage:
        raise BrokenPackError(str(damage)) from damage


_MARKS = (("first_ns", 1 << 16), ("last_ns", 1 << 16), ("low_ns", 1 << 8), ("high_ns", 1 << 8))
"""Into how many parts a bucket is divided to say when its first, last, lowest and highest sample came."""


def pack_tiers(tiers: Tiers, width_ns: int) -> bytes:
    """Ordered buckets as a pack; times within a bucket are kept in 1/65536 (first, last) or 1/256 (low, high) of it."""
    out = ColumnWriter()
    starts = _put_groups(out, tiers.key)
    put_times(out, starts, tiers.bucket_ns)
    for name, steps in _MARKS:
        part = (getattr(tiers, name) - tiers.bucket_ns) // -(-width_ns // steps)
        out.put_uints(np.clip(part, 0, steps - 1).astype(np.uint64))
    for name in ("low", "high", "first", "last"):
        put_values(out, starts, getattr(tiers, name))
    out.put_uints(tiers.count.astype(np.uint64))
    out.put_uints(tiers.quality.astype(np.uint64))
    return out.done()


def unpack_tiers(pack: bytes, width_ns: int, key: int | None = None) -> Tiers:
    """The buckets of a pack, or only those of one tag; raises BrokenPackError."""
    source = ColumnReader(pack)
    try:
        keys, starts, total, lo, hi = _take_groups(source, key)
        if lo == hi:
            return Tiers.none()
        first, end = int(starts[lo]), int(starts[hi]) if hi < len(starts) else total
        bucket = take_times(source, starts, total, lo, hi)
        begin, last, low, high = (
            bucket + source.take_uints(first, end, total).astype(np.int64) * -(-width_ns // steps)
            for _, steps in _MARKS
        )
        low, high = np.clip(low, begin, last), np.clip(high, begin, last)
        lowest, highest, entry, leave = (take_values(source, starts, total, lo, hi) for _ in range(4))
        count = source.take_uints(first, end, total).astype(np.int64)
        quality = source.take_uints(first, end, total).astype(np.uint8)
        counts = np.diff(np.append(starts[lo:hi], end))
        return Tiers(
            np.repeat(keys[lo:hi], counts),
            bucket,
            begin,
            last,
            low,
            high,
            lowest,
            highest,
            entry,
            leave,
            count,
            quality,
        )
    except (IndexError, ValueError) as damage:
        raise BrokenPackError(str(damage)) from damage


def _put_groups(out: ColumnWriter, key: I4) -> Index:
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    out.put_ints(np.array([len(starts), len(key)], np.int64))
    out.put_ints(np.diff(key[starts], prepend=0).astype(np.int64))
    out.put_uints(np.diff(np.append(starts, len(key))).astype(np.uint64))
    return starts


def _take_groups(source: ColumnReader, key: int | None) -> tuple[I4, Index, int, int, int]:
    """Keys, first positions, number of samples, and which groups are asked for (lo..hi)."""
    groups, total = source.take_ints(size=2).tolist()
    keys = np.cumsum(source.take_ints(size=groups)).astype(np.int32)
    counts = source.take_uints(size=groups).astype(np.intp)
    starts = np.cumsum(counts) - counts
    if len(keys) != groups or int(counts.sum()) != total:
        raise BrokenPackError("the pack's directory does not add up")
    if key is None:
        return keys, starts, total, 0, groups
    lo = int(np.searchsorted(keys, key))
    return keys, starts, total, lo, lo + int(lo < groups and keys[lo] == key)
