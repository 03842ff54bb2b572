"""What lists, strip, detail and metrics say of alarms: rules without a window."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF

from hmi.desk.alarm_rows import AlarmDone, AlarmMetric
from hmi.model.alarm import AlarmKind, AlarmState, Priority
from hmi.model.plant import Tag, TagType
from hmi.model.quality import Quality
from hmi.model.text import Lang, Text
from hmi.model.words import catalogue
from tests.ui.alarmrows import AlarmEngine, alarm, journal_rows, metrics, sample
from tests.ui.plantrows import NOW, S, make_plant
from ui.screens.alarms import moment, presenter
from ui.screens.alarms.moment import stepped
from ui.widgets import alarmwords as w
from ui.widgets.alarmblink import Pulse
from ui.widgets.alarmmark import mark_look
from ui.widgets.alarmtable import NAME_LEAST, columns_that_fit

PLANT = make_plant()


def test_value_at_alarm_now_and_limit():
    row = alarm("a")
    assert w.value_text(row, None, Lang.EN) == "221.4 → 219.8 / 220.0 °C"
    assert w.value_text(replace(row, value=None, limit=None), None, Lang.EN) == "221.4 °C"
    assert w.value_text(replace(row, value_quality=Quality.STALE), None, Lang.EN) == "221.4 → ? 219.8 / 220.0 °C"
    assert w.value_text(replace(row, value_quality=Quality.BAD), None, Lang.EN) == "221.4 → [ 219.8 ] / 220.0 °C"
    assert w.value_text(replace(row, value_at=None, value=None, limit=None), None, Lang.EN) == ""


def test_a_discrete_alarm_says_the_words_of_its_tag():
    door = Tag("d", Text.same("Door"), "plc1", "n", TagType.UINT32, words={"1": Text("open", "열림")})
    row = alarm("a", kind=AlarmKind.DISCRETE, limit=None, value_at=1.0, value=0.0, unit="", digits=0)
    assert w.value_text(row, door, Lang.KO) == "열림 → 0"
    flag = replace(door, type=TagType.BOOLEAN, words={})
    assert w.value_text(row, flag, Lang.EN) == "On → Off"


@pytest.mark.parametrize(("value", "sign"), [(221.4, ">"), (219.0, "<"), (220.0, "=")])
def test_the_strip_says_where_what_and_by_how_much(value, sign):
    said = w.urgent_words(alarm("a", value_at=value), None, Lang.EN)
    assert f"Line 2 · Machine 3  Zone 3 temperature too high, {value} °C {sign} 220.0" in said.en
    assert "2라인 · 설비 3  3구역 온도 상한 초과" in said.ko


def test_a_narrow_strip_gives_up_time_and_figures_before_the_name():
    place_and_name, name = w.shorter_words(alarm("a"))
    assert place_and_name.ko == "2라인 · 설비 3  3구역 온도 상한 초과" and name.ko == "3구역 온도 상한 초과"


def test_a_calm_plant_is_only_called_calm_when_everything_is_known():
    engine = AlarmEngine([])
    assert w.calm_words(engine.counts()).en == "No active alarms"
    engine.unknown = ["plc1"]
    assert "not known" in w.calm_words(engine.counts()).en
    assert "not known" in w.calm_words(None).en


def test_acknowledging_what_is_in_sight_never_takes_an_urgent_one():
    rows = sample()
    taken = w.to_acknowledge(rows)
    assert [r.key for r in taken] == ["hot", "feeder", "door", "server|plc1|hot"]
    assert all(r.priority is not Priority.URGENT for r in taken)


def test_the_way_to_the_cause():
    assert w.cause_of(alarm("a", place="L2.S3"), PLANT) == w.Cause("lines", {"line": "L2"}, "L2.S3")
    assert w.cause_of(alarm("a", place="L1"), PLANT) == w.Cause("lines", {"line": "L1"})
    assert w.cause_of(alarm("a", place="", kind=AlarmKind.SYSTEM), PLANT) == w.Cause("system", {})
    assert w.cause_of(alarm("a", place="", kind=None, controller="plc1"), PLANT) == w.Cause("system", {})
    assert w.cause_of(alarm("a", place="", tag="Plant.Energy"), PLANT) == w.Cause("trends", {"tag": "Plant.Energy"})
    assert w.cause_of(alarm("a", place="", tag=""), None) is None


def test_outcomes_say_all_some_or_none():
    names = {"a": Text.same("Door"), "b": Text.same("Fan")}
    why = Text("because", "때문")
    assert w.outcome_words("acknowledge", [AlarmDone("a", True)], names).en == "Acknowledged: Door"
    assert w.outcome_words("acknowledge", [AlarmDone("a", True), AlarmDone("b", True)], names).en.endswith("2 alarms")
    partly = w.outcome_words("acknowledge", [AlarmDone("a", True), AlarmDone("b", False, why)], names)
    assert partly.en == "Acknowledged: 1 alarms; not 1: because"
    assert w.outcome_words("reset", [AlarmDone("b", False, why)], names).en == "Not done, Fan: because"


def test_shelf_and_age():
    row = next(r for r in sample() if r.key == "noisy")
    assert w.left_words(row, NOW).en == "25:00"
    assert w.left_words(replace(row, shelf_one_shot=True), NOW).en == "once, 25:00"
    assert w.left_words(alarm("a"), NOW).en == ""
    assert w.age_words(NOW - 90 * S, NOW).en == "1 min"
    assert w.when_text(NOW - 90_000 * S, None, NOW).startswith("09-") and "." not in w.when_text(1, None, NOW)


@pytest.mark.parametrize(
    ("state", "outline", "pulse", "letter"),
    [
        (AlarmState.UNACKED, False, Pulse.FAST, ""),
        (AlarmState.ACKED, False, Pulse.STEADY, ""),
        (AlarmState.RETURNED, True, Pulse.SLOW, ""),
        (AlarmState.LATCHED, False, Pulse.FAST, "L"),
        (AlarmState.LATCHED_ACKED, False, Pulse.STEADY, "L"),
    ],
)
def test_only_what_nobody_acknowledged_blinks(state, outline, pulse, letter):
    seen = mark_look(state)
    assert (seen.outline, seen.pulse, seen.letter) == (outline, pulse, letter)


def test_marks_of_what_is_put_aside_are_grey():
    assert not any(mark_look(s).active for s in (AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE))


def test_columns_go_in_their_order_until_the_rest_has_room():
    widths = {"mark": 60, "name": 0, "tag": 190, "kind": 100}
    every = 60 + NAME_LEAST + 190 + 100
    assert columns_that_fit(widths, ("tag", "kind"), every) == {"mark", "name", "tag", "kind"}
    assert columns_that_fit(widths, ("tag", "kind"), every - 1) == {"mark", "name", "kind"}
    assert columns_that_fit(widths, ("tag", "kind"), 10) == {"mark", "name"}


# -- the alarms screen ------------------------------------------------------------------------------------------------


def test_buttons_follow_the_state():
    by_key = {r.key: presenter.allowed(r) for r in sample()}
    assert by_key["hot"].acknowledge and by_key["hot"].shelve and not by_key["hot"].reset
    assert by_key["air"].reset and not by_key["air"].acknowledge
    assert by_key["noisy"].unshelve and by_key["old"].put_back and not by_key["old"].take_out
    server = by_key["server|plc1|hot"]
    assert server.acknowledge and not (server.shelve or server.take_out or server.reset)
    assert not any(vars_of(presenter.allowed(None)))


def vars_of(allowed):
    return [getattr(allowed, name) for name in allowed.__slots__]


def test_a_controllers_own_alarm_says_who_keeps_it():
    row = next(r for r in sample() if r.origin == "server")
    said = {k.en: v for k, v in presenter.facts(row, None, None, Lang.EN, NOW)}
    assert said["kept by"].en == "plc1 (its own alarm)"
    own = {k.en for k, _ in presenter.facts(alarm("a"), None, None, Lang.EN, NOW)}
    assert "kept by" not in own and {"at alarm", "now", "limit", "lot, order"} <= own


def test_guidance_begins_with_what_to_do():
    said = presenter.guidance(alarm("a"))
    assert [k.en for k, _ in said] == ["What to do", "Cause", "If nothing is done", "Act within"]
    assert said[-1][1].en == "10 min"
    assert presenter.guidance(alarm("a", cause=None, consequence=None, action=None, respond_within_s=0)) == []


def test_an_empty_list_says_why():
    engine = AlarmEngine([])
    assert presenter.empty_words("standing", engine.page()).en == "No active alarms."
    filtered = AlarmEngine([alarm("a", 3)]).page(priorities=[2])
    assert "1 alarms are hidden" in presenter.empty_words("standing", filtered).en
    engine.unknown = ["plc1"]
    assert "not known" in presenter.empty_words("standing", engine.page()).en
    assert "not known" in presenter.empty_words("standing", None).en


def test_metrics_have_a_bar_target_and_word():
    lines = {m.key: presenter.metric_line(m, Lang.EN) for m in metrics().metrics}
    average = lines["average"]
    assert (average.value, average.bar, average.target_at, average.action_at) == ("1.40", 0.35, 0.25, 0.5)
    assert (average.met.en, average.bad) == ("above target", False)
    assert lines["peak"].bad and lines["peak"].met.en == "act on it"
    assert (lines["busy_hours"].value, lines["busy_hours"].bar, lines["busy_hours"].met.en) == ("–", None, "not known")
    assert presenter.metric_line(AlarmMetric("peak", 4000, ""), Lang.EN).bar == 1.0
    assert lines["low_share"].value == "84 %"


def test_every_metric_and_event_has_words_and_a_scale():
    named = {key.split(".")[2] for key in catalogue() if key.startswith("alarms.metric.")}
    assert named == set(presenter.SCALES)
    for row in journal_rows(3):
        assert presenter.happened(row).ko and presenter.step_words(row).en
    lines = presenter.history_lines(journal_rows(), None, Lang.EN)
    assert len(lines) == 8 and "kim" in str(lines[1][1])


def test_gaps_of_the_trend_stay_gaps():
    assert moment.runs_of([1.0, 2.0, None, None, 3.0]) == [(0, 2), (4, 5)]
    assert moment.runs_of([None]) == []
    start, end = moment.window_of(NOW, NOW)
    assert start < NOW < end


def test_between_two_states_the_line_of_a_moment_does_not_slope():
    made = stepped([QPointF(0, 5), QPointF(10, 5), QPointF(20, 9)])
    assert all(a.x() == b.x() or a.y() == b.y() for a, b in pairwise(made))
    assert made[0] == QPointF(0, 5) and made[-1] == QPointF(20, 9)
    assert stepped([]) == []


def test_the_group_of_an_alarm_is_told_by_its_name():
    row = replace(alarm("a"), group="L1", first_out=True)
    told = {k.en: v for k, v in presenter.facts(row, None, None, Lang.KO, NOW, PLANT)}
    assert PLANT.line["L1"].name.ko in told["group"].ko
