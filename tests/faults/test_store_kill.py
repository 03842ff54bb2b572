"""kill -9 at random moments: the files stay whole, no decision is lost, and at most the last second of telemetry."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store import events
from hmi.store.database import Database
from hmi.store.history_reader import HistoryReader
from tests.faults.killing import killed

CHILD = Path(__file__).with_name("store_child.py")
SECOND = 1_000_000_000
NOTE = np.dtype("<i8")


def run(tmp_path, kills):
    chance = random.Random(20261121)
    (tmp_path / "note").write_bytes(bytes(24))
    number, decisions, reader = 0, set(), HistoryReader(tmp_path / "history.db")
    for _ in range(kills):
        begin = number
        decisions |= {int(n) for (n,) in killed(CHILD, tmp_path, number, chance=chance, alive_s=(0.05, 1.3))}
        number, last_ns, stall = (int(n) for n in np.fromfile(tmp_path / "note", NOTE))
        for name in ("history.db", "plant.db"):
            with closing(sqlite3.connect(tmp_path / name)) as c:
                assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
        raw = list(reader.raw("t7", int(last_ns) - 3 * SECOND, int(last_ns) + SECOND))
        kept = np.concatenate([part.value for part in raw]) if raw else np.empty(0)
        times = np.concatenate([part.time_ns for part in raw]) if raw else np.empty(0)
        own = kept > begin
        if own.any():  # what is kept has no holes: all up to a moment, and that moment is near
            assert np.unique(kept[own]).tolist() == list(range(int(kept[own].min()), int(kept.max()) + 1))
            missing_ns = int(last_ns) - int(times.max())
        else:
            missing_ns = 0 if number == begin else (number - begin) * 3_000_000
        # the machine itself may have stood still for longer than the child was allowed to lose
        assert missing_ns <= SECOND + 2 * int(stall)
    database = Database(tmp_path / "plant.db")
    with database.reader() as c:
        found = {row.at_ns for row in events.since(c, 0, 1_000_000)}
    database.close()
    assert decisions and decisions <= found


def test_ten_kills(tmp_path):
    run(tmp_path, 10)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_hundred_kills(tmp_path):
    run(tmp_path, 100)
