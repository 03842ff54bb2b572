"""Taking a card back: on record before it is begun, gone on with by the next engine, told where it cannot be done."""

import asyncio
from dataclasses import replace

import pytest

from hmi.desk.decision_undo import UNDONE, Undoing
from hmi.desk.refused import RefusedError
from hmi.loop.approve import can_undo
from hmi.loop.execute import SIGNED_NS, run_of
from hmi.model.command import Mode
from hmi.model.decision import DecisionState, Effect
from hmi.model.reading import Reading
from hmi.model.sequence import RunState
from hmi.plant.gateway.runs import RunRefusedError
from hmi.runtime.surroundings import Resuming
from hmi.store.audit import Wanted, rows
from hmi.store.decisions import life
from tests.unit.loop_site import BAD, KIM, PLANT, SETPOINT, WORD, S, Site
from tests.unit.test_loop_card import Runner


class Backs(Runner):
    """A runner that takes runs back, refuses to, or dies before."""

    def __init__(self, runs):
        super().__init__(runs)
        self.taken, self.does = [], None

    async def take_back(self, id, actor, reason, signature, meaning="command"):
        if self.does is not None:
            raise self.does
        self.taken.append((id, actor.user, reason, signature))
        self.runs[f"{id}:back"] = replace(self.runs[id], id=f"{id}:back", state=RunState.WHOLE)
        return self.runs[f"{id}:back"]


class Died(BaseException):
    """The engine was killed here."""


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.refuses, made.runner = None, Backs(made.runs)
    yield made
    made.database.close()


def undoing(site):
    doors = replace(site.doors, runner=site.runner, preview=lambda person, tag, value: site.refuses)
    return Undoing(doors, site.record)


async def undone(site):
    """A judged card that somebody takes back."""
    card = await site.card(state=DecisionState.JUDGED, effect=Effect.WORSE, ended_ns=site.now)
    site.runs[card.run] = replace(run_of(replace(card, person=KIM)), state=RunState.WHOLE)
    return card, undoing(site).undo(card, KIM, "too cold", 9, site.entry("decision_undo"))


async def killed(site):
    """The engine died after it was put on record and before it began; the next one knows the card."""
    site.runner.does = Died()
    card, undo = await undone(site)
    with pytest.raises(Died):
        await undo
    site.again()
    site.runner.does = None
    return card


def test_it_is_on_record_with_who_and_why_and_cannot_be_done_twice(site):
    async def story():
        card, undo = await undone(site)
        kept = await undo
        assert site.runner.taken == [(card.run, "kim", "too cold", 9)]
        assert kept.facts[UNDONE] == 9 and not can_undo(kept)
        with site.database.reader() as c:
            assert "too cold" in life(c, card.id)[-1].words.en
            assert len(rows(c, Wanted(actions=("decision_undo",)), limit=9)) == 1
        assert undoing(site)._left == []

    asyncio.run(story())


def test_a_killed_engine_leaves_it_to_the_next_once_that_may_write(site):
    async def story():
        card = await killed(site)
        site.refuses = WORD
        later = undoing(site)
        await later.go_on(site.now + S)
        assert site.runner.taken == [], "the station is in MONITOR"
        site.refuses = None
        await later.go_on(site.now + 2 * S)
        await later.go_on(site.now + 3 * S)
        assert site.runner.taken == [(card.run, "kim", "too cold", 9)]
        assert not can_undo(site.kept(card.id))

    asyncio.run(story())


@pytest.mark.parametrize("does", [RunRefusedError(WORD), OSError("full")])
def test_what_the_runner_refuses_is_told_and_can_be_signed_again(site, does):
    async def story():
        site.runner.does = does
        card, undo = await undone(site)
        with pytest.raises(RefusedError):
            await undo
        kept = site.kept(card.id)
        assert UNDONE not in kept.facts and can_undo(kept) and kept.effect is Effect.WORSE
        with site.database.reader() as c:
            assert len(life(c, card.id)) == 3

    asyncio.run(story())


def test_an_engine_that_comes_too_late_says_so(site):
    async def story():
        card = await killed(site)
        later = undoing(site)
        await later.go_on(site.now + SIGNED_NS + 1)
        assert site.runner.taken == [] and later._left == []
        assert can_undo(site.kept(card.id))

    asyncio.run(story())


class Switch:
    """A station's mode."""

    def __init__(self, mode, since_ns):
        self.mode, self.since_ns = mode, since_ns


@pytest.mark.parametrize(
    ("mode", "waited_s", "linked", "goes_on"),
    [
        (Mode.MONITOR, 1, True, False), (Mode.CONTROL, 1, True, True), (Mode.CONTROL, 1, False, False),
        (Mode.CONTROL, 31, False, True),
    ],
)  # fmt: skip
def test_what_was_left_waits_for_control_and_a_while_for_the_controllers(monkeypatch, mode, waited_s, linked, goes_on):
    now = 1_000 * S
    monkeypatch.setattr("time.time_ns", lambda: now)

    def reading(tag):
        return Reading(0.0, 0 if linked or tag != SETPOINT else BAD, now)

    found = Resuming(PLANT, reading, Switch(mode, now - waited_s * S)).mode()
    assert (found is Mode.CONTROL) == goes_on
