"""The decision inbox on a desk that answers from a dictionary: judging, signing, refusals, what comes after."""

import time
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from hmi.desk.command_rows import ModeRow
from hmi.desk.decision_rows import Inbox
from hmi.model.decision import DecisionState as ST
from hmi.model.decision import Effect
from hmi.model.permission import Role
from hmi.model.text import Lang, Text
from tests.ui.decisionrows import (
    LEARNING,
    at_state,
    hold_card,
    inbox,
    inspection,
    judged,
    reroute_card,
    series,
    spans,
    step_card,
)
from tests.ui.peopledesk import PASSWORD, PeopleDesk, person
from tests.ui.plantrows import make_plant
from tests.ui.standin import Plantside, StandIn, StandInWindow, nameless
from ui.bridge.desk import Desk
from ui.screens.decisions.screen import DecisionsScreen
from ui.theme.look import look
from ui.widgets.factsheet import FactSheet
from ui.widgets.label import Caption

PLANT = make_plant()
MOVED = Text("A value has moved: look again.", "값이 바뀌었습니다. 다시 확인하십시오.")
WRONG = Text("The password is wrong.", "비밀번호가 올바르지 않습니다.")


class Opened:
    """The screen with an engine's half that a test can speak for."""

    def __init__(self, folder, qtbot, *cards, who=None, size=(1830, 940), learning=()):
        self.cards = {c.row.id: c for c in cards}
        self.learning, self.refusal = learning, None
        self.who = who or person()
        Plantside(folder, PLANT).beat()
        self.talk = StandIn({
            "who": lambda: self.who, "mode": lambda: ModeRow("CONTROL", 0, ""), "inbox": self.inbox,
            "decision": lambda id: self.cards.get(id) or Text.same("no such card"), "judge_cause": self.judge,
            "decide": self.decide, "undo_decision": lambda id, reason, password: self.cards[id],
            "history": series, "states": spans,
            "inspection": lambda number: inspection(number, folder) if number < 900 else Text.same("no inspection"),
        })  # fmt: skip
        self.desk = Desk(folder, self.talk)
        self.window = StandInWindow(self.desk)
        self.screen = DecisionsScreen(self.window)
        qtbot.addWidget(self.screen)
        self.qtbot = qtbot
        self.screen.resize(*size)
        self.screen.show()
        self.screen.arrive({})
        self.turn()

    def inbox(self, past=20):
        return inbox(*self.cards.values(), learning=self.learning) if self.cards else Inbox(learning=self.learning)

    def judge(self, id, judgement):
        self.cards[id] = judged(self.cards[id], judgement)
        return self.cards[id]

    def decide(self, id, verdict, reason, password, shown):
        if self.refusal is not None:
            return self.refusal
        state = {"approve": ST.EXECUTING, "reject": ST.REJECTED, "defer": ST.DEFERRED}[verdict]
        self.cards[id] = at_state(self.cards[id], state, why=Text.same(reason))
        return self.cards[id]

    def turn(self, times=4):
        for asking in self.desk._askings:
            asking.now()
        for _ in range(times):
            self.desk._quarter_s = self.desk._second_s = float("-inf")
            self.desk.tick()
            QApplication.processEvents()

    def asked(self, name):
        return [more for asked, more in self.talk.asked if asked == name]

    @property
    def act(self):
        return self.screen.view.act

    def fill(self, verdict, chip, password=PASSWORD, words=""):
        """Press the verdict's button and fill in its plate, as a person does."""
        button = self.act.undo if verdict == "undo" else self.act.buttons[verdict]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        plate = self.act.plates[verdict]
        self.qtbot.mouseClick(plate.reason.buttons[chip], Qt.MouseButton.LeftButton)
        plate.reason.words.field.setText(words)
        self.qtbot.keyClicks(plate.password.field, password)
        return plate

    def sign(self, plate):
        self.qtbot.mouseClick(plate.confirm, Qt.MouseButton.LeftButton)
        self.turn()


@pytest.fixture
def opened(tmp_path, qtbot):
    made = []

    def open_screen(*cards, **more):
        made.append(Opened(tmp_path, qtbot, *cards, **more))
        return made[-1]

    yield open_screen
    for found in made:
        found.desk.stop()


