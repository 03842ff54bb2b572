import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.desk.rows import Series, Spans
from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, Waiting
from hmi.model.plant import Tag
from hmi.model.text import Lang, Text
from tests.ui.plantrows import make_plant, moved, overview_rows
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.screens.faceplate.screen import StationFaceplate
from ui.screens.faceplate.stopreason import ReasonButton
from ui.theme.look import look

S = 1_000_000_000


class Opened:
    """A faceplate on a plant that a test can speak for; assigned reasons go into its spans."""

    def __init__(self, folder, qtbot, plant):
        self.side = Plantside(folder, plant)
        self.reason = None
        self.talk = StandIn(
            {
                "overview": lambda: moved(overview_rows(plant), time.time_ns()),
                "states": self.states,
                "history": lambda tag, from_ns, to_ns, points: Series(
                    tag, from_ns, to_ns, [to_ns - 60 * S, to_ns], [1.0, 2.0], [0, 0], 2
                ),
                "assign_reason": self.assign,
            }
        )
        self.desk = Desk(folder, self.talk)
        self.window = StandInWindow(self.desk)
        self.face = StationFaceplate(self.window)
        qtbot.addWidget(self.face)
        self.face.resize(544, 580)
        self.face.show()

    def states(self, stations, from_ns, to_ns):
        span = StateSpan(stations[0], MachineState.ABORTED, Waiting.NONE, to_ns - 190 * S, None, None, self.reason, 7)
        return Spans(to_ns, [span])

    def assign(self, span_id, reason):
        self.reason = reason
        return Spans(0, [])

    def turn(self):
        for _ in range(3):
            self.side.beat()
            self.desk.tick()

    def buttons(self):
        return [b for b in self.face.findChildren(ReasonButton) if b.isVisible()]


@pytest.fixture
def opened(tmp_path, qtbot):
    made = []

    def open_face(station="L3.S2", plant=None):
        found = Opened(tmp_path, qtbot, plant or make_plant())
        made.append(found)
        found.face.show_station(station)
        found.turn()
        return found

    yield open_face
    for found in made:
        found.desk.stop()


def test_it_says_why_the_station_stands(opened):
    found = opened("L3.S1")
    said = found.face._now._why.accessibleName()
    assert "Blocked" in said and "Machine 2, which is: Aborted" in said
    found.face._now._go.click()
    assert found.window.faceplates == ["L3.S2"]


def test_the_fault_comes_from_the_controller(opened, qtbot):
    found = opened()
    found.side.say("L3.S2.FaultCode", 21)

    def told():
        found.turn()
        return "Feeder 7 empty" in found.face._now._why.accessibleName()

    qtbot.waitUntil(told)


def test_one_touch_assigns_the_reason(opened, qtbot):
    found = opened()
    found.face._now._explain.click()
    assert found.face.page == "stop"
    assert [b.reason.id for b in found.buttons()] == ["internal", "people"]
    qtbot.mouseClick(found.buttons()[0], Qt.MouseButton.LeftButton)
    assert [b.reason.id for b in found.buttons()] == ["feeder", "head"]
    found.buttons()[1].setFocus()
    qtbot.keyClick(found.buttons()[1], Qt.Key.Key_Return)
    assert ("assign_reason", {"span_id": 7, "reason": "head"}) in found.talk.asked
    assert not any(b.isEnabled() for b in found.buttons())
    found.turn()
    assert "Placement head" in found.window.told[-1].en
    assert found.face.page == "now"
    found.turn()
    found.face.show_page("stop")
    assert [b.reason.id for b in found.buttons() if b.chosen] == ["internal"]


def test_a_refused_reason_is_told_and_can_be_chosen_again(opened):
    found = opened()
    found.talk.answers["assign_reason"] = lambda **_: Text("no such stop", "해당 정지 없음")
    found.face.show_page("stop")
    found.face._reasons.press("internal")
    found.face._reasons.press("feeder")
    found.turn()
    assert "no such stop" in found.window.told[-1].en
    assert found.face.page == "stop" and all(b.isEnabled() for b in found.buttons())


def test_back_from_the_second_level(opened):
    found = opened()
    found.face.show_page("stop")
    found.face._reasons.press("internal")
    found.face._reasons._back.click()
    assert [r.id for r in found.face._reasons.offered] == ["internal", "people"]


def test_a_plant_without_reasons_says_so(opened):
    found = opened(plant=replace(make_plant(), reasons=()))
    found.face.show_page("stop")
    assert not found.buttons()
    assert "[[reason]]" in found.face._reasons._empty.accessibleName()
    assert not found.face._now._explain.isVisibleTo(found.face._now)


def test_all_tags_tell_value_unit_quality_age_and_why(opened):
    found = opened("L3.S3")
    found.side.say("L3.S3.Zone3Temperature", 216.4)
    found.side.say("L3.S3.Pressure", 1.85, q.BAD_NO_COMMUNICATION, age_s=125)
    found.face.show_page("tags")
    table = found.face._tags.table
    rows = {tag.id: [c.text(tag) for c in table.rows_model.columns] for tag in table.rows_model.rows}
    assert len(rows) == 11
    assert rows["L3.S3.Zone3Temperature"][1:3] == ["216.4", "°C"]
    bad = rows["L3.S3.Pressure"]
    assert bad[1] == "[ 1.850 ]" and bad[3] == "2 min"
    assert bad[4] == "Bad: no connection to the controller"
    table.setCurrentIndex(table.rows_model.index(table.rows_model.row_of("L3.S3.Pressure"), 0))
    assert "L3.S3.Pressure" in found.face._tags._detail.text()


def test_it_becomes_the_faceplate_of_another_station(opened):
    found = opened("L3.S3")
    found.face.show_page("tags")
    found.face.show_station("L1.S4")
    found.turn()
    assert found.face.page == "now"
    assert found.face.accessibleName() == "Machine 4"
    shown = [v.analog_shown.tag.id for v in found.face._now._values if v.isVisibleTo(found.face._now)]
    assert shown == ["L1.S4.Zone3Temperature", "L1.S4.Pressure", "L1.S4.Speed"]


def test_a_station_that_is_not_there(opened):
    found = opened("L9.S9")
    assert "L9.S9" in found.face._empty.accessibleName()
    found.face.show_station("L1.S1")
    found.turn()
    assert found.face._tabs.isVisible()


def test_the_sparklines_show_what_there_is(opened):
    found = opened("L3.S3")
    found.face._now._reach()
    assert found.face._now._values_head.title.text() == "Values, last 5 min"


def test_a_thousand_tags_cost_only_what_is_in_sight(opened):
    plant = make_plant(1, 1)
    more = [
        Tag(f"L1.S1.T{i:04}", Text.same(f"T{i}"), "plc1", f"ns=2;s=T{i}", unit="°C", place="L1.S1") for i in range(1000)
    ]
    found = opened("L1.S1", replace(plant, tags=(*plant.tags, *more)))
    asked = []
    found.desk.reading, real = lambda tag: (asked.append(tag), real(tag))[1], found.desk.reading
    found.face.show_page("tags")
    found.face.grab()
    assert len(found.face._tags.table.rows_model.rows) == 1011
    assert 0 < len(set(asked)) < 40


def test_everything_has_a_name_in_both_languages(opened):
    found = opened()
    for page in ("now", "tags", "stop"):
        found.face.show_page(page)
        assert not nameless(found.face)
    look().set_lang(Lang.KO)
    assert found.face._close.accessibleName() == "상세 창 닫기"
