"""The vision station: each picture with its own verdict, what is not live says so, people judge what they see."""

import time
from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import Qt

from hmi.model.camera import CameraState
from hmi.model.inspection import Verdict
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.model.plant import TagType
from hmi.model.text import Lang, Text
from hmi.model.words import say
from tests.ui.plantrows import make_plant
from tests.ui.standin import nameless
from tests.ui.visiondesk import VisionDesk
from tests.ui.visionrows import MOUSEBITE, SHORT, inspection
from ui.app import load_screens
from ui.equipment import verdicts
from ui.screens.vision.screen import VisionScreen
from ui.shell import registry
from ui.shell.registry import ScreenSpec
from ui.shell.screen import Screen
from ui.widgets.picturemarks import Edge

K = Qt.Key


class Quality(Screen):
    """In the place of the quality screen: only what it was sent to matters."""


@pytest.fixture
def station(tmp_path, qtbot, monkeypatch, only_screen, opens):
    monkeypatch.setattr(verdicts, "SETTLE_S", 0.0)
    only_screen(ScreenSpec("vision", "vision", "visionscreen.title", VisionScreen))

    def open_station(role=Role.INSPECTOR, **more):
        found = opens(VisionDesk(tmp_path, qtbot, role, **more))
        found.room = found.go("vision")
        return found

    return open_station


def views(desk):
    return desk.room.picture.view


def test_the_newest_picture_wears_the_verdict_on_exactly_itself(station):
    desk = station()
    view = views(desk)
    assert view.edge is Edge.FAIL and [m.label for m in view.marks] == ["Short 0.94", "Mousebite 0.81"]
    desk.take(desk.rows[0], number=200)  # another part is under the camera, not inspected yet
    desk.room.picture.live.again()
    desk.see()
    assert view.edge is Edge.NONE and not view.marks
    told = replace(inspection(200), at_ns=desk.rows[0].at_ns)
    desk.hear({"inspection": msgspec.to_builtins(told)})
    assert view.edge is Edge.PASS


def test_a_verdict_of_before_the_restart_is_not_laid_on_a_picture_with_its_number(station):
    desk = station()
    old = replace(desk.rows[0], at_ns=desk.rows[0].at_ns - 3600 * 10**9)
    desk.rows = [old]
    desk.room.feed.rows = []
    desk.see()
    assert views(desk).edge is Edge.NONE and not views(desk).marks


@pytest.mark.parametrize("state", [s for s in CameraState if s is not CameraState.RUNNING])
def test_a_camera_that_is_not_running_never_looks_alive(station, state):
    desk = station()
    assert views(desk).doubted is None
    why = Text("no picture within 1.0 s", "1.0초 동안 이미지가 없습니다")
    desk.hear({"camera": msgspec.to_builtins(replace(desk.cameras[0], state=state, why=why))})
    view = views(desk)
    assert view.doubted == say(f"visionscreen.doubt.{state.value}")
    assert "no picture within" in view.accessibleDescription() and "passes" in view.accessibleDescription()
    desk.hear({"camera": msgspec.to_builtins(desk.cameras[0])})
    assert view.doubted is None


def test_a_silent_engine_is_said_over_the_picture(station):
    desk = station()
    desk.desk._alive = False
    desk.desk.engine_changed.emit(False)
    assert "engine is silent" in views(desk).doubted.en


def test_pausing_lets_the_picture_stand_while_its_age_grows(station):
    desk = station()
    desk.press(K.Key_P)
    assert "PAUSED" in views(desk).stands.en and " s old" in views(desk).stands.en
    standing = desk.room.picture._standing()
    desk.take(desk.rows[0], number=205)
    desk.room.picture.live.again()
    desk.see()
    assert desk.room.picture._standing() is standing
    desk.press(K.Key_P)
    assert views(desk).stands is None and desk.room.picture._standing() is not standing


def test_space_shows_the_plain_picture(station):
    desk = station()
    desk.press(K.Key_Space)
    assert not views(desk).overlay and not desk.room.head.overlay.isChecked()
    desk.press(K.Key_Space)
    assert views(desk).overlay


def test_the_film_holds_the_last_parts_and_a_press_brings_what_was_kept(station):
    desk = station()
    frames = desk.room.film.frames
    assert [f.shown.number for f in frames] == list(range(188, 200))
    assert "not kept" not in frames[1].accessibleName() and "Undecided" in frames[5].accessibleName()
    frames[5].pressed.emit()
    desk.see()
    assert desk.room.picture.record.number == 193 and views(desk).edge is Edge.UNDECIDED
    assert views(desk).has_image and desk.room.head.mode.isVisible()
    frames[3].pressed.emit()
    desk.see()
    assert views(desk).doubted == say("visionscreen.no_picture_kept"), "of a part that passed nothing was kept"
    desk.press(K.Key_Escape)
    assert desk.room.picture.record is None and views(desk).edge is Edge.FAIL
    desk.press(K.Key_Left)
    assert desk.room.picture.record.number == 199
    desk.press(K.Key_Right)
    assert desk.room.picture.record is None


