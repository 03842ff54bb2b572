"""Holds and genealogy at the desk: one thing for the wiring, made of looking, placing, releasing and tracing.

::

    holds = Holds(plant, genealogy, database, runs, people.require, people.sign, people.entry, reading,
                  urgent, told, time.time_ns)
    answers |= holds.answers()      # types: hmi.desk.hold_rows.HOLD_ANSWERS
    runs.heard.append(holds.on_run); passing tells holds.on_pass; holds.tick() twice a second
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hmi.desk.control import Require
from hmi.desk.hold_acts import Sign
from hmi.desk.hold_board import HoldBoard, Urgent
from hmi.desk.hold_look import HoldLook
from hmi.desk.hold_orders import GateOrders
from hmi.desk.hold_placing import Placing
from hmi.desk.hold_releasing import Releasing
from hmi.desk.hold_rows import HoldRow
from hmi.desk.trace import Trace
from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldOrder
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.model.sequence import Orderer, Run, Runner
from hmi.quality.genealogy import Genealogy
from hmi.store.audit import Entry
from hmi.store.database import Database


class Holds:
    """The desk's questions and actions on holds and genealogy; also the loop's way to place one."""

    def __init__(
        self,
        plant: Plant,
        genealogy: Genealogy,
        database: Database,
        runner: Runner,
        require: Require,
        sign: Sign,
        entry: Callable[..., Entry],
        reading: Callable[[str], Reading],
        urgent: Urgent,
        told: Callable[[HoldRow], None],
        clock: Callable[[], int],
        *,
        ready: Callable[[], bool] = lambda: True,
        inspections: Callable[[str], list[int]] = lambda unit: [],
    ) -> None:
        """genealogy is filled already; entry is People.entry; urgent(hold, station, unit): held material moved.

        ready: whether the station may write (CONTROL); inspections: numbers of a unit's pictures. Raises StoreError.
        """
        self.board = HoldBoard(plant, genealogy, database, reading, urgent, told, clock)
        self._orders = GateOrders(self.board, database, runner, ready)
        self.look = HoldLook(self.board, database)
        self._placing = Placing(self.look, self._orders, database, require, sign, entry)
        self._releasing = Releasing(self.look, self._orders, database, require, sign, entry)
        self._trace = Trace(database, self.board, inspections)

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        acts: dict[str, Callable[..., Any]] = {
            "place_hold": self._placing.place_hold, "release_hold": self._releasing.release_hold,
            "close_gates": self._releasing.close_gates,
        }  # fmt: skip
        return self.look.answers() | self._trace.answers() | acts

    async def place(self, by: Orderer, order: HoldOrder) -> HoldRow:
        """Place a hold that was signed elsewhere (Placing.place); the same cause is one hold."""
        return await self._placing.place(by, order)

    def on_pass(self, p: UnitPass) -> None:
        """A unit left a station; the genealogy knows it already."""
        self.board.on_pass(p)

    def on_run(self, run: Run) -> None:
        """A run of any room changed."""
        self._orders.on_run(run)

    def tick(self) -> None:
        """Follow gates and units, go on with what waits; call about twice a second on the loop."""
        self._orders.tick()
        self.board.tick()

    async def stop(self) -> None:
        """Let go of what is under way, on the loop; it goes on with the next start."""
        await self._orders.close()

    def close(self) -> None:
        """Write what is left; before the database closes."""
        self.board.tick()
