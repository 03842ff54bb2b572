"""Approve: refused on what is stale or moved, judgement before confidence, exactly what was shown is what is signed."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop import approve, second
from hmi.loop.approve import APPROVE, ASKED_SHARE, DEFER, DEFER_NS, REJECT, VERDICTS, Approve
from hmi.model.decision import AdviceKind, DecisionState, Judgement, Write
from hmi.model.guard import Guard
from hmi.store.audit import Wanted, rows
from hmi.store.decisions import Card, life
from hmi.store.faults import StoreError
from tests.unit.loop_site import KIM, MEASURED, PLANT, SETPOINT, START, S, Site, advice

OPEN = Card(advice(), 7, proposed_ns=START, expires_ns=START + 300 * S, judgement="agree")
LOOSE = replace(OPEN, advice=advice(class_a=False), judgement="")


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.database.close()


def why(card=OPEN, verdict=APPROVE, reason="bad paste", at_ns=START):
    return approve.refuse_verdict(card, verdict, reason, at_ns)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_an_open_card_is_decided_with_a_reason_until_it_expires(verdict):
    assert why(verdict=verdict) is None
    assert why(verdict=verdict, reason="  ") is not None
    assert why(verdict=verdict, at_ns=OPEN.expires_ns) is not None
    assert why(replace(OPEN, state=DecisionState.DEFERRED), verdict) is None


def test_no_other_verdict():
    assert why(verdict="undo") is not None


@pytest.mark.parametrize("state", [s for s in DecisionState if not s.open])
def test_what_is_decided_is_not_decided_again(state):
    assert why(replace(OPEN, state=state)) is not None


@pytest.mark.parametrize("judgement", ["", "agreed", *Judgement])
def test_class_a_is_approved_only_after_a_judgement_and_rejected_without(judgement):
    card = replace(OPEN, judgement=judgement)
    assert (why(card) is None) == (judgement in set(Judgement))
    assert why(card, REJECT) is None and why(card, DEFER) is None


def test_of_the_other_cards_a_fifth_asks_too_and_each_always_alike():
    cards = [replace(LOOSE, id=n, proposed_ns=START + n * S) for n in range(2000)]
    asked = [approve.asks_judgement(card) for card in cards]
    assert sum(asked) / len(asked) == pytest.approx(ASKED_SHARE, abs=0.03)
    deferred = [replace(c, state=DecisionState.DEFERRED, expires_ns=0, judgement="unsure") for c in cards]
    assert [approve.asks_judgement(card) for card in deferred] == asked
    assert [why(card) is None for card in cards] == [not a for a in asked]
    assert all(approve.asks_judgement(replace(c, advice=advice())) for c in cards)


def stale(site, card=OPEN):
    return approve.stale(card, PLANT, site.reading, lambda tag: site.ages.get(tag, 0.1))


def test_fresh_good_and_unmoved_is_not_stale(site):
    assert stale(site) is None
    site.values[SETPOINT] = 245.4  # within the write's tolerance
    assert stale(site) is None
    site.values[MEASURED] = 999.0  # an input may move; only what is written to is compared
    assert stale(site) is None


@pytest.mark.parametrize("tag", [SETPOINT, MEASURED])
@pytest.mark.parametrize("fault", ["down", "old", "bad"])
def test_an_input_or_a_target_that_nobody_can_see_is_stale(site, tag, fault):
    if fault == "bad":
        site.bad.add(tag)
    else:
        site.ages[tag] = None if fault == "down" else 2.1
    assert PLANT.tag[tag].name.en in stale(site).en


def test_a_value_that_moved_and_a_tag_that_is_gone_are_stale(site):
    site.values[SETPOINT] = 245.6
    assert "245.6" in stale(site).en
    assert "L9.Gone" in stale(site, replace(OPEN, advice=advice(inputs=("L9.Gone",)))).en


def two(tag):
    """The plant with a tag that takes two persons."""
    return replace(PLANT, guards=(Guard(tag, two_persons=True),))


def test_a_write_of_two_persons_is_not_ordered_by_one():
    plant = two(SETPOINT)
    assert second.two_persons(advice(), plant) is not None
    assert second.two_persons(advice(), two("L1.S1.HoldGate")) is None
    assert second.two_persons(advice(AdviceKind.HOLD), plant) is None


VALUES = st.one_of(st.none(), st.booleans(), st.floats(-1e6, 1e6), st.integers(-1000, 1000), st.text(max_size=5))


@given(VALUES, VALUES, st.floats(0, 10))
def test_a_value_is_the_same_as_itself_and_never_as_another_kind(one, other, tolerance):
    assert approve.same(one, one, tolerance)
    assert approve.same(one, other, tolerance) == approve.same(other, one, tolerance)
    if isinstance(one, str) != isinstance(other, str) or (one is None) != (other is None):
        assert not approve.same(one, other, tolerance)


@pytest.mark.parametrize(
    "changed",
    [
        {"state": DecisionState.DEFERRED}, {"judgement": "differ"}, {"expires_ns": 1},
        {"advice": advice(writes=(Write(SETPOINT, 245.0, 242.0, 245.0, 0.5),))},
        {"advice": advice(confidence=replace(advice().confidence, value=0.71))}, {"advice": advice(causes=())},
    ],
)  # fmt: skip
def test_whatever_the_decision_rests_on_changes_the_hash(changed):
    assert approve.shown_hash(replace(OPEN, **changed), "M1") != approve.shown_hash(OPEN, "M1")
    assert approve.shown_hash(OPEN, "M2") != approve.shown_hash(OPEN, "M1")


def test_only_an_approval_orders_writes_and_an_undo_orders_the_way_back():
    more = advice(writes=(*advice().writes, Write("L1.S1.DivertTo", 0, 2, 0)))
    card = replace(OPEN, advice=more)
    ordered = [{"tag": SETPOINT, "value": 243.0}, {"tag": "L1.S1.DivertTo", "value": 2}]
    assert approve.record_of(card, APPROVE, "why")["writes"] == ordered
    for verdict in (REJECT, DEFER):
        record = approve.record_of(card, verdict, "why")
        assert "writes" not in record and record["not_written"] == ordered
    back = [{"tag": "L1.S1.DivertTo", "value": 0}, {"tag": SETPOINT, "value": 245.0}]
    assert approve.undo_record(card, "why")["writes"] == back


@pytest.mark.parametrize("state", DecisionState)
def test_only_own_reversible_writes_are_taken_back_and_once(state):
    done = {DecisionState.EXECUTED, DecisionState.PARTLY, DecisionState.VERIFIED, DecisionState.JUDGED}
    card = replace(OPEN, state=state)
    assert approve.can_undo(card) == (state in done)
    assert not approve.can_undo(replace(card, facts={"undone": 3}))
    one_way = (Write(SETPOINT, 245.0, 243.0, None),)
    for made in (advice(AdviceKind.HOLD), advice(writes=one_way), advice(writes=()), advice(returns="reroute:1")):
        assert not approve.can_undo(replace(card, advice=made))


@pytest.mark.parametrize(("verdict", "state"), [*zip(VERDICTS, ("APPROVED", "REJECTED", "DEFERRED"), strict=True)])
def test_a_decision_its_life_and_its_audit_row_are_one(site, verdict, state):
    async def story():
        card = await site.card()
        site.now += 10 * S
        step = Approve(site.record)
        judged = await step.judge(card, Judgement.UNSURE, site.entry("decision_judgement"))
        kept = await step.decide(judged, verdict, KIM, 5, "too_risky", site.entry(f"decision_{verdict}"))
        assert kept == site.kept(card.id)
        assert (kept.state, kept.person, kept.signature, kept.judgement) == (DecisionState(state), KIM, 5, "unsure")
        assert kept.decided_ns == site.now
        assert kept.ended_ns == (site.now if verdict == REJECT else 0)
        if verdict == DEFER:
            assert (kept.due_ns, kept.expires_ns) == (site.now + DEFER_NS, card.expires_ns + DEFER_NS)
        with site.database.reader() as c:
            assert [one.state.value for one in life(c, card.id)] == ["PROPOSED", "PROPOSED", state]
            trail = rows(c, Wanted(actions=(f"decision_{verdict}",)), limit=10)
        assert [r.row["object"] for r in trail] == [card.cause]
        return kept

    asyncio.run(story())


def test_of_two_who_decide_at_once_one_is_told(site):
    async def story():
        card, step = await site.card(), Approve(site.record)
        both = await asyncio.gather(
            *(step.decide(card, v, KIM, n, "why", site.entry()) for n, v in enumerate((APPROVE, REJECT))),
            return_exceptions=True,
        )
        assert sum(isinstance(one, StoreError) for one in both) == 1
        with site.database.reader() as c:
            assert len(life(c, card.id)) == 2
            assert len(rows(c, Wanted(actions=("decision_approve",)), limit=10)) == 1

    asyncio.run(story())
