"""Cards on record: each with its advice, where it stands, and every step of its life; one commit for each change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, distinct, func, insert, select, update

from hmi.model.decision import DecisionState, Effect, Recommendation
from hmi.model.permission import EVERYWHERE, Person, Role
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store import audit
from hmi.store.audit import Entry
from hmi.store.database import Work
from hmi.store.faults import StoreError
from hmi.store.loop import text_of
from hmi.store.loop_tables import decision, decision_event, lesson

_ADVICE = msgspec.json.Decoder(Recommendation)

_S = DecisionState
_DECIDED = {_S.APPROVED, _S.REJECTED, _S.EXPIRED, _S.SUPERSEDED}
_CAME_OF_IT = {_S.EXECUTED, _S.PARTLY, _S.UNKNOWN, _S.FAILED}
FOLLOWS: dict[DecisionState, set[DecisionState]] = {
    _S.PROPOSED: _DECIDED | {_S.DEFERRED},
    _S.DEFERRED: _DECIDED | {_S.PROPOSED},
    _S.APPROVED: {_S.EXECUTING},
    _S.EXECUTING: _CAME_OF_IT,
    _S.UNKNOWN: _CAME_OF_IT | {_S.EXECUTING},
    _S.PARTLY: _CAME_OF_IT | {_S.EXECUTING, _S.JUDGED},
    _S.EXECUTED: {_S.VERIFIED, _S.JUDGED},
    _S.VERIFIED: {_S.JUDGED},
}
"""What a card may come to next. Nothing is carried out without approval, and what has ended stays so."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is kept."""

    advice: Recommendation
    id: int = 0
    deviation: int = 0
    state: DecisionState = DecisionState.PROPOSED
    effect: Effect | None = None
    detected_ns: int = 0
    proposed_ns: int = 0
    decided_ns: int = 0
    ended_ns: int = 0
    expires_ns: int = 0
    due_ns: int = 0
    """When a deferred card comes back, or when the effect is judged."""
    person: Person | None = None
    """Who decided."""
    signature: int = 0
    judgement: str = ""
    reason: str = ""
    outside: str = ""
    """What carries it out: ``hold:12``, ``reroute:3``, or the id of the run."""
    why: Text | None = None
    measured: float | None = None
    control: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def cause(self) -> str:
        """How commands, holds and routes trace back to this card."""
        return f"decision:{self.id}"

    @property
    def run(self) -> str:
        """Id of the run of a card that writes by itself."""
        return f"decision:{self.id}:do"


@dataclass(frozen=True, slots=True)
class Life:
    """One fact of a card's life."""

    decision: int
    state: DecisionState
    at_ns: int
    by: str
    words: Text


def add_card(work: Work, made: Card, words: Text, entry: Entry | None = None) -> Card:
    """Put a card on record with the first fact of its life; an open card on the same matter is superseded."""
    older = select(decision).where(
        decision.c.key == made.advice.key,
        decision.c.state.in_([DecisionState.PROPOSED.value, DecisionState.DEFERRED.value]),
    )
    superseded = [_card(row) for row in work.connection.execute(older)] if made.advice.key else []
    number = work.connection.scalar(insert(decision).returning(decision.c.id), _values(made))
    kept = replace(made, id=int(number or 0))
    for old in superseded:
        why = say("decision.superseded", id=kept.id)
        move(
            work, old.id, {old.state}, DecisionState.SUPERSEDED, why, at_ns=made.proposed_ns,
            ended_ns=made.proposed_ns, why=why,
        )  # fmt: skip
    _live(work, kept.id, kept.state, kept.proposed_ns, "", words)
    if entry is not None:
        audit.append(work, _about(entry, kept))
    return kept


def move(
    work: Work,
    number: int,
    expected: Collection[DecisionState],
    state: DecisionState,
    words: Text,
    *,
    at_ns: int,
    by: str = "",
    entry: Entry | None = None,
    **changes: Any,
) -> Card:
    """Bring a card to its next state, only from those expected; the change, its life and its audit row in one unit.

    changes are fields of Card. Raises StoreError when the card is elsewhere by now, or gone, or cannot come to that.
    """
    row = work.connection.execute(select(decision).where(decision.c.id == number)).first()
    now = None if row is None else _card(row)
    legal = now is not None and (state is now.state or state in FOLLOWS.get(now.state, ()))
    if now is None or now.state not in expected or not legal:
        raise StoreError(say("decision.moved_on", id=number))
    kept = replace(now, state=state, **changes)
    work.connection.execute(update(decision).where(decision.c.id == number).values(_values(kept)))
    _live(work, number, state, at_ns, by, words)
    if entry is not None:
        audit.append(work, _about(entry, kept))
    return kept


def note(work: Work, number: int, **changes: Any) -> Card:
    """Change fields of a card that are no step of its life. Raises StoreError when it is gone."""
    row = work.connection.execute(select(decision).where(decision.c.id == number)).first()
    if row is None:
        raise StoreError(say("decision.none", id=number))
    kept = replace(_card(row), **changes)
    work.connection.execute(update(decision).where(decision.c.id == number).values(_values(kept)))
    return kept


