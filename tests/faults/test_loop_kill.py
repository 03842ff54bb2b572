"""kill -9 of the engine at every unit of work of loop, hold and reroute: it goes on where it stood, no command twice.

A whole engine plays a story against a controller that outlives it and counts what is written. It is killed just before
a unit of work, or when that is on disk and nobody has heard of it; the next engine finds the folder as it is, with the
same supervisor at the desk, who signs anew only what certainly was not done.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hmi.people import trail
from tests.conftest import ROOT, free_port
from tests.faults.loop_plant import PlantServer

STORIES = ("hold", "step", "reroute")
MOST = 120
"""No story takes so many units of work."""
HOME = {
    "hold": {f"{line}.{station}.HoldGate": False for line in ("L1", "L2") for station in ("S1", "S3")},
    "step": {"L1.S2.SpeedSetpoint": 100.0}, "reroute": {"L1.S1.DivertTo": 0},
}  # fmt: skip
RETURNS = (("return", "JUDGED", "NO_EFFECT"), ("return", "FAILED", ""))
ENDS = {
    "hold": [[["hold", "JUDGED", "EFFECTIVE"]]],
    # what was certainly not written is told to be FAILED, and a person decides
    "step": [[["step", "JUDGED", "NO_EFFECT"]], [["step", "FAILED", ""]]],
    # nothing is made in this plant, so a route has no effect or is worse than what the twin expected of waiting
    "reroute": [
        *([[*back], ["reroute", "JUDGED", effect]] for back in RETURNS for effect in ("WORSE", "NO_EFFECT")),
        [["reroute", "FAILED", ""]],
    ],
}  # fmt: skip


@dataclass
class Bench:
    """The controller, and the process that forks engines."""

    folder: Path
    server: PlantServer
    child: subprocess.Popen
    ends: Counter = field(default_factory=Counter)

    def engine(self, folder, story, when="after", at=0):
        """One engine's life; what it said, or that it was killed."""
        asked = {"folder": str(folder), "story": story, "when": when, "at": at}
        self.child.stdin.write(json.dumps(asked) + "\n")
        self.child.stdin.flush()
        said = self.child.stdout.readline()
        assert said, (self.folder / "engine.log").read_text()
        return json.loads(said)

    def play(self, story, *kills):
        """A story with engines killed at these units of work, then gone on with; whether all were killed."""
        self.server.reset()
        folder = self.folder / story
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder / "template", folder)
        try:
            for when, at in kills:
                if "killed" not in (said := self.engine(folder, story, when, at)):
                    self.ended(folder, story, said, kills)
                    return False
                between(folder, self.server, kills)
            self.ended(folder, story, self.engine(folder, story), kills)
            return True
        finally:
            self.server.quiet()

    def ended(self, folder, story, said, kills):
        """The story came to one of its ends, and the record and the controller agree about how."""
        assert said["done"], (kills, said, self.server.writes)
        states = [row[:3] for row in said["cards"]]
        assert states in ENDS[story], (kills, said)
        self.ends[json.dumps(states)] += 1
        assert {tag: self.server.value(tag) for tag in HOME[story]} == HOME[story]
        with closing(sqlite3.connect(folder / "plant.db")) as c:
            c.row_factory = sqlite3.Row
            sound(c, self.server, kills)
            done = Counter((r["tag"], r["value"]) for r in c.execute("select * from command where outcome='VERIFIED'"))
            assert done == written(self.server), (kills, "every write is on record as done, once")
            assert not c.execute("select count(*) from command where not settled").fetchone()[0]
            lost = "select count(*) from command where outcome = 'UNKNOWN'"  # settled by now: it was not done
            assert c.execute(lost).fetchone()[0] or not any(row[1] == "FAILED" for row in states), (kills, said)
            assert not c.execute("select count(*) from run where state in ('RUNNING', 'UNKNOWN')").fetchone()[0]
        report = trail.verify(folder / "plant.db")
        assert report.whole, (kills, report.flaws[:3])


def written(server):
    """How often each value was written to each tag, as the record spells them."""
    return Counter((tag, json.dumps(value)) for tag, value in server.writes)


def sound(c, server, kills):
    """What must hold at every moment, dead or alive."""
    assert c.execute("pragma integrity_check").fetchone()[0] == "ok"
    asked = Counter((r["tag"], r["value"]) for r in c.execute("select * from command where outcome != 'REFUSED'"))
    assert not written(server) - asked, (kills, "a write without an intent on record")
    keys = [r["key"].rsplit(":", 1)[0] for r in c.execute("select key from command where outcome = 'VERIFIED'")]
    assert len(keys) == len(set(keys)), (kills, "a step that was done twice", keys)


def between(folder, server, kills):
    """What the dead engine left: nothing there claims more than what is so."""
    with closing(sqlite3.connect(folder / "plant.db")) as c:
        c.row_factory = sqlite3.Row
        sound(c, server, kills)
        for hold in c.execute("select * from hold where state = 'HELD'"):
            gates = c.execute("select * from hold_gate where hold = ?", (hold["id"],)).fetchall()
            assert gates and all(g["asked"] and g["outcome"] == "VERIFIED" for g in gates), (kills, "a half-hold")
            assert all(server.value(g["tag"]) is True for g in gates), (kills, "a half-hold")
        for run in c.execute("select * from run where state in ('WHOLE', 'TAKEN_BACK')"):
            steps = len(json.loads(run["steps"]))
            keys = [f"{run['id']}:{at}:%" for at in range(steps)]
            verified = "select count(*) from command where key like ? and outcome = 'VERIFIED'"
            assert all(c.execute(verified, (key,)).fetchone()[0] == 1 for key in keys), (kills, run["id"])
        for route in c.execute("select * from reroute where state in ('VERIFIED', 'CONFIRMED', 'RETURNED')"):
            state = c.execute("select state from run where id = ?", (f"reroute:{route['id']}:open",)).fetchone()
            assert state and state[0] in ("WHOLE", "TAKEN_BACK"), (kills, route["state"])


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("kill"), free_port()
    server = PlantServer(port)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.loop_child", str(port), str(folder / "template")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    try:
        assert child.stdout.readline() == "ready\n"
        yield Bench(folder, server, child)
    finally:
        child.stdin.close()
        child.wait(60)
        child.stdout.close()
        server.stop()


@pytest.mark.parametrize(
    ("story", "when", "at"), [("hold", "before", 17), ("step", "before", 23), ("reroute", "after", 14)]
)
def test_killed_once_it_comes_to_the_same_end(bench, story, when, at):
    """One boundary of each story in every run of the suite: between a gate and the next, in an undo, in a reroute."""
    bench.play(story, (when, at))


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_boundary_it_comes_to_the_same_end(bench, story, when):
    bench.ends.clear()
    killed, wrong = 0, []
    for at in range(1, MOST):
        try:
            if not bench.play(story, (when, at)):
                break
        except AssertionError as fault:
            wrong.append(str(fault))
        killed += 1
    assert not wrong, "\n".join(wrong)
    assert 15 < killed < MOST - 1
    print(f"{story} {when}: {killed} kills, ends {dict(bench.ends)}")


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("story", STORIES)
def test_killed_again_while_it_recovers(bench, story):
    chance = random.Random(20261121)
    for _ in range(12):
        bench.play(story, *((chance.choice(["before", "after"]), chance.randrange(1, 30)) for _ in range(3)))
