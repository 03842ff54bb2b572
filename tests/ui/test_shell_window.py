"""The window on a real tag table: ways, keys, languages, banners, what is remembered."""

import logging
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from hmi.desk.rows import ChangeRow
from hmi.model.text import Lang, Text
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn
from tests.ui.test_shell_desk import beat_has_stopped
from ui.bridge.desk import Desk
from ui.shell import guard, layoutfile, registry
from ui.shell.layoutfile import Layout
from ui.shell.registry import ScreenSpec
from ui.shell.screen import Screen
from ui.shell.sidedock import NARROW
from ui.shell.window import Shell
from ui.widgets.controls import Button
from ui.widgets.drawn import Drawn, Pressable


class Room(Screen):
    """A screen for these tests."""

    made = 0

    def __init__(self, window):
        super().__init__(window)
        Room.made += 1
        self.field = QLineEdit(self)
        self.field.setAccessibleName("field")
        self.kept = {}

    def crumbs(self):
        return [Text.same(self.place["line"])] if "line" in self.place else []

    def keep(self):
        return {"pens": ["a"]}

    def recall(self, kept):
        self.kept = dict(kept)


class Plate(QWidget):
    def __init__(self, window):
        super().__init__()
        self.station = ""
        self.setAccessibleName("faceplate")

    def show_station(self, station):
        self.station = station


@pytest.fixture
def rooms(monkeypatch):
    monkeypatch.setattr(registry, "_screens", {})
    monkeypatch.setattr(registry, "_faceplate", [])
    Room.made = 0
    for order, (key, icon) in enumerate((("overview", "overview"), ("lines", "lines"), ("trends", "trends"))):
        registry.register(ScreenSpec(key, icon, f"window.{'screen' if order else 'help'}", Room, order=order))
    registry.register(ScreenSpec("detail", "note", "window.line", Room, rail=False, parent="lines"))
    registry.register_faceplate(Plate)


@pytest.fixture
def plantside(tmp_path):
    return Plantside(tmp_path, make_plant())


@pytest.fixture
def asked():
    return StandIn({"controllers": list, "engine": lambda: Text.same("-"), "changes": lambda **_: []})


@pytest.fixture
def shell(rooms, plantside, asked, tmp_path, qtbot):
    desk = Desk(tmp_path, asked)
    made = Shell(desk)
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.recall(Layout(geometry=[0, 0, 1920, 1080]))
    made.resize(1920, 1080)
    made.show()
    QApplication.processEvents()
    plantside.beat()
    desk.tick()
    yield made
    desk.stop()


def keys(qtbot, shell, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget() or shell, key, modifier)


def test_screens_are_made_at_the_first_visit_and_kept(shell):
    assert Room.made == 1
    shell.go("lines")
    shell.go("overview")
    shell.go("lines")
    assert Room.made == 2
    assert not shell.go("no such screen")


