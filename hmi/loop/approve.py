"""Approve: whether a card may be decided now, what exactly is signed, and the decision on record.

An approval is refused when the card has expired or moved on, when an input is not GOOD or its link not fresh, when a
value is no longer what was shown, and before the person gave an own judgement of the cause where one is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hmi.loop.record import Record
from hmi.loop.second import first_of, with_first, without_first
from hmi.model.decision import REJECT_REASONS, AdviceKind, DecisionState, Judgement
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.audit import Entry
from hmi.store.canonical import digest
from hmi.store.decisions import Card

SECOND = 1_000_000_000
FRESH_S = 2.0
DEFER_NS = 300 * SECOND
APPROVE, REJECT, DEFER = "approve", "reject", "defer"
VERDICTS = (APPROVE, REJECT, DEFER)
ASKED_SHARE = 0.2
"""Of the cards that are not class A so many ask for a judgement of the cause, too."""


def asks_judgement(card: Card) -> bool:
    """Whether the person says what to think of the cause before the confidence is shown.

    Always for class A, and for a share of the others that nobody can pick: drawn from the card's number and its moment,
    so that every look at a card, and every engine, draws the same.
    """
    drawn = int(digest({"id": card.id, "at_ns": card.proposed_ns})[:8], 16) / 0x1_0000_0000
    return card.advice.class_a or drawn < ASKED_SHARE


def refuse_verdict(card: Card, verdict: str, reason: str, now_ns: int) -> Text | None:
    """Why this cannot be decided now, whoever asks; None when it can."""
    if verdict not in VERDICTS:
        return say("decision.no_verdict", verdict=verdict, known=", ".join(VERDICTS))
    if not card.state.open:
        return say("decision.not_open", id=card.id, state=say(f"decision.state_{card.state.value}"))
    if now_ns >= card.expires_ns:
        return say("decision.expired")
    if not reason.strip():
        return say("decision.no_reason")
    if verdict == APPROVE and asks_judgement(card) and card.judgement not in {j.value for j in Judgement}:
        return say("decision.judge_first")
    return None


def same(then: Value, now: Value, tolerance: float) -> bool:
    """Whether a value is still what was shown."""
    if isinstance(then, bool) or isinstance(now, bool) or isinstance(then, str) or isinstance(now, str):
        return then == now
    if then is None or now is None:
        return then is None and now is None
    return abs(float(now) - float(then)) <= tolerance + 1e-9


def stale(
    card: Card, plant: Plant, reading: Callable[[str], Reading], age_s: Callable[[str], float | None]
) -> Text | None:
    """Why the card does not stand on fresh, true values at this moment; None when it does."""
    advice = card.advice
    writes = {w.tag: w for w in advice.writes}
    for tag in dict.fromkeys([*advice.inputs, *writes]):
        if tag not in plant.tag:
            return say("decision.tag_gone", tag=tag)
        name, said, age = plant.tag[tag].name, reading(tag), age_s(tag)
        if age is None:
            return say("decision.link_down", tag=name)
        if age > FRESH_S:
            return say("decision.too_old", tag=name, age=f"{age:.1f}")
        if said.quality is not Quality.GOOD:
            return say("decision.not_good", tag=name)
        write = writes.get(tag)
        if write is not None and not same(write.now, said.value, write.tolerance):
            return say("decision.value_moved", tag=name, then=shortly(write.now), now=shortly(said.value))
    return None


def shortly(value: Value) -> str:
    """A value as a sentence carries it."""
    return f"{value:g}" if isinstance(value, float) else "-" if value is None else str(value)


def shown_of(card: Card, lot: str) -> dict[str, Any]:
    """What the person was shown and the decision rests on; its digest is the card's ``shown``."""
    advice = card.advice
    return {
        "id": card.id, "state": card.state.value, "judgement": card.judgement, "what": advice.what,
        "causes": [c.id for c in advice.causes], "expected": advice.expected, "confidence": advice.confidence.value,
        "writes": [{"tag": w.tag, "now": w.now, "value": w.value, "back": w.back} for w in advice.writes],
        "hold": advice.hold, "option": advice.option, "expires_ns": card.expires_ns, "lot": lot,
    }  # fmt: skip


