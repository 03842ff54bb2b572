"""Ways around a failed station: up to three settings of the diverters that differ, and what none of them carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hmi.material.capacity import Feed, Flows, Relaxed, flows, relaxed
from hmi.material.network import Walk, can_make, goes_on, products_on, walk
from hmi.material.unroutable import cannot, doubts
from hmi.model.flow import Lane, PlanWrite
from hmi.model.network import FlowNetwork, PlanRequest, WorkOrder
from hmi.model.text import Text

MOST = 3
_WORTH = 0.02
"""A route that brings back less than this share of what stands is none."""
_SHARED = 0.1
"""Where no lane brings more in all, one is offered that carries this share of what stands: lines can share hours."""
_PAIRS = 60
"""Second lanes that are tried at most."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way around: which lanes are opened beyond those that are open, and what flows then."""

    setting: Mapping[str, str]
    lanes: tuple[str, ...]
    """Lanes to open, in the order of their writes: those nearest to the end of the flow first."""
    flows: Flows
    brought: float
    """Units per hour more than without it, over all lines."""
    newcomers: int
    """Products that come to stations which do not make them now: changeovers to come."""
    not_routed: tuple[str, ...]
    """Products of the lines concerned that it leaves without a way."""
    shared: bool = False
    """It brings nothing more in all: the line that stands goes on at the cost of the one that takes it in."""


@dataclass(frozen=True, slots=True)
class Routes:
    """What the planner found."""

    routes: tuple[Route, ...]
    cannot: tuple[Text, ...]
    affected: tuple[str, ...]
    """Lines whose units would come to the failed station."""
    demand: Mapping[Feed, float]
    without: Flows
    """What flows as the diverters are now."""


def find(request: PlanRequest, horizon_s: float) -> Routes:
    """Routes around the failed station, the one that carries most first, and what cannot be routed and why."""
    network = _failed(request.network, request.failed)
    demand = demand_of(network, request.orders, horizon_s)
    now = {line: w for line in network.line if (w := walk(network, line, network.open)) is not None}
    affected = tuple(line for line, w in now.items() if request.failed in w.stations)
    without = flows(network, demand, network.open) or Flows({}, {})
    bound = relaxed(network, demand)
    search = _Search(network, request, demand, affected, without)
    routes = search.best(bound)
    carried = [(route.flows, route.shared) for route in routes]
    said = doubts(network, request.failed, affected) + cannot(
        network, request.failed, {f: wanted for f, wanted in demand.items() if f[0] in affected}, bound, carried
    )
    return Routes(routes, said, affected, demand, without)


def demand_of(network: FlowNetwork, orders: Sequence[WorkOrder], horizon_s: float) -> dict[Feed, float]:
    """Units per hour that each line is to be fed with, by product: its orders in turn, as far as the horizon goes."""
    found: dict[Feed, float] = {}
    for line in network.lines:
        if not network.of_line[line.id]:
            continue
        most = line.rate_per_h * horizon_s / 3600.0
        own = sorted((o for o in orders if o.line == line.id and o.left > 0), key=lambda o: (
            not o.running, o.due_s is None, o.due_s or 0.0
        ))  # fmt: skip
        left = most
        for order in own:
            if order.product in network.products and left > 0:
                units = min(left, float(order.left))
                found[line.id, order.product] = found.get((line.id, order.product), 0.0) + units * 3600.0 / horizon_s
                left -= units
        if goes_on(own) and left > 0:
            feed = line.id, products_on(network, orders, line.id)[0]
            if feed[1] in network.products:
                found[feed] = found.get(feed, 0.0) + left * 3600.0 / horizon_s
    return found


def _failed(network: FlowNetwork, failed: str) -> FlowNetwork:
    """The network with the failed station down, whatever its state says at this moment."""
    if not (network.station[failed].up or network.station[failed].soon):
        return network
    stations = tuple(replace(s, up=False, soon=False) if s.id == failed else s for s in network.stations)
    return replace(network, stations=stations)


