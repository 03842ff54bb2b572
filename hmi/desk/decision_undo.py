"""Taking back what a card wrote: on record first, then by a run of its own; a restarted engine goes on with it."""

from __future__ import annotations

from functools import partial
from typing import Any

from hmi.desk.refused import RefusedError
from hmi.loop.doors import Doors
from hmi.loop.execute import SIGNED_NS
from hmi.loop.record import Record
from hmi.model.permission import Person, Role
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.run_rules import BACK
from hmi.plant.gateway.runs import RunRefusedError
from hmi.store import decisions as store
from hmi.store.audit import Entry
from hmi.store.decisions import Card

UNDONE = "undone"
"""The fact of a card that says it is taken back: the number of the signature."""
LOOKED_AT = 200


class Undoing:
    """Carries out what was signed to take a card back, once."""

    def __init__(self, doors: Doors, record: Record) -> None:
        """What an earlier engine put on record and did not begin is taken up. Raises StoreError."""
        self._doors, self._record = doors, record
        self._left = [
            card for card in record.read(partial(store.cards, limit=LOOKED_AT))
            if UNDONE in card.facts and doors.runner.find(card.run + BACK) is None
        ]  # fmt: skip

    async def undo(self, card: Card, person: Person, reason: str, signature: int, entry: Entry) -> Card:
        """Put a signed undo on record and carry it out. RefusedError when the runner does not take it."""
        by = {
            "user": person.user, "printed_name": person.printed_name, "role": person.role.value,
            "areas": sorted(person.areas), "reason": reason, "at_ns": entry.at_ns,
        }  # fmt: skip
        kept = await self._record.move(
            card.id, {card.state}, card.state, say("decision.life_undone", reason=reason), at_ns=entry.at_ns,
            by=person.printed_name, entry=entry, facts={**card.facts, UNDONE: signature, "undone_by": by},
        )  # fmt: skip
        why = await self._take_back(kept)
        if why is not None:
            await self._not_undone(kept, why)
            raise RefusedError(why)
        return kept

    async def go_on(self, now_ns: int) -> None:
        """Go on with what an earlier engine left, once the station writes again; too late for that, it is told."""
        for card in list(self._left):
            by = card.facts.get("undone_by") or {"at_ns": 0}
            if now_ns - by["at_ns"] > SIGNED_NS:
                await self._not_undone(card, say("decision.undo_late"))
            elif self._waits(card, _person(by)):
                continue
            elif (why := await self._take_back(card)) is not None:
                await self._not_undone(card, why)
            self._left.remove(card)

    def _waits(self, card: Card, person: Person) -> bool:
        return any(self._doors.preview(person, w.tag, w.back) is not None for w in card.advice.writes)

    async def _take_back(self, card: Card) -> Text | None:
        """Why the runner does not take it; None when it did, whatever became of it."""
        by = card.facts["undone_by"]
        try:
            await self._doors.runner.take_back(card.run, _person(by), by["reason"], card.facts[UNDONE], "command")
        except RunRefusedError as refused:
            return refused.text
        except OSError as err:  # it could not be put on record, so nothing was written
            return getattr(err, "text", None) or say("people.not_recorded")
        return None

    async def _not_undone(self, card: Card, why: Text) -> None:
        """Nothing was taken back: the card says so, and can be taken back anew."""
        now = await self._record.look(partial(store.find_card, number=card.id))
        if now is not None:
            facts: dict[str, Any] = {k: v for k, v in now.facts.items() if k not in (UNDONE, "undone_by")}
            words = say("decision.life_not_undone", why=why)
            await self._record.move(now.id, {now.state}, now.state, words, at_ns=self._doors.clock(), facts=facts)


def _person(by: dict[str, Any]) -> Person:
    return Person(by["user"], by["printed_name"], Role(by["role"]), frozenset(by["areas"]))
