"""The alarm state machine against a table model, over every event in every state and over random sequences."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.alarms.machine import refusal, replay, step
from hmi.model.alarm import (
    HIDDEN,
    STANDING,
    AlarmEvent,
    AlarmFacts,
    AlarmKind,
    AlarmRule,
    AlarmState,
    EventKind,
    JournalRow,
    Priority,
)
from hmi.model.text import Text

K = EventKind
PLAIN = AlarmRule("a", Text.same("a"), "t", AlarmKind.HI, Priority.MEDIUM, limit=1.0)
RULES = {
    "plain": PLAIN,
    "latching": replace(PLAIN, latch=True),
    "latching, reset acknowledges": replace(PLAIN, latch=True, reset_acks=True),
    "auto-ack": replace(PLAIN, auto_ack=True),
    "no ack": replace(PLAIN, ack=False),
    "no ack, latching": replace(PLAIN, ack=False, latch=True),
}

# The table as the design page has it: (letter beneath, event) -> (number, letter) while nothing hides the alarm.
TABLE = {
    "plain": {
        ("A", K.ACTIVATE): ("1", "B"), ("B", K.ACKNOWLEDGE): ("2", "C"), ("B", K.RETURN): ("3", "D"),
        ("C", K.RETURN): ("4", "A"), ("D", K.ACKNOWLEDGE): ("5", "A"), ("D", K.ACTIVATE): ("6", "B"),
        ("C", K.REALARM): ("11", "B"), ("C", K.RISE): ("11", "B"), ("B", K.RISE): ("11", "B"),
    },
    "latching": {
        ("A", K.ACTIVATE): ("1", "B"), ("B", K.ACKNOWLEDGE): ("2", "C"), ("B", K.RETURN): ("7", "E"),
        ("C", K.RETURN): ("7", "F"), ("E", K.ACKNOWLEDGE): ("8", "F"), ("F", K.RESET): ("9", "A"),
        ("E", K.ACTIVATE): ("10", "B"), ("F", K.ACTIVATE): ("10", "B"), ("C", K.REALARM): ("11", "B"),
        ("C", K.RISE): ("11", "B"), ("B", K.RISE): ("11", "B"),
    },
    "auto-ack": {
        ("A", K.ACTIVATE): ("1", "B"), ("B", K.ACKNOWLEDGE): ("2", "C"), ("B", K.RETURN): ("3a", "A"),
        ("C", K.RETURN): ("4", "A"), ("C", K.REALARM): ("11", "B"), ("C", K.RISE): ("11", "B"),
        ("B", K.RISE): ("11", "B"),
    },
    "no ack": {
        ("A", K.ACTIVATE): ("1", "C"), ("C", K.RETURN): ("4", "A"), ("C", K.RISE): ("11", "C"),
    },
    "no ack, latching": {
        ("A", K.ACTIVATE): ("1", "C"), ("C", K.RETURN): ("7", "F"), ("F", K.RESET): ("9", "A"),
        ("F", K.ACTIVATE): ("10", "C"), ("C", K.RISE): ("11", "C"),
    },
}  # fmt: skip
TABLE["latching, reset acknowledges"] = TABLE["latching"] | {("E", K.RESET): ("9", "A")}
HIDING = {K.SHELVE: ("12", "G"), K.SUPPRESS: ("14", "H"), K.TAKE_OUT: ("15", "I")}
BARE = (K.ACTIVATE, K.RETURN, K.ACKNOWLEDGE, K.RESET, K.REALARM, K.RISE)


def event(kind, at_ns=1, **more):
    """An event of a kind with what a person would say."""
    told = {"by": "kim", "why": "because"} if kind in (K.SHELVE, K.TAKE_OUT, K.ACKNOWLEDGE, K.RESET) else {}
    if kind is K.SHELVE:
        told |= {"until_ns": at_ns + 100, "source": "timed"}
    if kind in (K.SUPPRESS, K.UNSUPPRESS):
        told["source"] = "s1"
    return AlarmEvent(kind, at_ns, **(told | more))


def fitting(kind, facts, at_ns=1, **more):
    """An event whose named activation is the present one."""
    if kind is K.ACKNOWLEDGE:
        more.setdefault("activation", facts.activation)
    if kind is K.RISE:
        more.setdefault("priority", int(facts.priority) - 1)
    return event(kind, at_ns, **more)


WAYS = {
    "A": (), "B": (K.ACTIVATE,), "C": (K.ACTIVATE, K.ACKNOWLEDGE), "D": (K.ACTIVATE, K.RETURN),
    "E": (K.ACTIVATE, K.RETURN), "F": (K.ACTIVATE, K.ACKNOWLEDGE, K.RETURN),
}  # fmt: skip


def come_to(letter, rule):
    """The facts of a letter, reached through the machine; None where the rule has no such state."""
    facts = AlarmFacts()
    for kind in WAYS[letter]:
        facts, _ = step(facts, fitting(kind, facts), rule)
    return facts if facts.state == letter else None


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("letter", "ABCDEF")
def test_every_event_in_every_state_does_what_the_table_says_and_nothing_else(name, letter):
    rule = RULES[name]
    facts = come_to(letter, rule)
    if facts is None:
        # the rule cannot come here at all: the table has no row for it either
        assert all(key[0] != letter for key in TABLE[name])
        return
    for kind in BARE:
        after, transition = step(facts, fitting(kind, facts), rule)
        wanted = TABLE[name].get((letter, kind))
        if wanted is None:
            assert transition is None and after == facts, kind
        else:
            assert (transition.number, transition.before, transition.after) == (wanted[0], letter, wanted[1]), kind
            assert after.state == wanted[1]
    for kind, (number, hidden) in HIDING.items():
        after, transition = step(facts, event(kind), rule)
        assert (transition.number, transition.before, transition.after) == (number, letter, hidden)
        assert after.beneath == letter


@pytest.mark.parametrize("hide, show, number", [
    (K.SHELVE, K.UNSHELVE, "13"), (K.SUPPRESS, K.UNSUPPRESS, "14"), (K.TAKE_OUT, K.PUT_BACK, "15"),
])  # fmt: skip
@pytest.mark.parametrize("letter", "ABCDEF")
@pytest.mark.parametrize("name", ["plain", "latching"])
def test_what_comes_back_shows_what_the_facts_say_now(hide, show, number, letter, name):
    rule = RULES[name]
    facts = come_to(letter, rule)
    if facts is None:
        return
    hidden, _ = step(facts, event(hide), rule)
    after, transition = step(hidden, event(show), rule)
    wanted = {"A": "A", "B": "B", "C": "B", "D": "A", "E": "F", "F": "F"}[letter]
    assert (transition.number, after.state) == (number, wanted)
    if wanted == "B":
        assert after.activation == facts.activation + 1, "asked again: an old acknowledgement no longer fits"


def test_the_condition_is_followed_while_hidden():
    hidden, _ = step(AlarmFacts(), event(K.TAKE_OUT), PLAIN)
    hidden, first = step(hidden, event(K.ACTIVATE), PLAIN)
    assert (first.number, first.before, first.after) == ("1", "I", "I")
    hidden, second = step(hidden, event(K.RETURN), PLAIN)
    assert (second.number, second.after) == ("3", "I")
    assert step(hidden, event(K.PUT_BACK), PLAIN)[0].state == "A"


def test_suppressors_stack_and_the_strongest_is_shown():
    facts = AlarmFacts()
    shown = []
    for kind in (K.SHELVE, K.SUPPRESS, K.TAKE_OUT, K.UNSUPPRESS, K.ACTIVATE, K.PUT_BACK, K.UNSHELVE):
        facts, transition = step(facts, event(kind), PLAIN)
        assert transition is not None, kind
        shown.append(str(facts.state))
    assert shown == ["G", "H", "I", "I", "I", "G", "B"]


def test_two_suppressions_must_both_end():
    facts, _ = step(come_to("C", PLAIN), event(K.SUPPRESS, source="s1"), PLAIN)
    facts, _ = step(facts, event(K.SUPPRESS, source="s2"), PLAIN)
    facts, _ = step(facts, event(K.UNSUPPRESS, source="s1"), PLAIN)
    assert facts.state == "H"
    assert step(facts, event(K.UNSUPPRESS, source="s2"), PLAIN)[0].state == "B"


def test_an_acknowledgement_of_an_older_activation_is_refused():
    facts = come_to("D", PLAIN)
    again, _ = step(facts, event(K.ACTIVATE), PLAIN)
    late = event(K.ACKNOWLEDGE, activation=facts.activation)
    assert step(again, late, PLAIN) == (again, None)
    assert "again" in refusal(again, late, PLAIN).en
    assert step(again, event(K.ACKNOWLEDGE, activation=again.activation), PLAIN)[0].state == "C"


@pytest.mark.parametrize("before", ["A", "B"])
def test_one_shot_ends_with_this_activation_or_the_next(before):
    facts, _ = step(come_to(before, PLAIN), event(K.SHELVE, source="one_shot"), PLAIN)
    if before == "A":
        facts, _ = step(facts, event(K.ACTIVATE), PLAIN)
        assert facts.state == "G"
    facts, transition = step(facts, event(K.RETURN), PLAIN)
    assert (transition.number, facts.state, facts.shelf) == ("13", "A", None)
    assert step(facts, event(K.ACTIVATE), PLAIN)[0].state == "B"


def test_a_shelf_ends_at_its_time_and_not_before():
    facts, _ = step(come_to("B", PLAIN), event(K.SHELVE), PLAIN)
    until = facts.shelf.until_ns
    assert step(facts, event(K.EXPIRE, until - 1), PLAIN) == (facts, None)
    assert step(facts, event(K.EXPIRE, until), PLAIN)[0].state == "B"


@pytest.mark.parametrize("told", [{"why": " "}, {"by": ""}, {"until_ns": 1}])
def test_nothing_is_put_aside_without_person_reason_and_time(told):
    assert step(AlarmFacts(), event(K.SHELVE, **told), PLAIN)[1] is None
    assert refusal(AlarmFacts(), event(K.SHELVE, **told), PLAIN) is not None


def test_a_doubt_never_ends_an_alarm():
    facts = come_to("B", PLAIN)
    doubted, transition = step(facts, AlarmEvent(K.DOUBT, 1, source="BAD"), PLAIN)
    assert (transition.number, doubted.state, doubted.quality.name) == ("q", "B", "BAD")
    assert step(AlarmFacts(), AlarmEvent(K.DOUBT, 1, source="BAD"), PLAIN) == (AlarmFacts(), None)


def test_disabled_hears_nothing_until_enabled():
    facts = come_to("B", PLAIN)
    off, transition = step(facts, event(K.DISABLE), PLAIN)
    assert (transition.number, off.state) == ("16", AlarmState.DISABLED)
    for kind in (*BARE, *HIDING, K.UNSHELVE, K.UNSUPPRESS, K.PUT_BACK, K.DISABLE):
        assert step(off, fitting(kind, off), PLAIN) == (off, None), kind
    on, _ = step(off, event(K.ENABLE), PLAIN)
    assert on.state == "A" and on.activation == facts.activation


def test_priority_is_the_most_urgent_since_the_activation():
    facts = come_to("C", PLAIN)
    risen, _ = step(facts, event(K.RISE, priority=1), PLAIN)
    assert (risen.priority, risen.state) == (Priority.URGENT, "B")
    assert step(risen, event(K.RISE, priority=2), PLAIN)[1] is None
    gone, _ = step(risen, event(K.RETURN), PLAIN)
    assert step(gone, event(K.ACTIVATE), PLAIN)[0].priority is Priority.MEDIUM


# random sequences against a second, differently made model: the list of what hides, and the table above


def _events():
    return st.lists(
        st.tuples(
            st.sampled_from([*BARE, *HIDING, K.UNSHELVE, K.EXPIRE, K.UNSUPPRESS, K.PUT_BACK, K.DOUBT, K.DISABLE,
                             K.ENABLE]),
            st.integers(0, 3),
        ),
        max_size=40,
    )  # fmt: skip


class Model:
    """The table, and a set of what hides: nothing of the machine is used."""

    def __init__(self, name):
        self.name, self.letter, self.hides, self.one_shot, self.on = name, "A", set(), False, True

    def shown(self):
        if not self.on:
            return "-"
        return next((letter for letter in "IHG" if letter in self.hides), self.letter)

    def take(self, kind, one_shot, named):
        """The number of the transition, None for none; named: the activation that was acknowledged is the present."""
        if not self.on:
            if kind is K.ENABLE:
                self.on = True
                return "16"
            return None
        if kind is K.DISABLE:
            self.on, self.letter, self.hides = False, "A", self.hides & {"I"}
            return "16"
        if kind in HIDING:
            letter = HIDING[kind][1]
            if letter in self.hides or (kind is K.SHELVE and self.hides):
                return None
            self.hides.add(letter)
            self.one_shot = one_shot if kind is K.SHELVE else self.one_shot
            return HIDING[kind][0]
        shows = {K.UNSHELVE: ("G", "13"), K.EXPIRE: ("G", "13"), K.UNSUPPRESS: ("H", "14"), K.PUT_BACK: ("I", "15")}
        if kind in shows:
            return self.show(*shows[kind])
        if self.hides and kind in (K.ACKNOWLEDGE, K.RESET, K.REALARM):
            return None
        if kind is K.ACKNOWLEDGE and not named:
            return None
        row = TABLE[self.name].get((self.letter, kind))
        if row is None:
            return None
        number, letter = row
        if not (kind is K.RISE and self.hides):
            self.letter = letter
        if kind is K.RETURN and "G" in self.hides and self.one_shot:
            return self.show("G", "13")
        return number

    def show(self, letter, number):
        if letter not in self.hides:
            return None
        self.hides.discard(letter)
        if not self.hides:
            asks = "C" if self.name.startswith("no ack") else "B"
            self.letter = {"B": asks, "C": asks, "D": "A", "E": "F"}.get(self.letter, self.letter)
        return number


@given(st.sampled_from(sorted(RULES)), _events())
@settings(max_examples=400, deadline=None)
def test_random_events_follow_the_table_and_the_journal_replays_to_the_same_state(name, told):
    rule, model = RULES[name], Model(name)
    facts, rows, at = AlarmFacts(), [], 0
    for kind, variant in told:
        at += 10
        one_shot = variant == 1
        named = variant != 2
        if kind is K.RISE and (not facts.active or facts.priority is Priority.URGENT):
            continue
        if kind is K.DOUBT:
            one = AlarmEvent(K.DOUBT, at, source=("GOOD", "STALE", "BAD", "BAD")[variant])
        elif kind is K.SHELVE:
            one = event(kind, at, source="one_shot" if one_shot else "timed", until_ns=at + 5)
        else:
            one = fitting(kind, facts, at, **({} if named or kind is not K.ACKNOWLEDGE else {"activation": 10_000}))
        before = facts
        facts, transition = step(facts, one, rule)
        if kind is K.DOUBT:
            assert facts.state == before.state
        else:
            assert (None if transition is None else transition.number) == model.take(kind, one_shot, named)
        assert str(facts.state) == model.shown()
        assert (transition is None) == (facts == before), "one row for each change, none without"
        if transition is not None:
            assert (transition.before, transition.after) == (before.state, facts.state)
            rows.append(
                JournalRow("a", one, transition.number, transition.before, transition.after, facts.activation,
                           facts.priority, at, rule.name)
            )  # fmt: skip
            becomes_visible = before.state in HIDDEN and facts.state not in HIDDEN and facts.active
            if becomes_visible and rule.ack:
                assert facts.state == "B", "an active alarm that becomes visible asks again"
            if facts.state == "B" and rows[-1].annunciated:
                assert facts.activation > before.activation
        assert facts.activation >= before.activation
        assert not (facts.active and facts.latched)
        if facts.state in STANDING:
            assert not facts.at_rest and not facts.hidden
    assert replay(rows, rule) == facts
