"""Holds on a real record: the gates that they tell, one that refuses, an engine that goes away, the release."""

import asyncio
from dataclasses import replace

import pytest

from hmi.desk.holds import Holds
from hmi.model.command import CommandOutcome
from hmi.model.genealogy import UnitPass
from hmi.model.hold import Disposition, HoldOrder, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.permission import Person, Role
from hmi.model.reading import Reading
from hmi.model.sequence import Orderer, RunState, StepResult
from hmi.model.words import say
from hmi.quality.genealogy import Genealogy
from hmi.store.audit import Entry
from hmi.store.database import Database
from tests.unit.quality_flow import PLANT, SECOND

NOW = 1_795_240_800 * SECOND
KIM = Person("kim", "Kim Jihye", Role.SUPERVISOR)
LOT = HoldScope(ScopeKind.LOT, ("M",))
START, END = "L1.S1.HoldGate", "L1.S6.HoldGate"


class Plc:
    """A runner that writes to gates in memory; refuses names gates that do not move; silent: it never answers."""

    def __init__(self):
        self.values = {START: False, END: False, PLANT.line["L1"].roles["lot"]: "M"}
        self.runs, self.refuses, self.silent, self.started = {}, set(), False, asyncio.Event()

    def reading(self, tag):
        return Reading(self.values.get(tag), 0, NOW)

    def find(self, id):
        return self.runs.get(id)

    async def start(self, run, actor):
        if run.id in self.runs:
            return self.runs[run.id]
        self.started.set()
        if self.silent:
            await asyncio.Event().wait()
        results = []
        for step in run.steps:
            if step.tag in self.refuses:
                results.append(StepResult(CommandOutcome.REJECTED, say("outcome.REJECTED"), 1, None, NOW))
                break
            self.values[step.tag] = step.value
            results.append(StepResult(CommandOutcome.VERIFIED, None, 1, step.value, NOW))
        whole = len(results) == len(run.steps) and results[-1].outcome is CommandOutcome.VERIFIED
        made = replace(run, results=tuple(results), state=RunState.WHOLE if whole else RunState.STOPPED)
        self.runs[run.id] = made
        return made


async def signed(*asked):
    return "7"


def engine(database, plc):
    genealogy = Genealogy(PLANT)
    for n in range(3):
        genealogy.add(UnitPass(f"u{n}", "L1.S3", "L1", NOW - (9 - n) * SECOND, "M", "WO", "p", "A", "kim", ""))
    return Holds(
        PLANT, genealogy, database, plc, lambda *asked: KIM, signed,
        lambda seat, action, record, old, new, why, cause="": Entry(action, record, old, new, why, cause, KIM.user),
        plc.reading, lambda *moved: None, lambda row: None, lambda: NOW + 60 * SECOND,
    )  # fmt: skip


def place(holds):
    return holds.place(Orderer(KIM, 7, "approve"), HoldOrder(LOT, HoldReason.REJECT_RUN, "", "decision:1"))


@pytest.fixture
def database(tmp_path):
    made = Database(tmp_path / "plant.db")
    yield made
    made.close()


def test_a_hold_closes_its_gates_takes_its_units_and_opens_them_again(database):
    async def story():
        plc = Plc()
        holds = engine(database, plc)
        row = await place(holds)
        assert row.state is HoldState.HELD and row.why is None
        assert [(g.tag, g.closed, g.outcome) for g in row.gates] == [(END, True, "VERIFIED"), (START, True, "VERIFIED")]
        assert (row.units, row.out, row.inside) == (3, 0, 3)
        assert (await place(holds)).id == row.id  # the same cause is one hold
        trace = await holds.answers()["trace"]("u1")
        assert trace.known and trace.holds == [row.id] and trace.same_lot == 2
        release = holds.answers()["release_hold"]
        row = await release(None, row.id, Disposition.REWORK, "looked at", "word")
        assert row.state is HoldState.RELEASED and row.disposition is Disposition.REWORK
        assert [g.closed for g in row.gates] == [False, False] and not plc.values[START]

    asyncio.run(story())


def test_a_gate_that_refuses_is_shown_and_does_not_keep_the_others_open(database):
    async def story():
        plc = Plc()
        plc.refuses.add(END)
        row = await place(engine(database, plc))
        assert row.state is HoldState.PARTLY and row.why is not None
        assert [(g.tag, g.closed, g.outcome) for g in row.gates] == [
            (END, False, "REJECTED"), (START, True, "VERIFIED"),
        ]  # fmt: skip

    asyncio.run(story())


def test_a_hold_whose_engine_went_away_while_placing_goes_on_with_the_next(database):
    async def story():
        plc = Plc()
        plc.silent = True
        first = engine(database, plc)
        asked = asyncio.ensure_future(place(first))
        await plc.started.wait()
        assert first.answers()["holds"]()[0].state is HoldState.PLACING
        await first.stop()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        plc.silent = False
        second = engine(database, plc)
        second.tick()
        row = await place(second)
        assert row.state is HoldState.HELD and row.units == 3
        assert len(second.board.holds) == 1 and plc.values[START] and plc.values[END]

    asyncio.run(story())
