"""What the material map says of stations, lanes, plans and reroutes. No Qt."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import tzinfo

from hmi.desk.material_rows import LaneRow, MaterialMap, NodeRow, RerouteRow
from hmi.model.flow import OptionKind, Plan, PlanOption, Range
from hmi.model.machine import TimeClass, time_class
from hmi.model.plant import Plant
from hmi.model.reading import Value
from hmi.model.sequence import Run
from hmi.model.text import Text
from hmi.model.words import say
from ui.command.presenter import value_words
from ui.equipment.words import length_words, short_names, state_words, station_name
from ui.widgets.figures import number, time_text
from ui.widgets.flowmap import LaneLook, MapLane, MapLine
from ui.widgets.flowtile import MapNode
from ui.widgets.rangebar import Range as Bar

S = 1_000_000_000
RUNNING = ("EXECUTING", "RETURNING")
STANDING = ("EXECUTING", "VERIFIED", "CONFIRMED", "PARTLY", "UNKNOWN", "RETURNING", "FAILED")
"""States in which a reroute is not over."""
STATES = (*STANDING, "RETURNED")
PLAN_OLD_S = 300.0
"""A plan older than this describes another hour: it is to be made anew before anybody signs."""


# -- the map ----------------------------------------------------------------------------------------------------------


def map_lines(found: MaterialMap, plant: Plant | None) -> list[MapLine]:
    """The rows of the map in the plant's order of lines; lines the plant file does not know come last."""
    order = {} if plant is None else {x.id: n for n, x in enumerate(plant.lines)}
    rows = sorted(found.nodes, key=lambda n: (order.get(n.line, len(order)), n.line, n.order))
    made = []
    for line, nodes in itertools.groupby(rows, key=lambda n: n.line):
        short = short_names(plant.stations_of(line)) if plant is not None else {}
        shown = tuple(map_node(n, plant, short.get(n.station)) for n in nodes)
        made.append(MapLine(station_name(plant, line), shown))
    return made


def map_node(node: NodeRow, plant: Plant | None, short: Text | None) -> MapNode:
    """A station as the map draws it."""
    name, kind = station_name(plant, node.station), time_class(node.state, node.waiting)
    state = state_words(node.state, node.waiting)
    words: tuple[Text, ...] = (state, say(f"tile.{kind}"))
    if node.failed:
        words = (say("materialscreen.failed"),)
    elif kind is not TimeClass.PRODUCTION:
        words = (state, say(f"machine.state.{node.state}"), say(f"tile.{kind}"))
        if kind in (TimeClass.BLOCKED, TimeClass.STARVED):
            words = (state, say(f"machine.class.{kind}"), say(f"tile.{kind}"))
    return MapNode(
        node.station, name, short or name, words, kind, node_told(node, name, state),
        None if node.per_h is None else say("materialscreen.per_h", n=number(node.per_h, 0)), node.level,
        node.capacity, node.lot, node.held, node.gate_closed, node.failed,
    )  # fmt: skip


def node_told(node: NodeRow, name: Text, state: Text) -> Text:
    """Everything the map tells of a station, in a line."""
    parts = [say("materialscreen.node", name=name, state=state), buffer_words(node)]
    if node.failed:
        parts.insert(1, say("materialscreen.failed"))
    if node.lot:
        parts.append(say("materialscreen.lot_of", lot=node.lot))
    if node.held:
        parts.append(say("materialscreen.held"))
    if node.gate_closed is not None:
        parts.append(say("materialscreen.gate_closed" if node.gate_closed else "materialscreen.gate_open"))
    return joined(parts)


def buffer_words(node: NodeRow) -> Text:
    """How full the buffer before a station is."""
    level = number(node.level)
    if node.capacity is None:
        return say("materialscreen.buffer", level=level)
    return say("materialscreen.buffer_of", level=level, capacity=number(node.capacity))


def place_words(plant: Plant | None, station: str) -> Text:
    """A station with its line."""
    found = None if plant is None else plant.station.get(station)
    if found is None:
        return Text.same(station)
    return say("materialscreen.place", line=station_name(plant, found.line), station=found.name)


def tag_words(plant: Plant | None, tag_id: str) -> Text:
    """A tag with its place, as a person knows it."""
    tag = None if plant is None else plant.tag.get(tag_id)
    if tag is None:
        return Text.same(tag_id)
    return joined([place_words(plant, tag.place), tag.name], ": ")


