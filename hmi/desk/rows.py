"""Read models: what a screen needs, ready to show, one row type for one thing on the screen.

Rows cross the socket as JSON (msgspec decodes them into these types). Times are ns since 1970 UTC; 0 means never.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.model.machine import MachineState, StateSpan, TimeClass, Waiting
from hmi.model.quality import Quality
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class Hello:
    """Who answers."""

    version: str
    pid: int
    revision: int
    """Which plant file; the same number stands in the tag table."""
    demo: bool
    plant_file: str
    started_ns: int


@dataclass(frozen=True, slots=True)
class StationRow:
    """A station on an overview: what it does and for how long."""

    station: str
    state: MachineState
    waiting: Waiting
    counts_as: TimeClass
    since_ns: int
    cause: str | None = None
    """The station that makes this one wait."""
    reason: str | None = None
    good: int | None = None
    reject: int | None = None
    """This shift's counts."""


@dataclass(frozen=True, slots=True)
class OeeFigures:
    """Machine time and OEE of one station or line over one window (ISO 22400-2); None where it cannot be told.

    Times in seconds. effectiveness may pass 1 and is never capped. losses add up to pbt: production at ideal speed with
    good product, quality loss, speed loss, and every class of downtime.
    """

    scope: str
    start_ns: int
    end_ns: int
    pbt_s: float
    """Planned busy time: the window less planned downtime."""
    apt_s: float
    """Actual production time."""
    setup_s: float
    down_s: float
    blocked_s: float
    starved_s: float
    waiting_s: float
    unknown_s: float
    planned_s: float
    good: int
    reject: int
    availability: float | None
    effectiveness: float | None
    quality: float | None
    oee: float | None
    ideal_cycle_s: float | None
    valuable_s: float = 0.0
    """Good quantity at ideal cycle: what remains at the foot of the waterfall."""
    speed_loss_s: float = 0.0
    """apt less produced quantity at ideal cycle; negative when faster than ideal."""
    quality_loss_s: float = 0.0


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line on the overview."""

    line: str
    state: MachineState
    waiting: Waiting
    cause: str | None
    """The station that stops the line, while it stands."""
    since_ns: int
    stations: list[StationRow]
    order: str | None = None
    product: str | None = None
    lot: str | None = None
    batch: str | None = None
    operator: str | None = None
    rate: float | None = None
    """Units per hour now, over the last minutes; None while not known."""
    rate_quality: Quality = Quality.BAD
    made: int | None = None
    """Good units of this shift at the last station."""
    plan: int | None = None
    """Units planned for this shift up to its end."""
    plan_now: int | None = None
    """Units planned up to now."""
    oee: OeeFigures | None = None
    rate_history: list[float | None] = field(default_factory=list)
    """60 values, one a minute, oldest first: units per hour."""


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One plant figure with its desired band."""

    key: str
    """Catalogue key of its name: kpi.KEY."""
    value: float | None
    unit: str
    digits: int
    low: float
    high: float
    desired_low: float | None = None
    desired_high: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that happened: one line of 'what changed'."""

    at_ns: int
    kind: str
    """link, state, order, lot, batch, operator, engine, plugin, ..."""
    place: str
    text: Text


@dataclass(frozen=True, slots=True)
class OverviewRows:
    """Everything on the level-1 screen apart from live tag values."""

    at_ns: int
    shift: Text | None
    shift_start_ns: int
    shift_end_ns: int
    lines: list[LineRow]
    kpis: list[KpiRow]
    changes: list[ChangeRow]


@dataclass(frozen=True, slots=True)
class ControllerRow:
    """A controller on the system screen; see hmi.plant.port.Health for the figures."""

    controller: str
    name: Text
    endpoint: str
    state: str
    why: Text | None
    since_ns: int
    latency_ms: float | None
    clock_offset_ms: float | None
    security: str
    unsecured: bool
    publishing_ms: float | None
    revised_publishing_ms: float | None
    sampling_ms: float | None
    revised_sampling_ms: tuple[float, float] | None
    revised_queue: tuple[int, int] | None
    wanted: int
    subscribed: int
    bad_tags: int
    notifications: int
    per_s: float
    overflows: int
    gaps: int
    refilled: int
    fallbacks: int
    connects: int
    fingerprint: str
    product: str
    server_start_ns: int


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag that is not GOOD."""

    tag: str
    quality: Quality
    status: int
    why: Text | None
    source_ns: int


@dataclass(frozen=True, slots=True)
class BadTags:
    """Tags that are not GOOD: how many, and the first of them."""

    total: int
    rows: list[TagRow]


@dataclass(frozen=True, slots=True)
class PluginRow:
    """A plugin and whether it runs."""

    name: str
    kind: str
    version: str
    state: str
    """RUNNING, OFF (failed and switched off), REFUSED (never imported), IDLE."""
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class EngineRow:
    """The engine's own health."""

    pid: int
    started_ns: int
    cpu_percent: float
    memory_mb: float
    loop_lag_ms: float
    """Worst delay of the engine's loop in the last seconds."""
    tags: int
    tags_not_good: int
    readings_per_s: float
    history_queue: int
    """Samples that wait to be written."""
    history_mb: float
    history_lost: int
    """Samples dropped because the history could not be written."""
    history_why: Text | None
    disk_free_mb: float
    windows: int
    """Windows and scripts connected to the desk."""
    plugins: list[PluginRow]
    restarts: int


@dataclass(frozen=True, slots=True)
class Spans:
    """State timelines of several stations."""

    at_ns: int
    spans: list[StateSpan]


@dataclass(frozen=True, slots=True)
class Series:
    """A tag's history ready to draw: points in time order; value None marks a gap (no line is drawn across it)."""

    tag: str
    from_ns: int
    to_ns: int
    time_ns: list[int]
    value: list[float | None]
    quality: list[int]
    samples: int
    """Samples that lie behind the points."""
