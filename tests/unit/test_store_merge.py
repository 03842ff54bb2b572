"""Which batches are merged next, and that a merge loses nothing."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.store.history_codec import Samples, unpack_samples, unpack_tiers
from hmi.store.history_merge import BLOCK, FAN, FULL, BatchInfo, Job, cuts, merge, next_job, sample_rows
from hmi.store.history_tables import HOUR_NS, MINUTE_NS, Kind
from hmi.store.history_tiers import tiers_of

BASE = 1_789_999_200_000_000_000


def made(rng, tags, n, begin):
    key = rng.integers(1, tags + 1, n).astype(np.int32)
    times = BASE + begin + rng.integers(0, 3_600, n) * 1_000_000_000
    return Samples(key, times, np.round(rng.normal(0, 10, n), 1), np.zeros(n, np.uint32)).ordered()


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=30), st.integers(1, 40))
@settings(deadline=None)
def test_cuts_follow_one_another_and_keep_to_the_size_of_a_block(sizes, scale):
    key = np.repeat(np.arange(len(sizes)), np.array(sizes) * scale).astype(np.int32)
    pieces = list(cuts(key))
    assert pieces[0].start == 0 and pieces[-1].stop == len(key)
    assert all(a.stop == b.start for a, b in pairwise(pieces))
    assert all(0 < p.stop - p.start <= BLOCK * 3 // 2 for p in pieces)
    for piece in pieces:  # a tag is cut only where it fills blocks of its own
        inside = np.unique(key[piece])
        if len(inside) > 1:
            assert all((key == k).sum() <= BLOCK * 3 // 2 or k in (inside[0], inside[-1]) for k in inside)


@given(st.lists(st.integers(1, 300_000), min_size=1, max_size=400))
@settings(deadline=None, max_examples=50)
def test_however_much_comes_few_batches_are_left_and_no_merge_is_large(sizes):
    batches, number = [], 0
    for size in sizes:
        number += 1
        batches.append(BatchInfo(Kind.SAMPLES, 1, number, size))
        while (job := next_job(batches)) is not None:
            taken = [b for b in batches if b.batch in job.batches]
            assert {b.gen for b in taken} == {job.source} and job.gen > job.source
            total = sum(b.samples for b in taken)
            assert total < 2 * FULL
            number += 1
            batches = [b for b in batches if b not in taken] + [BatchInfo(Kind.SAMPLES, job.gen, number, total)]
        assert sum(b.gen < 4 for b in batches) <= 3 * (FAN - 1)
    assert sum(b.samples for b in batches) == sum(sizes)


def test_nothing_is_due_while_little_waits_and_the_top_is_left_alone():
    assert next_job([]) is None
    few = [BatchInfo(Kind.SAMPLES, 1, n, 1_000) for n in range(FAN - 1)]
    assert next_job(few) is None
    assert next_job([BatchInfo(Kind.SAMPLES, 4, n, FULL) for n in range(50)]) is None
    assert next_job([BatchInfo(Kind.ANCHORS, 0, n, 9) for n in range(50)]) is None
    assert next_job([*few, BatchInfo(Kind.SAMPLES, 1, 99, 5)]) == Job(Kind.SAMPLES, 1, 2, (*range(FAN - 1), 99))
    assert next_job([BatchInfo(Kind.SAMPLES, 2, 7, FULL)]) == Job(Kind.SAMPLES, 2, 4, (7,))


def test_a_merge_keeps_every_sample_and_makes_its_buckets_once():
    rng = np.random.default_rng(5)
    parts = [made(rng, 40, 20_000, 0), made(rng, 40, 30_000, 1_800_000_000_000)]
    packs = [row["data"] for part in parts for row in sample_rows(part, 2)]
    whole = Samples.joined(parts).ordered()
    done = merge(Job(Kind.SAMPLES, 2, 3, (1, 2)), packs)
    back = Samples.joined([unpack_samples(r["data"]) for r in done.rows if r["kind"] == Kind.SAMPLES])
    assert np.array_equal(back.time_ns, whole.time_ns) and np.array_equal(back.value, whole.value)
    assert done.broken == 0
    for kind, width in ((Kind.MINUTES, MINUTE_NS), (Kind.HOURS, HOUR_NS)):
        rows = [r for r in done.rows if r["kind"] == kind]
        want = tiers_of(whole, width)
        assert sum(r["samples"] for r in rows) == len(want)
        assert sum(int(unpack_tiers(r["data"], width).count.sum()) for r in rows) == len(whole)
    later = merge(Job(Kind.SAMPLES, 3, 4, (3,)), [r["data"] for r in done.rows if r["kind"] == Kind.SAMPLES])
    assert {r["kind"] for r in later.rows} == {Kind.SAMPLES}
    for row in done.rows:
        assert row["tag_lo"] <= row["tag_hi"] and row["first_ns"] <= row["last_ns"] and row["bytes"] == len(row["data"])


def test_buckets_of_several_merges_become_one():
    rng = np.random.default_rng(6)
    parts = [made(rng, 3, 500, 0) for _ in range(5)]
    packs = []
    for part in parts:
        rows = merge(Job(Kind.SAMPLES, 2, 3, (1,)), [r["data"] for r in sample_rows(part, 2)]).rows
        packs += [r["data"] for r in rows if r["kind"] == Kind.HOURS]
    done = merge(Job(Kind.HOURS, 3, 4, (1, 2, 3, 4, 5)), packs)
    tiers = unpack_tiers(done.rows[0]["data"], HOUR_NS)
    whole = Samples.joined(parts).ordered()
    for n, key in enumerate(tiers.key.tolist()):
        own = whole.take((whole.key == key) & (whole.time_ns // HOUR_NS == tiers.bucket_ns[n] // HOUR_NS))
        assert (tiers.low[n], tiers.high[n]) == (own.value.min(), own.value.max())


def test_a_pack_that_cannot_be_read_is_counted_and_the_rest_goes_on():
    rng = np.random.default_rng(7)
    rows = sample_rows(made(rng, 2, 100, 0), 1)
    good = rows[0]["data"]
    done = merge(Job(Kind.SAMPLES, 1, 2, (1,)), [good[:-1], good])
    assert done.broken == 1 and sum(r["samples"] for r in done.rows) == rows[0]["samples"]
