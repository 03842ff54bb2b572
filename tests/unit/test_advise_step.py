"""The advisor of set-point steps: what it declares is one statement, whatever slope, range and guard allow."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.advisor_port import Later
from hmi.model.decision import AdviceKind, Deviation
from hmi.model.reading import Reading
from plugins.advise_step.advisor import SURE_S, WINDOW_S, StepAdvisor
from tests.unit.quality_flow import PLANT

S = 1_000_000_000
NOW = 1_795_240_800 * S
PLACE, ZONE, ASKED = "L2.S3", "L2.S3.Zone3Temperature", "L2.S3.Zone3Setpoint"
FOUND = Deviation(1, "ewma-t2", PLACE, NOW, 20.0, 12.0, (ZONE,))


class View:
    """A zone that is where it is and moves as it moves."""

    plant = PLANT

    def __init__(self, level: float, slope: float, asked: float, after_s: float) -> None:
        self.level, self.slope, self.asked, self.after_s = level, slope, asked, after_s

    def now_ns(self) -> int:
        return NOW + round(self.after_s * S)

    def reading(self, tag: str) -> Reading:
        return Reading(self.asked, 0, NOW)

    async def history(self, tag, from_ns, to_ns, points):
        return [(to_ns - n * S, self.level - n * self.slope) for n in range(60, -1, -2)]


def proposed(level: float, slope: float, asked: float = 216.0, after_s: float = SURE_S):
    return asyncio.run(StepAdvisor().propose(FOUND, (), View(level, slope, asked, after_s)))


@given(st.floats(205.0, 228.0), st.floats(-0.2, 0.2), st.floats(202.0, 233.0))
def test_the_declared_value_lies_in_its_band_and_better_than_doing_nothing(level, slope, asked) -> None:
    advice = proposed(level, slope, asked)
    if advice.kind is not AdviceKind.STEP:
        return
    e, band = advice.expected, PLANT.tag[ZONE].desired
    assert e.low <= e.value <= e.high
    assert not band.low <= e.now <= band.high
    (write,) = advice.writes
    assert (write.value - write.now) * e.direction > 0
    middle = (band.low + band.high) / 2
    assert abs(e.value - middle) < abs(e.now - middle)
    assert not e.low <= e.now <= e.high


def test_a_drift_that_can_be_met_is_brought_to_the_middle_of_the_desired_band() -> None:
    advice = proposed(217.0, 2.4 / 60)
    band = PLANT.tag[ZONE].desired
    assert (advice.expected.low, advice.expected.high) == (band.low, band.high)
    assert advice.expected.value == pytest.approx((band.low + band.high) / 2, abs=1.5)
    assert advice.expected.now == pytest.approx(217.0 + WINDOW_S * 2.4 / 60, abs=0.1)


def test_a_reading_that_stays_in_its_band_is_looked_at() -> None:
    assert proposed(216.5, 0.0).kind is AdviceKind.INSPECT


def test_a_reading_that_begins_to_move_away_is_looked_at_again_before_anybody_is_sent() -> None:
    assert isinstance(proposed(216.8, 0.0145, after_s=0.3), Later)
    assert proposed(217.4, 0.035, after_s=5.0).kind is AdviceKind.STEP
    assert proposed(216.8, 0.0145).kind is AdviceKind.INSPECT  # it still does not leave its band
    assert proposed(216.8, -0.0145, after_s=0.3).kind is AdviceKind.INSPECT  # it comes back
