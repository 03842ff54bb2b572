"""What the planner rests on, gathered: paces from history, levels, diverters and orders as the tags say now."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from hmi.material.network import StationNow, of_plant, own_product
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting, time_class
from hmi.model.network import FlowNetwork, Pace, PlanRequest, Repair, WorkOrder
from hmi.model.plant import Line, Plant, Station
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.store.faults import StoreError
from hmi.twin.calibrate import Record, abort_repairs, paces, rate_of, record_of

log = logging.getLogger("linekeeper.material")

LOOK_BACK_S = 8 * 3600
STALE_S = 120
"""How long what history told is used before it is asked again, ahead of any question."""
LATE_S = 20 * 60
"""Rejects and cycle times of so late are what a station does now; of cycle times the last hour where they are few."""
FEW = 20
SOON_S = 60.0
"""A stop that is usually over in less, and has not lasted longer yet, is no cause to lead nothing over a station."""
SIGHT_NS = 10_000_000_000
"""So soon after a start a plan waits for what is not read yet, rather than call it not known."""
_LOOKS, _LOOK_S = 25, 0.2
SCATTER_MIN = 240
"""Minutes of what left the lines that a plan's declared range is held against."""
ENDLESS = 100_000
"""Units of an order whose quantity nobody tells."""
_MINUTE_NS = 60_000_000_000
_ABORTS = (MachineState.ABORTING, MachineState.ABORTED)


class History(Protocol):
    """Machine time on record (hmi.store.machine_time.MachineTimeTable)."""

    def spans(self, stations: Sequence[str], from_ns: int, to_ns: int) -> list[StateSpan]:
        """Stretches that touch [from_ns, to_ns), by station and start."""

    def production(self, stations: Sequence[str], from_ns: int, to_ns: int) -> Sequence[tuple[str, int, int, int]]:
        """Station, minute (ns), good and rejected units."""


Cycles = Callable[[str, int, int], Sequence[float]]
"""Readings of a tag within [from_ns, to_ns): (tag, from_ns, to_ns) -> values."""
StationState = Callable[[str], tuple[MachineState, Waiting]]


