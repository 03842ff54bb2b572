"""From approval to effect: four facts with four times, each told when it has come true and not before. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from enum import Enum

from hmi.desk.decision_rows import DecisionCard, LifeRow
from hmi.model.decision import DecisionState, Effect
from hmi.model.text import Text
from hmi.model.words import say
from ui.screens.decisions.cardwords import declared_digits, expected_figure, measured_words
from ui.screens.decisions.presenter import effect_until, reason_words
from ui.widgets.figures import time_text

_S = DecisionState


class Mark(Enum):
    """How a fact stands."""

    AHEAD = "ahead"
    GOING = "going"
    DONE = "done"
    FAULT = "fault"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the four."""

    title: Text
    words: Text
    clock: str
    mark: Mark


def facts(card: DecisionCard, zone: tzinfo | None) -> list[Fact]:
    """Approved, executed, verified, effective; what went another way is called what it was."""
    return [_approved(card, zone), _executed(card, zone), _verified(card, zone), _effective(card, zone)]


def _find(life: Sequence[LifeRow], *states: DecisionState) -> LifeRow | None:
    """The entry that brought the card into one of these states; what was noted there later is no new fact."""
    return next((row for row in life if row.state in states), None)


def _told(row: LifeRow) -> Text:
    words = reason_words(row.words) or row.words
    if row.by:
        return say("decisions.by_words", by=row.by, words=words) if words.en else Text.same(row.by)
    return words


def _done(card: DecisionCard, key: str, row: LifeRow, zone: tzinfo | None, mark: Mark = Mark.DONE) -> Fact:
    """A fact with what was noted on it later, such as that its writes were taken back."""
    words = _told(row)
    for later in card.life:
        if later.state is row.state and later is not row:
            words = say("decisions.later", words=words, at=time_text(later.at_ns, zone), later=_told(later))
    return Fact(say(key), words, time_text(row.at_ns, zone), mark)


def _approved(card: DecisionCard, zone: tzinfo | None) -> Fact:
    found = _find(card.life, _S.APPROVED)
    if found is not None:
        return _done(card, "decisions.fact.approved", found, zone)
    ended = _find(card.life, _S.REJECTED, _S.EXPIRED, _S.SUPERSEDED)
    if ended is not None:
        return _done(card, f"decisions.state.{ended.state.value}", ended, zone, Mark.FAULT)
    deferred = _find(card.life, _S.DEFERRED)
    if deferred is not None and card.row.state is _S.DEFERRED:
        return _done(card, "decisions.state.DEFERRED", deferred, zone, Mark.GOING)
    return Fact(say("decisions.fact.approved"), say("decisions.fact.approved_is"), "", Mark.AHEAD)


def _executed(card: DecisionCard, zone: tzinfo | None) -> Fact:
    for state, mark in ((_S.FAILED, Mark.FAULT), (_S.PARTLY, Mark.FAULT), (_S.UNKNOWN, Mark.UNKNOWN)):
        found = _find(card.life, state)
        if found is not None and card.row.state is state:
            return _done(card, f"decisions.state.{state.value}", found, zone, mark)
    found = _find(card.life, _S.EXECUTED) or _find(card.life, _S.VERIFIED)
    if found is not None:
        return _done(card, "decisions.fact.executed", found, zone)
    if card.row.state in (_S.EXECUTING, _S.APPROVED):
        done = sum(1 for w in card.writes if w.outcome == "VERIFIED")
        words = say("decisions.fact.executing_is", done=done, all=len(card.writes))
        return Fact(say("decisions.fact.executing"), words, "", Mark.GOING)
    return Fact(say("decisions.fact.executed"), say("decisions.fact.executed_is"), "", Mark.AHEAD)


def _verified(card: DecisionCard, zone: tzinfo | None) -> Fact:
    found = _find(card.life, _S.VERIFIED)
    if found is not None:
        return _done(card, "decisions.fact.verified", found, zone)
    title, words = say("decisions.fact.verified"), say("decisions.fact.verified_is")
    return Fact(title, words, "", Mark.GOING if card.row.state is _S.EXECUTED else Mark.AHEAD)


def _effective(card: DecisionCard, zone: tzinfo | None) -> Fact:
    e = card.expected
    found = _find(card.life, _S.JUDGED)
    if found is not None and card.row.effect is not None:
        words = measured_words(card, declared_digits(e, None)) or found.words
        mark = Mark.DONE if card.row.effect is Effect.EFFECTIVE else Mark.FAULT
        return Fact(say(f"decisions.effect.{card.row.effect.value}"), words, time_text(found.at_ns, zone), mark)
    title = say("decisions.fact.effective")
    if e is None:
        return Fact(title, say("decisions.fact.no_measure"), "", Mark.AHEAD)
    digits = declared_digits(e, None)
    until = effect_until(card)
    figure = expected_figure(e, digits)
    if card.row.state in (_S.VERIFIED, _S.EXECUTED) and until:
        words = say("decisions.fact.judged_at", measure=e.measure, figure=figure, until=time_text(until, zone))
        return Fact(title, words, "", Mark.GOING)
    return Fact(title, say("decisions.fact.effective_is", measure=e.measure, figure=figure), "", Mark.AHEAD)
