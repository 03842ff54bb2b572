"""What an advisor may say: what cannot be carried out is refused when it is made, said once, and never shown."""

import asyncio
import logging
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.refused import RefusedError
from hmi.loop.recommend import Recommend
from hmi.loop.sound import UnsoundError, check, scope_of
from hmi.model.decision import AdviceKind, Deviation, Expected, Write
from hmi.model.flow import OptionKind, Plan, PlanOption
from hmi.store import decisions as store
from hmi.store import loop as loop_store
from tests.unit.loop_site import MEASURED, PLACE, PLANT, SETPOINT, START, WORD, S, Saying, Site, advice
from tests.unit.test_loop_acts import People, decided

LOT = {"kind": "lot", "ids": ["M1"], "since_ns": 0, "until_ns": 0}
HOLD = {"reason": "reject_run", "scope": LOT}
WRONG = [
    {}, {"reason": "reject_run"}, {"reason": "no_reason", "scope": LOT}, {"reason": "reject_run", "scope": None},
    *({"reason": "reject_run", "scope": LOT | one} for one in (
        {"kind": "planet"}, {"ids": []}, {"ids": "M1"}, {"ids": [7]}, {"ids": [""]}, {"since_ns": "2 pm"},
        {"since_ns": -1}, {"until_ns": 1.5},
    )),
]  # fmt: skip


def hold(told):
    return advice(AdviceKind.HOLD, hold=told, writes=(), inputs=(), expected=None)


def route(*options, option=0):
    plan = Plan(PLACE, START, 3600.0, tuple(PlanOption(kind, WORD) for kind in options)) if options else None
    return advice(AdviceKind.REROUTE, plan=plan, option=option)


SOUND = [advice(), hold(HOLD), route(OptionKind.WAIT, OptionKind.REROUTE, option=1), advice(writes=(), expected=None)]
UNSOUND = [
    None, "slow down", advice(place="L9.S9"), advice(expires_s=0.0), advice(expires_s=float("nan")),
    advice(expires_s="soon"), advice(what="no words"), advice(kind="pray"),
    advice(expected=Expected(WORD, MEASURED, "", 1, None, 1.0, 1.0, 1.0, float("inf"))),
    advice(confidence=replace(advice().confidence, value=1.7)),
    advice(writes=(Write("No.Such.Tag", 1, 2, 1),)), advice(writes=(Write(SETPOINT, 245.0, None, 245.0),)),
    advice(writes=(Write(SETPOINT, 245.0, object(), 245.0),)), advice(writes=(Write(SETPOINT, 1.0, 2.0, 1.0, -1.0),)),
    route(), route(OptionKind.REROUTE, option=1), route(OptionKind.WAIT), route(OptionKind.REROUTE, option=-1),
    advice(AdviceKind.RETURN, returns="reroute:three"), *map(hold, WRONG),
]  # fmt: skip


@pytest.mark.parametrize("made", SOUND)
def test_what_can_be_carried_out_is_sound(made):
    check(made, PLANT)


@pytest.mark.parametrize("made", UNSOUND)
def test_what_cannot_is_refused_with_words(made):
    with pytest.raises(UnsoundError) as refused:
        check(made, PLANT)
    assert refused.value.text.en and refused.value.text.ko


@given(st.dictionaries(st.text(max_size=8), st.recursive(st.none() | st.integers() | st.text(), st.lists)))
def test_whatever_a_hold_is_asked_with_it_is_read_or_refused(more):
    for told in (more, HOLD | more, {"reason": "spc", "scope": more}, {"reason": "spc", "scope": LOT | more}):
        try:
            reason, scope = scope_of(told)
        except UnsoundError:
            continue
        assert reason.value == told["reason"] and list(scope.ids) == list(told["scope"]["ids"])


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.people, made.woken = People(made), []
    yield made
    made.database.close()


def answered(site, *says, preview=lambda scope: None):
    """What advisors said to one deviation each; the cards made of it, and what everybody was told."""
    told = []
    site.values |= dict.fromkeys(PLANT.line["L1"].roles.values(), "x")
    doors = replace(site.doors, holds=SimpleNamespace(preview=preview, find=lambda id: None))
    recommend = Recommend(doors, site.record, [Saying(*says)], lambda name, words: told.append((name, words)))

    async def story():
        for _ in says:
            found = Deviation(0, "ewma-t2", PLACE, site.now, 9.0, 3.0, (MEASURED,))
            kept = await site.record.write(lambda work, found=found: loop_store.add_deviation(work, found))
            await site.record.write(lambda work, n=kept.id: loop_store.analysed(work, n, ()))
            await recommend.run(site.now)
            site.now += 60 * S
        return await site.record.look(store.cards)

    return asyncio.run(story()), told


def test_a_wrong_recommendation_is_logged_said_once_and_never_shown(site, caplog):
    wrong = hold({"reason": "reject_run", "scope": LOT | {"kind": "planet"}})
    with caplog.at_level(logging.WARNING, "linekeeper.loop"):
        made, told = answered(site, wrong, wrong, advice(), wrong)
    assert [card.advice.what for card in made] == [WORD], "the sound one is a card"
    assert made[0].advice.kind is AdviceKind.STEP
    assert [name for name, _ in told] == ["advisor"] * 2, "once until it said something sound"
    assert "planet" in told[0][1].en and sum("planet" in r.message for r in caplog.records) == 3


def test_a_hold_on_what_its_room_does_not_know_is_not_shown(site):
    def preview(scope):
        raise RefusedError(WORD)

    made, told = answered(site, hold(HOLD), preview=preview)
    assert not made and WORD.en in told[0][1].en


def test_a_card_on_record_with_a_wrong_scope_is_refused_at_the_desk(site):
    card, why = decided(site, made=hold({"reason": "reject_run", "scope": {}}))
    assert why is not None and "ids" in why.en
    assert card.state.open and not site.people.signed