@dataclass(slots=True)
class Learned:
    """What history told, and when."""

    at_ns: int = 0
    paces: Mapping[str, Pace] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    aborts: Mapping[str, Repair] = field(default_factory=dict)
    """Times to repair after an abort."""
    made: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Good units that left each line by minute, the newest last."""


def is_down(state: MachineState, waiting: Waiting) -> bool:
    """Whether a station stands for a cause of its own."""
    return time_class(state, waiting) is TimeClass.DOWN


def has_unit(state: MachineState, waiting: Waiting) -> bool:
    """Whether a unit is in a station: it works on one, stands with one, or waits to hand one on."""
    return waiting is Waiting.BLOCKED or time_class(state, waiting) in (TimeClass.PRODUCTION, TimeClass.DOWN)


class Gathering:
    """Makes plan requests."""

    def __init__(
        self,
        plant: Plant,
        history: History,
        reading: Callable[[str], Reading],
        station_state: StationState,
        clock: Callable[[], int],
        cycles: Cycles | None = None,
        orders: Callable[[], Sequence[WorkOrder]] | None = None,
    ) -> None:
        """cycles: readings of cycle-time tags, else cycles come from counts; orders: else the lines' tags tell them."""
        self._plant, self._history, self._reading = plant, history, reading
        self._state, self._clock, self._cycles, self._orders = station_state, clock, cycles, orders
        self._learned, self._began_ns = Learned(), clock()
        self._learning: asyncio.Task[None] | None = None

    def tick(self) -> None:
        """Call about once a second, on the engine's loop: asks history in good time, so that no plan waits for it."""
        now = self._clock()
        busy = self._learning is not None and not self._learning.done()
        if not busy and not 0 <= now - self._learned.at_ns <= STALE_S * 1_000_000_000:
            self._learning = asyncio.ensure_future(self._learn_again(now))

    async def _learn_again(self, now: int) -> None:
        try:
            self._learned = await asyncio.to_thread(self.learn, now)
        except StoreError as err:  # the record's room says that it is sick; what was learned before stands
            self._learned = replace(self._learned, at_ns=now)
            log.info("history cannot be asked for paces: %s", err)

    def take(self, learned: Learned) -> None:
        """Rest on what history told somebody else."""
        self._learned = learned

    async def request(self, failed: str, budget_s: float = 0.55) -> PlanRequest:
        """Everything a plan around a station rests on. Raises StoreError when history cannot be read."""
        await self._in_sight()
        now = self._clock()
        if not self._learned.paces:
            if self._learning is not None:
                await asyncio.wait([self._learning])
            if not self._learned.paces:
                self._learned = await asyncio.to_thread(self.learn, now)
        down = [s.id for s in self._plant.stations if is_down(*self._state(s.id)) or s.id == failed]
        down_s = await asyncio.to_thread(self._down_for, down, now)
        network = self.network(failed, down_s)
        return PlanRequest(
            failed, network, tuple(self.orders()), now, down_s.get(failed, 0.0), budget_s=budget_s,
            seed=now // 1_000_000_000 % 1_000_000 + 1, repair=network.station[failed].repair, made=self._learned.made,
        )  # fmt: skip

    def network(self, failed: str = "", down_s: Mapping[str, float] | None = None) -> FlowNetwork:
        """The network as it is now; down_s: how long stations that stand have stood."""
        values = {x.diverter: v for x in self._plant.lanes if (v := self.value(x.diverter)) is not None}
        stood = down_s or {}
        now = {s.id: self._now(s, s.id == failed, stood.get(s.id, 0.0)) for s in self._plant.stations}
        return of_plant(self._plant, self._learned.paces, self._learned.rates, values, now)

    async def _in_sight(self) -> None:
        """Right after a start nothing is read yet: wait for it a little."""
        for _ in range(_LOOKS):
            stations = all(self.known(s) for s in self._plant.stations)
            ways = all(self.value(x.diverter) is not None for x in self._plant.lanes if x.diverter)
            if (stations and ways) or self._clock() - self._began_ns >= SIGHT_NS:
                return
            await asyncio.sleep(_LOOK_S)

    def known(self, station: Station) -> bool:
        """Whether what a station does is known: its link is up, and its state is believable."""
        tag = station.roles.get("state", "")
        told = tag not in self._plant.tag or self._reading(tag).quality is Quality.GOOD
        return told and self._state(station.id)[0] is not MachineState.UNKNOWN

    def shut(self, station: Station) -> bool:
        """Whether a station's hold gate is closed."""
        gate = self.value(station.roles.get("hold_gate", ""))
        return gate is not None and bool(gate)

    def _now(self, s: Station, failed: bool, down_s: float) -> StationNow:
        state, waiting = self._state(s.id)
        level = self.value(s.roles.get("in_buffer", ""))
        pace = self._learned.paces.get(s.id)
        usual_s = math.inf if pace is None or state in _ABORTS else pace.repair.median_s
        return StationNow(
            failed or is_down(state, waiting), failed or self.known(s), self.shut(s), has_unit(state, waiting),
            int(level) if isinstance(level, int | float) else 0, down_s,
            self._learned.aborts.get(s.id) if state in _ABORTS else None,
            not failed and max(usual_s, down_s) < SOON_S,
        )  # fmt: skip

    def value(self, tag: str) -> Value:
        """What a tag says now; None for no tag, or one in doubt."""
        if tag not in self._plant.tag:
            return None
        reading = self._reading(tag)
        return reading.value if reading.quality is Quality.GOOD else None

    def orders(self) -> Sequence[WorkOrder]:
        """Orders that are left to make: as somebody tells them, else the running one of each line."""
        if self._orders is not None:
            return self._orders()
        return [order for line in self._plant.lines if (order := self._running(line)) is not None]

    def _running(self, line: Line) -> WorkOrder | None:
        name = self.value(line.roles.get("order", ""))
        wanted = self.value(line.roles.get("order_quantity", "") or line.roles.get("plan", ""))
        made = self.value(line.roles.get("order_done", "") or line.roles.get("made", ""))
        product = str(self.value(line.roles.get("product", "")) or "")
        made_of = product if product in {p.id for p in self._plant.products} else own_product(line.id)
        if isinstance(wanted, int | float) and isinstance(made, int | float) and wanted > made:
            return WorkOrder(str(name or line.id), line.id, made_of, int(wanted - made), self._due(line), True)
        if made_of == product:
            return WorkOrder(str(name or line.id), line.id, made_of, ENDLESS, None, True)
        return None

    def _due(self, line: Line) -> float | None:
        due = self.value(line.roles.get("due", ""))
        if not isinstance(due, str) or not due:
            return None
        try:
            at = datetime.fromisoformat(due)
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - self._clock() / 1e9

    def learn(self, now: int) -> Learned:
        """Ask history; takes as long as the disk needs."""
        plant, since = self._plant, now - LOOK_BACK_S * 1_000_000_000
        names = [s.id for s in plant.stations]
        spans: dict[str, list[StateSpan]] = {name: [] for name in names}
        for span in self._history.spans(names, since, now):
            spans.setdefault(span.station, []).append(span)
        minutes: dict[str, dict[int, tuple[int, int]]] = {name: {} for name in names}
        for station, minute_ns, good, reject in self._history.production(names, since, now):
            by_minute, minute = minutes.setdefault(station, {}), minute_ns // _MINUTE_NS
            before = by_minute.get(minute, (0, 0))
            by_minute[minute] = (before[0] + good, before[1] + reject)
        records = {s.id: self._record(s, spans[s.id], minutes[s.id], now) for s in plant.stations}
        ideal = {s.id: s.ideal_cycle_s for s in plant.stations if s.ideal_cycle_s}
        rates = {}
        for line in plant.lines:
            chain = plant.stations_of(line.id)
            rate = rate_of({m: sum(made) for m, made in minutes[chain[0].id].items()}) if chain else None
            if rate:
                rates[line.id] = rate
        made = {
            line.id: _series(minutes[chain[-1].id], now)
            for line in plant.lines
            if (chain := plant.stations_of(line.id))
        }
        return Learned(now, paces(records, ideal), rates, abort_repairs(spans), made)

    def _record(
        self, s: Station, spans: Sequence[StateSpan], minutes: Mapping[int, tuple[int, int]], now: int
    ) -> Record:
        late = [made for minute, made in minutes.items() if minute * _MINUTE_NS >= now - LATE_S * 1_000_000_000]
        found = record_of(
            spans, sum(sum(made) for made in minutes.values()), now, self._cycle_readings(s.roles.get("cycle", ""), now)
        )  # fmt: skip
        return replace(
            found, rejects=sum(reject for _, reject in minutes.values()), late_units=sum(sum(made) for made in late),
            late_rejects=sum(reject for _, reject in late),
        )  # fmt: skip

    def _cycle_readings(self, tag: str, now: int) -> Sequence[float]:
        if not tag or self._cycles is None:
            return ()
        late = self._cycles(tag, now - LATE_S * 1_000_000_000, now)
        return late if len(late) >= FEW else self._cycles(tag, now - 3600 * 1_000_000_000, now)

    def _down_for(self, stations: Sequence[str], now: int) -> dict[str, float]:
        """Seconds that stations have been down, of those that are."""
        last: dict[str, StateSpan] = {}
        for span in self._history.spans(stations, now - 3600 * 1_000_000_000, now):
            last[span.station] = span
        return {
            name: max(0.0, (now - span.start_ns) / 1e9) for name, span in last.items()
            if span.end_ns is None and is_down(span.state, span.waiting)
        }  # fmt: skip


def _series(minutes: Mapping[int, tuple[int, int]], now: int) -> tuple[int, ...]:
    """Good units by minute up to the last whole one, from the first that is on record."""
    end = now // _MINUTE_NS
    first = max(min(minutes, default=end), end - SCATTER_MIN)
    return tuple(minutes.get(m, (0, 0))[0] for m in range(first, end))
