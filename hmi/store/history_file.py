"""history.db opened by its writer: every statement that changes it, each act in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from hmi.model.words import say
from hmi.store import history_tables as t
from hmi.store.columns import BrokenPackError
from hmi.store.faults import NewerFileError
from hmi.store.history_codec import Samples, pack_tail, unpack_tail
from hmi.store.history_intake import TextChange
from hmi.store.history_merge import BatchInfo, Job
from hmi.store.history_tables import Kind, Retention
from hmi.store.sqlite import reading, writing

_log = logging.getLogger(__name__)
_TAIL_LIMIT = 200_000
_VACUUM_PAGES = 2_560
"""At most so many pages are given back to the disk at a time."""
_PURGE_BYTES = 64_000_000
"""At most so much is deleted at a time, so that tails are not kept waiting."""
_DAY_NS = 86_400_000_000_000


class HistoryFile:
    """The writer's side of one history file."""

    def __init__(self, file: Path, now_ns: int, known: dict[str, int] | None = None) -> None:
        """Open or make the file and begin a run; ``known`` are keys that a file set aside had given.

        Raises NewerFileError, or the database's own error (see faults.fault_of).
        """
        self.file = file
        self._write = writing(file, "NORMAL")
        self._read = reading(file, pool_size=0)
        try:
            with self._write.begin() as c:
                t.metadata.create_all(c)
                found = c.scalar(select(t.about.c.value).where(t.about.c.name == "schema"))
                if found is None:
                    c.execute(insert(t.about), {"name": "schema", "value": str(t.SCHEMA)})
                elif int(found) > t.SCHEMA:
                    raise NewerFileError(say("store.newer", file=file.name, found=found, known=t.SCHEMA))
                self.keys = {str(id_): int(key) for id_, key in c.execute(select(t.tag.c.id, t.tag.c.key))}
                if known and not self.keys:
                    self._add_keys(c, known)
                self.run = int(
                    c.scalar(insert(t.run).returning(t.run.c.id), {"start_ns": now_ns, "end_ns": now_ns}) or 0
                )
                self._batch = int(c.scalar(select(func.coalesce(func.max(t.block.c.batch), 0))) or 0)
        except BaseException:
            self.close()
            raise

    def _add_keys(self, c: Connection, keys: dict[str, int]) -> None:
        if keys:
            c.execute(insert(t.tag), [{"key": key, "id": id_} for id_, key in keys.items()])
            self.keys.update(keys)

    def keys_of(self, ids: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        """The file's keys of tag ids; new tags get one, those of an earlier plant file keep theirs."""
        fresh = [i for i in dict.fromkeys(ids) if i not in self.keys]
        if fresh:
            top = max(self.keys.values(), default=0) + 1
            with self._write.begin() as c:
                self._add_keys(c, {id_: top + n for n, id_ in enumerate(fresh)})
        return np.array([self.keys[i] for i in ids], np.int32)

    def append(self, samples: Samples, texts: Sequence[TextChange], now_ns: int) -> list[int]:
        """Put what was received on disk and say that the engine lives; returns the ids of the tails."""
        ids = []
        with self._write.begin() as c:
            for at in range(0, len(samples), _TAIL_LIMIT):
                part = samples.take(np.arange(at, min(at + _TAIL_LIMIT, len(samples))))
                row = {
                    "first_ns": int(part.time_ns.min()), "last_ns": int(part.time_ns.max()),
                    "samples": len(part), "data": pack_tail(part),
                }  # fmt: skip
                ids.append(int(c.scalar(insert(t.tail).returning(t.tail.c.id), row) or 0))
            if texts:
                rows = [{"tag": k, "at_ns": at, "status": s, "text": word} for k, at, s, word in texts]
                c.execute(sqlite_insert(t.text_change).on_conflict_do_nothing(), rows)
            c.execute(update(t.run).where(t.run.c.id == self.run).values(end_ns=now_ns))
        return ids

    def leftovers(self) -> tuple[list[int], Samples]:
        """Tails that an earlier run left behind; one that cannot be read is named in the log and counted out."""
        ids, parts = [], []
        with self._write.begin() as c:
            for id_, data in c.execute(select(t.tail.c.id, t.tail.c.data).order_by(t.tail.c.id)):
                ids.append(int(id_))
                try:
                    parts.append(unpack_tail(data))
                except BrokenPackError:
                    _log.warning("%s: a stretch of half a second cannot be read", self.file.name)
        return ids, Samples.joined(parts)

    def batches(self) -> list[BatchInfo]:
        """All batches that a merge may take."""
        b = t.block.c
        with self._write.begin() as c:
            rows = c.execute(
                select(b.kind, b.gen, b.batch, func.sum(b.samples)).where(b.kind != Kind.ANCHORS)
                .group_by(b.kind, b.gen, b.batch)
            ).all()  # fmt: skip
        return [BatchInfo(Kind(kind), gen, batch, int(samples)) for kind, gen, batch, samples in rows]

    def packs(self, job: Job) -> list[bytes]:
        """The packs of a merge in the order in which they were made; from any thread."""
        b = t.block.c
        with self._read.connect() as c:
            found = c.scalars(
                select(b.data).where(b.kind == job.kind, b.batch.in_(job.batches)).order_by(b.batch, b.id)
            )
            return [bytes(data) for data in found]

    def consolidate(self, tails: Sequence[int], rows: list[dict[str, Any]]) -> BatchInfo | None:
        """Blocks instead of tails, in one commit."""
        with self._write.begin() as c:
            for at in range(0, len(tails), 500):
                c.execute(delete(t.tail).where(t.tail.c.id.in_(tails[at : at + 500])))
            made = self._insert(c, rows)
        return made[0] if made else None

    def replace(self, job: Job, rows: list[dict[str, Any]]) -> list[BatchInfo]:
        """A merge's result instead of its sources, in one commit."""
        with self._write.begin() as c:
            c.execute(delete(t.block).where(t.block.c.kind == job.kind, t.block.c.batch.in_(job.batches)))
            return self._insert(c, rows)

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Further blocks."""
        with self._write.begin() as c:
            self._insert(c, rows)

    def _insert(self, c: Connection, rows: list[dict[str, Any]]) -> list[BatchInfo]:
        if not rows:
            return []
        self._batch += 1
        c.execute(insert(t.block), [row | {"batch": self._batch} for row in rows])
        sums: dict[tuple[int, int], int] = {}
        for row in rows:
            place = (row["kind"], row["gen"])
            sums[place] = sums.get(place, 0) + row["samples"]
        return [BatchInfo(Kind(kind), gen, self._batch, n) for (kind, gen), n in sums.items()]

    def purge(self, retention: Retention, now_ns: int) -> bool:
        """Delete what is too old or too much, a bounded piece at a time; True when there may be more to do."""
        b = t.block.c
        old, tier_old = (now_ns - int(days * _DAY_NS) for days in (retention.days, retention.tier_days))
        ids: list[int] = []
        with self._write.begin() as c:
            spent = 0
            for kinds, limit in (((Kind.SAMPLES, Kind.ANCHORS), old), ((Kind.MINUTES, Kind.HOURS), tier_old)):
                found = c.execute(select(b.id, b.bytes).where(b.kind.in_(kinds), b.last_ns < limit).limit(2_000)).all()
                ids += [row.id for row in found]
                spent += sum(row.bytes for row in found)
            pages, free, size = _pages(c)
            over = (pages - free) * size - spent - int(retention.max_mb * 1e6)
            for kind in (Kind.SAMPLES, Kind.ANCHORS, Kind.MINUTES, Kind.HOURS):
                if over <= 0 or spent >= _PURGE_BYTES:
                    break
                for row in c.execute(select(b.id, b.bytes).where(b.kind == kind).order_by(b.last_ns).limit(2_000)):
                    if over <= 0 or spent >= _PURGE_BYTES:
                        break
                    if row.id not in ids:
                        ids.append(row.id)
                        over -= row.bytes
                        spent += row.bytes
            for at in range(0, len(ids), 500):
                c.execute(delete(t.block).where(b.id.in_(ids[at : at + 500])))
            c.execute(delete(t.text_change).where(t.text_change.c.at_ns < old))
            c.execute(delete(t.run).where(t.run.c.end_ns < min(old, tier_old), t.run.c.id != self.run))
        with self._write.begin() as c:
            pages, free, _ = _pages(c)
        wasteful = free > max(64, pages // 5)  # a few free pages are soon used again
        if wasteful:
            with self._write.connect() as c:  # as a script: a plain statement is stepped once, which frees one page
                driver: Any = c.connection.driver_connection
                driver.executescript(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})")
        return bool(ids) or (wasteful and free > _VACUUM_PAGES)

    def end_run(self, now_ns: int) -> None:
        """Say until when the engine ran."""
        with self._write.begin() as c:
            c.execute(update(t.run).where(t.run.c.id == self.run).values(end_ns=now_ns))

    def close(self) -> None:
        """Let go of the file."""
        self._read.dispose()
        self._write.dispose()


def _pages(c: Connection) -> tuple[int, int, int]:
    """Pages of the file, how many of them are free, and the size of one in bytes."""
    pages, free, size = (
        int(c.exec_driver_sql(f"PRAGMA {name}").scalar() or 0) for name in ("page_count", "freelist_count", "page_size")
    )
    return pages, free, size
