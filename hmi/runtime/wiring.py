"""Wiring: the one room that names concrete classes and joins them to a station."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import msgspec

from hmi import __version__
from hmi.desk.alarms import Alarms
from hmi.desk.command_rows import row_of
from hmi.desk.control import Control, ModeSwitch
from hmi.desk.live import PLANT_FILE, TABLE_FILE, revision_of
from hmi.desk.machine_time import MachineTime
from hmi.desk.people import People
from hmi.desk.rows import ChangeRow, OverviewRows
from hmi.desk.runs import RunDesk
from hmi.desk.server import DeskServer
from hmi.desk.shiftlog import ShiftLog
from hmi.model.command import CommandResult
from hmi.model.plant import Plant
from hmi.model.text import Text
from hmi.plant.acquisition import Acquisition
from hmi.plant.gateway.gateway import Gateway
from hmi.plant.gateway.runs import Runs
from hmi.plant.port import DriverContext, LinkState
from hmi.plant.tagtable import TagTableWriter
from hmi.runtime import plugins, settings
from hmi.runtime.acts import DriverConditions, PlantActs, Settling, SystemWatch
from hmi.runtime.answers import Answers, HistoryState, Station
from hmi.runtime.changes import Changes
from hmi.runtime.drivers import DriverHost
from hmi.runtime.loop_wiring import LoopRooms, Surroundings
from hmi.runtime.meter import Meter
from hmi.runtime.plugin_use import of_drivers, plugin_rows
from hmi.runtime.secrets import SecretStore
from hmi.runtime.surroundings import GatewaySurroundings, LinkAges, Resuming
from hmi.store.alarms import AlarmTable
from hmi.store.audit import append as audit_append
from hmi.store.commands import CommandTable
from hmi.store.database import Database
from hmi.store.history_tables import HistoryTag, Retention
from hmi.store.history_writer import HistoryWriter
from hmi.store.machine_time import MachineTimeTable
from hmi.store.runs import RunTable

log = logging.getLogger("linekeeper.engine")

RESTARTS_FILE = "engine.starts"


@dataclass
class Wired:
    """The joined parts that the engine starts, ticks and closes."""

    meter: Meter
    server: DeskServer
    drivers: DriverHost
    acquisition: Acquisition
    loop: LoopRooms
    ticks: list[Callable[[], None]] = field(default_factory=list)
    closers: list[Callable[[], None]] = field(default_factory=list)

    def tick(self) -> None:
        """Everything that happens by time alone, four times a second."""
        for act in self.ticks:
            act()

    def close(self) -> None:
        """Put everything on disk, the last opened first."""
        for act in reversed(self.closers):
            try:
                act()
            except Exception:
                log.exception("closing failed")


def wire(data: Path, plant: Plant, plant_file: str) -> Wired:
    """Join a station on a usable, taken data folder. Nothing runs yet but the history's and the database's threads."""
    chosen = settings.load(data)
    described = msgspec.json.encode(plant)
    (data / PLANT_FILE).write_bytes(described)
    table = TagTableWriter(data / TABLE_FILE, len(plant.tags), revision_of(described))
    acquisition = Acquisition(plant, table)
    history, history_state, close_history = _history(data, plant, chosen)
    database = Database(chosen.database_url or data / "plant.db", most_mb=chosen.record_max_mb)
    changes = Changes(database, {c.id: c.name for c in plant.controllers})
    secrets, trust, found = SecretStore(data), data / "trust", plugins.find(data)
    areas = [area.id for area in plant.areas]
    heads = Path(chosen.audit_copy) if chosen.audit_copy else None
    people = People(
        database, secrets, data, zone=plant.timezone, areas=areas, heads_folder=heads, told=changes.happened
    )
    people.started(Path(plant_file), __version__)

    drivers = DriverHost(lambda controller, text: changes.happened("plugin", controller, text))
    ages = LinkAges(plant, drivers)
    machine_time = MachineTime(plant, MachineTimeTable(database), on_change=changes.add)
    alarms = Alarms(
        plant, AlarmTable(database), require=people.require, audit=audit_append, submit=database.submit,
        conditions=DriverConditions(drivers), context=_context(machine_time),
        on_change=lambda counts: server.tell_all({"alarms": counts}),
    )  # fmt: skip
    switch = ModeSwitch()
    records = CommandTable(database, people.session)
    around = GatewaySurroundings(
        plant, acquisition, drivers, ages, switch, lambda command: bool(runs.covers(command)),
        lambda command: (*people.signers(command), *runs.covers(command)), lambda command: runs.meaning(command),
    )  # fmt: skip

    def commanded(result: CommandResult) -> None:
        server.tell_all({"command": row_of(result)})
        runs.on_command(result)

    gateway = Gateway(plant, plant.guard, records, around, commanded)
    gateway.recover(records.open_intents())
    resuming = Resuming(plant, around.reading, switch)
    runs = Runs(
        gateway.execute, RunTable(database), resuming.mode, people.accounts.person, time.time_ns,
        lambda run: server.tell_all({"run": run}),
    )  # fmt: skip
    runs.recover()
    control = Control(
        plant, gateway, switch, records, people.person, people.require, people.sign, people.audited, time.time_ns,
        lambda row: server.tell_all({"mode": row}),
    )  # fmt: skip

    hear = acquisition.consumers
    hear.batches += [
        lambda batch, _: history.put(batch.rows, batch.values, batch.status, batch.source_ns, batch.texts),
        machine_time.on_batch,
        lambda batch, now: alarms.on_batch(batch.rows, batch.values, batch.status, batch.source_ns, now),
        ages.on_batch,
    ]
    hear.links += [
        ages.on_link, machine_time.on_link, changes.link,
        lambda controller, state, _: alarms.on_link(controller, state is LinkState.CONNECTED),
    ]  # fmt: skip
    hear.events.append(alarms.on_event)
    _add_drivers(drivers, found, acquisition, plant, trust, secrets)

    meter = Meter(table.beat, lambda: acquisition.readings, data)
    station = Station(
        plant, plant_file, revision_of(described), acquisition, drivers, meter, history_state,
        lambda: plugin_rows(found, (*of_drivers(drivers), *loop.plugin_uses())), lambda: server.seats,
        _count_start(data), trust,
        lambda controller, fingerprint: _accept(found, plant, controller, trust, fingerprint),
    )  # fmt: skip
    answers = Answers(station)
    acts = PlantActs(people, machine_time, answers)
    run_desk = RunDesk(runs, people.require, people.sign, around.area)
    loop = LoopRooms(
        Surroundings(
            data, plant, database, people, runs, control, resuming.mode, machine_time, alarms, secrets, found,
            answers.reading, ages.age_s, lambda event: server.tell_all(event), changes.happened,
        )
    )  # fmt: skip
    shift_log = ShiftLog(plant, database, people, machine_time, alarms, control, told=changes.happened)

    def overview() -> OverviewRows:
        return machine_time.overview(tags_not_good=answers.bad_tags(limit=0).total, changes=changes.recent())

    def recent_changes(since_ns: int = 0, limit: int = 100) -> list[ChangeRow]:
        return changes.since(since_ns, limit)

    server = DeskServer(
        data,
        {
            **answers.table(), **people.answers(), **alarms.answers(), **control.answers(), **acts.answers(),
            **shift_log.answers(), **run_desk.answers(), **loop.answers(),
            "overview": overview, "changes": recent_changes, "states": machine_time.states, "oee": machine_time.oee,
            "reasons": machine_time.reasons,
        },
    )  # fmt: skip
    hear.batches.append(loop.on_batch)
    hear.links.append(loop.on_link)
    shift_log.gatherer.holds = loop.handed
    wired = Wired(meter, server, drivers, acquisition, loop)
    changes.tell = lambda row: server.tell_all({"change": row})
    watch = SystemWatch(alarms, history_state, meter, answers, database, people.accounts.locked_names)
    wired.ticks += [
        alarms.tick, _every(1.0, machine_time.tick), _every(1.0, people.tick), _every(1.0, watch.look),
        _every(1.0, Settling(gateway).start), _every(0.5, runs.tick),
        loop.tick, _every(0.5, loop.half_second), _every(1.0, loop.second),
    ]  # fmt: skip
    wired.closers += [close_history, database.close, people.close, alarms.close, machine_time.close, loop.close]
    return wired


def _context(machine_time: MachineTime) -> Callable[[str], tuple[str, str]]:
    """Order and lot at a place, as the line's tags say now; empty where they do not."""

    def at(place: str) -> tuple[str, str]:
        station = machine_time.plant.station.get(place)
        line = machine_time.recorder.lines.get(station.line if station is not None else place)
        return ("", "") if line is None else (line.context.of("order") or "", line.context.of("lot") or "")

    return at