def test_figures_and_health_are_those_of_the_camera(station):
    desk = station()
    said = desk.room.side.counters.accessibleDescription()
    assert "Inspected 2,311, 0.27 /s" in said and "NG 31, 1.3 %" in said and "Overruled 2, 5.4 %" in said
    said = desk.room.health.accessibleDescription()
    assert "Light: 132 of 255" in said and "31 ms (p99 58 ms)" in said and "0.4 px" in said and "v3" in said


def test_the_part_tells_what_it_is_bound_to(station):
    part = station().room.side.part
    assert (
        part.unit.text() == "U2041-000199" and "LOT-2041" in part.context.text() and "WO-20031" in part.context.text()
    )
    assert "221.4 °C (limit 220.0 °C)" in part.readings.accessibleDescription()
    assert "2 of the last 11" in part.again.text()


def test_another_camera_is_chosen_by_its_figure(station):
    desk = station()
    desk.press(K.Key_2)
    assert desk.room.feed.camera == "C2" and not desk.room.feed.rows and desk.room.scope() == "L2.S4"
    assert not views(desk).has_image and views(desk).doubted is not None
    desk.press(K.Key_1)
    assert desk.room.feed.camera == "C1"


def test_one_camera_needs_no_chooser(station):
    desk = station(cameras=("C1",))
    assert desk.room.head.choice is None and "Camera 1" in desk.room.head.place.text()


def test_without_cameras_it_says_what_would_bring_one(station):
    desk = station()
    desk.cameras = []
    desk.see()
    assert desk.room.none.isVisible() and "[[camera]]" in desk.room.none.accessibleName()


# -- judging ----------------------------------------------------------------------------------------------------------


def test_the_part_in_sight_is_confirmed_once_and_the_footer_says_so(station):
    desk = station()
    desk.press(K.Key_C)
    assert desk.asked("judge") == [{"number": 199, "verdict": "confirm", "reason": ""}]
    assert "U2041-000199: NG confirmed, on record (Choi Jiwoo)" in desk.told.en
    assert desk.room.target.number == 197, "the next one that waits"


def test_a_part_that_is_not_in_sight_is_shown_before_it_can_be_judged(station):
    desk = station()
    desk.pass_(199)
    desk.room.feed.rows = []
    desk.see()
    assert desk.room.target.number == 197
    desk.press(K.Key_C)
    assert not desk.asked("judge") and desk.room.picture.record.number == 197 and "press again" in desk.told.en
    desk.press(K.Key_C)
    assert [a["number"] for a in desk.asked("judge")] == [197]


def test_a_press_meant_for_another_part_judges_nothing(station, monkeypatch):
    desk = station()
    monkeypatch.setattr(verdicts, "SETTLE_S", 60.0)
    desk.press(K.Key_C)
    assert not desk.asked("judge") and "just come" in desk.told.en


def test_overruling_asks_for_a_reason(station):
    desk = station()
    acts = desk.room.side.acts
    desk.press(K.Key_O)
    assert acts.asking and not desk.asked("judge")
    desk.press(K.Key_Return)
    assert not desk.asked("judge"), "Enter gives no reason"
    desk.press(K.Key_O)
    desk.press(K.Key_2)
    assert desk.asked("judge") == [{"number": 199, "verdict": "overrule", "reason": "light"}]
    assert not acts.asking and "overruled" in desk.told.en and "Light" in desk.told.en


def test_a_reason_is_never_taken_for_another_part_than_it_was_asked_about(station):
    desk = station()
    desk.press(K.Key_O)
    newer = replace(inspection(200, Verdict.FAIL, (SHORT,)), at_ns=time.time_ns())
    desk.hear({"inspection": msgspec.to_builtins(newer)})
    assert not desk.room.side.acts.asking
    desk.press(K.Key_2)
    assert not desk.asked("judge")


