"""The history on a real file: written, merged, read beside the writer and without it."""

import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.store.faults import NewerFileError
from hmi.store.history_reader import HistoryReader
from hmi.store.history_tables import HistoryTag, Retention
from hmi.store.history_writer import HistoryWriter

S = 1_000_000_000
T0 = 1_790_000_000 * S
DAY = 86_400 * S


class Clock:
    """A wall clock that moves when told."""

    def __init__(self, now=T0):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def open_writer(tmp_path, clock):
    """Opens writers on one file; all are closed in the end."""
    opened = []

    def start(tags=("a", "b"), retention=None, **more):
        tags = [t if isinstance(t, HistoryTag) else HistoryTag(t) for t in tags]
        opened.append(HistoryWriter(tmp_path / "history.db", tags, retention, clock=clock, tail_s=0.02, **more))
        return opened[-1]

    yield start
    for writer in opened:
        writer.close()


def put(writer, row, times, values, status=0, texts=None):
    times = np.asarray(times, np.int64)
    values = np.broadcast_to(np.asarray(values, float), times.shape)
    writer.put(np.full(len(times), row, np.int32), values, np.full(len(times), status, np.uint32), times, texts)


def settle(writer, file, until):
    """Let the writer work until a question to its file is true."""
    for _ in range(2_000):
        assert writer.flush(10)
        with closing(sqlite3.connect(file)) as c:
            if until(c):
                return
        time.sleep(0.005)
    raise AssertionError("the merge did not come")


def one(c, question):
    return c.execute(question).fetchone()[0]


def merged_up(gen):
    return lambda c: one(c, "select count(*) from tail") == 0 and one(c, "select max(gen) from block") == gen


def test_what_is_flushed_is_read_at_once_from_tails(open_writer, tmp_path, clock):
    writer, reader = open_writer(), HistoryReader(tmp_path / "history.db")
    put(writer, 0, [T0 + S, T0 + 2 * S], [1.5, 2.5])
    put(writer, 1, [T0 + S], [7.0])
    clock.now = T0 + 3 * S
    assert writer.flush(10)
    s = reader.query("a", T0, T0 + 3 * S, 100, hold=False)
    assert s.time_ns.tolist() == [T0 + S, T0 + 2 * S] and s.value.tolist() == [1.5, 2.5] and s.samples == 2
    assert reader.query("b", T0, T0 + 3 * S, 100).value.tolist() == [7.0, 7.0]
    assert writer.stats().written == 3 and writer.stats().queue == 0 and writer.stats().mb > 0


def test_unknown_tags_and_a_missing_file_are_no_error(open_writer, tmp_path):
    missing = HistoryReader(tmp_path / "history.db")
    assert missing.query("a", T0, T0 + S, 10).samples == 0
    assert missing.texts("a", T0, T0 + S) == [] and list(missing.raw("a", T0, T0 + S)) == [] and missing.tags() == []
    assert not (tmp_path / "history.db").exists()
    open_writer()
    assert len(missing.query("nobody", T0, T0 + S, 10).time_ns) == 0
    assert missing.tags() == ["a", "b"]


def test_an_hour_rises_through_the_generations_and_nothing_is_lost(open_writer, tmp_path, clock):
    file = tmp_path / "history.db"
    writer, reader = open_writer(), HistoryReader(file)
    rng = np.random.default_rng(1)
    values = np.round(50 + np.cumsum(rng.normal(0, 0.2, 6_000)), 1)
    times = T0 + np.arange(1, 6_001) * S
    for n in range(150):  # 40 s at a time: each a batch of its own, three generations in all
        part = slice(n * 40, n * 40 + 40)
        put(writer, 0, times[part], values[part])
        put(writer, 1, times[part], n % 2)
        clock.now = int(times[part][-1])
        assert writer.flush(10)
        clock.now += 21 * S
        settle(writer, file, lambda c: one(c, "select count(*) from tail") == 0)
    settle(writer, file, merged_up(3))
    raw = list(reader.raw("a", T0, T0 + DAY))
    assert np.array_equal(np.concatenate([r.value for r in raw]), values)
    assert np.array_equal(np.concatenate([r.time_ns for r in raw]), times)
    with closing(sqlite3.connect(file)) as c:
        assert one(c, "pragma integrity_check") == "ok"
        assert one(c, "select count(*) from block where kind = 1") >= 1
        assert one(c, "select sum(samples) from block where kind = 0") == 12_000
        assert one(c, "select count(*) from block where kind = 3") >= 1  # an hour's anchor
    s = reader.query("a", T0, int(times[-1]), 60, hold=False)
    assert s.samples == 6_000 and len(s.time_ns) <= 60
    assert s.value.max() == values.max() and s.value.min() == values.min()
    for points in (20, 60, 500, 10_000):  # buckets, mixed, and raw: the same extremes
        found = reader.query("a", T0 + 777 * S, T0 + 5_555 * S, points, hold=False)
        inside = values[(times >= T0 + 777 * S) & (times <= T0 + 5_555 * S)]
        assert (found.samples, found.value.max(), found.value.min()) == (len(inside), inside.max(), inside.min())
        assert found.time_ns[0] >= T0 + 777 * S and found.time_ns[-1] <= T0 + 5_555 * S


