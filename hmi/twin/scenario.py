"""What the twin is asked: stations with their pace, where units go next, what is fed, and which station stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hmi.model.network import Pace, Repair


@dataclass(frozen=True, slots=True)
class TwinStation:
    """A station: one unit at a time, a buffer before it, blocked while the next one has no room."""

    id: str
    pace: Pace
    buffer: int | None = None
    """Units that fit before it; None: any number."""
    level: int = 0
    """Units before it at the start."""
    busy: bool = False
    """At the start a unit is in it, half done; a load that is coarser than a unit stands for what is before it, too."""
    stands: Repair | None = None
    """It is down at the start, beside the failed station; its times to repair."""
    stands_s: float = 0.0
    """How long it has been down then."""
    shut: bool = False
    """Nothing comes through it within the horizon: its hold gate is closed, or nobody knows whether it runs."""


@dataclass(frozen=True, slots=True)
class TwinLot:
    """Units of one order and product; due in seconds from the start, None without a date."""

    order: str
    product: str
    units: int
    due_s: float | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a line is fed with, lot by lot."""

    line: str
    first: str
    """Station that it is fed into."""
    interval_s: float
    """Seconds between two units while there is room."""
    lots: tuple[TwinLot, ...]
    waits: bool = False
    """The feed is held until the failed station runs again."""
    withheld: tuple[str, ...] = ()
    """Products that are not fed until then."""


@dataclass(frozen=True)
class Scenario:
    """One answer to a failed station, to be played."""

    stations: tuple[TwinStation, ...]
    successor: Mapping[str, str | None]
    """The next station of each; None: units are finished there."""
    feeds: tuple[Feed, ...]
    horizon_s: float
    failed: str = ""
    diverted: Mapping[str, tuple[str, str, float]] = field(default_factory=dict)
    """While the failed station stands: lane, station it leads to and seconds on the way, by the station left."""
    steady: Mapping[str, tuple[str, str, float]] = field(default_factory=dict)
    """Lanes that are open from before and stay so."""
    return_s: float = 60.0
    """Seconds from the repair until the diverters are home again."""
    setup_s: float = 0.0
    """Seconds that a station needs to change to another product."""
    unit: int = 1
    """Units that move as one: more of them make the twin faster and coarser."""
    count_from_s: float = 0.0
    """What is finished earlier does not count as good."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one replication came to."""

    good: float
    """Good units finished within the horizon, from ``count_from_s`` on."""
    tardiness_min: float
    """Sum over the orders with a date; what is not finished is reckoned on at the line's own pace."""
    late: int
    changeovers: int
    on_lanes: Mapping[str, float]
    """Units that took each lane."""
    repair_s: float
    """How long the failed station stood."""
