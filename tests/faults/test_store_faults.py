"""Full disk, locked, damaged and forbidden files: said once, nothing stops, and it goes on by itself."""

import random
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import numpy as np
import pytest

from hmi.model.text import Text
from hmi.store import events
from hmi.store.database import Database
from hmi.store.faults import DamagedFileError, StoreError
from hmi.store.history_reader import HistoryReader
from hmi.store.history_tables import HistoryTag
from hmi.store.history_writer import HistoryWriter

S = 1_000_000_000


@contextmanager
def little_disk(folder, room_bytes):
    """No file may grow beyond what it has plus room_bytes, until the block ends."""
    resource = pytest.importorskip("resource", reason="no file size limit on this system")
    largest = max((f.stat().st_size for f in folder.iterdir()), default=0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def wait(until, seconds=30.0):
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def samples(writer, n, begin, rng):
    at = time.time_ns()
    times = at + np.arange(n) * 1_000
    writer.put(np.zeros(n, np.int32), begin + rng.random(n), np.zeros(n, np.uint32), times)


def count(file):
    return sum(len(part) for part in HistoryReader(file).raw("a", 0, 2**62))


@pytest.fixture
def told():
    return []


@pytest.fixture
def history(tmp_path, told):
    opened = []

    def start(folder=tmp_path, **more):
        opened.append(HistoryWriter(folder / "history.db", [HistoryTag("a")], None, told.append, tail_s=0.02, **more))
        return opened[-1]

    yield start
    for writer in opened:
        writer.close()


def test_history_goes_on_by_itself_after_a_full_disk(history, tmp_path, told):
    writer, rng = history(), np.random.default_rng(1)
    samples(writer, 1_000, 0, rng)
    assert writer.flush(10)
    with little_disk(tmp_path, 100_000):
        for n in range(1, 30):
            samples(writer, 2_000, n, rng)  # random numbers do not compress: these do not fit
            time.sleep(0.02)
        wait(lambda: told)
        samples(writer, 1_000, 99, rng)
        assert not writer.flush(1.5)
        assert writer.stats().queue > 0
        assert [type(t) for t in told] == [Text], "said once while it lasts"
        assert "history.db" in told[0].en and "디스크" in told[0].ko
    wait(lambda: len(told) == 2)
    assert told[1] is None
    assert writer.flush(10)
    assert writer.stats().lost == 0 and count(tmp_path / "history.db") == 60_000
    with closing(sqlite3.connect(tmp_path / "history.db")) as c:
        assert c.execute("pragma integrity_check").fetchone()[0] == "ok"


def test_what_does_not_fit_in_memory_either_is_counted(history, tmp_path, told):
    writer, rng = history(limit=10_000), np.random.default_rng(2)
    assert writer.flush(10)
    with little_disk(tmp_path, 0):
        for n in range(40):
            samples(writer, 2_000, n, rng)
            time.sleep(0.01)
        wait(lambda: told and writer.stats().lost >= 40_000)
        assert writer.stats().queue <= 2 * 10_000 + 2_000
    assert writer.flush(10)
    stats = writer.stats()
    assert count(tmp_path / "history.db") == stats.written and stats.written + stats.lost == 80_000


def test_a_really_full_disk(history, tmp_path, told):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        writer, rng = history(folder), np.random.default_rng(3)
        wait(lambda: (folder / "history.db").exists())
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(shutil.disk_usage(folder).free - 200_000))
        for n in range(20):
            samples(writer, 2_000, n, rng)
            time.sleep(0.02)
        wait(lambda: told)
        assert "full" in told[0].en
        ballast.unlink()
        wait(lambda: told[-1] is None)
        assert writer.flush(10) and writer.stats().lost == 0
        assert count(folder / "history.db") == 40_000
        writer.close()
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_history_waits_for_a_locked_file_and_tells(history, tmp_path, told):
    writer, rng = history(), np.random.default_rng(4)
    assert writer.flush(10)
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as other:
        other.execute("begin exclusive")
        samples(writer, 100, 0, rng)
        wait(lambda: told)
        assert "locked" in told[0].en
        other.execute("rollback")
    assert writer.flush(10)
    assert told[-1] is None and count(tmp_path / "history.db") == 100


