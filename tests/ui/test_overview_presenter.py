from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.model.machine import MachineState, TimeClass
from hmi.model.plant import Span
from hmi.model.quality import Quality
from hmi.model.text import Lang
from tests.ui.plantrows import NOW, S, line_row, make_plant, overview_rows, station_row
from ui.equipment.words import length_words, short_names, since_words
from ui.screens.overview.presenter import (
    GAP_PX,
    LEAST_PX,
    against_plan,
    room_for,
    show,
    unknown_rows,
)

SEOUL = ZoneInfo("Asia/Seoul")


def test_a_running_line_shows_its_particulars():
    shown = show(overview_rows(make_plant()), make_plant(), NOW, SEOUL)
    first = shown.lines[0]
    assert first.name.ko == "1라인"
    assert first.state.en == "Running"
    assert not first.stands
    assert first.order == "WO-10077 · board A4"
    assert first.rate_desired == Span(780, 880)
    assert first.against_plan.en == "102 ahead"
    assert first.since.en.endswith("1 h 30 min")
    assert not shown.old


def test_a_line_that_stands_names_its_cause():
    line = show(overview_rows(make_plant()), make_plant(), NOW, SEOUL).lines[2]
    assert line.stands
    assert line.state.en == "Suspended: starved"
    assert line.cause is not None and line.cause.en == "caused by Machine 2"
    assert line.against_plan.en == "2,936 behind"
    blamed = line.tiles[1]
    assert blamed.state is MachineState.ABORTED
    assert "Feeder empty" in blamed.tip.en


def test_rows_that_stop_coming_are_the_past_and_claim_nothing_for_now():
    plant = make_plant()
    shown = show(overview_rows(plant), plant, NOW + 30 * S, SEOUL)
    assert shown.old
    for line in shown.lines:
        assert line.rate_quality is Quality.STALE
        assert line.state.en.startswith("last known")
        assert {t.kind for t in line.tiles} == {TimeClass.UNKNOWN}
    # the length of a state does not grow while nobody knows whether it still lasts
    assert shown.lines[0].since == show(overview_rows(plant), plant, NOW, SEOUL).lines[0].since


def test_before_any_answer_everything_is_unknown():
    plant = make_plant(2, 4)
    shown = show(unknown_rows(plant, NOW), plant, NOW, SEOUL)
    assert [x.state.en for x in shown.lines] == ["Unknown", "Unknown"]
    assert not any(x.stands for x in shown.lines)
    assert all(t.kind is TimeClass.UNKNOWN for x in shown.lines for t in x.tiles)
    assert shown.lines[0].rate is None and shown.lines[0].oee is None


def test_a_planned_stop_is_no_loss_in_words():
    plant = make_plant(1, 1)
    rows = overview_rows(plant)
    rows.lines[0] = line_row("L1", [station_row("L1.S1", MachineState.STOPPED, kind=TimeClass.PLANNED)])
    tile = show(rows, plant, NOW, SEOUL).lines[0].tiles[0]
    assert tile.kind is TimeClass.PLANNED
    assert "planned stop" in tile.tip.of(Lang.EN) and "계획 정지" in tile.tip.of(Lang.KO)


@pytest.mark.parametrize(
    ("made", "due", "words"),
    [(None, 10, ""), (10, None, ""), (10, 10, "on plan"), (12, 10, "2 ahead"), (1, 2001, "2,000 behind")],
)
def test_against_plan(made, due, words):
    assert against_plan(made, due).en == words


def test_a_rate_without_a_range_gets_a_scale_that_holds_everything_seen():
    plant = make_plant(1, 1)
    rows = overview_rows(plant)
    bare = replace(plant, tags=(replace(plant.tags[0], range=None),))
    rows.lines[0] = line_row("L1", [], rate=1500.0)
    line = show(rows, bare, NOW, SEOUL).lines[0]
    assert line.rate_low == 0 and line.rate_high > 1500


@given(st.integers(1, 40), st.integers(200, 1400))
def test_rows_of_lines_fit_or_scroll(lines, height):
    room = room_for(lines, height)
    assert room.row_px >= LEAST_PX
    if not room.scrolls:
        assert lines * room.row_px + (lines - 1) * GAP_PX <= height


def test_three_lines_stand_at_ease_in_both_sizes_and_twelve_are_lean():
    assert not room_for(3, 700).lean
    assert not room_for(3, 440).lean
    assert room_for(12, 700).lean


def test_short_names_tell_stations_apart():
    plant = make_plant(1, 8)
    names = short_names(plant.stations_of("L1"))
    assert names["L1.S3"].en == "Oven"
    assert names["L1.S7"].en == "Machine 7"
    assert len({n.en for n in names.values()}) == 8


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7500, "2 h 5 min"), (7200, "2 h"), (93_600, "1 d 2 h")],
)
def test_lengths(seconds, words):
    assert length_words(seconds).en == words


def test_since_names_the_day_when_it_is_not_today():
    assert since_words(0, NOW, SEOUL).en == ""
    assert "-" not in since_words(NOW - 60 * S, NOW, SEOUL).en
    assert "-" in since_words(NOW - 3 * 86_400 * S, NOW, SEOUL).en
