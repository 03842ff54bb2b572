"""The history's readers: points for a trend, texts, raw samples; beside a writing engine or without one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, select
from sqlalchemy.exc import SQLAlchemyError

from hmi.store import history_tables as t
from hmi.store.columns import BrokenPackError
from hmi.store.faults import StoreError, words_of
from hmi.store.history_codec import Samples, Tiers, unpack_samples, unpack_tail, unpack_tiers
from hmi.store.history_points import Off, SeriesArrays, series
from hmi.store.history_tables import HOUR_NS, MINUTE_NS, TIER_WIDTH, TIERED_FROM, Kind
from hmi.store.history_tiers import as_entries, merged, tiers_of
from hmi.store.sqlite import reading

_ALIVE_NS = 3_000_000_000
"""A run whose last sign of life is not older than this at the asked-for end is taken to live on."""
_FOREVER = 2**63 - 1
_SLACK_NS = MINUTE_NS
_LOOK_BACK = 500


class HistoryReader:
    """Answers questions about a history file; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """The file may be missing: then nothing is known. Nothing is opened before the first question."""
        self._file = file
        self._engine = reading(file, pool_size=0)  # no kept connection: a damaged file can be set aside at any time

    def close(self) -> None:
        """Let go of what is kept open."""
        self._engine.dispose()

    @contextmanager
    def _open(self) -> Iterator[Connection | None]:
        if not self._file.exists():
            yield None
            return
        try:
            with self._engine.connect() as c, c.begin():
                yield c
        except SQLAlchemyError as error:
            raise StoreError(words_of(error, self._file)) from error

    def query(self, tag_id: str, from_ns: int, to_ns: int, points: int, *, hold: bool = True) -> SeriesArrays:
        """At most ``points`` (at least 5, 3 without hold) of from..to; raw samples when they are no more than that.

        More samples become min/max pairs per stretch of time. A gap (BAD, STALE, link down, engine off) is a NaN at its
        beginning. With ``hold`` the last value before from_ns stands at from_ns, and the last value at to_ns or at the
        engine's last sign of life; without, only what was really sampled. Raises StoreError.
        """
        points = max(points, 5 if hold else 3)
        with self._open() as c:
            key = None if c is None else _key(c, tag_id)
            if c is None or key is None or to_ns < from_ns:
                return series(Tiers.none(), Samples.none(), [], from_ns, to_ns, points, None)
            offs, alive_to = _offs(c, to_ns)
            entries = _entries(c, key, from_ns, to_ns, points)
            before = _before(c, key, from_ns) if hold else Samples.none()
        if not len(entries) and not len(before):
            offs = []
        return series(entries, before, offs, from_ns, to_ns, points, min(to_ns, alive_to) if hold else None)

    def texts(self, tag_id: str, from_ns: int, to_ns: int) -> list[tuple[int, str, int]]:
        """What a text tag said: (time in ns, text, status), the last word before from_ns first. Raises StoreError."""
        x = t.text_change.c
        with self._open() as c:
            key = None if c is None else _key(c, tag_id)
            if c is None or key is None:
                return []
            what = select(x.at_ns, x.text, x.status).where(x.tag == key)
            before = c.execute(what.where(x.at_ns < from_ns).order_by(x.at_ns.desc()).limit(1)).all()
            within = c.execute(what.where(x.at_ns.between(from_ns, to_ns)).order_by(x.at_ns)).all()
        return [(int(at), str(word), int(status)) for at, word, status in [*before, *within]]

    def raw(self, tag_id: str, from_ns: int, to_ns: int) -> Iterator[Samples]:
        """All samples of from..to in time order, some ten thousand at a time, as they were kept. Raises StoreError."""
        with self._open() as c:
            key = None if c is None else _key(c, tag_id)
            if c is None or key is None:
                return
            b = t.block.c
            found = _blocks(Kind.SAMPLES, key, from_ns, to_ns)
            places = c.execute(found.with_only_columns(b.id, b.first_ns).order_by(None).order_by(b.first_ns)).all()
            carry = Samples.none()
            for n, (id_, _) in enumerate(places):
                data = c.scalar(select(b.data).where(b.id == id_))
                part = _clipped(_own(bytes(data or b""), key), from_ns, to_ns)
                carry = Samples.joined([carry, part]).ordered()
                until = places[n + 1].first_ns if n + 1 < len(places) else _FOREVER
                cut = int(np.searchsorted(carry.time_ns, until))
                if n + 1 < len(places) and cut:
                    yield carry.take(np.arange(cut))
                    carry = carry.take(np.arange(cut, len(carry)))
            carry = Samples.joined([carry, *_tails(c, key, from_ns, to_ns)]).ordered()
            if len(carry):
                yield carry

    def tags(self) -> list[str]:
        """The ids of all tags that the file has ever kept. Raises StoreError."""
        with self._open() as c:
            return [] if c is None else [str(i) for i in c.scalars(select(t.tag.c.id).order_by(t.tag.c.key))]


