"""What the card says of itself: which card is shown, the four facts, figures in words, who may do what."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.desk.decision_rows import Inbox, LifeRow
from hmi.model.decision import REJECT_REASONS, Effect
from hmi.model.decision import DecisionState as ST
from hmi.model.permission import Role
from hmi.model.text import Lang, Text
from hmi.model.words import catalogue
from tests.ui.decisionrows import (
    RECORD,
    S,
    at_state,
    confidence,
    hold_card,
    inbox,
    judged,
    reroute_card,
    step_card,
)
from tests.ui.peopledesk import person
from tests.ui.plantrows import make_plant
from ui.screens.decisions import cardlist, cardwords, lifewords, presenter
from ui.screens.decisions.evidencepart import cause_rows, pens_of, station_of, window_of
from ui.screens.decisions.lifewords import Mark
from ui.screens.decisions.pictures import region

PLANT = make_plant()
KIM = person()


def now():
    return time.time_ns()


def test_the_card_that_is_looked_at_is_never_swapped():
    cards = inbox(reroute_card(), hold_card())
    assert presenter.pick(cards, 0) == 1042
    assert presenter.pick(cards, 1043) == 1043
    assert presenter.pick(inbox(hold_card()), 1042) == 1042
    assert presenter.pick(Inbox(), 0) == 0 and presenter.pick(None, 7) == 7
    assert presenter.pick(Inbox(running=[at_state(step_card(), ST.VERIFIED).row]), 0) == 1044


def test_keys_walk_through_all_cards_once_and_stop_at_the_ends():
    cards = inbox(reroute_card(), at_state(step_card(), ST.VERIFIED))
    order = [r.id for r in presenter.walk(cards)]
    assert order == [1042, 1044, 1040, 1039, 1037, 1030]
    assert presenter.beside(cards, 1042, 1) == 1044 and presenter.beside(cards, 1042, -1) == 1042
    assert presenter.beside(cards, 1030, 1) == 1030
    assert presenter.beside(cards, 5, 1) == 1042 and presenter.beside(Inbox(), 5, 1) == 0
    assert presenter.following(cards, 1042) == 0 and presenter.following(cards, 1044) == 1042


def test_the_countdown_ends_in_words():
    row = reroute_card().row
    assert presenter.countdown(row, row.expires_ns - 228 * S).en == "expires in 3:48"
    assert presenter.countdown(row, row.expires_ns).en == "The time to decide is over."
    assert presenter.countdown(at_state(reroute_card(), ST.VERIFIED).row, now()).en.startswith("verified")
    assert presenter.left_s(replace(row, expires_ns=0), now()) is None


def test_a_card_of_two_persons_says_so_before_anybody_signs_and_while_it_waits():
    card, at = step_card(), now()
    assert presenter.two_words(card, at, None) is None
    two = replace(card, two_persons=Text("two", "두 사람"), asks_judgement=False, stale=None)
    assert presenter.two_words(two, at, None) == two.two_persons
    row = replace(two.row, first_by="Kim Minjun", first_user=KIM.user, first_ns=at, second_until_ns=at + 120 * S)
    waits = replace(two, row=row)
    assert "Kim Minjun" in presenter.two_words(waits, at + S, None).en
    assert presenter.countdown(row, at + 30 * S).en == "second signature within 1:30"
    lee = replace(KIM, user="lee")
    assert presenter.why_not(KIM, waits, PLANT, "approve", at + S).en.startswith("You signed first")
    assert presenter.why_not(lee, waits, PLANT, "approve", at + S) is None
    assert presenter.why_not(KIM, waits, PLANT, "reject", at + S) is None
    over = at + 121 * S
    assert presenter.two_words(waits, over, None) == two.two_persons
    assert presenter.why_not(KIM, waits, PLANT, "approve", over) is None
    assert presenter.two_words(at_state(waits, ST.VERIFIED), at, None) is None


VIEWER = person(role=Role.VIEWER)


@pytest.mark.parametrize(
    ("who", "card", "verdict", "may"),
    [
        (KIM, judged(reroute_card()), "approve", True),
        (KIM, reroute_card(), "approve", False),  # the own judgement first
        (KIM, reroute_card(asks_judgement=False), "approve", True),
        (KIM, reroute_card(), "reject", True),
        (KIM, reroute_card(), "defer", True),
        (KIM, judged(reroute_card(stale=Text.same("old"))), "approve", False),
        (KIM, judged(reroute_card(stale=Text.same("old"))), "reject", True),
        (None, judged(reroute_card()), "reject", False),
        (VIEWER, judged(reroute_card()), "approve", False),
        (person(role=Role.ADMINISTRATOR), judged(reroute_card()), "approve", False),
        (replace(KIM, locked=True), judged(reroute_card()), "defer", False),
        (replace(KIM, areas=["another"]), judged(reroute_card()), "approve", False),
        (KIM, at_state(reroute_card(), ST.EXECUTING), "approve", False),
        (KIM, at_state(reroute_card(), ST.VERIFIED), "undo", True),
        (VIEWER, at_state(reroute_card(), ST.VERIFIED), "undo", False),
        (KIM, at_state(reroute_card(), ST.REJECTED), "undo", False),
    ],
)
def test_who_may_do_what_with_a_card(who, card, verdict, may):
    then = card.row.expires_ns - 60 * S  # the cards were made when the tests were collected, minutes ago
    assert (presenter.why_not(who, card, PLANT, verdict, then) is None) is may


def test_a_write_that_would_be_refused_and_an_expired_card_cannot_be_approved():
    card = judged(step_card())
    why = Text("the station is in MONITOR", "감시 모드")
    refused = replace(card, writes=[replace(card.writes[0], refused=why)])
    assert presenter.why_not(KIM, refused, PLANT, "approve", now()) == why
    for verdict in presenter.VERDICTS:
        assert presenter.why_not(KIM, card, PLANT, verdict, card.row.expires_ns + 1) is not None


def test_a_reason_goes_on_record_by_its_chip_or_in_the_words_of_the_person():
    assert all(len(keys) == 5 for keys in presenter.REASONS.values())
    assert set(presenter.REASONS["reject"]) == set(REJECT_REASONS)
    assert presenter.reason_sent("too_risky", "Too risky", "") == "too_risky"
    assert presenter.reason_sent("too_risky", "Too risky", "no spare") == "Too risky: no spare"
    assert presenter.reason_sent("least_loss", "Least loss", "") == "Least loss"
    assert presenter.reason_sent("other", "Other", "", undo=True) == "Other"
    assert presenter.reason_sent("", "", "") == ""
    for keys in presenter.REASONS.values():
        for key in keys:
            assert presenter.reason_words(Text.same(key)) == catalogue()[f"decisions.reason.{key}"]
    own = Text("another card took its place", "대체")
    assert presenter.reason_words(own) is own and presenter.reason_words(None) is None


def test_what_misses_for_a_signature():
    assert presenter.why_no_signature("", True) is not None
    assert presenter.why_no_signature("other", False) is not None
    assert presenter.why_no_signature("other", True) is None


@pytest.mark.parametrize(
    ("state", "effect", "marks"),
    [
        (ST.APPROVED, None, "done going ahead ahead"),
        (ST.EXECUTING, None, "done going ahead ahead"),
        (ST.EXECUTED, None, "done done going going"),
        (ST.VERIFIED, None, "done done done going"),
        (ST.JUDGED, Effect.EFFECTIVE, "done done done done"),
        (ST.JUDGED, Effect.NO_EFFECT, "done done done fault"),
        (ST.JUDGED, Effect.WORSE, "done done done fault"),
        (ST.UNKNOWN, None, "done unknown ahead ahead"),
        (ST.PARTLY, None, "done fault ahead ahead"),
        (ST.FAILED, None, "done fault ahead ahead"),
        (ST.REJECTED, None, "fault ahead ahead ahead"),
        (ST.EXPIRED, None, "fault ahead ahead ahead"),
        (ST.DEFERRED, None, "going ahead ahead ahead"),
    ],
)
def test_four_facts_come_true_one_by_one(state, effect, marks):
    card = at_state(reroute_card(), state, effect)
    shown = lifewords.facts(card, None)
    assert [f.mark.value for f in shown] == marks.split()
    for fact in shown:
        came = fact.mark in (Mark.DONE, Mark.FAULT, Mark.UNKNOWN)
        assert bool(fact.clock) is (came or (fact.mark is Mark.GOING and state is ST.DEFERRED))
        assert fact.title.en and fact.title.ko and fact.words is not None


@given(st.sets(st.sampled_from([ST.APPROVED, ST.EXECUTED, ST.VERIFIED, ST.JUDGED])), st.sampled_from(list(ST)))
def test_no_fact_is_told_before_it_is_on_record(states, state):
    card = judged(reroute_card())
    life = [LifeRow(s, now(), "", Text.same("x")) for s in ST if s in states]
    effect = Effect.EFFECTIVE if ST.JUDGED in states else None
    card = replace(card, row=replace(card.row, state=state, effect=effect), life=life)
    approved, executed, verified, effective = lifewords.facts(card, None)
    assert approved.mark is not Mark.DONE or ST.APPROVED in states
    assert executed.mark is not Mark.DONE or states & {ST.EXECUTED, ST.VERIFIED}
    assert (verified.mark is Mark.DONE) is (ST.VERIFIED in states)
    assert effective.mark is not Mark.DONE or ST.JUDGED in states


def test_every_state_and_effect_has_a_line_and_words_in_both_languages():
    for state in ST:
        card = at_state(reroute_card(), state)
        for text in (presenter.state_words(card.row), presenter.state_line(card, None)):
            assert text.en and text.ko and "{" not in text.en + text.ko
    for effect in Effect:
        card = at_state(step_card(), ST.JUDGED, effect)
        said = presenter.state_line(card, None).en.lower()
        assert presenter.state_words(card.row).en.lower() in said
    assert presenter.in_doubt(at_state(step_card(), ST.JUDGED, Effect.WORSE).row)
    assert not presenter.in_doubt(at_state(step_card(), ST.VERIFIED).row)


def test_the_expected_effect_in_figures():
    step, reroute = step_card().expected, reroute_card().expected
    digits = cardwords.declared_digits(step, None)
    assert cardwords.expected_figure(step, digits).en == "220.6 → 216.4 °C"
    told = cardwords.expected_range_words(step, digits)
    assert told.en == "from 215.0 to 218.0 °C, within 10 min · less is better"
    assert cardwords.expected_figure(reroute, 0).en == "1,482 units"
    asked = replace(step, unit="", now=1.0, value=0.0, low=0.0, high=0.0)
    assert cardwords.is_flag(asked) and not cardwords.is_flag(step)
    assert cardwords.expected_figure(asked, 0).en == "yes → no"
    assert "from" not in cardwords.expected_range_words(asked, 0).en
    pieces = replace(step, unit="pcs", now=49.33, value=52.53)
    assert cardwords.declared_digits(pieces, None) == 0
    done = at_state(step_card(), ST.JUDGED, Effect.EFFECTIVE)
    assert cardwords.measured_words(done, digits).en == "Measured 216.0 °C, expected 216.4 °C; control 220.6 °C"
    assert "no control" in cardwords.measured_words(replace(done, control=None), digits).en
    assert cardwords.measured_words(step_card(), digits) is None


@pytest.mark.parametrize(
    ("values", "digits"),
    [((1482.0, 1430.0), 0), ((148.0,), 0), ((216.4, 215.0), 1), ((4.2, 0.35), 2), ((0.3333,), 2), ((1482.6,), 0),
     ((None, float("nan")), 0)],
)  # fmt: skip
def test_as_few_digits_as_tell_all_figures(values, digits):
    assert cardwords.digits_for(None, *values) == digits


def test_the_claim_is_told_with_what_it_is_worth():
    lines = [t.en for t, _ in cardwords.confidence_lines(confidence(), None)]
    assert lines[0].startswith("83 %") and "83 of the last 100" in lines[1]
    few = cardwords.confidence_lines(replace(confidence(), right=3, of=4, unusual=True, trained_ns=0), None)
    assert "too few" in few[1][0].en and few[2][1] and "not learned" in few[3][0].en
    assert "none" not in cardwords.confidence_lines(replace(confidence(), of=0), None)[1][0].en
    assert "2 judged: too few" in cardwords.record_words(replace(RECORD, effective=1, no_effect=1, worse=0))[0].en
    assert "79 %" in cardwords.record_words(RECORD)[0].en and "3 signed" in cardwords.record_words(RECORD)[1].en


def test_the_share_of_a_cause_is_a_confidence_too():
    assert all(row.cells[3].text == "" for row in cause_rows(reroute_card().causes, False))
    assert [row.cells[3].text for row in cause_rows(reroute_card().causes, True)] == ["91 %", "6 %"]


def test_alternatives_compare_and_an_unknown_one_says_so():
    rows = cardwords.alternative_rows(hold_card().alternatives)
    assert rows[0].cells[0].bold and "(this card)" in rows[0].cells[0].text.en
    assert rows[2].cells[1].text.en == "not known" and rows[2].cells[2].range is None


def test_writes_say_where_what_and_what_became_of_them():
    card = reroute_card()
    first, *_, feed = cardwords.write_rows(card.writes, PLANT, None)
    assert first.cells[1].text.en == "PLC 3 · L3.S1.DivertTo" and first.cells[7].text.en == ""
    assert feed.cells[3].text.en == "700 pcs/h" and feed.cells[5].text.en == "500 to 880 pcs/h"
    moved = replace(card.writes[3], now=640.0)
    (row,) = cardwords.write_rows([moved], PLANT, None)
    assert "700 pcs/h when the card was made, 640 pcs/h now" in row.note.en and row.cells[3].bold
    (row,) = cardwords.write_rows([replace(moved, refused=Text.same("MONITOR"))], PLANT, None)
    assert "MONITOR" in row.note.en
    (row,) = cardwords.write_rows([replace(moved, outcome="UNKNOWN", done_ns=now(), reversible=False)], PLANT, None)
    assert row.cells[7].bold and row.cells[7].text.en.startswith("UNKNOWN ") and row.note is None
    assert row.cells[3].text.en == "700 pcs/h" and row.cells[6].text.en == "none"
    (row,) = cardwords.write_rows([replace(moved, outcome="SOMETHING_NEW")], PLANT, None)
    assert "SOMETHING_NEW" in row.cells[7].text.en


def test_the_way_back_is_previewed_in_the_opposite_order():
    card = at_state(reroute_card(), ST.VERIFIED)
    rows = cardwords.undo_rows(card.writes, PLANT)
    assert rows[0].cells[0].text.en == "Line 1 feed" and len(rows) == 4
    assert (rows[0].cells[2].text.en, rows[0].cells[3].text.en) == ("820 pcs/h", "700 pcs/h")
    refused = [replace(card.writes[0], outcome="REFUSED"), *card.writes[1:]]
    assert len(cardwords.undo_rows(refused, PLANT)) == 3


@pytest.mark.parametrize(
    ("node", "said"), [("nsu=urn:x;s=L1.S3.Speed", "L1.S3.Speed"), ("ns=2;i=41", "41"), ("Speed", "Speed")]
)
def test_addresses_are_told_without_their_namespace(node, said):
    assert cardwords.node_words(node) == said


def test_evidence_finds_its_pens_and_its_station():
    card = reroute_card()
    trend, states = card.evidence[0], card.evidence[1]
    assert [t.id for t in pens_of(trend, PLANT)] == ["L3.S2.Speed", "L3.S2.InBuffer"]
    assert pens_of(replace(trend, tags=("nowhere", "L3.S2.UnitId")), PLANT) == [] and pens_of(trend, None) == []
    assert station_of(states, "L9", PLANT) == "L3.S2"
    assert station_of(replace(states, tags=("L2.S4.State",)), "L9", PLANT) == "L2.S4"
    assert station_of(replace(states, tags=()), "L9", PLANT) == "L9" and station_of(states, "L9", None) == "L9"


@given(st.tuples(*[st.integers(0, 600)] * 4), st.integers(1, 640), st.integers(1, 480))
def test_what_is_cut_from_a_picture_lies_in_it(box, width, height):
    left, top, right, bottom = box
    cut = region((min(left, right), min(top, bottom), max(left, right), max(top, bottom)), width, height)
    assert cut.left() >= 0 and cut.top() >= 0 and cut.width() >= 1
    assert cut.left() + cut.width() <= width and cut.top() + cut.height() <= height
    assert region(None, width, height).width() == width


def test_the_list_shows_each_card_once_and_says_what_waits():
    cards = inbox(reroute_card(), at_state(step_card(), ST.UNKNOWN), waiting=2)
    made = cardlist.items(cards, now(), None)
    assert [i.id for i in made] == [0, 1042, 0, 0, 1044, 0, 1040, 1039, 1037, 1030]
    assert made[0].title.en == "To decide: 3" and made[2].title.en == "2 more wait behind these"
    assert made[4].bold and "OUTCOME UNKNOWN" in made[4].under.en
    assert cardlist.items(Inbox(), now(), None) == []
    again = replace(cards, past=[*cards.running, *cards.past])
    assert [i.id for i in cardlist.items(again, now(), None)].count(1044) == 1


def test_a_place_is_told_with_its_line():
    assert presenter.place_words(PLANT, "L3.S2").of(Lang.EN) == "Line 3 · Machine 2"
    assert presenter.place_words(PLANT, "L3").en == "Line 3" and presenter.place_words(None, "X").en == "X"
    assert presenter.area_of(PLANT, "L3.S2") == "smt" and presenter.area_of(None, "L3.S2") == "*"


def test_a_window_that_is_not_named_is_the_time_before_the_card():
    card = reroute_card()
    trend = card.evidence[0]
    assert window_of(trend, card) == (trend.from_ns, trend.to_ns)
    from_ns, to_ns = window_of(replace(trend, from_ns=0, to_ns=0), card)
    assert to_ns == card.row.proposed_ns and from_ns < to_ns


def test_what_was_taken_back_later_is_no_new_fact():
    card = at_state(step_card(), ST.VERIFIED)
    undone = LifeRow(ST.VERIFIED, now(), "Kim Minjun", Text("Taken back: mistake", "되돌림: 실수"))
    before, after = (lifewords.facts(c, None)[2] for c in (card, replace(card, life=[*card.life, undone])))
    assert after.clock == before.clock and after.mark is Mark.DONE
    assert "Taken back: mistake" in after.words.en and before.words.en in after.words.en