class _Search:
    """Settings around one failed station, judged by what they carry."""

    def __init__(
        self,
        network: FlowNetwork,
        request: PlanRequest,
        demand: Mapping[Feed, float],
        affected: tuple[str, ...],
        without: Flows,
    ) -> None:
        self.network, self.failed, self.demand = network, request.failed, demand
        self.affected, self.without = affected, without
        self.now = {line: products_on(network, request.orders, line) for line in network.line}
        self.stands = sum(rate for (line, _), rate in demand.items() if line in affected)

    def best(self, bound: Relaxed) -> tuple[Route, ...]:
        """At most three routes that differ in where they lead."""
        opened = [{lane.from_station: lane.id} for lane in self._before()]
        singles = [r for lane in opened if (r := self._judged(lane)) is not None]
        if not singles:
            shared = [r for lane in opened if (r := self._judged(lane, shared=True)) is not None]
            return tuple(_distinct(self.network, sorted(shared, key=_order)))
        singles.sort(key=_order)
        found = singles + self._pairs(singles[:4], bound)
        found.sort(key=_order)
        return tuple(_distinct(self.network, found))

    def _before(self) -> Iterable[Lane]:
        """Lanes that leave an affected line before the failed station."""
        seen = set()
        for line in self.affected:
            way = walk(self.network, line, self.network.open)
            for name in () if way is None else way.stations[: way.stations.index(self.failed)]:
                for lane in self.network.lanes_from.get(name, ()):
                    if lane.id not in seen and self.network.open.get(name) != lane.id:
                        seen.add(lane.id)
                        yield lane

    def _pairs(self, firsts: Sequence[Route], bound: Relaxed) -> list[Route]:
        """A second lane that makes room where the first one leads, or leads back behind the failed station."""
        found: list[Route] = []
        tried = 0
        for first in firsts:
            if first.brought >= 0.99 * self.stands:
                continue
            target = self.network.lane[first.lanes[0]].to_station
            line = self.network.station[target].line
            near = [
                lane
                for name in self.network.of_line[line]
                for lane in self.network.lanes_from.get(name, ())
                if name not in first.setting or self.network.open.get(name) == first.setting.get(name)
            ]
            near.sort(key=lambda lane: -bound.on_lanes.get(lane.id, 0.0))
            for lane in near:
                if tried >= _PAIRS:
                    return found
                tried += 1
                pair = self._judged({**{f: x for f, x in first.setting.items() if x in first.lanes},
                                     lane.from_station: lane.id})  # fmt: skip
                if pair is not None and pair.brought > first.brought * 1.02:
                    found.append(pair)
        return found

    def _judged(self, opened: Mapping[str, str], *, shared: bool = False) -> Route | None:
        """A setting as a route; None when it carries nothing worth it, or harms what can be made without it."""
        setting = {**self.network.open, **opened}
        carried = flows(self.network, self.demand, setting, self.affected if shared else ())
        if carried is None:
            return None
        not_routed = []
        for line, products in self.now.items():
            if line not in carried.walks:
                continue
            led = bool(set(carried.walks[line].lanes) & set(opened.values()))
            before = walk(self.network, line, self.network.open)
            if led and line not in self.affected and before is not None and not self._seen(before):
                return None  # it may run as it should: nobody can know what leading it elsewhere would bring
            for i, product in enumerate(products):
                if can_make(self.network, product, carried.walks[line].stations):
                    continue
                if led and i == 0:
                    return None  # what is in work now would be led where it cannot be made
                if before is not None and can_make(self.network, product, before.stations):
                    return None
                if led or line in self.affected:
                    not_routed.append(product)
        brought = carried.total - self.without.total
        goes_on = sum(flow for (line, _), flow in carried.by_feed.items() if line in self.affected)
        least, most_lost = (_SHARED, -_WORTH) if shared else (0.0, _WORTH)
        if brought < most_lost * self.stands or goes_on <= least * self.stands:
            return None
        used = carried.on_lanes()
        if any(lane not in used for lane in opened.values()):
            return None  # a lane that carries nothing is not opened
        lanes = tuple(
            sorted(opened.values(), key=lambda x: -self.network.station[self.network.lane[x].to_station].order)
        )
        lost = tuple(dict.fromkeys(not_routed))
        return Route(setting, lanes, carried, brought, self._newcomers(carried), lost, shared)

    def _seen(self, way: Walk) -> bool:
        """Whether everything on a way is known."""
        return all(self.network.station[s].known and s not in self.network.unsure for s in way.stations)

    def _newcomers(self, carried: Flows) -> int:
        here: dict[str, set[str]] = {}
        for line, product in self.demand:
            way = walk(self.network, line, self.network.open)
            for name in () if way is None else way.stations:
                here.setdefault(name, set()).add(product)
        new = {
            (name, product)
            for (line, product), flow in carried.by_feed.items()
            if flow > 0
            for name in carried.walks[line].stations
            if product not in here.get(name, set())
        }
        return len(new)


def _order(route: Route) -> tuple[float, int, int]:
    """More units first; of nearly equal ones fewer lanes, then fewer changeovers."""
    return (-round(route.brought, 0), len(route.lanes), route.newcomers)


def _distinct(network: FlowNetwork, ordered: Sequence[Route]) -> Iterable[Route]:
    """The best; then the best to another line, the best with two lanes, the one with the fewest changeovers."""
    chosen: list[Route] = []

    def lines(route: Route) -> frozenset[str]:
        return frozenset(network.station[network.lane[x].to_station].line for x in route.lanes)

    def take(fits: Iterable[Route]) -> None:
        for route in fits:
            if len(chosen) < MOST and all(route.lanes != c.lanes for c in chosen):
                chosen.append(route)
                return

    take(ordered)
    if chosen:
        first = chosen[0]
        take(r for r in ordered if lines(r) != lines(first))
        take(r for r in sorted(ordered, key=lambda r: r.newcomers) if r.newcomers < first.newcomers)
        take(r for r in ordered if all(lines(r) != lines(c) for c in chosen))
        take(r for r in ordered if r.brought > 0.5 * first.brought)
    return chosen


def writes(network: FlowNetwork, route: Route) -> tuple[PlanWrite, ...]:
    """What opens a route, in its order, each with the value that its diverter has now (its home where not known)."""
    found = []
    for name in route.lanes:
        lane = network.lane[name]
        now = network.asked.get(lane.diverter)
        back = now if isinstance(now, bool | int | float | str) else lane.home
        found.append(PlanWrite(lane.diverter, lane.value, back))
    return tuple(found)
