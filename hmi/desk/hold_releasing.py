"""Releasing holds, and telling again the gates that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hmi.desk.hold_acts import HoldActs, noted
from hmi.desk.hold_board import area_of, snapshot
from hmi.desk.hold_rows import HoldRow
from hmi.desk.onrecord import written
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.model.hold import Disposition, HoldState, ScopeKind
from hmi.model.permission import Action
from hmi.model.sequence import Orderer
from hmi.model.words import say
from hmi.quality import holds as rules
from hmi.store import holds as store
from hmi.store.audit import Entry
from hmi.store.database import Work
from hmi.store.holds import Hold, HoldGate


class Releasing(HoldActs):
    """The desk's actions release_hold and close_gates."""

    async def close_gates(self, seat: Seat, id: int, password: str) -> HoldRow:
        """Sign and tell again the gates of a hold that are not as they should be; of a released one: to open."""
        hold = self._look.find(id)
        closing = hold.open
        action, meaning = (Action.PLACE_HOLD, "hold") if closing else (Action.RELEASE_HOLD, "release")
        person = self._require(seat, action, area_of(self._plant, hold.place))
        self._idle(hold)
        gates = self._wrong(hold)
        if not gates:
            raise RefusedError(say("hold.nothing_to_close"))
        record = {"act": "gates", "hold": id, "writes": rules.writes_of(self._plant, gates, closing)}
        signature = int(await self._sign(seat, meaning, record, self._shown(hold), password))
        after = self._still(hold)
        self._orders.order(after, _same(after, gates), closing, Orderer(person, signature, meaning))
        told = record | {"signature": signature}
        entry = self._entry(seat, "hold_gates", f"hold {id}", None, told, "", hold.cause)
        await written(self._database, _saving(after, entry))
        return await self._carry_out(after)

    async def release_hold(self, seat: Seat, id: int, disposition: Disposition, note: str, password: str) -> HoldRow:
        """Sign what becomes of held material; its gates are opened unless another hold needs them."""
        hold = self._look.find(id)
        person = self._require(seat, Action.RELEASE_HOLD, area_of(self._plant, hold.place))
        note = noted(note)
        self._idle(hold)
        self._may_release(hold, disposition, note)
        gates = self._opened(hold)
        record = {
            "act": "release", "hold": id, "disposition": disposition.value, "note": note, "units": len(hold.units),
            "units_sha": rules.units_sha(hold.units), "writes": rules.writes_of(self._plant, gates, False),
        }  # fmt: skip
        signature = int(await self._sign(seat, "release", record, self._shown(hold), password))
        self._may_release(self._still(hold), disposition, note)  # the password took its time
        if [g.tag for g in self._opened(hold)] != [g.tag for g in gates]:
            raise RefusedError(say("hold.gates_moved"))
        after = replace(
            self._still(hold), state=HoldState.RELEASED, disposition=disposition, release_note=note, why=None,
            released_ns=self._clock(), released_by=person.printed_name, release_signature=signature,
        )  # fmt: skip
        if gates:
            self._orders.order(after, _same(after, gates), False, Orderer(person, signature, "release"))
        told = record | {"signature": signature}
        entry = self._entry(seat, "hold_released", f"hold {id}", None, told, note, hold.cause)
        await written(self._database, _saving(after, entry))
        self._board.forget_units(after)
        return await self._carry_out(after)

    async def _carry_out(self, after: Hold) -> HoldRow:
        """From here on the hold is what was put on record."""
        self._board.add(after)
        await self._orders.carry_out(after)
        return self._board.row(after)

    def _still(self, hold: Hold) -> Hold:
        """A hold to be changed, kept apart until the change is on record; RefusedError when it moved on meanwhile."""
        self._idle(hold)
        if self._look.find(hold.id) is not hold:
            raise RefusedError(say("hold.gates_moved"))
        return replace(hold, gates=[replace(g) for g in hold.gates])

    def _wrong(self, hold: Hold) -> list[HoldGate]:
        stands = self._board.stands(hold)
        if hold.open:
            return [g for g, closed in stands if closed is not True]
        needed = {g.tag for other in self._board.open for g in other.gates}
        return [g for g, closed in stands if closed is not False and not g.asked and g.tag not in needed]

    def _opened(self, hold: Hold) -> list[HoldGate]:
        closed = {g.tag: c for g, c in self._board.stands(hold)}
        return rules.to_open(hold, self._board.open, closed)

    def _may_release(self, hold: Hold, disposition: Disposition, note: str) -> None:
        used = any(x.batch in hold.scope.ids for x in self._board.now().values())
        why = rules.refuse_release(hold, disposition, note, used and hold.scope.kind is ScopeKind.BATCH)
        if why is not None:
            raise RefusedError(why)

    def _idle(self, hold: Hold) -> None:
        if self._orders.busy(hold):
            raise RefusedError(say("hold.still_placing"))

    def _shown(self, hold: Hold) -> dict[str, Any]:
        row = self._board.row(hold)
        gates = [{"tag": g.tag, "closed": g.closed, "outcome": g.outcome} for g in row.gates]
        return {"hold": hold.id, "state": row.state.value, "units": row.units, "out": row.out, "gates": gates}


def _same(hold: Hold, gates: list[HoldGate]) -> list[HoldGate]:
    by_tag = {g.tag: g for g in hold.gates}
    return [by_tag[g.tag] for g in gates]


def _saving(hold: Hold, entry: Entry) -> Callable[[Work], None]:
    kept, units = snapshot(hold), [replace(u) for u in hold.units.values()]

    def run(work: Work) -> None:
        store.save(work, kept, entry)
        store.save_units(work, kept.id, units)

    return run
