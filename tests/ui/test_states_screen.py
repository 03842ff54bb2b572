"""The states screen on a desk that answers from a dictionary."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.desk.rows import OeeFigures, Spans
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.text import Lang, Text
from tests.ui.plantrows import S, make_plant, oee_figures
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.screens.states.screen import StatesScreen
from ui.theme.look import look

PLANT = make_plant()


class Record:
    """Spans on record: the placer of line 3 stands since four minutes, the line behind it."""

    def __init__(self):
        self.start = time.time_ns()
        self.reasons = {}
        self.calls = []

    def span(self, number, place, state, from_s, to_s, cause=None):
        end = None if to_s is None else self.start + to_s * S
        return StateSpan(
            place, state, Waiting.NONE, self.start + from_s * S, end, cause, self.reasons.get(number), number
        )

    def states(self, stations, from_ns, to_ns):
        found = [
            self.span(1, "L3", MachineState.EXECUTE, -3000, -230),
            self.span(2, "L3", MachineState.ABORTED, -230, None, "L3.S2"),
            self.span(3, "L3.S2", MachineState.EXECUTE, -3000, -240),
            self.span(4, "L3.S2", MachineState.ABORTED, -240, None),
            self.span(5, "L1", MachineState.EXECUTE, -3000, None),
        ]
        return Spans(time.time_ns(), [s for s in found if s.station in stations])

    def oee(self, scopes, from_ns, to_ns):
        return [replace(oee_figures(s), start_ns=from_ns, end_ns=to_ns) for s in scopes if not s.endswith("S6")]

    def assign(self, span_id, reason):
        self.calls.append((span_id, reason))
        self.reasons[span_id] = reason or None
        return Spans(time.time_ns(), [])

    def split(self, span_id, at_ns):
        self.calls.append((span_id, at_ns))
        return Spans(time.time_ns(), [])


@pytest.fixture
def opened(tmp_path, qtbot):
    desks = []

    def open_screen(*, plant=PLANT, size=(1270, 900), record=None, place=None, **answers):
        if plant is not None:
            Plantside(tmp_path, plant).beat()
        rec = record or Record()
        talk = StandIn({"states": rec.states, "oee": rec.oee, "assign_reason": rec.assign, "split_stop": rec.split,
                        **answers})  # fmt: skip
        desk = Desk(tmp_path, talk)
        desks.append(desk)
        screen = StatesScreen(StandInWindow(desk))
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.arrive(place or {})
        screen.show()
        for _ in range(4):
            desk.tick()
        return screen, talk, rec

    yield open_screen
    for desk in desks:
        desk.stop()


def bars(screen):
    return [b for b in screen.timeline._bars if not b.isHidden()]


def test_a_bar_for_the_line_and_each_station_on_one_axis(opened):
    screen, _, _ = opened(place={"line": "L3"})
    shown = bars(screen)
    assert [b.station.en for b in shown] == ["Line 3", "Printer", "Mounter", "Oven", "Camera", "Tester", "Packer"]
    assert [b.axis for b in shown] == [False] * 6 + [True]
    assert len({(b._from_ns, b._to_ns, b.label_px) for b in shown}) == 1
    assert len(shown[2]._spans) == 2 and shown[1]._spans == []
    assert screen.settled()


def test_the_stop_is_listed_with_its_cause_and_length(opened):
    screen, _, _ = opened(place={"line": "L3"})
    rows = screen.stops.table.rows_model.rows
    assert len(rows) == 1
    assert rows[0].cause.en == "Mounter" and rows[0].end_ns is None and 229 <= rows[0].length_s < 260
    assert rows[0].reason is None


def test_one_touch_gives_the_reason_to_the_line_and_to_the_machine_behind(opened, qtbot):
    screen, _, record = opened(place={"line": "L3"})
    screen.stops.table.opened.emit(screen.stops.table.rows_model.rows[0])
    assert screen._right.currentWidget() is screen.stop
    leaf = next(b for b in screen.stop._leaf_buttons if b.accessibleName() == "Feeder empty")
    qtbot.mouseClick(leaf, Qt.MouseButton.LeftButton)
    for _ in range(4):
        screen.desk.tick()
    assert record.calls == [(2, "feeder"), (4, "feeder")]
    assert screen.stops.table.rows_model.rows[0].reason.en == "Feeder empty"
    assert leaf.isChecked() and "Feeder empty" in screen.window_.told[-1].en
    qtbot.mouseClick(screen.stop.none, Qt.MouseButton.LeftButton)
    for _ in range(4):
        screen.desk.tick()
    assert record.calls[2:] == [(2, ""), (4, "")] and not leaf.isChecked()


def test_a_stretch_of_a_bar_is_chosen_by_keys_and_split(opened, qtbot):
    screen, _, record = opened(place={"line": "L3"})
    bar = bars(screen)[2]
    qtbot.keyClick(bar, Qt.Key.Key_Left)
    panel = screen.stop
    assert screen._right.currentWidget() is panel and panel.row.span.span_id == 4
    at = panel._at_ns
    qtbot.keyClick(panel.bar, Qt.Key.Key_Right)
    assert panel._at_ns == at + 10 * S
    qtbot.mouseClick(panel.less, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.cut, Qt.MouseButton.LeftButton)
    screen.desk.tick()
    assert record.calls == [(4, at - 50 * S)]
    panel.bar.moved.emit(0)
    assert panel._at_ns == panel.row.start_ns + S  # the handle stays inside


def test_production_is_not_asked_about(opened):
    screen, _, _ = opened(place={"line": "L3"})
    screen._span_chosen(screen._places["L3.S2"][0])
    assert screen._right.currentWidget() is screen.oee


def test_a_refusal_is_said_in_the_footer(opened):
    refusal = Text("the stop is gone", "정지 없음")
    screen, _, _ = opened(place={"line": "L3", "stop": "newest"}, assign_reason=lambda **_: refusal)
    assert screen._right.currentWidget() is screen.stop
    screen.stop._leaf_buttons[0].click()
    screen.desk.tick()
    assert screen.window_.told == [refusal, refusal]


def test_oee_of_line_and_stations_with_the_unknown_left_empty(opened):
    screen, _, _ = opened()
    rows = screen.oee.table.rows_model.rows
    assert [r.scope for r in rows] == ["L1", *(f"L1.S{i}" for i in range(1, 7))]
    assert rows[0].figures.oee == 0.835 and rows[6].figures is None
    screen.oee._picked(rows[6])
    assert screen.oee.waterfall._oee is None
    assert "nothing is on record" in screen.oee.words.accessibleDescription()


def test_effectiveness_that_is_not_known_is_no_figure(opened):
    class Bare(Record):
        def oee(self, scopes, from_ns, to_ns):
            return [OeeFigures(s, from_ns, to_ns, 600, 0, 0, 600, 0, 0, 0, 0, 0, 0, 0, 0.0, None, None, None, None)
                    for s in scopes]  # fmt: skip

    screen, _, _ = opened(record=Bare())
    model = screen.oee.table.rows_model
    assert [c.text(model.rows[0]) for c in model.columns] == ["Line 1", "–", "0 %", "–", "–"]


def test_windows_of_the_past_are_asked_once_and_live_ones_again(opened, qtbot):
    screen, talk, _ = opened()
    screen._window_chosen("previous")
    for _ in range(3):
        screen.desk.tick()
    talk.asked.clear()
    for asking in screen._asks:
        asking._asked_at = float("-inf")
    screen.desk.tick()
    assert talk.asked == [] and not screen.bar.live.isChecked()
    qtbot.mouseClick(screen.bar.live, Qt.MouseButton.LeftButton)
    screen.desk.tick()
    assert {"states", "oee"} <= {n for n, _ in talk.asked}


def test_the_timeline_zooms_and_moves_by_keys(opened, qtbot):
    screen, _, _ = opened(place={"window": "h8"})
    length = screen._shown().length_ns
    qtbot.keyClick(screen.timeline, Qt.Key.Key_Plus)
    assert screen.view.length_ns == pytest.approx(length / 2, rel=0.01) and screen.view.live
    qtbot.keyClick(screen.timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert not screen.view.live and screen.bar.windows._group.checkedButton() is None


def test_the_line_is_chosen_by_a_way_one_can_go_back(opened):
    screen, _, _ = opened()
    screen.bar.line_chosen.emit("L2")
    assert screen.window_.went == [("states", {"line": "L2"})]
    screen.arrive({"line": "L2"})
    assert screen.line == "L2" and [c.en for c in screen.crumbs()] == ["Line 2"]
    assert screen.keep() == {"line": "L2", "window": "shift"}


def test_many_lines_are_stepped_through(opened, qtbot):
    screen, _, _ = opened(plant=make_plant(lines=9))
    assert screen.bar.after.isVisible()
    qtbot.mouseClick(screen.bar.before, Qt.MouseButton.LeftButton)
    assert screen.window_.went == [("states", {"line": "L9"})]


def test_without_lines_it_says_why(opened):
    bare = replace(PLANT, lines=(), stations=(), tags=())
    screen, _, _ = opened(plant=bare)
    assert screen.empty.isVisible() and not screen.timeline.isVisible()


def test_it_fits_the_smallest_window_and_names_all_its_parts(opened):
    screen, _, _ = opened(place={"line": "L3", "stop": "newest"}, size=(1176, 596))
    for lang in Lang:
        look().set_lang(lang)
        screen.resize(1176, 596)
        assert screen.size().toTuple() == (1176, 596)
        assert screen.stop.bar.geometry().bottom() <= screen.stop.height()
        assert nameless(screen) == []
    screen.close_stop()
    assert screen.oee.waterfall.width() >= 380
