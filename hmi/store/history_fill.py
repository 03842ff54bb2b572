"""A history as if it had been recorded: for benches and tests, written as fast as the merges run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from hmi.store.columns import F8, I8
from hmi.store.history_codec import Samples
from hmi.store.history_file import HistoryFile
from hmi.store.history_merge import FULL, merge, next_job, sample_rows, tier_rows
from hmi.store.history_tables import TIER_WIDTH, TIERED_FROM
from hmi.store.history_tiers import tiers_of

_TOP = 4


def fill(file: Path, tags: Mapping[str, Callable[[I8], F8]], from_ns: int, to_ns: int, step_ns: int) -> int:
    """Write every tag's value at each step of [from_ns, to_ns) as one run; returns the number of samples.

    The functions take times in ns and give the values. The file must not be open elsewhere.
    """
    db = HistoryFile(file, from_ns)
    try:
        keys = db.keys_of(list(tags))
        steps, written = max(FULL // max(len(tags), 1), 1), 0
        for at in range(from_ns, to_ns, steps * step_ns):
            times = np.arange(at, min(at + steps * step_ns, to_ns), step_ns, dtype=np.int64)
            samples = Samples(
                np.repeat(keys, len(times)),
                np.tile(times, len(tags)),
                np.concatenate([value(times) for value in tags.values()]),
                np.zeros(len(times) * len(tags), np.uint32),
            ).ordered()
            rows = sample_rows(samples, _TOP)
            for kind, width in TIER_WIDTH.items():
                rows += tier_rows(tiers_of(samples, width), kind, TIERED_FROM)
            db.add(rows)
            written += len(samples)
            while (job := next_job(db.batches())) is not None:
                db.replace(job, merge(job, db.packs(job)).rows)
        db.end_run(to_ns)
        return written
    finally:
        db.close()


def wandering(seed: int, resolution: float = 0.1) -> Callable[[I8], F8]:
    """A sensor: slow waves and noise around 50, told in steps of ``resolution``."""

    def value(times: I8) -> F8:
        rng = np.random.default_rng((seed, int(times[0]) % 2**32))
        minutes = times / 60e9
        wave = 50 + 10 * np.sin(minutes / 700 + seed) + 3 * np.sin(minutes / 13)
        digits = round(-np.log10(resolution))
        rounded: F8 = np.round(wave + rng.normal(0, 4 * resolution, len(times)), digits)
        return rounded

    return value
