"""Material at the desk: the map, answers to a failed station, reroutes on record and their way back.

::

    material = Material(plant, planner, runner, database, require, sign, reading, station_state, history, ...)
    answers |= material.answers()        # types: hmi.desk.material_rows.MATERIAL_ANSWERS
    runs.heard.append(material.on_run)   # how far runs came
    material.recover()                   # at start, after runs.recover()
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from hmi.desk.control import Require, Sign
from hmi.desk.material_map import material_map
from hmi.desk.material_pace import Cycles, Gathering, History, StationState, is_down
from hmi.desk.material_rows import MaterialMap, RerouteRow
from hmi.desk.material_runs import Reroutes
from hmi.desk.onrecord import looked_up
from hmi.desk.refused import RefusedError
from hmi.desk.server import Seat
from hmi.desk.sitting import Told
from hmi.material.network import obstacle
from hmi.model.command import Mode, Seen
from hmi.model.flow import OptionKind, Plan, PlanOption
from hmi.model.genealogy import UnitPass
from hmi.model.network import PlanRequest, WorkOrder
from hmi.model.permission import EVERYWHERE, Action, Person
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.model.sequence import Orderer, Run, Runner
from hmi.model.text import Text
from hmi.model.words import say
from hmi.store.canonical import digest
from hmi.store.database import Database
from hmi.store.faults import StoreError

Planner = Callable[[PlanRequest], Awaitable[Plan]]
"""Makes a plan in a worker process (hmi.runtime.solver.Solver.plan)."""

GOOD_FOR_NS = 10 * 60_000_000_000
"""How long a plan can be signed: longer ago it no longer tells what is."""


class Material:
    """The desk's questions material_map and plan_around, its actions reroute and return_route, and the loop's hand."""

    def __init__(
        self,
        plant: Plant,
        planner: Planner,
        runner: Runner,
        database: Database,
        require: Require,
        sign: Sign,
        reading: Callable[[str], Reading],
        station_state: StationState,
        history: History,
        clock: Callable[[], int],
        told: Told = lambda kind, place, text: None,
        push: Callable[[RerouteRow], None] = lambda row: None,
        *,
        mode: Callable[[], Mode] = lambda: Mode.CONTROL,
        person: Callable[[str], Person | None] = lambda user: None,
        session: Callable[[str], str] = lambda user: "",
        cycles: Cycles | None = None,
        orders: Callable[[], Sequence[WorkOrder]] | None = None,
        held: Callable[[str], bool] = lambda station: False,
    ) -> None:
        """reading and station_state say what is now; clock gives ns since 1970 UTC; push sends a row to every window.

        person: who a user is now (accounts.person); session: how the trail names somebody's session
        (People.session); held: whether material of a hold is at a station (the quality room).
        """
        self._plant, self._planner, self._require, self._sign = plant, planner, require, sign
        self._state, self._clock, self._held, self._history = station_state, clock, held, history
        self.gathering = Gathering(plant, history, reading, station_state, clock, cycles, orders)
        self.reroutes = Reroutes(
            plant, runner, database, self.gathering.value, station_state, clock, told, push, mode, person, session
        )
        self._plans: dict[str, Plan] = {}
        self._made: tuple[int, dict[str, float]] = (0, {})

    @property
    def repaired(self) -> list[Callable[[RerouteRow], None]]:
        """Called when the failed station of an open reroute runs again; once more after a restart of the engine."""
        return self.reroutes.repaired

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        names = ("material_map", "plan_around", "reroute", "return_route")
        return {name: getattr(self, name) for name in names}

    def recover(self) -> None:
        """Go on from what an earlier engine left; after the runner's own recover(). Raises StoreError."""
        self.reroutes.recover()

    def on_pass(self, p: UnitPass) -> None:
        """A unit left a station."""
        self.reroutes.on_pass(p)

    def on_run(self, run: Run) -> None:
        """A run came further; those of other rooms are passed over."""
        self.reroutes.on_run(run)

    def tick(self) -> None:
        """Call about once a second, on the engine's loop."""
        self.gathering.tick()
        self.reroutes.tick()

    # questions

    async def material_map(self) -> MaterialMap:
        """Stations, lanes and reroutes as they are now."""
        now = self._clock()
        if now - self._made[0] > 10 * 1_000_000_000:
            self._made = (now, await asyncio.to_thread(self._made_per_h, now))
        return material_map(
            self._plant, now, self.gathering.value, self._state, self._made[1], self._held, self.reroutes.counts(),
            await looked_up(self.reroutes.rows),
        )  # fmt: skip

    async def plan_around(self, station: str, budget_s: float = 0.55) -> Plan:
        """Answers to a failed station, run in the twin; the plan is kept for ``reroute``.

        budget_s: seconds for the twin; more of it narrows the ranges.
        """
        if station not in self._plant.station:
            raise RefusedError(say("material.no_station", id=station))
        request = await self._gathered(station, max(0.05, min(budget_s, 20.0)))
        try:
            plan = await self._planner(request)
        except (OSError, TimeoutError) as err:
            raise RefusedError(say("material.no_planner")) from err
        plan = self._plans[station] = replace(plan, shown=digest(plan))
        return plan

    def plan(self, station: str) -> Plan | None:
        """The plan last made around a station."""
        return self._plans.get(station)

    # actions

    async def reroute(
        self, seat: Seat, failed: str, option: int, reason: str, password: str, shown: str = ""
    ) -> RerouteRow:
        """Sign and carry out an answer of the plan last made; waits for its outcome.

        shown: the hash of the plan that the person saw (Plan.shown). RefusedError when another one was made since:
        somebody else's answers are numbered otherwise.
        """
        person = self._require(seat, Action.REROUTE, self._area(failed))
        plan = self._plans.get(failed)
        if plan is None:
            raise RefusedError(say("material.no_plan", station=self._name(failed)))
        if shown and shown != plan.shown:
            raise RefusedError(say("material.plan_changed", station=self._name(failed)))
        chosen = self._chosen(plan, option, reason)
        record = record_of(plan, chosen, reason)
        seen = {"plan": plan.made_ns, "shown": plan.shown, "option": option, "options": len(plan.options)}
        number = await self._sign(seat, "reroute", record, seen, password)
        return await self.execute(Orderer(person, int(number), "reroute"), plan, option, reason)

    async def return_route(self, seat: Seat, id: int, reason: str, password: str) -> RerouteRow:
        """Sign and carry out the way back of a reroute; waits for its outcome."""
        found = self.reroutes.find(id)
        person = self._require(seat, Action.REROUTE, self._area(found.failed))
        if not reason.strip():
            raise RefusedError(say("gateway.no_reason"))
        record = self.reroutes.record_back(id, reason)
        number = await self._sign(seat, "reroute", record, {"state": found.state.value}, password)
        return await self.give_back(Orderer(person, int(number), "reroute"), id, reason)

    # for the loop: acts on a signature that is there already

    async def execute(
        self, by: Orderer, plan: Plan, option: int, reason: str, cause: str = "", seen: Sequence[Seen] = ()
    ) -> RerouteRow:
        """Carry out an answer on a signature whose record has exactly its writes (``record_of``).

        RefusedError when what was shown is no longer true; then nothing was written.
        """
        chosen = self._chosen(plan, option, reason)
        if self._clock() - plan.made_ns > GOOD_FOR_NS:
            raise RefusedError(say("material.plan_old", minutes=GOOD_FOR_NS // 60_000_000_000))
        if not self.gathering.known(self._plant.station[plan.failed]):
            raise RefusedError(say("material.not_known_now", station=self._name(plan.failed)))
        if not is_down(*self._state(plan.failed)):
            raise RefusedError(say("material.runs_again", station=self._name(plan.failed)))
        stands = obstacle(self.gathering.network(plan.failed), plan.failed, chosen.lanes)
        if stands is not None:
            known = self.gathering.known(self._plant.station[stands])
            raise RefusedError(
                say(f"material.{'way_stands' if known else 'not_known_now'}", station=self._name(stands))
            )
        kept = tuple(seen) or tuple(Seen(w.tag, w.back) for w in chosen.writes)
        return await self.reroutes.open(by, plan.failed, chosen, reason, cause, kept)

    async def give_back(self, by: Orderer, id: int, reason: str) -> RerouteRow:
        """Carry out the way back on a signature whose record has exactly its writes (``record_back``)."""
        return await self.reroutes.give_back(by, id, reason)

    def record_back(self, id: int, reason: str) -> dict[str, Any]:
        """What is signed for the way back of a reroute. RefusedError when there is nothing to take back."""
        return self.reroutes.record_back(id, reason)

    # inside

    def _chosen(self, plan: Plan, option: int, reason: str) -> PlanOption:
        if not 0 <= option < len(plan.options):
            raise RefusedError(say("material.no_option", option=option))
        chosen = plan.options[option]
        if chosen.kind is not OptionKind.REROUTE or not chosen.writes:
            raise RefusedError(say("material.nothing_to_write"))
        if not reason.strip():
            raise RefusedError(say("gateway.no_reason"))
        return chosen

    async def _gathered(self, station: str, budget_s: float) -> PlanRequest:
        try:
            return await self.gathering.request(station, budget_s)
        except StoreError as err:
            raise RefusedError(err.text) from err

    def _made_per_h(self, now: int) -> dict[str, float]:
        """Units an hour of each station over the last ten whole minutes."""
        minute = 60_000_000_000
        end = now // minute * minute
        made: dict[str, float] = {s.id: 0.0 for s in self._plant.stations}
        try:
            found = self._history.production(list(made), end - 10 * minute, end)
        except StoreError:
            return {}
        for station, _, good, reject in found:
            made[station] = made.get(station, 0.0) + (good + reject) * 6.0
        return made

    def _area(self, station: str) -> str:
        found = self._plant.station.get(station)
        line = None if found is None else self._plant.line.get(found.line)
        return EVERYWHERE if line is None else line.area

    def _name(self, station: str) -> Text:
        found = self._plant.station.get(station)
        return Text.same(station) if found is None else found.name


def record_of(plan: Plan, option: PlanOption, reason: str) -> dict[str, Any]:
    """What is signed of a reroute: every write in its order, and what it is for."""
    return {
        "reroute": plan.failed, "option": option.name.en, "lanes": list(option.lanes), "reason": reason,
        "writes": [{"tag": w.tag, "value": w.value} for w in option.writes],
    }  # fmt: skip
