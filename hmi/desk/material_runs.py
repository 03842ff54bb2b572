"""Reroutes under way: from the signature over the run to units seen on their lanes, and back again.

Every step is on record before the next; a restarted engine goes on from there. The runner's own record says which
writes were done, so none goes out twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from hmi.desk.material_live import WATCHED, Live, lanes_of, moved, reroute_of, run_of, standing
from hmi.desk.material_pace import StationState
from hmi.desk.material_rows import RerouteRow
from hmi.desk.material_watch import confirmed
from hmi.desk.onrecord import written
from hmi.desk.refused import RefusedError
from hmi.desk.sitting import Told
from hmi.model.command import Mode, Seen
from hmi.model.flow import PlanOption
from hmi.model.genealogy import UnitPass
from hmi.model.permission import Person
from hmi.model.plant import Plant
from hmi.model.reading import Value
from hmi.model.sequence import Orderer, Run, Runner, RunState
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.runs import RunRefusedError
from hmi.store import routes as store
from hmi.store.audit import Entry
from hmi.store.database import Database
from hmi.store.routes import Reroute, RerouteState

log = logging.getLogger("linekeeper.material")

_COUNT_NS = 10_000_000_000
"""How often a count of units goes on record."""
_REMEMBERED = 50


class Reroutes:
    """All reroutes of a station."""

    def __init__(
        self,
        plant: Plant,
        runner: Runner,
        database: Database,
        value: Callable[[str], Value],
        station_state: StationState,
        clock: Callable[[], int],
        told: Told,
        push: Callable[[RerouteRow], None],
        mode: Callable[[], Mode],
        person: Callable[[str], Person | None],
        session: Callable[[str], str],
    ) -> None:
        """As hmi.desk.material.Material has them."""
        self._plant, self._runner, self._database, self._value = plant, runner, database, value
        self._state, self._clock, self._told, self._push = station_state, clock, told, push
        self._mode, self._person, self._session = mode, person, session
        self._live: dict[int, Live] = {}
        self._ended: OrderedDict[int, Reroute] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.repaired: list[Callable[[RerouteRow], None]] = []

    # asked

    def rows(self) -> list[RerouteRow]:
        """Open reroutes and the newest that ended. Raises StoreError."""
        with self._database.reader() as c:
            found = store.recent(c)
        known = {r.id for r in found}
        older = [live.kept for live in list(self._live.values()) if live.kept.id not in known]
        return [self._row(self._now(r)) for r in (*found, *older)]

    def find(self, id: int) -> Reroute:
        """A reroute by its number. RefusedError when there is none."""
        live = self._live.get(id)
        if live is not None:
            return live.kept
        if id in self._ended:
            return self._ended[id]
        with self._database.reader() as c:
            found = store.find(c, id)
        if found is None:
            raise RefusedError(say("material.no_reroute", id=id))
        return found

    def row(self, id: int) -> RerouteRow:
        """A reroute as the screens show it. RefusedError when there is none."""
        return self._row(self.find(id))

    def counts(self) -> dict[str, int]:
        """Units that left on each lane that is open by a reroute."""
        return {count.lane.id: count.units for live in self._live.values() for count in live.counts}

    def record_back(self, id: int, reason: str) -> dict[str, Any]:
        """What is signed for the way back. RefusedError when there is nothing to take back."""
        found = self.find(id)
        run = self._runner.find(found.run)
        if found.state.ended or run is None or not run.done:
            raise RefusedError(say("material.nothing_back", id=id))
        steps = [w for w in reversed(found.writes[: run.done]) if w.back is not None]
        return {"reroute": id, "reason": reason, "writes": [{"tag": w.tag, "value": w.back} for w in steps]}

    # acts

    async def open(
        self, by: Orderer, failed: str, option: PlanOption, reason: str, cause: str, seen: Sequence[Seen]
    ) -> RerouteRow:
        """Put a signed reroute on record, then carry it out."""
        now, person = self._clock(), by.person
        made = Reroute(
            0, failed, option.name, person.user, person.printed_name, cause, reason, by.signature, by.meaning,
            option.writes, tuple(seen), option.lanes, RerouteState.EXECUTING, now,
        )  # fmt: skip
        entry = self._entry("reroute_signed", person.user, person.role.value, reason, cause)
        number = await written(self._database, lambda work: store.add(work, made, entry))
        live = Live(replace(made, id=number), saved_ns=now)
        live.counts = lanes_of(self._plant, live.kept)
        self._live[number] = live
        self._push(self._row(live.kept))
        await self._carry(live, self._runner.start(run_of(live.kept), person), RerouteState.FAILED)
        self._say(live)
        return self._row(live.kept)

    async def give_back(self, by: Orderer, id: int, reason: str) -> RerouteRow:
        """Put the signed way back on record, then carry it out."""
        self.record_back(id, reason)
        live = self._live.get(id)
        if live is None or live.busy:
            raise RefusedError(say("material.nothing_back", id=id))
        before, person = live.kept, by.person
        now = live.kept = replace(
            before, state=RerouteState.RETURNING, why=None, back_user=person.user, back_reason=reason,
            back_signature=by.signature, back_meaning=by.meaning,
        )  # fmt: skip
        entry = self._entry("reroute_return_signed", person.user, person.role.value, reason, "")
        live.busy = True
        try:
            await written(self._database, lambda work: store.keep(work, now, entry))
        except RefusedError:
            live.kept = before  # what could not be put on record must not go out later
            raise
        finally:
            live.busy = False
        self._push(self._row(live.kept))
        await self._carry(live, self._back(live.kept, person), before.state)
        self._say(live)
        return self._row(live.kept)

    def _back(self, kept: Reroute, person: Person) -> Awaitable[Run]:
        run = self._runner.find(kept.back)
        if run is not None and run.state is RunState.STOPPED:  # a way back that stopped goes on, newly signed
            return self._runner.go_on(kept.back, person, kept.back_signature, kept.back_meaning)
        return self._runner.take_back(kept.run, person, kept.back_reason, kept.back_signature, kept.back_meaning)

    async def _carry(self, live: Live, going: Awaitable[Run], refused: RerouteState) -> None:
        """Follow a run to where it ends or waits; ``refused``: where it stands when the runner does not take it."""
        live.busy = True
        try:
            self.on_run(await going)
        except RunRefusedError as why:
            self._stand(live, refused, why.text)
        except OSError as err:
            self._stand(live, refused, getattr(err, "text", None) or say("people.not_recorded"))
        finally:
            live.busy = False

    # heard

    def recover(self) -> None:
        """Take up what an earlier engine left, as the runner's record has it. Raises StoreError."""
        with self._database.reader() as c:
            found = store.still_open(c)
        for kept in found:
            live = Live(kept, saved_ns=self._clock(), before=kept.units)
            live.counts = lanes_of(self._plant, kept)
            self._live[kept.id] = live
            for id in (kept.run, kept.back):
                run = self._runner.find(id)
                if run is not None and not (id == kept.run and kept.state is RerouteState.RETURNING):
                    self.on_run(run)

    def on_run(self, run: Run) -> None:
        """A run came further: the reroute it belongs to follows; runs of other rooms are passed over."""
        number = reroute_of(run)
        live = None if number is None else self._live.get(number)
        found = None if live is None else standing(live.kept, run, self._runner.find(live.kept.run))
        if live is not None and found is not None:
            self._stand(live, *found)

    def on_pass(self, p: UnitPass) -> None:
        """A unit left a station."""
        for live in list(self._live.values()):
            if live.kept.state in WATCHED and sum(count.on_pass(p) for count in live.counts):
                self._counted(live)

    def tick(self) -> None:
        """What happens by time alone."""
        now = self._clock()
        for live in list(self._live.values()):
            if live.kept.state in WATCHED and sum(moved(self._plant, self._value, count) for count in live.counts):
                self._counted(live)
            self._look_repaired(live, now)
            self._resume(live)

    def _counted(self, live: Live) -> None:
        live.kept = replace(live.kept, units=live.before + sum(c.units for c in live.counts))
        if live.kept.state is RerouteState.VERIFIED and confirmed(live.counts):
            self._stand(live, RerouteState.CONFIRMED, None)
        elif self._clock() - live.saved_ns >= _COUNT_NS:
            live.saved_ns = self._clock()
            kept = live.kept
            self._database.submit(lambda work: store.keep(work, kept, None), patient=True)
            self._push(self._row(kept))

    def _look_repaired(self, live: Live, now: int) -> None:
        open_now = live.kept.state in (*WATCHED, RerouteState.PARTLY)
        runs = live.repaired.take(*self._state(live.kept.failed), now)
        if not open_now or runs == live.can_return:
            return
        live.can_return = runs
        row = self._row(live.kept)
        self._push(row)
        if runs:
            self._told("reroute", live.kept.failed, say("material.told_repaired", station=self._name(live.kept.failed)))
            for hear in self.repaired:
                try:
                    hear(row)
                except Exception:
                    log.exception("a hearer of repairs failed")

    def _resume(self, live: Live) -> None:
        """An order that was signed and on record when the engine went away, and never came to the runner."""
        kept = live.kept
        if live.busy or self._mode() is not Mode.CONTROL:
            return
        if kept.state is RerouteState.EXECUTING and self._runner.find(kept.run) is None:
            actor = self._person(kept.user)
            if actor is not None:
                self._later(live, self._runner.start(run_of(kept), actor), RerouteState.FAILED)
        elif kept.state is RerouteState.RETURNING and self._runner.find(kept.back) is None:
            actor = self._person(kept.back_user)
            if actor is not None:
                self._later(live, self._back(kept, actor), RerouteState.VERIFIED)

    def _later(self, live: Live, going: Awaitable[Run], refused: RerouteState) -> None:
        live.busy = True
        task = asyncio.ensure_future(self._carry(live, going, refused))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # inside

    def _stand(self, live: Live, state: RerouteState, why: Text | None) -> None:
        before = live.kept
        if before.state is state and before.why == why:
            return
        ended = self._clock() if state.ended else 0
        live.kept = kept = replace(before, state=state, why=why, ended_ns=ended)
        live.saved_ns = self._clock()
        entry = self._entry(f"reroute_{state.value.lower()}", "", "", kept.reason, kept.cause)
        self._database.submit(lambda work: store.keep(work, kept, entry), patient=True)
        if state.ended:
            # its last row may still be on the way to the disk
            self._ended[kept.id] = kept
            self._live.pop(kept.id, None)
            if len(self._ended) > _REMEMBERED:
                self._ended.popitem(last=False)
        self._push(self._row(kept))

    def _say(self, live: Live) -> None:
        kept = live.kept
        words = say("material.told", name=kept.name, state=say(f"material.state.{kept.state.value}"))
        self._told("reroute", kept.failed, words)

    def _entry(self, action: str, user: str, role: str, why: str, cause: str) -> Entry:
        session = self._session(user) if user else ""
        return Entry(action, "", None, None, why, cause, user, role, session, self._clock())

    def _now(self, kept: Reroute) -> Reroute:
        live = self._live.get(kept.id)
        return self._ended.get(kept.id, kept) if live is None else live.kept

    def _row(self, kept: Reroute) -> RerouteRow:
        live = self._live.get(kept.id)
        return RerouteRow(
            kept.id, kept.failed, kept.name, kept.printed_name, kept.cause, kept.state.value, kept.at_ns, kept.ended_ns,
            kept.units, list(kept.lanes), self._runner.find(kept.run), kept.why, live is not None and live.can_return,
        )  # fmt: skip

    def _name(self, station: str) -> Text:
        found = self._plant.station.get(station)
        return Text.same(station) if found is None else found.name