def spoil(file, how):
    chance = random.Random(how)
    with file.open("r+b") as f:
        if how == "header":
            f.write(bytes(100))
        elif how == "no database":
            f.truncate(0)
            f.write(b"this was a database once " * 400)
        elif how == "cut":
            f.truncate(file.stat().st_size // 3)
        else:
            f.seek(4096)
            f.write(chance.randbytes(file.stat().st_size - 4096))


@pytest.mark.parametrize("how", ["header", "no database", "cut", "pages"])
def test_a_damaged_history_is_set_aside_and_a_new_one_started(history, tmp_path, told, how):
    first, rng = history(), np.random.default_rng(5)
    for n in range(20):
        samples(first, 500, n, rng)
        assert first.flush(10)
    first.close()
    file = tmp_path / "history.db"
    spoil(file, how)
    with pytest.raises(StoreError) as unreadable:
        HistoryReader(file).query("a", 0, 2**62, 100)
    assert "history.db" in unreadable.value.text.ko
    second = history()
    samples(second, 100, 0, rng)
    assert second.flush(20)
    aside = list(tmp_path.glob("history.db.corrupt.*Z"))
    assert len(aside) == 1 and aside[0].stat().st_size > 0
    assert isinstance(told[0], Text) and aside[0].name in told[0].ko and told[-1] is None
    assert count(file) == 100
    with closing(sqlite3.connect(file)) as c:
        assert c.execute("pragma integrity_check").fetchone()[0] == "ok"


def test_a_history_damaged_while_it_is_written_is_set_aside_with_what_memory_holds(history, tmp_path, told):
    writer, rng = history(), np.random.default_rng(6)
    samples(writer, 500, 0, rng)
    assert writer.flush(10)
    file = tmp_path / "history.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("create table strange(a)")  # so that the writer has to look at the file again
        other.execute("pragma wal_checkpoint(truncate)")
    spoil(file, "pages")
    samples(writer, 100, 1, rng)
    assert writer.flush(20)
    assert list(tmp_path.glob("history.db.corrupt.*Z")) and told[-1] is None
    assert count(file) == 600
    assert writer.stats().written == 600


def test_a_folder_that_may_not_be_written_is_told(tmp_path, told):
    missing = tmp_path / "none" / "history.db"
    writer = HistoryWriter(missing, [HistoryTag("a")], None, told.append, tail_s=0.02)
    try:
        assert len(told) == 1 and "rights" in told[0].en
        samples(writer, 100, 0, np.random.default_rng(7))
        assert not writer.flush(0.2) and writer.stats().queue == 100
        missing.parent.mkdir()
        assert writer.flush(10)
        assert told[-1] is None and count(missing) == 100 and writer.stats().queue == 0
    finally:
        writer.close()


def decision(n):
    return lambda work: events.add(work, n, "test", "here", Text.same("x" * 2_000))


def test_a_decision_on_a_full_disk_is_refused_and_a_patient_fact_waits(tmp_path, told):
    database = Database(tmp_path / "plant.db", on_fault=told.append)
    try:
        database.submit(decision(1)).result(10)
        with little_disk(tmp_path, 50_000):
            refused = None
            for n in range(2, 100):
                try:
                    database.submit(decision(n)).result(10)
                except StoreError as error:
                    refused = error
                    break
            assert refused is not None and "plant.db" in refused.text.en and "가득" in refused.text.ko
            patient = database.submit(lambda work: [decision(9_000)(work) for _ in range(30)], patient=True)
            with pytest.raises(StoreError):
                database.submit(decision(5_000)).result(10)
            with database.reader() as c:
                assert events.since(c, 0, 500)  # what is there can be looked at
            assert not patient.done()
            assert len(told) == 1
        patient.result(10)
        assert told[-1] is None
        database.submit(decision(6_000)).result(10)
        with database.reader() as c:
            kept = [row.at_ns for row in events.since(c, 0, 500)]
        assert kept.count(9_000) == 30 and 6_000 in kept and 5_000 not in kept
    finally:
        database.close()


def test_a_locked_plant_database_is_waited_for_and_told(tmp_path, told):
    database = Database(tmp_path / "plant.db", on_fault=told.append)
    try:
        with closing(sqlite3.connect(tmp_path / "plant.db", isolation_level=None)) as other:
            other.execute("begin exclusive")
            with pytest.raises(StoreError) as refused:
                database.submit(decision(1)).result(20)
            assert "locked" in refused.value.text.en
            patient = database.submit(decision(2), patient=True)
            other.execute("rollback")
        patient.result(20)
        assert told[-1] is None
    finally:
        database.close()


@pytest.mark.parametrize("how", ["header", "no database", "cut", "pages"])
def test_a_damaged_plant_database_is_refused_and_not_touched(tmp_path, how):
    file = tmp_path / "plant.db"
    database = Database(file)
    for n in range(50):
        database.submit(decision(n)).result(10)
    database.close()
    spoil(file, how)
    before = file.read_bytes()
    with pytest.raises(DamagedFileError) as refused:
        Database(file)
    assert "backup" in refused.value.text.en and "백업" in refused.value.text.ko
    assert file.read_bytes() == before
