"""Looking at holds: the board, the units of one, and what another would take before anybody signs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from hmi.desk.hold_board import HoldBoard
from hmi.desk.hold_rows import GateRow, HoldPreview, HoldRow, HoldUnits
from hmi.desk.onrecord import looked_up
from hmi.desk.refused import RefusedError
from hmi.model.genealogy import UnitFate
from hmi.model.hold import HoldReason, HoldScope, ScopeKind
from hmi.model.words import say
from hmi.quality import holds as rules
from hmi.quality.hold_words import name_of
from hmi.store import holds as store
from hmi.store.database import Database
from hmi.store.genealogy import GenealogyTable
from hmi.store.holds import Hold, HoldGate

T = TypeVar("T")

LONGEST_PAGE = 5_000


class HoldLook:
    """The desk's questions holds, hold_units and preview_hold, and what the acts ask before they act."""

    def __init__(self, board: HoldBoard, database: Database) -> None:
        self.board, self._database = board, database
        self._plant, self._genealogy, self._clock = board.plant, board.genealogy, board.clock
        self.record = GenealogyTable(database)

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {"holds": self.holds, "hold_units": self.hold_units, "preview_hold": self.preview_hold}

    def holds(self, released: bool = False, limit: int = 100) -> list[HoldRow]:
        """Open holds, newest first; with the released ones behind them."""
        found = sorted(self.board.open, key=lambda h: -h.id)
        if released:
            found += sorted((h for h in self.board.holds.values() if not h.open), key=lambda h: -h.released_ns)
        return [self.board.row(h) for h in found[: max(0, limit)]]

    async def hold_units(self, id: int, limit: int = 200, offset: int = 0) -> HoldUnits:
        """The units of a hold by their ids, a page of them."""
        hold, most, start = self.find(id), max(0, min(limit, LONGEST_PAGE)), max(0, offset)
        if hold.open:
            units = [hold.units[u].fate for u in sorted(hold.units)[start : start + most]]
            return HoldUnits(len(hold.units), units)

        def look() -> HoldUnits:
            with self._database.reader() as c:
                kept = store.units_of(c, id, most, start)
                return HoldUnits(store.counts(c, id).units, [u.fate for u in kept])

        return await looked_up(look)

    async def preview_hold(self, scope: HoldScope) -> HoldPreview:
        """What a hold would take and close now; nothing is written and nothing recorded."""
        start = time.perf_counter()
        self.check(scope)
        fates = await self.affected(scope)
        gates = rules.gates_for(self._plant, scope, fates, self.board.now())
        took_ms = (time.perf_counter() - start) * 1000
        out = sum(f.out for f in fates)
        rows = [GateRow(g.station, g.tag, g.purpose, self.board.closed(g.tag), "", None, 0) for g in gates]
        record = self.signed(scope, HoldReason.MANUAL, "", fates, gates)
        why = None if gates else rules.why_not_held([], len(fates) - out)
        return HoldPreview(
            scope, name_of(self._plant, scope), len(fates), out, len(fates) - out,
            sorted({f.lot for f in fates if f.lot}), sorted({f.batch for f in fates if f.batch}), rows,
            round(took_ms, 2), record | {"reason": ""}, why,
        )  # fmt: skip

    async def affected(self, scope: HoldScope) -> list[UnitFate]:
        """Every unit that a scope names; what is too old for memory is asked of the record."""
        found = self._genealogy.affected(scope)
        horizon = self._genealogy.horizon_ns
        if horizon:
            older = await looked_up(lambda: self.record.of_scope(scope, horizon))
            known, newest = {f.unit for f in found}, {p.unit: p for p in sorted(older, key=lambda p: p.at_ns)}
            found += [self._genealogy.fate(self._genealogy.last(u) or p) for u, p in newest.items() if u not in known]
        return found

    # for the acts

    def find(self, id: int) -> Hold:
        """A hold; RefusedError where there is none."""
        found = self.board.holds.get(id)
        if found is None:
            raise RefusedError(say("hold.no_such", id=id))
        return found

    def signed(
        self, scope: HoldScope, reason: HoldReason, note: str, fates: list[UnitFate], gates: list[HoldGate]
    ) -> dict[str, Any]:
        """What is signed of a hold."""
        writes = rules.writes_of(self._plant, gates, True)
        return rules.record_of(scope, reason, note, [f.unit for f in fates], writes)

    def check(self, scope: HoldScope) -> None:
        """RefusedError where a scope cannot be held."""
        why = rules.refuse_scope(self._plant, scope, self._clock())
        if why is not None:
            raise RefusedError(why)

    def known(self, scope: HoldScope, fates: list[UnitFate]) -> None:
        """Refuse ids that nobody has seen: a hold on a misread label would hold nothing and look whole."""
        if scope.kind is ScopeKind.STATION:
            return
        if scope.kind is ScopeKind.UNITS:
            missing = set(scope.ids) - {f.unit for f in fates}
        else:
            now = self.board.now().values()
            current = {x.lot for x in now} if scope.kind is ScopeKind.LOT else {x.batch for x in now}
            missing = set() if fates else set(scope.ids) - current
        if missing:
            raise RefusedError(say(f"hold.unknown_{scope.kind.value}", id=min(missing)))

    def place(self, scope: HoldScope, fates: list[UnitFate]) -> str:
        """The station or line that a hold concerns; empty where it is several."""
        if scope.kind is ScopeKind.STATION:
            return scope.ids[0] if len(scope.ids) == 1 else ""
        lines = {f.line for f in fates}
        for line, x in self.board.now().items():
            if (x.lot if scope.kind is ScopeKind.LOT else x.batch) in scope.ids:
                lines.add(line)
        return lines.pop() if len(lines) == 1 else ""
