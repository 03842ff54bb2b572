"""The flow network: what stations can do, which lanes lead where, and what a plan around a failed station says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hmi.model.reading import Value
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class Lane:
    """A way for units from one station to another that is not the next of its line; opened by its diverter."""

    id: str
    from_station: str
    to_station: str
    diverter: str = ""
    """Tag to write; empty: nobody can open it from here."""
    value: Value = None
    """What opens it."""
    home: Value = 0
    """What closes it: units go on along their own line."""
    transport_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Product:
    """What a line makes: its operations in their order. A station that offers an operation can do it."""

    id: str
    name: Text
    operations: tuple[str, ...]


class OptionKind(StrEnum):
    """What an answer to a failed station is."""

    REROUTE = "reroute"
    WAIT = "wait"  # hold the feed until the repair
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate: the middle, and the range that it lies in nine times of ten."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PlanWrite:
    """One write of a route, in its order, with the way back."""

    tag: str
    value: Value
    back: Value


@dataclass(frozen=True, slots=True)
class PlanOption:
    """One answer to a failed station, run in the twin."""

    kind: OptionKind
    name: Text
    writes: tuple[PlanWrite, ...] = ()
    lanes: tuple[str, ...] = ()
    """Lanes that carry units, by id."""
    flows: dict[str, float] = field(default_factory=dict)
    """Units per hour on each lane."""
    throughput: Range | None = None
    """Good units within the horizon, over all lines concerned."""
    tardiness_min: Range | None = None
    """Sum of minutes that orders are late."""
    late_orders: float = 0.0
    changeovers: int = 0
    """Products that come to stations which do not make them now."""
    not_routed: tuple[str, ...] = ()
    """Products (or operations) that this answer leaves without a way, in the plant's ids."""
    rule: str = ""
    """The dispatch rule that did best."""
    early: Range | None = None
    """Good units while the answer is judged (Plan.window_s), over all lines concerned; not narrower than what these
    lines' own past scatters."""
    least: float | None = None
    """The low end of ``early`` by the twin alone: less is asked of no answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Answers to a failed station, the best first by the twin; what cannot be routed is said."""

    failed: str
    made_ns: int
    horizon_s: float
    options: tuple[PlanOption, ...]
    cannot: tuple[Text, ...] = ()
    """What no lane can carry, and why."""
    replications: int = 0
    took_s: float = 0.0
    repair_s: Range | None = None
    """Expected time to repair, from history."""
    lines: tuple[str, ...] = ()
    """The lines concerned: those whose units the twin counted."""
    window_s: float = 0.0
    """How long an answer is judged: within the expected repair, beginning START_S after the plan."""
    shown: str = ""
    """Its hash as the desk gave it out: an answer is signed of exactly this plan."""
    standing: tuple[str, ...] = ()
    """Other stations that stood or were not known when it was made: what they cost is in its figures already."""
