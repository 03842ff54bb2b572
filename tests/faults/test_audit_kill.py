"""kill -9 at random moments during commands and acknowledgements: nothing that was acknowledged is lost."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.model.command import CommandOutcome
from hmi.people import trail
from hmi.store.commands import CommandTable
from hmi.store.database import Database
from tests.faults.killing import killed

CHILD = Path(__file__).with_name("audit_child.py")


def run(folder, kills):
    chance, intents, outcomes, rows = random.Random(20261121), set(), set(), 0
    number, signed = 0, 0
    for turn in range(kills):
        for kind, at in killed(CHILD, folder, number, chance=chance, alive_s=(0.0, 0.4)):
            if kind == "row":
                rows = max(rows, int(at))
            else:
                (intents if kind == "intent" else outcomes).add(int(at))
        with closing(sqlite3.connect(folder / "plant.db")) as c:
            assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
            last = c.execute("select key from command order by number desc limit 1").fetchone()
            number = int(last[0][1:]) if last else 0
        if turn % (1 + kills // 50) and turn != kills - 1:
            continue  # the trail grows, and each check walks over all of it
        report = trail.verify(folder / "plant.db")
        assert report.whole, report.flaws[:3]
        assert report.rows >= rows and report.signed_to >= signed
        signed = report.signed_to
    database = Database(folder / "plant.db")
    try:
        table = CommandTable(database)
        found = {int(r.command.key[1:]): r.outcome for r in table.recent(1_000_000)}
        assert intents <= set(found) and len(intents) > kills
        assert all(found[n] is CommandOutcome.VERIFIED for n in outcomes)
        # what has an intent and no outcome is what the gateway must settle
        assert {int(r.command.key[1:]) for r in table.open_intents()} == set(found) - {
            n for n, outcome in found.items() if outcome is CommandOutcome.VERIFIED
        }
    finally:
        database.close()


def test_ten_kills(tmp_path):
    run(tmp_path, 10)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_five_hundred_kills(tmp_path):
    run(tmp_path, 500)