def test_back_forward_home_and_function_keys(shell, qtbot):
    keys(qtbot, shell, Qt.Key.Key_F3)
    assert shell.here == "trends"
    keys(qtbot, shell, Qt.Key.Key_F2)
    assert shell.here == "lines"
    keys(qtbot, shell, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert shell.here == "trends"
    keys(qtbot, shell, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert shell.here == "lines"
    keys(qtbot, shell, Qt.Key.Key_Home)
    assert shell.here == "overview"


def test_home_belongs_to_the_text_while_one_types(shell, qtbot):
    shell.go("lines")
    field = shell.room("lines").field
    field.setText("abc")
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_Home)
    assert shell.here == "lines"
    assert field.cursorPosition() == 0


def test_the_rail_lights_where_one_is_also_for_a_screen_without_a_place(shell, qtbot):
    shell.go("detail", line="L1")
    assert shell.rail.buttons["lines"].here
    assert not shell.rail.buttons["overview"].here
    assert "L1" in shell.strip.crumbs.accessibleDescription()
    qtbot.mouseClick(shell.rail.buttons["trends"], Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert shell.here == "trends"


def test_search_finds_by_initial_consonants_and_goes_there(shell, qtbot):
    keys(qtbot, shell, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    field = shell.search.field
    assert field.hasFocus()
    composed = QInputMethodEvent()
    composed.setCommitString("설비 3")  # as an input method hands over what was composed
    QApplication.sendEvent(field, composed)
    assert shell.search.results.rows[0].kind == "station"
    field.setText("ㅅㅂ 3")
    assert shell.search.results.rows[0].id == "L1.S3"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    chosen = shell.search.results.rows[shell.search.results.at]
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert not shell.search.isVisible()
    assert shell.side.docked.station == chosen.id
    shell.open_search()
    field.setText("Zone3Temperature of L2.S1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shell.here == "trends"
    assert shell.room("trends").place == {"tag": "L2.S1.Zone3Temperature"}


def test_search_that_finds_nothing_says_so_and_escape_returns_the_focus(shell, qtbot):
    shell.go("lines")
    shell.room("lines").field.setFocus()
    shell.open_search()
    shell.search.field.setText("zzzz")
    assert shell.search.results.rows == []
    qtbot.keyClick(shell.search.field, Qt.Key.Key_Return)
    qtbot.keyClick(shell.search.field, Qt.Key.Key_Escape)
    assert shell.room("lines").field.hasFocus()


def test_help_comes_and_goes_by_key(shell, qtbot):
    keys(qtbot, shell, Qt.Key.Key_F1)
    assert shell.help_plate.isVisible()
    keys(qtbot, shell, Qt.Key.Key_Escape)
    assert not shell.help_plate.isVisible()


def test_a_faceplate_docks_and_escape_empties_the_dock(shell, qtbot):
    shell.open_faceplate("L1.S1")
    first = shell.side.docked
    shell.open_faceplate("L1.S2")
    assert shell.side.docked is first
    assert first.station == "L1.S2"
    shell.setFocus()
    keys(qtbot, shell, Qt.Key.Key_Escape)
    assert shell.side.docked is None


def test_the_right_column_gives_way_in_a_narrow_window_until_it_is_needed(shell):
    assert not shell.side.isHidden()
    shell.resize(NARROW - 1, 900)
    assert shell.side.isHidden()
    shell.resize(1280, 720)
    QApplication.processEvents()
    assert (shell.width(), shell.height()) == (1280, 720)
    shell.open_faceplate("L1.S1")
    assert not shell.side.isHidden()
    assert shell.main.width() >= 700
    shell.close_faceplate()
    assert shell.side.isHidden()


def test_the_language_switches_live_in_all_that_is_open(shell, dressed):
    rail, health = shell.rail.buttons["lines"], shell.strip.health
    before = (rail.accessibleName(), health.accessibleName(), shell.strip.search_button.accessibleName())
    shell.strip.language_button.click()
    after = (rail.accessibleName(), health.accessibleName(), shell.strip.search_button.accessibleName())
    assert dressed.lang is Lang.KO
    assert all(a != b for a, b in zip(before, after, strict=True))
    assert shell.layout_.lang == "ko"
    shell.strip.language_button.click()
    assert (rail.accessibleName(), health.accessibleName()) == before[:2]


def test_the_theme_switches_live(shell, dressed):
    light = shell.grab().toImage().pixelColor(300, 20)
    shell.strip.theme_button.click()
    QApplication.processEvents()
    dark = shell.grab().toImage().pixelColor(300, 20)
    assert light.lightness() > 200
    assert dark.lightness() < 100
    assert shell.layout_.theme == "dark"


@pytest.mark.parametrize("lang", list(Lang))
def test_nothing_in_the_frame_is_without_a_name(shell, dressed, lang):
    dressed.set_lang(lang)
    shell.open_faceplate("L1.S1")
    shell.open_search()
    silent = [
        type(w).__name__
        for w in shell.findChildren(QWidget)
        if (isinstance(w, Drawn) or w.focusPolicy() != Qt.FocusPolicy.NoFocus) and not w.accessibleName()
        and not (hasattr(w, "text") and not w.text())
    ]  # fmt: skip
    assert not silent


def test_every_control_of_the_frame_is_reached_by_tab_and_none_is_a_trap(shell, qtbot):
    wanted = {
        w for w in shell.findChildren(QWidget) if w.isVisible() and w.isEnabled() and isinstance(w, Button | Pressable)
    }
    reached = set()
    for _ in range(2 * len(wanted) + 10):
        keys(qtbot, shell, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    assert wanted <= reached


def test_touch_mode_makes_every_button_of_the_frame_large_enough(shell, dressed):
    dressed.set_density(touch=True, dpi=96.0)
    QApplication.processEvents()
    QApplication.processEvents()
    small = [w.accessibleName() for w in shell.findChildren(QWidget)
             if w.isVisible() and isinstance(w, Button | Pressable) and min(w.width(), w.height()) < 44]  # fmt: skip
    assert not small


def test_a_silent_engine_is_said_across_the_window_and_forgotten_when_it_speaks(shell, plantside):
    assert shell.engine_watch.silent.isHidden()
    beat_has_stopped(plantside)
    shell.desk.tick()
    assert shell.engine_watch.silent.isVisible()
    assert shell.engine_watch.veil.isVisible()
    assert "12 s" in shell.engine_watch.silent.accessibleName()
    plantside.beat()
    shell.desk.tick()
    assert not shell.engine_watch.silent.isVisible()
    assert not shell.engine_watch.veil.isVisible()


def test_the_demo_says_that_it_is_one(rooms, tmp_path, asked, qtbot):
    from dataclasses import replace

    Plantside(tmp_path, replace(make_plant(), demo=True))
    desk = Desk(tmp_path, asked)
    made = Shell(desk)
    qtbot.addWidget(made)
    assert not made.engine_watch.demo.isHidden()
    desk.stop()


def test_without_any_engine_the_window_opens_and_says_what_to_do(rooms, tmp_path, asked, qtbot):
    desk = Desk(tmp_path, asked)
    made = Shell(desk)
    qtbot.addWidget(made)
    made.recall(Layout())
    desk.tick()
    assert "linekeeper engine" in made.engine_watch.silent.accessibleName()
    made.open_search()
    made.search.field.setText("a")
    desk.stop()


def test_what_changed_is_listed_newest_first(shell, asked):
    rows = [ChangeRow(n * 1_000_000_000, "state", "L1", Text.same(f"change {n}")) for n in (1, 3, 2)]
    asked.answers["changes"] = lambda **_: rows
    shell.side._take(rows)
    assert shell.side.changes.accessibleDescription().startswith("change 3; change 2; change 1")


def test_the_window_remembers_where_one_was(shell, tmp_path, qtbot, rooms, asked):
    shell.go("detail", line="L2")
    shell.setGeometry(10, 20, 1500, 800)
    shell.close()
    layout = layoutfile.load(tmp_path)
    assert (layout.screen, layout.place) == ("detail", {"line": "L2"})
    assert layout.screens["detail"] == {"pens": ["a"]}
    again = Shell(shell.desk)
    qtbot.addWidget(again)
    again.recall(layout)
    assert again.here == "detail"
    assert again.room("detail").kept == {"pens": ["a"]}
    assert again.width() == 1500


def test_a_remembered_place_on_a_missing_monitor_or_a_missing_screen_is_no_harm(shell):
    shell.recall(Layout(geometry=[90_000, 90_000, 800, 600], monitor="gone", screen="gone"))
    assert shell.here == "overview"
    assert shell.screen_now().availableGeometry().intersects(shell.geometry())


def test_a_picture_of_the_window_is_written(shell, tmp_path):
    shell.save_picture(tmp_path / "shot.png")
    assert (tmp_path / "shot.png").stat().st_size > 5_000


def test_a_fault_in_a_slot_is_logged_and_said(shell, caplog):
    before = sys.excepthook
    try:
        guard.install(lambda fault: shell.tell(Text.same(fault)))
        with caplog.at_level(logging.CRITICAL):
            sys.excepthook(ValueError, ValueError("broken slot"), None)
    finally:
        sys.excepthook = before
        from PySide6.QtCore import qInstallMessageHandler

        qInstallMessageHandler(None)
    assert "uncaught in the window" in caplog.text
    assert "broken slot" in shell.footer.accessibleDescription()
