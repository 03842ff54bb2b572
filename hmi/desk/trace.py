"""Genealogy at the desk: a unit's way back to its material and forward to what shares it, and what is in the lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hmi.desk.hold_board import HoldBoard
from hmi.desk.hold_rows import MaterialNow, UnitTrace
from hmi.desk.onrecord import looked_up
from hmi.desk.refused import RefusedError
from hmi.model.genealogy import UnitPass
from hmi.model.hold import ScopeKind
from hmi.model.words import say
from hmi.store import holds as store
from hmi.store.database import Database
from hmi.store.genealogy import GenealogyTable

LONGEST_ID = 400


class Trace:
    """The desk's questions trace and material_now."""

    def __init__(
        self,
        database: Database,
        board: HoldBoard,
        inspections: Callable[[str], list[int]],
    ) -> None:
        """inspections: numbers of a unit's pictures."""
        self._plant, self._genealogy, self._record = board.plant, board.genealogy, GenealogyTable(database)
        self._database, self._board, self._inspections = database, board, inspections

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        return {"trace": self.trace, "material_now": self.material_now}

    async def trace(self, unit: str) -> UnitTrace:
        """All that is known of a unit; one never seen has known False."""
        name = unit.strip()
        if not name or len(name) > LONGEST_ID:
            raise RefusedError(say("hold.no_ids"))
        passes = self._genealogy.passes(name)
        older, held, pictures = await looked_up(lambda: self._kept(name))
        if older:
            whole = {(p.station, p.at_ns): p for p in [*older, *passes]}
            passes = sorted(whole.values(), key=lambda p: p.at_ns)
        holds = sorted({*held, *(h.id for h in self._board.open if name in h.units)})
        if not passes:
            return UnitTrace(name, False, "", "", "", [], [], pictures, holds, 0, 0)
        last = passes[-1]
        batches = list(dict.fromkeys(b for p in passes for b in (p.batch, p.batch_edge) if b))
        sharing = self._genealogy.sharing
        return UnitTrace(
            name, True, last.lot, last.order, last.product, batches, passes, pictures, holds,
            max(0, sharing(ScopeKind.LOT, [last.lot]) - 1) if last.lot else 0,
            max(0, sharing(ScopeKind.BATCH, batches) - 1) if batches else 0,
        )  # fmt: skip

    def material_now(self) -> list[MaterialNow]:
        """Of each line: what its start works on, and the lots and batches seen there last."""
        now, found = self._board.now(), []
        for line in self._plant.lines:
            here, known = now[line.id], self._genealogy.recent
            lots, batches = known(line.id, "lot"), known(line.id, "batch")
            lots = [here.lot] * (here.lot not in lots and bool(here.lot)) + lots
            batches = [here.batch] * (here.batch not in batches and bool(here.batch)) + batches
            order, product = (self._board.word(line.roles.get(role)) for role in ("order", "product"))
            found.append(MaterialNow(line.id, here.lot, here.batch, order, product, lots, batches))
        return found

    def _kept(self, unit: str) -> tuple[list[UnitPass], list[int], list[int]]:
        """Off the loop: passes that are no longer in memory, holds and pictures of a unit."""
        older = self._record.of_unit(unit) if self._genealogy.horizon_ns else []
        with self._database.reader() as c:
            held = store.holds_of_unit(c, unit)
        return older, held, self._inspections(unit)
