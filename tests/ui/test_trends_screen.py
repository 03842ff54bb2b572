"""The trend screen on a desk that answers from a dictionary."""

import math
import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from hmi.desk.rows import ChangeRow, Series, Spans
from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.quality import Quality
from hmi.model.text import Lang, Text
from tests.ui.plantrows import S, make_plant
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.screens.trends.screen import TrendScreen
from ui.theme.look import look
from ui.widgets.trendlanes import borders, lanes
from ui.widgets.trendpen import PenData, YScale

ZONE, RATE, SPEED, PRESSURE = "L1.S3.Zone3Temperature", "L1.Rate", "L1.S1.Speed", "L1.S1.Pressure"
PLANT = make_plant()


def history(tag, from_ns, to_ns, points):
    step = (to_ns - from_ns) // 10
    times = [from_ns + i * step for i in range(10)]
    values = [200.0 + i for i in range(10)]
    values[5] = None
    return Series(tag, from_ns, to_ns, times, values, [0] * 5 + [int(Quality.STALE)] + [0] * 4, 5_000_000)


def changes(since_ns, limit):
    return [ChangeRow(time.time_ns() - 60 * S, "link", "plc1", Text("plc1 lost", "plc1 끊김"))]


def states(stations, from_ns, to_ns):
    begun = time.time_ns() - 120 * S
    return Spans(time.time_ns(), [StateSpan(s, MachineState.ABORTED, Waiting.NONE, begun, None) for s in stations])


@pytest.fixture
def opened(tmp_path, qtbot):
    """open(kept=...) -> screen, talk, plantside."""
    desks = []

    def open_screen(*, kept=None, plant=PLANT, size=(1270, 900), **answers):
        side = Plantside(tmp_path, plant) if plant is not None else None
        talk = StandIn({"history": history, "changes": changes, "states": states, **answers})
        desk = Desk(tmp_path, talk)
        desks.append(desk)
        screen = TrendScreen(StandInWindow(desk))
        screen.recall(kept or {})
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.show()
        for _ in range(4):
            desk.tick()
        return screen, talk, side

    yield open_screen
    for desk in desks:
        desk.stop()


def rows(screen):
    return {r.tag: r for r in screen.table._rows}


def test_a_fresh_station_shows_the_first_line_live(opened):
    screen, talk, _ = opened()
    assert screen.plot.following and RATE in screen.pens
    assert {a["tag"] for n, a in talk.asked if n == "history"} >= set(screen.pens)
    assert screen.settled()


def test_gaps_stay_gaps_and_their_reason_is_on_the_track(opened):
    screen, _, _ = opened(kept={"pens": [ZONE]})
    _, values = screen.plot.pens[0].points()
    assert math.isnan(values[6]) and values[5] == values[4]  # held up to the gap
    doubt = screen._doubts[ZONE].between(*screen.plot.window_ns)
    assert Quality.STALE in {d.quality for d in doubt}


