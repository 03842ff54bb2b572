"""What people decide on cards: the judgement of the cause, then approve, reject or defer; each refused with its why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from hmi.desk.decision_cards import area_of, lot_at
from hmi.desk.decision_rows import DecisionCard
from hmi.desk.decision_undo import Undoing
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.loop import approve, second
from hmi.loop.approve import Approve
from hmi.loop.doors import Doors, waited
from hmi.loop.record import Record
from hmi.loop.resting import OPEN
from hmi.loop.sound import UnsoundError, scope_of
from hmi.loop.view import ordered
from hmi.model.decision import AdviceKind, DecisionState, Judgement
from hmi.model.permission import Action, Person
from hmi.model.words import say
from hmi.store import decisions as store
from hmi.store import loop as loop_store
from hmi.store.audit import Entry
from hmi.store.decisions import Card
from hmi.store.faults import StoreError

T = TypeVar("T")


class PeopleDoor(Protocol):
    """What is asked of people (hmi.desk.people.People)."""

    def person(self, seat: Seat) -> Person | None:
        """Who sits there."""

    def require(self, seat: Seat, action: Action, area: str = "*") -> Person:
        """Who sits there and may do this; RefusedError otherwise."""

    def entry(
        self, seat: Seat | None, action: str, object: str = "", old: Any = None, new: Any = None, why: str = "",
        cause: str = "",
    ) -> Entry:  # fmt: skip
        """An audit entry of who sits there."""

    def sign(
        self, seat: Seat, meaning: str, record: dict[str, Any], shown: dict[str, Any], password: str
    ) -> Awaitable[str]:
        """Sign; the signature's number."""

    def sign_second(
        self, seat: Seat, meaning: str, record: dict[str, Any], shown: dict[str, Any], password: str, first: int
    ) -> Awaitable[str]:
        """Sign what another person signed first, having been shown the same; the signature's number."""


