"""Learn: every card that ended teaches once; the record per advisor; what a confidence is worth by what came of it."""

import asyncio
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.beside import confident
from hmi.loop.calibration import FEWEST, POOLED, bend, calibrated, record_of
from hmi.loop.learn import Learn, lesson_of
from hmi.model.decision import AdviceKind, DecisionState, Effect
from hmi.store import loop as store
from hmi.store.loop import Lesson
from tests.unit.loop_site import KIM, START, WORD, S, Site, advice

ENDS = sorted(s for s in DecisionState if s.ended)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.database.close()


def lesson(said, effect, number=0, decide_s=20.0, state=DecisionState.JUDGED, advisor="advisor"):
    return Lesson(number, advisor, AdviceKind.STEP, START, state, effect, said, said, decide_s)


def outcomes(rate, said, count, seed=1):
    dice = random.Random(seed)
    return [
        lesson(said, Effect.EFFECTIVE if dice.random() < rate else Effect.NO_EFFECT, n) for n in range(count)
    ]  # fmt: skip


def test_each_way_to_end_teaches_once_whatever_engine_looks(site):
    async def story():
        for n, state in enumerate(ENDS):
            effect = Effect.WORSE if state is DecisionState.JUDGED else None
            await site.card(state=state, effect=effect, ended_ns=site.now + n, decided_ns=site.now + 20 * S)
        await site.card()
        assert await Learn(site.record).run(site.now)
        site.again()
        assert not await Learn(site.record).run(site.now)
        for card in (1, 2):  # and twice on record is once
            made = replace(lesson(0.5, None), decision=card)
            await site.record.write(lambda work, made=made: store.add_lesson(work, made))
        kept = await site.record.look(store.lessons)
        assert [one.state for one in kept] == ENDS and len({one.decision for one in kept}) == len(ENDS)
        assert [one.effect for one in kept if one.effect] == [Effect.WORSE]

    asyncio.run(story())


def test_a_lesson_keeps_what_was_said_shown_and_how_long_it_took(site):
    async def story():
        made = advice(confidence=replace(advice().confidence, value=0.6))
        card = await site.card(made, facts={"said": 0.8}, decided_ns=site.now + 12 * S, state=DecisionState.REJECTED)
        assert lesson_of(card) == Lesson(
            card.id, "advisor", AdviceKind.STEP, 0, DecisionState.REJECTED, None, 0.8, 0.6, 12.0
        )  # fmt: skip
        assert lesson_of(replace(card, state=DecisionState.EXPIRED)).decide_s is None, "nobody decided that it expires"
        assert lesson_of(replace(card, decided_ns=0)).decide_s is None

    asyncio.run(story())


def test_the_record_of_an_advisor_tells_shown_accepted_executed_and_effective(site):
    async def move(card, *states, **changes):
        for state in states:
            last = changes if state is states[-1] else {}
            card = await site.record.move(card.id, {card.state}, state, WORD, at_ns=site.now, **last)
        return card

    async def story():
        s = DecisionState
        done = (s.APPROVED, s.EXECUTING, s.EXECUTED, s.VERIFIED, s.JUDGED)
        for effect, took in ((Effect.EFFECTIVE, 2), (Effect.NO_EFFECT, 10), (Effect.WORSE, 40)):
            card = await site.card()
            await move(card, *done, effect=effect, ended_ns=site.now, decided_ns=site.now + took * S, person=KIM)
        part = await site.card()
        await move(part, s.APPROVED, s.EXECUTING, s.PARTLY, s.JUDGED, effect=Effect.NO_EFFECT, ended_ns=site.now)
        await move(await site.card(), s.APPROVED, s.EXECUTING, s.FAILED, ended_ns=site.now)
        await move(await site.card(), s.REJECTED, ended_ns=site.now, decided_ns=site.now + S)
        await move(await site.card(), s.EXPIRED, ended_ns=site.now)
        await site.card()
        await site.card(advice(advisor="other"))
        learn = Learn(site.record)
        await learn.run(site.now)
        mine, other = await learn.records()
        assert (mine.shown, mine.approved, mine.rejected, mine.executed) == (8, 5, 1, 3)
        assert (mine.effective, mine.no_effect, mine.worse) == (1, 2, 1)
        assert (mine.median_decide_s, mine.under_3_s) == (6.0, 2)
        assert mine.says == pytest.approx(0.7) and mine.right is None, f"no rate under {FEWEST}"
        assert (other.advisor, other.shown, other.approved, other.says) == ("other", 1, 0, None)

    asyncio.run(story())


def test_a_rate_is_told_from_ten_judged_cards_on():
    for count, right in ((FEWEST - 1, None), (FEWEST, 0.5)):
        lessons = [lesson(0.7, (Effect.EFFECTIVE, Effect.WORSE)[n % 2], n) for n in range(count)]
        assert record_of("advisor", lessons, count, count, count).right == right


SAID = st.floats(0.02, 0.98)
LESSONS = st.lists(st.builds(lesson, SAID, st.sampled_from([None, *Effect])), max_size=60)


@given(SAID, SAID, LESSONS)
def test_a_surer_advice_is_never_shown_as_less_sure(one, other, lessons):
    low, high = sorted((calibrated(min(one, other), lessons), calibrated(max(one, other), lessons)))
    assert 0.02 <= low <= high <= 0.98
    assert calibrated(min(one, other), lessons) <= calibrated(max(one, other), lessons) + 1e-9


@given(SAID, st.lists(st.builds(lesson, SAID, st.none()), max_size=20))
def test_without_outcomes_nothing_is_bent(said, lessons):
    assert bend([], []) == (0.0, 1.0)
    assert calibrated(said, lessons) == pytest.approx(said)


@pytest.mark.parametrize("count", [10, 100, POOLED + 200])
@pytest.mark.parametrize(("rate", "said"), [(0.4, 0.9), (0.9, 0.4)])
def test_outcomes_bring_the_confidence_towards_what_comes_true(count, rate, said):
    found = calibrated(said, outcomes(rate, said, count))
    assert min(said, rate) - 0.1 <= found <= max(said, rate) + 0.1
    assert abs(found - rate) < abs(said - rate)
    if count >= 100:
        assert found == pytest.approx(rate, abs=0.12)


def test_a_few_outcomes_do_not_overthrow_what_was_said():
    assert calibrated(0.8, outcomes(0.0, 0.8, 1)) > 0.5
    assert calibrated(0.8, outcomes(0.0, 0.8, 1)) > calibrated(0.8, outcomes(0.0, 0.8, 5))


def test_lessons_of_another_advisor_teach_nothing_and_the_card_tells_its_own():
    strangers = [replace(one, advisor="other") for one in outcomes(0.0, 0.7, 50)]
    own = outcomes(1.0, 0.7, 12) + [replace(one, kind=AdviceKind.HOLD) for one in outcomes(0.0, 0.7, 3)]
    shown = confident(advice(), strangers).confidence
    assert (shown.value, shown.right, shown.of) == (0.7, 0, 0)
    shown = confident(advice(), strangers + own).confidence
    assert (shown.right, shown.of) == (12, 12) and shown.value > 0.7
