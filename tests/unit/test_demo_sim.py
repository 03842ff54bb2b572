"""The demo plant's flow: nothing is lost or doubled, commands act, the same seed gives the same plant."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.demo_plant.happening import RefusedError
from plugins.demo_plant.layout import BUFFER_CAPACITY, LINES, STATION_COUNT, State, all_points
from plugins.demo_plant.orders import shift_at
from plugins.demo_plant.points import values
from plugins.demo_plant.sim import DemoPlant

EPOCH = 1_795_240_800.0  # 2026-11-21 15:00 in Incheon
PYTHON = {"Double": float, "UInt32": int, "Int32": int, "Boolean": bool, "String": str, "DateTime": datetime}


def calm() -> DemoPlant:
    return DemoPlant(3, "none", EPOCH, random_stops=False)


def inside(plant: DemoPlant) -> Counter[str]:
    """Every place where each unit is."""
    places: Counter[str] = Counter()
    for station in plant.stations():
        places.update(u.id for u in station.buffer)
        if station.unit is not None:
            places[station.unit.id] += 1
    return places


def test_the_same_seed_gives_the_same_plant_however_the_steps_are_cut() -> None:
    one, two, other = DemoPlant(5, None, EPOCH), DemoPlant(5, None, EPOCH), DemoPlant(6, None, EPOCH)
    for _ in range(300):
        one.step(1.0)
        other.step(1.0)
    two.step(300.0)
    assert values(one) == values(two)
    assert values(one) != values(other)
    assert one.take_happenings() == two.take_happenings()


def test_every_point_of_the_layout_has_a_value_of_its_type_within_its_range() -> None:
    plant = DemoPlant(3, None, EPOCH)
    points = all_points()
    for _ in range(40):
        plant.step(10.0)
        found = values(plant)
        assert found.keys() == points.keys()
        for tag, value in found.items():
            assert type(value) is PYTHON[points[tag].type], tag
            span = points[tag].range
            if span is not None and isinstance(value, int | float):
                assert span[0] <= value <= span[1], tag


def test_measured_values_are_whole_steps_of_their_converter() -> None:
    plant = DemoPlant(3, None, EPOCH)
    plant.step(60.0)
    for tag, value in values(plant).items():
        digits = all_points()[tag].digits
        if isinstance(value, float) and digits is not None:
            assert value == round(value, digits), tag


def test_lines_run_at_their_feed_rate_and_inside_their_desired_bands() -> None:
    plant = calm()
    plant.step(600.0)
    found = values(plant)
    for spec in LINES:
        rate = found[f"{spec.id}.UnitsPerHour"]
        assert isinstance(rate, float)
        assert abs(rate - spec.feed_per_h) < 0.06 * spec.feed_per_h
    for tag, point in all_points().items():
        if point.desired is not None and not tag.endswith(("UnitsPerHour", "RejectShare", "Yield")):
            value = found[tag]
            assert isinstance(value, int | float)
            assert point.desired[0] <= value <= point.desired[1], (tag, value)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("HoldGate", "DivertTo", "SpeedSetpoint", "fail", "reset", "batch")),
            st.integers(1, 3),
            st.integers(1, STATION_COUNT),
            st.integers(0, 3),
            st.integers(1, 60),
        ),
        max_size=12,
    )
)
def test_no_unit_is_lost_doubled_or_squeezed_in_whatever_is_commanded(
    acts: list[tuple[str, int, int, int, int]],
) -> None:
    plant = DemoPlant(11, None, EPOCH)
    for act, line, order, number, seconds in acts:
        tag = f"L{line}.S{order}.{act}"
        station = plant.station(line, order)
        if act == "fail":
            station.fail(station.kind.failure, float(seconds), aborts=bool(number % 2))
        elif act == "reset":
            station.reset()
        elif act == "batch":
            plant.new_batch(line, f"PASTE-{line}{number}", bad=True)
        elif act == "SpeedSetpoint":
            plant.write(tag, float(20 + number * 33))
        elif act == "HoldGate":
            plant.write(tag, bool(number % 2))
        elif order < STATION_COUNT:
            plant.write(tag, number)
        plant.step(float(seconds))
        places = inside(plant)
        assert not places or max(places.values()) == 1
        assert all(len(s.buffer) <= BUFFER_CAPACITY for s in plant.stations())
    gone = {u.id for u in plant.units.values() if u.rejected_at or (u.passed and u.passed[-1][0].endswith(".S6"))}
    assert not gone & inside(plant).keys()
    assert {u.id for u in plant.units.values()} <= gone | inside(plant).keys()


def test_a_few_units_in_a_thousand_are_rejected_while_all_is_well() -> None:
    plant = calm()
    before = [(s.good, s.reject) for s in plant.stations()]
    plant.step(3600.0)
    moved = [(s, s.good - g, s.reject - r) for s, (g, r) in zip(plant.stations(), before, strict=True)]
    seen = sum(good + bad for s, good, bad in moved if s.kind.name == "camera")
    rejected = sum(bad for _, _, bad in moved)
    assert 0.002 < rejected / seen < 0.012
    assert {s.kind.name for s, _, bad in moved if bad} <= {"camera", "tester"}


def test_a_held_station_lets_nothing_pass_and_goes_on_when_released() -> None:
    plant = calm()
    plant.write("L1.S3.HoldGate", True)
    plant.step(2.0)
    oven = plant.station(1, 3)
    assert oven.state is State.HELD
    before = oven.good
    plant.step(120.0)
    assert oven.good == before
    assert plant.station(1, 2).state is State.BLOCKED
    assert plant.station(1, 6).state is State.STARVED
    plant.write("L1.S3.HoldGate", False)
    plant.step(30.0)
    assert oven.state is State.EXECUTE
    assert oven.good > before


def test_a_diverter_follows_after_its_delay_and_units_leave_on_the_other_lane() -> None:
    plant = calm()
    plant.write("L3.S1.DivertTo", 1)
    plant.step(0.25)
    assert values(plant)["L3.S1.DivertTo"] == 1
    assert values(plant)["L3.S1.RouteActive"] == 0
    plant.step(0.25)
    assert values(plant)["L3.S1.RouteActive"] == 1
    plant.step(120.0)
    arrived = [u for u in plant.units.values() if u.line == 3 and ("L1.S2" in [s for s, _ in u.passed])]
    assert len(arrived) > 8
    assert not [u for u in arrived if u.rejected_at == "L1.S2"]


def test_a_line_that_is_not_qualified_for_a_product_does_not_place_it() -> None:
    plant = calm()
    plant.write("L3.S1.DivertTo", 2)  # line 2 has no feeders for B2
    plant.step(60.0)
    strays = [u for u in plant.units.values() if u.line == 3 and u.rejected_at == "L2.S2"]
    assert strays
    assert {d.cause for u in strays for d in u.defects} >= {"recipe:L2.S2"}


def test_a_faster_station_makes_more_and_a_slower_one_less() -> None:
    made = {}
    for speed in (50.0, 100.0):
        plant = calm()
        plant.write("L2.S4.SpeedSetpoint", speed)
        plant.step(30.0)
        before = plant.station(2, 6).good
        plant.step(600.0)
        made[speed] = plant.station(2, 6).good - before
    assert made[50.0] < 0.75 * made[100.0]


@pytest.mark.parametrize(
    ("tag", "value", "why"),
    [
        ("L1.S1.SpeedSetpoint", 121.0, "range"),
        ("L1.S1.SpeedSetpoint", 19.9, "range"),
        ("L1.S1.SpeedSetpoint", float("nan"), "range"),
        ("L1.S1.SpeedSetpoint", True, "type"),
        ("L1.S1.SpeedSetpoint", "fast", "type"),
        ("L1.S1.HoldGate", 1, "type"),
        ("L1.S1.DivertTo", 4, "range"),
        ("L1.S1.DivertTo", 1.0, "type"),
        ("L2.S3.Zone3Setpoint", 250.0, "range"),
        ("L1.S1.GoodCount", 5, "not_writable"),
        ("L1.S6.DivertTo", 1, "not_writable"),
        ("L9.S1.HoldGate", True, "not_writable"),
        ("L1.S1.SpeedSetpoint", None, "type"),
    ],
)
def test_a_controller_refuses_what_it_cannot_take(tag: str, value: object, why: str) -> None:
    plant = calm()
    before = values(plant)
    with pytest.raises(RefusedError) as refused:
        plant.write(tag, value)
    assert refused.value.why == why
    assert values(plant) == before
    assert plant.write_count == 1


def test_genealogy_of_a_unit_is_in_the_order_of_the_line() -> None:
    plant = calm()
    plant.step(300.0)
    done = [u for u in plant.units.values() if len(u.passed) == STATION_COUNT]
    assert len(done) > 40
    for unit in done:
        assert [s for s, _ in unit.passed] == [f"L{unit.line}.S{n}" for n in range(1, STATION_COUNT + 1)]
        times = [at for _, at in unit.passed]
        assert times == sorted(times)


def test_the_lines_papers_are_those_of_the_unit_printed_last() -> None:
    plant = calm()
    plant.new_batch(2, "PASTE-2X")
    plant.step(20.0)
    found = values(plant)
    unit = plant.units[str(found["L2.S1.UnitId"])]
    assert (found["L2.Order"], found["L2.Lot"], found["L2.Product"]) == (unit.order, unit.lot, unit.product)
    assert found["L2.MaterialBatch"] == unit.batch.id == "PASTE-2X"


@pytest.mark.parametrize(("hour", "index"), [(6, 0), (13.99, 0), (14, 1), (21.99, 1), (22, 2), (2, 2), (5.99, 2)])
def test_there_is_a_shift_at_every_hour(hour: float, index: int) -> None:
    midnight = EPOCH - 15 * 3600
    assert shift_at(midnight + hour * 3600).index == index


def test_counters_begin_again_with_the_shift_and_operators_change() -> None:
    plant = DemoPlant(3, "none", EPOCH - 3600 - 10, random_stops=False)  # ten seconds before 14:00
    plant.step(5.0)
    before = values(plant)
    plant.step(30.0)
    after = values(plant)
    assert before["L1.Made"] > 6000 > 20 > after["L1.Made"] > 0
    assert after["L1.S1.GoodCount"] < 20
    assert before["L1.Operator"] != after["L1.Operator"]


def test_orders_and_lots_follow_one_another_over_hours() -> None:
    plant = calm()
    plant.step(2.5 * 3600.0)
    for line in plant.lines.values():
        assert len(line.book.orders) >= 2
        first = next(iter(line.book.orders.values()))
        assert first.started == first.quantity
        lots = {u.lot for u in plant.units.values() if u.line == line.spec.number}
        assert len(lots) >= 8