def _every(seconds: float, act: Callable[[], None]) -> Callable[[], None]:
    due = 0.0

    def sometimes() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + seconds
            act()

    return sometimes


def _history(
    data: Path, plant: Plant, chosen: settings.Settings
) -> tuple[HistoryWriter, Callable[[], HistoryState], Callable[[], None]]:
    fault: list[Text | None] = [None]

    def told(why: Text | None) -> None:
        fault[0] = why

    keep = Retention(chosen.history.days, chosen.history.max_mb, chosen.history.tier_days)
    tags = [HistoryTag(t.id, not t.type.is_number, t.deadband) for t in plant.tags]
    writer = HistoryWriter(data / "history.db", tags, keep, told)

    def state() -> HistoryState:
        stats = writer.stats()
        return HistoryState(stats.queue, stats.mb, stats.lost, stats.written, fault[0])

    return writer, state, writer.close


def _add_drivers(
    drivers: DriverHost,
    found: list[plugins.Plugin],
    acquisition: Acquisition,
    plant: Plant,
    trust: Path,
    secrets: SecretStore,
) -> None:
    for controller in plant.controllers:
        context = DriverContext(
            controller,
            acquisition.wanted(controller.id),
            acquisition.feed(controller.id),
            logging.getLogger(f"linekeeper.driver.{controller.id}"),
            trust,
            secrets.drawer(f"controller/{controller.id}/", f"driver/{controller.driver}/"),
        )
        try:
            module = plugins.load(plugins.by_name(controller.driver, "driver", found))
        except plugins.PluginFault as fault:
            drivers.add(context, None, fault.text)
        else:
            drivers.add(context, module.create)


def _accept(found: list[plugins.Plugin], plant: Plant, controller: str, trust: Path, fingerprint: str) -> bool:
    module: ModuleType = plugins.load(plugins.by_name(plant.controller[controller].driver, "driver", found))
    accept = getattr(module, "accept", None)
    if accept is None:
        return False
    try:
        accept(trust, fingerprint)
    except LookupError:
        return False
    return True


def _count_start(data: Path) -> int:
    """How often an engine was started on this folder before now."""
    file = data / RESTARTS_FILE
    try:
        before = int(file.read_text(encoding="ascii"))
    except (OSError, ValueError):
        before = 0
    file.write_text(str(before + 1), encoding="ascii")
    return before
