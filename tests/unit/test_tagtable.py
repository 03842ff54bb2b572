"""The tag table: what the window reads is whole, and never looks alive when the engine is not."""

import multiprocessing
import stat
from pathlib import Path

import numpy as np
import pytest

from hmi.model import quality as q
from hmi.model.quality import Quality
from hmi.plant.tagtable import TEXT_BYTES, TableGoneError, TagTableReader, TagTableWriter


def put(table, rows, values, kinds=11, status=0, texts=None, source_ns=1_000_000_000):
    count = len(rows)
    table.write(
        np.array(rows, np.int32), np.array(values, np.float64), np.full(count, status, np.uint32),
        np.full(count, source_ns, np.int64), np.full(count, kinds, np.uint8), texts or {}, source_ns + 5,
    )  # fmt: skip


def test_a_fresh_table_has_no_reading(tmp_path):
    table = TagTableWriter(tmp_path / "t", 3, 1)
    reading = TagTableReader(tmp_path / "t").reading(2)
    assert reading.value is None
    assert reading.quality is Quality.BAD
    assert table.capacity == 3


def test_values_keep_their_type(tmp_path):
    table = TagTableWriter(tmp_path / "t", 5, 1)
    put(table, [0], [1.5], kinds=11)
    put(table, [1], [1.0], kinds=1)
    put(table, [2], [42.0], kinds=7)
    put(table, [3], [np.nan], kinds=12, texts={0: "온도"})
    reader = TagTableReader(tmp_path / "t")
    values = [reader.reading(row).value for row in range(4)]
    assert values == [1.5, True, 42, "온도"]
    assert [type(v) for v in values] == [float, bool, int, str]


def test_a_long_text_is_cut_between_letters_and_says_so(tmp_path):
    table = TagTableWriter(tmp_path / "t", 1, 1)
    put(table, [0], [np.nan], kinds=12, texts={0: "가" * 1000})
    value = TagTableReader(tmp_path / "t").reading(0).value
    assert value == "가" * (TEXT_BYTES // 3) + "…"


def test_of_two_readings_of_one_row_the_last_stays(tmp_path):
    table = TagTableWriter(tmp_path / "t", 2, 1)
    put(table, [1, 1], [1.0, 2.0])
    assert TagTableReader(tmp_path / "t").reading(1).value == 2.0


def test_changed_tells_each_row_once(tmp_path):
    table = TagTableWriter(tmp_path / "t", 100, 1)
    reader = TagTableReader(tmp_path / "t")
    put(table, [3, 7], [1.0, 2.0])
    snapshot = reader.changed()
    assert snapshot.rows.tolist() == [3, 7]
    assert snapshot.value.tolist() == [1.0, 2.0]
    assert len(reader.changed().rows) == 0
    table.set_status(np.array([7], np.int32), q.BAD_NO_COMMUNICATION)
    snapshot = reader.changed()
    assert snapshot.rows.tolist() == [7]
    assert snapshot.value.tolist() == [2.0]
    assert snapshot.status.tolist() == [q.BAD_NO_COMMUNICATION]


def test_a_dead_engine_makes_everything_stale(tmp_path):
    table = TagTableWriter(tmp_path / "t", 2, 1)
    put(table, [0, 1], [1.0, 2.0])
    table.set_status(np.array([1], np.int32), q.BAD_NO_COMMUNICATION)
    reader = TagTableReader(tmp_path / "t")
    assert reader.reading(0).quality is Quality.GOOD
    table._head["beat_mono"] -= 1_100_000_000
    assert not reader.alive
    assert reader.reading(0).quality is Quality.STALE
    assert reader.reading(0).value == 1.0
    assert reader.reading(1).quality is Quality.BAD


def test_a_row_caught_in_mid_write_is_not_shown_and_comes_later(tmp_path):
    table = TagTableWriter(tmp_path / "t", 2, 1)
    reader = TagTableReader(tmp_path / "t")
    table.seq[0] += 1
    table.value[0] = 5.0
    assert len(reader.changed().rows) == 0
    table.seq[0] += 1
    assert reader.changed().rows.tolist() == [0]


def test_the_file_belongs_to_its_owner_alone(tmp_path):
    TagTableWriter(tmp_path / "t", 1, 1)
    assert stat.S_IMODE((tmp_path / "t").stat().st_mode) == 0o600


def test_something_else_is_not_a_table(tmp_path):
    (tmp_path / "t").write_bytes(b"x" * 4096)
    with pytest.raises(TableGoneError):
        TagTableReader(tmp_path / "t")
    with pytest.raises(TableGoneError):
        TagTableReader(tmp_path / "missing")


def _write_pairs(path: str, stop) -> None:
    table = TagTableWriter(Path(path), 200, 1)
    rows, number = np.arange(200, dtype=np.int32), 0
    while not stop.is_set():
        number += 1
        table.write(
            rows, np.full(200, float(number)), np.zeros(200, np.uint32), np.full(200, number, np.int64),
            np.full(200, 11, np.uint8), {}, number,
        )  # fmt: skip


def test_a_reader_never_sees_half_a_row(tmp_path):
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    writer = context.Process(target=_write_pairs, args=(str(tmp_path / "t"), stop))
    writer.start()
    try:
        while not (tmp_path / "t").exists():
            assert writer.is_alive()
        reader = TagTableReader(tmp_path / "t")
        torn = seen = 0
        while seen < 20_000:
            snapshot = reader.changed()
            filled = snapshot.source_ns > 0
            torn += int((snapshot.value[filled] != snapshot.source_ns[filled]).sum())
            seen += len(snapshot.rows)
        assert torn == 0
    finally:
        stop.set()
        writer.join(10)
