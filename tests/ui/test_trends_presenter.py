"""Pens, marks, doubts, sets and files of the trend screen, without Qt."""

import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.rows import ChangeRow, Series
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.plant import Tag
from hmi.model.quality import Quality
from hmi.model.text import Lang, Text
from tests.ui.plantrows import NOW, S, make_plant
from ui.screens.trends import csvfile, presenter
from ui.screens.trends.doubt import DoubtRecord, Stretch, seconds_of, stretches, worst
from ui.screens.trends.feed import POINTS, HistoryFeed
from ui.screens.trends.pensets import MOST_SETS, PenSets
from ui.widgets.figures import Shown

PLANT = make_plant()
SEOUL = ZoneInfo("Asia/Seoul")


def series(values, qualities=None, tag="L1.S3.Zone3Temperature", step=S, to_ns=None):
    times = [NOW + i * step for i in range(len(values))]
    return Series(tag, NOW, to_ns or NOW + len(values) * step, times, values, qualities or [0] * len(values), 9)


def test_a_pen_is_named_by_its_place_in_both_languages():
    zone = PLANT.tag["L2.S3.Zone3Temperature"]
    assert presenter.pen_name(PLANT, zone).en == "Line 2 · Machine 3 · Zone3Temperature of L2.S3"
    assert presenter.pen_name(PLANT, zone).ko.startswith("2라인 · 설비 3 · ")
    assert presenter.pen_name(PLANT, PLANT.tag["L1.Rate"]).en == "Line 1 · Rate"


def test_first_pens_have_two_units_at_most_and_texts_are_no_pens():
    pens = presenter.first_pens(PLANT)
    assert "L1.Rate" in pens
    assert 1 < len({PLANT.tag[p].unit for p in pens}) <= 2
    assert not presenter.trendable(PLANT.tag["L1.S1.UnitId"])


def test_the_ninth_pen_takes_the_place_of_the_last():
    pens = [f"t{i}" for i in range(8)]
    assert presenter.add_pen(pens, "new") == [*pens[:7], "new"]
    assert presenter.add_pen(pens, "t3") == pens


def test_a_row_tells_window_cursor_and_doubt():
    live = Shown("[ 221.4 ]", "°C", Quality.BAD, None, "3 s", "the sensor has failed", True)
    tag = PLANT.tag["L1.S3.Zone3Temperature"]
    row = presenter.pen_shown(PLANT, tag, live, 219.96, (208.04, 224.06), 61.0, Lang.EN)
    assert (row.cursor, row.low, row.high, row.unit) == ("220.0", "208.0", "224.1", "°C")
    assert row.quality is Quality.BAD and row.why == "the sensor has failed"
    nothing = presenter.pen_shown(PLANT, tag, live, None, None, 0.0, Lang.EN)
    assert (nothing.cursor, nothing.low, nothing.high) == ("–", "–", "–")


def test_stops_and_lost_links_are_marked_and_short_waits_are_not():
    spans = [
        StateSpan("L1.S2", MachineState.EXECUTE, Waiting.NONE, NOW, NOW + 60 * S),
        StateSpan("L1.S2", MachineState.ABORTED, Waiting.NONE, NOW + 60 * S, None),
        StateSpan("L1.S3", MachineState.SUSPENDED, Waiting.STARVED, NOW + 90 * S, NOW + 93 * S),
        StateSpan("L1.S3", MachineState.SUSPENDED, Waiting.STARVED, NOW + 95 * S, NOW + 120 * S),
        StateSpan("L1.S3", MachineState.HELD, Waiting.NONE, NOW - 900 * S, NOW - 800 * S),
    ]
    changes = [
        ChangeRow(NOW + 30 * S, "link", "plc1", Text("plc1 lost", "plc1 끊김")),
        ChangeRow(NOW + 31 * S, "lot", "L1", Text("lot", "로트")),
        ChangeRow(NOW - 30 * S, "link", "plc1", Text("before", "이전")),
    ]
    marks = presenter.marks(changes, spans, PLANT, NOW)
    assert [(m.at_ns - NOW) // S for m in marks] == [30, 60, 95]
    assert [m.link for m in marks] == [True, False, False]
    assert marks[1].text.en == "Machine 2: Aborted" and marks[2].text.ko == "설비 3: 자재 대기"


def test_the_newest_marks_are_kept_when_there_are_too_many():
    changes = [ChangeRow(NOW + i * S, "link", "p", Text.same(str(i))) for i in range(400)]
    marks = presenter.marks(changes, [], PLANT, NOW)
    assert len(marks) == presenter.MOST_MARKS and marks[-1].text.en == "399"


def test_a_gap_is_a_doubt_until_the_next_point():
    found = stretches(series([1.0, None, 2.0, 2.0, None], [0, Quality.STALE, 0, Quality.UNCERTAIN, Quality.BAD]))
    assert found == [
        Stretch(NOW + S, NOW + 2 * S, Quality.STALE),
        Stretch(NOW + 3 * S, NOW + 4 * S, Quality.UNCERTAIN),
        Stretch(NOW + 4 * S, NOW + 5 * S, Quality.BAD),
    ]
    assert stretches(series([None, 1.0], [0, 0]))[0].quality is Quality.BAD  # no value is never good


def test_live_doubt_goes_on_where_the_history_ends():
    record = DoubtRecord()
    record.set_series(series([1.0, None], [0, Quality.BAD], to_ns=NOW + 3 * S))
    record.note(Quality.BAD, NOW + 2 * S)
    assert record.between(NOW, NOW + 10 * S) == [Stretch(NOW + S, NOW + 10 * S, Quality.BAD)]
    record.note(Quality.GOOD, NOW + 6 * S)
    assert seconds_of(record.between(NOW, NOW + 10 * S)) == 5
    assert record.between(NOW + 7 * S, NOW + 9 * S) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)), max_size=12))
