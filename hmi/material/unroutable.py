"""What cannot be routed, said with its reason: for want of a lane, an operation, a spare hour, or of knowing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hmi.material.capacity import Feed, Flows, Relaxed
from hmi.material.network import qualified, walk
from hmi.model.network import FlowNetwork
from hmi.model.text import Text
from hmi.model.words import say


def doubts(network: FlowNetwork, failed: str, affected: Iterable[str]) -> tuple[Text, ...]:
    """What no way is planned over although lanes lead there: lines and stations not known, or held by a gate."""
    near = set(affected)
    for lane in network.lanes:
        here, there = (network.station[x].line for x in (lane.from_station, lane.to_station))
        if here in affected:
            near.add(there)
    said = []
    for line in network.lines:
        chain = [x for x in network.of_line[line.id] if x != failed] if line.id in near else []
        unknown = [x for x in chain if not network.station[x].known or x in network.unsure]
        shut = [x for x in chain if network.station[x].shut and x not in unknown]
        if unknown:
            whole = len(unknown) == len(chain) and bool(line.name.en)
            said.append(say("material.not_known", place=line.name if whole else _names(network, unknown)))
        if shut:
            said.append(say("material.is_shut", place=_names(network, shut)))
    return tuple(said)


def cannot(
    network: FlowNetwork,
    failed: str,
    demand: Mapping[Feed, float],
    bound: Relaxed,
    routes: Sequence[tuple[Flows, bool]],
) -> tuple[Text, ...]:
    """What no lane can carry of the affected lines' demand, and which operation has no capable or no spare station.

    routes: what each route carries, and whether it only shares the hours that there are.
    """
    said = []
    for (line, product), wanted in demand.items():
        name = _product_name(network, line, product)
        if bound.by_feed.get((line, product), 0.0) >= wanted * 0.98:
            if all(carried.by_feed.get((line, product), 0.0) <= 0 for carried, _ in routes):
                said.append(say("material.cannot_setting", product=name))
            continue
        got = bound.by_feed.get((line, product), 0.0)
        full = sorted(bound.full, key=lambda s: -bound.full[s])[:3]
        if any(shared and carried.by_feed.get((line, product), 0.0) > 0 for carried, shared in routes):
            said.append(say("material.shared", product=name, stations=_names(network, full)))
            continue
        if got > wanted * 0.01:
            said.append(
                say(
                    "material.cannot_all", product=name, got=round(got), wanted=round(wanted),
                    stations=_names(network, full),
                )
            )  # fmt: skip
            continue
        said.append(_why(network, failed, line, product, name, bound))
    return tuple(said)


def _why(network: FlowNetwork, failed: str, line: str, product: str, name: Text, bound: Relaxed) -> Text:
    chain = network.of_line[line]
    way = walk(network, line, network.open)
    before = chain[: chain.index(failed)] if failed in chain else (() if way is None else way.stations)
    if not before:
        return say("material.cannot_first", product=name, station=_names(network, [failed]))
    operations = network.products[product]
    at = min(bound.reached.get((line, product), 0), len(operations) - 1)
    operation = operations[at]
    capable = [s for s in network.stations if operation in s.operations and s.id != failed]
    fit = [s for s in capable if qualified(s, product) and s.runs]
    if not capable:
        return say("material.cannot_capable", product=name, operation=operation)
    if not any(qualified(s, product) for s in capable):
        stations = _names(network, [s.id for s in capable[:3]])
        return say("material.cannot_qualified", product=name, operation=operation, stations=stations)
    unknown = [s.id for s in capable if qualified(s, product) and not s.known]
    if not fit and unknown:
        stations = _names(network, unknown[:3])
        return say("material.cannot_known", product=name, operation=operation, stations=stations)
    if not fit:
        return say("material.cannot_up", product=name, operation=operation)
    if not any(network.lanes_from.get(s) for s in before):
        return say("material.cannot_lane", product=name, operation=operation, line=line)
    if bound.reached.get((line, product), 0) < len(operations):
        return say("material.cannot_reach", product=name, operation=operation)
    full = sorted(bound.full, key=lambda s: -bound.full[s])[:3]
    return say("material.cannot_spare", product=name, operation=operation, stations=_names(network, full))


def _names(network: FlowNetwork, stations: Sequence[str]) -> Text:
    """Stations as a person knows them, with their line; a dash for none."""
    shown = []
    for at in stations:
        line, name = network.line[network.station[at].line].name, network.station[at].name
        shown.append(Text(f"{line.en} · {name.en}", f"{line.ko} · {name.ko}") if name.en else Text.same(at))
    return Text(", ".join(x.en for x in shown), ", ".join(x.ko for x in shown)) if shown else Text.same("-")


def _product_name(network: FlowNetwork, line: str, product: str) -> Text:
    if product.startswith("line:"):
        return say("material.units_of", line=network.line[line].name)
    return Text.same(product)
