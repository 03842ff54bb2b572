"""The history's upkeep beside recording: tails become packs, packs become larger ones, old ones go.

Merges are computed on a thread of their own; the writer's thread only puts results in place, so that the next half
second never waits for the last hour. When something here fails recording goes on, and it is tried again later.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from hmi.model.text import Lang
from hmi.store.faults import Fault, fault_of, words_of
from hmi.store.history_codec import Samples
from hmi.store.history_file import HistoryFile
from hmi.store.history_merge import Job, Merged, anchor_rows, merge, next_job, sample_rows
from hmi.store.history_tables import HOUR_NS, Retention

_log = logging.getLogger(__name__)
_GROUP_NS = 20_000_000_000
_GROUP_SAMPLES = 250_000
_PURGE_S, _PURGE_ON_S = 60.0, 2.0
_AGAIN_S = 5.0


@dataclass(slots=True)
class _Merging:
    """A merge under way: of blocks (job), or of tails with the samples they hold."""

    result: Future[Merged]
    job: Job | None
    tails: list[int] = field(default_factory=list)
    samples: list[Samples] = field(default_factory=list)


class Upkeep:
    """Upkeep of one open history file; used on the writer's thread only."""

    def __init__(self, db: HistoryFile, retention: Retention, anchors: Callable[[], Samples], now_ns: int) -> None:
        """Take over what an earlier run left; ``anchors`` gives the last sample of every tag."""
        self._db, self._retention, self._anchors = db, retention, anchors
        self._merger = ThreadPoolExecutor(1, thread_name_prefix="history-merge")
        self._merging: _Merging | None = None
        self._tails, leftover = db.leftovers()
        self._group = [leftover] if self._tails else []
        self._group_since = 0
        self._batches = db.batches()
        self._anchored_ns = now_ns
        self._purged = -_PURGE_S
        self._wait_until = 0.0
        self.broken = 0
        """Packs that could not be read when they were merged."""

    def grew(self, samples: Samples, tails: list[int], now_ns: int) -> None:
        """Tails were written; they are merged when enough has come."""
        if not len(samples):
            return
        if not self._group:
            self._group_since = now_ns
        self._group.append(samples)
        self._tails += tails

    def step(self, now_ns: int) -> None:
        """Do what is due, for a short time. Raises the database's error only when the file is damaged."""
        if time.monotonic() < self._wait_until:
            return
        try:
            self._step(now_ns)
        except (SQLAlchemyError, sqlite3.Error, OSError) as error:
            if fault_of(error) is Fault.DAMAGED:
                raise
            if self._wait_until == 0.0:
                _log.warning("%s (merging waits)", words_of(error, self._db.file).of(Lang.EN))
            self._wait_until = time.monotonic() + _AGAIN_S
        else:
            self._wait_until = 0.0

    def _step(self, now_ns: int) -> None:
        if self._merging is not None:
            if not self._merging.result.done():
                return
            self._collect(self._merging)
        if not 0 <= now_ns - self._anchored_ns < HOUR_NS:
            self._db.add(anchor_rows(self._anchors(), now_ns))
            self._anchored_ns = now_ns
        if time.monotonic() - self._purged >= _PURGE_S:
            self._purged = time.monotonic()
            if self._db.purge(self._retention, now_ns):
                self._batches = self._db.batches()
                self._purged -= _PURGE_S - _PURGE_ON_S
        grown = sum(len(s) for s in self._group)
        if self._group and (grown >= _GROUP_SAMPLES or not 0 <= now_ns - self._group_since < _GROUP_NS):
            samples, tails = self._group, self._tails
            self._merging = _Merging(self._merger.submit(_packed, samples), None, tails, samples)
            self._group, self._tails = [], []
        elif (due := next_job(self._batches)) is not None:
            self._merging = _Merging(self._merger.submit(_merged, self._db, due), due)

    def _collect(self, merging: _Merging) -> None:
        """Put a merge's result in place of its sources; what cannot be put now is put later."""
        if (error := merging.result.exception()) is not None:
            self._forget(merging)
            raise error
        result, job = merging.result.result(), merging.job
        if job is None:
            made = self._db.consolidate(merging.tails, result.rows)
            self._batches += [made] if made else []
        else:
            gone = {(job.kind, batch) for batch in job.batches}
            instead = self._db.replace(job, result.rows)
            self._batches = [b for b in self._batches if (b.kind, b.batch) not in gone] + instead
        self._merging = None
        if result.broken:
            self.broken += result.broken
            _log.warning("%s: %d packs could not be read and were left out", self._db.file.name, result.broken)

    def _forget(self, merging: _Merging) -> None:
        """A merge came to nothing: its samples wait for the next one."""
        self._merging = None
        self._group = merging.samples + self._group
        self._tails = merging.tails + self._tails

    def close(self) -> list[Samples]:
        """Stop; returns the samples that stand in tails only."""
        self._merger.shutdown(wait=True, cancel_futures=True)
        if self._merging is not None:
            self._forget(self._merging)
        return self._group


def _packed(samples: list[Samples]) -> Merged:
    return Merged(sample_rows(Samples.joined(samples).ordered(), 1))


def _merged(db: HistoryFile, job: Job) -> Merged:
    return merge(job, db.packs(job))
