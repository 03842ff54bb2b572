from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model import quality as q
from hmi.model.machine import MachineState, TimeClass, Waiting
from hmi.model.quality import Quality
from hmi.model.reading import Reading
from tests.ui.plantrows import NOW, S, make_plant, overview_rows, station_row
from ui.equipment.tags import line_pens, main_tags, pen_names, setpoint_of
from ui.equipment.words import reach_minutes
from ui.screens.lines.presenter import (
    Wait,
    fill_of,
    first_line,
    joined_waits,
    machines,
    neighbour,
    places,
    show,
    unit_tail,
    values_deep,
    waits,
)

SEOUL = ZoneInfo("Asia/Seoul")


def shown(line="L3", now=NOW, plant=None, rows=True):
    plant = plant or make_plant()
    return show(overview_rows(plant) if rows else None, plant, line, now, SEOUL)


def test_the_head_says_what_the_line_works_on():
    line = shown("L1")
    told = {k.en: v.en for k, v in line.particulars}
    assert told["Order"] == "WO-10077"
    assert told["Material batch"] == "2B"
    assert told["Operator"] == "Kim"
    assert told["Shift"].startswith("Day shift ")
    assert line.state.en == "Running" and not line.stands


def test_what_is_not_known_has_a_dash_and_no_invention():
    line = shown(rows=False)
    assert {v.en for _, v in line.particulars} == {"–"}
    assert line.old
    assert line.state.en == "Unknown"
    assert {m.kind for m in line.machines} == {TimeClass.UNKNOWN}
    assert line.waits == ()


def test_machines_stand_in_flow_order_with_buffer_unit_and_values():
    plans = machines(make_plant(), "L2")
    assert [m.station for m in plans] == [f"L2.S{i}" for i in range(1, 7)]
    first = plans[0]
    assert first.buffer is not None and first.buffer.id == "L2.S1.InBuffer"
    assert first.capacity == 8
    assert first.unit is not None and first.unit.id == "L2.S1.UnitId"
    assert [v.tag.id.split(".")[-1] for v in first.values] == ["Zone3Temperature", "Pressure", "Speed"]


def test_set_points_find_their_values_by_role_and_by_id():
    plant = make_plant(1, 1)
    station = plant.station["L1.S1"]
    assert setpoint_of(plant, station, plant.tag["L1.S1.Speed"]).id == "L1.S1.SpeedSetpoint"
    assert setpoint_of(plant, station, plant.tag["L1.S1.Zone3Temperature"]).id == "L1.S1.Zone3Setpoint"
    assert setpoint_of(plant, station, plant.tag["L1.S1.Pressure"]) is None


def test_set_points_enumerations_and_bare_numbers_are_no_main_values():
    plant = make_plant(1, 1)
    assert {t.id.split(".")[-1] for t in main_tags(plant, "L1.S1", 9)} == {"Zone3Temperature", "Pressure", "Speed"}


def test_pens_begin_with_the_rate_and_go_round_the_stations():
    plant = make_plant(1, 3)
    pens = line_pens(plant, "L1", 5)
    assert [t.id for t in pens] == [
        "L1.Rate", "L1.S1.Zone3Temperature", "L1.S2.Zone3Temperature", "L1.S3.Zone3Temperature", "L1.S1.Pressure",
    ]  # fmt: skip
    assert len(line_pens(plant, "L1")) == 7
    assert line_pens(plant, "no such line") == []


def test_pens_of_one_name_say_their_station():
    plant = make_plant(1, 2)
    shared = plant.tag["L1.S1.Speed"].name
    same = [replace(plant.tag[f"L1.S{n}.Speed"], name=shared) for n in (1, 2)]
    assert [n.en for n in pen_names(plant, same)] == ["Machine 1 · Speed of L1.S1", "Machine 2 · Speed of L1.S1"]