def test_a_refusal_of_the_engine_is_said(station):
    desk = station()
    desk.refuses = say("people.nobody")
    desk.press(K.Key_C)
    assert "nothing was recorded" in desk.told.en and desk.room.target.number == 199
    desk.refuses = None
    desk.press(K.Key_C)
    assert len(desk.asked("judge")) == 2


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_is_told(station, role):
    desk = station(role)
    buttons = desk.room.side.acts.buttons
    for key, action in (("confirm", Action.JUDGE), ("overrule", Action.JUDGE), ("hold", Action.PLACE_HOLD),
                        ("call", Action.NOTE)):  # fmt: skip
        assert (buttons[key].why is None) is (action in PERMISSIONS[role])
    if Action.JUDGE not in PERMISSIONS[role]:
        desk.press(K.Key_C)
        assert not desk.asked("judge") and desk.told == buttons["confirm"].why


def test_holding_goes_to_the_quality_screen_with_the_lot_or_says_that_there_is_none(station):
    desk = station()
    desk.press(K.Key_H)
    assert "LOT-2041 was not held" in desk.told.en
    registry.register(ScreenSpec("quality", "quality", "visionscreen.title", Quality))
    desk.press(K.Key_H)
    assert desk.shell.here == "quality" and desk.shell.room("quality").place == {"lot": "LOT-2041"}


def test_a_call_of_quality_stands_in_the_shift_log(station):
    desk = station()
    desk.press(K.Key_Q)
    asked = desk.asked("add_note")[-1]
    assert asked["kind"] == "quality" and asked["place"] == "L1.S4"
    assert "U2041-000199" in asked["text"] and "Short, Mousebite" in asked["text"] and "shift log" in desk.told.en


def test_the_screen_remembers_its_camera(station):
    desk = station()
    desk.press(K.Key_2)
    kept = desk.room.keep()
    other = VisionScreen(desk.shell)
    other.recall(kept)
    assert other._wanted == "C2" and kept["overlay"] is True
    other.recall({"camera": 7, "overlay": None})
    assert other._wanted == ""
    other.deleteLater()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("lang", list(Lang))
def test_nothing_is_nameless_or_beyond_the_window(station, dressed, lang, size):
    desk = station()
    desk.who = replace(desk.who, language=lang.value)
    dressed.set_lang(lang)
    desk.shell.resize(*size)
    desk.see()
    assert not nameless(desk.room)
    room, acts = desk.room, desk.room.side.acts
    for part in (*acts.buttons.values(), *room.film.frames, room.health, room.head.review):
        corner = part.mapTo(room, part.rect().bottomRight())
        assert room.rect().contains(corner) and part.height() >= 32, type(part)
    assert all(b.height() >= 72 and b.width() >= 140 for b in acts.buttons.values())
    desk.room._act("overrule")
    assert acts.asking and not nameless(desk.room)


def test_the_screens_make_themselves_known(monkeypatch):
    load_screens()
    found = {s.key: s for s in registry.screens()}
    assert found["vision"].rail and not found["review"].rail and found["review"].parent == "vision"


# -- words ------------------------------------------------------------------------------------------------------------


def test_findings_are_counted_by_class():
    assert verdicts.findings_words([SHORT, MOUSEBITE, SHORT]).en == "Short ×2, Mousebite"
    assert verdicts.findings_words([]).en == ""


def test_the_newest_that_waits_is_judged_unless_another_was_chosen():
    rows = [inspection(5), inspection(4, Verdict.FAIL, (SHORT,), judged="confirmed"),
            inspection(3, Verdict.FAIL, (SHORT,)), inspection(2, Verdict.UNDECIDED)]  # fmt: skip
    assert verdicts.to_judge(rows, 0).number == 3
    assert verdicts.to_judge(rows, 5).number == 5
    assert verdicts.to_judge(rows, 99) is None and verdicts.to_judge(rows[:2], 0) is None


def test_the_same_place_is_where_findings_of_one_class_lie_on_each_other():
    here = inspection(9, Verdict.FAIL, (SHORT,))
    near = replace(SHORT, box=(306, 186, 356, 236))
    far = replace(SHORT, box=(10, 10, 60, 60))
    other = replace(MOUSEBITE, box=SHORT.box)
    others = [inspection(n, Verdict.FAIL, (f,)) for n, f in enumerate((near, far, other), 1)]
    assert verdicts.same_place(here, [here, *others]) == 1


def test_what_machines_write_to_each_other_is_no_process_value():
    plant = make_plant()
    text = next(t for t in plant.tags if t.type is TagType.STRING)
    row = inspection()
    subject = replace(row.subject, readings={text.id: "U1|A4|312||98.1", **row.subject.readings})
    told = verdicts.reading_words(replace(row, subject=subject), plant, Lang.KO)
    assert told == verdicts.reading_words(row, plant, Lang.KO) and len(told) == len(row.subject.readings)
