"""What detectors forget stays forgotten by the next engine, and what was answered is not found a second time."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from hmi.loop.detect import Detect
from hmi.loop.normal import FIRST, PAST_S, SETTLE_S
from hmi.loop.signals import Signals
from hmi.model.decision import AdviceKind, DecisionState, Deviation, Effect
from hmi.model.machine import MachineState
from hmi.store import loop as store
from plugins import ewma_t2
from tests.unit.loop_site import MEASURED, PLACE, PLANT, SETPOINT, S, Site, advice

NAME = ewma_t2.create().name


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.runs_all()
    yield made
    made.database.close()


@contextmanager
def watching(site, history=None):
    """Detect on a site, as an engine has it."""
    signals = Signals(PLANT, ewma_t2.create(), site.reading, site.states.get, history)
    try:
        yield Detect(PLANT, site.record, signals, site.reading, site.states.get, history, lambda: None)
    finally:
        signals.close()


def seconds(site, detect, count, dice, level=0.0):
    tags = [t.id for t in detect._signals._watches[PLACE].tags]
    for _ in range(count):
        site.now += S
        site.values |= {tag: 100.0 + 10 * at + level + dice.normal() for at, tag in enumerate(tags)}
        for _ in range(4):
            detect.tick(site.now)
        for watch in detect._signals._watches.values():
            if watch.pending is not None:
                watch.pending.exception(30)


def ran(site, detect):
    """What is found and over comes on record; the deviations there."""

    async def story():
        await detect.run(site.now)
        return await site.record.look(partial(store.deviations))

    return asyncio.run(story())


async def judged(site, effect, kind=AdviceKind.STEP):
    """A card on the deviation that stands, judged; nobody heard of it."""
    found = Deviation(0, NAME, PLACE, site.now, 9.0, 3.0, (MEASURED,))
    kept = await site.record.write(partial(store.add_deviation, found=found))
    made = replace(advice(kind), key="")
    return await site.card(made, deviation=kept.id, state=DecisionState.JUDGED, effect=effect, ended_ns=site.now)


@pytest.mark.parametrize(
    ("effect", "kind", "over"),
    [
        (Effect.EFFECTIVE, AdviceKind.STEP, True), (Effect.NO_EFFECT, AdviceKind.STEP, False),
        (Effect.EFFECTIVE, AdviceKind.INSPECT, False),
    ],
)  # fmt: skip
def test_an_engine_killed_between_the_verdict_and_its_settling_leaves_nothing_standing(site, effect, kind, over):
    asyncio.run(judged(site, effect, kind))
    site.again()
    with watching(site) as detect:
        assert detect.standing(NAME, PLACE)
        (found,) = ran(site, detect)
        assert bool(found.deviation.cleared_ns) is over
        assert detect.standing(NAME, PLACE) is not over
    site.again()
    with watching(site) as detect:  # on record: the next one does not settle it again
        assert not detect._over and detect.standing(NAME, PLACE) is not over


@pytest.mark.parametrize("why", ["settled", "setpoint"])
def test_a_normal_that_counts_no_more_is_not_restored(site, why):
    dice = np.random.default_rng(7)
    site.values[SETPOINT] = 245.0
    with watching(site) as detect:
        seconds(site, detect, SETTLE_S + FIRST + 5, dice)
        assert detect._signals._watches[PLACE].learned is not None
        detect.close(site.now)
    site.again()
    with watching(site) as detect:
        watch = detect._signals._watches[PLACE]
        assert watch.learned is not None, "what was learned is kept"
        seconds(site, detect, SETTLE_S + 2, dice)
        if why == "settled":
            detect.settled(PLACE, site.now)
            ran(site, detect)
        else:
            site.values[SETPOINT] = 240.0
            seconds(site, detect, 1, dice)
            detect.close(site.now)
        forgot_ns = watch.fresh_ns
        assert watch.learned is None and forgot_ns
    site.again()
    with watching(site) as detect:
        watch = detect._signals._watches[PLACE]
        assert watch.learned is None and watch.fresh_ns == forgot_ns
        seconds(site, detect, SETTLE_S + 60, dice, level=30.0)
        assert ran(site, detect) == [] and detect._signals.alarms() == {}, "another level is no deviation"


def test_the_past_before_another_normal_is_not_learned_from(site):
    site.values[SETPOINT] = 245.0
    with watching(site) as detect:
        detect.settled(PLACE, site.now)
        ran(site, detect)
        forgot_ns = detect._signals._watches[PLACE].fresh_ns
    site.now += 100 * S
    site.again()
    asked = []

    def history(tag, from_ns, to_ns, points):
        asked.append((tag, from_ns))
        return SimpleNamespace(time_ns=[], value=[])

    with watching(site, history) as detect:
        detect.tick(site.now)
        detect._signals._worker.submit(lambda: None).result(30)  # all of them have been asked
    since = {from_ns for tag, from_ns in asked if PLANT.tag.get(tag) and PLANT.tag[tag].place == PLACE}
    others = {from_ns for tag, from_ns in asked if PLANT.tag.get(tag) and PLANT.tag[tag].place == "L1.S2"}
    assert since == {forgot_ns} and others == {site.now - PAST_S * S}


def test_learning_from_an_old_set_point_that_is_under_way_is_dropped(site):
    dice = np.random.default_rng(7)
    may_learn = threading.Event()
    with watching(site) as detect:
        watch = detect._signals._watches[PLACE]
        seconds(site, detect, 1, dice)
        learning = detect._signals._worker.submit(may_learn.wait, 30)
        for _ in range(SETTLE_S + FIRST):
            site.now += S
            for _ in range(4):
                detect.tick(site.now)
        assert watch.pending is not None
        detect.settled(PLACE, site.now)
        may_learn.set()
        assert learning.result(30)
        detect.tick(site.now)
        assert watch.pending is None and watch.learned is None


def test_the_first_deviation_does_not_wait_for_the_counters_past(site):
    may_answer = threading.Event()

    def history(tag, from_ns, to_ns, points):
        assert may_answer.wait(30)
        return SimpleNamespace(time_ns=[], value=[])

    site.stands(PLACE, MachineState.ABORTED, site.now - 10 * S)

    async def story():
        detect.tick(site.now)
        await detect.run(site.now)
        found = await site.record.look(partial(store.deviations))
        may_answer.set()
        return found

    with watching(site, history) as detect:
        try:
            assert [f.deviation.place for f in asyncio.run(story())] == [PLACE]
        finally:
            may_answer.set()
    assert detect._past.earlier, "it is read all the same"


def test_a_past_that_cannot_be_read_is_logged_and_nothing_fails(site, caplog):
    def history(tag, from_ns, to_ns, points):
        raise OSError("no history")

    with watching(site, history) as detect:
        assert ran(site, detect) == []
    assert "usual shares" in caplog.text
