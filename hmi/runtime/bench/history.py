"""History measured: writing against plain rows, reading against a scan of the same samples in a flat file."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path

import numpy as np

from hmi.runtime.bench.figure import Figure, interleaved
from hmi.store.history_fill import fill, wandering
from hmi.store.history_reader import HistoryReader
from hmi.store.history_tables import HistoryTag
from hmi.store.history_writer import HistoryWriter

DAY_NS = 86_400 * 1_000_000_000
TAGS = 1000


def figures(samples: int = 1_500_000, days: int = 30) -> list[Figure]:
    """Write rate, bytes a sample, and the first look at a month of two tags."""
    with tempfile.TemporaryDirectory(prefix="linekeeper-bench-") as folder:
        return [*_writing(Path(folder), samples), *_reading(Path(folder), days)]


def _batches(samples: int) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    rows = np.arange(TAGS, dtype=np.int32)
    level = np.round(50 + 10 * rng.random(TAGS), 1)
    start = time.time_ns() // 1_000_000 * 1_000_000
    made = []
    for i in range(samples // TAGS):
        level = np.round(level + rng.normal(0, 0.3, TAGS), 1)
        at = np.full(TAGS, start + i * 100_000_000, np.int64)
        made.append((rows, level.copy(), np.zeros(TAGS, np.uint32), at))
    return made


def _writing(folder: Path, samples: int) -> list[Figure]:
    batches = _batches(samples)
    count = len(batches) * TAGS
    turn = 0
    sizes: list[float] = []

    def ours() -> float:
        nonlocal turn
        turn += 1
        file = folder / f"ours{turn}.db"
        began = time.process_time()
        writer = HistoryWriter(file, [HistoryTag(f"t{i}") for i in range(TAGS)])
        for rows, values, status, at in batches:
            writer.put(rows, values, status, at)
        writer.flush(60)
        writer.close(60)
        spent = time.process_time() - began
        sizes.append(_sample_bytes(file) / count)
        return count / spent

    def raw() -> float:
        nonlocal turn
        turn += 1
        began = time.process_time()
        with sqlite3.connect(folder / f"raw{turn}.db") as plain:
            plain.execute("pragma journal_mode=wal")
            plain.execute("create table s (tag int, at int, value real, status int)")
            for rows, values, status, at in batches:
                found = zip(rows.tolist(), at.tolist(), values.tolist(), status.tolist(), strict=True)
                plain.executemany("insert into s values (?,?,?,?)", found)
        plain.close()
        return count / (time.process_time() - began)

    a, b, _ = interleaved(ours, raw, 3)
    row = "one SQLite row a sample"
    return [
        Figure("history.write", round(a), "samples per CPU second", round(b), row, ">= 100,000"),
        Figure("history.bytes_per_sample", round(float(np.median(sizes)), 2), "bytes", 24.0, "as it is",
               "<= 3 on the demo plant's signals"),
    ]  # fmt: skip


def _sample_bytes(file: Path) -> float:
    """Bytes of the compressed columns: what a sample costs once a file is more than its empty frame."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as plain:
        tables = [name for (name,) in plain.execute("select name from sqlite_master where type='table'")]
        total = 0
        for table in tables:
            blobs = [c[1] for c in plain.execute(f"pragma table_info({table})") if "BLOB" in c[2].upper()]
            for column in blobs:
                sizes = f"select coalesce(sum(length({column})), 0) from {table}"  # noqa: S608 - names of our own tables
                total += plain.execute(sizes).fetchone()[0]
    plain.close()
    return float(total)


def _reading(folder: Path, days: int) -> list[Figure]:
    now = time.time_ns()
    start = now - days * DAY_NS
    file, flat = folder / "month.db", folder / "month.f8"
    count = fill(file, {"a": wandering(1), "b": wandering(2)}, start, now, 1_000_000_000)
    values = np.random.default_rng(2).random(count)
    values.tofile(flat)

    def ours() -> float:
        began = time.perf_counter()
        reader = HistoryReader(file)
        for tag in ("a", "b"):
            assert len(reader.query(tag, start, now, 1200).time_ns) > 2
        return 1e3 * (time.perf_counter() - began)

    def raw() -> float:
        began = time.perf_counter()
        found = np.fromfile(flat)
        pieces = found[: len(found) // 600 * 600].reshape(600, -1)
        pieces.min(axis=1), pieces.max(axis=1)
        return 1e3 * (time.perf_counter() - began)

    first = ours()
    a, b, _ = interleaved(ours, raw, 5)
    return [
        Figure(f"history.first_look_{days}_days", round(first, 1), "ms", round(b, 1), "numpy over the flat samples",
               "<= 200 ms cold"),
        Figure(f"history.look_{days}_days", round(a, 1), "ms", round(b, 1), "numpy over the flat samples"),
    ]  # fmt: skip
