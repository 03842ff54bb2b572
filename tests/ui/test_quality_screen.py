"""The quality screen on a desk that answers from a dictionary: board, placing, releasing, gates again, trace."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from hmi.model.hold import Disposition, HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.permission import Role
from hmi.model.text import Text
from tests.ui.openedscreen import OpenedScreens, asked, assert_it_fits_and_speaks_both_languages, press, turn
from tests.ui.peopledesk import PASSWORD, person
from tests.ui.plantrows import make_plant
from tests.ui.qualityrows import HELD, MATERIAL, NO_GATE, PAPER, PARTLY, RELEASED, ROWS, TRACE, UNKNOWN, fates, preview
from tests.ui.standin import nameless
from ui.screens.quality.screen import QualityScreen
from ui.theme.look import look

PLANT = make_plant()
WRONG = Text("The password is wrong.", "비밀번호가 틀립니다.")


@pytest.fixture
def opened(tmp_path, qtbot):
    screens = OpenedScreens(tmp_path, PLANT)

    def place_hold(scope, reason, note, password, key):
        if password != PASSWORD:
            return WRONG
        return replace(HELD, id=11, scope=scope, reason=reason, note=note, name=Text.same(scope.ids[0]))

    def open_screen(place=None, who=None, size=(1830, 900), **answers):
        told = {
            "holds": lambda released, limit: [*ROWS, *([RELEASED] if released else [])],
            "hold_units": lambda **_: fates(), "material_now": lambda: MATERIAL,
            "preview_hold": lambda scope: preview(scope), "trace": lambda unit: replace(TRACE, unit=unit),
            "place_hold": place_hold,
            "release_hold": lambda id, disposition, **_: replace(RELEASED, id=id, disposition=disposition),
            "close_gates": lambda id, password: replace(HELD, id=id), **answers,
        }  # fmt: skip
        return screens.open(QualityScreen, told, place, who, size)

    yield open_screen
    screens.close()


def test_the_board_shows_each_hold_with_its_state_in_words(opened):
    screen, _ = opened()
    board = screen.board
    assert screen.settled() and [r.id for r in board.table.rows_model.rows] == [5, 6, 4]
    column = board.table.rows_model.columns[0]
    assert column.text(PAPER) == "ON PAPER ONLY" and column.text(HELD) == "HELD · gates verified"
    assert board.strip.isVisible() and "1,244" in board.strip.accessibleName()
    assert board.detail.row.id == 5 and not board.detail.gates.rows
    assert NO_GATE.en == board.detail.why.text()


def test_an_empty_board_does_not_say_that_nothing_is_held_before_the_answer(opened):
    screen, _ = opened(holds=lambda **_: Text("the engine is busy", "엔진이 바쁩니다"))
    assert look().text(screen.board.table._empty) == look().say("qualityscreen.asking")
    assert screen.board.count.text() == "the engine is busy"
    other, _ = opened(holds=lambda **_: [])
    assert look().text(other.board.table._empty) == look().say("qualityscreen.empty")


def test_a_hold_is_placed_from_a_lots_button_in_three_clicks_and_a_signature(opened, qtbot):
    screen, talk = opened()
    press(qtbot, screen.board.now.buttons[("L3", "lot", "LOT-3007")])  # 1
    turn(screen)
    plate = screen.plate
    assert plate.isVisible() and plate.preview is not None and plate.scope.lots.chosen == ["LOT-3007"]
    assert plate.facts.isVisible() and len(plate.gates.rows) == 2 and not plate.paper.isVisible()
    press(qtbot, plate.reason.buttons["reject_run"])  # 2
    assert plate.window().focusWidget() is plate.password.field
    qtbot.keyClicks(plate.password.field, PASSWORD)
    press(qtbot, plate.confirm)  # 3
    turn(screen)
    (given,) = asked(talk, "place_hold")
    assert given["scope"] == HoldScope(ScopeKind.LOT, ("LOT-3007",)) and given["reason"] is HoldReason.REJECT_RUN
    assert given["password"] == PASSWORD and len(given["key"]) == 32
    assert not plate.isVisible() and not plate.password.typed
    assert "HELD" in screen.window_.told[-1].en and "11" in screen.window_.told[-1].en


def test_from_the_new_hold_button_it_takes_four_clicks(opened, qtbot):
    screen, talk = opened()
    press(qtbot, screen.board.new_button)
    turn(screen)
    plate = screen.plate
    assert plate.why_not().en == "Choose a lot." and asked(talk, "preview_hold") == []
    press(qtbot, plate.scope.lots.buttons["LOT-2041"])
    turn(screen)
    press(qtbot, plate.reason.buttons["yield"])
    plate.password.field.setText(PASSWORD)
    press(qtbot, plate.confirm)
    assert asked(talk, "place_hold")[0]["scope"].ids == ("LOT-2041",)


def test_what_would_be_on_paper_only_is_said_before_the_signature(opened):
    screen, _ = opened({"lot": "LOT-3007"}, preview_hold=lambda scope: preview(scope, paper=True))
    plate = screen.plate
    assert plate.paper.isVisible() and "ON PAPER ONLY" in plate.paper.accessibleName()
    assert NO_GATE.en in plate.paper.accessibleName()


@pytest.mark.parametrize(
    ("place", "kind", "ids"),
    [({"lot": "LOT-9"}, ScopeKind.LOT, ("LOT-9",)), ({"batch": "2B"}, ScopeKind.BATCH, ("2B",)),
     ({"unit": "B-7"}, ScopeKind.UNITS, ("B-7",))],
)  # fmt: skip
def test_one_can_arrive_with_what_is_to_be_held(opened, place, kind, ids):
    screen, talk = opened(place)
    assert screen.plate.isVisible() and screen.plate.scope.scope == HoldScope(kind, ids)
    assert asked(talk, "preview_hold")[-1]["scope"] == HoldScope(kind, ids)


def test_everything_since_a_moment_is_open_until_the_release_unless_told(opened, qtbot):
    screen, _ = opened({"station": "L2.S4"})
    scope = screen.plate.scope
    assert scope.kind is ScopeKind.STATION and isinstance(scope.scope, Text)
    press(qtbot, scope.since.buttons["15"])
    first = scope.scope
    assert first.ids == ("L2.S4",) and first.until_ns == 0
    turn(screen)
    assert scope.scope == first, "what is previewed does not run away with the clock"
    press(qtbot, scope.goes_on)
    assert scope.scope.until_ns - scope.scope.since_ns == 15 * 60 * 10**9
    scope.clock.field.setText("00:01")
    assert scope.since.key == "" and scope.scope.since_ns > 0


def test_enter_never_signs_and_a_wrong_password_keeps_what_was_chosen(opened, qtbot):
    screen, talk = opened({"lot": "LOT-3007"})
    plate = screen.plate
    plate.reason.buttons["spc"].click()
    plate.password.field.setText("wrong")
    for part in (plate.password.field, plate.confirm, plate):
        qtbot.keyClick(part, Qt.Key.Key_Return)
    assert asked(talk, "place_hold") == []
    press(qtbot, plate.confirm)
    turn(screen)
    assert plate.isVisible() and plate.said.text() == WRONG.en and plate.reason.key == "spc"
    assert not plate.password.typed and screen.window_.told[-1] == WRONG
    plate.password.field.setText(PASSWORD)
    press(qtbot, plate.confirm)
    first, second = asked(talk, "place_hold")
    assert first["key"] == second["key"], "the same order, tried again"


def test_a_preview_of_another_choice_is_not_shown(opened):
    screen, _ = opened({"lot": "LOT-3007"})
    plate = screen.plate
    late = preview(HoldScope(ScopeKind.LOT, ("LOT-1",)))
    plate._previewed(late)
    assert plate.preview != late


def test_who_may_not_hold_is_told_why_and_nothing_is_asked(opened, qtbot):
    screen, talk = opened(who=person(role=Role.VIEWER))
    press(qtbot, screen.board.new_button)
    press(qtbot, screen.board.now.buttons[("L1", "lot", "LOT-1017")])
    assert screen.board.new_button.why is not None and asked(talk, "preview_hold") == []
    press(qtbot, screen.board.detail.release_button)
    assert asked(talk, "release_hold") == [] and screen.board.detail.said.text()


def test_a_release_needs_what_becomes_of_it_a_note_and_a_password(opened, qtbot):
    screen, talk = opened({"hold": "4"})
    detail = screen.board.detail
    assert detail.row.id == 4
    press(qtbot, detail.release_button)
    plate = screen.release_plate
    steps = [plate.missing().en]
    press(qtbot, plate.disposition.buttons["REWORK"])
    steps.append(plate.missing().en)
    plate.note.field.setText("reflowed, all 38 seen")
    assert steps == ["Choose what becomes of the material.", "Write what was found."] and plate.missing() is None
    press(qtbot, plate.confirm)
    assert asked(talk, "release_hold") == []
    plate.password.field.setText(PASSWORD)
    press(qtbot, plate.confirm)
    turn(screen)
    assert asked(talk, "release_hold") == [
        {"id": 4, "disposition": Disposition.REWORK, "note": "reflowed, all 38 seen", "password": PASSWORD}
    ]
    assert not plate.isVisible() and "released" in screen.window_.told[-1].en


def test_a_release_whose_gate_stays_shut_says_so(opened):
    screen, _ = opened({"hold": "4"}, release_hold=lambda id, **_: replace(RELEASED, id=id, why=NO_GATE))
    screen.release_plate.ask(HELD)
    screen.release_plate.disposition.choose(["SCRAP"])
    screen.release_plate.send("", PASSWORD)
    turn(screen)
    assert NO_GATE.en in screen.window_.told[-1].en and "not every gate" in screen.window_.told[-1].en


def test_gates_can_be_tried_again_only_while_one_is_open(opened, qtbot):
    screen, talk = opened({"hold": "6"})
    detail = screen.board.detail
    assert detail.row.id == 6 and detail.close_button.isVisible() and not detail.card_button.isVisible()
    press(qtbot, detail.close_button)
    plate = screen.close_plate
    plate.password.field.setText(PASSWORD)
    press(qtbot, plate.confirm)
    assert asked(talk, "close_gates") == [{"id": 6, "password": PASSWORD}]
    screen.board.show_hold(4)
    assert not detail.close_button.isVisible() and detail.card_button.isVisible()
    press(qtbot, detail.card_button)
    assert screen.window_.went[-1] == ("decisions", {"id": "7"})


def test_news_of_a_hold_is_asked_for_at_once(opened):
    rows = list(ROWS)
    screen, _ = opened(holds=lambda **_: list(rows))
    screen.board.show_hold(6)
    rows[2] = replace(PARTLY, state=HoldState.HELD, gates=HELD.gates)
    screen.desk.told.emit({"hold": {"id": 6}})
    for _ in range(2):
        screen.desk.tick()
    assert screen.board.detail.row.id == 6 and screen.board.detail.row.state is HoldState.HELD


def test_a_hold_that_is_released_by_now_is_found_on_the_board(opened):
    screen, _ = opened({"hold": "2"})
    turn(screen)
    assert screen.board.released.isChecked() and screen.board.detail.row.id == 2
    assert screen.board.detail.release_button.why is not None


def test_a_trace_goes_back_and_forward_and_can_be_held(opened, qtbot):
    screen, talk = opened({"page": "trace", "unit": "B-1004"})
    page = screen.trace
    assert asked(talk, "trace") == [{"unit": "B-1004"}] and page.sheet.isVisible()
    assert [s.batch for s in page.lane.steps] == ["2A", "2A", "2B", "2B", "2B", "2B"]
    assert "400" in page.same_lot.text() and "1,262" in page.same_batch.text()
    press(qtbot, page.lot)
    assert screen.plate.scope.scope == HoldScope(ScopeKind.LOT, ("LOT-2041",))
    screen.plate.shut()
    press(qtbot, page.holds._buttons[0])
    assert screen.window_.went[-1] == ("quality", {"hold": "4"})


def test_a_unit_that_nobody_knows_is_said_so(opened, qtbot):
    screen, talk = opened({"page": "trace"}, trace=lambda unit: replace(UNKNOWN, unit=unit))
    assert asked(talk, "trace") == []
    qtbot.keyClicks(screen.trace.field, " B-9 ")
    qtbot.keyClick(screen.trace.field, Qt.Key.Key_Return)
    turn(screen)
    assert asked(talk, "trace") == [{"unit": "B-9"}]
    assert not screen.trace.sheet.isVisible() and "B-9" in screen.trace.empty.accessibleName()
    assert not screen.trace.hold_unit.isVisible()


@pytest.mark.parametrize("place", [{}, {"page": "trace", "unit": "B-1004"}])
@pytest.mark.parametrize("size", [(1830, 900), (1176, 560)])
def test_every_page_fits_is_named_and_speaks_both_languages(opened, place, size):
    screen, _ = opened(place, size=size)
    assert_it_fits_and_speaks_both_languages(screen, size)
    if not place:
        assert screen.board.table.rows_model.columns[0].text(PAPER) == "서류상 보류 (격리 필요)"


def test_the_plates_are_named_too(opened):
    screen, _ = opened({"lot": "LOT-3007"})
    assert nameless(screen) == []
    screen.release_plate.ask(HELD)
    assert nameless(screen) == []
