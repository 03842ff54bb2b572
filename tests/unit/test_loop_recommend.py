"""When a card is made: an advisor may hold back, and one card of an advisor waits at a time, for half a minute."""

import asyncio

import pytest

from hmi.loop.advisor_port import Later
from hmi.loop.recommend import Hosted, Recommend
from hmi.model.decision import AdviceKind, DecisionState, Deviation
from hmi.store import decisions as store
from hmi.store import loop as loop_store
from tests.unit.loop_site import MEASURED, PLACE, PLANT, WORD, S, Saying, Site, advice


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.values |= dict.fromkeys(PLANT.line["L1"].roles.values(), "x")
    yield made
    made.database.close()


def recommending(site, *says):
    return Recommend(site.doors, site.record, [Saying(*says)], lambda name, words: None)


async def deviates(site, detector="ewma-t2"):
    found = Deviation(0, detector, PLACE, site.now, 9.0, 3.0, (MEASURED,))
    kept = await site.record.write(lambda work: loop_store.add_deviation(work, found))
    await site.record.write(lambda work: loop_store.analysed(work, kept.id, ()))


async def seconds(site, recommend, count):
    for _ in range(count):
        await recommend.run(site.now)
        site.now += S
    return await site.record.look(store.cards)


@pytest.mark.parametrize(("held_back", "made"), [(3, True), (9, False)])
def test_an_advisor_that_holds_back_is_asked_again_for_some_seconds(site, held_back, made):
    recommend = recommending(site, *(Later() for _ in range(held_back)), advice())

    async def story():
        await deviates(site)
        return await seconds(site, recommend, 12)

    assert bool(asyncio.run(story())) is made
    assert len(recommend.hosted[0].advisor.says) == (0 if made else 1)


@pytest.mark.parametrize(("decided", "within_s"), [(True, 2), (False, 32)])
def test_a_second_card_waits_half_a_minute_for_one_that_is_not_decided_yet(site, decided, within_s):
    recommend = recommending(site, advice(key="one"), advice(key="two"))

    async def story():
        await deviates(site)
        (first,) = await seconds(site, recommend, 1)
        await deviates(site)
        if decided:
            await site.record.move(
                first.id, {first.state}, DecisionState.REJECTED, WORD, at_ns=site.now, ended_ns=site.now
            )
        early = len(await seconds(site, recommend, 1 if decided else 28))
        return early, len(await seconds(site, recommend, within_s))

    assert asyncio.run(story()) == ((2, 2) if decided else (1, 2))


class Another(Saying):
    """A second advisor of other matters."""

    name = "another"

    def takes(self, deviation, causes):
        return deviation.detector == "station-failure"


def beside(recommend, *says):
    """A second advisor, of failed stations."""
    recommend.hosted.append(Hosted(Another(*says), recommend.hosted[0].view))


def test_a_card_of_another_matter_holds_up_nothing(site):
    recommend = recommending(site, advice(key="step"))
    beside(recommend, advice(advisor="another", key="route"))

    async def story():
        recommend.hosted[0].off = WORD
        await deviates(site, "station-failure")
        await seconds(site, recommend, 1)
        recommend.hosted[0].off = None
        await deviates(site)
        return await seconds(site, recommend, 1)

    assert [c.advice.key for c in asyncio.run(story())] == ["step", "route"]


def test_an_advisor_that_has_said_its_word_is_not_asked_again_while_another_holds_back(site):
    recommend = recommending(site, advice(key="step"), advice(kind=AdviceKind.INSPECT, key="look"))
    beside(recommend, Later(), Later(), None)

    async def story():
        await deviates(site, "station-failure")
        return await seconds(site, recommend, 4)

    assert [c.advice.key for c in asyncio.run(story())] == ["step"]
    assert not recommend.hosted[1].advisor.says
