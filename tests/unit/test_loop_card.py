"""A card's life under any order of events and restarts: nothing without approval, nothing twice, what ended stays."""

import asyncio
import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hmi.loop.approve import DEFER_NS, VERDICTS, Approve, refuse_verdict
from hmi.loop.execute import Execute
from hmi.loop.learn import Learn
from hmi.loop.recommend import Recommend
from hmi.loop.verify import Verify
from hmi.model.command import CommandOutcome
from hmi.model.decision import DecisionState, Judgement
from hmi.model.sequence import Run, RunState, StepResult
from hmi.store import decisions as store
from hmi.store import loop as loop_store
from hmi.store.decisions import FOLLOWS
from hmi.store.faults import StoreError
from tests.unit.loop_site import KIM, START, S, Site, advice

OUTCOMES = [RunState.WHOLE, RunState.STOPPED, RunState.UNKNOWN, RunState.INTERRUPTED, "partly", "refused"]


class Runner:
    """A runner whose runs come to what the machine chose, and which counts what it was told to begin."""

    def __init__(self, runs):
        self.runs, self.begun, self.comes_to = runs, [], RunState.WHOLE

    def find(self, id):
        return self.runs.get(id)

    async def start(self, run, actor):
        assert run.id not in self.runs, "begun twice"
        self.begun.append(run)
        if self.comes_to == "refused":
            raise OSError("the disk is full")
        self.runs[run.id] = _stands(run, self.comes_to)
        return self.runs[run.id]


def _stands(run, state):
    done = StepResult(CommandOutcome.VERIFIED)
    if state == "partly":
        return replace(run, state=RunState.STOPPED, results=(done,))
    return replace(run, state=state, results=(done,) * (state is RunState.WHOLE))


class Life(RuleBasedStateMachine):
    """The steps of the loop on a real record, in any order."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.site = Site(self.folder)
        self.runner = Runner(self.site.runs)
        self.signatures, self.seen = 0, 0
        self._wire()

    def teardown(self):
        self.site.database.close()
        shutil.rmtree(self.folder)

    def _wire(self):
        site = self.site
        self.doors = replace(site.doors, runner=self.runner)
        self.approve, self.learn = Approve(site.record), Learn(site.record)
        self.verify = Verify(self.doors, site.record, lambda *key: False, lambda card: None)
        self.recommend = Recommend(self.doors, site.record, [], lambda name, why: None)

    def look(self):
        return self.site.record.read(store.cards)

    @rule(key=st.sampled_from(["a", "b"]))
    def propose(self, key):
        asyncio.run(self.site.card(advice(key=key), detected_ns=self.site.now))

    @rule(data=st.data(), verdict=st.sampled_from(VERDICTS), judges=st.booleans())
    @precondition(lambda self: self.look())
    def decide(self, data, verdict, judges):
        """Somebody decides, on what the desk would let through and on what has moved on meanwhile."""
        card = data.draw(st.sampled_from(self.look()))
        self.signatures += 1

        async def story():
            now = card
            if judges and now.state.open:
                now = await self.approve.judge(now, Judgement.AGREE, self.site.entry("decision_judgement"))
            if refuse_verdict(now, verdict, "why", self.site.now) is None or not now.state.open:
                await self.approve.decide(now, verdict, KIM, self.signatures, "why", self.site.entry())

        try:
            asyncio.run(story())
        except StoreError:
            assert not card.state.open

    @rule(comes_to=st.sampled_from(OUTCOMES))
    def execute(self, comes_to):
        self.runner.comes_to = comes_to

        async def story():
            step = Execute(self.doors, self.site.record, lambda: None)
            step._started_ns = 0
            await step.run(self.site.now)
            await step.settle()

        asyncio.run(story())

    @rule(data=st.data(), state=st.sampled_from([RunState.WHOLE, RunState.STOPPED, "partly"]))
    @precondition(lambda self: any(not r.ended for r in self.site.runs.values()))
    def settle(self, data, state):
        """A run that waited is settled by its read-back."""
        run = data.draw(st.sampled_from([r for r in self.site.runs.values() if not r.ended]))
        self.site.runs[run.id] = _stands(run, state)

    @rule()
    def take_the_steps(self):
        async def story():
            await self.verify.run(self.site.now)
            await self.recommend.run(self.site.now)
            await self.learn.run(self.site.now)

        asyncio.run(story())

    @rule(seconds=st.sampled_from([1, 31, DEFER_NS // S, 1900]))
    def time_passes(self, seconds):
        self.site.now += seconds * S

    @rule()
    def the_engine_is_killed(self):
        self.site.again()
        self._wire()

    @invariant()
    def every_life_is_a_legal_one(self):
        for card in self.look():
            lived = self.site.record.read(lambda c, number=card.id: store.life(c, number))
            states = [one.state for one in lived]
            assert states[0] is DecisionState.PROPOSED and states[-1] is card.state
            for one, following in pairwise(states):
                assert following in FOLLOWS.get(one, ()) or (one is following and one.open), states
            if DecisionState.EXECUTING in states:
                assert states[states.index(DecisionState.EXECUTING) - 1] is DecisionState.APPROVED
            assert sum(s.ended for s in states) <= 1
            assert (card.effect is not None) == (card.state is DecisionState.JUDGED)
            assert bool(card.ended_ns) == card.state.ended
            taught = self.site.record.read(lambda c, number=card.id: loop_store.taught(c, number))
            assert card.state.ended or not taught

    @invariant()
    def nothing_is_begun_without_its_signature_or_twice(self):
        assert len({run.id for run in self.runner.begun}) == len(self.runner.begun)
        by_id = {card.run: card for card in self.look()}
        for run in self.runner.begun[self.seen :]:
            card = by_id[run.id]
            assert run.signature == card.signature > 0 and run.user == KIM.user
            assert [(s.tag, s.value) for s in run.steps] == [(w.tag, w.value) for w in card.advice.writes]
        self.seen = len(self.runner.begun)

    @invariant()
    def one_matter_has_one_open_card(self):
        keys = [card.advice.key for card in self.look() if card.state.open]
        assert len(keys) == len(set(keys))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=12, stateful_step_count=16)


def test_no_step_brings_a_card_to_a_state_that_does_not_follow(tmp_path):
    async def story(site):
        cards = await asyncio.gather(*(site.card(advice(key=""), state=state) for state in DecisionState))
        tried = [(c, to) for c in cards for to in DecisionState if to not in {c.state, *FOLLOWS.get(c.state, ())}]
        moves = [site.record.move(c.id, {c.state}, to, c.advice.what, at_ns=START) for c, to in tried]
        came = await asyncio.gather(*moves, return_exceptions=True)
        assert len(tried) > 100 and all(isinstance(one, StoreError) for one in came)
        assert all(site.kept(card.id).state is card.state for card in cards)

    site = Site(tmp_path)
    try:
        asyncio.run(story(site))
    finally:
        site.database.close()


def test_only_what_was_approved_is_carried_out():
    leads_to = {one for one, following in FOLLOWS.items() if DecisionState.EXECUTING in following}
    assert leads_to == {DecisionState.APPROVED, DecisionState.UNKNOWN, DecisionState.PARTLY}
    for one in (DecisionState.UNKNOWN, DecisionState.PARTLY):  # these come of having been carried out
        came = {before for before, following in FOLLOWS.items() if one in following}
        assert came == {DecisionState.EXECUTING, DecisionState.UNKNOWN, DecisionState.PARTLY}
    assert not any(FOLLOWS.get(state) for state in DecisionState if state.ended)
    assert Run("x", "", "", (), "", 0).state is RunState.RUNNING
