import time
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt

from hmi.desk.alarm_rows import AlarmGroupRow, AlarmPage
from hmi.model.alarm import AlarmState, Priority
from hmi.model.machine import TimeClass
from hmi.model.text import Lang, Text
from tests.ui.plantrows import make_plant, moved, overview_rows
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.equipment import alarmplaces
from ui.screens.overview.columns import columns, tile_grid
from ui.screens.overview.linerow import LineRow
from ui.screens.overview.screen import OverviewScreen
from ui.theme.look import look
from ui.widgets.tile import StationTile


@pytest.fixture
def opened(tmp_path, qtbot):
    """open(plant, answering) -> screen, desk; everything is closed at the end."""
    desks = []

    def open_screen(plant=None, *, rows=None, size=(1270, 940)):
        answers = {}
        if plant is not None:
            Plantside(tmp_path, plant)
            answers["overview"] = rows or (lambda: moved(overview_rows(plant), time.time_ns()))
        talk = StandIn(answers)
        desk = Desk(tmp_path, talk)
        desks.append(desk)
        screen = OverviewScreen(StandInWindow(desk))
        qtbot.addWidget(screen)
        screen.resize(*size)
        screen.show()
        desk.tick()
        desk.tick()
        return screen, talk

    yield open_screen
    for desk in desks:
        desk.stop()


def lines_of(screen):
    rows = [w for w in screen.findChildren(LineRow) if w.isVisible()]
    return sorted(rows, key=lambda w: w.y())


def test_a_row_for_each_line_with_its_tiles(opened):
    screen, _ = opened(make_plant())
    rows = lines_of(screen)
    assert [r.shown.line for r in rows] == ["L1", "L2", "L3"]
    assert not any(r.lean for r in rows)
    stopped = [t for t in rows[2].tiles if t.kind is TimeClass.DOWN]
    assert len(rows[2].tiles) == 6 and len(stopped) == 1


def test_a_press_opens_the_line_and_a_tile_the_faceplate(opened, qtbot):
    screen, _ = opened(make_plant())
    row = lines_of(screen)[1]
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=row.rect().topLeft() + row.rect().center() / 20)
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Return)
    assert screen.window_.went == [("lines", {"line": "L2"})] * 2
    qtbot.mouseClick(row.tiles[3], Qt.MouseButton.LeftButton)
    assert screen.window_.faceplates == ["L2.S4"]


def test_without_an_engine_it_says_so(opened):
    screen, _ = opened()
    assert not lines_of(screen)
    assert "No engine" in screen._empty.accessibleName()


def test_a_plant_without_lines_says_what_to_do(opened):
    screen, _ = opened(make_plant(0))
    assert "[[line]]" in screen._empty.accessibleName()


def test_before_the_first_answer_everything_is_unknown(opened):
    plant = make_plant()
    screen, _ = opened(plant, rows=lambda: plant.name)  # a Text is a refusal
    tiles = [t for row in lines_of(screen) for t in row.tiles]
    assert tiles and {t.kind for t in tiles} == {TimeClass.UNKNOWN}


def test_rows_of_a_dead_engine_are_shown_as_the_past(opened):
    plant = make_plant()
    screen, _ = opened(plant, rows=lambda: moved(overview_rows(plant), time.time_ns() - 60_000_000_000))
    assert screen._heads.old is not None
    assert {t.kind for row in lines_of(screen) for t in row.tiles} == {TimeClass.UNKNOWN}
    assert lines_of(screen)[0].hour.old


@pytest.mark.parametrize(("count", "lean"), [(1, False), (3, False), (8, True), (12, True)])
def test_one_to_twelve_lines(opened, count, lean):
    screen, _ = opened(make_plant(count, 6), size=(1170, 620))
    rows = lines_of(screen)
    assert len(rows) == count
    assert {r.lean for r in rows} == {lean}
    for above, below in pairwise(rows):
        assert above.geometry().bottom() < below.geometry().top()


def test_tiles_stay_inside_their_row(opened):
    for size in ((805, 620), (1170, 620), (1270, 940)):
        screen, _ = opened(make_plant(3, 10), size=size)
        for row in lines_of(screen):
            for tile in row.findChildren(StationTile):
                assert row.rect().contains(tile.geometry()), (size, tile.geometry(), row.rect())


def test_the_language_changes_in_place(opened):
    screen, _ = opened(make_plant())
    row = lines_of(screen)[0]
    assert row.accessibleName() == "Open Line 1: Running"
    look().set_lang(Lang.KO)
    assert row.accessibleName() == "1라인 열기: 가동"
    assert not nameless(screen)


@pytest.mark.parametrize("width", [640, 805, 1024, 1170, 1270, 2400])
@pytest.mark.parametrize("lean", [False, True])
@pytest.mark.parametrize("tiles", [1, 3, 6, 10])
def test_columns_stand_beside_each_other(width, lean, tiles):
    cells = columns(width, lean, tiles)
    shown = [c for c in cells.values() if c.width]
    for one, other in pairwise(shown):
        assert one.left + one.width < other.left
    assert cells["stations"].left + cells["stations"].width <= width
    across, down = tile_grid(tiles, lean)
    assert across * down >= tiles


def alarm_page(*groups):
    return AlarmPage(0, 1, [], len(groups), 0, 0, False, list(groups), [])


def group(place, worst, unacked, active):
    return AlarmGroupRow(place, Text.same(place), Text.same(""), worst, unacked, active, None)


def test_tiles_and_lines_carry_the_worst_alarm_and_how_many(opened):
    screen, talk = opened(make_plant())
    first = lines_of(screen)[0]
    station = first.shown.tiles[1].station
    groups = [group(station, Priority.HIGH, 1, 3), group(first.shown.line, Priority.MEDIUM, 0, 1)]
    talk.answers["alarms"] = lambda **asked: alarm_page(*groups)
    screen._asking_alarms.now()
    screen.desk.tick()
    screen.desk.tick()
    assert talk.asked[-1][1]["grouped"] and talk.asked[-1][1]["limit"] == 0
    assert (first.tiles[1].priority, first.tiles[1].alarms, first.tiles[1].alarm) == (2, 3, AlarmState.UNACKED)
    assert first.tiles[0].priority is None
    assert (first.alarms.worst, first.alarms.active, first.alarms.unacked) == (2, 4, 1)
    assert alarmplaces.PlaceAlarms(2, 1, 0).state is AlarmState.RETURNED
    assert lines_of(screen)[1].alarms is None
    assert look().text(first.alarms.words) in first.accessibleDescription()
    del talk.answers["alarms"]  # nobody knows any more
    screen._asking_alarms.now()
    screen.desk.tick()
    screen.desk.tick()
    assert first.alarms is None and first.tiles[1].priority is None
