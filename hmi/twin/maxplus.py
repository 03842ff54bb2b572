"""The twin's pre-screen: when loads are done follows from recursions in numpy, without a clock.

``serial`` is exact for a line with buffers and blocking; ``screen`` plays a whole scenario as if every buffer had room,
which is a thousand times cheaper than events and ranks dispatch rules well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hmi.twin.draws import Draws, Times, good_shares, opens_s, services
from hmi.twin.orders import loads_of, result_of
from hmi.twin.scenario import Result, Scenario


def serial(times: Times, rooms: Sequence[float], interval_s: float = 0.0) -> Times:
    """When each load leaves each station of a line; shape (loads, stations, replications), as ``times`` (seconds).

    rooms: loads that fit before each station. The line is fed with a load every interval_s while there is room.
    """
    count, stations, replications = times.shape
    begun = np.zeros((count, stations + 1, replications))
    left = np.zeros((count, stations + 1, replications))
    feeder = np.full(replications, float(interval_s))
    for n in range(count):
        for m in range(stations + 1):
            free = left[n - 1, m] if n else np.zeros(replications)
            begun[n, m] = free if m == 0 else np.maximum(free, left[n, m - 1])
            done = begun[n, m] + (feeder if m == 0 else times[n, m - 1])
            room = rooms[m] if m < stations else np.inf
            if n >= room:
                done = np.maximum(done, begun[n - int(room), m + 1])
            left[n, m] = done
    return left[:, 1:]


def screen(scenario: Scenario, draws: Draws, repair_s: float = 0.0) -> Result | None:
    """One replication as if every buffer had room; None where units can come round in a circle."""
    order = _in_turn(scenario)
    if order is None:
        return None
    loads = loads_of(scenario, repair_s)
    product = np.unique(np.asarray(loads.product, dtype=str), return_inverse=True)[1] if loads.product else np.zeros(0)
    stations = {x.id: x for x in scenario.stations}
    arriving: dict[str, list[tuple[Times, npt.NDArray[np.intp]]]] = {x: [] for x in order}
    for name, waiting in loads.start.items():
        arriving[name].append((np.zeros(len(waiting)), np.asarray(waiting, dtype=np.intp)))
    for line, plan in loads.fed.items():
        if plan:
            arriving[loads.first[line]].append(_fed(plan))
    out: list[tuple[float, int]] = []
    good = np.ones(len(loads.units))
    on_lanes: dict[str, int] = {}
    changeovers = 0
    back_s = repair_s + scenario.return_s
    for name in order:
        if not arriving[name]:
            continue
        at, which = (np.concatenate(parts) for parts in zip(*arriving[name], strict=True))
        turn = np.argsort(at, kind="stable")
        at, which = at[turn], which[turn]
        times = services(scenario, stations[name], draws)[: len(at)]
        at, which = at[: len(times)], which[: len(times)]
        opens = opens_s(scenario, stations[name], draws, repair_s)
        if opens > 0:
            at = np.maximum(at, min(opens, 2 * scenario.horizon_s))
        new = np.flatnonzero(np.diff(product[which])) + 1
        if scenario.setup_s and len(new):
            times = times.copy()
            times[new] += scenario.setup_s
        worked = np.cumsum(times)
        done = worked + np.maximum.accumulate(at - (worked - times))
        begun = int(np.searchsorted(done - times, scenario.horizon_s))
        changeovers += int(np.searchsorted(new, begun))
        in_time = done < scenario.horizon_s
        shares = good_shares(scenario, stations[name], draws)
        if shares is not None:
            good[which] *= shares[: len(which)]
        _pass_on(scenario, name, done[in_time], which[in_time], back_s, arriving, out, on_lanes)
    return result_of(scenario, loads, out, changeovers, on_lanes, repair_s, dict(enumerate(good.tolist())))


def _fed(plan: Sequence[tuple[int, float, float]]) -> tuple[Times, npt.NDArray[np.intp]]:
    load, not_before, interval = (np.asarray(part) for part in zip(*plan, strict=True))
    passed = np.cumsum(interval)
    at = passed + np.maximum.accumulate(np.maximum(not_before - passed, 0.0))
    return at, load.astype(np.intp)


def _pass_on(
    scenario: Scenario,
    name: str,
    done: Times,
    which: npt.NDArray[np.intp],
    back_s: float,
    arriving: Mapping[str, list[tuple[Times, npt.NDArray[np.intp]]]],
    out: list[tuple[float, int]],
    on_lanes: dict[str, int],
) -> None:
    away = done < back_s if name in scenario.diverted else np.zeros(len(done), bool)
    parts = [(scenario.diverted.get(name), away)]
    parts.append((scenario.steady.get(name), ~away))
    for lane, mask in parts:
        if not mask.any():
            continue
        if lane is not None:
            on_lanes[lane[0]] = on_lanes.get(lane[0], 0) + int(mask.sum())
            arriving[lane[1]].append((done[mask] + lane[2], which[mask]))
        elif (there := scenario.successor[name]) is not None:
            arriving[there].append((done[mask], which[mask]))
        else:
            out.extend(zip(done[mask].tolist(), which[mask].tolist(), strict=True))


def _in_turn(scenario: Scenario) -> list[str] | None:
    """Stations so that units only go forward."""
    ways: dict[str, set[str]] = {x.id: set() for x in scenario.stations}
    for name, there in scenario.successor.items():
        if there is not None:
            ways[name].add(there)
    for table in (scenario.diverted, scenario.steady):
        for name, lane in table.items():
            ways[name].add(lane[1])
    entries = dict.fromkeys(ways, 0)
    for targets in ways.values():
        for there in targets:
            entries[there] += 1
    ready = [name for name, count in entries.items() if count == 0]
    order: list[str] = []
    while ready:
        name = ready.pop()
        order.append(name)
        for there in ways[name]:
            entries[there] -= 1
            if entries[there] == 0:
                ready.append(there)
    return order if len(order) == len(ways) else None
