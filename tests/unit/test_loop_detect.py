"""Detect: runs of rejects, failed stations and alarms of readings come on record once, and are cleared when over."""

import asyncio
from contextlib import contextmanager
from functools import partial

import numpy as np
import pytest

from hmi.loop.detect import QUIET_NS, REJECT_RUN, STATION_FAILURE, Detect
from hmi.loop.failing import TAU_NS, failed_since
from hmi.loop.normal import FIRST, SETTLE_S
from hmi.loop.reject_run import Made
from hmi.loop.signals import Signals
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.store import loop as store
from plugins import ewma_t2
from tests.unit.loop_site import MEASURED, PLACE, PLANT, START, S, Site

ABORTED, HELD, EXECUTE = MachineState.ABORTED, MachineState.HELD, MachineState.EXECUTE


@contextmanager
def watching(site, kind=None):
    """Detect on a site, as an engine has it."""
    woken = []
    signals = Signals(PLANT, kind, site.reading, site.states.get, None)
    made = Detect(
        PLANT, site.record, signals, site.reading, site.states.get, None, lambda: woken.append(site.now)
    )  # fmt: skip
    made.woken = woken
    try:
        yield made
    finally:
        signals.close()


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.runs_all()
    yield made
    made.database.close()


def looked(site, detect, seconds=0.0):
    """Time passes, and what is found comes on record; all deviations there."""

    async def story():
        for _ in range(max(1, round(seconds * 4))):
            site.now += S // 4 if seconds else 0
            detect.tick(site.now)
        await detect.run(site.now)
        return await site.record.look(partial(store.deviations))

    return asyncio.run(story())


@pytest.mark.parametrize("state", sorted(TAU_NS))
def test_a_station_has_failed_once_its_stop_lasts_too_long(state):
    span, tau = StateSpan(PLACE, state, Waiting.NONE, START, None), TAU_NS[state]
    assert failed_since(span, START + tau - 1, False, False) is None
    assert failed_since(span, START + tau, False, False) == START + tau
    assert failed_since(span, START + 10 * tau, False, planned=True) is None
    held_back = state in (MachineState.HELD, MachineState.STOPPED)
    assert (failed_since(span, START + tau, gate_closed=True, planned=False) is None) == held_back


@pytest.mark.parametrize("state", sorted(set(MachineState) - set(TAU_NS)))
def test_no_other_state_is_a_failure(state):
    assert failed_since(StateSpan(PLACE, state, Waiting.NONE, 0, None), START, False, False) is None


def test_a_failed_station_is_found_once_and_is_over_when_it_runs_again(site):
    with watching(site) as detect:
        assert looked(site, detect, 1) == []
        site.stands(PLACE, ABORTED, site.now)
        site.stands("L1.S4", MachineState.SUSPENDED, site.now, cause=PLACE)
        site.values["L1.S3.FaultCode"] = 412.0
        assert looked(site, detect, 2) == []
        (found,) = looked(site, detect, 5)
        deviation = found.deviation
        assert (deviation.detector, deviation.place) == (STATION_FAILURE, PLACE)
        assert deviation.facts == {"state": "ABORTED", "fault": 412, "waits": ["L1.S4"]}
        assert detect.standing(STATION_FAILURE, PLACE) and detect.woken
        assert len(looked(site, detect, 60)) == 1
        site.runs_all(site.now)
        assert not looked(site, detect, QUIET_NS / S - 1)[0].deviation.cleared_ns
        assert looked(site, detect, 2)[0].deviation.cleared_ns
        assert not detect.standing(STATION_FAILURE, PLACE)


def test_what_stands_is_taken_up_by_the_next_engine_and_not_said_twice(site):
    site.stands(PLACE, ABORTED, site.now - 10 * S)
    with watching(site) as detect:
        assert len(looked(site, detect, 1)) == 1
    site.again()
    with watching(site) as detect:
        assert detect.standing(STATION_FAILURE, PLACE)
        assert len(looked(site, detect, 30)) == 1
        site.runs_all(site.now)
        assert looked(site, detect, 25)[0].deviation.cleared_ns


