from zoneinfo import ZoneInfo

import pytest

from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.reading import Reading
from hmi.model.text import Text
from tests.ui.plantrows import NOW, REASONS, S, make_plant, overview_rows, station_row
from ui.screens.faceplate.presenter import (
    events,
    fault_words,
    groups,
    leaves,
    plan,
    show,
    stop_to_explain,
    why_stands,
)

SEOUL = ZoneInfo("Asia/Seoul")
PLANT = make_plant()


def span(state, start_s, end_s=None, waiting=Waiting.NONE, number=1, reason=None, cause=None):
    end = None if end_s is None else NOW - end_s * S
    return StateSpan("L3.S2", state, waiting, NOW - start_s * S, end, cause, reason, number)


def test_a_plan_names_the_station_its_tags_and_its_main_values():
    found = plan(PLANT, "L3.S3")
    assert found is not None
    assert found.under.en == "Line 3 · Oven" and found.under.ko == "3라인 · 리플로우"
    assert found.mode is not None and found.fault is not None
    assert [a.tag.id for a in found.analogs] == ["L3.S3.Zone3Temperature", "L3.S3.Pressure", "L3.S3.Speed"]
    assert found.analogs[2].setpoint.id == "L3.S3.SpeedSetpoint"
    assert len(found.tags) == 11
    assert plan(PLANT, "L9.S9") is None


def test_a_station_that_waits_says_for_whom_and_what_that_one_does():
    rows = overview_rows(PLANT)
    shown = show(rows, PLANT, "L3.S1", None, NOW, SEOUL)
    assert shown.kind is TimeClass.BLOCKED
    assert shown.points_at == "L3.S2"
    sentences = [r.en for r in shown.reasons]
    assert sentences[0].startswith("Blocked")
    assert sentences[1] == "Caused by Machine 2, which is: Aborted."


def test_a_station_that_is_down_tells_fault_and_reason():
    shown = show(overview_rows(PLANT), PLANT, "L3.S2", Text("Feeder 7 empty", "7번 피더 소진"), NOW, SEOUL)
    assert shown.points_at is None
    assert [r.en for r in shown.reasons][1:] == [
        "The machine reports: Feeder 7 empty.",
        "Stop reason on record: Feeder empty.",
    ]


def test_a_running_station_has_nothing_to_explain():
    shown = show(overview_rows(PLANT), PLANT, "L1.S1", None, NOW, SEOUL)
    assert shown.reasons == () and shown.counts.en == "2,311 good · 31 rejected"


@pytest.mark.parametrize("rows", [None, overview_rows(PLANT)])
def test_without_news_it_says_so_instead_of_a_cause(rows):
    shown = show(rows, PLANT, "L3.S1", None, NOW + 60 * S, SEOUL)
    assert shown.old and shown.kind is TimeClass.UNKNOWN
    assert "no news" in shown.reasons[0].en


@pytest.mark.parametrize(
    ("state", "waiting", "kind", "word"),
    [
        (MachineState.UNKNOWN, Waiting.NONE, None, "does not say"),
        (MachineState.STOPPED, Waiting.NONE, TimeClass.PLANNED, "by plan"),
        (MachineState.STARTING, Waiting.NONE, None, "set up"),
        (MachineState.IDLE, Waiting.NONE, None, "nobody says"),
        (MachineState.HELD, Waiting.NONE, None, "machine itself"),
        (MachineState.SUSPENDED, Waiting.STARVED, None, "nothing comes in"),
    ],
)
def test_every_way_of_standing_has_its_words(state, waiting, kind, word):
    row = station_row("L1.S1", state, waiting, kind=kind)
    assert word in why_stands(row, PLANT, None, None, False)[0].en


def test_a_station_that_causes_itself_is_not_sent_to_itself():
    rows = overview_rows(PLANT)
    rows.lines[2].stations[1] = station_row("L3.S2", MachineState.HELD, cause="L3.S2")
    shown = show(rows, PLANT, "L3.S2", None, NOW, SEOUL)
    assert shown.points_at is None
    assert not any("Caused by" in r.en for r in shown.reasons)


@pytest.mark.parametrize(
    ("value", "status", "words"),
    [
        (21, q.GOOD, "Feeder 7 empty"),
        (21.0, q.GOOD, "Feeder 7 empty"),
        (77, q.GOOD, "fault code 77"),
        ("E-4", q.GOOD, "fault code E-4"),
        (0, q.GOOD, None),
        ("", q.GOOD, None),
        (None, q.BAD_NO_DATA, None),
        (21, q.BAD_NO_COMMUNICATION, None),
        (float("nan"), q.GOOD, None),
    ],
)
def test_fault_words(value, status, words):
    found = fault_words(Reading(value, status, NOW), PLANT.tag["L3.S2.FaultCode"])
    assert (None if found is None else found.en) == words


def test_the_stop_to_explain_is_the_one_that_lasts():
    spans = [
        span(MachineState.HELD, 900, 600, number=1, reason="head"),
        span(MachineState.EXECUTE, 600, 190, number=2),
        span(MachineState.ABORTED, 190, number=3),
    ]
    stop = stop_to_explain(spans, REASONS, NOW, SEOUL)
    assert stop is not None and stop.now and stop.span.span_id == 3 and stop.reason is None
    assert stop.words.en.startswith("Aborted for 3 min, since ")


def test_else_it_is_the_last_that_mattered():
    spans = [
        span(MachineState.HELD, 900, 600, number=1, reason="head"),
        span(MachineState.EXECUTE, 600, 100, number=2),
        span(MachineState.SUSPENDED, 100, 98, Waiting.STARVED, number=3),
        span(MachineState.EXECUTE, 98, number=4),
    ]
    stop = stop_to_explain(spans, REASONS, NOW, SEOUL)
    assert stop is not None and not stop.now and stop.span.span_id == 1
    assert stop.reason is not None and stop.reason.id == "head"
    assert stop.words.en.startswith("Last stop: Held for 5 min")


def test_no_stop_to_explain():
    unknown = span(MachineState.UNKNOWN, 900, number=1)
    not_on_record = span(MachineState.HELD, 900, number=0)
    assert stop_to_explain([unknown], REASONS, NOW, SEOUL) is None
    assert stop_to_explain([not_on_record], REASONS, NOW, SEOUL) is None
    assert stop_to_explain([], REASONS, NOW, SEOUL) is None


def test_the_tree_has_two_levels_and_a_bare_group_is_a_choice():
    assert [r.id for r in groups(REASONS)] == ["internal", "people"]
    assert [r.id for r in leaves(REASONS, "internal")] == ["feeder", "head"]
    assert [r.id for r in leaves(REASONS, "people")] == ["people"]


def test_events_are_those_of_the_station_and_its_line_newest_first():
    rows = overview_rows(PLANT)
    spans = [span(MachineState.EXECUTE, 900, 190, number=1), span(MachineState.ABORTED, 190, number=2, reason="feeder")]
    found = events(spans, rows.changes, PLANT, PLANT.station["L3.S2"], NOW, SEOUL)
    assert [e.words.en for e in found] == ["Aborted, 3 min (Feeder empty)", "Running, 11 min"]
    line_1 = events([], rows.changes, PLANT, PLANT.station["L1.S1"], NOW, SEOUL)
    assert [e.words.en for e in line_1] == ["Line 1: lot LOT-2041 (before LOT-2040)"]
