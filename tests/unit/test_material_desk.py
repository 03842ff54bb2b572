"""Reroutes from the desk: signed, on record, run, read back, counted, taken back; and gone on with after a crash."""

import asyncio
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hmi.desk.material import Material, record_of
from hmi.desk.material_pace import Learned
from hmi.desk.material_watch import LaneCount
from hmi.desk.refused import RefusedError
from hmi.loop.replan import replan
from hmi.model.command import CommandOutcome, CommandResult, Mode
from hmi.model.flow import Lane, OptionKind
from hmi.model.genealogy import UnitPass
from hmi.model.machine import MachineState, Waiting
from hmi.model.network import Pace, Repair
from hmi.model.permission import Action, Person, Role
from hmi.model.reading import Reading
from hmi.model.sequence import Orderer
from hmi.model.text import Text
from hmi.plant.gateway.runs import Runs
from hmi.runtime import plantfile
from hmi.runtime.discovery import plant_from_nodes
from hmi.store import routes
from hmi.store.audit import Wanted, rows
from hmi.store.canonical import canonical, digest
from hmi.store.database import Database
from hmi.store.machine_time import MachineTimeTable
from hmi.store.runs import RunTable
from hmi.store.signatures import Signature, add
from tests.unit.test_discovery import CONTROLLER
from tests.unit.test_material_plantfile import two_lines

KIM = Person("kim", "Kim Minjun", Role.SUPERVISOR)
START = 1_790_000_000_000_000_000
S = 1_000_000_000
PLANT = plantfile.parse(plantfile.render(plant_from_nodes(two_lines(), CONTROLLER)))
DIVERT, ROUTE = "L1.S1.DivertTo", "L1.S1.RouteActive"
V, R, U = CommandOutcome.VERIFIED, CommandOutcome.REFUSED, CommandOutcome.UNKNOWN


class Crash(Exception):
    """The engine goes away here."""


class Site:
    """A station on a real database and a real runner; the plant is two dictionaries; ``again`` is the next engine."""

    def __init__(self, folder, outcomes=()):
        self.file, self.now, self.mode = folder / "plant.db", START, Mode.CONTROL
        self.values = {x.diverter: 0 for x in PLANT.lanes} | {"L1.S1.RouteActive": 0}
        self.values |= dict.fromkeys((s.roles["state"] for s in PLANT.stations), 6)
        self.states = {s.id: MachineState.EXECUTE for s in PLANT.stations} | {"L1.S2": MachineState.ABORTED}
        self.outcomes, self.sent, self.known, self.rows, self.may = list(outcomes), [], {}, [], True
        self.crash_before_run, self.missed = False, asyncio.Event()
        self.open()

    def open(self):
        self.database = Database(self.file)
        self.runs = Runs(
            self.execute, RunTable(self.database), lambda: self.mode, lambda user: KIM if user == "kim" else None,
            lambda: self.now,
        )  # fmt: skip
        self.runs.recover()
        start = self.runs.start

        async def crashing(run, actor):
            if self.crash_before_run:
                raise Crash
            return await start(run, actor)

        self.runs.start = crashing
        self.material = Material(
            PLANT, self.plan, self.runs, self.database, self.require, self.sign,
            self.reading,
            lambda station: (self.states[station], Waiting.NONE), MachineTimeTable(self.database), lambda: self.now,
            push=self.rows.append, mode=lambda: self.mode, person=lambda user: KIM if user == "kim" else None,
        )  # fmt: skip
        self.runs.heard.append(self.material.on_run)
        self.material.recover()

    def reading(self, tag):
        if tag not in self.values:
            self.missed.set()
        return Reading(self.values.get(tag), 0 if tag in self.values else 0x80000000, self.now)

    def again(self):
        self.database.close()
        self.crash_before_run = False
        self.open()

    async def ticks(self, times=1):
        """The engine's ticks, each with all that it set going."""
        for _ in range(times):
            self.material.tick()
            self.runs.tick()
            while under_way := asyncio.all_tasks() - {asyncio.current_task()}:
                await asyncio.wait(under_way)

    async def plan(self, request):
        # without history a line is taken to be fed as fast as it can go: then no other line has hours to spare
        lines = tuple(replace(line, rate_per_h=150.0) for line in request.network.lines)
        return replan(replace(request, network=replace(request.network, lines=lines)))

    def require(self, seat, action, area):
        assert action is Action.REROUTE
        if not self.may:
            raise RefusedError(Text.same("not yours"))
        return KIM

    async def sign(self, seat, meaning, record, shown, password):
        if password != "right":
            raise RefusedError(Text.same("wrong password"))
        made = Signature(
            0, "kim", "Kim Minjun", "supervisor", self.now, "", meaning, Text("reroute", "우회"),
            canonical(record).decode(), digest(record), canonical(shown).decode(), digest(shown), None, "s", "here",
        )  # fmt: skip
        return str(self.database.submit(lambda work: add(work, made)).result().number)

    async def execute(self, command, actor):
        if command.key not in self.known:
            outcome = self.outcomes.pop(0) if self.outcomes else V
            if outcome is Crash:
                raise Crash
            if outcome is not R:
                self.sent.append((command.tag, command.value))
            if outcome is V:
                self.values[command.tag] = command.value
                self.values[command.tag.replace("DivertTo", "RouteActive")] = command.value
            self.known[command.key] = CommandResult(
                command, actor, outcome, Text("no", "아니요") if outcome is not V else None,
                number=len(self.known) + 1, done_ns=self.now,
            )  # fmt: skip
        await asyncio.sleep(0)
        return self.known[command.key]

    async def rerouted(self, password="right"):
        plan = await self.material.plan_around("L1.S2", 0.05)
        at = next(i for i, o in enumerate(plan.options) if o.kind is OptionKind.REROUTE)
        return await self.material.reroute(None, "L1.S2", at, "station down", password)

    def state(self, number=1):
        self.database.submit(lambda work: None).result()  # behind what waits for the disk
        with self.database.reader() as c:
            return routes.find(c, number).state.value

    def trail(self):
        self.database.submit(lambda work: None).result()
        with self.database.reader() as c:
            found = [r.row["action"] for r in rows(c, Wanted(), limit=100)]
        return [a for a in reversed(found) if a.startswith("reroute")]