def test_waits_point_at_their_cause_and_only_within_the_line():
    line = shown("L3")
    assert Wait(0, 1, TimeClass.BLOCKED) in line.waits
    assert {w.cause for w in line.waits} == {1}
    assert len(line.waits) == 5
    drawn = joined_waits(line.waits)
    assert set(drawn) == {Wait(0, 1, TimeClass.BLOCKED), Wait(5, 1, TimeClass.STARVED)}
    elsewhere = {"L3.S1": station_row("L3.S1", MachineState.SUSPENDED, Waiting.STARVED, cause="L1.S6")}
    assert waits(["L3.S1"], elsewhere) == ()


def test_old_rows_claim_no_state_and_no_waits():
    line = shown("L3", NOW + 20 * S)
    assert line.old
    assert line.rate_quality is Quality.STALE
    assert line.state.en == "last known: Suspended: starved"
    assert line.waits == ()
    assert {m.kind for m in line.machines} == {TimeClass.UNKNOWN}
    assert all(m.word.en.startswith("last known") for m in line.machines)


def test_a_line_that_the_plant_does_not_have():
    plant = make_plant()
    assert show(overview_rows(plant), plant, "L9", NOW, SEOUL) is None
    assert machines(plant, "L9") == ()


@given(st.integers(1, 16), st.floats(600, 2600))
def test_stations_never_overlap_and_fill_the_width(count, width):
    found = places(count, width)
    assert found[0].left == 0
    assert found[-1].right == pytest.approx(width)
    for place in found:
        assert place.left < place.machine
    for one, next_ in pairwise(found):
        assert one.right == pytest.approx(next_.left)
    if width / count >= 92:
        assert all(place.right - place.machine >= 60 for place in found)


@given(st.integers(-200, 1200), st.integers(20, 80), st.integers(1, 8))
def test_there_is_always_a_row_of_values_and_never_more_than_there_are(height, cell, most):
    assert 1 <= values_deep(height, cell, most) <= min(4, most)


@pytest.mark.parametrize(
    ("value", "status", "fill"),
    [
        (3, q.GOOD, (3, True)),
        (8.0, q.GOOD, (8, True)),
        (3, q.BAD_NO_COMMUNICATION, (3, False)),
        (3, q.STALE_LINK_SILENT, (3, False)),
        (None, q.BAD_WAITING_FOR_INITIAL_DATA, (None, False)),
        (float("nan"), q.GOOD, (None, False)),
        (1e308, q.GOOD, (None, False)),
        (-2, q.GOOD, (0, True)),
        (900, q.GOOD, (900, False)),
        ("three", q.GOOD, (None, False)),
        (True, q.GOOD, (None, False)),
    ],
)
def test_units_on_a_conveyor(value, status, fill):
    assert fill_of(Reading(value, status, NOW), 8) == fill


@pytest.mark.parametrize(
    ("value", "status", "tail"),
    [
        ("U2041-000199", q.GOOD, "…-000199"),
        ("U7", q.GOOD, "U7"),
        (17, q.GOOD, "17"),
        ("", q.GOOD, ""),
        (None, q.BAD_NO_DATA, ""),
        ("U2041-000199", q.BAD_NO_COMMUNICATION, ""),
    ],
)
def test_unit_tails(value, status, tail):
    assert unit_tail(Reading(value, status, NOW)) == tail


def test_which_line_to_show():
    plant = make_plant()
    assert first_line(plant, "L2", "L3") == "L2"
    assert first_line(plant, None, "L3") == "L3"
    assert first_line(plant, "gone", "gone too") == "L1"
    assert first_line(None, "L2", None) is None
    assert first_line(make_plant(0), "L2", None) is None
    assert [neighbour(plant, "L3", 1), neighbour(plant, "L1", -1)] == ["L1", "L3"]


@pytest.mark.parametrize(("age", "minutes"), [(None, 5), (0, 5), (299, 5), (301, 15), (3000, 60), (90_000, 60)])
def test_a_young_record_is_shown_large(age, minutes):
    assert reach_minutes(None if age is None else 1e6 - age, 1e6, (5, 15, 30, 60)) == minutes
