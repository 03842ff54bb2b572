"""The tour's stages of the loop: left out where nobody may act; and what lies over the window between pictures."""

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui.openedscreen import silent_window
from ui import tour, tourloop
from ui.app import load_screens
from ui.tourloop import LoopTour


@pytest.fixture
def shell(tmp_path, qtbot, monkeypatch):
    for name in ("CARD_S", "ANSWER_S", "VERIFIED_S", "JUDGED_S"):
        monkeypatch.setattr(tourloop, name, 0.05)
    load_screens()
    with silent_window(tmp_path, qtbot) as made:
        yield made


def test_without_the_demos_people_no_stage_is_played(shell):
    loop = LoopTour(shell, QApplication.instance())
    scenes = [*loop.first(), *loop.last()]
    assert len({s.name for s in scenes}) == len(scenes)
    assert [s.name for s in scenes if s.go()] == []
    asked = {name for name, _ in shell.desk._client.asked}
    assert not asked & {"set_mode", "judge_cause", "decide", "place_hold"}


def test_plates_and_faceplate_are_taken_away_before_the_next_picture(shell):
    shell.go("quality", new="hold")
    plate = shell.screen("quality").plate
    shell.open_faceplate(shell.desk.plant.stations[0].id)
    assert plate.isVisible() and shell.side.docked is not None
    tour.clear(shell)
    assert not plate.isVisible() and shell.side.docked is None
