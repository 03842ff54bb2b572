import time
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from hmi.desk.rows import Series, Spans
from hmi.model import quality as q
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.quality import Quality
from tests.ui.plantrows import make_plant, moved, overview_rows
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.screens.lines.machine import Machine
from ui.screens.lines.screen import LinesScreen
from ui.screens.lines.valuecell import ValueCell
from ui.widgets.statebar import StateBar


class Opened:
    """A line screen on a plant that a test can speak for."""

    def __init__(self, folder, qtbot, plant, size=(1270, 940)):
        self.side = Plantside(folder, plant)
        self.talk = StandIn(
            {
                "overview": lambda: moved(overview_rows(plant), time.time_ns()),
                "states": self.states,
                "history": lambda tag, from_ns, to_ns, points: Series(tag, from_ns, to_ns, [], [], [], 0),
            }
        )
        self.desk = Desk(folder, self.talk)
        self.window = StandInWindow(self.desk)
        self.screen = LinesScreen(self.window)
        qtbot.addWidget(self.screen)
        self.screen.resize(*size)
        self.screen.show()
        self.turn()

    def states(self, stations, from_ns, to_ns):
        spans = [
            StateSpan(s, MachineState.EXECUTE, Waiting.NONE, to_ns - 200_000_000_000, None, span_id=i + 1)
            for i, s in enumerate(stations)
        ]
        return Spans(to_ns, spans)

    def turn(self):
        self.side.beat()
        self.desk.tick()
        self.desk.tick()

    def machines(self):
        return sorted((m for m in self.screen.findChildren(Machine) if m.isVisible()), key=lambda m: m.x())

    def cells(self):
        return [c for c in self.screen.findChildren(ValueCell) if c.isVisible()]


@pytest.fixture
def opened(tmp_path, qtbot):
    made = []

    def open_line(plant=None, size=(1270, 940), line="L3"):
        found = Opened(tmp_path, qtbot, plant or make_plant(), size)
        made.append(found)
        found.screen.arrive({"line": line})
        found.turn()
        return found

    yield open_line
    for found in made:
        found.desk.stop()


def test_machines_show_what_they_do_and_open_their_faceplate(opened, qtbot):
    found = opened()
    machines = found.machines()
    assert [m.plan.station for m in machines] == [f"L3.S{i}" for i in range(1, 7)]
    assert machines[1].shown.kind is TimeClass.DOWN
    assert "Aborted" in machines[1].accessibleName()
    qtbot.mouseClick(machines[1], Qt.MouseButton.LeftButton)
    assert found.window.faceplates == ["L3.S2"]


def test_values_conveyors_and_set_points_are_live(opened, qtbot):
    found = opened()
    found.side.say("L3.S3.Zone3Temperature", 216.4)
    found.side.say("L3.S3.Zone3Setpoint", 218.0)
    found.side.say("L3.S3.InBuffer", 5)
    cell = next(c for c in found.cells() if c.tag.id == "L3.S3.Zone3Temperature")

    def until(seen):
        def turned():
            found.turn()
            return seen()

        qtbot.waitUntil(turned)

    until(lambda: cell.seen.number == 216.4 and cell._setpoint == 218.0)
    until(lambda: "Machine 3: 5 of 8" in found.screen.flow.accessibleDescription())
    found.side.say("L3.S3.Zone3Temperature", 216.4, q.STALE_LINK_SILENT, age_s=70)
    found.side.say("L3.S3.InBuffer", 5, q.STALE_LINK_SILENT)
    until(lambda: cell.seen.quality is Quality.STALE)
    assert cell.seen.mark == "?" and cell.seen.age == "1 min"
    until(lambda: "Machine 3: 5" not in found.screen.flow.accessibleDescription())


@pytest.mark.parametrize("count", [3, 6, 10])
@pytest.mark.parametrize("size", [(1176, 590), (1270, 940)])
def test_nothing_is_clipped(opened, count, size):
    found = opened(make_plant(2, count), size, "L2")
    machines = found.machines()
    assert len(machines) == count
    for one, other in pairwise(machines):
        assert one.geometry().right() < other.geometry().left()
    sheet = found.screen._sheet
    port = found.screen._scroll.viewport().size()
    assert sheet.width() <= port.width() and sheet.height() <= port.height()
    for part in (*machines, *found.cells()):
        assert sheet.rect().contains(part.geometry() if part.parent() is sheet else part.parent().geometry())
    assert found.cells()
    bars = [b for b in found.screen.findChildren(StateBar) if b.isVisible()]
    assert len(bars) == count
    area = bars[0].parentWidget()
    assert all(b.geometry().bottom() <= area.height() for b in bars)


def test_beside_a_faceplate_the_trend_gives_way(opened):
    found = opened(size=(805, 590))
    assert not found.screen._trend.isVisible()
    assert len(found.machines()) == 6
    found.screen.resize(1270, 940)
    assert found.screen._trend.isVisible()


def test_lines_are_changed_by_button_and_by_page_keys(opened, qtbot):
    found = opened()
    qtbot.keyClick(found.screen, Qt.Key.Key_PageDown)
    qtbot.keyClick(found.screen, Qt.Key.Key_PageUp)
    assert found.window.went == [("lines", {"line": "L1"}), ("lines", {"line": "L2"})]
    found.screen.arrive({"line": "L1"})
    assert [c.en for c in found.screen.crumbs()] == ["Line 1"]
    assert found.machines()[0].plan.station == "L1.S1"
    found.screen.arrive({})
    assert found.screen.place == {"line": "L1"}
    assert found.screen.keep() == {"line": "L1"}


def test_lines_of_other_lengths_share_their_machines(opened):
    plant = make_plant(2, 6)
    shorter = tuple(s for s in plant.stations if not (s.line == "L2" and s.order > 4))
    found = opened(replace(plant, stations=shorter), line="L1")
    assert len(found.machines()) == 6
    found.screen.arrive({"line": "L2"})
    found.turn()
    assert len(found.machines()) == 4
    found.screen.arrive({"line": "L1"})
    found.turn()
    assert len(found.machines()) == 6


def test_a_young_record_fills_the_strip(opened):
    found = opened()
    assert found.screen._strips.minutes == 5
    assert found.screen._strips.head.title.text() == "States, last 5 min"


def test_states_that_cannot_be_had_say_why(opened):
    plant = make_plant()
    found = opened(plant)
    found.talk.answers["states"] = lambda **_: plant.name  # a Text is a refusal
    found.screen._strips._known = False
    found.screen._strips._asking.now()
    found.turn()
    assert "Plant" in found.screen._strips._empty.accessibleName()


def test_everything_has_a_name(opened):
    assert not nameless(opened().screen)
