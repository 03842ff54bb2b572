"""Deciding at the desk: the right first, then what is true, then the signature; nothing signed that is refused."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from hmi.desk.decision_acts import DecisionActs
from hmi.desk.refused import RefusedError
from hmi.loop import approve
from hmi.model.decision import AdviceKind, DecisionState, Judgement, Write
from hmi.model.permission import Action
from hmi.store.audit import Entry
from tests.unit.loop_site import KIM, MEASURED, SETPOINT, WORD, S, Site, advice


class People:
    """A desk's people: one who may, or may not; remembers what was signed."""

    def __init__(self, site):
        self.site, self.may, self.signed, self.asked = site, True, [], []

    def person(self, seat):
        return KIM

    def require(self, seat, action, area="*"):
        self.asked.append((action, area))
        if not self.may:
            raise RefusedError(WORD)
        return KIM

    def entry(self, seat, action, object="", old=None, new=None, why="", cause=""):
        return Entry(action, object, old, new, why, cause, KIM.user, KIM.role.value, "", self.site.now)

    async def sign(self, seat, meaning, record, shown, password):
        if password != "right":
            raise RefusedError(WORD)
        self.signed.append((meaning, record, shown))
        return str(len(self.signed))


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.people, made.woken = People(made), []
    yield made
    made.database.close()


def acts(site, **changes):
    async def shown(card, person):
        return card

    doors = replace(site.doors, **changes)
    return DecisionActs(doors, site.record, site.people, shown, lambda: site.woken.append(site.now))


def decided(site, verdict="approve", password="right", made=None, then=lambda: None, shown="", **changes):
    """Judge and decide one card; the card, or the words of the refusal."""

    async def story():
        card = await site.card(made)
        desk = acts(site, **changes)
        if card.advice.class_a:
            await desk.judge_cause(None, card.id, Judgement.AGREE)
        then()
        try:
            await desk.decide(None, card.id, verdict, "why", password, shown)
        except RefusedError as refused:
            return site.kept(card.id), refused.text
        return site.kept(card.id), None

    return asyncio.run(story())


def test_an_approval_is_signed_for_exactly_its_writes_and_wakes_the_loop(site):
    card, why = decided(site)
    assert why is None and card.state is DecisionState.APPROVED and (card.signature, card.person) == (1, KIM)
    ((meaning, record, shown),) = site.people.signed
    assert meaning == "approve" and record["writes"] == [{"tag": SETPOINT, "value": 243.0}]
    assert shown["judgement"] == "agree" and shown["writes"][0]["now"] == 245.0
    assert site.people.asked == [(Action.DECIDE, "smt")] * 2 and site.woken == [site.now]


@pytest.mark.parametrize("verdict", ["approve", "reject", "defer"])
def test_who_may_not_decide_there_does_not(site, verdict):
    def then():
        site.people.may = False

    card, why = decided(site, verdict, then=then)
    assert why is not None and card.state is DecisionState.PROPOSED and not site.people.signed


def test_a_wrong_password_decides_nothing(site):
    card, why = decided(site, password="wrong")
    assert why is not None and card.state is DecisionState.PROPOSED


@pytest.mark.parametrize("fault", ["old", "moved", "bad", "expired", "shown", "refused"])
def test_what_is_not_so_any_more_is_not_even_signed(site, fault):
    changes, shown = {}, ""
    if fault == "refused":
        changes["preview"] = lambda person, tag, value: WORD
    if fault == "shown":
        shown = "another"

    def then():
        if fault == "old":
            site.ages[MEASURED] = 9.0
        elif fault == "moved":
            site.values[SETPOINT] = 240.0
        elif fault == "bad":
            site.bad.add(MEASURED)
        elif fault == "expired":
            site.now += 301 * S

    card, why = decided(site, then=then, shown=shown, **changes)
    assert why is not None and card.state is DecisionState.PROPOSED and not site.people.signed


def test_a_rejection_needs_none_of_that(site):
    def then():
        site.ages[MEASURED] = None

    card, why = decided(site, "reject", then=then)
    assert why is None and card.state is DecisionState.REJECTED
    assert "writes" not in site.people.signed[0][1]


def test_a_judgement_is_given_once_and_only_while_the_card_is_open(site):
    async def story():
        card = await site.card()
        desk = acts(site)
        await desk.judge_cause(None, card.id, Judgement.DIFFER)
        with pytest.raises(RefusedError):
            await desk.judge_cause(None, card.id, Judgement.AGREE)
        assert site.kept(card.id).judgement == "differ"
        ended = await site.card(advice(key=""), state=DecisionState.REJECTED)
        with pytest.raises(RefusedError):
            await desk.judge_cause(None, ended.id, Judgement.AGREE)
        with pytest.raises(RefusedError):
            await desk.judge_cause(None, 99, Judgement.AGREE)

    asyncio.run(story())


def test_class_a_without_a_judgement_is_not_signed(site):
    async def story():
        card = await site.card()
        with pytest.raises(RefusedError):
            await acts(site).decide(None, card.id, approve.APPROVE, "why", "right")
        assert not site.people.signed

    asyncio.run(story())


@pytest.mark.parametrize("gates", [["L1.S1.HoldGate"], ["L1.S6.HoldGate"]])
def test_a_hold_whose_gates_are_others_by_now_makes_room_for_a_new_card(site, gates):
    scope = {"kind": "lot", "ids": ["M1"], "since_ns": 0, "until_ns": 0}
    made = advice(
        AdviceKind.HOLD, writes=(Write("L1.S1.HoldGate", False, True, False),), inputs=(), key="hold:lot:M1",
        hold={"reason": "reject_run", "scope": scope},
    )  # fmt: skip
    site.values["L1.S1.HoldGate"] = False
    record = {"writes": [{"tag": tag, "value": True} for tag in gates]}
    holds = SimpleNamespace(preview=lambda scope: SimpleNamespace(record=record, gates=[]), find=lambda id: None)
    card, why = decided(site, made=made, holds=holds)
    same = gates == ["L1.S1.HoldGate"]
    assert card.state is (DecisionState.APPROVED if same else DecisionState.SUPERSEDED)
    assert (why is None) == same == bool(site.people.signed)
