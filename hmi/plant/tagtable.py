"""The tag table: the last reading of every tag, shared with the window through a memory-mapped file.

One writer (the engine), any number of readers, no lock: each row has a sequence number that is odd while the row is
being written (a seqlock), so a reader takes a row only when the number was even and the same before and after. Readers
poll once per frame and look only at rows whose number moved. A heartbeat makes everything STALE within a second when
the engine dies, because a dead engine cannot say so itself.

Python's SharedMemory before 3.13 unlinks a block when an attached process exits, hence a plain file of our own (0600).
"""

from __future__ import annotations

import mmap
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value

MAGIC = 0x4C4B5442  # "LKTB"
VERSION = 1
TEXT_BYTES = 96
HEARTBEAT_LIMIT_S = 1.0

_HEADER = np.dtype(
    [("magic", "<u4"), ("version", "<u4"), ("capacity", "<u4"), ("pid", "<u4"), ("revision", "<u8"),
     ("beat_mono", "<i8"), ("beat_wall", "<i8"), ("writes", "<u8"), ("spare", "V16")]
)  # fmt: skip
_COLUMNS: list[tuple[str, str]] = [
    ("seq", "<u4"), ("status", "<u4"), ("value", "<f8"), ("source_ns", "<i8"), ("arrived_ns", "<i8"),
    ("kind", "u1"), ("cut", "u1"), ("text", f"S{TEXT_BYTES}"),
]  # fmt: skip

BOOLEAN, STRING, DATETIME = 1, 12, 13
_INTEGERS = frozenset(range(2, 10))


