"""The advisor of routes: what it asks for, how sure it claims to be, and what its card rests on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.flow import OptionKind, Plan, PlanOption, Range
from hmi.model.text import Text
from hmi.runtime import plantfile
from hmi.runtime.discovery import plant_from_nodes
from plugins.advise_reroute.advisor import LEAST_SURE, SUREST, _context, _expected, _led_to, _sure
from tests.unit.test_discovery import CONTROLLER
from tests.unit.test_material_plantfile import two_lines

PLANT = plantfile.parse(plantfile.render(plant_from_nodes(two_lines(), CONTROLLER)))
NAME = Text.same("x")
NOTHING = PlanOption(OptionKind.NOTHING, NAME, early=Range(110.0, 104.0, 116.0))
PLAN = Plan("L1.S2", 0, 3600.0, (), lines=("L1", "L2"), window_s=240.0)


def route(value: float, low: float, high: float, least: float | None = None) -> PlanOption:
    return PlanOption(OptionKind.REROUTE, NAME, lanes=("L1.S1-L2.S2",), early=Range(value, low, high), least=least)


def test_half_of_the_gain_is_asked_for_however_wide_the_range_is() -> None:
    narrow, wide = (_expected(route(120.0, *ends), NOTHING, PLAN, PLANT) for ends in ((118.0, 122.0), (100.0, 140.0)))
    assert narrow is not None
    assert wide is not None
    assert (narrow.low, wide.low) == (115.0, 115.0)
    assert (narrow.now, narrow.value, wide.high) == (110.0, 120.0, 140.0)


def test_without_a_gain_the_lines_own_scatter_lowers_nothing() -> None:
    found = _expected(route(109.0, 90.0, 125.0, least=106.0), NOTHING, PLAN, PLANT)
    assert found is not None
    assert found.low == 106.0


def test_where_nothing_was_played_nothing_is_declared() -> None:
    assert _expected(replace(route(1.0, 0.0, 2.0), early=None), NOTHING, PLAN, PLANT) is None
    assert _expected(route(1.0, 0.0, 2.0), None, PLAN, PLANT) is None


@given(st.floats(60, 200), st.floats(1, 40), st.floats(0.5, 60), st.floats(0.5, 60))
def test_a_wider_range_is_never_surer_and_a_gain_within_the_scatter_hardly_sure(value, gain, one, other) -> None:
    nothing = replace(NOTHING, early=Range(value - gain, value - gain, value - gain))
    near, far = sorted((one, other))
    surer, less = (_sure(route(value, value - reach, value + reach), nothing) for reach in (near, far))
    assert LEAST_SURE <= less <= surer <= SUREST
    if far > 8 * gain:
        assert less < 0.6


@pytest.mark.parametrize(("value", "sure"), [(108.0, 0.55), (140.0, SUREST)])
def test_how_sure_it_is(value, sure) -> None:
    assert _sure(route(value, value - 8.0, value + 8.0), NOTHING) == sure


def test_the_card_rests_on_the_states_of_the_stations_that_units_are_led_to() -> None:
    assert _led_to(route(1.0, 0.0, 2.0), PLANT) == [PLANT.station["L2.S2"].roles["state"]]


def test_other_stations_that_stand_are_named_on_the_card() -> None:
    assert len(_context(PLAN, PLANT)) == 1
    told = _context(replace(PLAN, standing=("L2.S3",)), PLANT)[-1]
    assert told[0].en == "Also down, held or not known"
    assert PLANT.station["L2.S3"].name.en in told[1].en