def shown_hash(card: Card, lot: str) -> str:
    """Changes when anything that the decision rests on does."""
    return digest(shown_of(card, lot))


def record_of(card: Card, verdict: str, reason: str) -> dict[str, Any]:
    """What is signed. Only an approval orders writes; a rejection names them as refused."""
    writes = [{"tag": w.tag, "value": w.value} for w in card.advice.writes]
    return {
        "decision": card.id, "verdict": verdict, "kind": card.advice.kind.value, "place": card.advice.place,
        "what": card.advice.what, "cause": card.advice.causes[0].id if card.advice.causes else "",
        "judgement": card.judgement, "reason": reason, "hold": card.advice.hold,
        ("writes" if verdict == APPROVE else "not_written"): writes,
    }  # fmt: skip


def undo_record(card: Card, reason: str) -> dict[str, Any]:
    """What is signed to take a card's writes back, in the reverse of their order."""
    writes = [{"tag": w.tag, "value": w.back} for w in reversed(card.advice.writes)]
    return {"decision": card.id, "verdict": "undo", "reason": reason, "writes": writes}


def can_undo(card: Card) -> bool:
    """Whether the card's own writes can be taken back by a new signed act."""
    done = card.state in (DecisionState.EXECUTED, DecisionState.PARTLY, DecisionState.VERIFIED, DecisionState.JUDGED)
    own = card.advice.kind in (AdviceKind.STEP, AdviceKind.RETURN) and not card.advice.returns
    reversible = bool(card.advice.writes) and all(w.back is not None for w in card.advice.writes)
    return done and own and reversible and "undone" not in card.facts


def reason_words(reason: str) -> Text:
    """A reason chip in words; anything else is the person's own."""
    return say(f"decision.reason_{reason}") if reason in REJECT_REASONS else Text.same(reason)


class Approve:
    """The fourth step of the loop: what people decide, put on record."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def judge(self, card: Card, judgement: Judgement, entry: Entry) -> Card:
        """Keep the person's own judgement of the cause; given once, before the confidence is shown."""
        return await self._record.move(
            card.id, {card.state}, card.state, say("decision.life_judgement", word=say(f"decision.judge_{judgement}")),
            at_ns=entry.at_ns, by=entry.user, entry=entry, judgement=judgement.value,
        )  # fmt: skip

    async def first(self, card: Card, person: Person, signature: int, reason: str, entry: Entry) -> Card:
        """Put the first of two signatures on record: the card stays open for the second person."""
        return await self._record.move(
            card.id, {card.state}, card.state, say("decision.life_first", reason=reason_words(reason)),
            at_ns=entry.at_ns, by=person.printed_name, entry=entry,
            facts=with_first(card, person, signature, reason, entry.at_ns),
        )  # fmt: skip

    async def decide(self, card: Card, verdict: str, person: Person, signature: int, reason: str, entry: Entry) -> Card:
        """Put a signed decision on record. Raises StoreError when the card has moved on meanwhile."""
        now_ns, words, by = entry.at_ns, reason_words(reason), person.printed_name
        first = first_of(card)
        changes: dict[str, Any] = {"person": person, "signature": signature, "reason": reason, "decided_ns": now_ns}
        if verdict == APPROVE:
            state = DecisionState.APPROVED
            if first is not None:
                words, by = reason_words(first.reason), f"{first.printed_name}, {by}"
                changes["facts"] = dict(card.facts)  # whoever swept meanwhile: both signed in time
        elif verdict == REJECT:
            state, changes["ended_ns"], changes["why"] = DecisionState.REJECTED, now_ns, words
        else:
            # a deferred card comes back, and may then still be decided for as long as it could be before
            state, changes["due_ns"], changes["why"] = DecisionState.DEFERRED, now_ns + DEFER_NS, words
            changes["expires_ns"] = card.expires_ns + DEFER_NS
        if first is not None and verdict != APPROVE:
            changes["facts"] = without_first(card)
        return await self._record.move(
            card.id, {DecisionState.PROPOSED, DecisionState.DEFERRED}, state,
            say(f"decision.life_{state.value}", reason=words), at_ns=now_ns, by=by, entry=entry,
            **changes,
        )  # fmt: skip