def lane_words(plant: Plant | None, lane_id: str) -> Text:
    """A cross lane by the stations at its ends."""
    lane = None if plant is None else next((x for x in plant.lanes if x.id == lane_id), None)
    if lane is None:
        return Text.same(lane_id)
    return joined([place_words(plant, lane.from_station), place_words(plant, lane.to_station)], " → ")


def joined(parts: Sequence[Text], by: str = " · ") -> Text:
    """Texts one behind the other."""
    return Text(by.join(x.en for x in parts), by.join(x.ko for x in parts))


def lane_look(row: LaneRow, planned: bool = False) -> LaneLook:
    """How a lane is drawn: what the controller reports goes before what was asked for."""
    if row.active:
        return LaneLook.OPEN
    if row.asked:
        return LaneLook.ASKED
    if planned:
        return LaneLook.PLANNED
    return LaneLook.UNKNOWN if row.active is None else LaneLook.SHUT


def map_lanes(found: MaterialMap, option: PlanOption | None) -> list[MapLane]:
    """The cross lanes, those of an answer that is being looked at among them; what is open is drawn last."""
    flows = {} if option is None else option.flows
    planned = () if option is None else option.lanes
    made = []
    for row in found.lanes:
        id = row.lane.id
        look = lane_look(row, id in planned)
        label = None
        if look is LaneLook.OPEN:
            label = say("materialscreen.count_units", n=number(row.units))
        elif look is LaneLook.ASKED:
            label = say("materialscreen.asked")
        elif look is LaneLook.PLANNED and id in flows:
            label = say("materialscreen.units_per_h", n=number(flows[id], 0))
        made.append(MapLane(id, row.lane.from_station, row.lane.to_station, look, label))
    return sorted(made, key=lambda x: (LaneLook.PLANNED, LaneLook.ASKED, LaneLook.OPEN).index(x.look)
                  if x.label is not None else -1)  # fmt: skip


def open_reroutes(found: MaterialMap | None) -> list[RerouteRow]:
    """Reroutes that are not over, the newest first, then those that are."""
    rows = [] if found is None else list(found.reroutes)
    return sorted(rows, key=lambda r: (r.state not in STANDING, -r.at_ns))


def count_words(found: MaterialMap) -> Text:
    """What stands on the map, in a line."""
    routes = sum(r.state in STANDING for r in found.reroutes)
    failed = sum(n.failed for n in found.nodes)
    return say("materialscreen.count", stations=len(found.nodes), lanes=len(found.lanes), failed=failed, routes=routes)


# -- plans ------------------------------------------------------------------------------------------------------------


def range_words(found: Range | None, unit: str, digits: int = 0) -> Text:
    """An estimate in words: ``412 units (380 to 440)``; unit is a key of the catalogue."""
    if found is None:
        return Text.same("–")
    said = say(f"materialscreen.{unit}", n=number(found.value, digits))
    return say(
        "materialscreen.range", said=said, low=number(found.low, digits), high=number(found.high, digits),
    )  # fmt: skip


def bar_of(option: PlanOption) -> Bar:
    """The range bar of an answer's throughput."""
    found = option.throughput
    return Bar(None) if found is None else Bar(found.value, found.low, found.high)


def option_name(option: PlanOption) -> Text:
    """What an answer is: its name; wait and do nothing carry their kind."""
    return option.name if option.kind is OptionKind.REROUTE else say(f"materialscreen.kind.{option.kind.value}")


def costs_words(option: PlanOption) -> Text:
    """What an answer costs: lateness, late orders, changeovers."""
    orders = number(option.late_orders, 0 if option.late_orders < 0.05 else 1)
    return say(
        "materialscreen.costs", late=range_words(option.tardiness_min, "minutes"), orders=orders,
        changeovers=number(option.changeovers),
    )  # fmt: skip


def not_routed_words(option: PlanOption, plant: Plant | None) -> Text | None:
    """What an answer leaves without a way; None when it carries all."""
    if not option.not_routed:
        return None
    names = [_name_of(x, plant) for x in option.not_routed]
    return say("materialscreen.not_routed", what=joined(names, ", "))


def _name_of(id: str, plant: Plant | None) -> Text:
    found = next((p.name for p in (() if plant is None else plant.products) if p.id == id), None)
    return found or Text.same(id)


def plan_words(plan: Plan, now_ns: int, zone: tzinfo | None) -> Text:
    """When a plan was made, how far it looks and on how many runs of the twin it stands."""
    return say(
        "materialscreen.plan_made", clock=time_text(plan.made_ns, zone), age=length_words((now_ns - plan.made_ns) / S),
        horizon=length_words(plan.horizon_s), runs=number(plan.replications), took=number(plan.took_s, 1),
    )  # fmt: skip


