"""Wiring of what closes the loop: cameras, genealogy, holds, reroutes, and the seven steps that join them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from hmi.alarms.rules import camera_alarm
from hmi.desk.alarms import Alarms
from hmi.desk.control import Control
from hmi.desk.decisions import Decisions
from hmi.desk.hold_rows import HoldPreview, HoldRow
from hmi.desk.holds import Holds
from hmi.desk.local import history
from hmi.desk.machine_time import MachineTime
from hmi.desk.material import Material
from hmi.desk.material_rows import RerouteRow
from hmi.desk.people import People
from hmi.desk.refused import RefusedError
from hmi.desk.sitting import Told
from hmi.desk.vision import Vision
from hmi.model.command import Mode, Seen
from hmi.model.flow import Plan
from hmi.model.genealogy import UnitPass
from hmi.model.hold import HoldOrder, HoldScope
from hmi.model.machine import MachineState, Waiting
from hmi.model.plant import Plant
from hmi.model.reading import Reading
from hmi.model.sequence import Orderer
from hmi.model.shiftlog import HandedHold
from hmi.model.text import Text
from hmi.model.words import say
from hmi.plant.gateway.runs import Runs
from hmi.plant.passing import Passing
from hmi.plant.port import Batch, LinkState
from hmi.quality.genealogy import Genealogy
from hmi.quality.passes import PassKeeper
from hmi.runtime import plugins
from hmi.runtime.cameras import CameraHost
from hmi.runtime.plugin_use import PluginUse, of_cameras, of_loop
from hmi.runtime.secrets import SecretStore
from hmi.runtime.solver import Solver
from hmi.store.database import Database
from hmi.store.genealogy import GenealogyTable
from hmi.store.machine_time import MachineTimeTable
from hmi.store.vision import InspectionsWanted, inspections

MOST_PICTURES = 100
MOVED_S = 30.0
"""How long the alarm of held material that moved stands by itself."""


@dataclass(slots=True)
class Surroundings:
    """The parts of the engine that the loop's rooms look at."""

    data: Path
    plant: Plant
    database: Database
    people: People
    runs: Runs
    control: Control
    resuming: Callable[[], Mode]
    """CONTROL when what an earlier engine left may go on."""
    machine_time: MachineTime
    alarms: Alarms
    secrets: SecretStore
    found: list[plugins.Plugin]
    reading: Callable[[str], Reading]
    link_age_s: Callable[[str], float | None]
    tell: Callable[[dict[str, Any]], None]
    happened: Told


class HoldDoor:
    """hmi.loop.doors.HoldDoor on the room of holds."""

    def __init__(self, holds: Holds) -> None:
        self._holds = holds

    async def preview(self, scope: HoldScope) -> HoldPreview:
        """What a hold would take."""
        return await self._holds.look.preview_hold(scope)

    async def place(self, by: Orderer, order: HoldOrder) -> HoldRow:
        """Place a hold that an approval signed."""
        return await self._holds.place(by, order)

    def find(self, id: int) -> HoldRow | None:
        """A hold by its number."""
        try:
            return self._holds.board.row(self._holds.look.find(id))
        except RefusedError:
            return None


class RouteDoor:
    """hmi.loop.doors.RouteDoor on the room of material."""

    def __init__(self, material: Material) -> None:
        self._material = material

    async def plan(self, station: str) -> Plan:
        """Answers to a failed station."""
        return await self._material.plan_around(station)

    async def execute(
        self, by: Orderer, plan: Plan, option: int, reason: str, cause: str, seen: Sequence[Seen]
    ) -> RerouteRow:
        """Carry out an answer that an approval signed; one cause is one reroute, also after a crash."""
        rows = await asyncio.to_thread(self._material.reroutes.rows)
        known = next((row for row in rows if cause and row.cause == cause), None)
        if known is not None:
            return known
        return await self._material.execute(by, plan, option, reason, cause, seen)

    async def give_back(self, by: Orderer, id: int, reason: str) -> RerouteRow:
        """Carry out the way back that an approval signed."""
        return await self._material.give_back(by, id, reason)

    def find(self, id: int) -> RerouteRow | None:
        """A reroute by its number."""
        try:
            return self._material.reroutes.row(id)
        except RefusedError:
            return None


