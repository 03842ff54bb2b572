"""Seeded plants for planner and twin: 50 stations, 8 operations, 6 products, 200 lots, lanes between the lines."""

import random

from hmi.model.flow import Lane
from hmi.model.network import FlowLine, FlowNetwork, FlowStation, Pace, PlanRequest, Repair, WorkOrder
from hmi.model.text import Text

OPERATIONS = ("print", "place", "solder", "inspect", "mill", "coat", "test", "pack")


def network(seed: int, stations: int = 50) -> FlowNetwork:
    """Lines of five to eight stations; each product is a subset of the operations in their order."""
    rng = random.Random(seed)
    products = {f"P{i}": tuple(op for op in OPERATIONS if rng.random() < 0.75) or OPERATIONS[:3] for i in range(6)}
    lines, made = [], []
    number = 0
    while len(made) < stations:
        number += 1
        size = min(rng.randint(5, 8), stations - len(made))
        if stations - len(made) - size == 1:
            size += 1
        line = f"L{number}"
        cuts = sorted(rng.sample(range(1, 8), min(size, 8) - 1)) if size > 1 else []
        parts = [OPERATIONS[a:b] for a, b in zip([0, *cuts], [*cuts, 8], strict=True)]
        parts += [("pack",)] * (size - len(parts))
        cycle = rng.uniform(3.0, 6.0)
        for order, part in enumerate(parts, 1):
            able = tuple(dict.fromkeys([*part, *rng.sample(OPERATIONS, rng.randint(0, 2))]))
            fit = (
                tuple(sorted(rng.sample([f"P{i}" for i in range(6)], rng.randint(3, 5)))) if rng.random() < 0.15 else ()
            )
            pace = Pace(
                cycle * rng.uniform(0.8, 1.0), rng.uniform(0.02, 0.2), rng.uniform(1800, 20000),
                Repair(rng.uniform(200, 1500), rng.uniform(0.4, 1.0), 5), True,
            )  # fmt: skip
            station = f"{line}.S{order}"
            up = rng.random() > 0.02
            made.append(
                FlowStation(
                    station, line, order, able, fit, pace, 8, rng.randint(0, 6), up, Text.same(station)
                )
            )  # fmt: skip
        products[f"line:{line}"] = tuple(part[0] for part in parts)
        lines.append(FlowLine(line, 3600.0 / cycle * rng.uniform(0.5, 0.9), Text.same(f"Line {number}")))
    lanes = []
    for here in made:
        for there in made:
            if there.line != here.line and there.order == here.order + 1 and rng.random() < 0.6:
                name = f"{here.id}-{there.id}"
                lanes.append(Lane(name, here.id, there.id, f"{here.id}.DivertTo", int(there.line[1:]), 0, 5.0))
    openable = frozenset(lane.id for lane in lanes if rng.random() < 0.95)
    return FlowNetwork(
        tuple(lines), tuple(made), tuple(lanes), products, openable, {},
        {lane.diverter: 0 for lane in lanes},
    )  # fmt: skip


def orders(net: FlowNetwork, seed: int, lots: int = 200) -> tuple[WorkOrder, ...]:
    """Lots of the products that each line can make by itself, one of them running."""
    rng = random.Random(seed * 7 + 1)
    fit = {line.id: [p for p in net.products if p[0] == "P" and makes(net, line.id, p)] for line in net.lines}
    usable = [line for line, found in fit.items() if found]
    running = set()
    found = []
    for i in range(lots if usable else 0):
        line = usable[i % len(usable)]
        found.append(
            WorkOrder(
                f"LOT-{i}", line, rng.choice(fit[line]), rng.randint(20, 250), rng.uniform(600, 8 * 3600),
                line not in running,
            )
        )  # fmt: skip
        running.add(line)
    return tuple(found)


def makes(net: FlowNetwork, line: str, product: str) -> bool:
    """Whether a line can make a product by itself (by hand, not by the planner's own code)."""
    done, operations = 0, net.products[product]
    for station in sorted((s for s in net.stations if s.line == line), key=lambda s: s.order):
        if station.products and product not in station.products:
            return False
        visited = set()
        while done < len(operations) and operations[done] in set(station.operations) - visited:
            visited.add(operations[done])
            done += 1
    return done == len(operations)


def failure(seed: int, stations: int = 50, lots: int = 200, budget_s: float = 0.55) -> PlanRequest:
    """A seeded failure in a seeded plant."""
    rng = random.Random(seed * 31 + 7)
    net = network(seed, stations)
    failed = rng.choice([s.id for s in net.stations])
    return PlanRequest(failed, net, orders(net, seed, lots), 1_000, rng.uniform(20, 200), budget_s=budget_s, seed=seed)
