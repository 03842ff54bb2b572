"""Judging: what came of a card against what it declared, with what others lost left out of the reckoning."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.loop.judging import judge
from hmi.model.decision import Effect, Expected
from hmi.model.text import Text

COUNT = Expected(Text.same("good"), "good:L1+L2", "pcs", 1, 110.0, 120.0, 115.0, 124.0, 240.0)
"""Doing nothing is expected to give 110, the reroute 120; half of the gain is asked for."""
BAND = Expected(Text.same("zone"), "L2.S3.Zone3Temperature", "C", -1, 221.0, 216.0, 213.0, 219.0, 120.0)


@pytest.mark.parametrize(
    ("measured", "excused", "whole", "effect"),
    [
        (119.0, 0.0, True, Effect.EFFECTIVE), (130.0, 0.0, True, Effect.EFFECTIVE),
        (110.0, 0.0, True, Effect.NO_EFFECT), (119.0, 0.0, False, Effect.NO_EFFECT),
        (112.0, 4.0, True, Effect.EFFECTIVE), (110.0, 4.0, True, Effect.NO_EFFECT),
        (107.0, 0.0, True, Effect.NO_EFFECT), (104.0, 0.0, True, Effect.WORSE), (104.0, 4.0, True, Effect.NO_EFFECT),
        (None, 9.0, True, Effect.NO_EFFECT),
    ],
)  # fmt: skip
def test_a_count_is_judged_against_doing_nothing(measured, excused, whole, effect) -> None:
    assert judge(COUNT, measured, None, whole, excused) is effect


@pytest.mark.parametrize(
    ("measured", "effect"),
    [(216.0, Effect.EFFECTIVE), (219.4, Effect.NO_EFFECT), (221.0, Effect.NO_EFFECT), (224.0, Effect.WORSE)],
)
def test_a_value_has_to_come_into_its_band_and_nothing_excuses_it(measured, effect) -> None:
    assert judge(BAND, measured) is effect
    assert judge(BAND, measured, excused=5.0) is effect


@given(st.floats(0, 300), st.floats(0, 40), st.floats(0.0, 2.0))
def test_more_units_are_never_judged_worse(measured, excused, control) -> None:
    order = [Effect.WORSE, Effect.NO_EFFECT, Effect.EFFECTIVE]
    here = judge(COUNT, measured, control, True, excused)
    assert order.index(judge(COUNT, measured + 1, control, True, excused)) >= order.index(here)
    assert order.index(judge(COUNT, measured, control, True, excused + 1)) >= order.index(here)


def test_where_nobody_reckoned_what_doing_nothing_gives_nothing_is_called_worse() -> None:
    assert judge(replace(COUNT, now=None), 0.0) is Effect.NO_EFFECT
