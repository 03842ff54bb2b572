"""Loads of a scenario (units that move as one), and what became of their orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hmi.twin.scenario import Feed, Result, Scenario


@dataclass(frozen=True, slots=True)
class Loads:
    """Every load by number: its units, order and product, where it is at the start or when it is fed."""

    units: Sequence[int]
    order: Sequence[int]
    """Place of its order among ``orders``."""
    product: Sequence[str]
    orders: Sequence[tuple[str, str, int, float | None]]
    """Line, order, units, due."""
    start: Mapping[str, Sequence[int]]
    """Loads that wait before each station at the start."""
    fed: Mapping[str, Sequence[tuple[int, float, float]]]
    """Load, not before, and interval since the one before, by line in turn."""
    first: Mapping[str, str]
    """Station that each line is fed into."""


def loads_of(scenario: Scenario, repair_s: float = 0.0) -> Loads:
    """Cut the lots of all feeds into loads, as far as the horizon can need them."""
    units: list[int] = []
    order: list[int] = []
    product: list[str] = []
    orders: list[tuple[str, str, int, float | None]] = []
    start: dict[str, list[int]] = {}
    fed: dict[str, list[tuple[int, float, float]]] = {}
    chains = {feed.line: _chain(scenario, feed) for feed in scenario.feeds}
    levels = {x.id: x.level + x.busy for x in scenario.stations}
    for feed in scenario.feeds:
        base = len(orders)
        orders += [(feed.line, lot.order, lot.units, lot.due_s) for lot in feed.lots]
        left = [lot.units for lot in feed.lots]
        at = 0

        def cut(wanted: int, at: int, feed: Feed = feed, left: list[int] = left, base: int = base) -> tuple[int, int]:
            """A load from the lot in turn; (load, lot) or (-1, lot) when there is nothing left."""
            while at < len(left) and left[at] <= 0:
                at += 1
            if at == len(left):
                return -1, at
            size = min(wanted, left[at])
            left[at] -= size
            units.append(size)
            order.append(base + at)
            product.append(feed.lots[at].product)
            return len(units) - 1, at

        rest = 0.0
        for station in reversed(chains[feed.line]):  # what is farthest on belongs to the lot in work
            rest += levels.get(station, 0) / scenario.unit  # what is left of a load goes to the station before
            whole = round(rest)
            rest -= whole
            for _ in range(whole):
                load, at = cut(scenario.unit, at)
                if load >= 0:
                    start.setdefault(station, []).append(load)
        held = feed.withheld
        turn = sorted(range(len(feed.lots)), key=lambda i: feed.lots[i].product in held)
        most = int(scenario.horizon_s / (feed.interval_s * scenario.unit)) + 2
        mine: list[tuple[int, float, float]] = []
        fed[feed.line] = mine
        for lot in turn:
            waits = feed.waits or feed.lots[lot].product in held
            while left[lot] > 0 and len(mine) < most:
                size = min(scenario.unit, left[lot])
                left[lot] -= size
                units.append(size)
                order.append(base + lot)
                product.append(feed.lots[lot].product)
                mine.append((len(units) - 1, repair_s if waits else 0.0, feed.interval_s * size))
    return Loads(units, order, product, orders, start, fed, {f.line: f.first for f in scenario.feeds})


def _chain(scenario: Scenario, feed: Feed) -> list[str]:
    chain: list[str] = []
    at: str | None = feed.first
    while at is not None and at not in chain:
        chain.append(at)
        at = scenario.successor.get(at)
    return chain


def result_of(
    scenario: Scenario,
    loads: Loads,
    out: Sequence[tuple[float, int]],
    changeovers: int,
    on_lanes: Mapping[str, int],
    repair_s: float,
    shares: Mapping[int, float],
) -> Result:
    """Count what left, and how late the orders are; what is left is made at the line's own pace after the horizon.

    shares: of good units in each load, where it is not all of them.
    """
    left = [units for _, _, units, _ in loads.orders]
    ended: list[float | None] = [None if units > 0 else 0.0 for units in left]
    good = 0.0
    for at_s, load in sorted(out):
        good += loads.units[load] * shares.get(load, 1.0) if at_s >= scenario.count_from_s else 0.0
        mine = loads.order[load]
        left[mine] -= loads.units[load]
        if left[mine] <= 0 and ended[mine] is None:
            ended[mine] = at_s
    tardiness, late = 0.0, 0
    interval = {feed.line: feed.interval_s for feed in scenario.feeds}
    behind = dict.fromkeys(interval, scenario.horizon_s)
    for i, (line, _, _, due) in enumerate(loads.orders):
        at_end = ended[i]
        if at_end is None:
            behind[line] += left[i] * interval[line]
            at_end = behind[line]
        if due is not None and at_end > due:
            tardiness += (at_end - due) / 60.0
            late += 1
    taken = {lane: float(count * scenario.unit) for lane, count in on_lanes.items()}
    return Result(good, tardiness, late, changeovers, taken, repair_s)