def said(root):
    """Everything in sight, as a screen reader tells it."""
    return "\n".join(
        f"{w.accessibleName()} {w.accessibleDescription()} {w.toolTip()}"
        for w in [root, *root.findChildren(QWidget)]
        if w.isVisible()
    )


def test_the_first_card_that_waits_is_shown_in_nine_parts(opened):
    found = opened(reroute_card(), hold_card())
    view = found.screen.view
    assert found.screen.settled() and found.screen.shown == 1042 and view.isVisible()
    heads = [p.head.title.text()[:1] for p in (view.evidence, view.context, view.effect, view.sure, view.alternatives,
                                               view.writes, view.undo, view.act)]  # fmt: skip
    assert heads == list("23456789")
    tops = [p.mapTo(found.screen, QPoint(0, 0)).y() for p in (view.what, view.evidence, view.alternatives, view.writes,
                                                              view.undo)]  # fmt: skip
    assert all(a < b for a, b in pairwise(tops))
    assert found.screen.crumbs()[0].en == "Card 1042" and found.screen.scope() == "L3"
    assert not nameless(found.screen)


def test_the_confidence_is_nowhere_before_the_own_judgement(opened):
    found = opened(reroute_card())
    assert "83" not in said(found.screen.view) and "91 %" not in said(found.screen.view)
    assert found.act.buttons["approve"].why is not None and found.act.buttons["reject"].why is None
    found.qtbot.keyClick(found.screen, Qt.Key.Key_A)
    found.turn()
    assert found.asked("judge_cause") == [{"id": 1042, "judgement": "agree"}]
    assert "83 % sure" in said(found.screen.view) and "91 %" in said(found.screen.view)
    assert found.act.buttons["approve"].why is None
    # given once, it is no longer asked for
    found.qtbot.keyClick(found.screen, Qt.Key.Key_D)
    found.turn()
    assert len(found.asked("judge_cause")) == 1


@pytest.mark.parametrize(("key", "judgement"), [(Qt.Key.Key_D, "differ"), (Qt.Key.Key_U, "unsure")])
def test_one_may_differ_or_be_unsure(opened, key, judgement):
    found = opened(step_card())
    found.qtbot.keyClick(found.screen, key)
    found.turn()
    assert found.asked("judge_cause")[0]["judgement"] == judgement


def test_no_button_is_the_default_and_enter_does_nothing(opened):
    found = opened(judged(reroute_card()))
    buttons = list(found.act.buttons.values())
    assert len({(b.width(), b.height()) for b in buttons}) == 1
    assert [b.property("verdict") for b in buttons] == ["reject", "defer", "approve"]
    for button in buttons:
        button.setFocus()
        found.qtbot.keyClick(button, Qt.Key.Key_Return)
        assert found.act.open_ == ""
    plate = found.fill("approve", "least_loss")
    for widget in (plate.password.field, plate.reason.words.field, plate.confirm):
        found.qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert found.asked("decide") == []


@pytest.mark.parametrize(
    ("verdict", "chip", "reason", "state"),
    [("approve", "least_loss", "Least loss", "being executed"),
     ("reject", "not_the_cause", "not_the_cause", "Rejected"),
     ("defer", "bad_moment", "bad_moment", "To decide: 1; ")],
)  # fmt: skip
def test_each_verdict_takes_the_same_steps(opened, verdict, chip, reason, state):
    found = opened(judged(reroute_card()))
    plate = found.fill(verdict, chip)
    found.sign(plate)
    assert found.asked("decide") == [
        {"id": 1042, "verdict": verdict, "reason": reason, "password": PASSWORD, "shown": "a1"}
    ]
    assert not plate.password.typed and found.act.open_ == ""
    assert "line 1" in found.window.told[-1].en
    found.turn()
    assert found.screen.shown == 1042  # the same card goes on
    shown = found.screen.list.accessibleDescription() + found.screen.view.what.countdown.text()
    assert state in shown