def _layout(capacity: int) -> tuple[dict[str, tuple[int, np.dtype[np.void]]], int]:
    at, places = 64 * ((_HEADER.itemsize + 63) // 64), {}
    for name, form in _COLUMNS:
        dtype = np.dtype(form)
        places[name] = (at, dtype)
        at += 64 * ((dtype.itemsize * capacity + 63) // 64)
    return places, at


class _Table:
    """The columns over the mapped file, common to writer and reader."""

    def __init__(self, memory: mmap.mmap, capacity: int) -> None:
        self._memory = memory
        self.capacity = capacity
        self._head = np.frombuffer(memory, _HEADER, 1)
        places, _ = _layout(capacity)
        column: dict[str, npt.NDArray[Any]] = {
            n: np.frombuffer(memory, d, capacity, at) for n, (at, d) in places.items()
        }
        self.seq, self.status, self.value = column["seq"], column["status"], column["value"]
        self.source_ns, self.arrived_ns = column["source_ns"], column["arrived_ns"]
        self.kind, self.cut, self.text = column["kind"], column["cut"], column["text"]


class TagTableWriter(_Table):
    """The engine's side: makes the file and is the only one that writes it."""

    def __init__(self, file: Path, capacity: int, revision: int) -> None:
        """Make the file for ``capacity`` tags; revision names the plant file's content, so that readers notice."""
        _, size = _layout(max(capacity, 1))
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(handle, size)
            super().__init__(mmap.mmap(handle, size), max(capacity, 1))
        finally:
            os.close(handle)
        head = self._head[0]
        head["version"], head["capacity"], head["pid"], head["revision"] = VERSION, self.capacity, os.getpid(), revision
        self.status[:] = q.BAD_WAITING_FOR_INITIAL_DATA
        self.value[:] = np.nan
        self.beat()
        head["magic"] = MAGIC
        fresh.replace(file)

    def write(
        self,
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[np.float64],
        status: npt.NDArray[np.uint32],
        source_ns: npt.NDArray[np.int64],
        kinds: npt.NDArray[np.uint8],
        texts: dict[int, str],
        arrived_ns: int,
    ) -> None:
        """Put readings into the table; of several readings of one row the last stays.

        ``texts`` is keyed by position within ``rows``. All arrays have one length.
        """
        self.seq[rows] |= 1
        self.value[rows] = values
        self.status[rows] = status
        self.source_ns[rows] = source_ns
        self.arrived_ns[rows] = arrived_ns
        self.kind[rows] = kinds
        for position, text in texts.items():
            raw = text.encode("utf-8", "replace")
            row = rows[position]
            self.cut[row] = len(raw) > TEXT_BYTES
            self.text[row] = raw[:TEXT_BYTES].decode("utf-8", "ignore").encode() if len(raw) > TEXT_BYTES else raw
        self.seq[rows] += 1
        self._head["writes"] += np.uint64(len(rows))

    def set_status(self, rows: npt.NDArray[np.int32], status: int) -> None:
        """Put rows in doubt: value and source time stay what they were, only the status changes."""
        self.seq[rows] |= 1
        self.status[rows] = status
        self.seq[rows] += 1

    def beat(self) -> None:
        """Say that the engine lives; call at least every 0.25 s."""
        self._head["beat_mono"] = time.monotonic_ns()
        self._head["beat_wall"] = time.time_ns()

    def reading(self, row: int) -> Reading:
        """The last reading of one row, for the engine's own use."""
        return Reading(_value(self, row), int(self.status[row]), int(self.source_ns[row]))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows copied whole from the table at one moment; arrays share the order of ``rows``."""

    rows: npt.NDArray[np.intp]
    value: npt.NDArray[np.float64]
    status: npt.NDArray[np.uint32]
    source_ns: npt.NDArray[np.int64]


class TableGoneError(OSError):
    """There is no tag table yet, or it is not one of ours."""


class TagTableReader(_Table):
    """The window's side: reads without ever holding up the engine."""

    def __init__(self, file: Path) -> None:
        """Attach to the engine's table. TableGoneError when there is none."""
        try:
            with file.open("rb") as handle:
                memory = mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as err:
            raise TableGoneError(str(file)) from err
        head = np.frombuffer(memory, _HEADER, 1)[0]
        if head["magic"] != MAGIC or head["version"] != VERSION:
            raise TableGoneError(str(file))
        super().__init__(memory, int(head["capacity"]))
        self._seen = np.zeros(self.capacity, np.uint32)

    @property
    def revision(self) -> int:
        """Which plant file the rows belong to."""
        return int(self._head[0]["revision"])

    @property
    def writes(self) -> int:
        """Readings put into the table since the engine started."""
        return int(self._head[0]["writes"])

    def beat_age_s(self) -> float:
        """Seconds since the engine last said that it lives (monotonic clock of this machine)."""
        return (time.monotonic_ns() - int(self._head[0]["beat_mono"])) / 1e9

    @property
    def alive(self) -> bool:
        """Whether the engine's heartbeat is fresh."""
        return self.beat_age_s() <= HEARTBEAT_LIMIT_S

    def changed(self) -> Snapshot:
        """All rows written since the last call, each copied whole; a row caught in mid-write comes next time."""
        before = self.seq.copy()
        rows = np.flatnonzero((before != self._seen) & (before & 1 == 0))
        snapshot = Snapshot(rows, self.value[rows], self.status[rows], self.source_ns[rows])
        whole = self.seq[rows] == before[rows]
        self._seen[rows[whole]] = before[rows[whole]]
        if whole.all():
            return snapshot
        return Snapshot(rows[whole], snapshot.value[whole], snapshot.status[whole], snapshot.source_ns[whole])

    def forget(self) -> None:
        """Let the next ``changed`` return every row again."""
        self._seen[:] = 0

    def reading(self, row: int) -> Reading:
        """The last reading of one row; STALE when the engine no longer beats."""
        while True:
            before = int(self.seq[row])
            value, status, source = _value(self, row), int(self.status[row]), int(self.source_ns[row])
            if before & 1 == 0 and int(self.seq[row]) == before:
                break
            if not self.alive:
                break  # the engine died in mid-write: what is there is told as STALE below
        if not self.alive and q.quality_of(status) is not Quality.BAD:
            status = q.STALE_ENGINE_SILENT
        return Reading(value, status, source)


def _value(table: _Table, row: int) -> Value:
    kind, number = int(table.kind[row]), float(table.value[row])
    if kind == 0:
        return None
    if kind == BOOLEAN:
        return bool(number)
    if np.isnan(number) and kind not in (10, 11):
        text = bytes(table.text[row]).decode("utf-8", "replace")
        return text + "…" if table.cut[row] else text
    if kind in _INTEGERS:
        return int(number)
    return number