def test_a_slow_tag_is_held_across_the_asked_for_time(open_writer, tmp_path, clock):
    writer, reader = open_writer(), HistoryReader(tmp_path / "history.db")
    put(writer, 0, [T0 + 5 * S], [90.0])
    for minute in range(1, 200):
        clock.now = T0 + minute * 60 * S
        put(writer, 1, [clock.now], [minute])
        assert writer.flush(10)
    s = reader.query("a", T0 + 7_200 * S, T0 + 10_000 * S, 200)
    assert s.time_ns.tolist() == [T0 + 7_200 * S, T0 + 10_000 * S]
    assert s.value.tolist() == [90.0, 90.0] and s.samples == 0
    assert len(reader.query("a", T0 + 7_200 * S, T0 + 10_000 * S, 200, hold=False).time_ns) == 0


def test_a_broken_link_is_a_gap_and_the_unchanged_value_comes_back(open_writer, tmp_path, clock):
    writer, reader = open_writer(), HistoryReader(tmp_path / "history.db")
    put(writer, 0, [T0 + S], [5.0])
    clock.now = T0 + 10 * S
    put(writer, 0, [clock.now], [np.nan], q.BAD_NO_COMMUNICATION)
    clock.now = T0 + 30 * S
    put(writer, 0, [T0 + S], [5.0])  # as an OPC UA server tells an unchanged value after a reconnect
    clock.now = T0 + 40 * S
    assert writer.flush(10)
    s = reader.query("a", T0, T0 + 40 * S, 100)
    assert s.time_ns.tolist() == [T0 + S, T0 + 10 * S, T0 + 30 * S, T0 + 40 * S]
    assert np.isnan(s.value).tolist() == [False, True, False, False]
    assert s.quality.tolist() == [Quality.GOOD, Quality.BAD, Quality.GOOD, Quality.GOOD]
    assert s.samples == 3 and writer.stats().resumed == 1


def test_while_the_engine_is_off_nothing_is_known(open_writer, tmp_path, clock):
    reader = HistoryReader(tmp_path / "history.db")
    first = open_writer()
    put(first, 0, [T0 + S], [5.0])
    clock.now = T0 + 10 * S
    first.flush(10)
    first.close()
    off = reader.query("a", T0, T0 + 60 * S, 100)
    assert off.time_ns.tolist() == [T0 + S, T0 + 10 * S] and np.isnan(off.value[-1])
    clock.now = T0 + 100 * S
    second = open_writer()
    clock.now = T0 + 101 * S
    put(second, 0, [T0 + S], [5.0])
    clock.now = T0 + 110 * S
    assert second.flush(10)
    s = reader.query("a", T0, T0 + 110 * S, 100)
    assert s.time_ns.tolist() == [T0 + S, T0 + 10 * S, T0 + 101 * S, T0 + 110 * S]
    assert np.isnan(s.value).tolist() == [False, True, False, False] and s.samples == 2
    within = reader.query("a", T0 + 50 * S, T0 + 60 * S, 100)
    assert np.isnan(within.value).all()


def test_tags_keep_their_history_when_the_plant_file_changes(open_writer, tmp_path, clock):
    first = open_writer(("a", "b"))
    put(first, 1, [T0 + S], [1.0])
    clock.now = T0 + 2 * S
    first.close()
    clock.now = T0 + 10 * S
    second = open_writer(("c", "b"))
    put(second, 0, [T0 + 11 * S], [3.0])
    put(second, 1, [T0 + 11 * S], [2.0])
    clock.now = T0 + 12 * S
    assert second.flush(10)
    reader = HistoryReader(tmp_path / "history.db")
    assert reader.query("b", T0, T0 + 12 * S, 50, hold=False).value[[0, -1]].tolist() == [1.0, 2.0]
    assert reader.query("c", T0, T0 + 12 * S, 50, hold=False).value.tolist() == [3.0]


def test_late_and_replayed_samples_find_their_place(open_writer, tmp_path, clock):
    file = tmp_path / "history.db"
    writer, reader = open_writer(), HistoryReader(file)
    clock.now = T0 + 20 * S
    put(writer, 0, T0 + np.array([1, 2, 5, 6]) * S, [1, 2, 5, 6])
    assert writer.flush(10)
    put(writer, 0, T0 + np.array([3, 4, 5, 6]) * S, [3, 4, 5, 6])  # two late, two replayed
    assert writer.flush(10)
    want = [1, 2, 3, 4, 5, 6]
    assert reader.query("a", T0, T0 + 10 * S, 50, hold=False).value.tolist() == want
    clock.now += 60 * S
    settle(writer, file, merged_up(1))
    assert reader.query("a", T0, T0 + 10 * S, 50, hold=False).value.tolist() == want
    with closing(sqlite3.connect(file)) as c:
        assert one(c, "select sum(samples) from block where kind = 0") == 6


