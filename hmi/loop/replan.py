"""Replanning around a failed station: routes from the planner, dispatch rules, and the twin that ranks them all.

Pure: a PlanRequest in, a Plan out, so that it runs in a worker process (hmi.runtime.solver) and in a test alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from hmi.material import routing
from hmi.material.dispatch import RULES
from hmi.material.network import goes_on, products_on, walk
from hmi.material.routing import Route, Routes
from hmi.model.flow import Lane, OptionKind, Plan, PlanOption, Range
from hmi.model.network import (
    FlowLine,
    FlowNetwork,
    FlowStation,
    Pace,
    PlanRequest,
    Repair,
    Setting,
    WorkOrder,
)
from hmi.model.text import Text
from hmi.model.words import say
from hmi.twin.compare import Played, coarse, compare, screened
from hmi.twin.draws import residual
from hmi.twin.scatter import scatter, widened
from hmi.twin.scenario import Feed, Result, Scenario, TwinLot, TwinStation

SHORTEST_S, LONGEST_S = 1800.0, 4 * 3600.0
_BEYOND_REPAIR = 2.0
"""The twin looks this many expected repairs ahead, so that what comes after them counts too."""
_SCREEN_SHARE = 0.25
"""Share of the twin's time for choosing dispatch rules by the pre-screen."""
_SCREENED = 3
_RULE_UNITS = 4
"""Units that move as one while rules are compared, at least."""
_LATE_LEAST_MIN = 5.0
"""Where all orders together are late by less, it weighs less than it does where they are late."""
START_S = 10.0
"""An answer is judged from here on: so long a decision and its commands take at least."""
_JUDGED_SHARE, _JUDGED_LEAST_S, _JUDGED_MOST_S = 0.75, 120.0, 240.0
"""It is judged within the expected repair, over as many units as that allows."""
_EARLY_LEAST = 8
"""Replications of it at least: a few short stops must not be all that is seen."""
_EARLY_SHARE, _LATE_SHARE = 0.4, 0.3
"""Shares of the twin's time for what comes of an answer while it is judged, and at least for what comes in the end."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer before the twin has spoken."""

    kind: OptionKind
    name: Text
    setting: Setting
    route: Route | None = None
    rule: str = "edd"


def replan(request: PlanRequest, clock: Callable[[], float] = time.monotonic) -> Plan:
    """Answers to a failed station, the best first. clock gives seconds and bounds the twin's time only."""
    begun = clock()
    network = request.network
    repair = request.repair or network.station[request.failed].pace.repair
    expected = Range(*(round(residual(repair, request.down_s, q), 1) for q in (0.5, 0.05, 0.95)))
    horizon = request.horizon_s or min(max(_BEYOND_REPAIR * expected.value + 600.0, SHORTEST_S), LONGEST_S)
    found = routing.find(request, horizon)
    answers = [_answer(network, request.failed, route) for route in found.routes]
    answers += [
        _Answer(OptionKind.WAIT, say("material.option_wait"), network.open),
        _Answer(OptionKind.NOTHING, say("material.option_nothing"), network.open),
    ]
    lines = _concerned(network, request, answers, found)
    answers, scenarios = _ruled(request, found, answers, lines, horizon, repair, clock)
    left = request.budget_s - (clock() - begun)
    window = min(max(_JUDGED_SHARE * expected.value, _JUDGED_LEAST_S), _JUDGED_MOST_S) if found.routes else 0.0
    early: list[Played] | None = None
    if window:  # only routes are judged; so short a play is had with single units
        short = [replace(s, horizon_s=START_S + window, count_from_s=START_S) for s in scenarios]
        # not less on a busy machine: coarser units come later to the end of a line, and the count would be too small
        share, most = _EARLY_SHARE * request.budget_s, request.replications
        early = compare(short, repair, request.down_s, request.seed, share, most, clock, min(_EARLY_LEAST, most))
        left = request.budget_s - (clock() - begun)
    left = max(_LATE_SHARE * request.budget_s, left)
    played = compare(scenarios, repair, request.down_s, request.seed, left, request.replications, clock)
    own = scatter(request.made, lines, window) if window else None
    options = [
        _option(request, found, a, p, early[i] if early else None, own)
        for i, (a, p) in enumerate(zip(answers, played, strict=True))
    ]
    shown = {s.id for scenario in scenarios for s in scenario.stations}
    standing = tuple(s.id for s in network.stations if s.id in shown and s.stands and s.id != request.failed)
    ranked = sorted(range(len(options)), key=lambda i: _rank(options, played, i))
    return Plan(
        request.failed, request.made_ns, horizon, tuple(options[i] for i in ranked), found.cannot,
        len(played[0].results), round(clock() - begun, 3), expected, lines, window, standing=standing,
    )  # fmt: skip