def _key(c: Connection, tag_id: str) -> int | None:
    found = c.scalar(select(t.tag.c.key).where(t.tag.c.id == tag_id))
    return None if found is None else int(found)


def _blocks(kind: Kind, key: int, from_ns: int, to_ns: int) -> Select[Any]:
    b = t.block.c
    return (
        select(b.data)
        .where(b.kind == kind, b.last_ns >= from_ns, b.first_ns <= to_ns, b.tag_lo <= key, b.tag_hi >= key)
        .order_by(b.gen.desc(), b.batch, b.id)
    )


def _own(data: bytes, key: int) -> Samples:
    try:
        return unpack_samples(data, key)
    except BrokenPackError:
        return Samples.none()  # the writer counts and names it when it merges


def _own_tail(data: bytes, key: int) -> Samples:
    try:
        samples = unpack_tail(data)
    except BrokenPackError:
        return Samples.none()
    return samples.take(np.flatnonzero(samples.key == key))


def _clipped(samples: Samples, from_ns: int, to_ns: int) -> Samples:
    inside = (samples.time_ns >= from_ns) & (samples.time_ns <= to_ns)
    return samples if inside.all() else samples.take(inside)


def _tails(c: Connection, key: int, from_ns: int, to_ns: int) -> list[Samples]:
    x = t.tail.c
    found = c.scalars(select(x.data).where(x.first_ns <= to_ns, x.last_ns >= from_ns).order_by(x.id))
    return [_clipped(_own_tail(bytes(data), key), from_ns, to_ns) for data in found]


def _samples(c: Connection, key: int, from_ns: int, to_ns: int) -> Samples:
    found = c.scalars(_blocks(Kind.SAMPLES, key, from_ns, to_ns))
    parts = [_clipped(_own(bytes(data), key), from_ns, to_ns) for data in found]
    return Samples.joined([*parts, *_tails(c, key, from_ns, to_ns)]).ordered()


