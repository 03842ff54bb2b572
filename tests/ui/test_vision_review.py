"""Review by keyboard alone: the queue, linked pictures, findings against tolerance, and what goes on record."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hmi.desk.vision_rows import ReviewQueue
from hmi.model.inspection import Verdict
from hmi.model.permission import PERMISSIONS, Action, Role
from hmi.model.text import Lang, Text
from hmi.model.words import say
from tests.ui.standin import nameless
from tests.ui.visiondesk import VisionDesk
from tests.ui.visionrows import SHORT, inspection, queue, recipe_row
from ui.equipment import verdicts
from ui.screens.review import presenter
from ui.screens.review.detail import Detail
from ui.screens.review.screen import ReviewScreen
from ui.shell.registry import ScreenSpec

K = Qt.Key


@pytest.fixture
def seat(tmp_path, qtbot, monkeypatch, only_screen, opens):
    monkeypatch.setattr(verdicts, "SETTLE_S", 0.0)
    only_screen(ScreenSpec("review", "check", "reviewscreen.title", ReviewScreen))

    def sit(role=Role.INSPECTOR, **place):
        found = opens(VisionDesk(tmp_path, qtbot, role))
        found.room = found.go("review", **place)
        return found

    return sit


def numbers(desk):
    return [r.number for r in desk.room.table.rows_model.rows]


def test_the_oldest_is_looked_at_first_with_all_three_pictures(seat):
    desk = seat()
    assert numbers(desk) == [140, 149, 158, 167, 176, 185, 194] and desk.room.row.number == 140
    compare = desk.room.compare
    assert all(v.has_image for v in compare.views.values()) and compare.sight.zoom > 2 and compare.finding == 0
    assert "7 waiting" in desk.room.queue.head.remark.text()


def test_keys_go_through_the_queue_and_stop_at_its_ends(seat):
    desk = seat()
    desk.press(K.Key_P)
    assert desk.room.row.number == 140
    for _ in range(9):
        desk.press(K.Key_N)
    assert desk.room.row.number == 194
    desk.press(K.Key_P)
    assert desk.room.row.number == 185


def test_z_goes_round_the_findings_and_all_pictures_follow(seat):
    desk = seat()
    desk.room.table.choose(194)
    desk.see()
    compare, seen = desk.room.compare, []
    for _ in range(4):
        seen.append((compare.finding, round(compare.sight.centre.x(), 2)))
        desk.press(K.Key_Z)
    count = len(desk.room.row.findings)
    assert [s[0] for s in seen] == [n % count for n in range(4)]
    assert desk.room.detail.findings.chosen_row.at == compare.finding
    before = compare.sight.zoom
    desk.press(K.Key_Minus)
    assert compare.sight.zoom < before
    desk.press(K.Key_Plus)
    assert compare.sight.zoom == pytest.approx(before)
    desk.press(K.Key_0)
    assert compare.sight.zoom == 1


def test_a_finding_chosen_in_the_table_is_looked_at(seat):
    desk = seat()
    desk.room.table.choose(149)
    desk.see()
    table = desk.room.detail.findings
    table.setCurrentIndex(table.rows_model.index(1, 0))
    assert desk.room.compare.finding == 1


def test_confirming_records_once_and_goes_on(seat):
    desk = seat()
    desk.press(K.Key_C)
    assert desk.asked("judge") == [{"number": 140, "verdict": "confirm", "reason": ""}]
    assert numbers(desk) == [149, 158, 167, 176, 185, 194] and desk.room.row.number == 149
    assert "U2041-000140: NG confirmed, on record" in desk.told.en


def test_overruling_takes_one_of_six_reasons(seat):
    desk = seat()
    desk.press(K.Key_O)
    assert desk.room.acts.asking
    desk.press(K.Key_Escape)
    assert not desk.room.acts.asking and not desk.asked("judge")
    for at, reason in enumerate(verdicts.REASONS):
        desk.press(K.Key_O)
        desk.press(Qt.Key(K.Key_1 + at))
        assert desk.asked("judge")[-1]["reason"] == reason
    assert numbers(desk) == [194] and "Other" in desk.told.en
    desk.press(K.Key_C)
    assert not numbers(desk) and desk.room.none.isVisible() and "Nothing waits" in desk.room.none.accessibleName()


def test_a_second_press_does_not_judge_the_part_that_came_up(seat, monkeypatch):
    desk = seat()
    desk.press(K.Key_C)
    monkeypatch.setattr(verdicts, "SETTLE_S", 60.0)
    desk.press(K.Key_C)
    assert len(desk.asked("judge")) == 1 and "just come" in desk.told.en and desk.room.row.number == 149


def test_a_refusal_keeps_the_part_in_the_queue(seat):
    desk = seat()
    desk.refuses = say("people.nobody")
    desk.press(K.Key_C)
    assert desk.room.row.number == 140 and "nothing was recorded" in desk.told.en


def test_what_the_list_says_later_does_not_bring_a_judged_part_back(seat):
    desk = seat()
    stale = ReviewQueue(7, list(desk.waiting))
    desk.talk.answers["review"] = lambda **_: stale
    desk.press(K.Key_C)
    assert desk.asked("judge") and 140 not in numbers(desk)


def test_new_parts_do_not_move_the_one_that_is_looked_at(seat):
    desk = seat()
    desk.press(K.Key_N)
    zoom = desk.room.compare.sight.zoom
    desk.press(K.Key_Minus)
    newer = replace(inspection(300, Verdict.FAIL, (SHORT,)), at_ns=desk.now)
    desk.waiting = [*desk.waiting, newer]
    desk.hear({"inspection": newer})
    desk.see()
    assert desk.room.row.number == 149 and 300 in numbers(desk) and desk.room.compare.sight.zoom < zoom


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_may_not_is_told(seat, role):
    desk = seat(role)
    desk.press(K.Key_C)
    allowed = Action.JUDGE in PERMISSIONS[role]
    assert bool(desk.asked("judge")) is allowed
    if not allowed:
        assert desk.told == desk.room.acts.buttons["confirm"].why and desk.room.row.number == 140


def test_holding_the_lot_says_when_there_is_no_quality_screen(seat):
    desk = seat()
    desk.press(K.Key_H)
    assert "LOT-2041 was not held" in desk.told.en


def test_one_arrives_at_a_part_by_its_number(seat):
    assert seat(inspection="176").room.row.number == 176


def test_without_a_kept_picture_it_says_so(seat):
    desk = seat()
    desk.waiting = [replace(desk.waiting[0], number=401, evidence="", golden="")]
    desk.see()
    views = desk.room.compare.views
    assert all(v.doubted == say("reviewscreen.no_picture") for v in views.values()) and desk.room.settled()


def test_findings_are_told_against_the_tolerance_of_the_recipe_they_were_found_with():
    row = inspection(1, Verdict.FAIL, (SHORT,))
    assert "limit 8 px" in presenter.findings(row, [recipe_row()])[0].against.en
    other = presenter.findings(row, [recipe_row(version=4)])[0].against.en
    assert "412 px" in other and "limit" not in other


def test_who_comes_after_a_judged_part():
    rows = queue(3)
    first, second, third = (r.number for r in rows)
    assert presenter.heir(rows, first) == second and presenter.heir(rows, third) == second
    assert presenter.heir(rows[:1], first) == 0 and presenter.heir([], 5) == 0
    assert presenter.following(rows, 999, 1) == first and presenter.following([], 1, 1) == 0


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("lang", list(Lang))
def test_nothing_is_nameless_or_beyond_the_window(seat, dressed, lang, size):
    desk = seat()
    desk.who = replace(desk.who, language=lang.value)
    dressed.set_lang(lang)
    desk.shell.resize(*size)
    desk.see()
    assert not nameless(desk.room)
    room = desk.room
    for part in (*room.acts.buttons.values(), *room.compare.views.values(), room.compare.next):
        assert room.rect().contains(part.mapTo(room, part.rect().bottomRight())), type(part)
    desk.press(K.Key_O)
    assert not nameless(desk.room)


def test_on_a_low_screen_what_was_found_is_whole_before_what_it_is_bound_to(qtbot, dressed):
    dressed.set_lang(Lang.KO)
    why = Text("The camera sent no picture.", "카메라가 0.8초 안에 이미지를 보내지 않았습니다. 연결을 확인하십시오.")
    row = replace(inspection(verdict=Verdict.UNDECIDED), why=why)
    detail = Detail()
    qtbot.addWidget(detail)
    detail.resize(795, 150)
    detail.show()
    detail.show_part(row, [], None, -1)
    QApplication.processEvents()
    assert detail.facts.isHidden()
    assert detail.verdict.height() >= detail.verdict.heightForWidth(detail.verdict.width())
    detail.resize(795, 400)
    QApplication.processEvents()
    assert detail.facts.isVisible()
