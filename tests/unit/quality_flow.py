"""The demo plant as a source of readings for the rooms of quality, with the truth beside it."""

import random

import numpy as np

from hmi.plant.passing import Passing
from hmi.plant.port import Batch
from hmi.quality.genealogy import Genealogy
from hmi.runtime.plantfile import load
from plugins.demo_plant.points import values
from plugins.demo_plant.sim import DemoPlant
from tests.conftest import ROOT

PLANT = load(ROOT / "resources" / "demo" / "plant.toml")
EPOCH = 1_795_240_800.0
SECOND = 1_000_000_000
STRINGS = {t.id for t in PLANT.tags if t.type.value == "String"}


def batch_of(plant, said, at_ns):
    """One message: said is a list of (tag, text or None for a bad reading)."""
    n = len(said)
    return Batch(
        np.array([plant.row[t] for t, _ in said], np.int32), np.full(n, np.nan),
        np.array([0 if v is not None else 0x80000000 for _, v in said], np.uint32),
        np.full(n, at_ns, np.int64), np.full(n, 12, np.uint8),
        {i: v for i, (_, v) in enumerate(said) if v is not None},
    )  # fmt: skip


class Flow:
    """A running demo plant whose text tags reach the station in shuffled messages.

    dated: what an engine reads first carries the time at which it changed, else the time of reading.
    """

    def __init__(self, seed=7, scenario="none", lead_s=0.0, stops=True, dated=False, **more):
        self.demo = DemoPlant(seed, scenario, EPOCH, random_stops=stops)
        self.chance = random.Random(seed)
        self.lag_s = 0.0
        self.demo.step(lead_s)
        self.genealogy = Genealogy(PLANT, **more)
        self.passes = []
        self.dated, self.changed = dated, {}
        self.begin()

    def begin(self):
        """An engine starts: all tags are read at once."""
        self.passing = Passing(PLANT, self.genealogy, self._take)
        self.seen = {}
        self._send()

    def _take(self, p):
        self.genealogy.add(p)
        self.passes.append(p)

    @property
    def now(self):
        return int((EPOCH + self.demo.now_s) * SECOND)

    def run(self, seconds, scan_s=0.25, watched=True):
        for _ in range(round(seconds / scan_s)):
            self.demo.step(scan_s)
            if watched:
                self._send()
            elif self.dated:
                self._note(self._found())
        return self

    def end(self):
        """Let what waits settle."""
        self.passing.tick(self.now + 2 * SECOND)
        return self

    def _send(self):
        found = self._found()
        self._note(found)
        changed = [(t, v) for t, v in found.items() if self.seen.get(t) != v]
        self.seen = found
        self.chance.shuffle(changed)
        cut = self.chance.randrange(len(changed) + 1)
        for part in (changed[:cut], changed[cut:]):
            if part:
                at_ns = [self.changed[t][1] for t, _ in part] if self.dated else self.now
                self.passing.on_batch(batch_of(PLANT, part, at_ns), self.now + SECOND // 50)
        self.passing.tick(self.now + SECOND // 50)

    def _found(self):
        return {t: v for t, v in values(self.demo).items() if t in STRINGS}

    def _note(self, found):
        """When each tag changed last."""
        for tag, word in found.items():
            if tag not in self.changed or self.changed[tag][0] != word:
                self.changed[tag] = (word, self.now)

    def truly_of_batch(self, batch):
        """Units printed with a batch."""
        return {u.id for u in self.demo.units.values() if u.batch.id == batch and u.passed}