def _entries(c: Connection, key: int, from_ns: int, to_ns: int, points: int) -> Tiers:
    """Samples, or buckets no wider than what one pair of points stands for."""
    stretch = (to_ns - from_ns) // max(points // 2, 1)
    kind = Kind.HOURS if stretch >= HOUR_NS else Kind.MINUTES
    width = TIER_WIDTH[kind]
    lo, hi = -(-from_ns // width) * width, (to_ns + 1) // width * width
    if stretch < MINUTE_NS or hi <= lo:
        return as_entries(_samples(c, key, from_ns, to_ns))
    b = t.block.c
    parts = []
    for data in c.scalars(_blocks(kind, key, lo, hi - 1)):
        try:
            part = unpack_tiers(bytes(data), width, key)
        except BrokenPackError:
            continue
        parts.append(part.take((part.bucket_ns >= lo) & (part.bucket_ns < hi)))
    fresh = [
        _clipped(_own(bytes(d), key), from_ns, to_ns)
        for d in c.scalars(_blocks(Kind.SAMPLES, key, from_ns, to_ns).where(b.gen < TIERED_FROM))
    ]
    fresh += _tails(c, key, from_ns, to_ns)
    for begin, end in ((from_ns, lo - 1), (hi, to_ns)):  # what of a bucket lies within the borders
        if begin <= end:
            found = c.scalars(_blocks(Kind.SAMPLES, key, begin, end).where(b.gen >= TIERED_FROM))
            fresh += [_clipped(_own(bytes(d), key), begin, end) for d in found]
    new = Samples.joined(fresh).ordered()
    inside = (new.time_ns >= lo) & (new.time_ns < hi)
    whole = merged(Tiers.joined([*parts, tiers_of(new.take(inside), width)]))
    left, right = (as_entries(new.take(new.time_ns < lo)), as_entries(new.take(new.time_ns >= hi)))
    entries = Tiers.joined([left, whole, right])
    count = int(entries.count.sum())
    if count <= points:
        samples = _samples(c, key, from_ns, to_ns)
        if len(samples) >= count:
            return as_entries(samples)
    return entries


def _offs(c: Connection, to_ns: int) -> tuple[list[Off], int]:
    """When the engine did not run, and until when it is known to have run."""
    runs = c.execute(select(t.run.c.start_ns, t.run.c.end_ns).order_by(t.run.c.start_ns, t.run.c.id)).all()
    offs = [Off(a.end_ns, b.start_ns) for a, b in pairwise(runs) if b.start_ns > a.end_ns]
    if not runs:
        return offs, _FOREVER
    end = int(runs[-1].end_ns)
    if to_ns > end + _ALIVE_NS:
        offs.append(Off(end, _FOREVER))
    return offs, end


def _before(c: Connection, key: int, from_ns: int) -> Samples:
    """The last sample before a time, or none; looks back to the run's beginning or the last anchor, whichever is later.

    A run begins with a sample of every tag that answers, and anchors repeat the last of each once an hour.
    """
    best = Samples.none()
    started = c.scalar(select(t.run.c.start_ns).where(t.run.c.start_ns <= from_ns).order_by(t.run.c.start_ns.desc()))
    floor = 0 if started is None else int(started)
    b, x = t.block.c, t.tail.c
    anchor = c.execute(
        select(b.last_ns, b.data)
        .where(b.kind == Kind.ANCHORS, b.last_ns.between(floor, from_ns), b.tag_lo <= key, b.tag_hi >= key)
        .order_by(b.last_ns.desc()).limit(1)
    ).first()  # fmt: skip
    if anchor is not None:
        best = _latest(best, _own(bytes(anchor.data), key), from_ns)
        floor = int(anchor.last_ns)
    floor -= _SLACK_NS  # a controller's clock may be behind ours
    for id_, last_ns in c.execute(
        select(x.id, x.last_ns).where(x.first_ns < from_ns, x.last_ns >= floor).order_by(x.last_ns.desc())
    ).all():
        if len(best) and best.time_ns[0] >= last_ns:
            break
        tail = c.scalar(select(x.data).where(x.id == id_))
        best = _latest(best, _own_tail(bytes(tail or b""), key), from_ns)
    found = _blocks(Kind.SAMPLES, key, floor, from_ns - 1).with_only_columns(b.id, b.last_ns)
    for id_, last_ns in c.execute(found.order_by(None).order_by(b.last_ns.desc()).limit(_LOOK_BACK)).all():
        if len(best) and best.time_ns[0] >= last_ns:
            break
        data = c.scalar(select(b.data).where(b.id == id_))
        best = _latest(best, _own(bytes(data or b""), key), from_ns)
    return best


def _latest(best: Samples, samples: Samples, before_ns: int) -> Samples:
    earlier = np.flatnonzero(samples.time_ns < before_ns)
    if not len(earlier):
        return best
    at = samples.time_ns[earlier]
    place = earlier[len(at) - 1 - int(np.argmax(at[::-1]))]
    if len(best) and best.time_ns[0] > samples.time_ns[place]:
        return best
    return samples.take(np.array([place]))
