"""The recipe plate of the vision station: an older version is used again, a kept part becomes a new one; signed."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.model.permission import Role
from hmi.model.text import Text
from tests.ui.visiondesk import VisionDesk
from tests.ui.visionrows import recipe_row
from ui.screens.vision.recipeplate import TEACH
from ui.screens.vision.screen import VisionScreen
from ui.shell.registry import ScreenSpec


@pytest.fixture
def station(tmp_path, qtbot, only_screen, opens):
    only_screen(ScreenSpec("vision", "vision", "visionscreen.title", VisionScreen))

    def open_station(role=Role.ENGINEER):
        found = opens(VisionDesk(tmp_path, qtbot, role))
        newest = recipe_row()
        found.versions = [
            newest,
            replace(newest, version=newest.version - 1, active=False, by="Han Yuri", why="new mask"),
            replace(newest, version=newest.version - 2, active=False, by=""),
            replace(newest, product="another board", version=9, active=True),
        ]
        found.asked = []

        def use(**given):
            found.asked.append(("use_recipe", given))
            return found.refuses or replace(found.versions[1], active=True)

        def teach(**given):
            found.asked.append(("teach", given))
            return found.refuses or replace(found.versions[0], version=newest.version + 1)

        found.talk.answers.update({"recipes": lambda camera="": found.versions, "use_recipe": use, "teach": teach})
        found.room = found.go("vision")
        return found

    return open_station


def opened(desk):
    desk.press(Qt.Key.Key_T)
    plate = desk.room.recipe
    assert plate.isVisible()
    return plate


def filled(desk, plate, key, why="the new mask is withdrawn"):
    plate.choice.choose([key])
    plate.choice.changed.emit()
    plate.note.field.setText(why)
    plate.password.field.setText("word-7")
    desk.see(1)


def test_the_older_versions_of_this_product_are_offered_and_one_is_used_with_reason_and_signature(station):
    desk = station()
    plate = opened(desk)
    used, older = desk.versions[0], desk.versions[1]
    assert list(plate.choice.buttons) == [str(v.version) for v in desk.versions[1:3]]
    assert f"v{used.version}" in plate._facts()[0][1].en and plate.why_not() is not None
    filled(desk, plate, str(older.version))
    assert plate.why_not() is None
    assert "Han Yuri" in plate._facts()[1][1].ko and plate._facts()[2][1] == "new mask"
    plate.confirm.acted.emit()
    desk.see()
    [(name, given)] = desk.asked
    assert name == "use_recipe" and given == {
        "camera": "C1", "product": "board C1", "version": older.version, "reason": "the new mask is withdrawn",
        "password": "word-7",
    }  # fmt: skip
    assert not plate.isVisible() and str(older.version) in desk.told.en


def test_what_is_missing_is_said_and_a_refusal_keeps_what_was_chosen(station):
    desk = station()
    plate = opened(desk)
    assert plate.why_not() is not None
    filled(desk, plate, str(desk.versions[1].version), why="")
    assert "reason" in plate.why_not().en.lower()
    filled(desk, plate, str(desk.versions[1].version))
    desk.refuses = Text("wrong password", "비밀번호 오류")
    plate.confirm.acted.emit()
    desk.see()
    assert plate.isVisible() and plate.choice.key and plate.note.text and not plate.password.typed


def test_a_kept_picture_in_sight_becomes_the_golden_of_a_new_version_as_strict_as_the_one_in_use(station):
    desk = station()
    assert TEACH not in opened(desk).choice.buttons, "a live picture is no kept one"
    desk.room.recipe.shut()
    kept = next(r for r in desk.rows if r.evidence and r.subject.product == "board C1")
    desk.room._choose_part(kept.number)
    desk.see()
    plate = opened(desk)
    filled(desk, plate, TEACH)
    assert plate._meaning == "teach"
    plate.confirm.acted.emit()
    desk.see()
    [(name, given)] = desk.asked
    assert name == "teach" and given["number"] == kept.number and given["settings"] == desk.versions[0].settings


def test_who_may_not_teach_is_told_so(station):
    desk = station(Role.OPERATOR)
    plate = opened(desk)
    filled(desk, plate, str(desk.versions[1].version))
    assert plate.why_not() is not None


def test_a_product_with_one_version_says_how_to_teach_another(station):
    desk = station()
    desk.versions = desk.versions[:1]
    plate = opened(desk)
    assert not plate.choice.buttons and "film strip" in plate.missing().en
