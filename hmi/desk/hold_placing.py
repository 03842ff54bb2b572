"""Placing holds: signed at a seat, or by an approved decision; one key is one hold, on whatever engine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from hmi.desk.hold_board import area_of
from hmi.desk.hold_look import HoldLook
from hmi.desk.hold_orders import GateOrders
from hmi.desk.hold_rows import HoldRow
from hmi.desk.keys import check_key
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.genealogy import UnitFate
from hmi.model.hold import HoldReason, HoldScope, HoldState
from hmi.model.permission import Action, Person
from hmi.model.words import say
from hmi.quality import holds as rules
from hmi.quality.hold_words import name_of
from hmi.store import holds as store
from hmi.store.audit import Entry
from hmi.store.database import Database, Work
from hmi.store.faults import StoreError
from hmi.store.holds import HeldUnit, Hold, HoldGate, Orderer

T = TypeVar("T")

LONGEST_NOTE = 2_000

Require = Callable[[Seat, Action, str], Person]
"""require(seat, action, area): who sits there, or RefusedError (which is on record too)."""
Sign = Callable[[Seat, str, dict[str, Any], dict[str, Any], str], Awaitable[str]]
"""sign(seat, meaning, record, shown, password): number of the signature."""


class Placing:
    """The desk's action place_hold, and the loop's way to place one."""

    def __init__(
        self,
        look: HoldLook,
        orders: GateOrders,
        database: Database,
        require: Require,
        sign: Sign,
        entry: Callable[..., Entry],
    ) -> None:
        self._look, self._board, self._orders, self._database = look, look.board, orders, database
        self._plant, self._genealogy, self._clock = look.board.plant, look.board.genealogy, look.board.clock
        self._require, self._sign, self._entry = require, sign, entry
        self._under_way: dict[str, asyncio.Task[HoldRow]] = {}

    async def place_hold(
        self, seat: Seat, scope: HoldScope, reason: HoldReason, note: str, password: str, key: str = ""
    ) -> HoldRow:
        """Sign and place a hold; answers once its gates are read back, or say why not. The same key is one hold."""
        self._require(seat, Action.PLACE_HOLD, area_of(self._plant, self._look.place(scope, [])))
        if key:
            check_key(key)
        return await self._once(
            key or secrets.token_hex(16), lambda k: self._by_hand(seat, scope, reason, note, password, k)
        )

    async def place(
        self,
        person: Person,
        scope: HoldScope,
        reason: HoldReason,
        note: str,
        signature: int | str,
        meaning: str,
        cause: str,
        writes: Sequence[str] | None = None,
    ) -> HoldRow:
        """Place a hold that somebody signed elsewhere: an approved decision. The same cause is one hold.

        writes names the gate tags that the signature orders, in their order; None: those that preview_hold named.
        A gate that is needed and was not signed is shown as not asked. RefusedError when it cannot be recorded.
        """

        async def go(key: str) -> HoldRow:
            self._look.check(scope)
            fates = await self._look.affected(scope)
            gates = rules.gates_for(self._plant, scope, fates, self._board.now())
            if writes is not None:
                gates = [*self._named(writes, gates), *(g for g in gates if g.tag not in writes)]
            entry = Entry("hold_placed", user=person.user, role=person.role.value, at_ns=self._clock(), cause=cause)
            asked = None if writes is None else frozenset(writes)
            return await self._place_now(
                person, scope, reason, note, int(signature), meaning, cause, key, fates, gates, entry, asked
            )

        return await self._once(cause or secrets.token_hex(16), go)

    async def _by_hand(
        self, seat: Seat, scope: HoldScope, reason: HoldReason, note: str, password: str, key: str
    ) -> HoldRow:
        self._look.check(scope)
        note = noted(note)
        fates = await self._look.affected(scope)
        self._look.known(scope, fates)
        person = self._require(seat, Action.PLACE_HOLD, area_of(self._plant, self._look.place(scope, fates)))
        gates = rules.gates_for(self._plant, scope, fates, self._board.now())
        record = self._look.signed(scope, reason, note, fates, gates)
        name = name_of(self._plant, scope)
        shown = {"name": name.to_json(), "units": len(fates), "out": sum(f.out for f in fates)}
        signature = int(await self._sign(seat, "hold", record, shown, password))
        entry = self._entry(seat, "hold_placed", "", None, None, note, "")
        return await self._place_now(person, scope, reason, note, signature, "hold", "", key, fates, gates, entry, None)

    async def _place_now(
        self, person: Person, scope: HoldScope, reason: HoldReason, note: str, signature: int, meaning: str,
        cause: str, key: str, fates: list[UnitFate], gates: list[HoldGate], entry: Entry, asked: frozenset[str] | None,
    ) -> HoldRow:  # fmt: skip
        now = self._clock()
        for gate in gates:
            gate.run = "first" if asked is None or gate.tag in asked else ""
        hold = Hold(
            0, key, HoldState.PLACING, reason, scope, note, self._look.place(scope, fates), cause, person.user,
            person.printed_name, signature, now, Orderer(person, signature, meaning), int(any(g.run for g in gates)),
            gates, {f.unit: HeldUnit(f, now) for f in fates},
        )  # fmt: skip
        told = self._look.signed(scope, reason, note, fates, gates) | {"signature": signature}
        whole = Entry(
            entry.action, "", None, told, note, cause, entry.user, entry.role, entry.session, entry.at_ns, entry.mono
        )
        hold.id = await written(self._database, lambda work: store.add(work, hold, whole))
        for gate in gates:
            gate.run = f"hold:{hold.id}:close" if gate.run else ""
        # units that left a station while this was signed
        for fate in self._genealogy.affected(scope):
            hold.units.setdefault(fate.unit, HeldUnit(fate, now))
        self._board.add(hold)
        await self._orders.carry_out(hold)
        return self._board.row(hold)

    async def _once(self, key: str, act: Callable[[str], Awaitable[HoldRow]]) -> HoldRow:
        """One hold for one key, however often and on whatever engine it is asked for."""
        found = next((h for h in self._board.holds.values() if h.key == key), None)
        if found is None:
            kept = await self._look.read(lambda: self._by_key(key))
            found = None if kept is None else self._board.holds.get(kept.id, kept)
        if found is not None:
            await self._orders.carry_out(found)
            return self._board.row(found)
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(act(key))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(task)

    def _by_key(self, key: str) -> Hold | None:
        with self._database.reader() as c:
            return store.by_key(c, key)

    def _named(self, tags: Sequence[str], gates: list[HoldGate]) -> list[HoldGate]:
        """The gates of tags that were signed, as the plan has them or as the plant file describes them."""
        planned = {g.tag: g for g in gates}
        station = {s.roles.get(rules.ROLE): s.id for s in self._plant.stations}
        return [planned.get(t) or HoldGate(station[t], t, rules.KEEP) for t in tags if t in planned or t in station]


def noted(note: str) -> str:
    """A person's note, or RefusedError for one that is too long."""
    if len(note) > LONGEST_NOTE:
        raise RefusedError(say("hold.long_note", most=LONGEST_NOTE))
    return note.strip()


async def written(database: Database, run: Callable[[Work], T]) -> T:
    """Carry out a unit of work; on disk when this returns. RefusedError where it cannot be."""
    try:
        return await asyncio.wrap_future(database.submit(run))
    except StoreError as err:
        raise RefusedError(err.text) from err