def test_a_station_that_nobody_can_see_is_not_over(site):
    site.stands(PLACE, ABORTED, site.now - 10 * S)
    with watching(site) as detect:
        looked(site, detect, 1)
    site.now += 600 * S
    site.again()
    site.states.clear()
    with watching(site) as detect:
        for state in (None, MachineState.UNKNOWN):
            if state is not None:
                site.stands(PLACE, state, site.now)
            assert not looked(site, detect, 30)[0].deviation.cleared_ns
        site.runs_all(site.now)
        assert looked(site, detect, 25)[0].deviation.cleared_ns


def test_a_closed_gate_makes_no_failure_and_a_planned_stop_neither(site):
    site.values["L1.S3.HoldGate"] = True
    site.stands(PLACE, HELD, site.now - 600 * S)
    planned = next(r.id for r in PLANT.reasons if r.planned)
    site.stands("L1.S2", HELD, site.now - 600 * S, reason=planned)
    with watching(site) as detect:
        assert looked(site, detect, 2) == []
        site.values["L1.S3.HoldGate"] = False
        assert looked(site, detect, 2) == []  # it has just opened: the station may be on its way back
        assert [f.deviation.place for f in looked(site, detect, 21)] == [PLACE]


def test_a_run_of_rejects_carries_what_it_may_go_with(site):
    with watching(site) as detect:
        place = next(iter(detect.outcomes.charts))
        chart = detect.outcomes.charts[place]
        for n in range(300):
            chart.take(Made(site.now - (600 - n) * S, True, f"a{n}", "M1", batch="P-1"))
        for n in range(12):
            chart.take(Made(site.now - (20 - n) * S, n % 3 == 2, f"b{n}", "M2", batch="P-2", inspection=n + 1))
        (found,) = looked(site, detect, 0.25)
        deviation = found.deviation
        assert (deviation.detector, deviation.place) == (REJECT_RUN, place)
        assert deviation.facts["rejects"] == 8 and deviation.facts["since_ns"] == site.now - S // 4 - 20 * S
        assert deviation.facts["fields"]["batch"] == {"P-1": [0, 300, 0, 0], "P-2": [0, 0, 8, 4]}
        assert deviation.facts["inspections"] == [4, 5, 7, 8, 10, 11]
        assert deviation.statistic >= deviation.limit
        detect.answered_reject_run(place)
        assert looked(site, detect, 30)[0].deviation.cleared_ns


def test_a_drifting_reading_is_found_at_its_station_and_only_while_it_makes_product(site):
    dice = np.random.default_rng(7)
    with watching(site, ewma_t2.create()) as detect:
        name = detect._signals.name
        tags = [t.id for t in detect._signals._watches[PLACE].tags]
        assert MEASURED in tags

        def seconds(count, drift=0.0):
            for n in range(count):
                site.now += S
                for at, tag in enumerate(tags):
                    level = 100.0 + 10 * at + dice.normal() + (drift * n if tag == MEASURED else 0.0)
                    site.values[tag] = level
                for _ in range(4):
                    detect.tick(site.now)
                for watch in detect._signals._watches.values():
                    if watch.pending is not None:
                        watch.pending.exception(30)

        seconds(SETTLE_S + FIRST + 5)
        assert looked(site, detect) == []
        assert detect._signals._watches[PLACE].learned is not None
        seconds(120)
        assert looked(site, detect) == []
        seconds(90, drift=0.2)
        (found,) = looked(site, detect)
        assert (found.deviation.detector, found.deviation.place) == (name, PLACE)
        assert found.deviation.tags[0] == MEASURED and found.deviation.statistic > found.deviation.limit
        learned = detect._signals._watches[PLACE].count
        seconds(30, drift=1.0)
        assert detect._signals._watches[PLACE].count == learned, "nothing is learned while something is wrong"
        site.stands(PLACE, HELD, site.now)
        seconds(3)
        assert detect._signals.alarms() == {}, "a station that makes nothing is not judged by its readings"