class DecisionActs:
    """The desk's actions judge_cause, decide and undo_decision."""

    def __init__(
        self,
        doors: Doors,
        record: Record,
        people: PeopleDoor,
        shown: Callable[[Card, Person | None], Awaitable[DecisionCard]],
        wake: Callable[[], None],
    ) -> None:
        """shown makes the nine-part card for a person; wake lets the loop look at once."""
        self._doors, self._record, self._people, self._shown, self._wake = doors, record, people, shown, wake
        self._approve = Approve(record)
        self.undoing = Undoing(doors, record)

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Action name -> function."""
        return {name: getattr(self, name) for name in ("judge_cause", "decide", "undo_decision")}

    async def judge_cause(self, seat: Seat, id: int, judgement: Judgement) -> DecisionCard:
        """The person's own judgement of the cause, given before the confidence is shown."""
        card = await card_on_record(self._record, id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        if not card.state.open:
            raise RefusedError(say("decision.not_open", id=id, state=say(f"decision.state_{card.state.value}")))
        if card.judgement:
            raise RefusedError(say("decision.judged_before"))
        entry = self._people.entry(seat, "decision_judgement", card.cause, None, {"judgement": judgement.value})
        kept = await recorded(self._approve.judge(card, judgement, entry))
        return await self._shown(kept, person)

    async def decide(
        self, seat: Seat, id: int, verdict: str, reason: str, password: str, shown: str = ""
    ) -> DecisionCard:
        """Approve, reject or defer, signed. Refused when anything the decision rests on is not so any more."""
        card = await card_on_record(self._record, id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        why = approve.refuse_verdict(card, verdict, reason, self._doors.clock())
        if why is not None:
            raise RefusedError(why)
        lot = lot_at(self._doors, card.advice.place)
        if verdict == approve.APPROVE:
            if shown and shown != approve.shown_hash(card, lot):
                raise RefusedError(say("decision.shown_changed"))
            doors = self._doors
            why = approve.stale(card, doors.plant, doors.reading, doors.link_age_s)
            if why is not None:
                raise RefusedError(why)
            await self._still_the_gates(card)
            self._would_go_out(card, person)
            if second.two_persons(card.advice, doors.plant) is not None:
                return await self._of_two(seat, card, person, reason, password, lot)
        record = approve.record_of(card, verdict, reason)
        signature = int(await self._people.sign(seat, verdict, record, approve.shown_of(card, lot), password))
        told = {"signature": signature, "reason": reason, "judgement": card.judgement}
        entry = self._people.entry(seat, f"decision_{verdict}", card.cause, {"state": card.state.value}, told, reason)
        kept = await recorded(self._approve.decide(card, verdict, person, signature, reason, entry))
        self._wake()
        return await self._shown(kept, person)

    async def _of_two(
        self, seat: Seat, card: Card, person: Person, reason: str, password: str, lot: str
    ) -> DecisionCard:
        """Approve a card that takes two persons: the first signature waits, another person's on the same orders it."""
        first, shown = second.waits(card, self._doors.clock()), approve.shown_of(card, lot)
        if first is None:
            record = approve.record_of(card, approve.APPROVE, reason)
            signature = int(await self._people.sign(seat, approve.APPROVE, record, shown, password))
            told = {"signature": signature, "reason": reason, "judgement": card.judgement}
            entry = self._people.entry(seat, "decision_first", card.cause, None, told, reason)
            return await self._shown(
                await recorded(self._approve.first(card, person, signature, reason, entry)), person
            )
        if first.user == person.user:
            raise RefusedError(say("people.same_person"))
        record = approve.record_of(card, approve.APPROVE, first.reason)
        signature = int(await self._people.sign_second(seat, approve.APPROVE, record, shown, password, first.signature))
        told = {"signature": signature, "first": first.signature, "reason": reason, "judgement": card.judgement}
        entry = self._people.entry(seat, "decision_approve", card.cause, {"state": card.state.value}, told, reason)
        kept = await recorded(self._approve.decide(card, approve.APPROVE, person, signature, reason, entry))
        self._wake()
        return await self._shown(kept, person)

    async def undo_decision(self, seat: Seat, id: int, reason: str, password: str) -> DecisionCard:
        """Take back what a card wrote: a new signed act through the gateway."""
        card = await card_on_record(self._record, id)
        person = self._people.require(seat, Action.DECIDE, area_of(self._doors.plant, card.advice.place))
        if not approve.can_undo(card) or self._doors.runner.find(card.run) is None:
            raise RefusedError(say("decision.no_undo", id=id))
        if second.two_persons(card.advice, self._doors.plant) is not None:
            raise RefusedError(say("decision.undo_two"))
        if not reason.strip():
            raise RefusedError(say("decision.no_reason"))
        record = approve.undo_record(card, reason)
        signature = int(await self._people.sign(seat, "command", record, {"id": id}, password))
        entry = self._people.entry(seat, "decision_undo", card.cause, None, {"signature": signature}, reason)
        kept = await recorded(self.undoing.undo(card, person, reason, signature, entry))
        return await self._shown(kept, person)

    async def _still_the_gates(self, card: Card) -> None:
        """A hold whose gates are others by now is not what was shown: a new card is made of it."""
        if card.advice.kind is not AdviceKind.HOLD:
            return
        try:
            _, scope = scope_of(card.advice.hold)
        except UnsoundError as err:
            raise RefusedError(err.text) from err
        sketch = await waited(self._doors.holds.preview(scope))
        if [(w.tag, w.value) for w in card.advice.writes] == list(ordered(sketch)):
            return
        why, now = say("decision.hold_changed"), self._doors.clock()
        await recorded(
            self._record.move(card.id, OPEN, DecisionState.SUPERSEDED, why, at_ns=now, ended_ns=now, why=why)
        )
        await recorded(self._record.write(partial(loop_store.again, number=card.deviation)))
        self._wake()
        raise RefusedError(why)

    def _would_go_out(self, card: Card, person: Person) -> None:
        """No approval of what the gateway refuses; a hold stands on paper even where a gate is refused."""
        for write in card.advice.writes if card.advice.kind is not AdviceKind.HOLD else ():
            why = self._doors.preview(person, write.tag, write.value)
            if why is not None:
                raise RefusedError(why)


async def card_on_record(record: Record, number: int) -> Card:
    """A card by its number. RefusedError when there is none, or the record cannot be read."""
    found = await looked(record, partial(store.find_card, number=number))
    if found is None:
        raise RefusedError(say("decision.none", id=number))
    return found


async def looked(record: Record, ask: Callable[[Any], T]) -> T:
    """Ask the record. RefusedError when it cannot be read."""
    try:
        return await record.look(ask)
    except StoreError as err:
        raise RefusedError(say("decision.not_kept", why=err.text)) from err


async def recorded(act: Awaitable[T]) -> T:
    """What a person does, on record. RefusedError when it cannot be kept, or the card has moved on."""
    try:
        return await act
    except StoreError as err:
        raise RefusedError(err.text) from err
