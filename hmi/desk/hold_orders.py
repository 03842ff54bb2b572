"""Gates of a hold are told: one run for all, and where one refuses, another run for those that are left.

Everything is read from what is on record, so that a hold that was interrupted anywhere goes on where it stands: a gate
without outcome belongs to a run, and the run is found, begun or waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hmi.desk.hold_board import HoldBoard, snapshot
from hmi.model.sequence import Orderer, Run, Runner, RunState, RunStep
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.runs import RunRefusedError
from hmi.quality.holds import gate_value
from hmi.store import holds as store
from hmi.store.database import Database
from hmi.store.faults import StoreError
from hmi.store.holds import Hold, HoldGate

REFUSED = "REFUSED"


class GateOrders:
    """Carries out what holds order of their gates."""

    def __init__(self, board: HoldBoard, database: Database, runner: Runner, ready: Callable[[], bool]) -> None:
        """ready: whether the station may write now; what an earlier engine left waits for that."""
        self._board, self._database, self._runner, self._ready = board, database, runner, ready
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._left_over = {h.id for h in board.holds.values() if _waiting(h)}

    def busy(self, hold: Hold) -> bool:
        """Whether gates of a hold are on the way."""
        return hold.id in self._tasks

    async def carry_out(self, hold: Hold) -> None:
        """Tell a hold's gates what they wait for; returns with the outcome. Goes on when the caller goes away."""
        await asyncio.shield(self._start(hold))

    def on_run(self, run: Run) -> None:
        """Hear of a run's change; one that goes on by itself is followed."""
        kind, _, number = run.cause.partition(":")
        hold = self._board.holds.get(int(number)) if kind == "hold" and number.isdigit() else None
        if hold is None or run.back_of:
            return
        if self._apply(hold, run):
            if hold.id not in self._tasks:  # else it is written with what comes next
                self._board.save(hold)
            self._board.tell(hold)

    def tick(self) -> None:
        """Go on with what waits: after a restart, or once an unknown outcome is settled."""
        for hold in list(self._board.holds.values()):
            if _waiting(hold) and hold.id not in self._tasks:
                self._start(hold)

    async def close(self) -> None:
        """Let go of what is under way; it goes on with the next start."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    def order(self, hold: Hold, gates: list[HoldGate], closing: bool, orderer: Orderer) -> None:
        """Assign gates to the next run; nothing is told before this is on record."""
        name = self._next(hold, closing)
        hold.orderer = orderer
        for gate in gates:
            gate.asked, gate.run, gate.outcome, gate.why, gate.at_ns = closing, name, "", None, 0

    def _start(self, hold: Hold) -> asyncio.Task[None]:
        task = self._tasks.get(hold.id)
        if task is None:
            task = self._tasks[hold.id] = asyncio.ensure_future(self._advance(hold))
            task.add_done_callback(lambda _: self._tasks.pop(hold.id, None))
        return task

    async def _advance(self, hold: Hold) -> None:
        while (waiting := _waiting(hold)) is not None:
            run = await self._run_of(hold, waiting)
            if run is None:
                break  # it waits for the station, or for a read-back
            self._apply(hold, run)
            left = [g for g in hold.gates if g.run == run.id and not g.outcome]
            if not run.ended:
                break
            if left:
                # every gate counts: one that refuses must not leave the others open
                self.order(hold, left, left[0].asked, hold.orderer)
            why = await self._kept(hold)
            if why is not None:
                # what was told stands in the runs' own record; without this one nothing further is ordered
                self._refuse(left, why)
        self._board.tell(hold)

    async def _run_of(self, hold: Hold, id: str) -> Run | None:
        """The run that gates wait for, begun where it was not; None while it waits."""
        gates, plant, by = [g for g in hold.gates if g.run == id], self._board.plant, hold.orderer
        steps = tuple(
            RunStep(g.tag, gate_value(plant, g.tag, g.asked), gate_value(plant, g.tag, not g.asked)) for g in gates
        )
        reason = hold.note or f"hold {hold.id}"
        asked = Run(id, f"hold:{hold.id}", reason, steps, by.person.user, by.signature, by.meaning)
        try:
            found = await asyncio.to_thread(self._runner.find, id)
            if found is not None and found.state is RunState.INTERRUPTED:
                hold.why = say("hold.waits_control")
                return None
            if found is None:
                if hold.id in self._left_over and not self._ready():
                    hold.why = say("hold.waits_control")
                    return None
                found = await self._runner.start(asked, by.person)
            elif not found.ended and found.state is not RunState.UNKNOWN:
                found = await self._runner.start(found, by.person)  # it is under way: wait with it
        except RunRefusedError as refused:
            self._not_begun(hold, gates, refused.text)
            return None
        except OSError as err:
            self._not_begun(hold, gates, getattr(err, "text", None) or say("people.not_recorded"))
            return None
        hold.why = None
        self._left_over.discard(hold.id)
        return found

    def _not_begun(self, hold: Hold, gates: list[HoldGate], why: Text) -> None:
        hold.why = None
        self._refuse(gates, why)
        self._board.save(hold)

    def _refuse(self, gates: list[HoldGate], why: Text) -> None:
        for gate in gates:
            if not gate.outcome:
                gate.outcome, gate.why, gate.at_ns = REFUSED, why, self._board.clock()

    def _apply(self, hold: Hold, run: Run) -> bool:
        """Take over what a run says of its gates; whether anything is new."""
        said = {step.tag: result for step, result in zip(run.steps, run.results, strict=False)}
        fresh = False
        for gate in hold.gates:
            result = said.get(gate.tag)
            if gate.run != run.id or result is None or result.outcome.value == "PENDING":
                continue
            now = (result.outcome.value, result.why, result.done_ns or gate.at_ns or self._board.clock())
            if now[0] != gate.outcome or (gate.outcome and now[1] != gate.why):
                fresh = True
                gate.outcome, gate.why, gate.at_ns = now
        return fresh

    def _next(self, hold: Hold, closing: bool) -> str:
        hold.runs += 1
        verb = "close" if closing else "open"
        return f"hold:{hold.id}:{verb}" + (str(hold.runs) if hold.runs > 1 else "")

    async def _kept(self, hold: Hold) -> Text | None:
        """Put a hold on record; why not, where that fails."""
        kept = snapshot(hold)
        try:
            await asyncio.wrap_future(self._database.submit(lambda work: store.save(work, kept)))
        except StoreError as err:
            return err.text
        return None


def _waiting(hold: Hold) -> str | None:
    """The run that the first gate without outcome waits for."""
    return next((g.run for g in hold.gates if g.run and not g.outcome), None)
