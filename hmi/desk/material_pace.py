"""What the planner rests on, gathered: paces from history, levels, diverters and orders as the tags say now."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from hmi.material.network import of_plant, own_product
from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting, time_class
from hmi.model.network import FlowNetwork, Pace, PlanRequest, Repair, WorkOrder
from hmi.model.plant import Line, Plant
from hmi.model.quality import Quality
from hmi.model.reading import Reading, Value
from hmi.store.faults import StoreError
from hmi.twin.calibrate import abort_repairs, paces, rate_of, record_of

log = logging.getLogger("linekeeper.material")

LOOK_BACK_S = 8 * 3600
STALE_S = 120
"""How long what history told is used before it is asked again, ahead of any question."""
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
        self._learned = Learned()
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

    async def request(self, failed: str, budget_s: float = 0.55) -> PlanRequest:
        """Everything a plan around a station rests on. Raises StoreError when history cannot be read."""
        now = self._clock()
        if not self._learned.paces:
            if self._learning is not None:
                await asyncio.wait([self._learning])
            if not self._learned.paces:
                self._learned = await asyncio.to_thread(self.learn, now)
        since = await asyncio.to_thread(self._down_since, failed, now)
        return PlanRequest(
            failed, self.network(failed), tuple(self.orders()), now, max(0.0, (now - since) / 1e9), budget_s=budget_s,
            seed=now // 1_000_000_000 % 1_000_000 + 1,
            repair=self._learned.aborts.get(failed) if self._state(failed)[0] in _ABORTS else None,
        )  # fmt: skip

    def network(self, failed: str = "") -> FlowNetwork:
        """The network as it is now."""
        down = {s.id for s in self._plant.stations if is_down(*self._state(s.id))} | ({failed} if failed else set())
        levels = {
            s.id: int(value) for s in self._plant.stations
            if isinstance(value := self.value(s.roles.get("in_buffer", "")), int | float)
        }  # fmt: skip
        values = {x.diverter: v for x in self._plant.lanes if (v := self.value(x.diverter)) is not None}
        busy = {s.id for s in self._plant.stations if has_unit(*self._state(s.id))}
        return of_plant(self._plant, self._learned.paces, self._learned.rates, levels, values, down, busy)

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
        units: dict[str, int] = {}
        minutes: dict[str, dict[int, int]] = {}
        for station, minute_ns, good, reject in self._history.production(names, since, now):
            units[station] = units.get(station, 0) + good + reject
            by_minute = minutes.setdefault(station, {})
            minute = minute_ns // _MINUTE_NS
            by_minute[minute] = by_minute.get(minute, 0) + good + reject
        records = {
            s.id: record_of(spans[s.id], units.get(s.id, 0), now, self._cycle_readings(s.roles.get("cycle", ""), now))
            for s in plant.stations
        }
        ideal = {s.id: s.ideal_cycle_s for s in plant.stations if s.ideal_cycle_s}
        rates = {}
        for line in plant.lines:
            chain = plant.stations_of(line.id)
            rate = rate_of(minutes.get(chain[0].id, {})) if chain else None
            if rate:
                rates[line.id] = rate
        return Learned(now, paces(records, ideal), rates, abort_repairs(spans))

    def _cycle_readings(self, tag: str, now: int) -> Sequence[float]:
        if not tag or self._cycles is None:
            return ()
        return self._cycles(tag, now - 3600 * 1_000_000_000, now)

    def _down_since(self, station: str, now: int) -> int:
        found = self._history.spans([station], now - 3600 * 1_000_000_000, now)
        last = found[-1] if found else None
        return last.start_ns if last is not None and last.end_ns is None and is_down(last.state, last.waiting) else now
