"""What flows where: linear programmes over the network (HiGHS), with what cannot flow and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from hmi.material.network import Walk, can_make, done_at, qualified, walk
from hmi.model.network import FlowNetwork, Setting

Feed = tuple[str, str]
"""Line and product."""

_LANE_COST = 1e-3
"""Price of a unit on a lane, in units: of two equal flows the one with fewer diversions is wanted."""
_NOTHING = 1e-6


@dataclass(frozen=True, slots=True)
class Flows:
    """Units per hour that a setting of the diverters can carry."""

    by_feed: Mapping[Feed, float]
    walks: Mapping[str, Walk]
    """The way of each line's units."""

    @property
    def total(self) -> float:
        """Over all lines."""
        return sum(self.by_feed.values())

    def on_lanes(self) -> dict[str, float]:
        """Units per hour on each lane that carries any."""
        found: dict[str, float] = {}
        for (line, _), flow in self.by_feed.items():
            for lane in self.walks[line].lanes if flow > _NOTHING else ():
                found[lane] = found.get(lane, 0.0) + flow
        return found


def flows(
    network: FlowNetwork, demand: Mapping[Feed, float], setting: Setting, alike: Sequence[str] = ()
) -> Flows | None:
    """The most that flows under a setting; None when units would go round in a circle.

    A feed whose way does not do all of its product's operations, or leads through a station that stands or is not
    known, is 0. Of
    equal wholes one that suits is taken, unless ``alike`` names lines: then these and those that meet them on their
    ways get as equal a part of what they want as the whole allows.
    """
    walks: dict[str, Walk] = {}
    for line in dict.fromkeys(line for line, _ in demand):
        found = walk(network, line, setting)
        if found is None:
            return None
        walks[line] = found
    feeds = [f for f, wanted in demand.items() if wanted > 0 and can_make(network, f[1], walks[f[0]].stations)]
    result = dict.fromkeys(demand, 0.0)
    if feeds:
        used: dict[str, list[int]] = {}
        for i, (line, _) in enumerate(feeds):
            for name in walks[line].stations:
                used.setdefault(name, []).append(i)
        wanted = np.array([demand[f] for f in feeds])
        best = _fits(network, used, wanted)
        if best is not None and alike:
            best = _shared(network, used, wanted, best, _meeting(feeds, used, alike))
        for feed, flow in zip(feeds, wanted if best is None else best, strict=True):
            result[feed] = float(flow)
    return Flows(result, walks)


def _fits(network: FlowNetwork, used: Mapping[str, Sequence[int]], wanted: np.ndarray) -> np.ndarray | None:
    """The largest flows within every station's hour; None when all that is wanted fits."""
    names = list(used)
    rows = np.zeros((len(names), len(wanted)))
    for r, name in enumerate(names):
        rows[r, used[name]] = network.station[name].pace.cycle_s
    tight = rows @ wanted > 3600.0
    if not tight.any():
        return None
    done = linprog(-np.ones(len(wanted)), A_ub=rows[tight], b_ub=np.full(int(tight.sum()), 3600.0),
                   bounds=np.column_stack([np.zeros(len(wanted)), wanted]), method="highs")  # fmt: skip
    return np.zeros(len(wanted)) if done.x is None else np.asarray(done.x)


def _meeting(feeds: Sequence[Feed], used: Mapping[str, Sequence[int]], lines: Sequence[str]) -> list[int]:
    """Which feeds are of these lines, or share a station with one of theirs."""
    own = {i for i, (line, _) in enumerate(feeds) if line in lines}
    return sorted(own.union(*(here for here in used.values() if own.intersection(here))))


