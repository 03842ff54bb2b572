"""The material map, its plans and its reroutes: words without Qt, then the screen on a desk of answers."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.model.command import CommandOutcome
from hmi.model.permission import Role
from hmi.model.text import Text
from tests.ui.materialrows import (
    DONE,
    NOTHING,
    PARTLY,
    RETURNED,
    STEPS,
    WAITING,
    WRONG,
    lane,
    material_map,
    node,
    option,
    plan,
    route,
    run,
)
from tests.ui.openedscreen import OpenedScreens, asked, assert_it_fits_and_speaks_both_languages, press, turn
from tests.ui.peopledesk import PASSWORD, person
from tests.ui.plantrows import make_plant
from ui.screens.material import presenter
from ui.screens.material.screen import MaterialScreen
from ui.theme.look import look
from ui.widgets.flowmap import LaneLook

PLANT = make_plant()
S = 1_000_000_000


def test_lines_are_rows_in_the_order_of_flow():
    found = material_map()
    found.nodes.reverse()
    rows = presenter.map_lines(found, PLANT)
    assert [x.name.en for x in rows] == ["Line 1", "Line 2", "Line 3"]
    assert [n.id for n in rows[2].nodes] == [f"L3.S{n}" for n in range(1, 7)]


def test_a_failed_station_is_called_so_and_held_material_is_told():
    failed = presenter.map_node(node("L3.S2", failed=True, held=True, gate_closed=True, level=None), PLANT, None)
    assert [w.en for w in failed.words] == ["Failed"]
    for part in ("Failed", "– of 8 units wait", "material on hold", "gate closed", "LOT-3041"):
        assert part in failed.told.en


@pytest.mark.parametrize(
    ("asked", "active", "planned", "drawn"),
    [(True, True, False, LaneLook.OPEN), (False, True, False, LaneLook.OPEN), (True, False, False, LaneLook.ASKED),
     (True, None, False, LaneLook.ASKED), (False, False, True, LaneLook.PLANNED),
     (None, None, False, LaneLook.UNKNOWN), (False, False, False, LaneLook.SHUT)],
)  # fmt: skip
def test_a_lane_is_open_only_when_the_controller_reports_it(asked, active, planned, drawn):
    assert presenter.lane_look(lane("L1.S1", "L2.S2", asked=asked, active=active), planned) is drawn


def test_open_lanes_are_drawn_last_with_their_units():
    drawn = presenter.map_lanes(material_map(), option())
    assert drawn[-1].look is LaneLook.OPEN and drawn[-1].label.en == "units: 12"
    assert next(x for x in drawn if x.look is LaneLook.PLANNED).label.en == "38 units/h"


def test_only_a_fresh_answer_that_writes_can_be_signed():
    now = time.time_ns()
    assert presenter.why_no_reroute(plan(), option(), now) is None
    for made, chosen in ((None, None), (plan(), None), (plan(), WAITING), (plan(), NOTHING),
                         (plan(made_ns=now - 301 * S), option())):  # fmt: skip
        assert presenter.why_no_reroute(made, chosen, now) is not None


def test_estimates_carry_their_range_and_unit():
    assert presenter.range_words(option().throughput, "n_units").en == "412 units (380 to 440)"
    assert presenter.range_words(None, "n_units").en == "–"
    assert "34 min (20 to 60)" in presenter.costs_words(option()).en
    assert "20 min (14 min to 26 min)" in presenter.repair_words(plan()).en


def test_the_way_back_begins_with_the_last_step_that_was_tried():
    def words(found):
        return [v.en for _, v in presenter.back_rows(found, None)]

    assert words(run()) == ["L1.S2.DivertTo → 0", "L3.S1.DivertTo → 0"]
    assert words(run((DONE,))) == ["L3.S1.DivertTo → 0"]
    assert words(run(steps=(replace(STEPS[0], back=None), STEPS[1]))) == ["L1.S2.DivertTo → 0"]


def test_steps_tell_what_became_of_each():
    rows = presenter.step_rows(run((DONE, WRONG)), None, None)
    assert [ok for *_, ok in rows] == [True, False] and "Bad_Denied" in rows[1][1].en
    assert presenter.step_rows(run((DONE,)), None, None)[1][3] is None
    unknown = replace(DONE, outcome=CommandOutcome.UNKNOWN)
    assert presenter.step_rows(run((unknown,)), None, None)[0][3] is False


@pytest.fixture
def opened(tmp_path, qtbot):
    screens = OpenedScreens(tmp_path, PLANT)

    def open_screen(place=None, who=None, size=(1830, 900), **answers):
        told = {
            "material_map": lambda: material_map(reroutes=[RETURNED, route(), PARTLY]),
            "plan_around": lambda station: plan(station),
            "reroute": lambda failed, **_: route(9, "EXECUTING", failed=failed, run=run(())),
            "return_route": lambda id, **_: route(id, "RETURNING", can_return=False), **answers,
        }  # fmt: skip
        return screens.open(MaterialScreen, told, place, who, size)

    yield open_screen
    screens.close()


def test_a_station_is_chosen_on_the_map_and_its_answers_are_asked_for(opened, qtbot):
    screen, talk = opened()
    assert screen.settled() and len(screen.map.tiles) == 18
    press(qtbot, screen.map.tiles["L3.S2"])
    page = screen.station
    assert page.station == "L3.S2" and screen.scope() == "L3.S2" and asked(talk, "plan_around") == []
    press(qtbot, page.ask_button)
    assert page.planning and not screen.settled()
    turn(screen)
    assert asked(talk, "plan_around") == [{"station": "L3.S2"}] and not page.planning
    shown = [r for r in page.options.rows if r.isVisible()]
    assert len(shown) == 4 and page.options.index == 0 and "board B2" in shown[1].accessibleDescription()
    assert any(x.look is LaneLook.PLANNED for x in screen.map.lanes)
    screen._page("routes")
    assert not any(x.look is LaneLook.PLANNED for x in screen.map.lanes)


@pytest.mark.parametrize("leave", ["station", "page", "hide"])
def test_leaving_lets_the_question_go(opened, leave):
    screen, talk = opened({"station": "L3.S2"})
    screen.station.ask_plan()
    if leave == "station":
        screen._chosen("L1.S1")
    elif leave == "page":
        screen._page("routes")
    else:
        screen.hide()
    assert not screen.station.planning
    turn(screen)
    assert screen.station.plan is None and len(asked(talk, "plan_around")) == 1


def test_every_lane_of_a_reroute_has_a_row_of_its_own():
    two, none = (presenter.facts(route(lanes=lanes), PLANT, time.time_ns(), None) for lanes in (["a", "b"], []))
    assert [getattr(word, "en", word) for _, word in two[-2:]] == ["a", "b"]  # a row is one line high
    assert [name.en for name, _ in two[-2:]] == [none[-1][0].en, ""]
    assert none[-1][1].en == "–"


def test_a_plan_that_is_refused_says_why(opened):
    why = Text("no lanes in the plant file", "플랜트 파일에 레인이 없습니다")
    screen, _ = opened({"station": "L3.S2", "plan": "1"}, plan_around=lambda station: why)
    turn(screen)
    assert not screen.station.planning and screen.station.progress.text() == why.en
    assert not screen.station.go_button.isVisible()


def test_a_reroute_is_signed_with_reason_and_password_and_never_by_enter(opened, qtbot):
    screen, talk = opened({"station": "L3.S2", "plan": "1"})
    turn(screen)
    press(qtbot, screen.station.go_button)
    plate = screen.station.plate
    told = plate.facts.accessibleDescription()
    assert "L3.S1.DivertTo → 1 (back: 0)" in told and "412 units (380 to 440)" in told
    press(qtbot, plate.confirm)
    plate.reason.choose("failed")
    press(qtbot, plate.confirm)
    plate.password.field.setText(PASSWORD)
    for part in (plate.password.field, plate.confirm, plate):
        qtbot.keyClick(part, Qt.Key.Key_Return)
    assert asked(talk, "reroute") == []
    press(qtbot, plate.confirm)
    turn(screen)
    assert asked(talk, "reroute") == [
        {"failed": "L3.S2", "option": 0, "reason": "Station failed", "password": PASSWORD}
    ]
    assert not plate.isVisible() and "Under way" in screen.window_.told[-1].en
    assert screen.stack.currentWidget() is screen.routes


def test_an_answer_that_writes_nothing_is_not_signed(opened, qtbot):
    screen, talk = opened({"station": "L3.S2", "plan": "1"})
    turn(screen)
    screen.station.options.choose(2)
    press(qtbot, screen.station.go_button)
    assert screen.station.said.text() == look().say("materialscreen.no_writes") and asked(talk, "reroute") == []


def test_who_may_not_reroute_is_told_why(opened, qtbot):
    screen, talk = opened({"station": "L3.S2", "plan": "1"}, who=person(role=Role.OPERATOR))
    turn(screen)
    press(qtbot, screen.station.go_button)
    assert screen.station.go_button.why is not None and screen.station.said.text()
    screen._page("routes")
    press(qtbot, screen.routes.back_button)
    assert asked(talk, "reroute") == asked(talk, "return_route") == []


def test_a_reroute_is_taken_back_with_a_signature(opened, qtbot):
    screen, talk = opened({"route": "4"})
    page = screen.routes
    assert page.row.id == 4 and [ok for *_, ok in page.steps.rows] == [True, False]
    assert page.card_button.isVisible() and "Bad_Denied" in page.why.text()
    press(qtbot, page.back_button)
    plate = page.plate
    plate.reason.choose("repaired")
    plate.password.field.setText(PASSWORD)
    press(qtbot, plate.confirm)
    turn(screen)
    assert asked(talk, "return_route") == [{"id": 4, "reason": "Repaired", "password": PASSWORD}]
    page.choose(2)
    assert page.back_button.why is not None


def test_a_wrong_password_keeps_the_plate(opened, qtbot):
    wrong = Text("The password is wrong.", "비밀번호가 틀립니다.")
    screen, _ = opened({"route": "3"}, return_route=lambda **_: wrong)
    press(qtbot, screen.routes.back_button)
    plate = screen.routes.plate
    plate.reason.choose("worse")
    plate.password.field.setText("x")
    press(qtbot, plate.confirm)
    turn(screen)
    assert plate.isVisible() and plate.said.text() == wrong.en and not plate.password.typed and not plate.busy


def test_news_of_a_reroute_is_asked_for_at_once(opened):
    rows = [route(state="EXECUTING")]
    screen, _ = opened({"route": "3"}, material_map=lambda: material_map(reroutes=list(rows)))
    rows[:] = [route(state="VERIFIED")]
    screen.desk.told.emit({"reroute": {"id": 3}})
    for _ in range(2):
        screen.desk.tick()
    assert screen.routes.row.state == "VERIFIED"


def test_a_plant_without_lanes_says_what_is_missing(opened):
    why = Text("The plant file tells of no lanes.", "플랜트 파일에 레인이 없습니다.")
    screen, _ = opened(material_map=lambda: material_map(lanes=[], reroutes=[], why=why))
    assert screen.why.text() == why.en and len(screen.map.tiles) == 18
    bare, _ = opened(material_map=lambda: material_map(nodes=[], lanes=[], reroutes=[]))
    assert bare.empty.isVisible() and not bare.area.isVisible()


def test_a_lot_can_be_held_from_its_station(opened, qtbot):
    screen, _ = opened({"station": "L2.S5"})
    press(qtbot, screen.station.hold_button)
    assert screen.window_.went[-1] == ("quality", {"lot": "LOT-2041"})
    press(qtbot, screen.station.face)
    assert screen.window_.faceplates == ["L2.S5"]


@pytest.mark.parametrize("place", [{}, {"station": "L3.S2", "plan": "1"}])
@pytest.mark.parametrize("size", [(1830, 900), (1176, 560)])
def test_every_page_fits_is_named_and_speaks_both_languages(opened, place, size):
    screen, _ = opened(place, size=size)
    turn(screen)
    assert_it_fits_and_speaks_both_languages(screen, size)
    assert screen.map.tiles["L3.S2"].accessibleName().startswith("설비 2")
