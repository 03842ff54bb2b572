"""How small pieces of history become large ones: which to merge next, and the merge itself.

Samples rise through generations: tails (half a second) -> 1 (some 20 s) -> 2 -> 3 -> 4, each a dozen of the one before
or a million samples, whichever comes first. When they reach generation 3 their time buckets are made; these are merged
in the same way. A reader meets a few dozen blocks of a tag whatever the range, and each merge is a second's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from hmi.store.columns import BrokenPackError, Index
from hmi.store.history_codec import (
    I4,
    Samples,
    Tiers,
    pack_samples,
    pack_tiers,
    unpack_samples,
    unpack_tiers,
)
from hmi.store.history_tables import TIER_WIDTH, TIERED_FROM, Kind
from hmi.store.history_tiers import merged, tiers_of

FAN = 12
"""Batches of one generation that make one of the next."""
FULL = 1_000_000
"""Samples or buckets that make a batch final."""
BLOCK = 32_768
"""Samples or buckets of a block, about."""
T = TypeVar("T")
_TOP = {Kind.SAMPLES: 4, Kind.MINUTES: 6, Kind.HOURS: 6}


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """The blocks of one merge, as far as the choice of the next merge looks at them."""

    kind: Kind
    gen: int
    batch: int
    samples: int


@dataclass(frozen=True, slots=True)
class Job:
    """A merge: these batches become one of a later generation."""

    kind: Kind
    source: int
    """Generation of what is merged."""
    gen: int
    """Generation of what is made."""
    batches: tuple[int, ...]


@dataclass(slots=True)
class Merged:
    """What a merge made: rows for the block table (without batch), and how many packs could not be read."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    broken: int = 0


def next_job(batches: Sequence[BatchInfo]) -> Job | None:
    """The merge that is due, lowest generation first; None when none is."""
    waiting: dict[tuple[int, Kind], list[BatchInfo]] = {}
    for b in batches:
        if b.kind in _TOP and b.gen < _TOP[b.kind]:
            waiting.setdefault((b.gen, b.kind), []).append(b)
    for (gen, kind), group in sorted(waiting.items()):
        total = sum(b.samples for b in group)
        if len(group) >= FAN or total >= FULL:
            made = _TOP[kind] if total >= FULL else gen + 1
            return Job(kind, gen, made, tuple(b.batch for b in sorted(group, key=lambda b: b.batch)))
    return None


def merge(job: Job, packs: Sequence[bytes]) -> Merged:
    """Carry out a merge on the packs of its batches, in the order in which they were made."""
    done = Merged()
    if job.kind is Kind.SAMPLES:
        samples = Samples.joined(list(_readable(packs, done, unpack_samples))).ordered()
        done.rows += sample_rows(samples, job.gen)
        if job.source < TIERED_FROM <= job.gen:
            for kind, width in TIER_WIDTH.items():
                done.rows += tier_rows(tiers_of(samples, width), kind, TIERED_FROM)
    else:
        width = TIER_WIDTH[job.kind]
        parts = list(_readable(packs, done, lambda pack: unpack_tiers(pack, width)))
        done.rows += tier_rows(merged(Tiers.joined(parts)) if parts else Tiers.none(), job.kind, job.gen)
    return done


def _readable(packs: Sequence[bytes], done: Merged, unpack: Callable[[bytes], T]) -> Iterator[T]:
    for pack in packs:
        try:
            yield unpack(pack)
        except BrokenPackError:
            done.broken += 1


def sample_rows(samples: Samples, gen: int) -> list[dict[str, Any]]:
    """Block rows of ordered samples."""
    rows = []
    for cut in cuts(samples.key):
        part = Samples(samples.key[cut], samples.time_ns[cut], samples.value[cut], samples.status[cut])
        first, last = int(part.time_ns.min()), int(part.time_ns.max())
        rows.append(_row(Kind.SAMPLES, gen, part.key, first, last, pack_samples(part)))
    return rows


def tier_rows(tiers: Tiers, kind: Kind, gen: int) -> list[dict[str, Any]]:
    """Block rows of ordered buckets."""
    rows = []
    for cut in cuts(tiers.key):
        part = Tiers(*(getattr(tiers, name)[cut] for name in Tiers.columns()))
        first, last = int(part.bucket_ns.min()), int(part.bucket_ns.max()) + TIER_WIDTH[kind] - 1
        rows.append(_row(kind, gen, part.key, first, last, pack_tiers(part, TIER_WIDTH[kind])))
    return rows


def anchor_rows(anchors: Samples, at_ns: int) -> list[dict[str, Any]]:
    """Block rows that say what every tag's last sample was at a time."""
    rows = []
    for cut in cuts(anchors.key):
        part = Samples(anchors.key[cut], anchors.time_ns[cut], anchors.value[cut], anchors.status[cut])
        rows.append(_row(Kind.ANCHORS, 0, part.key, at_ns, at_ns, pack_samples(part)))
    return rows


def cuts(key: I4) -> Iterator[slice]:
    """Stretches of about one block: light tags share one, heavy ones get several of their own."""
    if not len(key):
        return
    ends: Index = np.append(np.flatnonzero(key[1:] != key[:-1]) + 1, len(key))
    begin = at = 0
    for end in ends.tolist():
        if end - begin > BLOCK and at > begin:
            yield slice(begin, at)
            begin = at
        while end - begin > BLOCK * 3 // 2:
            yield slice(begin, begin + BLOCK)
            begin += BLOCK
        if end - begin >= BLOCK:
            yield slice(begin, end)
            begin = end
        at = end
    if begin < len(key):
        yield slice(begin, len(key))


def _row(kind: Kind, gen: int, key: I4, first_ns: int, last_ns: int, data: bytes) -> dict[str, Any]:
    return {
        "kind": int(kind), "gen": gen, "tag_lo": int(key[0]), "tag_hi": int(key[-1]), "first_ns": first_ns,
        "last_ns": last_ns, "samples": len(key), "bytes": len(data), "data": data,
    }  # fmt: skip
