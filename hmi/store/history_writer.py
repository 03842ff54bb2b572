"""The history's writer: takes readings on the engine's loop, puts them on disk on its own thread."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy.exc import SQLAlchemyError

from hmi.model.text import Lang, Text
from hmi.model.words import say
from hmi.store.columns import F8, I8, U4
from hmi.store.faults import Fault, fault_of, words_of
from hmi.store.history_codec import I4, Samples
from hmi.store.history_file import HistoryFile
from hmi.store.history_intake import Intake, TextChange
from hmi.store.history_tables import HistoryTag, Retention
from hmi.store.history_upkeep import Upkeep
from hmi.store.sqlite import companions, size_mb

_log = logging.getLogger(__name__)
TAIL_S = 0.4
"""How often what came is put on disk: a kill loses no more than this and the time of a commit."""
_BEAT_NS = 1_000_000_000
_RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class HistoryStats:
    """Figures of the writer for the system screen; counts since it was made."""

    queue: int
    """Samples received and not yet on disk."""
    mb: float
    lost: int
    """Samples dropped because they could not be written for too long."""
    written: int
    """Samples on disk, those added at the end of gaps not counted."""
    resumed: int
    retimed: int
    within_deadband: int
    broken: int
    """Packs that could not be read when they were merged."""


@dataclass(slots=True)
class _Batch:
    rows: I4
    values: F8
    status: U4
    source_ns: I8
    texts: dict[int, str]
    arrived_ns: int


class HistoryWriter:
    """Writes the history of the given tags; ``put`` names a tag by its place in that sequence."""

    def __init__(
        self,
        file: Path,
        tags: Sequence[HistoryTag],
        retention: Retention | None = None,
        on_fault: Callable[[Text | None], None] = lambda why: None,
        *,
        clock: Callable[[], int] = time.time_ns,
        limit: int = 2_000_000,
        tail_s: float = TAIL_S,
    ) -> None:
        """Open ``file`` (made when missing) and start the thread.

        ``on_fault`` is called on the writer's thread: with the reason when writing fails, with None when it works
        again. ``limit`` bounds the samples kept while nothing can be written. Raises NewerFileError.
        """
        self._file, self._tags, self._retention, self._on_fault = file, tuple(tags), retention or Retention(), on_fault
        self._clock, self._limit, self._tail_s = clock, limit, tail_s
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._queue: deque[_Batch] = deque()
        self._queued = self._held_count = self._lost = self._written = 0
        self._flushes: list[threading.Event] = []
        self._stopping = False
        self._held: list[Samples] = []
        self._texts: list[TextChange] = []
        self._fault: Fault | None = None
        self._db: HistoryFile | None = None
        self._upkeep: Upkeep | None = None
        self._intake: Intake | None = None
        self._keys: dict[str, int] = {}
        self._beat_ns = 0
        self._tried = -_RETRY_S
        self._start_ns = clock()
        self._opened()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def put(self, rows: I4, values: F8, status: U4, source_ns: I8, texts: dict[int, str] | None = None) -> None:
        """Take readings; never blocks for the disk. Arrays of one length are copied; texts by position in them.

        A value that is NaN, or a status that says BAD, begins a gap of its tag. Raises ValueError for rows that are no
        tags.
        """
        if not len(rows):
            return
        if rows.min() < 0 or rows.max() >= len(self._tags):
            raise ValueError("a row is no tag of this history")
        batch = _Batch(
            np.array(rows, np.int32), np.array(values, np.float64), np.array(status, np.uint32),
            np.array(source_ns, np.int64), dict(texts) if texts else {}, self._clock(),
        )  # fmt: skip
        with self._lock:
            if self._stopping:
                self._lost += len(batch.rows)
                return
            self._queue.append(batch)
            self._queued += len(batch.rows)
            while self._queued > self._limit and len(self._queue) > 1:
                dropped = len(self._queue.popleft().rows)
                self._queued -= dropped
                self._lost += dropped

    def flush(self, timeout: float) -> bool:
        """Wait until everything put so far is on disk; False when that took longer."""
        done = threading.Event()
        with self._lock:
            self._flushes.append(done)
        self._wake.set()
        return done.wait(timeout)

    def stats(self) -> HistoryStats:
        """The figures now."""
        intake = self._intake
        return HistoryStats(
            self._queued + self._held_count, size_mb(self._file), self._lost, self._written,
            intake.resumed if intake else 0, intake.retimed if intake else 0,
            intake.within_deadband if intake else 0, self._upkeep.broken if self._upkeep else 0,
        )  # fmt: skip

    def close(self, timeout: float = 10.0) -> None:
        """Put on disk what came, end the run, let go of the file."""
        with self._lock:
            self._stopping = True
        self._wake.set()
        self._thread.join(timeout)

    # what follows runs on the writer's thread

    def _run(self) -> None:
        while True:
            self._wake.wait(self._tail_s)
            self._wake.clear()
            stopping = self._stopping
            with self._lock:
                batches, self._queue = self._queue, deque()
                # counted as held at once, so that the figure never shows fewer than there are
                self._held_count += self._queued
                self._queued = 0
                flushes = list(self._flushes)
            try:
                if self._cycle(batches, stopping):
                    with self._lock:
                        self._flushes = [f for f in self._flushes if f not in flushes]
                    for done in flushes:
                        done.set()
            except Exception as error:  # noqa: BLE001 - nothing may end this thread: history would stop unsaid
                self._trouble(error)
            if stopping:
                break
        self._end()

    def _cycle(self, batches: deque[_Batch], stopping: bool) -> bool:
        """One turn; True when everything taken so far is on disk."""
        may_try = self._may_try(stopping)
        if self._intake is None and not (may_try and self._opened()):
            self._give_back(batches)
            return False
        assert self._intake is not None
        while batches:
            batch = batches.popleft()
            samples, texts = self._intake.admit(
                batch.rows, batch.values, batch.status, batch.source_ns, batch.texts, batch.arrived_ns
            )
            if len(samples):
                self._held.append(samples)
            self._texts += texts
        self._bound()
        if not may_try or not self._opened():
            return False
        self._append()
        self._fine()
        if self._upkeep is not None and not stopping:
            self._upkeep.step(self._clock())
        return True

    def _give_back(self, batches: deque[_Batch]) -> None:
        """The file was never open, so its keys are not known: keep the readings as they came."""
        with self._lock:
            self._queued += self._held_count
            self._held_count = 0
            self._queue.extendleft(reversed(batches))

    def _may_try(self, stopping: bool) -> bool:
        now = time.monotonic()
        if self._fault is not None and now - self._tried < _RETRY_S and not stopping:
            return False
        self._tried = now
        return True

    def _opened(self) -> bool:
        """Whether the file is open, opening it if need be."""
        if self._db is None:
            try:
                self._open()
            except (SQLAlchemyError, sqlite3.Error, OSError) as error:
                self._trouble(error)
        return self._db is not None

    def _open(self) -> None:
        now = self._clock()
        db = HistoryFile(self._file, now, self._keys)
        try:
            keys = db.keys_of([tag.id for tag in self._tags])
            intake = self._intake or Intake(self._tags, keys, self._start_ns)
            self._upkeep = Upkeep(db, self._retention, intake.anchors, now)
        except BaseException:
            db.close()
            raise
        self._db, self._intake, self._keys = db, intake, dict(db.keys)

    def _bound(self) -> None:
        count = sum(len(s) for s in self._held)
        while count > self._limit and len(self._held) > 1:
            dropped = len(self._held.pop(0))
            count -= dropped
            self._lost += dropped
        del self._texts[: max(0, len(self._texts) - self._limit // 10)]
        self._held_count = count

    def _append(self) -> None:
        assert self._db is not None
        now = self._clock()
        if not self._held and not self._texts and 0 <= now - self._beat_ns < _BEAT_NS:
            return
        samples = Samples.joined(self._held)
        tails = self._db.append(samples, self._texts, now)
        self._held, self._texts, self._held_count, self._beat_ns = [], [], 0, now
        self._written += len(samples)
        if self._upkeep is not None:
            self._upkeep.grew(samples, tails, now)

    def _end(self) -> None:
        if self._upkeep is not None:
            self._upkeep.close()
        if self._db is not None:
            try:
                self._db.end_run(self._clock())
            except (SQLAlchemyError, OSError) as error:
                _log.warning("%s", words_of(error, self._file).of(Lang.EN))
            self._db.close()
        self._lost += self._held_count

    def _trouble(self, error: BaseException) -> None:
        fault, said = fault_of(error), words_of(error, self._file)
        if fault is Fault.DAMAGED:
            try:
                said = self._set_aside()
            except OSError as stuck:  # somebody holds it open: it is tried again
                fault, said = fault_of(stuck), words_of(stuck, self._file)
        if fault is not self._fault:
            if fault is Fault.OTHER:
                _log.error("%s", said.of(Lang.EN), exc_info=error)
            else:
                _log.warning("%s", said.of(Lang.EN))
            self._fault = fault
            self._on_fault(said)

    def _fine(self) -> None:
        if self._fault is not None:
            self._fault = None
            _log.info("%s: recording again; %d samples lost", self._file.name, self._lost)
            self._on_fault(None)

    def _set_aside(self) -> Text:
        """Keep the damaged file under another name; what its tails held in memory goes into the new one."""
        if self._upkeep is not None:
            unmerged = self._upkeep.close()
            self._written = max(0, self._written - sum(len(s) for s in unmerged))
            self._held = unmerged + self._held
            self._upkeep = None
        if self._db is not None:
            self._db.close()
            self._db = None
        aside = self._file.with_name(f"{self._file.name}.corrupt.{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
        for part, name in zip(companions(self._file), companions(aside), strict=True):
            if part.exists():
                part.replace(name)
        if self._file.exists():
            self._file.replace(aside)
        self._tried = -_RETRY_S
        return say("store.set_aside", file=self._file.name, aside=aside.name)