def test_extremes_of_the_window_and_the_value_at_the_cursor(opened):
    screen, _, _ = opened(kept={"pens": [ZONE]})
    row = rows(screen)[ZONE]
    assert (row.low, row.high, row.cursor) == ("200.0", "209.0", "–")
    from_ns, to_ns = screen.plot.window_ns
    screen.plot.set_cursor(from_ns + (to_ns - from_ns) * 25 // 100)
    assert rows(screen)[ZONE].cursor == "202.0"


def test_a_tag_in_doubt_says_why_in_its_row(opened):
    screen, _, side = opened(kept={"pens": [ZONE, RATE]})
    side.say(ZONE, 221.4, q.BAD_NO_COMMUNICATION)
    side.say(RATE, 842.0)
    screen.desk.tick()
    screen._quarter()
    row = rows(screen)[ZONE]
    assert row.quality is Quality.BAD and row.now == "[ 221.4 ]" and "no connection" in row.why
    assert rows(screen)[RATE].quality is Quality.GOOD and rows(screen)[RATE].now == "842"


def test_windows_pan_zoom_and_live(opened, qtbot):
    screen, _, _ = opened(kept={"pens": [ZONE], "minutes": 60})
    screen.bar.windows.changed.emit("h8")
    from_ns, to_ns = screen.plot.window_ns
    assert round((to_ns - from_ns) / 3600e9) == 8 and screen.plot.following
    qtbot.mouseClick(screen.bar.back, Qt.MouseButton.LeftButton)
    assert not screen.plot.following and not screen.bar.live.isChecked()
    assert abs(screen.plot.window_ns[1] - (to_ns - 4 * 3600 * S)) < 5 * S
    qtbot.mouseClick(screen.bar.closer, Qt.MouseButton.LeftButton)
    assert round((screen.plot.window_ns[1] - screen.plot.window_ns[0]) / 3600e9) == 4
    assert screen.bar.windows._group.checkedButton() is None  # zoomed: no choice is lit
    qtbot.mouseClick(screen.bar.live, Qt.MouseButton.LeftButton)
    assert screen.plot.following and screen.bar.live.isChecked()


def test_the_keyboard_alone_moves_cursor_window_and_zoom(opened, qtbot):
    screen, _, _ = opened(kept={"pens": [ZONE, RATE], "minutes": 60})
    plot = screen.plot
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.cursor_ns is not None
    length = plot.window_ns[1] - plot.window_ns[0]
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert plot.window_ns[1] - plot.window_ns[0] == pytest.approx(length / 2, rel=0.01)
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert not plot.following
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert plot.following
    qtbot.keyClick(screen.table, Qt.Key.Key_Down)
    assert plot.chosen == 1
    qtbot.keyClick(screen.table, Qt.Key.Key_Delete)
    assert screen.pens == [ZONE]


def test_events_are_marked_and_walked(opened, qtbot):
    screen, _, _ = opened(kept={"pens": [ZONE]})
    assert [m.link for m in screen.happenings.marks] == [False, True]
    assert [m.text.en for m in screen.happenings.marks] == ["Machine 3: Aborted", "plc1 lost"]
    qtbot.keyClick(screen.strip, Qt.Key.Key_Left)
    assert screen.plot.cursor_ns == pytest.approx(screen.happenings.marks[1].at_ns, abs=1000)
    qtbot.keyClick(screen.strip, Qt.Key.Key_Left)
    assert screen.plot.cursor_ns == pytest.approx(screen.happenings.marks[0].at_ns, abs=1000)


def test_a_long_window_does_not_ask_for_single_stops(opened):
    _, talk, _ = opened(kept={"pens": [ZONE], "minutes": 43_200})
    assert "states" not in {n for n, _ in talk.asked}
    assert all(a["points"] <= 1200 for n, a in talk.asked if n == "history")


def test_tags_are_found_and_toggled_as_pens(opened, qtbot):
    screen, _, _ = opened(kept={"pens": [ZONE]})
    qtbot.mouseClick(screen.bar.add, Qt.MouseButton.LeftButton)
    picker = screen.side.tags
    assert screen.side.isVisible()
    picker.field.setText("L1.S1 press")
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert screen.pens == [ZONE, PRESSURE]
    assert picker.table.rows_model.rows[0].on
    qtbot.keyClick(picker.field, Qt.Key.Key_Return)
    assert screen.pens == [ZONE]
    qtbot.keyClick(picker.field, Qt.Key.Key_Escape)
    assert not screen.side.isVisible()


def test_the_eighth_pen_makes_room_and_says_so(opened):
    eight = [t.id for t in PLANT.tags if t.id.endswith(("Speed", "Power"))][:8]
    screen, _, _ = opened(kept={"pens": eight})
    screen._toggle(ZONE)
    assert screen.pens == [*eight[:7], ZONE]
    assert "8" in screen.window_.told[-1].en


def test_sets_of_pens_are_kept_shown_and_dropped(opened, qtbot):
    screen, _, _ = opened(kept={"pens": [ZONE, RATE]})
    qtbot.mouseClick(screen.bar.sets, Qt.MouseButton.LeftButton)
    sets = screen.side.sets
    sets.field.setText("oven")
    qtbot.keyClick(sets.field, Qt.Key.Key_Return)
    screen.set_pens([SPEED])
    kept = screen.keep()
    assert kept["sets"] == {"oven": [ZONE, RATE]} and kept["pens"] == [SPEED]
    sets.table.opened.emit(sets.table.rows_model.rows[0])
    assert screen.pens == [ZONE, RATE]
    sets.table.choose("oven")
    qtbot.mouseClick(sets.drop_button, Qt.MouseButton.LeftButton)
    assert screen.keep()["sets"] == {} and not sets.table.rows_model.rows


def test_arriving_with_a_tag_adds_and_chooses_it(opened):
    screen, _, _ = opened(kept={"pens": [ZONE]})
    screen.arrive({"tag": SPEED})
    assert screen.pens == [ZONE, SPEED] and screen.plot.chosen == 1
    screen.arrive({"tags": f"{RATE},{ZONE},no.such.tag", "minutes": "5"})
    assert screen.pens == [RATE, ZONE]
    assert screen.plot.window_ns[1] - screen.plot.window_ns[0] == pytest.approx(300 * S, rel=0.01)
    screen.arrive({"tag": "no.such.tag", "minutes": "soon"})
    assert screen.pens == [RATE, ZONE]


def test_pens_the_plant_lost_are_left_out(opened):
    screen, _, _ = opened(kept={"pens": ["gone.tag", ZONE, "L1.S1.UnitId"]})
    assert screen.pens == [ZONE]


def test_an_export_is_written_and_told(opened, qtbot, tmp_path):
    screen, _, _ = opened(kept={"pens": [ZONE, RATE]})
    qtbot.mouseClick(screen.bar.csv, Qt.MouseButton.LeftButton)
    screen.desk.tick()

    def told():
        screen.export.look_after()
        assert not screen.export.busy

    qtbot.waitUntil(told, timeout=5000)
    files = list((tmp_path / "exports").iterdir())
    assert len(files) == 1 and str(files[0]) in screen.window_.told[-1].en
    assert len(files[0].read_text("utf-8-sig").splitlines()) == 21


def test_a_refused_history_is_said_where_the_window_is_told(opened):
    refusal = Text("the history file is damaged", "이력 파일 손상")
    screen, _, _ = opened(kept={"pens": [ZONE]}, history=lambda **_: refusal)
    assert screen.plate.head.remark.text() == refusal.en


def test_without_a_plant_nothing_breaks(opened):
    screen, _, _ = opened(plant=None)
    assert screen.pens == []
    screen._export()
    assert screen.window_.told


def test_it_fits_the_smallest_window_and_names_all_its_parts(opened):
    screen, _, _ = opened(kept={"pens": [t.id for t in PLANT.tags if t.id.endswith("Speed")][:8]}, size=(1176, 596))
    for lang in Lang:
        look().set_lang(lang)
        assert screen.minimumSizeHint().width() <= 1176 and screen.minimumSizeHint().height() <= 596
    assert nameless(screen) == []


def test_two_units_have_two_axes_and_more_have_lanes():
    scale = YScale(0, 1)

    def made(*tags):
        pens = [PenData(PLANT.tag[t]) for t in tags]
        return lanes(pens, [scale] * len(pens), [{}] * len(pens))

    two = made(ZONE, RATE, ZONE)
    assert [x.right for x in two] == [False, True, False] and {(x.foot, x.head) for x in two} == {(0.0, 1.0)}
    three = made(ZONE, RATE, SPEED)
    assert not any(x.right for x in three)
    assert three[0].head == 1.0 and three[2].foot == pytest.approx(0.0)
    for above, below in pairwise(three):
        assert below.head < above.foot
        assert above.value(float(above.share(0.25))) == pytest.approx(0.25)
    assert len(borders(three)) == 2 and borders(two) == []