def warm() -> None:
    """Plan around a station of a made-up plant, so that every library that planning needs is loaded and has run."""
    operations = ("a", "b", "c")
    stations = tuple(
        FlowStation(f"{line}{n}", line, n, (name,), (), Pace(5.0, 0.1), 4, 1)
        for line in "XY" for n, name in enumerate(operations)
    )  # fmt: skip
    lanes = (Lane("X-Y", "X0", "Y1", "gate", 1), Lane("Y-X", "Y0", "X1", "gate", 1))
    network = FlowNetwork(
        tuple(FlowLine(line, 600.0) for line in "XY"), stations, lanes, {"p": operations},
        frozenset(lane.id for lane in lanes), {}, {"gate": 0},
    )  # fmt: skip
    orders = tuple(WorkOrder(f"{line}{n}", line, "p", 50, 600.0 * n) for line in "XY" for n in (1, 2))
    replan(PlanRequest("X1", network, orders, budget_s=0.05, replications=4))


def _answer(network: FlowNetwork, failed: str, route: Route) -> _Answer:
    lanes = [network.lane[x] for x in route.lanes]
    own = network.station[failed].line
    first = next((x for x in lanes if network.station[x.from_station].line == own), lanes[-1])
    lines = dict.fromkeys(network.station[network.lane[x].to_station].line for x in route.lanes)
    names = [network.line[x].name for x in lines]
    shown = Text(" + ".join(n.en for n in names), " + ".join(n.ko for n in names))
    name = say("material.option_reroute", station=_full_name(network, first.from_station), line=shown)
    return _Answer(OptionKind.REROUTE, name, route.setting, route)


def _full_name(network: FlowNetwork, station: str) -> Text:
    """Line and station as a person knows them."""
    line, name = network.line[network.station[station].line].name, network.station[station].name
    return Text(f"{line.en} · {name.en}", f"{line.ko} · {name.ko}") if name.en else Text.same(station)


def _concerned(
    network: FlowNetwork, request: PlanRequest, answers: Sequence[_Answer], found: Routes
) -> tuple[str, ...]:
    """Lines whose units share a station with the affected ones, or with those that do, under any answer.

    Only they are played: all the others make the same whatever is answered.
    """
    lines = {*found.affected, network.station[request.failed].line}
    ways = [
        {line: set(w.stations) for line in network.line if (w := walk(network, line, setting)) is not None}
        for setting in (network.open, *(answer.setting for answer in answers))
    ]
    grown = True
    while grown:
        grown = False
        for under in ways:
            touched = set().union(*(way for line, way in under.items() if line in lines))
            more = {line for line, way in under.items() if line not in lines and touched & way}
            grown, lines = grown or bool(more), lines | more
    return tuple(line.id for line in network.lines if line.id in lines and network.of_line[line.id])


def _ruled(
    request: PlanRequest,
    found: Routes,
    answers: list[_Answer],
    lines: tuple[str, ...],
    horizon: float,
    repair: Repair,
    clock: Callable[[], float],
) -> tuple[list[_Answer], list[Scenario]]:
    """Every answer with the dispatch rule that the pre-screen likes best."""
    begun = clock()
    rules = list(RULES) if _rules_differ(request.orders, lines) else ["edd"]
    chosen: list[_Answer] = []
    scenarios: list[Scenario] = []
    for answer in answers:
        played: list[tuple[float, float, str]] = []
        made = {rule: _scenario(request, answer, rule, lines, horizon) for rule in rules}
        late = clock() - begun > _SCREEN_SHARE * request.budget_s
        for rule, scenario in made.items() if len(rules) > 1 and not late else ():
            unit = max(_RULE_UNITS, coarse([scenario], request.budget_s / 10))
            shown = screened(replace(scenario, unit=unit), repair, request.down_s, request.seed, _SCREENED)
            if shown is not None:
                played.append((shown.mean(_tardiness), -shown.mean(_good), rule))
        rule = min(played)[2] if played else rules[0]
        chosen.append(replace(answer, rule=rule))
        scenarios.append(made[rule])
    return chosen, scenarios


def _rules_differ(orders: Sequence[WorkOrder], lines: Sequence[str]) -> bool:
    waiting: dict[str, int] = {}
    for order in orders:
        if order.line in lines and not order.running and order.left > 0:
            waiting[order.line] = waiting.get(order.line, 0) + 1
    return any(count > 1 for count in waiting.values())


