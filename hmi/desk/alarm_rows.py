"""Alarms as the desk shows them: rows of the list, counts for the strip, what was asked for and what was done."""

from __future__ import annotations

from dataclasses import dataclass, field

from hmi.model.alarm import AlarmKind, AlarmState, JournalRow, Priority
from hmi.model.quality import Quality
from hmi.model.reading import Value
from hmi.model.text import Text


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One line of the alarm list. Times in ns since 1970 UTC, 0 is never."""

    key: str
    origin: str
    """own, or server: the controller keeps it; then it can be acknowledged and confirmed and nothing else."""
    activation: str
    """What an acknowledgement names: give it back as it came."""
    priority: Priority
    state: AlarmState
    activated_ns: int
    name: Text
    kind: AlarmKind | None
    """None: a controller's own condition."""
    place: str
    """Station or line id where to look; empty for the whole plant."""
    line: Text
    equipment: Text
    tag: str
    value_at: float | None
    """At the activation."""
    value: Value
    """Now."""
    value_quality: Quality
    limit: float | None
    unit: str
    digits: int | None
    count: int
    """Activations within 10 minutes."""
    doubt: Quality
    """GOOD, or why the state itself is not sure any more: shown as "?"."""
    first_out: bool
    group: str
    acked_by: str = ""
    acked_ns: int = 0
    comment: str = ""
    shelf_until_ns: int = 0
    shelf_one_shot: bool = False
    aside_by: str = ""
    """Who shelved it or took it out of service."""
    aside_why: str = ""
    suppressed_by: list[str] = field(default_factory=list)
    order: str = ""
    lot: str = ""
    cause: Text | None = None
    consequence: Text | None = None
    action: Text | None = None
    respond_within_s: float = 0.0
    can_acknowledge: bool = False
    can_confirm: bool = False
    can_reset: bool = False
    controller: str = ""
    latch: bool = False


@dataclass(frozen=True, slots=True)
class AlarmGroupRow:
    """In a flood: one unit with what is on its list, worst first."""

    place: str
    name: Text
    line: Text
    worst: Priority
    unacked: int
    active: int
    first: AlarmRow | None
    """The first-out of the unit, else its oldest alarm."""


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """A part of the alarm list: the rows that are looked at, and how many others there are."""

    at_ns: int
    revision: int
    rows: list[AlarmRow]
    total: int
    """Rows of this list, on all pages."""
    hidden: int
    """Rows that the filter leaves out."""
    fresh: int
    """Rows of this list that came after ``since_ns``."""
    flood: bool
    groups: list[AlarmGroupRow]
    """In a flood, or when asked for."""
    unknown: list[str]
    """Controllers whose own conditions are not known: nobody may say that they have none."""


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """What the strip shows. Lists are of priorities 1 to 4."""

    at_ns: int
    revision: int
    unacked: list[int]
    active: list[int]
    shelved: int
    suppressed: int
    out_of_service: int
    flood: bool
    sound: int
    """Priority whose tone is to be heard; 0 is silence."""
    calls: int
    """Grows with every new call for attention."""
    newest: AlarmRow | None
    """The newest unacknowledged alarm of priority 1 or 2, else the newest active one."""
    unknown: list[str]
    not_recorded: int
    """Journal rows that wait for the disk."""


@dataclass(frozen=True, slots=True)
class NamedAlarm:
    """An alarm and the activation that the person saw."""

    key: str
    activation: str = ""


@dataclass(frozen=True, slots=True)
class AlarmDone:
    """What became of a person's act on one alarm."""

    key: str
    done: bool
    why: Text | None = None


@dataclass(frozen=True, slots=True)
class AlarmJournal:
    """Rows of the journal, newest first; ask on with before_id = the last row's id."""

    rows: list[JournalRow]


@dataclass(frozen=True, slots=True)
class AlarmMetric:
    """One line of the metrics page. Shares are 0 to 1; None is not known."""

    key: str
    """Catalogue key of its name: alarms.metric.KEY."""
    value: float | None
    unit: str
    """empty (a number), share, per_10min or per_day."""
    target: Text | None = None
    met: str = ""
    """target, between (worse than the target, within the action limit), action, or empty where nothing is asked."""


@dataclass(frozen=True, slots=True)
class AlarmLoad:
    """How often one alarm came."""

    key: str
    name: Text
    place: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class AlarmMetrics:
    """The metrics page over a time, and the alarms that are to be worked on."""

    from_ns: int
    to_ns: int
    annunciated: int
    metrics: list[AlarmMetric]
    top: list[AlarmLoad]
    chattering: list[AlarmLoad]
    fleeting: list[AlarmLoad]
    stale: list[AlarmLoad]