def find_card(c: Connection, number: int) -> Card | None:
    """A card by its number."""
    row = c.execute(select(decision).where(decision.c.id == number)).first()
    return None if row is None else _card(row)


def cards(c: Connection, states: Collection[DecisionState] = (), limit: int = 100) -> list[Card]:
    """The newest cards in these states (or all), newest first."""
    asked = select(decision).order_by(decision.c.id.desc()).limit(limit)
    if states:
        asked = asked.where(decision.c.state.in_([s.value for s in states]))
    return [_card(row) for row in c.execute(asked)]


def cards_of_key(c: Connection, key: str, limit: int = 20) -> list[Card]:
    """The newest cards on one matter, newest first."""
    asked = select(decision).where(decision.c.key == key).order_by(decision.c.id.desc()).limit(limit)
    return [_card(row) for row in c.execute(asked)]


def untaught(c: Connection, limit: int = 50) -> list[Card]:
    """Cards that ended and have no lesson yet, oldest first."""
    ended = [s.value for s in DecisionState if s.ended]
    asked = (
        select(decision)
        .outerjoin(lesson, lesson.c.decision == decision.c.id)
        .where(decision.c.state.in_(ended), lesson.c.id.is_(None))
        .order_by(decision.c.id)
        .limit(limit)
    )
    return [_card(row) for row in c.execute(asked)]


def advisors(c: Connection) -> list[str]:
    """Everybody who ever proposed a card."""
    return [str(name) for name in c.scalars(select(decision.c.advisor).distinct().order_by(decision.c.advisor))]


def counts(c: Connection, advisor: str) -> tuple[int, int, int]:
    """How many cards of an advisor were shown, approved, and carried out whole, as their lives tell."""
    shown = c.scalar(select(func.count()).select_from(decision).where(decision.c.advisor == advisor))
    came_to = (
        select(decision_event.c.state, func.count(distinct(decision_event.c.decision)))
        .join(decision, decision.c.id == decision_event.c.decision)
        .where(decision.c.advisor == advisor)
        .group_by(decision_event.c.state)
    )
    lived: dict[str, int] = {row[0]: row[1] for row in c.execute(came_to)}
    approved, executed = (lived.get(s.value, 0) for s in (DecisionState.APPROVED, DecisionState.EXECUTED))
    return int(shown or 0), approved, executed


def life(c: Connection, number: int) -> list[Life]:
    """The life of a card, oldest fact first."""
    asked = select(decision_event).where(decision_event.c.decision == number).order_by(decision_event.c.id)
    return [
        Life(row.decision, DecisionState(row.state), row.at_ns, row.printed_name, Text(row.en, row.ko))
        for row in c.execute(asked)
    ]


def _live(work: Work, number: int, state: DecisionState, at_ns: int, by: str, words: Text) -> None:
    work.connection.execute(
        insert(decision_event),
        {"decision": number, "state": state.value, "at_ns": at_ns, "printed_name": by, "en": words.en, "ko": words.ko},
    )


def _about(entry: Entry, kept: Card) -> Entry:
    cause = f"deviation:{kept.deviation}" if kept.deviation else ""
    return replace(entry, object=kept.cause, cause=entry.cause or cause)


def _values(card: Card) -> dict[str, Any]:
    person, why = card.person, card.why
    return {
        "deviation": card.deviation, "key": card.advice.key, "advisor": card.advice.advisor,
        "kind": card.advice.kind.value, "place": card.advice.place, "state": card.state.value,
        "effect": None if card.effect is None else card.effect.value, "detected_ns": card.detected_ns,
        "proposed_ns": card.proposed_ns, "decided_ns": card.decided_ns, "ended_ns": card.ended_ns,
        "expires_ns": card.expires_ns, "due_ns": card.due_ns, "user": "" if person is None else person.user,
        "printed_name": "" if person is None else person.printed_name,
        "role": "" if person is None else person.role.value,
        "areas": text_of(sorted(person.areas) if person is not None else [EVERYWHERE]), "signature": card.signature,
        "judgement": card.judgement, "reason": card.reason, "outside": card.outside,
        "en": None if why is None else why.en, "ko": None if why is None else why.ko, "measured": card.measured,
        "control": card.control, "advice": text_of(card.advice), "facts": text_of(card.facts),
    }  # fmt: skip


def _card(row: Row[Any]) -> Card:
    areas = frozenset(msgspec.json.decode(row.areas, type=list[str]))
    person = Person(row.user, row.printed_name, Role(row.role), areas) if row.user else None
    return Card(
        _ADVICE.decode(row.advice), row.id, row.deviation, DecisionState(row.state),
        None if row.effect is None else Effect(row.effect), row.detected_ns, row.proposed_ns, row.decided_ns,
        row.ended_ns, row.expires_ns, row.due_ns, person, row.signature, row.judgement, row.reason, row.outside,
        None if row.en is None else Text(row.en, row.ko), row.measured, row.control, msgspec.json.decode(row.facts),
    )  # fmt: skip