@contextmanager
def site_of(folder, *outcomes):
    made = Site(folder, outcomes)
    try:
        yield made
    finally:
        made.database.close()


def left(station, unit="U1"):
    return UnitPass(unit, station, station[:2], START)


def test_a_reroute_is_verified_confirmed_by_units_and_taken_back(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            row = await site.rerouted()
            assert (row.state, row.lanes, row.by) == ("VERIFIED", ["L1.S1-L2.S2"], "Kim Minjun")
            assert site.sent == [(DIVERT, 2)]
            assert row.run.done == 1
            shown = await site.material.material_map()
            lane = next(x for x in shown.lanes if x.lane.id == "L1.S1-L2.S2")
            assert (lane.asked, lane.active, lane.units) == (True, True, 0)
            assert {n.station for n in shown.nodes if n.failed} == {"L1.S2"}
            site.material.on_pass(left("L2.S2", "U9"))  # a unit of line 2 itself
            assert site.state() == "VERIFIED"
            site.material.on_pass(left("L1.S1"))
            site.material.on_pass(left("L2.S2"))
            assert site.rows[-1].state == "CONFIRMED"
            assert (await site.material.material_map()).reroutes[0].units == 1
            heard = []
            site.material.repaired.append(heard.append)
            site.states["L1.S2"] = MachineState.SUSPENDED  # repaired, and nobody feeds it
            for _ in range(25):
                site.now += S
                site.material.tick()
            assert [r.can_return for r in heard] == [True]
            back = await site.material.return_route(None, 1, "repaired", "right")
            assert back.state == "RETURNED"
            assert site.sent == [(DIVERT, 2), (DIVERT, 0)]
            assert site.state() == "RETURNED"
            assert site.trail() == [
                "reroute_signed", "reroute_verified", "reroute_confirmed", "reroute_return_signed", "reroute_returned",
            ]  # fmt: skip
            with pytest.raises(RefusedError):
                await site.material.return_route(None, 1, "again", "right")

    asyncio.run(story())


def test_an_answer_is_of_the_plan_that_was_shown_whoever_planned_since(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            seen = await site.material.plan_around("L1.S2", 0.05)
            site.now += S
            other = await site.material.plan_around("L1.S2", 0.05)
            at = next(i for i, o in enumerate(other.options) if o.kind is OptionKind.REROUTE)
            assert seen.shown != other.shown
            with pytest.raises(RefusedError):
                await site.material.reroute(None, "L1.S2", at, "seen before", "right", seen.shown)
            assert site.sent == []
            assert site.trail() == []
            row = await site.material.reroute(None, "L1.S2", at, "seen now", "right", other.shown)
            assert row.state in ("VERIFIED", "CONFIRMED")

    asyncio.run(story())


def test_what_does_not_hold_any_more_is_refused_before_anything_is_written(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            with pytest.raises(RefusedError):
                await site.material.reroute(None, "L1.S2", 0, "no plan yet", "right")
            with pytest.raises(RefusedError):
                await site.rerouted("wrong")
            plan = site.material.plan("L1.S2")
            nothing = next(i for i, o in enumerate(plan.options) if o.kind is OptionKind.NOTHING)
            route = next(i for i, o in enumerate(plan.options) if o.kind is OptionKind.REROUTE)
            for option, reason in ((nothing, "x"), (99, "x"), (-1, "x"), (route, " ")):
                with pytest.raises(RefusedError):
                    await site.material.reroute(None, "L1.S2", option, reason, "right")
            site.states["L1.S2"] = MachineState.EXECUTE
            with pytest.raises(RefusedError):
                await site.material.reroute(None, "L1.S2", route, "runs again", "right")
            site.states["L1.S2"] = MachineState.ABORTED
            site.now += 700 * S
            with pytest.raises(RefusedError):
                await site.material.reroute(None, "L1.S2", route, "old plan", "right")
            site.may = False
            with pytest.raises(RefusedError):
                await site.rerouted()
            with pytest.raises(RefusedError):
                await site.material.plan_around("nowhere")
            assert site.sent == []
            assert site.trail() == []

    asyncio.run(story())


def test_a_second_reroute_around_the_same_station_waits_for_the_first(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            await site.rerouted()
            site.values[DIVERT] = 0  # as if somebody had turned it back by hand
            with pytest.raises(RefusedError, match="is open"):
                await site.rerouted()
            assert site.sent == [(DIVERT, 2)]

    asyncio.run(story())


def test_a_diverter_that_refuses_is_a_reroute_that_failed(tmp_path) -> None:
    async def story():
        with site_of(tmp_path, R) as site:
            row = await site.rerouted()
            assert (row.state, row.why) == ("FAILED", Text("no", "아니요"))
            assert (await site.material.material_map()).reroutes[0].state == "FAILED"
            assert (await site.rerouted()).state == "VERIFIED"  # a new one may be signed

    asyncio.run(story())


def test_a_way_back_that_is_refused_leaves_it_open_and_can_be_signed_again(tmp_path) -> None:
    async def story():
        with site_of(tmp_path, V, R) as site:
            await site.rerouted()
            assert (await site.material.return_route(None, 1, "repaired", "right")).state == "VERIFIED"
            assert (await site.material.return_route(None, 1, "once more", "right")).state == "RETURNED"
            assert site.sent == [(DIVERT, 2), (DIVERT, 0)]

    asyncio.run(story())


@pytest.mark.parametrize("at", ["before the run", "in the run", "verified"])
def test_a_killed_engine_goes_on_where_it_stood(tmp_path, at) -> None:
    async def story():
        with site_of(tmp_path, *([Crash] if at == "in the run" else [])) as site:
            site.crash_before_run = at == "before the run"
            if at == "verified":
                await site.rerouted()
            else:
                with pytest.raises(Crash):
                    await site.rerouted()
            site.mode = Mode.MONITOR  # after every start
            site.again()
            await site.ticks()
            assert site.sent == ([(DIVERT, 2)] if at == "verified" else [])
            assert (await site.material.material_map()).reroutes[0].state == (
                "VERIFIED" if at == "verified" else "EXECUTING"
            )
            site.mode = Mode.CONTROL
            await site.ticks(3)
            assert (await site.material.material_map()).reroutes[0].state == "VERIFIED"
            assert site.sent == [(DIVERT, 2)]
            site.material.on_pass(left("L1.S1"))
            site.material.on_pass(left("L2.S2"))
            assert site.rows[-1].state == "CONFIRMED"

    asyncio.run(story())


def test_the_loop_carries_out_on_its_own_signature(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            plan = await site.material.plan_around("L1.S2", 0.05)
            at = next(i for i, o in enumerate(plan.options) if o.writes)
            record = record_of(plan, plan.options[at], "approved")
            number = int(await site.sign(None, "approve", {"decision": 7, **record}, {}, "right"))
            row = await site.material.execute(Orderer(KIM, number, "approve"), plan, at, "approved", "decision:7")
            assert (row.state, row.cause, row.run.cause) == ("VERIFIED", "decision:7", "decision:7")

    asyncio.run(story())


def test_a_plan_is_not_carried_out_over_a_line_whose_link_went_down_since(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            plan = await site.material.plan_around("L1.S2", 0.05)
            at = next(i for i, o in enumerate(plan.options) if o.kind is OptionKind.REROUTE)
            state = PLANT.station["L2.S3"].roles["state"]
            gate = PLANT.station["L2.S3"].roles.get("hold_gate", "")
            for change, said in (
                ({state: None}, "is not known"), ({gate: True}, "does not run any more"),
                ({PLANT.station["L1.S2"].roles["state"]: None}, "is not known"),
            ):  # fmt: skip
                before = dict(site.values)
                for tag, value in change.items():
                    if value is None:
                        del site.values[tag]
                    else:
                        site.values[tag] = value
                with pytest.raises(RefusedError) as refused:
                    await site.material.reroute(None, "L1.S2", at, "station down", "right")
                assert said in refused.value.text.en
                site.values = before
            assert site.sent == []
            row = await site.material.reroute(None, "L1.S2", at, "station down", "right")
            assert row.state == "VERIFIED"

    asyncio.run(story())


def test_right_after_a_start_a_plan_waits_for_what_is_not_read_yet(tmp_path) -> None:
    async def story():
        with site_of(tmp_path) as site:
            read = dict(site.values)
            site.values.clear()
            asked = asyncio.ensure_future(site.material.plan_around("L1.S2", 0.05))
            await site.missed.wait()
            site.values.update(read)
            plan = await asked
            assert any(o.kind is OptionKind.REROUTE for o in plan.options)

    asyncio.run(story())


@pytest.mark.parametrize("unknown", ["value", "state"])
def test_a_line_whose_link_is_down_is_no_way_around_and_the_plan_says_so(tmp_path, unknown) -> None:
    async def story():
        with site_of(tmp_path) as site:
            site.now += 60 * S
            for station in PLANT.stations_of("L2"):
                if unknown == "value":
                    del site.values[station.roles["state"]]
                else:
                    site.states[station.id] = MachineState.UNKNOWN
            plan = await site.material.plan_around("L1.S2", 0.05)
            assert all(o.kind is not OptionKind.REROUTE for o in plan.options)
            assert "not known, the link is down" in plan.cannot[0].en

    asyncio.run(story())


@pytest.mark.parametrize(
    ("state", "median_s", "soon"),
    [
        (MachineState.HELD, 20.0, True), (MachineState.HELD, 300.0, False), (MachineState.ABORTED, 20.0, False),
        (MachineState.HELD, None, False),
    ],
)  # fmt: skip
def test_only_a_stop_that_is_usually_short_is_over_soon(tmp_path, state, median_s, soon) -> None:
    with site_of(tmp_path) as site:
        site.states["L2.S3"] = state
        gathering = site.material.gathering
        if median_s is not None:
            gathering.take(Learned(paces={"L2.S3": Pace(5.0, repair=Repair(median_s, 0.5, 30))}))
        station = gathering.network("L1.S2").station["L2.S3"]
        assert (station.up, station.stands, station.soon, station.runs) == (False, True, soon, soon)
        assert not gathering.network("L2.S3").station["L2.S3"].soon


LANE = Lane("x", "L1.S1", "L2.S2", "D", 2)


def test_units_are_counted_by_counters_where_a_plant_renames_them() -> None:
    count = LaneCount(LANE)
    seen = [(True, 100, 3), (True, 101, 3), (False, 103, 3), (True, 104, 4), (True, 106, 2), (True, None, 2),
            (True, 107, 2), (True, 108, 2)]  # fmt: skip
    told = [count.on_counters(*now) for now in seen]
    assert told == [False, True, False, False, True, False, False, True]
    assert count.units == 1 + 2 + 1


def test_only_a_unit_that_left_before_counts() -> None:
    count = LaneCount(LANE)
    assert not count.on_pass(left("L2.S2", "a"))
    assert not count.on_pass(left("L1.S1", "a"))
    assert not count.on_pass(left("L1.S1", ""))
    assert count.on_pass(left("L2.S2", "a"))
    assert not count.on_pass(left("L2.S2", "a"))
    assert count.units == 1