def _scenario(request: PlanRequest, answer: _Answer, rule: str, lines: Sequence[str], horizon: float) -> Scenario:
    network, failed = request.network, request.failed
    shown = {s for line in lines for s in network.of_line[line]}
    for line in lines:
        for setting in (answer.setting, network.open):
            way = walk(network, line, setting)
            shown |= set() if way is None else set(way.stations)
    stations = tuple(_station(s, failed) for s in network.stations if s.id in shown)
    opened = {s: x for s, x in answer.setting.items() if s in shown and network.open.get(s) != x}
    kept = {s: x for s, x in network.open.items() if s in shown}
    withheld = () if answer.route is None else answer.route.not_routed
    affected = set() if answer.route is None else {
        line for line in lines if (w := walk(network, line, answer.setting)) is not None and set(w.lanes) & set(
            opened.values()
        )
    }  # fmt: skip
    feeds = []
    for line in lines:
        chain = network.of_line[line]
        rate = network.line[line].rate_per_h
        way = walk(network, line, network.open)
        waits = answer.kind is OptionKind.WAIT and way is not None and failed in way.stations
        lots = _lots(network, request.orders, line, rule, rate, horizon)
        feeds.append(Feed(line, chain[0], 3600.0 / rate, lots, waits, withheld if line in affected else ()))
    return Scenario(
        stations, {s: network.successor[s] for s in shown}, tuple(feeds), horizon, failed,
        {s: _lane(network, x) for s, x in opened.items()}, {s: _lane(network, x) for s, x in kept.items()},
    )  # fmt: skip


def _station(s: FlowStation, failed: str) -> TwinStation:
    """A station as it is at this moment; of one that is not known, or held, nothing is promised."""
    if s.id == failed or not s.stands:
        return TwinStation(s.id, s.pace, s.buffer, s.level, s.busy)
    if s.shut or not s.known:
        return TwinStation(s.id, s.pace, s.buffer, s.level, s.busy, shut=True)
    return TwinStation(s.id, s.pace, s.buffer, s.level, s.busy, s.repair or s.pace.repair, s.down_s)


def _lane(network: FlowNetwork, name: str) -> tuple[str, str, float]:
    lane = network.lane[name]
    return name, lane.to_station, lane.transport_s


def _lots(
    network: FlowNetwork, orders: Sequence[WorkOrder], line: str, rule: str, rate: float, horizon: float
) -> tuple[TwinLot, ...]:
    """The line's orders in the rule's order; where there are none, as much of its own product as it is fed with."""
    own = [o for o in orders if o.line == line and o.left > 0]
    lots = [TwinLot(o.id, o.product, o.left, o.due_s) for o in RULES[rule](own)]
    level = sum(network.station[s].level for s in network.of_line[line])
    missing = int(rate * horizon / 3600.0) + level + 1 - sum(lot.units for lot in lots)
    if missing > 0 and goes_on(own):
        lots.append(TwinLot("", products_on(network, orders, line)[0], missing))
    return tuple(lots)


def _option(
    request: PlanRequest,
    found: Routes,
    answer: _Answer,
    played: Played,
    early: Played | None,
    own: tuple[float, float] | None,
) -> PlanOption:
    route = answer.route
    not_routed: Mapping[str, None] = dict.fromkeys(p for line, p in found.demand if line in found.affected)
    return PlanOption(
        kind=answer.kind,
        name=answer.name,
        writes=() if route is None else routing.writes(request.network, route),
        lanes=() if route is None else route.lanes,
        flows={} if route is None else {
            lane: round(flow, 1) for lane, flow in route.flows.on_lanes().items() if lane in route.lanes
        },
        throughput=played.range_of(_good),
        tardiness_min=played.range_of(_tardiness),
        late_orders=round(played.mean(lambda r: r.late), 2),
        changeovers=0 if route is None else route.newcomers,
        not_routed=tuple(not_routed) if route is None else route.not_routed,
        rule=answer.rule,
        early=None if early is None else widened(early.range_of(_good), own),
        least=None if early is None else early.low_of(_good),
    )  # fmt: skip


def _rank(options: Sequence[PlanOption], played: Sequence[Played], i: int) -> tuple[float, int]:
    """Units lost against the best, with lateness weighed in; of equal answers the one with fewer writes."""
    most = max(p.mean(_good) for p in played) or 1.0
    latest = max(max(p.mean(_tardiness) for p in played), _LATE_LEAST_MIN)
    loss = 1.0 - played[i].mean(_good) / most
    return (round(loss + 0.1 * played[i].mean(_tardiness) / latest, 3), len(options[i].writes))


def _good(result: Result) -> float:
    return result.good


def _tardiness(result: Result) -> float:
    return result.tardiness_min