def test_texts_are_told_with_the_word_before(open_writer, tmp_path, clock):
    writer, reader = open_writer((HistoryTag("lot", is_text=True),)), HistoryReader(tmp_path / "history.db")
    put(writer, 0, [T0 + S], [np.nan], texts={0: "LOT-1"})
    put(writer, 0, [T0 + 50 * S], [np.nan], texts={0: "로트-2"})
    put(writer, 0, [T0 + 60 * S], [np.nan], q.BAD_NO_COMMUNICATION)
    assert writer.flush(10)
    assert reader.texts("lot", T0 + 40 * S, T0 + 99 * S) == [
        (T0 + S, "LOT-1", 0), (T0 + 50 * S, "로트-2", 0), (T0 + 60 * S, "", q.BAD_NO_COMMUNICATION),
    ]  # fmt: skip


def test_old_history_goes_and_the_file_is_used_again(open_writer, tmp_path, clock):
    file = tmp_path / "history.db"
    first = open_writer(retention=Retention(days=10, max_mb=100, tier_days=20))
    rng = np.random.default_rng(2)
    put(first, 0, T0 + np.arange(1, 100_001) * 100_000_000, rng.random(100_000))
    assert first.flush(20)
    clock.now = T0 + 3 * 3_600 * S
    settle(first, file, merged_up(1))
    first.close()
    full = file.stat().st_size
    clock.now = T0 + 15 * DAY
    second = open_writer(retention=Retention(days=10, max_mb=100, tier_days=20))
    settle(second, file, lambda c: one(c, "select count(*) from block where kind = 0") == 0)
    settle(second, file, lambda c: one(c, "pragma page_count") * 4096 < full / 2)
    assert len(list(HistoryReader(file).raw("a", T0, T0 + DAY))) == 0


def test_too_much_history_goes_oldest_first(open_writer, tmp_path, clock):
    file = tmp_path / "history.db"
    rng = np.random.default_rng(3)
    writer = open_writer()
    for day in range(4):
        begin = T0 + day * DAY
        clock.now = begin + 3_600 * S
        put(writer, 0, begin + np.arange(50_000) * 10_000_000, rng.random(50_000))
        assert writer.flush(20)
        clock.now += 60 * S
        settle(writer, file, lambda c: one(c, "select count(*) from tail") == 0)
    writer.close()
    with closing(sqlite3.connect(file)) as c:
        total = one(c, "select sum(bytes) from block")
    small = open_writer(retention=Retention(days=1000, max_mb=total * 0.6 / 1e6, tier_days=1000))
    settle(small, file, lambda c: one(c, "select sum(bytes) from block") < total * 0.6)
    reader = HistoryReader(file)
    assert sum(len(r) for r in reader.raw("a", T0, T0 + DAY // 2)) == 0
    assert sum(len(r) for r in reader.raw("a", T0 + 3 * DAY, T0 + 4 * DAY)) == 50_000


def test_a_newer_file_is_refused_and_left_alone(open_writer, tmp_path):
    open_writer().close()
    file = tmp_path / "history.db"
    with closing(sqlite3.connect(file)) as c:
        c.execute("update about set value = '99' where name = 'schema'")
        c.commit()
    with pytest.raises(NewerFileError) as refused:
        open_writer()
    assert "99" in refused.value.text.en and "99" in refused.value.text.ko


def test_a_caller_that_is_wrong_is_told_and_one_that_is_late_is_counted(open_writer, tmp_path):
    writer = open_writer()
    for row in (2, -1):
        with pytest.raises(ValueError, match="no tag"):
            put(writer, row, [T0], [1.0])
    put(writer, 0, [], [])
    writer.close()
    put(writer, 0, [T0, T0 + S], [1.0, 2.0])
    assert writer.stats().lost == 2 and writer.stats().written == 0


def test_a_reader_waits_for_nobody_and_sees_one_moment(open_writer, tmp_path, clock):
    writer, reader = open_writer(), HistoryReader(tmp_path / "history.db")
    put(writer, 0, T0 + np.arange(1, 100_001) * 1_000_000, np.arange(100_000))
    assert writer.flush(20)
    chunks = reader.raw("a", T0, T0 + DAY)
    first = next(chunks)
    put(writer, 0, [T0 + 200 * S], [1.0])
    clock.now = T0 + 201 * S
    assert writer.flush(20)  # the open export holds nobody up
    rest = [first, *chunks]
    assert sum(len(r) for r in rest) == 100_000
    joined = np.concatenate([r.time_ns for r in rest])
    assert (np.diff(joined) > 0).all()
