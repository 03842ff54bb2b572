"""Alarms in the window: the strip, the list at the foot, the alarms screen; by mouse and by keyboard alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hmi.model.alarm import AlarmState, Priority
from hmi.model.text import Lang, Text
from tests.ui.alarmrows import AlarmEngine, alarm, sample
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn, nameless
from tests.ui.test_shell_desk import beat_has_stopped
from ui.bridge.desk import Desk
from ui.screens.alarms.screen import AlarmsScreen
from ui.shell import alarmbar, registry
from ui.shell.layoutfile import Layout
from ui.shell.registry import ScreenSpec
from ui.shell.screen import Screen
from ui.shell.window import Shell


class Room(Screen):
    """A screen for these tests."""


class Plate(QWidget):
    def __init__(self, window):
        super().__init__()
        self.station = ""
        self.setAccessibleName("faceplate")

    def show_station(self, station):
        self.station = station


class Station:
    """The window on an engine that keeps rows."""

    def __init__(self, tmp_path, qtbot, size=(1920, 1080)):
        self.engine = AlarmEngine()
        self.plantside = Plantside(tmp_path, make_plant())
        self.asked = StandIn(self.engine.answers())
        self.desk = Desk(tmp_path, self.asked)
        self.shell = Shell(self.desk)
        qtbot.addWidget(self.shell)
        self.shell.recall(Layout(geometry=[0, 0, *size]))
        self.shell.resize(*size)
        self.shell.show()
        self.bar = self.shell.alarms.bar
        self.turn()

    def turn(self, times=2):
        """Some frames in which all questions are asked anew."""
        for _ in range(times):
            self.plantside.beat()
            self.desk.tick()
            for asking in self.desk._askings:
                asking.now()
            self.desk.tick()
            self.desk.tick()
            QApplication.processEvents()

    @property
    def screen(self) -> AlarmsScreen:
        return self.shell.screen("alarms")

    @property
    def table(self):
        return self.screen.lists[self.screen.page].table

    def acts(self):
        return [(name, [a["key"] for a in more.get("alarms", [])]) for name, more in self.engine.acts]

    def click_row(self, table, key):
        at = table.visualRect(table.paged.index(table.paged.row_of(key), 2)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        QTest.mouseMove(self.shell, QPoint(2, 2))


@pytest.fixture
def station(monkeypatch, tmp_path, qtbot):
    monkeypatch.setattr(registry, "_screens", {})
    monkeypatch.setattr(registry, "_faceplate", [])
    for order, key in enumerate(("overview", "lines", "trends", "system")):
        registry.register(ScreenSpec(key, key, "window.screen", Room, order=order))
    registry.register(ScreenSpec("alarms", "alarms", "alarmscreen.title", AlarmsScreen, order=25))
    registry.register_faceplate(Plate)
    made = []

    def make(size=(1920, 1080)):
        made.append(Station(tmp_path, qtbot, size))
        return made[-1]

    yield make
    for one in made:
        one.desk.stop()
        one.shell.alarms.close()


# -- strip and bar ----------------------------------------------------------------------------------------------------


def test_the_strip_counts_by_priority_and_says_the_last_grave_one(station):
    s = station()
    assert [c.said for c in s.shell.strip.counters.values()] == ["1 / 1", "1 / 2", "3 / 1", "0 / 1"]
    assert "Emergency stop pressed" in s.shell.strip.urgent.said.en
    s.engine.rows.clear()
    s.turn()
    assert [c.said for c in s.shell.strip.counters.values()] == ["0 / 0"] * 4
    assert s.shell.strip.urgent.said is None


def test_a_press_on_a_counter_opens_the_list_of_that_priority(station, qtbot):
    s = station()
    QTest.mouseClick(s.shell.strip.counters[3], Qt.MouseButton.LeftButton)
    s.turn()
    assert s.shell.here == "alarms"
    rows = s.table.paged.page
    assert {int(r.priority) for r in rows[0 : len(rows)]} == {1, 3}, "urgent ones are never filtered"
    assert s.screen.bar.hidden.isVisible()


def test_a_press_on_the_last_grave_one_chooses_it(station):
    s = station()
    QTest.mouseClick(s.shell.strip.urgent, Qt.MouseButton.LeftButton)
    s.turn()
    assert s.screen.detail.row.key == "estop"


def test_five_rows_in_a_high_window_and_two_in_a_low_one(station):
    s = station()
    assert len(s.bar.table.rows_in_sight()) == 5
    s.shell.resize(1280, 720)
    s.turn()
    assert len(s.bar.table.rows_in_sight()) == 2
    assert s.bar.height() < 110
    s.bar.fold.click()
    assert not s.bar.table.isVisible() and s.bar.isVisible()


def test_a_calm_plant_shows_one_grey_line(station, monkeypatch):
    s = station()
    s.engine.rows.clear()
    s.turn()
    assert not s.bar.calm, "the list stays for a moment, so that screens do not jump"
    monkeypatch.setattr(alarmbar, "CALM_AFTER_S", -1.0)
    s.turn()
    assert s.bar.calm and s.bar.height() <= 32 and s.bar.title.text() == "No active alarms"
    s.engine.put(alarm("hot"))
    s.turn()
    assert not s.bar.calm and [r.key for r in s.bar.table.rows_in_sight()] == ["hot"]


def test_the_bar_never_says_none_while_nothing_is_known(station):
    s = station()
    s.engine.rows.clear()
    s.engine.unknown = ["plc1"]
    s.turn()
    assert "not known" in s.bar.title.text()
    s.engine.rows = {r.key: r for r in sample()}
    s.engine.unknown = []
    s.turn()
    beat_has_stopped(s.plantside)
    s.desk.tick()
    assert "not known" in s.bar.title.text()
    assert s.bar.table.rows_in_sight() == []
    assert {c.said for c in s.shell.strip.counters.values()} == {"– / –"}
    assert s.shell.alarms.sound.priority == 0


def test_the_bar_shows_the_alarms_of_where_one_is(station):
    s = station()
    s.shell.go("lines", line="L1")
    s.turn()
    assert [r.key for r in s.bar.table.paged.page[0:9]] == ["estop", "feeder", "plc", "air", "drift"]
    assert s.bar.title.text() == "Alarms, Line 1: 5" and "3 elsewhere" in s.bar.remark.text()
    s.shell.go("alarms")
    s.turn()
    assert not s.bar.isVisible(), "the screen itself is the list"
    s.shell.go("alarms", page="metrics")
    s.turn()
    assert s.bar.isVisible()


def test_find_acknowledge_and_open_the_cause_in_three_presses(station):
    s = station()
    s.click_row(s.bar.table, "hot")
    QTest.mouseClick(s.bar.ack, Qt.MouseButton.LeftButton)
    s.turn()
    QTest.mouseClick(s.bar.cause, Qt.MouseButton.LeftButton)
    assert s.acts() == [("acknowledge", ["hot"])]
    assert s.engine.acts[0][1]["alarms"] == [{"key": "hot", "activation": "1"}]
    assert s.shell.here == "lines" and s.shell.side.docked.station == "L2.S3"
    assert "Acknowledged: Zone 3" in s.shell.footer.accessibleDescription()


def test_the_same_by_keyboard_alone(station, qtbot):
    s = station()
    for key in (Qt.Key.Key_F10, Qt.Key.Key_Down, Qt.Key.Key_A, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget() or s.shell, key)
    assert s.acts() == [("acknowledge", ["hot"])]
    assert s.shell.here == "lines" and s.shell.side.docked.station == "L2.S3"


def test_f10_twice_is_the_alarms_screen_and_f12_silences_without_acknowledging(station, qtbot):
    s = station()
    s.engine.sound = 1
    s.turn()
    assert s.shell.alarms.sound.priority == 1 and s.bar.silence.isEnabled()
    qtbot.keyClick(s.shell, Qt.Key.Key_F12)
    s.turn()
    assert s.acts() == [("silence", [])]
    assert s.shell.alarms.sound.priority == 0 and s.engine.rows["estop"].state is AlarmState.UNACKED
    qtbot.keyClick(s.shell, Qt.Key.Key_F10)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F10)
    assert s.shell.here == "alarms"


def test_ack_visible_takes_the_rows_in_sight_and_no_urgent_one(station):
    s = station()
    s.bar.ack_visible.click()
    s.turn()
    [(name, keys)] = s.acts()
    assert name == "acknowledge_visible" and "estop" not in keys
    assert set(keys) == {"hot", "server|plc1|hot", "feeder", "door"}
    assert s.engine.rows["estop"].state is AlarmState.UNACKED


def test_a_refusal_is_said_beside_the_buttons_and_in_the_footer(station):
    s = station()
    s.engine.refuse = Text("Sign in first.", "먼저 로그인하십시오.")
    s.click_row(s.bar.table, "hot")
    s.bar.ack.click()
    s.turn()
    assert s.bar.said.text() == "Sign in first."
    assert "Sign in first." in s.shell.footer.accessibleDescription()


def test_shelving_asks_for_a_reason_and_offers_no_longer_time_than_allowed(station, qtbot):
    s = station()
    s.click_row(s.bar.table, "hot")
    qtbot.keyClick(s.bar.table, Qt.Key.Key_S)
    plate = s.shell.alarms.shelf
    assert plate.isVisible() and not plate.go.isEnabled()
    assert [m for m, b in plate._times.items() if b.isVisible()] == ["15", "30", "60", "120", "240"]
    plate._do()
    assert s.engine.acts == []
    plate._reasons["nuisance"].click()
    plate._times["30"].click()
    plate.comment.setText("twice a minute")
    plate.go.click()
    name, more = s.engine.acts[-1]
    assert (name, more["mode"], more["minutes"]) == ("shelve", "timed", 30.0)
    assert more["reason"] == "Nuisance alarm: twice a minute"
    assert not plate.isVisible()


# -- the screen -------------------------------------------------------------------------------------------------------


def test_the_chosen_alarm_has_its_guidance_history_and_moment(station):
    s = station()
    s.shell.go("alarms", alarm="hot")
    s.turn()
    detail = s.screen.detail
    assert detail.row.key == "hot"
    said = [text.text() for _, text in detail._guide if text.isVisible()]
    assert said[0].startswith("Check fan 3") and said[-1] == "10 min"
    assert detail.buttons["acknowledge"].isVisible() and not detail.buttons["reset"].isVisible()
    assert "kim" in detail.history.accessibleDescription()
    assert detail.moment._series is not None and detail.moment._series.tag == "L2.S3.Zone3Temperature"
    detail.trend.click()
    assert s.shell.here == "trends"


def test_no_longer_shelf_is_offered_than_the_engine_allows():
    from hmi.desk.alarm_acts import LONGEST_SHELF_MIN
    from ui.widgets.alarmshelf import LONGEST

    assert LONGEST == LONGEST_SHELF_MIN


def test_pictures_show_the_first_alarm_where_there_is_one(station):
    s = station()
    s.shell.go("alarms")
    assert not s.screen.can_show({"alarm": "*"})
    s.turn()
    place = s.screen.scenes()["chosen"]
    assert s.screen.can_show(place)
    s.shell.go("alarms", **place)
    s.turn()
    assert s.screen.detail.row.key == "estop"


def test_each_act_reaches_the_engine(station):
    s = station()
    s.shell.go("alarms")
    s.turn()
    for key, button, act in (
        ("air", "reset", "reset"), ("estop", "acknowledge", "acknowledge"), ("hot", "acknowledge", "acknowledge"),
    ):  # fmt: skip
        s.click_row(s.table, key)
        s.screen.detail.buttons[button].click()
        s.turn()
        assert s.acts()[-1] == (act, [key])
    s.engine.put(alarm("server|plc1|hot", 3, AlarmState.ACKED, origin="server", kind=None, can_confirm=True,
                       controller="plc1", activation="a0ff"))  # fmt: skip
    s.turn()
    s.click_row(s.table, "server|plc1|hot")
    s.screen.detail.buttons["confirm"].click()
    assert s.engine.acts[-1][1]["alarms"] == [{"key": "server|plc1|hot", "activation": "a0ff"}]
    for page, key, button in (("shelved", "noisy", "unshelve"), ("out_of_service", "old", "put_back")):
        s.shell.go("alarms", page=page)
        s.turn()
        s.click_row(s.table, key)
        s.screen.detail.buttons[button].click()
        s.turn()
    assert s.acts()[-2:] == [("unshelve", ["noisy"]), ("return_to_service", ["old"])]


def test_taking_out_of_service_asks_for_a_reason_and_no_time(station):
    s = station()
    s.shell.go("alarms", alarm="hot")
    s.turn()
    s.screen.detail.buttons["take_out"].click()
    plate = s.screen._plate()
    assert plate.isVisible() and not plate.once.isVisible()
    plate._reasons["sensor"].click()
    plate.go.click()
    name, more = s.engine.acts[-1]
    assert (name, more["reason"]) == ("out_of_service", "Sensor faulty")


def test_filters_say_how_many_they_hide_and_go_by_one_press(station):
    s = station()
    s.shell.go("alarms")
    s.turn()
    assert not s.screen.bar.hidden.isVisible()
    s.screen.bar.words.setText("pressure")
    s.turn()
    assert [r.key for r in s.table.paged.page[0:9]] == ["estop", "air"]
    assert s.screen.bar.hidden.accessibleName() == "6 hidden"
    s.screen.bar.hidden.click()
    s.turn()
    assert len(s.table.paged.page) == 8 and s.screen.bar.words.text() == ""


def test_a_flood_is_grouped_by_unit(station):
    s = station()
    s.engine.flood = True
    s.shell.go("alarms")
    s.turn()
    flood = s.screen.lists["standing"].flood
    assert flood.isVisible()
    chip = flood.chips[0]
    place = chip.group.place
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    s.turn()
    rows = s.table.paged.page
    assert {r.place for r in rows[0:9] if r.priority is not Priority.URGENT} == {place}
    s.engine.flood = False
    s.turn()
    assert not flood.isVisible()


@pytest.mark.parametrize("page", ["standing", "shelved", "suppressed", "out_of_service", "journal", "metrics"])
@pytest.mark.parametrize("lang", list(Lang))
def test_every_page_settles_and_nothing_is_without_a_name(station, dressed, page, lang):
    dressed.set_lang(lang)
    s = station((1280, 720))
    s.shell.go("alarms", page=page)
    s.turn()
    assert s.screen.settled()
    assert nameless(s.shell) == []
    assert s.shell.width() == 1280 and s.shell.height() == 720, "nothing pushes the window larger"


def test_the_language_switches_in_all_of_it(station, dressed):
    s = station()
    s.shell.go("alarms", alarm="hot")
    s.turn()
    dressed.set_lang(Lang.KO)
    s.turn()
    assert s.screen.detail._guide[0][1].text().startswith("3번 팬")
    s.shell.go("overview")
    s.turn()
    assert s.bar.title.text() == "공장 전체 알람 8건"


def test_a_calm_window_has_no_saturated_pixel(station, monkeypatch):
    from ui.theme.contrast import saturation

    monkeypatch.setattr(alarmbar, "CALM_AFTER_S", -1.0)
    s = station()
    s.engine.rows.clear()
    s.turn()
    for part in (s.bar, *s.shell.strip.counters.values(), s.shell.strip.urgent):
        picture = part.grab().toImage()
        colours = {picture.pixelColor(x, y).getRgb()[:3] for x in range(0, picture.width(), 2)
                   for y in range(0, picture.height(), 2)}  # fmt: skip
        assert all(saturation(c) <= 0.3 for c in colours)