def repair_words(plan: Plan) -> Text:
    """How long a repair takes, from history."""
    found = plan.repair_s
    if found is None:
        return say("materialscreen.repair_unknown")
    low, high = (length_words(x) for x in (found.low, found.high))
    return say("materialscreen.repair", middle=length_words(found.value), low=low, high=high)


def too_old(plan: Plan, now_ns: int) -> bool:
    """Whether a plan is too old to be signed."""
    return (now_ns - plan.made_ns) / S > PLAN_OLD_S


def why_no_reroute(plan: Plan | None, option: PlanOption | None, now_ns: int) -> Text | None:
    """Why the chosen answer cannot be carried out; None when it can."""
    if plan is None:
        return say("materialscreen.no_plan")
    if option is None:
        return say("materialscreen.no_option")
    if option.kind is not OptionKind.REROUTE or not option.writes:
        return say("materialscreen.no_writes")
    return say("materialscreen.plan_old") if too_old(plan, now_ns) else None


def value_of(tag_id: str, value: Value, plant: Plant | None) -> Text:
    """A value in the words of its tag."""
    tag = None if plant is None else plant.tag.get(tag_id)
    return Text.same(str(value)) if tag is None else value_words(value, tag)


def write_rows(option: PlanOption, plant: Plant | None) -> list[tuple[Text, Text | str]]:
    """What will be written, in its order, each with its way back."""
    return [
        (say("materialscreen.nth", n=n),
         say("materialscreen.write", tag=tag_words(plant, w.tag), value=value_of(w.tag, w.value, plant),
             back=value_of(w.tag, w.back, plant)))
        for n, w in enumerate(option.writes, 1)
    ]  # fmt: skip


# -- reroutes ---------------------------------------------------------------------------------------------------------


def route_state(row: RerouteRow) -> Text:
    """How far a reroute is."""
    return say(f"materialscreen.state.{row.state}") if row.state in STATES else Text.same(row.state)


def route_told(row: RerouteRow) -> Text:
    """The same in a sentence."""
    if row.state not in STATES:
        return Text.same(row.state)
    return say(f"materialscreen.told.{row.state}", n=number(row.units))


def step_rows(run: Run | None, plant: Plant | None, zone: tzinfo | None) -> list[tuple[Text, Text, str, bool | None]]:
    """The steps of a run: what is written, what became of it, when, and whether it is verified (None: not yet)."""
    if run is None:
        return []
    made: list[tuple[Text, Text, str, bool | None]] = []
    for at, step in enumerate(run.steps):
        said = say("materialscreen.step", tag=tag_words(plant, step.tag), value=value_of(step.tag, step.value, plant))
        if at >= len(run.results):
            made.append((said, say("materialscreen.not_yet"), "", None))
            continue
        result = run.results[at]
        became = say(f"outcome.{result.outcome.value}")
        if result.why is not None:
            became = say("materialscreen.because", said=became, why=result.why)
        made.append((said, became, time_text(result.done_ns, zone), result.outcome.value == "VERIFIED"))
    return made


def facts(row: RerouteRow, plant: Plant | None, now_ns: int, zone: tzinfo | None) -> list[tuple[Text, Text | str]]:
    """What there is to say of a reroute."""
    age = length_words(((row.ended_ns or now_ns) - row.at_ns) / S)
    found: list[tuple[Text, Text | str]] = [
        (say("materialscreen.around"), place_words(plant, row.failed)),
        (say("materialscreen.by"), say("materialscreen.by_at", user=row.by, clock=time_text(row.at_ns, zone))),
        (say("materialscreen.lasts"), age),
        (say("materialscreen.moved"), number(row.units)),
    ]
    ways = [lane_words(plant, x) for x in row.lanes] or [Text.same("–")]
    found += [(say("materialscreen.lanes") if n == 0 else Text.same(""), way) for n, way in enumerate(ways)]
    if row.cause:
        kind, _, id = row.cause.partition(":")
        cause = say("materialscreen.card", number=id) if kind == "decision" else Text.same(row.cause)
        found.append((say("materialscreen.cause"), cause))
    return found


def back_rows(run: Run | None, plant: Plant | None) -> list[tuple[Text, Text | str]]:
    """What the way back writes: the steps that were tried, the last first."""
    if run is None:
        return []
    tried = list(run.steps[: len(run.results)])
    return [
        (
            say("materialscreen.nth", n=n),
            say("materialscreen.step", tag=tag_words(plant, s.tag), value=value_of(s.tag, s.back, plant)),
        )
        for n, s in enumerate(reversed(tried), 1)
        if s.back is not None
    ]
