"""An independent check of plans: walks units through the plant by hand; shares no code with the planner."""

from hmi.model.flow import OptionKind, Plan
from hmi.model.network import PlanRequest


def faults(request: PlanRequest, plan: Plan) -> list[str]:
    """Everything that makes a proposal infeasible; empty when each can be carried out."""
    found = []
    net = request.network
    stations = {s.id: s for s in net.stations}
    by_place = {(s.line, s.order): s.id for s in net.stations}
    lanes = {x.id: x for x in net.lanes}
    kinds = [o.kind for o in plan.options]
    if kinds.count(OptionKind.WAIT) != 1 or kinds.count(OptionKind.NOTHING) != 1:
        found.append("wait and do nothing are always there")
    routes = [o for o in plan.options if o.kind is OptionKind.REROUTE]
    if len(routes) > 3 or len({o.lanes for o in routes}) != len(routes):
        found.append("at most three routes, all different")
    for n, option in enumerate(plan.options):
        if option.kind is not OptionKind.REROUTE:
            if option.writes or option.lanes:
                found.append(f"{n}: writes without a route")
            continue
        turned = dict(net.open)
        written = {}
        for write in option.writes:
            if write.tag in written:
                found.append(f"{n}: {write.tag} is written twice")
            written[write.tag] = write.value
        if len(written) != len(option.lanes) or not option.lanes:
            found.append(f"{n}: as many writes as lanes")
        for name in option.lanes:
            lane = lanes[name]
            if name not in net.openable:
                found.append(f"{n}: nobody can open {name}")
            if lane.diverter not in net.asked:
                found.append(f"{n}: nobody knows how {lane.diverter} stands")
            if not (stations[lane.from_station].known and stations[lane.to_station].known):
                found.append(f"{n}: {name} begins or ends where nothing is known")
            if written.get(lane.diverter) != lane.value:
                found.append(f"{n}: {name} is not what is written")
            if turned.get(lane.from_station, name) != name and net.open.get(lane.from_station) is None:
                found.append(f"{n}: one diverter, two values")
            turned[lane.from_station] = name
        found += _walked(request, option, n, turned, stations, by_place, lanes)
    return found


def _walked(request, option, n, turned, stations, by_place, lanes):
    found = []
    net = request.network
    ways = {}
    running = {o.line: o.product for o in reversed(request.orders) if o.running}
    for line in {s.line for s in net.stations}:
        way, at, used = [], by_place[line, 1], []
        while at is not None:
            if at in way:
                found.append(f"{n}: units of {line} go round in a circle")
                return found
            way.append(at)
            if at in turned:
                used.append(turned[at])
                at = lanes[turned[at]].to_station
            else:
                at = by_place.get((stations[at].line, stations[at].order + 1))
        own = [o for o in request.orders if o.line == line and o.left > 0]
        products = {o.product for o in own} or {f"line:{line}"}
        diverted = [x for x in used if x in option.lanes]
        good = {p for p in products if _made(net, p, way, stations, request.failed)}
        now = running.get(line)
        if diverted:
            own_way = _own_way(line, net, by_place, stations, lanes)
            if request.failed not in own_way and _hidden(net, own_way, stations):
                found.append(f"{n}: {line} may run well, nobody knows, and is led elsewhere")
            if now is not None and now not in good:
                found.append(f"{n}: {now} in work on {line} is led where it cannot be made")
            lost = sorted(products - good - set(option.not_routed))
            found += [f"{n}: {product} of {line} is lost without a word" for product in lost]
        before = _own_way(line, net, by_place, stations, lanes)
        harmed = [p for p in sorted(products - good) if _made(net, p, before, stations, request.failed)]
        found += [f"{n}: {line} could make {product} and cannot any more" for product in harmed]
        ways[line] = (used, good)
    return found + _hours(request, option, n, ways)


def _hours(request, option, n, ways):
    """The flows that an option claims: on lanes that are opened, not more than is fed, and within every hour."""
    found = []
    net = request.network
    lanes = {x.id: x for x in net.lanes}
    if set(option.flows) != set(option.lanes):
        found.append(f"{n}: lanes and flows are not the same")
    for name, flow in option.flows.items():
        entry = next(s for s in net.stations if s.id == lanes[name].to_station)
        fed = sum(line.rate_per_h for line in net.lines if name in ways[line.id][0] and ways[line.id][1])
        if not 0 < flow <= fed + 0.1:
            found.append(f"{n}: {flow} an hour on {name}, where {fed} are fed")
        if flow * entry.pace.cycle_s > 3600.0 + entry.pace.cycle_s * 0.1:
            found.append(f"{n}: {flow} an hour cannot come through {entry.id}")
    return found


def _own_way(line, net, by_place, stations, lanes):
    way, at = [], by_place[line, 1]
    while at is not None and at not in way:
        way.append(at)
        at = lanes[net.open[at]].to_station if at in net.open else by_place.get(
            (stations[at].line, stations[at].order + 1)
        )  # fmt: skip
    return way


def _hidden(net, way, stations):
    """Whether there is a station on a way that nobody knows of, or one whose units go nobody knows where."""
    dark = {x.from_station for x in net.lanes if x.diverter and x.diverter not in net.asked}
    return any(not stations[name].known or name in dark for name in way)


def _made(net, product, way, stations, failed):
    """Whether every operation gets done in turn, on stations that run and are qualified."""
    left = list(net.products[product])
    for name in way:
        station = stations[name]
        if name == failed or not (station.up or station.soon) or (station.products and product not in station.products):
            return False
        if station.shut or _hidden(net, [name], stations):
            return False
        visited = set()
        while left and left[0] in station.operations and left[0] not in visited:
            visited.add(left.pop(0))
    return not left
