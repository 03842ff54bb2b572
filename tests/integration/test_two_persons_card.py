"""A card that takes two persons: the first signature waits, another person's orders it, both stand behind it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from hmi.desk.decision_acts import DecisionActs
from hmi.desk.decision_cards import card_of
from hmi.desk.refused import RefusedError
from hmi.loop.doors import Doors
from hmi.loop.execute import run_of
from hmi.loop.recommend import Recommend
from hmi.loop.record import Record
from hmi.loop.second import FIRST
from hmi.model.command import CommandOutcome, CommandResult, Mode
from hmi.model.decision import DecisionState
from hmi.model.guard import Guard
from hmi.model.reading import Reading
from hmi.model.sequence import RunState
from hmi.plant.gateway.runs import Runs
from hmi.store import decisions as store
from hmi.store.decisions import Card
from hmi.store.runs import RunTable
from tests.integration.people_site import ADMIN, ADMIN_WORD, WORD
from tests.integration.people_site import Site as PeopleSite
from tests.unit.loop_site import MEASURED, PLANT, SETPOINT, S, advice
from tests.unit.loop_site import WORD as SAID

TWO = replace(PLANT, guards=(Guard(SETPOINT, signature=True, two_persons=True),))


class Site:
    """A desk with its real people, a card on record, and what may act on it."""

    def __init__(self, folder):
        self.values = {SETPOINT: 245.0, MEASURED: 250.0}
        self.woken = []
        self.people = PeopleSite(folder, more=self._acts)
        self.people.found().close()
        self.people.add("kim", printed_name="Kim Jihye")
        self.people.add("lee", printed_name="Lee Sora")
        self.people.add("han", role="operator")
        self.number = self.run(self._card()).id

    def _acts(self, people):
        self.desk_people, self.database, clock = people, people._database, people._clock.wall_ns
        self.record = Record(self.database)
        self.doors = Doors(
            TWO, lambda tag: Reading(self.values.get(tag), 0, clock()), lambda tag: 0.1, lambda place: None,
            lambda person, tag, value: None, None, SimpleNamespace(find=lambda id: None),
            SimpleNamespace(find=lambda id: None), SimpleNamespace(find=lambda id: None), clock,
        )  # fmt: skip

        async def shown(card, person):
            return card_of(card, [], None, self.doors, person)

        return DecisionActs(self.doors, self.record, people, shown, lambda: self.woken.append(1)).answers()

    async def _card(self):
        now = self.doors.clock()
        made = advice(class_a=False, expires_s=600.0)
        return await self.record.add(
            Card(made, proposed_ns=now, expires_ns=now + 600 * S, judgement="agree", facts={"said": 0.7}), SAID
        )

    def run(self, coroutine):
        return self.people.on_loop(coroutine)

    def kept(self):
        with self.database.reader() as c:
            return store.find_card(c, self.number)

    def decide(self, user, verdict="approve", word=WORD, **more):
        with self.people.sit(user, ADMIN_WORD if user == ADMIN else WORD) as seat:
            asked = {"id": self.number, "verdict": verdict, "reason": f"{user} says", "password": word} | more
            return seat.call("decide", **asked)

    def refused(self, *asked, **more):
        with pytest.raises(RefusedError) as no:
            self.decide(*asked, **more)
        return no.value.text

    def sweep(self):
        recommend = Recommend(self.doors, self.record, [], lambda name, words: None)
        self.run(recommend.run(self.doors.clock()))


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.people.stop()


def test_the_first_signature_orders_nothing_and_the_second_persons_does(site):
    shown = site.decide("kim")
    assert shown.row.state is DecisionState.PROPOSED and shown.two_persons is not None
    assert shown.row.first_by == "Kim Jihye"
    assert shown.row.second_until_ns == shown.row.first_ns + 120 * S
    assert not site.woken
    again = site.decide("lee")
    assert again.row.state is DecisionState.APPROVED and site.woken
    assert (again.row.by, again.row.first_by, again.row.second_until_ns) == ("Lee Sora", "Kim Jihye", 0)
    card = site.kept()
    with site.people.sit("kim") as seat:
        first = seat.call("signature", number=card.facts[FIRST]["signature"])
        second = seat.call("signature", number=card.signature)
    assert (first.user, second.user, second.first) == ("kim", "lee", first.number)
    assert first.record == second.record and first.record["writes"] == [{"tag": SETPOINT, "value": 243.0}]
    assert [r["action"] for r in site.people.trail("decision_first", "decision_approve")] == [
        "decision_first", "decision_approve",
    ]  # fmt: skip
    lives = site.record.read(lambda c: store.life(c, card.id))
    assert [one.by for one in lives] == ["", "Kim Jihye", "Kim Jihye, Lee Sora"]


def test_a_run_that_two_ordered_is_covered_by_both(site):
    site.decide("kim")
    site.decide("lee")
    card, seen = site.kept(), []

    async def story():
        async def execute(command, actor):
            seen.append((actor.user, runs.covers(command), runs.meaning(command)))
            return CommandResult(command, actor, CommandOutcome.VERIFIED)

        clock = site.doors.clock
        people = site.desk_people.accounts.person
        runs = Runs(execute, RunTable(site.database), lambda: Mode.CONTROL, people, clock)
        return await runs.start(run_of(card), card.person)

    assert site.run(story()).state is RunState.WHOLE
    assert seen == [("lee", ("lee", "kim"), "approve")]


@pytest.mark.parametrize("user", ["kim", "han", ADMIN])
def test_the_second_is_another_person_with_the_right_to_decide(site, user):
    site.decide("kim")
    assert site.refused(user) is not None
    card = site.kept()
    assert card.state is DecisionState.PROPOSED and FIRST in card.facts


def test_what_moved_between_the_two_is_not_signed(site):
    site.decide("kim")
    site.values[SETPOINT] = 240.0
    assert "240" in site.refused("lee").en
    site.values[SETPOINT] = 245.0
    site.refused("lee", word="not-the-Password-1")
    assert site.kept().state is DecisionState.PROPOSED
    site.decide("lee")
    assert site.kept().state is DecisionState.APPROVED


def test_a_second_who_comes_too_late_is_a_first_again(site):
    site.decide("kim")
    site.people.clock.s += 121
    shown = site.decide("lee")
    assert shown.row.state is DecisionState.PROPOSED and shown.row.first_by == "Lee Sora"
    site.decide("kim")
    assert site.kept().state is DecisionState.APPROVED


def test_a_first_signature_that_nobody_followed_is_let_go_and_told(site):
    site.decide("kim")
    site.sweep()
    assert FIRST in site.kept().facts
    site.people.clock.s += 121
    site.sweep()
    assert FIRST not in site.kept().facts and site.kept().facts["said"] == 0.7
    lives = site.record.read(lambda c: store.life(c, site.number))
    assert len(lives) == 3 and "2 min" in lives[-1].words.en


def test_the_deadline_stands_for_the_second_too(site):
    site.people.clock.s += 550
    site.decide("kim")
    site.people.clock.s += 60
    site.refused("lee")
    assert site.kept().state is DecisionState.PROPOSED


@pytest.mark.parametrize(("verdict", "state"), [("reject", DecisionState.REJECTED), ("defer", DecisionState.DEFERRED)])
def test_the_second_person_may_say_no_alone(site, verdict, state):
    site.decide("kim")
    row = site.decide("lee", verdict).row
    assert (row.state, row.by, row.first_by) == (state, "Lee Sora", "")


def test_what_two_ordered_is_not_taken_back_by_one(site):
    site.decide("kim")
    site.decide("lee")
    site.database.submit(lambda work: store.note(work, site.number, state=DecisionState.EXECUTED)).result()
    with site.people.sit("kim") as seat, pytest.raises(RefusedError):
        seat.call("undo_decision", id=site.number, reason="x", password=WORD)