class LoopRooms:
    """Everything that closes the loop, joined."""

    def __init__(self, s: Surroundings) -> None:
        self._s = s
        plant, database, people = s.plant, s.database, s.people
        self._genealogy = Genealogy(plant)
        self._keeper = PassKeeper(self._genealogy, GenealogyTable(database), time.time_ns)
        self._keeper.load()
        self._passing = Passing(plant, self._genealogy, self._passed)
        self._moved_until = 0.0
        self.cameras = CameraHost(s.data, plant.cameras, s.secrets.get)
        self.vision = Vision(
            plant, self.cameras, database, people, s.data, reading=s.reading, last_pass=self._genealogy.last,
            tell=s.tell, told=s.happened,
            alarm=lambda camera, stands, why: s.alarms.raise_system(camera_alarm(camera), stands, why),
        )  # fmt: skip
        self.holds = Holds(
            plant, self._genealogy, database, s.runs, people.require, people.sign, people.entry, s.reading,
            self._urgent, lambda row: s.tell({"hold": row}), time.time_ns,
            ready=lambda: s.resuming() is Mode.CONTROL, inspections=self._pictures,
        )  # fmt: skip
        self.solver = Solver()
        self.material = Material(
            plant, self.solver.plan, s.runs, database, people.require, people.sign, s.reading, self._state,
            MachineTimeTable(database), time.time_ns, s.happened, lambda row: s.tell({"reroute": row}),
            mode=s.resuming, person=people.accounts.person, session=people.session, held=self._held,
            cycles=self._cycles,
        )  # fmt: skip
        self.decisions = Decisions(
            plant, database, people, s.runs, s.reading, s.link_age_s, s.control.refused,
            lambda tag, since, until, points: history(s.data, tag, since, until, points),
            s.machine_time.recorder.live, HoldDoor(self.holds), RouteDoor(self.material), self._plugins,
            time.time_ns, lambda row: s.tell({"decision": row}), s.happened,
        )  # fmt: skip
        s.runs.heard += [self.holds.on_run, self.material.on_run]
        self.material.repaired.append(self.decisions.on_repaired)
        self.vision.heard.append(self.decisions.on_inspection)

    def answers(self) -> dict[str, Callable[..., Any]]:
        """Question name -> answering function."""
        rooms = (self.vision, self.holds, self.material, self.decisions)
        return {name: answer for room in rooms for name, answer in room.answers().items()}

    def plugin_uses(self) -> list[PluginUse]:
        """The plugins that cameras and the loop's steps work with."""
        return [*of_cameras(self.cameras), *of_loop(self.decisions.plugins())]

    def on_batch(self, batch: Batch, now_ns: int) -> None:
        """Readings that are in the tag table already."""
        self._passing.on_batch(batch, now_ns)
        self.vision.on_batch(batch, now_ns)
        self.decisions.on_batch(batch, now_ns)

    def on_link(self, controller: str, state: LinkState, _why: Text | None) -> None:
        """A link changed."""
        self._passing.on_link(controller, state, time.time_ns())

    def start(self) -> None:
        """On the engine's loop, once the desk can be told: take up open reroutes, start the cameras' processes."""
        self.material.recover()
        self.cameras.start(self.vision)

    def tick(self) -> None:
        """Four times a second."""
        self._passing.tick(time.time_ns())
        self.vision.tick()
        self.decisions.tick()
        if self._moved_until and time.monotonic() > self._moved_until:
            self._moved_until = 0.0
            self._s.alarms.raise_system("held_moved", False)

    def half_second(self) -> None:
        """Write passes, follow gates and held units."""
        self._keeper.tick()
        self.holds.tick()

    def second(self) -> None:
        """Follow reroutes."""
        self.material.tick()

    async def stop(self) -> None:
        """On the loop, before it ends: let go of processes and of what is under way."""
        await self.holds.stop()
        await self.cameras.stop()

    def close(self) -> None:
        """Put on record what waits; before the database closes."""
        self.decisions.close()
        self.vision.close()
        self.holds.close()
        self._keeper.close()
        self.solver.close()

    def handed(self) -> list[HandedHold]:
        """The holds that stand, for the handover."""
        rows = [self.holds.board.row(hold) for hold in self.holds.board.open]
        return [
            HandedHold(
                f"H{r.id}", self._place(r.place), say("hold.handed", what=r.name, note=r.note or "-"), r.placed_ns
            )
            for r in rows
        ]

    def _place(self, place: str) -> Text:
        found = self._s.plant.station.get(place) or self._s.plant.line.get(place)
        return Text.same(place) if found is None else found.name

    def _passed(self, found: UnitPass) -> None:
        if not self._keeper.on_pass(found):
            return
        self.holds.on_pass(found)
        self.material.on_pass(found)
        self.decisions.on_pass(found)

    def _pictures(self, unit: str) -> list[int]:
        """Numbers of a unit's inspections, oldest first."""
        with self._s.database.reader() as c:
            return sorted(found.number for found in inspections(c, InspectionsWanted(unit=unit), MOST_PICTURES))

    def _urgent(self, hold: int, station: str, unit: str) -> None:
        words = say("hold.moved_told", hold=hold, unit=unit, station=self._place(station))
        self._moved_until = time.monotonic() + MOVED_S
        self._s.alarms.raise_system("held_moved", True, words)
        self._s.happened("hold", station, words)

    def _state(self, station: str) -> tuple[MachineState, Waiting]:
        span = self._s.machine_time.recorder.live(station)
        return (MachineState.UNKNOWN, Waiting.NONE) if span is None else (span.state, span.waiting)

    def _cycles(self, tag: str, since: int, until: int) -> list[float]:
        """Readings of a cycle-time tag; none where it has no history."""
        try:
            found = history(self._s.data, tag, since, until, 1200, hold=False)
        except RefusedError:
            return []
        return [value for value in found.value if value is not None]

    def _held(self, station: str) -> bool:
        return any(
            gate.station == station for hold in self.holds.board.open for gate in self.holds.board.row(hold).gates
        )

    def _plugins(self, kind: str) -> Iterable[tuple[str, Callable[[], Any]]]:
        for plugin in self._s.found:
            if plugin.kind == kind and plugin.refused is None:
                yield plugin.name, partial(_created, plugin)


def _created(plugin: plugins.Plugin) -> Any:
    """A part made by its plugin, which is loaded only when one is wanted."""
    return plugins.load(plugin).create()