def test_doubts_of_a_window_never_overlap_and_stay_inside(steps):
    record, at = DoubtRecord(), NOW
    for quality, seconds in steps:
        record.note(Quality(quality), at)
        at += seconds * S
    found = record.between(NOW + S, NOW + 20 * S)
    edges = [e for s in found for e in (s.from_ns, s.to_ns)]
    assert edges == sorted(edges)
    assert all(NOW + S <= e <= NOW + 20 * S for e in edges)
    assert all(s.quality is not Quality.GOOD for s in found)


def test_the_worst_of_several_pens_is_shown_with_whose_it_is():
    a = [Stretch(0, 10, Quality.UNCERTAIN)]
    b = [Stretch(5, 15, Quality.BAD)]
    assert worst([(0, a), (1, b)]) == [
        (Stretch(0, 5, Quality.UNCERTAIN), (0,)), (Stretch(5, 10, Quality.BAD), (0, 1)),
        (Stretch(10, 15, Quality.BAD), (1,)),
    ]  # fmt: skip


def test_sets_survive_the_layout_file_and_nonsense_in_it():
    sets = PenSets(["a", "b"], 480.0)
    assert sets.save("  Ofen   3  ", ["a"]) == "Ofen 3"
    assert sets.save("   ", ["a"]) is None and sets.save("none", []) is None
    again = PenSets.recall(sets.keep())
    assert again == sets
    odd = PenSets.recall({"pens": ["a", 3, "a", None], "minutes": "long", "sets": {"x": "y", "z": ["a"] * 3, 4: []}})
    assert (odd.pens, odd.minutes, odd.named) == (["a"], PenSets().minutes, {"z": ["a"]})
    assert again.drop("Ofen 3") and not again.drop("Ofen 3")


def test_there_is_an_end_to_the_number_of_sets():
    sets = PenSets()
    kept = [sets.save(f"n{i}", ["a"]) for i in range(MOST_SETS + 1)]
    assert kept[-1] is None and sets.save("n0", ["b"]) == "n0" and sets.named["n0"] == ["b"]


class Line:
    """A desk whose answers come when the test says so."""

    def __init__(self):
        self.open = []

    def ask(self, name, on_answer=None, on_refused=None, **arguments):
        self.open.append((name, arguments, on_answer, on_refused))

    def answer(self, refuse=False):
        _, arguments, on_answer, on_refused = self.open.pop(0)
        (on_refused(Text.same("no")) if refuse else on_answer(series([1.0], tag=arguments["tag"])))


def test_while_answers_are_open_only_the_latest_window_waits():
    desk, taken, refused = Line(), [], []
    feed = HistoryFeed(desk, taken.append, refused.append)
    feed.want(["a", "b"], 0, 10)
    feed.want(["a", "b"], 1, 11)
    feed.want(["a", "b"], 2, 12)
    assert [o[1]["from_ns"] for o in desk.open] == [0, 0] and desk.open[0][1]["points"] == POINTS
    desk.answer()
    assert feed.busy and len(desk.open) == 1
    desk.answer(refuse=True)
    assert [o[1]["from_ns"] for o in desk.open] == [2, 2]
    desk.answer(), desk.answer()
    assert not feed.busy and len(taken) == 3 and len(refused) == 1


def test_a_file_has_every_reading_and_says_its_gaps(tmp_path):
    tag = Tag("=cmd", Text("Zone 3", "3구역"), "plc1", "x", unit="°C")
    found = series([221.5, None, 2.0], [0, Quality.STALE, Quality.UNCERTAIN], tag="=cmd")
    file = csvfile.file_for(tmp_path, datetime(2026, 11, 21, 13, 2, 7, tzinfo=UTC))
    assert file.name == "trend-20261121-130207.csv"
    assert csvfile.write(file, [(found, tag)], Lang.KO, SEOUL) == 3
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [r["value"] for r in rows] == ["221.5", "", "2.0"]
    assert [r["quality"] for r in rows] == ["GOOD", "STALE", "UNCERTAIN"]
    assert rows[0]["tag"] == "'=cmd" and rows[0]["name"] == "3구역"
    assert rows[0]["time_utc"].endswith("Z") and rows[0]["time_local"][11:13] != rows[0]["time_utc"][11:13]
    assert [f.name for f in file.parent.iterdir()] == [file.name]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "exports").write_text("in the way")
    with pytest.raises(OSError):
        csvfile.write(csvfile.file_for(tmp_path, datetime.now(UTC)), [(series([1.0]), None)], Lang.EN, None)


def test_the_window_is_told_in_local_time():
    said = presenter.window_words(NOW, NOW + 3600 * S, True, SEOUL)
    assert said.en.endswith("live") and said.ko.endswith("실시간")
    over_days = presenter.window_words(NOW, NOW + 30 * 86_400 * S, False, SEOUL)
    assert over_days.en.count("-") == 4


@pytest.mark.parametrize(("minutes", "key"), [(5, "m5"), (60.01, "h1"), (61, ""), (43_200, "d30")])
def test_a_choice_is_lit_only_for_its_own_length(minutes, key):
    assert presenter.key_of(minutes) == key


def test_no_marks_is_said_for_what_it_is():
    assert "no stop" in presenter.no_marks(3600 * S, True).en
    assert "24 h" in presenter.no_marks(30 * 86_400 * S, True).en
    assert "not known" in presenter.no_marks(3600 * S, False).en
