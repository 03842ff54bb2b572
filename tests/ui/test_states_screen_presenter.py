"""Windows, stops, reasons and OEE in words, without Qt."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.plant import Shift, StopReason
from hmi.model.text import Text
from tests.ui.plantrows import NOW, S, make_plant, oee_figures
from ui.screens.states import presenter, views

PLANT = make_plant()
SHIFTS = (Shift("day", Text("Day", "주간조"), 360, 1080), Shift("night", Text("Night", "야간조"), 1080, 360))
WORKED = replace(PLANT, shifts=SHIFTS)
MINUTE = 60 * S


def span(place, state, start_s, end_s, waiting=Waiting.NONE, **more):
    end = None if end_s is None else NOW + end_s * S
    return StateSpan(place, state, waiting, NOW + start_s * S, end, **more)


def stop_of_line_3():
    """The placer aborts, the line stands behind it from 15 s on."""
    return [
        span("L3", MachineState.EXECUTE, -600, 15, span_id=1),
        span("L3", MachineState.ABORTED, 15, 200, cause="L3.S2", span_id=2),
        span("L3", MachineState.EXECUTE, 200, 203, span_id=3),
        span("L3", MachineState.SUSPENDED, 203, 208, Waiting.STARVED, cause="L3.S2", span_id=4),
        span("L3", MachineState.UNKNOWN, 300, None, span_id=5),
        span("L3.S2", MachineState.EXECUTE, -600, 0, span_id=11),
        span("L3.S2", MachineState.ABORTED, 0, 190, reason="feeder", span_id=12),
        span("L3.S2", MachineState.EXECUTE, 190, None, span_id=13),
    ]


def places():
    return presenter.by_place(stop_of_line_3(), presenter.places_of(PLANT, "L3"))


def test_stops_of_a_line_newest_first_without_its_breathing():
    rows = presenter.line_stops(PLANT, "L3", places(), NOW + 400 * S)
    assert [(r.start_ns - NOW) // S for r in rows] == [300, 15]
    unknown, stood = rows
    assert unknown.end_ns is None and unknown.length_s == 100 and unknown.state.en == "Unknown"
    assert stood.length_s == 185 and stood.cause_id == "L3.S2"


def test_a_stop_has_the_reason_of_the_machine_behind_it_and_gives_it_there():
    stood = presenter.line_stops(PLANT, "L3", places(), NOW + 400 * S)[1]
    assert stood.reason_id == "feeder" and stood.reason.ko == "피더 소진"
    assert stood.targets == (2, 12)
    own = presenter.stop_row(PLANT, span("L3.S2", MachineState.HELD, 0, 60, span_id=9), {}, NOW)
    assert own.targets == (9,) and own.cause_id == "L3.S2" and own.reason is None
    fresh = presenter.stop_row(PLANT, span("L3.S2", MachineState.HELD, 0, None), {}, NOW + 5 * S)
    assert fresh.targets == ()


def test_production_is_no_stop_and_a_wait_is_not_blamed_on_a_machine_that_waits_too():
    assert presenter.stop_row(PLANT, span("L1.S1", MachineState.EXECUTE, 0, 60), {}, NOW) is None
    waits = {"L1.S2": [span("L1.S2", MachineState.SUSPENDED, 0, 60, Waiting.STARVED, span_id=7)]}
    row = presenter.stop_row(
        PLANT, span("L1", MachineState.SUSPENDED, 0, 60, Waiting.STARVED, cause="L1.S2", span_id=6), waits, NOW
    )
    assert row.targets == (6,)


def test_a_reason_that_the_plant_file_lost_shows_its_id():
    row = presenter.stop_row(PLANT, span("L1.S1", MachineState.HELD, 0, 60, reason="gone"), {}, NOW)
    assert row.reason == Text.same("gone")


def test_the_sum_counts_what_has_no_reason():
    rows = presenter.line_stops(PLANT, "L3", places(), NOW + 400 * S)
    assert presenter.stops_words(rows).en == "2 in all, 4 min; without a reason: 1"
    assert presenter.stops_words([]).ko == "이 기간에 라인이 10초 이상 정지하지 않았습니다."


def test_the_tree_has_two_levels_and_bare_roots_are_leaves():
    groups = presenter.reason_groups([*PLANT.reasons, StopReason("deep", Text.same("deep"), "head")])
    assert [g.reason.id for g in groups] == ["internal", "people"]
    assert [leaf.id for leaf in groups[0].leaves] == ["feeder", "deep"]
    assert [leaf.id for leaf in groups[1].leaves] == ["people"]
    assert presenter.group_of(groups, "people") == 1 and presenter.group_of(groups, None) is None


ids = st.sampled_from(["a", "b", "c", "d", "e"])


@given(st.lists(st.tuples(ids, st.one_of(st.just(""), ids)), unique_by=lambda x: x[0], max_size=5))
def test_any_tree_ends_even_one_that_bites_its_tail(pairs):
    groups = presenter.reason_groups([StopReason(i, Text.same(i), p) for i, p in pairs])
    assert all(g.leaves for g in groups)


def test_oee_in_words_says_where_it_comes_from():
    rows = {k.en: v.en for k, v in presenter.figures_words(oee_figures("L1"))}
    assert rows["Availability"] == "90.0 %: produced 1:48:00 of 2:00:00 planned"
    assert rows["Performance"].startswith("94.0 %: 1,500 units × 3.8 s")
    assert rows["Quality"] == "98.7 %: 1,480 good of 1,500"
    assert "0:30" in rows["Unknown"]


def test_what_is_not_known_is_said():
    bare = replace(oee_figures("L1"), effectiveness=None, good=0, reject=0, quality=None, unknown_s=0)
    rows = {k.en: v.en for k, v in presenter.figures_words(bare)}
    assert rows["Performance"] == "not known: no production in this time"
    assert rows["Quality"] == "not known: no units were counted"
    no_ideal = presenter.figures_words(replace(bare, ideal_cycle_s=None))
    assert "ideal cycle" in no_ideal[1][1].en
    assert "nothing is on record" in presenter.figures_words(None)[0][1].en
    off = replace(bare, pbt_s=0.0, planned_s=600.0)
    assert "planned stop" in presenter.figures_words(off)[0][1].en


def test_the_largest_loss_is_named():
    assert presenter.largest_loss(oee_figures("L1")) == ("speed", 400.0)
    ideal = replace(oee_figures("L1"), setup_s=0, down_s=0, blocked_s=0, starved_s=0, waiting_s=0, unknown_s=0,
                    speed_loss_s=-5.0, quality_loss_s=0)  # fmt: skip
    assert presenter.largest_loss(ideal) is None


@given(st.integers(-100, 400), st.integers(0, 300))
def test_the_handle_never_leaves_the_stop(at_s, length_s):
    row = presenter.stop_row(PLANT, span("L1.S1", MachineState.HELD, 0, length_s), {}, NOW)
    at = presenter.clamp_split(row, NOW + at_s * S, NOW)
    assert row.start_ns <= at <= row.end_ns
    if length_s >= 2:
        assert row.start_ns + S <= at <= row.end_ns - S


def test_windows_are_shifts_or_hours():
    now = NOW // (3600 * S) * 3600 * S
    shift, before = views.view_of("shift", WORKED, now), views.view_of("previous", WORKED, now)
    assert shift.live and shift.to_ns == now and shift.shift in (SHIFTS[0].name, SHIFTS[1].name)
    assert not before.live and before.to_ns == shift.from_ns and before.length_ns == 12 * views.HOUR_NS
    assert before.shift != shift.shift
    assert views.view_of("h8", None, now).length_ns == 8 * views.HOUR_NS
    assert views.view_of("shift", None, now).length_ns == 8 * views.HOUR_NS


def test_a_live_window_moves_with_time_and_a_zoomed_one_of_the_past_does_not():
    view = views.view_of("h1", PLANT, NOW)
    assert views.onward(view, PLANT, NOW + MINUTE).to_ns == NOW + MINUTE
    past = views.moved(view, -0.5, NOW)
    assert not past.live and views.onward(past, PLANT, NOW + MINUTE) == past
    assert views.moved(past, 5.0, NOW).live


@given(st.floats(0.05, 20), st.floats(0, 1))
def test_zooming_keeps_the_instant_in_its_place_and_never_shows_the_future(factor, share):
    view = views.View("", NOW - 10 * views.HOUR_NS, NOW - views.HOUR_NS, False)
    around = view.from_ns + round(share * view.length_ns)
    zoomed = views.zoomed(view, factor, around, NOW)
    assert zoomed.to_ns <= NOW
    assert views.SHORTEST_NS <= zoomed.length_ns <= views.LONGEST_NS
    if zoomed.to_ns < NOW:
        assert abs((around - zoomed.from_ns) / zoomed.length_ns - share) < 1e-6


def test_time_without_any_record_is_left_out_and_said():
    view = views.View("h8", NOW - 8 * views.HOUR_NS, NOW, True)
    shown = views.begun(view, [span("L1", MachineState.EXECUTE, -600, None)])
    assert NOW - 620 * S < shown.from_ns < NOW - 600 * S
    assert "on record since" in views.view_words(view, shown, None).en
    assert views.begun(view, []) == view
    assert "on record" not in views.view_words(view, view, None).en
    zoomed = replace(view, key="")
    assert views.begun(zoomed, [span("L1", MachineState.EXECUTE, -600, None)]) == zoomed


@pytest.mark.parametrize("line", ["L1", "L3"])
def test_the_line_stands_first_with_the_short_names_of_its_stations(line):
    names = presenter.short_names_of(PLANT, line)
    assert list(names) == [line, *(f"{line}.S{i}" for i in range(1, 7))]
    assert names[f"{line}.S3"].en == "Oven"