def test_a_signature_needs_a_reason_and_a_password(opened):
    found = opened(judged(reroute_card()))
    found.act.ask("approve")
    plate = found.act.plates["approve"]
    found.qtbot.mouseClick(plate.confirm, Qt.MouseButton.LeftButton)
    assert plate.said.text() == "Choose a reason."
    plate.reason.choose("other")
    plate.confirm.click()
    assert "password" in plate.said.text()
    found.qtbot.keyClick(plate.password.field, Qt.Key.Key_Escape)
    assert found.act.open_ == "" and found.asked("decide") == []


def test_what_was_typed_goes_along_with_the_chip(opened):
    found = opened(judged(reroute_card()))
    found.sign(found.fill("reject", "other", words="feeder changed at 14:02"))
    assert found.asked("decide")[0]["reason"] == "Other: feeder changed at 14:02"


def test_a_card_that_moved_says_so_is_made_new_and_asks_again(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss")
    card = found.cards[1042]
    found.refusal = MOVED
    writes = [*card.writes[:3], replace(card.writes[3], now=640.0)]
    found.cards[1042] = replace(card, writes=writes, shown="a2")
    found.sign(plate)
    assert found.act.open_ == "" and found.act.note.text() == MOVED.en and found.window.told[-1] == MOVED
    assert "640 pcs/h" in found.screen.view.writes.sheet.accessibleDescription()
    found.refusal = None
    found.sign(found.fill("approve", "least_loss"))
    assert [more["shown"] for more in found.asked("decide")] == ["a1", "a2"]


def test_what_is_signed_is_what_was_shown_when_the_plate_was_opened(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss")
    found.cards[1042] = replace(found.cards[1042], shown="a2")
    found.turn()
    found.sign(plate)
    assert found.asked("decide")[0]["shown"] == "a1"


def test_a_wrong_password_leaves_the_plate_with_its_reason(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss", "wrong")
    found.refusal = WRONG
    found.sign(plate)
    assert plate.isVisible() and plate.said.text() == WRONG.en and not plate.password.typed
    assert plate.reason.key == "least_loss"
    found.refusal = None
    found.qtbot.keyClicks(plate.password.field, PASSWORD)
    found.sign(plate)
    assert len(found.asked("decide")) == 2 and not plate.isVisible()


def test_a_card_of_two_persons_tells_what_it_waits_for(opened):
    why, at = Text("It takes two persons.", "두 사람이 필요합니다."), time.time_ns()
    card = replace(judged(step_card(), "agree"), two_persons=why, stale=None)
    found = opened(card)
    assert found.act.note.text() == why.en and found.act.buttons["approve"].why is None
    first = {"first_by": "Park Minsu", "first_ns": at, "second_until_ns": at + 120_000_000_000}
    for user in ("somebody else", found.who.user):
        found.cards[card.row.id] = replace(card, row=replace(card.row, first_user=user, **first))
        found.turn()
        assert "Park Minsu signed first" in found.act.note.text()
        forbidden = found.act.buttons["approve"].why
        assert (forbidden is None) == (user != found.who.user)
        assert found.act.buttons["reject"].why is None


def test_while_a_signature_is_on_its_way_it_is_not_given_twice(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss")
    found.qtbot.mouseClick(plate.confirm, Qt.MouseButton.LeftButton)
    found.qtbot.keyClicks(plate.password.field, PASSWORD)
    found.qtbot.mouseClick(plate.confirm, Qt.MouseButton.LeftButton)
    found.turn()
    assert len(found.asked("decide")) == 1


def test_a_stale_card_forbids_approval_with_its_reason(opened):
    found = opened(judged(reroute_card(stale=MOVED)))
    assert found.act.buttons["approve"].why == MOVED and found.act.note.text() == MOVED.en
    assert not found.act.ask("approve") and found.act.ask("reject")
    found.cards[1042] = replace(found.cards[1042], stale=None)
    found.act.fold()
    found.turn()
    assert found.act.buttons["approve"].why is None


def test_a_card_that_turns_stale_under_an_open_plate_cannot_be_signed(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss")
    found.cards[1042] = replace(found.cards[1042], stale=MOVED)
    found.turn()
    found.sign(plate)
    assert plate.said.text() == MOVED.en and found.asked("decide") == []


def test_the_same_card_goes_on_from_approval_to_effect(opened):
    found = opened(judged(step_card()))
    steps = found.screen.life.steps
    for state, effect, word in (
        (ST.EXECUTING, None, "being executed"), (ST.EXECUTED, None, "executed"), (ST.VERIFIED, None, "verified"),
        (ST.JUDGED, Effect.EFFECTIVE, "Effective"),
    ):  # fmt: skip
        found.cards[1044] = at_state(step_card(), state, effect)
        found.desk.told.emit({"decision": msgspec.to_builtins(found.cards[1044].row)})
        found.turn()
        assert found.screen.view.what.countdown.text().startswith(word)
        assert not found.act.buttons["approve"].isVisible() and found.screen.shown == 1044
    done = [f.clock for f in steps.facts]
    assert all(done) and done == sorted(done)
    assert "Measured 216.0 °C" in found.screen.view.effect.measured.text()
    assert not found.act.undo.isVisible()


def test_an_event_lets_the_card_be_asked_for_at_once(opened):
    found = opened(reroute_card())
    before = len(found.asked("decision"))
    found.desk.tick()
    assert len(found.asked("decision")) == before  # not due yet
    found.desk.told.emit({"decision": msgspec.to_builtins(found.cards[1042].row)})
    found.desk.tick()
    assert len(found.asked("decision")) == before + 1


def test_unknown_is_said_in_bold_and_nothing_offers_a_retry(opened):
    found = opened(at_state(reroute_card(), ST.UNKNOWN, outcomes=["VERIFIED", "UNKNOWN"]))
    assert found.act.note.text().startswith("OUTCOME UNKNOWN") and found.act.note.bold
    assert "1 of 4" in found.act.note.text()
    assert not any(b.isVisible() for b in found.act.buttons.values())


def test_undo_is_a_new_signed_act_with_its_preview(opened):
    found = opened(at_state(step_card(), ST.VERIFIED))
    assert found.act.undo.isVisible() and not found.act.preview.isVisible()
    plate = found.fill("undo", "worse")
    assert found.act.preview.isVisible() and "now 212" in found.act.preview.accessibleDescription()
    found.sign(plate)
    assert found.asked("undo_decision") == [{"id": 1044, "reason": "It made it worse", "password": PASSWORD}]
    assert not found.act.preview.isVisible()


def test_a_viewer_sees_all_and_decides_nothing(opened):
    found = opened(reroute_card(), who=person(role=Role.VIEWER))
    assert all(b.why is not None for b in (*found.act.buttons.values(), *found.screen.view.sure.buttons.values()))
    found.qtbot.keyClick(found.screen, Qt.Key.Key_A)
    found.qtbot.mouseClick(found.act.buttons["reject"], Qt.MouseButton.LeftButton)
    found.turn()
    assert found.asked("judge_cause") == [] and found.act.open_ == ""
    assert "Viewer" in found.window.told[-1].en


def test_another_person_finds_nothing_that_was_typed(opened):
    found = opened(judged(reroute_card()))
    plate = found.fill("approve", "least_loss")
    found.who = person("lee", Role.VIEWER, "Lee Dohyun")
    found.screen.session._who_is(found.who)
    assert not plate.password.typed and found.act.open_ == "" and found.act.buttons["approve"].why is not None


def test_j_and_k_go_through_the_cards_but_not_under_an_open_plate(opened):
    found = opened(judged(reroute_card()), hold_card())
    found.qtbot.keyClick(found.screen, Qt.Key.Key_J)
    found.turn()
    assert found.screen.shown == 1043 and found.screen.view.card.row.id == 1043
    found.qtbot.keyClick(found.screen, Qt.Key.Key_K)
    found.turn()
    assert found.screen.shown == 1042
    found.act.ask("reject")
    found.qtbot.keyClick(found.act.plates["reject"], Qt.Key.Key_J)
    found.turn()
    assert found.screen.shown == 1042
    found.act.fold()
    found.screen.list.setFocus()
    found.qtbot.keyClick(found.screen.list, Qt.Key.Key_Down)
    found.turn()
    assert found.screen.shown == 1043
    found.qtbot.mouseClick(found.screen.list, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    found.turn()
    assert found.screen.shown == 1042


def test_letters_typed_into_a_reason_judge_nothing(opened):
    found = opened(reroute_card())
    found.act.ask("reject")
    field = found.act.plates["reject"].reason.words.field
    field.setFocus()
    found.qtbot.keyClicks(field, "aduj")
    found.turn()
    assert field.text() == "aduj" and found.asked("judge_cause") == [] and found.screen.shown == 1042


def test_tab_leads_from_the_judgement_to_the_verdicts(opened):
    found = opened(judged(step_card()))
    found.screen.view.middle.area.setFocus()
    seen = []
    for _ in range(20):
        found.qtbot.keyClick(found.screen.window().focusWidget(), Qt.Key.Key_Tab)
        seen.append(found.screen.window().focusWidget())
    order = [seen.index(found.act.buttons[v]) for v in ("reject", "defer", "approve")]
    assert order == sorted(order)


def test_a_card_whose_time_is_over_cannot_be_decided(opened):
    card = judged(reroute_card())
    found = opened(replace(card, row=replace(card.row, expires_ns=time.time_ns() - 1)))
    assert all(b.why is not None for b in found.act.buttons.values())
    assert "over" in found.screen.view.what.countdown.text()


def test_after_a_decision_the_next_card_is_one_press_away(opened):
    found = opened(at_state(reroute_card(), ST.REJECTED, why=Text.same("too_risky")), hold_card())
    found.screen.arrive({"id": "1042"})
    found.turn()
    assert found.act.next.isVisible() and "Too risky" in found.act.note.text()
    found.qtbot.mouseClick(found.act.next, Qt.MouseButton.LeftButton)
    found.turn()
    assert found.screen.shown == 1043 and not found.act.next.isVisible()


def test_pictures_are_cut_read_and_one_that_is_missing_says_so(opened, qtbot):
    found = opened(hold_card())
    pictures = found.screen.view.evidence.pictures
    assert [p["number"] for p in found.asked("inspection")] == [511, 514, 517, 999]
    qtbot.waitUntil(lambda: all(not t.image.isNull() for t in pictures.tiles[:3]))
    assert pictures.loaded and pictures.tiles[0].accessibleName() == "Inspection 511: Short"
    assert pictures.tiles[3].image.isNull() and "no inspection" in pictures.tiles[3].accessibleName()
    marked = pictures.tiles[0].grab().toImage()
    pictures.switch.click()
    assert pictures.tiles[0].grab().toImage() != marked


def test_the_trend_shows_the_window_that_was_used(opened):
    card = step_card()
    found = opened(card)
    trend, plot = card.evidence[0], found.screen.view.evidence.plot
    asked = found.asked("history")
    assert [a["tag"] for a in asked] == list(trend.tags)
    assert all(abs(a["from_ns"] - trend.from_ns) < 10_000 and abs(a["to_ns"] - trend.to_ns) < 10_000 for a in asked)
    assert not plot.following
    found.turn()
    assert len(found.asked("history")) == len(asked)  # the past stays as it is
    wheel = QWheelEvent(QPointF(60, 60), QPointF(60, 60), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
                        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    before = plot.window_ns
    QApplication.sendEvent(plot, wheel)
    assert plot.window_ns == before


def test_an_empty_inbox_says_what_is_watched_and_what_is_learned(opened):
    found = opened(learning=LEARNING)
    assert found.screen.settled() and found.screen.empty.isVisible() and not found.screen.side.isVisible()
    assert LEARNING[0].en in found.screen.empty.learning.text()
    found.learning = ()
    found.turn()
    assert found.screen.empty.learning.text() == "Every detector watches."
    found.cards = {1042: reroute_card()}
    found.turn()
    found.turn()
    assert found.screen.shown == 1042 and found.screen.side.isVisible()


def test_an_engine_that_cannot_tell_is_no_empty_inbox(opened):
    found = opened()
    found.talk.answers["inbox"] = lambda past=20: Text.same("the loop is switched off")
    found.turn()
    assert found.screen.empty.why.text() == "the loop is switched off"
    assert "Not known" in found.screen.empty.learning.text()


def test_a_card_that_does_not_exist_is_said_and_nothing_is_swapped(opened):
    found = opened(reroute_card())
    found.screen.arrive({"id": "77"})
    found.turn()
    assert found.window.told[-1].en == "no such card" and found.screen.shown == 1042


CARDS = {
    "reroute": reroute_card, "hold": hold_card, "step": step_card,
    "executing": lambda: at_state(reroute_card(), ST.EXECUTING),
    "judged": lambda: at_state(step_card(), ST.JUDGED, Effect.WORSE),
    "unknown": lambda: at_state(reroute_card(), ST.UNKNOWN),
}  # fmt: skip


@pytest.mark.parametrize("kind", list(CARDS))
@pytest.mark.parametrize("lang", list(Lang))
def test_on_a_small_screen_the_card_scrolls_and_no_words_are_cut(opened, kind, lang):
    look().set_lang(lang)
    card = CARDS[kind]()
    found = opened(card, size=(1175, 560))
    found.screen.arrive({"id": str(card.row.id)})
    found.turn()
    cut = []
    for widget in found.screen.findChildren(QWidget):
        if not widget.isVisible():
            continue
        wraps = isinstance(widget, FactSheet) or (isinstance(widget, Caption) and widget.wrap)
        if wraps and widget.height() < widget.heightForWidth(widget.width()):
            cut.append(f"{type(widget).__name__} {widget.accessibleName()[:40]}")
        if isinstance(widget, Caption) and not widget.wrap and widget.width() < widget.sizeHint().width() - 4:
            cut.append(f"Caption {widget.text()[:40]} {widget.width()}")
    steps = found.screen.life.steps
    assert steps.height() >= steps.heightForWidth(steps.width())
    assert cut == []
    area = found.screen.view.middle.area
    assert area.widget().width() <= area.viewport().width() and area.verticalScrollBar().maximum() > 0
    assert not nameless(found.screen)


def test_the_language_changes_while_a_card_is_shown(opened):
    found = opened(judged(reroute_card()))
    look().set_lang(Lang.KO)
    found.turn()
    assert found.act.buttons["approve"].accessibleName() == "승인 및 서명"
    assert found.screen.view.what.title.text().startswith("3라인을") and not nameless(found.screen)


@pytest.fixture
def people(tmp_path, qtbot):
    made = PeopleDesk(tmp_path, qtbot, who=person())
    yield made
    made.desk.stop()


def test_the_rail_counts_and_the_footer_tells_a_new_card_once(people):
    cards = [reroute_card()]
    people.talk.answers["inbox"] = lambda past=20: inbox(*cards, waiting=len(cards) - 1)
    people.talk.answers["decision"] = lambda id: next(c for c in cards if c.row.id == id)
    people.turn()
    button, footer = people.shell.rail.buttons["decisions"], people.shell.footer
    assert button.count == 1 and "Reroute" not in footer.accessibleDescription()  # it was there before the window
    assert "To be decided: 1" in button.accessibleDescription()
    cards.append(hold_card())
    people.hear({"decision": msgspec.to_builtins(cards[1].row)})
    assert "PASTE-1B" in footer.accessibleDescription()
    people.turn()
    assert button.count == 3
    people.shell.tell(Text.same("something else"))
    people.turn()
    assert footer.accessibleDescription().startswith("something else")
    people.talk.answers["inbox"] = lambda past=20: Text.same("away")
    people.turn()
    assert button.count == 0


def test_all_screens_stay_on_the_rail_of_a_low_window(people):
    rail = people.shell.rail
    people.shell.resize(1280, 720)
    people.turn()
    for button in rail.buttons.values():
        assert button.geometry().bottom() < rail.height() and button.height() >= 36
    people.shell.resize(1920, 1080)
    people.turn()
    assert all(b.height() > 60 for b in rail.buttons.values())
