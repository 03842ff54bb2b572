"""Placing holds: signed at a seat, or by an approved decision; one key is one hold, on whatever engine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from hmi.desk.hold_acts import HoldActs, noted
from hmi.desk.hold_board import area_of
from hmi.desk.hold_rows import HoldRow
from hmi.desk.keys import check_key
from hmi.desk.onrecord import looked_up, written
from hmi.desk.server import Seat
from hmi.model.genealogy import UnitFate
from hmi.model.hold import HoldOrder, HoldReason, HoldScope, HoldState
from hmi.model.permission import Action
from hmi.model.sequence import Orderer
from hmi.quality import holds as rules
from hmi.quality.hold_words import name_of
from hmi.store import holds as store
from hmi.store.audit import Entry
from hmi.store.holds import HeldUnit, Hold, HoldGate


class Placing(HoldActs):
    """The desk's action place_hold, and the loop's way to place one."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._under_way: dict[str, asyncio.Task[HoldRow]] = {}

    async def place_hold(
        self, seat: Seat, scope: HoldScope, reason: HoldReason, note: str, password: str, key: str = ""
    ) -> HoldRow:
        """Sign and place a hold; answers once its gates are read back, or say why not. The same key is one hold."""
        self._require(seat, Action.PLACE_HOLD, area_of(self._plant, self._look.place(scope, [])))
        if key:
            check_key(key)
        return await self._once(
            key or secrets.token_hex(16), lambda k: self._by_hand(seat, HoldOrder(scope, reason, note), password, k)
        )

    async def place(self, by: Orderer, order: HoldOrder) -> HoldRow:
        """Place a hold that somebody signed elsewhere: an approved decision. The same cause is one hold.

        A gate that is needed and was not signed is shown as not asked. RefusedError when it cannot be recorded.
        """

        async def go(key: str) -> HoldRow:
            self._look.check(order.scope)
            fates = await self._look.affected(order.scope)
            gates = rules.gates_for(self._plant, order.scope, fates, self._board.now())
            if order.writes is not None:
                gates = [*self._named(order.writes, gates), *(g for g in gates if g.tag not in order.writes)]
            user, role = by.person.user, by.person.role.value
            entry = Entry("hold_placed", user=user, role=role, at_ns=self._clock(), cause=order.cause)
            return await self._place_now(by, order, key, fates, gates, entry)

        return await self._once(order.cause or secrets.token_hex(16), go)

    async def _by_hand(self, seat: Seat, order: HoldOrder, password: str, key: str) -> HoldRow:
        scope = order.scope
        self._look.check(scope)
        order = replace(order, note=noted(order.note))
        fates = await self._look.affected(scope)
        self._look.known(scope, fates)
        person = self._require(seat, Action.PLACE_HOLD, area_of(self._plant, self._look.place(scope, fates)))
        gates = rules.gates_for(self._plant, scope, fates, self._board.now())
        record = self._look.signed(scope, order.reason, order.note, fates, gates)
        name = name_of(self._plant, scope)
        shown = {"name": name.to_json(), "units": len(fates), "out": sum(f.out for f in fates)}
        signature = int(await self._sign(seat, "hold", record, shown, password))
        entry = self._entry(seat, "hold_placed", "", None, None, order.note, "")
        return await self._place_now(Orderer(person, signature, "hold"), order, key, fates, gates, entry)

    async def _place_now(
        self, by: Orderer, order: HoldOrder, key: str, fates: list[UnitFate], gates: list[HoldGate], entry: Entry
    ) -> HoldRow:
        now, scope = self._clock(), order.scope
        for gate in gates:
            gate.run = "first" if order.writes is None or gate.tag in order.writes else ""
        hold = Hold(
            0, key, HoldState.PLACING, order.reason, scope, order.note, self._look.place(scope, fates), order.cause,
            by.person.user, by.person.printed_name, by.signature, now, by, int(any(g.run for g in gates)), gates,
            {f.unit: HeldUnit(f, now) for f in fates},
        )  # fmt: skip
        told = self._look.signed(scope, order.reason, order.note, fates, gates) | {"signature": by.signature}
        whole = replace(entry, object="", old=None, new=told, why=order.note, cause=order.cause)
        hold.id = await written(self._database, lambda work: store.add(work, hold, whole))
        for gate in gates:
            gate.run = f"hold:{hold.id}:close" if gate.run else ""
        # units that left a station while this was signed
        for fate in self._board.genealogy.affected(scope):
            hold.units.setdefault(fate.unit, HeldUnit(fate, now))
        self._board.add(hold)
        await self._orders.carry_out(hold)
        return self._board.row(hold)

    async def _once(self, key: str, act: Callable[[str], Awaitable[HoldRow]]) -> HoldRow:
        """One hold for one key, however often and on whatever engine it is asked for."""
        found = next((h for h in self._board.holds.values() if h.key == key), None)
        if found is None:
            kept = await looked_up(lambda: self._by_key(key))
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
