"""A loop on a real record with a plant of values: what the tests of its steps stand on."""

import atexit
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from hmi.loop.doors import Doors
from hmi.loop.record import Record
from hmi.model.decision import AdviceKind, Cause, Confidence, Expected, Recommendation, Write
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.permission import Person, Role
from hmi.model.reading import Reading
from hmi.model.text import Text
from hmi.store import decisions as store
from hmi.store.audit import Entry
from hmi.store.database import Database
from hmi.store.decisions import Card
from tests.unit.quality_flow import PLANT

S = 1_000_000_000
START = 1_795_240_800 * S
KIM = Person("kim", "Kim Jihye", Role.SUPERVISOR)
PLACE = "L1.S3"
SETPOINT, MEASURED = "L1.S3.Zone3Setpoint", "L1.S3.Zone3Temperature"
WORD = Text("word", "말")
BAD = 0x80000000


def advice(kind=AdviceKind.STEP, **changes):
    """A card's advice: a step of the oven's set-point."""
    writes = (Write(SETPOINT, 245.0, 243.0, 245.0, 0.5),)
    expected = Expected(WORD, MEASURED, "°C", -1, 250.0, 245.0, 243.0, 247.0, 30.0)
    made = Recommendation(
        "advisor", kind, PLACE, WORD, (Cause(f"tag:{MEASURED}", WORD, 0.8, WORD),), (), (), expected,
        Confidence(0.7, 0, 0, False, "advisor", "1", 0), (), writes, WORD, 300.0, True, (MEASURED,), key="step:oven",
    )  # fmt: skip
    return replace(made, **changes)


class Saying:
    """An advisor of every matter that says what it is given, one after the other."""

    name = "advisor"

    def __init__(self, *says):
        self.says = list(says)

    def takes(self, deviation, causes):
        return True

    async def propose(self, deviation, causes, view):
        return self.says.pop(0)


@cache
def empty_record():
    """An empty record; made once, since making one takes longer than most tests."""
    file = Path(tempfile.mkdtemp()) / "plant.db"
    atexit.register(shutil.rmtree, file.parent)
    Database(file).close()
    return file


class Site:
    """Values, states, a clock that the test moves, and the record on disk."""

    def __init__(self, folder):
        self.now, self.ages, self.bad = START, {}, set()
        self.values = {SETPOINT: 245.0, MEASURED: 250.0}
        self.states, self.history, self.holds, self.routes, self.runs = {}, None, {}, {}, {}
        self.file, self.changed = folder / "plant.db", []
        shutil.copy(empty_record(), self.file)
        self.open()

    def open(self):
        self.database = Database(self.file)
        self.record = Record(self.database, self.changed.append)
        self.doors = Doors(
            PLANT, self.reading, lambda tag: self.ages.get(tag, 0.1), self.states.get, lambda person, tag, value: None,
            self.history, _Found(self.runs), _Found(self.holds), _Found(self.routes), lambda: self.now,
        )  # fmt: skip

    def again(self):
        """The next engine on the same folder."""
        self.database.close()
        self.open()

    def reading(self, tag):
        known = tag in self.values and tag not in self.bad
        return Reading(self.values.get(tag), 0 if known else BAD, self.now)

    def stands(self, station, state, since_ns, **more):
        self.states[station] = StateSpan(station, state, Waiting.NONE, since_ns, None, **more)

    def runs_all(self, since_ns=START - 3600 * S):
        for station in PLANT.stations:
            self.stands(station.id, MachineState.EXECUTE, since_ns)

    async def card(self, made=None, **changes):
        """A card on record."""
        card = Card(made or advice(), proposed_ns=self.now, expires_ns=self.now + 300 * S, facts={"said": 0.7})
        return await self.record.add(replace(card, **changes), WORD)

    def kept(self, number):
        with self.database.reader() as c:
            return store.find_card(c, number)

    def entry(self, action="decision_approve"):
        return Entry(action, user=KIM.user, role=KIM.role.value, at_ns=self.now)


class _Found:
    """A room that finds what the test put there."""

    def __init__(self, things):
        self._things = things

    def find(self, id):
        return self._things.get(id)
