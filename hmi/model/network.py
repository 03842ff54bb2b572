"""The flow network as planner and twin see it: stations with their pace, lanes, orders, and a question about them.

Plain values that cross to a worker process; everything a plan rests on is in a PlanRequest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from hmi.model.flow import Lane
from hmi.model.text import Text

NAMELESS = Text("", "")


@dataclass(frozen=True, slots=True)
class Repair:
    """Times to repair as history has them: lognormal."""

    median_s: float = 600.0
    sigma: float = 0.8
    """Standard deviation of the logarithm."""
    cases: int = 0
    """Repairs seen; 0: an assumption."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a station works, estimated from history."""

    cycle_s: float
    """Seconds a unit while it works."""
    cycle_cv: float = 0.05
    """Standard deviation of the cycle over its mean."""
    between_s: float = math.inf
    """Mean time of production between failures."""
    repair: Repair = Repair()
    measured: bool = False
    """From history; else the plant file's ideal cycle or an assumption."""
    reject: float = 0.0
    """Share of its units that it rejects, as of late."""


@dataclass(frozen=True, slots=True)
class FlowStation:
    """A station of the network."""

    id: str
    line: str
    order: int
    operations: tuple[str, ...]
    """What it can do."""
    products: tuple[str, ...]
    """What it is qualified for; empty: everything."""
    pace: Pace
    buffer: int | None = None
    """Units that fit before it; None: not known, taken as enough."""
    level: int = 0
    """Units before it now."""
    up: bool = True
    """Not down at this moment."""
    name: Text = NAMELESS
    busy: bool = False
    """A unit is in it at this moment."""
    known: bool = True
    """Its state is known. Where its link is down nobody can say what it does: nothing is planned over it."""
    shut: bool = False
    """Its hold gate is closed: until somebody releases what is held, nothing comes through."""
    down_s: float = 0.0
    """How long it has been down, if it is."""
    repair: Repair | None = None
    """Times to repair of what it has now; None: of all its failures."""

    soon: bool = False
    """It stands for a short stop, as it has many of: it is over in a moment."""

    @property
    def runs(self) -> bool:
        """Whether it can be counted on within the hour."""
        return (self.up or self.soon) and self.known and not self.shut

    @property
    def stands(self) -> bool:
        """Whether nothing comes through it at this moment, or nobody knows."""
        return not (self.up and self.known) or self.shut


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A line: what it is fed with an hour when nothing stands."""

    id: str
    rate_per_h: float
    name: Text = NAMELESS


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """What is left to make of an order (or lot) on a line."""

    id: str
    line: str
    product: str
    left: int
    due_s: float | None = None
    """Seconds from now; None: no date."""
    running: bool = False
    """Being made now: no rule puts another one before it."""


Setting = Mapping[str, str]
"""A setting of the diverters: id of the open lane by the station it starts from; a station without one is at home."""


@dataclass(frozen=True)
class FlowNetwork:
    """Stations, lanes and products, and which lanes are open now."""

    lines: tuple[FlowLine, ...]
    stations: tuple[FlowStation, ...]
    lanes: tuple[Lane, ...]
    products: Mapping[str, tuple[str, ...]]
    """Operations of each product in their order."""
    openable: frozenset[str] = frozenset()
    """Ids of the lanes whose diverter can be written from here."""
    open: Setting = field(default_factory=dict)
    """Lanes that are open now."""
    asked: Mapping[str, object] = field(default_factory=dict)
    """Value of each diverter now, by tag; what is not known is not in it, and is not written either."""

    @cached_property
    def station(self) -> dict[str, FlowStation]:
        """Stations by id."""
        return {s.id: s for s in self.stations}

    @cached_property
    def line(self) -> dict[str, FlowLine]:
        """Lines by id."""
        return {x.id: x for x in self.lines}

    @cached_property
    def lane(self) -> dict[str, Lane]:
        """Lanes by id."""
        return {x.id: x for x in self.lanes}

    @cached_property
    def of_line(self) -> dict[str, tuple[str, ...]]:
        """Station ids of each line in the order of material flow."""
        ordered = sorted(self.stations, key=lambda s: s.order)
        return {x.id: tuple(s.id for s in ordered if s.line == x.id) for x in self.lines}

    @cached_property
    def successor(self) -> dict[str, str | None]:
        """The next station of its own line; None after the last."""
        return {
            here: there
            for chain in self.of_line.values()
            for here, there in zip(chain, (*chain[1:], None), strict=True)
        }

    @cached_property
    def unsure(self) -> frozenset[str]:
        """Stations whose units go nobody knows where: they have a diverter that does not say how it stands."""
        return frozenset(x.from_station for x in self.lanes if x.diverter and x.diverter not in self.asked)

    @cached_property
    def lanes_from(self) -> dict[str, tuple[Lane, ...]]:
        """Lanes by the station they start from, those that can be opened only, from one known station to another."""
        found: dict[str, list[Lane]] = {}
        for lane in self.lanes:
            ends = (self.station[lane.from_station], self.station[lane.to_station])
            if lane.id in self.openable and lane.diverter in self.asked and all(end.known for end in ends):
                found.setdefault(lane.from_station, []).append(lane)
        return {here: tuple(lanes) for here, lanes in found.items()}


@dataclass(frozen=True)
class PlanRequest:
    """What to do about a failed station; the answer is hmi.model.flow.Plan."""

    failed: str
    network: FlowNetwork
    orders: tuple[WorkOrder, ...] = ()
    made_ns: int = 0
    down_s: float = 0.0
    """How long it has been down."""
    horizon_s: float = 0.0
    """How far the twin looks; 0: as far as the expected repair asks for."""
    budget_s: float = 0.55
    """Time for the twin; more of it makes ranges narrower and units smaller."""
    replications: int = 64
    """The most that are made."""
    seed: int = 1
    repair: Repair | None = None
    """Times to repair of what the failed station has now; None: of all its failures."""
    made: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Good units that left each line in every minute of the last hours, the same minutes for all; the newest last."""
