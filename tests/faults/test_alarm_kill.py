"""kill -9 at random moments: no answered acknowledgement is lost, and the journal leads to the state that is kept."""

import random
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from hmi.alarms.machine import replay
from hmi.model.alarm import EventKind
from hmi.store import alarms, audit
from hmi.store.database import Database
from tests.faults.alarm_rules import RULES
from tests.faults.killing import killed

CHILD = Path(__file__).with_name("alarm_child.py")


def run(folder, kills):
    chance, answered = random.Random(20261121), set()
    for _ in range(kills):
        answered |= {tuple(said) for said in killed(CHILD, folder, chance=chance, alive_s=(0.02, 0.6))}
        with closing(sqlite3.connect(folder / "plant.db")) as c:
            assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
    database = Database(folder / "plant.db")
    with database.reader() as c:
        rows, kept = alarms.rows_between(c, 0, 2**62), alarms.states(c)
        trail = audit.rows(c, audit.Wanted(), limit=10**6)
    database.close()
    acknowledged = [(r.alarm, str(r.activation)) for r in rows if r.event.kind is EventKind.ACKNOWLEDGE]
    assert answered and answered <= set(acknowledged)
    assert sorted(acknowledged) == sorted(set(acknowledged)), "no activation is acknowledged twice"
    assert len(trail) == len(acknowledged), "each with its entry in the trail, in one commit"
    for one in RULES:
        mine = [r for r in rows if r.alarm == one.id]
        assert all(a.after == b.before for a, b in pairwise(mine))
        assert replay(mine, one) == kept[one.id]
    return len(answered)


def test_killed_while_acknowledging(tmp_path):
    run(tmp_path, 4)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_killed_five_hundred_times_while_acknowledging(tmp_path):
    print(f"{run(tmp_path, 500)} answered acknowledgements, none lost")