def _shared(
    network: FlowNetwork, used: Mapping[str, Sequence[int]], wanted: np.ndarray, best: np.ndarray, among: Sequence[int]
) -> np.ndarray:
    """As much as ``best`` in all, with the smallest part of what is wanted as large as can be among some feeds."""
    count = len(wanted)
    rows = np.zeros((len(used) + len(among) + 1, count + 1))  # the last variable is the smallest part
    limits = np.zeros(len(rows))
    for r, (name, here) in enumerate(used.items()):
        rows[r, here], limits[r] = network.station[name].pace.cycle_s, 3600.0
    for r, i in enumerate(among, len(used)):
        rows[r, i], rows[r, count] = -1.0, wanted[i]
    rows[-1, :count], limits[-1] = -1.0, -float(best.sum()) * (1.0 - _NOTHING)
    cost = np.zeros(count + 1)
    cost[count] = -1.0
    most = np.append(wanted, 1.0)
    done = linprog(cost, A_ub=rows, b_ub=limits, bounds=np.column_stack([np.zeros(count + 1), most]), method="highs")
    return best if done.x is None else np.asarray(done.x[:count])


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What could flow if a diverter could serve all of its lanes at once: an upper bound, and a guide to good lanes."""

    by_feed: Mapping[Feed, float]
    on_lanes: Mapping[str, float]
    full: Mapping[str, float]
    """Shadow price of a further hour of each station that is full: units gained for an hour of it."""
    reached: Mapping[Feed, int] = field(default_factory=dict)
    """The most operations that units of a feed can get done anywhere they can be led to."""


State = tuple[str, int]
"""A station, and operations done when its work is over."""


def relaxed(network: FlowNetwork, demand: Mapping[Feed, float]) -> Relaxed:
    """The multi-product flow programme over every lane that can be opened."""
    cost: list[float] = []
    upper: list[float | None] = []
    load: list[tuple[str, int]] = []  # (station, variable): what takes up a station's time
    on_lane: list[tuple[str, int]] = []
    source: dict[Feed, int] = {}
    balance: list[tuple[int, int, float]] = []  # (node, variable, sign)
    nodes: dict[tuple[str, State], int] = {}
    reached: dict[Feed, int] = {}
    expanded: dict[str, dict[State, None]] = {}

    def variable(price: float, most: float | None) -> int:
        cost.append(price)
        upper.append(most)
        return len(cost) - 1

    def arrive(product: str, station: str, done: int, var: int) -> State | None:
        here = network.station[station]
        if not here.runs or not qualified(here, product):
            return None
        state = (station, done_at(here, network.products[product], done))
        balance.append((nodes.setdefault((product, state), len(nodes)), var, 1.0))
        load.append((station, var))
        return state

    for (line, product), wanted in demand.items():
        chain = network.of_line[line]
        var = variable(0.0, wanted)
        source[line, product] = var
        waiting = expanded.setdefault(product, {})
        state = arrive(product, chain[0], 0, var)
        if state is None:
            upper[var] = 0.0
            reached[line, product] = 0
            continue
        todo = [state]
        mine = {state}
        while todo:
            at = todo.pop()
            if at[0] in network.unsure:
                continue
            exits = [(network.successor[at[0]], "")]
            exits += [(lane.to_station, lane.id) for lane in network.lanes_from.get(at[0], ())]
            for there, lane_id in exits:
                if there is None:
                    continue
                after = done_at(network.station[there], network.products[product], at[1])
                if at in waiting:  # its arcs are there already: only follow them for what this feed can reach
                    entry = network.station[there]
                    further = (there, after) if entry.runs and qualified(entry, product) else None
                else:
                    arc = variable(_LANE_COST if lane_id else 0.0, None)
                    further = arrive(product, there, at[1], arc)
                    if further is None:
                        upper[arc] = 0.0
                    balance.append((nodes[product, at], arc, -1.0))
                    if lane_id:
                        on_lane.append((lane_id, arc))
                if further is not None and further not in mine:
                    mine.add(further)
                    todo.append(further)
            if at not in waiting:
                waiting[at] = None
                if network.successor[at[0]] is None and at[1] == len(network.products[product]):
                    balance.append((nodes[product, at], variable(-1.0, None), -1.0))
        reached[line, product] = max(k for _, k in mine)

    return _solved(network, cost, upper, load, on_lane, source, balance, len(nodes), reached)


def _solved(
    network: FlowNetwork,
    cost: list[float],
    upper: list[float | None],
    load: list[tuple[str, int]],
    on_lane: list[tuple[str, int]],
    source: dict[Feed, int],
    balance: list[tuple[int, int, float]],
    nodes: int,
    reached: dict[Feed, int],
) -> Relaxed:
    if not cost or not balance:
        return Relaxed(dict.fromkeys(source, 0.0), {}, {}, reached)
    names = list(dict.fromkeys(name for name, _ in load))
    at = {name: i for i, name in enumerate(names)}
    hours = coo_array(
        ([network.station[n].pace.cycle_s / 3600.0 for n, _ in load], ([at[n] for n, _ in load], [v for _, v in load])),
        shape=(len(names), len(cost)),
    ).tocsr()
    kept = coo_array(
        ([s for _, _, s in balance], ([n for n, _, _ in balance], [v for _, v, _ in balance])),
        shape=(nodes, len(cost)),
    ).tocsr()
    done = linprog(
        cost, A_ub=hours, b_ub=np.ones(len(names)), A_eq=kept, b_eq=np.zeros(nodes),
        bounds=[(0.0, most) for most in upper], method="highs",
    )  # fmt: skip
    if done.x is None:
        return Relaxed(dict.fromkeys(source, 0.0), {}, {}, reached)
    lanes: dict[str, float] = {}
    for lane, var in on_lane:
        if done.x[var] > _NOTHING:
            lanes[lane] = lanes.get(lane, 0.0) + float(done.x[var])
    prices = -np.asarray(done.ineqlin.marginals)
    full = {name: float(prices[i]) for i, name in enumerate(names) if prices[i] > _NOTHING}
    return Relaxed({feed: float(done.x[var]) for feed, var in source.items()}, lanes, full, reached)
